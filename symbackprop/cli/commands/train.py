"""`symbackprop train`: the compiled gradient and the trainer written by hand, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from symbackprop.cli.command import command, under
from symbackprop.cli.outcome import CHECK_FAILED
from symbackprop.cli.request import BUILT_IN, Request, network_options, request, seed_option
from symbackprop.cli.screen import Screen, counted, hanging, in_columns
from symbackprop.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable

    from symbackprop.network.model import Network
    from symbackprop.numerics.comparison import Comparison, Course
    from symbackprop.numerics.data import Data

__all__: list[str] = []

DATA = "xor"
HIDDEN = 32  # neurons between data and targets, where no network is given and the built-in one does not fit
BATCH_SIZE, LEARNING_RATE = 32, 0.5
EPOCHS, EPOCHS_OF_FEW = 30, 8_000  # few samples: one batch holds them all, so that an epoch is one step
ROWS = 5  # of the table of losses, beside the first epoch
FILE = "training.svg"
TABLE = ".csv"  # whose last columns are targets
NAMES = ("compiled gradient", "NumPy by hand")

_training = under("Training")


@command(
    "train",
    place=3,
    examples=(
        ("symbackprop train", "The network 2-3-1 learns exclusive or, from all four of its samples."),
        ("symbackprop train 64-32-10 -a relu,softmax -c cross_entropy --data digits", "Handwritten digits."),
        ("symbackprop train 4-8-3 --data flowers.csv --epochs 200", "A table of yours: 4 columns in, 3 columns out."),
    ),
)
@network_options
@click.option(
    "--data",
    cls=_training,
    metavar="NAME",
    default=DATA,
    show_default=True,
    help="xor, digits, or a file .csv or .npz.",
)
@click.option(
    "--outputs",
    cls=_training,
    type=click.IntRange(1),
    metavar="N",
    help="How many of the last columns of a .csv are targets.  [default: as many as the network gives]",
)
@click.option(
    "--epochs",
    cls=_training,
    type=click.IntRange(1),
    metavar="N",
    help=f"How often to go through the data.  [default: {EPOCHS}, or {EPOCHS_OF_FEW} where one batch holds all]",
)
@click.option(
    "--learning-rate",
    cls=_training,
    type=float,
    metavar="RATE",
    default=LEARNING_RATE,
    show_default=True,
    help="How long a step is.",
)
@click.option(
    "--batch-size",
    cls=_training,
    type=click.IntRange(1),
    metavar="N",
    default=BATCH_SIZE,
    show_default=True,
    help="How many samples make one step.",
)
@seed_option()
@click.option("-o", "--output", cls=under("Output"), metavar="DIR", help="Where the plot goes.  [default: output/NAME]")
@click.option("--force", cls=under("Output"), is_flag=True, help="Replace files that symbackprop did not write.")
def train(
    *,
    network: str | None,
    activation: str | None,
    cost: str | None,
    data: str,
    outputs: int | None,
    epochs: int | None,
    learning_rate: float,
    batch_size: int,
    seed: int | None,
    output: str | None,
    force: bool,
) -> int:
    """Train with the derived gradient, beside one written by hand.

    Both start from the same parameters and take the same mini-batches, and every step is compared from the same
    parameters: shows the cost of some epochs, the accuracy, and the largest difference, and plots both curves. Exits
    with 1 if a step differs.

    NETWORK is a shape such as 64-32-10, a file .toml or .json, or left out: 2-3-1, or what fits the data."""
    from symbackprop.calculus.backpropagation import derive
    from symbackprop.files import write_all
    from symbackprop.numerics.comparison import Course, side_by_side, witness_knows
    from symbackprop.numerics.compilation import compile

    if outputs is not None and not data.lower().endswith(TABLE):
        raise click.UsageError(f"--outputs changes nothing of data {data[:40]!a}; it is for a {TABLE}, leave it out")
    wanted, samples = _fitting(network, data, outputs, activation=activation, cost=cost)
    usual = EPOCHS_OF_FEW if len(samples.x) <= batch_size else EPOCHS
    course = Course(learning_rate, usual if epochs is None else epochs, batch_size, wanted.seed(seed))
    screen = Screen.of_process()
    gradient = compile(derive(wanted.network))
    _introduce(screen, wanted.network, samples, course)
    epochs = course.epochs * (2 if witness_knows(wanted.network) else 1)
    with screen.working("training", steps=epochs) as told:
        comparison = side_by_side(gradient, samples, course, on_epoch=_now_and_then(told, epochs))
    for row in in_columns(list(_rows(comparison))):
        screen.say(row)
    screen.say()
    for line in _verdict(comparison):
        screen.say(hanging(line, screen.width))
    (plot,) = write_all(wanted.folder(output), {FILE: _plot(wanted.network, samples, comparison)}, force=force)
    screen.say(f"The costs of all epochs are drawn in {plot}")
    return 0 if comparison.ok else CHECK_FAILED


def _fitting(
    network: str | None, data: str, outputs: int | None, *, activation: str | None, cost: str | None
) -> tuple[Request, Data]:
    """Return the network and the data, which fit each other.

    Raises DataError where they do not, and for a target that the cost is not defined for."""
    from symbackprop.numerics.checks import check_targets, warn_of_targets

    if network is None:
        samples = _load(data, outputs or 1)
        shape = BUILT_IN if _ends(samples) == (2, 1) else "{}-{hidden}-{}".format(*_ends(samples), hidden=HIDDEN)
        wanted = request(shape, activation=activation, cost=cost)
    else:
        wanted = request(network, activation=activation, cost=cost)
        samples = _load(data, outputs or wanted.network.widths[-1])
    widths, (first, last) = wanted.network.widths, _ends(samples)
    if (first, last) != (widths[0], widths[-1]):
        raise DataError(
            f"data {samples.name}: {counted(first, 'input')} and {counted(last, 'output')}, but the network "
            f"{wanted.network.shape[:60]} has {widths[0]} and {widths[-1]}; try {first}-{HIDDEN}-{last}"
        )
    check_targets(samples.y, wanted.network.cost_function.name)
    warn_of_targets(samples.y, wanted.network)
    return wanted, samples


def _ends(samples: Data) -> tuple[int, int]:
    return samples.x.shape[1], samples.y.shape[1]


def _load(name: str, outputs: int) -> Data:
    """Return the built-in data of that name, or those of a file."""
    from symbackprop.files import read_bytes
    from symbackprop.numerics.data import MAX_BYTES, load

    if not name.lower().endswith((TABLE, ".npz")):
        return load(name)
    raw = read_bytes(name, largest=MAX_BYTES, error=DataError)
    shown = Path(name).name
    return load(shown if shown.isprintable() else ascii(shown)[1:-1], raw, outputs=outputs)


def _now_and_then(told: Callable[[str, int], None], epochs: int) -> Callable[[], None]:
    """Return what is to be called after each epoch; it passes the news on a hundred times in all."""
    every, done = max(1, epochs // 100), 0

    def told_epoch() -> None:
        nonlocal done
        done += 1
        if done % every == 0:
            told("", every)

    return told_epoch


def _introduce(screen: Screen, network: Network, samples: Data, course: Course) -> None:
    """Write what is trained, and how."""
    from symbackprop.cli.equations import activations_in_words

    about = (
        activations_in_words(network),
        f"cost {network.cost_function.name}",
        counted(len(samples.x), "sample"),
        f"{counted(course.epochs, 'epoch')} in batches of {min(course.batch_size, len(samples.x))}",
        f"learning rate {course.learning_rate:g}",
        f"seed {course.seed}",
    )
    screen.title(_title(network, samples))
    screen.say(hanging(" · ".join(about), screen.width), "dim")
    screen.say()


def _title(network: Network, samples: Data) -> str:
    return network.title or f"Training {network.shape[:60]} on {samples.name}"


def _rows(comparison: Comparison) -> Iterator[tuple[str, ...]]:
    """Yield the cost of some epochs and the accuracy at the end, in a column for each training."""
    histories = [history for history in (comparison.compiled, comparison.witness) if history is not None]
    yield "epoch", *(f"cost, {name}" for name in NAMES[: len(histories)])
    for epoch in _chosen(len(comparison.compiled.losses)):
        yield f"{epoch:,}", *(f"{history.losses[epoch - 1]:.6g}" for history in histories)
    known = [accuracy for accuracy in comparison.accuracies if accuracy is not None]
    if known:
        yield ()
        yield "accuracy", *(f"{accuracy:.1%}" for accuracy in known)


def _chosen(epochs: int) -> Sequence[int]:
    """Return the first epoch, the last, and some between them at equal distances."""
    rows = min(ROWS, epochs)
    return sorted({1, *(epochs * number // rows for number in range(1, rows + 1))})


def _verdict(comparison: Comparison) -> Iterator[str]:
    """Yield in words whether the two trainings agree, and what was allowed."""
    from symbackprop.numerics.comparison import STEP_TOLERANCE

    if comparison.witness is None:
        yield (
            "The trainer written by hand does not know this activation or cost: it made the same steps with the "
            "compiled gradient, which `symbackprop verify` checks."
        )
    verdict = "passed" if comparison.ok else "FAILED"
    largest = f"{comparison.step_difference:.1e} ({STEP_TOLERANCE:.0e} allowed)"
    yield f"Largest difference of any single step, both from the same parameters: {largest}: {verdict}."
    if comparison.is_chaotic:
        yield (
            f"Each on its own path, they ended {comparison.drift:.1e} of the largest parameter apart: with this "
            "learning rate descent is chaotic, and rounding grows from step to step."
        )
    elif comparison.witness is not None:
        yield f"Each on its own path, they ended {comparison.drift:.1e} of the largest parameter apart."


def _plot(network: Network, samples: Data, comparison: Comparison) -> str:
    """Return the costs of all epochs as a picture, the compiled training drawn over the one by hand."""
    from symbackprop.exposition.figures.curves import Curve, curves_svg

    pairs = zip(NAMES, (comparison.compiled, comparison.witness), strict=True)
    curves = [Curve(name, history.losses) for name, history in pairs if history is not None]
    return curves_svg(curves[::-1], title=_title(network, samples), up=f"cost ({network.cost_function.name})")
