"""The passes of second order, and of the Jacobian, from the derived equations: all of them equations between arrays.

H v      how far the adjoints move when all that they are computed from moves along v: the backward pass, differentiated
G v      Jᵀ (∂²c/∂o²) J v with C = c(o), o = f(θ): how far ∂c/∂o moves along J v, sent back by the adjoints of f
J        the adjoints of f for every ∂C/∂o that is 1 at one place and 0 elsewhere: a row for each place, all at once
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from math import prod
from typing import Any, Protocol

import numpy as np
from sympy import Add, Integer, S

from symbackprop.calculus.indices import put
from symbackprop.calculus.passes import Passes, adjoint_equations, adjoint_of
from symbackprop.calculus.reverse import ProgramDerivation, derivation_of
from symbackprop.calculus.tangents import direction_of, tangents
from symbackprop.network.notation import COST, Tensor, index, size
from symbackprop.network.program import GIVEN, INDEPENDENT, Array, Equation, Kind, Node, Program, entries
from symbackprop.network.samples import over_samples, sampling
from symbackprop.numerics.arrays.sizing import as_arrays, check_cost, check_direction
from symbackprop.numerics.batching import of_batch

ROW, ROWS = index("row_"), size("rows_")  # of the Jacobian; no name in a text has an underscore
FIRST = "first_"  # of the name of ∂C/∂u where its direction is called as it was


class Functions(Protocol):
    """Passes as functions of arrays by name: what is computed forward, and the derivatives from that."""

    derivation: ProgramDerivation
    passes: Passes

    def known(self, values: Mapping[str, Any], /) -> dict[str, Any]:
        """Return what is given and all that is computed from it."""

    def gradient_at(self, known: dict[str, Any], /) -> dict[str, np.ndarray]:
        """Return the derivatives, given all that `known` returns, which is spent."""


class Curvature:
    """Products with the matrices of second derivatives, and the Jacobian, of what `first` computes.

    Each is derived and compiled when first asked for. Raises DataError or ShapeError where an array does not fit."""

    def __init__(
        self, first: Functions, wanted: Sequence[str], reduction: str | None, compiled: Callable[[Passes], Functions]
    ) -> None:
        """Take passes, by which arrays they differentiate, and how they became those of a batch, if they did."""
        self._first, self._reduction, self._compiled = first, reduction, compiled
        self._program = first.passes.program
        self._wanted = [array for array in self._program.of_kind(*INDEPENDENT) if array.name in wanted]

    def hvp(self, values: Mapping[str, Any], direction: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """Return H·v by every array that is differentiated by."""
        return self._product(lambda: self._hessian, values, direction)

    def gauss_newton(self, values: Mapping[str, Any], direction: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """Return G·v by every array that is differentiated by."""
        return self._product(lambda: self._straight, values, direction)

    def jacobian(self, values: Mapping[str, Any]) -> dict[str, dict[str, np.ndarray]]:
        """Return the derivatives of each output, of a batch each sample's: {"o": {"u": (*shape of o, *shape of u)}}."""
        functions, ends = self._rows
        known = self._first.known(values)
        read = {array.name for array in functions.passes.program.of_kind(*GIVEN)}
        given = {name: array for name, array in known.items() if name in read}
        floats = np.result_type(*(given or known).values())
        samples = () if self._reduction is None else (len(known[ends[0].name]),)
        shapes = {end.name: np.shape(known[end.name])[len(samples) :] for end in ends}
        found: dict[str, dict[str, np.ndarray]] = {}
        for end in ends:
            count, shape = prod(shapes[end.name]), shapes[end.name]
            rows = {row_of(other).name: np.zeros((count, *shapes[other.name]), floats) for other in ends}
            rows[row_of(end).name] = np.eye(count, dtype=floats).reshape((count, *shape))
            computed = functions.known({**given, **rows})
            found[end.name] = {}
            for array in self._wanted:
                own = np.shape(known[array.name])[len(samples) * (array.kind == Kind.INPUT) :]
                whole = np.broadcast_to(computed.get(row_of(array).name, 0.0), (*samples, count, *own))
                found[end.name][array.name] = whole.reshape((*samples, *shape, *own)).astype(known[array.name].dtype)
        return found

    def _product(
        self, made: Callable[[], Functions], values: Mapping[str, Any], direction: Mapping[str, Any]
    ) -> dict[str, np.ndarray]:
        """Return what passes give for values and a direction; what that does not name is not moved."""
        check_cost(self._program, is_curved=True)
        values = as_arrays(values, self._first.passes.program.of_kind(*GIVEN))
        check_direction(direction, self._wanted, values)
        named = {array.name: array for array in self._wanted}
        zeros = {name: np.zeros_like(values[name]) for name in named}
        ways = {way_of(named[name]).name: direction.get(name, zero) for name, zero in zeros.items()}
        functions = made()
        return functions.gradient_at(functions.known({**values, **ways}))

    @cached_property
    def _hessian(self) -> Functions:
        return self._compiled(hessian(self._first.passes, self._wanted))

    @cached_property
    def _straight(self) -> Functions:
        """The pass of G·v, of one sample and then of a batch, where this is one."""
        program = self._first.derivation.program
        wanted = [program.array(array.name) for array in self._wanted]
        passes = gauss_newton(program, wanted)
        shared = frozenset(way_of(array).name for array in wanted if array.kind == Kind.PARAMETER)
        return self._compiled(of_batch(passes, self._reduction, shared) if self._reduction else passes)

    @cached_property
    def _rows(self) -> tuple[Functions, tuple[Array, ...]]:
        """The derivatives of the outputs as values of a program, and the outputs."""
        program, ends = jacobian(self._first.derivation.program)
        if self._reduction:
            way = sampling(program, frozenset(row_of(end).name for end in ends))
            program = over_samples(program, "sum", way)
        return self._compiled(Passes(program, ())), ends


def way_of(array: Array) -> Array:
    """Return the array that says how far each entry of another one moves."""
    return Array(direction_of(array.tensor), Kind.CONSTANT, f"direction_{array.name}")


def row_of(array: Array) -> Array:
    """Return the array of the derivatives by another one, a row for each entry of what is differentiated."""
    rows = _in_rows(adjoint_of(array.tensor))
    return Array(rows, Kind.CONSTANT, rows.code_name)


def hessian(passes: Passes, wanted: Sequence[Array]) -> Passes:
    """Return the passes of H v: forward, how far all moves along v, the adjoints, and how far those move."""
    forward = _without_cost(passes.program)
    first = {e.tensor: Tensor(FIRST + e.tensor.letter, e.tensor.layer, e.tensor.axes) for e in passes.adjoints}
    adjoints = [equation.renamed(first) for equation in passes.adjoints]
    moved = tangents([*forward, *adjoints], [array.tensor for array in wanted])
    second = {direction_of(named): tensor for tensor, named in first.items()}
    ahead = [equation for equation in moved if equation.tensor not in second]
    behind = (equation.renamed(second) for equation in moved if equation.tensor in second)
    return Passes(_along(passes.program, wanted, [*forward, *ahead]), (*adjoints, *behind))


def gauss_newton(program: Program, wanted: Sequence[Array]) -> Passes:
    """Return the passes of G v; o are the arrays that the equation of the cost reads, parameters among them.

    The cost is curved as it is, the network straight: its own second derivatives are left out."""
    (last,) = (equation for equation in program.equations if equation.target == COST)
    block = _block(program, last)
    forward = block.program.equations
    ahead = tangents(forward, [array.tensor for array in wanted])
    moving = {direction_of(array.tensor) for array in wanted} | {equation.tensor for equation in ahead}
    read = [array for array in program.arrays if array.tensor in last.reads]
    moved = [array.tensor for array in read if direction_of(array.tensor) in moving]
    curved = {equation.tensor: equation for equation in tangents(_slopes(last, read, program), moved)}
    behind = []
    for output in block.given:  # its ∂C/∂o is how far that of the cost moves
        own = curved.pop(direction_of(adjoint_of(program.array(output.name).tensor)), None)
        target = next(e.target for e in forward if e.tensor == output.tensor)
        places = target.indices if own is None else own.indices
        behind.append(Equation(adjoint_of(output.tensor)[places], S.Zero if own is None else own.expression))
    for equation in adjoint_equations(block):
        beside = curved.pop(direction_of(equation.tensor), None)  # of a parameter that the cost reads too: a penalty
        behind.append(equation if beside is None else _sum(equation, beside))
    second = {direction_of(adjoint_of(array.tensor)): adjoint_of(array.tensor) for array in wanted}
    behind += [equation.renamed(second) for equation in curved.values()]  # of one that the cost alone reads
    return Passes(_along(program, wanted, [*forward, *ahead]), tuple(behind))


def jacobian(program: Program) -> tuple[Program, tuple[Array, ...]]:
    """Return the program whose values are the derivatives of its outputs, in the arrays of `row_of`; and the outputs.

    It is given ∂C/∂o of each output o, in rows as well."""
    (last,) = (e for e in program.equations if e.target == COST) if program.has_cost else (None,)
    block = _block(program, last)
    adjoints = adjoint_equations(block)
    tensors = [equation.tensor for equation in adjoints] + [adjoint_of(output.tensor) for output in block.given]

    def row(equation: Equation) -> Equation:
        own = {e: _in_rows(e.base)[(ROW, *e.indices)] for e in entries(equation.expression) if e.base in tensors}
        domain = equation.domain and ((Integer(1), ROWS), *equation.domain)
        target = _in_rows(equation.tensor)[(ROW, *equation.indices)]
        return Equation(target, equation.expression.xreplace(own), domain)

    nodes = (*block.program.nodes, *(Node(row(equation)) for equation in adjoints))
    given = (*block.program.given, *map(row_of, block.given))
    order = [array.name for array in program.arrays]
    return replace(block.program, nodes=nodes, given=given), tuple(
        sorted(block.given, key=lambda o: order.index(o.name))
    )


def _in_rows(tensor: Tensor) -> Tensor:
    return Tensor(f"rows_{tensor.letter}", tensor.layer, ((1, ROWS), *tensor.axes))


def _block(program: Program, last: Equation | None) -> ProgramDerivation:
    """Return the derivation of all but the cost, for any ∂C/∂o of what the cost reads."""
    block = program.without_cost
    ends = {array.tensor for array in block.outputs}
    read = [] if last is None else [a for a in block.of_kind(Kind.VALUE) if a.tensor in last.reads]
    return derivation_of(block.giving([array for array in read if array.tensor not in ends]))


def _slopes(last: Equation, read: Sequence[Array], program: Program) -> tuple[Equation, ...]:
    """Return ∂c/∂o for all that the equation of the cost reads, by that equation alone."""
    given = [replace(array, kind=Kind.INPUT) if array.kind == Kind.VALUE else array for array in read]
    return adjoint_equations(derivation_of(Program((Node(last),), tuple(given), program.sizes)))


def _sum(equation: Equation, other: Equation) -> Equation:
    names = dict(zip(other.indices, equation.indices, strict=True))
    return replace(equation, expression=Add(equation.expression, put(other.expression, names)))


def _without_cost(program: Program) -> list[Equation]:
    return [equation for equation in program.equations if equation.target != COST]


def _along(program: Program, wanted: Sequence[Array], equations: Iterable[Equation]) -> Program:
    """Return a program of these equations, given what the program is given, and a direction."""
    given = (*program.of_kind(*GIVEN), *map(way_of, wanted))
    return Program(tuple(map(Node, equations)), given, program.sizes)
