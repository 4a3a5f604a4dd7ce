r"""Mathematics on paper: expressions and matrix expressions become boxes, boxes become what a format shows.

    Expr, Matrix  ──lay_out──►  Box  ──►  latex      \delta^{(l)}_{j}        ──latex2mathml──►  mathml
                                     ──►  plain      δ⁽ˡ⁾ⱼ    spoken  delta sub j of layer l
                                     ──sequence──►  omml, typst, extents, outlines, and runs of text

What people expect of a formula (which factor comes first, where parentheses stand, what is a fraction) is decided
once, on the way to the boxes; how a box is spelt is decided once for each format. What stands beside one another in a
box, and with which gaps, `sequence` says for all formats that set their formulas themselves. The colour of a part is
the name of its role until it is written.
"""
