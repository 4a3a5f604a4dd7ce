"""The right side of one index equation as lines of NumPy, each part an array with one axis for each of its indices.

p[i, j] = exp(s[i, j] - M_i)/R_i        p = np.exp(v_s - t1[:, None]) / t2[:, None]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field
from functools import partial
from typing import TypeAlias

from sympy import Dummy, Expr, Indexed, KroneckerDelta, Max, Min, Mod, Sum, Symbol, ceiling, exp, floor

from symbackprop.errors import CheckError
from symbackprop.frozen import dataclass
from symbackprop.network.largest import BINDERS, Chosen, Largest
from symbackprop.network.notation import Tensor
from symbackprop.network.program import free_indices
from symbackprop.numerics.arrays.cases import branch, is_known_beforehand
from symbackprop.numerics.arrays.choosing import chosen, largest
from symbackprop.numerics.arrays.correlating import with_bias
from symbackprop.numerics.arrays.counts import count_text, size_name
from symbackprop.numerics.arrays.moving import Sizes
from symbackprop.numerics.arrays.places import (
    Frame,
    Labelled,
    aligned,
    factor_text,
    in_order,
    view,
    whole_numbers,
    window_of,
)
from symbackprop.numerics.arrays.rows import OfRow, of_row
from symbackprop.numerics.arrays.scaled import HELD, apart_from_mean, lowered, scaled, share_of
from symbackprop.numerics.arrays.sharing import Key, by_place, placed, small_first
from symbackprop.numerics.arrays.totals import summed
from symbackprop.numerics.elementwise import NUMPY, Writer, bare
from symbackprop.numerics.supports import guarded, within

Windows: TypeAlias = dict[object, tuple[str, tuple[int, ...]]]


@dataclass
class ArrayWriter:
    """Writes right sides; lines before the last are collected in `lines`, and a part that was computed is not again.

    `names` says what arrays are called; `windows` holds the copies of windows, each with its order of axes, and may be
    that of a function that is called before; `elementwise` collects the stable functions that are called; what is in
    `common` gets a name of its own wherever it stands, and what is `carried` from one function to the next, one beside
    the windows. `axes` tells how many axes each array has that was given a name; with `sizes` convolutions and
    pooling are one call. Arrays that are `wild` may be infinite where nobody reads them; with `guards` a library may
    differentiate the text, where a case does not hold, too."""

    names: dict[Expr, str]
    windows: Windows = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    elementwise: Writer = field(default_factory=lambda: Writer(NUMPY))
    common: frozenset[Expr] = frozenset()
    carried: frozenset[Key] = frozenset()
    axes: dict[str, int] = field(default_factory=dict)
    sizes: Sizes | None = None
    wild: frozenset[Expr] = frozenset()
    guards: bool = False
    indent: str = ""
    together: dict[tuple[tuple[Tensor, ...], int], Tensor] = field(default_factory=dict)  # along an axis, in one array
    _known: dict[tuple[Expr, tuple[object, ...]], Labelled] = field(default_factory=dict)
    _placed: Windows = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict)
    _held: dict[Expr, Labelled] = field(default_factory=dict)
    _count: int = 0

    def value(self, e: Expr, frame: Frame, *, whole: bool = False) -> Labelled:
        """Return the expression as an array over those indices of the frame that it depends on.

        A sum in it gets a name of its own, unless it is the `whole` right side.

        Raises CheckError for a kind of expression that arrays cannot say."""
        if e in self._held:
            return self._held[e]
        share = share_of(e, {symbol: frame.ranges[symbol] for symbol in frame.axes})
        if share is not None and share[1] in (part := self.value(share[0], frame)).axes:
            return Labelled(f"shares({bare(part.text)}, {part.axes.index(share[1])})", part.axes)
        if self.sizes and (found := apart_from_mean(e, {symbol: frame.ranges[symbol] for symbol in frame.axes})):
            rate, share = (self.value(part, frame) for part in found[:2])
            if rate.axes == share.axes:
                axis = rate.axes.index(found[2])
                return Labelled(f"shares_back({bare(rate.text)}, {bare(share.text)}, {axis})", rate.axes)
        e = self.scaled(e, frame)
        if e in self.common:
            return in_order(self.kept(e, frame, self._plain), frame)
        return self.keep(self._entrywise_of(e, frame)) if self._is_shared(e) else self._plain(e, frame, whole=whole)

    def _is_shared(self, e: Expr) -> bool:
        """Tell whether this is an exponential counted from the largest, which stands in a sum, too."""
        return isinstance(e, exp) and bool(e.free_symbols & self._held.keys())

    def scaled(self, e: Expr, frame: Frame) -> Expr:
        """Return the expression with its sums of exponentials counted from their largest exponents."""
        total, most = partial(self._scaled_sum, frame=frame), partial(self._held_largest, frame=frame)
        return scaled(e, total, most, partial(is_known_beforehand, frame=frame))

    def indices(self, e: Expr) -> frozenset[Symbol]:
        """Return the indices that an expression depends on, those of parts that were computed already included."""
        letters = e.free_symbols & self._held.keys() if self._held else ()
        return free_indices(e).union(*(self._held[letter].axes for letter in letters))

    def _plain(self, e: Expr, frame: Frame, *, whole: bool = False) -> Labelled:
        match e:
            case Indexed():
                return view(e, self._name(e.base), frame)
            case Sum() if whole:
                return summed(e, frame, self)
            case Sum():
                return in_order(self.kept(e, frame, lambda total, inside: summed(total, inside, self)), frame)
            case Largest() | OfRow():
                made = largest if isinstance(e, Largest) else of_row
                return in_order(self.kept(e, frame, lambda each, inside: made(each, inside, self)), frame)
            case Chosen():
                return chosen(e, frame, self)
            case KroneckerDelta():
                left, right = (self.value(part, frame) for part in e.args[:2])
                axes = frame.ordered({*left.axes, *right.axes})
                equal = f"({aligned(left, axes)} == {aligned(right, axes)})"
                return Labelled(f"{equal}.view(np.int8)" if axes else equal, axes)  # truth values have no minus
            case _ if is_known_beforehand(e, frame):
                return branch(e, frame, self)
            case Symbol():
                return self._symbol(e, frame)
            case floor() | ceiling() | Mod() | Max() | Min():  # of indices and sizes: whole numbers
                return Labelled(f"({whole_numbers(e, frame)})", frame.ordered(free_indices(e)))
        return self._entrywise(e, frame)

    def columns(self, e: Expr, frame: Frame, summed: set[Symbol]) -> Labelled:
        """Return a factor of a product of matrices: a window copied once, as it lies best for all products with it."""
        found = window_of(e, frame) if isinstance(e, Indexed) and not self.indent else None
        if found is None or len(found[1]) < 3:
            return self.value(e, frame)
        key, symbols = found
        if key not in self.windows:
            part = self.value(e, frame)
            order = (*(s for s in part.axes if s in summed), *(s for s in part.axes if s not in summed))
            ranges = {symbol: frame.ranges[symbol] for symbol in order}
            copy = Labelled(f"np.ascontiguousarray({in_order(part, Frame(ranges)).text})", order)
            self._keep_window(key, copy, tuple(symbols.index(symbol) for symbol in order))
        name, places = self.windows[key]
        return in_order(Labelled(name, tuple(symbols[place] for place in places)), frame)

    def _name(self, tensor: Tensor) -> str:
        if tensor not in self.names:
            raise CheckError(f"{tensor} is neither given nor computed before it is read")
        return self.names[tensor]

    def _symbol(self, symbol: Symbol, frame: Frame) -> Labelled:
        """Return an index as the numbers that it runs through, a size as its number."""
        if symbol in frame.numbers:
            return Labelled(frame.numbers[symbol])
        if symbol not in frame.ranges:
            return Labelled(size_name(symbol))
        first, last = frame.ranges[symbol]
        ends = count_text(first, frame.numbers), count_text((last + 1).expand(), frame.numbers)
        return Labelled(f"np.arange({', '.join(ends)}, dtype=float)", (symbol,))  # whole ones overflow in powers

    def kept(self, e: Expr, frame: Frame, made: Callable[[Expr, Frame], Labelled]) -> Labelled:
        """Return the value of a part from a name of its own; the same part in the same ranges is computed once."""
        free = frame.ordered(self.indices(e)) if isinstance(e, Chosen) else sorted(self.indices(e), key=str)
        places = tuple((symbol, frame.ranges.get(symbol), frame.numbers.get(symbol)) for symbol in free)
        key = (by_place(e), places)
        if key not in self._known:
            self._known[key] = self._in_common(e, frame) or self.keep(made(e, frame))
        return self._known[key]

    def _in_common(self, e: Expr, frame: Frame) -> Labelled | None:
        """Return the value of a part that is computed once, whatever its indices are called; None for any other."""
        found = placed(e, frame.ranges) if e in self.common and not (self.indent or frame.numbers) else None
        if found is None:
            return None
        key, symbols = found
        places = self.windows if key in self.carried else self._placed
        if key not in places:
            part = self._plain(e, frame)
            order = tuple(symbols.index(symbol) for symbol in part.axes)
            if key in self.carried:
                self._keep_window(key, part, order)
            else:
                places[key] = self.keep(part).text, order
        name, order = places[key]
        return Labelled(name, tuple(symbols[place] for place in order))

    def _keep_window(self, key: object, part: Labelled, order: tuple[int, ...]) -> None:
        name = f"w{len(self.windows) + 1}"
        self.say(f"{name} = {bare(part.text)}")
        self.axes[name] = len(part.axes)
        self.windows[key] = name, order

    def keep(self, part: Labelled) -> Labelled:
        """Give a value a name, unless it has one; the same text is computed once."""
        if part.text.isidentifier():
            return part
        if part.text not in self._texts:
            self._texts[part.text] = name = self.new()
            self.axes[name] = len(part.axes)
            self.say(f"{name} = {bare(part.text)}")
        return Labelled(self._texts[part.text], part.axes)

    @property
    def taken(self) -> set[Expr]:
        """The arrays that are together with others in one."""
        return {array for members, _ in self.together for array in members}

    def new(self, letter: str = "t") -> str:
        """Return a name that nothing has yet."""
        self._count += 1
        return f"{letter}{self._count}"

    def say(self, line: str) -> None:
        """Write one line at the indentation of the moment."""
        self.lines.append(self.indent + line)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Write what follows inside of a block such as a loop; what is computed in it is not known behind it."""
        self.say(head)
        before, known, texts = self.indent, dict(self._known), dict(self._texts)
        self.indent += "    "
        yield
        self.indent, self._known, self._texts = before, known, texts

    def _scaled_sum(self, total: Sum, exponent: Expr, frame: Frame) -> tuple[Expr, Expr]:
        """Return letters for M, the largest exponent, and for R, the sum counted from it."""
        largest = self._held_largest(Largest(exponent, *total.limits), frame)
        reduced = total.func(lowered(total.function, exponent, largest), *total.limits)
        return largest, self._hold(self._plain(reduced, frame))

    def _held_largest(self, largest: Largest, frame: Frame) -> Expr:
        return self._hold(self.value(largest, frame))

    def _hold(self, part: Labelled) -> Expr:
        part = self.keep(part)
        letter = next((letter for letter, known in self._held.items() if known == part), Dummy(HELD, real=True))
        self._held[letter] = part
        return letter

    def mask(self, conditions: Sequence[Expr], frame: Frame) -> Labelled:
        """Return where all of these are 0 or more."""
        parts = [self.value(condition, frame) for condition in conditions]
        axes = frame.ordered({symbol for part in parts for symbol in part.axes})
        return self.keep(Labelled(" & ".join(f"({aligned(part, axes)} >= 0)" for part in parts), axes))

    def masked(self, e: Expr, conditions: Sequence[Expr], frame: Frame) -> Labelled:
        """Return an expression where all of these are 0 or more, and 0 elsewhere, whatever it is there."""
        mask = self.mask(conditions, frame)
        value = self.value(within(e, self._hold(mask) > 0) if self.guards else e, frame)
        axes = frame.ordered({*mask.axes, *value.axes})
        return Labelled(f"np.where({aligned(mask, axes)}, {bare(aligned(value, axes))}, 0)", axes)

    def whole(self, part: Labelled, axes: tuple[Symbol, ...], frame: Frame) -> str:
        """Return the text of a value with all these axes at their full length."""
        text = bare(aligned(part, axes))
        if part.axes == axes:
            return text
        return f"np.broadcast_to({text}, ({', '.join(frame.count(symbol) for symbol in axes)}{',' * (len(axes) == 1)}))"

    def _parts(self, e: Expr, frame: Frame) -> list[Expr]:
        """Return the largest parts that are arrays of their own, and the indices and sizes that stand as numbers."""
        whole = isinstance(e, (Symbol, Indexed, *BINDERS, Chosen, OfRow, KroneckerDelta, floor, ceiling, Mod, Max, Min))
        if whole or e in self.common or self._is_shared(e) or is_known_beforehand(e, frame):
            return [e]
        return list(dict.fromkeys(part for argument in e.args for part in self._parts(argument, frame)))

    def _entrywise_of(self, e: Expr, frame: Frame) -> Labelled:
        """Return a function of what is computed entry by entry."""
        inner = self.value(e.args[0], frame)
        letter = Dummy("argument", real=True)
        return Labelled(self.elementwise.text(e.func(letter), {letter: bare(inner.text)}), inner.axes)

    def _entrywise(self, e: Expr, frame: Frame) -> Labelled:
        """Return what is computed entry by entry from its parts, each of them an array."""
        e = guarded(e) if self.guards else e
        if self.sizes and (found := with_bias(e, frame, self)) is not None:
            return found
        e = small_first(
            e, lambda part: self.indices(part) & set(frame.axes), lambda part: self._hold(self.value(part, frame))
        )
        inside = dict.fromkeys(part for argument in e.args for part in self._parts(argument, frame))
        parts = {part: self.value(part, frame) for part in inside}
        axes = frame.ordered({symbol for part in parts.values() for symbol in part.axes})
        texts = {part: factor_text(aligned(value, axes)) for part, value in parts.items()}
        return Labelled(self.elementwise.text(e, texts), axes)
