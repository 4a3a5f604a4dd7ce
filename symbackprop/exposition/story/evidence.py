"""Chapter 9: why a reader may believe it: what was checked, how, and under which conditions it holds."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from sympy import Float, Gt

from symbackprop.calculus.checking import SEEDS, Trust
from symbackprop.calculus.derivation import Chain, Step
from symbackprop.calculus.rules import Hypothesis
from symbackprop.exposition.document import Block, CheckRow, Formula, Table, Text
from symbackprop.exposition.levels import Level
from symbackprop.exposition.selection import Story, at
from symbackprop.exposition.story.links import conventions, shown
from symbackprop.exposition.story.speaking import Speaking
from symbackprop.exposition.story.telling import Telling, listed, name_of, sums_to_one
from symbackprop.network.functions import SIGMA, Elementwise
from symbackprop.network.kinks import kinks

_WEAKEST_FIRST = tuple(reversed(Trust))


def tell(telling: Telling) -> Story:
    """Return the chapter about the evidence."""
    return evidence_of(telling, _by_result(telling))


def evidence_of(telling: Speaking, results: Table) -> Story:
    """Return the chapter about the evidence, with a table of what was derived."""
    steps = telling.checked_steps
    used = [trust for trust in Trust if any(step.evidence.trust is trust for step in steps)]
    blocks: list[Block] = [
        telling.section("evidence"),
        telling.prose("evidence.how", steps=len(steps), worlds=len(SEEDS), points=points_of(steps)),
        *(telling.prose(f"trust.{trust.value}.meaning") for trust in used),
        results,
        _by_rule(telling),
    ]
    if (conditions := _conditions(telling, steps)).rows:  # some are of the named functions alone
        blocks += [telling.prose("evidence.conditions"), conditions]
    if telling.checks:
        blocks += [telling.prose("evidence.numbers"), numbers_table(telling)]
    return at(Level.FULL, *blocks)


def points_of(steps: Sequence[Step]) -> int:
    """Return at how many points steps were compared, all together."""
    return sum(step.evidence.points for step in steps)


def _weakest(steps: Sequence[Step]) -> Trust:
    present = {step.evidence.trust for step in steps}
    return next(trust for trust in _WEAKEST_FIRST if trust in present)


def _by_result(telling: Telling) -> Table:
    """Return one row for each chain: what it derives, in how many steps, and what stands behind its weakest one."""
    rows = [_row(telling, name, chain) for name, chain in telling.derivation.chains.items() if chain.steps]
    return results_table(telling, rows)


def results_table(telling: Speaking, rows: Sequence[tuple[Text, ...]]) -> Table:
    """Return the table of what was derived."""
    header = tuple(telling.say(f"header.{name}") for name in ("result", "steps", "points", "trust"))
    return Table(header, tuple(rows), "lrrl", telling.say("table.results"))


def _row(telling: Telling, name: str, chain: Chain) -> tuple[Text, ...]:
    say, derivation = telling.say, telling.derivation
    if name in derivation.equations:
        what: Text = (name,)
    elif name in derivation.specific:
        equation = derivation.specific[name]
        what = telling.say_of_layers("result.layer", equation.layer_numbers, {"name": equation.name})
    else:
        key, _, activation = name.partition(": ")
        names = [name_of(a) for a in telling.network.distinct_activations if a.name == activation]
        what = say(f"result.{key}", name=names[0] if names else "")
    return result_row(telling, what, chain)


def result_row(telling: Speaking, what: Text, chain: Chain) -> tuple[Text, ...]:
    """Return a row of the table of results: what was derived, in how many steps, at how many points, how surely."""
    steps, trust = chain.steps, telling.say(f"trust.{_weakest(chain.steps).value}")
    return what, (str(len(steps)),), (telling.language.number(points_of(steps)),), trust


def _by_rule(telling: Speaking) -> Table:
    """Return one row for each rule: in words, and how often it was used."""
    say = telling.say
    by_rule: dict[str, list[Step]] = {}
    for step in telling.checked_steps:
        by_rule.setdefault(step.rule.name, []).append(step)
    rows = [
        (
            say(f"rule.{name}"),
            (str(len(steps)),),
            (telling.language.number(points_of(steps)),),
            say(f"trust.{_weakest(steps).value}"),
        )
        for name, steps in by_rule.items()
    ]
    header = tuple(say(f"header.{name}") for name in ("rule", "steps", "points", "trust"))
    return Table(header, tuple(rows), "lrrl", say("table.rules"))


def _conditions(telling: Speaking, steps: Sequence[Step]) -> Table:
    """Return the conditions under which the result holds, one kind a row."""
    say = telling.say
    hypotheses = tuple(dict.fromkeys(hypothesis for step in steps for hypothesis in step.hypotheses))
    functions = dict.fromkeys(_function(h) for h in hypotheses if h.kind == "differentiable")
    smooth = [function for function in functions if not kinks(function) and function != SIGMA]
    rows: list[tuple[Text, ...]] = []
    if smooth:
        rows.append((listed(*(Formula((function,)) for function in smooth)), say("condition.differentiable")))
    rows += [(conventions(f), say("condition.kink", f=shown(f))) for f in functions if kinks(f)]
    rows += [((each,), say("condition.sums to one")) for each in sums_to_one(steps)]
    positive = (Formula((Gt(h.subject, 0, evaluate=False),)) for h in hypotheses if h.kind == "positive")
    rows += [((each,), say("condition.positive")) for each in positive]
    header = (say("header.condition"), say("header.meaning"))
    return Table(header, tuple(rows), "ll", say("table.conditions"))


def _function(hypothesis: Hypothesis) -> type[Elementwise]:
    return type(hypothesis.subject)  # type: ignore[return-value]  # SymPy's classes have no types


def numbers_table(telling: Speaking) -> Table:
    """Return the numeric checks that were handed in."""
    say = telling.say
    header = tuple(say(f"header.{name}") for name in ("compared", "error", "tolerance", "verdict"))
    rows = [
        (_what(telling, row), (_number(row.error),), (_number(row.tolerance),), _verdict(telling, row))
        for row in telling.checks
    ]
    return Table(header, tuple(rows), "lrrl", say("table.numbers"))


def _what(telling: Speaking, row: CheckRow) -> Text:
    key = f"check.{row.what}"
    return telling.say(key) if key in telling.language else (row.what,)


def _verdict(telling: Speaking, row: CheckRow) -> Text:
    return telling.say("verdict.ok" if row.ok else "verdict.failed")


def _number(value: float) -> Formula | str:
    return Formula((Float(f"{value:.1e}"),)) if isfinite(value) else str(value)
