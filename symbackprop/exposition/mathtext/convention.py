r"""How somebody writes backpropagation, as data: the letters, where the layer stands, how samples lie, what things are.

    Convention(symbols={"delta": r"\mathrm{d}z"}, layer="[l]", samples="columns")        dZ^{[l]} = …

Nothing of it is a formula: the equations that were derived are laid out by it, and say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from types import MappingProxyType

from symbackprop.calculus.batches import MEANS, Batch
from symbackprop.errors import SpecError
from symbackprop.frozen import dataclass

# every part with a closed set of answers; the first is what holds where nothing is said
CHOICES: Mapping[str, tuple[object, ...]] = MappingProxyType(
    {
        "layer": ("(l)", "[l]", "l", "_l"),
        "first": (0, 1),
        "matrices": ("capital", "small"),
        "samples": ("rows", "columns"),
        "mean": MEANS,
        "gradient": ("nabla", "d", "partial"),
        "product": ("circle", "asterisk"),
        "transpose": ("outside", "inside"),
        "bias": ("b", "w0"),
        "ones": (True, False),
        "own_activation": (False, True),
    }
)


@dataclass(frozen=True, slots=True)
class Convention:
    """The layout of formulas, and the names of things.

    symbols     other letters, by the letters of the derivation; J is the cost of a batch, output what the last layer
                gives, where they have letters of their own
    layer       where the number of a layer stands: z^{(l)}, z^{[l]}, z^l or z_l
    first       the number of the layer of the input
    matrices    W^{(l)}, or as the letter of their entries, w^{(l)}
    samples     those of a batch are rows or columns
    mean        where its 1/m stands: at the parameters, in the errors, or nowhere, where costs are added up
    gradient    ∇_W C, dW, or ∂C/∂W
    product     of entries: a circle ⊙, or an asterisk
    transpose   outside, (W^{(l)})^T, or inside, W^{[l]T}
    bias        b_j, or the weight w_{j0}
    ones        whether a sum over samples, and a bias at each of them, is written with a column of ones
    own_activation   whether the activation function has the number of its layer: g^{[l]}
    parameters  what weights and biases are called in code, {"w": "fc{l}.weight"}
    notations   the styles in which equations are shown first, by their names
    source      whose it is, in words: a book, a program
    names       what things are called, by the keys of the languages: "loss", "error function", "units"
    Raises SpecError for an answer that is not among the CHOICES."""

    name: str = "own"
    symbols: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    layer: str = "(l)"
    first: int = 0
    matrices: str = "capital"
    samples: str = "rows"
    mean: str = "parameters"
    gradient: str = "nabla"
    product: str = "circle"
    transpose: str = "outside"
    bias: str = "b"
    ones: bool = True
    own_activation: bool = False
    names: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    source: str = ""
    notations: tuple[str, ...] = ("index", "matrix")

    def __post_init__(self) -> None:
        """Refuse what is no choice."""
        for what, choices in CHOICES.items():
            if (got := getattr(self, what)) not in choices or type(got) is not type(choices[0]):  # 1.0 and true are 1
                known = (str(choice).lower() if isinstance(choice, bool) else str(choice) for choice in choices)
                wanted = ", ".join(known)
                raise SpecError(f"convention: {what}: got {str(got)[:40]!a}, wanted one of {wanted}")

    def __hash__(self) -> int:
        """Return a number that equal conventions share."""
        return hash((self.name, self.layer, self.first, self.samples, self.mean))

    @property
    def batch(self) -> Batch:
        """How the samples of a batch are written."""
        return Batch(self.samples, self.mean)

    @property
    def mean_of_partials(self) -> str:
        """Where the 1/m stands in derivatives that are all those of one cost by their names: ∇_Z C, but not dZ."""
        return "errors" if self.mean == "parameters" and self.gradient != "d" else self.mean

    @property
    def of_batch(self) -> Convention:
        """The convention where all of a text is about a batch: the cost has the letter, and the name, of a batch's."""
        if "J" not in self.symbols:
            return self
        names = tuple(name for name in self.names if name != "loss" or "batch cost" not in self.names)
        return replace(self, symbols=MappingProxyType({**self.symbols, "C": self.symbols["J"]}), names=names)


USUAL = Convention()
