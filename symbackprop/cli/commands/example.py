"""`symbackprop example`: backpropagation by hand, with the numbers of one sample, on the screen and in documents."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from symbackprop.cli.command import command, under
from symbackprop.cli.documents import Wishes, colours_of, document_options_without, formats_of, options_of
from symbackprop.cli.folder import listed
from symbackprop.cli.request import network_options, seed_option, symbols_of
from symbackprop.cli.screen import Pen, Screen, hanging, write_raw
from symbackprop.cli.worked import Worked, asked
from symbackprop.errors import MissingExtraError

if TYPE_CHECKING:
    from symbackprop.exposition.document import Document
    from symbackprop.exposition.formats import Files, Format

__all__: list[str] = []

MOST_STEPS = 20
DIGITS = (2, 4, 12)  # fewest, if nothing is said, most: those of exposition.example.narration
SHOWN_ON = ("clicks", "slides")

_numbers = under("Numbers")


class _Steps(click.ParamType[int | str]):
    """A number of steps of gradient descent, or on what a line of slides appears."""

    name = "steps"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        """Return a number from 0 to MOST_STEPS, or one of the two words."""
        text = str(value)
        if text in SHOWN_ON:
            return text
        if text.isascii() and text.isdigit() and len(text) < 4 and int(text) <= MOST_STEPS:
            return int(text)
        self.fail(f"{text[:40]!a} is neither a number from 0 to {MOST_STEPS} nor clicks or slides", param, ctx)


@command(
    "example",
    place=4,
    examples=(
        (
            "symbackprop example",
            "A 2-2-2 network with the numbers of a file that is shipped, in output/2-2-2-example/.",
        ),
        ("symbackprop example 3-4-2 -a relu,softmax -c cross_entropy --seed 7", "Another one, with pleasant numbers."),
        ("symbackprop example --values values.toml --steps 3 --to latex,beamer", "Your numbers, and three updates."),
    ),
)
@network_options
@document_options_without("steps")
@click.option(
    "--values", cls=_numbers, metavar="FILE", help="Your numbers, .toml or .json; each run writes a values.toml."
)
@seed_option
@click.option(
    "--digits",
    cls=_numbers,
    type=click.IntRange(DIGITS[0], DIGITS[2]),
    metavar="N",
    default=DIGITS[1],
    show_default=True,
    help="Significant digits of the numbers that are rounded.",
)
@click.option(
    "--steps",
    cls=_numbers,
    type=_Steps(),
    multiple=True,
    metavar="N",
    help="Steps of gradient descent after the first pass; or clicks, slides: what a line of slides appears on.",
)
def example(
    *,
    network: str | None,
    activation: str | None,
    cost: str | None,
    lang: str | None,
    title: str | None,
    author: str | None,
    date: str | None,
    symbols: tuple[str, ...],
    weights: str | None,
    colours: tuple[str, ...],
    to: str,
    output: str | None,
    force: bool,
    stdout: bool,
    flavour: str,
    steps: tuple[int | str, ...],
    aspect: str,
    fallback: str,
    template: str | None,
    values: str | None,
    seed: int | None,
    digits: int,
) -> int:
    """Work one sample through with numbers.

    The forward pass, the backward pass and, with --steps, some steps of gradient descent, each line as
    formula = formula with numbers = value. Numbers are rounded where they are shown and nowhere else.

    NETWORK is a small shape such as 3-4-2, a file .toml or .json, or left out: that of the numbers."""
    wanted, numbers = asked(network, values, seed, {"activation": activation, "cost": cost, "title": title})
    shown_on = next((word for word in reversed(steps) if isinstance(word, str)), SHOWN_ON[0])
    chosen = {**wanted.spec.colours, **colours_of(colours)}
    options = options_of(template, chosen, flavour=flavour, steps=shown_on, aspect=aspect, fallback=fallback)
    letters = symbols_of(symbols, weights, wanted.spec.symbols)
    wishes = Wishes.of(wanted.spec, lang=lang, author=author, date=date, symbols=letters, options=options)
    made = Worked.of(wanted, numbers, sum(number for number in steps if isinstance(number, int)))
    if stdout:
        return _pour_out(made, wishes, to, digits)
    folder = wanted.folder(output) if output is not None else f"{wanted.folder(None)}-example"
    return _show_and_write(made, wishes, to, digits=digits, folder=folder, force=force)


def _pour_out(made: Worked, wishes: Wishes, to: str, digits: int) -> int:
    """Write the main file of one format to standard output, byte by byte."""
    from symbackprop.exposition.rendering import files_of

    formats, _ = formats_of(to)
    if len(formats) != 1:
        raise click.UsageError(f"--stdout wants one format, got {len(formats)}; try --stdout --to latex")
    (chosen,) = formats
    document = made.told(wishes, digits)
    content = files_of(made.derivation, document, chosen.name, options=wishes.options)[chosen.main]
    if isinstance(content, bytes) and sys.stdout.isatty():
        raise click.UsageError(f"{chosen.name} is not text for a terminal; try > {chosen.main}")
    write_raw(content)
    return made.status


def _show_and_write(made: Worked, wishes: Wishes, to: str, *, digits: int, folder: str, force: bool) -> int:
    """Write the lines to the screen, then the documents to their folder."""
    from symbackprop.exposition.rendering import files_of
    from symbackprop.files import write_all

    formats, lacking = formats_of(to)
    wishes.check()
    screen = Screen.of_process()
    document = made.told(wishes, digits)
    screen.title(document.title)
    for line in _lines(document, screen.pen(wishes.symbols), screen.width):
        screen.say(line)
    screen.say()
    _say_evidence(screen, made, digits)
    parts: dict[Format, Files] = {}
    with screen.working("writing") as told:
        for chosen in formats:
            told(f"writing {chosen.name}", 1)
            parts[chosen] = files_of(made.derivation, document, chosen.name, options=wishes.options)
    files = {name: content for part in parts.values() for name, content in part.items()}
    write_all(folder, {**files, "values.toml": made.values.text}, force=force)
    names = {c.name: (c.main, *(name for name in part if name != c.main)) for c, part in parts.items()}
    screen.say("Written:")
    for line in listed(folder, {**names, "numbers": ("values.toml",)}, screen.width):
        screen.say(line)
    for chosen in lacking:
        needed, advice = ", ".join(chosen.missing), MissingExtraError.advice("export")
        screen.say(f"Not made: {chosen.name}, which needs {needed}; try: {advice}", "dim")
    return made.status


def _say_evidence(screen: Screen, made: Worked, digits: int) -> None:
    """Write what became of the cost, and how the numbers compare with those of witnesses."""
    from symbackprop.exposition.example.terms import rounded

    if len(made.stages) > 1:
        costs = " ".join(str(rounded(stage.cost, digits)) for stage in made.stages)
        screen.say(hanging(f"The cost, at first and after each step: {costs}", screen.width, rest="  "))
    for check in made.checks:
        verdict = "passed" if check.ok else "FAILED"
        screen.say(f"Compared with {check.what}: error {check.error:.1e}, allowed {check.tolerance:.0e}, {verdict}.")


def _lines(document: Document, pen: Pen, width: int) -> Iterator[str]:
    """Yield what a terminal shows of an example: headings, and the lines about single numbers."""
    from symbackprop.calculus.matrices import Matrix
    from symbackprop.exposition.document import Heading, Steps, lefts_of
    from symbackprop.exposition.slides.richtext import plain

    heading: Sequence[str] = ()
    for block in document.blocks:
        if isinstance(block, Heading):
            heading = (*(heading if block.level > 1 and len(heading) < 3 else ("",)), plain(block.text, document))
        if isinstance(block, Steps) and block.key != "definitions":
            lines = [(left, line) for left, line in zip(lefts_of(block), block.lines, strict=True)]
            if shown := [pen.line(left, line.sign, line.right) for left, line in lines if not isinstance(left, Matrix)]:
                yield from heading
                yield from (part for text in shown for part in _broken(f"  {text}", width))
                heading = ()


def _broken(text: str, width: int) -> Iterator[str]:
    """Yield a line, or where it is too long its parts, each but the first beginning with its sign."""
    if len(text) <= width:
        yield text
        return
    left, right, *others = re.split(r" (?=(?:[=≈←]|\\approx|\\leftarrow) )", text)
    yield f"{left} {right}"
    yield from (f"      {part}" for part in others)
