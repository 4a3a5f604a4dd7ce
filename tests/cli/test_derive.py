"""`symbackprop derive`: what it shows, what it writes, and what it says to input that is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import symbackprop as sb
from symbackprop.cli.command import COMMANDS
from symbackprop.cli.request import request
from symbackprop.exposition.formats import FORMATS, Format
from symbackprop.exposition.options import CHOICES
from symbackprop.exposition.rendering import render
from symbackprop.numerics import inaccuracy
from symbackprop.numerics.inaccuracy import Inaccuracy

PLAIN_FILES = tuple(f"output/2-3-1/{name}" for name in (".symbackprop", "derivation.md", "derivation.tex"))


def test_without_arguments_it_derives_the_built_in_network(cli, golden) -> None:
    """`symbackprop derive` shows the four equations and writes the article and the Markdown."""
    done = cli("derive")
    assert (0, "", PLAIN_FILES) == (done.status, done.err, done.files)
    golden("terminal/derive.txt", done.out)


@pytest.mark.parametrize(("columns", "name"), [("60", "narrow"), ("120", "wide")])
def test_width_of_the_terminal_is_kept(cli, golden, monkeypatch, columns: str, name: str) -> None:
    """No line is longer than the terminal, however narrow, and a wide one has both forms side by side."""
    monkeypatch.setenv("COLUMNS", columns)
    done = cli("derive", "4-5-5-3", "-a", "z/(1+exp(-z)),mish,softmax", "-c", "cross_entropy")
    assert int(columns) >= max(map(len, done.out.splitlines()))
    golden(f"terminal/derive_{name}.txt", done.out)


@pytest.mark.parametrize("notation", ["index", "matrix", "rows", "scalar"])
def test_one_notation_is_shown_alone(cli, golden, notation: str) -> None:
    """`--notation` chooses what the screen shows; entry by entry there is only this network."""
    done = cli("derive", "--notation", notation)
    assert 0 == done.status
    golden(f"terminal/derive_{notation}.txt", done.out)


def test_entries_of_one_layer(cli, monkeypatch) -> None:
    """Without a hidden layer BP2 has no entry and is left out, in every kind of document; and lines stand in rows."""
    monkeypatch.setenv("COLUMNS", "120")
    done = cli("derive", "3-2", "--notation", "index,scalar", "--to", "latex,pptx,docx,markdown")
    assert 0 == done.status, done.complaint
    rows = [line.split() for line in done.out.splitlines() if "∂C/∂b" in line]
    assert ["δ⁽ˡ⁾ⱼ", "∂C/∂b⁽¹⁾₁", "=", "δ⁽¹⁾₁"] == rows[0][-4:]
    assert ["∂C/∂b⁽¹⁾₂", "=", "δ⁽¹⁾₂"] == rows[1]
    article = cli("derive", "1-1", "--notation", "scalar", "--to", "latex", "--stdout").out
    assert ("BP4" in article, "BP2" in article.partition(r"\begin{document}")[2].partition("BP1:")[2]) == (True, False)
    asked = ("derive", "3-2", "--only", "BP2", "--to", "tex", "--stdout", "--notation")
    assert "only: BP2 is about hidden layers, of which there are none" in cli(*asked, "scalar").complaint
    assert r"\delta^{(l)}_{j}" in cli(*asked, "index,scalar").out


def test_convention_is_that_of_the_screen_and_of_the_files(cli, tmp_path) -> None:
    """`--convention`, or a network file, says how formulas are written; an unknown one is answered with the list."""
    (tmp_path / "net.toml").write_text('shape = "2-3-1"\nconvention = "nielsen"\n')
    assert "dW^[l] = 1/m · dZ^[l] A^[l−1]ᵀ" in cli("derive", "--convention", "ng", "--to", "markdown").out
    assert "BP1  layer 3" in cli("derive", "net.toml", "--to", "markdown").out
    said = cli("derive", "--convention", "bishop", "--lang", "es", "--to", "markdown").out
    assert "Cualquier función de error, funciones de activación unidad a unidad" in said
    assert r"\nabla_{w^{l}}\,C" in cli("derive", "net.toml", "--to", "latex", "--stdout").out
    assert (
        "convention 'nilsen' is unknown; did you mean 'nielsen'? known: bishop, ng"
        in cli("derive", "--convention", "nilsen").complaint
    )
    (tmp_path / "own.toml").write_text('shape = "2-1"\n[convention]\nnames = ["fun"]\n')
    assert "own.toml: name 'fun' is unknown; known: loss" in cli("derive", "own.toml").complaint


def test_equations_have_the_usual_notations_beside_a_convention(cli) -> None:
    """A convention that shows a batch first does so for layers alone, and what a derivative assumes is said of both."""
    done = cli("derive", "softmax_regression", "--convention", "pytorch", "--to", "markdown")
    assert (0, True, True) == (done.status, "∂L/∂W" in done.out, "\n  z assumes Σₖ yᵢₖ = 1\n" in done.out)


def test_fragment_is_for_latex(cli) -> None:
    """`--fragment` writes a chapter with the name of the network in its labels; without LaTeX it is refused."""
    done = cli("derive", "--to", "latex", "--fragment")
    assert {"output/2-3-1/chapter.tex", "output/2-3-1/pictures/network.tex"} <= set(done.files)
    assert r"\label{sbp:2-3-1:BP1}" in cli("derive", "--to", "latex", "--fragment", "--stdout").out
    assert "--fragment changes nothing in html; try --to latex" in cli("derive", "--to", "html", "--fragment").complaint


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437"])
def test_terminal_without_unicode_gets_latex(raw_cli, encoding: str) -> None:
    """Where the letters of a formula cannot be shown, the formula is LaTeX, and all else is spelt out."""
    status, out = raw_cli("derive", "-a", "mish", "--title", "Réseau → 神", "--to", "markdown", encoding=encoding)
    text = out.decode(encoding)
    assert 0 == status
    assert text.splitlines()[0] in ("Reseau -> ?", "Réseau -> ?")
    assert r"\delta^{(L)}_{j} = \left(a^{(L)}_{j} - y_{j}\right)\mathrm{Mish}'" in text


def test_partial_is_a_document_where_formats_are_asked_for(cli) -> None:
    """With `--to`, the derivative is told with its steps in files, in a folder of its own, or to standard output."""
    done = cli("derive", "--partial", "w_1_2_1", "--to", "latex,markdown", "--lang", "es")
    assert (0, "") == (done.status, done.err)
    assert {f"output/2-3-1-w_1_2_1-es/derivation.{ending}" for ending in ("tex", "md")} <= set(done.files)
    poured = cli("derive", "--partial", "w_1_2_1", "--expanded", "--to", "latex", "--stdout")
    assert poured.out.startswith("\\documentclass")
    assert r"\subsection*{Without other letters}" in poured.out
    done = cli("derive", "rnn", "--partial", "Wh[1,2]", "--to", "latex,markdown", "--lang", "es")
    assert (0, "") == (done.status, done.err)
    assert {f"output/rnn-Wh_1_2-es/derivation.{ending}" for ending in ("tex", "md")} <= set(done.files)


@pytest.mark.parametrize("name", ["BP5", "introduction"])
def test_only_answers_with_the_list(cli, name: str) -> None:
    """A section or an equation that is not there is answered with those that are."""
    done = cli("derive", "--only", f"BP2,{name}")
    assert (2, ()) == (done.status, done.files)
    assert f"only: '{name}' is unknown; " in done.complaint
    assert "known: network, forward, chain" in done.complaint


def test_level_and_sections_are_those_of_the_file_where_nothing_is_typed(cli, tmp_path) -> None:
    """A network file says how much is told, and of what; the command line has the last word."""
    (tmp_path / "net.toml").write_text('shape = "2-3-1"\nlevel = "short"\nonly = ["equations"]\n')
    short = cli("derive", "net.toml", "--to", "latex", "--stdout").out
    assert (1, 0) == (short.count(r"\section"), short.count("BP2, layer 1"))
    full = cli("derive", "net.toml", "--level", "full", "--only", "equations,BP2", "--to", "latex", "--stdout").out
    assert 2 == full.count(r"\section")
    assert "BP2, layer 1" in full


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["w_1_2_1"], "∂C/∂w⁽¹⁾₂₁ = δ⁽¹⁾₂ x₁\n"),
        (["b_2_1"], "∂C/∂b⁽²⁾₁ = δ⁽²⁾₁\n"),
        (["w_2_1_3", "--partial", "b_1_1", "--symbols", "delta=e", "--weights", "theta"], None),
        (["b_1_1", "--expanded"], None),
        (["Wy[1, 2]", "rnn"], "∂C/∂W⁽ʸ⁾₁₂ = ∂C/∂o₁₁ · h₁₂ + ∂C/∂o₂₁ · h₂₂ + ∂C/∂o₃₁ · h₃₂\n"),
        (["W1_2_1", "3 -> dense(2, bias=false) -> dense(1)"], "∂C/∂W⁽¹⁾₂₁ = ∂C/∂a⁽¹⁾₂ · x₁\n"),
        (["b", "convolution"], "∂C/∂b = ∂C/∂z₁ + ∂C/∂z₂ + ∂C/∂z₃ + ∂C/∂z₄ + ∂C/∂z₅\n"),
    ],
)
def test_partial_is_all_that_is_shown(cli, arguments: list[str], expected: str | None) -> None:
    """`--partial` writes the derivatives that it names to the screen, and no file."""
    done = cli("derive", "--partial", *arguments)
    assert (0, "", ()) == (done.status, done.err, done.files)
    if expected is None:
        assert 1 + arguments.count("--partial") == len(done.out.splitlines())
        assert ("e⁽²⁾₁" in done.out) is ("delta=e" in arguments)
        assert "δ" not in done.out
    else:
        assert expected == done.out


@pytest.fixture
def blob(monkeypatch) -> bytes:
    """Let there be only three formats: latex, markdown, and one with bytes that are no text."""
    content = bytes(range(256))
    made = Format("blob", "derivation.bin", lambda derivation, document, options: {"derivation.bin": content})
    every = {name: FORMATS[name] for name in FORMATS}  # all of them, so that none is looked for later
    few = {name: part for name, part in every.items() if name in ("latex", "markdown")}
    monkeypatch.setattr(FORMATS, "_parts", few | {"blob": made})
    return content


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
@pytest.mark.parametrize("name", ["latex", "markdown", "blob"])
def test_standard_output_holds_one_format_alone(raw_cli, blob, tmp_path: Path, name: str, encoding: str) -> None:
    """With `--stdout` the bytes are those of the main file of the format, nothing is written, nothing else is said."""
    content = render(sb.derive(sb.mlp("2-3-1")), name)
    expected = content.encode() if isinstance(content, str) else content
    assert (0, expected) == raw_cli("derive", "--to", name, "--stdout", encoding=encoding)
    assert [] == list(tmp_path.iterdir())


def test_bytes_are_not_poured_into_a_terminal(cli, blob, monkeypatch) -> None:
    """A format that is no text is refused where standard output is a terminal."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    done = cli("derive", "--to", "blob", "--stdout")
    assert (2, "", ()) == (done.status, done.out, done.files)
    assert "blob is not text for a terminal; try > derivation.bin" in done.complaint


def test_every_format_is_made_by_all(cli, blob) -> None:
    """`--to all` writes the files of every format that can be made."""
    done = cli("derive", "--to", "all")
    assert (0, PLAIN_FILES[:1] + ("output/2-3-1/derivation.bin",) + PLAIN_FILES[1:]) == (
        done.status,
        done.files,
    )


def test_format_that_cannot_be_made_has_a_line(cli, blob, monkeypatch) -> None:
    """Of `--to all`, a format whose packages are missing is named, with the way to install them."""
    lacking = property(lambda part: ("inkwell",) if part.name == "latex" else ())
    monkeypatch.setattr("symbackprop.exposition.formats.Format.missing", lacking)
    done = cli("derive", "--to", "all")
    assert [0, *(f"output/2-3-1/{name}" for name in (".symbackprop", "derivation.bin", "derivation.md"))] == [
        done.status,
        *done.files,
    ]
    advice = "try: python -m pip install '.[export]' in the folder of symbackprop"
    assert f"\nNot made: latex, which needs inkwell; {advice}\n" in done.out
    assert "format 'latex' needs inkwell" in cli("derive", "--to", "latex").complaint


def test_file_says_what_documents_take_from_it(cli, tmp_path: Path) -> None:
    """A network file names its folder, and gives title, author, date and language, unless options say otherwise."""
    spec = {"shape": "3-2-2", "activation": "tanh", "title": "Small", "author": "Ada", "date": "May", "language": "es"}
    for name in ("small.json", "my net.json"):
        (tmp_path / name).write_text(json.dumps(spec), encoding="utf-8")
    done = cli("derive", "small.json", "--to", "markdown", "--author", "Grace")
    text = (tmp_path / "output/small/derivation.md").read_text(encoding="utf-8")
    assert done.out.startswith("Small\ntanh · coste quadratic · 14 parámetros\n")
    assert text.startswith("# Small\n\nGrace\n\nMay\n")
    assert "La red" in text
    assert "output/3-2-2/derivation.md" in cli("derive", "my net.json", "--to", "markdown").files


def test_options_are_stronger_than_the_file(cli, tmp_path: Path) -> None:
    """`--activation`, `--cost`, `--title` and `--lang` replace what a network file says."""
    (tmp_path / "net.toml").write_text('shape = "3-2"\nactivation = "tanh"\ntitle = "A"', encoding="utf-8")
    options = ("-a", "softmax", "-c", "cross_entropy", "--title", "B", "--lang", "es", "--to", "markdown")
    done = cli("derive", "net.toml", *options)
    assert done.out.startswith("B\nsoftmax · coste cross_entropy · 8 parámetros\n")
    assert "La red" in (tmp_path / "output/net-softmax-cross_entropy-es/derivation.md").read_text(encoding="utf-8")


def test_symbols_are_renamed_everywhere(cli, tmp_path: Path) -> None:
    """`--symbols` and `--weights` rename letters on the screen and in the documents."""
    done = cli("derive", "--symbols", "delta=e,y=t", "--weights", "theta", "--to", "tex")
    assert "e⁽ˡ⁾ⱼ = a⁽ˡ⁾ⱼ (1 − a⁽ˡ⁾ⱼ) Σᵢ θ⁽ˡ⁺¹⁾ᵢⱼ e⁽ˡ⁺¹⁾ᵢ" in done.out
    assert r"\theta" in (tmp_path / "output/2-3-1/equations/BP2.tex").read_text(encoding="utf-8")


def test_folder_of_the_users_choice(cli) -> None:
    """`-o` says where files go, a file of somebody else's is in the way, and `--force` replaces it."""
    assert "here/derivation.md" in cli("derive", "-o", "here", "--to", "markdown").files
    Path("here/derivation.md").write_text("mine", encoding="utf-8")
    assert "was not written by symbackprop" in cli("derive", "-o", "here", "--to", "markdown").complaint
    assert "mine" == Path("here/derivation.md").read_text(encoding="utf-8")
    assert 0 == cli("derive", "-o", "here", "--to", "markdown", "--force").status
    assert "mine" != Path("here/derivation.md").read_text(encoding="utf-8")


def test_deep_network_has_a_short_name_and_short_lines(cli) -> None:
    """A hundred layers are told in as many lines as two, and their folder has a name that every system takes."""
    done = cli("derive", "-".join(["4"] * 101), "--to", "markdown")
    assert "output/4-to-4-in-100-layers-ddb103/derivation.md" in done.files
    assert done.out.startswith("Backpropagation of 4-4-4-…-4\n")
    assert "BP2  layers 1-99  " in done.out


def test_every_wish_for_the_output_has_an_option(cli) -> None:
    """Each option with a closed set of answers can be given, and its help lists the answers."""
    words = " ".join(cli("derive", "--help").out.split())
    for name, answers in CHOICES.items():
        assert f"--{name} WORD" in words
        assert f": {', '.join(answers)}." in words


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["2--1"], "shape '2--1': layer 1 wants a whole number, got nothing; write the widths"),
        (["-a", "relu,relu,relu"], "3 activations for 2 layers of 2-3-1; give one, or one per layer"),
        (["-a", "rleu"], "activation 'rleu' is unknown; did you mean 'relu'?"),
        (["-a", "tanh", "-c", "cross_entropy"], "cost cross_entropy wants positive activations, but tanh"),
        (["-c", ""], "cost '': it is empty"),
        (["--to", "latx"], "format 'latx' is unknown; did you mean 'latex'?"),
        (["--to", ""], "format '' is unknown"),
        (["--lang", "ES"], "language 'ES' is unknown; did you mean 'es'?"),
        (["--notation", "rws"], "notation style 'rws' is unknown; did you mean 'rows'?"),
        (["--stdout"], "--stdout wants one format, got 2; try --stdout --to latex"),
        (["--expanded"], "--expanded wants --partial; try it with --partial, or leave it out"),
        (["--partial", "w_1"], "partial 'w_1': wanted w_LAYER_J_K or b_LAYER_J"),
        (["--partial", "w_3_1_1"], "layer 3 is not there; the network 2-3-1 has layers 1 to 2"),
        (["--partial", "w_1_1_1", "--expanded", "--max-operations", "9"], "more than the 9 allowed"),
        (["784-30-10", "--notation", "scalar"], "23,820 equations, more than the 200 allowed"),
        (["--symbols", "delta"], "symbols: got 'delta', wanted LETTER=LETTER; try --symbols delta=e"),
        (["--symbols", "detla=e"], "symbols: 'detla' is no letter of the derivation; known: w, b, z"),
        (["--symbols", "delta=a"], "symbols: a and delta would both be written 'a'; choose another"),
        (["--symbols", "w=u", "--weights", "v"], "symbols: w is said twice; keep one of them"),
        (["--weights", r"\input"], r"symbol for 'w': got '\\input', wanted a letter"),
        (["--template", "design.pptx"], "design.pptx: no such file"),
        (["nets.toml"], "nets.toml: no such file"),
        (["nets.yaml"], "nets.yaml: no such file"),
        (["models/first"], "models/first: no such file"),
        (["-c", "y"], "cost 'y' does not depend on a"),
        (["--title", "a\nb"], "title 'a\\nb', character 2: U+000A is a control character; remove it"),
        (["--author", ""], "author is empty"),
        (["--flavour", "x"], "invalid value for '--flavour'"),
        (["--flavour", "9" * 400], f"'{'9' * 40}...' is not one of"),
        (["--weights", "w" * 21], "or a word of up to 20 letters"),
        (["--max-operations", "0"], "invalid value for '--max-operations'"),
        (["2-3-1", "4"], "got unexpected extra argument (4)"),
        (["-2-3"], "no such option"),
        (["-o", ""], "-o: got nothing; give the name of a folder, or leave -o out"),
    ],
)
def test_wrong_input_is_answered_in_one_line(cli, arguments: list[str], complaint: str) -> None:
    """Wrong input ends with status 2, one line that says what is wrong, and no file."""
    done = cli("derive", *arguments)
    assert complaint in done.complaint
    assert (2, ()) == (done.status, done.files)


def test_cost_that_may_be_infinite_is_warned_about_once(cli) -> None:
    """A cost that takes the logarithm of what can be 0 is derived, with one line of warning."""
    done = cli("derive", "-a", "relu", "-c", "poisson", "--to", "markdown")
    assert 0 == done.status
    assert done.complaint.startswith("symbackprop: warning: cost poisson takes the logarithm of relu")


@pytest.mark.parametrize("command", [["derive", "--to", "svg"], ["code"], ["train", "--epochs", "1"], ["example"]])
def test_inaccuracy_of_a_formula_is_said(cli, monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    """Where the numbers of a formula lose digits, every command that takes it says where, and how many, in one line."""
    found = Inaccuracy("activation z^3", 31, 1e-3, "where z is from 1 to 8")
    monkeypatch.setattr(inaccuracy, "measured", lambda network, *_: (found,))
    done = cli(*command[:1], "2-2-1", "-a", "z^3", *command[1:])
    assert f"symbackprop: warning: {found}" == done.complaint
    assert 0 == done.status


def test_folder_that_cannot_be_written(cli, tmp_path: Path) -> None:
    """An output folder that is a file is refused, and the file stays."""
    (tmp_path / "output").write_text("", encoding="utf-8")
    done = cli("derive")
    assert (2, ("output",)) == (done.status, done.files)
    assert "cannot write to output/2-3-1: a part of it is a file; choose another folder with -o" in done.complaint


def test_colours_and_letters_of_a_file_give_way_to_options(cli) -> None:
    """What a file says about letters and colours holds, but for what the command line says."""
    text = 'shape = "1-1"\nsymbols = { delta = "e", w = "u" }\ncolours = { cost = "#AA0000", error = "#00AA00" }'
    Path("net.toml").write_text(text, encoding="utf-8")
    done = cli("derive", "net.toml", "--weights", "theta", "--colours", "cost=#0000AA", "--to", "latex", "-o", "out")
    assert (0, "") == (done.status, done.err)
    article = Path("out/derivation.tex").read_text(encoding="utf-8")
    assert ("0000AA" in article, "AA0000" in article, "00AA00" in article) == (True, False, True)
    assert (r"\theta^{" in article, "e^{(l)}" in article, r"\delta" in article) == (True, True, False)


@pytest.mark.parametrize("colours", ["cost", "cost=red", "price=#000000", "cost=#000000,cost=#111111"])
def test_wrong_colours_are_refused(cli, colours: str) -> None:
    """A colour is a part and # with six digits."""
    done = cli("derive", "--colours", colours)
    assert (2, "", ()) == (done.status, done.out, done.files)
    assert done.complaint.startswith("symbackprop: colours: ")


@pytest.mark.parametrize(
    ("arguments", "folder"),
    [
        (["2-3-1"], "2-3-1"),
        (["2-3-1", "-a", "sigmoid", "-c", "quadratic"], "2-3-1"),
        (["2-3-1", "-a", "relu", "--lang", "es"], "2-3-1-relu-es"),
        (["2-3-2", "-a", "tanh,softmax", "-c", "cross_entropy"], "2-3-2-tanh-softmax-cross_entropy"),
        (
            ["2-3-1", "-a", "tanh", "--l2", "0.01", "--no-bias"],
            "2-3-1-tanh-l2-0.01-no-bias",
        ),
        (["2-3-1", "-a", "z^3"], "2-3-1-z-3-788919"),
    ],
)
def test_folder_says_the_network(arguments: list[str], folder: str) -> None:
    """No two networks, and no two languages, share a folder unless it is asked for."""
    with COMMANDS["derive"].make_context("derive", arguments) as context:
        wanted = request()
        assert f"output/{folder}" == wanted.folder(None, "", context.meta["symbackprop.cli.documents"]["lang"] or "en")


def test_files_of_another_network_are_told(cli) -> None:
    """Who puts two networks into one folder learns what of the first is left there."""
    cli("derive", "2-3-1", "--to", "markdown,html", "-o", "here")
    done = cli("derive", "2-3-2", "--to", "markdown", "-o", "here")
    assert 0 == done.status
    told = "Beside them lie files of another network, 2-3-1: derivation.html; keep the two apart with -o."
    assert told in " ".join(done.out.split())


def test_derivative_on_the_screen_is_in_the_language_that_is_asked_for(cli) -> None:
    """Alone it has words, too: what holds otherwise."""
    text = "input x[N]\nparameter w[N]\nsizes N = 2\nC = sum[i](where(w[i] > 1, x[i]*w[i], 3*w[i]))"
    done = cli("derive", "--equations", text, "--partial", "w[1]", "--lang", "es")
    assert "∂C/∂w₁ = {x₁, w₁ > 1; 3, en otro caso}" == done.out.strip()
