"""What a person's derivation adds to the tree of equations: quantities of layers, derivatives, activations.

delta[l+1]      a Quantity "delta" at the layer l + 1          dC/dw[2, j, k]      a Derivative of two Quantities
σ'(z[l])        Activated, once differentiated                  W^T δ ⊙ σ'(z)       an Entrywise product
"""

from __future__ import annotations

from symbackprop.frozen import dataclass
from symbackprop.network.formula import Extension, Node
from symbackprop.network.text.glossary import LAST
from symbackprop.network.text.tree import Letter, Range

LAYER_LETTERS = ("l", LAST)


class _Unbounded(Extension):
    """A part of a line that is compared and never expanded: its growth is that of its text."""

    __slots__ = ()

    def as_large(self) -> Node:
        """Return the part itself."""
        return self


@dataclass(frozen=True, slots=True)
class Quantity(_Unbounded):
    """An array of the network, as a letter at a layer or by its own name; `positions` are those of one entry."""

    name: str
    layer: Node | None = None
    positions: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Own(_Unbounded):
    """What a person has given a name to, at a layer, or an entry of it."""

    name: str
    layer: Node | None = None
    positions: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Free(_Unbounded):
    """The variable that a line about a function is said of: z of σ'(z) = σ(z)(1 - σ(z))."""

    name: str


@dataclass(frozen=True, slots=True)
class Derivative(_Unbounded):
    """∂of/∂by; without `of` it is the cost that is differentiated."""

    of: Node
    by: Node


@dataclass(frozen=True, slots=True)
class Activated(_Unbounded):
    """σ(argument) or, with `order` 1, σ'(argument); `function` is its own name, "" where it is that of a layer."""

    function: str
    order: int
    layer: Node | None
    argument: Node


@dataclass(frozen=True, slots=True)
class Entrywise(_Unbounded):
    """left ⊙ right; where it is written `*` or `·` it is `loose`, and may be a product of matrices."""

    left: Node
    right: Node
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Outer(_Unbounded):
    """left ⊗ right: the matrix of all products of their entries."""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Summed(_Unbounded):
    """Σ over indices of all that stands behind it in a product."""

    ranges: tuple[Range, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Diagonal(_Unbounded):
    """diag(v): the matrix with v on its diagonal."""

    term: Node


@dataclass(frozen=True, slots=True)
class Norm(_Unbounded):
    """‖v‖."""

    term: Node


@dataclass(frozen=True, slots=True)
class Kronecker(_Unbounded):
    """δ_ij: 1 where both are equal, else 0."""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Picked(_Unbounded):
    """An entry of what stands in brackets: (W^T δ)[j]."""

    term: Node
    positions: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class FunctionMarks:
    """What stands between the name of a function and its argument."""

    order: int = 0
    layer: Node | None = None
    positions: tuple[Node, ...] = ()
    power: Node | None = None


class Marks:
    """What has been read at a name so far."""

    def __init__(self) -> None:
        self.layer: Node | None = None
        self.sample: Node | None = None  # i of x^{(i)}
        self.positions: tuple[Node, ...] = ()
        self.below: tuple[Node, ...] = ()
        self.groups = 0  # of what stands below: delta_ij has one, delta_1_2 has two
        self.is_transposed = False

    @property
    def is_kronecker(self) -> bool:
        """Whether two indices, none of them a layer, stand below a delta."""
        has_layer = self.layer is not None or self.groups != 1 or len(self.below) != 2
        return not has_layer and isinstance(self.below[0], Letter) and self.below[0].name not in LAYER_LETTERS

    def bracketed(self, items: tuple[Node, ...], need: int, *, is_layered: bool) -> None:
        """Take what stands in brackets: the layer first, where the name has none."""
        if not is_layered or self.layer is not None:
            self.positions += items
        elif len(items) in (1, need + 1):
            self.layer, self.positions = items[0], items[1:]
        else:
            self.positions = items
