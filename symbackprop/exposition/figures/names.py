"""What pictures are called, where they are files."""

from __future__ import annotations

from symbackprop.calculus.partials import Partial
from symbackprop.exposition.figures.graph import GraphPicture
from symbackprop.exposition.figures.layout import ChainPicture, NetworkPicture

__all__ = ["picture_name"]


def picture_name(picture: NetworkPicture | ChainPicture | GraphPicture) -> str:
    """Return what a picture is called: a chain by its rates, if they are numbers, and by whether it goes back."""
    if isinstance(picture, NetworkPicture | GraphPicture):
        return "network"
    if not any(isinstance(link.rate, Partial) for link in picture.links):
        return "gears"
    return "chain" if picture.named is None else "chain-back"
