"""How a command ends: any error becomes one line on standard error and an exit status, never a traceback.

wrong input         2     symbackprop: shape '2--1': layer 1 wants a whole number, got nothing; write …
a check failed      1     the command has said which; a step that does not hold is a fault of ours
interrupted         130   as after any Ctrl-C; said in symbackprop.cli, which needs nothing that may be half loaded
nobody reads on     141   as of any program in a pipe; no line
anything else       70    a fault of symbackprop's, with the way to see more of it
"""

from __future__ import annotations

import os
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TextIO

import click

from symbackprop.cli.speech import worded
from symbackprop.errors import CheckError, SymbackpropError

CHECK_FAILED, WRONG_INPUT, INTERNAL, NO_READER = 1, 2, 70, 141  # 70: EX_SOFTWARE of sysexits.h
DEBUG = "SYMBACKPROP_DEBUG"
THIN = "\u202f"  # the space between thousands of some languages


def ended(error: BaseException) -> int:
    """Return the exit status after an error, having said it in one line, in the language of the terminal."""
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, BrokenPipeError):
        _stop_writing(sys.stdout)
        return NO_READER
    if os.environ.get(DEBUG):
        import traceback

        traceback.print_exception(error)
    status, line = _told(error)
    _say(line)
    return status


def _told(error: BaseException) -> tuple[int, str]:
    """Return the status and the line of an error."""
    match error:
        case click.UsageError():
            return WRONG_INPUT, _usage(error)
        case click.ClickException():
            return WRONG_INPUT, error.format_message()
        case CheckError():
            return CHECK_FAILED, f"{error}; this is a fault of symbackprop's, please report it"
        case SymbackpropError():
            return WRONG_INPUT, str(error)
        case MemoryError():
            return WRONG_INPUT, "there is not enough memory for this network; try narrower layers or fewer samples"
        case OSError():
            _stop_writing(sys.stdout)
            return WRONG_INPUT, f"standard output cannot be written: {error.strerror or error}; check where it goes"
        case _:
            more = f"set {DEBUG}=1 to see the traceback, and please report it"
            return INTERNAL, f"internal error: {type(error).__name__}: {error}; {more}"


SHOWN = 40  # characters of what was typed for an option: as much as other messages show
_LONG = re.compile(rf"[^\s']{{{SHOWN + 4},}}")


def _usage(error: click.UsageError) -> str:
    """Return what click says about options and arguments, in the form of our own messages."""
    said = error.format_message().rstrip(".").replace(". (Did you mean", " (did you mean")
    said = _LONG.sub(lambda found: f"{found.group()[:SHOWN]}...", said)
    path = error.ctx.command_path if error.ctx else "symbackprop"
    advice = "" if "; try " in said or "did you mean:" in said else f"; try: {path} --help"
    return f"{said[:1].lower()}{said[1:]}{advice}"


def _say(text: str) -> None:
    """Write one line to standard error, in the language of the terminal, whatever the text holds and who reads it."""
    line = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in worded(text).replace(THIN, " "))
    try:
        print(f"symbackprop: {line}", file=sys.stderr, flush=True)
    except OSError:
        _stop_writing(sys.stderr)


def _stop_writing(stream: TextIO | None) -> None:
    """Let what was not written yet go nowhere, or Python would complain about it at its end."""
    with suppress(OSError, ValueError, AttributeError):  # no file, or no stream at all
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # type: ignore[union-attr]


class _Warnings:
    """The warnings about the input of one command, each told once: they wait until the input is accepted.

    No dataclass, as to load what makes one is a thirtieth of `symbackprop --help`."""

    def __init__(self) -> None:
        self.known: list[str] = []
        self.accepted = False

    def add(self, text: str) -> None:
        """Keep a warning, and say it at once where the input is accepted."""
        if text not in self.known:
            self.known.append(text)
            if self.accepted:
                _say(f"warning: {text}")

    def accept(self) -> None:
        """Say what waits."""
        for text in () if self.accepted else self.known:
            _say(f"warning: {text}")
        self.accepted = True


_WARNINGS: ContextVar[_Warnings] = ContextVar("warnings")  # those of the command that runs


@contextmanager
def warnings_told() -> Iterator[None]:
    """While inside, say each warning about the input in one line, and keep those for programmers to ourselves.

    Input that is refused is told by its error alone."""
    mine = _Warnings()
    token = _WARNINGS.set(mine)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.filterwarnings("always", category=UserWarning)
            warnings.showwarning = lambda message, *_, **__: mine.add(str(message))
            yield
    except (SymbackpropError, click.UsageError):
        raise
    except BaseException:
        mine.accept()
        raise
    else:
        mine.accept()
    finally:
        _WARNINGS.reset(token)


def accept_input() -> None:
    """Say the warnings that wait, and later ones at once: work on the input begins."""
    if (mine := _WARNINGS.get(None)) is not None:
        mine.accept()
