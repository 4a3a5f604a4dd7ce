"""The rows of the table: what is measured, beside whom, and the ratio that is wanted; one registry of all."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any, TypeAlias

import numpy as np
from benchmarks import profiles
from benchmarks.measuring import Run, of_processes, pairs
from benchmarks.programs import DERIVATIONS, MEMORIES, STARTS, Program
from benchmarks.rivals import RIVALS, Problem, in_kept_arrays

import symbackprop as sb

__all__ = ["MEMORY", "ROWS", "Found", "Row", "Skipped"]

Found: TypeAlias = tuple[float, float, float]  # our seconds, the rival's, and the ratio; or bytes

CLOSE = 1e-10  # relative to the largest entry: rivals round in another order


class Skipped(Exception):
    """Why a row is not measured."""


@dataclass(frozen=True)
class Row:
    """One ratio: `measure` returns it with the seconds that it is of, or raises Skipped; `why` tells of a miss."""

    group: str
    what: str
    rival: str
    wanted: float | None
    measure: Callable[[], Found]
    why: Callable[[Found], str] | None = None

    @property
    def text(self) -> str:
        """All of what it is called."""
        return f"{self.group}: {self.what} / {self.rival}"


BATCHES = {("64-32-10", 64): 0.80, ("784-30-10", 10): 0.85, ("784-30-10", 128): 0.97, ("784-512-256-10", 128): 0.97}
SINGLES = ("2-3-1", "4-8-8-2")
OF_ALL = ("NumPy by hand", "NumPy, sample by sample", "bare matrix products", "PyTorch eager", "JAX jit", "autograd")
EXTRA = {"64-32-10": ("PyTorch compiled", "CasADi"), "784-30-10": ("PyTorch compiled",)}
MEMORY = "memory at most"
ENGINES = {"torch": "PyTorch eager", "jax": "JAX jit"}


def problem_of(shape: str, samples: int) -> tuple[sb.Network, Problem]:
    """Return a network of sigmoids with the quadratic cost, its parameters, and a batch."""
    network, rng = sb.mlp(shape), np.random.default_rng(0)
    x = rng.normal(size=(samples, network.widths[0]))
    y = np.eye(network.widths[-1])[rng.integers(network.widths[-1], size=samples)]
    return network, Problem(network.initial_params(0), x, y)


def installed(package: str) -> Any:
    """Return a package; raises Skipped without it."""
    try:
        return importlib.import_module(package)
    except ImportError:
        raise Skipped(f"{package} is not installed") from None


def of_batch(shape: str, samples: int, name: str) -> Found:
    """Measure our gradient beside a rival's, once both were found to be the same."""
    rival = RIVALS[name]
    installed(rival.package)
    network, problem = problem_of(shape, samples)
    gradient = sb.compile(sb.derive(network))
    ours, theirs = partial(gradient, problem.params, problem.x, problem.y), rival.make(problem)
    if name != "bare matrix products":
        check(ours(), theirs())
    return pairs(ours, theirs)


def why_of_batch(shape: str, samples: int, name: str, found: Found) -> str:
    """Tell where the time of our gradient goes, and how far one comes who writes it for speed alone."""
    network, problem = problem_of(shape, samples)
    gradient = sb.compile(sb.derive(network))
    run = partial(gradient, problem.params, problem.x, problem.y)
    fastest = in_kept_arrays(problem)
    check(run(), fastest())
    _, _, best = pairs(fastest, RIVALS[name].make(problem))
    return f"{profiles.limit(profiles.of_lines(run, gradient.source), found[2])}; the fastest by hand: {best:.2f}"


def check(found: Any, other: Any) -> None:
    """Raise AssertionError where two ways do not find the same."""
    for key, wanted in found[1].items():
        own, truth = np.asarray(other[1][key]), np.asarray(wanted)
        np.testing.assert_allclose(own, truth, rtol=0, atol=CLOSE * np.abs(truth).max())


def engines(backend: str, shape: str, samples: int) -> tuple[Run, Run]:
    """Return our gradient for a library, and what the library differentiates itself."""
    library = installed(backend)
    network, problem = problem_of(shape, samples)
    theirs = RIVALS[ENGINES[backend]].make(problem)
    own = library.tensor if backend == "torch" else library.numpy.asarray
    params = {name: own(value) for name, value in problem.params.items()}
    gradient, x, y = sb.compile(sb.derive(network), backend), own(problem.x), own(problem.y)

    def ours() -> Any:  # called as the rival is: a call more is a fiftieth of the smallest row
        return gradient(params, x, y) if backend == "torch" else library.block_until_ready(gradient(params, x, y))

    check(ours(), theirs())
    return ours, theirs


def of_engine(backend: str, shape: str, samples: int) -> Found:
    """Measure our gradient for a library beside what the library differentiates itself."""
    return pairs(*engines(backend, shape, samples))


def why_of_engine(backend: str, shape: str, samples: int, found: Found) -> str:
    """Tell where the time of both goes: by operations, or beside that of calling a compiled function at all."""
    ours, theirs = engines(backend, shape, samples)
    if backend == "torch":
        return " / ".join(profiles.told(profiles.of_operations(run).items()) for run in (ours, theirs))
    jax = installed("jax")
    network, problem = problem_of(shape, samples)
    nothing = jax.jit(lambda params, x, y: {**params, "x": x, "y": y})
    params = {name: jax.numpy.asarray(value) for name, value in problem.params.items()}
    arrays = (params, jax.numpy.asarray(problem.x), jax.numpy.asarray(problem.y))
    calling, _, _ = pairs(lambda: jax.block_until_ready(nothing(*arrays)), ours)
    compiled = jax.jit(sb.compile(sb.derive(network), "jax")._of_what_fits)  # type: ignore[union-attr]
    _, _, alone = pairs(lambda: jax.block_until_ready(compiled(*arrays)), theirs)
    return (
        f"calling a compiled function that returns its arguments takes {calling / found[0]:.0%} of our time; our "
        f"compiled text, called alone: {alone:.2f}; the rest is looking at the arguments, which the rival does not"
    )


def of_network(name: str, *, by_hand: bool = False) -> Found:
    """Measure a program that is no chain of dense layers beside PyTorch, or beside NumPy by hand."""
    installed("torch")
    from benchmarks.networks import CASES

    return pairs(*(CASES[name].beside_hand() if by_hand else CASES[name].both()))


def memory_of(name: str) -> Found:
    """Measure the bytes that the gradient of a program takes at most, beside those of what it is of."""
    installed("torch")
    from benchmarks.networks import CASES

    return CASES[name].memory()


def networks_in(backend: str, name: str) -> tuple[Run, Run]:
    """Return our code of such a program for a library, and what the library differentiates itself."""
    installed("torch"), installed(backend)
    from benchmarks.networks import CASES

    return CASES[name].in_torch() if backend == "torch" else CASES[name].in_jax()


def of_network_in(backend: str, name: str) -> Found:
    """Measure our code for a library of such a program beside what the library differentiates itself."""
    return pairs(*networks_in(backend, name))


def why_of_network_in(backend: str, name: str, _found: Found) -> str:
    """Tell which of the library's operations take the time of both."""
    shares = profiles.of_operations if backend == "torch" else profiles.of_jax
    return " / ".join(profiles.told(shares(run).items()) for run in networks_in(backend, name))


def why_of_network(name: str, found: Found) -> str:
    """Tell where the time of our program goes."""
    from benchmarks.networks import CASES

    run, _ = CASES[name].problem()
    source = run.func.source  # type: ignore[attr-defined]
    return profiles.limit(profiles.of_lines(run, source), found[2])


def why_of_start(format: str, _found: Found) -> str:
    """Tell where the time of a command that writes a document goes."""
    return profiles.of_stages(format)


def why_of_derivation(program: list[str], _found: Found) -> str:
    """Tell which parts take the time of a derivation."""
    return profiles.told(profiles.of_parts(program).items())


def why_of_help(_found: Found) -> str:
    """Tell what the help waits for; half of it is Python's own start, the rest is loading."""
    shares = profiles.of_imports(["-m", "symbackprop", "--help"])
    return f"loading takes {sum(shares.values()) * 1e3:.0f} ms: {profiles.told(shares.items())}"


def of_programs(ours: Program, theirs: Program, times: int, package: str) -> Found:
    """Measure two programs that print their seconds."""
    installed(package)
    return of_processes(ours[1], theirs[1], most=times)


def _rows() -> Iterator[Row]:
    for (shape, samples), wanted in BATCHES.items():
        last = 1.05 if shape == "784-512-256-10" else None
        aims: Mapping[str, float | None] = {"NumPy by hand": wanted, "bare matrix products": last}
        for name in (*OF_ALL, *EXTRA.get(shape, ())):
            what = f"{shape}, batch {samples}"
            measure, why = partial(of_batch, shape, samples, name), partial(why_of_batch, shape, samples, name)
            yield Row("gradient of a batch", what, name, aims.get(name), measure, why)
    for shape in SINGLES:
        for name in ("NumPy by hand", "PyTorch eager", "JAX jit", "autograd", "CasADi"):
            yield Row("gradient of one sample", shape, name, None, partial(of_batch, shape, 1, name))
    for backend, (shape, samples) in product(ENGINES, BATCHES):
        what, at = f"{shape}, batch {samples}, {backend}", (backend, shape, samples)
        ways = partial(of_engine, *at), partial(why_of_engine, *at)
        yield Row("our code for a library", what, ENGINES[backend], 1.05, *ways)
    for what, wanted in (("LeNet", 1.4), ("LSTM", 0.7), ("attention", 0.7), ("layer norm", 1.0)):
        measure, why = partial(of_network, what), partial(why_of_network, what)
        yield Row("other networks", what, "PyTorch eager", wanted, measure, why)
    hand = partial(of_network, "layer norm", by_hand=True)
    yield Row("other networks", "layer norm", "NumPy by hand", None, hand)
    for what, wanted in (("LeNet", 4), ("LSTM", 2), ("attention", 2), ("layer norm", 2)):
        yield Row(MEMORY, what, "parameters, gradients, activations", wanted, partial(memory_of, what))
    for backend, what in product(ENGINES, ("LeNet", "LSTM", "attention")):
        ways = partial(of_network_in, backend, what), partial(why_of_network_in, backend, what)
        yield Row("our code for a library", f"{what}, {backend}", ENGINES[backend], 1.05, *ways)
    for group, programs in (("derivation", DERIVATIONS), ("start", STARTS)):
        for ours, theirs, aim, times, package in programs:
            measure, written = partial(of_programs, ours, theirs, times, package), re.search(r"--to (\w+)", ours[0])
            loaded = partial(why_of_start, written[1]) if written else why_of_help
            why = loaded if group == "start" else partial(why_of_derivation, ours[1])
            yield Row(group, ours[0], theirs[0], aim, measure, why)
    for ours, theirs, aim, times, package in MEMORIES:
        yield Row(MEMORY, ours[0], theirs[0], aim, partial(of_programs, ours, theirs, times, package))


ROWS = tuple(_rows())
