"""What holds while a module is traced: numbers have 53 bits, none are drawn, and isinstance sees what an array is."""

from __future__ import annotations

import builtins
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import numpy as np

from symbackprop.errors import SpecError

SEVERAL = (tuple, list)
DRAWN = "module: it draws other numbers each time; let it read them, or keep them in a buffer"


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
                raise SpecError(DRAWN)
            return found

    return Doubles()


def drawn_by_others() -> tuple[Any, ...]:
    """Return what changes where a module draws numbers by other means than PyTorch's: those of Python and of NumPy."""
    _, numbers, *rest = np.random.get_state()
    return random.getstate(), np.asarray(numbers).tobytes(), rest


@contextmanager
def told_apart(torch: Any) -> Iterator[None]:
    """Let isinstance say of an array on its way through a module what it stands for, so that no branch is mistaken.

    A `__class__` that says it is no way: code in C would take the array for one."""
    is_instance = builtins.isinstance
    apply = vars(torch.autograd.Function)["apply"]
    checks = torch.distributions.Distribution._validate_args  # which are decided by numbers

    def is_kind(given: Any, kinds: Any) -> bool:
        is_known = is_instance(given, torch.fx.Proxy) and "value" in given.node.meta
        if not is_known:
            return is_instance(given, kinds)
        return is_instance(given.node.meta["value"], kinds) or issubclass(type(given), kinds)

    def refused(function: Any, *_: Any, **__: Any) -> NoReturn:
        raise SpecError(
            f"module: it calls the autograd.Function {function.__name__}, whose way back is its own; "
            "say what it computes by other functions"
        )

    builtins.isinstance = is_kind
    torch.autograd.Function.apply = classmethod(refused)
    torch.distributions.Distribution.set_default_validate_args(False)
    try:
        yield
    finally:
        builtins.isinstance = is_instance
        torch.autograd.Function.apply = apply
        torch.distributions.Distribution.set_default_validate_args(checks)
