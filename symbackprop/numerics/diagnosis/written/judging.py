"""A person's derivation, judged line by line: each line beside the left side of its chain, and beside the line before.

text -> chains -> meanings, for every l that there is -> evidence, or numbers -> the mistake, and the right line
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sympy import Integer

from symbackprop.calculus.diagnosis import EQUAL, MISTAKE, UNKNOWN, Remark
from symbackprop.calculus.indices import put
from symbackprop.calculus.judgement import Counterexample, JudgedLine, WrittenLaw
from symbackprop.calculus.mistakes.sentences import sentence
from symbackprop.frozen import dataclass
from symbackprop.network.formula import Node
from symbackprop.network.text.derivations import Chain, Side
from symbackprop.network.text.derivationtree import Quantity
from symbackprop.network.text.derivationwriting import spelled
from symbackprop.network.text.glossary import ERROR
from symbackprop.network.text.tree import Transposed, nodes_in
from symbackprop.numerics.diagnosis.written.comparing import Compared, Court, Sides
from symbackprop.numerics.diagnosis.written.figures import at_point, has_figures, is_of_figures, turned
from symbackprop.numerics.diagnosis.written.grids import Misfit
from symbackprop.numerics.diagnosis.written.laws import law_for
from symbackprop.numerics.diagnosis.written.places import LAYER, NoLayer, is_general
from symbackprop.numerics.diagnosis.written.points import Difference, parts_of_line, point_of, value_of
from symbackprop.numerics.diagnosis.written.slips import Slip, slip_of
from symbackprop.numerics.diagnosis.written.spelling import with_plain_letters

MOST_LAYERS = 8  # that l stands for, one after the other
FOLLOWS = Remark("it follows from the line before, and is wrong as that is")
NO_POINT = Remark("numbers such as these are those of one point; give it with --at, or as params, x and y")
TURNED = Remark("it is equal when it is transposed")
WITH, WITHOUT = "with {array} transposed it holds", "without {array} being transposed it holds"
MOST_VALUES = 10  # that a counterexample shows


@dataclass(frozen=True)
class _Look:
    """What a line comes to at one layer l: a comparison, or why there is none."""

    layer: int | None
    compared: Compared | None = None
    misfit: Misfit | None = None

    @property
    def is_equal(self) -> bool:
        return self.compared is not None and self.compared.is_equal

    @property
    def is_wrong(self) -> bool:
        return self.compared is not None and self.compared.difference is not None


def judged(court: Court, chain: Chain, *, explains: bool) -> list[JudgedLine]:
    """Return the lines of a chain with their verdicts; raises ExpressionError for what is not understood.

    With `explains` it is said what is wrong with a line, and what it should have been."""
    lines: list[JudgedLine] = []
    before = chain.left
    for right in chain.rights:
        last = lines[-1].verdict if lines else EQUAL
        case = _Case(court, chain.left, before, right, last, explains)
        lines.append(replace(case.line(), starts=before is chain.left))
        before = right
    return lines


@dataclass(frozen=True)
class _Case:
    """One line: the left side of its chain, the line before it, and its own right side."""

    court: Court
    left: Side
    before: Side
    right: Side
    last: str  # the verdict of the line before
    explains: bool

    def line(self) -> JudgedLine:
        """Return the line with its verdict."""
        line = JudgedLine(self.right.number, self.left.text, self.right.text, UNKNOWN)
        if self.court.point is not None and has_figures(self.right):
            return self._at_point(line)
        looks = self._looks(self.left, self.right)
        if not looks:
            remark = Remark("the network has no layer l for which all of this is there; try one with more layers")
            return replace(line, remarks=(remark,))
        if all(look.is_equal for look in looks):
            return replace(_equal(line, looks), follows=True if self.last == EQUAL else self._follows())
        wrong = next((look for look in looks if look.is_wrong), None)
        if self._is_last_alone(looks):
            alone = Remark("it holds for l = L, the last layer")
            return replace(_equal(line, looks[-1:]), follows=True if self.last == EQUAL else None, remarks=(alone,))
        if is_of_figures(self.right):
            return replace(line, remarks=(NO_POINT,))
        if not self.explains:
            return line if wrong is None else replace(line, verdict=MISTAKE)
        if wrong is None or wrong.compared is None or wrong.compared.difference is None:
            return self._without_numbers(line, looks)
        follows = False if self.last == EQUAL else self._follows()
        line = replace(line, verdict=MISTAKE, follows=follows)
        if follows:
            return replace(line, remarks=(FOLLOWS,))
        return self._mistake(line, wrong.layer, wrong.compared.sides, wrong.compared.difference)

    def _at_point(self, line: JudgedLine) -> JudgedLine:
        """Return a line with numbers, judged at the point, to the digits that are printed."""
        court = self.court
        try:
            found = at_point(court, self.left, self.right, None)
        except Misfit as misfit:
            return replace(line, remarks=(Remark(misfit.template, **misfit.parts),))
        if found is None:
            return replace(line, remarks=(Remark("it has no value at this point"),))
        if found.is_equal:
            return replace(line, verdict=EQUAL, follows=True if self.last == EQUAL else None)
        line = replace(line, verdict=MISTAKE, follows=False, right=law_for(court, self.left, self.right, None))
        line = replace(line, counterexample=Counterexample({}, {}, {}, found.yours, found.right))
        before = None if self.before is self.left else at_point(court, self.before, self.right, None)
        if before is not None and before.is_equal:
            if self.last != EQUAL:
                return replace(line, follows=True, right=None, remarks=(FOLLOWS,))
        elif before is not None and self.last == EQUAL:
            value = f"{before.right:.6g}"
            return replace(line, right=None, remarks=(Remark("the line before comes to {value}", value=value),))
        figure = (found.yours, found.slack)
        slip = slip_of(court, found.sides, line.right, pairs=False, figure=figure) if self.explains else None
        return line if slip is None else _named(line, slip)

    def _looks(self, left: Side, right: Side) -> list[_Look]:
        """Return the comparison at every layer that l may be, or the one there is."""
        if not (is_general(left.node) or is_general(right.node)):
            return [self._look(left, right, None)]
        layers = list(range(1, self.court.glossary.depth + 1))
        if len(layers) > MOST_LAYERS:
            layers = [*layers[: MOST_LAYERS // 2], *layers[-MOST_LAYERS // 2 :]]
        found = []
        for layer in layers:
            try:
                found.append(self._look(left, right, layer))
            except NoLayer:
                continue
        return found

    def _look(self, left: Side, right: Side, layer: int | None) -> _Look:
        court = self.court
        try:
            sides = court.sides_of(left, right, layer)
        except Misfit as misfit:
            return _Look(layer, None, misfit)
        return _Look(layer, court.compared(sides))

    def _is_last_alone(self, looks: Sequence[_Look]) -> bool:
        """Tell whether a line about l speaks of the targets, which there are for the last layer alone, and holds."""
        last = looks[-1]
        if last.layer != self.court.glossary.depth or not last.is_equal or last.compared is None:
            return False
        return any(last.compared.sides.after.has(tensor) for tensor in self.court.targets)

    def _follows(self) -> bool | None:
        """Tell whether the line is equal to the one before it; None where that is not known."""
        looks = self._looks(self.before, self.right)
        if not looks or any(look.compared is None for look in looks):
            return None
        return all(look.is_equal for look in looks)

    def _without_numbers(self, line: JudgedLine, looks: Sequence[_Look]) -> JudgedLine:
        """Return a line that has no value, or none that can be compared; W for its transpose is a mistake."""
        look = next((look for look in looks if look.misfit is not None), looks[0])
        line = replace(line, right=law_for(self.court, self.left, self.right, look.layer))
        if look.misfit is None:
            return replace(line, remarks=(Remark("no point was found at which both sides have a value"),))
        remark = Remark(look.misfit.template, **look.misfit.parts)
        for node, array in turned(self.right.node):
            assert isinstance(array, Quantity)
            if not all(each.is_equal for each in self._looks(self.left, replace(self.right, node=node))):
                continue
            was_turned = array not in set(_transposed(node))
            meant = Remark(WITHOUT if was_turned else WITH, array=spelled(array))
            if self.court.glossary.rank(array.name) < 2:
                return replace(line, remarks=(remark, meant))
            line = replace(line, verdict=MISTAKE, follows=False)
            if was_turned or not self.court.is_parameter(array.name):
                return replace(line, remarks=(remark, meant))
            kind = "weight_not_transposed"
            return replace(line, kind=kind, where=self.left.text, remarks=(remark, sentence(kind)))
        return replace(line, remarks=(remark,))

    def _mistake(self, line: JudgedLine, layer: int | None, sides: Sides, difference: Difference) -> JudgedLine:
        """Return a line with the numbers at which it is wrong, the mistake that it is, and the right line."""
        line = replace(
            line,
            counterexample=self._example(layer, sides, difference),
            right=law_for(self.court, self.left, self.right, layer),
            yours=self._written(sides),
        )
        slip = slip_of(self.court, sides, line.right, pairs=self.last == EQUAL)
        return line if slip is None else _named(line, slip)

    def _written(self, sides: Sides) -> WrittenLaw:
        """Return the person's own line, to be typeset."""
        after = with_plain_letters(sides.after, {str(symbol) for symbol in sides.ranges})
        return WrittenLaw(sides.before, after, f"{self.left.text} = {self.right.text}")

    def _example(self, layer: int | None, sides: Sides, difference: Difference) -> Counterexample:
        """Return the numbers at which both sides differ, by the names that they have in the line."""
        spelling = self.court.spelling(errors=ERROR in self.left.text + self.right.text)
        left = put(sides.before, {symbol: Integer(value) for symbol, value in difference.place.items()})
        parts = parts_of_line((sides.before, sides.after), difference.place, self.court.numbers)
        values = {}
        for part in [part for part in parts if part != left][:MOST_VALUES]:
            value = value_of(difference.world, part, {})
            if value is not None:
                values[spelling.doprint(part)] = float(value)
        place = {str(symbol): value for symbol, value in difference.place.items()}
        place = place if layer is None else {LAYER: layer, **place}
        point = point_of(self.court.program, difference.world)
        return Counterexample(place, point, values, difference.after, difference.before)


def _named(line: JudgedLine, slip: Slip) -> JudgedLine:
    """Return a line with the mistake that it is."""
    return replace(line, kind=slip.kind, where=slip.where, detail=slip.detail, others=slip.others, remarks=slip.remarks)


def _transposed(node: Node) -> Iterator[Node]:
    """Yield what is transposed in a part of the tree."""
    yield from (part.term for part in nodes_in(node) if isinstance(part, Transposed))


def _equal(line: JudgedLine, looks: Sequence[_Look]) -> JudgedLine:
    compared = [look.compared for look in looks if look.compared is not None]
    remarks = []
    if any(each.sides.is_turned for each in compared):
        remarks.append(TURNED)
    if summed := sorted({name for each in compared for name in each.sides.summed}):
        remarks.append(Remark("{names} is summed over, as it stands twice", names=", ".join(summed)))
    evidence = compared[0].evidence
    if any(each.evidence is not None and each.evidence.assumed for each in compared):
        remarks.append(Remark("it supposes that the targets add up to 1"))
    return replace(line, verdict=EQUAL, evidence=evidence, remarks=tuple(remarks))
