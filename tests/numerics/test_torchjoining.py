"""Statements that are one call of PyTorch are one, and no others."""

from __future__ import annotations

import ast

import pytest

from symbackprop.numerics.engines.torchjoining import joined

BOTH = """d_W = conv2d_weight(x, (n_o, n_c), d_z, stride=(2, 2))
about_x
d_x = conv2d_input((n_m, n_c), W, d_z, stride=(2, 2))"""
ONE = "about_x\nd_x, d_W = conv2d_backward(d_z, x, W, stride=(2, 2))"
PRODUCT = "t1 = contract('ij,kj->ik', q, k)\ns = t1 / np.sqrt(n_E)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BOTH, ONE),
        (BOTH.replace("(n_m, n_c), W", "(n_m, n_c), V"), None),
        (BOTH.replace("W, d_z", "W, d_y"), None),
        (BOTH.replace("W, d_z, stride=(2, 2)", "W, d_z"), None),
        (BOTH.replace("about_x", "W = x + 1"), None),
        (PRODUCT, "s = contract('ij,kj->ik', q, k, 1 / np.sqrt(n_E))"),
        (PRODUCT.replace("t1", "u"), None),
        (PRODUCT.replace("np.sqrt(n_E)", "d_C"), None),
        (PRODUCT + "\nr = t1 + s", None),
    ],
    ids=["both", "kernel", "error", "stride", "later", "divided", "returned", "by an array", "read twice"],
)
def test_what_is_one_call_is_one_statement(text: str, expected: str | None) -> None:
    """Both derivatives of one convolution, and a product that is divided by sizes alone; else all stays as it is."""
    assert (expected or text) == ast.unparse(ast.Module(joined(ast.parse(text).body), []))
