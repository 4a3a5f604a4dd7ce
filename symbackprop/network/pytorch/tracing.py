"""The graph of a module, traced with numbers beside it: shapes are numbers at once, and so is what follows from them.

    b, t, d = x.shape            three whole numbers, while `x` stays a node of the graph
    mask[:, :, :t, :t] == 0      an array, as no part of it depends on x

Every node keeps what it gave in its `meta["value"]`. Only what depends on the entries of x cannot decide a branch.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from symbackprop.errors import ShapeError, SpecError, imported
from symbackprop.network.pytorch import gathering, windows  # noqa: F401  what they do is kept by its name
from symbackprop.network.pytorch.composed import said_by_others
from symbackprop.network.pytorch.conditions import DRAWN, SEVERAL, drawn_by_others, in_doubles, told_apart
from symbackprop.network.pytorch.modules import WINDOWS, WORDS, is_read
from symbackprop.network.pytorch.nodes import SAMPLES, before, is_by_samples, line_of_code, looks_up
from symbackprop.network.pytorch.overwriting import Overwriting
from symbackprop.network.pytorch.unread import PACKING

WRITING = {
    "__setitem__": "__setitem__",
    **{f"{name}_": name for name in ("scatter", "scatter_add", "index_add", "index_copy")},
}
PACKAGES = ("torch", "torch.fx", "torch.utils.checkpoint")
KNOWN = ("shape", "ndim", "dtype", "device", "requires_grad", "is_cuda", "is_nested", "is_sparse", "layout")


def torch_itself() -> Any:
    """Return the library; raises MissingExtraError, which says how it is installed."""
    torch, *_ = (imported(name, extra="torch", wanted="from_torch reads modules of PyTorch") for name in PACKAGES)
    return torch


def traced(
    torch: Any, module: Any, shapes: Sequence[tuple[int, ...]], *, samples_first: bool = True, samples: int = SAMPLES
) -> tuple[Any, list[Any]]:
    """Return a copy of the module and the nodes of its graph, through which some samples have gone; a shape an input.

    The axis of the samples is the first one, or the second. Raises SpecError for what cannot be traced, ShapeError
    for a shape that the module does not take."""
    axes = [(samples, *shape) if samples_first else (shape[0], samples, *shape[1:]) for shape in shapes]
    refused = None
    if any(type(each).__name__ in WORDS for each in module.modules()):
        try:
            root, nodes = _traced(torch, module, [torch.zeros(each, dtype=torch.long) for each in axes])
            if any(looks_up(root, node) for node in nodes):
                return root, nodes
        except (ShapeError, SpecError) as error:  # it may read other numbers, and look up places
            refused = error
    try:
        return _traced(torch, module, [torch.zeros(each, dtype=torch.double) for each in axes])
    except (ShapeError, SpecError) as error:
        if isinstance(refused, ShapeError) and isinstance(error, ShapeError) and len(shapes) > 1:
            raise SpecError(
                "module: it reads words beside other numbers, which are no one array; give it what an embedding "
                "gives for the words"
            ) from None
        raise (refused if refused is not None and isinstance(error, ShapeError) else error) from None


def _traced(torch: Any, module: Any, given: Sequence[Any]) -> tuple[Any, list[Any]]:
    copied = copy.deepcopy(module).double()
    tracer = _tracer(torch, copied, given)
    default, drawn = torch.get_default_dtype(), drawn_by_others()
    torch.set_default_dtype(torch.double)
    try:
        with torch.enable_grad(), in_doubles(torch, tracer), told_apart(torch):
            nodes = list(tracer.trace(copied).nodes)
        if drawn_by_others() != drawn:
            raise SpecError(DRAWN)
        return copied, nodes
    except torch.fx.proxy.TraceError as error:
        reason = f"torch.fx cannot trace it: {_first_line(error)}"
        if "control flow" in reason:
            reason = "it branches by what depends on its input; take torch.where"
        raise SpecError(f"module: {reason}{line_of_code(torch, error)}") from None
    except SpecError as error:
        inside = [(path, kind.__name__) for path, kind in tracer.module_stack.values()]
        where = f"module {inside[-1][0]!r} ({inside[-1][1]}): " if inside else "module: "
        raise SpecError(f"{str(error).replace('module: ', where, 1)}{line_of_code(torch, error)}") from None
    except Exception as error:  # the code of a module may raise anything for a shape
        if "incompatible function arguments" in str(error):
            said = "module: it calls code in C++, or maps or differentiates a function, as vmap and grad do"
            raise SpecError(f"{said}; say what it computes by other functions{line_of_code(torch, error)}") from None
        shapes = [tuple(each.shape[1:]) for each in given]
        shown = shapes[0] if len(shapes) == 1 else tuple(shapes)
        raise ShapeError(
            f"input_shape {shown}: the module does not take it: {_first_line(error)}{line_of_code(torch, error)}"
        ) from None
    finally:
        torch.set_default_dtype(default)


def _known_array(torch: Any) -> Any:
    """Return the class of arrays on their way through a module, whose shapes are numbers."""
    fx: Any = torch.fx

    class Known(fx.Proxy):  # type: ignore[misc]  # torch may not be installed, and is Any then
        """An array on its way through the module."""

        __array_ufunc__ = None  # np.sqrt(2) * x is the array's business

        def __getattr__(self, name: str) -> Any:
            value = self.node.meta.get("value")
            if name == "requires_grad" and self.node.op != "placeholder":
                return value.is_floating_point()
            if name in KNOWN and hasattr(value, name):
                return getattr(value, name)
            if torch.is_tensor(getattr(value, name, None)):  # x.T, x.max(1).values
                return self.tracer.create_proxy("call_function", getattr, (self, name), {})
            return super().__getattr__(name)

        def __setattr__(self, name: str, value: Any) -> None:
            if name == "data":
                raise SpecError("module: it gives an array other numbers by its .data; let it compute another array")
            super().__setattr__(name, value)

        def __float__(self) -> float:
            return float(self.item())

        def __setitem__(self, place: Any, value: Any) -> None:
            self.tracer.create_proxy("call_method", "__setitem__", (self, place, value), {})

        def __len__(self) -> int:
            return len(self.node.meta["value"])

        def __iter__(self) -> Any:
            return iter([self[place] for place in range(len(self.node.meta["value"]))])

    for name, short in (("add", "add"), ("sub", "sub"), ("mul", "mul"), ("truediv", "div"), ("pow", "pow")):
        setattr(Known, f"__i{name}__", lambda self, other, short=short: getattr(self, f"{short}_")(other))
    return Known


def _tracer(torch: Any, root: Any, inputs: Sequence[Any]) -> Any:
    """Return what traces a module: it computes each node at once, and gives what is no array as it is."""
    fx: Any = torch.fx

    class Tracer(fx.Tracer):  # type: ignore[misc]
        """Of modules those that are layers here are nodes; others are traced inside."""

        leaves = frozenset(id(each) for each in root.modules() if is_read(each))
        running = False  # whether numbers are computed, of which no graph is made

        def __init__(self) -> None:
            checkpoints, packs = torch.utils.checkpoint, torch.nn.utils.rnn
            super().__init__(autowrap_functions=[checkpoints.checkpoint, *(getattr(packs, name) for name in PACKING)])
            self._autowrap_search += [checkpoints, packs]  # where they may be called by their names, too
            self.torch, self.known, self.written = torch, _known_array(torch), Overwriting(torch, self.proxy)
            self.is_leaf_module = lambda module, _: id(module) in self.leaves and not self.apart

        def getattr(self, attr: str, attr_val: Any, parameter_proxy_cache: dict[str, Any]) -> Any:
            return attr_val if self.running else super().getattr(attr, attr_val, parameter_proxy_cache)

        def call_module(self, module: Any, forward: Any, args: Any, kwargs: Any) -> Any:
            self.apart = type(module).__name__ in WINDOWS and not is_by_samples((*args, *kwargs.values())[0])
            return forward(*args, **kwargs) if self.running else super().call_module(module, forward, args, kwargs)

        def proxy(self, node: Any) -> Any:
            return self.known(node, self)

        def create_arg(self, a: Any) -> Any:
            own = a.node if isinstance(a, fx.Proxy) else None
            return self.written.node(a if own is None else own.meta.get("value")) or own or super().create_arg(a)

        def to_bool(self, obj: Any) -> bool:
            reads = any(each.op == "placeholder" for each in before(obj.node))
            return bool(super().to_bool(obj) if reads else obj.node.meta["value"])

        def create_proxy(self, kind: str, target: Any, *given: Any, name: Any = None, type_expr: Any = None) -> Any:
            args, kwargs, *_ = given
            if (found := _said(self, (kind, target), args, kwargs)) is not NotImplemented:
                return found
            count = sum(each.op == "placeholder" for each in self.graph.nodes)
            if kind == "placeholder" and str(target).startswith("*"):
                return _all_left(self, str(target), len(inputs) - count)
            node = (proxy := super().create_proxy(kind, target, args, kwargs, name, type_expr)).node
            if kind == "placeholder" and count < len(inputs):
                node.meta["value"] = inputs[count]
            elif kind == "placeholder" and args:
                return args[0]
            _refuse(node, len(inputs), is_followed=torch.is_grad_enabled())
            return _outcome(self, proxy)

    return Tracer()


def _outcome(tracer: Any, proxy: Any) -> Any:
    """Return an array, or several, on their way, and what is no array as it is."""
    proxy.node.meta["line"] = line_of_code(tracer.torch)
    with tracer.torch.no_grad():
        value = _computed(tracer, proxy.node)
    arrays = value if isinstance(value, SEVERAL) else (value,)
    return proxy if any(isinstance(each, tracer.torch.Tensor | tuple) for each in arrays) else value


def _all_left(tracer: Any, target: str, count: int) -> Any:
    """Return what `*inputs` gets, all arrays that are left; and `**options`: nothing."""
    if target.startswith("**"):
        return {}
    return tuple(tracer.create_proxy("placeholder", f"{target[1:]}_{each}", (), {}) for each in range(count))


def _refuse(node: Any, count: int, *, is_followed: bool) -> None:
    """Raise SpecError for one input more than there are shapes, and for what gradients are not followed through."""
    if node.op == "placeholder" and "value" not in node.meta:
        raise SpecError(f"module: it reads more than {count}; give input_shape a shape for each input")
    if not is_followed and node.op != "output":
        raise SpecError(
            "module: under no_grad nothing comes back; let it read an input, or call eval() where it is for training"
        )


def _computed(tracer: Any, node: Any) -> Any:
    """Return what a node gives, and keep it."""
    if "value" in node.meta:
        return node.meta["value"]
    for each in node.all_input_nodes:
        _computed(tracer, each)
    was, tracer.running = tracer.running, True
    try:
        read = tracer.written.before(node)
        node.meta["value"] = _value(tracer, node)
        tracer.written.seen(node, read, list(tracer.graph.nodes))
    finally:
        tracer.running = was
    return node.meta["value"]


def _said(tracer: Any, called: tuple[str, Any], args: Any, kwargs: Any) -> Any:
    """Return what other functions give that say one; of x[...] = y that is what x holds by now."""
    if called[1] not in WRITING:
        return said_by_others(tracer.torch, called, args, kwargs)
    array, *_, value = (each.node.meta["value"] if hasattr(each, "node") else each for each in args)
    if called[1] == "__setitem__" and tracer.written.is_part(array, args[1], value):  # x[...] += 1 has written it
        return tracer.proxy(tracer.written.node(array))
    found = said_by_others(tracer.torch, (called[0], WRITING[called[1]]), args, kwargs)
    tracer.running = True
    tracer.written.keep(array, found.node, list(tracer.graph.nodes))
    tracer.running = False
    return found


def _value(tracer: Any, node: Any) -> Any:
    if node.op == "output":
        return None
    if node.op == "get_attr":
        found = attribute(tracer.root, node.target)
        return found.double() if getattr(found, "is_floating_point", bool)() else found
    args = [_put(tracer, each) for each in node.args]
    kwargs = {name: _put(tracer, each) for name, each in node.kwargs.items()}
    if node.op == "call_method":
        name = node.target if node.target != "view" else "reshape"  # what others say may lie in another order
        return getattr(args[0], name)(*args[1:], **kwargs)
    called = tracer.root.get_submodule(node.target) if node.op == "call_module" else node.target
    return called(*args, **kwargs)


def _put(tracer: Any, given: Any) -> Any:
    """Return an argument with what its nodes give."""
    if isinstance(given, SEVERAL):
        return type(given)(_put(tracer, each) for each in given)
    if isinstance(given, slice):
        return slice(*(_put(tracer, each) for each in (given.start, given.stop, given.step)))
    return _computed(tracer, given) if hasattr(given, "meta") else given


def attribute(root: Any, path: str) -> Any:
    """Return what stands at a path in a module: "encoder.mask"."""
    for part in path.split("."):
        root = getattr(root, part)
    return root


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
