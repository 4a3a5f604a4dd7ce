"""`symbackprop diagnose`: which mistake explains somebody's numbers?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from symbackprop.cli.command import command, under
from symbackprop.cli.outcome import CHECK_FAILED
from symbackprop.cli.request import network_options, request
from symbackprop.cli.samples import shown_name
from symbackprop.cli.screen import Screen, hanging
from symbackprop.errors import DataError, SpecError

if TYPE_CHECKING:
    from symbackprop.calculus.diagnosis import Diagnosis

__all__: list[str] = []

POINT = ("x", "y", "learning_rate")

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
    ),
)
@network_options
@click.option("--gradients", cls=_yours, metavar="FILE", help="Your derivatives, .npz, .toml or .json: W1, b1, ….")
@click.option("--updated", cls=_yours, metavar="FILE", help="Your parameters after updates; wants --learning-rate.")
@click.option("--cost-after", cls=_yours, metavar="COST", help="Your cost after updates; wants --learning-rate.")
@click.option(
    "--function",
    cls=_yours,
    metavar="FILE:NAME",
    help="Your function of (params, x, y) or (W1, b1, …, x, y), or class.",
)
@click.option("--at", cls=_yours, metavar="FILE", help="The point: x, y, and the parameters W1, b1, ….")
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
    network: str | None,
    activation: str | None,
    cost: str | None,
    gradients: str | None,
    updated: str | None,
    cost_after: str | None,
    function: str | None,
    at: str | None,
    learning_rate: float | None,
    steps: int,
) -> int:
    """Say which mistake explains your numbers.

    Compares your derivatives, your parameters after an update, or your cost after it, with the derived gradient, and
    with what it becomes when one or two of its equations are changed as people change them by mistake. Exits with 0
    if they are equal, up to digits, transposition or order, and with 1 for any other difference.

    NETWORK is a shape such as 2-2-2, a layer line, a file .toml, .json or .eq, or left out: 2-3-1."""
    from symbackprop.network.layered import LayeredNetwork
    from symbackprop.network.model import Network
    from symbackprop.numerics.diagnosis.diagnosing import diagnose as diagnosed

    wanted = request(network, activation=activation, cost=cost)
    given = {"--gradients": gradients, "--updated": updated, "--cost-after": cost_after, "--function": function}
    named = [name for name, value in given.items() if value is not None]
    if len(named) != 1:
        raise click.UsageError(f"wanted one of {', '.join(given)}; got {' and '.join(named) or 'none'}")
    if at is None:
        raise click.UsageError("--at is missing: the file with x, y and the parameters; try --at point.toml")
    screen, point = Screen.of_process(), _arrays(at)
    told = {name: point.pop(name) for name in POINT if name in point}
    rate = learning_rate if learning_rate is not None else _number("learning_rate", told.get("learning_rate"))
    called = None if function is None else _function(screen, function)
    layered = isinstance(wanted.said, Network | LayeredNetwork)
    for name in ("x", "y") if layered else ():
        if name not in told:
            raise DataError(f"{at}: {name} is missing; give x, y and the parameters")
    if not layered:
        point |= {name: told[name] for name in ("x", "y") if name in told}
    report = diagnosed(
        wanted.said,
        None if gradients is None else _arrays(gradients),
        params=point,
        x=told.get("x"),
        y=told.get("y"),
        updated=None if updated is None else _arrays(updated),
        cost_after=_cost(cost_after),
        learning_rate=rate,
        steps=steps,
        function=called,
    )
    _show(screen, report)
    return 0 if report.exit_status == 0 else CHECK_FAILED


def _function(screen: Screen, told: str) -> Any:
    from symbackprop.cli.userscode import function_of, parts_of

    path, name = parts_of(told)
    screen.say(f"Running your own code: {name} of {path}", "dim")
    return function_of(told)


def _cost(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        float(text)
    except ValueError:
        raise click.UsageError(f"--cost-after: {text[:40]!a} is no number; try --cost-after 0.291027924") from None
    return text.strip()


def _number(name: str, value: Any) -> float | None:
    if value is None:
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        raise DataError(f"{name}: wanted a number, got {str(value)[:40]!a}") from None


def _arrays(path: str) -> dict[str, Any]:
    """Return the arrays of a file by their names."""
    from symbackprop.files import read_bytes, read_named
    from symbackprop.network.tables import LARGEST_TABLE, table_from_text

    if path.lower().endswith(".npz"):
        from symbackprop.numerics.data import MAX_BYTES, arrays_from_npz

        return dict(arrays_from_npz(read_bytes(path, largest=MAX_BYTES, error=DataError), shown_name(path)))
    text, kind, where = read_named(path, largest=LARGEST_TABLE)
    if kind not in ("toml", "json"):
        raise SpecError(f"{where}: such a file ends in .npz, .toml or .json")
    table = table_from_text(text, kind=kind, where=where, advice="try W1 = [[0.1, 0.2]]")
    return {name: _plain(name, value, where) for name, value in table.items()}


def _plain(name: str, value: Any, where: str) -> Any:
    """Return numbers as they stand in a table; a fraction in quotes, "1/3", is one, too."""
    if isinstance(value, list):
        return [_plain(name, each, where) for each in value]
    if isinstance(value, Mapping):
        return {key: _plain(f"{name}.{key}", each, where) for key, each in value.items()}
    if isinstance(value, str):
        top, slash, below = value.partition("/")
        try:
            return float(top) / float(below) if slash else float(top)
        except (ValueError, ZeroDivisionError):
            raise DataError(f"{where}: {name}: wanted numbers, got {value[:40]!a}") from None
    return value


def _show(screen: Screen, report: Diagnosis) -> None:
    """Write the verdict and its findings, the right line beside the wrong one."""
    pen = screen.pen({})
    screen.say(report.verdict, "bold" if report.exit_status == 0 else "bold red")
    for guess in report.guessed:
        screen.say(hanging(guess, screen.width, first="  ", rest="  "), "dim")
    for number, finding in enumerate(report.findings, start=1):
        screen.say()
        head = f"{number}. {finding.kind} ({finding.where}): {finding.sentence}"
        screen.say(hanging(head, screen.width, rest="   "))
        if finding.wrong is not None and finding.right is not None:
            screen.say(f"   yours  {pen.formula(*finding.wrong.sides)}", "red")
            screen.say(f"   right  {pen.formula(*finding.right.sides)}", "green")
    if report.tells_apart is not None:
        screen.say()
        screen.say("These give the same numbers here. They differ at")
        for name, value in report.tells_apart.items():
            screen.say(hanging(f"{name} = {value}", screen.width, first="   ", rest="   "))
    if report.exit_status and report.errors:
        screen.say()
        errors = ", ".join(f"{name} {error:.1e}" for name, error in report.errors.items())
        screen.say(hanging(f"Difference of each from the right one: {errors}", screen.width), "dim")
