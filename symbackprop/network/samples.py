"""From one sample to a batch: the program of m samples, whose cost is the mean of the costs of its samples.

    z[j] = Σ_k w[j, k] x[k] + b[j]        ->        z[s, j] = Σ_k w[j, k] x[s, k] + b[j]
    C = c(a, y) + R(w)                    ->        C = (1/m) Σ_s c(a[s], y[s]) + R(w)

The batch is a program like any other, derived, computed and told by whatever derives, computes and tells programs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain, count
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sympy import Add, Expr, Integer, Sum, Symbol

from symbackprop.frozen import dataclass
from symbackprop.network.model import Network
from symbackprop.network.notation import COST, Tensor, index, size, width
from symbackprop.network.program import Array, Equation, Kind, Node, Program, entries

if TYPE_CHECKING:
    from symbackprop.network.text.equations import EquationsNetwork

REDUCTIONS = ("mean", "sum")
_INDICES, _SIZES = "srqtp", "mMB"


@dataclass(frozen=True)
class Sampling:
    """How a program of one sample becomes one of many: an index, a size, and the tensors that get an axis for it.

    The axis is the first, so that a sample is a row of a matrix, or the `last`: then it is a column."""

    sample: Symbol
    count: Symbol
    tensors: Mapping[Tensor, Tensor]
    last: bool = False

    def put(self, expression: Expr) -> Expr:
        """Return the expression with the index of the sample at all that is a sample's own."""
        found = [entry for entry in entries(expression) if entry.base in self.tensors]
        return expression.xreplace(
            {e: self.tensors[e.base][joined(e.indices, self.sample, last=self.last)] for e in found}
        )

    def reduced(self, expression: Expr, reduction: str) -> Expr:
        """Return the mean or the sum over all samples, term by term; what is the same for all of them stands once."""
        terms = [self.put(term) for term in Add.make_args(expression)]
        once = [term for term in terms if not term.has(self.sample)]
        each = [self._total(term) for term in terms if term.has(self.sample)]
        total = Add(*each)
        return Add(total / self.count if reduction == "mean" else total, *once)

    def _total(self, term: Expr) -> Expr:
        """Return the sum of a term over the samples; c Σ f becomes one sum, which is one product of arrays."""
        outside, sums = term.as_independent(Sum, as_Add=False)
        limit = (self.sample, 1, self.count)
        if isinstance(sums, Sum) and not outside.has(self.sample):
            return outside * Sum(sums.function, *sums.limits, limit)
        return Sum(term, limit)


def joined(others: Sequence[Any], sample: Any, *, last: bool) -> tuple[Any, ...]:
    """Return the indices, or the axes, of one sample with that of the samples before them or behind."""
    return (*others, sample) if last else (sample, *others)


def of_samples(tensor: Tensor, count: Symbol, *, last: bool = False) -> Tensor:
    """Return the tensor of all samples for that of one: a first axis for them, or a last one."""
    return Tensor(tensor.args[0], tensor.args[1], joined(tensor.axes, (1, count), last=last))


def sampling(
    program: Program, shared: frozenset[str] = frozenset(), adjoints: Sequence[Equation] = (), *, last: bool = False
) -> Sampling:
    """Return how a program of one sample, and its adjoints, become those of many, a first axis for them or a last one.

    Arrays called as `shared` are the same for all samples."""
    used = {symbol.name for equation in (*program.equations, *adjoints) for symbol in _symbols(equation)}
    wholes = {array.name.upper() for array in program.arrays}  # how a batch of vectors is written
    sample, number = index(_unused(_INDICES, used)), size(_unused(_SIZES, used | wholes))
    own = [array.tensor for array in program.arrays if not _is_shared(array) and array.name not in shared]
    found = {tensor: of_samples(tensor, number, last=last) for tensor in own}
    return Sampling(sample, number, MappingProxyType(found), last)


def over_samples(program: Program, reduction: str = "mean", way: Sampling | None = None) -> Program:
    """Return the program of a batch: an index for the sample at all that is no parameter.

    The cost is the mean of the costs of the samples, or with `reduction` "sum" their sum; what it has that depends on
    parameters alone, such as a penalty, is added once. Index and number of samples are called s and m, or by another
    letter where the program has these, or as `way` says."""
    way = way or sampling(program)
    learned = {array.tensor for array in program.of_kind(Kind.PARAMETER)}

    def counted(term: Expr) -> Expr:
        """Return a term of a sum of costs; each sample has its own 1 of 1 - Σ a y."""
        own = any(entry.base in way.tensors or entry.base in learned for entry in entries(term))
        return term if own else way.count * term

    def batched(equation: Equation) -> Equation:
        if equation.target == COST:
            terms = Add.make_args(equation.expression)
            cost = equation.expression if reduction == "mean" else Add(*map(counted, terms))
            return Equation(COST, way.reduced(cost, reduction))
        domain = equation.domain and joined(equation.domain, (Integer(1), way.count), last=way.last)
        return Equation(way.put(equation.target), way.put(equation.expression), domain)

    given = (replace(a, tensor=way.tensors.get(a.tensor, a.tensor)) for a in program.arrays if a.kind != Kind.COST)
    nodes = tuple(Node(batched(equation)) for equation in program.equations)
    return Program(nodes, _declared(given), MappingProxyType({way.count: 3, **program.sizes}), program.places)


def program_of(network: Network | EquationsNetwork) -> Program:
    """Return the program of one sample; of a chain of dense layers each at its own layer, its widths letters: n0, n1.

    Its arrays are called as those of the network: x, y, W1, b1, z1, a1, …"""
    if not isinstance(network, Network):
        return network.program
    letters = {width(layer): size(f"n{layer}") for layer in range(network.depth + 1)}
    nodes = tuple(Node(_relettered(equation, letters)) for equation in network.program.equations)
    given = _declared(replace(a, tensor=a.tensor.xreplace(letters)) for a in network.program.arrays)
    numbers = {size(f"n{layer}"): number for layer, number in enumerate(network.widths)}
    return Program(nodes, given, MappingProxyType(numbers))


def _unused(letters: str, used: set[str]) -> str:
    """Return the first letter that is free, or one with a number."""
    numbered = (f"{letters[0]}{number}" for number in count(1))
    return next(letter for letter in chain(letters, numbered) if letter not in used)


def _is_shared(array: Array) -> bool:
    """Tell whether an array is the same for all samples; of constants with axes, such as a mask, those that say so."""
    is_number = array.kind == Kind.CONSTANT and not array.tensor.axes
    return array.shared or is_number or array.kind in (Kind.PARAMETER, Kind.COST)


def _relettered(equation: Equation, letters: Mapping[Expr, Symbol]) -> Equation:
    return Equation(equation.target.xreplace(letters), equation.expression.xreplace(letters))


def _declared(arrays: Iterable[Array]) -> tuple[Array, ...]:
    """Return the arrays that a program has to declare: what nothing computes, and what has a title."""
    return tuple(a for a in arrays if a.kind not in (Kind.VALUE, Kind.COST) or a.title)


def _symbols(equation: Equation) -> set[Symbol]:
    ends = {symbol for first, last in equation.ranges.values() for symbol in (first + last).free_symbols}
    found: set[Symbol] = equation.target.atoms(Symbol) | equation.expression.atoms(Symbol) | ends
    return found
