"""No option is passed over: what is typed changes what is asked for, or is refused in one line."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from io import BytesIO

import pytest
from pptx import Presentation

from symbackprop.calculus.backpropagation import Derivation, derive
from symbackprop.cli.command import COMMANDS, Option
from symbackprop.exposition.document import Display, Document, Figure, Heading, Steps
from symbackprop.exposition.formats import FORMATS, LABELS, pdf, png
from symbackprop.exposition.narration import narrate
from symbackprop.exposition.options import CHOICES, PLAIN, Options
from symbackprop.exposition.rendering import files_of
from symbackprop.network.model import mlp

pytestmark = pytest.mark.combinations

SELECTIONS = {"level": "short", "only": "BP1"}  # labels of what is told, which the narrator follows
COLOURS = {"cost": "#AA0000", "activation": "#006600", "input": "#000066", "error": "#660066"}
OPTIONS = [
    pytest.param(command, option, id=f"{command} {option.flag}")
    for command in COMMANDS
    for option in COMMANDS[command].params
    if isinstance(option, Option) and (option.needs or option.beside)
]
VALUES = {
    "notation": "rows",
    "partials": "w_1_1_1",
    "to": "latex",
    "max_operations": "99",
    "seed": "1",
    "level": "short",
}


def typed(option: Option) -> list[str]:
    """Return an option as it is typed, with a value where it takes one."""
    return [option.flag] if option.is_flag else [option.flag, VALUES.get(option.name, "there")]


@pytest.mark.parametrize(("command", "option"), OPTIONS)
def test_option_that_is_for_another_request_is_refused(cli, command: str, option: Option) -> None:
    """An option that does nothing unless, or where, another one is typed says so, and nothing is written."""
    named = {each.name: each for each in COMMANDS[command].params}
    for others in (*[[]] * bool(option.needs), *(typed(named[other]) for other in option.beside)):
        done = cli(command, *typed(option), *others)
        assert (2, "", ()) == (done.status, done.out, done.files)
        assert done.complaint.startswith(f"symbackprop: {option.flag} ")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ("derive --flavour marp --to latex", "--flavour changes nothing in latex; try --to markdown, or leave it out"),
        ("derive --template t.pptx --to latex,svg", "--template changes nothing in latex, svg; try --to pptx, or"),
        ("derive --aspect 4:3 --template t.pptx --to pptx", "--aspect changes nothing in pptx; try --to beamer, or"),
        ("derive --steps slides", "--steps changes nothing in latex, markdown; try --to deck, or leave it out"),
        ("derive --steps clicks --to markdown --flavour slidev", "--steps changes nothing in markdown; try --to deck"),
        ("derive --fallback none --to docx", "--fallback changes nothing in docx; try --to pptx, or leave it out"),
        ("derive --author A --to svg", "--author changes nothing in svg; try --to beamer, or leave it out"),
        ("derive --title T --to svg --stdout", "--title changes nothing in svg; try --to beamer, or leave it out"),
        ("derive --partial b_1_1 -o there", "--output changes nothing in a derivative on the screen; leave it out"),
        ("derive --partial b_1_1 --to nonsense", "format 'nonsense' is unknown"),
        ("derive --to all,nonsense", "format 'nonsense' is unknown"),
        ("example --to nonsense --stdout", "format 'nonsense' is unknown"),
        ("example --steps 2 --steps slides", "--steps changes nothing in latex, markdown; try --to deck"),
        ("example --aspect 4:3", "--aspect changes nothing in latex, markdown; try --to beamer, or leave it out"),
        ("train --outputs 1", "--outputs changes nothing of data 'xor'; it is for a table such as .csv, leave it out"),
        ("verify --cost mse -c huber", "--cost is said twice; keep one of them"),
    ],
)
def test_what_would_change_nothing_is_refused(cli, tmp_path, arguments: str, complaint: str) -> None:
    """An option that no format of those that are asked for follows is answered with one that does."""
    (tmp_path / "t.pptx").write_bytes(template())
    done = cli(*arguments.split())
    assert done.complaint.startswith(f"symbackprop: {complaint}")
    assert (2, "", ("t.pptx",)) == (done.status, done.out, done.files)


@pytest.fixture(scope="module")
def derivation() -> Derivation:
    """Return the derivation of a small network."""
    return derive(mlp("1-1"))


@pytest.fixture(scope="module")
def document(derivation: Derivation) -> Document:
    """Return enough of its story for a picture, colours, and a slide with steps."""
    told = narrate(derivation, title="T", author="A", date="D")
    kinds = (Heading, Figure, Display, Steps)
    first = [next(block for block in told.blocks if isinstance(block, kind)) for kind in kinds[:3]]
    coloured = next(block for block in told.blocks if isinstance(block, Steps) and block.lines[0].roles)
    return replace(told, talk=None, blocks=(*first, coloured))


@pytest.fixture(scope="module")
def stories(derivation: Derivation) -> dict[str, Document]:
    """Return the whole story, and what is told where something is selected, by the label that says so."""
    selected = {label: narrate(derivation, **{label: wish}) for label, wish in SELECTIONS.items()}
    return {"whole": narrate(derivation), **selected}


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a PDF be the source that Typst would make it of, and pictures be little: what differs there, differs."""
    monkeypatch.setattr(pdf, "compiled", lambda source, document: source)
    monkeypatch.setattr(png, "png", partial(png.png, zoom=0.1))


def template() -> bytes:
    """Return a presentation of somebody's."""
    content = BytesIO()
    Presentation().save(content)
    return content.getvalue()


def answers(name: str, beside: Options) -> list[Options]:
    """Return options that differ from others in the answer to one question, for each other answer."""
    given = {"colours": [COLOURS], "template": [None, template()]}.get(name) or CHOICES[name]
    return [replace(beside, **{name: answer}) for answer in given if answer != getattr(beside, name)]


CASES = [
    *(pytest.param(name, PLAIN, id=name) for name in FORMATS),
    *(pytest.param("markdown", Options(flavour=name), id=f"markdown-{name}") for name in CHOICES["flavour"][1:]),
    pytest.param("pptx", Options(template=template()), id="pptx-template"),
]


@pytest.mark.usefixtures("quickly")
@pytest.mark.parametrize(("name", "beside"), CASES)
def test_format_follows_what_it_says_it_follows(
    derivation: Derivation, document: Document, stories: dict[str, Document], name: str, beside: Options
) -> None:
    """What a format says that it follows, label or option, changes what it writes, and nothing else does."""
    plain = files_of(derivation, document, name, options=beside)
    changing = {
        option
        for option in (*CHOICES, "template", "colours")
        if any(plain != files_of(derivation, document, name, options=other) for other in answers(option, beside))
    }
    for label in LABELS - {"colours", *SELECTIONS}:
        told = replace(document, **{label: "Other"})
        changing |= {label} if plain != files_of(derivation, told, name, options=beside) else set()
    whole = files_of(derivation, stories["whole"], name, options=beside)
    for label in SELECTIONS:
        changing |= {label} if whole != files_of(derivation, stories[label], name, options=beside) else set()
    assert FORMATS[name].followed(beside) == changing
