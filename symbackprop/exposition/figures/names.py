"""What pictures are called, where they are files."""

from __future__ import annotations

from collections import Counter

from symbackprop.calculus.partials import Partial
from symbackprop.exposition.document import Document, Figure, Picture
from symbackprop.exposition.figures.graph import GraphPicture
from symbackprop.exposition.figures.layout import NetworkPicture
from symbackprop.network.notation import COST


def picture_names(document: Document) -> dict[Picture, str]:
    """Return what each picture of a document is called, in their order: network, network-2, … of several of a kind."""
    names, count = {}, Counter[str]()
    for block in document.blocks:
        if isinstance(block, Figure) and block.picture not in names:
            kind = _kind(block.picture)
            count[kind] += 1
            names[block.picture] = kind if count[kind] == 1 else f"{kind}-{count[kind]}"
    return names


def _kind(picture: Picture) -> str:
    """Return what a picture is of: a chain by its rates, if they are numbers, and by whether it goes back."""
    if isinstance(picture, GraphPicture):
        return picture.name
    if isinstance(picture, NetworkPicture):
        return f"network-{picture.numbers}" if picture.numbers else "network"
    if not any(isinstance(link.rate, Partial) for link in picture.links):
        return "gears" if COST not in picture.quantities else "chain-numbers"
    return "chain" if picture.named is None else "chain-back"
