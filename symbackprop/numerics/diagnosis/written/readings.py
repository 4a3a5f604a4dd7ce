"""A whole derivation: read in the way in which most of it holds, and what is found told as a diagnosis.

one sample         arrays with one axis are columns, or rows, as in code
a batch            where m is spoken of: samples are columns, or rows; dZ is the error of each sample, or has its 1/m
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from symbackprop.calculus.diagnosis import EQUAL, MISTAKE, UNKNOWN, Diagnosis, Finding, Remark
from symbackprop.calculus.judgement import JudgedLine
from symbackprop.errors import ExpressionError
from symbackprop.network.layered import LayeredNetwork
from symbackprop.network.model import Network
from symbackprop.network.program import Program
from symbackprop.network.samples import of_samples_of, program_of
from symbackprop.network.text.derivations import Chain, chains_of, words_taken
from symbackprop.network.text.equations import EquationsNetwork
from symbackprop.network.text.glossary import SAMPLES, Glossary
from symbackprop.numerics.diagnosis.written.comparing import Court
from symbackprop.numerics.diagnosis.written.judging import judged
from symbackprop.numerics.diagnosis.written.points import sizes_for

__all__ = ["of_lines"]

_SPEAKS_OF_SAMPLES = re.compile(rf"(?<![A-Za-z\\]){SAMPLES}(?![A-Za-z])")
ROWS = Remark("arrays with one axis are taken for rows")
COLUMNS_OF_SAMPLES, ROWS_OF_SAMPLES = Remark("samples are taken for columns"), Remark("samples are taken for rows")
EACH = Remark("dZ is taken for the error of each sample, without 1/m")


def of_lines(network: Network | EquationsNetwork, text: str) -> Diagnosis:
    """Return what there is to say of a derivation; raises ExpressionError for what is not understood."""
    lines, taken = _best(network, text)
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


def _best(network: Network | EquationsNetwork, text: str) -> tuple[tuple[JudgedLine, ...], tuple[Remark, ...]]:
    """Return every line with its verdict, in the reading in which most lines hold, and what was taken for what."""
    program = program_of(network) if isinstance(network, Network) else network.program
    is_sample = isinstance(network, Network) or (isinstance(network, LayeredNetwork) and not network.is_coupled)
    glossary = Glossary(program)
    try:
        chains = chains_of(text, glossary)
    except ExpressionError:
        if not (is_sample and isinstance(text, str) and _SPEAKS_OF_SAMPLES.search(text)):
            raise
        glossary = _of_batch(program)
        chains = chains_of(text, glossary)
    courts = list(_courts(glossary, chains, is_sample=is_sample))
    court, taken = courts[0]
    lines = _lines(court, chains, explains=True)
    if _wrong(lines) and (glossary.samples is not None or any(line.verdict == UNKNOWN for line in lines)):
        others = [_wrong(_lines(other, chains, explains=False)) for other, _ in courts[1:]]
        if min(others) < _wrong(lines):
            court, taken = courts[1 + others.index(min(others))]
            lines = _lines(court, chains, explains=True)
    words = [Remark("{name} is taken for {target}", name=w, target=n) for w, n in words_taken(chains).items()]
    return lines, (*words, *taken)


def _lines(court: Court, chains: Sequence[Chain], *, explains: bool) -> tuple[JudgedLine, ...]:
    return tuple(line for chain in chains for line in judged(court, chain, explains=explains))


def _wrong(lines: Sequence[JudgedLine]) -> int:
    return sum(line.verdict != EQUAL for line in lines)


def _of_batch(program: Program) -> Glossary:
    """Return the words for a batch of samples."""
    batch, count = of_samples_of(program)
    return Glossary(batch, count)


def _courts(
    glossary: Glossary, chains: Sequence[Chain], *, is_sample: bool
) -> Iterator[tuple[Court, tuple[Remark, ...]]]:
    """Yield the readings, the usual one first."""
    numbers = sizes_for(glossary.program, chains)
    if glossary.samples is None:
        yield Court(glossary, numbers, is_sample), ()
        yield Court(glossary, numbers, is_sample, is_row=True), (ROWS,)
        return
    for is_row, layout in ((False, COLUMNS_OF_SAMPLES), (True, ROWS_OF_SAMPLES)):
        yield Court(glossary, numbers, is_sample=False, is_row=is_row, is_each=True), (layout, EACH)
        yield Court(glossary, numbers, is_sample=False, is_row=is_row), (layout,)
