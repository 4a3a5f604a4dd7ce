r"""Moodle: a bank of questions in its XML, which a course imports; a picture is inside the question that shows it.

    questions.xml    Question bank > Import > Moodle XML format

    Number   numerical      with its tolerance, and a remark where an answer is what comes of a slip
    Words    shortanswer    every spelling that counts
    Choice   multichoice    one right formula, the others found wrong
    Order    matching       each line with its place

The questions with one number, one of each variant, are a category of their own: a quiz draws one of them at random.
Tags say of which kind an exercise is, and what is asked. Formulas are for Moodle's filter: \( … \).
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace
from html import escape

from sympy import Expr

from symbackprop.errors import SpecError
from symbackprop.exposition.document import (
    Block,
    Display,
    Document,
    Emphasis,
    Figure,
    Formula,
    Heading,
    Line,
    Prose,
    Segment,
    Steps,
    Text,
    lefts_of,
)
from symbackprop.exposition.exercise.paper import Exercise
from symbackprop.exposition.exercise.questions import Choice, Number, Order, Question, Words, Worksheet
from symbackprop.exposition.figures.svg import Drawing, svg
from symbackprop.exposition.formats import Files, Format
from symbackprop.exposition.formulas import formula_latex
from symbackprop.exposition.languages import Language
from symbackprop.exposition.mathtext.layout import lay_out
from symbackprop.exposition.mathtext.plain import in_line
from symbackprop.exposition.narration import UNLABELLED, Labels
from symbackprop.exposition.options import Options
from symbackprop.frozen import dataclass

MAIN = "questions.xml"
MOST_REMARKS = 6  # on slips, of one question
PENALTY = "0.3333333"  # Moodle's own, for a second try


def bank_part(exercise: Exercise, labels: Labels = UNLABELLED) -> Iterator[str]:
    """Yield the questions of each sheet that is made, a text for a sheet, every question after its category.

    Raises as `narrate` does. No sheet is kept: so many variants take no more memory than one."""
    language, document = labels.language(), exercise.document(labels)
    writer = BankWriter(document, language, exercise.kind)
    for variant, worksheet in zip(exercise.plan.numbers, exercise.worksheets(language), strict=True):
        yield "".join(writer.questions(worksheet, variant + 1))


def bank_of(parts: Iterable[str]) -> Iterator[str]:
    """Yield the bank of the parts, which are in the order of the sheets."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n'
    yield from parts
    yield "</quiz>\n"


@dataclass
class BankWriter:
    """Writes the questions of one exercise; `pictures` are the files of those that were drawn already."""

    document: Document
    language: Language
    kind: str
    drawn: dict[Figure, str] = field(default_factory=dict)
    pictures: dict[str, str] = field(default_factory=dict)

    def category(self, *below: str) -> str:
        """Return the category of the exercise, or one `below` it, of the questions that come after."""
        name = self.document.title.replace("/", "//")  # a single one would part the name
        path = "/".join(("$course$/top", name, *below))
        return f'<question type="category"><category><text>{escape(path)}</text></category></question>'

    def questions(self, worksheet: Worksheet, variant: int) -> Iterator[str]:
        """Yield the questions of a sheet, which is the variant of that number."""
        given = self.html(worksheet.given)
        for number, question in enumerate(worksheet.questions, 1):
            below = self.said("exercise.question", number)
            yield f"{self.category(below)}\n{self.question(given, question, f'{number}.{variant}')}\n"

    def question(self, given: str, question: Question, number: str) -> str:
        """Return one question after what is given to it, with all pictures that this shows."""
        asked = given + self.html((Prose(question.prompt), *question.asked))
        kind, answers = self._answers(question)
        texts = asked, self.html(question.answered)
        return self.element((kind, number), texts, asks=(question.kind,), answers=answers)

    def element(
        self, named: tuple[str, str], texts: tuple[str, str], *, asks: Iterable[str], answers: Iterable[str] = ()
    ) -> str:
        """Return a question with Moodle's name for its kind and its number; what is asked, in HTML, and the key.

        Its tags are the kind of exercise, and the kinds of what it `asks`."""
        (kind, number), (asked, answered) = named, texts
        tags = "".join(f"<tag><text>{tag}</text></tag>" for tag in dict.fromkeys((self.kind, *asks)))
        return "\n".join(
            [
                f'<question type="{kind}">',
                f"<name><text>{escape(f'{number} {self.document.title}')}</text></name>",
                f'<questiontext format="html"><text>{_data(asked)}</text>',
                *(self._file(name) for name in self.pictures if f"/{name}" in asked),
                "</questiontext>",
                f'<generalfeedback format="html"><text>{_data(answered)}</text></generalfeedback>',
                f"<defaultgrade>1</defaultgrade><penalty>{PENALTY}</penalty><hidden>0</hidden>",
                *answers,
                f"<tags>{tags}</tags>",
                "</question>",
            ]
        )

    # answers

    def _answers(self, question: Question) -> tuple[str, Iterator[str]]:
        """Return Moodle's name for the kind of question, and its answers."""
        match question.answer:
            case Number() as number:
                return "numerical", self._number(number)
            case Words(term):
                return "shortanswer", _words(self.spellings(term))
            case Choice() as choice:
                return "multichoice", self._choice(choice)
            case Order() as order:
                return "matching", self._order(order)

    def _number(self, number: Number) -> Iterator[str]:
        """Yield the right number first: Moodle takes the first answer that an attempt is near enough to."""
        yield _numeric(100, number.value, number.tolerance, "")
        for value, remark in self.remarks(number):
            yield _numeric(0, value, number.tolerance, escape(remark))

    def remarks(self, number: Number) -> Iterator[tuple[float, str]]:
        """Yield what comes of slips, and what is said of it."""
        met: list[float] = []
        for name, value in _each_kind_first(number.wrong):
            if len(met) < MOST_REMARKS and all(abs(value - other) > 2 * number.tolerance for other in met):
                met.append(value)
                yield value, self.said(f"exercise.slip.{name}")

    def _choice(self, choice: Choice) -> Iterator[str]:
        yield "<single>true</single><shuffleanswers>true</shuffleanswers><answernumbering>abc</answernumbering>"
        for fraction, formula in ((100, choice.right), *((0, wrong) for wrong in choice.wrong)):
            yield _answer(fraction, _data(self.formula(formula)), kind="html")

    def _order(self, order: Order) -> Iterator[str]:
        yield "<shuffleanswers>true</shuffleanswers>"
        for label, line in zip(order.labels, order.lines, strict=True):
            text = _data(self.formula(line))
            yield f'<subquestion format="html"><text>{text}</text><answer><text>{label}</text></answer></subquestion>'

    # blocks

    def html(self, blocks: Sequence[Block]) -> str:
        """Return blocks as HTML, without headings."""
        return "".join(f"<p>{part}</p>" for block in blocks for part in self._parts(block))

    def _parts(self, block: Block) -> Iterator[str]:
        match block:
            case Prose(text):
                yield self._text(text)
            case Display(formula, name):
                yield (f"({escape(name)}) " if name else "") + self.formula(formula)
            case Steps(lines):
                for left, line in zip(lefts_of(block), lines, strict=True):
                    yield self._line(line, Formula((left, line.right), (line.sign,)))
            case Heading():
                return
            case Figure():
                yield f'<img src="@@PLUGINFILE@@/{self._drawn(block)}" alt="{escape(block.alt)}">'
            case _:
                raise TypeError(f"no question holds the block {type(block).__name__}")

    def _line(self, line: Line, whole: Formula) -> str:
        reason = f" &nbsp; <em>{self._text(line.reason)}</em>" if line.reason else ""
        return self.formula(whole) + reason

    def _text(self, text: Text) -> str:
        return "".join(map(self._segment, text))

    def _segment(self, segment: Segment) -> str:
        match segment:
            case Formula():
                return self.formula(segment)
            case Emphasis(words):
                return f"<em>{escape(words)}</em>"
            case str():
                return escape(segment)
        raise TypeError(f"no question refers to {segment}")

    def formula(self, formula: Formula) -> str:
        """Return a formula for Moodle's filter, in HTML."""
        plain = replace(formula, roles=())  # a colour is a command that Moodle's filter need not know
        return rf"\({escape(formula_latex(plain, self.document.style), quote=False)}\)"

    def _drawn(self, figure: Figure) -> str:
        """Return the name of a picture, drawn once for all; its letters are text, as outlines are much longer."""
        if figure not in self.drawn:
            picture = svg(figure.picture, self.document, figure.alt, Drawing(letters="text"))
            self.drawn[figure] = f"picture-{len(self.drawn) + 1}.svg"
            self.pictures[self.drawn[figure]] = b64encode(picture.encode()).decode()
        return self.drawn[figure]

    def _file(self, name: str) -> str:
        return f'<file name="{name}" path="/" encoding="base64">{self.pictures[name]}</file>'

    def spellings(self, term: Expr) -> tuple[str, ...]:
        """Return every way in which a letter, or a sum of two, is typed; a capital is another letter: L is no l."""
        close = in_line(lay_out(term, self.document.style), small=True).replace("−", "-").replace(" ", "")
        loose = re.sub(r"([+-])", r" \1 ", close)
        turned = [f"{two}+{one}" for one, two in [close.split("+")]] if close.count("+") == 1 else []
        return tuple(dict.fromkeys((close, loose, f"({close})", f"({loose})", *turned)))

    def said(self, key: str, number: int = 0) -> str:
        """Return a sentence of the language."""
        return "".join(map(str, self.language.say(key, number=number)))


def _words(spellings: Iterable[str]) -> Iterator[str]:
    yield "<usecase>1</usecase>"
    for words in spellings:
        yield _answer(100, escape(words), kind="moodle_auto_format")


def _each_kind_first(wrong: Sequence[tuple[str, float]]) -> Sequence[tuple[str, float]]:
    """Return slips with one of each kind before the others."""
    first = dict(reversed(wrong))
    return [*((name, first[name]) for name in dict.fromkeys(name for name, _ in wrong)), *wrong]


def only_exercises(derivation: object, document: Document, options: Options) -> Files:
    """Refuse a derivation, of which there is no bank; raises SpecError."""
    raise SpecError("moodle is for exercises; try symbackprop exercise --to moodle")


# no format of documents, so that it is in no list of them
BANK_FORMAT = Format("moodle", MAIN, only_exercises, follows=frozenset({"title"}))


def _data(html: str) -> str:
    """Return HTML as it stands inside XML."""
    return f"<![CDATA[{html.replace(']]>', ']]&gt;')}]]>"


def _numeric(fraction: int, value: float, tolerance: float, feedback: str) -> str:
    own = f"<text>{value:.12g}</text><tolerance>{tolerance:.0e}</tolerance>"
    return f'<answer fraction="{fraction}" format="moodle_auto_format">{own}{_feedback(feedback)}</answer>'


def _answer(fraction: int, text: str, *, kind: str) -> str:
    return f'<answer fraction="{fraction}" format="{kind}"><text>{text}</text>{_feedback("")}</answer>'


def _feedback(words: str) -> str:
    return f'<feedback format="html"><text>{words}</text></feedback>'
