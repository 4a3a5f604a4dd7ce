"""`symbackprop diagnose`: which mistake explains somebody's numbers?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from symbackprop.cli.arrays import arrays_of, cost_of, number_of
from symbackprop.cli.command import command, under
from symbackprop.cli.documents import DEFAULT_FORMATS, Asked, document_options_without, formats_of
from symbackprop.cli.outcome import CHECK_FAILED
from symbackprop.cli.request import Request, network_options, request
from symbackprop.cli.screen import Screen
from symbackprop.cli.speech import worded
from symbackprop.cli.writing import Delivery
from symbackprop.errors import DataError, ExpressionError

if TYPE_CHECKING:
    from symbackprop.calculus.diagnosis import Diagnosis

LARGEST_DERIVATION = 2**18  # bytes
POINT = ("x", "y", "learning_rate")
MADE = "try --at values.toml, which symbackprop example writes"

_yours = under("Yours")


@command(
    "diagnose",
    place=5,
    examples=(
        ("symbackprop diagnose 2-2-2 --gradients mine.npz --at point.npz", "Derivatives of yours, at a point."),
        (
            "symbackprop diagnose 2-2-2 --cost-after 0.291027924 --learning-rate 0.5 --at point.toml",
            "The cost that you have after one update.",
        ),
        ("symbackprop diagnose 2-2-2 --function mine.py:gradient --at point.toml", "Runs your own function."),
        ("symbackprop diagnose block.eq --function kernel.py:backward", "Your backward pass of a block."),
        ("symbackprop diagnose 2-2-2 --lines derivation.txt", "Your own derivation, line by line."),
    ),
)
@network_options
@document_options_without("steps", "level", to=None)
@click.option(
    "--gradients",
    cls=_yours,
    metavar="FILE",
    help="Your derivatives: W1, b1, … in a file .npz, .toml or .json, or a folder of W1.csv, b1.csv, ….",
)
@click.option(
    "--updated",
    cls=_yours,
    metavar="FILE",
    help="Your parameters after updates, in files as --gradients; wants --learning-rate.",
)
@click.option("--cost-after", cls=_yours, metavar="COST", help="Your cost after updates; wants --learning-rate.")
@click.option(
    "--function",
    cls=_yours,
    metavar="FILE:NAME",
    help="Your function of (params, x, y) or (W1, b1, …, x, y), or class; the backward pass of a block.",
)
@click.option("--formula", cls=_yours, metavar="EQUATION", help="One line of yours: 'delta[2] = a[2] - y'.")
@click.option("--lines", cls=_yours, metavar="FILE", help="Your derivation, a text with an = in every line.")
@click.option("--at", cls=_yours, metavar="FILE", help="The point: x, y and the parameters, in files as --gradients.")
@click.option("--learning-rate", cls=_yours, type=float, metavar="RATE", help="How long the step of an update was.")
@click.option(
    "--steps",
    cls=_yours,
    type=click.IntRange(1, 1000),
    metavar="N",
    default=1,
    show_default=True,
    help="How many updates.",
)
def diagnose(
    *,
    gradients: str | None,
    updated: str | None,
    cost_after: str | None,
    function: str | None,
    formula: str | None,
    lines: str | None,
    at: str | None,
    learning_rate: float | None,
    steps: int,
) -> int:
    """Say which mistake explains your numbers.

    Compares your derivatives, your parameters after an update, or your cost after it, with the derived gradient, and
    with what it becomes when one or two of its equations are changed as people change them by mistake. Exits with 0
    if they are equal, up to digits, transposition or order, and with 1 for any other difference.

    NETWORK is a shape such as 2-2-2, a layer line, a file .toml, .json or .eq, or left out: 2-3-1."""
    given = {
        **{"--gradients": gradients, "--updated": updated, "--cost-after": cost_after},
        **{"--function": function, "--formula": formula, "--lines": lines},
    }
    named = [name for name, value in given.items() if value is not None]
    if len(named) != 1:
        raise click.UsageError(f"wanted one of {', '.join(given)}; got {', '.join(named) or 'none'}")
    is_text = named[0] in ("--formula", "--lines")
    if is_text and learning_rate is not None:
        raise click.UsageError("--learning-rate is of numbers; a derivation holds at every point")
    asked = Asked.here()
    wanted = request(title=asked.title)
    if at is None and not is_text and (function is None or not _is_block(wanted)):
        raise click.UsageError(f"--at is missing: the file with x, y and the parameters; {MADE}")
    wishes = asked.wishes(wanted.spec)
    formats = formats_of(asked.to or (DEFAULT_FORMATS if asked.typed & {"output", "stdout"} else None))
    asked.check_effect(formats[0], wishes.options, screen="a diagnosis")
    delivery = Delivery.of(asked, wanted, formats, ("diagnosis", wishes.language))
    wishes.check()
    screen = Screen.of_process()
    from symbackprop.cli.diagnosis import show_diagnosis
    from symbackprop.numerics.diagnosis.diagnosing import diagnose as diagnosed

    with screen.working("looking for what explains it") as told:
        asks = partial(diagnosed, on_step=lambda text: told(text, 0))
        if is_text:
            report = _judged(asks, wanted, at, formula=formula, lines=lines)
        else:
            report = _diagnosed(asks, screen, wanted, at, given=given, rate=learning_rate, steps=steps)
    if asked.stdout:
        delivery.pour_out(lambda chosen: wishes.files(report, chosen.name))
        return _status(report)
    show = partial(show_diagnosis, screen, report, wishes)
    if delivery.formats:
        delivery.write(screen, lambda chosen: wishes.files(report, chosen.name), show, said=("", worded("Written:")))
    else:
        show()
    return _status(report)


def _is_block(wanted: Request) -> bool:
    """Tell whether this is a block of equations, whose backward pass can be tried at any numbers."""
    from symbackprop.network.layered import LayeredNetwork
    from symbackprop.network.text.equations import EquationsNetwork

    said = wanted.said
    is_network = isinstance(said, LayeredNetwork) or not isinstance(said, EquationsNetwork)
    return not is_network and not said.program.has_cost


def _status(report: Diagnosis) -> int:
    return 0 if report.exit_status == 0 else CHECK_FAILED


def _diagnosed(
    asks: Callable[..., Diagnosis],
    screen: Screen,
    wanted: Request,
    at: str | None,
    *,
    given: Mapping[str, str | None],
    rate: float | None,
    steps: int,
) -> Diagnosis:
    """Return what explains the numbers that are given, at the point of a file, or at random numbers."""
    point, told = _point(wanted, at)
    rate = rate if rate is not None else number_of("learning_rate", told.get("learning_rate"))
    called = None if given["--function"] is None else _function(screen, given["--function"])
    arrays = {name: None if (path := given[name]) is None else arrays_of(path) for name in ("--gradients", "--updated")}
    return asks(
        wanted.said,
        arrays["--gradients"],
        params=None if at is None else point,
        x=told.get("x"),
        y=told.get("y"),
        updated=arrays["--updated"],
        cost_after=cost_of(given["--cost-after"]),
        learning_rate=rate,
        steps=steps,
        function=called,
    )


def _point(wanted: Request, at: str | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the parameters of a file, and its x, y and learning rate; of equations all are arrays of the point."""
    from symbackprop.network.layered import LayeredNetwork
    from symbackprop.network.model import Network

    point = {} if at is None else arrays_of(at)
    told = {name: point.pop(name) for name in POINT if name in point}
    layered = isinstance(wanted.said, Network | LayeredNetwork)
    for name in ("x", "y") if layered and at is not None else ():
        if name not in told:
            raise DataError(f"{at}: {name} is missing; give x, y and the parameters")
    if not layered:
        point |= {name: told[name] for name in ("x", "y") if name in told}
    return point, told


def _judged(
    asks: Callable[..., Diagnosis], wanted: Request, at: str | None, *, formula: str | None, lines: str | None
) -> Diagnosis:
    """Return what there is to say of a derivation, or of one line of it."""
    from symbackprop.cli.samples import shown_name
    from symbackprop.files import read_text

    point, told = _point(wanted, at)
    where: dict[str, Any] = {} if at is None else {"params": point, "x": told.get("x"), "y": told.get("y")}
    if lines is None:
        return asks(wanted.said, formula=formula, **where)
    text = read_text(lines, largest=LARGEST_DERIVATION)
    try:
        return asks(wanted.said, lines=text, **where)
    except ExpressionError as error:
        raise ExpressionError(f"{shown_name(lines)}, {error}") from None


def _function(screen: Screen, told: str) -> Any:
    from symbackprop.cli.userscode import function_of, parts_of

    path, name = parts_of(told)
    screen.say(worded(f"Running your own code: {name} of {path}"), "dim")
    return function_of(told)
