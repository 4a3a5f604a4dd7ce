"""Documents on their way out: one to standard output, or several into a folder, with what is said about them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from symbackprop.cli.folder import listed
from symbackprop.cli.screen import Screen
from symbackprop.cli.speech import worded
from symbackprop.cli.streams import write_raw
from symbackprop.errors import MissingExtraError

if TYPE_CHECKING:
    from symbackprop.exposition.formats import Files, Format

__all__ = ["Place", "only", "pour_out", "say_written", "write_formats"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where documents go, the word for what they tell of, and whether they replace files of the user's."""

    folder: str
    owner: str
    force: bool


def only(formats: Sequence[Format]) -> Format:
    """Return the one format that is asked for; raises UsageError for several."""
    if len(formats) != 1:
        raise click.UsageError(f"--stdout wants one format, got {len(formats)}; try --stdout --to latex")
    return formats[0]


def pour_out(chosen: Format, files: Files) -> None:
    """Write the main file of a format to standard output, byte by byte; raises UsageError for bytes to a terminal."""
    main = chosen.main_of(files)
    content = files[main]
    if isinstance(content, bytes) and sys.stdout.isatty():
        raise click.UsageError(f"{chosen.name} is not text for a terminal; try > {main}")
    write_raw(content)


def write_formats(
    screen: Screen,
    formats: Sequence[Format],
    made: Callable[[Format], Files],
    *,
    place: Place,
    others: Files | None = None,
) -> Mapping[Format, Files]:
    """Make the files of all formats, write them and the `others` to their place, all or none, and return them."""
    from symbackprop.files import write_all

    parts: dict[Format, Files] = {}
    with screen.working("writing") as told:
        for chosen in formats:
            told(f"writing {chosen.name}", 1)
            parts[chosen] = made(chosen)
    files = {name: content for part in parts.values() for name, content in part.items()}
    write_all(place.folder, {**files, **(others or {})}, force=place.force, owner=place.owner)
    return parts


def _main_first(chosen: Format, files: Files) -> tuple[str, ...]:
    main = chosen.main_of(files)
    return (main, *(name for name in files if name != main))


def say_written(
    screen: Screen,
    place: Place,
    parts: Mapping[Format, Files],
    *,
    lacking: Sequence[Format],
    others: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Say which files were written, format by format, what lies there of other networks, and what was not made."""
    from symbackprop.files import of_others

    names = {chosen.name: _main_first(chosen, part) for chosen, part in parts.items()}
    for line in listed(place.folder, {**names, **(others or {})}, screen.width):
        screen.say(line)
    for other, left in of_others(place.folder, place.owner).items():
        told = f"{left[0]} and {len(left) - 1} more" if len(left) > 1 else left[0]
        line = f"Beside them lie files of another network, {other}: {told}; keep the two apart with -o."
        screen.tell(line)
    for chosen in lacking:
        needed, advice = ", ".join(chosen.missing), MissingExtraError.advice("export")
        screen.say(worded(f"Not made: {chosen.name}, which needs {needed}; try: {advice}"), "dim")
