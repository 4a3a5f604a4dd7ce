"""Standard output and standard error, whatever they can write; light, because every command waits for it."""

from __future__ import annotations

import codecs
import errno
import io
import sys
import unicodedata
from collections.abc import Iterable

_SIGNS = str.maketrans({"→": "->", "·": "*", "−": "-", "×": "x", "–": "-", "—": "-", "’": "'", "✓": "ok", "✗": "x"})
_SPELLING = "symbackprop.spelling"


def prepare_streams() -> None:
    """Let standard output write in other letters what its encoding lacks, instead of failing: é as e, → as ->.

    What is said on a standard error that is closed is lost; raises OSError where standard output is."""
    if sys.stderr is None:
        sys.stderr = io.StringIO()
    if sys.stdout is None:
        raise OSError(errno.EBADF, "it is closed")
    codecs.register_error(_SPELLING, _spelt)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors=_SPELLING)


def _spelt(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    plain = (unicodedata.normalize("NFKD", c.translate(_SIGNS)).encode("ascii", "ignore").decode() for c in lacking)
    return "".join(text or "?" for text in plain), error.end


def write_raw(content: bytes | Iterable[str]) -> None:
    """Write to standard output exactly these bytes, text as UTF-8, and nothing else."""
    sys.stdout.flush()
    for piece in (content,) if isinstance(content, str | bytes) else content:
        sys.stdout.buffer.write(piece.encode("utf-8") if isinstance(piece, str) else piece)
    sys.stdout.buffer.flush()
