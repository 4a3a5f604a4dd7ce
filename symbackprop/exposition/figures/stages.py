"""In which order a picture is shown: a path lights up from layer to layer, a chain grows link by link."""

from __future__ import annotations

from symbackprop.exposition.figures.layout import ChainPicture, NetworkPicture

__all__ = ["path_starts", "stage", "stages"]


def stages(picture: object) -> int:
    """Return how many clicks it takes until all of a picture is shown that is there from the beginning."""
    match picture:
        case NetworkPicture():
            return len(path_starts(picture))
        case ChainPicture(links=links, named=named):
            return len(links) + (named is not None)
        case _:
            return 0


def path_starts(picture: NetworkPicture) -> tuple[float, ...]:
    """Return where edges of the path begin, from left to right; the picture has a stage for each of these places."""
    return tuple(sorted({edge.start[0] for edge in picture.edges if edge.on_path}))


def stage(picture: NetworkPicture, place: float) -> int:
    """Return the stage at which edges that begin at a place light up, or the last ones before it; errors come back."""
    back = picture.numbers == "back"
    return sum(start >= place if back else start <= place for start in path_starts(picture))
