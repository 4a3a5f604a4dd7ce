"""`symbackprop exercise`: sheets and keys apart, a question bank, and what it refuses in one line."""

from __future__ import annotations

import pickle
from pathlib import Path
from xml.etree import ElementTree

import pytest

from symbackprop.cli import bank


def test_sheets_and_keys_are_written_apart(cli) -> None:
    """Every variant has a sheet and a key of its own, in a folder of their own; the answers stand on the screen."""
    done = cli("exercise", "2-1", "--variants", "2", "--questions", "2", "--to", "markdown,beamer")
    assert (0, "") == (done.status, done.err)
    folder = "output/2-1-exercise-compute/"
    papers = [f"{paper}-{number}" for paper in ("key", "sheet") for number in (1, 2)]
    wanted = {f"{folder}{paper}{rest}" for paper in papers for rest in (".md", "-slides.tex", "-notes.tex")}
    assert wanted <= set(done.files)
    assert "Key to exercise 1: numbers forward and back" in done.out
    assert "These are the answers of the first of 2 sheets." in done.out
    assert r"\input{sheet-1-slides}" in Path(folder, "sheet-1-handout.tex").read_text(encoding="utf-8")


def test_answers_about_matrices_stand_on_the_screen(cli) -> None:
    """Every question of a key has a line on the screen, also one that asks for a matrix."""
    done = cli("exercise", "2-2-1", "--kind", "line", "--to", "markdown")
    lines = done.out.splitlines()
    asked = [place for place, line in enumerate(lines) if line.startswith("Question ")]
    assert [f"Question {number}" for number in range(1, 7)] == [lines[place] for place in asked]
    assert all(lines[place + 1].startswith("  ") for place in asked)


def test_bank_is_written_and_read(cli, tmp_path: Path) -> None:
    """The format moodle, which exercises alone have, is one file with all variants."""
    done = cli("exercise", "2-1", "--kind", "order", "--variants", "2", "--to", "moodle", "--lang", "es")
    assert 0 == done.status
    (name,) = (file for file in done.files if file.endswith(".xml"))
    kinds = [each.get("type") for each in ElementTree.fromstring((tmp_path / name).read_bytes())]
    assert {"category", "matching"} == set(kinds)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ("2-1 --kind essay", "kind of exercise 'essay' is unknown; known: compute, line, mistake, order"),
        ("2-1 --to svg", "svg writes a derivation, not what is asked about it; try --to html"),
        ("2-1 --to moodl", "format 'moodl' is unknown"),
        ("2-1 --variants 0", "variants: wanted a whole number from 1 to 100000, got 0"),
        ("2-1 --questions 99", "questions: wanted a whole number from 1 to 50, got 99"),
        ("2-1 --questions 50 --kind order", "exercise --kind order: this derivation has "),
        ("30-30", "a worked example of 30-30 has 930 derivatives"),
        ("2-1 --to moodle --author A", "--author changes nothing in moodle"),
        ("2-1 --to html --scheduler local", "--scheduler is for a question bank in a file; try it with --to moodle"),
    ],
)
def test_what_cannot_be_asked_is_refused(cli, arguments: str, complaint: str) -> None:
    """One line says what was wrong, and nothing is written."""
    done = cli("exercise", *arguments.split())
    assert (2, "", ()) == (done.status, done.out, done.files)
    assert done.complaint.startswith(f"symbackprop: {complaint}")


@pytest.mark.parametrize("kind", ["compute", "order"])  # each variant of the others is drawn as one of order is
def test_bank_of_several_processes_is_that_of_one(cli, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """The parts of a bank, made of what can be sent and in any order, are together what one process makes."""
    sent: list[int] = []

    def spread(function, items, *, scheduler):
        for place, item in reversed([*enumerate(pickle.loads(pickle.dumps(items)))]):
            sent.append(place)
            yield place, function(item)

    monkeypatch.setattr(bank, "SMALLEST", 2)
    monkeypatch.setattr(bank, "spread", spread)
    options = ["2-2-1", "--kind", kind, "--variants", "3", "--to", "moodle", "--title", "A/B", "--convention", "ng"]
    assert 0 == cli("exercise", *options, "-o", "one").status
    done = cli("exercise", *options, "-o", "several", "--scheduler", "local")
    assert (0, [1, 0]) == (done.status, sent)
    assert Path("one", "questions.xml").read_text() == Path("several", "questions.xml").read_text()
