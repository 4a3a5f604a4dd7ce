"""The gist of a paragraph: whole sentences that a slide has room for, and the rest for the speaker."""

from __future__ import annotations

import pytest
from sympy import Symbol

from symbackprop.exposition.document import Display, Emphasis, Formula, Heading, Prose, Table, Text
from symbackprop.exposition.paging.richtext import plain
from symbackprop.exposition.paging.topics import LINE, ROOM, digest, leads, opening, sentences, topics

X = Formula((Symbol("x"),))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (("One. Two! Three?",), [("One.",), ("Two!",), ("Three?",)]),
        (
            (
                "Turn ",
                X,
                " a little. Then look.",
            ),
            [("Turn ", X, " a little."), ("Then look.",)],
        ),
        (("At 0.5 it is 1.5 times as large.",), [("At 0.5 it is 1.5 times as large.",)]),
        (("So it goes: one after the other.",), [("So it goes: one after the other.",)]),
        ((" ",), []),
    ],
)
def test_sentences_end_where_they_end(text: tuple[object, ...], parts: list[tuple[object, ...]]) -> None:
    """A full stop in a number ends nothing, a formula belongs to its sentence, a colon holds its halves together."""
    assert parts == [tuple(sentence) for sentence in sentences(text)]


def test_gist_is_whole_sentences_that_fit(told, network: str, lang: str) -> None:
    """What a slide shows of a paragraph is its beginning, its end, or what is stressed in it, and never too long."""
    document = told(network, lang)
    shown = 0
    for block in document.blocks:
        if isinstance(block, Prose):
            gist, whole = plain(digest(block.text, document), document), plain(block.text, document)
            stressed = any(isinstance(part, Emphasis) and part.text == gist for part in block.text)
            assert not gist or whole.startswith(gist) or whole.endswith(gist) or stressed
            assert len(gist) <= ROOM or stressed
            assert len(plain(digest(block.text, document, LINE), document)) <= LINE or stressed
            shown += bool(gist)
    assert shown > 10


def test_stressed_sentence_comes_before_all_others(told) -> None:
    """What the author stresses is what the slide says."""
    rule = Emphasis("The derivative of a composition is a product.")
    text = ("Rates multiply. ", rule, " So it is.")
    assert (rule,) == digest(text, told("plain", "en"))


def test_long_sentences_are_left_to_the_speaker(told) -> None:
    """A sentence that no slide has room for is not cut; if the last one is short, it is shown."""
    document = told("plain", "en")
    assert () == digest(("A word " * 40 + "and no end.",), document)
    assert ("It is short.",) == digest(("A word " * 40 + "and no end. It is short.",), document)


def test_topics_hold_every_block_once(told, network: str, lang: str) -> None:
    """The opening and the topics are the document in its order, but for what is only said before a first part."""
    document = told(network, lang)
    blocks, said = list(opening(document)), []
    for topic in topics(document):
        assert topic.section.level == 1
        blocks += [topic.heading, *topic.blocks]
        said += topic.before
    left = [block for block in document.blocks if block not in blocks]
    assert said == [block.text for block in left if isinstance(block, Prose)]
    assert all(isinstance(block, Prose | Heading) for block in left)
    assert [block for block in document.blocks if block in blocks] == blocks
    assert not [block for block in opening(document) if isinstance(block, Display)]


@pytest.mark.parametrize(("text", "stays"), [(("Then back:",), True), (("Then back.",), False), (("Of ", X), False)])
def test_what_a_colon_announces_stays_with_it(text: Text, stays: bool) -> None:
    """A paragraph that ends with a colon keeps to the page of the next one; another one does not."""
    assert stays == leads(None, Prose(text), Prose(("A layer",)))
    assert leads(None, Prose(text), Table((), (), ""))
