"""One step of a recurrence, and attention of given queries, keys and values: functions that write several lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symbackprop.errors import SpecError
from symbackprop.network.pytorch.modules import Piece
from symbackprop.network.pytorch.operations import combined, elementwise, folded, masked
from symbackprop.network.pytorch.reshaping import transpose
from symbackprop.network.pytorch.sums import linear, matmul
from symbackprop.network.pytorch.taking import cat, chunk, stack
from symbackprop.network.pytorch.views import View, number
from symbackprop.network.pytorch.walking import OPERATIONS, Walk, does


def _weighted(w: Walk, x: Any, weight: Any, bias: Any) -> Any:
    """Return W x + b; nothing for a state of 0, beside its bias."""
    if isinstance(x, w.torch.Tensor):
        if bool(x.any()):
            raise SpecError("begins with a state other than 0")
        return None if bias is None else w.array(bias)
    return linear(w, x, weight, bias)


def _both(w: Walk, x: Any, h: Any, arrays: Any) -> tuple[Any, Any]:
    w_ih, w_hh, b_ih, b_hh = (*arrays, None, None)[:4]
    return _weighted(w, x, w_ih, b_ih), _weighted(w, h, w_hh, b_hh)


def _sum(w: Walk, one: View, other: View | None) -> View:
    return one if other is None else combined(w, "{} + {}", one, other)


@does("rnn_tanh_cell")
def rnn_tanh_cell(w: Walk, x: View, h: Any, *arrays: Any) -> View:
    """tanh(W x + b + W h + b)."""
    return elementwise(w, "tanh({})", _sum(w, *_both(w, x, h, arrays)))


@does("rnn_relu_cell")
def rnn_relu_cell(w: Walk, x: View, h: Any, *arrays: Any) -> View:
    """The same through relu."""
    return elementwise(w, "relu({})", _sum(w, *_both(w, x, h, arrays)))


@does("lstm_cell")
def lstm_cell(w: Walk, x: View, states: Any, *arrays: Any) -> tuple[View, View]:
    """The state and the cell after one step."""
    h, c = states
    i, f, g, o = chunk(w, _sum(w, *_both(w, x, h, arrays)), 4, -1)
    new = elementwise(w, "sigmoid({}) * tanh({})", i, g)
    if isinstance(c, View):
        new = elementwise(w, "sigmoid({}) * {} + {}", f, c, new)
    return elementwise(w, "sigmoid({}) * tanh({})", o, new), new


def projected(w: Walk, module: Any, path: str, x: View) -> tuple[View, list[View], list[View]]:
    """Return all states of an LSTM that projects them, step by step; the last ones of every layer, and its cells."""
    last, ends = [], []
    for layer in range(module.num_layers):
        ways = []
        for way in ("", "_reverse")[: 1 + module.bidirectional]:
            states = _one_way(w, module, (path, f"_l{layer}{way}"), x)
            last.append(states[0 if way else -1][0])
            ends.append(states[0 if way else -1][1])
            w.building.begin("concatenation")
            ways.append(stack(w, [h for h, _ in states], 1))
        x = ways[0] if len(ways) == 1 else cat(w, ways, 2)
    return x, last, ends


def _one_way(w: Walk, module: Any, place: tuple[str, str], x: View) -> list[tuple[View, View]]:
    """Return the projected state and the cell after every step, in the order of the steps."""
    path, suffix = place
    names = ("weight_ih", "weight_hh", *("bias_ih", "bias_hh") * module.bias)
    h: Any = w.torch.zeros(1)
    c: Any = h
    found = []
    steps = range(x.shape[1])
    for t in reversed(steps) if suffix.endswith("_reverse") else steps:
        w.building.begin("cell")
        h, c = lstm_cell(w, x.at(1, t), (h, c), *(w.learned(f"{path}.{name}{suffix}") for name in names))
        h = linear(w, h, w.learned(f"{path}.weight_hr{suffix}"))
        found.append((h, c))
    return found[::-1] if suffix.endswith("_reverse") else found


@does("gru_cell")
def gru_cell(w: Walk, x: View, h: Any, *arrays: Any) -> View:
    """The state after one step."""
    one, other = _both(w, x, h, arrays)
    r, u, n = chunk(w, one, 3, -1)
    parts = [None] * 3 if other is None else chunk(w, other, 3, -1)
    r, u = (elementwise(w, "sigmoid({})", _sum(w, each, part)) for each, part in zip((r, u), parts, strict=False))
    n = n if parts[2] is None else elementwise(w, "{} + {} * {}", n, r, parts[2])
    if isinstance(h, View):
        return elementwise(w, "(1 - {0}) * tanh({1}) + {0} * {2}", u, n, h)
    return elementwise(w, "(1 - {}) * tanh({})", u, n)


@does("scaled_dot_product_attention")
def attention(  # noqa: PLR0917  as PyTorch has it
    w: Walk,
    query: View,
    key: View,
    value: View,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,  # noqa: FBT001
    scale: float | None = None,
) -> View:
    """softmax(Q Kᵀ/√d) V, with scores of what comes later left out where that is wanted."""
    if is_causal:
        attn_mask = w.torch.ones(query.shape[-2], key.shape[-2]).tril().bool()
    if getattr(attn_mask, "dtype", None) == w.torch.bool or getattr(attn_mask, "is_flag", False):
        attn_mask = OPERATIONS["invert"](w, attn_mask)
    return attended(w, query, key, value, hidden=(attn_mask,), scale=scale, rate=dropout_p)


def attended(
    w: Walk,
    query: View,
    key: View,
    value: View,
    *,
    hidden: Sequence[Any],
    scale: float | None = None,
    rate: float = 0.0,
) -> View:
    """Return softmax(Q Kᵀ/√d) V; `hidden` are flags of what is left out, or numbers that are added to the scores.

    At a `rate` shares are left out."""
    scores = matmul(w, query, transpose(w, key, -2, -1))
    width = query.shape[-1]
    scores = folded(scores, f"{{}} / sqrt({width})" if scale is None else f"{{}} * {number(scale)}")
    for mask in hidden:
        if getattr(mask, "dtype", None) == w.torch.bool or getattr(mask, "is_flag", False):
            scores = masked(w, scores, mask, float("-inf"))
        elif mask is not None:
            scores = OPERATIONS["add"](w, scores, mask)
    shares = OPERATIONS["softmax"](w, scores, -1)
    return matmul(w, w.layer(Piece({"layer": "dropout", "rate": rate}), shares) if rate else shares, value)
