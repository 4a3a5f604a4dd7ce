"""The documents that a derivation is told in: what may be asked of them, and their files.

--to latex,markdown     the names of formats; 'all' for every one that this installation can make
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from symbackprop.cli.command import under
from symbackprop.cli.request import pairs_of
from symbackprop.exposition.options import CHOICES

if TYPE_CHECKING:
    from symbackprop.calculus.backpropagation import Derivation
    from symbackprop.exposition.document import CheckRow
    from symbackprop.exposition.formats import Format
    from symbackprop.exposition.options import Options
    from symbackprop.network.spec import Spec

__all__ = ["Wishes", "colours_of", "document_options", "document_options_without", "formats_of", "options_of"]

DEFAULT_FORMATS = "latex,markdown"
EVERY_FORMAT = "all"
LARGEST_TEMPLATE = 64 * 2**20  # bytes: designs with photographs in them have tens of millions

Function = TypeVar("Function", bound=Callable[..., Any])

_document, _output = under("Document"), under("Output")
# what the options with a closed set of answers do; the answers themselves are those of exposition.options
_CHOICES_HELP = {
    "flavour": "Whose Markdown is written",
    "steps": "A line of a derivation appears on each of the",
    "aspect": "The shape of slides where no template says it",
    "fallback": "What a program shows that knows no native equations",
}


def document_options(function: Function) -> Function:
    """Give a command the options that say which documents are written, how, and where."""
    return document_options_without()(function)


def document_options_without(*names: str) -> Callable[[Function], Function]:
    """Return what gives a command the options for documents, but for those that it has a way of its own to ask for."""

    def given(function: Function) -> Function:
        for add in _document_options(names):
            function = add(function)
        return function

    return given


def _document_options(without: Sequence[str]) -> Sequence[Callable[[Function], Function]]:
    choices = [
        click.option(
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
        click.option("--template", cls=_output, metavar="FILE", help="A .pptx of yours, whose design slides keep."),
        *reversed(choices),
        click.option("--stdout", cls=_output, is_flag=True, help="One format to standard output, and nothing else."),
        click.option("--force", cls=_output, is_flag=True, help="Replace files that symbackprop did not write."),
        click.option("-o", "--output", cls=_output, metavar="DIR", help="Where files go.  [default: output/NAME]"),
        click.option(
            "--to",
            cls=_output,
            metavar="FORMAT[,…]",
            default=DEFAULT_FORMATS,
            show_default=True,
            help="Formats with commas between (symbackprop list formats), or 'all'.",
        ),
        click.option("--weights", cls=_document, metavar="LETTER", help="The letter of weights: short for w=LETTER."),
        click.option(
            "--symbols",
            cls=_document,
            multiple=True,
            metavar="OLD=NEW[,…]",
            help="Rename letters: delta=e, or 'a=\\hat{y}'.",
        ),
        click.option(
            "--colours",
            cls=_document,
            multiple=True,
            metavar="PART=#RRGGBB[,…]",
            help="Other colours of cost, activation, input or error: cost=#AA0000.",
        ),
        click.option("--date", cls=_document, metavar="TEXT", help="The date, as it is to be shown."),
        click.option("--author", cls=_document, metavar="TEXT", help="Who signs."),
        click.option("--title", cls=_document, metavar="TEXT", help="The title, instead of one made from the shape."),
        click.option(
            "--lang", cls=_document, metavar="CODE", help="The language (symbackprop list languages).  [default: en]"
        ),
    )


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a derivation is to be told."""

    language: str
    author: str | None
    date: str | None
    symbols: Mapping[str, str]
    options: Options

    @classmethod
    def of(
        cls,
        spec: Spec,
        *,
        lang: str | None,
        author: str | None,
        date: str | None,
        symbols: Mapping[str, str],
        options: Options,
    ) -> Wishes:
        """Return what was asked for, and where nothing was, what the file of the network says."""
        language = spec.language if lang is None else lang
        return cls(
            "en" if language is None else language,
            spec.author if author is None else author,
            spec.date if date is None else date,
            symbols,
            options,
        )

    def check(self) -> None:
        """Raise now what would be raised when the documents are told: what is no language, what cannot be shown."""
        from symbackprop.exposition.languages import LANGUAGES
        from symbackprop.exposition.mathtext.style import Style
        from symbackprop.network.labels import check_label

        LANGUAGES.canonical(self.language)
        Style(self.symbols)
        for what, label in (("author", self.author), ("date", self.date)):
            if label is not None:
                check_label(label, what)

    def files(self, derivation: Derivation, format: str, checks: Sequence[CheckRow] = ()) -> Mapping[str, str | bytes]:
        """Return the files of one format; raises as `render_files` does."""
        from symbackprop.exposition.rendering import render_files

        return render_files(
            derivation,
            format,
            lang=self.language,
            author=self.author,
            date=self.date,
            symbols=self.symbols,
            checks=checks,
            options=self.options,
        )


def formats_of(to: str) -> tuple[tuple[Format, ...], tuple[Format, ...]]:
    """Return the formats that are asked for, and those of 'all' that this installation cannot make.

    Raises UnknownNameError for a name that is no format, MissingExtraError for one that needs more packages."""
    from symbackprop.exposition.formats import FORMATS, check_installed

    names = [name.strip() for name in to.split(",")]
    if EVERY_FORMAT in names:
        every = [FORMATS[name] for name in FORMATS]
        return tuple(part for part in every if not part.missing), tuple(part for part in every if part.missing)
    chosen = tuple(dict.fromkeys(FORMATS[name] for name in names))
    for part in chosen:
        check_installed(part)
    return chosen, ()


def colours_of(given: tuple[str, ...]) -> dict[str, str]:
    """Return {"cost": "#AA0000"} from texts such as 'cost=#AA0000,error=#0000AA'; raises SpecError for another form."""
    return pairs_of("colours", given, "PART=#RRGGBB; try --colours cost=#AA0000")


def options_of(
    template: str | None, colours: Mapping[str, str], *, flavour: str, steps: str, aspect: str, fallback: str
) -> Options:
    """Return the wishes for the output, with the content of the template.

    Raises SpecError as `read_bytes` and `check_colours` do."""
    from symbackprop.exposition.options import Options
    from symbackprop.files import read_bytes

    options = Options(flavour=flavour, steps=steps, aspect=aspect, fallback=fallback, colours=colours)
    if template is None:
        return options
    content = read_bytes(template, largest=LARGEST_TEMPLATE)
    return replace(options, template=content, template_name=Path(template).name)
