"""A worked example: the derived equations with the numbers of one sample in them, told as a document.

    terms       formulas with numbers in the places of letters; where numbers are rounded
    sheet       a derived equation -> lines: formula = with numbers ≈ value, entry by entry and as matrices
    given, forward, backward, path, descent, evidence        the chapters
    narration   all of them as a document, for any format

No line is written here: each is an instance of an equation that was derived, and its value comes from evaluating that.
"""
