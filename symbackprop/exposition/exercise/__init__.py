"""Exercises: questions about a derivation, with blanks, and the key to them.

    blanks      a formula with one of its parts framed: empty with a number, or with what belongs there
    slips       what a formula becomes by the slips that people make with it
    reckoning   every number of a network for many samples at once
    drawing     numbers that come out pleasantly, and how far an answer may be off
    questions   a question, what answers it, and the sheet that it stands on
    kinds       what is asked: one file each
    paper       a sheet or its key as a document, for any format
    moodle      questions for a learning platform

No question and no key is written here: each is a part of what was derived.
"""
