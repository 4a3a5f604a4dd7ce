"""What a lecturer would complain about on slides in a PDF, measured on its pages as they are set.

complaints(pages_of(pdftohtml -xml), "en")  ->  ["4: letters of 0.52 of the body", …]; nothing where they can be shown
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

LEAST_USED = 0.2  # of what is below the title, as in a browser
LEAST_SIZE, LEAST_BESIDE = 0.75, 0.6  # of the letters of sentences elsewhere: in tables and sentences, and beside them
BESIDE = 0.2  # of the width: what begins further right is a reason or a caption
MOST_LINES, MOST_SENTENCES = 12, 4
TITLE = 0.16  # of the height, above which the title begins
FOOTER = 0.92  # of the height, where the number of the slide begins
# letters that no picture and no table introduces, each with the word that stands on the slide on which it comes first
INTRODUCED = {"en": {"δ": "error", "η": "learning rate"}, "es": {"δ": "error", "η": "tasa de aprendizaje"}}


@dataclass(frozen=True, slots=True)
class Words:
    """Words in one line and one font, in shares of the page, with the size of their letters."""

    left: float
    top: float
    right: float
    bottom: float
    size: float
    text: str

    @property
    def is_prose(self) -> bool:
        """Whether these are words of a sentence or a cell, and no formula."""
        return len(re.findall(r"[^\W\d_]{2,}", self.text)) >= 3


Page = tuple[Words, ...]


def pages_of(xml: str) -> list[Page]:
    """Return what stands on each page, as `pdftohtml -xml` tells it."""
    sizes: dict[str, float] = {}
    pages = []
    for page in ElementTree.fromstring(re.sub(r"</?[ab]\b[^>]*>|</?i>", "", xml)).iter("page"):
        sizes |= {font.attrib["id"]: float(font.attrib["size"]) for font in page.iter("fontspec")}
        wide, high = float(page.attrib["width"]), float(page.attrib["height"])
        found = []
        for text in page.iter("text"):
            left, top, width, height = (float(text.attrib[name]) for name in ("left", "top", "width", "height"))
            words = unicodedata.normalize("NFKC", "".join(text.itertext()))
            place = (left / wide, top / high, (left + width) / wide, (top + height) / high)
            found.append(Words(*place, sizes[text.attrib["font"]], words))
        pages.append(tuple(found))
    return pages


def whole(pages: Sequence[Page]) -> list[Page]:
    """Return the pages on which all of their slide is shown: the last one under each title."""
    titles = ["", *(_title(page) for page in pages[1:])]  # that of the first page is in its middle
    followed = zip(pages, titles, [*titles[1:], None], strict=True)
    return [page for page, title, following in followed if title != following]


def complaints(pages: Sequence[Page], lang: str) -> list[str]:
    """Return what is wrong with the slides after the first, which is the title."""
    body: Counter[float] = Counter()
    for page in pages[1:]:
        for words in page:
            body[words.size] += len(words.text) * words.is_prose * (words.left < BESIDE)
    (usual, _), *_ = body.most_common(1)
    known: set[str] = set()
    found = []
    for number, page in enumerate(pages[1:], start=2):
        found += [f"{number}: {wrong}" for wrong in (*_of_page(page, usual), *_undefined(page, known, lang))]
    return found


def _title(page: Page) -> str:
    largest = max(words.size for words in page if words.top < TITLE)
    return " ".join(words.text for words in page if words.size == largest and words.top < TITLE)


def _below_the_title(page: Page) -> Page:
    largest = max(page, key=lambda words: words.size * (words.top < TITLE))
    return tuple(words for words in page if words.top >= largest.bottom and words.top < FOOTER)


def _of_page(page: Page, usual: float) -> Iterator[str]:
    shown = _below_the_title(page)
    if not shown:
        yield "nothing below the title"
        return
    top, bottom = min(words.top for words in shown), max(words.bottom for words in shown)
    if (used := (bottom - top) / (FOOTER - top)) < LEAST_USED:
        yield f"uses {used:.0%} of its area"
    if bottom > 1 or max(words.right for words in page) > 1 or min(words.left for words in page) < 0:
        yield "over the edge"
    prose = [words for words in shown if words.is_prose]
    for words in prose:
        least = LEAST_SIZE if words.left < BESIDE else LEAST_BESIDE
        if words.size < least * usual - 1:  # sizes are whole numbers of small units
            yield f"letters of {words.size / usual:.2f} of the body: {words.text[:30]}"
    told = [words for words in prose if words.left < BESIDE]
    if len(prose) == len(shown):
        yield "sentences alone"
    if (lines := len({round(words.top, 2) for words in told})) > MOST_LINES:
        yield f"{lines} lines of words"
    if (count := len(re.findall(r"[.!?](?:\s|$)", " ".join(words.text for words in told)))) > MOST_SENTENCES:
        yield f"{count} sentences"


def _undefined(page: Page, known: set[str], lang: str) -> Iterator[str]:
    said = " ".join(words.text for words in page)
    for letter, word in INTRODUCED[lang].items():
        if letter in said and letter not in known:
            known.add(letter)
            if word not in said:
                yield f"{letter} is not introduced"
