"""A derivation as files for one's own document: two networks in one book, beside macros and colours of its author's."""

from __future__ import annotations

import os
import re
import subprocess
from functools import cache

import pytest

from symbackprop.calculus.backpropagation import derive
from symbackprop.errors import SpecError
from symbackprop.exposition.formats import Files
from symbackprop.exposition.options import Options
from symbackprop.exposition.rendering import render_files
from symbackprop.exposition.typesetting.fragment import prefixed
from symbackprop.network.layered import sequential
from symbackprop.network.model import mlp

BOOK = r"""\documentclass{book}
\usepackage[T1]{fontenc}\usepackage[utf8]{inputenc}\usepackage{lmodern}
\usepackage{amsmath,amssymb,xcolor,graphicx,booktabs,tikz}
\usepackage[hidelinks]{hyperref}
\usepackage{amsthm,bm,natbib,tikz-cd}
@PACKAGES@
\newcommand{\step}{mine}\newcommand{\fit}{mine}\newcommand{\reason}{mine}\newcommand{\role}{mine}
\newenvironment{together}{}{}\newcounter{picture}
\definecolor{cost}{HTML}{123456}
\input{one/sbp-preamble}
\input{two/sbp-preamble}
\newtheorem{theorem}{Theorem}
\begin{document}
\chapter{One}\label{sec:error}
\Cref{sbp:one:back} has \cref{sbp:one:BP2}, and \cref{sbp:one:figure-network} the network; \fit\ and \role\ are mine.
\input{one/chapter}
\chapter{Two}
\input{two/chapter}
\input{three/chapter}
By \cref{sbp:three:forward-z1}, \cref{sbp:three:gradient-W1} and \cref{sbp:three:gradient-W3-matrix} hold.

\begin{minipage}{5cm}\setlength{\sbpreasonwidth}{0.28\linewidth}\sbpstepsfor{C}
\begin{align*}
C &\sbpstepsign{=} \sbpstep{a + b + c + d + e + f + g}{the chain rule: the product along the path, in a column}
\end{align*}\end{minipage}
\chapter{Equations}
\input{two/equations}
Of \cref{sbp:two:BP4-columns}, in the list:
\[ \input{one/equations/BP1-matrix} \] and $\input{two/equations/BP2-here-rows}$.
\begin{figure}\input{one/pictures/network}\caption{The network.}\end{figure}

\input{one/pictures/chain}

\input{three/pictures/network}
\end{document}
"""


@cache
def fragments() -> dict[str, Files]:
    """Return the files of two networks, the second in another convention and another language."""
    first = render_files(derive(mlp("2-3-1")), "latex", options=Options(fragment="one"))
    other = derive(mlp("3-4-2", ["relu", "softmax"], "cross_entropy"))
    second = render_files(other, "latex", lang="es", convention="ng", options=Options(fragment="two"))
    return {"one": first, "two": second}


@pytest.mark.thorough
def test_two_networks_stand_in_one_book(tex) -> None:
    """A book with hyperref takes chapters, lists of equations, single ones and pictures; reasons fit into a column."""
    layers = derive(sequential("1x3x3 -> conv2d(1, 2) relu -> flatten -> dense(1)"))
    three = render_files(layers, "latex", options=Options(fragment="three"))
    files = {f"three/{path}": content for path, content in three.items()} | {
        f"{name}/{path}": content for name, part in fragments().items() for path, content in part.items()
    }
    packages = loaded("cleveref")
    named = packages.startswith("\\usepackage")  # without cleveref there is no name before a number
    assert [] == tex.complaints({**files, "book.tex": BOOK.replace("@PACKAGES@", packages)}, "book.tex", runs=1 + named)
    text = " ".join("".join(tex.pages("book.pdf")).split())
    said = (
        "Section 1.6 has eq. (BP2), and fig. 1.1 the network",
        "By eq. (2.1), eq. (2.17) and eq. (2.10) hold",
        "Of eq. (3.17), in the list",
    )
    assert not named or all(part in text for part in said)


@pytest.mark.thorough
def test_package_that_is_missing_is_named(tex) -> None:
    """What the macros want is asked for by name, where nothing else has gone wrong yet."""
    main = "\\documentclass{article}\\usepackage{amsmath,amssymb,xcolor,graphicx}\\input{sbp-preamble}"
    with pytest.raises(AssertionError, match="booktabs is missing; write"):
        tex.complaints({**fragments()["one"], "article.tex": main}, "article.tex", runs=1)


def loaded(package: str) -> str:
    """Return what loads a package, or what stands in for its references where it is missing; fails on the record."""
    if subprocess.run(["kpsewhich", f"{package}.sty"], capture_output=True, check=False).returncode == 0:
        return rf"\usepackage{{{package}}}"
    if os.environ.get("CI"):
        pytest.fail(f"{package}.sty is not installed; install texlive-latex-extra")
    return r"\let\cref\ref\let\Cref\ref"


def test_labels_are_unique_and_each_reference_has_its_own() -> None:
    """Every label begins with sbp and the name of its network, none is given twice, and no reference is left open."""
    for name, files in fragments().items():
        text = "".join(map(str, files.values()))
        labels = re.findall(r"\\label\{([^}#]*)\}", text)
        assert sorted(set(labels)) == sorted(labels)
        assert {f"sbp:{name}"} == {label.rpartition(":")[0] for label in labels}
        assert set(re.findall(r"\\ref\{([^}]*)\}", text)) <= set(labels)
        assert {f"sbp:{name}:{key}" for key in ("BP1", "BP4", "back", "BP1-index", "BP4-here-rows")} - set(labels) == {
            f"sbp:{name}:BP4-here-rows"  # BP4 is the same for every network
        }


@pytest.mark.parametrize("name", ["rnn", "layer_norm"])
def test_every_equation_of_a_program_has_a_label(program_derivation, name: str) -> None:
    """What is computed and each derivative are numbered in the chapter, and no label is there twice."""
    derivation = program_derivation(name)
    files = render_files(derivation, "latex", options=Options(fragment="net"))
    chapter, listed = str(files["chapter.tex"]), str(files["equations.tex"])
    labels = re.findall(r"\\(?:label|sbpnumberfor)\{sbp:net:([^}]*)\}", chapter)
    every = labels + re.findall(r"\\label\{sbp:net:([^}]*)\}", listed)
    assert sorted(set(every)) == sorted(every)
    assert {f"gradient-{array}" for array in derivation.adjoints} <= set(labels)
    computed = [equation.tensor for equation in derivation.program.equations]
    names = {array.tensor: array.name for array in derivation.program.arrays}
    one = {f"forward-{names[tensor]}" for tensor in computed if computed.count(tensor) == 1}
    first = {f"forward-{names[tensor]}-1" for tensor in computed if computed.count(tensor) > 1}
    assert one | first <= set(labels)
    assert chapter.count(r"\sbpnumbered{") == chapter.count(r"\sbpnumberfor{")


def test_what_a_sentence_leads_to_does_not_float_away() -> None:
    """The table of conditions stands below the sentence that ends with a colon; the picture of the network floats."""
    chapter = str(fragments()["one"]["chapter.tex"])
    below = chapter.partition("The result holds under these conditions:")[2].lstrip()
    assert below.startswith("\\sbpannounced{10000}\n\\begin{sbptogether}\\sbphere{table}\n\\caption{")
    assert "\\begin{figure}[htbp]" in chapter


def test_every_macro_and_colour_of_ours_has_the_prefix() -> None:
    """What the article calls step, fit, role or cost is called sbpstep, sbpfit, sbprole and sbpcost here."""
    text = "".join(map(str, fragments()["one"].values()))
    defined = re.findall(r"\\new(?:command|length|savebox|environment)\{\\?([A-Za-z]+)\}", text)
    assert {"sbpstep", "sbpfit", "sbprole", "sbptogether"} <= set(defined)
    assert [] == [name for name in defined if not name.startswith("sbp")]
    plain = "|".join(name.removeprefix("sbp") for name in defined if name not in ("sbpsection", "sbppart"))
    assert [] == re.findall(rf"\\(?:{plain})(?![A-Za-z])|(?:draw|text)=(?:cost|input|activation|error)\b", text)
    assert "fill=sbpinput!30!sbperror" == prefixed("fill=input!30!error")


def test_every_equation_is_there_in_every_notation() -> None:
    """The four equations and those of this network have a file in each notation in which they can be written."""
    styles = ("", "-matrix", "-rows", "-columns", "-scalar")
    names = ("BP1", "BP2", "BP3", "BP4", "BP1-here", "BP2-here")
    wanted = {f"equations/{name}{style}.tex" for name in names for style in styles}
    files = fragments()["one"]
    assert wanted == {name for name in files if name.startswith("equations/")}
    assert r"\begin{aligned} \delta^{(1)}_{1} &= w^{(2)}_{11}" in str(files["equations/BP2-scalar.tex"])
    assert {"pictures/network.tex", "pictures/chain.tex", "pictures/chain-back.tex", "pictures/gears.tex"} <= set(files)


def test_name_that_could_not_be_a_label_is_refused() -> None:
    """A name with signs of TeX's is an error that says what a name is made of."""
    with pytest.raises(
        SpecError, match=r"fragment: got '\\\\input\{x\}', wanted letters, digits, - _ or \.; try 'net'"
    ):
        Options(fragment=r"\input{x}")
