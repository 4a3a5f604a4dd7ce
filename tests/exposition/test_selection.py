"""What is told of a story: blocks and lines by their level, sections and equations by their names."""

from __future__ import annotations

import pytest

from symbackprop import derive, sequential
from symbackprop.errors import UnknownNameError
from symbackprop.exposition.document import Display, Document, Formula, Heading, Line, Prose, Reference, Steps
from symbackprop.exposition.languages import LANGUAGES
from symbackprop.exposition.levels import EVERY, LEVELS, Level, level_named
from symbackprop.exposition.narration import CHAPTERS, narrate
from symbackprop.exposition.selection import EQUATIONS, at, excerpt, told
from symbackprop.network.notation import COST

ONE, TWO = Prose(("One.",)), Prose(("Two.",))


def headings(document: Document) -> list[str]:
    """Return the keys of the headings."""
    return [block.key for block in document.blocks if isinstance(block, Heading)]


def equations(document: Document) -> set[str]:
    """Return the names of the equations that are stated."""
    return {block.name for block in document.blocks if isinstance(block, Display) and block.name}


def test_block_is_told_at_its_levels() -> None:
    """What says no level is told in a lecture and in full, what says one at that one alone."""
    story = (ONE, *at(Level.SHORT, TWO))
    assert [(ONE,), (ONE,), (TWO,)] == [told(story, level_named(name)) for name in LEVELS]


def test_line_after_lines_left_out_gives_their_reason() -> None:
    """A line that is not told takes its reason with it; the next one says why it follows from the one before."""
    first = Line(COST, "=", COST, ("given",))
    hidden = Line(None, "=", COST, ("hidden",), levels=Level.FULL)
    last = Line(None, "=", COST, ("from hidden",), brief=("from given",))
    story = at(EVERY, Steps((first, hidden, last)))
    reasons = {
        level: [line.reason[0] for block in told(story, level) if isinstance(block, Steps) for line in block.lines]
        for level in (Level.FULL, Level.LECTURE)
    }
    assert {Level.FULL: ["given", "hidden", "from hidden"], Level.LECTURE: ["given", "from given"]} == reasons


def test_sentence_names_a_section_that_is_not_told_by_its_title() -> None:
    """A number of a section that is not there would lead nowhere."""
    refers = Prose(("see ", Reference("a", ("“A”",))))
    section = Heading(("A",), key="a")
    assert (Prose(("see ", "“A”")),) == told((refers,), Level.FULL)
    assert (section, refers) == told((section, refers), Level.FULL)


def test_sections_are_called_by_the_keys_of_their_headings(told, network: str, lang: str) -> None:
    """Every chapter makes the section of its name."""
    assert list(CHAPTERS) == [b.key for b in told(network, lang).blocks if isinstance(b, Heading) and b.level == 1]
    assert [] == [name for name in CHAPTERS if f"section.{name}" not in LANGUAGES[lang]]


@pytest.mark.combinations
@pytest.mark.parametrize("level", LEVELS)
def test_each_section_can_be_told_alone(derived, lang: str, level: str) -> None:
    """A section that is asked for is there, at a level that tells nothing of it as well, and no other one."""
    for name in CHAPTERS:
        document = narrate(derived("plain"), lang=lang, level=level, only=[name])
        sections = [b.key for b in document.blocks if isinstance(b, Heading) and b.level == 1]
        assert [name] == sections
        assert len(document.blocks) > 1


@pytest.mark.parametrize("name", EQUATIONS)
def test_equation_is_told_without_the_others(derived, network: str, name: str) -> None:
    """What derives and states one equation stands under the heading of its section."""
    document = narrate(derived(network), only=name)
    assert {name} == equations(document)
    chains = {b.key.partition(" ")[0] for b in document.blocks if isinstance(b, Steps)} & set(EQUATIONS)
    assert {name} == chains
    assert document.sections


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_told_of_an_equation_begins_with_its_section(derived, level: str) -> None:
    """The first heading is one of level 1, also where a level tells of a section without its heading."""
    for name in EQUATIONS:
        begun = next(block for block in narrate(derived("plain"), only=name, level=level).blocks)
        assert isinstance(begun, Heading)
        assert 1 == begun.level
    section, part = Heading(("S",), 1, "s"), Heading(("P",), 2, "p")
    stated = Display(Formula((COST,)), name="BP1", key=True)
    story = (*at(Level.FULL, section, part, stated), *at(level_named(level), Heading(("Q",), 2, "q"), stated))
    assert section in told(excerpt(story, ("BP1",), level_named(level)), level_named(level))


def test_sections_and_equations_keep_the_order_of_the_story(derived) -> None:
    """Names may be given in any order, as a text or one by one."""
    document = narrate(derived("plain"), only="BP4, forward,BP2")
    assert ["forward", "error", "back"] == headings(document)
    assert document == narrate(derived("plain"), only=("BP2", "BP4", "forward"))
    assert {"BP2", "BP4"} == equations(document)


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        (
            {"only": "BP5"},
            "'BP5' is unknown; did you mean 'BP4'.* known: network, .*, evidence, numbers, BP1, BP2",
        ),
        ({"only": ["links", ""]}, "only: '' is unknown; known: network"),
        ({"level": "brief"}, "level 'brief' is unknown; known: lecture, full, short"),
    ],
)
def test_what_is_not_there_is_answered_with_the_list(derived, wish: dict[str, str], message: str) -> None:
    """A wrong name is refused in one line that says which there are."""
    with pytest.raises(UnknownNameError, match=message):
        narrate(derived("plain"), **wish)


@pytest.mark.parametrize("level", ["lecture", "full", "short"])
def test_derivative_by_an_array_is_told_without_the_others(level: str) -> None:
    """Of layers or equations the names are those of arrays, each told below the heading of its layer."""
    derivation = derive(sequential("3 -> dense(3) tanh -> layer_norm -> dense(2)"))
    told = narrate(derivation, only="W1,z1", level=level)
    assert ["z1", "W1"] == [block.key for block in told.blocks if isinstance(block, Steps)]
    assert [1, 2, 3, 3] == [block.level for block in told.blocks if isinstance(block, Heading)]


def test_section_of_equations_is_told_alone() -> None:
    """What `list sections` names of equations can be asked for, and a name that is none is answered with those."""
    derivation = derive(sequential("3 -> layer_norm"))
    assert {"onepage"} == {b.key for b in narrate(derivation, only="onepage").blocks if isinstance(b, Heading)}
    with pytest.raises(
        UnknownNameError, match=r"'BP2' is unknown; known: arrays, .*, evidence, numbers, a1, G1, b1, xi1"
    ):
        narrate(derivation, only="BP2")
