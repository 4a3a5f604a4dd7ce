"""JAX: forward and backward as pure functions of arrays, and one function with these two as its custom_vjp."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from types import MappingProxyType
from typing import Any

import numpy as np

from symbackprop.errors import imported
from symbackprop.numerics.backends import BACKENDS, Backend
from symbackprop.numerics.checks import checked_numbers
from symbackprop.numerics.engines import jaxfunctions
from symbackprop.numerics.engines.engine import FUNCTION_OF, Engine
from symbackprop.numerics.engines.translation import ELEMENTARY, Call, Dialect

__all__ = ["ENGINE"]


def _reduced(name: str) -> Any:
    def rule(call: Call) -> str:
        named = (f"{key}={value}" for key, value in call.named.items())
        return f"{call.arguments[0]}.{name}({', '.join((*call.arguments[1:], *named))})"

    return rule


def _einsum(call: Call) -> str:
    return f"jnp.einsum({', '.join(call.arguments)})"


DIALECT = Dialect(
    prefix="jnp",
    same=ELEMENTARY | {"broadcast_to", "maximum", "minimum", "sum"},
    functions={
        "np.zeros": lambda call: f"jnp.zeros({call.arguments[0]}, {[*call.arguments, 'one.dtype'][1]})",
        "np.concatenate": "jnp.concatenate({0}, axis={axis})",
        "np.moveaxis": "jnp.moveaxis({0}, {1}, {2})",
        "np.diagonal": "jnp.diagonal({0}, axis1={axis1}, axis2={axis2})",
        "np.arange": lambda call: f"jnp.arange({', '.join(call.arguments)}, dtype=one.dtype)",
        "np.broadcast_to": lambda call: (
            f"jnp.broadcast_to({call.arguments[0]}{' * one' * call.numbers[0]}, {call.arguments[1]})"
        ),
        "np.einsum": _einsum,
        "np.where": "jnp.where({0}, {1}, {2})",
        "np.ascontiguousarray": "{0}",
        "np.asarray": "{0}",
        "np.vdot": "jnp.vdot({0}, {1})",
        "total": "{0}.sum(axis={1})",
        "contract": _einsum,
        "shares": "jax.nn.softmax({0}, axis={1})",
        "largest": "{0}.max(axis={1})",
        "sigmoid": "jax.nn.sigmoid({0})",
        "tanh": "jnp.tanh({0})",
        "relu": "jax.nn.relu({0})",
        "silu": "jax.nn.silu({0})",
        "gelu": "jax.nn.gelu({0}, approximate=False)",
        "elu": "jax.nn.elu({0})",
        "softplus": "jax.nn.softplus({0})",
        "erf": "jax.scipy.special.erf({0})",
        "erf_slope": "1.1283791670955126 * jnp.exp(-(({0}) ** 2))",
        "erfc": "jax.scipy.special.erfc({0})",
        "log": "jnp.log({0})",
        "log_sigmoid": "jax.nn.log_sigmoid({0})",
        "absolute": "jnp.abs({0})",
        "absolute_slope": "jnp.sign({0})",
        "identity": "{0}",
    },
    methods={
        "sum": _reduced("sum"),
        "max": _reduced("max"),
        "transpose": _reduced("transpose"),
        "view": "{0}.astype(one.dtype)",
        "astype": "{0}.astype({1})",
        "any": "{0}.any()",
    },
    attributes={f"np.{name}": f"jnp.{name}" for name in ("inf", "pi", "int8", "float32")}
    | {"np.finfo(z.dtype).max": "jnp.finfo(z.dtype).max"},
    put="{0} = {0}.at[{1}].set({2})",
    choice="np.where({0}, {1}, {2})",
)

BLOCK = '''
@jax.custom_vjp
def {function}({given}):
    """{doc}, with the derived backward pass."""
    outputs, _ = forward({given})
    return {returned}


def {function}_forward(*given):
    """Return what {function} gives, and what its backward pass is handed."""
{data_guard}    given = tuple(each.value for each in given)
    outputs, kept = forward(*given)
    return {returned}, (given, kept)


def {function}_backward(saved, {handed}):
    """Return the derivatives, by the derived equations."""
    given, kept = saved
    {handed} = {in_full}
    return {backward}


{function}.defvjp({function}_forward, {function}_backward, symbolic_zeros=True)
'''

ARGUMENTS = '''
def arguments(params, x, y{masks}):
    """Return the arguments of forward: arrays of one type, float32 where all are."""
    values = {{**NUMBERS, **params, "x": x, "y": y{named}}}
    found = {{name: jnp.asarray(value) for name, value in values.items() if value is not None}}
    own = {{array.dtype for name, array in found.items() if name not in NUMBERS}}
    dtype = own.pop() if len(own) == 1 and all(jnp.issubdtype(kind, jnp.floating) for kind in own) else float
    count = found["x"].size // {size}
    for name in SHAPES.keys() - found.keys():
        found[name] = jnp.ones((count, *SHAPES[name][1:]))
    return [found[name].astype(dtype).reshape(shape) for name, shape in SHAPES.items()]
'''

CHECK = '''
def gradcheck():
    """Compare the derivatives, and the derivatives of these, with differences at random numbers, or raise."""
    jax.config.update("jax_enable_x64", True)  # differences want the digits
    for seed in range(1000):  # until what is computed of the numbers is real
        rng = np.random.default_rng(seed)
        data = {{
{data_samples}
        }}
        point = {{
{samples}
        }}
        given = {{**data, **point}}
        if all(np.isfinite(each).all() for each in forward(*(given[place] for place in range({count})))[0]):
            break
    ways = [{{place: rng.normal(size=np.shape(value)) for place, value in point.items()}} for _ in range(2)]

    def number(wanted):  # of what is computed, each entry with a weight of its own
        arrays = {{**data, **wanted}}
        found = jax.tree.leaves({function}(*(arrays[place] for place in range({count}))))
        return sum(jnp.sum(jnp.cos(jnp.arange(each.size)).reshape(each.shape) * each) for each in found)

    def along(function, way):
        return lambda wanted: sum(jnp.vdot(way[place], slope) for place, slope in jax.grad(function)(wanted).items())

    first = along(number, ways[0])
    for function, way in ((number, ways[0]), (first, ways[1])):
        moved = [{{place: value + step * way[place] for place, value in point.items()}} for step in (1e-5, -1e-5)]
        ends = [float(jax.jit(function)(each)) for each in moved]
        slope = float(jax.jit(along(function, way))(point))
        np.testing.assert_allclose(slope, (ends[0] - ends[1]) / 2e-5, rtol=1e-6, atol=1e-6, equal_nan=False)
    return True


if __name__ == "__main__":
    gradcheck()
    print("gradcheck passed: the derived backward pass, and what JAX makes of it, agree with differences")
'''

ENGINE = Engine(
    package="jax",
    title="JAX",
    is_eager=False,
    dialect=DIALECT,
    functions=jaxfunctions,
    head="import itertools\nimport math\n\nimport jax\nimport jax.numpy as jnp\nimport numpy as np",
    apply="cost_of",
    direct="@jax.jit",
    one="one = jnp.ones((), {0}.dtype)",
    block=BLOCK,
    asked="given[{0}].perturbed",
    arguments=ARGUMENTS,
    check=CHECK,
    sample=MappingProxyType(
        {
            "any": "rng.normal(size={0})",
            "positive": "rng.uniform(0.1, 0.9, {0})",
            "small": "rng.uniform(0.01, 0.2, {0})",
            "whole": "rng.integers(0, {1}, {0}).astype(float)",
            "ones": "np.ones({0})",
            "number": "np.asarray({0})",
            "wanted": "jnp.asarray({0})",
        }
    ),
)


_SINGLE = np.dtype(np.float32)


class JaxLibrary:
    """JAX, as compiled functions use it."""

    def __init__(self) -> None:
        """Import it; raises MissingExtraError where it is not installed."""
        self._jax: Any = imported("jax", extra="jax", wanted="backend jax wants JAX")

    def arrays(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return arrays of JAX of one floating type; what is traced stays so."""
        numpy, kind = self._jax.numpy, self._jax.Array
        found = {name: v if isinstance(v, kind) else self._made(name, v) for name, v in values.items()}
        floats = [array.dtype for array in found.values() if numpy.issubdtype(array.dtype, numpy.floating)]
        dtype = found[""].dtype if "" in found else numpy.result_type(*(floats or [float]))
        if "" not in found and len(floats) < len(found):  # whole numbers and truth values count as numbers of 53 bits
            dtype = numpy.result_type(dtype, float)
        return {name: array.astype(dtype) for name, array in found.items()}

    def _made(self, name: str, value: Any) -> Any:
        return self._jax.numpy.array(checked_numbers(name, value))

    def are_alike(self, values: Iterable[Any]) -> bool:
        """Tell whether all are arrays of JAX of one floating type."""
        kinds: set[Any] = {value.dtype if isinstance(value, self._jax.Array) else None for value in values}
        kind = kinds.pop()
        return not kinds and kind is not None and bool(kind.kind == "f")

    def precisely(self, values: Sequence[Any]) -> AbstractContextManager[Any]:
        """Return a context with 64 bits where a value has them, unless it is for a program that is being traced."""
        if self._jax.config.jax_enable_x64 or any(isinstance(value, self._jax.core.Tracer) for value in values):
            return nullcontext()
        if all(getattr(value, "dtype", None) in (np.float32, np.float16) for value in values):
            return nullcontext()
        return self._jax.enable_x64(True)  # type: ignore[no-any-return]

    def direct(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function, compiled at its first call."""
        return self._jax.jit(function)  # type: ignore[no-any-return]

    def compiled(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function of (params, x, y), compiled, if all are plain arrays that keep their digits; else None.

        Whether they are of one type is seen where the function is traced, once for each; 64 bits want a setting. What
        is asked here is asked at every call, between which all of JAX runs: each word counts."""
        run, settings = self._jax.jit(function), self._jax.config
        plain = type(self._jax.numpy.zeros(()))  # no array of a program that is being traced

        def guarded(params: Any, x: Any, y: Any) -> Any:
            if type(params) is not dict or type(x) is not plain or type(y) is not plain:
                return None
            for value in params.values():
                if type(value) is not plain:
                    return None
            if not settings.jax_enable_x64 and any(a.dtype is not _SINGLE for a in (*params.values(), x, y)):
                return None
            return run(params, x, y)

        return guarded

    def differentiable(self, names: Mapping[str, Any], block: str) -> Callable[..., Any]:
        """Return the function that has the derived backward pass as its custom_vjp, compiled at its first call."""
        return self._jax.jit(names[FUNCTION_OF[block]])  # type: ignore[no-any-return]

    def along(self, cost: Callable[..., Any], given: Sequence[Any], ways: Mapping[int, Any]) -> dict[int, Any]:
        """Return H·v as the derivative of the gradient along v."""

        def second(given: Sequence[Any], ways: dict[int, Any]) -> Any:
            def gradient(wanted: Mapping[int, Any]) -> Any:
                return self._jax.grad(lambda own: cost(*(own.get(place, a) for place, a in enumerate(given))))(wanted)

            return self._jax.jvp(gradient, ({place: given[place] for place in ways},), (ways,))[1]

        return self._jax.jit(second)(list(given), dict(ways))  # type: ignore[no-any-return]

    def function(self, name: str) -> Callable[[Any], Any]:
        """Return a function of JAX's; a plain number becomes one of its own."""
        numpy = self._jax.numpy
        own = self._jax.lax.erf if name == "erf" else getattr(numpy, name)
        return lambda value: own(numpy.asarray(value, numpy.float64))

    def slopes(self, cost: Callable[[Sequence[Any]], Any], values: Sequence[float]) -> Sequence[Any]:
        """Return what grad finds."""
        numpy = self._jax.numpy
        with self._jax.enable_x64(True):
            return self._jax.grad(cost)([numpy.asarray(value, numpy.float64) for value in values])  # type: ignore[no-any-return]


BACKENDS.add("jax", Backend("jax", prepare=JaxLibrary, engine=ENGINE))
