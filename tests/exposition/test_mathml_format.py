"""The MathML files: well-formed, of known elements only, with the LaTeX that they were made of."""

from __future__ import annotations

from xml.etree import ElementTree

from symbackprop.exposition.document import Formula
from symbackprop.exposition.formulas import formula_latex
from symbackprop.exposition.mathtext.mathml import ELEMENTS, NAMESPACE
from symbackprop.exposition.rendering import render, render_files

LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def test_every_equation_is_there_with_its_latex(derived, told, network: str, lang: str) -> None:
    """Each of the general equations and each of this network is a file whose annotation is its LaTeX."""
    document = told(network, lang)
    roots = [ElementTree.fromstring(str(text)) for text in render_files(derived(network), "mathml", lang=lang).values()]
    equations = {**derived(network).equations, **derived(network).specific}.values()
    expected = [formula_latex(Formula((e.left, e.right)), document.style) for e in equations]
    assert expected == [root.findtext(f".//{{{NAMESPACE}}}annotation") for root in roots]
    assert {lang} == {root.get(LANGUAGE) for root in roots}
    assert all(root.get("alttext") for root in roots)


def test_elements_are_those_of_the_dialect(derived, network: str) -> None:
    """A program that reads the files meets presentation markup only, and the annotation."""
    known = {f"{{{NAMESPACE}}}{tag}" for tag in (*ELEMENTS, "semantics", "annotation")}
    for text in render_files(derived(network), "mathml").values():
        assert known >= {element.tag for element in ElementTree.fromstring(str(text)).iter()}


def test_files_have_the_names_of_the_equations(derived) -> None:
    """The general equations come first, then those of the network."""
    expected = ["BP1", "BP2", "BP3", "BP4", "BP1-here", "BP2-here"]
    assert [f"equations/{name}.mml" for name in expected] == list(render_files(derived("plain"), "mathml"))


def test_letters_can_be_chosen(derived) -> None:
    """A symbol that is renamed is renamed in the formula, in its LaTeX and in its text."""
    text = str(render_files(derived("plain"), "mathml", symbols={"delta": "e"})["equations/BP3.mml"])
    root = ElementTree.fromstring(text)
    assert "δ" not in text
    assert root.get("alttext", "").endswith("equals e sub j of layer l")
    assert str(root.findtext(f".//{{{NAMESPACE}}}annotation")).endswith("= e^{(l)}_{j}")


def test_title_does_no_harm(derived) -> None:
    """An equation has no title of the user's, and is the same whatever it is."""
    assert render(derived("plain"), "mathml") == render(derived("plain"), "mathml", title="]]></svg><script>&lt;")
