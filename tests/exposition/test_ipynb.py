"""The notebook: valid, complete, the same every time; it runs, and fails where what is shown is not what is derived."""

from __future__ import annotations

import ast
import html
import json
import os
import re
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from exposition.canonical.reference import difference, in_article
from exposition.canonical.texts import notebook as formulas_of

import symbackprop as sb
from symbackprop.cli.shipped import shipped_example
from symbackprop.exposition.document import Code, Document, Figure, Formula, Heading, Prose, Steps
from symbackprop.exposition.formats import FORMATS
from symbackprop.exposition.narration import narrate
from symbackprop.exposition.notebook.checks import _network
from symbackprop.exposition.notebook.wording import literal, wording
from symbackprop.exposition.options import PLAIN
from symbackprop.exposition.rendering import render, render_files
from symbackprop.network.model import mlp

if os.environ.get("CI") is None:
    pytest.importorskip("resvg_py", reason="resvg-py is not installed; it is in the extra `export`")

pytestmark = pytest.mark.combinations

ROOT = Path(__file__).parents[2]
RUN = """
import sys, nbclient, nbformat
notebook = nbformat.reads(sys.stdin.read(), as_version=4)
nbformat.validate(notebook)
nbclient.NotebookClient(notebook, timeout=240, kernel_name="python3").execute()
print(nbformat.writes(notebook))
"""


def read(derivation: Any, **wishes: Any) -> dict[str, Any]:
    """Return a notebook as data."""
    notebook: dict[str, Any] = json.loads(str(render(derivation, "ipynb", **wishes)))
    return notebook


@cache
def text_of(derived: Callable[[str], Any], network: str, lang: str = "en") -> str:
    """Return a notebook as text; each is made once."""
    return str(render(derived(network), "ipynb", lang=lang))


def sources(notebook: dict[str, Any], kind: str) -> list[str]:
    """Return the text of every cell of a kind."""
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == kind]


@pytest.fixture
def executed() -> Callable[[str], subprocess.CompletedProcess[str]]:
    """Return what runs a notebook in a kernel of its own.

    Skips the test where there is no kernel, unless it runs for the record."""
    try:
        import ipykernel  # noqa: F401 - it is the kernel
        import nbclient  # noqa: F401 - it runs it, in a process of its own
    except ImportError as error:
        if os.environ.get("CI"):
            pytest.fail(f"{error.name} is not installed; it is in the extra `test`")
        pytest.skip(f"{error.name} is not installed; it is in the extra `test`")

    def run(text: str) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
        environment = {**os.environ, "PYTHONPATH": path}
        command = [sys.executable, "-c", RUN]
        return subprocess.run(
            command, input=text, env=environment, capture_output=True, text=True, timeout=280, check=False
        )

    return run


def cell_of(source: str, name: str) -> dict[str, Any]:
    """Return a cell of code."""
    return {
        "cell_type": "code",
        "source": source,
        "id": name,
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }


FEW = "from symbackprop.numerics import verification as v\nv.shipped_layers = tuple\nv.protocol = lambda seed: ()"
FORGET = cell_of("%reset -f", "forget")


@pytest.mark.thorough
def test_notebooks_run(derived, executed) -> None:
    """Every assert holds, and nothing that is shown is changed by it; one kernel runs both, and forgets the first."""
    first, second = (
        read(derived(n), lang=lang, symbols={"delta": "e"}) for n, lang in (("plain", "en"), ("custom", "es"))
    )
    second["cells"] = [cell for cell in second["cells"] if "sb.verify" not in "".join(cell["source"])]  # of the first
    for cell in second["cells"]:
        cell["id"] = f"again-{cell['id']}"
    cells = [cell_of(FEW, "few"), *first["cells"], FORGET, *second["cells"]]  # its own network is verified
    done = executed(json.dumps(first | {"cells": cells}))
    assert 0 == done.returncode, done.stderr[-2000:]
    run = json.loads(done.stdout)
    assert sources(first, "markdown") + sources(second, "markdown") == sources(run, "markdown")
    assert "passed" in done.stdout
    assert "FAILED" not in done.stdout


def test_wrong_line_is_found(derived) -> None:
    """A line that is shown and not derived stops the notebook."""
    first, *others = sources(read(derived("flat")), "code")
    (line,) = [source for source in others if "lines('BP1')" in source]
    made: dict[str, Any] = {}
    exec(first, made)  # noqa: S102 - the code of the notebook, as a kernel runs it
    exec(line, made)  # noqa: S102
    with pytest.raises(AssertionError, match=r"^$"):
        exec(line.replace("delta", "gamma"), made)  # noqa: S102


def test_every_told_chain_is_asserted(derived, network: str) -> None:
    """Each chain of the derivation is asserted where it is told, line by line."""
    code = "\n".join(sources(json.loads(text_of(derived, network)), "code"))
    untold = [name for name, chain in derived(network).chains.items() if chain.steps and f"lines({name!r})" not in code]
    assert [] == untold
    assert code.count("assert ") >= 12


def test_every_block_is_shown(derived, told, network: str, lang: str) -> None:
    """Every block of the document is in the notebook, in its order, and so is every picture."""
    document, notebook = told(network, lang), json.loads(text_of(derived, network, lang))
    text, place, writer = "\n\n".join(sources(notebook, "markdown")), 0, wording(document)
    for block in document.blocks:
        shown = writer.text(block.caption) if isinstance(block, Figure) else writer.block(block)
        place = text.find(shown, place)
        assert place >= 0, shown
    kept = {name: data for cell in notebook["cells"] for name, data in cell.get("attachments", {}).items()}
    pictures = [name.replace("svg", "png") for name in render_files(derived(network), "svg") if "/" not in name]
    assert pictures == list(kept)
    assert all(b64decode(data["image/png"]).startswith(b"\x89PNG") for data in kept.values())
    assert [] == [name for name in pictures if f"](attachment:{name})" not in text]


def test_formulas_are_those_of_the_story(derived, told, network: str) -> None:
    """Each formula of the document is in the notebook, in its place, and no other one."""
    text = text_of(derived, network)
    assert "" == difference(list(in_article(told(network, "en"))), formulas_of(text))


def test_notebook_is_valid(derived, network: str) -> None:
    """The file is what format 4.5 asks for: ids that are unique, a kernel, a place of each cell in a slide show."""
    notebook = json.loads(text_of(derived, network))
    ids = [cell["id"] for cell in notebook["cells"]]
    assert (4, 5) == (notebook["nbformat"], notebook["nbformat_minor"])
    assert "python3" == notebook["metadata"]["kernelspec"]["name"]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name) for name in ids)
    kinds = [cell["metadata"]["slideshow"]["slide_type"] for cell in notebook["cells"]]
    assert {"slide", "subslide", "fragment", "skip"} <= set(kinds)
    assert 10 == kinds.count("slide")


def constant(node: ast.expr) -> Any:
    """Return the text, or the list of texts, that an expression of Python is."""
    if isinstance(node, ast.List):
        return [constant(part) for part in node.elts]
    assert isinstance(node, ast.Constant)
    return node.value


@pytest.mark.parametrize(
    ("shape", "activation", "cost"),
    [
        ("2-3-1", "sigmoid", "quadratic"),
        ("3-4-4-2", ["tanh", "relu", "softmax"], "cross_entropy"),
        ("2-2", "max(0, z)/2 + abs(z)", "(a - y)**4"),
        ("2-2-2", ["z/(1+exp(-z))", "1.5*z"], "log(1 + (a-y)**2)"),
    ],
)
def test_network_is_made_again(shape: str, activation: Any, cost: str) -> None:
    """The call that the notebook begins with makes the network that it tells of, formulas of the user's included."""
    network = mlp(shape, activation, cost)
    (call,) = ast.parse(_network(network)).body
    assert isinstance(call, ast.Expr)
    assert isinstance(call.value, ast.Call)
    arguments = [constant(node) for node in (*call.value.args, *(word.value for word in call.value.keywords))]
    again = mlp(*arguments)
    assert ["activation", "cost"] == [word.arg for word in call.value.keywords]
    assert network.shape == again.shape
    assert network.cost_function == again.cost_function
    assert network.program == again.program


LAYERS: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any], dict[str, Any]]] = [
    (sb.mlp, ("2-2-1", "z/(1+exp(-z))"), {"l2": 0.25, "l2_biases": True, "bias": False}, {"notation": "columns"}),
    (sb.mlp, ("2-2-1",), {"reduction": "sum"}, {"convention": "pytorch"}),
    (sb.sequential, ("3 -> dense(2) tanh -> batch_norm",), {"cost": "huber(kappa=2)", "l1": "mu=0.1"}, {"lang": "es"}),
    (sb.equations, (shipped_example("softmax_regression"),), {}, {"notation": "rows", "convention": "ng"}),
    (sb.equations, (shipped_example("rms_norm"),), {}, {"lang": "es"}),
]


@pytest.mark.parametrize(("call", "said", "terms", "wishes"), LAYERS)
def test_program_is_made_again(
    call: Callable[..., Any], said: tuple[Any, ...], terms: dict[str, Any], wishes: dict[str, Any]
) -> None:
    """Every assert about a network of layers, a batch, or equations holds, in any language and notation."""
    network, made = call(*said, **terms), dict[str, Any]()
    for code in sources(read(sb.derive(network), **wishes), "code"):
        exec(code.partition("report = ")[0], made)  # noqa: S102 - the code of the notebook, as a kernel runs it
    assert network.program == made["net"].program


@pytest.mark.hostile("name", expect="literal")
def test_hostile_title_is_literal(derived, hostile_text: str) -> None:
    """Every label is the heading, as words alone: no markup, no mathematics, no HTML."""
    told = narrate(derived("flat"), title=hostile_text, author=hostile_text)
    short = replace(told, talk=None, blocks=tuple(block for block in told.blocks if isinstance(block, Heading | Prose)))
    notebook = json.loads(str(FORMATS["ipynb"].write(derived("flat"), short, PLAIN)["derivation.ipynb"]))
    first = sources(notebook, "markdown")[0]
    assert [f"# {hostile_text}", hostile_text] == [html.unescape(line) for line in first.split("\n\n")[:2]]
    bare = re.sub(r"&#\d+;", "", first.removeprefix("# "))
    assert not re.search(r"[!-/:-@\[-`{-~]", bare.split("\n\n")[0])


def test_code_knows_no_title(derived) -> None:
    """Whatever the title and the author are, the code is the same."""
    wished = read(derived("flat"), title="']; import os #", author="__import__('os')")
    assert sources(read(derived("flat")), "code") == sources(wished, "code")


def test_search_for_punctuation_can_fail() -> None:
    """Only what is written as a reference is harmless."""
    assert "a&#36;b&#92;" == literal("a$b\\")
    assert re.search(r"[!-/:-@\[-`{-~]", "a$b")


def test_comparisons_are_no_tags(told) -> None:
    """A sign that a browser could take for the beginning of a tag is a command of TeX."""
    texts = [wording(told("kinks", "en")).block(b) for b in told("kinks", "en").blocks if isinstance(b, Steps)]
    assert not any("<" in text or ">" in text for text in texts)
    assert any(r"\gt " in text for text in texts)


def test_fence_of_a_program_is_longer_than_those_inside(told) -> None:
    """A program that holds a fence is put between longer ones."""
    assert "````md\n```\n````" == wording(told("plain", "en")).block(Code("```", "md"))


def test_words_are_not_markup(told) -> None:
    """Signs of Markdown in our own words are shown, and mathematics is where it is said to be."""
    document: Document = told("plain", "en")
    assert "2 &#42; 3 &#36;5" == wording(document).text(("2 * 3 $5",))
    heading = next(block for block in document.blocks if isinstance(block, Heading))
    prose = next(block for block in document.blocks if isinstance(block, Prose))
    assert wording(document).block(heading).startswith("## 1. ")
    assert "$" not in re.sub(r"\$[^$]+\$", "", wording(document).text(prose.text))
    assert "$\\frac{1}{2}$" == wording(document).text((Formula((_half(),)),))


def _half() -> Any:
    from sympy import Rational

    return Rational(1, 2)
