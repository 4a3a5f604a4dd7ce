"""Whether a module calculates with the number of samples: that of another batch would be another one.

x.reshape(len(x), -1)        says how many samples there are, as there were before: nothing is calculated
x.sum(0) / len(x)            is right for 17 samples alone, if these went through the module
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from symbackprop.errors import SpecError
from symbackprop.network.pytorch.nodes import called, line_of, where_is

SHAPING = (  # what takes the number of samples as a part of a shape, by the name of the function or method
    *("broadcast_to", "chunk", "expand", "narrow", "repeat", "repeat_interleave", "reshape", "split", "tile", "view"),
    *("empty", "full", "new_empty", "new_full", "new_ones", "new_zeros", "ones", "unflatten", "zeros"),
)


def check_counted(root: Any, nodes: Sequence[Any], others: Sequence[Any]) -> None:
    """Raise SpecError unless the nodes are the same for another number of samples, but for the shapes that they say."""
    for node, other in zip(nodes, others, strict=False):
        if node.op != other.op or called(node) != called(other):
            break
        if called(node) not in SHAPING and _said(node) != _said(other):
            raise SpecError(
                f"module: {where_is(root, node)} calculates with the number of samples, which is another one in each "
                f"batch; take a mean over them, or a number that is given{line_of(node)}"
            )
    if len(nodes) != len(others):
        raise SpecError("module: what it computes depends on the number of samples; say it for any number of them")


def _said(node: Any) -> list[Any]:
    """Return the numbers that a node is called with; of an array of fixed numbers the first one."""
    array = node.meta.get("value") if node.op == "get_attr" else None
    first = [] if array is None else array.flatten()[:1].tolist()
    return [*first, *_numbers((node.args, tuple(node.kwargs.values())))]


def _numbers(given: Any) -> Iterator[Any]:
    """Yield the numbers in some arguments."""
    if isinstance(given, tuple | list):
        for each in given:
            yield from _numbers(each)
    elif isinstance(given, slice):
        yield from _numbers((given.start, given.stop, given.step))
    elif isinstance(given, int | float):
        yield given
