"""The numbers of a worked example of dense layers: a sample or several, weights and biases, exactly as written.

    x = [0.05, 0.1]                          y = ["1/3", 1]                    the sample
    W1 = [[0.15, 0.2], [0.25, 0.3]]          b1 = [0.35, 0.35]     W2 = …      W{l} is (n_l, n_{l-1})
    learning_rate = 0.5                                                        where there is none, 1/2
    x = [[0, 1], [1, 1]]                     y = [[1], [0]]                    two samples: a row for each

0.1 is a tenth and not the nearest binary number, "1/3" is a third. Nothing here opens a file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from sympy import Integer

from symbackprop.errors import BudgetError, SpecError, errors_of
from symbackprop.frozen import dataclass
from symbackprop.network.arrayvalues import ArrayValues, array_values, exact
from symbackprop.network.drawing import drawing
from symbackprop.network.model import Network
from symbackprop.network.notation import Axis, size
from symbackprop.network.tables import table_from_text

USUAL_RATE = Fraction(1, 2)
MOST_PARAMETERS, WIDEST, DEEPEST = 60, 6, 5  # more is no longer read, number by number
MOST_SAMPLES, MOST_DERIVATIVES = 10, 240  # those of all samples

_ARRAY = re.compile(r"([Wb])([1-9]\d{0,2})")


@dataclass(frozen=True)
class Values(ArrayValues):
    """The numbers of a chain of dense layers; x and y have a row for each sample where there are several."""

    rate: Fraction = USUAL_RATE

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths of the network that the numbers are for."""
        return len(self.samples[0][0]), *(len(self.arrays[name]) for name in self.arrays if name.startswith("b"))

    @property
    def samples(self) -> tuple[tuple[Any, Any], ...]:
        """What goes into the network, and what should come out, for each sample.  x: (n_0,)   y: (n_L,)."""
        x, y = self.arrays["x"], self.arrays["y"]
        return tuple(zip(x, y, strict=True)) if isinstance(x[0], tuple) else ((x, y),)

    @property
    def given(self) -> tuple[dict[str, Fraction], ...]:
        """For each sample every number by the name of its scalar: x_1, y_1, w_1_2_1, b_1_2."""
        learned = {
            "_".join(map(str, (name[0].lower(), name[1:], *(index + 1 for index in place)))): number
            for name in self.arrays
            if name not in ("x", "y")
            for place, number in self.entries(name)
        }
        ends = ({"x": x, "y": y} for x, y in self.samples)
        named = ({f"{letter}_{n}": v for letter in each for n, v in enumerate(each[letter], 1)} for each in ends)
        return tuple(own | learned for own in named)


def values_from_text(text: str, *, kind: str, where: str, network: Network | None = None) -> Values:
    """Return the numbers in the text of a file; `kind` is toml or json, `where` names the file in messages.

    Raises SpecError for what is no such file, ShapeError where an array has not the shape that the network asks for,
    or, without a network, that the others do."""
    table = table_from_text(text, kind=kind, where=where, advice="try x = [0.05, 0.1]", number=exact)
    with errors_of(where):
        widths = _widths(table) if network is None else network.widths
        has_rows = isinstance(table.get("x"), list) and any(isinstance(row, list) for row in table["x"])
        found = array_values(table, _axes(widths, has_rows=has_rows), {}, rate=USUAL_RATE)
        alone = {name: found.arrays[name][0] for name in ("x", "y") if has_rows and len(found.arrays[name]) == 1}
        values = Values({**found.arrays, **alone}, {}, found.rate)
        if len(values.samples) > MOST_SAMPLES:
            got = f"x: got {len(values.samples)} samples"
            raise BudgetError(f"{got}; at most {MOST_SAMPLES} are worked through with numbers")
        return values


def _widths(table: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the widths that weights say: as many inputs as a row of W1 has, as many neurons as rows."""
    depth = max((int(found[2]) for key in table if (found := _ARRAY.fullmatch(key))), default=0)
    if not depth:
        raise SpecError("W1 is missing; try W1 = [[0.1, 0.2]]")
    rows = [table.get(f"W{layer}") for layer in range(1, depth + 1)]
    counts = [len(each) if isinstance(each, list) else 1 for each in rows]
    first = rows[0][0] if isinstance(rows[0], list) and rows[0] else None
    return len(first) if isinstance(first, list) else 1, *counts


def _axes(widths: tuple[int, ...], *, has_rows: bool) -> dict[str, tuple[Axis, ...]]:
    """Return the axes of all arrays of a network of these widths; of x and y with one for the samples, or without."""
    ends: list[Axis] = [(Integer(1), Integer(width)) for width in widths]
    samples: tuple[Axis, ...] = ((Integer(1), size("m")),) if has_rows else ()
    axes = {"x": (*samples, ends[0]), "y": (*samples, ends[-1])}
    for layer in range(1, len(widths)):
        axes |= {f"W{layer}": (ends[layer], ends[layer - 1]), f"b{layer}": (ends[layer],)}
    return axes


def check_size(network: Network, samples: int = 1) -> None:
    """Raise BudgetError for a network and a number of samples whose numbers nobody would read one by one."""
    count, widest = network.parameter_count, max(network.widths)
    if count > MOST_PARAMETERS or widest > WIDEST or network.depth > DEEPEST:
        raise BudgetError(
            f"a worked example of {network.shape[:60]} has {count:,} derivatives to be printed; at most "
            f"{MOST_PARAMETERS}, in {DEEPEST} layers of {WIDEST} neurons; take a smaller network, such as 3-4-2"
        )
    if samples * count > MOST_DERIVATIVES and samples > 1:
        raise BudgetError(
            f"a worked example of {samples} samples in {network.shape[:60]} has {samples * count:,} derivatives to be "
            f"printed; at most {MOST_DERIVATIVES}; give fewer samples"
        )


def pleasant_values(network: Network, seed: int = 0) -> Values:
    """Return numbers that are easy on the eye, the same ones for the same seed: tenths, and never 0 for a weight.

    The target is one that the cost can mean: a class where the last layer or the cost asks for one, else tenths.
    Raises BudgetError for a network that is too large to be read."""
    check_size(network)
    drawn = drawing(seed)

    def tenths(low: int, high: int) -> Fraction:
        value = 0
        while not value:
            value = drawn(low, high)
        return Fraction(value, 10)

    pairs = list(zip(network.widths, network.widths[1:], strict=False))
    x = tuple(Fraction(drawn(1, 19), 10) for _ in range(network.widths[0]))
    weights = [tuple(tuple(tenths(-9, 9) for _ in range(before)) for _ in range(width)) for before, width in pairs]
    biases = [tuple(tenths(-5, 5) for _ in range(width)) for _, width in pairs]
    arrays: dict[str, Any] = {"x": x, "y": tuple(_target(network, lambda: tenths(1, 9), drawn))}
    for layer, (rows, row) in enumerate(zip(weights, biases, strict=True), 1):
        arrays |= {f"W{layer}": rows, f"b{layer}": row}
    return Values(arrays, {})


def _target(network: Network, tenths: Callable[[], Fraction], drawn: Callable[[int, int], int]) -> Iterator[Fraction]:
    """Yield a target: one class of all, one of two for each neuron, or tenths."""
    chosen = drawn(0, network.widths[-1] - 1)
    single, signs = kind_of_targets(network)
    for place in range(network.widths[-1]):
        if single is None:
            yield Fraction(signs[drawn(0, 1)])
        else:
            yield Fraction(int(place == chosen)) if single else tenths()


def kind_of_targets(network: Network) -> tuple[bool | None, tuple[int, int]]:
    """Return whether one neuron of all is meant (True), one of the two values for each (None), or numbers (False)."""
    return _CLASSES.get(network.cost_function.name, (network.mixes_at_the_end, (0, 1)))


# what the targets of a cost are: True for one class of all, None for one of two values for each neuron
_CLASSES: Mapping[str, tuple[bool | None, tuple[int, int]]] = MappingProxyType(
    {
        "cross_entropy": (True, (0, 1)),
        "kl_divergence": (True, (0, 1)),
        "binary_cross_entropy": (None, (0, 1)),
        "hinge": (None, (-1, 1)),
    }
)
