"""What functions and methods of PyTorch do with each entry of arrays: one line of equations, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf
from typing import Any

from symbackprop.errors import SpecError
from symbackprop.network.layers import Value
from symbackprop.network.numbered import chosen_activation
from symbackprop.network.pytorch.composed import LOWEST
from symbackprop.network.pytorch.joining import shares_of_shown
from symbackprop.network.pytorch.views import SAMPLE, Affine, View, number, plain_view
from symbackprop.network.pytorch.walking import OPERATIONS, Walk, does
from symbackprop.network.text.layerline import read_part

HIDDEN = -1e8  # a score from which on its exponential is 0 beside any other
FARTHEST = 1e300  # from which on a bound is there for no number, such as the largest of 53 bits
CHOICE = "where({} > 1/2, {}, {})"
COMPARED = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
INVERSE = ("asin", "acos", "atan", "asinh", "acosh", "atanh")
UNARY = {
    "exp": "exp({})",
    "log": "ln({})",
    "sqrt": "sqrt({})",
    "abs": "abs({})",
    "sin": "sin({})",
    "cos": "cos({})",
    "square": "({})^2",
    "reciprocal": "1 / ({})",
    "rsqrt": "1 / sqrt({})",
    "log1p": "ln(1 + {})",
    "expm1": "exp({}) - 1",
    **{name: f"{name}({{}})" for name in ("tan", "sinh", "cosh", "erf")},
    **{each: f"{name}({{}})" for name in INVERSE for each in (name, f"arc{name[1:]}")},
    "special_erf": "erf({})",
    "hardsigmoid": "where({0} <= -3, 0, where({0} >= 3, 1, {0} / 6 + 1 / 2))",
}
BINARY = {
    ("mul", "imul", "multiply"): "{} * {}",
    ("truediv", "itruediv", "div", "divide", "true_divide"): "{} / {}",
    ("pow", "ipow"): "({})^({})",
    ("maximum",): "max({}, {})",
    ("minimum",): "min({}, {})",
    ("fmax",): "where({0} >= {1}, {0}, {1})",
    ("fmin",): "where({0} <= {1}, {0}, {1})",
}
FOLDED = ("{} * {}", "{} / {}", "{} + {}", "{} - {}")  # which want no line of their own where one is a number
NUMBERED = {  # activations with numbers, in the order of their arguments
    "celu": ("where({0} > 0, {0}, {1} * (exp({0} / {1}) - 1))", (1.0,)),
    "softshrink": ("where({0} > {1}, {0} - {1}, where({0} < -{1}, {0} + {1}, 0))", (0.5,)),
    "hardshrink": ("where({0} > {1}, {0}, where({0} < -{1}, {0}, 0))", (0.5,)),
    "threshold": ("where({0} > {1}, {0}, {2})", (0.0, 0.0)),
}


def elementwise(w: Walk, template: str, *operands: Any) -> View:
    """Return what a formula with {} for every operand makes of arrays, by the rules of broadcasting."""
    operands = _operands(w, operands)
    views = [each for each in operands if isinstance(each, View)]
    places = iter(range(len(views)))
    texts = [number(each) if isinstance(each, int | float) else f"{{{next(places)}}}" for each in operands]
    rank = max(len(view.axes) for view in views)
    names = [range(rank - len(view.axes), rank) for view in views]
    pairs = list(zip(views, names, strict=True))
    return w.building.contracted(pairs, range(rank), template.format(*texts).format)


def _operands(w: Walk, operands: Sequence[Any]) -> tuple[Any, ...]:
    """Return operands, fixed numbers as views, or as a number; along the axis of the samples they stand once."""
    views = [each for each in operands if isinstance(each, View)]
    last = {place - len(view.axes) for view in views for place, axis in enumerate(view.axes) if axis == (SAMPLE,)}
    shapes = [view.shape for view in views]
    found = []
    for each in operands:
        own = each
        if isinstance(own, w.torch.Tensor):
            for at in last:
                own = w.once(own, at) if own.dim() >= -at else own
            wide = w.torch.broadcast_shapes(*shapes, own.shape) != w.torch.broadcast_shapes(*shapes)
            own = w.array(own) if wide else w.fixed(own)
        found.append(float(own) if isinstance(own, bool) else own)
    return tuple(found)


def folded(view: View, template: str) -> View:
    """Return a view of which a number is made, without a line of its own."""
    return replace(view, form=template.format(view.form))


def activated(w: Walk, view: View, text: str) -> View:
    """Return an activation of each entry, or over the last axis."""
    chosen = chosen_activation(*read_part(text))
    if chosen.mixes:
        found: View = OPERATIONS[chosen.name](w, view, -1)
        return found
    return elementwise(w, chosen.text("{0}", ""), view)


def combined(w: Walk, template: str, x: Any, other: Any) -> Any:
    """Return what is made of two operands; a view and a number need no line of their own."""
    x, other = _operands(w, (x, other))
    numbers = [each for each in (x, other) if isinstance(each, int | float)]
    (view, *_) = [each for each in (x, other) if isinstance(each, View)]
    if not numbers or template not in FOLDED:
        return elementwise(w, template, x, other)
    if (template, numbers[0]) in (("{} + {}", 0), ("{} * {}", 1)):
        return view
    texts = [number(each) if isinstance(each, int | float) else "{}" for each in (x, other)]
    return folded(view, f"({template.format(*texts)})")


def masked(w: Walk, x: View, mask: Any, value: float) -> View:
    """Return x but for some places, that have a number: where it is the least one, they are hidden from a softmax."""
    is_fixed, is_least = isinstance(mask, w.torch.Tensor), value == -inf
    if is_fixed and not bool(mask.any()):
        return x
    if is_fixed and mask.dim() and bool(mask.expand(*mask.shape[:-1], x.shape[-1]).all(-1).any()):
        if is_least:
            raise SpecError("hides all entries of a row, of which no softmax makes shares")
    elif is_fixed and value <= HIDDEN:
        is_least = True
    if not is_least:
        return elementwise(w, CHOICE, mask, max(value, LOWEST), x)
    if is_fixed and _is_later(w, x, mask):
        (query,), (key,) = x.axes[-2:]
        later = View("", tuple(Affine(((each.token, 1),)) for each in (key, query)), ())
        return replace(x, hidden=(*x.hidden, later), lowest=max(value, LOWEST))
    operands = [w.array(each) for each in _operands(w, (x, mask))]
    rank = max(len(view.axes) for view in operands)
    names = [range(rank - len(view.axes), rank) for view in operands]
    ((view, _), (flags, _)), axes = w.building.fitted(list(zip(operands, names, strict=True)), range(rank))
    return replace(view, axes=tuple(axes.values()), hidden=(*view.hidden, flags), lowest=max(value, LOWEST))


def _is_later(w: Walk, x: View, mask: Any) -> bool:
    """Tell whether a mask is that of all that comes later, along axes of one part each."""
    while mask.dim() > 2 and mask.shape[0] == 1:
        mask = mask[0]
    later = w.torch.ones(x.shape[-2:]).triu(1).bool()
    sizes = [w.building.root(each.size).name for axis in x.axes[-2:] for each in axis]
    return bool(w.torch.equal(mask, later)) and len(sizes) == 2 and sizes[0] == sizes[1]


@does("to", "type", "type_as", "double", "int", "long")
def _as_numbers(w: Walk, x: Any, *_: Any, **__: Any) -> Any:
    return replace(x, is_flag=False) if isinstance(x, View) else x  # what was a flag is a number


does("contiguous", "clone")(lambda w, x, *_, **__: x)
for _name, _template in UNARY.items():
    does(_name)(lambda w, x, template=_template: elementwise(w, template, x))
for _names, _template in BINARY.items():
    does(*_names)(lambda w, x, other, *, template=_template: combined(w, template, x, other))
for _name, (_template, _numbers) in NUMBERED.items():
    does(_name)(
        lambda w, x, *given, template=_template, own=_numbers, **named: elementwise(
            w, template, x, *(*given, *named.values(), *own)[: len(own)]
        )
    )


@does("neg")
def _negative(w: Walk, x: View) -> View:
    del w
    return folded(x, "(-{})")


@does("add", "iadd")
def _add(w: Walk, x: Any, other: Any, alpha: float = 1) -> Any:
    other = _times(w, other, alpha)
    for one, two in ((x, other), (other, x)):
        if isinstance(two, w.torch.Tensor) and bool(w.torch.isinf(two).any()):
            hidden = w.torch.isinf(two)
            return masked(w, _add(w, one, two.masked_fill(hidden, 0)), hidden, -inf)
    return combined(w, "{} + {}", x, other)


@does("sub", "isub")
def _subtract(w: Walk, x: Any, other: Any, alpha: float = 1) -> Any:
    return combined(w, "{} - {}", x, _times(w, other, alpha))


def _times(w: Walk, x: Any, number: float) -> Any:
    return x if number == 1 else combined(w, "{} * {}", x, number) if isinstance(x, View) else x * number


@does("clamp", "clip")
def _clamp(w: Walk, x: View, min: float | None = None, max: float | None = None) -> Any:  # as PyTorch calls them
    min, max = (None if isinstance(each, float) and abs(each) > FARTHEST else each for each in (min, max))
    found = x if min is None else elementwise(w, "where({1} < {0}, {0}, {1})", min, x)
    return found if max is None else elementwise(w, "where({1} > {0}, {0}, {1})", max, found)


@does("where")
def _where(w: Walk, condition: Any, x: Any, other: Any) -> Any:
    for one, two in ((x, other), (other, x)):
        is_number = not isinstance(two, View) and w.torch.as_tensor(two).numel() == 1
        if isinstance(one, View) and is_number and float(two) <= HIDDEN:
            return masked(w, one, condition if one is other else _not(w, condition), float(two))
    return elementwise(w, CHOICE, condition, x, other)


for _name, _sign in COMPARED.items():
    does(_name)(lambda w, x, other, *, sign=_sign: _flag(w, f"where({{}} {sign} {{}}, 1, 0)", x, other))


def _flag(w: Walk, template: str, *operands: Any) -> View:
    return replace(elementwise(w, template, *operands), is_flag=True)


@does("invert", "logical_not", "bitwise_not")
def _not(w: Walk, x: Any) -> Any:
    return ~x if isinstance(x, w.torch.Tensor) else _flag(w, "1 - {}", x)


@does("and", "logical_and", "bitwise_and")
def _and(w: Walk, x: Any, other: Any) -> View:
    return _flag(w, "{} * {}", x, other)


@does("or", "logical_or", "bitwise_or")
def _or(w: Walk, x: Any, other: Any) -> View:
    return _flag(w, "max({}, {})", x, other)


@does("sign", "sgn")
def _sign_of(w: Walk, x: View) -> View:
    return elementwise(w, "where({0} > 0, 1, where({0} < 0, -1, 0))", x)


@does("rand_like", "randn_like", "bernoulli", "multinomial", "normal", "uniform", "gumbel_softmax", "exponential")
def _drawn(*_: Any, **__: Any) -> Any:
    raise SpecError("draws other numbers each time; let the module read them, or keep them in a buffer")


@does("detach", "data")
def _detached(*_: Any, **__: Any) -> Any:
    raise SpecError("lets nothing come back, which no equation says; let the module read it as an input of its own")


@does("one_hot")
def _one_hot(w: Walk, x: View, num_classes: int) -> View:
    return _flag(w, "where({} == {}, 1, 0)", x.with_one(len(x.axes)), w.torch.arange(num_classes))


@does("dropout1d", "dropout2d", "dropout3d")
def _of_channels(w: Walk, x: View, p: float = 0.5, *_: Any, **__: Any) -> View:
    """Each channel times its entry of a mask that is given, 0 or 1/(1 - p)."""
    w.building.begin("product")
    x = w.building.copied(x, with_ones=True) if not x.axes[1] else w.building.merged(x, [1])
    (channel,), names, step = x.axes[1], range(len(x.axes)), w.building.step
    mask = plain_view(f"mask{step.label}", x.axes[:2])
    step.constants.append((Value(mask.name, ((channel.size,),)), float(p)))
    return w.building.contracted([(mask, (0, 1)), (x, names)], names, "{} * {}".format)


@does("masked_fill")
def _masked_fill(w: Walk, x: View, mask: Any, value: float) -> View:
    return masked(w, x, mask, float(value))


def axis_of_shares(x: View, dim: int | None) -> int:
    """Return the axis of a softmax; where none is said, PyTorch takes the first or the second one."""
    return int(len(x.axes) not in (0, 1, 3)) if dim is None else dim % len(x.axes)


@does("softmax")
def _softmax(w: Walk, x: View, dim: int | None = None, *, name: str = "softmax", **_: Any) -> View:
    at, names = axis_of_shares(x, dim), range(len(x.axes))
    x = x if x.axes[at] else w.building.copied(x, with_ones=True)
    if x.hidden and name == "softmax":
        return shares_of_shown(w.building, x, at)
    return w.building.contracted([(x, names)], names, f"{name}[@]({{}})".format, mark=at)


@does("log_softmax")
def _log_softmax(w: Walk, x: View, dim: int | None = None, **_: Any) -> View:
    return _softmax(w, x, dim, name="log_softmax")


@does("glu")
def _glu(w: Walk, x: View, dim: int = -1) -> Any:
    return elementwise(w, "{} * sigmoid({})", *w.operation("chunk", x, 2, dim))


def scaled(w: Walk, x: View, arrays: Sequence[Any], at: Sequence[int]) -> View:
    """Return an array times a gain, with a bias, along some axes; either may be None."""
    names = range(len(x.axes))
    operands: list[tuple[View, Sequence[int]]] = [(x, names)]
    text = "{0}"
    for each, template in zip(arrays, ("{2} * {0}", "{0} + {2}"), strict=False):
        if each is not None:
            text = template.format(text, "", f"{{{len(operands)}}}")
            operands.append((w.array(each), at))
    return x if text == "{0}" else w.building.contracted(operands, names, text.format)
