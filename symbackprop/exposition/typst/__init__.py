"""What formats that are set by Typst share: blocks as Typst, and the functions that fit things in.

    wording     sentences and formulas
    blocks      every kind of block
    article     all blocks in their order, for paper
    slides      the slides, one page a click
    preamble    the functions of Typst that the others call

Typst sees no text as code: words and titles are strings, formulas are made of names.
"""
