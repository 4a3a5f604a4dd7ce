"""What holds while a module is traced: numbers have 53 bits, none are drawn, and isinstance sees what an array is."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from symbackprop.errors import SpecError

SEVERAL = (tuple, list)


def in_doubles(torch: Any, tracer: Any) -> Any:
    """Return a context where numbers of fewer bits that a module asks for have 53, as its parameters have.

    An array of fixed numbers that was written into is what was written."""
    short = {"float": torch.float, "half": torch.half, "bfloat16": torch.bfloat16}

    def wide(given: Any) -> Any:
        if isinstance(given, SEVERAL):
            return type(given)(map(wide, given)) if type(given) in SEVERAL else given
        if isinstance(given, torch.dtype):
            return torch.double if given in short.values() else given
        node = None if tracer.running else tracer.written.node(given)
        return given if node is None else tracer.proxy(node)

    class Doubles(torch.overrides.TorchFunctionMode):  # type: ignore[misc]
        """Calls each function with another kind of numbers."""

        def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            name = getattr(function, "__name__", "")
            if name == "__get__":  # of a property: it is the same, whatever is written
                return function(*args)
            state = torch.get_rng_state()
            function = torch.Tensor.double if name in short else function
            args, kwargs = wide(args), {key: wide(each) for key, each in (kwargs or {}).items()}
            if args and isinstance(args[0], torch.fx.Proxy) and torch.overrides.is_tensor_method_or_property(function):
                return getattr(args[0], name)(*args[1:], **kwargs)
            found = function(*args, **kwargs)
            if not (tracer.running or tracer.known in types or torch.equal(state, torch.get_rng_state())):
                raise SpecError("module: it draws other numbers each time; let it read them, or keep them in a buffer")
            return found

    return Doubles()


@contextmanager
def told_apart(torch: Any) -> Iterator[None]:
    """Let isinstance say of an array on its way through a module what it stands for, so that no branch is mistaken.

    A `__class__` that says it is no way: code in C would take the array for one."""
    is_instance = builtins.isinstance
    checks = torch.distributions.Distribution._validate_args  # which are decided by numbers

    def is_kind(given: Any, kinds: Any) -> bool:
        is_known = is_instance(given, torch.fx.Proxy) and "value" in given.node.meta
        if not is_known:
            return is_instance(given, kinds)
        return is_instance(given.node.meta["value"], kinds) or issubclass(type(given), kinds)

    builtins.isinstance = is_kind
    torch.distributions.Distribution.set_default_validate_args(False)
    try:
        yield
    finally:
        builtins.isinstance = is_instance
        torch.distributions.Distribution.set_default_validate_args(checks)
