"""What a module writes into arrays: x.relu_(), x[:, 0] = y. Whoever reads these later reads what was written.

Arrays are told apart by what they are in memory: a view of one is written with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from symbackprop.errors import SpecError
from symbackprop.network.pytorch.composed import composes

ADVICE = "take torch.where, torch.stack or torch.cat"


class Overwriting:
    """The nodes that give what arrays hold by now, of those that something was written into."""

    def __init__(self, torch: Any) -> None:
        """Begin where nothing is written."""
        self._torch = torch
        self._now: dict[int, Any] = {}
        self._alive: list[Any] = []  # no other array gets the id of one of these

    def node(self, array: Any) -> Any:
        """Return the node that gives an array by now; None where it is what it was.

        Raises SpecError where it was written through a view of a part of it, or is a view of what was."""
        found = last = self._now.get(id(array))
        while last is not None and last != ():
            found, last = last, self._now.get(id(last.meta["value"]))
            if last is found:
                return found
        if last == ():
            raise SpecError(f"module: it reads an array after a view of the same numbers was written; {ADVICE}")
        return found

    def keep(self, array: Any, node: Any, others: Iterable[Any]) -> None:
        """Keep that a node gives what an array holds from now on, and no other one that has an entry of its."""
        self._alive.append(array)
        for each in others:
            if isinstance(each, self._torch.Tensor) and each is not array and self._overlap(each, array):
                self._alive.append(each)
                self._now[id(each)] = ()
        self._now[id(array)] = node

    def before(self, node: Any) -> list[tuple[Any, int, Any, Any]]:
        """Return what a node reads: arrays, how often each was written, its node, and fixed numbers as they are yet."""
        read = [(each.meta["value"], each) for each in node.all_input_nodes if hasattr(each.meta["value"], "_version")]
        return [(array, array._version, each, array.clone() if each.op == "get_attr" else None) for array, each in read]

    def seen(self, node: Any, read: Sequence[tuple[Any, int, Any, Any]], others: Iterable[Any]) -> None:
        """Keep what a node has written into, of the arrays that it has read."""
        for array, version, given, numbers in read:
            is_given = node.meta["value"] is array
            if array._version != version and (is_given or numbers is None):  # else: statistics of a normalisation
                if numbers is not None and array._is_view():
                    raise SpecError(f"module: it writes into a part of an array; {ADVICE}")
                self.keep(array, node if is_given else (), others)
                given.meta["value"] = array if numbers is None else numbers

    def _overlap(self, one: Any, other: Any) -> bool:
        """Tell whether two arrays have an entry in common."""
        storage = one.untyped_storage()
        if storage.data_ptr() != other.untyped_storage().data_ptr():
            return False
        every = self._torch.arange(storage.nbytes() // one.element_size())
        places = [every.as_strided(each.shape, each.stride(), each.storage_offset()) for each in (one, other)]
        return bool(self._torch.isin(*places).any())


@composes("__setitem__")
def _written(t: Any, x: Any, place: Any, value: Any) -> Any:
    """The array with other entries along one axis, or at flags: x[:, 2] = value, x[:, 1:3] = value, x[x < 0] = 0."""
    if getattr(place, "dtype", None) == t.bool and not getattr(value, "shape", ()):
        return t.where(place.reshape(*place.shape, *(1,) * (x.ndim - place.ndim)), value, x)
    places = list(place) if isinstance(place, tuple) else [place]
    if Ellipsis in places:
        at = places.index(Ellipsis)
        places[at : at + 1] = [slice(None)] * (x.ndim - len(places) + 1)
    chosen = [(at, each) for at, each in enumerate(places) if each != slice(None)] or [(0, slice(None))]
    at, each = chosen[0]
    n = x.shape[at]
    is_one = isinstance(each, int) and not isinstance(each, bool)
    first, last, step = (
        each.indices(n) if isinstance(each, slice) else (each % n, each % n + 1, 1) if is_one else [0] * 3
    )
    if len(chosen) > 1 or step != 1 or (last - first == n and not hasattr(value, "ndim")):
        raise SpecError(f"module: it writes into a part of an array, other than a slice along one axis; {ADVICE}")
    shape = (*x.shape[:at], last - first, *x.shape[at + 1 :])
    if not hasattr(value, "ndim"):
        value = t.full(shape, value)
    elif is_one and value.ndim >= len(shape) - at:
        value = value.unsqueeze(at - len(shape))
    ends = [x.narrow(at, *each) if each[1] else None for each in ((0, first), (last, n - last))]
    parts = [part for part in (ends[0], value.expand(shape), ends[1]) if part is not None]
    return parts[0] if len(parts) == 1 else t.cat(parts, at)
