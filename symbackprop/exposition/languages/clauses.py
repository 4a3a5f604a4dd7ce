"""A message in another language, clause by clause: messages say where, what it got, what it wanted, what to try.

worded("x: wanted a number, got text; try x = 1", {"wanted {a}": "se esperaba {a}", …})
    ->  "x: se esperaba un número, hay texto; pruebe x = 1"

What stands in the place of a letter in braces is worded as well, but for what is typed as it is, in that of {names},
and what somebody else says, in that of {text}; a clause without words of its own stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache

WHERE = ": "
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_PLACE = re.compile(r"\{([a-z]+)\}")


def worded(text: str, clauses: Mapping[str, str], number: Callable[[int], str]) -> str:
    """Return a message in the words of a language: the wording of each clause with the most letters in common.

    `number` writes a whole number, 23,860, with the sign that the language has between thousands."""
    if text in clauses:
        return clauses[text]
    if _THOUSANDS.fullmatch(text):
        return number(int(text.replace(",", "")))
    if "; " in text:
        return "; ".join(worded(clause, clauses, number) for clause in text.split("; "))
    says_where = WHERE in text  # before what it says of it: that is worded apart, unless a template has both
    for template in _fitting(text, clauses):
        if (WHERE in template or not says_where) and (found := _pattern(template).fullmatch(text)):
            parts = {name: _part(name, part, clauses, number) for name, part in found.groupdict().items()}
            return clauses[template].format_map(parts)
    before, sign, after = text.partition(WHERE if says_where else ", ")
    is_key = says_where and before.isidentifier() and before.islower()  # 'layers: …' is typed so in any language
    if not sign:
        return text
    told = before if is_key else worded(before, clauses, number)
    return f"{told}{sign}{worded(after, clauses, number)}"


def _part(name: str, text: str, clauses: Mapping[str, str], number: Callable[[int], str]) -> str:
    """Return what stands in a place; of a list of names only what is no single word, 'or a file', is worded."""
    if name == "text":
        return text
    if name != "names":
        return worded(text, clauses, number)
    return ", ".join(worded(each, clauses, number) if " " in each else each for each in text.split(", "))


def _fitting(text: str, clauses: Mapping[str, str]) -> Iterator[str]:
    """Yield the templates all of whose words stand in a text, the longest first."""
    templates = (template for template in clauses if "{" in template)
    yield from sorted((t for t in templates if all(word in text for word in _words(t))), key=_letters, reverse=True)


@cache
def _words(template: str) -> tuple[str, ...]:
    return tuple(filter(None, _PLACE.split(template)[::2]))


def _letters(template: str) -> int:
    return sum(map(len, _words(template)))


@cache
def _pattern(template: str) -> re.Pattern[str]:
    pieces = _PLACE.split(template)
    pieces[::2] = map(re.escape, pieces[::2])
    pieces[1::2] = (f"(?P<{name}>.+?)" for name in pieces[1::2])
    return re.compile("".join(pieces), re.DOTALL)
