"""From explanations to findings: the right line beside the wrong one, and an input that tells explanations apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from symbackprop.calculus.diagnosis import Finding, Formula, Remark
from symbackprop.calculus.mistakes.sentences import alternatives, sentence
from symbackprop.calculus.mistakes.variants import Variant
from symbackprop.network.program import Equation
from symbackprop.numerics.arrays.counts import size_letters
from symbackprop.numerics.diagnosis.comparison import Yours, named_factor
from symbackprop.numerics.diagnosis.numpylines import numpy_line
from symbackprop.numerics.diagnosis.replay import Replay
from symbackprop.numerics.diagnosis.search import Explanation

OF_SOME = "these are {detail} times what is right, and the others are right"


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
    replay = each.replay or replay
    kind = _kind(mistake, updated=updated)
    wrong = right = None
    if mistake.forward is not None:
        own = next(e for e in replay.passes.program.equations if e.tensor == mistake.forward.tensor)
        there = replay.of_other({own.tensor: mistake.forward})
        wrong, right = _formula(there, mistake.forward, there.values), _formula(replay, own, replay.values)
    elif mistake.changes:
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
    code = numpy_line(equation, replay.names, size_letters(replay.compiled.program), replay.passes.program)
    return Formula(equation, np.asarray(found[replay.names[equation.tensor]]), code)


def _place(mistake: Variant) -> str:
    """Return where a mistake was made, as it is written: a derivative, or an array of the forward pass."""
    is_plain = mistake.where == "everywhere" or mistake.forward is not None
    return mistake.where if is_plain else f"∂C/∂{mistake.where}"


def _kind(mistake: Variant, *, updated: bool) -> str:
    """Return how a mistake is called: a bias whose derivative is 0 was not updated, where parameters are looked at."""
    return "bias_not_updated" if updated and mistake.kind == "bias_missing" else mistake.kind


def unseen_findings(replay: Replay, mistakes: Sequence[Variant]) -> tuple[Finding, ...]:
    """Return the mistakes that cannot be seen, those of one kind together, with all the places where they are not."""
    kinds: dict[str, list[Variant]] = {}
    for each in mistakes:
        kinds.setdefault(each.kind, []).append(each)
    found = []
    for same in kinds.values():
        first = finding_of(replay, Explanation((same[0],), 0.0), same[0])
        found.append(replace(first, where=", ".join(dict.fromkeys(map(_place, same)))))
    return tuple(found)


def factor_of_some(yours: Yours, right: Mapping[str, np.ndarray], known: Mapping[Remark, float]) -> Finding | None:
    """Return one factor of those arrays that are wrong, if there is one; the others are right."""
    wrong = [name for name in yours.arrays if yours.excess(right, name) > 1]
    number = (
        yours.only(wrong).factor(right, known.values()) if sum(np.size(yours.arrays[n]) for n in wrong) > 1 else None
    )
    if number is None:
        return None
    return Finding("factor", ", ".join(wrong), Remark(OF_SOME, detail=named_factor(number, known)), 0.0, number)
