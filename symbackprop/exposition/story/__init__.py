"""The story of a derivation, a chapter per module, in the order in which it is told.

    opening -> forward -> chainrule -> links -> error -> back -> summary -> descent -> evidence

A chapter is a function from a `Telling` to blocks. Its mathematics comes from the derivation and from the network's
program; its words from the language; what is its own is the order.
"""
