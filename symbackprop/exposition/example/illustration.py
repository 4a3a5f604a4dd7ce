"""The numbers of one sample within the story of a derivation: what slides and a page show beside the letters.

…, "equations", [x_1 = 1.7 -> a_1 = 0.23 -> C;  δ back;  1.7 · 0.18 · -0.05 = -0.015], "descent", …

Only who shows numbers computes them; a network whose numbers nobody would read has none.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Rational, S

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.matrices import Named
from symbackprop.calculus.numbers import Numbers, Stage, evaluate
from symbackprop.errors import SpecError, SymbackpropError
from symbackprop.exposition.document import Document, Formula, Heading
from symbackprop.exposition.example.path import along
from symbackprop.exposition.example.sheet import Sheet
from symbackprop.exposition.figures.layout import network_picture
from symbackprop.exposition.languages import language_of
from symbackprop.exposition.story.telling import Telling
from symbackprop.network import notation
from symbackprop.network.values import pleasant_values

__all__ = ["with_numbers"]

BEFORE, TOLD = "descent", ("chain", "error", "back")  # the section that numbers come before, and those that they show
AFTER = "evidence"  # the section behind that one
DIGITS = 4
SEEDS = (3, 6, 7, 8, 9)  # of numbers whose errors were seen to be large enough to be read, in several small networks


def with_numbers(derivation: Derivation, document: Document, *, closely: bool = False, asked: bool = False) -> Document:
    """Return a document with the numbers of one sample before what the gradient is for.

    With one equation from afar and from near where it is told `closely`. As it is where it is no story of a network,
    or an excerpt of one, where the network is too large to be read, and where its functions have no value at the
    numbers that are drawn. Where they are `asked` for, an excerpt has them, too.

    Raises SpecError where there are none of those that are asked for."""
    if not asked and not {BEFORE, *TOLD} <= {*document.sections}:
        return document
    numbers = _drawn(derivation)
    if numbers is None and asked:
        raise SpecError("only: this network has no numbers that could be read; take fewer neurons")
    if numbers is None:
        return document
    telling = Telling(derivation, language_of(document), convention=document.convention)
    sheet = Sheet(telling, (Stage((numbers,), S.One),), DIGITS, Rational(1, 2))
    x, y = notation.activation(0), notation.target()
    w = network_picture(derivation.network).weight
    given = {name: Formula((Named(each), sheet.array(each)), ("=",)) for name, each in (("x", x), ("y", y))}
    blocks = along(sheet, telling.prose("numbers.forward", w=w, **given), closely=closely)
    heads = (n for n, each in enumerate(document.blocks) if isinstance(each, Heading) and each.key in (BEFORE, AFTER))
    place = next(heads, len(document.blocks))
    before, after = document.blocks[:place], document.blocks[place:]
    return replace(document, blocks=(*before, *blocks, *after))


def _drawn(derivation: Derivation) -> Numbers | None:
    """Return the numbers of a sample that has an error in every neuron, or in most of them; None without any."""
    found: list[Numbers] = []
    for seed in SEEDS:
        try:
            found.append(evaluate(derivation, pleasant_values(derivation.network, seed).given[0]))
        except SymbackpropError:
            continue
        if not _missing(found[-1]):
            return found[-1]
    return min(found, key=_missing, default=None)


def _missing(numbers: Numbers) -> int:
    """Return in how many neurons no error arrives: half of a ReLU lets none pass."""
    return sum(not value for letter, value in numbers.known.items() if letter.name.startswith("delta"))
