"""From blocks to LaTeX: what every format that is set by TeX shares.

    escaping    a user's text, as literal text
    preamble    the packages and the few macros
    blocks      every kind of block, formulas broken and shrunk to fit
    talk        the slides

Nothing here knows which format it is for: an article and a deck of slides differ in what they put around the blocks.
"""
