"""The command line run in this process, in an empty folder, as if by a user with a terminal of 80 columns."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from symbackprop.cli import run


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command left behind: its exit status, what it said, and the files that are there now."""

    status: int
    out: str
    err: str
    files: tuple[str, ...]

    @property
    def complaint(self) -> str:
        """What it said on standard error, which must be one line."""
        line, end, more = self.err.partition("\n")
        assert ("\n", "") == (end, more), f"not one line: {self.err!r}"
        assert line.isprintable(), f"a line that not every terminal shows: {line!r}"
        return line


Run = Callable[..., Outcome]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command by `cli("derive", "2-3-1")`; the current folder is `tmp_path`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "SYMBACKPROP_DEBUG"):
        monkeypatch.delenv(name, raising=False)

    def outcome(*arguments: str) -> Outcome:
        status = run(arguments)
        out, err = capsys.readouterr()
        there = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
        return Outcome(status, out, err, tuple(there))

    return outcome


@pytest.fixture
def raw_cli(cli: Run, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, bytes]]:
    """Run a command whose standard output takes bytes: `raw_cli("derive", encoding="ascii")` -> status, bytes."""

    def outcome(*arguments: str, encoding: str = "utf-8") -> tuple[int, bytes]:
        with monkeypatch.context() as patch:
            taken = io.BytesIO()
            patch.setattr("sys.stdout", io.TextIOWrapper(taken, encoding=encoding, write_through=True))
            status = run(arguments)
            return status, taken.getvalue()

    return outcome
