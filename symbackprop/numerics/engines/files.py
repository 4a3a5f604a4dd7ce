"""What is derived as a whole file for a library: with a gradient by names where there is a cost, and a check of itself.

block of equations          forward, backward, the differentiable function
equations with a cost       gradient(values) besides
network of layers           gradient(params, x, y) and cost(params, x, y) besides
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from math import prod

import numpy as np

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.passes import passes_of
from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.network.layered import LayeredNetwork
from symbackprop.network.model import Network
from symbackprop.network.program import INDEPENDENT, Array, Kind
from symbackprop.numerics.batching import batch_of, sample_of
from symbackprop.numerics.engines.engine import Engine
from symbackprop.numerics.engines.moduletext import ModuleText
from symbackprop.numerics.program_points import SMALL, points

NETWORK = '''
SHAPES = {shapes}  # of the arguments of forward, as the equations have them; -1 is the number of samples
NUMBERS = {numbers}

{arguments}

def cost(params, x, y{masks}):
    """Return the cost of a batch, which {library} differentiates by the derived backward pass."""
    return {apply}(*arguments(params, x, y{passed}))


{direct}
def gradient(params, x, y{masks}):
    """Return the cost of a batch and its derivative by every parameter.

    {legend}
    """
    given = arguments(params, x, y{passed})
    (found,), kept = forward(*given)
    grads = dict(zip(SHAPES, backward(*given, *kept{apart})))
    return found, {{name: grads[name].reshape(shape) for name, shape in {outside}.items()}}
'''

VALUES = '''
NAMES = {order}  # of the arguments of forward


{direct}
def gradient(values):
    """Return the cost and its derivative by each parameter and each input; values: arrays by their names."""
    given = [values[name] for name in NAMES]
    (found,), kept = forward(*given)
    grads = backward(*given, *kept)
    return found, {{name: grad for name, grad in zip(NAMES, grads) if grad is not None}}
'''

SAMPLES = 3  # of a batch, in the check that stands in a file
SLOW = 60  # entries, from which on the check takes random directions and not one entry after the other


def module_of(
    derivation: Derivation | ProgramDerivation, engine: Engine, saved: tuple[str, ...] | None = None
) -> ModuleText:
    """Return the text of what was derived: of a batch, where it is a network of layers."""
    network = derivation.network
    if not isinstance(network, Network | LayeredNetwork):
        assert isinstance(derivation, ProgramDerivation)
        title = f"{derivation.title or 'A program'}: forward and backward, derived by symbackprop."
        return ModuleText(passes_of(derivation), engine, title, saved)
    passes, is_fixed = batch_of(sample_of(derivation), network), isinstance(network, LayeredNetwork)
    name = network.title or network.line if isinstance(network, LayeredNetwork) else network.shape
    title = f"The gradient of {name}, derived by symbackprop."
    is_mean = network.reduction == "mean" and not network.is_coupled
    count = passes.program.array("x").tensor.sizes[0] if is_mean else None
    return ModuleText(passes, engine, title, saved, inputs_apart=engine.is_eager, count=count, are_fixed=is_fixed)


def file_of(module: ModuleText, network: object) -> str:
    """Return the whole text of a module; `network` is what it computes."""
    behind = []
    if isinstance(network, Network | LayeredNetwork):
        behind.append(_of_network(module, network))
    elif module.passes.program.has_cost:
        behind.append(VALUES.format(direct=module.engine.direct, order=tuple(array.name for array in module.given)))
    return module.text(*behind, _check(module, network))


def _of_network(module: ModuleText, network: Network | LayeredNetwork) -> str:
    """Return the functions of (params, x, y); inside, an axis that flatten made of several has these several."""
    ends, masks, constants = (network.input_shape, network.output_shape), network.masks, dict(network.constants)
    short = {name: name.replace(".", "_") for name in masks}
    learned = {array.name for array in module.wanted}
    rows = [*zip("xy", map(_batch, ends), strict=True)]
    rows += [(name, str(shape)) for name, shape in network.parameter_shapes.items()]
    rows += [(short[name], f"{_batch(shape)}, all 1 where left out") for name, shape in masks.items()]
    legend = "   ".join(f"{name}: {shape}" for name, shape in rows)
    own = {
        "masks": "".join(f", {name}=None" for name in short.values()),
        "named": "".join(f', "{name}": {own}' for name, own in short.items()),
        "size": prod(ends[0]),
    }
    engine = module.engine
    is_apart = module.inputs_apart and any(array.kind == Kind.INPUT for array in module.wanted)
    return NETWORK.format(
        **own,
        arguments=engine.arguments.format(**own),
        library=engine.title,
        apply=engine.apply,
        direct=engine.direct,
        shapes={array.name: shape for array, shape in _shapes(module, batch=-1)},
        numbers=constants,
        passed="".join(f", {name}" for name in short.values()),
        legend="\n    ".join(textwrap.wrap(legend, 110)),
        outside={name: shape for name, shape in network.parameter_shapes.items() if name in learned},
        apart=", by_inputs=False" if is_apart else "",
    )


def _batch(shape: tuple[int, ...]) -> str:
    return f"({', '.join(('m', *map(str, shape)))}{',' * (not shape)})"


def _shapes(module: ModuleText, batch: int | None = None) -> Iterator[tuple[Array, tuple[int, ...]]]:
    """Yield each argument with its shape; `batch` stands for the number of samples."""
    program = module.passes.program
    sizes = dict(program.sizes)
    first = program.array("x").tensor.sizes[0] if batch is not None else None
    for array in module.given:
        counts = [batch if count == first else int(count.xreplace(sizes)) for count in array.tensor.sizes]
        yield array, tuple(int(count) for count in counts if count is not None)


def _check(module: ModuleText, network: object) -> str:
    """Return the function that checks the file, at random numbers of the kind that the program is defined for."""
    of_network = isinstance(network, Network | LayeredNetwork)
    said = dict(_shapes(module, batch=SAMPLES)) if of_network else {}
    constants: Mapping[str, float] = getattr(network, "constants", {})
    draw = "any"
    if not of_network:
        point = next(points(module.passes.program, 0, 1))
        told = {a.name: np.asarray(point.values[a.name]) for a in module.given}
        numbers = np.concatenate([values.ravel() for values in told.values()])
        draw = "any" if numbers.min() <= 0 else "small" if numbers.max() < SMALL[1] else "positive"
        said = {array: told[array.name].shape for array in module.given}
    rows = [(place, array, *_drawn(array, network, constants, draw)) for place, array in enumerate(module.given)]
    sample, wanted = module.engine.sample, {a.name for a in module.wanted if a.kind in INDEPENDENT}
    texts: list[tuple[int, str]] = []
    data: list[tuple[int, str]] = []
    for place, array, kind, number in rows:
        made = sample[kind].format(number if kind == "number" else said[array], number)
        own = sample["wanted"].format(made) if array.name in wanted else made
        is_data = array.name not in wanted
        (data if is_data else texts).append((place, f"{own},  # {array.name}"))
    entries = sum(prod(said[array]) for array in module.given)
    together = sorted([*texts, *data]) if module.engine.package == "torch" else texts
    return module.engine.check.format(
        **module.fields,
        samples="\n".join(f"            {_placed(module, place, text)}" for place, text in together),
        data_samples="\n".join(f"            {_placed(module, place, text)}" for place, text in data),
        fast=entries > SLOW,
    )


def _placed(module: ModuleText, place: int, text: str) -> str:
    return text if module.engine.package == "torch" else f"{place}: {text}"


def _drawn(array: Array, network: object, constants: Mapping[str, float], draw: str) -> tuple[str, object]:
    """Return how numbers for an array are made, and the number that this wants."""
    if array.name in constants:
        return "number", constants[array.name]
    if isinstance(network, Network | LayeredNetwork):
        if array.name in network.masks:
            return "ones", None
        if array.name == "x" and network.vocabulary:
            return "whole", network.vocabulary
        if array.kind == Kind.TARGET:
            return "positive", None
    return draw, None
