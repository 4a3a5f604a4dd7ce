"""`symbackprop verify`: the numbers of the compiled gradient beside witnesses that share nothing with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING

import click

from symbackprop.cli.checking import checked, samples_option
from symbackprop.cli.cluster import HERE, scheduler_option
from symbackprop.cli.command import Option, command, language_option, under
from symbackprop.cli.outcome import CHECK_FAILED
from symbackprop.cli.request import network_options, request, seed_option
from symbackprop.cli.screen import Screen, in_columns
from symbackprop.cli.speech import counted, numeral, titled, worded
from symbackprop.files import check_place, write_all

if TYPE_CHECKING:
    from rich.text import Text

    from symbackprop.network.model import Network
    from symbackprop.network.text.equations import EquationsNetwork
    from symbackprop.numerics.report import Report

PLOT = "verification.svg"
ROOMY = 64  # columns, from which there are two blanks between columns


@command(
    "verify",
    place=2,
    examples=(
        ("symbackprop verify", "The built-in network 2-3-1."),
        ("symbackprop verify 64-32-10 -a relu,softmax -c cross_entropy --samples 10", "Another one, at 10 points."),
        ("symbackprop verify attention --backend torch", "What PyTorch computes of an example of equations."),
        ("symbackprop verify --sweep sweep.toml", "Every network of a file, with every activation and cost, on Dask."),
        ("symbackprop verify -o report", "The errors as a picture, too: report/verification.svg."),
    ),
)
@network_options
@language_option
@samples_option
@seed_option()
@click.option(
    "--backend",
    cls=under("Numbers"),
    metavar="NAME",
    help="Whose code is looked at (symbackprop list backends).  [default: numpy and scalar]",
)
@click.option(
    "--sweep",
    cls=under("Cluster"),
    metavar="FILE",
    help="Check all networks that a .toml or .json says; a sweep that was killed goes on where it stopped.",
)
@scheduler_option("sweep", default="local")
@click.option(
    "-o",
    "--output",
    cls=under("Output"),
    metavar="DIR",
    help="Draw the errors, too: DIR/verification.svg; those of a sweep are in DIR/sweep.csv and .svg.",
)
@click.option(
    "--force",
    cls=under("Output", needs=("output", "sweep")),
    is_flag=True,
    help="Replace a plot that symbackprop did not write; begin a sweep anew.",
)
def verify(
    *,
    samples: int,
    seed: int | None,
    backend: str | None,
    sweep: str | None,
    scheduler: str | None,
    output: str | None,
    force: bool,
) -> int:
    """Check the numbers of the derived gradient.

    Compares the compiled gradient with a hand-written one, with central differences, with complex steps and with
    derivatives in 50 digits, in every way in which it can be run, and the first steps of the trainers with descent
    spelled out; then looks at each layer alone, at kinks, on both sides of every case and where functions saturate.
    All that on this network, and on small ones in which no symmetry hides a mistake. Exits with 1 if a check fails.

    NETWORK is a shape such as 784-30-10, a layer line such as '4 -> dense(3) tanh -> layer_norm', a file .toml, .json
    or .eq, an example of equations, or left out: 2-3-1.

    The FILE of a sweep crosses networks = [...] with activations = [...], costs = [...], seeds = 10 and backends =
    ["numpy"]; samples = 3 are the points for each."""
    if sweep is not None:
        from symbackprop.cli.sweep import run_sweep

        _check_alone(click.get_current_context())
        return run_sweep(sweep, scheduler=HERE if scheduler is None else scheduler, output=output, force=force)
    from symbackprop.cli.equations import activations_in_words
    from symbackprop.network.layered import LayeredNetwork
    from symbackprop.network.model import Network

    wanted = request()
    folder = None if output is None else wanted.folder(output)
    if folder is not None:
        check_place(folder, PLOT, force=force)
    if backend is not None:
        from symbackprop.numerics.backends import BACKENDS

        BACKENDS.canonical(backend)  # one that there is not is refused before anything is shown
    chosen, screen = wanted.said, Screen.of_process()
    screen.title(worded(f"Checking the gradient of {_name(chosen)}"))
    about = f"seed {wanted.seed(seed)}"
    if isinstance(chosen, Network):
        about = f"{activations_in_words(chosen)} · cost {chosen.cost_function.name} · {about}"
    elif isinstance(chosen, LayeredNetwork):
        about = f"{chosen.line} · cost {chosen.cost_name} · {about}"
    screen.tell(about + (f" · backend {backend}" if backend else ""), "dim")
    screen.say()
    report = checked(chosen, screen, samples=samples, seed=wanted.seed(seed), backend=backend)
    _show(screen, report, chosen)
    if folder is not None:
        (path,) = write_all(folder, {PLOT: _plot(report, chosen)}, force=force)
        screen.tell(f"The errors are drawn in {path}", "dim")
    return 0 if report.ok else CHECK_FAILED


def _check_alone(context: click.Context) -> None:
    """Raise UsageError for an argument or an option that the file of a sweep says itself."""
    beside = {"sweep", "scheduler", "output", "force", "lang"}
    for parameter in context.command.params:
        typed = context.get_parameter_source(parameter.name or "") == click.core.ParameterSource.COMMANDLINE
        if typed and parameter.name not in beside:
            said = parameter.flag if isinstance(parameter, Option) else "NETWORK"
            raise click.UsageError(f"--sweep says {said} itself; try it without {said}")


def _name(network: Network | EquationsNetwork) -> str:
    """Return how the checks call what is checked; a title of somebody's own is in their words."""
    return str(getattr(network, "kinds", None) or getattr(network, "shape", None) or _titled(network))[:60]


def _titled(network: Network | EquationsNetwork) -> str:
    return titled(network.title) if network.title else worded("equations")


def _called(row: str, network: Network | EquationsNetwork) -> str:
    """Return the name of a network that was looked at in the language, unless it is a title of somebody's own."""
    return _titled(network) if network.title and row == network.title[:60] else worded(row)


def _plot(report: Report, network: Network | EquationsNetwork) -> str:
    """Return the checks as an SVG picture."""
    from symbackprop.exposition.figures.verdicts import Verdict, verdicts_svg

    verdicts = [
        Verdict(_called(row.network, network), worded(row.check), row.error, row.tolerance) for row in report.rows
    ]
    return verdicts_svg(verdicts, title=worded(f"The gradient of {_name(network)} beside its witnesses"), say=worded)


def _show(screen: Screen, report: Report, network: Network | EquationsNetwork) -> None:
    """Write the checks, one a line; why a tolerance is what it is, and what was looked at, stands below them."""
    reasons = {reason: number for number, reason in enumerate(dict.fromkeys(row.reason for row in report.rows), 1)}
    gap = 2 if screen.width >= ROOMY else 1
    for line in in_columns(list(_rows(report, reasons, network)), left=(0, 4), gap=gap):
        screen.say(line)
    screen.say()
    for reason, number in reasons.items():
        screen.tell(reason, "dim", first=f"({number}) ", rest=" " * 4)
    for looked_at in report.looked_at:
        screen.tell(looked_at, "dim", rest=" " * 4)
    screen.say()
    failed = sum(not row.ok for row in report.rows)
    if failed:
        screen.tell(f"FAILED: {failed} of {counted(len(report.rows), 'check')}.", "bold red")
    else:
        screen.tell(f"All {counted(len(report.rows), 'check')} passed.", "bold")


def _rows(
    report: Report, reasons: Mapping[str, int], chosen: Network | EquationsNetwork
) -> Iterator[tuple[str | Text, ...]]:
    """Yield the header and the checks, those of one network together below its name."""
    from rich.text import Text

    yield tuple(Text(worded(name), "bold") for name in ("network, compared with", "samples", "error", "allowed", ""))
    for network, rows in groupby(report.rows, key=lambda row: row.network):
        yield (_called(network, chosen),)
        for row in rows:
            verdict = Text(worded("passed"), "green") if row.ok else Text(worded("FAILED"), "bold red")
            error = numeral(f"{row.error:.1e}") if row.error else "0"
            allowed = f"{row.tolerance:.0e}" if row.tolerance else "0"
            yield f"  {worded(row.check)}", numeral(row.samples), error, f"{allowed} ({reasons[row.reason]})", verdict
