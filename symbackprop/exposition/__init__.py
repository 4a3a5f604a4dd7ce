"""Floor 3, left: the telling. What was derived becomes formulas, pictures, documents and slides.

    mathtext     an expression -> LaTeX, or Unicode for a terminal
    notations    an equation of backpropagation in one notation style: index, matrix, rows

Nothing here derives anything, and nothing here imports the floor's other wing, numerics.
"""
