"""A strict reader of Moodle's XML, written from its documentation and from what its import insists on.

    faults(text)  ->  "question 3 (numerical): answer: tolerance: got 'x', wanted a number"

Moodle itself passes over most of this in silence: a field by another name, a picture whose file is not beside its text,
a star in a short answer, which stands for any text. Nothing is shared with what writes the questions.
Source: docs.moodle.org/en/Moodle_XML_format; question/format/xml/format.php and question/type of Moodle 4.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

__all__ = ["faults", "fields_of"]

COMMON = {"name", "questiontext", "generalfeedback", "defaultgrade", "penalty", "hidden", "idnumber", "tags"}
COMBINED = {"correctfeedback", "partiallycorrectfeedback", "incorrectfeedback", "shownumcorrect"}
FIELDS = {
    "numerical": {"answer", "unitgradingtype", "unitpenalty", "showunits", "unitsleft", "units"},
    "shortanswer": {"answer", "usecase"},
    "multichoice": {"answer", "single", "shuffleanswers", "answernumbering", "showstandardinstruction", *COMBINED},
    "matching": {"subquestion", "shuffleanswers", *COMBINED},
    "cloze": set(),
    "description": set(),
}
FORMATS = {"html", "moodle_auto_format", "plain_text", "markdown"}
FRACTIONS = {0, 5, 10, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90, 100}  # those that are no thirds, sixths or sevenths
PENALTIES = {"0", "0.1", "0.2", "0.25", "0.3333333", "0.5", "1"}  # what the form offers; others become one of them
NUMBERINGS = {"none", "abc", "ABCD", "123", "iii", "IIII"}
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
SHOWN = re.compile(r"@@PLUGINFILE@@/([^\"?]+)")
LONGEST_NAME = 255  # characters of a column of the table of questions


def faults(text: str) -> list[str]:
    """Return what is wrong with a bank, a line each; nothing where Moodle takes all of it as it is meant."""
    if not text.startswith("<?xml "):
        return ["the declaration is not the first thing of the file"]
    root = ElementTree.fromstring(text)
    found = [] if root.tag == "quiz" else [f"the bank is a {root.tag}, wanted a quiz"]
    for place, each in enumerate(root, 1):
        kind = each.get("type", "")
        check = _category if kind == "category" else _question
        found += [f"question {place} ({kind}): {fault}" for fault in check(each)]
    return found


def _category(each: Element) -> Iterator[str]:
    parts = each.findtext("category/text", "").replace("//", "").split("/")
    if parts[0] not in ("$course$", "$system$", "$module$") or not all(part.strip() for part in parts):
        yield f"category: got {'/'.join(parts)!r}, wanted $course$/top/…"


def _question(each: Element) -> Iterator[str]:
    kind = each.get("type", "")
    if each.tag != "question" or kind not in FIELDS:
        yield "no type of question"
        return
    for child in each:
        if child.tag not in COMMON | FIELDS[kind]:
            yield f"{child.tag}: no field of this type"
    name = each.findtext("name/text", "")
    if not name.strip() or len(name) > LONGEST_NAME or "\n" in name:
        yield f"name: got {name[:40]!r}, wanted a line of at most {LONGEST_NAME} characters"
    for tag in ("questiontext", "generalfeedback", *sorted(COMBINED)):
        for field in each.findall(tag):
            yield from (f"{tag}: {fault}" for fault in _text(field))
    if len(each.findall("questiontext")) != 1 or not each.findtext("questiontext/text", "").strip():
        yield "questiontext: wanted one text"
    if not NUMBER.fullmatch(each.findtext("defaultgrade", "")):
        yield "defaultgrade: wanted a number"
    if each.findtext("penalty") not in PENALTIES:
        yield f"penalty: got {each.findtext('penalty')!r}, wanted one of {sorted(PENALTIES)}"
    if not all(tag.findtext("text", "").strip() for tag in each.findall("tags/tag")):
        yield "tags: one is empty"
    yield from (f"answer: {fault}" for fault in ANSWERS[kind](each))


def _text(field: Element, *, wanted: str = "html") -> Iterator[str]:
    """Yield what is wrong with a text in HTML and the pictures in it, whose files stand beside it and nowhere else."""
    if field.get("format") != wanted:
        yield f"format: got {field.get('format')!r}, wanted {wanted}"
    texts = field.findall("text")
    if len(texts) != 1 or len(texts[0]):
        yield "text: wanted one text, and no elements in it, which belong into CDATA"
        return
    html = texts[0].text or ""
    yield from _Tags.complaints(html)
    if html.count(r"\(") != html.count(r"\)"):
        yield "a formula is left open"
    files = [file.get("name", "?") for file in field.findall("file")]
    for name in sorted({*SHOWN.findall(html)} ^ {*files}):
        yield f"file: {name} is shown without a file, or is one that is not shown"
    if len({*files}) < len(files):
        yield "file: two have one name"
    for file in field.findall("file"):
        yield from _picture(file)


def _picture(file: Element) -> Iterator[str]:
    if (file.get("path"), file.get("encoding")) != ("/", "base64"):
        yield "file: wanted path / and encoding base64"
    try:
        ElementTree.fromstring(b64decode(file.text or "", validate=True))
    except (Error, ElementTree.ParseError) as wrong:
        yield f"file: no picture: {wrong}"


class _Tags(HTMLParser):
    """The elements of a text, each of which is closed; only those that Moodle does not take out."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[str] = []

    @classmethod
    def complaints(cls, html: str) -> list[str]:
        """Return what is wrong with the elements of a text."""
        tags = cls()
        tags.feed(html)
        tags.close()
        return tags.found + [f"{tag} is left open" for tag in tags.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element; a picture wants words for who does not see it."""
        if tag not in ("p", "em", "strong", "img", "br", "table", "tr", "td", "th"):
            self.found.append(f"{tag} is no element of a question")
        if tag == "img" and not dict(attrs).get("alt"):
            self.found.append("a picture has no words")
        if tag not in ("img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the element that was opened last."""
        if not self.open or self.open.pop() != tag:
            self.found.append(f"{tag} is closed, and another one is open")


def _graded(each: Element, *, wanted: str) -> Iterator[str]:
    """Yield what is wrong with the grades and the feedback of answers."""
    fractions = []
    for answer in each.findall("answer"):
        fractions.append(float(answer.get("fraction", "nan")))
        if fractions[-1] not in FRACTIONS:
            yield f"fraction: got {answer.get('fraction')!r}, wanted a grade that Moodle has"
        if answer.get("format") != wanted:
            yield f"format: got {answer.get('format')!r}, wanted {wanted}"
        for field in answer.findall("feedback"):
            yield from (f"feedback: {fault}" for fault in _text(field))
    if 100.0 not in fractions:
        yield "none is right: one wants the fraction 100"


def _numerical(each: Element) -> Iterator[str]:
    yield from _graded(each, wanted="moodle_auto_format")
    for answer in each.findall("answer"):
        for tag in ("text", "tolerance"):
            if not NUMBER.fullmatch(got := answer.findtext(tag, "")) or (tag == "tolerance" and float(got) < 0):
                yield f"{tag}: got {got!r}, wanted a number"


def _shortanswer(each: Element) -> Iterator[str]:
    yield from _graded(each, wanted="moodle_auto_format")
    if each.findtext("usecase") not in ("0", "1"):
        yield "usecase: wanted 0 or 1"
    for answer in each.findall("answer"):
        words = answer.findtext("text", "")
        if not words.strip() or re.search(r"(?<!\\)\*", words):
            yield f"text: got {words!r}, wanted words without a star, which stands for any text"


def _multichoice(each: Element) -> Iterator[str]:
    yield from _graded(each, wanted="html")
    if each.findtext("single") != "true" or each.findtext("answernumbering") not in NUMBERINGS:
        yield "wanted single true, and a numbering that Moodle has"
    texts = [answer.findtext("text", "") for answer in each.findall("answer")]
    if len(texts) < 2 or len({*texts}) < len(texts) or not all(texts):
        yield "wanted at least two that differ"
    if sum(answer.get("fraction") == "100" for answer in each.findall("answer")) != 1:
        yield "wanted one that is right"


def _matching(each: Element) -> Iterator[str]:
    pairs = each.findall("subquestion")
    answers = [[answer.findtext("text", "") for answer in pair.findall("answer")] for pair in pairs]
    if len(pairs) < 3 or any(len(texts) != 1 or not texts[0].strip() for texts in answers):
        yield "wanted at least three lines, each with one answer"
    if len({*map(tuple, answers)}) < len(answers):
        yield "two lines have one answer"
    for pair in pairs:
        yield from (f"subquestion: {fault}" for fault in _text(pair))


# a field of a cloze, and one of its answers: the right ones begin with =; \\ or & before a sign takes its meaning away
FIELD = re.compile(r"\{(\d*):([A-Z_]+):(.+?)(?<!\\)(?<!&)\}", re.DOTALL)
EACH = re.compile(r"(=?)(.+?)(?<!\\)(?<!&)(?:#((?:.*?)(?<!\\)))?(?:(?<!\\)~|$)", re.DOTALL)
EMBEDDED = {"NUMERICAL", "SHORTANSWER_C", "MULTICHOICE", "MULTICHOICE_VS"}


def fields_of(text: str) -> list[tuple[str, list[tuple[bool, str, str]]]]:
    """Return the fields of a cloze: the kind of each, and its answers: whether it is right, what it is, the remark."""
    kinds = [(kind, EACH.findall(inside)) for _, kind, inside in FIELD.findall(text)]
    return [(kind, [(bool(right), unescape(a), unescape(said)) for right, a, said in found]) for kind, found in kinds]


def _cloze(each: Element) -> Iterator[str]:
    found = fields_of(text := each.findtext("questiontext/text", ""))
    if not found or len(found) != len(re.findall(r"\{\d*:[A-Z_]+:", text)):
        yield "wanted fields, each of which is closed"
    for kind, answers in found:
        if kind not in EMBEDDED:
            yield f"field: {kind} is no kind of field"
        if kind != "SHORTANSWER_C" and sum(right for right, _, _ in answers) != 1:
            yield "field: wanted one answer that is right"
        for _, answer, _ in answers:
            if kind == "NUMERICAL" and not all(map(NUMBER.fullmatch, answer.split(":"))):
                yield f"field: got {answer!r}, wanted a number and its tolerance"
            if answer.count("{") != answer.count("}"):
                yield f"field: {answer!r} is cut"


def _description(each: Element) -> Iterator[str]:
    return iter(())


ANSWERS = {
    "numerical": _numerical,
    "shortanswer": _shortanswer,
    "multichoice": _multichoice,
    "matching": _matching,
    "cloze": _cloze,
    "description": _description,
}
