"""What cannot be told or written is refused before anything is shown, computed or made."""

from __future__ import annotations

from pathlib import Path

import pytest

SWEEP = 'networks = ["2-2-1"]'
EVERY = [
    ("derive",),
    ("derive", "--partial", "w_1_1_1", "--to", "latex"),
    ("example",),
    ("exercise", "--variants", "65536", "--to", "moodle"),
    ("diagnose", "--formula", "delta[2] = a[2] - y", "--to", "latex"),
    ("train",),
    ("verify",),
    ("verify", "--sweep", "sweep.toml"),
    ("code",),
]


@pytest.mark.parametrize("arguments", EVERY, ids=" ".join)
@pytest.mark.parametrize("place", ["file/inside", "file"])
def test_folder_that_cannot_be_is_refused_at_once(cli, arguments: tuple[str, ...], place: str) -> None:
    """A file where a folder should be, or above it, is said in one line, before a result; nothing is made."""
    for name, text in (("file", "mine"), ("sweep.toml", SWEEP)):
        Path(name).write_text(text, encoding="utf-8")
    done = cli(*arguments, "-o", place)
    assert (2, "", ("file", "sweep.toml")) == (done.status, done.out, done.files)
    assert "file" in done.complaint


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("derive", "--to", "tex"), "equations/BP4.tex"),
        (("derive", "--partial", "w_1_1_1", "--to", "markdown"), "derivation.md"),
        (("example", "--to", "markdown"), "values.toml"),
        (("exercise", "--to", "markdown"), "key.md"),
        (("exercise", "--to", "moodle", "--variants", "65536", "--questions", "1"), "questions.xml"),
        (("diagnose", "--formula", "delta[2] = a[2] - y", "--to", "markdown"), "derivation.md"),
        (("train",), "training.svg"),
        (("train", "--save", "here/trained.npz"), "trained.npz"),
        (("verify",), "verification.svg"),
        (("verify", "--sweep", "sweep.toml"), "sweep.svg"),
        (("code",), "gradient.py"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_file_of_somebody_else_is_refused_before_a_result(cli, arguments: tuple[str, ...], name: str) -> None:
    """A file that is in the way is all that is said: no equation, no number, no other file comes before."""
    place = Path("here", name)
    place.parent.mkdir(parents=True)
    place.write_text("mine", encoding="utf-8")
    Path("sweep.toml").write_text(SWEEP, encoding="utf-8")
    done = cli(*arguments, "-o", "here/gradient.py" if arguments == ("code",) else "here")
    assert (2, "", (f"here/{name}", "sweep.toml")) == (done.status, done.out, done.files)
    assert f"{name} was not written by symbackprop" in done.complaint


@pytest.mark.parametrize("command", ["derive", "example"])
def test_character_that_no_font_has_is_refused_before_a_result(cli, command: str) -> None:
    """A title with a character that nobody has assigned yet is all that is said."""
    done = cli(command, "--title", "x\u0378y", "--to", "latex")
    assert (2, "", ()) == (done.status, done.out, done.files)
    assert "U+0378" in done.complaint
