"""A planted fault: a piece of the text of one function replaced by a wrong one, and who notices.

Nothing is written to a file, and what was planted is taken out again.
"""

from __future__ import annotations

import inspect
import linecache
import sys
import textwrap
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from types import FunctionType
from typing import Any

import pytest

import symbackprop as sb
from symbackprop.calculus.arrayforms import forward_form, matrix_sides
from symbackprop.calculus.passes import Passes, adjoint_equations
from symbackprop.errors import CheckError
from symbackprop.network.program import INDEPENDENT
from symbackprop.numerics import verification
from symbackprop.numerics.curvature import hessian

__all__ = ["Fault", "caught", "network_of", "planted", "rewritten"]

WINGS = ("symbackprop.calculus", "symbackprop.numerics")  # what is kept there may come from a function that is wrong


@dataclass(frozen=True)
class Fault:
    """`right` in the text of a function is replaced by `wrong`; `said` is a small network that comes to that place.

    A shape with activations and a cost, a line of layers with a cost, or the text of equations. `backend` is the one
    whose code is wrong, where it is none of those that are always looked at. `second`: whether the place is come to
    where second derivatives are asked for."""

    name: str
    function: Callable[..., Any]
    right: str
    wrong: str
    said: tuple[Any, ...] = ("2-3-1",)
    backend: str | None = None
    second: bool = False

    @property
    def asked(self) -> tuple[tuple[Any, ...], str | None, bool]:
        """What is asked of `noticed`."""
        return self.said, self.backend, self.second

    @property
    def place(self) -> str:
        """Where the fault is: module and function."""
        plain = inspect.unwrap(self.function)
        return f"{plain.__module__.removeprefix('symbackprop.')}.{plain.__qualname__}"


def rewritten(patch: pytest.MonkeyPatch, function: FunctionType, change: Callable[[str], str]) -> None:
    """Give a function the text that `change` makes of its own, until the patch is undone.

    Whoever holds the function has the new one, and so has who copies its text into generated code."""
    function = inspect.unwrap(function)
    name = f"<another {function.__module__}.{function.__qualname__}>"
    body = change(textwrap.dedent(inspect.getsource(function)))
    lines = f"from __future__ import annotations\n{body}".splitlines(keepends=True)
    patch.setitem(linecache.cache, name, (sum(map(len, lines)), None, lines, name))  # inspect reads it there
    found = dict(function.__globals__)
    exec(compile("".join(lines), name, "exec"), found)  # noqa: S102 - text of this package, with one change
    made = found[function.__name__]
    made = made.func if isinstance(made, cached_property) else inspect.unwrap(made)
    patch.setattr(function, "__code__", made.__code__)


@contextmanager
def planted(fault: Fault) -> Iterator[None]:
    """While inside, the fault is there, and nothing is remembered from before; afterwards, nothing from inside."""
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(fault.function)))
    assert fault.right in source, f"{fault.right} is not in {fault.place}"
    with pytest.MonkeyPatch.context() as patch:
        rewritten(patch, fault.function, lambda text: text.replace(fault.right, fault.wrong))
        forget()
        yield
    forget()


def forget() -> None:
    """Let every function of the calculus and of the numerics compute anew what it has kept."""
    for name, module in list(sys.modules.items()):
        if name.startswith(WINGS):
            for each in vars(module).values():
                if hasattr(each, "cache_clear") and hasattr(each, "__wrapped__"):
                    each.cache_clear()


def network_of(said: tuple[Any, ...]) -> Any:
    """Return the network that is said: equations, a line of layers, or a chain of dense ones."""
    first, *others = said
    if "=" in first.split("->")[0]:
        return sb.equations(first)
    if "->" in first:
        return sb.sequential(first, cost=others[0] if others else "mse")
    return sb.mlp(first, *others)


def caught(fault: Fault) -> str:
    """Return who notices the fault: 'derivation', or the check of `verify` that fails; '' where nobody does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        refused = _refused(sb.derive(network_of(fault.said)))
        with planted(fault):
            return noticed(*fault.asked, refused=refused)


def noticed(
    said: tuple[Any, ...], backend: str | None = None, second: bool = False, refused: frozenset[str] | None = None
) -> str:
    """Return who finds something wrong with a network, the first one that does.

    `refused` are those lines for which no matrix form is found that holds, where nothing is wrong."""
    network = network_of(said)
    try:
        derivation = sb.derive(network)
        if second:
            hessian(Passes(derivation.program, adjoint_equations(derivation)), derivation.program.of_kind(*INDEPENDENT))
    except CheckError:
        return "derivation"
    if refused is not None and _refused(derivation) - refused:
        return "derivation"
    try:
        for row in verification._checks(network, 2, 0, verification._Asked(backend, small_networks=False)):
            if not row.ok:
                return f"verify: {row.check}"
    except CheckError:
        return "verify: forms of its code"
    except ValueError as error:  # shapes that do not go together, which NumPy says: no check comes to its end
        return f"verify: {error}"
    return ""


def _refused(derivation: Any) -> frozenset[str]:
    """Return what has no matrix form of the derivatives and the equations of a program: none that holds."""
    if not hasattr(derivation, "adjoints"):
        return frozenset()
    backward = {n for n, a in derivation.adjoints.items() if matrix_sides(a.left, a.right, a.steps_of_time) is None}
    forward = {str(e.target) for e in derivation.program.equations if forward_form(e, {}, matrix_sides) is None}
    return frozenset(backward | forward)
