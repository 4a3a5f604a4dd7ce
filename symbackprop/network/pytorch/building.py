"""A network that is no chain of layers, built line by line: what each node of a graph computes of arrays before it.

    torch.cat([x, f(x)], 1)   ->   a3[i] = sum[p = i..min(i, n0)](x[p]) + sum[q = max(1, i - n0)..i - n0](a2[q])

Known layers write the lines that they write in a chain; every other node writes one line for all of its axes.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from math import prod

from symbackprop.errors import SpecError
from symbackprop.network.layers import Size, Value
from symbackprop.network.pytorch.steps import Step, name_of
from symbackprop.network.pytorch.views import SAMPLE, Affine, Axis, Part, View, part, plain_view

LETTERS = {1: "j", 2: "tj", 3: "cij", 4: "gcij"}  # of the axes of an array, by how many there are
SUMMED = "kdeuvqrpfabhlmno"
IDLE = 10_000  # from which on steps are numbered that nothing reads
ARRAYS = "avuqrpog"  # of one step, in their order
SIZES = "nhdewmlk"
Operand = tuple[View, Sequence[Hashable]]  # a view and a name for each of its axes


class Building:
    """The steps of a network; `sample` is "s, " where a layer couples samples, nothing reads the steps at `idle`."""

    def __init__(self, sample: str, idle: frozenset[int]) -> None:
        self.sample = sample
        self._idle = idle
        self.steps: list[Step] = []
        self.shared: list[Value] = []
        self._same: dict[str, Size] = {}  # a size that is another one
        self._sums: dict[str, tuple[Size, ...]] = {}  # the terms of sizes that are a sum
        self._doing = ""
        self._pieces: list[Size] = []
        self._open: Step | None = None

    def begin(self, name: str, *, alone: bool = False) -> None:
        """Begin with another node; what it is called in words. If not `alone`, it has the arrays that no line reads."""
        self._doing = name
        if self._open is not None and not self._open.lines and not alone:
            self._open.name = name
        else:
            self._open = None

    @property
    def step(self) -> Step:
        """The step of the node, which gets its number with its first line."""
        if self._open is None:
            place = len(self.steps)
            number = IDLE + place if place in self._idle else place + 1 - sum(each < place for each in self._idle)
            self._open = Step(str(number), self._doing)
            self.steps.append(self._open)
        return self._open

    def size(self, number: int) -> Size:
        """Return a new size of the step."""
        step = self.step
        used = {size.name for each in step.parameters for size in each.sizes} | step.named
        used |= {size.name for each in step.computed for size in each.sizes}
        names = (f"{letter}{step.label}" for letter in SIZES)
        name = next((name for name in names if name not in used), str(number))
        step.named.add(name)
        return Size(name, number)

    @property
    def sizes(self) -> tuple[Size, ...]:
        """The sizes of pieces of axes."""
        return tuple(self._pieces)

    def fresh(self, number: int) -> Size:
        """Return a new size that belongs to no line, as that of a piece of an axis."""
        self._pieces.append(Size(f"D{len(self._pieces) + 1}", number))
        return self._pieces[-1]

    def join(self, one: Size, other: Size) -> None:
        """Keep that two sizes are the same; of two sums the terms are, one by one, or else these are numbers."""
        first, second = sorted((self.root(one), self.root(other)), key=self._is_kept, reverse=True)
        if first.name == second.name or (first.name.isdigit() and second.name.isdigit()):
            return
        if not self._is_kept(second):
            self._same[second.name] = first
            return
        pairs = list(zip(*map(self._terms, (first, second)), strict=False))
        if len(pairs) == 1 or any(one.number != other.number for one, other in pairs):
            pairs = [(Size(str(each.number), each.number), each) for each in self._terms(first) + self._terms(second)]
        for pair in pairs:
            self.join(*pair)

    def _is_kept(self, size: Size) -> bool:
        """Tell whether a size is a number, or a sum: others have their name from it."""
        return size.name.isdigit() or size.name in self._sums

    def _terms(self, size: Size) -> tuple[Size, ...]:
        while size.name in self._same:
            size = self._same[size.name]
        parts = self._sums.get(size.name)
        return (size,) if parts is None else tuple(term for each in parts for term in self._terms(each))

    def root(self, *sizes: Size) -> Size:
        """Return the size that stands for all that are the same; of several, one after the other: (n0 + n2)."""
        terms = tuple(term for size in sizes for term in self._terms(size))
        count = sum(each.number for each in terms)
        if len(terms) == 1 or all(each.name.isdigit() for each in terms):
            return terms[0] if len(terms) == 1 else Size(str(count), count)
        name = f"({' + '.join(each.name for each in terms)})"
        self._sums[name] = terms
        return Size(name, count)

    def joined(self) -> tuple[tuple[Size, Size], ...]:
        """Return the pairs of equal sizes, first the one that stands for both."""
        return tuple((self.root(size), Size(name, size.number)) for name, size in self._same.items())

    def line(
        self,
        text: str,
        axes: Sequence[Axis],
        letters: dict[int, str],
        *,
        sampled: bool = True,
        cut: frozenset[int] = frozenset(),
        letter: str = "",
    ) -> View:
        """Write a line for an array with these axes, and return it; the indices `cut` are told where they end."""
        if len(self.step.lines) >= len(ARRAYS):  # no letter is left for it
            self._open = None
        step = self.step
        used = {name_of(line) for line in step.lines}
        letters_of_arrays = (letter,) if letter else ARRAYS
        name = next(f"{each}{step.label}" for each in letters_of_arrays if f"{each}{step.label}" not in used)
        parts = parts_of(axes)
        inside = (self.sample * sampled + ", ".join(letters[each.token] for each in parts)).removesuffix(", ")
        ends = ", ".join(f"{letters[each.token]} = 1..{each.size.name}" for each in parts if each.token in cut)
        text += f" for {ends}" if ends else ""
        step.lines.append(f"{name}[{inside}] = {text}" if inside else f"{name} = {text}")
        value = Value(name, tuple((each.size,) for each in parts))
        (step.computed if sampled else self.shared).append(value)
        step.shape = tuple(prod(each.size.number for each in axis) for axis in axes if axis != (SAMPLE,))
        return plain_view(name, axes)

    def contracted(
        self,
        operands: Sequence[Operand],
        out: Sequence[Hashable],
        write: Callable[..., str],
        over: str = "sum",
        *,
        mark: Hashable = None,
        letter: str = "",
    ) -> View:
        """Write `write(entries)` of some arrays, over all axes whose names `out` lacks, and return the array.

        Axes of one name are read by one index; an axis of one entry is read again for every other. An @ that is
        written stands for the indices of the axis `mark`, and then nothing is written around it."""
        operands, targets = self.fitted(operands, out)
        kept = parts_of(targets[name] for name in out)
        gone = [each for name in targets if name not in out for each in targets[name]]
        if SAMPLE in (*gone, *targets.get(mark, ())) or sum(SAMPLE in target for target in targets.values()) > 1:
            raise SpecError("mixes the samples of a batch; a network is one of single samples, a cost their mean")
        letters = letters_of(kept, gone)
        entries = [view.entry(letters, self.sample) for view, _ in operands]
        text = write(*entries)
        if mark is not None:
            ranges = [
                _range(each, letters, operands) if each in gone else letters[each.token] for each in targets[mark]
            ]
            text = text.replace("@", ", ".join(ranges)) if ranges else text.replace("sum[@]", "")
        elif gone:
            text = f"{over}[{', '.join(_range(each, letters, operands) for each in gone)}]({text})"
        sampled = any(view.is_sampled for view, _ in operands)
        cut = frozenset().union(*(view.cut for view, _ in operands))
        return self.line(text, [targets[name] for name in out], letters, sampled=sampled, cut=cut, letter=letter)

    def fitted(
        self, operands: Sequence[Operand], out: Sequence[Hashable] = ()
    ) -> tuple[Sequence[Operand], dict[Hashable, Axis]]:
        """Return arrays that are read by the same indices where their axes have one name, and the axis of each name."""
        operands = [(view, tuple(names)) for view, names in operands]
        targets: dict[Hashable, Axis] = {}
        for name in dict.fromkeys((*out, *(name for _, each in operands for name in each))):
            found = [view.axes[at] for view, each in operands for at, own in enumerate(each) if own == name]
            best = max(found, key=lambda axis: (prod(each.size.number for each in axis), len(axis)), default=())
            targets[name] = tuple(each if each == SAMPLE else part(each.size) for each in best)
        for view, each in operands:
            for at, name in enumerate(each):
                if not _fits(view.axes[at], targets[name]):
                    changed = [(self.merged(v, [i for i, n in enumerate(o) if n == name]), o) for v, o in operands]
                    if changed == operands:
                        raise SpecError("takes arrays together whose axes do not fit")
                    return self.fitted(changed, out)
        return [(self.reading(view, each, targets), each) for view, each in operands], targets

    def reading(self, view: View, names: Sequence[Hashable], targets: dict[Hashable, Axis]) -> View:
        """Return a view that is read by the indices of the axes that its own stand for."""
        for axis, name in zip(view.axes, names, strict=True):
            target = targets[name]
            own = [each for each in axis if each != SAMPLE]
            others = [each for each in target if each != SAMPLE]
            if [each.size.number for each in own] == [each.size.number for each in others]:
                for each, other in zip(own, others, strict=True):
                    self.join(other.size, each.size)
                    view = view.put(each.token, Affine(((other.token, 1),)))
            elif prod(each.size.number for each in own) == 1:
                for each in own:
                    view = view.put(each.token, Affine((), 1))
            else:
                steps = [prod(each.size.number for each in others[at + 1 :]) for at in range(len(others))]
                terms = tuple((each.token, step) for each, step in zip(others, steps, strict=True))
                view = view.put(own[0].token, Affine(terms, 1 - sum(steps)))
        return view

    def merged(self, view: View, axes: Sequence[int]) -> View:
        """Return a view whose axes of several parts have one part each, with a line that puts these together."""
        if len(axes) == 1:
            view.wants_no_sample(view.axes[axes[0]])
        several = [at for at in axes if len(view.axes[at]) > 1]
        if not several:
            return view
        if any(SAMPLE in view.axes[at] for at in several):
            raise SpecError("joins the samples with another axis; keep them apart")
        new = list(view.axes)
        for at in several:
            new[at] = (part(self.size(prod(each.size.number for each in view.axes[at]))),)
        kept = parts_of(new)
        gone = [each for at in several for each in view.axes[at]]
        letters = letters_of(kept, gone)
        ranges = []
        for at in several:
            (whole,) = new[at]
            parts = view.axes[at]
            steps = [prod(each.size.number for each in parts[place + 1 :]) for place in range(len(parts))]
            before = (
                "".join(f" - {step}*{letters[p.token]}" for p, step in zip(parts[:-1], steps[:-1], strict=True))
                + f" + {sum(steps[:-1])}"
            )
            last = f"{letters[whole.token]}{before}"
            ranges += [f"{letters[each.token]} = 1..{each.size.name}" for each in parts[:-1]]
            ranges.append(f"{letters[parts[-1].token]} = max(1, {last})..min({parts[-1].size.name}, {last})")
        text = f"sum[{', '.join(ranges)}]({view.entry(letters, self.sample)})"
        return self.line(text, new, letters, sampled=view.is_sampled, cut=view.cut)

    def copied(self, view: View, *, with_ones: bool = False) -> View:
        """Return a view as an array of its own; `with_ones` with an index for axes of one entry too."""
        axes = tuple(axis or (part(self.fresh(1)),) for axis in view.axes) if with_ones else view.axes
        view = replace(view, axes=axes)
        names = range(len(axes))
        return self.contracted([(view, names)], names, lambda entry: entry)


def _fits(axis: Axis, target: Axis) -> bool:
    """Tell whether an axis can be read by the parts of another one."""
    if (SAMPLE in axis or SAMPLE in target) and axis and (len(axis) != len(target) or SAMPLE not in axis):
        return False
    own, others = ([each.size.number for each in parts] for parts in (axis, target))
    return own == others or prod(own) == 1 or (len(own) == 1 and prod(others) == own[0])


def parts_of(axes: Iterable[Axis]) -> list[Part]:
    """Return the parts of axes, those that an index reads."""
    return [each for axis in axes for each in axis if each != SAMPLE]


def letters_of(kept: Sequence[Part], gone: Sequence[Part] = ()) -> dict[int, str]:
    """Return a letter for the index of each part of the axes that are kept, and of those that are summed over."""
    own = LETTERS.get(len(kept), "abcdefghij"[: len(kept)])
    others = [letter for letter in SUMMED if letter not in own]
    found = {each.token: letter for each, letter in zip(kept, own, strict=True)}
    return found | {each.token: letter for each, letter in zip(gone, others, strict=False)}


def _range(each: Part, letters: dict[int, str], operands: Sequence[Operand]) -> str:
    """Return the index of a sum, with its range where no array has it along an axis of its own."""
    plain = any(Affine(((each.token, 1),)) in view.places for view, _ in operands)
    is_cut = any(each.token in view.cut for view, _ in operands)
    return letters[each.token] if plain and not is_cut else f"{letters[each.token]} = 1..{each.size.name}"
