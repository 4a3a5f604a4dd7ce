"""What a module gives: one array, or several in tuples, dictionaries or classes, of which the cost reads one.

(mu, {"logvar": h})  ->  ways (0,) and (1, "logvar")
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from symbackprop.errors import SpecError
from symbackprop.network.pytorch.nodes import SAMPLES

Way: TypeAlias = "tuple[Any, ...]"  # places and names, from the outside in


def output_of(nodes: Sequence[Any], chosen: Any = None) -> tuple[Any, Way]:
    """Return the node that gives the output, and the way to it inside what that node gives; () where it is all of it.

    `chosen` is the place or the name of the array, or several of these from the outside in. Raises SpecError where
    there are several and none is chosen, or another one than there is."""
    (given,) = next(node.args for node in nodes if node.op == "output")
    arrays = dict(_arrays(given))
    way = _way(arrays, chosen, given)
    for at, each in enumerate(way):
        if _is_of_arrays(given):
            return given, way[at:]
        given = _parts(given)[each]
    return given, ()


def _way(arrays: Mapping[Way, Sequence[int]], chosen: Any, given: Any) -> Way:
    if not arrays:
        raise SpecError(f"module: wanted an array as output, got {type(given).__name__}; return what the cost reads")
    if chosen is None and (len(arrays) == 1 or getattr(given, "op", "") == "call_module"):
        return next(iter(arrays))  # a recurrence gives all states first, attention what it makes of the values
    way = tuple(chosen) if isinstance(chosen, tuple | list) else (chosen,)
    if way in arrays and all(type(each) in (int, str) for each in way):
        return way
    if () in arrays:
        raise SpecError(f"output: the module gives one array, wanted none of several, got {chosen!r}; leave it out")
    every = ", ".join(f"{_shown(each)} of {'x'.join(map(str, shape)) or 1}" for each, shape in arrays.items())
    wrong = "" if chosen is None else f", none of them {chosen!r}"
    first = _shown(next(iter(arrays)))
    raise SpecError(
        f"module: it gives several arrays, {every}{wrong}; say which the cost reads, such as output={first}"
    )


def _shown(way: Way) -> str:
    return repr(way[0] if len(way) == 1 else way)


def _arrays(given: Any, way: Way = ()) -> Iterator[tuple[Way, tuple[int, ...]]]:
    """Yield the ways to all arrays in what is given, and their shapes without the samples."""
    if _is_of_arrays(given):
        given = given.meta["value"]
    if hasattr(given, "shape"):
        yield way, tuple(n for n in given.shape if n != SAMPLES)
    for name, part in _parts(given).items():
        yield from _arrays(part, (*way, name))


def _parts(given: Any) -> Mapping[int | str, Any]:
    """Return what is in a tuple, a dictionary, or a class that is made of arrays, by place or name."""
    if isinstance(given, Mapping):
        return given
    if hasattr(given, "meta"):  # the making of a class
        return {**dict(zip(getattr(given.target, "_fields", ()), given.args, strict=False)), **given.kwargs}
    if isinstance(given, tuple | list):
        return dict(zip(getattr(given, "_fields", range(len(given))), given, strict=True))
    return {}


def _is_of_arrays(given: Any) -> bool:
    """Tell whether a node gives several arrays itself, as a recurrence does."""
    return hasattr(given, "meta") and not isinstance(given.target, type)
