"""An array of a module as a view of one that the equations have: other axes, parts, shifts, and no line of its own.

    q.view(B, T, 2, 3).transpose(1, 2)   of q2[t, j]    ->    q2[t, 3*g + e - 3], read by g, t, e
    x[:, -1], x[:, :, 2:]                               ->    x[T, j], x[t, j + 2]

The axis of the samples is one of the axes, as in PyTorch; the equations do not show it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import count
from math import prod

from symbackprop.errors import SpecError
from symbackprop.frozen import dataclass
from symbackprop.network.layers import Size
from symbackprop.network.pytorch.composed import LOWEST
from symbackprop.network.pytorch.nodes import SAMPLES

_tokens = count(1)
ONE = Size("1", 1)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an axis: its size, and what stands for its index until a line gives it a letter."""

    size: Size
    token: int


SAMPLE = Part(Size("m", SAMPLES), 0)
Axis = tuple[Part, ...]  # none for an axis of one entry that no index reads


@dataclass(frozen=True, slots=True)
class Affine:
    """The place of an entry along an axis: a sum of indices, each times a whole number, of sizes and a number."""

    terms: tuple[tuple[int | str, int], ...]
    constant: int = 0

    def put(self, token: int, other: Affine) -> Affine:
        """Return the place with another one for an index."""
        terms: list[tuple[int | str, int]] = []
        constant = self.constant
        for each, factor in self.terms:
            if each == token:
                terms += [(inner, factor * times) for inner, times in other.terms]
                constant += factor * other.constant
            else:
                terms.append((each, factor))
        return Affine(tuple(terms), constant)

    def text(self, letters: Mapping[int, str]) -> str:
        """Return the place as a line has it: 3*g + e - 3."""
        said = [(each if isinstance(each, str) else letters[each], factor) for each, factor in self.terms]
        said += [(str(abs(self.constant)), self.constant // abs(self.constant))] if self.constant else []
        text = ""
        for letter, factor in sorted(said, key=lambda term: term[1] < 0):
            times = letter if abs(factor) == 1 else f"{abs(factor)}*{letter}"
            text += (" - " if factor < 0 else " + ") + times
        return text.removeprefix(" + ").replace(" - ", "-", text.startswith(" - ")) or "0"


def part(size: Size) -> Part:
    """Return a part of an axis with an index of its own."""
    return Part(size, next(_tokens))


@dataclass(frozen=True)
class View:
    """An array by its name in the equations, the place that each of its axes is read at, and the axes that there are.

    `form` is what is computed of each entry, "{} / sqrt(8)"; entries with a flag that is `hidden` are `lowest`, which
    stands for -inf. The indices `cut` end before the axis of the array does."""

    name: str
    places: tuple[Affine, ...]
    axes: tuple[Axis, ...]
    form: str = "{}"
    hidden: tuple[View, ...] = ()  # flags, read by the same indices; without a name: whether the first is the larger
    lowest: float = LOWEST
    cut: frozenset[int] = frozenset()
    is_flag: bool = False  # whether its entries are 1 for what is so, and 0 else

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape as PyTorch has it."""
        return tuple(prod(each.size.number for each in axis) for axis in self.axes)

    @property
    def is_sampled(self) -> bool:
        """Whether there is an axis of samples."""
        return any(SAMPLE in axis for axis in self.axes)

    def entry(self, letters: Mapping[int, str], sample: str) -> str:
        """Return an entry as a line has it."""
        inside = sample * self.is_sampled + ", ".join(place.text(letters) for place in self.places)
        inside = inside.removesuffix(", ")
        text = f"{self.name}[{inside}]" if inside else self.name
        return self.form.format(self.unless_hidden(text, number(self.lowest), letters, sample))

    def unless_hidden(self, text: str, value: str, letters: Mapping[int, str], sample: str) -> str:
        """Return a text for an entry, and a value where it is hidden: where(K2[t, i] > 1/2, 0, exp(S2[t, i]))."""
        for flag in self.hidden:
            is_so = f"{flag.entry(letters, sample)} > 1/2"
            if not flag.name:
                is_so = " > ".join(place.text(letters) for place in flag.places)
            text = f"where({is_so}, {value}, {text})"
        return text

    @property
    def is_plain(self) -> bool:
        """Whether the array is read as it is, every index once and in order."""
        tokens = [each.token for axis in self.axes for each in axis if each != SAMPLE]
        read = [place.terms[0][0] if place == Affine(((token, 1),)) else None for place, token in self._pairs(tokens)]
        return (
            self.form == "{}"
            and not self.hidden
            and not self.cut
            and len(self.places) == len(tokens)
            and None not in read
        )

    def _pairs(self, tokens: Sequence[int]) -> list[tuple[Affine, int]]:
        return list(zip(self.places, tokens, strict=False))

    def put(self, token: int, other: Affine) -> View:
        """Return the view with another place for an index, which no axis has any longer.

        Where it is one place, an index that it was added to, 3*g + e - 3, ends before the axis does."""
        moved = {each for each, _ in other.terms if isinstance(each, int)} if token in self.cut else set()
        if not other.terms:
            read = [place.terms for place in self.places if token in dict(place.terms)]
            moved |= {each for terms in read for each, times in terms if times == 1 and isinstance(each, int)} - {token}
        cut = (self.cut - {token}) | moved
        places = tuple(place.put(token, other) for place in self.places)
        return replace(
            self, places=places, cut=frozenset(cut), hidden=tuple(each.put(token, other) for each in self.hidden)
        )

    def with_axis(self, at: int, axis: Axis) -> View:
        """Return the view with other parts for an axis."""
        return replace(self, axes=(*self.axes[:at], axis, *self.axes[at + 1 :]))

    def permuted(self, order: Sequence[int]) -> View:
        """Return the axes in another order."""
        return replace(self, axes=tuple(self.axes[place] for place in order))

    def with_one(self, at: int) -> View:
        """Return the view with an axis of one entry more."""
        return replace(self, axes=(*self.axes[:at], (), *self.axes[at:]))

    def without(self, at: int) -> View:
        """Return the view without an axis of one entry."""
        view = self
        for each in self.axes[at]:
            view = view.put(each.token, Affine((), 1))
        return replace(view, axes=(*self.axes[:at], *self.axes[at + 1 :]))

    def at(self, axis: int, number: int) -> View:
        """Return one entry of an axis, counted from 0; the last one by the name of the size."""
        parts = self.axes[axis]
        self.wants_no_sample(parts)
        view, left = self, number
        for place, each in enumerate(parts):
            rest = prod(other.size.number for other in parts[place + 1 :])
            index, left = divmod(left, rest)
            is_last = index + 1 == each.size.number > 1 and each.size.name.isalnum() and not each.size.name.isdigit()
            view = view.put(each.token, Affine(((each.size.name, 1),)) if is_last else Affine((), index + 1))
        return replace(view, axes=(*self.axes[:axis], *self.axes[axis + 1 :]))

    def sliced(self, axis: int, start: int, size: Size, step: int = 1) -> View:
        """Return entries of an axis of one part, from one on, counted from 0."""
        (old,) = self.axes[axis]
        new = part(size)
        moved = Affine(((new.token, step),), start + 1 - step)
        found = self.put(old.token, moved).with_axis(axis, (new,))
        return replace(found, cut=found.cut | {new.token})

    def split(self, axis: int, at: int, sizes: Sequence[Size]) -> View:
        """Return the view with a part of an axis in several, the last one fastest."""
        parts = self.axes[axis]
        old, new = parts[at], tuple(map(part, sizes))
        steps = [prod(size.number for size in sizes[place + 1 :]) for place in range(len(sizes))]
        place = Affine(tuple((each.token, step) for each, step in zip(new, steps, strict=True)), 1 - sum(steps))
        return self.put(old.token, place).with_axis(axis, (*parts[:at], *new, *parts[at + 1 :]))

    @staticmethod
    def wants_no_sample(parts: Axis) -> None:
        """Raise SpecError for the axis of the samples."""
        if SAMPLE in parts:
            raise SpecError("takes some samples of a batch; a network is one of single samples")


def plain_view(name: str, axes: Sequence[Axis]) -> View:
    """Return an array as it is, with indices of its own; the samples may stand among the parts of an axis."""
    new = tuple(tuple(each if each == SAMPLE else part(each.size) for each in axis) for axis in axes)
    return View(name, tuple(Affine(((each.token, 1),)) for axis in new for each in axis if each != SAMPLE), new)


def number(value: float) -> str:
    """Return a number as formulas have it: roots, fractions, multiples of pi as such, no exponent."""
    if value < 0:
        return f"(-{number(-value)})"
    if value == int(value) and value < 1e15:
        digits = str(int(value))
        return f"(10^{len(digits) - 1})" if len(digits) > 5 and digits == f"1{'0' * (len(digits) - 1)}" else digits
    for whole in range(2, 1025):
        root = whole**0.5
        if value in (root, 1 / root) and root != int(root):
            return f"sqrt({whole})" if value == root else f"(1 / sqrt({whole}))"
    for whole in range(1, 9):
        if value == whole * 3.141592653589793:
            return "pi" if whole == 1 else f"({whole} * pi)"
    text = repr(float(value))
    near = Fraction(value).limit_denominator(64)
    if len(text) > 16 and near.numerator / near.denominator == value:  # 1/3 as an exponent is no long decimal
        return f"({near.numerator} / {near.denominator})"
    if "e" not in text:
        return text
    digits, _, exponent = text.partition("e")
    return f"({digits} * 10^({int(exponent)}))"
