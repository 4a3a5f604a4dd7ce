"""From one sample to a batch: the program of m samples, whose cost is the mean of the costs of its samples.

    z[j] = Σ_k w[j, k] x[k] + b[j]        ->        z[s, j] = Σ_k w[j, k] x[s, k] + b[j]
    C = c(a, y) + R(w)                    ->        C = (1/m) Σ_s c(a[s], y[s]) + R(w)

The batch is a program like any other, derived, computed and told by whatever derives, computes and tells programs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from sympy import Add, Expr, Integer, Sum, Symbol

from symbackprop.network.model import Network
from symbackprop.network.notation import COST, Tensor, index, size, width
from symbackprop.network.program import Array, Equation, Kind, Node, Program, entries

__all__ = ["REDUCTIONS", "over_samples", "program_of"]

REDUCTIONS = ("mean", "sum")
_INDICES, _SIZES = "srqtp", ("m", "M", "B")


def over_samples(program: Program, reduction: str = "mean") -> Program:
    """Return the program of a batch: a first index for the sample in front of all that is no parameter.

    The cost is the mean of the costs of the samples, or with `reduction` "sum" their sum; what it has that depends on
    parameters alone, such as a penalty, is added once. Index and number of samples are called s and m, or by another
    letter where the program has these."""
    used = {symbol.name for equation in program.equations for symbol in _symbols(equation)}
    sample = index(next(letter for letter in _INDICES if letter not in used))
    count = size(next(letter for letter in _SIZES if letter not in used))
    own = [array for array in program.arrays if not _is_shared(array)]
    tensors = {a.tensor: Tensor(a.tensor.args[0], a.tensor.args[1], ((1, count), *a.tensor.axes)) for a in own}

    def put(expression: Expr) -> Expr:
        found = [entry for entry in entries(expression) if entry.base in tensors]
        return expression.xreplace({entry: tensors[entry.base][(sample, *entry.indices)] for entry in found})

    def batched(equation: Equation) -> Equation:
        if equation.target == COST:
            terms = [put(term) for term in Add.make_args(equation.expression)]
            once = [term for term in terms if not term.has(sample)]
            each = Sum(Add(*(term for term in terms if term.has(sample))), (sample, 1, count))
            return Equation(COST, Add(each / count if reduction == "mean" else each, *once))
        domain = equation.domain and ((Integer(1), count), *equation.domain)
        return Equation(put(equation.target), put(equation.expression), domain)

    given = (replace(a, tensor=tensors.get(a.tensor, a.tensor)) for a in program.arrays if a.kind != Kind.COST)
    nodes = tuple(Node(batched(equation)) for equation in program.equations)
    return Program(nodes, _declared(given), MappingProxyType({count: 3, **program.sizes}))


def program_of(network: Network) -> Program:
    """Return the program of one sample of a chain of dense layers, each at its own layer, its widths letters: n0, n1.

    Its arrays are called as those of the network: x, y, W1, b1, z1, a1, …"""
    letters = {width(layer): size(f"n{layer}") for layer in range(network.depth + 1)}
    nodes = tuple(Node(_relettered(equation, letters)) for equation in network.program.equations)
    given = _declared(replace(a, tensor=a.tensor.xreplace(letters)) for a in network.program.arrays)
    numbers = {size(f"n{layer}"): number for layer, number in enumerate(network.widths)}
    return Program(nodes, given, MappingProxyType(numbers))


def _is_shared(array: Array) -> bool:
    """Tell whether an array is the same for all samples; a constant with axes, such as a mask, is each sample's own."""
    return array.kind in (Kind.PARAMETER, Kind.COST) or (array.kind == Kind.CONSTANT and not array.tensor.axes)


def _relettered(equation: Equation, letters: Mapping[Expr, Symbol]) -> Equation:
    return Equation(equation.target.xreplace(letters), equation.expression.xreplace(letters))


def _declared(arrays: Iterable[Array]) -> tuple[Array, ...]:
    """Return the arrays that a program has to declare: what nothing computes, and what has a title."""
    return tuple(a for a in arrays if a.kind not in (Kind.VALUE, Kind.COST) or a.title)


def _symbols(equation: Equation) -> set[Symbol]:
    ends = {symbol for first, last in equation.ranges.values() for symbol in (first + last).free_symbols}
    found: set[Symbol] = equation.target.atoms(Symbol) | equation.expression.atoms(Symbol) | ends
    return found
