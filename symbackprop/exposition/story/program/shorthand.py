"""What repeats gets a name: the error of an array times its own slope, which all that it is made of needs.

∂C/∂W = Σ_t ∂C/∂h_t (1 - h_t²) x_t,  ∂C/∂U = Σ_t ∂C/∂h_t (1 - h_t²) h_{t-1}
δ_t = ∂C/∂h_t (1 - h_t²)   ->   ∂C/∂W = Σ_t δ_t x_t,  ∂C/∂U = Σ_t δ_t h_{t-1}
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from sympy import Add, Expr, Indexed, Mul, Piecewise, Pow, Sum, Symbol

from symbackprop.calculus.partials import Partial
from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.frozen import dataclass
from symbackprop.network.notation import COST, Tensor
from symbackprop.network.program import entries

_NUMBERED = re.compile(r"([A-Za-z]+?)(\d+(?:\.\d+)*)")
OFTEN = 2  # derivatives in which a product stands, from which on it is worth a name


@dataclass(frozen=True)
class Shorthand:
    """Each name with what it stands for, by the array whose error it is, and the right sides written with them."""

    meanings: Mapping[Expr, tuple[Indexed, Expr]]
    rights: Mapping[str, Expr]


def shorthand(derivation: ProgramDerivation) -> Shorthand:
    """Return the names for what repeats in a derivation: none where nothing does, or where δ is taken."""
    adjoints = derivation.adjoints
    if any(array.name == "delta" for array in derivation.program.arrays):
        return Shorthand({}, {})
    seen: dict[Expr, set[str]] = {}
    for name, adjoint in adjoints.items():
        for part, error in _products(adjoint.right):
            seen.setdefault(_pattern(part, error), set()).add(name)
    often = [pattern for pattern, names in seen.items() if len(names) >= OFTEN]
    bases = {pattern: next(iter(_errors(pattern))).by.base for pattern in often}
    bases = {pattern: base for pattern, base in bases.items() if list(bases.values()).count(base) == 1}
    meanings: dict[Expr, tuple[Indexed, Expr]] = {}
    for equation in derivation.program.equations:
        for pattern, base in bases.items():
            if base == equation.tensor:
                delta = _name(base, [other.letter for other in bases.values()])[equation.indices]
                meanings[base] = delta, pattern.xreplace(dict(zip(_places(base), equation.indices, strict=True)))
    named = {pattern: meanings[base][0].base for pattern, base in bases.items()}
    return Shorthand(meanings, {name: _written(adjoint.right, named) for name, adjoint in adjoints.items()})


def _name(base: Tensor, letters: Sequence[str]) -> Tensor:
    """Return the name of what belongs to an array, by what tells it from the others: the layer, the letter or both."""
    named = _NUMBERED.fullmatch(base.letter)
    if len(letters) == 1:
        return Tensor("delta", None, base.axes)
    if named is None:
        return Tensor("delta", Symbol(base.letter), base.axes)
    letter, number = named.groups()
    alike = all((other := _NUMBERED.fullmatch(each)) and other.group(1) == letter for each in letters)
    return Tensor(f"delta{number}" if alike else f"delta_{letter}{number}", None, base.axes)


def _products(expression: Expr) -> Iterator[tuple[Expr, Partial]]:
    """Yield every product of the error of an entry and factors that depend on that entry alone, as slopes do."""
    for product in expression.atoms(Mul):
        if (found := _part(product)) is not None:
            yield found


def _part(product: Mul) -> tuple[Expr, Partial] | None:
    """Return the factors of a product that make one with a name, and the error among them."""
    errors = [factor for factor in product.args if factor in _errors(factor)]
    if len(errors) != 1:
        return None
    (error,) = errors
    own = [factor for factor in product.args if factor != error and entries(factor) == {error.by}]
    return (Mul(*own, error), error) if any(factor != error.by for factor in own) else None


def _errors(expression: Expr) -> set[Partial]:
    return {p for p in expression.atoms(Partial) if p.of == COST and isinstance(p.by, Indexed)}


def _pattern(part: Expr, error: Partial) -> Expr:
    """Return a product as it is at any place."""
    base = error.by.base
    return part.xreplace({error.by: base[_places(base)]})


def _places(base: Tensor) -> tuple[Symbol, ...]:
    return tuple(Symbol(f"_{place}", integer=True) for place in range(len(base.axes)))


def _written(expression: Expr, named: Mapping[Expr, Tensor]) -> Expr:
    """Return an expression with the names in the place of what they stand for."""
    if isinstance(expression, Mul) and (found := _part(expression)) is not None:
        part, error = found
        if (delta := named.get(_pattern(part, error))) is not None:
            rest = [factor for factor in expression.args if factor not in Mul.make_args(part)]
            return Mul(*(_written(factor, named) for factor in rest), delta[error.by.indices])
    match expression:
        case Piecewise():
            return Piecewise(*((_written(value, named), condition) for value, condition in expression.args))
        case Sum():
            return Sum(_written(expression.function, named), *expression.limits)
        case Add() | Mul() | Pow():
            return expression.func(*(_written(part, named) for part in expression.args))
        case _:
            return expression
