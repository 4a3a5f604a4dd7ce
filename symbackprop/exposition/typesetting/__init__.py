"""From blocks to LaTeX: what every format that is set by TeX shares.

    escaping    a user's text, as literal text
    preamble    the packages and the few macros
    formulas    formulas and steps, broken and shrunk to fit
    blocks      every kind of block
    talk        the slides

Nothing here knows which format it is for: an article and a deck of slides differ in what they put around the blocks.
"""
