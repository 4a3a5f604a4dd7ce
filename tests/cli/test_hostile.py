"""Every hostile input that can reach the command line: one line, status 2, nothing written; titles as they are."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from symbackprop.cli import run
from symbackprop.cli.request import request
from symbackprop.network.labels import check_filename

# of the hostile file names: those with a folder in them are a choice of the user's where a path is asked for
FOLDERS = ("/", "\\")


@pytest.fixture
def refused(cli):
    """Run a command that must end with status 2 and one line, whose folder must stay as it was."""

    def check(*arguments: str) -> str:
        before = sorted(Path().rglob("*"))
        done = cli(*arguments)
        assert 2 == done.status, done.out[:200]
        assert "" == done.out
        assert before == sorted(Path().rglob("*"))
        return done.complaint

    return check


@pytest.mark.hostile("shape")
def test_hostile_shape_is_refused(refused, hostile_text: str) -> None:
    """A hostile shape goes no further than the first line of any command."""
    for command in ("derive", "code", "train", "verify"):
        assert refused(command, hostile_text).startswith("symbackprop: ")


@pytest.mark.hostile("activation")
def test_hostile_activation_is_refused(refused, hostile_text: str) -> None:
    """A hostile activation is refused, alone and beside others."""
    assert "Traceback" not in refused("derive", "-a", hostile_text)
    refused("code", "--activation", f"relu,{hostile_text}")


@pytest.mark.hostile("cost")
def test_hostile_cost_is_refused(refused, hostile_text: str) -> None:
    """A hostile cost is refused."""
    assert "Traceback" not in refused("derive", "-c", hostile_text)


@pytest.mark.hostile("spec")
def test_hostile_file_is_refused(refused, hostile_text: str) -> None:
    """A hostile network file is refused, whichever command reads it."""
    kind, _, text = hostile_text.partition(":")
    Path(f"net.{kind}").write_bytes(text.encode("utf-8", "surrogatepass"))
    for command in ("derive", "code", "verify"):
        assert f"net.{kind}" in refused(command, f"net.{kind}")


@pytest.mark.hostile("path")
def test_hostile_path_is_refused(refused, hostile_text: str) -> None:
    """A hostile name is no data, no network and no template, and nothing is written under it."""
    refused("train", "--data", hostile_text)
    refused("train", "--data", f"{hostile_text}.csv")
    refused("derive", "--", hostile_text)
    refused("derive", "--", f"{hostile_text}.toml")
    refused("derive", "--template", hostile_text)
    if not any(sign in hostile_text for sign in FOLDERS):
        refused("code", "-o", hostile_text)


@pytest.mark.hostile("name")
def test_hostile_title_is_refused(refused, hostile_text: str) -> None:
    """What cannot be shown is no title, no author and no date."""
    for option in ("--title", "--author", "--date"):
        refused("derive", option, hostile_text, "--to", "markdown")


@pytest.mark.combinations
@pytest.mark.hostile("name", expect="literal")
def test_strange_title_is_shown_as_it_is(cli, hostile_text: str) -> None:
    """A strange title heads the screen, and its folder has the name of the network."""
    done = cli("derive", "--title", hostile_text, "--to", "markdown")
    assert (0, "", hostile_text) == (done.status, done.err, done.out.splitlines()[0])
    assert ("output/2-3-1/.symbackprop", "output/2-3-1/derivation.md") == done.files


@pytest.mark.hostile("name", expect="literal")
def test_strange_file_name_becomes_a_plain_folder(tmp_path: Path, hostile_text: str) -> None:
    """A network file may be called anything; its folder in output/ has a name that every system takes."""
    path = tmp_path / f"{hostile_text.replace('/', '_')}.json"
    path.write_text('{"shape": "2-3-1"}', encoding="utf-8")
    meant = request(str(path), activation=None, cost=None)
    assert meant.name == check_filename(meant.name)
    assert Path("output", meant.name) == Path(meant.folder(None))


@pytest.mark.parametrize("text", ["[bold]x[/bold]", ":warning: x", "[link=https://a.b]x[/link]"])
def test_words_are_no_markup(cli, text: str) -> None:
    """Brackets and colons of a title are shown, not obeyed."""
    assert text == cli("derive", "--title", text, "--to", "markdown").out.splitlines()[0]


def test_arguments_of_bytes_that_are_no_text(refused) -> None:
    """What the system hands over as half of a surrogate pair is answered in one printable line."""
    for arguments in (("derive", "\udcff"), ("derive", "-a", "\udcff"), ("\udcff",), ("derive", "--lang", "\udcff")):
        assert r"\udcff" in refused(*arguments)


def test_a_refusal_does_not_hang_on_warnings(capsys) -> None:
    """Where warnings are errors, as in these tests, a warning about the input is still a line and no end."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert 0 == run(["derive", "-a", "relu", "-c", "cross_entropy", "--partial", "b_1_1"])
    assert "symbackprop: warning: " in capsys.readouterr().err
