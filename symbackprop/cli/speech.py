"""The language of the terminal: that of --lang, else that of the network's file, else English.

    hear(["verify", "--lang", "es"])      worded("warning: …")  ->  "aviso: …"

English needs nothing; the words of another language are loaded when something is said in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from itertools import pairwise

ENGLISH = "en"
_LANGUAGE, _SIGN = "--lang", "--decimal"
_ASKED: ContextVar[str] = ContextVar("asked", default="")  # by --lang, or by a file; "" where nobody did
_DECIMAL: ContextVar[str] = ContextVar("decimal", default="")  # what --decimal says


def hear(arguments: Sequence[str]) -> None:
    """Take the language that --lang asks for, or wait for that of a file, and the sign that --decimal asks for."""
    for option, asked in ((_LANGUAGE, _ASKED), (_SIGN, _DECIMAL)):
        typed = [after for before, after in pairwise((*arguments, "")) if before == option]
        typed += [each.removeprefix(f"{option}=") for each in arguments if each.startswith(f"{option}=")]
        asked.set(typed[-1] if typed else "")


def speak(language: object) -> None:
    """Take the language that a file says, unless --lang was typed."""
    if not _ASKED.get() and isinstance(language, str):
        _ASKED.set(language)


def spoken() -> str:
    """Return the code of the language; English where there is no language of that name, which a command refuses."""
    asked = _ASKED.get()
    if asked in ("", ENGLISH):
        return ENGLISH
    from symbackprop.exposition.languages import LANGUAGES

    return asked if asked in LANGUAGES else ENGLISH


def worded(text: str) -> str:
    """Return a text of ours in the language; what it has no words for stays English."""
    if (language := spoken()) == ENGLISH:
        return text
    from symbackprop.exposition.languages import LANGUAGES

    return LANGUAGES[language].worded(text)


def titled(title: str) -> str:
    """Return the title of an example that is shipped in the language; another title is somebody's own."""
    from symbackprop.exposition.languages import LANGUAGES

    return LANGUAGES[spoken()].titled(title)


def counted(number: int, thing: str) -> str:
    """Return '1 sample', '1,797 samples', in the language."""
    things = thing if number == 1 else f"{thing}s"
    return f"{numeral(number)} {worded(things)}"


def numeral(value: int | str) -> str:
    """Return a whole number, 23,860, or one as a program writes it, 6.9e-16, with the signs of the language."""
    if (language := spoken()) == ENGLISH and not _DECIMAL.get():
        return f"{value:,}" if isinstance(value, int) else value
    from symbackprop.exposition.languages import DECIMALS, LANGUAGES

    words = LANGUAGES[language].with_decimal(sign if (sign := _DECIMAL.get()) in DECIMALS else "language")
    return words.number(value) if isinstance(value, int) else words.decimals(value)
