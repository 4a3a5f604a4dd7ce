"""Matrix expressions of a batch as NumPy text: products by dot, a sum over the columns by sum().

Δ W                 d2.dot(W2)
Δᵀ 1                ones.dot(d2)
(a ⊙ g) 1 1ᵀ        (a2 * g2).sum(axis=1, keepdims=True)
1 bᵀ                b1
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from sympy import Expr, Symbol

from symbackprop.calculus.matrices import (
    Applied,
    Entrywise,
    Hadamard,
    Matrix,
    Named,
    Ones,
    Plus,
    Powered,
    Product,
    Scaled,
    Transposed,
)
from symbackprop.errors import CheckError
from symbackprop.frozen import dataclass
from symbackprop.network.notation import Tensor
from symbackprop.numerics.elementwise import NUMPY, Writer, bare

LETTERS: Mapping[str, str] = {"w": "W", "delta": "d"}  # in code, where they differ from the letter
ENTRY = Symbol("entry", real=True)
ONES = 'space["ones"]'  # of a batch, kept with the other arrays


def name_of(tensor: Tensor) -> str:
    """Return the identifier of a tensor: W2, d2, z1, y; the activations of layer 0 are x."""
    if tensor.code_name == "a0":
        return "x"
    return LETTERS.get(tensor.letter, tensor.letter) + tensor.code_name.removeprefix(tensor.letter)


def is_multiplication(matrix: Matrix | Expr) -> bool:
    """Tell whether this is a product of two matrices neither of which is a stand-in for a sum or for repetition."""
    return isinstance(matrix, Product) and len(matrix.factors) == 2 and not any(map(_is_ones, matrix.factors))


def _is_ones(matrix: Matrix) -> bool:
    return isinstance(matrix, Ones) or (isinstance(matrix, Transposed) and isinstance(matrix.of, Ones))


@dataclass
class MatrixWriter:
    """Writes matrices; what stands in `known` already has a name, and the elementwise writer notes what it calls."""

    known: dict[str, str] = field(default_factory=dict)  # text of an expression -> the array that holds it
    elementwise: Writer = field(default_factory=lambda: Writer(NUMPY))

    def text(self, matrix: Matrix | Expr) -> str:
        """Return the text of a matrix; an operand of lower rank than a product stands in parentheses.

        Raises CheckError for a kind of matrix that NumPy code has no word for."""
        match matrix:
            case Named(tensor):
                return name_of(tensor)
            case Transposed(of):
                return f"{self._operand(of)}.T"
            case Product(factors):
                return self._product(list(factors))
            case Hadamard(factors):
                return " * ".join(map(self._factor, factors))
            case Plus(terms):
                texts = sorted(map(self.text, terms), key=lambda each: each.startswith("-"))
                total = " + ".join(texts).replace("+ -", "- ")
                return self.known.get(total, f"({total})")
            case Scaled(coefficient, of):
                inner = self._factor(of)
                return f"-{inner}" if coefficient == -1 else f"{self.elementwise.text(coefficient, {})} * {inner}"
            case Applied(function, of):
                return self.elementwise.text(function(ENTRY), {ENTRY: self._operand(of)})
            case Powered(of, exponent):
                return self._power(of, exponent)
            case Entrywise(expression, parts):
                return self.elementwise.text(expression, {letter: self._operand(part) for letter, part in parts})
            case Expr():
                return self.elementwise.text(matrix, {})
        raise CheckError(f"{type(matrix).__name__} has no text in NumPy")

    def _factor(self, matrix: Matrix) -> str:
        text = self.text(matrix)
        quotient = isinstance(matrix, Powered) and text.startswith("1 / ")
        return f"({text})" if quotient or isinstance(matrix, Scaled) else text

    def _operand(self, matrix: Matrix) -> str:
        text = self.text(matrix)
        return text if text.isidentifier() or bare(text) != text else f"({text})"

    def _power(self, of: Matrix, exponent: Expr) -> str:
        base = self._operand(of)
        if exponent == -1:
            return f"1 / {base}"
        power = self.elementwise.text(exponent, {})
        return f"{base} ** {power}" if power.isdigit() else f"{base} ** ({power})"

    def _product(self, factors: list[Matrix]) -> str:
        """Return a product, worked from the left; ones at either end are a sum, or a repetition."""
        first, *others = factors
        if all(map(_is_ones, factors)):
            sizes = (self._count(factor) for factor in factors)
            return f"np.ones(({', '.join(sizes)}), x.dtype)"
        if isinstance(first, Ones):  # a row for every sample: NumPy repeats it by itself
            (second,) = others
            return self.text(second.of if isinstance(second, Transposed) else second)
        if isinstance(first, Transposed) and isinstance(others[0], Ones) and others[0].size is None:
            return f"{ONES}.dot({bare(self.text(first.of))})"
        if isinstance(others[0], Ones):
            if not all(_is_ones(other) for other in others):
                raise CheckError("a sum over the columns is followed by a product; no text for that")
            return f"{self._operand(first)}.sum(axis=1, keepdims=True)"
        text = self.text(first)
        text = text if text.replace(".", "_").isidentifier() else f"({bare(text)})"
        for other in others:  # the method: np.dot takes a third longer to be called
            text = f"{text}.dot({bare(self.text(other))})"
        return text

    def _count(self, ones: Matrix) -> str:
        size = ones.of.size if isinstance(ones, Transposed) and isinstance(ones.of, Ones) else getattr(ones, "size", 1)
        return "m" if size is None else str(size)
