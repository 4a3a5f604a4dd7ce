"""What an output can be asked for beside its language: how steps are revealed, on which sheet, in which dialect."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field, fields
from types import MappingProxyType
from typing import Any

from symbackprop.errors import SpecError
from symbackprop.exposition.palette import check_colours
from symbackprop.frozen import dataclass
from symbackprop.network.tables import kind_of, unknown_key

# every option with a closed set of answers; the first is what holds where nothing is said
CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "flavour": ("github", "quarto", "marp", "slidev"),
        "steps": ("clicks", "slides"),
        "aspect": ("16:9", "4:3"),
        "fallback": ("picture", "text", "none"),
        "decimal": ("language", "comma", "point"),
    }
)


_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")  # of labels and files


@dataclass(frozen=True, slots=True)
class Options:
    """Wishes for the output; a format follows those that are about it and leaves the others alone.

    flavour    whose Markdown is written
    steps      of slides: 'clicks', a line appears on each click; 'slides', on each slide, which survives PDF
    aspect     of slides, where no template says it
    fallback   what a program shows that does not know native equations: a picture, the text, or nothing
    decimal    the sign before decimals: that of the language, a comma, or a point
    fragment   a name: LaTeX is not an article but files for one's own document, whose labels have that name
    colours    of the parts of a formula, {"cost": "#AA0000"}, where they are not to be those of the palette
    template   the bytes of the reader's own .pptx, whose design is kept; `template_name` is for messages
    Raises SpecError for an answer that is not among the CHOICES, and as `check_colours` does."""

    flavour: str = "github"
    steps: str = "clicks"
    aspect: str = "16:9"
    fallback: str = "picture"
    decimal: str = "language"
    colours: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    fragment: str = ""
    template: bytes | None = field(default=None, repr=False)
    template_name: str = "template.pptx"

    def __post_init__(self) -> None:
        """Refuse what is no choice."""
        for name, choices in CHOICES.items():
            if (got := getattr(self, name)) not in choices:
                raise SpecError(f"{name}: got {str(got)[:40]!a}, wanted one of {', '.join(choices)}")
        if self.fragment and _NAME.fullmatch(self.fragment) is None:
            raise SpecError(f"fragment: got {self.fragment[:40]!a}, wanted letters, digits, - _ or .; try 'net'")
        check_colours(self.colours)


PLAIN = Options()


def options_of(given: Options | Mapping[str, Any]) -> Options:
    """Return options that may be given by their names; raises SpecError for what has none, and as `Options` does."""
    if isinstance(given, Options):
        return given
    if not isinstance(given, Mapping):
        raise SpecError(f"options: wanted a table of keys and values, got {kind_of(given)}")
    known = [each.name for each in fields(Options)]
    for name in given:
        if name not in known:
            raise SpecError(f"options: {unknown_key(name, known, known=known)}")
    return Options(**given)
