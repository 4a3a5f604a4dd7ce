"""What pages and decks have in common: well-formed, one file, closed to the outside, a user's words literal."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.exposition.document import Document, Heading, Prose
from symbackprop.exposition.formats import FORMATS, deck, html
from symbackprop.exposition.mathtext.mathml import NAMESPACE
from symbackprop.exposition.narration import narrate
from symbackprop.exposition.options import PLAIN
from symbackprop.exposition.palette import COLOURS
from symbackprop.exposition.rendering import render
from symbackprop.exposition.web.assets import asset, policy, reveal, script_hash
from symbackprop.exposition.web.markup import element, joined, text

pytestmark = pytest.mark.combinations

VOID = {"meta"}
LIBRARIES = {"html": (), "deck": ("reveal.js",)}
# a network of neurons has no boxes of arrays whose paths could be lit
USED = (*html.ALWAYS, *(name for name in html.WHERE_USED if name != "paths"))
SCRIPTS = {"html": tuple(f"{name}.js" for name in USED), "deck": deck.SCRIPTS}
ADDED = {"html": ["meta", "p"], "deck": ["meta", "p", "p"]}  # by an author and a date


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
def _page(derived: Callable[[str], Derivation], name: str, network: str, lang: str) -> str:
    return str(render(derived(network), name, lang=lang))


def page(derived: Callable[[str], Derivation], name: str, network: str = "plain", lang: str = "en") -> str:
    """Return a page or a deck as text; each is made once."""
    return _page(derived, name, network, lang)


both = pytest.mark.parametrize("name", ["html", "deck"])


@both
def test_file_is_well_formed(derived, name: str, network: str, lang: str) -> None:
    """Every element is closed in its order, ids are there once, and links lead to them."""
    reader = Reader(page(derived, name, network, lang))
    ids = [values["id"] for _, values in reader.elements if "id" in values]
    assert len(ids) == len(set(ids))
    links = [values["href"] or "" for tag, values in reader.elements if tag == "a"]
    assert set() == {link.removeprefix("#").removeprefix("/") for link in links} - set(ids)
    assert [{"lang": lang}] == [values for tag, values in reader.elements if tag == "html"]


@pytest.mark.parametrize("fault", ["<p><b></p></b>", "<p>", "<p></p></p>", '<p id="a" id="a"></p>'])
def test_reader_finds_what_is_not_well_formed(fault: str) -> None:
    """The reader of these tests complains about each kind of fault."""
    with pytest.raises((AssertionError, IndexError), match=r"assert|twice|empty"):
        Reader(fault)


@both
def test_nothing_leads_outside(derived, name: str, network: str) -> None:
    """No element loads anything, styles hold nothing but data, and the policy allows nothing else."""
    whole = re.sub(r"<script.*?</script>", "", page(derived, name, network), flags=re.DOTALL)
    for tag, values in Reader(whole).elements:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base", "form"}
        assert not {"src", "srcset", "action", "ping", "data", "xlink:href"} & set(values)
        assert not [name for name in values if name.startswith("on")]
    assert {"data"} == {url.partition(":")[0] for url in re.findall(r'url\("?([^")]+)', whole)}
    assert [] == [address for address in re.findall(r"https?://[^\s\"'<)]+", whole) if "www.w3.org" not in address]
    assert "@import" not in whole


@both
def test_only_the_scripts_of_the_file_may_run(derived, name: str) -> None:
    """The policy names every script by its hash, and no other; one letter more is another hash."""
    whole = page(derived, name)
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", whole, re.DOTALL)
    assert [*map(reveal, LIBRARIES[name]), "".join(map(asset, SCRIPTS[name]))] == scripts
    assert text(policy(*scripts)) in whole
    assert script_hash(scripts[0]) != script_hash(scripts[0] + " ")
    assert "default-src 'none'" in policy()


def test_page_carries_only_what_it_uses(derived) -> None:
    """A script and the style of its name are there where the page has what they are about, and the policy follows."""
    wanted = {"plain": {"answers", "zoom", "live"}, "digits": {"answers"}}  # nobody reads the numbers of 784 inputs
    for name, used in wanted.items():
        whole = page(derived, "html") if name == "plain" else str(render(derived(name), "html"))
        for part in html.WHERE_USED:
            assert (part in used) == (asset(f"{part}.js") in whole) == (asset(f"{part}.css") in whole)
        (script,) = re.findall(r"<script[^>]*>(.*?)</script>", whole, re.DOTALL)
        assert text(policy(script)) in whole
    excerpt = str(render(derived("plain"), "html", only="forward"))
    assert [] == [part for part in html.WHERE_USED if asset(f"{part}.js") in excerpt]


def written(derived: Callable[[str], Derivation], name: str, document: Document) -> str:
    """Return a document as the file of a format."""
    files = FORMATS[name].write(derived("plain"), document, PLAIN)
    return str(files[FORMATS[name].main])


@both
@pytest.mark.hostile("name", expect="literal")
def test_hostile_title_and_author_are_literal(derived, name: str, hostile_text: str) -> None:
    """Every label is the title, the heading and the author as it is, and adds no element."""
    told = narrate(derived("plain"), title=hostile_text, author=hostile_text, date=hostile_text)
    # without formulas and pictures, which hold no label; headings stay, as there are references to them
    kept = [block for block in told.blocks if isinstance(block, Heading | Prose)]
    short = replace(told, talk=None, blocks=tuple(kept))
    named = replace(short, title="t", author=None, date=None)
    plain, reader = (Reader(written(derived, name, document)) for document in (named, short))
    assert hostile_text == reader.texts["title"] == reader.texts["h1"]
    (author,) = [values["content"] for _, values in reader.elements if values.get("name") == "author"]
    assert hostile_text == author
    added = [tag for tag, _ in reader.elements]
    for tag, _ in plain.elements:
        added.remove(tag)
    assert ADDED[name] == sorted(added)


@both
def test_every_formula_is_mathml_with_its_latex(derived, name: str, network: str) -> None:
    """Every formula is well-formed MathML, and carries the LaTeX that it was made from."""
    formulas = re.findall(r"<math\b.*?</math>", page(derived, name, network).partition("<script")[0], re.DOTALL)
    assert len(formulas) > 100
    for formula in set(formulas):
        (annotation,) = ElementTree.fromstring(formula).iter(f"{{{NAMESPACE}}}annotation")
        assert "application/x-tex" == annotation.get("encoding")
        assert annotation.text


@pytest.mark.parametrize("name", ["html", "deck"])
def test_pictures_have_the_colours_of_dark_paper_where_it_is_dark(layered_derivation, derived, name: str) -> None:
    """No picture of a page has a colour in itself, which would be that of light paper in the dark."""
    for derivation in (layered_derivation("lenet"), derived("plain")):
        pictures = re.findall(r"<svg.*?</svg>", str(render(derivation, name)), re.DOTALL)
        assert not any(f'"{colour}"' in each for each in pictures for colour in COLOURS.values())
        assert any('"var(--cost)"' in each for each in pictures)


def test_markup_is_literal_where_it_should_be() -> None:
    """Text shows its signs, attributes keep their quotes, and an empty class is left out."""
    assert "R&amp;D &lt;b&gt; &quot;x&#x27;" == text("R&D <b> \"x'")
    assert '<p title="a&quot;b">x</p>' == element("p", "x", {"class": "", "title": 'a"b'})
    assert {"class": "a b", "id": "c"} == joined({"class": "a"}, {"id": "c", "class": "b"})
