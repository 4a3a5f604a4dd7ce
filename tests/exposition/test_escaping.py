"""A user's text in LaTeX: it shows as itself or is refused by name, and is never a command."""

from __future__ import annotations

import re
import string
import unicodedata

import pytest

from symbackprop.errors import SpecError
from symbackprop.exposition.typesetting.escaping import escaped, is_shown


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("2-3-1", r"\mbox{2-3-1}"),
        ("R&D", r"R\&D"),
        ("my_net", r"my\_net"),
        ("net #1", r"net \#1"),
        ("50%", r"50\%"),
        ("$x$", r"\$x\$"),
        ("{x}", r"\{x\}"),
        ("a~b^c", r"a\textasciitilde{}b\textasciicircum{}c"),
        (r"\input{x}", r"\textbackslash{}input\{x\}"),
        ("<<--", "{<}<{-}{-}"),
        ("a, b", "a, b"),
        ("a,,b -", "a{,},b {-}"),
        ("1\u202f,,", r"1\,{,}{,}"),
        ("\"'`", r"\textquotedbl{}\textquotesingle{}\textasciigrave{}"),
        ("Réseau", "Réseau"),
        ("e\u0301", "é"),
        ("σ-net", r"\ensuremath{\sigma}-net"),
        ("10\u202f000", r"10\,000"),
    ],
)
def test_text_is_written_as_itself(text: str, latex: str) -> None:
    """Each sign that TeX would take for its own is made harmless, and nothing else is changed."""
    assert latex == escaped(text)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("神經網", r"character 1: U\+795E \(CJK UNIFIED IDEOGRAPH-795E\)"),
        ("net שלום", r"character 5: U\+05E9 \(HEBREW LETTER SHIN\)"),
        ("🧠 net", r"character 1: U\+1F9E0 \(BRAIN\)"),
        ("q\u0301", r"character 2: U\+0301 \(COMBINING ACUTE ACCENT\)"),
        ("Сеть", r"character 1: U\+0421 \(CYRILLIC CAPITAL LETTER ES\)"),
    ],
)
def test_letter_without_a_font_is_refused_by_name(text: str, named: str) -> None:
    """What pdflatex cannot show is refused with the place and the name of the character, and with a way out."""
    with pytest.raises(SpecError, match=rf"title .* {named} is in none of the fonts .*; write it in Latin letters"):
        escaped(text, "title")


def live_commands(latex: str) -> list[str]:
    """Return the commands of LaTeX text that are not among those that escaping writes."""
    allowed = r"textbackslash|textasciicircum|textasciitilde|textquotedbl|textquotesingle|textasciigrave|ensuremath"
    return [name for name in re.findall(r"\\([A-Za-z]+)", latex) if not re.fullmatch(allowed, name)]


@pytest.mark.hostile("name", expect="literal")
def test_hostile_label_is_harmless_or_refused(hostile_text: str) -> None:
    """No label leaves a command, an open brace or a bare special sign behind; what has no font is named."""
    if not all(map(is_shown, unicodedata.normalize("NFC", hostile_text))):
        with pytest.raises(SpecError, match=r"U\+[0-9A-F]{4,5}"):
            escaped(hostile_text)
        return
    latex = escaped(hostile_text)
    assert [] == live_commands(latex)
    bare = re.sub(r"\\[{}$&#%_]", "", latex)
    assert bare.count("{") == bare.count("}")
    assert not set(bare) & set("$&#%_^")


def test_search_for_commands_can_fail() -> None:
    """The search sees a command that is let through."""
    assert ["input"] == live_commands(r"\textbackslash{}input \input{x}")


def test_every_printable_ascii_character_is_shown() -> None:
    """All of printable ASCII has a place in the fonts."""
    printable = string.ascii_letters + string.digits + string.punctuation + " "
    assert [] == [character for character in printable if not is_shown(character)]
