"""A diagnosis told: the right line below the wrong one, coloured where they differ, with numbers under both.

differences     what is coloured in a line beside another one, and both beside each other
blocks          a diagnosis as blocks
document        the same as a document, for any format, and as a notebook shows it
"""
