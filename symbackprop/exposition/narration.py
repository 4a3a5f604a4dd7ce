"""The story of a derivation, told from the network's picture to the evidence, as a document for any format.

    narrate(derive(network), lang="es")  ->  Document

The order is that of the chapters below; the mathematics is the derivation's, the words are the language's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.equations import NOTATIONS
from symbackprop.exposition.conventions import convention_of
from symbackprop.exposition.document import Block, CheckRow, Display, Document, Formula
from symbackprop.exposition.languages import LANGUAGES, Language
from symbackprop.exposition.levels import Level, level_named
from symbackprop.exposition.mathtext.convention import USUAL, Convention
from symbackprop.exposition.mathtext.spoken import SPOKEN
from symbackprop.exposition.mathtext.style import Style
from symbackprop.exposition.named import equations_of, sides_of
from symbackprop.exposition.selection import EQUATIONS, Story, check_names, excerpt, names_of, told
from symbackprop.exposition.story import back, chainrule, descent, error, evidence, forward, links, opening, summary
from symbackprop.exposition.story.telling import Telling, shape_of
from symbackprop.exposition.symbols import check_apart, own_letters
from symbackprop.frozen import dataclass
from symbackprop.network.labels import check_label
from symbackprop.network.model import Network, dense_chain
from symbackprop.network.spec import texts

if TYPE_CHECKING:
    from symbackprop.calculus.reverse import ProgramDerivation
    from symbackprop.exposition.example.illustration import Illustration
    from symbackprop.exposition.story.program.telling import ProgramTelling

NAMING = ("reverse", "onepage")  # the sections of a program that say what the names for what repeats are
# the chapters by the key of their section, which is also what `only` calls it
CHAPTERS: Mapping[str, Callable[[Telling], Story]] = MappingProxyType(
    {
        "network": opening.tell,
        "forward": forward.tell,
        "chain": chainrule.tell,
        "links": links.tell,
        "error": error.tell,
        "back": back.tell,
        "equations": summary.tell,
        "descent": descent.tell,
        "evidence": evidence.tell,
    }
)
WORDS = ("figure", "table", "otherwise", "picture", "input", "layer", *SPOKEN)  # what a format has to say itself

OF_PROGRAMS = ("index", "matrix", "scalar")  # the notations of equations that are no chain of dense layers
NUMBERS = "numbers"  # a section of pages and slides, and wherever it is asked for
OF_BATCHES = ("rows", "columns")  # and what is asked for to see a batch of theirs, its samples along an axis

_NO_SYMBOLS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Labels:
    """What a document is called, and its language with the signs and the letters in it, each as in `narrate`."""

    lang: str = "en"
    title: str | None = None
    author: str | None = None
    date: str | None = None
    symbols: Mapping[str, str] = field(default_factory=lambda: _NO_SYMBOLS)
    decimal: str = "language"

    def __post_init__(self) -> None:
        """Refuse letters that are no text."""
        texts("symbols", self.symbols)

    def language(self, convention: Convention = USUAL) -> Language:
        """Return the language, with the names of things in a convention; raises UnknownNameError for another one."""
        return LANGUAGES[self.lang].with_decimal(self.decimal).with_names(convention.names)


UNLABELLED = Labels()


def for_samples(derivation: object, labels: Labels, convention: Convention) -> tuple[Labels, Convention]:
    """Return both as they are, or of a batch: then the cost has the letter of a batch's, unless one was asked for."""
    if not getattr(derivation, "samples", None):
        return labels, convention
    asked = {name: value for name, value in labels.symbols.items() if value != convention.symbols.get(name)}
    return replace(labels, symbols=asked), convention.of_batch


def narrate(
    derivation: Derivation | ProgramDerivation,
    *,
    lang: str = "en",
    title: str | None = None,
    author: str | None = None,
    date: str | None = None,
    symbols: Mapping[str, str] = _NO_SYMBOLS,
    checks: Sequence[CheckRow] = (),
    level: str | None = None,
    only: str | Sequence[str] = (),
    decimal: str = "language",
    convention: str | Mapping[str, Any] | Convention | None = None,
    notation: str | Sequence[str] = (),
) -> Document:
    """Return the story of a derivation in one language.

    `symbols` renames letters, {"delta": "e"}; `checks` are numeric checks to be shown at the end. `title` is that of
    the network, or one made from its shape, where none is given; without `date` none is shown. `level` is how much is
    told: 'lecture', 'full' or 'short', on paper 'full' and on slides 'lecture' where none is given. `only` names the
    sections and the equations that are told, such as "links,BP2" or ("links", "BP2"); without names it is all.
    `decimal` is the sign before decimals: that of the 'language', a 'comma' or a 'point'. `convention` is the name of
    one, such as "ng", or a table of one's own; `notation` names the styles in which equations are shown.
    Raises UnknownNameError for a language, a level, a section, an equation, a convention or a notation, SpecError for a
    title, an author or a symbol that cannot be shown."""
    only = names_of(only) if isinstance(only, str) else only
    own = convention_of(convention)
    labels = Labels(lang, title, author, date, symbols, decimal)
    derivation, styles = laid_out(derivation, styles_of(notation), own, only)
    labels, own = for_samples(derivation, labels, own)
    language = labels.language(own)
    telling, chapters = _told_by(derivation, labels.symbols, language, tuple(checks), own, styles)
    check_selection(level, only, derivation)
    if only and not isinstance(derivation, Derivation) and {*only}.isdisjoint(NAMING):
        telling = replace(telling, shortens=False)
    equations = EQUATIONS if isinstance(derivation, Derivation) else derivation.adjoints
    paper, slides = (level_named(name if level is None else level) for name in ("full", "lecture"))
    story = tuple(part for chapter in chapters.values() for part in chapter(telling))

    def blocks(level: Level) -> tuple[Block, ...]:
        return told(excerpt(story, only, level, equations) if only else story, level)

    alone = tuple(equations_alone(telling, [name for name in only if name not in (*chapters, NUMBERS, *equations)]))
    document = replace(bound(telling, (*blocks(paper), *alone), labels, kind="title"), only=tuple(sorted(only)))
    if paper != slides:
        document = replace(document, talk=(*blocks(slides), *alone))
    illustrate = _Illustrate(derivation)
    if NUMBERS in only:
        talk = None if document.talk is None else replace(document, blocks=document.talk)
        talk = talk and illustrate(talk, closely=False, asked=True)
        document = illustrate(document, closely=True, asked=True)
        return document if talk is None else replace(document, talk=talk.blocks)
    return replace(document, illustrated=illustrate)


def equations_alone(telling: Telling | ProgramTelling, names: Sequence[str]) -> Iterator[Block]:
    """Yield equations that no chapter has a place for, in the notations that are asked for or those of all stories."""
    if names:
        yield telling.section("named")
    known, mean = equations_of(telling.derivation), telling.convention.mean
    for name in names:
        for style in telling.notations or USUAL.notations:
            for sides in sides_of(telling.derivation, known[name], style, mean):
                yield Display(Formula(sides))


@dataclass(frozen=True)
class _Illustrate:
    """Puts numbers into a document: unless they are asked for, into pages and slides alone, which load what does it."""

    derivation: Derivation | ProgramDerivation

    def __call__(self, document: Document, *, closely: bool, asked: bool = False) -> Document:
        return self._illustration(document, closely=closely, asked=asked)

    @cached_property
    def _illustration(self) -> Illustration:
        from symbackprop.exposition.example.illustration import Illustration

        return Illustration(self.derivation)


def _told_by(
    derivation: Derivation | ProgramDerivation, symbols: Mapping[str, str], *said: Any
) -> tuple[Any, Mapping[str, Callable[[Any], Story]]]:
    """Return what the chapters are told with, and the chapters; those of programs are loaded for a program alone."""
    if not isinstance(derivation, Derivation):
        from symbackprop.exposition.story.program.chapters import PROGRAM_CHAPTERS
        from symbackprop.exposition.story.program.telling import ProgramTelling

        return replace(ProgramTelling(derivation, *said), symbols=symbols), PROGRAM_CHAPTERS
    return Telling(derivation, *said), CHAPTERS


def styles_of(notation: str | Sequence[str]) -> tuple[str, ...]:
    """Return the notation styles that are named, with commas between them; raises UnknownNameError for another one."""
    names = names_of(notation) if isinstance(notation, str) else notation
    return tuple(dict.fromkeys(map(NOTATIONS.canonical, names)))


def laid_out(
    derivation: Any, styles: Sequence[str], convention: Convention = USUAL, only: str | Sequence[str] = ()
) -> tuple[Any, tuple[str, ...]]:
    """Return what is told in some notations, and in which: of a program, in rows or columns, a batch in matrices.

    Without derivatives by values of targets and constants alone, which nobody needs, unless `only` asks for one.
    The convention says where the 1/m of the mean cost is, or that costs are added up. At the parameters it is where dZ
    has a name of its own: ∇_Z C is that of C.
    Raises UnknownNameError for a notation that is none."""
    batches = [style for style in styles if style in OF_BATCHES]
    if isinstance(derivation, Derivation):
        return derivation, tuple(styles)
    told = derivation.of_samples(batches[0], convention.mean_of_partials) if batches else derivation
    asked = names_of(only) if isinstance(only, str) else only
    if told.of_data and set(told.of_data).isdisjoint(asked):
        told = told.without(told.of_data)
    return told, tuple(dict.fromkeys("matrix" if style in OF_BATCHES else style for style in styles))


def check_selection(level: str | None, only: Sequence[str], said: object = None) -> None:
    """Raise UnknownNameError, with what there is, for a level, a section or an equation that is not there.

    `said` is the network or the derivation that is told; without it, a chain of dense layers."""
    if level is not None:
        level_named(level)
    if only:
        check_names(only, _selectable(said))


def _selectable(said: object) -> tuple[str, ...]:
    """Return the names of the sections and of the equations: of a program, those of its arrays."""
    if said is None or isinstance(said, Network | Derivation):
        return (*CHAPTERS, NUMBERS, *equations_of(said or dense_chain("2-3-1")))
    from symbackprop.exposition.story.program.chapters import PROGRAM_CHAPTERS

    return (*PROGRAM_CHAPTERS, NUMBERS, *equations_of(said))


def bound(telling: Telling | ProgramTelling, blocks: Iterable[Block], labels: Labels, *, kind: str) -> Document:
    """Return blocks as a document; `kind` is the sentence that a title is made of where none is given.

    Raises SpecError, before any block is made, for a label or a symbol that cannot be shown."""
    language, convention, symbols, depth = telling.language, telling.convention, labels.symbols, None
    if isinstance(telling, Telling):
        own, symbols = telling.network.title, own_letters(telling.network, symbols, convention)
        check_apart(symbols)
        depth = telling.network.depth
        made = "".join(map(str, language.say(kind, shape=shape_of(telling.network))))
    else:
        from symbackprop.exposition.story.program.layers import kinds_of_layers

        own = telling.derivation.title
        if telling.derivation.network is not None:
            symbols = own_letters(telling.derivation.network, symbols, convention)
            depth = getattr(telling.derivation.network, "depth", None)
        made = kinds_of_layers(telling) if telling.layers else language.words("title.program")
    return made_document(
        language,
        blocks,
        replace(labels, symbols=symbols),
        title=own or made,
        taken={} if isinstance(telling, Telling) else telling.program.names,
        manner=(convention, depth, telling.notations),
    )


def made_document(
    language: Language,
    blocks: Iterable[Block],
    labels: Labels,
    *,
    title: str,
    taken: Mapping[str, int],
    manner: tuple[Convention, int | None, tuple[str, ...]] = (USUAL, None, ()),
) -> Document:
    """Return blocks in one language as a document, with a `title` where none is among its labels.

    The title of an example that is shipped is one in the language. Raises SpecError for a label or a symbol that is
    none.

    `manner` are the convention, the number of the last layer, and the notations that were asked for."""
    Style(labels.symbols)
    convention, depth, notations = manner
    return Document(
        title=language.titled(title) if labels.title is None else check_label(labels.title, "title"),
        author=None if labels.author is None else check_label(labels.author, "author"),
        date=None if labels.date is None else check_label(labels.date, "date"),
        language=language.code,
        blocks=tuple(blocks),
        words=MappingProxyType({name: language.words(f"word.{name}") for name in WORDS} | language.number_signs),
        symbols=MappingProxyType(dict(labels.symbols)),
        taken=taken,
        convention=convention,
        depth=depth,
        notations=notations,
    )
