"""What a module writes into arrays: x.relu_(), x[:, 0] = y. Whoever reads these later reads what was written.

Arrays are told apart by what they are in memory: a view of one is written with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from symbackprop.errors import SpecError
from symbackprop.network.pytorch.composed import COMPOSED, composes
from symbackprop.network.pytorch.nodes import called

ADVICE = "take torch.where, torch.stack or torch.cat"


@dataclass
class Memory:
    """What is one array to the module: all that have stood for it, and the node that gives what it holds by now.

    That is None before anything is written, () where it is not known; then some `parts`, x[place], may have been
    written into what `base` gives, and nothing else."""

    members: list[Any]
    now: Any = None
    base: Any = None
    parts: list[Any] = field(default_factory=list)


class Overwriting:
    """The nodes that give what arrays hold by now, of those that something was written into."""

    def __init__(self, torch: Any, proxy: Callable[[Any], Any]) -> None:
        """Begin where nothing is written; `proxy` makes an array on its way of a node."""
        self._torch, self._proxy = torch, proxy
        self._of: dict[int, Memory] = {}  # by what an array is in memory; the arrays are kept, so that none gets its id

    def node(self, array: Any) -> Any:
        """Return the node that gives an array by now; None where it is what it was.

        Raises SpecError where it is not known: of a view of what was written, or the other way round."""
        own = self._of.get(id(array))
        if own is not None and own.now == () and not own.parts:
            raise SpecError(f"module: it reads an array after a view of the same numbers was written; {ADVICE}")
        if own is not None and own.parts:
            parts, own.parts, own.now = own.parts, [], own.base
            found = self._proxy(own.base)
            for part in parts:
                written = self._proxy(self.node(part.meta["value"]))
                found = COMPOSED["__setitem__"](self._torch, found, part.args[1], written)
            self._holds(own, found.node)
        return None if own is None else own.now

    def keep(self, array: Any, node: Any, nodes: Sequence[Any]) -> None:
        """Keep that a node gives what an array holds from now on, and no other one that has an entry of its.

        But one of which the array is x[place] is known by this part."""
        own = self._known(array)
        part = next((each for each in nodes if each.meta.get("value") is array), None)
        is_place = part is not None and called(part) == "getitem" and part.all_input_nodes == [part.args[0]]
        tensors = [each.meta["value"] for each in nodes if isinstance(each.meta.get("value"), self._torch.Tensor)]
        others = {id(memory): memory for memory in map(self._known, tensors) if memory is not own}
        for other in self._related(own, list(others.values())):
            if any(isinstance(each, self._torch.nn.Parameter) for each in other.members):
                raise SpecError(
                    "module: it writes into its own parameters; multiply them by the mask where they are read"
                )
            whole = part.args[0].meta["value"] if part is not None and is_place else None
            is_known = any(each is whole for each in other.members) and (other.now != () or bool(other.parts))
            if is_known and other.now != ():
                other.base = other.now or (part and part.args[0])
            other.parts = [*(each for each in other.parts if each is not part), part] if is_known else []
            other.now = ()
        own.parts = []
        self._holds(own, node)

    def is_part(self, array: Any, place: Any, value: Any) -> bool:
        """Tell whether array[place] was the last part to be written, by what a node gives: array[place] += 1."""
        parts = self._known(array).parts
        return bool(parts) and repr(parts[-1].args[1]) == repr(place) and parts[-1].meta["value"] is value

    def _known(self, array: Any) -> Memory:
        return self._of.setdefault(id(array), Memory([array]))

    def _holds(self, memory: Memory, node: Any) -> None:
        memory.now = node
        if node != () and all(each is not node.meta["value"] for each in memory.members):
            memory.members.append(node.meta["value"])
            self._of[id(node.meta["value"])] = memory

    def _related(self, own: Memory, others: Sequence[Memory]) -> list[Memory]:
        """Return those that have an entry of one: seen where both lie in one storage, and else taken for granted."""
        near = set(map(_storage, own.members))
        while grown := {
            s for each in others for s in map(_storage, each.members) if s not in near and _meets(each, near)
        }:
            near |= grown
        found = []
        for other in others:
            pairs = [(a, b) for a in own.members for b in other.members if _storage(a) == _storage(b)]
            if _meets(other, near) and (not pairs or any(self._overlap(*pair) for pair in pairs)):
                found.append(other)
        return found

    def before(self, node: Any) -> list[tuple[Any, int, Any, Any]]:
        """Return what a node reads: arrays, how often each was written, its node, and fixed numbers as they are yet."""
        read = [(each.meta["value"], each) for each in node.all_input_nodes if hasattr(each.meta["value"], "_version")]
        return [(array, array._version, each, array.clone() if each.op == "get_attr" else None) for array, each in read]

    def seen(self, node: Any, read: Sequence[tuple[Any, int, Any, Any]], nodes: Sequence[Any]) -> None:
        """Keep what a node has written into, of the arrays that it has read."""
        own = [array for array, *_ in read if array is node.meta["value"]]
        for array, version, given, numbers in read:
            is_given = node.meta["value"] is array
            if not is_given and _storage(array) in map(_storage, own):  # which is told by what they have in common
                continue
            if array._version != version and (is_given or numbers is None):  # else: statistics of a normalisation
                if numbers is not None and array._is_view():
                    raise SpecError(f"module: it writes into a part of an array; {ADVICE}")
                self.keep(array, node if is_given else (), nodes)
                given.meta["value"] = array if numbers is None else numbers

    def _overlap(self, one: Any, other: Any) -> bool:
        """Tell whether two arrays of one storage have an entry in common."""
        every = self._torch.arange(one.untyped_storage().nbytes() // one.element_size())
        places = [every.as_strided(each.shape, each.stride(), each.storage_offset()) for each in (one, other)]
        return bool(self._torch.isin(*places).any())


def _storage(array: Any) -> int:
    return int(array.untyped_storage().data_ptr())


def _meets(memory: Memory, storages: set[int]) -> bool:
    return any(_storage(each) in storages for each in memory.members)


@composes("__setitem__")
def _written(t: Any, x: Any, place: Any, value: Any) -> Any:
    """The array with other entries at slices, at numbers, or at flags: x[:, 2] = value, x[:, 0, ::2] = value."""
    if getattr(place, "dtype", None) == t.bool and not getattr(value, "shape", ()):
        return t.where(place.reshape(*place.shape, *(1,) * (x.ndim - place.ndim)), value, x)
    places = list(place) if isinstance(place, tuple) else [place]
    if Ellipsis in places:
        at = places.index(Ellipsis)
        places[at : at + 1] = [slice(None)] * (x.ndim - len(places) + 1)
    is_said = all(isinstance(each, int | slice) and not isinstance(each, bool) for each in places)
    if not is_said or (not hasattr(value, "ndim") and all(each == slice(None) for each in places)):
        raise SpecError(f"module: it writes into a part of an array, other than at slices and numbers; {ADVICE}")
    return _with_others(t, x, (*places, *[slice(None)] * (x.ndim - len(places))), value)


def _with_others(t: Any, x: Any, places: tuple[int | slice, ...], value: Any) -> Any:
    """Return an array with other entries at a slice or a number along each of its axes, from the first one on."""
    at = next((at for at, each in enumerate(places) if each != slice(None)), None)
    if at is None:
        return t.full(x.shape, value) if not hasattr(value, "ndim") else value.expand(x.shape)
    n, each = x.shape[at], places[at]
    if isinstance(each, int):
        first, last, step = each % n, each % n + 1, 1
        inside = _with_others(t, x.select(at, first), (*places[:at], *places[at + 1 :]), value).unsqueeze(at)
    else:
        first, last, step = each.indices(n)
        inside = _with_others(t, x[(*[slice(None)] * at, each)], (*places[:at], slice(None), *places[at + 1 :]), value)
    if step != 1:
        order, taken = list(range(n)), range(first, last, step)
        order[first:last:step] = [n + place for place in range(len(taken))]
        return t.cat([x, inside], at).index_select(at, t.tensor(order))
    ends = [x.narrow(at, *each) for each in ((0, first), (last, n - last)) if each[1]]
    parts = [*(ends[:1] if first else []), inside, *(ends[-1:] if last < n else [])]
    return parts[0] if len(parts) == 1 else t.cat(parts, at)
