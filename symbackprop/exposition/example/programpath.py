"""The numbers along the path of one entry through a program: forward, back, and the derivative as a product.

W_11 -> s_11 -> a_11 -> C        0.3 · -0.8 · 1.2 = -0.288        each link as the derived equations have it
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sympy import Expr, Indexed, Integer, Mul

from symbackprop.calculus.matrices import Gradient, Matrix, Named, parts_of
from symbackprop.calculus.numbers import Known
from symbackprop.calculus.partials import Partial, letters_of
from symbackprop.exposition.document import Block, Display, Figure, Formula, Line, Roles, Steps
from symbackprop.exposition.example.entrypath import MOST_QUANTITIES, EntryPath
from symbackprop.exposition.example.sheet import sign_before, tinted, with_numbers
from symbackprop.exposition.example.terms import Filled, Rounded
from symbackprop.exposition.exercise.samples import count_of
from symbackprop.exposition.figures.graph import graph_picture
from symbackprop.exposition.figures.layout import ChainLink, ChainPicture
from symbackprop.exposition.story.program.telling import ProgramTelling
from symbackprop.exposition.story.telling import equal, listed
from symbackprop.exposition.story.terms import Chain
from symbackprop.frozen import dataclass
from symbackprop.network.notation import COST

MOST_NAMED = 6  # links whose rates stand in one line with their numbers; of more the picture has the names
DIGITS, IN_PICTURES = 4, 3  # significant ones, of a number in a line and of one in a picture


@dataclass(frozen=True)
class PathTelling:
    """A path of one entry on its way to being told."""

    telling: ProgramTelling
    path: EntryPath
    digits: int = DIGITS

    def blocks(self, *, closely: bool) -> tuple[Block, ...]:
        """Return the section: forward, back, `closely` one equation from afar and from near, and the product."""
        telling, w = self.telling, self.path.first
        near = self._zoom() if closely else ()
        return (
            telling.section("example-path"),
            telling.part("numbers-forward.entries"),
            *self.smaller(),
            telling.prose("numbers.entries.forward", w=w),
            self._figure("forward", {each: each for each in self.path.along}),
            *(self._lines((*self.path.along, COST)) if closely else ()),
            telling.part("numbers-back.entries"),
            telling.prose("numbers.entries.back", w=w),
            self._figure("back", {each: Partial(COST, each) for each in self.path.along}),
            *(self._lines(Partial(COST, each) for each in reversed(self.path.along[1:])) if closely else ()),
            *((telling.part("numbers-zoom.entries"), *near) if near else ()),
            telling.part("numbers-product.entries"),
            telling.prose("numbers.entries.product" if self.path.is_only else "numbers.entries.one", w=w),
            *self._product(),
        )

    def smaller(self) -> Iterator[Block]:
        """Yield what is said where the numbers are those of smaller sizes than the program has."""
        own, sizes = self.telling.program.sizes, self.path.derivation.program.sizes
        count = count_of(self.telling.derivation)
        changed = [equal(size, Integer(number)) for size, number in sizes.items() if number != own[size]]
        if changed and count > MOST_QUANTITIES:
            yield self.telling.prose("numbers.smaller", count=count, sizes=listed(*changed))

    def _worth(self, letter: Expr) -> Expr:
        return self.path.numbers.known[letter]

    def _lines(self, lefts: Iterable[Expr]) -> Iterator[Steps]:
        """Yield what is computed of these, line by line with numbers."""
        if lines := tuple(self._line(left) for left in lefts if left in self.path.rights):
            yield Steps(lines, key="numbers")

    def _line(self, left: Expr) -> Line:
        return with_numbers((left, self.path.rights[left]), self.path.numbers, self.digits)

    def _figure(self, way: str, shown: Mapping[Expr, Expr]) -> Figure:
        say, language = self.telling.say, self.telling.language
        letters = {each.base.code_name: of for each, of in shown.items() if isinstance(each, Indexed)}
        numbers = {name: Rounded(self._worth(of), IN_PICTURES, of) for name, of in letters.items()}
        picture = graph_picture(self.telling.program, numbers)
        return Figure(picture, say(f"figure.entries.{way}"), language.words(f"alt.entries.{way}"))

    def _product(self) -> Iterator[Block]:
        """Yield the links with their numbers in a row, and the product of these numbers."""
        worth = {Partial(link.end, link.start): self.path.numbers.value(link.rate) for link in self.path.links}
        of = {Partial(link.end, link.start): link.rate for link in self.path.links}
        roles = ["activation"] * len(self.path.links)
        roles[0], roles[-1] = "input", "cost"
        whole = Rounded(Mul(*worth.values()), IN_PICTURES, Mul(*of.values(), evaluate=False))
        chain = ChainPicture(
            (*self.path.along, COST),
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
        if self.path.is_only:
            yield Steps(
                (with_numbers((Partial(COST, self.path.first), product), Known(worth), self.digits, of=of),), key="path"
            )
            return
        shown = {each: Rounded(worth[each], self.digits, of[each]) for each in worth}
        numbers = Filled(product, tuple(shown.items()))
        value = Rounded(whole.value, self.digits, whole.of)
        sign = sign_before(value, shown.values())
        if len(shown) <= MOST_NAMED:
            yield Steps((Line(product, "=", Chain((numbers, value), (sign,))),), key="numbers")
        else:
            yield Display(Formula((numbers, value), (sign,)))
        yield self.telling.part("numbers-sum.entries")
        yield self.telling.prose("numbers.entries.all")
        yield Steps((self._line(Partial(COST, self.path.first)),), key="path")

    def _zoom(self) -> tuple[Block, ...]:
        """Return the error of an entry that reaches the cost through others, from afar and from near."""
        found = (link.start for link in self.path.links if self.path.rights[Partial(COST, link.start)].has(Partial))
        if (near := next(found, None)) is None:
            return ()
        say, left = self.telling.say, Partial(COST, near)
        adjoint = self.telling.derivation.adjoints[near.base.code_name]
        lines = [Line(adjoint.left, "=", adjoint.right, say("numbers.zoom.general"), _roles(adjoint.right))]
        if (sides := self.telling.matrices(adjoint, short=False)) is not None:
            lines.append(Line(sides[0], "=", sides[1], say("numbers.zoom.matrix"), _in_matrix(sides[1])))
        right = self.path.rights[left]
        lines.append(Line(left, "=", right, say("numbers.zoom.entry"), _roles(right)))
        colours = dict(_roles(right))
        numbers = tinted(right, self.path.numbers, self.digits, colours)
        lines.append(Line(left, "=", numbers, say("example.zoom.numbers"), _roles(right)))
        return self.telling.prose("numbers.zoom"), Steps(tuple(lines), key="zoom")


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
