"""`symbackprop example`: backpropagation by hand, with the numbers of samples, on the screen and in documents."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from symbackprop.cli.command import command, under
from symbackprop.cli.documents import Asked, document_options_without, formats_of
from symbackprop.cli.request import network_options, seed_option
from symbackprop.cli.screen import Screen, hanging
from symbackprop.cli.speech import numeral, worded
from symbackprop.cli.wishes import Wishes
from symbackprop.cli.writing import Delivery

if TYPE_CHECKING:
    from symbackprop.cli.worked import Worked, WorkedProgram
    from symbackprop.exposition.formats import Files, Format

MOST_STEPS = 20
DIGITS = (2, 4, 12)  # fewest, if nothing is said, most: those of exposition.example.narration
NUMBERS = "values.toml"
SHOWN_ON = ("clicks", "slides")

_numbers = under("Numbers")


class _Steps(click.ParamType):  # type: ignore[type-arg]  # click has no brackets before 8.4
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
        ("symbackprop example rnn", "A program of equations, array by array, and one update."),
    ),
)
@network_options
@document_options_without("steps", "level")
@click.option(
    "--values", cls=_numbers, metavar="FILE", help="Your numbers, .toml or .json; each run writes a values.toml."
)
@seed_option()
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
def example(*, steps: tuple[int | str, ...], values: str | None, seed: int | None, digits: int) -> int:
    """Work one sample, or a small batch, through with numbers.

    The forward pass, the backward pass and, with --steps, some steps of gradient descent, each line as
    formula = formula with numbers = value. Numbers are rounded where they are shown and nowhere else. Of a batch,
    x and y of --values with a row for each sample, every sample is worked through, then the means.

    Of other layers and of equations, --values has an array for each that nothing computes, of a batch with a row for
    each sample; where drawn ones would be too many, sizes that are letters are smaller. One step is taken where nothing
    is said.

    NETWORK is a small shape such as 3-4-2, a layer line, a file .toml, .json or .eq, or left out: that of the
    numbers."""
    from symbackprop.cli.worked import Worked, WorkedProgram, network_and_numbers
    from symbackprop.network.model import Network
    from symbackprop.network.values import Values

    asked = Asked.here()
    wanted, numbers = network_and_numbers(values, seed, asked.title)
    shown_on = next((word for word in reversed(steps) if isinstance(word, str)), asked.steps)
    words = {"steps"} if any(isinstance(step, str) for step in steps) else set()
    asked = replace(asked, steps=shown_on, typed=asked.typed | words)
    wishes = asked.wishes(wanted.spec)
    formats, lacking = formats_of(asked.to)
    asked.check_effect(formats, wishes.options)
    delivery = Delivery.of(asked, wanted, (formats, lacking), ("example", wishes.language))
    wishes.check()
    counts = [number for number in steps if isinstance(number, int)]
    made: Worked | WorkedProgram
    if isinstance(numbers, Values) and isinstance(wanted.said, Network):
        made = Worked.of(wanted.said, numbers, sum(counts), mean=wishes.convention.mean != "none")
    else:
        made = WorkedProgram.of(wanted, numbers, sum(counts) if counts else None, mean=wishes.convention.mean != "none")
    kept = {} if _is_there(values, delivery.folder) else {NUMBERS: made.values.text}
    return _shown(made, wishes, delivery, digits=digits, kept=kept)


def _is_there(values: str | None, folder: str) -> bool:
    """Tell whether the numbers come from the very file that would be written: what is read is left as it is."""
    written = os.path.join(folder, NUMBERS)
    return values is not None and os.path.exists(written) and os.path.samefile(values, written)


def _shown(
    made: Worked | WorkedProgram, wishes: Wishes, delivery: Delivery, *, digits: int, kept: Mapping[str, str]
) -> int:
    """Write one document to standard output, or the lines to the screen and the documents to their folder."""
    from symbackprop.cli.told import lines_of
    from symbackprop.exposition.rendering import files_of

    document = made.told(wishes, digits)

    def files(chosen: Format) -> Files:
        return files_of(made.derivation, document, chosen.name, options=wishes.options)

    if delivery.stdout:
        delivery.pour_out(files)
        return made.status
    screen = Screen.of_process()

    def show() -> None:
        screen.title(document.title)
        for line in lines_of(document, wishes.pen(screen), screen.width):
            screen.say(line)
        screen.say()
        _say_evidence(screen, made, wishes, digits)

    delivery.write(screen, files, show, others=kept)
    return made.status


def _say_evidence(screen: Screen, made: Worked | WorkedProgram, wishes: Wishes, digits: int) -> None:
    """Write what became of the cost, and how the numbers compare with those of witnesses."""
    from symbackprop.cli.sheet import named
    from symbackprop.exposition.example.terms import rounded

    if len(made.stages) > 1:
        costs = " ".join(str(rounded(stage.cost, digits)) for stage in made.stages)
        told = named(f"The cost, at first and after each step: {numeral(costs)}", wishes.pen(screen))
        screen.say(hanging(told, screen.width, rest="  "))
    for check in made.checks:
        verdict = "passed" if check.ok else "FAILED"
        error, allowed = numeral(f"{check.error:.1e}"), numeral(f"{check.tolerance:.0e}")
        screen.say(worded(f"Compared with {check.what}: error {error}, allowed {allowed}, {verdict}."))
