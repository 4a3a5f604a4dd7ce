"""The terminal speaks one language: that of --lang, or of the network's file, help, results and complaints alike."""

from __future__ import annotations

import ast
import contextvars
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from symbackprop.cli.command import COMMANDS
from symbackprop.cli.speech import hear, numeral
from symbackprop.exposition.languages import LANGUAGES
from symbackprop.numerics import (
    layered_verification,
    program_verification,
    trainer_verification,
    verification,
    witnessed,
)
from symbackprop.numerics.autodiff import ALONE
from symbackprop.numerics.verification import Report, Row

PLACEHOLDERS = {"N", "-h, --help", "--version"}


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_sentence_of_help_is_worded(cli, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """Every paragraph, option, heading and example has words of its own in every other language."""
    said: list[str] = []
    monkeypatch.setattr("symbackprop.cli.command.worded", lambda text: said.append(text) or text)
    assert 0 == cli(*filter(None, [command]), "--help").status
    said = [text.removeprefix("default: ") for text in said]
    sentences = {text for text in said if re.search(r"[a-z] [a-z]|[A-Z]{3}", text) or text.istitle()}
    assert len(sentences) > 5
    for code in set(LANGUAGES) - {"en"}:
        assert set() == sentences - LANGUAGES[code].clauses.keys() - PLACEHOLDERS


@pytest.mark.parametrize("command", ["derive", "verify", "example", "exercise"])
def test_title_of_somebodys_own_is_not_worded(cli, tmp_path: Path, command: str) -> None:
    """Words of ours in the title of a file stay what somebody wrote, in any language."""
    title = "A graph of two layers"
    (tmp_path / "own.eq").write_text(f"# {title}\nparameter w[N]\nsizes N = 2\nC = sum[i](w[i]^2)")
    told = cli(command, "own.eq", "--lang", "es")
    assert 0 == told.status
    assert "two capas" not in told.out
    assert (title in told.out) or command == "exercise"


@pytest.mark.parametrize("arguments", [["--help", "--lang", "es"], ["--lang=es", "verify", "-h"], ["--lang", "es"]])
def test_help_speaks_the_language(cli, arguments: list[str]) -> None:
    """The language may be said before the command or after it; usage, headings and placeholders follow."""
    shown = cli(*arguments).out
    assert shown.startswith("Uso: symbackprop ")
    assert "Muestra este mensaje y termina." in shown
    assert [] == re.findall(r"\b(?:Usage|Options|Commands|Examples|default|the|of)\b", shown)


@pytest.mark.parametrize(
    ("arguments", "written"),
    [(("--lang", "es"), "6,9e-16"), (("--lang=es", "--decimal=point"), "6.9e-16"), (("--decimal", "comma"), "6,9e-16")],
)
def test_decimals_have_the_sign_that_is_asked_for(arguments: tuple[str, ...], written: str) -> None:
    """On the terminal --decimal holds as it does in documents, and without it the sign of the language."""
    context = contextvars.copy_context()
    context.run(hear, arguments)
    assert written == context.run(numeral, "6.9e-16")


def test_numbers_of_a_judged_line_have_the_sign_of_the_language(cli) -> None:
    """What a diagnosis says of numbers in Spanish has commas before decimals, and no points."""
    shown = cli("diagnose", "2-2-2", "--lang", "es", "--formula", "delta[2,1] = a[2,1] - y[1]").out
    assert re.search(r"suyo -?\d+,\d+, correcto -?\d+,\d+", shown)
    assert not re.search(r"\d\.\d", shown)


def test_names_that_can_be_typed_are_not_worded(cli) -> None:
    """A list of what is known has the names that the program takes: `network`, which --only takes, is not `red`."""
    assert "Se conocen: network, forward, chain" in cli("derive", "--only", "BP9", "--lang", "es").err


def told_by_verify() -> Iterator[str]:
    """Yield the names and the reasons of all rows: what the modules that make them hold of text, but errors."""
    for module in (verification, witnessed, layered_verification, program_verification, trainer_verification):
        tree = ast.parse(inspect.getsource(module))
        others = [node for node in ast.walk(tree) if isinstance(node, ast.Raise | ast.Expr | ast.JoinedStr)]
        left = {
            id(inner)
            for node in others
            if not isinstance(getattr(node, "value", 0), ast.Yield)
            for inner in ast.walk(node)
        }
        for node in ast.walk(tree):
            text = node.value if isinstance(node, ast.Constant) and id(node) not in left else None
            if isinstance(text, str) and " " in text:
                yield text


def everything_found(*_: object, **__: object) -> Report:
    """Return a report with everything that a row of verify can say."""
    said = [*told_by_verify(), f"JAX, {ALONE}"]
    assert {"composed cost, 50 digits", "trainers, step by step", trainer_verification.DESCENT} <= {*said}
    rows = [Row(text, "9 small networks", 1721, 0.5, 1.0, text) for text in said]
    return Report((*rows, Row("complex steps", "2-3-1", 1, 2.0, 1.0, trainer_verification.DESCENT, ("relu",))))


NAMES = {
    "JAX",
    "sigmoid",
    "quadratic",
    "NumPy",
    "relu",
    "backward",
    "output",
    "training",
    "error",
    "float",
}  # and words of both languages


@pytest.mark.parametrize("arguments", [("verify", "-o", "output"), ("train", "--epochs", "2")])
def test_no_word_of_english_is_left(cli, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]) -> None:
    """What a command says in two languages, its picture included, has no word in common but names."""
    monkeypatch.setattr("symbackprop.numerics.verification.verify", everything_found)
    told = []
    for lang in ("en", "es"):
        done = cli(*arguments, "--lang", lang)
        assert done.err == ""
        (picture,) = (Path(name).read_text(encoding="utf-8") for name in done.files if name.endswith(".svg"))
        told.append(set(re.findall(r"[^\W\d_]{4,}", done.out + re.sub("<[^>]+>", " ", picture))))
        assert len(told[-1]) > 15
    assert told[0] & told[1] <= NAMES | {"svg", "verification"}


def test_numbers_have_the_signs_of_the_language(cli) -> None:
    """Decimals of a table have a comma in Spanish, thousands their own sign."""
    shown = " ".join(cli("train", "--epochs", "2", "--lang", "es").out.split())
    assert "tasa de aprendizaje 0,5" in shown
    assert re.search(r"exactitud +\d+,\d%", shown)


def test_numbers_of_a_refusal_have_the_signs_of_the_language(cli) -> None:
    """A comma between thousands would be that of decimals in Spanish."""
    said = cli("code", "784-300-10", "--backend", "scalar", "--lang", "es").complaint
    assert "784-300-10 tiene 238 510 parámetros, como mucho 2000; " in said


@pytest.mark.parametrize(
    ("said", "arguments", "begins"),
    [
        ("es", [], "net.toml: activación: no se conoce 'tanhh'"),
        ("es", ["--lang", "en"], "net.toml: activation 'tanhh' is unknown"),
        ("xx", [], "net.toml: activation 'tanhh' is unknown"),
    ],
)
def test_language_of_a_file_counts(cli, said: str, arguments: list[str], begins: str) -> None:
    """What is wrong with a file is told in the language that the file says, unless --lang says another."""
    Path("net.toml").write_text(f'shape = "2-1"\nactivation = "tanhh"\nlanguage = "{said}"\n', encoding="utf-8")
    assert cli("verify", "net.toml", *arguments).complaint.startswith(f"symbackprop: {begins}")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_a_language(cli, command: str) -> None:
    """Each command has --lang, and refuses what is no language with those that there are."""
    asked = ("--formula", "delta[2] = a[2] - y") if command == "diagnose" else ()
    done = cli(command, *asked, "--lang", "xx")
    assert (2, "symbackprop: language 'xx' is unknown; known: en, es") == (done.status, done.complaint)
