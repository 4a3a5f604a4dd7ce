"""The command line: arguments -> one pipeline call -> the screen and output/; the only wing that touches the world.

    main        arguments -> exit status             outcome     an error -> one line and a status
    command     what all commands share              request     arguments -> the network that is meant
    screen      what a terminal can show             commands/   one command per file
    equations   a derivation -> lines to read        folder      names and lists of what is written

Heavy packages wait until a command asks for them: `symbackprop --help` loads click and nothing else.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from typing import NoReturn

from symbackprop.cli.command import symbackprop
from symbackprop.cli.outcome import ended, warnings_told
from symbackprop.cli.screen import spell_what_is_lacking

__all__ = ["main", "run"]

GARBAGE = 100_000  # new objects before garbage is looked for; a run is short, and to look more often is a tenth of it


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command that the arguments say, those of the process where none are given, and exit with its status."""
    gc.set_threshold(GARBAGE)
    status = run(sys.argv[1:] if arguments is None else arguments)
    gc.freeze()  # what is left goes with the process; to look through it once more takes longer than to write a page
    sys.exit(status)


def run(arguments: Sequence[str]) -> int:
    """Return the exit status of the command that the arguments say.

    0 done, 1 a check failed, 2 the input is wrong, 70 a fault of symbackprop's, 130 interrupted, 141 nobody reads on;
    other than 0 and 141 come with one line on standard error."""
    try:
        spell_what_is_lacking()
        with warnings_told(), symbackprop.make_context("symbackprop", list(arguments)) as context:
            status = symbackprop.invoke(context)
        sys.stdout.flush()  # here, where a full disk and a reader who left are still answered
    except (Exception, KeyboardInterrupt) as error:
        return ended(error)
    return int(status or 0)
