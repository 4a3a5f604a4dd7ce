"""A person's backward pass of a block: taken by its arguments, and judged by the derivation of the block."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import symbackprop as sb
from symbackprop.cli.shipped import shipped_example
from symbackprop.errors import DataError
from symbackprop.numerics.diagnosis.blocks import random_point

SPEC = shipped_example("attention")
assert SPEC is not None
ATTENTION: Any = sb.equations(SPEC)


def right(q: Any, k: Any, v: Any, p: Any, do: Any) -> Any:
    """Return the derivatives of attention, from what a kernel keeps."""
    dp = do @ v.T
    ds = p * (dp - (dp * p).sum(axis=1, keepdims=True)) / np.sqrt(q.shape[1])
    return ds @ k, ds.T @ q, p.T @ do


def by_names(values: dict[str, Any], upstream: dict[str, Any]) -> dict[str, Any]:
    """Return the same under names of its own."""
    found = right(values["q"], values["k"], values["v"], values["p"], upstream["o"])
    return dict(zip(("dq", "dk", "dv"), found, strict=True))


def in_another_order(grad_o: Any, v: Any, k: Any, q: Any, p: Any) -> Any:
    """Return the same in the order of the arguments."""
    dq, dk, dv = right(q, k, v, p, grad_o)
    return dv, dk, dq


def with_a_wrong_sign(q: Any, k: Any, v: Any, p: Any, do: Any) -> Any:
    """Send the error through the weights with a minus."""
    dq, dk, dv = right(q, k, v, p, do)
    return -dq, dk, dv


@pytest.mark.parametrize("function", [right, by_names, in_another_order])
def test_right_backward_pass_is_equal(function: Callable[..., Any]) -> None:
    """Arguments and results are taken by their names or in their order, at random numbers or at given ones."""
    assert "equal" == sb.diagnose(ATTENTION, function=function).verdict
    assert "equal" == sb.diagnose(ATTENTION, params=random_point(ATTENTION), function=function).verdict


def test_mistake_in_a_backward_pass_is_found() -> None:
    """A wrong sign is named with its place, and the arrays that it does not reach are right."""
    report = sb.diagnose(ATTENTION, function=with_a_wrong_sign)
    assert ("mistake", "∂C/∂q") == (report.verdict, report.findings[0].where)
    assert 1e-12 > max(report.errors["v"], report.errors["k"])


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda q, z: q, r"^function: its argument z is not known; it may take values, upstream, or q, k, v, s, p, o"),
        (lambda q, k, v, do: (q, k), r"^function: it returns 2 arrays, wanted one for each of q, k, v$"),
        (
            lambda do: 1 / 0,
            r"^function: it raised ZeroDivisionError in line \d+ of test_diagnosis_blocks.py: division by z",
        ),
        (lambda do: sys.exit(3), r"^function: it raised SystemExit in line \d+ of test_diagnosis_blocks.py: 3$"),
        (dict, r"^function: the class has no apply; give an autograd.Function, or a function$"),
    ],
)
def test_what_cannot_be_called_is_one_line(function: Callable[..., Any], message: str) -> None:
    """What a block does not have, what is missing, and what fails is said in one line."""
    with pytest.raises(DataError, match=message):
        sb.diagnose(ATTENTION, function=function)


def test_function_of_pytorch_has_numbers_of_its_own() -> None:
    """What a forward takes beside the arrays of the block keeps its default, with ctx and in the later way without."""
    torch = pytest.importorskip("torch", reason="the extra torch is not installed")

    class Scaled(torch.autograd.Function):  # type: ignore[misc, name-defined]
        @staticmethod
        def forward(ctx: Any, x: Any, w: Any, power: int = 2) -> Any:
            ctx.save_for_backward(x, w)
            return w * x**power

        @staticmethod
        def backward(ctx: Any, *grads: Any) -> Any:
            x, w = ctx.saved_tensors
            return grads[0] * w * 2 * x, (grads[0] * x**2).sum(), None

    class Later(Scaled):
        @staticmethod
        def forward(x: Any, w: Any, power: int = 2) -> Any:
            return w * x**power

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            ctx.save_for_backward(*inputs[:2])

    block = sb.equations("sizes N = 3\ninput x[N]\nparameter w\no[i] = w * x[i]^2")
    assert ["equal", "equal"] == [sb.diagnose(block, function=kind).verdict for kind in (Scaled, Later)]


def test_function_of_pytorch_is_run_by_it() -> None:
    """The autograd.Function that we write is found equal, and one with a wrong sign is not."""
    pytest.importorskip("torch", reason="the extra torch is not installed")
    from symbackprop.numerics.compilation import source_of
    from symbackprop.numerics.loading import loaded

    text = source_of(sb.derive(ATTENTION), "torch").text
    for source, verdict in ((text, "equal"), (text.replace("d_v = p.T @ d_o", "d_v = -(p.T @ d_o)"), "mistake")):
        assert verdict == sb.diagnose(ATTENTION, function=loaded(source)["Block"]).verdict
