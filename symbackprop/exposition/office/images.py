"""The images of a presentation, each of them once; python-pptx would look through every slide for each new one."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.packuri import PackURI
from pptx.parts.image import ImagePart

if TYPE_CHECKING:
    from pptx.package import Package
    from pptx.slide import Slide


class Images:
    """Images in PNG that slides share."""

    def __init__(self, package: Package) -> None:
        """Number them as python-pptx does: from 1 on, without the numbers that a template has given."""
        names = [part.partname for part in package.iter_parts()]
        taken = {name.idx for name in names if name.startswith("/ppt/media/image")}
        self._package = package
        self._free = (number for number in count(1) if number not in taken)
        self._parts: dict[bytes, ImagePart] = {}

    def on(self, slide: Slide, png: bytes) -> str:
        """Return how a slide calls an image."""
        if png not in self._parts:
            name = PackURI(f"/ppt/media/image{next(self._free)}.png")
            self._parts[png] = ImagePart(name, "image/png", self._package, png)
        called: str = slide.part.relate_to(self._parts[png], RELATIONSHIP_TYPE.IMAGE)
        return called
