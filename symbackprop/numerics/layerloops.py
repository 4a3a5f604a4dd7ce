"""Equal layers in a row, written once: lines for one of them become a loop over all.

z5 = a4.dot(W5.T, out=space["z5"])        for n in range(2, 1000):    z[n] = a[n - 1].dot(W[n].T, out=space[f"z{n}"])
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from symbackprop.numerics.plan import LayerPlan, Plan

LOOP_FROM = 8  # equal layers in a row: fewer are easier to read, and a little faster, one by one

# an array of a layer in a line, such as gW12, and in a loop, such as gW[n]
NUMBERED = re.compile(r"\b(gW|gb|log_[ar]|[Wabdgpqrstz])(\d+)\b(?![(\"])")
SUBSCRIPTED = re.compile(r"\b(gW|gb|log_[ar]|[Wabdgpqrstz])\[n")


def runs(plan: Plan) -> list[tuple[LayerPlan, ...]]:
    """Return the layers, those in a row that compute the same with other arrays together, if they are many."""
    found: list[list[LayerPlan]] = []
    widths = plan.network.widths
    for layer in plan.layers:
        before = found[-1][-1] if found else None
        is_equal = (
            before is not None
            and before.layer > 1  # which reads x
            and layer is not plan.layers[-1]
            and layer.activation is before.activation
            and widths[layer.layer - 1 : layer.layer + 1] == widths[before.layer - 1 : layer.layer]
        )
        found[-1:] = [[*found[-1], layer]] if is_equal else [*found[-1:], [layer]]
    return [part for run in found for part in ([tuple(run)] if len(run) >= LOOP_FROM else [(each,) for each in run])]


@contextmanager
def written_once(
    lines: list[str], kept: dict[str, str], run: tuple[LayerPlan, ...], *, downwards: bool = False
) -> Iterator[None]:
    """Put what is written for the first layer of several into a loop over all of them: lines, and arrays kept."""
    start, before = len(lines), list(kept)
    yield
    first, last = run[0].layer, run[-1].layer
    if first == last:
        return
    ends = f"{last}, {first - 1}, -1" if downwards else f"{first}, {last + 1}"
    body = [f"    {_of_layer(line, first)}" for line in lines[start:]]
    lines[start:] = [f"for n in range({ends}):", *body]
    for name in [name for name in kept if name not in before and name.endswith(str(first))]:
        made = kept.pop(name)
        kept[f"{name.removesuffix(str(first))}{{n}}"] = f"{made} for n in range({first}, {last + 1})"


def _of_layer(line: str, layer: int) -> str:
    """Return a line of a layer with n for its number: z5 = a4.dot(…) as z[n] = a[n - 1].dot(…)."""
    said = {str(layer): "n", str(layer - 1): "n - 1", str(layer + 1): "n + 1"}
    line = re.sub(r'\["([a-zA-Z_]+)(\d+)"\]', lambda found: f'[f"{found[1]}{{{said[found[2]]}}}"]', line)
    return NUMBERED.sub(lambda found: f"{found[1]}[{said[found[2]]}]", line)


def by_number(lines: list[str], depth: int) -> list[str]:
    """Return the lines of a whole function, with loops in them, where all arrays are held by the numbers of layers."""
    every = f"for n in range(1, {depth + 1})"
    found = (match for line in lines for match in (*NUMBERED.finditer(line), *SUBSCRIPTED.finditer(line)))
    made = [letter for letter in dict.fromkeys(match[1] for match in found) if letter not in ("W", "b")]
    return [
        *(f'{letter} = {{n: params[f"{letter}{{n}}"] {every}}}' for letter in ("W", "b")),
        f"{', '.join(made)} = ({{}} for _ in range({len(made)}))  # by the numbers of the layers",
        *(line if line.startswith("    ") else NUMBERED.sub(r"\1[\2]", line) for line in lines),
        f'return cost, {{f"{{letter}}{{n}}": grads[n] {every} for letter, grads in (("W", gW), ("b", gb))}}',
    ]
