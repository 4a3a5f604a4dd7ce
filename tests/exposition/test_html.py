"""The page: well-formed, whole in one file, closed to the outside, and every word of a user's literal."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.exposition.document import Code, Document, Steps
from symbackprop.exposition.mathtext.mathml import MATHML
from symbackprop.exposition.rendering import render
from symbackprop.exposition.web.assets import asset, policy, script_hash
from symbackprop.exposition.web.blocks import BlockWriter
from symbackprop.exposition.web.formulas import Room
from symbackprop.exposition.web.markup import element, text

VOID = {"meta"}
SMALL = Document("t", None, None, "en", (), {"otherwise": "otherwise", "figure": "Figure", "table": "Table"})


class Reader(HTMLParser):
    """Reads a page, complains about a tag that is not closed in its order, and keeps elements and texts."""

    def __init__(self, page: str) -> None:
        """Read the whole page."""
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self.feed(page)
        self.close()
        assert [] == self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element; it stays open unless it holds nothing."""
        assert len(attrs) == len(dict(attrs)), f"an attribute of <{tag}> is there twice"
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element of SVG or MathML that holds nothing."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep the first text of each kind of element."""
        if self.open:
            self.texts.setdefault(self.open[-1], data)


@cache
def _page(derived: Callable[[str], Derivation], network: str, lang: str) -> str:
    return str(render(derived(network), "html", lang=lang))


def page(derived: Callable[[str], Derivation], network: str = "plain", lang: str = "en") -> str:
    """Return a page as text; each is made once."""
    return _page(derived, network, lang)


def test_page_is_well_formed(derived, network: str, lang: str) -> None:
    """Every element is closed in its order, ids are there once, and links lead to them."""
    reader = Reader(page(derived, network, lang))
    ids = [values["id"] for _, values in reader.elements if "id" in values]
    assert len(ids) == len(set(ids))
    links = [values["href"] or "" for tag, values in reader.elements if tag == "a"]
    assert set() == {link.removeprefix("#") for link in links} - set(ids)
    assert [{"lang": lang}] == [values for tag, values in reader.elements if tag == "html"]


@pytest.mark.parametrize("fault", ["<p><b></p></b>", "<p>", "<p></p></p>", '<p id="a" id="a"></p>'])
def test_reader_finds_what_is_not_well_formed(fault: str) -> None:
    """The reader of these tests complains about each kind of fault."""
    with pytest.raises((AssertionError, IndexError), match=r"assert|twice|empty"):
        Reader(fault)


def test_nothing_leads_outside(derived, network: str) -> None:
    """No element loads anything, styles hold nothing but data, and the policy allows nothing else."""
    whole = page(derived, network)
    for tag, values in Reader(whole).elements:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base", "form"}
        assert not {"src", "srcset", "action", "ping", "data", "xlink:href"} & set(values)
        assert not [name for name in values if name.startswith("on")]
    assert {"data"} == {url.partition(":")[0] for url in re.findall(r'url\("?([^")]+)', whole)}
    assert [] == [address for address in re.findall(r"https?://[^\s\"'<)]+", whole) if "www.w3.org" not in address]
    assert "@import" not in whole


def test_only_the_script_of_the_page_may_run(derived) -> None:
    """There is one script, and the policy names it by its hash; one letter more is another hash."""
    whole = page(derived)
    (script,) = re.findall(r"<script type=\"module\">(.*?)</script>", whole, re.DOTALL)
    assert asset("page.js") == script
    assert text(policy(script)) in whole
    assert script_hash(script) != script_hash(script + " ")
    assert "default-src 'none'" in policy()


@pytest.mark.hostile("name", expect="literal")
def test_hostile_title_and_author_are_literal(derived, hostile_text: str) -> None:
    """Every label is the title, the heading and the author as it is, and adds no element."""
    plain = Reader(page(derived))
    reader = Reader(str(render(derived("plain"), "html", title=hostile_text, author=hostile_text, date=hostile_text)))
    assert hostile_text == reader.texts["title"] == reader.texts["h1"]
    (author,) = [values["content"] for _, values in reader.elements if values.get("name") == "author"]
    assert hostile_text == author
    added = [tag for tag, _ in reader.elements]
    for tag, _ in plain.elements:
        added.remove(tag)
    assert ["meta", "p"] == sorted(added)


def test_every_formula_is_mathml_with_its_latex(derived, network: str) -> None:
    """Every formula is well-formed MathML, and carries the LaTeX that it was made from."""
    formulas = re.findall(r"<math\b.*?</math>", page(derived, network).partition("<script")[0], re.DOTALL)
    assert len(formulas) > 100
    for formula in set(formulas):
        (annotation,) = ElementTree.fromstring(formula).iter(f"{{{MATHML['xmlns']}}}annotation")
        assert "application/x-tex" == annotation.get("encoding")
        assert annotation.text


def test_answers_use_every_kept_formula(derived, network: str) -> None:
    """The numbers in the answers are those of the formulas that are kept, each of them asked for."""
    whole = page(derived, network)
    (kept,) = re.findall(r'<template class="formulas">(.*?)</template>', whole, re.DOTALL)
    asked = {int(number) for number in re.findall(r'data-formula="(\d+)"', whole)}
    assert set(range(kept.count("<math "))) == asked


def test_broken_line_keeps_its_whole() -> None:
    """A line that is broken into rows has the unbroken formula beside it; one that is not, has none."""
    from sympy import Add, Symbol

    from symbackprop.exposition.document import Line

    line = Line(Symbol("s"), "=", Add(*(Symbol(letter) for letter in "abcdefgh")))
    for limit, wholes in ((5.0, 1), (80.0, 0)):
        written = BlockWriter(SMALL, Room(limit, limit)).block(Steps((line,)))
        assert wholes == written.count("<template>")
        assert (written.count('class="more"') > 0) == bool(wholes)


def test_markup_is_literal_where_it_should_be() -> None:
    """Text shows its signs, attributes keep their quotes, and an empty class is left out."""
    assert "R&amp;D &lt;b&gt; &quot;x&#x27;" == text("R&D <b> \"x'")
    assert '<p title="a&quot;b">x</p>' == element("p", "x", {"class": "", "title": 'a"b'})


def test_program_is_literal() -> None:
    """A program is shown as it is."""
    assert "a &lt; b &amp;&amp; c" in BlockWriter(SMALL, Room(20, 30)).block(Code("a < b && c"))


def test_unknown_block_is_named() -> None:
    """What is no block of the closed set is refused by its class."""
    with pytest.raises(TypeError, match="no HTML for the block str"):
        BlockWriter(SMALL, Room(20, 30)).block("x")
