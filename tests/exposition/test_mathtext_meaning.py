r"""Formulas read back: what stands on paper has the value of the expression that it was made from.

The witness is a small reader of the dialect, written for these tests from the rules that people read by: a product
ends at + or -, Σ takes the whole product after it, ln without parentheses takes one factor, [i = j] is 1 or 0.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sympy import Expr, Float, Indexed, Integer, KroneckerDelta, Piecewise, Rational, Sum, Symbol, exp, log, sqrt
from sympy.core.function import AppliedUndef

from symbackprop.calculus.backpropagation import derive
from symbackprop.calculus.partials import Partial
from symbackprop.exposition.mathtext.latex import latex
from symbackprop.network.functions import ABSOLUTE, RELU, SIGMOID, TANH, Elementwise, explicit, slope
from symbackprop.network.model import mlp
from symbackprop.network.notation import (
    COST,
    LAYER,
    activation,
    bias,
    error,
    index,
    target,
    weight,
    weighted_input,
    width,
)
from symbackprop.network.program import free_indices

Name = tuple[str, str, tuple[int, ...]]  # letter, layer, positions

WIDTHS = {"l-1": 2, "l": 3, "l+1": 2, "L": 2, "L-1": 3}
TOKEN = re.compile(r"\\[A-Za-z]+|\\[,\\]|\d+\.?\d*|[A-Za-z]|\S")
ROUNDED = re.compile(r"\.\d{4}|10\^")  # a number that is printed to five digits
END_OF_PRODUCT = {"", "+", "-", "=", ">", "<", r"\ge", r"\le", r"\right", "&", r"\\", r"\end", ","}


def sigmoid(z: float) -> float:
    """Return 1/(1 + e^-z)."""
    return 1 / (1 + math.exp(-z))


FUNCTIONS: dict[str, Callable[[float], float]] = {
    r"\sigma": sigmoid,
    r"\sigma'": lambda z: sigmoid(z) * (1 - sigmoid(z)),
    r"\ln": math.log,
    "exp": math.exp,
    "tanh": math.tanh,
    "tanh'": lambda z: 1 - math.tanh(z) ** 2,
    "ReLU": lambda z: max(z, 0.0),
    "ReLU'": lambda z: float(z > 0),
    "sgn": lambda z: float((z > 0) - (z < 0)),
}


def value_of(*name: object) -> float:
    """Return the number that stands for an entry or a partial derivative: 1/4 to 3/4, always the same one."""
    return random.Random(repr(name)).uniform(0.25, 0.75)


class Reader:
    """Reads tokens from left to right and computes; `at` holds the values of the indices."""

    def __init__(self, tokens: list[str], at: Mapping[str, int]) -> None:
        self.tokens, self.at, self.place = tokens, dict(at), 0

    def peek(self) -> str:
        """Return the next token, or nothing at the end."""
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self, *wanted: str) -> str:
        """Return the next token, which must be one of those wanted, and go on."""
        token = self.peek()
        assert not wanted or token in wanted, f"{token!r} where {wanted} belongs: {' '.join(self.tokens)}"
        self.place += 1
        return token

    def group(self) -> list[str]:
        """Return the tokens between braces."""
        self.take("{")
        start, depth = self.place, 1
        while depth:
            depth += {"{": 1, "}": -1}.get(self.take(), 0)
        return self.tokens[start : self.place - 1]

    def inside(self) -> float:
        """Return the value of what stands between braces."""
        inner = Reader(self.group(), self.at)
        value = inner.total()
        assert inner.peek() == "", f"left over: {inner.tokens[inner.place :]}"
        return value

    def total(self) -> float:
        """Return the value of terms with their signs."""
        value = 0.0
        sign = self.take() if self.peek() == "-" else "+"
        while sign:
            value += self.product() * (-1 if sign == "-" else 1)
            sign = self.take() if self.peek() in {"+", "-"} else ""
        return value

    def product(self) -> float:
        """Return the value of factors, up to the end of their product."""
        value = self.factor()
        while self.peek() not in END_OF_PRODUCT:
            if self.peek() == "/":
                self.take()
                value /= self.factor()
            elif self.peek() == r"\cdot":
                self.take()
            else:
                value *= self.factor()
        return value

    def factor(self) -> float:
        """Return the value of a factor with its exponent."""
        value = self.one()
        if self.peek() == "^":
            self.take()
            value = value ** self.inside()
        return value

    def one(self) -> float:
        """Return the value of a number, a construct, a name or a function at its argument."""
        token = self.take()
        if token[0].isdigit():
            return float(token)
        if token in self.READ:
            return self.READ[token](self)
        if token in self.at and self.peek() not in {"^", "_"}:
            return self.at[token]
        name = "".join(self.group()) if token == r"\mathrm" else token
        while self.peek() == "'":
            name += self.take()
        if name not in FUNCTIONS:
            return value_of(*self.name(name))
        return FUNCTIONS[name](self.inside() if self.peek() == "{" else self.factor())

    def name(self, letter: str) -> Name:
        """Return letter, layer and positions of an entry whose letter has just been taken."""
        layer, places = "", ()
        if self.tokens[self.place : self.place + 3] == ["^", "{", "("]:
            self.take("^")
            layer = "".join(self.group()[1:-1])
        if self.peek() == "_":
            self.take("_")
            places = tuple(self.at[position] for position in self.group())
        return letter, layer, places

    def fraction(self) -> float:
        """Return the value of a fraction, or the number that stands for ∂u/∂v."""
        if self.tokens[self.place : self.place + 2] != ["{", r"\partial"]:
            return self.inside() / self.inside()
        names = []
        for tokens in (self.group(), self.group()):
            inner = Reader(tokens, self.at)
            inner.take(r"\partial")
            names.append(inner.name(inner.take()))
            assert inner.peek() == "", "∂ before more than one name"
        return value_of(*names)

    def fence(self) -> float:
        """Return the value between parentheses or bars, or that of [i = j]."""
        left, value = self.take("(", "[", r"\lvert"), self.total()
        if left == "[":
            self.take("=")
            value = float(value == self.total())
        self.take(r"\right")
        self.take({"(": ")", "[": "]", r"\lvert": r"\rvert"}[left])
        return abs(value) if left == r"\lvert" else value

    def summation(self) -> float:
        """Return the value of Σ and the product after it."""
        self.take("_")
        letter, _, *first = self.group()
        self.take("^")
        last = self.inside()
        start, outer, value = self.place, self.at, 0.0
        assert letter not in outer, f"{letter} is free and bound at once"
        for number in range(int("".join(first)), int(last) + 1):
            self.place, self.at = start, {**outer, letter: number}
            value += self.product()
        self.at = outer
        return value

    def cases(self) -> float:
        """Return the value of the first case that holds."""
        self.group()
        chosen: list[float] = []
        while self.tokens[self.place - 1] != r"\end":
            value = self.total()
            self.take("&")
            chosen += [value] if self.condition() else []
            self.take(r"\\", r"\end")
        self.group()
        return chosen[0]

    def condition(self) -> bool:
        """Tell whether the condition of a case holds."""
        if self.peek() == r"\text":
            self.take()
            return self.group() != []
        left, sign, right = self.total(), self.take(), self.total()
        return {">": left > right, "<": left < right, r"\ge": left >= right, r"\le": left <= right}[sign]

    def of_width(self) -> float:
        """Return the number of neurons of a layer."""
        self.take("_")
        return WIDTHS["".join(self.group())]

    def power_of_e(self) -> float:
        """Return e to what stands above it, or e itself."""
        return math.exp(self.inside() if self.peek() == "^" and self.take() else 1.0)

    def braced(self) -> float:
        """Return the value of a part in braces."""
        self.place -= 1
        return self.inside()

    READ: ClassVar[dict[str, Callable[[Reader], float]]] = {
        r"\frac": fraction,
        r"\left": fence,
        r"\sum": summation,
        r"\begin": cases,
        r"\sqrt": lambda self: math.sqrt(self.inside()),
        "n": of_width,
        "e": power_of_e,
        "{": braced,
    }


def read(text: str, at: Mapping[str, int]) -> float:
    """Return the value of a formula."""
    reader = Reader([token for token in TOKEN.findall(text) if token != r"\,"], at)
    value = reader.total()
    assert reader.peek() == "", f"left over: {reader.tokens[reader.place :]}"
    return value


def meant(expression: Any, at: Mapping[Symbol, int]) -> Any:
    """Return the value of the expression itself, node by node."""
    if isinstance(expression, Indexed):
        return Float(value_of(*name_of(expression, at)))
    if isinstance(expression, Partial):
        return Float(value_of(name_of(expression.of, at), name_of(expression.by, at)))
    if isinstance(expression, Sum):
        *inside, (letter, first, last) = (limit.args for limit in expression.limits)
        inner = Sum(expression.function, *inside) if inside else expression.function
        return sum(meant(inner, {**at, letter: n}) for n in range(int(meant(first, at)), int(meant(last, at)) + 1))
    if isinstance(expression, Symbol):
        return Integer(at[expression])
    if isinstance(expression, AppliedUndef):
        return Integer(WIDTHS[str(expression.args[0]).replace(" ", "")])
    if isinstance(expression, Elementwise):
        function = type(expression)
        if function.definition is None:  # the σ of the general equations: any function will do
            function = slope(SIGMOID) if function.order else SIGMOID
        return explicit(function(meant(expression.args[0], at)))
    return expression.func(*(meant(part, at) for part in expression.args)) if expression.args else expression


def name_of(entry: Expr, at: Mapping[Symbol, int]) -> Name:
    """Return letter, layer and positions, the way they stand on paper."""
    if entry == COST:
        return "C", "", ()
    letter = r"\delta" if entry.base.letter == "delta" else entry.base.letter
    layer = "" if entry.base.layer is None else str(entry.base.layer).replace(" ", "")
    return letter, layer, tuple(int(at[position]) for position in entry.indices)


def meant_and_read(expression: Expr, at: Mapping[Symbol, int]) -> tuple[complex, float]:
    """Return the value of the expression, and that of its formula."""
    at = {letter: at[letter] for letter in free_indices(expression)}
    return complex(meant(expression, at)), read(latex(expression), {str(i): n for i, n in at.items()})


I, J, K = index("i"), index("j"), index("k")  # noqa: E741 - the letters of every textbook
A, W, Y, B, Z, D = (make(LAYER) for make in (activation, weight, target, bias, weighted_input, error))
ENTRIES = (A[J], A[I], A[K], Y[J], Y[I], W[J, K], W[I, J], B[J], Z[J], Z[I], D[I], D[J], activation(LAYER - 1)[K])
DERIVATIVES = (Partial(COST, A[J]), Partial(COST, Z[I]), Partial(A[I], Z[J]), Partial(Z[J], W[J, K]))
NUMBERS = tuple(Rational(n) for n in ("2", "-1", "3", "1/2", "-2/3", "1/100", "1", "-3/2"))

leaves = st.sampled_from((*ENTRIES, *DERIVATIVES, *NUMBERS, KroneckerDelta(I, J), KroneckerDelta(J, K), width(LAYER)))


def grown(parts: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    """Return what can be made of smaller expressions."""
    pairs = st.tuples(parts, parts)
    return st.one_of(
        pairs.map(lambda pair: pair[0] + pair[1]),
        pairs.map(lambda pair: pair[0] - pair[1]),
        pairs.map(lambda pair: pair[0] * pair[1]),
        pairs.map(lambda pair: pair[0] * pair[1]),
        pairs.map(lambda pair: pair[0] / (pair[1] ** 2 + 1)),
        st.tuples(parts, st.sampled_from((2, 3))).map(lambda pair: pair[0] ** pair[1]),
        st.tuples(parts, st.sampled_from(ENTRIES)).map(lambda pair: pair[0] / pair[1]),
        st.tuples(parts, st.sampled_from(ENTRIES)).map(lambda pair: pair[0] * log(pair[1]) * sqrt(pair[1])),
        st.tuples(parts, st.sampled_from((I, J, K))).map(lambda pair: Sum(pair[0], (pair[1], 1, width(LAYER)))),
        st.tuples(parts, st.sampled_from((I, J, K))).map(lambda pair: Sum(pair[0], (pair[1], 1, 2))),
        *(parts.map(function) for function in (SIGMOID, slope(TANH), slope(RELU), ABSOLUTE)),
        parts.map(lambda part: exp(-part / 2)),
        st.tuples(pairs, st.sampled_from(ENTRIES)).map(
            lambda both: Piecewise((both[0][0], both[1] > Rational(1, 2)), (both[0][1], True))
        ),
    )


expressions = st.recursive(leaves, grown, max_leaves=8)


@given(expressions, st.integers(1, 3), st.integers(1, 3), st.integers(1, 3))
def test_formula_means_what_the_expression_means(expression: Expr, i: int, j: int, k: int) -> None:
    """Signs, fractions, parentheses and the order of factors say on paper what the expression says."""
    wanted, got = meant_and_read(expression, {I: i, J: j, K: k})
    assume(abs(wanted.imag) < 1e-12 and abs(wanted.real) < 1e9 and not ROUNDED.search(latex(expression)))
    assert wanted.real == pytest.approx(got, rel=1e-9, abs=1e-9)


NETWORKS = (
    ("2-3-2", "sigmoid", "quadratic"),
    ("2-3-2", ["tanh", "softmax"], "cross_entropy"),
    ("2-3-2", ["relu", "sigmoid"], "binary_cross_entropy"),
    ("2-3-2", ["softmax", "log_softmax"], "mse"),
    ("2-3-2", ["relu", "tanh"], "mae"),
)


@pytest.mark.parametrize("made_of", NETWORKS, ids=str)
def test_every_line_of_a_derivation_means_what_it_says(made_of: tuple[Any, ...]) -> None:
    """Each line of a derivation, read back from its LaTeX, has the value of its expression."""
    for step in derive(mlp(*made_of)).steps:
        if all(isinstance(partial.of, Symbol | Indexed) for partial in step.after.atoms(Partial)):
            wanted, got = meant_and_read(step.after, {I: 1, J: 2, K: 1})
            assert wanted == pytest.approx(got, rel=1e-9), latex(step.after)


@pytest.mark.parametrize(
    ("wrong", "expression"),
    [
        (r"a^{(l)}_{j} - y_{j}\,a^{(l)}_{j}", (A[J] - Y[J]) * A[J]),
        (r"\frac{a^{(l)}_{j}}{y_{j}} + 1", A[J] / (Y[J] + 1)),
        (r"\left(\sum_{i=1}^{n_{l}} y_{i}\right)^{2}", Sum(Y[I] ** 2, (I, 1, width(LAYER)))),
        (r"\sum_{i=1}^{n_{l}} y_{i} + 1", Sum(Y[I] + 1, (I, 1, width(LAYER)))),
    ],
)
def test_reader_sees_a_wrong_formula(wrong: str, expression: Expr) -> None:
    """A planted fault, a missing pair of parentheses, gives another value."""
    assert float(meant(expression, {J: 2})) != pytest.approx(read(wrong, {"j": 2}))
