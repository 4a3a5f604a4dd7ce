"""Which pieces go on one slide: as few slides as can be, filled evenly, nothing torn from what it belongs to."""

from __future__ import annotations

import pytest

from symbackprop.exposition.paging.cutting import Piece, cut

ROOM = 300.0


def pieces(*heights: float, **properties: bool) -> list[Piece[str]]:
    """Return pieces of these heights."""
    return [Piece(str(height), height, **properties) for height in heights]


def counts(given: list[Piece[str]]) -> list[int]:
    """Return how many pieces each slide has, once it is sure that all are there in their order."""
    shares = list(cut(given, ROOM))
    assert [piece.content for piece in given] == [piece.content for share in shares for piece in share]
    return [len(share) for share in shares]


@pytest.mark.parametrize(
    ("heights", "shares"),
    [
        ([70] * 4, [4]),
        ([70] * 5, [3, 2]),
        ([70] * 6, [3, 3]),
        ([80] * 9, [3, 3, 3]),
        ([250, 80, 250], [1, 1, 1]),
        ([500], [1]),
    ],
)
def test_slides_are_filled_evenly(heights: list[float], shares: list[int]) -> None:
    """As few slides as can be, and none with one line alone where it could be otherwise."""
    assert sorted(shares) == sorted(counts(pieces(*heights)))


def test_sentence_stays_with_what_it_leads_to() -> None:
    """A piece that is held is not the last one of a slide, not even where what it leads to fills a slide alone."""
    assert [2, 2] == counts([*pieces(70, 70), *pieces(70, held=True), *pieces(190)])
    assert [3, 1] == counts(pieces(70, 70, 70, 190))
    assert [1, 2] == counts([*pieces(70), *pieces(70, held=True), *pieces(290)])


def test_what_breaks_begins_a_slide() -> None:
    """A piece that begins a slide does so even where there is room before it."""
    assert [1, 2] == counts([*pieces(10), *pieces(10, breaks=True), *pieces(10)])


def test_chain_is_torn_only_where_that_saves_a_slide() -> None:
    """Lines with one left side stay together where slides are a little less even for it, and part where they must."""
    chained = [*pieces(50, 50), *pieces(60, chained=True), *pieces(60, 60, 60)]
    assert [4, 2] == counts(chained)
    assert [3, 3] == counts(pieces(50, 50, 60, 60, 60, 60))
    assert [2, 2] == counts([*pieces(140, 140, 140, chained=True), *pieces(140)])


def test_remark_that_would_take_a_slide_has_no_height() -> None:
    """What is optional and has no room is said with the slide that it closes; where there is room, it is shown."""
    full, loose = [*pieces(100, 100, 90), *pieces(60, optional=True)], [*pieces(80, 80, 70), *pieces(60, optional=True)]
    assert [[100, 100, 90, 0.0]] == [[piece.height for piece in share] for share in cut(full, ROOM)]
    assert [[80, 80, 70, 60]] == [[piece.height for piece in share] for share in cut(loose, ROOM)]


def test_what_takes_no_room_begins_no_slide() -> None:
    """Words that are only said stay on the slide before them, however full it is: no slide is empty."""
    assert [1, 2] == counts(pieces(500, 10, 0.0))
    assert [1, 1, 2] == counts(pieces(290, 290, 290, 0.0))
