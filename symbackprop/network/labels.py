r"""Titles and file names: words of the user's that are shown or written, never run and never interpreted.

A label is literal text: `\input{x}`, `<script>` and `W^{(1)}` are as good as any other, and every format shows
them as they are. Only what cannot be seen or cannot be written is refused.
"""

from __future__ import annotations

import re
import unicodedata

from symbackprop.errors import OutputError, SpecError

LONGEST_LABEL = 200
LONGEST_FILENAME = 100

_FILENAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
# names that Windows takes for devices, whatever their ending
_DEVICES = {"aux", "con", "nul", "prn", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}
_TURNING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}  # change the direction of the text that follows
_UNSEEN = {0xFEFF: "a byte order mark", 0x2028: "a line separator", 0x2029: "a paragraph separator"}


def check_label(text: str, what: str) -> str:
    """Return `text`, a title or a name that is called `what` in the message, unchanged.

    Raises SpecError if it is empty, longer than 200 characters, or holds a character that cannot be shown:
    controls, line breaks, overrides of the direction, noncharacters, halves of a surrogate pair."""
    if not isinstance(text, str):
        raise SpecError(f"{what}: wanted text, got {type(text).__name__}")
    if not text.strip():
        raise SpecError(f"{what} is empty; write at least one character, or leave it out")
    if len(text) > LONGEST_LABEL:
        raise SpecError(f"{what} of {len(text)} characters: at most {LONGEST_LABEL}; shorten it")
    for place, character in enumerate(text, start=1):
        if kind := _unshowable(character):
            code = f"U+{ord(character):04X}"
            raise SpecError(f"{what} {text[:40]!a}, character {place}: {code} is {kind}; remove it")
    return text


def _unshowable(character: str) -> str:
    """Return what is wrong with a character, or nothing."""
    code, category = ord(character), unicodedata.category(character)
    if code in _UNSEEN:
        return _UNSEEN[code]
    if category == "Cc":
        return "a control character"
    if category == "Cs":
        return "half of a surrogate pair"
    if code in _TURNING:
        return "an override of the direction of text"
    if 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE:
        return "no character"
    return ""


def check_filename(name: str) -> str:
    """Return `name`, the name of one file or folder inside the output folder, unchanged.

    Raises OutputError unless it is made of ASCII letters, digits, `_`, `-` and `.`, begins with none of the last
    two, does not end with a dot, has at most 100 characters, and is no device of Windows."""
    if not isinstance(name, str):
        raise OutputError(f"file name: wanted text, got {type(name).__name__}")
    shown = ascii(name if len(name) <= 40 else name[:37] + "...")
    if len(name) > LONGEST_FILENAME:
        raise OutputError(f"file name {shown}: {len(name)} characters, at most {LONGEST_FILENAME}; shorten it")
    if _FILENAME.fullmatch(name) is None or name.endswith("."):
        wanted = "letters A-Z a-z, digits, _ - and . only, a letter, digit or _ first and no . last"
        raise OutputError(f"file name {shown}: {wanted}; try 2-3-1")
    if (stem := name.partition(".")[0]).lower() in _DEVICES:
        raise OutputError(f"file name {shown}: {stem} is a device on Windows; try {stem}_")
    return name
