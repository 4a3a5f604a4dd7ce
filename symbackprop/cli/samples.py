"""What is trained on: built-in data or a file, fitted to the network, and a share of it held out.

--data iris.csv --label species --holdout 0.2        --params start.npz --save trained.npz
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from symbackprop.cli.command import under
from symbackprop.cli.request import BUILT_IN, Request, request, typed_of
from symbackprop.cli.screen import Screen
from symbackprop.cli.speech import counted
from symbackprop.errors import DataError
from symbackprop.frozen import dataclass

if TYPE_CHECKING:
    from symbackprop.network.layered import LayeredNetwork
    from symbackprop.network.model import Network
    from symbackprop.numerics.classes import Data, Ends

DATA = "xor"
SHAPE, LONGEST_SHAPE = re.compile(r"\d+(-\d+)+"), 60  # as it is shown in a message
HIDDEN = 32  # neurons between data and targets, where no network is given and the built-in one does not fit
SHARE, MANY = 0.2, 100  # what is held out, unless something is said, of more samples than that
MOST_CLASSES = 12  # that are named

Function = TypeVar("Function", bound=Callable[..., Any])

_training = under("Training")


def data_options(function: Function) -> Function:
    """Give a command the options that say what is trained on, from where, and what is kept."""
    for name, kind, metavar, text in reversed(
        (
            ("--data", str, "NAME", "xor, digits, or a file .csv, .tsv, .data, .txt or .npz.  [default: xor]"),
            (
                "--label",
                str,
                "COLUMN",
                "The column of a table that holds the class of each row: first, last, its name or its number.  "
                "[default: the one with text, or with as many values as the network has outputs]",
            ),
            (
                "--outputs",
                click.IntRange(1),
                "N",
                "How many of the last columns of a table are targets.  [default: as many as the network gives]",
            ),
            (
                "--holdout",
                click.FloatRange(0, 1, max_open=True),
                "SHARE",
                f"The share of samples that is kept back, to see what was learned.  [default: {SHARE} of more than "
                f"{MANY} samples, else 0]",
            ),
            ("--params", str, "FILE", "Parameters to start from: an .npz with W1, b1, …"),
            ("--save", str, "FILE", "Keep the trained parameters in an .npz."),
        )
    ):
        function = click.option(name, cls=_training, type=kind, metavar=metavar, help=text)(function)
    return function


@dataclass(frozen=True, slots=True)
class Samples:
    """The network, the samples it is trained on, and those that are held out: perhaps none."""

    wanted: Request
    trained: Data
    held: Data

    @classmethod
    def of(
        cls,
        screen: Screen,
        *,
        data: str | None,
        label: str | None,
        outputs: int | None,
        holdout: float | None,
        seed: int | None,
    ) -> Samples:
        """Return what was asked for; the data fit the network.

        Raises UsageError for an option that changes nothing of these data, DataError where data and network do not
        fit, and for a target that the cost is not defined for, BudgetError where training would take too much."""
        from symbackprop.network.model import Network
        from symbackprop.numerics.checks import check_targets, warn_of_targets
        from symbackprop.numerics.data import TABLES, held_out

        name = DATA if data is None else data
        for option, said in (("--label", label), ("--outputs", outputs)):
            if said is not None and not name.lower().endswith(TABLES):
                text = f"{option} changes nothing of data {name[:40]!a}; it is for a table such as .csv, leave it out"
                raise click.UsageError(text)
        if label is not None and outputs is not None:
            raise click.UsageError("--outputs changes nothing beside --label; leave one of them out")
        wanted, found = _fitting(screen, name, label=label, targets=outputs)
        check_targets(found.y, wanted.layers.cost_name)
        if isinstance(wanted.layers, Network):
            warn_of_targets(found.y, wanted.layers)
        share = holdout if holdout is not None else SHARE if len(found.x) > MANY else 0.0
        return cls(wanted, *held_out(found, share, wanted.seed(seed)))

    def in_words(self) -> str | None:
        """Return what the classes are and how they stand in y; None where there are no classes of a table."""
        classes = self.trained.classes
        if classes is None or self.trained.label is None:
            return None
        some = [*classes[:MOST_CLASSES], *(() if len(classes) <= MOST_CLASSES else ("…", classes[-1]))]
        if self.trained.y.shape[1] == 1:
            low = f"{min(self.trained.y.min(), 0.0):g}"
            return f"Label {self.trained.label}: {low} stands for {classes[0]}, 1 for {classes[1]}."
        return (
            f"Label {self.trained.label}: {len(classes)} classes, an output for each in this order: {', '.join(some)}."
        )


def _fitting(screen: Screen, name: str, *, label: str | None, targets: int | None) -> tuple[Request, Data]:
    """Return the network and the data, which fit each other."""
    from symbackprop.network.layered import LayeredNetwork
    from symbackprop.numerics.checks import class_hint
    from symbackprop.numerics.classes import Ends
    from symbackprop.numerics.data import BUILT_IN as shipped
    from symbackprop.numerics.memory import check_memory

    if typed_of("network") is None:
        off = -1.0 if typed_of("cost") == "hinge" else 0.0
        samples = _load(screen, name, Ends(targets=targets, label=label, off=off))
        shape = BUILT_IN if _ends(samples) == (2, 1) else "{}-{hidden}-{}".format(*_ends(samples), hidden=HIDDEN)
        wanted = request(shape)
        check_memory(wanted.layers, "training")
        return wanted, samples
    wanted = request()
    check_memory(wanted.layers, "training")
    off = -1.0 if wanted.layers.cost_name == "hinge" else 0.0
    inputs, outs = _ends_of(wanted.layers)
    samples = _load(screen, name, Ends(inputs, outs, targets, label, off))
    if (inputs, outs) != (ends := _ends(samples)):
        first, last = ends
        is_table = samples.label is None and _is_table(name)
        advice = []
        if not isinstance(wanted.layers, LayeredNetwork):
            advice.append("try " + "-".join(map(str, (first, *wanted.layers.widths[1:-1], last))))
        advice += ["say which column is the --label"] if is_table else []
        is_of_arrays = not is_table and name not in shipped
        hint = class_hint(samples.y[:, 0], outs) if last == 1 and is_of_arrays else ""
        advice = [hint] if hint else advice
        outputs = counted(last, "output") if samples.label is None else f"{last} classes ({samples.label})"
        raise DataError(
            f"data {samples.name}: {counted(first, 'input')} and {outputs}, but the network "
            f"{_typed_shape(wanted)} has {inputs} and {outs}" + "; " * bool(advice) + ", or ".join(advice)
        )
    return wanted, samples


def _typed_shape(wanted: Request) -> str:
    """Return a network as its shape was typed, or as what it is."""
    typed = typed_of("network")
    shape = typed if isinstance(typed, str) and SHAPE.fullmatch(typed) else wanted.layers.shape
    return shape if len(shape) <= LONGEST_SHAPE else f"{shape[:LONGEST_SHAPE]}…"


def _ends_of(network: Network | LayeredNetwork) -> tuple[int, int]:
    """Return how many numbers a sample has, and how many the network gives for it."""
    return prod(network.input_shape), prod(network.output_shape)


def _ends(samples: Data) -> tuple[int, int]:
    return samples.x.shape[1], samples.y.shape[1]


def _is_table(name: str) -> bool:
    from symbackprop.numerics.data import TABLES

    return name.lower().endswith(TABLES)


def _load(screen: Screen, name: str, ends: Ends) -> Data:
    """Return the built-in data of that name, or those of a file, with a bar while a table is read."""
    from symbackprop.files import read_blocks, read_bytes
    from symbackprop.numerics.data import ARRAYS, MAX_BYTES, from_csv, load

    shown = shown_name(name)
    if _is_table(name):
        blocks, size = read_blocks(name, largest=MAX_BYTES, error=DataError)
        with screen.working(f"reading {shown}", steps=size) as told:

            def passed_on(block: bytes) -> bytes:
                told("", len(block))
                return block

            return from_csv(map(passed_on, blocks), size=size, where=shown, ends=ends)
    if not name.lower().endswith(ARRAYS):
        return load(name)
    return load(shown, read_bytes(name, largest=MAX_BYTES, error=DataError))


def shown_name(path: str) -> str:
    """Return the name of a file as a message may hold it."""
    name = Path(path).name
    return name if name.isprintable() else ascii(name)[1:-1]


def start_of(wanted: Request, path: str | None, seed: int) -> Mapping[str, Any]:
    """Return the parameters that training starts from: those of a file, or the first ones for the seed.

    Raises DataError for what is no .npz file, ShapeError for parameters of another network."""
    from symbackprop.files import read_bytes
    from symbackprop.numerics.arguments import params_of
    from symbackprop.numerics.data import MAX_BYTES, arrays_from_npz

    if path is None:
        return wanted.layers.initial_params(seed)
    arrays = arrays_from_npz(read_bytes(path, largest=MAX_BYTES, error=DataError), shown_name(path))
    return params_of(wanted.layers, arrays, where=shown_name(path))


def saved(params: Mapping[str, Any], path: str, *, start: str | None, force: bool) -> str:
    """Write parameters to a file, and return its path; the file that training started from is replaced."""
    from symbackprop.files import write_all
    from symbackprop.numerics.data import npz_of

    place = Path(path)
    write_all(place.parent, {place.name: npz_of(params)}, force=force or _is_same(place, start))
    return str(place)


def check_saved(path: str | None, start: str | None, *, force: bool) -> None:
    """Raise UsageError, before anything is trained, for a file name that does not end in .npz, and as `check_place`."""
    from symbackprop.files import check_place
    from symbackprop.numerics.data import ARRAYS

    if path is None:
        return
    if not path.lower().endswith(ARRAYS):
        raise click.UsageError(f"--save: got {path[:60]!a}, wanted a name that ends in {ARRAYS}; try trained.npz")
    place = Path(path)
    check_place(place.parent, place.name, force=force or _is_same(place, start))


def _is_same(place: Path, start: str | None) -> bool:
    """Tell whether a file is the one that training starts from, which is replaced."""
    return start is not None and place.exists() and os.path.exists(start) and place.samefile(start)
