"""What formats that are set by Typst share: blocks as Typst, and the functions that fit things in.

    writer      sentences, formulas, and every kind of block
    preamble    the functions of Typst that the others call

Typst sees no text as code: words and titles are strings, formulas are made of names.
"""
