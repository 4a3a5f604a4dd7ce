"""A whole derivation: read in the way in which most of it holds, and what is found told as a diagnosis.

one sample         arrays with one axis are columns, or rows, as in code
a batch            where m is spoken of: samples are columns, or rows; dZ is the error of each sample, or has its 1/m
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
from sympy import Expr

from symbackprop.calculus.diagnosis import EQUAL, MISTAKE, UNKNOWN, Diagnosis, Finding, Remark
from symbackprop.calculus.judgement import JudgedLine
from symbackprop.errors import ExpressionError
from symbackprop.frozen import dataclass
from symbackprop.network.grammar import LIBRARY
from symbackprop.network.layered import LayeredNetwork
from symbackprop.network.model import Network
from symbackprop.network.program import Program
from symbackprop.network.samples import over_samples, program_of, sampling
from symbackprop.network.text.derivations import Derivation, chains_of, words_taken
from symbackprop.network.text.equations import EquationsNetwork
from symbackprop.network.text.glossary import BISHOP, GIVES_Y, OURS, SAMPLES, Glossary
from symbackprop.numerics.diagnosis.written.comparing import Court
from symbackprop.numerics.diagnosis.written.judging import TURNED, judged
from symbackprop.numerics.diagnosis.written.points import point_of_arrays, sizes_for

_SPEAKS_OF_SAMPLES = re.compile(rf"(?<![A-Za-z\\]){SAMPLES}(?![A-Za-z])")
ROWS = Remark("arrays with one axis are taken for rows")
COLUMNS_OF_SAMPLES, ROWS_OF_SAMPLES = Remark("samples are taken for columns"), Remark("samples are taken for rows")
_TARGETS = re.compile(r"(?<![A-Za-z\\])(?:[td]\s*(?=[_[])|t(?=\s*[-)])|(?<=-)\s*t(?![A-Za-z'])|targets?\b)")
_OUTPUTS = re.compile(r"(?<![A-Za-z\\])y(?![A-Za-z])")
NUMBERED = Remark("weights are numbered row by row, layer by layer: w_1 is w[1,1,1]")
FORWARD = Remark("your w_ij goes from i to j, and W from rows to columns; here it is the other way round")
ADDED = Remark("a sum without an axis is taken over the samples")
_SUM, _CODE = re.compile(r"\b(?:sum|mean)\s*\("), re.compile(rf"{LIBRARY}|\.(?:sum|mean)\(")
EACH = Remark("dZ is taken for the error of each sample, without 1/m")


def of_lines(
    network: Network | EquationsNetwork,
    text: str,
    point: Mapping[str, Any] | None,
    said: Sequence[Remark],
    *,
    on_step: Callable[[Remark], None],
) -> Diagnosis:
    """Return what there is to say of a derivation; raises ExpressionError for what is not understood.

    `point` are the arrays that are given, by name, where lines have the numbers of one point; `said` is what of them
    had to be guessed, and `on_step` is told which line is looked at."""
    lines, taken = _best(list(_readings(network, text, point, on_step)))
    taken = (*said, *taken)
    verdicts = {line.verdict for line in lines}
    verdict = MISTAKE if MISTAKE in verdicts else UNKNOWN if UNKNOWN in verdicts else EQUAL
    told = (line for line in lines if line.verdict != EQUAL and line.follows is not True)
    findings = tuple(finding for line in told for finding in _findings(line))
    return Diagnosis(verdict, findings, taken, lines=lines, network=network)


def _findings(line: JudgedLine) -> Iterator[Finding]:
    """Yield a line that does not follow as findings: one for each kind of mistake that it may be."""
    example = line.counterexample
    error = 0.0 if example is None else abs(example.yours - example.right) / max(abs(example.right), 1e-12)
    where = Remark("line {number}", number=line.number)
    if line.where:
        where = Remark("{line}, {place}", line=where, place=line.where)
    remarks = line.remarks or (Remark("it is not equal to {left}", left=line.left),)
    for kind, remark in zip((line.kind or UNKNOWN, *line.others), remarks, strict=False):
        yield Finding(kind, where, remark, error, detail=line.detail)


def _best(readings: Sequence[_Reading]) -> tuple[tuple[JudgedLine, ...], tuple[Remark, ...]]:
    """Return every line with its verdict, in the reading in which most lines hold, and what was taken for what."""
    reading = readings[0]
    lines, refusal = _read(reading)
    if lines is None or any(line.verdict != EQUAL for line in lines):
        reading, lines = _likeliest(readings, lines)
        if lines is None:
            assert refusal is not None
            raise refusal
        lines = _lines(reading, explains=True)
    derivation = reading.derivation
    own = derivation.glossary
    said = {**words_taken(derivation.chains), **own.aliases}
    remarks = [Remark("{name} is taken for {target}", name=name, target=target) for name, target in said.items()]
    if own.own:
        remarks.append(Remark("names of your own: {names}", names=", ".join(own.own)))
    remarks += [NUMBERED] if derivation.is_numbered else []
    if derivation.passed:
        passed = ", ".join(map(str, derivation.passed))
        remarks.append(Remark("words alone, passed over: line {lines}", lines=passed))
    return lines, (*remarks, *reading.taken)


@dataclass(frozen=True)
class _Reading:
    """A text as it may be meant: what it says, the network to judge it by, and what was taken for what."""

    derivation: Derivation
    court: Court
    taken: tuple[Remark, ...]
    on_step: Callable[[Remark], None]


def _readings(
    network: Network | EquationsNetwork, text: str, point: Mapping[str, Any] | None, on_step: Callable[[Remark], None]
) -> Iterator[_Reading]:
    """Yield what a text may mean, the usual reading first; raises ExpressionError where it has no meaning."""
    program = program_of(network)
    is_sample = isinstance(network, Network) or (isinstance(network, LayeredNetwork) and not network.is_coupled)
    batch = isinstance(network, Network) and point is not None and len(point["x"]) > 1
    glossary = _of_batch(program) if batch else Glossary(program)
    has_targets = isinstance(text, str) and "a" in glossary.letters and _TARGETS.search(text) and _OUTPUTS.search(text)
    refusals, habits = [], (GIVES_Y, OURS, BISHOP) if has_targets else (OURS,)
    for habit in habits:
        try:
            derivation = _read_by(text, replace(glossary, habit=habit), program if is_sample else None)
        except ExpressionError as refusal:  # what has no meaning in one book may have one in another
            refusals.append(refusal)
            continue
        sums = (False, True) if _SUM.search(text) and _CODE.search(text) is None else (False,)
        courts = list(_courts(derivation, is_sample=is_sample, count=None if point is None else _samples(point)))
        for adds, (court, taken) in product(sums, courts):
            if adds and court.glossary.samples is None:
                continue
            values = None if point is None else point_of_arrays(court.program, court.numbers, point)
            said = (*taken, ADDED) if adds else taken
            yield _Reading(derivation, replace(court, point=values, adds_samples=adds), said, on_step)
    if len(refusals) == len(habits):
        raise refusals[0]


def _read_by(text: str, glossary: Glossary, sample: Program | None) -> Derivation:
    """Return what a text says, by the words of a batch of the `sample` where it speaks of one and others fail."""
    try:
        return chains_of(text, glossary)
    except ExpressionError:
        if sample is None or not (isinstance(text, str) and _SPEAKS_OF_SAMPLES.search(text)):
            raise
    return chains_of(text, replace(_of_batch(sample), habit=glossary.habit))


def _read(reading: _Reading) -> tuple[tuple[JudgedLine, ...] | None, ExpressionError | None]:
    """Return the lines with their verdicts alone; None, and what is refused, where one cannot be read so."""
    try:
        return _lines(reading, explains=False), None
    except ExpressionError as refusal:
        return None, refusal


def _likeliest(
    readings: Sequence[_Reading], first: tuple[JudgedLine, ...] | None
) -> tuple[_Reading, tuple[JudgedLine, ...] | None]:
    """Return the reading in which the fewest lines are wrong, the usual one first."""
    best, lines = readings[0], first
    for reading in readings[1:]:
        other, _ = _read(reading)
        is_likely = other is not None and _wrong(other) * 3 <= len(other)  # where the usual reading has no meaning
        if other is not None and (is_likely if lines is None else _is_better(reading.court, lines, other)):
            best, lines = reading, other
        if lines is not None and not _wrong(lines):
            break
    return best, lines


def _is_better(court: Court, lines: Sequence[JudgedLine], other: Sequence[JudgedLine]) -> bool:
    """Tell whether more lines hold in another reading.

    That of weights whose indices are in the other order wants more than W δ for W^T δ, which is a known mistake: a
    line about parameters that has no value, or holds transposed alone, where the order is the usual one."""
    are_of_parameters = not any(_of_errors(line.left) for line in lines)
    if are_of_parameters and {line.verdict for line in lines} == {UNKNOWN} != {line.verdict for line in other}:
        return UNKNOWN not in {line.verdict for line in other}
    if _wrong(other) >= _wrong(lines):
        return False
    if not court.is_forward or any(line.verdict == UNKNOWN and "_" in line.text for line in lines):
        return True
    both = [(one, two) for one, two in zip(lines, other, strict=True) if two.verdict == EQUAL]
    held = [two for one, two in both if one.verdict != EQUAL or (TURNED in one.remarks and TURNED not in two.remarks)]
    has_value = {two for one, two in both if one.verdict != UNKNOWN}
    own = [line for line in held if not _of_errors(line.left)]
    return bool(own) and (len(held) > 1 or not has_value.issuperset(own))


def _of_errors(left: str) -> bool:
    """Tell whether a line is about an error that is sent back."""
    return re.match(r"\\?(?:boldsymbol|mathbf)?\s*\{?\s*\\?(?:delta|δ)|.*[d∂]\s?[aAzZhH]", left) is not None


def _lines(reading: _Reading, *, explains: bool) -> tuple[JudgedLine, ...]:
    found: list[JudgedLine] = []
    for chain in reading.derivation.chains:
        reading.on_step(Remark("judging line {number}", number=chain.left.number))
        found += judged(reading.court, chain, explains=explains)
    return tuple(found)


def _wrong(lines: Sequence[JudgedLine]) -> int:
    return sum(line.verdict != EQUAL for line in lines)


def _of_batch(program: Program) -> Glossary:
    """Return the words for a batch of samples."""
    way = sampling(program)
    return Glossary(over_samples(program, "mean", way), way.count)


def _samples(point: Mapping[str, Any]) -> int:
    return len(point["x"]) if np.ndim(point.get("x", 0.0)) > 0 else 1


def _as_given(glossary: Glossary, count: int) -> dict[Expr, int]:
    """Return the sizes as they are, at a point of so many samples."""
    found = {size: int(number) for size, number in glossary.program.sizes.items()}
    return found if glossary.samples is None else {**found, glossary.samples: count}


def _courts(
    derivation: Derivation, *, is_sample: bool, count: int | None
) -> Iterator[tuple[Court, tuple[Remark, ...]]]:
    """Yield the readings, the usual one first."""
    glossary = derivation.glossary
    numbers = sizes_for(glossary.program, derivation.chains) if count is None else _as_given(glossary, count)
    has_weights = any(glossary.is_weight(array.tensor) for array in glossary.arrays.values())
    for is_forward in (False, True) if has_weights else (False,):
        order = (FORWARD,) if is_forward else ()
        if glossary.samples is None:
            for is_row, layout in ((False, ()), (True, (ROWS,))):
                yield Court(glossary, numbers, is_sample, is_row, is_forward), (*layout, *order)
            continue
        for is_row, layout in ((False, (COLUMNS_OF_SAMPLES,)), (True, (ROWS_OF_SAMPLES,))):
            yield Court(glossary, numbers, False, is_row, is_forward, is_each=True), (*layout, EACH, *order)
            yield Court(glossary, numbers, False, is_row, is_forward), (*layout, *order)
