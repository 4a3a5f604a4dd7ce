"""Documents on their way out: one to standard output, or several into a folder, with what is said about them.

output/2-3-1/
  latex     derivation.tex  equations/BP1.tex … BP4.tex
  markdown  derivation.md
"""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeAlias

import click

from symbackprop.cli.screen import Screen
from symbackprop.cli.speech import worded
from symbackprop.cli.streams import write_raw
from symbackprop.errors import MissingExtraError
from symbackprop.frozen import dataclass

if TYPE_CHECKING:
    from symbackprop.cli.documents import Asked
    from symbackprop.cli.request import Request
    from symbackprop.exposition.formats import Files, Format

MOST_NAMES = 2  # of one folder; of more, the first and the last are named
MOST_OBVIOUS = 4  # files whose number one sees, BP1 … BP4


@dataclass(frozen=True, slots=True)
class Growing:
    """A text that is made while it is written: its parts, and about how many there are."""

    parts: Iterable[str]
    count: int

    def passed(self, told: Callable[[str, int], None]) -> Iterator[str]:
        """Yield the parts, each of which is told of."""
        for part in self.parts:
            yield part
            told("", 1)


Contents: TypeAlias = Mapping[str, bytes | str | Growing]  # of files


@dataclass(frozen=True, slots=True)
class Delivery:
    """In which formats documents go out, which of 'all' cannot be made here, and where they go.

    `owner` is the word for what they tell of. With `force` files of the user's are replaced; with `stdout` the one
    document goes to standard output."""

    formats: tuple[Format, ...]
    lacking: tuple[Format, ...]
    folder: str
    owner: str
    force: bool
    stdout: bool

    @classmethod
    def of(
        cls, asked: Asked, wanted: Request, formats: tuple[tuple[Format, ...], tuple[Format, ...]], at: tuple[str, str]
    ) -> Delivery:
        """Return what is asked for; `at` are the word for what is told of a network, and its language.

        Raises UsageError where standard output would get several formats, OutputError for a folder without a name, or
        one that cannot be written to."""
        chosen, lacking = formats
        if asked.stdout and len(chosen) != 1:
            raise click.UsageError(f"--stdout wants one format, got {len(chosen)}; try --stdout --to latex")
        folder = wanted.folder(asked.output, *at)
        if chosen and not asked.stdout:
            from symbackprop.files import check_place

            check_place(folder)
        return cls(chosen, lacking, folder, wanted.owner(*at), asked.force, asked.stdout)

    def pour_out(self, made: Callable[[Format], Contents]) -> None:
        """Write the main file of the one format to standard output; raises UsageError for bytes to a terminal."""
        (chosen,) = self.formats
        files = made(chosen)
        content = chosen.alone_of(files)
        if isinstance(content, Growing):
            content = content.parts
        if isinstance(content, bytes) and sys.stdout.isatty():
            raise click.UsageError(f"{chosen.name} is not text for a terminal; try > {chosen.main_of(files)}")
        write_raw(content)

    def write(
        self,
        screen: Screen,
        made: Callable[[Format], Contents],
        show: Callable[[], object],
        *,
        others: Files | None = None,
        said: Sequence[str] | None = None,
    ) -> None:
        """Make the files of all formats, write them and the `others` to their place, all or none, and say which.

        What else the command tells it will `show` then: of what cannot be told, or written, nothing is shown. `said`
        are the lines between the two, "Written:" where there are no others."""
        from symbackprop.files import write_all

        parts: dict[Format, Contents] = {}
        with screen.working("writing") as told:
            for chosen in self.formats:
                told(f"writing {chosen.name}", 1)
                parts[chosen] = made(chosen)
        files = {name: content for part in parts.values() for name, content in part.items()}
        count = sum(each.count for each in files.values() if isinstance(each, Growing))
        with screen.working("writing", steps=count or None) as told:
            whole = {name: each.passed(told) if isinstance(each, Growing) else each for name, each in files.items()}
            write_all(self.folder, {**whole, **(others or {})}, force=self.force, owner=self.owner)
        show()
        for line in (worded("Written:"),) if said is None else said:
            screen.say(line)
        self._say_written(screen, parts, others={"numbers": tuple(others)} if others else {})

    def _say_written(
        self, screen: Screen, parts: Mapping[Format, Contents], *, others: Mapping[str, Sequence[str]]
    ) -> None:
        """Say which files there are, format by format, what lies there of other networks, and what was not made."""
        from symbackprop.files import of_others

        names = {chosen.name: _main_first(chosen, part) for chosen, part in parts.items()}
        for line in listed(self.folder, {**names, **others}, screen.width):
            screen.say(line)
        for other, left in of_others(self.folder, self.owner).items():
            told = f"{left[0]} and {len(left) - 1} more" if len(left) > 1 else left[0]
            line = f"Beside them lie files of another network, {other}: {told}; keep the two apart with -o."
            screen.tell(line)
        for chosen in self.lacking:
            needed, advice = ", ".join(chosen.missing), MissingExtraError.advice("export")
            screen.say(worded(f"Not made: {chosen.name}, which needs {needed}; try: {advice}"), "dim")


def _main_first(chosen: Format, files: Contents) -> tuple[str, ...]:
    main = chosen.main_of(files)
    return (main, *(name for name in files if name != main))


def listed(folder: str, files: Mapping[str, Sequence[str]], width: int) -> list[str]:
    """Return the lines that say what was written into a folder.

    files: name of a format -> paths inside the folder, the one that is read first in front"""
    margin = max(map(len, files), default=0) + 2
    lines = [f"{folder.rstrip(os.sep)}{os.sep}"]
    for name, paths in files.items():
        first = f"  {name:{margin}}"
        named = "  ".join((*paths[:1], *_by_folder(paths[1:])))
        lines += textwrap.wrap(named, width, initial_indent=first, subsequent_indent=" " * len(first))
    return lines


def _by_folder(paths: Iterable[str]) -> Iterable[str]:
    """Yield paths, of each folder no more than two: equations/BP1.tex … BP4.tex."""
    folders: dict[PurePosixPath, list[str]] = {}
    for path in map(PurePosixPath, paths):
        folders.setdefault(path.parent, []).append(path.name)
    for folder, names in folders.items():
        if len(names) <= MOST_NAMES:
            yield from (str(folder / name) for name in names)
        else:
            many = f" ({len(names)} files)" if len(names) > MOST_OBVIOUS else ""
            yield f"{folder / names[0]} … {names[-1]}{many}"
