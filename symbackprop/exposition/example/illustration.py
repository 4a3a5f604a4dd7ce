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
from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.errors import SpecError, SymbackpropError
from symbackprop.exposition.document import Block, Document, Formula, Heading
from symbackprop.exposition.example.path import along
from symbackprop.exposition.example.sheet import Sheet
from symbackprop.exposition.figures.layout import network_picture
from symbackprop.exposition.languages import language_of
from symbackprop.exposition.story.telling import Telling
from symbackprop.network import notation
from symbackprop.network.values import pleasant_values

BEFORE = "descent"  # the section that numbers come before
TOLD = (BEFORE, "chain", "error", "back")  # the sections that numbers show
OF_PROGRAMS = ("computation", "reverse")  # a block, which has no cost, has nothing to descend
AFTER = "evidence"  # the section behind that one
DIGITS = 4
SEEDS = (3, 6, 7, 8, 9)  # of numbers whose errors were seen to be large enough to be read, in several small networks


def with_numbers(
    derivation: Derivation | ProgramDerivation, document: Document, *, closely: bool = False, asked: bool = False
) -> Document:
    """Return a document with the numbers of one sample before what the gradient is for.

    With one equation from afar and from near where it is told `closely`. As it is where it is no story of a network,
    or an excerpt of one, where the network is too large to be read, and where its functions have no value at the
    numbers that are drawn. Where they are `asked` for, an excerpt has them, too.

    Raises SpecError where there are none of those that are asked for."""
    told = TOLD if isinstance(derivation, Derivation) else OF_PROGRAMS
    if not asked and not {*told} <= {*document.sections}:
        return document
    if not (asked or closely or told is TOLD):  # a lecture about a program is long without them
        return document
    if isinstance(derivation, Derivation):
        blocks = _of_chain(derivation, document, closely=closely)
    else:
        blocks = _of_program(derivation, document, closely=closely)
    if not blocks and asked:
        raise SpecError("only: this network has no numbers that could be read; take fewer neurons, or smaller sizes")
    heads = (n for n, each in enumerate(document.blocks) if isinstance(each, Heading) and each.key in (BEFORE, AFTER))
    place = next(heads, len(document.blocks))
    before, after = document.blocks[:place], document.blocks[place:]
    return replace(document, blocks=(*before, *blocks, *after))


def _of_program(derivation: ProgramDerivation, document: Document, *, closely: bool) -> tuple[Block, ...]:
    """Return the numbers along the path of one entry; nothing where they are too many, or are none."""
    from symbackprop.exposition.example.programpath import path_of
    from symbackprop.exposition.story.program.telling import ProgramTelling

    try:
        path = path_of(ProgramTelling(derivation, language_of(document), convention=document.convention))
    except SymbackpropError:
        return ()
    return () if path is None else path.blocks(closely=closely)


def _of_chain(derivation: Derivation, document: Document, *, closely: bool) -> tuple[Block, ...]:
    """Return the numbers of a chain of dense layers; nothing where they are too many, or are none."""
    numbers = _drawn(derivation)
    if numbers is None:
        return ()
    telling = Telling(derivation, language_of(document), convention=document.convention)
    sheet = Sheet(telling, (Stage((numbers,), S.One),), DIGITS, Rational(1, 2))
    x, y = notation.activation(0), notation.target()
    w = network_picture(derivation.network).weight
    given = {name: Formula((Named(each), sheet.array(each)), ("=",)) for name, each in (("x", x), ("y", y))}
    return along(sheet, telling.prose("numbers.forward", w=w, **given), closely=closely)


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
