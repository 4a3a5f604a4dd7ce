"""The notation styles: how an equation of backpropagation is written, one style per file.

    index    δ_j = σ'(z_j) Σ_i w_ij δ_i           sums and subscripts
    matrix   δ = Wᵀ δ ⊙ σ'(z)                     one sample, vectors are columns
    rows     Δ = Δ W ⊙ σ'(Z)                      the layout of machine-learning code, one sample per row
    scalar   δ_1 = …, δ_2 = …                     every entry of a network of a few neurons

A style registers with `NOTATIONS` a function from a BackpropEquation to the LaTeX of left = right.
"""
