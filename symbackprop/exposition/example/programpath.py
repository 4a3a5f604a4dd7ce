"""The numbers along the path of one entry through a program: forward, back, and the derivative as a product.

    W_11 -> s_11 -> a_11 -> C        0.3 · -0.8 · 1.2 = -0.288        each link as the derived equations have it

An adjoint is a sum over what reads the entry, linear in the adjoints of that: ∂C/∂v = Σ_u (∂u/∂v) ∂C/∂u. The factor of
∂C/∂u is the link from v to u, and what no adjoint stands in is the link to the cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from sympy import Add, Expr, Indexed, Mul, S

from symbackprop.calculus.matrices import Gradient, Matrix, Named, parts_of
from symbackprop.calculus.numbers import Known, evaluate_in_order
from symbackprop.calculus.partials import Partial, letters_of
from symbackprop.exposition.document import Block, Figure, Line, Roles, Steps
from symbackprop.exposition.example.sheet import sign_before, with_numbers
from symbackprop.exposition.example.terms import Filled, Rounded, Tinted
from symbackprop.exposition.exercise.reckoning import UNIT, Reckoner, function_of
from symbackprop.exposition.exercise.samples import entry, reckoner_of_program, sizes_of
from symbackprop.exposition.figures.graph import graph_picture
from symbackprop.exposition.figures.layout import ChainLink, ChainPicture
from symbackprop.exposition.story.program.telling import ProgramTelling
from symbackprop.exposition.story.terms import Chain
from symbackprop.network.notation import COST
from symbackprop.network.program import Kind

DIGITS, IN_PICTURES = 4, 3  # significant ones, of a number in a line and of one in a picture
SEED = 3
MOST_QUANTITIES = 600  # of a program, one of whose entries is followed: all are reckoned, and few are shown


@dataclass(frozen=True)
class Link:
    """One link of a path: from an entry to the next one, or to the cost, and what its rate is in letters."""

    start: Expr
    end: Expr
    rate: Expr


@dataclass(frozen=True)
class EntryPath:
    """One parameter's entry on its way to the cost, with a number for every entry of the program.

    `rights` are the right sides of all that is computed, by their left sides."""

    telling: ProgramTelling
    rights: Mapping[Expr, Expr]
    numbers: Known
    links: tuple[Link, ...]

    @property
    def first(self) -> Expr:
        """The entry that the path begins with."""
        return self.links[0].start

    @cached_property
    def along(self) -> tuple[Expr, ...]:
        """The entries on the path, without the cost."""
        return tuple(link.start for link in self.links)

    def blocks(self, *, closely: bool) -> tuple[Block, ...]:
        """Return the section: forward, back, `closely` one equation from afar and from near, and the product."""
        telling, w = self.telling, self.first
        near = self._zoom() if closely else ()
        return (
            telling.section("example-path"),
            telling.part("numbers-forward.entries"),
            telling.prose("numbers.entries.forward", w=w),
            self._figure("forward", {each: each for each in self.along}),
            *(self._lines((*self.along, COST)) if closely else ()),
            telling.part("numbers-back.entries"),
            telling.prose("numbers.entries.back", w=w),
            self._figure("back", {each: Partial(COST, each) for each in self.along}),
            *(self._lines(Partial(COST, each) for each in reversed(self.along[1:])) if closely else ()),
            *((telling.part("numbers-zoom.entries"), *near) if near else ()),
            telling.part("numbers-product.entries"),
            telling.prose("numbers.entries.product" if self._is_only else "numbers.entries.one", w=w),
            *self._product(),
        )

    @property
    def _is_only(self) -> bool:
        """Whether no other path leads from the entry to the cost: each error on the way is that of the next entry."""
        rates = Mul(*(self.numbers.value(link.rate) for link in self.links))
        return abs(float(rates - self._worth(Partial(COST, self.first)))) < 1e-12

    def _worth(self, letter: Expr) -> Expr:
        return self.numbers.known[letter]

    def _lines(self, lefts: Iterable[Expr]) -> Iterator[Steps]:
        """Yield what is computed of these, line by line with numbers."""
        yield Steps(tuple(self._line(left) for left in lefts if left in self.rights), key="numbers")

    def _line(self, left: Expr) -> Line:
        return with_numbers((left, self.rights[left]), self.numbers, DIGITS)

    def _figure(self, way: str, shown: Mapping[Expr, Expr]) -> Figure:
        say, language = self.telling.say, self.telling.language
        letters = {each.base.code_name: of for each, of in shown.items() if isinstance(each, Indexed)}
        numbers = {name: Rounded(self._worth(of), IN_PICTURES, of) for name, of in letters.items()}
        picture = graph_picture(self.telling.program, numbers)
        return Figure(picture, say(f"figure.entries.{way}"), language.words(f"alt.entries.{way}"))

    def _product(self) -> Iterator[Block]:
        """Yield the links with their numbers in a row, and the product of these numbers."""
        worth = {Partial(link.end, link.start): self.numbers.value(link.rate) for link in self.links}
        of = {Partial(link.end, link.start): link.rate for link in self.links}
        roles = ["activation"] * len(self.links)
        roles[0], roles[-1] = "input", "cost"
        whole = Rounded(Mul(*worth.values()), IN_PICTURES, Mul(*of.values(), evaluate=False))
        chain = ChainPicture(
            (*self.along, COST),
            tuple(
                ChainLink(Rounded(worth[each], IN_PICTURES, of[each]), role)
                for each, role in zip(worth, roles, strict=True)
            ),
            named=0,
            name=whole,
        )
        say, language = self.telling.say, self.telling.language
        yield Figure(chain, say("figure.entries.product"), language.words("alt.entries.product"))
        product = Mul(*worth, evaluate=False)
        if self._is_only:
            yield Steps((with_numbers((Partial(COST, self.first), product), Known(worth), DIGITS, of=of),), key="path")
            return
        shown = {each: Rounded(worth[each], DIGITS, of[each]) for each in worth}
        numbers = Filled(product, tuple(shown.items()))
        value = Rounded(whole.value, DIGITS, whole.of)
        one = Line(product, "=", Chain((numbers, value), (sign_before(value, shown.values()),)))
        yield Steps((one,), key="path")
        yield self.telling.prose("numbers.entries.all")
        yield Steps((self._line(Partial(COST, self.first)),), key="numbers")

    def _zoom(self) -> tuple[Block, ...]:
        """Return the error of an entry that reaches the cost through others, from afar and from near."""
        found = (link.start for link in self.links if self.rights[Partial(COST, link.start)].has(Partial))
        if (near := next(found, None)) is None:
            return ()
        say, left = self.telling.say, Partial(COST, near)
        adjoint = self.telling.derivation.adjoints[near.base.code_name]
        lines = [Line(adjoint.left, "=", adjoint.right, say("numbers.zoom.general"), _roles(adjoint.right))]
        if (sides := self.telling.matrices(adjoint)) is not None:
            lines.append(Line(sides[0], "=", sides[1], say("numbers.zoom.matrix"), _in_matrix(sides[1])))
        right = self.rights[left]
        lines.append(Line(left, "=", right, say("numbers.zoom.entry"), _roles(right)))
        lines.append(Line(left, "=", self._with_numbers(right), say("example.zoom.numbers"), _roles(right)))
        return self.telling.prose("numbers.zoom"), Steps(tuple(lines), key="zoom")

    def _with_numbers(self, right: Expr) -> Chain:
        """Return a right side with numbers in the colours of what they stand for, and its value."""
        colours = dict(_roles(right))
        letters = sorted(letters_of(right), key=str)
        shown = {letter: Rounded(self._worth(letter), DIGITS, letter) for letter in letters}
        tinted = tuple((letter, Tinted(shown[letter], colours.get(letter, ""))) for letter in letters)
        value = Rounded(self.numbers.value(right), DIGITS, right)
        return Chain((Filled(right, tinted), value), (sign_before(value, shown.values()),))


def _roles(right: Expr) -> Roles:
    """Return the colours of errors that come back, and of the entries that they are multiplied with."""
    errors = sorted(right.atoms(Partial), key=str)
    entries = {part for part in letters_of(right) if isinstance(part, Indexed)}
    return (*((each, "error") for each in errors), *((each, "input") for each in sorted(entries, key=str)))


def _in_matrix(right: Expr | Matrix) -> Roles:
    """Return the same colours for the form in matrices."""
    parts = tuple(parts_of(right)) if isinstance(right, Matrix) else ()
    found = [(part, "error") for part in parts if isinstance(part, Gradient)]
    return (*found, *((part, "input") for part in parts if isinstance(part, Named)))


def path_of(telling: ProgramTelling) -> EntryPath | None:
    """Return the path of an entry of the first parameter, or else input, that reaches the cost, in fit numbers.

    None where there is none. Raises BudgetError for what is too large to be worked through by hand, and ShapeError for
    a size without a number."""
    reckoner = reckoner_of_program(telling.derivation, MOST_QUANTITIES)
    rights = {each.left: each.right for each in reckoner.quantities}
    sizes = sizes_of(telling.derivation)
    given = [array for array in telling.program.given if array.name in telling.derivation.adjoints]
    for array in sorted(given, key=lambda each: each.kind is not Kind.PARAMETER):
        tensor = array.tensor.xreplace(sizes)
        start = entry(tensor, tuple(int(first) for first, _ in tensor.axes)) if tensor.axes else tensor
        links = _shortest(start, rights)
        if links and (drawn := _drawn(reckoner, links)) is not None:
            numbers = evaluate_in_order(rights.items(), drawn)
            return EntryPath(telling, rights, numbers, links)
    return None


def _shortest(start: Expr, rights: Mapping[Expr, Expr]) -> tuple[Link, ...]:
    """Return the shortest way from an entry to the cost, by the factors of adjoints in adjoints; () without any."""
    ways: list[tuple[Link, ...]] = [()]
    met = {start}
    for way in ways:  # which grows: breadth first
        at = way[-1].end if way else start
        if at == COST:
            return way
        right = rights.get(Partial(COST, at), Partial(COST, at))
        if right == Partial(COST, at):  # given from outside
            return (*way, Link(at, COST, right)) if way else ()
        for link in _links(at, right):
            if link.end not in met:
                met.add(link.end)
                ways.append((*way, link))
    return ()


def _links(start: Expr, right: Expr) -> Iterator[Link]:
    """Yield the links of which an adjoint is made: the factor of each adjoint in it, and what is left for the cost."""
    errors = sorted((part for part in right.atoms(Partial) if part.of == COST), key=str)
    none = dict.fromkeys(errors, S.Zero)
    if (direct := right.xreplace(none)) != 0:
        yield Link(start, COST, direct)
    for error in errors:
        rate = Add(right.xreplace({**none, error: S.One}), -direct)
        if rate != 0:
            yield Link(start, error.by, rate)


def _drawn(reckoner: Reckoner, links: Sequence[Link]) -> dict[Expr, Fraction] | None:
    """Return the draw in which the smallest rate or error on the path is largest; None where none has all its numbers.

    An error of 0, where what several ways give cancels, would be a rounding error of what is computed."""
    givens = reckoner.draw(np.random.default_rng(SEED), False)
    known = reckoner.values({letter: numbers / UNIT for letter, numbers in givens.items()})
    with np.errstate(all="ignore"):
        good = np.all([np.isfinite(numbers) for numbers in known.values()], axis=0)
        shown = [*(link.rate for link in links), *(Partial(COST, link.start) for link in links)]
        worth = [np.abs(function_of(each)(known)) + 0 * good for each in shown]
    smallest = np.where(good, np.nan_to_num(np.min(worth, axis=0)), 0.0)
    best = int(np.argmax(smallest))
    if not smallest[best]:
        return None
    return {letter: Fraction(int(numbers[best]), UNIT) for letter, numbers in givens.items()}
