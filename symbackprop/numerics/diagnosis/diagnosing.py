"""Which mistake explains these numbers? From somebody's derivatives, parameters after updates, or cost, to a verdict.

derivatives          beside the right ones, and beside those of every mistake that the derivation can be changed to
after an update      (before - after)/rate are derivatives
cost after updates   the same mistakes, carried out to the cost
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from symbackprop.calculus.diagnosis import EQUAL, MISTAKE, UNKNOWN, UP_TO, Diagnosis, Finding, Remark
from symbackprop.calculus.mistakes.sentences import sentence
from symbackprop.errors import DataError, SpecError
from symbackprop.network.layered import LayeredNetwork
from symbackprop.network.model import Network
from symbackprop.network.program import GIVEN, Kind
from symbackprop.network.text.equations import EquationsNetwork
from symbackprop.numerics.diagnosis.apart import telling_apart, unseen
from symbackprop.numerics.diagnosis.blocks import derivatives_of_block, random_point, with_upstream
from symbackprop.numerics.diagnosis.calling import called
from symbackprop.numerics.diagnosis.comparison import Yours, named_factor
from symbackprop.numerics.diagnosis.descents import Course, of_cost, of_steps
from symbackprop.numerics.diagnosis.findings import OF_SOME, each_once, factor_of_some, finding_of, unseen_findings
from symbackprop.numerics.diagnosis.layouts import (
    AS_COLUMNS,
    TURNED,
    TURNED_LIKE_OTHERS,
    as_lying,
    as_parameters,
    not_given,
)
from symbackprop.numerics.diagnosis.orders import names_in_order, neurons_in_order, samples_in_order
from symbackprop.numerics.diagnosis.problem import Problem, problem_of
from symbackprop.numerics.diagnosis.replay import Replay
from symbackprop.numerics.diagnosis.search import explanations
from symbackprop.numerics.diagnosis.written.readings import of_lines

MOST_FINDINGS = 12
FIRST = (
    "the first difference, from the last layer back, is in ∂C/∂{name}: {error} times its largest entry; no mistake "
    "that is known explains it"
)


def diagnose(
    network: Network | EquationsNetwork,
    grads: Any = None,
    *,
    params: Any = None,
    x: Any = None,
    y: Any = None,
    updated: Any = None,
    cost_after: float | str | None = None,
    learning_rate: float | None = None,
    steps: int = 1,
    function: Callable[..., Any] | None = None,
    formula: str | None = None,
    lines: str | None = None,
    on_step: Callable[[Remark], None] = lambda _text: None,
) -> Diagnosis:
    """Return which mistake explains somebody's numbers at a point: `grads`, or `updated` parameters, or `cost_after`.

    `lines` are a derivation as text, each judged on its own, and `formula` is one of them; they want no point.

    `params`, `x`, `y` are the point; of equations `params` are all the arrays that are given, and of a block d_o, that
    is ∂C/∂o, for its outputs. Names and layouts are guessed, and said. With `learning_rate`, weights that were updated
    too early are tried as well. `function` is called with what it takes of params, x, y; the backward pass of a block
    with what it takes of its arrays, at random numbers where no point is given. `on_step` is told what is tried. Raises
    DataError for numbers that cannot be read."""
    if not isinstance(network, Network | EquationsNetwork):
        raise SpecError(f"diagnose wants a network, got {type(network).__name__}; try diagnose(mlp('2-2-2'), …)")
    given = _given(grads=grads, updated=updated, cost_after=cost_after, function=function, formula=formula, lines=lines)
    text = formula if lines is None else lines
    said: list[Remark] = []
    if text is not None:
        point = None if params is None else problem_of(network).values(params, x, y, said)
        return of_lines(network, text, point, said, on_step=on_step)
    outputs = _outputs_of_block(network)
    if outputs and isinstance(network, EquationsNetwork):
        params = random_point(network) if params is None and function is not None else params
        network = with_upstream(network)
    if params is None:
        raise DataError(f"params is missing: the point at which {given} was computed; give params, x and y")
    problem = problem_of(network)
    values = problem.values(params, x, y, said)
    known = problem.compiled.known(values)
    replay = Replay(problem.staged, known, learning_rate, on_step)
    if cost_after is not None:
        course = Course(_rate(learning_rate), steps, tuple(said))
        return replace(of_cost(replay, cost_after, course), network=network)
    if function is not None and outputs:
        grads = derivatives_of_block(function, known, outputs, list(problem.shapes))
    elif function is not None:
        ways = _ways(problem, {**known, **values}, (params, x, y), said)
        grads = _of_function(problem, function, ways, replay)
    if updated is not None:
        course = Course(_rate(learning_rate), steps, tuple(said))
        return replace(_of_update(problem, replay, updated, course), network=network)
    arrays, guessed = as_parameters(grads, problem.shapes, "gradients")
    guessed += not_given(arrays, [name for name in problem.shapes if name in replay.parameters])
    own = {name: problem.inside(name, array, known) for name, array in arrays.items()}
    guessed = [each for each in guessed if each not in said]  # of the point, and of the derivatives in the same layout
    return replace(_verdict(replay, Yours.of(own), (*said, *guessed), problem), network=network)


_Point = tuple[Any, Any, Any]  # parameters, x, y


def _ways(problem: Problem, known: Mapping[str, Any], own: _Point, said: Sequence[Remark]) -> tuple[_Point, ...]:
    """Return a point as it is here and as it lies in somebody's file, the likelier one for their function first."""
    params, x, y = own
    arrays = {n: np.asarray(known[n]).reshape(shape) for n, shape in problem.shapes.items() if n in known}
    inside = (arrays, known.get("x", x), known.get("y", y))
    if not isinstance(problem.network, Network | LayeredNetwork):  # of equations the names are the arrays' own
        return (inside,)
    lying = (as_lying(params, problem.shapes, "params", []), x, y)
    is_turned = any(each.template in (TURNED, AS_COLUMNS) for each in said)
    return (lying, inside) if is_turned else (inside, lying)


def _of_function(problem: Problem, function: Callable[..., Any], ways: Sequence[_Point], replay: Replay) -> Any:
    """Return what somebody's function gives for a point in the first of the ways to lay it out that it takes.

    Raises DataError, what the first way raises, where it takes none."""
    is_layered = isinstance(problem.network, Network | LayeredNetwork)
    others = {} if is_layered else {a.name: replay.known[a.name] for a in replay.passes.program.of_kind(*GIVEN)}
    refusals = []
    for params, x, y in ways:
        try:
            grads = called(function, params, x, y, upstream=replay.by_output, others=others)
            as_parameters(grads, problem.shapes, "gradients")
        except DataError as error:
            refusals.append(error)
        else:
            return grads
    raise refusals[0]


def _outputs_of_block(network: Network | EquationsNetwork) -> tuple[str, ...]:
    """Return the outputs of equations that have no cost, for which ∂C/∂o is given; none of any other network."""
    is_block = isinstance(network, EquationsNetwork) and not network.program.has_cost
    return tuple(array.name for array in network.program.outputs) if is_block else ()


def _given(**options: Any) -> str:
    """Return the name of the one option that is given; raises DataError for none and for several."""
    given = [name for name, one in options.items() if one is not None]
    if len(given) != 1:
        raise DataError(f"diagnose wants one of {', '.join(options)}; got {', '.join(given) or 'none'}")
    return given[0]


def _rate(learning_rate: float | None) -> float:
    if learning_rate is None:
        raise DataError("learning_rate is missing: how long the step of the update was")
    return float(learning_rate)


def _of_update(problem: Problem, replay: Replay, updated: Any, course: Course) -> Diagnosis:
    rate = course.rate
    arrays, guessed = as_parameters(updated, problem.shapes, "updated")
    guessed += not_given(arrays, [name for name in problem.shapes if name in replay.parameters])
    own = {name: problem.inside(name, array, replay.known) for name, array in arrays.items()}
    said = (*course.said, *guessed)
    if course.steps != 1:
        return of_steps(replay, own, Course(rate, course.steps, said))
    grads = {name: (np.asarray(replay.known[name], dtype=float) - array) / rate for name, array in own.items()}
    return _verdict(replay, Yours.of(grads, rate, own), said, problem, updated=True)


def _verdict(
    replay: Replay, yours: Yours, said: Sequence[Remark], problem: Problem, *, updated: bool = False
) -> Diagnosis:
    """Return the verdict on derivatives: equal, equal up to something, mistakes, or none that is known."""
    right = replay.gradient(replay.right)
    errors = yours.errors(right)
    kept = [str(each.parts["name"]) for each in said if each.template in (TURNED, TURNED_LIKE_OTHERS)]
    turned = tuple(Finding("transposed", name, sentence("transposed"), 0.0) for name in kept)
    if yours.fits(right):
        found = turned if yours.is_exact(right) else (*turned, _precision(yours, errors))
        missed, point = unseen(replay, yours)
        verdict = UP_TO if found else EQUAL
        return Diagnosis(verdict, found, tuple(said), errors, point, undecided=unseen_findings(replay, missed))
    if (transposed := _transposed(yours, right)) is not None:
        names = ", ".join(transposed)
        finding = Finding("transposed", names, sentence("transposed"), 0.0)
        return Diagnosis(UP_TO, (finding,), tuple(said), errors)
    if (ordered := _permuted(replay, yours, right)) is not None:
        return Diagnosis(UP_TO, (ordered,), tuple(said), errors)
    if taken := names_in_order(yours, right):
        named = Remark(", ".join(f"{name} = {own}" for name, own in taken.items()))
        swapped = Finding("names_swapped", ", ".join(taken), sentence("names_swapped", named), 0.0, detail=named)
        return Diagnosis(MISTAKE, (swapped,), tuple(said), errors)
    known = _known_factors(replay, problem)
    if scaled := _scaled_and_moved(replay, yours, right, known):
        return Diagnosis(UP_TO, scaled, tuple(said), errors)
    findings = []
    if (number := yours.factor(right, known.values())) is not None:
        name = named_factor(number, known)
        findings.append(Finding("factor", "everywhere", sentence("factor", name), 0.0, number))
    why = explanations(replay, yours)
    findings += [finding_of(replay, each, mistake, updated=updated) for each in why for mistake in each.mistakes]
    findings = each_once(findings)[:MOST_FINDINGS]
    if findings:
        verdict = UP_TO if number is not None else MISTAKE
        return Diagnosis(verdict, tuple(findings), tuple(said), errors, telling_apart(replay, yours, why))
    if (part := factor_of_some(yours, right, known)) is not None:
        return Diagnosis(MISTAKE, (part,), tuple(said), errors)
    order = [name for name in replay.order if name in yours.arrays]
    first = next((name for name in order if yours.excess(right, name) > 1), None)
    finding = _unexplained(first or next(iter(errors)), order, errors)
    return Diagnosis(UNKNOWN, (finding,), tuple(said), errors, first_difference=first)


def _precision(yours: Yours, errors: Mapping[str, float]) -> Finding:
    """Return how many digits are there."""
    return Finding("precision", "everywhere", sentence("precision", yours.digits), max(errors.values(), default=0.0))


def _unexplained(name: str, order: Sequence[str], errors: Mapping[str, float]) -> Finding:
    """Return where the first difference is, `order` being that of the arrays from the last layer back."""
    before = order[: order.index(name)] if name in order else []
    found = Remark(FIRST, name=name, error=f"{errors[name]:.2g}")
    if before:
        same = "{names} is right; {found}" if len(before) == 1 else "{names} are right; {found}"
        found = Remark(same, names=", ".join(before), found=found)
    return Finding("unknown", name, found, errors[name])


def _permuted(replay: Replay, yours: Yours, right: Mapping[str, np.ndarray]) -> Finding | None:
    """Return the order of neurons, or that of samples, with which the derivatives are equal, if there is one."""
    samples = [array.name for array in replay.passes.program.of_kind(Kind.INPUT)]
    for detail, orders in (
        ("neurons", neurons_in_order(yours, right)),
        ("samples", samples_in_order(yours, right, samples)),
    ):
        if orders is not None:
            shown = "; ".join(f"{name}: {order}" for name, order in orders.items())
            text = Remark("{remark}: {orders}", remark=sentence("permutation", detail), orders=shown)
            return Finding("permutation", ", ".join(orders), text, 0.0, detail=detail)
    return None


def _transposed(yours: Yours, right: Mapping[str, np.ndarray]) -> list[str] | None:
    """Return the arrays that are equal when they are transposed, if that explains all."""
    names = []
    for name, array in yours.arrays.items():
        if yours.excess(right, name) <= 1:
            continue
        true = np.asarray(right[name])
        if true.ndim != 2 or true.shape[0] != true.shape[1]:
            return None
        mine = Yours({name: np.asarray(array).T}, {name: np.asarray(yours.rounding[name]).T}, yours.digits)
        if mine.excess(right, name) > 1:
            return None
        names.append(name)
    return names


def _scaled_and_moved(
    replay: Replay, yours: Yours, right: Mapping[str, np.ndarray], known: Mapping[Remark, float]
) -> tuple[Finding, ...]:
    """Return a factor together with a transposition, or with another order, where both explain all; else nothing.

    Some arrays alone may be scaled and transposed, and the others right."""
    wrong = [name for name in yours.arrays if yours.excess(right, name) > 1]
    part, where = yours.only(wrong), "everywhere" if len(wrong) == len(yours.arrays) else ", ".join(wrong)
    for number in part.scales(right, known.values()):
        scaled = {name: number * np.asarray(array) for name, array in right.items()}
        names = _transposed(part, scaled)
        moved = Finding("transposed", ", ".join(names), sentence("transposed"), 0.0) if names else None
        moved = moved or (None if names == [] else _permuted(replay, yours, scaled))
        if moved is not None:
            name = named_factor(number, known)
            said = sentence("factor", name) if where == "everywhere" else Remark(OF_SOME, detail=name)
            return moved, Finding("factor", where, said, 0.0, number)
    return ()


def _known_factors(replay: Replay, problem: Problem) -> dict[Remark, float]:
    """Return the factors that have a name: the number of samples, and the number of outputs."""
    found = {Remark("2"): 2.0, Remark("1/2"): 0.5, Remark("-1"): -1.0}
    if isinstance(problem.network, Network):
        count, outputs = len(np.asarray(replay.known["x"])), problem.network.widths[-1]
        found = {
            Remark("the number of samples"): float(count),
            Remark("1 over the number of samples"): 1 / count,
            Remark("the number of outputs"): float(outputs),
            Remark("1 over the number of outputs"): 1 / outputs,
            **found,
        }
    return {name: value for name, value in found.items() if value != 1}
