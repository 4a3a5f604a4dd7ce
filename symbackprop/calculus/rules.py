"""The closed catalogue of what one line of a derivation may do to the line before.

A rule is data: a name that the languages translate, its law, and how much of a claim it makes. Nothing is taken on
the word of a rule: whatever it is, the step is checked.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, Indexed, Sum, Symbol

from symbackprop.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One permitted rewrite: its name and its law, in plain text."""

    name: str
    law: str


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A condition under which a step holds: its kind, and what it is about."""

    kind: str
    subject: Expr | None = None


SUMS_TO_ONE = "sums to one"  # the kind of the hypothesis that the entries of a tensor add up to 1
POSITIVE = "positive"  # that of a power, whose exponent is no number: its base is positive


def total_along(tensor: Any, axis: int) -> Any:
    """Return what stands for the sum along an axis that is 1: the tensor itself for its last axis, else Σ_j y_js."""
    if axis == len(tensor.axes) - 1:
        return tensor
    places = [Symbol(letter, integer=True) for letter in "pqrs"[: len(tensor.axes)]]
    return Sum(tensor[tuple(places)], (places[axis], *tensor.axes[axis]))


def axis_of(total: Expr) -> tuple[Any, int]:
    """Return the tensor whose entries add up to 1, and along which axis, of what `total_along` returned."""
    if isinstance(total, Sum) and isinstance(total.function, Indexed):
        return total.function.base, total.function.indices.index(total.variables[0])
    return total, -1


CHAIN = Rule("chain-rule", "∂C/∂u_q = Σ_v Σ_i ∂C/∂v_i · ∂v_i/∂u_q, over every v computed from u")
NAME = Rule("name", "∂C/∂z_j =: δ_j")
LEAVE_OUT = Rule("leave-out", "∂(f + g)/∂u_q = ∂f/∂u_q, where u is not in g")
INSERT = Rule("insert-forward", "v_i = f(u)_i, the forward equation")
DIFFERENTIATE = Rule("differentiate", "D f(e_1, …, e_n) = Σ_i ∂f/∂e_i · D e_i; ∂u_i/∂u_q = δ_iq")
COLLAPSE = Rule("collapse-delta", "Σ_k f_k δ_kq = f_q, for q in the range of k")
RESTORE = Rule("restore-known", "f(u)_i = v_i, a value that the forward pass has computed")
DEFINITION = Rule("write-out", "f(z) = its definition")
SUBSTITUTE = Rule("substitute-result", "a result derived before takes the place of its left side")
ARRANGE = Rule("arrange", "a (b + c) = a b + a c; a/a = 1")
ASSUME = Rule("assume", "Σ_j y_j = 1")

RULES = (CHAIN, NAME, LEAVE_OUT, INSERT, DIFFERENTIATE, COLLAPSE, RESTORE, DEFINITION, SUBSTITUTE, ARRANGE, ASSUME)
