"""`symbackprop verify`: the table of checks, the exit status, and the checks on paper."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from symbackprop.exposition.document import CheckRow, check_rows
from symbackprop.numerics import verification
from symbackprop.numerics.protocol import protocol, shipped_layers
from symbackprop.numerics.verification import Report, Row

ROWS = (
    Row("hand-written NumPy", "2-3-1", 9, 3e-16, 1e-12, "two analytic ways"),
    Row("central differences", "2-3-1", 9, 4e-11, 1e-8, "truncation"),
    Row("hand-written NumPy", "9 small networks", 1234, 5e-16, 1e-12, "two analytic ways"),
    Row("slopes at kinks", "1-1", 10, 0.0, 0.0, "exactly the convention that is printed"),
)
WRONG = Row("complex steps", "2-3-1", 9, math.nan, 1e-12, "two analytic ways")


@pytest.fixture
def found(monkeypatch):
    """Let the checks find given rows: `found(*rows)`; it returns the list of what they were asked for."""
    asked = []

    def verify(network, *, samples, seed, backend, on_step):
        asked.append((network.shape, samples, seed, backend))
        for row in verify.rows:
            on_step(row.check)
        return Report(verify.rows)

    def finds(*rows):
        verify.rows = rows
        return asked

    monkeypatch.setattr(verification, "verify", verify)
    return finds


@pytest.mark.parametrize("columns", ["60", "80"])
def test_table_of_checks(cli, golden, found, monkeypatch, columns: str) -> None:
    """Each check has its line, each tolerance its reason, and all of it fits into the terminal."""
    monkeypatch.setenv("COLUMNS", columns)
    found(*ROWS)
    done = cli("verify")
    assert (0, "", ()) == (done.status, done.err, done.files)
    assert int(columns) >= max(map(len, done.out.splitlines()))
    golden(f"terminal/verify_{columns}.txt", done.out)


def test_check_that_fails_exits_with_1(cli, golden, found) -> None:
    """One failed check is enough for status 1; what is no number fails."""
    found(*ROWS, WRONG)
    done = cli("verify", "2-3-1", "-a", "tanh", "--samples", "2")
    assert (1, "") == (done.status, done.err)
    golden("terminal/verify_failed.txt", done.out)


def test_errors_are_drawn_where_it_is_asked_for(cli, found) -> None:
    """With -o the checks are a picture, too, with each check by its name."""
    found(*ROWS)
    done = cli("verify", "-o", "report")
    assert (0, "", ("report/.symbackprop", "report/verification.svg")) == (done.status, done.err, done.files)
    drawn = Path("report/verification.svg").read_text(encoding="utf-8")
    assert all(row.check in drawn for row in ROWS)


def test_real_checks_pass(cli, monkeypatch) -> None:
    """The checks of the built-in network, of the first of the small ones, and of two layers, all pass."""
    monkeypatch.setattr(verification, "protocol", lambda seed: protocol(seed)[:1])
    monkeypatch.setattr(verification, "shipped_layers", lambda: shipped_layers()[3:5])  # all of them: test_corners.py
    done = cli("verify", "--samples", "1")
    assert (0, "") == (done.status, done.err)
    assert done.out.splitlines()[-1].endswith("checks passed.")
    assert "FAILED" not in done.out


def test_options_reach_the_checks(cli, found) -> None:
    """Network, samples, seed and backend are those that were given; a file may say the seed."""
    asked = found(*ROWS)
    Path("net.json").write_text('{"shape": "3-2", "seed": 5}', encoding="utf-8")
    cli("verify")
    cli("verify", "net.json", "--samples", "7")
    cli("verify", "net.json", "--seed", "1", "--backend", "jax")
    assert [("2-3-1", 3, 0, None), ("3-2", 7, 5, None), ("3-2", 3, 1, "jax")] == asked
    refused = cli("verify", "--backend", "jxa")
    assert (2, "") == (refused.status, refused.out)
    assert "backend 'jxa' is unknown; did you mean 'jax'?" in refused.complaint


def test_worst_check_of_a_kind_goes_to_paper() -> None:
    """A document has a line for each kind of check of its own network: the failed one, else the largest error."""
    failed = Row("slopes at kinks", "2-2", 3, 1e-3, 0.0, "")
    own = tuple(CheckRow(row.check, row.error, row.tolerance) for row in ROWS[:2])
    expected = (*own, CheckRow("slopes at kinks", 1e-3, 0.0))
    assert expected == check_rows(Report((*ROWS, failed)))
    assert expected == check_rows(Report((failed, *ROWS)))[1:] + expected[2:]
    elsewhere = replace(ROWS[2], error=1.0)
    assert CheckRow("hand-written NumPy", 1.0, 1e-12) in check_rows(Report((*ROWS, elsewhere)))


def test_document_shows_the_checks(cli, found, tmp_path: Path) -> None:
    """`derive --check` puts the checks into the documents, says so on the screen, and fails if one of them fails."""
    found(*ROWS)
    done = cli("derive", "--check", "--to", "markdown")
    assert 0 == done.status
    assert "The numbers of its code were checked, too: all passed. Written:" in " ".join(done.out.split())
    assert "slopes at kinks" in (tmp_path / "output/2-3-1/derivation.md").read_text(encoding="utf-8")
    found(*ROWS, WRONG)
    done = cli("derive", "--check", "--to", "markdown")
    assert 1 == done.status
    assert "were checked, too: FAILED beside complex steps. Written:" in " ".join(done.out.split())
    assert "output/2-3-1/derivation.md" in done.files
    assert 1 == cli("derive", "--check", "--to", "markdown", "--stdout").status


def test_wrong_input_is_answered_in_one_line(cli) -> None:
    """Wrong input ends with status 2 and one line."""
    assert "invalid value for '--samples'" in cli("verify", "--samples", "0").complaint
    assert 2 == cli("verify", "2-").status


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        (
            ("verify",),
            "30000-30000-1: its 900,060,001 parameters would be held 20 times, some 144.0 GB; at most 4.3 GB",
        ),
        (
            ("derive", "--check", "--to", "markdown"),
            "30000-30000-1: its 900,060,001 parameters would be held 20 times",
        ),
        (
            ("diagnose", "--gradients", "g.npz", "--at", "g.npz"),
            "30000-30000-1: its 900,060,001 parameters would be held 20",
        ),
        (("example",), "a worked example of 30000-30000-1 has 900,060,001 derivatives to be printed; at most 60"),
        (("exercise",), "a worked example of 30000-30000-1 has 900,060,001 derivatives to be printed; at most 60"),
        (("code", "--backend", "scalar"), "30000-30000-1 has 900,060,001 parameters, at most 2,000; take the backend"),
    ],
)
def test_network_that_no_memory_holds_is_refused_at_once(cli, command: tuple[str, ...], complaint: str) -> None:
    """What would take gigabytes is estimated before anything is allocated, whoever is asked."""
    np.savez("g.npz", W1=np.zeros(1), x=np.zeros((1, 2)), y=np.zeros((1, 1)))
    done = cli(command[0], "30000-30000-1", *command[1:])
    assert complaint in done.complaint
    assert (2, ("g.npz",)) == (done.status, done.files)
