"""`symbackprop exercise`: sheets with blanks and their keys, and question banks for a learning platform."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from symbackprop.cli.cluster import scheduler_option
from symbackprop.cli.command import command, under
from symbackprop.cli.documents import DEFAULT_FORMATS, Asked, document_options_without, formats_of
from symbackprop.cli.request import network_options, request, seed_option
from symbackprop.cli.screen import Screen
from symbackprop.cli.speech import counted
from symbackprop.cli.wishes import Wishes
from symbackprop.cli.writing import Contents, Delivery, Growing

if TYPE_CHECKING:
    from symbackprop.cli.bank import Workers
    from symbackprop.exposition.exercise.paper import Exercise, Paper
    from symbackprop.exposition.formats import Format

BANK, CLOZE = "moodle", "cloze"  # formats that only exercises have: questions one by one, or whole sheets

_exercise = under("Exercise")


@command(
    "exercise",
    place=4,
    examples=(
        ("symbackprop exercise 2-2-1", "A sheet and its key: compute the numbers of one sample by hand."),
        (
            "symbackprop exercise 2-3-2 -a relu,identity --kind line --variants 5 --to docx,pdf",
            "Five sheets, on each of which parts of the derivation are missing, and their keys.",
        ),
        ("symbackprop exercise 2-2-1 --variants 30 --to moodle", "A question bank with thirty variants."),
        ("symbackprop exercise --variants 10000 --to moodle --scheduler local", "Ten thousand, on all cores, by Dask."),
    ),
)
@network_options
@document_options_without("level")
@click.option(
    "--kind",
    cls=_exercise,
    metavar="WORD",
    default="compute",
    show_default=True,
    help="What is asked: compute (numbers), line (a part of a line), order (of lines), mistake (a wrong line).",
)
@click.option(
    "--variants", cls=_exercise, type=int, metavar="N", default=1, show_default=True, help="How many sheets there are."
)
@click.option(
    "--questions", cls=_exercise, type=int, metavar="N", help="How many stand on a sheet.  [default: that of the kind]"
)
@seed_option()
@scheduler_option()
def exercise(*, kind: str, variants: int, questions: int | None, seed: int | None, scheduler: str | None) -> int:
    """Set exercises, sheets and keys apart.

    What is blank is a part of a derived formula, and the key is that part; numbers are drawn until they come out
    pleasantly and a slip shows. Besides the formats for documents, --to takes moodle: a question bank in Moodle's XML,
    and cloze: the same with a whole sheet as one question.

    NETWORK is a shape such as 2-2-1, a layer line, a file .toml, .json or .eq, or left out: 2-3-1."""
    from symbackprop.cli.bank import Workers
    from symbackprop.exposition.exercise.paper import exercise as made_of
    from symbackprop.exposition.exercise.questions import KINDS

    asked = Asked.here()
    wanted = request(title=asked.title)
    wishes = asked.wishes(wanted.spec)
    formats, lacking = _formats(asked.to or DEFAULT_FORMATS)
    asked.check_effect(formats, wishes.options)
    workers = None if scheduler is None else Workers(wanted.source, scheduler)
    if workers and ([each.name for each in formats] != [BANK] or asked.stdout):
        raise click.UsageError("--scheduler is for a question bank in a file; try it with --to moodle")
    kind = KINDS.canonical(kind)
    delivery = Delivery.of(asked, wanted, (formats, lacking), (f"exercise-{kind}", wishes.language))
    wishes.check()
    made = made_of(
        wanted.said,
        kind=kind,
        seed=wanted.seed(seed),
        variants=variants,
        questions=questions,
        end=1 if {each.name for each in formats} <= {BANK, CLOZE} else None,  # what the screen shows
    )
    made = replace(made, convention=wishes.convention)
    if asked.stdout:
        delivery.pour_out(lambda chosen: _files(made, chosen, wishes, asked.title, papers=(made.sheet,)))
        return 0
    screen = Screen.of_process()
    delivery.write(
        screen,
        lambda chosen: _files(made, chosen, wishes, asked.title, workers=workers),
        lambda: _show(screen, made, wishes, asked.title),
    )
    return 0


def _formats(to: str) -> tuple[tuple[Format, ...], tuple[Format, ...]]:
    """Return the formats that are asked for, and those of 'all' that are not installed; a bank is one of them.

    Raises UsageError for a format that writes derivations alone, and as `formats_of` does."""
    from symbackprop.exposition.exercise.cloze import CLOZE_FORMAT
    from symbackprop.exposition.exercise.moodle import BANK_FORMAT

    banks = {BANK: BANK_FORMAT, CLOZE: CLOZE_FORMAT}
    names = [name.strip() for name in to.split(",")]
    others = [name for name in names if name not in banks]
    chosen, lacking = formats_of(",".join(others)) if others else ((), ())
    if "all" in names:
        chosen = tuple(each for each in chosen if each.alone)
        lacking = tuple(each for each in lacking if each.alone)
    for each in chosen:
        if not each.alone:
            raise click.UsageError(f"{each.name} writes a derivation, not what is asked about it; try --to html")
    return (*chosen, *(banks[name] for name in banks if name in names)), lacking


def _files(
    made: Exercise,
    chosen: Format,
    wishes: Wishes,
    title: str | None,
    *,
    papers: tuple[Paper, ...] | None = None,
    workers: Workers | None = None,
) -> Contents:
    """Return the files of one format: of every sheet and key, or of some of them; a bank is made as it is written."""
    from symbackprop.exposition.exercise.cloze import cloze_part
    from symbackprop.exposition.exercise.moodle import bank_of, bank_part

    if chosen.name in (BANK, CLOZE):
        part_of = bank_part if chosen.name == BANK else cloze_part
        part = part_of(replace(made, plan=replace(made.plan, end=None)), wishes.labels(title))
        parts, count = (
            (workers.parts(made, wishes, title), len(workers.starts(made))) if workers else (part, made.plan.variants)
        )
        return {chosen.main: Growing(bank_of(parts), count)}
    files: dict[str, str | bytes] = {}
    for paper in papers or made.papers:
        files |= paper.named(wishes.files(paper, chosen.name, title=title))
    return files


def _show(screen: Screen, made: Exercise, wishes: Wishes, title: str | None) -> None:
    """Write the answers of the first sheet to the screen."""
    from symbackprop.cli.told import lines_of

    key = made.key.document(wishes.labels(title))
    screen.title(key.title)
    for line in lines_of(key, wishes.pen(screen), screen.width):
        screen.say(line)
    screen.say()
    count = made.plan.variants
    if count > 1:
        screen.tell(f"These are the answers of the first of {counted(count, 'sheet')}.")
