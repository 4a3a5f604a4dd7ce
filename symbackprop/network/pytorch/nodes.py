"""One node of a traced module: what it calls, where it stands, what it reads, and the shape of what it gives."""

from __future__ import annotations

import re
import traceback
from pathlib import Path
from typing import Any

from symbackprop.errors import ShapeError
from symbackprop.network.pytorch.modules import FUNCTIONS, WORDS

SAMPLES = 17  # that go through the module: a number that no other axis has
OTHER = 29  # that go through it once more, to see what is calculated with their number
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


def is_by_samples(x: Any) -> bool:
    """Tell whether the samples stand alone along the first axis of an array, as layers want them."""
    return x.shape[0] in (SAMPLES, OTHER)


def looks_up(root: Any, node: Any) -> bool:
    """Tell whether a node looks up words that the module reads."""
    is_module = node.op == "call_module" and type(root.get_submodule(node.target)).__name__ in WORDS
    return is_module and any(each.op == "placeholder" for each in before(node))


def where_is(root: Any, node: Any) -> str:
    """Return where a node stands in words: the path of the module that it is, or is in, with its class, and itself."""
    if node.op == "call_module":
        return f"{place(node)} ({type(root.get_submodule(node.target)).__name__})"
    around = [path for path, _ in (node.meta.get("nn_module_stack") or {}).values() if path]
    inside = f" in {around[-1]!r} ({type(root.get_submodule(around[-1])).__name__})" if around else ""
    return place(node) + inside


def line_of_code(torch: Any, error: BaseException | None = None) -> str:
    """Return the line of a module that is traced, where an error comes from, or that is running: " (line 12 of a.py)".

    It is the last one that is neither PyTorch's nor ours; "" for none."""
    ours, library = str(Path(__file__).parents[2]), str(Path(torch.__file__).parent)
    calls = [*traceback.walk_stack(None)][::-1] if error is None else [*traceback.walk_tb(error.__traceback__)]
    names = [frame.f_code.co_name if frame.f_code.co_filename.startswith(ours) else "" for frame, _ in calls]
    own = calls[names.index("traced") :] if "traced" in names else calls
    lines = [(number, frame.f_code.co_filename) for frame, number in own]
    outside = [(number, name) for number, name in lines if not name.startswith((library, ours))]
    return f" (line {outside[-1][0]} of {Path(outside[-1][1]).name})" if outside else ""


def line_of(node: Any) -> str:
    """Return the line where a node was called, to stand behind what is wrong with it."""
    return str(node.meta.get("line", ""))
