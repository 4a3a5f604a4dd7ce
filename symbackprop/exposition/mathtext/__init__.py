r"""Mathematics on paper: expressions and matrix expressions become boxes, boxes become LaTeX or Unicode.

    Expr, Matrix  ──lay_out──►  Box  ──►  latex      \delta^{(l)}_{j}
                                     ──►  plain      δ⁽ˡ⁾ⱼ

What people expect of a formula (which factor comes first, where parentheses stand, what is a fraction) is decided
once, on the way to the boxes; how a box is spelt is decided once for each format.
"""
