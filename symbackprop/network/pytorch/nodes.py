"""One node of a traced module: what it calls, where it stands, what it reads, and the shape of what it gives."""

from __future__ import annotations

import re
from typing import Any

from symbackprop.errors import ShapeError
from symbackprop.network.pytorch.modules import FUNCTIONS

SPELLED = ("add", "iadd", "getitem")  # functions that say their own name


def called(node: Any) -> str:
    """Return what a node calls: the name of a function or a method."""
    if node.op == "call_method":
        return str(node.target).strip("_")
    name = getattr(node.target, "__name__", "")
    return (name if name in FUNCTIONS or name in SPELLED else re.sub(r"_\d+$", "", node.name)).strip("_")


def place(node: Any) -> str:
    """Return where a node stands: the path of its module, or its own name."""
    return repr(str(node.target)) if node.op == "call_module" else repr(node.name)


def shape_after(node: Any) -> tuple[int, ...]:
    """Return the shape of what a node gives, of the first of several; raises ShapeError for what is no array."""
    found = node.meta.get("value")
    shape = getattr(found, "shape", None)
    if shape is None and isinstance(found, tuple) and found:
        shape = getattr(found[0], "shape", None)
    if shape is None:
        raise ShapeError("gives something that is no array")
    return tuple(shape)


def before(node: Any) -> set[Any]:
    """Return all nodes that a node reads, directly or not."""
    found: set[Any] = set()
    waiting = list(node.all_input_nodes)
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting += each.all_input_nodes
    return found


def where_is(root: Any, node: Any) -> str:
    """Return where a node stands in words: the path of the module that it is, or is in, with its class, and itself."""
    if node.op == "call_module":
        return f"{place(node)} ({type(root.get_submodule(node.target)).__name__})"
    around = [path for path, _ in (node.meta.get("nn_module_stack") or {}).values() if path]
    inside = f" in {around[-1]!r} ({type(root.get_submodule(around[-1])).__name__})" if around else ""
    return place(node) + inside
