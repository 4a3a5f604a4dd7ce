"""How what was derived is to be told: the language, who signs, the letters, and what the output is to look like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from symbackprop.frozen import dataclass

if TYPE_CHECKING:
    from symbackprop.cli.screen import Pen, Screen
    from symbackprop.exposition.document import CheckRow
    from symbackprop.exposition.mathtext.convention import Convention
    from symbackprop.exposition.narration import Labels
    from symbackprop.exposition.options import Options
    from symbackprop.exposition.rendering import Derived, Paper


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a derivation is to be told."""

    language: str
    author: str | None
    date: str | None
    symbols: Mapping[str, str]
    options: Options
    level: str | None
    only: tuple[str, ...]
    convention: Convention
    depth: int | None  # of a chain of dense layers
    notations: tuple[str, ...] = ()

    def pen(self, screen: Screen) -> Pen:
        """Return what writes formulas for standard output as they are asked for."""
        pen = replace(screen.pen(), symbols=self.symbols, words=self.words)
        return replace(pen, convention=self.convention, depth=self.depth)

    @property
    def words(self) -> Mapping[str, str]:
        """The words and signs of the language that stand in formulas: 'otherwise', and those of numbers."""
        from symbackprop.exposition.languages import LANGUAGES

        return LANGUAGES[self.language].with_decimal(self.options.decimal).formula_words

    def labels(self, title: str | None = None) -> Labels:
        """Return what a document is called, and in which language and letters it is told."""
        from symbackprop.exposition.narration import Labels

        return Labels(self.language, title, self.author, self.date, self.symbols, self.options.decimal)

    def check(self, said: object = None) -> None:
        """Raise now what would be raised when the documents are told: what is no language, what cannot be shown.

        `said` is the network, where it may be no chain of dense layers."""
        from symbackprop.exposition.languages import LANGUAGES
        from symbackprop.exposition.mathtext.style import Style
        from symbackprop.exposition.narration import check_selection
        from symbackprop.network.labels import check_label

        check_selection(self.level, self.only, said)
        LANGUAGES[self.language].with_names(self.convention.names)
        Style(self.symbols)
        for what, label in (("author", self.author), ("date", self.date)):
            if label is not None:
                check_label(label, what)

    def files(
        self, told: Derived | Paper, format: str, checks: Sequence[CheckRow] = (), *, title: str | None = None
    ) -> Mapping[str, str | bytes]:
        """Return the files of one format; raises as `render_files` does."""
        from symbackprop.exposition.rendering import render_files

        return render_files(
            told,
            format,
            lang=self.language,
            title=title,
            author=self.author,
            date=self.date,
            symbols=self.symbols,
            checks=checks,
            level=self.level,
            only=self.only,
            convention=self.convention,
            notation=self.notations,
            options=self.options,
        )
