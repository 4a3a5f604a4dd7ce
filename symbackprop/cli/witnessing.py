"""The numbers of a worked example beside witnesses that share nothing with the derivation.

hand-written NumPy    where it knows the activations and the cost
central differences   always; with many digits where floats cannot tell: far out, where a slope is 1e-40, or e^1000
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from sympy import Expr, Rational, S, Symbol

from symbackprop.calculus.numbers import DIGITS, Stage
from symbackprop.calculus.partials import Partial
from symbackprop.exposition.document import CheckRow
from symbackprop.exposition.example.entrypath import EntryPath
from symbackprop.exposition.exercise.samples import entry, sizes_of
from symbackprop.network.manydigits import SPARE
from symbackprop.network.model import Network
from symbackprop.network.notation import COST, scalar
from symbackprop.network.program import INDEPENDENT
from symbackprop.network.values import Values
from symbackprop.numerics.arithmetic import NEAR, Digits, Floats
from symbackprop.numerics.checks import check_targets
from symbackprop.numerics.comparison import gradient_by_hand, witness_knows
from symbackprop.numerics.interpretation import Forward
from symbackprop.numerics.program_verification import EXACT as ALLOWED
from symbackprop.numerics.program_verification import errors_at
from symbackprop.numerics.witnessed import DIFFERENCE, EXACT
from symbackprop.numerics.witnesses import Entry, central_difference, cost_error, norm_error, seen_by_differences

BY_HAND, DIFFERENCES = "hand-written NumPy", "central differences"
IN_DIGITS = "central differences, 1050 digits"


def example_checks(network: Network, stages: Sequence[Stage]) -> tuple[CheckRow, ...]:
    """Return how far the numbers of every stage are from those of each witness, at most."""
    allowed = {BY_HAND: EXACT, DIFFERENCES: DIFFERENCE, IN_DIGITS: DIFFERENCE}
    worst: dict[str, float] = {}
    for stage in stages:
        with np.errstate(all="ignore"):  # e^1000 is no number for floats, and is asked for in digits
            found = dict(_errors(network, stage))
        errors = _told(found, allowed, partial(_error_in_digits, network, stage))
        for name, error in errors.items():
            worst[name] = max(worst.get(name, 0.0), error)
    return tuple(CheckRow(name, worst[name], allowed[name]) for name in allowed if name in worst)


def program_checks(stages: Sequence[EntryPath]) -> tuple[CheckRow, ...]:
    """Return how far the derivatives of every stage of a program are from those of each witness, at most.

    Where all entries of a stage are on a kink, none has a difference, and dual numbers are told alone, unless the
    difference of another stage is too large."""
    errors = []
    for stage in stages:
        program = stage.derivation.program
        values = {array.name: _of_array(stage, array.tensor, exactly=True) for array in program.given}
        upstream = {array.name: _of_array(stage, array.tensor, derivatives=True) for array in stage.derivation.given}
        wanted = program.of_kind(*INDEPENDENT)
        gradient = {array.name: _of_array(stage, array.tensor, derivatives=True) for array in wanted}
        errors.append(errors_at(program, (values, dict(program.sizes)), upstream, gradient))
    names = "difference quotients", "dual numbers, 50 digits"
    rows = zip(names, zip(*errors, strict=True), strict=True)
    found = [(name, max((error for error in row if error is not None), default=0.0), None in row) for name, row in rows]
    return tuple(CheckRow(name, worst, ALLOWED) for name, worst, some in found if not some or worst > ALLOWED)


def _of_array(stage: EntryPath, tensor: Any, *, derivatives: bool = False, exactly: bool = False) -> Any:
    """Return the numbers of an array, or of the derivatives by it; what is read by nothing is 0.

    They are floats, or `exactly` fractions where they are, so that what is 0 at a kink is 0 for a witness as well."""
    own = tensor.xreplace(sizes_of(stage.derivation))
    spans = [range(int(first), int(last) + 1) for first, last in getattr(own, "axes", ())]
    found = np.zeros([len(span) for span in spans], dtype=object if exactly else float)
    for place in np.ndindex(*found.shape):
        at = entry(own, tuple(span[each] for span, each in zip(spans, place, strict=True)))
        number = stage.numbers.known.get(Partial(COST, at) if derivatives else at, S.Zero)
        found[place] = number if exactly and isinstance(number, Rational) else float(number)
    return found


def _told(
    errors: dict[str, float], allowed: Mapping[str, float], in_digits: Callable[[], float | None]
) -> dict[str, float]:
    """Return the errors; those of floats that are too large give way to one in many digits, if that is small.

    Where not even many digits can tell, at e^-100000 or 0 ln 0, only what floats can tell is left."""
    told = {name: error for name, error in errors.items() if error <= allowed[name]}
    if told == errors or (error := in_digits()) is None:
        return told
    return told | {IN_DIGITS: error} if error <= allowed[IN_DIGITS] else errors


def check_targets_of(network: Network, values: Values) -> None:
    """Raise DataError if a target lies outside what the cost is defined for, as a training would."""
    check_targets(np.array([list(map(float, y)) for _, y in values.samples]), network.cost_function.name)


def _errors(network: Network, stage: Stage) -> Iterator[tuple[str, float]]:
    """Yield each witness that can speak of the network, with its largest difference, relative to the largest entry."""
    whole = float(stage.share) * len(stage.samples)  # what is compared with the mean: 1, or m where costs are added up
    at = _point(network, stage, float)
    gradient = _arrays(network, stage.gradient, lambda value: float(value) / whole)
    wanted = _entries(at[0])
    forward = Forward(network, Floats())
    forward(*at)
    misses_a_kink = forward.nearest_kink <= NEAR  # exactly, the sample hits it: in floats it lies beside it
    told = float(stage.cost) / whole
    if witness_knows(network) and not misses_a_kink:
        true, truth = gradient_by_hand(network)(*at)
        apart = norm_error(gradient, wanted, [truth[n][place] for n, place in wanted])
        yield BY_HAND, max(cost_error(told, true), apart)
    yield (
        DIFFERENCES,
        norm_error(gradient, wanted, central_difference(network, at, wanted), least=seen_by_differences(told)),
    )


def _error_in_digits(network: Network, stage: Stage) -> float | None:
    """Return the largest difference from central differences in many digits, relative to the largest entry.

    None where they have no digit of it."""
    number = Digits(DIGITS + SPARE).number
    whole = number(stage.share) * len(stage.samples)
    at = _point(network, stage, number)
    gradient = _arrays(network, stage.gradient, lambda value: number(value) / whole)
    wanted = _entries(at[0])
    largest = max(abs(entry) for array in gradient.values() for entry in array.flat)
    around = max(abs(number(value)) for sample in stage.samples for value in sample.known.values())
    scale = largest or around or 1
    truth = [float(slope / scale) for slope in central_difference(network, at, wanted, digits=DIGITS + SPARE)]
    scaled = {name: (array / scale).astype(np.float64) for name, array in gradient.items()}  # no float reaches e^1000
    error = norm_error(scaled, wanted, truth, least=0.0 if largest else 1.0)
    is_lost = not np.all(np.isfinite(truth)) or 0 < largest < around * Digits(DIGITS + SPARE).near
    return None if is_lost and error > DIFFERENCE else error


def _point(network: Network, stage: Stage, number: Callable[[Expr], Any]) -> tuple[dict[str, Any], Any, Any]:
    """Return parameters, and x and y as batches, in numbers of one kind."""

    def rows(letter: str) -> Any:
        return np.array([[number(value) for (value,) in sample.array(letter)] for sample in stage.samples])

    return _arrays(network, stage.parameters, number), rows("x"), rows("y")


def _arrays(network: Network, values: Mapping[Symbol, Expr], number: Callable[[Expr], Any]) -> dict[str, Any]:
    """Return the numbers of weights and biases as arrays, by their names: W1, b1."""
    arrays = {}
    for name, shape in network.parameter_shapes.items():
        letter, layer = name[0].lower(), int(name[1:])
        flat = [number(values[scalar(letter, layer, *(p + 1 for p in place))]) for place in np.ndindex(shape)]
        arrays[name] = np.array(flat).reshape(shape)
    return arrays


def _entries(params: Mapping[str, Any]) -> list[Entry]:
    """Return every entry of every parameter."""
    return [(name, place) for name, array in params.items() for place in np.ndindex(array.shape)]
