"""`symbackprop train`: the compiled gradient and the trainer written by hand, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from symbackprop.cli.command import command, language_option, under
from symbackprop.cli.outcome import CHECK_FAILED
from symbackprop.cli.request import network_options, seed_option
from symbackprop.cli.samples import Samples, check_saved, data_options, saved, start_of
from symbackprop.cli.screen import Screen, in_columns
from symbackprop.cli.speech import counted, numeral, worded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeAlias

    from symbackprop.network.layered import LayeredNetwork
    from symbackprop.network.model import Network
    from symbackprop.numerics.classes import Data
    from symbackprop.numerics.comparison import Comparison, Course
    from symbackprop.numerics.compilation import CompiledGradient
    from symbackprop.numerics.layered import CompiledLayers
    from symbackprop.numerics.programs import CompiledProgram

    Score: TypeAlias = Callable[[Mapping[str, Any], Data], float | None]  # how often parameters are right

BATCH_SIZE, LEARNING_RATE = 32, 0.5
EPOCHS, EPOCHS_OF_FEW = 30, 8_000  # few samples: one batch holds them all, so that an epoch is one step
LARGE = 10.0  # inputs beyond it drive weighted sums of first parameters out of the range where slopes are seen
ROWS = 5  # of the table of losses, beside the first epoch
FILE = "training.svg"
NAMES = ("compiled gradient", "NumPy by hand")

_training = under("Training")


@command(
    "train",
    place=3,
    examples=(
        ("symbackprop train", "The network 2-3-1 learns exclusive or, from all four of its samples."),
        ("symbackprop train 64-32-10 -a relu,softmax -c cross_entropy --data digits", "Handwritten digits."),
        (
            "symbackprop train 4-8-3 -a tanh,softmax -c cross_entropy --data iris.csv --learning-rate 0.05",
            "A table of yours: four measurements and the name of one of three classes.",
        ),
    ),
)
@network_options
@language_option
@data_options
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
    data: str | None,
    label: str | None,
    outputs: int | None,
    holdout: float | None,
    params: str | None,
    save: str | None,
    epochs: int | None,
    learning_rate: float,
    batch_size: int,
    seed: int | None,
    output: str | None,
    force: bool,
) -> int:
    """Train with the derived gradient, beside one written by hand.

    Both start from the same parameters and take the same mini-batches, and every step is compared from the same
    parameters: shows the cost of some epochs, the accuracy, and the largest difference, and plots both curves. Of a
    network of other layers, which no trainer by hand knows, slopes of the cost are measured instead. Exits with 1 if
    one differs.

    NETWORK is a shape such as 64-32-10, a layer line such as '1x8x8 -> conv2d(8, 3) relu -> flatten -> dense(10)
    softmax', a file .toml or .json, or left out: 2-3-1, or what fits the data."""
    from symbackprop.calculus.backpropagation import derive
    from symbackprop.files import check_place, write_all
    from symbackprop.numerics.comparison import Course
    from symbackprop.numerics.compilation import compile
    from symbackprop.numerics.training import check_rate

    check_saved(save, params, force=force)
    reading = Screen.of_process(accepted=False)
    samples = Samples.of(reading, data=data, label=label, outputs=outputs, holdout=holdout, seed=seed)
    wanted, trained = samples.wanted, samples.trained
    usual = EPOCHS_OF_FEW if len(trained.x) <= batch_size else EPOCHS
    course = Course(learning_rate, usual if epochs is None else epochs, batch_size, wanted.seed(seed))
    check_rate(learning_rate)
    start, folder = start_of(wanted, params, course.seed), wanted.folder(output)
    check_place(folder, FILE, force=force)
    screen = Screen.of_process()
    gradient = compile(derive(wanted.said))
    _introduce(screen, samples, course)
    comparison, score = _trained(screen, gradient, samples, course, start=start)
    for row in in_columns(list(_rows(comparison, samples, score))):
        screen.say(row)
    screen.say()
    for line in _verdict(comparison):
        screen.tell(line)
    (plot,) = write_all(folder, {FILE: _plot(wanted.layers, trained, comparison)}, force=force)
    screen.say(worded(f"The costs of all epochs are drawn in {plot}"))
    if save is not None:
        kept = saved(comparison.compiled.params, save, start=params, force=force)
        screen.say(worded(f"The trained parameters are kept in {kept}"))
    return 0 if comparison.ok else CHECK_FAILED


def _trained(
    screen: Screen,
    gradient: CompiledGradient | CompiledProgram | CompiledLayers,
    samples: Samples,
    course: Course,
    *,
    start: Mapping[str, Any],
) -> tuple[Comparison, Score]:
    """Return the trainings, and what says how often parameters are right about samples."""
    from symbackprop.numerics.comparison import accuracy_of, side_by_side, witness_knows
    from symbackprop.numerics.compilation import CompiledGradient
    from symbackprop.numerics.layered import CompiledLayers
    from symbackprop.numerics.layered_training import accuracy_of_layers, train_layers

    trained = samples.trained
    if isinstance(gradient, CompiledLayers):
        with screen.working("training", steps=course.epochs) as told:
            each = _now_and_then(told, course.epochs)
            comparison = train_layers(gradient, trained, course, start=start, on_epoch=each)
        return comparison, lambda params, data: accuracy_of_layers(gradient, params, data, of=trained)
    assert isinstance(gradient, CompiledGradient)
    network = gradient.network
    steps = course.epochs * (2 if witness_knows(network) else 1)
    with screen.working("training", steps=steps) as told:
        comparison = side_by_side(gradient, trained, course, start=start, on_epoch=_now_and_then(told, steps))
    return comparison, lambda params, data: accuracy_of(network, params, data)


def _now_and_then(told: Callable[[str, int], None], epochs: int) -> Callable[[], None]:
    """Return what is to be called after each epoch; it passes the news on a hundred times in all."""
    every, done = max(1, epochs // 100), 0

    def told_epoch() -> None:
        nonlocal done
        done += 1
        if done % every == 0:
            told("", every)

    return told_epoch


def _introduce(screen: Screen, samples: Samples, course: Course) -> None:
    """Write what is trained, and how, and what the classes are."""
    from symbackprop.cli.equations import activations_in_words
    from symbackprop.network.model import Network

    network, trained, held = samples.wanted.layers, len(samples.trained.x), len(samples.held.x)
    about = (
        activations_in_words(network) if isinstance(network, Network) else network.line,
        f"cost {network.cost_name}",
        f"{counted(trained, 'sample')} and {numeral(held)} held out" if held else counted(trained, "sample"),
        f"{counted(course.epochs, 'epoch')} in batches of {min(course.batch_size, trained)}",
        f"learning rate {numeral(f'{course.learning_rate:g}')}",
        f"seed {course.seed}",
    )
    screen.title(_title(network, samples.trained))
    screen.tell(" · ".join(map(worded, about)), "dim")
    if (classes := samples.in_words()) is not None:
        screen.tell(classes)
    if (largest := float(abs(samples.trained.x).max())) > LARGE:
        advice = "with numbers that large a network learns with small steps only: divide them, or lower --learning-rate"
        screen.tell(f"Inputs reach {largest:g}; {advice}.")
    screen.say()


def _title(network: Network | LayeredNetwork, samples: Data) -> str:
    kinds = getattr(network, "kinds", network.shape)
    return network.title or worded(f"Training {kinds[:60]} on {samples.name}")


def _rows(comparison: Comparison, samples: Samples, score: Score) -> Iterator[tuple[str, ...]]:
    """Yield the cost of some epochs and the accuracies at the end, in a column for each training."""
    histories = [history for history in (comparison.compiled, comparison.witness) if history is not None]
    yield worded("epoch"), *(worded(f"cost, {name}") for name in NAMES[: len(histories)])
    for epoch in _chosen(len(comparison.compiled.losses)):
        yield numeral(epoch), *(numeral(f"{history.losses[epoch - 1]:.6g}") for history in histories)
    held = bool(len(samples.held.x))
    for title, data in (("accuracy", samples.trained), ("accuracy, held out", samples.held))[: 1 + held]:
        found = [score(history.params, data) for history in histories]
        if known := [accuracy for accuracy in found if accuracy is not None]:
            if data is samples.trained:
                yield ()
            yield worded(title), *(numeral(f"{accuracy:.1%}") for accuracy in known)


def _chosen(epochs: int) -> Sequence[int]:
    """Return the first epoch, the last, and some between them at equal distances."""
    rows = min(ROWS, epochs)
    return sorted({1, *(epochs * number // rows for number in range(1, rows + 1))})


def _verdict(comparison: Comparison) -> Iterator[str]:
    """Yield in words whether the two trainings agree, and what was allowed."""
    verdict, drift = "passed" if comparison.ok else "FAILED", numeral(f"{comparison.drift:.1e}")
    largest = numeral(f"{comparison.step_difference:.1e}") + f" ({comparison.tolerance:.0e} allowed)"
    if comparison.compared is not None:
        yield (
            "No trainer by hand knows these layers. Beside the first step of an epoch, the slope of the cost along the "
            f"gradient was compared with differences of the cost alone, {counted(comparison.compared, 'time')}: "
            f"largest difference {largest}: {verdict}."
        )
        return
    if comparison.witness is None:
        yield (
            "The trainer written by hand does not know this activation or cost: it made the same steps with the "
            "compiled gradient, which `symbackprop verify` checks."
        )
    yield f"Largest difference of any single step, both from the same parameters: {largest}: {verdict}."
    if comparison.is_chaotic:
        yield (
            f"Each on its own path, they ended {drift} of the largest parameter apart: with this "
            "learning rate descent is chaotic, and rounding grows from step to step."
        )
    elif comparison.witness is not None:
        yield f"Each on its own path, they ended {drift} of the largest parameter apart."


def _plot(network: Network | LayeredNetwork, samples: Data, comparison: Comparison) -> str:
    """Return the costs of all epochs as a picture, the compiled training drawn over the one by hand."""
    from symbackprop.exposition.figures.curves import Curve, curves_svg

    pairs = zip(NAMES, (comparison.compiled, comparison.witness), strict=True)
    curves = [Curve(worded(name), history.losses) for name, history in pairs if history is not None]
    return curves_svg(
        curves[::-1], title=_title(network, samples), up=worded(f"cost ({network.cost_name})"), say=worded
    )
