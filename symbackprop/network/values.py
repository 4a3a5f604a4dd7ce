"""The numbers of a worked example: a sample or several, weights and biases, exactly as they are written.

    x = [0.05, 0.1]                          y = ["1/3", 1]                    the sample
    W1 = [[0.15, 0.2], [0.25, 0.3]]          b1 = [0.35, 0.35]     W2 = …      W{l} is (n_l, n_{l-1})
    learning_rate = 0.5                                                        where there is none, 1/2
    x = [[0, 1], [1, 1]]                     y = [[1], [0]]                    two samples: a row for each

0.1 is a tenth and not the nearest binary number, "1/3" is a third. Nothing here opens a file.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from symbackprop.errors import BudgetError, ShapeError, SpecError, errors_of
from symbackprop.network.drawing import drawing
from symbackprop.network.model import Network
from symbackprop.network.tables import kind_of, table_from_text

Row: TypeAlias = tuple[Fraction, ...]

DEFAULT_RATE = Fraction(1, 2)
MOST_PARAMETERS, WIDEST, DEEPEST = 60, 6, 5  # more is no longer read, number by number
MOST_SAMPLES, MOST_DERIVATIVES = 10, 240  # those of all samples
LARGEST, SMALLEST = Fraction(10) ** 6, Fraction(1, 10**9)  # beyond it a number is no example
LONGEST_NUMBER = 24  # characters

_TRY = "try x = [0.05, 0.1]"
_DECIMAL = re.compile(r"[+-]?\d[\d_]*(\.\d+)?([eE][+-]?\d{1,2})?")
_FRACTION = re.compile(r"([+-]?\d{1,9})\s*/\s*(\d{1,9})")
_ARRAY = re.compile(r"([Wb])([1-9]\d{0,2})")


class Sample(NamedTuple):
    """What goes into a network, and what should come out.

    x: (n_0,)   y: (n_L,)"""

    x: Row
    y: Row


@dataclass(frozen=True)
class Values:
    """The samples, the parameters and the learning rate of a worked example.

    weights[l - 1]: a row for each neuron of layer l   biases[l - 1]: (n_l,)"""

    samples: tuple[Sample, ...]
    weights: tuple[tuple[Row, ...], ...]
    biases: tuple[Row, ...]
    rate: Fraction = field(default=DEFAULT_RATE)

    @property
    def given(self) -> tuple[dict[str, Fraction], ...]:
        """For each sample every number by the name of its scalar: w_1_2_1, b_1_2, x_1, y_1."""
        return tuple(self._scalars(sample) for sample in self.samples)

    def _scalars(self, sample: Sample) -> dict[str, Fraction]:
        named = {f"x_{place}": value for place, value in enumerate(sample.x, 1)}
        named |= {f"y_{place}": value for place, value in enumerate(sample.y, 1)}
        for layer, (rows, biases) in enumerate(zip(self.weights, self.biases, strict=True), 1):
            named |= {f"w_{layer}_{j}_{k}": value for j, row in enumerate(rows, 1) for k, value in enumerate(row, 1)}
            named |= {f"b_{layer}_{j}": value for j, value in enumerate(biases, 1)}
        return named

    @property
    def text(self) -> str:
        """The numbers as a TOML file that reads back as these very numbers."""
        columns = zip("xy", zip(*self.samples, strict=True), strict=True)
        arrays = [(name, written(rows[0] if len(rows) == 1 else rows)) for name, rows in columns]
        for layer, (rows, biases) in enumerate(zip(self.weights, self.biases, strict=True), 1):
            arrays += [(f"W{layer}", written(rows)), (f"b{layer}", written(biases))]
        lines = [f"{name} = {array}" for name, array in (*arrays, ("learning_rate", _number(self.rate)))]
        return "# The numbers of a worked example, for: symbackprop example --values FILE\n" + "\n".join(lines) + "\n"


def written(values: Any) -> str:
    """Return a number, or rows of numbers within one another, as TOML that reads back as these very numbers."""
    return _number(values) if isinstance(values, Fraction) else f"[{', '.join(map(written, values))}]"


def _number(value: Fraction) -> str:
    """Return a number as TOML: as a decimal that is exact, or as a fraction in quotes."""
    digits = f"{value.numerator * 10**12 // value.denominator:d}" if 10**12 % value.denominator == 0 else ""
    if value.denominator == 1:
        return str(value.numerator)
    if not digits:
        return f'"{value}"'
    sign, whole = ("-", digits[1:]) if value < 0 else ("", digits)
    whole = whole.rjust(13, "0")
    return f"{sign}{whole[:-12]}.{whole[-12:].rstrip('0')}"


def values_from_text(text: str, *, kind: str, where: str, network: Network | None = None) -> Values:
    """Return the numbers in the text of a file; `kind` is toml or json, `where` names the file in messages.

    Raises SpecError for what is no such file, ShapeError where an array has not the shape that the network asks for,
    or, without a network, that the others do."""
    table = table_from_text(text, kind=kind, where=where, advice=_TRY, number=exact)
    with errors_of(where):
        return _values(table, network)


def shape_of_values(values: Values) -> tuple[int, ...]:
    """Return the widths of the network that the numbers are for."""
    return (len(values.samples[0].x), *map(len, values.biases))


def _values(table: Mapping[str, object], network: Network | None) -> Values:
    for key in table:
        if key not in ("x", "y", "learning_rate") and not _ARRAY.fullmatch(key):
            raise SpecError(_unknown(key))
    depth = max((int(found[2]) for key in table if (found := _ARRAY.fullmatch(key))), default=0)
    depth = network.depth if network is not None else depth
    if not depth:
        raise SpecError("W1 is missing; try W1 = [[0.1, 0.2]]")
    wanted = ["x", "y", *(f"{letter}{layer}" for layer in range(1, depth + 1) for letter in "Wb")]
    if lacking := [name for name in wanted if name not in table]:
        raise SpecError(f"{lacking[0]} is missing; the network has {depth} layers, so it wants {', '.join(wanted)}")
    if surplus := [key for key in table if key not in (*wanted, "learning_rate")]:
        raise SpecError(f"{surplus[0]} belongs to no layer; the network has {depth}; leave it out")
    samples = _samples(table["x"], table["y"])
    weights = tuple(_rows(f"W{layer}", table[f"W{layer}"]) for layer in range(1, depth + 1))
    biases = tuple(_row(f"b{layer}", table[f"b{layer}"]) for layer in range(1, depth + 1))
    rate = number_at("learning_rate", table["learning_rate"]) if "learning_rate" in table else DEFAULT_RATE
    if rate <= 0:
        raise SpecError(f"learning_rate: wanted a positive number, got {rate}; try learning_rate = 0.5")
    values = Values(samples, weights, biases, rate)
    _check_shapes(values, network.widths if network is not None else shape_of_values(values))
    return values


def _samples(x: object, y: object) -> tuple[Sample, ...]:
    """Return one sample, or a sample for each row of x and y."""
    if not (isinstance(x, list) and any(isinstance(row, list) for row in x)):
        return (Sample(_row("x", x), _row("y", y)),)
    if not (isinstance(y, list) and any(isinstance(row, list) for row in y)):
        rows = ", ".join(f"[{_number(each)}]" for each in _row("y", y))
        raise SpecError(f"y: wanted a row for each of the {len(x)} rows of x, got one list; try y = [{rows}]")
    if len(x) != len(y):
        raise ShapeError(f"x has {len(x)} samples and y has {len(y)}; give both a row for each sample")
    if len(x) > MOST_SAMPLES:
        raise BudgetError(f"x: got {len(x)} samples; at most {MOST_SAMPLES} are worked through with numbers")
    pairs = enumerate(zip(x, y, strict=True))
    return tuple(Sample(_row(f"x[{place}]", each), _row(f"y[{place}]", wanted)) for place, (each, wanted) in pairs)


def _check_shapes(values: Values, widths: tuple[int, ...]) -> None:
    """Raise ShapeError unless every array has the shape that the widths ask for."""
    shape = "-".join(map(str, widths))
    arrays: list[tuple[str, int, int]] = []
    for place, sample in enumerate(values.samples):
        at = f"[{place}]" if len(values.samples) > 1 else ""
        arrays += [(f"x{at}", len(sample.x), widths[0]), (f"y{at}", len(sample.y), widths[-1])]
    for layer, (rows, biases) in enumerate(zip(values.weights, values.biases, strict=True), 1):
        arrays += [(f"W{layer}", len(rows), widths[layer]), (f"b{layer}", len(biases), widths[layer])]
        arrays += [(f"W{layer}, row {j}", len(row), widths[layer - 1]) for j, row in enumerate(rows, 1)]
    wrong = [(name, got, wanted) for name, got, wanted in arrays if got != wanted]
    if not wrong:
        return
    name, got, wanted = wrong[0]
    rows = values.weights[0]
    inputs = len(rows[0])
    given = max(len(sample.x) for sample in values.samples)
    if given > inputs > 1 and all(len(row) == inputs for row in rows):  # W1 is sound, so it is x that is meant
        doubled = "; decimals have a point, 0.5" if given == 2 * inputs else ""
        raise ShapeError(f"x: got {given} numbers, wanted {inputs}, as many as a row of W1 has{doubled}")
    raise ShapeError(f"{name}: got {got} numbers, wanted {wanted} for the network {shape}")


def _unknown(key: object) -> str:
    close = difflib.get_close_matches(str(key), ("x", "y", "learning_rate", "W1", "b1"), n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    return f"key {ascii(key)[:60]} is unknown; {hint}known: x, y, W1, b1, W2, b2, …, learning_rate"


def _rows(name: str, value: object) -> tuple[Row, ...]:
    if not isinstance(value, list) or not value:
        raise SpecError(f"{name}: wanted a list of rows, got {kind_of(value)}; try {name} = [[0.1, 0.2], [0.3, 0.4]]")
    if not any(isinstance(row, list) for row in value):
        row = ", ".join(_number(number_at(f"{name}[{place}]", entry)) for place, entry in enumerate(value))
        raise SpecError(
            f"{name}: got one list of numbers, wanted a list for each neuron; for one try {name} = [[{row}]]"
        )
    return tuple(_row(f"{name}[{place}]", row) for place, row in enumerate(value))


def _row(name: str, value: object) -> Row:
    if not isinstance(value, list) or not value:
        typed = f"[{_number(Fraction(value))}]" if isinstance(value, int | Fraction) else "[0.05, 0.1]"
        raise SpecError(
            f"{name}: wanted a list of numbers, got {kind_of(value)}; try {name.partition('[')[0]} = {typed}"
        )
    return tuple(number_at(f"{name}[{place}]", entry) for place, entry in enumerate(value))


def number_at(name: str, value: object) -> Fraction:
    """Return one number: a whole one, a decimal, or a text such as "1/3"."""
    if isinstance(value, str) and (found := _FRACTION.fullmatch(value.strip())) and int(found[2]):
        value = Fraction(int(found[1]), int(found[2]))
    if not isinstance(value, Fraction) and type(value) is not int:  # true is an int, too
        got = f"text {value[:40]!a}" if isinstance(value, str) else kind_of(value)
        raise SpecError(f'{name}: wanted a number or a fraction such as "1/3", got {got}')
    number = Fraction(value)
    if abs(number) > LARGEST or (number and abs(number) < SMALLEST):
        raise SpecError(f"{name}: wanted 0, or a number between 1e-9 and 1e6; larger and smaller ones show nothing")
    return number


def exact(text: str) -> Fraction:
    """Return the number that a decimal is, exactly; raises SpecError for nan, inf and what is too long."""
    if len(text) > LONGEST_NUMBER or _DECIMAL.fullmatch(text) is None:
        raise SpecError(f"number {text[:30]!a}: wanted a finite decimal of at most {LONGEST_NUMBER} characters")
    return Fraction(text.replace("_", ""))


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
    weights = tuple(tuple(tuple(tenths(-9, 9) for _ in range(before)) for _ in range(width)) for before, width in pairs)
    biases = tuple(tuple(tenths(-5, 5) for _ in range(width)) for _, width in pairs)
    y = tuple(_target(network, lambda: tenths(1, 9), drawn))
    return Values((Sample(x, y),), weights, biases)


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
