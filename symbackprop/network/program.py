"""The forward program: index equations in the order of computation, each shared by all layers alike.

    target[indices] = expression          z^{(l)}[j] = Σ_k w^{(l)}[j,k] a^{(l-1)}[k] + b^{(l)}[j]

An equation is written once, with the layer as a symbol; a node says at which layer it is used. So a network of
a hundred equal layers holds two equations, and whatever is derived from an equation is derived once.

A program says of each array what kind it is and how it is called: whoever goes through it needs to know no letter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from enum import StrEnum
from functools import cached_property, lru_cache
from types import MappingProxyType

from sympy import Expr, Indexed, Integer, Symbol

from symbackprop.errors import ShapeError, UnknownNameError
from symbackprop.frozen import dataclass
from symbackprop.network.largest import BINDERS
from symbackprop.network.notation import COST, LAYER, Axis, Tensor, at_one_place

GIVEN_MARK = "'"  # of the name of an output that is a state, too: h' = h; no name in a text has it


@lru_cache(2**14)
def entries(expression: Expr) -> frozenset[Indexed]:
    """Return every entry of a tensor that occurs in the expression, found part by part: lines share most of these."""
    if isinstance(expression, Indexed):
        return frozenset({expression}).union(*map(entries, expression.indices))
    return frozenset[Indexed]().union(*map(entries, expression.args))


@lru_cache(2**14)
def arrays_in(expression: Expr) -> frozenset[Tensor]:
    """Return the arrays of which some entry occurs in the expression."""
    return frozenset(entry.base for entry in entries(expression))


@lru_cache(2**14)
def free_indices(expression: Expr) -> frozenset[Symbol]:
    """Return the indices that are not summed over, found as `entries` are: what the expression is a function of.

    An index is an integer symbol; layers and sizes are positive integers, so they are none."""
    if isinstance(expression, Symbol):
        return frozenset({expression} if expression.is_integer and not expression.is_positive else ())
    parts = expression.indices if isinstance(expression, Indexed) else expression.args
    bound = expression.variables if isinstance(expression, BINDERS) else ()
    return frozenset[Symbol]().union(*map(free_indices, parts)).difference(bound)


def ranges_of(entry: Expr) -> dict[Symbol, Axis]:
    """Return the range of each index of an entry that is a symbol, from the axes of its tensor."""
    if not isinstance(entry, Indexed):
        return {}
    return {i: axis for i, axis in zip(entry.indices, entry.base.axes, strict=True) if isinstance(i, Symbol)}


def at_layer(expression: Expr, layer: Expr | int) -> Expr:
    """Return the expression with the layer symbol l replaced, in letters, widths and ranges alike."""
    return expression.xreplace({LAYER: Integer(layer) if isinstance(layer, int) else layer})


@dataclass(frozen=True)
class Equation:
    """target = expression, for every value of the indices of the target.

    The target is an entry of a tensor with distinct index symbols, or C, the cost; any other single number is a tensor
    without axes. `domain` is given where the equation does not hold on the whole axes: a recurrence h[t] = f(h[t-1])
    begins at t = 1. Raises ShapeError for another target, and if the expression has a free index that it lacks."""

    target: Expr
    expression: Expr
    domain: tuple[Axis, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse an equation whose two sides are not functions of the same indices."""
        plain = all(isinstance(place, Symbol) and free_indices(place) for place in self.indices)
        named = isinstance(self.target, Indexed) or self.target == COST
        if not plain or len(set(self.indices)) < len(self.indices) or not named:
            raise ShapeError(f"equation for {self.target}: wanted an entry with indices that differ, as z[j], or C")
        if self.domain is not None and len(self.domain) != len(self.indices):
            raise ShapeError(f"equation for {self.target}: {len(self.domain)} ranges for {len(self.indices)} indices")
        if stray := free_indices(self.expression) - set(self.indices):
            names = ", ".join(sorted(map(str, stray)))
            said = f"index {names} is neither summed nor on the left; sum over it"
            raise ShapeError(f"equation for {self.target}: {said}")

    @property
    def tensor(self) -> Expr:
        """The tensor that is computed, or the symbol of a single number."""
        return self.target.base if isinstance(self.target, Indexed) else self.target

    @property
    def indices(self) -> tuple[Symbol, ...]:
        """The free indices, in the order of the axes of the target."""
        return self.target.indices if isinstance(self.target, Indexed) else ()

    @property
    def ranges(self) -> dict[Symbol, Axis]:
        """The range of each free index."""
        axes = self.domain or (self.tensor.axes if self.indices else ())
        return dict(zip(self.indices, axes, strict=True))

    @cached_property
    def sides(self) -> tuple[Expr, Expr]:
        """Both, an index with one value only being that value: h_0j = a_j where steps begin, r_i1 = w_1 x_i."""
        return at_one_place(self.target, self.ranges), at_one_place(self.expression, self.ranges)

    @cached_property
    def reads(self) -> tuple[Tensor, ...]:
        """The tensors that the expression uses, in a fixed order."""
        return tuple(sorted(arrays_in(self.expression), key=lambda tensor: tensor.sort_key()))

    def at_layer(self, layer: Expr | int) -> Equation:
        """Return the equation as it stands at `layer`."""
        return self.renamed({LAYER: at_layer(LAYER, layer)})

    def renamed(self, names: Mapping[Expr, Expr]) -> Equation:
        """Return the equation with tensors replaced, the way a weight is shared, or sizes, or layers."""
        own = dict(names)
        domain = self.domain and tuple((first.xreplace(own), last.xreplace(own)) for first, last in self.domain)
        return Equation(self.target.xreplace(own), self.expression.xreplace(own), domain)


@dataclass(frozen=True, slots=True)
class Node:
    """One use of an equation: at `layer`, or as it stands when it belongs to no layer."""

    equation: Equation
    layer: int | None = None

    @property
    def concrete(self) -> Equation:
        """The equation at the node's own layer."""
        return self.equation if self.layer is None else self.equation.at_layer(self.layer)


class Kind(StrEnum):
    """What an array is to a program. Derivatives are derived for parameters and inputs, and for values on the way."""

    INPUT = "input"
    TARGET = "target"
    PARAMETER = "parameter"
    CONSTANT = "constant"
    VALUE = "value"  # computed by an equation
    COST = "cost"


GIVEN = (Kind.INPUT, Kind.TARGET, Kind.PARAMETER, Kind.CONSTANT)  # what no equation computes
INDEPENDENT = (Kind.PARAMETER, Kind.INPUT)  # what the cost is differentiated by in the end


@dataclass(frozen=True, slots=True)
class Array:
    """An array of a program: its tensor (C itself for the cost), its kind, and its name from outside: W1, x, h."""

    tensor: Expr
    kind: Kind
    name: str
    title: str = ""  # what it is to a reader, in a few words
    shared: bool = False  # of a constant: all samples have the same

    def at_layer(self, layer: int) -> Array:
        """Return the array as it stands at a layer: W of w^{(l)} is called W3 there; one of no layer stays."""
        tensor = at_layer(self.tensor, layer)
        general = isinstance(tensor, Tensor) and self.tensor.layer is not None and self.tensor.layer.has(LAYER)
        return replace(self, tensor=tensor, name=f"{self.name}{tensor.layer}" if general else self.name)


@dataclass(frozen=True)
class Program:
    """Equations in the order of computation, over arrays with a kind; the last one computes the cost, if one does.

    Lines of a recurrence stand together, in the order of computation within one step; its starts stand before them,
    and are equations of the same tensor with other domains. `given` are the arrays that no equation computes, general
    in l where the equations are, and the titles of computed ones; `sizes` are small numbers to check with; `places`
    are names, of indices as well, in the order in which a person multiplies them, and those of terms."""

    nodes: tuple[Node, ...]
    given: tuple[Array, ...] = ()
    sizes: Mapping[Symbol, int] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    places: tuple[str, ...] = ()

    @property
    def distinct(self) -> tuple[Equation, ...]:
        """Each equation once, however many layers use it."""
        return tuple(dict.fromkeys(node.equation for node in self.nodes))

    @cached_property
    def equations(self) -> tuple[Equation, ...]:
        """Every equation as it stands at its own layer, in the order of computation."""
        return tuple(node.concrete for node in self.nodes)

    @cached_property
    def arrays(self) -> tuple[Array, ...]:
        """Every array once: what is given, then what is computed, in the order of computation.

        Given arrays of no layer come in the order in which they are declared, those of a layer as they are read."""
        declared = {array.tensor: array for array in self.given}
        computed = dict.fromkeys(equation.tensor for equation in self.equations)
        at_layers = any(node.layer is not None for node in self.nodes)  # else l is the name of a size
        found = {t: a for t, a in declared.items() if not (at_layers and t.has(LAYER)) and t not in computed}
        for node in self.nodes:
            for tensor in node.equation.reads:
                array = declared.get(tensor)
                if array is not None and node.layer is not None:
                    array = array.at_layer(node.layer)
                    found.setdefault(array.tensor, array)
        for tensor in computed:
            made = Array(COST, Kind.COST, "C") if tensor == COST else Array(tensor, Kind.VALUE, tensor.code_name)
            found[tensor] = declared.get(tensor, made)
        return tuple(found.values())

    @property
    def names(self) -> Mapping[str, int]:
        """The names of arrays and sizes, which no other may look like, and of terms, with their places; 0 for none."""
        names = dict.fromkeys((*(size.name for size in self.sizes), *(array.name for array in self.arrays)), 0)
        return names | {name: at for at, name in enumerate(self.places, start=1) if name in names or name[0] == "+"}

    def array(self, name: str) -> Array:
        """Return the array with this name; raises UnknownNameError, with the names that there are."""
        for array in self.arrays:
            if array.name == name:
                return array
        known = ", ".join(array.name for array in self.arrays)
        raise UnknownNameError(f"array {name[:40]!a} is unknown; the program has {known}")

    def of_kind(self, *kinds: Kind) -> tuple[Array, ...]:
        """Return the arrays of these kinds, in the order of `arrays`."""
        return tuple(array for array in self.arrays if array.kind in kinds)

    @cached_property
    def _kinds(self) -> Mapping[Expr, Kind]:
        return {e.tensor: Kind.VALUE for e in self.distinct} | {a.tensor: a.kind for a in (*self.given, *self.arrays)}

    def kind(self, tensor: Expr) -> Kind:
        """Return what a tensor is to the program, at its own layer or general in l; a name of ∂C/∂z is a value."""
        return self._kinds.get(tensor, Kind.VALUE)

    @cached_property
    def has_cost(self) -> bool:
        """Whether an equation computes the cost; a program without one is a block."""
        return any(node.equation.target == COST for node in self.nodes)

    @cached_property
    def outputs(self) -> tuple[Array, ...]:
        """What is computed and read by no later equation, the cost among it: all that a block gives.

        A recurrence reads its own state from the step before; that alone does not make the state a value on the way.
        What is given of a state, as h' = h, is called as the state is."""
        computed = {equation.tensor: place for place, equation in enumerate(self.equations)}
        read = {t for place, e in enumerate(self.equations) for t in e.reads if computed.get(t, place) < place}
        found = [array for array in self.of_kind(Kind.VALUE, Kind.COST) if array.tensor not in read]
        found = [each for each in found if not self._is_on_the_way(each.tensor, [other.tensor for other in found])]
        return tuple(replace(array, name=array.name.removesuffix(GIVEN_MARK)) for array in found)

    def _is_on_the_way(self, tensor: Expr, others: Sequence[Expr]) -> bool:
        """Tell whether another one is computed from a tensor, which the tensor isn't: c of an LSTM, but from h."""
        return any(other != tensor and self._reaches(tensor, other) > self._reaches(other, tensor) for other in others)

    def _reaches(self, tensor: Expr, other: Expr) -> bool:
        """Tell whether one tensor is computed from another one, directly or not."""
        found = {tensor}
        while True:
            more = {e.tensor for e in self.equations if e.tensor not in found and not found.isdisjoint(e.reads)}
            if not more:
                return other in found
            found |= more

    @cached_property
    def with_states_given(self) -> Program:
        """The program in which an output that a recurrence reads again is given as an array of its own: h' = h.

        What comes after has its ∂C/∂h', and ∂C/∂h what the next step sends back. A cost leaves all as it is."""
        read = {tensor for equation in self.equations for tensor in equation.reads}
        return self.giving([] if self.has_cost else [array for array in self.outputs if array.tensor in read])

    def giving(self, arrays: Iterable[Array]) -> Program:
        """Return the program in which each of these, which it reads itself, is an output as well: h' = h."""
        copies, named = [], []
        for array in arrays:
            tensor = array.tensor
            indices = next(e.indices for e in reversed(self.equations) if e.tensor == tensor)
            copy = Tensor(tensor.letter + GIVEN_MARK, tensor.layer, tensor.axes)
            copies.append(Node(Equation(copy[indices], tensor[indices])))
            named.append(Array(copy, Kind.VALUE, array.name + GIVEN_MARK, array.title))
        return replace(self, nodes=(*self.nodes, *copies), given=(*self.given, *named)) if copies else self

    @cached_property
    def without_cost(self) -> Program:
        """The program without the equation of its cost, and without what that alone reads."""
        nodes = tuple(node for node in self.nodes if node.equation.target != COST)
        read = {tensor for node in nodes for tensor in node.equation.reads}
        kept = (a for a in self.given if a.kind in (Kind.VALUE, Kind.PARAMETER) or a.tensor in read)
        return replace(self, nodes=nodes, given=tuple(kept))
