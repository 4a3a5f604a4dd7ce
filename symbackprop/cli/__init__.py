"""The command line: arguments -> one pipeline call -> the screen and output/; the only wing that touches the world.

    main        arguments -> exit status             outcome     an error -> one line and a status
    command     what all commands share              request     arguments -> the network that is meant
    screen      what a terminal can show             commands/   one command per file
    streams     where results and complaints go
    speech      the language that is spoken there
    equations   a derivation -> lines to read        folder      names and lists of what is written

Heavy packages wait until a command asks for them: `symbackprop --help` loads click and nothing else. This module
loads nothing at all before it runs, so that a Ctrl-C in the first moments is answered as any later one.
"""

from __future__ import annotations

import gc
import sys

TYPE_CHECKING = False  # that of typing, which takes longer to load than all that is loaded here
if TYPE_CHECKING:
    from collections.abc import Sequence
    from sys import UnraisableHookArgs
    from typing import NoReturn

__all__ = ["main", "run"]

GARBAGE = 500_000  # new objects before garbage is looked for: more than a page makes, as to look is a tenth of its time
AGED = (2, 2)  # such looks before older objects are looked at: whoever runs many commands in a process keeps no more
INTERRUPTED = 130
INTERRUPTION = "interrupted; no file was left half-written"


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command that the arguments say, those of the process where none are given, and exit with its status."""
    import atexit  # here, as nothing is loaded before this runs

    gc.set_threshold(GARBAGE, *AGED)
    atexit.register(gc.freeze)  # what is left goes with the process; to look through it takes longer than a page
    sys.unraisablehook = _interrupted_again
    status = run(sys.argv[1:] if arguments is None else arguments)
    if status == INTERRUPTED:
        _leave(status)
    sys.exit(status)


def run(arguments: Sequence[str]) -> int:
    """Return the exit status of the command that the arguments say.

    0 done, 1 a check failed, 2 the input is wrong, 70 a fault of symbackprop's, 130 interrupted, 141 nobody reads on;
    other than 0 and 141 come with one line on standard error."""
    try:
        from symbackprop.cli.command import symbackprop
        from symbackprop.cli.outcome import warnings_told
        from symbackprop.cli.speech import hear
        from symbackprop.cli.streams import prepare_streams

        hear(arguments)
        prepare_streams()
        with warnings_told(), symbackprop.make_context("symbackprop", list(arguments)) as context:
            status = symbackprop.invoke(context)
        sys.stdout.flush()  # here, where a full disk and a reader who left are still answered
    except (Exception, KeyboardInterrupt) as error:
        if _is_interruption(error):
            return _interrupted()
        from symbackprop.cli.outcome import ended

        return ended(error)
    return int(status or 0)


def _is_interruption(error: BaseException | None) -> bool:
    """Tell whether an error comes from a Ctrl-C: an import may have made one of its own of it."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def _interrupted() -> int:
    """Say that the command was interrupted, with nothing that may be half loaded, and return the status."""
    try:
        if sys.stderr is not None:
            sys.stderr.write(f"symbackprop: {_in_their_language(INTERRUPTION)}\n")
            sys.stderr.flush()
    except OSError:
        pass  # nobody can be told
    return INTERRUPTED


def _in_their_language(text: str) -> str:
    """Return a text in the language of the terminal; in English where what has the words cannot be loaded now."""
    try:
        from symbackprop.cli.speech import worded

        return worded(text)
    except (Exception, KeyboardInterrupt):
        return text


def _interrupted_again(lost: UnraisableHookArgs) -> None:
    """Press Ctrl-C once more where it came in the midst of a callback, from which Python lets nothing through."""
    if issubclass(lost.exc_type, KeyboardInterrupt):
        import signal

        signal.raise_signal(signal.SIGINT)
    else:
        sys.__unraisablehook__(lost)


def _leave(status: int) -> NoReturn:
    """Exit at once; a Python that was interrupted within an `exec` would kill itself by the signal instead."""
    import os

    try:
        sys.stdout.flush()
    finally:
        os._exit(status)
