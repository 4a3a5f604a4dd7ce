"""Python's trees of source texts, each made and walked once for all the tests that look at them."""

from __future__ import annotations

import ast
from functools import cache

parsed = cache(ast.parse)


@cache
def nodes(tree: ast.AST) -> list[ast.AST]:
    """Return every node of a tree."""
    return list(ast.walk(tree))
