"""What appears on which click: the p:timing of a slide, with an entrance effect "Appear" for each shape."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from xml.etree.ElementTree import Element

from symbackprop.exposition.mathtext.omml import node
from symbackprop.exposition.office.xml import worded

__all__ = ["timing"]


def timing(clicks: Sequence[Sequence[int]]) -> Element:
    """Return the timing of a slide: with each click, the shapes whose numbers are given appear together."""
    ids = count(1)
    root = {"id": next(ids), "dur": "indefinite", "restart": "never", "nodeType": "tmRoot"}
    main = {"id": next(ids), "dur": "indefinite", "nodeType": "mainSeq"}
    sequence = node(
        "p:seq",
        {"concurrent": 1, "nextAc": "seek"},
        node("p:cTn", main, node("p:childTnLst", None, *(_click(shapes, ids) for shapes in clicks))),
        node("p:prevCondLst", None, _turn("onPrev")),
        node("p:nextCondLst", None, _turn("onNext")),
    )
    whole = node("p:par", None, node("p:cTn", root, node("p:childTnLst", None, sequence)))
    return node("p:timing", None, node("p:tnLst", None, whole))


def _turn(event: str) -> Element:
    return node("p:cond", {"evt": event, "delay": 0}, node("p:tgtEl", None, node("p:sldTgt")))


def _start(delay: str) -> Element:
    return node("p:stCondLst", None, node("p:cond", {"delay": delay}))


def _click(shapes: Sequence[int], ids: Iterator[int]) -> Element:
    """Return what one click does: a group that waits for it, and in the group all the shapes at once."""
    outer, inner = next(ids), next(ids)
    effects = [_appear(shape, ids, first=not place) for place, shape in enumerate(shapes)]
    together = node("p:cTn", {"id": inner, "fill": "hold"}, _start("0"), node("p:childTnLst", None, *effects))
    waiting = node(
        "p:cTn",
        {"id": outer, "fill": "hold"},
        _start("indefinite"),
        node("p:childTnLst", None, node("p:par", None, together)),
    )
    return node("p:par", None, waiting)


def _appear(shape: int, ids: Iterator[int], *, first: bool) -> Element:
    effect = {
        "id": next(ids),
        "presetID": 1,
        "presetClass": "entr",
        "presetSubtype": 0,
        "fill": "hold",
        "nodeType": "clickEffect" if first else "withEffect",
    }
    behaviour = node(
        "p:cBhvr",
        None,
        node("p:cTn", {"id": next(ids), "dur": 1, "fill": "hold"}, _start("0")),
        node("p:tgtEl", None, node("p:spTgt", {"spid": shape})),
        node("p:attrNameLst", None, worded("p:attrName", "style.visibility")),
    )
    visible = node("p:set", None, behaviour, node("p:to", None, node("p:strVal", {"val": "visible"})))
    return node("p:par", None, node("p:cTn", effect, _start("0"), node("p:childTnLst", None, visible)))
