"""The LaTeX files: what is in them, and that a real pdflatex sets them without a complaint."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from symbackprop import derive, equations, sequential
from symbackprop.calculus.backpropagation import Derivation
from symbackprop.errors import SpecError
from symbackprop.exposition.document import Code, Document
from symbackprop.exposition.formats.latex import write
from symbackprop.exposition.narration import narrate
from symbackprop.exposition.options import PLAIN
from symbackprop.exposition.rendering import render, render_files
from symbackprop.exposition.typesetting.blocks import ROWS, STRUTS, Typesetter
from symbackprop.exposition.typesetting.escaping import escaped, is_shown

pytestmark = pytest.mark.combinations


def test_article_compiles_without_a_complaint(derived, tex, network: str, lang: str) -> None:
    """No overfull line, no undefined reference, no missing letter, whatever the network and the language."""
    files = render_files(derived(network), "latex", lang=lang, author="A. Author")
    runs = 2 if network in ("plain", "deep") else 1  # the references are the same in every network
    assert [] == tex.complaints(files, "derivation.tex", runs=runs)


@pytest.mark.thorough
def test_article_about_a_program_compiles_without_a_complaint(program_derivation, tex) -> None:
    """Names of arrays, the picture and both passes leave no line overfull, nor a title of TeX's special signs."""
    text = r"\end{document} R&D_50% #1 {} $x$ ^~ <<--'`\" σ∂ Réseau ñ €"
    files = render_files(program_derivation("layer_norm"), "latex", lang="en", title=text, author=text, date=text)
    assert [] == tex.complaints(files, "derivation.tex", runs=1)


@pytest.mark.thorough
def test_article_about_layers_compiles_without_a_complaint(layered_derivation, tex) -> None:
    """Words in boxes, headings of three levels and long names of arrays leave no line overfull."""
    files = render_files(layered_derivation("attention"), "latex", lang="es")
    assert [] == tex.complaints(files, "derivation.tex", runs=1)


@pytest.mark.thorough
def test_high_lines_are_torn_apart(tex) -> None:
    """Four lines of cases within sums are higher than a page, which may then end between them."""
    clipped = "C = mean[t](min(r[t] * g[t], min(max(r[t], 0.8), 1.2) * g[t]))"
    files = render_files(derive(equations(f"input r[T], g[T]\nsizes T = 2\n{clipped}")), "latex")
    assert [] == tex.complaints(files, "derivation.tex", runs=1)


@pytest.mark.thorough
def test_picture_of_many_layers_has_room_on_its_page(tex) -> None:
    """Eight rows of boxes are higher than a page with their heading and their caption; they are made smaller."""
    files = render_files(derive(sequential(" -> ".join(["3", *["prelu"] * 32]))), "latex")
    assert [] == tex.complaints(files, "derivation.tex", runs=1)


@pytest.mark.thorough
@pytest.mark.parametrize(
    "text",
    [
        r"\documentclass{article}\begin{document}\parbox{1cm}{Donaudampfschifffahrtsgesellschaft}\end{document}",
        r"\documentclass{article}\begin{document}\ref{nowhere}\end{document}",
        r"\documentclass{article}\begin{document}\char200 \end{document}",
    ],
)
def test_complaints_are_found(tex, text: str) -> None:
    """An overfull line, an undefined reference and a missing letter are seen in the log."""
    assert [] != tex.complaints({"planted.tex": text}, "planted.tex")


@pytest.mark.thorough
def test_equations_can_be_put_into_another_document(derived, tex, network: str) -> None:
    r"""Each equation file stands in \[ \] and in $ $ of a document that has amsmath and nothing of ours."""
    files = dict(render_files(derived(network), "tex"))
    names = sorted(name.removesuffix(".tex") for name in files)
    lines = "\n".join(rf"\[ \input{{{name}}} \] and $\input{{{name}}}$." for name in names)
    files["host.tex"] = (
        "\\documentclass{article}\\usepackage[a3paper,landscape]{geometry}\\usepackage{amsmath,amssymb}"
        f"\\begin{{document}}\n{lines}\n\\end{{document}}"
    )
    assert {"equations/BP1", "equations/BP2", "equations/BP3", "equations/BP4", "equations/BP1-here"} <= set(names)
    assert [] == tex.complaints(files, "host.tex", runs=1)


@pytest.mark.thorough
def test_steps_are_on_the_page_of_their_result(derived, tex) -> None:
    """However the pages fall, none begins with an equation in its frame, torn from the steps that lead to it."""
    source = str(render(derived("custom"), "latex"))
    for height in ("19.9", "23.4"):
        tex.complaints({"derivation.tex": source.replace("{24.2cm}", f"{{{height}cm}}")}, "derivation.tex", runs=1)
        firsts = ["".join(page.strip().splitlines()[:3]) for page in tex.pages("derivation.pdf")]
        assert len(firsts) > 9
        assert [] == [first for first in firsts if re.search(r"\(BP\d\)", first)]


@pytest.mark.thorough
def test_hostile_titles_are_shown_as_they_are(tex, hostile_labels: list[str]) -> None:
    """Every hostile label with letters that have a font compiles, and the page shows exactly that text."""
    shown = [text for text in hostile_labels if all(map(is_shown, text))]
    lines = "\n\n".join(rf"\noindent[{number}]{escaped(text)}" for number, text in enumerate(shown))
    page = r"\documentclass{article}\usepackage[T1]{fontenc}\usepackage{lmodern}\textwidth=40cm \hyphenpenalty=10000 "
    tex.complaints({"labels.tex": f"{page}\\begin{{document}}\n{lines}\n\\end{{document}}"}, "labels.tex")
    assert len(shown) > 25
    flat = re.sub(r"\s", "", "".join(tex.pages("labels.pdf")))
    missing = [label for number, label in enumerate(shown) if f"[{number}]" + re.sub(r"\s", "", label) not in flat]
    assert [] == [label for label in missing if len(label) < 100]  # a longer one is broken over lines


@pytest.fixture
def hostile_labels() -> list[str]:
    """Return the labels that have to be shown literally."""
    path = Path(__file__).parents[2] / "hostile_inputs.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [row["input"] for row in rows if (row["kind"], row["expect"]) == ("name", "literal")]


@pytest.mark.thorough
def test_every_letter_that_is_promised_has_a_font(tex) -> None:
    """All characters that the writer lets through compile, and none is missing in the fonts."""
    letters = [chr(code) for code in range(0x20, 0x2FFF) if is_shown(chr(code))]
    body = "\n".join(escaped(letter) + " x" for letter in letters)
    page = r"\documentclass{article}\usepackage[T1]{fontenc}\usepackage{lmodern}\usepackage{amssymb}"
    source = f"{page}\\begin{{document}}\\raggedright\n{body}\n\\end{{document}}"
    assert [] == tex.complaints({"letters.tex": source}, "letters.tex")


@pytest.mark.thorough
def test_letters_renamed_by_the_reader_reach_the_page(derived, tex) -> None:
    """With δ called e, no δ is left in the formulas, and the article compiles."""
    files = render_files(derived("plain"), "latex", symbols={"delta": "e", "a": r"\hat{y}"})
    assert r"\delta" not in str(files["derivation.tex"])
    assert [] == tex.complaints(files, "derivation.tex")


def test_only_common_packages_are_used(derived, packages: set[str]) -> None:
    """The article asks for no package beyond those that every small TeX installation has."""
    used = re.findall(r"\\usepackage(?:\[[^]]*\])?\{([^}]*)\}", str(render(derived("plain"), "latex")))
    assert {name for names in used for name in names.split(",")} <= packages


def test_title_that_cannot_be_set_is_refused(derived) -> None:
    """LaTeX says which letter of the title it has no font for."""
    with pytest.raises(SpecError, match=r"title '\\u795e', character 1: U\+795E"):
        render(derived("plain"), "latex", title="神")
    with pytest.raises(SpecError, match="author"):
        render(derived("plain"), "latex", author="🧠")


def test_same_derivation_gives_the_same_bytes(derived) -> None:
    """Nothing in the files depends on when or how often they are written."""
    assert render_files(derived("plain"), "latex") == render_files(derived("plain"), "latex")


def test_equations_are_those_of_the_golden_files(derived: Callable[[str], Derivation], golden, lang: str) -> None:
    """The section on the three links, in each language, is what somebody last looked at."""
    text = str(render(derived("plain"), "latex", lang=lang))
    start = text.index(r"\label{sec:links}")
    golden(f"latex/links-{lang}.tex", text[start : text.index(r"\label{sec:error}")])
    golden("latex/BP2.tex", str(render(derived("plain"), "tex", only="BP2")))


def test_lines_of_a_program_are_literal() -> None:
    """A program in the document keeps its blanks and has no live command."""
    document = Document("t", None, None, "en", (), {"otherwise": "otherwise"})
    text = Typesetter(document).block(Code("if x:\n  \\input{y}", "python"))
    assert r"\ \ \textbackslash{}input\{y\}" in text


def test_unknown_block_is_named(derived) -> None:
    """What is no block of the closed set is refused by its class."""
    document = narrate(derived("plain"))
    with pytest.raises(TypeError, match="no LaTeX for the block str"):
        Typesetter(document).block("x")
    assert {"derivation.tex"} == set(write(derived("plain"), document, PLAIN))


def test_rows_of_a_table_are_as_high_as_their_struts() -> None:
    """What a table needs on its page is not estimated below what TeX makes of it: an ex has 4.74 points here."""
    for height, strut in STRUTS.items():
        found = re.search(r"\{([\d.]+)ex\}$", strut)
        assert ROWS[height] >= (4.73 * float(found[1]) if found else 1.2 * 13.6)


@pytest.mark.thorough
@pytest.mark.parametrize(("blocks", "pages"), [(1, 1), (6, 4)])
def test_sheet_is_shrunk_to_one_page_or_has_several(tex, blocks: int, pages: int) -> None:
    """A little more than a page is made smaller, with no empty page beside it; letters stay half as large at least."""
    block = "residual(conv1d(2, 3, padding=1) gelu -> layer_norm -> conv1d(2, 3, padding=1)) relu"
    net = sequential(f"2x6 -> {' -> '.join([block] * blocks)} -> flatten -> dense(2)", cost="mse")
    assert [] == tex.complaints({"sheet.tex": render(derive(net), "sheet")}, "sheet.tex")
    assert pages == len(tex.pages("sheet.pdf"))
    heights = [high for page in tex.heights("sheet.pdf") for word, high in page if word == "Forward"]
    assert min(heights) > 5.0
