"""Somebody's derivatives beside those with a mistake: equal to the digits that they have, array by array."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

import numpy as np

from symbackprop.calculus.diagnosis import Remark
from symbackprop.frozen import dataclass
from symbackprop.numerics.diagnosis.layouts import rounding_of

EXACT = 1e-9  # of the largest entry of an array: what float64 loses in thousands of steps
CANCELLED = 1e-12  # of the largest derivative: an array that is 0 because terms cancel has their rounding
Arrays = Mapping[str, np.ndarray]


def _largest(found: Arrays) -> float:
    return max((float(np.max(np.abs(each), initial=0.0)) for each in found.values()), default=1.0)


@dataclass(frozen=True)
class Yours:
    """Derivatives by name, and how far each entry may be from what it was before it was printed."""

    arrays: Arrays
    rounding: Mapping[str, np.ndarray]
    digits: Remark

    @classmethod
    def of(cls, arrays: Arrays, scale: float = 1.0, printed: Arrays | None = None) -> Yours:
        """Return the arrays, their digits being those of what was `printed`, over `scale`."""
        shown = arrays if printed is None else printed
        found, digits = rounding_of(np.concatenate([np.ravel(shown[name]) for name in arrays]))
        whole = found / scale
        ends = np.cumsum([np.size(arrays[name]) for name in arrays])[:-1]
        parts = np.split(whole, ends)
        rounding = {n: part.reshape(np.shape(arrays[n])) for n, part in zip(arrays, parts, strict=True)}
        return cls(arrays, rounding, digits)

    def only(self, names: Sequence[str]) -> Yours:
        """Return some of the arrays."""
        return Yours({n: self.arrays[n] for n in names}, {n: self.rounding[n] for n in names}, self.digits)

    def fits(self, found: Arrays) -> bool:
        """Tell whether the derivatives are those that were found, to the digits that they have."""
        largest = _largest(found)
        return all(self.excess(found, name, largest) <= 1 for name in self.arrays)

    def excess(self, found: Arrays, name: str, largest: float | None = None) -> float:
        """Return the largest difference of an array over what is allowed of it; `largest` is that of `found`."""
        mine, true = np.asarray(self.arrays[name], dtype=float), np.asarray(found[name])
        scale = max(float(np.max(np.abs(each), initial=0.0)) for each in (mine, true))
        largest = _largest(found) if largest is None else largest
        allowed = self.rounding[name] + EXACT * scale + CANCELLED * largest
        with np.errstate(all="ignore"):
            worst = float(np.max(np.abs(mine - true) / np.maximum(allowed, 1e-300), initial=0.0))
        return worst if np.isfinite(worst) else float("inf")

    def errors(self, found: Arrays) -> dict[str, float]:
        """Return the largest difference of each array, relative to its largest entry, or to all where it is 0."""
        result = {}
        largest = _largest(found) or 1.0
        for name, mine in self.arrays.items():
            own = float(np.max(np.abs(found[name]), initial=0.0))
            scale = own if own > CANCELLED * largest else largest
            result[name] = float(np.max(np.abs(mine - found[name]), initial=0.0)) / scale
        return result

    def is_exact(self, found: Arrays) -> bool:
        """Tell whether no digit is missing."""
        return max(self.errors(found).values(), default=0.0) <= EXACT

    def factor(self, found: Arrays, known: Iterable[float]) -> float | None:
        """Return the number that all derivatives are that many times what was found; None where there is none.

        One derivative alone is some multiple of any other number: there a factor has to be one that is known."""
        top = sum(float(np.sum(np.asarray(self.arrays[n], dtype=float) * found[n])) for n in self.arrays)
        below = sum(float(np.sum(np.square(found[n]))) for n in self.arrays)
        if not below or not np.isfinite(top) or not top:
            return None
        number = top / below
        if sum(np.count_nonzero(found[n]) for n in self.arrays) < 2 and not any(_is_about(number, k) for k in known):
            return None
        return number if self.fits({name: number * np.asarray(found[name]) for name in self.arrays}) else None

    def scales(self, found: Arrays, known: Iterable[float]) -> list[float]:
        """Return the numbers by which all derivatives may have been multiplied, whatever their order: of both signs.

        Neither transposing nor another order changes how long they are altogether. Of fewer than three derivatives
        nobody can tell."""
        mine, true = (
            float(np.sqrt(sum(np.sum(np.square(a[n], dtype=float)) for n in self.arrays))) for a in (self.arrays, found)
        )
        if not mine or not true or sum(np.count_nonzero(found[n]) for n in self.arrays) < 3:
            return []
        number = next((abs(k) for k in known if _is_about(mine / true, abs(k))), mine / true)
        return [each for each in (number, -number) if each != 1]


def _is_about(number: float, known: float) -> bool:
    return abs(number - known) <= 1e-3 * abs(known)


def named_factor(number: float, known: Mapping[Remark, float]) -> Remark:
    """Return a factor as it is known: 2, 1/2, m, 1/m, n_L, -1; or its digits."""
    names = [name for name, value in known.items() if _is_about(number, value)]
    if not names:
        return Remark(f"{number:.6g}")
    return reduce(lambda one, other: Remark("{one} = {other}", one=one, other=other), names)
