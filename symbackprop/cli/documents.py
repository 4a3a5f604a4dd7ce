"""The documents that a derivation is told in: what may be asked of them, and their files.

--to latex,markdown     the names of formats; 'all' for every one that this installation can make
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from symbackprop.cli.command import under
from symbackprop.cli.letters import pairs_of, symbols_of
from symbackprop.cli.wishes import Wishes
from symbackprop.exposition.levels import LEVELS
from symbackprop.exposition.options import CHOICES
from symbackprop.frozen import dataclass

if TYPE_CHECKING:
    from symbackprop.exposition.formats import Format
    from symbackprop.exposition.options import Options
    from symbackprop.network.spec import Spec

DEFAULT_FORMATS = "latex,markdown"
EVERY_FORMAT = "all"
LARGEST_TEMPLATE = 64 * 2**20  # bytes: designs with photographs in them have tens of millions

Function = TypeVar("Function", bound=Callable[..., Any])

_document, _output = under("Document"), under("Output")
_selecting = under("Document", beside=("partials",))  # a derivative alone has neither levels nor sections
_folder = under("Output", beside=("stdout",))
_SHOWN = frozenset({"symbols", "weights", "convention", "decimal", "lang"})  # what acts on the screen alone
_ANYWHERE = _SHOWN | {"to", "output", "force", "stdout"}  # what acts whatever is written
# what the options with a closed set of answers do; the answers themselves are those of exposition.options
_CHOICES_HELP = {
    "flavour": "Whose Markdown is written",
    "steps": "A line of a derivation appears on each of the",
    "aspect": "The shape of slides where no template says it",
    "fallback": "What a program shows that knows no native equations",
    "decimal": "The sign before decimals",
}


def document_options(function: Function) -> Function:
    """Give a command the options that say which documents are written, how, and where; `Asked.here` has them."""
    return document_options_without()(function)


def document_options_without(*names: str, to: str | None = DEFAULT_FORMATS) -> Callable[[Function], Function]:
    """Return what gives a command the options for documents, but for those that it has a way of its own to ask for.

    `to` are the formats where none are asked for; None for no document."""

    def given(function: Function) -> Function:
        for add in _document_options(names, to):
            function = add(function)
        return function

    return given


def _kept(context: click.Context, option: click.Parameter, value: object) -> None:
    """Keep the value of an option for documents: a command takes them all as one."""
    context.meta.setdefault(__name__, {})[option.name] = value


_option = partial(click.option, expose_value=False, callback=_kept)


def _document_options(without: Sequence[str], to: str | None) -> Sequence[Callable[[Function], Function]]:
    choices = [
        _option(
            f"--{name}",
            cls=_output,
            type=click.Choice(answers),
            default=answers[0],
            metavar="WORD",
            show_default=True,
            help=f"{_CHOICES_HELP.get(name, name)}: {', '.join(answers)}.",
        )
        for name, answers in CHOICES.items()
        if name not in without
    ]
    return (
        _option("--template", cls=_output, metavar="FILE", help="A .pptx of yours, whose design slides keep."),
        *reversed(choices),
        _option("--stdout", cls=_output, is_flag=True, help="One format to standard output, and nothing else."),
        _option("--force", cls=_folder, is_flag=True, help="Replace files that symbackprop did not write."),
        _option("-o", "--output", cls=_folder, metavar="DIR", help="Where files go.  [default: output/NAME]"),
        _option(
            "--to",
            cls=_output,
            metavar="FORMAT[,…]",
            default=to,
            show_default=to is not None,
            help="Formats with commas between (symbackprop list formats), or 'all'.",
        ),
        *_telling_options(without),
    )


def _telling_options(without: Sequence[str]) -> Sequence[Callable[[Function], Function]]:
    """Return the options about what is told, and how."""
    selecting = (
        _option(
            "--only",
            cls=_selecting,
            metavar="NAME[,…]",
            help="Sections and equations with commas between, nothing else is told: back,BP2 (symbackprop list "
            "sections).",
        ),
        _option(
            "--level",
            cls=_selecting,
            type=click.Choice(LEVELS),
            metavar="WORD",
            help=f"How much is told: {', '.join(LEVELS)}.  [default: lecture on slides, full on paper]",
        ),
    )
    return (
        *(() if "level" in without else selecting),
        _option(
            "--convention",
            cls=_document,
            metavar="NAME",
            help="Whose notation: nielsen, ng, bishop or pytorch (symbackprop list conventions).",
        ),
        _option("--weights", cls=_document, metavar="LETTER", help="The letter of weights: short for w=LETTER."),
        _option(
            "--symbols",
            cls=_document,
            multiple=True,
            metavar="OLD=NEW[,…]",
            help="Rename letters: delta=e, or 'a=\\hat{y}'.",
        ),
        _option(
            "--colours",
            cls=_document,
            multiple=True,
            metavar="PART=#RRGGBB[,…]",
            help="Other colours of cost, activation, input or error: cost=#AA0000.",
        ),
        _option("--date", cls=_document, metavar="TEXT", help="The date, as it is to be shown."),
        _option("--author", cls=_document, metavar="TEXT", help="Who signs."),
        _option("--title", cls=_document, metavar="TEXT", help="The title, instead of one made from the shape."),
        _option(
            "--lang", cls=_document, metavar="CODE", help="The language (symbackprop list languages).  [default: en]"
        ),
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed about the documents: the options of `document_options`, by their names."""

    lang: str | None
    title: str | None
    author: str | None
    date: str | None
    symbols: tuple[str, ...]
    weights: str | None
    convention: str | None
    colours: tuple[str, ...]
    to: str | None
    output: str | None
    force: bool
    stdout: bool
    flavour: str
    aspect: str
    fallback: str
    decimal: str
    template: str | None
    steps: str = CHOICES["steps"][0]
    typed: frozenset[str] = frozenset()  # the names of the options that are not left as they are
    level: str | None = None
    only: str | None = None

    @classmethod
    def here(cls) -> Asked:
        """Return what was typed for the command that is running."""
        context = click.get_current_context()
        given = context.meta[__name__]
        typed = {name for name in given if context.get_parameter_source(name) is ParameterSource.COMMANDLINE}
        return cls(**given, typed=frozenset(typed))

    def check_effect(self, formats: Sequence[Format], options: Options, *, screen: str = "a derivative") -> None:
        """Raise UsageError for an option that was typed and changes nothing of what is written or shown.

        `formats` are those that are written; `screen` is what is shown where there is none, which has letters and a
        language: 0.5 and otherwise are words of it."""
        acting = set().union(_ANYWHERE, *(part.followed(options) for part in formats)) if formats else _SHOWN
        acting |= {"title"} if formats and not self.stdout else set()  # it stands on the screen, too
        for name in sorted(self.typed - acting):
            where = ", ".join(part.name for part in formats) if formats else f"{screen} on the screen"
            raise click.UsageError(f"--{name} changes nothing in {where}; {_advice(name, options)}leave it out")

    def wishes(self, spec: Spec, notation: str | None = None) -> Wishes:
        """Return how a derivation is to be told; where nothing was typed, the file of the network has its say.

        Raises SpecError as `symbols_of`, `check_letters`, `check_colours` and `read_bytes` do, UnknownNameError as
        `convention_of` does."""
        from symbackprop.exposition.conventions import convention_of
        from symbackprop.exposition.narration import styles_of
        from symbackprop.exposition.selection import names_of
        from symbackprop.exposition.symbols import check_letters, own_letters

        language = spec.language if self.lang is None else self.lang
        convention = convention_of(spec.convention if self.convention is None else self.convention)
        symbols = symbols_of(self.symbols, self.weights, spec.symbols)
        check_letters(symbols, convention)
        return Wishes(
            "en" if language is None else language,
            spec.author if self.author is None else self.author,
            spec.date if self.date is None else self.date,
            own_letters(spec.network, symbols, convention),
            self._options(spec.colours),
            spec.level if self.level is None else self.level,
            spec.only if self.only is None else names_of(self.only),
            convention,
            getattr(spec.network, "depth", None),
            () if notation is None else styles_of(notation),
        )

    def _options(self, colours: Mapping[str, str]) -> Options:
        from symbackprop.exposition.options import Options

        typed = pairs_of("colours", self.colours, "PART=#RRGGBB; try --colours cost=#AA0000")
        choices = {name: getattr(self, name) for name in CHOICES}
        options = Options(**choices, colours={**colours, **typed})
        if self.template is None:
            return options
        from symbackprop.files import read_bytes

        content = read_bytes(self.template, largest=LARGEST_TEMPLATE)
        return replace(options, template=content, template_name=Path(self.template).name)


def _advice(name: str, options: Options) -> str:
    """Return in which formats an option changes something, as what may be tried."""
    from symbackprop.exposition.formats import FORMATS

    following = [other for other in FORMATS if name in FORMATS[other].followed(options)]
    return f"try --to {following[0]}, or " if following else ""


def formats_of(to: str | None) -> tuple[tuple[Format, ...], tuple[Format, ...]]:
    """Return the formats that are asked for, if any, and those of 'all' that this installation cannot make.

    Raises UnknownNameError for a name that is no format, MissingExtraError for one that needs more packages."""
    from symbackprop.exposition.formats import FORMATS, check_installed

    if to is None:
        return (), ()
    names = [name.strip() for name in to.split(",")]
    if EVERY_FORMAT in names:
        every = [FORMATS[name] for name in dict.fromkeys((*filter(EVERY_FORMAT.__ne__, names), *FORMATS))]
        return tuple(part for part in every if not part.missing), tuple(part for part in every if part.missing)
    chosen = tuple(dict.fromkeys(FORMATS[name] for name in names))
    for part in chosen:
        check_installed(part)
    return chosen, ()
