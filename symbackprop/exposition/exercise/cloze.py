r"""Cloze: a bank in which a whole sheet is one question, in Moodle's XML, with a field behind each of its blanks.

    cloze.xml     z_1 = [1?] {1:NUMERICAL:=0.3:0.0005~-0.3:0.0005#A sign is the other way round.}

    Number   NUMERICAL        Words   SHORTANSWER_C        Choice   MULTICHOICE_VS        Order   MULTICHOICE

What ends an answer, } ~ and #, is an entity in it, which Moodle reads as the sign itself.
Source: docs.moodle.org/en/Embedded_Answers_(Cloze)_question_type; question/type/multianswer/questiontype.php.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from symbackprop.exposition.document import Prose
from symbackprop.exposition.exercise.moodle import BankWriter, only_exercises
from symbackprop.exposition.exercise.paper import Exercise
from symbackprop.exposition.exercise.questions import Choice, Number, Order, Question, Words, Worksheet
from symbackprop.exposition.formats import Format
from symbackprop.exposition.narration import UNLABELLED, Labels

MAIN = "cloze.xml"
_ENTITIES = str.maketrans({"&": "&amp;", "}": "&#125;", "~": "&#126;", "#": "&#35;"})


def cloze_part(exercise: Exercise, labels: Labels = UNLABELLED) -> Iterator[str]:
    """Yield a question for each sheet that is made, after the category of all; raises as `narrate` does."""
    language = labels.language()
    writer = ClozeWriter(exercise.document(labels), language, exercise.kind)
    yield f"{writer.category()}\n"
    for variant, worksheet in zip(exercise.plan.numbers, exercise.worksheets(language), strict=True):
        yield f"{writer.sheet(worksheet, str(variant + 1))}\n"


class ClozeWriter(BankWriter):
    """Writes sheets, each of them one question."""

    def sheet(self, worksheet: Worksheet, number: str) -> str:
        """Return one sheet: what is given, then each question with its fields."""
        asked, answered = [self.html(worksheet.given)], []
        for place, question in enumerate(worksheet.questions, 1):
            heading = f"<p><strong>{escape(self.said('exercise.question', place))}</strong></p>"
            fields = "".join(f"<p>{label} {field}</p>" for label, field in self._fields(question, str(place)))
            asked.append(f"{heading}{self.html((Prose(question.prompt), *question.asked))}{fields}")
            answered.append(heading + self.html(question.answered))
        texts = "".join(asked), "".join(answered)
        return self.element(("cloze", number), texts, asks=[question.kind for question in worksheet.questions])

    def _fields(self, question: Question, label: str) -> Iterator[tuple[str, str]]:
        """Yield the fields of a question, each after the number of its blank."""
        match question.answer:
            case Number(value, tolerance) as number:
                wrong = [f"{slip:.12g}:{tolerance:.0e}#{_inside(said)}" for slip, said in self.remarks(number)]
                yield label, _field("NUMERICAL", f"={value:.12g}:{tolerance:.0e}", *wrong)
            case Words(term):
                yield label, _field("SHORTANSWER_C", *(f"={_inside(words)}" for words in self.spellings(term)))
            case Choice(right, wrong):
                others = [_inside(self.formula(each)) for each in wrong]
                yield label, _field("MULTICHOICE_VS", f"={_inside(self.formula(right))}", *others)
            case Order(_, letters, labels):
                for box, own in zip(labels, letters, strict=True):
                    yield box, _field("MULTICHOICE", *("=" * (each == own) + each for each in sorted(letters)))


def _field(kind: str, *answers: str) -> str:
    return f"{{1:{kind}:{'~'.join(answers)}}}"


def _inside(html: str) -> str:
    return html.translate(_ENTITIES)


CLOZE_FORMAT = Format("cloze", MAIN, only_exercises, follows=frozenset({"title"}))
