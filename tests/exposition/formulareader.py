r"""Reads formulas of LaTeX as people do, and computes them: entries, slices and whole arrays, sums, windows, einsums.

A name is a letter, what stands above it, and what tells it from its like below it; positions come behind these. What a
name is an array of says the `Page` that it stands on, which computes what it is asked for by its own lines.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, TypeAlias

import numpy as np

Node: TypeAlias = "str | list[Node]"
Name: TypeAlias = tuple[str, str, str]  # letter, what stands above it, what tells it from its like below
TOKEN = re.compile(r"\\[A-Za-z]+|\\[^A-Za-z]|\d+(?:\.\d+)?|[A-Za-z]|\S")
SPACES = (r"\,", r"\ ", r"\quad")
TURNED = [r"\mathsf", ["T"]]
ENTRYWISE = (r"\odot", r"\ast")
ENDS = ("", "+", "-", "=", ">", "<", r"\ge", r"\le", r"\ne", r"\right", "&", r"\\", ",", "}", r"\star", *ENTRYWISE)


def sigmoid(z: Any) -> Any:
    """Return 1/(1 + e^-z)."""
    return 1 / (1 + np.exp(-z))


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    r"\sigma": sigmoid,
    r"\sigma'": lambda z: sigmoid(z) * (1 - sigmoid(z)),
    "exp": np.exp,
    "tanh": np.tanh,
    "tanh'": lambda z: 1 - np.tanh(z) ** 2,
    "ReLU": lambda z: np.maximum(z, 0.0),
    "ReLU'": lambda z: (np.asarray(z) > 0) * 1.0,
    "SiLU": lambda z: z * sigmoid(z),
    "SiLU'": lambda z: sigmoid(z) * (1 + z * (1 - sigmoid(z))),
    "rot": np.flip,
}


def nodes(text: str) -> list[Node]:
    """Return the tokens of a text, those between braces as a list of their own."""
    stack: list[list[Node]] = [[]]
    for token in TOKEN.findall(text):
        if token == "{":
            stack.append([])
        elif token == "}":
            group = stack.pop()
            stack[-1].append(group)
        elif token not in SPACES:
            stack[-1].append(token)
    assert len(stack) == 1, f"braces do not match: {text}"
    return stack[0]


def flat(found: Node) -> str:
    """Return tokens as text, without fonts and braces."""
    if isinstance(found, str):
        return "" if found.startswith((r"\mathrm", r"\mathcal")) else found
    return "".join(map(flat, found))


def column(value: Any) -> Any:
    """Return a vector as a column."""
    return value[:, None] if np.ndim(value) == 1 else value


def plain(value: Any) -> Any:
    """Return a column as a vector, and a matrix of one number as that number."""
    value = np.asarray(value)
    return value.reshape(()) if value.size == 1 else value[:, 0] if value.ndim == 2 and value.shape[1] == 1 else value


@dataclass
class Line:
    """left = right: the positions on the left with their indices, and what stands on the right."""

    places: list[list[Node]]
    right: list[Node]


@dataclass
class Page:
    """The lines of a page, and the arrays that are given: what a name means there is what its line says.

    `named` are the arrays by their printed names, `letters` the index of each axis and `spans` its first and last
    position, `sizes` the numbers that letters of sizes stand for; `cost` how the cost is printed. `layer` says where a
    number below stands for a layer: z_{2,j}."""

    named: Mapping[Name, str]
    spans: Mapping[str, Sequence[tuple[int, int]]]
    sizes: Mapping[str, int]
    given: Mapping[tuple[str, bool], Any]
    letters: dict[str, list[str]] = field(default_factory=dict)
    lines: dict[tuple[str, bool], list[Line]] = field(default_factory=dict)
    known: dict[Any, Any] = field(default_factory=dict)

    def add(self, text: str) -> str:
        """Take a line of the page; return which array it computes."""
        left, right = text.split(" = ", 1)
        reader = Reader(self, nodes(left), {})
        array, by, places = reader.entry()
        assert reader.peek() == "", f"left over: {left}"
        self.lines.setdefault((array, by), []).append(Line(places, nodes(right)))
        if len(places) == len(self.spans[array]) and all(flat(place).isalpha() for place in places):
            self.letters.setdefault(array, [flat(place) for place in places])
        return array

    def array(self, array: str, by: bool) -> Any:
        """Return all entries of an array, or of the derivative by it, from its lines."""
        ranges = [range(first, last + 1) for first, last in self.spans[array]]
        found = [self.at(array, by, {axis: n for axis, n in enumerate(place)}) for place in product(*ranges)]
        return np.array(found).reshape([len(each) for each in ranges])

    def at(self, array: str, by: bool, place: Mapping[int, int]) -> Any:
        """Return the entry or the slice at positions of some axes."""
        key = (array, by, tuple(sorted(place.items())))
        if key not in self.known:
            self.known[key] = self._at(array, by, place)
        return self.known[key]

    def _at(self, array: str, by: bool, place: Mapping[int, int]) -> Any:
        spans = self.spans[array]
        for axis, n in place.items():
            assert spans[axis][0] <= n <= spans[axis][1], f"{array} has no entry {place}"
        if (array, by) in self.given:
            cut = tuple(place[n] - spans[n][0] if n in place else slice(None) for n in range(len(spans)))
            return self.given[array, by][cut]
        for line in self.lines[array, by]:
            axes = self.axes(array, line.places)
            if any(axis not in place for axis in axes):
                axis = next(axis for axis in axes if axis not in place)
                every = [self.at(array, by, {**place, axis: n}) for n in range(spans[axis][0], spans[axis][1] + 1)]
                return np.stack(every, sum(other not in place for other in range(axis)))
            bound = {flat(node): place[axis] for axis, node in zip(axes, line.places, strict=True)}
            if all(not name.isdigit() or int(name) == n for name, n in bound.items()):
                value = Reader(self, line.right, {k: v for k, v in bound.items() if not k.isdigit()}).whole()
                rest = [axis for axis in range(len(spans)) if axis not in axes]
                shape = [spans[axis][1] - spans[axis][0] + 1 for axis in rest]
                value = np.broadcast_to(value if np.shape(value) == tuple(shape) else plain(value), shape)
                cut = tuple(place[axis] - spans[axis][0] if axis in place else slice(None) for axis in rest)
                return value[cut]
        raise AssertionError(f"no line for {array} at {place}")

    def axes(self, array: str, places: Sequence[list[Node]]) -> list[int]:
        """Return which axes some positions belong to: those of their letters, or else the first that are free."""
        count = len(self.spans[array])
        if len(places) == count:
            return list(range(count))
        letters, found = self.letters.get(array, []), list[int]()
        for place in places:
            own = [
                axis for axis, name in enumerate(letters) if {name, name.upper()} & set(flat(place))
            ]  # t or T, its last
            free = [axis for axis in range(count) if axis not in found]
            starts = [axis for axis in free if str(self.spans[array][axis][0]) == flat(place)]  # h_0, of 0..T
            found.append([*own, *starts, *free][0])
        assert len(set(found)) == len(found), f"two positions for one axis: {array}{places}"
        return found


def windows(size: int, stride: int, array: Any) -> dict[tuple[int, ...], tuple[int, ...]]:
    """Return for each window of an array where the first of its largest entries is."""
    counts = [(length - size) // stride + 1 for length in array.shape]
    return {
        at: max(product(*(range(stride * n, stride * n + size) for n in at)), key=lambda place: array[place])
        for at in product(*map(range, counts))
    }


def unpooled(found: Mapping[tuple[int, ...], tuple[int, ...]], given: Any, array: Any) -> Any:
    """Return what is given for each window at the place of its largest entry, added up, and zeros elsewhere."""
    spread = np.zeros_like(array)
    for at, entry in np.ndenumerate(given):
        spread[found[at]] += entry
    return spread


class Reader:
    """Reads from left to right and computes; `at` holds the values of the indices."""

    def __init__(self, page: Page, tokens: list[Node], at: Mapping[str, int]) -> None:
        self.page, self.tokens, self.at, self.place = page, tokens, dict(at), 0

    def peek(self) -> Node:
        """Return the next token, or nothing at the end."""
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self, *wanted: str) -> Any:
        """Return the next token, which must be one of those wanted, and go on."""
        token = self.peek()
        assert not wanted or token in wanted, f"{token!r} where {wanted} belongs: {self.tokens}"
        self.place += 1
        return token

    def whole(self) -> Any:
        """Return the value of all of it."""
        value = self.total()
        assert self.peek() == "", f"left over: {self.tokens[self.place :]}"
        return value

    def inside(self, tokens: Node) -> Any:
        """Return the value of a group."""
        return Reader(self.page, tokens if isinstance(tokens, list) else [tokens], self.at).whole()

    def total(self) -> Any:
        """Return the value of terms with their signs."""
        value: Any = 0.0
        sign = self.take() if self.peek() == "-" else "+"
        while sign:
            term = column(self.entrywise())
            value = value + term if sign == "+" else value - term
            sign = self.take() if self.peek() in ("+", "-") else ""
        return value

    def entrywise(self) -> Any:
        """Return the value of products that are multiplied entry by entry, or moved over one another."""
        value = self.product()
        while self.peek() in (*ENTRYWISE, r"\star"):
            if self.take() == r"\star":
                value = correlated(np.asarray(value), np.asarray(self.product()))
            else:
                value = column(value) * column(self.product())
        return value

    def product(self) -> Any:
        """Return the value of factors side by side: matrices are multiplied as such."""
        value = self.factor()
        while self.peek() not in ENDS:
            if self.peek() == "/":
                self.take()
                value = value / plain(self.factor())
                continue
            if self.peek() == r"\cdot":
                self.take()
            factor = self.factor()
            if np.size(value) == 1 or np.size(factor) == 1:
                value = plain(value) * factor if np.size(value) == 1 else value * plain(factor)
            else:
                value = column(value) @ column(factor)
        return value

    def factor(self) -> Any:
        """Return the value of a factor with its exponent, or turned."""
        value = self.one()
        while self.peek() == "^":
            self.take()
            above = self.take()
            if above == TURNED:
                value = column(value).T
            elif above[:1] == [r"\circ"]:
                value = value ** self.inside(above[1:])
            else:
                value = value ** self.inside(above)
        return value

    def one(self) -> Any:
        """Return the value of a number, a construct, a name or a function at its argument."""
        token = self.peek()
        if isinstance(token, str) and token in READ:
            return READ[self.take()](self)
        if isinstance(token, str) and token[0].isdigit():
            return float(self.take())
        if isinstance(token, list) and token[:1] not in ([r"\left"],) and not self._is_name():
            return self.inside(self.take())
        if isinstance(token, str) and token in self.at and not self._is_name():
            return self.at[self.take()]
        return self.called()

    def called(self) -> Any:
        """Return the value of a function at its argument, or of a name."""
        start = self.place
        if (letter := self.letter()) in FUNCTIONS and isinstance(self.peek(), list):
            return FUNCTIONS[letter](self.inside(self.take()))
        self.place = start
        return self.named()

    def letter(self) -> str:
        """Return a letter or a word with its primes."""
        token = self.take()
        name = flat(self.take()) if token in (r"\mathrm", r"\mathcal") else flat(token)
        while self.peek() == "'":
            name += self.take()
        return name

    def _is_name(self) -> bool:
        return self.tokens[self.place + 1 : self.place + 2] in (["^"], ["_"])

    def scripts(self) -> tuple[str, list[Node], list[Node], bool]:
        """Return a letter, what stands above and below it, and whether it is turned."""
        letter, above, below, turned = self.letter(), [], [], False
        while (sign := self.peek()) in ("^", "_"):
            group = self.tokens[self.place + 1]
            group = group if isinstance(group, list) else [group]
            if sign == "^" and group != TURNED and (below or above or self._is_power(letter, group, below)):
                break  # a power stands behind what belongs to the name
            self.place += 2
            if sign == "_":
                below = [*below, *([","] if below else []), *group]
            elif TURNED[0] in group:
                turned, above = True, [*above, *group[: group.index(TURNED[0])]]
            else:
                above = group
        return letter, above, below, turned

    def _is_power(self, letter: str, group: list[Node], below: list[Node]) -> bool:
        if TURNED[0] in group:
            return False
        mark = flat(group).strip("()[]")
        return not any(name[0] == letter and name[1] == mark for name in self.page.named)

    def entry(self) -> tuple[str, bool, list[list[Node]]]:
        """Return the array that a name or a derivative is about, whether it is a derivative, and the positions."""
        array, by, places, turned = self.reference()
        assert not turned
        return array, by, places

    def reference(self) -> tuple[str, bool, list[list[Node]], bool]:
        """Return what stands for an array: a name, ∂C/∂ of one, ∇ of one, or d before one."""
        token, rest = self.peek(), self.tokens[self.place + 1 :]
        if token == r"\nabla":
            self.take(), self.take("_")
            array, _, places, turned = Reader(self.page, self.take(), self.at).reference()
            assert self.name()[0] == "C", "∇ of the cost"
            return array, True, places, turned
        if token == r"\frac" and rest[0][0] == r"\partial":
            self.take()
            above = Reader(self.page, self.take()[1:], self.at).name()[0]
            assert above == "C", f"the derivative of {above}"
            array, _, places, turned = Reader(self.page, self.take()[1:], self.at).reference()
            return array, True, places, turned
        if token == r"\mathrm" and rest[0] == ["d"]:
            self.take(), self.take()
            array, _, places, turned = self.reference()
            return array, True, places, turned
        array, places, turned = self.name()
        return array, False, places, turned

    def name(self) -> tuple[str, list[list[Node]], bool]:
        """Return the array of a name, its positions, and whether it is turned."""
        start = self.place
        letter, above, below, turned = self.scripts()
        for count in range(len(below), -1, -1):  # the longest that is a name tells it from its like
            mark = flat(below[:count]).strip(",")
            key = (letter, flat(above).strip("()[]"), mark)
            rest = below[count:]
            if key in self.page.named and (not rest or not count or rest[0] == "," or below[count - 1] == ","):
                return self.page.named[key], split(rest), turned
        raise AssertionError(f"no array is called {self.tokens[start : self.place]}")

    def named(self) -> Any:
        """Return the value of an entry, a slice, an array, a size or a derivative."""
        start = self.place
        if (size := self.size()) is not None:
            return size
        self.place = start
        array, by, places, turned = self.reference()
        axes = self.page.axes(array, places)
        where = {axis: round(float(self.inside(place))) for axis, place in zip(axes, places, strict=True)}
        value = self.page.at(array, by, where)
        return column(value).T if turned else value

    def size(self) -> int | None:
        """Return the number that the letter of a size stands for, with what stands below it."""
        if not isinstance(self.peek(), str) or self.peek() in (r"\nabla", r"\frac"):
            return None
        letter = self.letter()
        if self.peek() == "_" and f"{letter}_{flat(self.tokens[self.place + 1])}" in self.page.sizes:
            self.take()
            return self.page.sizes[f"{letter}_{flat(self.take())}"]
        return self.page.sizes.get(letter) if self.peek() not in ("_",) else None

    def fraction(self) -> Any:
        """Return the value of a fraction, or of a derivative."""
        if self.peek()[0] == r"\partial":
            self.place -= 1
            return self.named()
        return self.inside(self.take()) / self.inside(self.take())

    def fence(self) -> Any:
        """Return the value between parentheses, bars or half brackets, or that of [i = j]."""
        left = self.take("(", "[", r"\lvert", r"\lceil", r"\lfloor")
        value = self.truth() if left == "[" else self.total()
        self.take(r"\right")
        self.take(")", "]", r"\rvert", r"\rceil", r"\rfloor")
        rounding = {r"\lvert": abs, r"\lceil": math.ceil, r"\lfloor": math.floor}
        return rounding[left](float(value)) if left in rounding else value

    def truth(self) -> float:
        """Return 1 where what is compared holds, or where places are those of the largest, and else 0."""
        left = self.places()
        sign = self.take("=", r"\ge", r"\le", ">", "<")
        if sign == "=" and self.peek() == r"\mathrm":
            self.take(), self.take()
            found = max(self.every(), key=lambda pair: pair[0])[1]
            return float(found == left)
        (a,), (b,) = left, self.places()
        return float({"=": a == b, r"\ge": a >= b, r"\le": a <= b, ">": a > b, "<": a < b}[sign])

    def places(self) -> list[float]:
        """Return one value, or those between parentheses with commas."""
        if self.peek() == r"\left":
            start = self.place
            self.take(), self.take("(")
            found = [float(self.total())]
            while self.peek() == ",":
                self.take()
                found.append(float(self.total()))
            self.take(r"\right"), self.take(")")
            if len(found) > 1:
                return found
            self.place = start
        return [float(self.total())]

    def every(self) -> Iterator[tuple[Any, list[float]]]:
        """Yield the values of what a maximum runs over, in the order of the places, and the places."""
        self.take("_")
        limits = []
        for limit in split(self.take(), commas=True):
            middle = limit.index(r"\le")
            last = limit.index(r"\le", middle + 1)
            limits.append((limit[middle + 1], self.inside(limit[:middle]), self.inside(limit[last + 1 :])))
        of = self.take()
        ranges = [range(round(first), round(last) + 1) for _, first, last in limits]
        for place in product(*ranges):
            inner = dict(zip((flat(letter) for letter, _, _ in limits), place, strict=True))
            yield Reader(self.page, of, {**self.at, **inner}).whole(), [float(n) for n in place]

    def summation(self) -> Any:
        """Return the value of Σ and the product after it."""
        self.take("_")
        below = self.take()
        letter, first = flat(below[0]), self.inside(below[2:])
        self.take("^")
        last = self.inside(self.take())
        start, outer, value = self.place, self.at, 0.0
        assert letter not in outer, f"{letter} is free and bound at once"
        for number in range(round(float(first)), round(float(last)) + 1):
            self.place, self.at = start, {**outer, letter: number}
            value = value + self.entrywise()
        if self.place == start:  # nothing to add up
            self.skip({**outer, letter: 1})
        self.at = outer
        return value

    def skip(self, at: Mapping[str, int]) -> None:
        """Go behind the product that stands here, of which no term is."""
        depth = 0
        while self.peek() not in ("", "+", "-", "&", r"\\") or depth:
            token = self.take()
            depth += {r"\left": 1, r"\right": -1}.get(token, 0) if isinstance(token, str) else 0
            if depth < 0:
                self.place -= 1
                return

    def cases(self) -> Any:
        """Return the value of the first case that holds; what does not hold may not be readable."""
        self.take()
        rows: list[list[Node]] = [[]]
        depth = 1
        while depth:
            token = self.take()
            depth += {r"\begin": 1, r"\end": -1}.get(token, 0) if isinstance(token, str) else 0
            if token == r"\\" and depth == 1:
                rows.append([])
            elif depth:
                rows[-1].append(token)
        self.take()
        for row in rows:
            cut = len(row) - 1 - row[::-1].index("&")
            if row[cut + 1] == r"\text" or Reader(self.page, row[cut + 1 :], self.at).truth():
                return Reader(self.page, row[:cut], self.at).whole()
        raise AssertionError(f"no case holds: {rows}")

    def word(self) -> Any:
        """Return the value of what begins with a word: a function, an einsum, zeros around something, a name."""
        word = flat(self.peek())
        if word in ("max", "min") and self.tokens[self.place + 1] == "_":
            self.take()
            return max(value for value, _ in self.every())
        if word in ("max", "min"):
            self.take()
            values = [self.inside(part) for part in split(self.take()[2:-2], commas=True)]
            return max(values) if word == "max" else min(values)
        if word == "einsum":
            self.take(), self.take("_")
            letters = flat(self.take()).replace(r"\to", "->")
            parts = split(self.take()[2:-2], commas=True)
            return np.einsum(letters, *(plain(self.inside(part)) for part in parts))
        if word == "pad":
            self.take(), self.take("_")
            width = round(float(self.inside(self.take())))
            return np.pad(plain(self.inside(self.take())), width)
        if word in ("pool", "unpool"):
            self.take()
            scripts = {self.take("_", "^"): self.take()}
            scripts |= {self.take(): self.take()} if self.peek() in ("_", "^") else {}
            size = round(float(self.inside(scripts["_"])))
            stride = round(float(self.inside(scripts["^"][1:]))) if "^" in scripts else size
            inside = self.take()
            *given, array = (plain(self.inside(part)) for part in split(inside[2:-2], commas=True))
            found = windows(size, stride, array)
            return (
                unpooled(found, *given, array)
                if given
                else np.vectorize(lambda *at: array[found[at]])(*np.indices([n + 1 for n in max(found)]))
            )
        self.place -= 1
        return self.called()

    def logarithm(self) -> Any:
        """Return the natural logarithm of one factor."""
        return np.log(self.inside(self.take()) if isinstance(self.peek(), list) else self.factor())

    def power_of_e(self) -> Any:
        """Return e to what stands above it; another e is a name."""
        if self.peek() == "^":
            self.take()
            return np.exp(self.inside(self.take()))
        self.place -= 1
        is_index = self.peek() in self.at and self.tokens[self.place + 1 : self.place + 2] != ["_"]
        return self.at[self.take()] if is_index else self.named()

    def ones(self) -> Any:
        """Return a column of ones, or a row; without a number below, one for each sample."""
        turned = False
        self.take()
        count = self.page.sizes.get("m", 0)
        while self.peek() in ("^", "_"):
            if self.take() == "^":
                assert self.take() == TURNED
                turned = True
            else:
                count = round(float(self.inside(self.take())))
        return np.ones((1, count)) if turned else np.ones((count, 1))


def correlated(kernel: Any, field: Any) -> Any:
    """Return what a kernel gives that moves over a field: Σ_u kernel_u field_{q+u-1}."""
    kernel, field = plain(kernel), plain(field)
    shape = [n - k + 1 for n, k in zip(field.shape, kernel.shape, strict=True)]
    return np.array(
        [
            (kernel * field[tuple(slice(q, q + k) for q, k in zip(place, kernel.shape, strict=True))]).sum()
            for place in product(*map(range, shape))
        ]
    ).reshape(shape)


def split(below: Sequence[Node], commas: bool = False) -> list[list[Node]]:
    """Return positions: with commas between them, or one letter or digit each."""
    below = list(below[1:] if below[:1] == [","] else below)
    if not below:
        return []
    depth, parts = 0, list[list[Node]]([[]])
    for token in below:
        depth += {r"\left": 1, r"\right": -1}.get(token, 0) if isinstance(token, str) else 0
        if token == "," and not depth:
            parts.append([])
        else:
            parts[-1].append(token)
    if len(parts) > 1 or commas or any(token in ("+", "-", r"\left", r"\frac") for token in below):
        return parts
    return [[sign] for token in below for sign in (token if flat(token).isdigit() else [token])]


READ: dict[str, Callable[[Reader], Any]] = {
    r"\frac": Reader.fraction,
    r"\left": Reader.fence,
    r"\sum": Reader.summation,
    r"\begin": Reader.cases,
    r"\sqrt": lambda self: np.sqrt(self.inside(self.take())),
    r"\ln": Reader.logarithm,
    r"\mathrm": Reader.word,
    r"\mathbf": Reader.ones,
    "e": Reader.power_of_e,
}
