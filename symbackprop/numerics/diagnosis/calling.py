"""A person's own function: what it takes is found from its parameters, and its result is read kindly.

gradient(params, x, y)        gradient(W1, b1, W2, b2, x, y)        gradient(params: Params, x, y), a dataclass
a class with backward, which returns derivatives, or keeps them as grads or dW1        an nn.Module of PyTorch
forward and backward, returned by a function        derivatives yielded sample by sample
"""

from __future__ import annotations

import inspect
import os
import sysconfig
import traceback
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, fields, is_dataclass
from functools import partial
from types import MappingProxyType, SimpleNamespace
from typing import Any

import numpy as np

from symbackprop import errors
from symbackprop.errors import DataError
from symbackprop.frozen import dataclass

SHOWN_OF_AN_ERROR = 160
_LIBRARIES = (sysconfig.get_path("stdlib"), os.path.dirname(os.path.abspath(errors.__file__)))
_INPUTS = ("x", "inputs", "input", "data", "xs", "features", "batch")
_TARGETS = ("y", "target", "targets", "label", "labels", "t", "ys", "y_true")
_SIZES = ("sizes", "layers", "shape", "widths", "dims", "layer_sizes")
_METHODS = ("backward", "backprop", "backpropagation", "gradient", "gradients", "grad", "grads", "backward_pass")
_FORWARD = ("forward", "forward_pass", "feedforward", "predict", "__call__")
_PARAMS = ("params", "parameters", "theta", "weights_and_biases", "p", "state", "model", "net", "network")
_KEPT = ("grads", "gradients", "grad", "derivatives")
_UPSTREAM = ("d_out", "upstream", "grad_output", "grad_out", "da", "delta")
_OUTPUT = ("output", "out", "y_hat", "y_pred", "a", "cache")


@dataclass(frozen=True)
class _Given:
    """What a function can be given: parameters, samples, targets; ∂C/∂a of an output is found from it."""

    params: Mapping[str, np.ndarray]
    x: Any
    y: Any
    upstream: Callable[[Any], Any] | None = None
    others: Mapping[str, Any] = field(default_factory=dict)  # of equations: those that nothing is differentiated by

    def layered(self, letter: str) -> list[np.ndarray]:
        """Return the weights, or the biases, from the first layer to the last."""
        return [np.array(array) for known, array in self.params.items() if known.startswith(letter)]

    def copies(self) -> dict[str, np.ndarray]:
        """Return all parameters by name."""
        return {known: np.array(array) for known, array in self.params.items()}

    def argument(self, name: str, hint: Any, output: Any) -> Any:
        """Return what an argument of that name is given; raises DataError for one that nobody knows."""
        lower, plain = name.lower(), name.lower().replace("_", "")
        if name in self.params or name in self.others:
            return np.array(self.params.get(name, self.others.get(name)))
        if is_dataclass(hint) and isinstance(hint, type):
            return hint(**{each.name: self._entry(each.name) for each in fields(hint) if each.init})
        for known, value in (
            (_PARAMS, self.copies),
            (_INPUTS, lambda: np.array(self.x)),
            (_TARGETS, lambda: np.array(self.y)),
            (_OUTPUT, lambda: output),
        ):
            if plain in _plain(known) and (known is not _OUTPUT or output is not None):
                return value()
        if plain in _plain(_UPSTREAM) and output is not None and self.upstream is not None:
            return self.upstream(as_array(output))
        if lower in ("weights", "biases", "w", "b"):
            return self.layered("W" if lower[0] == "w" else "b")
        if (own := next((known for known in self.params if known.lower() == plain), None)) is not None:
            return np.array(self.params[own])
        wanted = "params, x, y, or names of the network such as W1, b1, x, y"
        raise DataError(f"function: its argument {name[:30]} is not known; it may take {wanted}")

    def _entry(self, name: str) -> Any:
        return self.argument(name, None, None)

    def result(self, function: Callable[..., Any], output: Any = None) -> Any:
        """Return what a function gives for its own arguments, those that have a value of their own left out."""
        try:
            signature = inspect.signature(function).parameters.values()
            hints = typing.get_type_hints(function)
        except (ValueError, TypeError, NameError, AttributeError):
            signature, hints = inspect.signature(function).parameters.values(), {}
        asked = [each for each in signature if each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)]
        arguments: dict[str, Any] = {}
        plain: list[Any] = []
        for each in asked:
            try:
                value = self.argument(each.name, hints.get(each.name), output)
            except DataError:
                if each.default is each.empty:
                    raise
                continue
            if each.kind is each.KEYWORD_ONLY or len(plain) < asked.index(each):
                arguments[each.name] = value
            else:
                plain.append(value)
        return run(partial(function, *plain, **arguments))


def _plain(names: Sequence[str]) -> set[str]:
    """Return names as they are compared, without what divides their words."""
    return {name.replace("_", "") for name in names}


def called(
    function: Callable[..., Any],
    params: Mapping[str, np.ndarray],
    x: Any,
    y: Any,
    *,
    upstream: Callable[[Any], Any] | None = None,
    others: Mapping[str, Any] = MappingProxyType({}),
) -> Any:
    """Return the derivatives that a function gives; raises DataError where it takes something else, or fails.

    `upstream` gives ∂C/∂a for an output, for a module of PyTorch, which knows of no cost; `others` are arrays that it
    may take by their names."""
    given = _Given(params, x, y, upstream, others)
    try:
        inspect.signature(function)
    except (ValueError, TypeError):
        raise DataError("function: it does not say what it takes; give a function of (params, x, y)") from None
    if inspect.isclass(function):
        return _of_torch(function, given) if _is_module(function) else _of_class(function, given)
    result = given.result(function)
    if isinstance(result, tuple) and result and all(map(callable, result)):
        names = {getattr(each, "__name__", ""): each for each in result}
        return _of_methods(SimpleNamespace(**names), given)
    return _result(result)


def _of_class(kind: type, given: _Given) -> Any:
    made = _made(kind, given)
    own_arrays = [known for known in given.params if hasattr(made, known) or known in inspect.get_annotations(kind)]
    for letter, names in (("W", ("weights", "W", "w")), ("b", ("biases", "b"))):
        known = {*dir(made), *inspect.get_annotations(kind)}
        own = next((name for name in names if name in known and not callable(getattr(made, name, None))), None)
        if own is not None:
            setattr(made, own, given.layered(letter))
        elif not own_arrays and not _takes_arrays(kind, given):
            wanted = "it needs weights and biases as lists, or W1, b1, …"
            raise DataError(f"function: the class has none of {', '.join(names)}; {wanted}")
    for array in own_arrays:
        setattr(made, array, np.array(given.params[array]))
    return _of_methods(made, given)


def _of_methods(made: Any, given: _Given) -> Any:
    """Return the derivatives of something with backward: what it returns, or what it keeps."""
    backward = next((getattr(made, name) for name in _METHODS if callable(getattr(made, name, None))), None)
    if backward is None:
        raise DataError("function: the class has no method backward(x, y)")
    forward = next((getattr(made, name) for name in _FORWARD if callable(getattr(made, name, None))), None)
    output = None if forward is None else given.result(forward)
    output = output[0] if isinstance(output, tuple) and output else output
    result = given.result(backward, output)
    if result is None:
        result = next((kept for name in _KEPT if (kept := getattr(made, name, None)) is not None), None)
    if result is None:
        named = ((known, f"{form}{known}") for known in given.params for form in ("d", "grad_", "d_"))
        result = {known: getattr(made, name) for known, name in named if hasattr(made, name)} or None
    return _result(result)


def _made(kind: type, given: _Given) -> Any:
    """Return an object of a class, made with the widths of the layers, or with parameters, where it asks for them."""
    asked = [each for each in inspect.signature(kind).parameters.values() if each.default is each.empty]
    asked = [each for each in asked if each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)]
    if len(asked) == 1 and asked[0].name.lower() in _SIZES:
        return run(kind, _widths(given))
    if not asked:
        return run(kind)
    widths = _widths(given)
    if len(asked) == len(widths) and not _takes_arrays(kind, given):
        return run(kind, *widths)
    return given.result(kind)


def _takes_arrays(kind: type, given: _Given) -> bool:
    names = {name.lower() for name in inspect.signature(kind).parameters}
    return bool(names & {*_PARAMS, "weights", "biases", *(known.lower() for known in given.params)})


def _widths(given: _Given) -> list[int]:
    weights = [array for name, array in given.params.items() if name.startswith("W") and array.ndim == 2]
    return [int(weights[0].shape[1]), *(len(weight) for weight in weights)] if weights else []


def _is_module(kind: type) -> bool:
    return any(f"{each.__module__}.{each.__name__}" == "torch.nn.modules.module.Module" for each in kind.__mro__)


def _of_torch(kind: type, given: _Given) -> Any:
    """Return the derivatives that PyTorch finds of a module: its parameters, in their order, are ours."""
    import torch

    module = _made(kind, given)
    own, arrays = list(module.named_parameters()), list(given.params.items())
    order = arrays if [a.ndim for _, a in arrays] == [p.ndim for _, p in own] else _weights_first(arrays)
    shapes = [(name, tuple(p.shape)) for name, p in own]
    if len(own) != len(order) or any(p.shape != a.shape for (_, p), (_, a) in zip(own, order, strict=False)):
        raise DataError(f"function: the module has the parameters {shapes}; wanted {[(n, a.shape) for n, a in order]}")
    with torch.no_grad():
        for (_, parameter), (_, array) in zip(own, order, strict=True):
            parameter.data = torch.tensor(array, dtype=torch.float64)
    output = run(module, torch.tensor(np.asarray(given.x), dtype=torch.float64))
    if given.upstream is None:
        raise DataError("function: a module of PyTorch wants a network of layers; give a function of (params, x, y)")
    run(output.backward, torch.tensor(given.upstream(as_array(output)), dtype=torch.float64))
    return {name: as_array(p.grad) for (name, _), (_, p) in zip(order, own, strict=True) if p.grad is not None}


def _weights_first(arrays: Sequence[tuple[str, np.ndarray]]) -> list[tuple[str, np.ndarray]]:
    return sorted(arrays, key=lambda each: not each[0].startswith("W"))


def run(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return what a person's function gives; raises DataError, in one line, where it fails."""
    try:
        found = function(*arguments)
        return list(found) if inspect.isgenerator(found) else found
    except (Exception, SystemExit) as error:
        shown = " ".join(str(error).split())[:SHOWN_OF_AN_ERROR]
        raise DataError(f"function: it raised {type(error).__name__}{place_of(error)}: {shown}") from None


def place_of(error: BaseException) -> str:
    """Return where a person's own code failed, " in line 12 of mine.py": the innermost line that is in no library."""
    own = [each for each in traceback.extract_tb(error.__traceback__) if _is_own(each.filename)]
    return f" in line {own[-1].lineno} of {os.path.basename(own[-1].filename)}" if own else ""


def _is_own(file: str) -> bool:
    return os.path.isfile(file) and not file.startswith(_LIBRARIES) and "-packages" not in file


def as_array(value: Any) -> Any:
    """Return an array of NumPy, from whatever library it is."""
    return value.detach().cpu().numpy() if hasattr(value, "detach") else np.asarray(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) or getattr(value, "ndim", None) == 0


def _result(result: Any) -> Any:
    """Return the derivatives of what a function returns: (cost, derivatives) has them second, samples are averaged."""
    if result is None:
        raise DataError("function: it returned None; return the derivatives, as {'W1': …, 'b1': …}")
    if isinstance(result, tuple) and len(result) == 2 and _is_number(result[0]):
        return _result(result[1])
    if is_dataclass(result) and not isinstance(result, type):
        return {each.name: getattr(result, each.name) for each in fields(result)}
    if isinstance(result, tuple) and hasattr(result, "_asdict"):
        return result._asdict()
    if isinstance(result, list) and result and all(isinstance(each, Mapping) for each in result):
        return _averaged([{name: np.asarray(array) for name, array in each.items()} for each in result])
    if isinstance(result, SimpleNamespace):
        return vars(result)
    return list(result) if isinstance(result, tuple) else result


def _averaged(samples: Sequence[Mapping[str, np.ndarray]]) -> dict[str, Any]:
    """Return the means of derivatives that come sample by sample."""
    return {name: sum(each[name] for each in samples) / len(samples) for name in samples[0]}
