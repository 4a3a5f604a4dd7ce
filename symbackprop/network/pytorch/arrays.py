"""Arrays that a module has: its parameters, each under one name however often it is used, and fixed numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from symbackprop.errors import SpecError
from symbackprop.frozen import dataclass
from symbackprop.network.layers import Parameter, Size
from symbackprop.network.pytorch.building import Building
from symbackprop.network.pytorch.modules import Source, names_of, numbers_of
from symbackprop.network.pytorch.nodes import SAMPLES
from symbackprop.network.pytorch.views import SAMPLE, Affine, View, number, part, plain_view


@dataclass(frozen=True)
class Learned:
    """An array of PyTorch's in the network: its name there, and its sizes for each axis."""

    name: str
    axes: tuple[tuple[Size, ...], ...]


class Arrays:
    """The arrays of a module, as lines read them: `sources` says where each comes from, `values` has its numbers."""

    def __init__(self, torch: Any, root: Any, building: Building) -> None:
        """Begin with none."""
        self.torch, self.root, self.building = torch, root, building
        self.sources: dict[str, Source] = {}
        self.values: dict[str, np.ndarray] = {}
        self.others: dict[str, Parameter] = {}
        self._known: dict[Any, Learned] = {}
        self._alive: list[Any] = []
        self._arrays = dict(root.named_parameters(remove_duplicate=False))
        self._frozen = frozen(self._arrays)
        self._buffers = {_place(array): name for name, array in root.named_buffers(remove_duplicate=False)}

    def learned(self, path: str) -> View:
        """Return a parameter of the module, read as it is."""
        array = self._arrays[path]
        return self._array(path, path, array.shape, lambda: numbers_of(path, self._arrays))

    def fixed(self, tensor: Any) -> View | float:
        """Return an array of fixed numbers; a number where all are equal."""
        if tensor.numel() and bool((tensor == tensor.flatten()[0]).all()):
            return float(tensor.flatten()[0])
        self._alive.append(tensor)  # no other one gets its id
        source = self._buffers.get(_place(tensor)) if tensor.is_contiguous() else None
        numbers = tensor.detach().cpu().double().numpy()
        return self._array(id(tensor), source, tensor.shape, lambda: np.array(numbers))

    @staticmethod
    def once(tensor: Any, at: int) -> Any:
        """Return an array with one entry along the axis of the samples; raises SpecError where these differ."""
        first = tensor.narrow(at, 0, 1)
        if not bool((tensor == first).all()):
            raise SpecError("has other numbers for each sample of a batch; a network is one of single samples")
        return tensor if tensor.shape[at] == 1 else first

    def _array(self, key: Any, source: Source | None, shape: Sequence[int], value: Callable[[], np.ndarray]) -> View:
        key = self._key(source) if source in self._arrays else key
        if key not in self._known:
            step = self.building.step
            axes = tuple((self.building.size(n),) if n > 1 else () for n in shape)
            sizes = [size for axis in axes for size in axis]
            is_learned, taken = source in self._arrays, {p.name for p in step.parameters}
            letter = _letter(source or "", len(sizes), is_learned=is_learned)
            others = "WGPUVQB" if is_learned else "KEFHJ"
            name = next(f"{each}{step.label}" for each in (letter, *others) if f"{each}{step.label}" not in taken)
            if not sizes:  # a single number stands in an array of one entry
                sizes = [Size("1", 1)]
            fan_in, fixed = max(1, prod(shape[1:])), not is_learned or source in self._frozen
            step.parameters.append(Parameter(name, tuple(sizes), tuple(shape) or (1,), fan_in=fan_in, fixed=fixed))
            self._known[key] = Learned(name, axes)
            self.values[name] = value()
            if source is not None:
                self.sources[name] = source
        return self._view(self._known[key])

    @staticmethod
    def _view(known: Learned) -> View:
        view = plain_view(known.name, [tuple(map(part, axis)) for axis in known.axes])
        return view if view.places else replace(view, places=(Affine((), 1),))

    def _key(self, source: Source) -> Any:
        """Return what is the same for all names of one array of PyTorch's, or of one part of it."""
        if isinstance(source, str):
            return id(self._arrays[source])
        if isinstance(source[1], slice):
            return self._key(source[0]), source[1].start, source[1].stop
        return tuple(map(self._key, source))

    def kept(
        self, parameter: Parameter, source: Source | None, numbers: Mapping[str, float], lines: list[str]
    ) -> list[str]:
        """Keep an array of a layer; one that is known already takes its place in the lines."""
        step = self.building.step
        key = None if source is None else self._key(source)
        known = None if key is None else self._known.get(key)
        if known is None:
            fixed = source is None or set(names_of(source)) <= self._frozen
            step.parameters.append(replace(parameter, fixed=fixed))
            if source is None:
                letter = parameter.name.removesuffix(step.label)
                self.values[parameter.name] = np.full(parameter.shape, float(numbers.get(letter, parameter.start or 0)))
                return lines
            self.sources[parameter.name] = source
            self.values[parameter.name] = numbers_of(source, self._arrays).reshape(parameter.shape)
            self._known[key] = Learned(parameter.name, _grouped(parameter.sizes, parameter.shape))
            self.others[parameter.name] = parameter
            return lines
        sizes = [size for axis in known.axes for size in axis]
        if [size.number for size in parameter.sizes] != [size.number for size in sizes]:  # an axis of 1 may be missing
            raise SpecError(f"shares {'/'.join(names_of(source))} with another use that has other axes")
        for one, other in zip(sizes, parameter.sizes, strict=True):
            self.building.join(one, other)
        pattern = re.compile(rf"\b{re.escape(parameter.name)}\b")
        return [pattern.sub(known.name, line) for line in lines]

    def array(self, given: Any) -> View:
        """Return an operand as a view: an array of fixed numbers, or a number that stands for one."""
        if isinstance(given, self.torch.Tensor):
            sampled = given.shape[:1] == (SAMPLES,)
            found = self.fixed(self.once(given, 0) if sampled else given)
            own = tuple((part(self.building.fresh(n)),) if n > 1 else () for n in given.shape[sampled:])
            return found if isinstance(found, View) else View(number(found), (), ((SAMPLE,),) * sampled + own)
        if not isinstance(given, View):
            raise SpecError(f"reads {type(given).__name__}, which is no array")
        return given

    def spread(self, given: Any) -> View:
        """Return an operand as a view that has an index for each axis, also where all entries are one number."""
        if not isinstance(given, self.torch.Tensor) or not isinstance(self.fixed(given), float):
            return self.array(given)
        sampled = given.shape[:1] == (SAMPLES,)
        rest = tuple((part(self.building.fresh(n)),) for n in given.shape[sampled:])
        return View(number(float(given.flatten()[0])), (), (*((SAMPLE,),) * sampled, *rest))


def _place(tensor: Any) -> tuple[int, int]:
    """Return where the numbers of an array begin, and how many these are: the same for all its shapes."""
    return tensor.data_ptr(), tensor.numel()


def frozen(arrays: Mapping[str, Any]) -> frozenset[str]:
    """Return the parameters that are not learned, by name; none where no other one is, as of a module that is read."""
    found = frozenset(name for name, array in arrays.items() if not array.requires_grad)
    return found if len(found) < len(arrays) else frozenset()


def _grouped(sizes: Sequence[Size], shape: Sequence[int]) -> tuple[tuple[Size, ...], ...]:
    """Return the sizes of an array by the axes of its shape."""
    left = list(sizes)
    found = []
    for n in shape:
        axis: list[Size] = []
        while left and (prod(size.number for size in axis) < n or (n == 1 and left[0].number == 1 and not axis)):
            axis.append(left.pop(0))
        found.append(tuple(axis))
    return tuple(found)


def _letter(path: str, axes: int, *, is_learned: bool) -> str:
    """Return the letter of an array by what it is called in PyTorch, and by how many axes it has."""
    name = path.rpartition(".")[2].lower()
    if "pos" in name:
        return "P"
    if not is_learned:
        return "mu" if "mean" in name else "tau" if "var" in name else "K"
    if axes <= 1 and (name.startswith("b") or "bias" in name):
        return "b"
    return "W" if axes > 1 else "G"
