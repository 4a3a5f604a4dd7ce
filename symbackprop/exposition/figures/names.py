"""What pictures are called, where they are files."""

from __future__ import annotations

from symbackprop.calculus.partials import Partial
from symbackprop.exposition.figures.graph import GraphPicture
from symbackprop.exposition.figures.layout import ChainPicture, NetworkPicture
from symbackprop.network.notation import COST

__all__ = ["picture_name"]


def picture_name(picture: NetworkPicture | ChainPicture | GraphPicture) -> str:
    """Return what a picture is called: a chain by its rates, if they are numbers, and by whether it goes back."""
    if isinstance(picture, GraphPicture):
        return picture.name
    if isinstance(picture, NetworkPicture):
        return f"network-{picture.numbers}" if picture.numbers else "network"
    if not any(isinstance(link.rate, Partial) for link in picture.links):
        return "gears" if COST not in picture.quantities else "chain-numbers"
    return "chain" if picture.named is None else "chain-back"
