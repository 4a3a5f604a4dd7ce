"""How commands end: one line for every error, the right status, and nothing half-written."""

from __future__ import annotations

import gc
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

import symbackprop
from symbackprop import errors
from symbackprop.cli import main, run
from symbackprop.cli.command import COMMANDS

PACKAGE = Path(symbackprop.__file__).parents[1]


@pytest.fixture
def raising(monkeypatch):
    """Let `symbackprop derive` raise a given error in its midst."""

    def let(error: BaseException) -> None:
        def wrongly(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr("symbackprop.calculus.backpropagation.derive", wrongly)

    return let


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (errors.DataError("x is ragged"), 2, "symbackprop: x is ragged"),
        (errors.CheckError("a step"), 1, "symbackprop: a step; this is a fault of symbackprop's, please report it"),
        (KeyboardInterrupt(), 130, "symbackprop: interrupted; no file was left half-written"),
        (MemoryError(), 2, "symbackprop: there is not enough memory for this network; try narrower layers"),
        (OSError(28, "No space left on device"), 2, "symbackprop: standard output cannot be written: No space left"),
        (
            ZeroDivisionError("a\nb"),
            70,
            r"symbackprop: internal error: ZeroDivisionError: a\nb; set SYMBACKPROP_DEBUG=1",
        ),
        (RecursionError("deep"), 70, "symbackprop: internal error: RecursionError: deep"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_error_becomes_one_line(cli, raising, error: BaseException, status: int, line: str) -> None:
    """Whatever is raised, the command ends with a line and a status of its own, and writes nothing."""
    raising(error)
    done = cli("derive")
    assert done.complaint.startswith(line)
    assert (status, "", ()) == (done.status, done.out, done.files)


@pytest.mark.parametrize("wrapped", [None, ImportError("half of it"), RuntimeError("Error calling __set_name__")])
def test_interruption_of_the_first_imports(cli, monkeypatch, wrapped: Exception | None) -> None:
    """Ctrl-C while the command line itself is loaded is answered, too, and where an import makes an error of it."""

    def interrupted(name: str) -> None:
        if wrapped is None:
            raise KeyboardInterrupt
        raise wrapped from KeyboardInterrupt()

    loading = ModuleType("symbackprop.cli.command")
    loading.__getattr__ = interrupted
    monkeypatch.setitem(sys.modules, "symbackprop.cli.command", loading)
    done = cli("list")
    assert (130, "symbackprop: interrupted; no file was left half-written\n") == (done.status, done.err)


def test_nothing_is_loaded_before_an_interruption_can_be_answered() -> None:
    """Where Python begins to run the command line, it has loaded nothing of it but the function that runs it."""
    code = "import sys; a = set(sys.modules); import symbackprop.cli; print(*set(sys.modules) - a)"
    command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(PACKAGE)!r}); {code}"]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    light = {"__future__", "gc", "importlib", "symbackprop", "warnings"}
    assert light >= {name.partition(".")[0] for name in loaded.split()}
    assert 3 > loaded.count("symbackprop")


def test_interruption_that_python_swallows_comes_again() -> None:
    """A Ctrl-C in the midst of a callback, which Python only reports, is pressed once more."""
    lost = SimpleNamespace(exc_type=KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt, match=r"^$"):
        symbackprop.cli._interrupted_again(lost)


@pytest.mark.parametrize("size", ["0", "-1", "²", "x", "", "1" * 30, "1" * 5000])
def test_nonsense_about_the_terminal_is_passed_over(cli, monkeypatch, size: str) -> None:
    """Whatever COLUMNS and LINES hold, all is shown."""
    shown = cli("list", "costs").out.split()
    monkeypatch.setenv("COLUMNS", size)
    monkeypatch.setenv("LINES", size)
    done = cli("list", "costs")
    assert (0, "", shown) == (done.status, done.err, done.out.split())


@pytest.mark.parametrize("arguments", [["derive"], ["list"], ["code"], ["--help"], ["derive", "2--1"]])
def test_standard_output_that_is_closed(cli, monkeypatch, capsys, arguments: list[str]) -> None:
    """With nowhere to write to, a command says so in one line and does nothing."""
    monkeypatch.setattr("sys.stdout", None)
    assert 2 == run(arguments)
    monkeypatch.undo()
    line = "symbackprop: standard output cannot be written: it is closed; check where it goes\n"
    assert line == capsys.readouterr().err


def test_standard_error_that_is_closed(cli, monkeypatch, capsys) -> None:
    """With nobody to complain to, a result is a result, and a complaint does not go among the results."""
    for arguments, status in ((["list", "costs"], 0), (["derive", "2--1"], 2)):
        with monkeypatch.context() as patch:
            patch.setattr("sys.stderr", None)
            assert status == run(arguments)
        assert (status == 0) == bool(capsys.readouterr().out)


def test_every_error_about_the_input_ends_with_2(cli, raising) -> None:
    """All the errors of the tree but the one that is about ourselves have the status of wrong input."""
    for name in errors.__all__:
        raising(getattr(errors, name)("the reason"))
        assert (1 if name == "CheckError" else 2) == cli("derive").status


def test_debugging_shows_the_traceback(cli, raising, monkeypatch) -> None:
    """With SYMBACKPROP_DEBUG=1 the traceback stands before the line."""
    raising(ZeroDivisionError("here"))
    monkeypatch.setenv("SYMBACKPROP_DEBUG", "1")
    done = cli("derive")
    assert 70 == done.status
    assert "Traceback (most recent call last)" in done.err
    assert "in wrongly" in done.err


def test_reader_who_leaves_is_not_complained_about(cli, raising) -> None:
    """A closed pipe ends the command quietly, with the status that other programs have."""
    raising(BrokenPipeError())
    done = cli("derive")
    assert (141, "", "") == (done.status, done.out, done.err)


def started(*arguments: str, folder: Path, **options) -> subprocess.Popen:
    """Start the command as a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "symbackprop", *arguments]
    return subprocess.Popen(command, cwd=folder, env=environment, text=True, stderr=subprocess.PIPE, **options)


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
def test_pipe_that_is_closed(tmp_path: Path) -> None:
    """`symbackprop list | head -1` says nothing on standard error, not even when Python itself ends."""
    process = started("list", "activations", folder=tmp_path, stdout=subprocess.PIPE)
    process.stdout.close()
    _, complaint = process.communicate(timeout=60)
    assert (141, "") == (process.returncode, complaint)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
@pytest.mark.parametrize("arguments", [("--help",), ("code",)])
def test_full_disk(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Output that cannot be written is an error, in one line."""
    with open("/dev/full", "w") as full:
        process = started(*arguments, folder=tmp_path, stdout=full)
        _, complaint = process.communicate(timeout=60)
    assert 2 == process.returncode
    assert complaint.startswith("symbackprop: standard output cannot be written: No space left on device")
    assert 1 == complaint.count("\n")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_complaint_that_cannot_be_written(tmp_path: Path) -> None:
    """Where not even a complaint can be written, the status says what is wrong."""
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "symbackprop", "derive", "2--1"]
        environment = {**os.environ, "PYTHONPATH": str(PACKAGE)}
        assert 2 == subprocess.run(command, cwd=tmp_path, env=environment, stderr=full, check=False).returncode


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_interruption_leaves_nothing_behind(tmp_path: Path) -> None:
    """Ctrl-C in the midst of a training ends with 130 and one line, and no file is there."""
    process = started("train", "--epochs", "10000000", folder=tmp_path, stdout=subprocess.PIPE)
    assert process.stdout.readline().startswith("Training 2-3-1 on xor")
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate(timeout=60)
    assert (130, "symbackprop: interrupted; no file was left half-written\n") == (process.returncode, complaint)
    assert [] == list(tmp_path.iterdir())


@pytest.mark.combinations
@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_any_encoding_is_served(tmp_path: Path, encoding: str, monkeypatch) -> None:
    """Whatever letters the terminal has, results and complaints come out, and no traceback."""
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    for arguments, status in ((("list", "costs"), 0), (("derive", "-a", "ü神"), 2), (("derive", "--help"), 0)):
        process = started(*arguments, folder=tmp_path, stdout=subprocess.DEVNULL, encoding=encoding)
        _, complaint = process.communicate(timeout=60)
        assert (status, (status > 0)) == (process.returncode, complaint.count("\n"))


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_a_summary_and_examples(cli, name: str) -> None:
    """Each command says in one line what it does, and ends with examples of itself that are not cut."""
    done = cli(name, "--help")
    text = " ".join(done.out.split())
    assert (0, "") == (done.status, done.err)
    summary = done.out.splitlines()[2].strip()
    assert summary.endswith(".")
    assert summary in cli("--help").out  # which reads it in the file of the command
    assert f"Examples: symbackprop {name}" in text
    for typed, meaning in COMMANDS[name].examples:
        assert typed in done.out
        assert meaning in text


def test_process_that_runs_many_commands_frees_what_they_leave(monkeypatch) -> None:
    """Nothing is taken from the collector of garbage before the process ends, and old garbage is looked for."""
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    before, frozen = gc.get_threshold(), gc.get_freeze_count()  # Python 3.12 begins with some hundred
    try:
        with pytest.raises(SystemExit, match="0"):
            main(["--version"])
        assert (frozen, 2, 2) == (gc.get_freeze_count(), *gc.get_threshold()[1:])
    finally:
        gc.set_threshold(*before)


def test_without_a_command_the_help_is_shown(cli) -> None:
    """`symbackprop` alone is a question, and the help is the answer."""
    assert (0, cli("--help").out, "") == ((done := cli()).status, done.out, done.err)


def test_version_is_that_of_the_package(cli) -> None:
    """`--version` prints name and version."""
    assert f"symbackprop {symbackprop.__version__}\n" == cli("--version").out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["derve"], "command 'derve' is unknown; did you mean 'derive'? known: "),
        (["2-3-1"], "'2-3-1' is no command; did you mean: symbackprop derive 2-3-1"),
        (["net.toml"], "'net.toml' is no command; did you mean: symbackprop derive net.toml"),
        (["--versions"], "no such option"),
        (["derive", "--lng", "es"], "no such option"),
        (["derive", "--lang"], "option '--lang' requires an argument; try: symbackprop derive --help"),
    ],
)
def test_command_line_that_is_misspelt(cli, arguments: list[str], complaint: str) -> None:
    """What is no command and no option is answered with what comes close."""
    done = cli(*arguments)
    assert done.complaint.startswith(f"symbackprop: {complaint}")
    assert (2, "") == (done.status, done.out)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["derive", "2-x", "--lang", "es"], "forma '2-x': la capa 1 pide un número entero y tiene 'x'; escriba"),
        (["derive", "7", "--lang=es"], "forma '7': 1 ancho, y hacen falta al menos una entrada y una salida"),
        (["derive", "-a", "tanhh", "--lang", "es"], "activación: no se conoce 'tanhh'; ¿quizá 'tanh'? Se conocen: elu"),
        (
            ["derive", "-a", "tanh", "-c", "poisson", "--lang", "es"],
            "el coste poisson pide activaciones positivas, pero",
        ),
        (["derive", "-a", "relu", "-c", "binary_cross_entropy", "--lang", "es"], "pide activaciones entre 0 y 1, pero"),
        (["derive", "2-1", "-a", "softmax", "-c", "binary_cross_entropy", "--lang", "es"], "vale siempre 1; "),
        (["derive", "--lng", "2", "--lang", "es"], "no existe la opción '--lng'"),
        (["derive", "none.toml", "--lang", "es"], "none.toml: no existe ese archivo"),
        (
            ["derive", "-a", "relu(z", "--lang", "es"],
            "7: aparece el final; se esperaba un paréntesis",
        ),
        (
            ["derive", "4 -> dense(3, foo=2) -> dense(2)", "--lang", "es"],
            "capa 1 (dense): no tiene ningún campo 'foo'; tiene width, bias, tied_to, transpose",
        ),
        (["derive", "3-2", "--symbols", "delta=w", "--lang", "es"], "w y delta se escribirían igual, 'w'; elija otro"),
        (["derive", "-a", "tanhh", "--lang", "xx"], "activation 'tanhh' is unknown; did you mean 'tanh'? known: elu"),
        (["derive", "-a", "tanhh"], "activation 'tanhh' is unknown; did you mean 'tanh'? known: elu"),
    ],
)
def test_complaint_is_worded_in_the_language_that_is_asked_for(capsys, arguments: list[str], complaint: str) -> None:
    """A message is worded clause by clause where it is shown, and a language without words for it shows English."""
    assert 2 == run(arguments)
    assert complaint in capsys.readouterr().err


def test_warning_is_worded_as_well(capsys, tmp_path: Path) -> None:
    """What is said of input that is accepted has the language of the documents, too."""
    arguments = ["derive", "3-1", "-a", "softmax", "--to", "markdown", "--lang", "es", "-o", str(tmp_path)]
    assert 0 == run(arguments)
    said = "aviso: softmax sobre la única neurona de la capa 1 vale siempre lo mismo, así que no se aprende nada"
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("network", ["2-3-1", "4 -> dense(3) tanh -> layer_norm"])
def test_terminal_speaks_the_language_of_the_documents(capsys, tmp_path: Path, network: str) -> None:
    """Titles, headings and sentences around the formulas are worded, numbers included."""
    assert 0 == run(["derive", network, "--to", "markdown", "--lang", "es", "-o", str(tmp_path)])
    shown = capsys.readouterr().out
    assert shown.startswith("Retropropagación de ")
    assert " parámetros" in shown
    assert "cada uno de ellos comprobado. Escrito:" in shown.replace("\n", " ")
    english = r"\b(?:Backpropagation|cost|parameters|layers?|Any|In this|Forward|Backward|Derived|Written|where)\b"
    assert [] == re.findall(english, shown)
