"""From explanations to findings: the right line beside the wrong one, and an input that tells explanations apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from symbackprop.calculus.diagnosis import Finding, Formula
from symbackprop.network.program import GIVEN, Equation, Kind
from symbackprop.numerics.diagnosis.comparison import Yours
from symbackprop.numerics.diagnosis.numpylines import numpy_line
from symbackprop.numerics.diagnosis.replay import Replay
from symbackprop.numerics.diagnosis.search import Explanation
from symbackprop.numerics.diagnosis.sentences import alternatives, sentence
from symbackprop.numerics.diagnosis.variants import Variant

__all__ = ["each_once", "finding_of", "telling_apart"]

BETWEEN = {Kind.INPUT: (-3.0, 3.0), Kind.TARGET: (0.1, 0.9)}  # what an input that tells mistakes apart is drawn from
TRIES = 8


def each_once(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings, those of one kind that differ in a detail or in their place alone as one."""
    kinds: dict[tuple[str, tuple[str, str] | None], list[Finding]] = {}
    for finding in findings:
        kinds.setdefault((finding.kind, finding.beside), []).append(finding)
    merged = []
    for (kind, _), same in kinds.items():
        first = same[0]
        details = list(dict.fromkeys(each.detail for each in same if each.where == first.where and each.detail))
        if len(details) > 1:
            several = alternatives(details)
            first = replace(first, remark=sentence(kind, several), detail=several)
        merged.append(first)
    return merged


def finding_of(replay: Replay, each: Explanation, mistake: Variant, *, updated: bool = False) -> Finding:
    """Return what a mistake of an explanation is to a reader."""
    kind = _kind(mistake, updated=updated)
    wrong = right = None
    if mistake.changes:
        tensor, changed = next(iter(mistake.changes.items()))
        own = next(e for e in replay.passes.adjoints if e.tensor == tensor)
        wrong = _formula(replay, changed, replay.with_mistakes(*each.mistakes))
        right = _formula(replay, own, replay.right)
    others = [(_kind(one, updated=updated), _place(one)) for one in each.mistakes if one is not mistake]
    remark = sentence(kind, mistake.detail)
    beside = others[0] if others else None
    return Finding(kind, _place(mistake), remark, each.error, None, wrong, right, mistake.detail, beside)


def _formula(replay: Replay, equation: Equation, found: Mapping[str, Any]) -> Formula:
    """Return an equation with the numbers that it comes to and its line of NumPy."""
    code = numpy_line(equation, replay.names, replay.compiled.sizes)
    return Formula(equation, np.asarray(found[replay.names[equation.tensor]]), code)


def _place(mistake: Variant) -> str:
    """Return where a mistake was made, as it is written."""
    return mistake.where if mistake.where == "everywhere" else f"∂C/∂{mistake.where}"


def _kind(mistake: Variant, *, updated: bool) -> str:
    """Return how a mistake is called: a bias whose derivative is 0 was not updated, where parameters are looked at."""
    return "bias_not_updated" if updated and mistake.kind == "bias_missing" else mistake.kind


def telling_apart(replay: Replay, found: Sequence[Explanation]) -> dict[str, Any] | None:
    """Return an input at which explanations that give the same numbers here give different ones, if there is one."""
    if len(found) < 2 or len(found[0].mistakes) != 1:
        return None
    program = replay.passes.program
    names = {array.name: array.kind for array in program.of_kind(*GIVEN)}
    rng = np.random.default_rng(1)
    for _ in range(TRIES):
        values = {n: np.asarray(replay.known[n], dtype=float) for n in names}
        fresh = {
            n: np.round(rng.uniform(*BETWEEN[names[n]], size=v.shape), 1) if names[n] in BETWEEN else v
            for n, v in values.items()
        }
        other = replay.at(fresh)
        results = [other.gradient(other.with_mistakes(*each.mistakes)) for each in found if each.mistakes[0].changes]
        if len(results) > 1 and any(not Yours.of(results[0]).fits(one) for one in results[1:]):
            return {n: fresh[n].tolist() for n in names if names[n] in (Kind.INPUT, Kind.TARGET)}
    return None
