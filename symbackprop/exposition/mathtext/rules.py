"""All rules from expressions to boxes: importing this module registers them."""

from __future__ import annotations

from symbackprop.exposition.mathtext import arrays, expressions, functions, matrices, products

__all__ = ["arrays", "expressions", "functions", "matrices", "products"]
