"""Windows over axes: which entries a kernel or a pool reads, what lies outside left out.

place s·i + d·u - ... of the axis for the window i and the place u inside it, counted from 1
padding   the places outside are left out, or with a dilation read as zeros of a padded array
windows   ⌊(n + 2p - d(k - 1) - 1)/s⌋ + 1, a rest that fills no window being left out
"""

from __future__ import annotations

from dataclasses import replace

from symbackprop.errors import ShapeError
from symbackprop.frozen import dataclass
from symbackprop.network.layers import Size


@dataclass(frozen=True, slots=True)
class Window:
    """Windows along one axis of `size` entries: their `width`, and stride, padding and dilation."""

    size: Size
    width: Size
    stride: int = 1
    padding: int = 0
    dilation: int = 1

    @property
    def count(self) -> int:
        """How many windows there are; raises ShapeError where there is room for none."""
        room = self.size.number + 2 * self.padding - self.dilation * (self.width.number - 1) - 1
        if room < 0:
            raise ShapeError(
                f"a window of {self.dilation * (self.width.number - 1) + 1} does not fit in {self.size.number} entries"
                + f" with padding {self.padding}" * bool(self.padding)
            )
        return room // self.stride + 1

    @property
    def reads_padding(self) -> bool:
        """Whether the places outside are read as zeros: with a dilation, which of them lie in the array is no range."""
        return self.padding > 0 and self.dilation > 1

    def padded(self, size: Size) -> Window:
        """Return the same windows over an axis of `size` entries that has the zeros in it."""
        return replace(self, size=size, padding=0)

    def inside(self, i: str, j: str) -> str:
        """Return the range of j, one place or none, that makes entry i of the padded axis an entry of the array."""
        return f"{j} = max(1, {i} - {self.padding})..min({self.size.name}, {i} - {self.padding})"

    def place(self, i: str, u: str) -> str:
        """Return the place that window i reads with the place u inside it."""
        shift = -self.stride - self.dilation + 1 - self.padding
        return f"{_times(self.stride, i)} + {_times(self.dilation, u)}" + (f" - {-shift}" if shift else "")

    def range(self, i: str, u: str) -> str:
        """Return the range of the place inside the window: u, or with padding the places that lie in the array."""
        if not self.padding:
            return f"{u} = 1..{self.width.name}"
        first = f"{self.stride + self.padding + 1} - {_times(self.stride, i)}"
        last = f"{self.size.name} + {self.stride + self.padding} - {_times(self.stride, i)}"
        return f"{u} = max(1, {first})..min({self.width.name}, {last})"


def _times(factor: int, letter: str) -> str:
    return letter if factor == 1 else f"{factor}*{letter}"
