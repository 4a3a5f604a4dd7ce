"""`symbackprop derive`: the equations on the screen, the whole derivation in files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import click

from symbackprop.cli.checking import SAMPLES, checked
from symbackprop.cli.command import command, under
from symbackprop.cli.documents import Asked, document_options, formats_of
from symbackprop.cli.outcome import CHECK_FAILED, accept_input
from symbackprop.cli.request import Request, network_options, request, seed_option
from symbackprop.cli.screen import Screen, hanging
from symbackprop.cli.speech import worded
from symbackprop.cli.wishes import Wishes
from symbackprop.cli.writing import Delivery

if TYPE_CHECKING:
    from symbackprop.calculus.backpropagation import Derivation
    from symbackprop.calculus.reverse import ProgramDerivation
    from symbackprop.cli.partials import Derivatives
    from symbackprop.exposition.document import CheckRow
    from symbackprop.exposition.formats import Files, Format

BUDGET = 20_000  # operations; that of network.composition, which cannot be imported before a command runs

_shown = under("On the screen")


@command(
    "derive",
    place=1,
    examples=(
        ("symbackprop derive", "The built-in network 2-3-1: its equations, and the derivation in output/2-3-1/."),
        (
            "symbackprop derive 784-30-10 -a sigmoid,softmax -c cross_entropy --to all --lang es",
            "Another network, told in Spanish, in every format that this installation can make.",
        ),
        ("symbackprop derive network.toml --to latex --stdout", "The article alone, to standard output."),
        ("symbackprop derive attention", "Equations between arrays: a shipped example, or a file such as block.eq."),
        ("symbackprop derive --partial w_1_2_1 --expanded", "One derivative, in weights, biases, input and target."),
    ),
)
@network_options
@document_options
@click.option(
    "--fragment",
    cls=under("Output", beside=("partials",)),
    is_flag=True,
    help="LaTeX as files for a document of yours: a chapter, every equation, the pictures.",
)
@click.option(
    "--check",
    cls=under("Numbers", beside=("partials",)),
    is_flag=True,
    help="Make the checks of verify, and put them into the documents.",
)
@seed_option("check")
@click.option(
    "--notation",
    cls=under("Document", beside=("partials",)),
    metavar="STYLE[,…]",
    help="How equations are written: index, matrix, rows, columns or scalar.  [default: index,matrix]",
)
@click.option(
    "--partial",
    "partials",
    cls=_shown,
    multiple=True,
    metavar="NAME",
    help="Only this one: w_LAYER_J_K or b_LAYER_J, of other networks Wh_1_2 or Wh[1,2]; with --to as a document, its "
    "steps included.",
)
@click.option(
    "--expanded",
    cls=under("On the screen", needs=("partials",)),
    is_flag=True,
    help="With --partial: without δ, z, a or whatever is computed.",
)
@click.option(
    "--max-operations",
    cls=under("On the screen", needs=("expanded",)),
    type=click.IntRange(1),
    metavar="N",
    default=BUDGET,
    show_default=True,
    help="With --expanded: how long the formula may become.",
)
def derive(
    *,
    notation: str | None,
    fragment: bool,
    partials: tuple[str, ...],
    expanded: bool,
    max_operations: int,
    check: bool,
    seed: int | None,
) -> int:
    """Derive the equations of backpropagation, each step checked.

    Shows the four equations for any network and for this one, and writes the whole derivation to output/.

    NETWORK is a shape such as 784-30-10, a file .toml, .json or .eq, the name of an example of equations such as
    attention, or left out: 2-3-1."""
    asked = Asked.here()
    wanted = request(title=asked.title)
    wishes = asked.wishes(wanted.spec, notation)
    formats, lacking = formats_of(asked.to)
    if fragment:
        if not any(each.name == "latex" for each in formats):
            where = ", ".join(each.name for each in formats)
            raise click.UsageError(f"--fragment changes nothing in {where}; try --to latex, or leave it out")
        wishes = replace(wishes, options=replace(wishes.options, fragment=wanted.place))
    if partials:
        from symbackprop.cli.partials import Derivatives

        told = Derivatives(partials, max_operations if expanded else None)
        if "to" not in asked.typed:
            asked.check_effect((), wishes.options)
            return _show_partials(wanted, wishes, told)
        asked.check_effect(formats, wishes.options)
        delivery = Delivery.of(asked, wanted, (formats, lacking), (told.name, wishes.language))
        return _write_partials(wanted, wishes, told, delivery)
    checks_from = wanted.seed(seed) if check else None
    asked.check_effect(formats, wishes.options)
    delivery = Delivery.of(asked, wanted, (formats, lacking), ("", wishes.language))
    deliver = _pour_out if asked.stdout else _show_and_write
    return deliver(wanted, wishes, delivery, checks_from=checks_from)


def _show_partials(wanted: Request, wishes: Wishes, told: Derivatives) -> int:
    """Write each derivative on a line of its own, which a terminal gets in lines that fit."""
    from symbackprop.calculus.backpropagation import derive as derived
    from symbackprop.cli.sheet import broken

    screen = Screen.of_process()
    derivation, pen = derived(wanted.said), wishes.pen(screen)
    for formula in told.formulas(derivation, pen):
        fits = broken(formula, screen.width) if screen.out.is_terminal and pen.unicode else [formula]
        screen.say("\n".join(fits))
    return 0


def _write_partials(wanted: Request, wishes: Wishes, told: Derivatives, delivery: Delivery) -> int:
    """Write what is told about the derivatives in the formats that were asked for."""
    from symbackprop.calculus.backpropagation import derive as derived
    from symbackprop.exposition.rendering import files_of

    wishes.check()
    derivation = derived(wanted.said)
    document = told.document(derivation, wishes)

    def made(chosen: Format) -> Files:
        return files_of(derivation, document, chosen.name, options=wishes.options)

    if delivery.stdout:
        delivery.pour_out(made)
        return 0
    screen = Screen.of_process()

    def show() -> None:
        for formula in told.formulas(derivation, wishes.pen(screen)):
            screen.say(formula)

    delivery.write(screen, made, show)
    return 0


def _pour_out(wanted: Request, wishes: Wishes, delivery: Delivery, *, checks_from: int | None) -> int:
    """Write the main file of one format to standard output."""
    from symbackprop.calculus.backpropagation import derive as derived

    accept_input()
    checks = () if checks_from is None else _checks(Screen.of_process(), wanted, seed=checks_from)
    delivery.pour_out(lambda chosen: wishes.files(derived(wanted.said), chosen.name, checks))
    return _status(checks)


def _show_and_write(wanted: Request, wishes: Wishes, delivery: Delivery, *, checks_from: int | None) -> int:
    """Write the documents to their folder, and the equations to the screen."""
    from symbackprop.calculus.backpropagation import derive as derived
    from symbackprop.exposition.narration import laid_out

    wishes.check(wanted.said)
    screen = Screen.of_process()
    derivation, _ = laid_out(derived(wanted.said), (), only=wishes.only)
    checks = _checks(screen, wanted, seed=checks_from)
    evidence = " ".join(map(worded, (*_evidence(len(derivation.steps), checks), "Written:")))
    delivery.write(
        screen,
        lambda chosen: wishes.files(derivation, chosen.name, checks),
        partial(_show, screen, derivation, wishes),
        said=("", hanging(evidence, screen.width)),
    )
    return _status(checks)


def _show(screen: Screen, derivation: Derivation | ProgramDerivation, wishes: Wishes) -> None:
    """Write the equations to the screen."""
    from symbackprop.calculus.reverse import ProgramDerivation
    from symbackprop.cli.sheet import show_equations
    from symbackprop.exposition.mathtext.convention import USUAL

    pen = wishes.pen(screen)
    if isinstance(derivation, ProgramDerivation):
        from symbackprop.cli.programs import show_program  # loads NumPy, and what reads equations

        show_program(screen, derivation, wishes.notations or USUAL.notations, pen, only=wishes.only)
    else:
        show_equations(screen, derivation, wishes.notations or wishes.convention.notations, pen)


def _checks(screen: Screen, wanted: Request, *, seed: int | None) -> tuple[CheckRow, ...]:
    """Return the numeric checks of the network, or none where they were not asked for."""
    from symbackprop.exposition.document import check_rows

    return () if seed is None else check_rows(checked(wanted.said, screen, samples=SAMPLES, seed=seed))


def _evidence(steps: int, checks: Sequence[CheckRow]) -> Iterator[str]:
    """Yield what was checked, a sentence each."""
    yield f"Derived in {steps} steps, each of them checked."
    if checks:
        failed = [check.what for check in checks if not check.ok]
        numbers = f"FAILED beside {', '.join(failed)}" if failed else "all passed"
        yield f"The numbers of its code were checked, too: {numbers}."


def _status(checks: Sequence[CheckRow]) -> int:
    return 0 if all(check.ok for check in checks) else CHECK_FAILED
