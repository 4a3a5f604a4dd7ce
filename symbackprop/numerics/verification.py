"""Is the compiled gradient right? Compared with witnesses on the network at hand and on small networks of every kind.

    on the network at hand     hand-written NumPy, central differences, complex steps, the composed cost in 50 digits,
                               PyTorch and JAX on the forward equations, where they are installed
                               single derivatives as they are written out
    on the protocol            all but the last, for small networks in which no symmetry hides a mistake
    its trainers               the first steps of each beside descent spelled out
    its layers, one by one     the slope that is printed for a kink, both sides of every case, every digit with no
                               overflow where z is ±37, ±710 and ±1000: first this network's own, then all that are
                               shipped

A check compares numbers that were computed in ways that share nothing but the forward equations, and looks at every
way in which a gradient can be run: each backend, a batch at once and one sample at a time. Of a library that
differentiates, where that is the one asked for, corners are looked at as of any program: kinks, and nothing far out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np

from symbackprop.calculus.backpropagation import derive, derive_for_code
from symbackprop.errors import DataError
from symbackprop.frozen import dataclass
from symbackprop.network.layered import LayeredNetwork
from symbackprop.network.model import Network, generator
from symbackprop.network.program import Program
from symbackprop.network.text.equations import EquationsNetwork
from symbackprop.numerics.backends import BACKENDS
from symbackprop.numerics.comparison import gradient_by_hand, witness_knows
from symbackprop.numerics.compilation import compile
from symbackprop.numerics.corners import Found, look
from symbackprop.numerics.inaccuracy import ACCEPTED, measured
from symbackprop.numerics.layered_verification import layered_rows
from symbackprop.numerics.lonelayer import LoneLayer, alone
from symbackprop.numerics.mixing import as_computed
from symbackprop.numerics.program_verification import MOST_OPERATIONS, program_rows
from symbackprop.numerics.protocol import Case, case_for, protocol, shipped_layers
from symbackprop.numerics.reference import train
from symbackprop.numerics.report import PROTOCOL, Report, Row, Tell, to_nobody
from symbackprop.numerics.single_derivatives import WRITTEN_OUT, single_derivative_error
from symbackprop.numerics.trainer_verification import DESCENT, trainer_error
from symbackprop.numerics.ways import InNumPy, Way, ways
from symbackprop.numerics.witnessed import EXACT, witnessed_rows

THOROUGHLY = 200_000  # operations in many digits, for each formula of the user's: two seconds at most
FORMULAS = "relative to |f| + |x f'|, beside as many digits as it takes, |z| and |a - y| up to 10,000"
# kind of corner -> how its row is called, and why its errors are as small as EXACT
CORNERS = MappingProxyType(
    {
        "kink": ("slopes at kinks", "the convention that is printed, to rounding"),
        "case": ("both sides of every case", "relative to each entry, beside 60 digits"),
        "far": ("z = ±37, ±710, ±1000", "relative to each entry, beside 700 digits; no overflow, no nan"),
    }
)


def verify(
    network: Network | Program | EquationsNetwork,
    *,
    samples: int = 3,
    seed: int = 0,
    backend: str | None = None,
    small_networks: bool = True,
    on_row: Callable[[Row], None] | None = None,
    on_step: Tell = to_nobody,
) -> Report:
    """Return what the checks of the compiled gradient found; `on_row` is told of each when it is done.

    `on_step` is told what is looked at next, in words with a count: 'central differences, point 2 of 3'.

    `samples` are the random points, parameters and batch or all that a program is given, at which the network at hand
    is looked at; the same seed gives the same points. The code of one `backend` is run, or of all that need no more
    than is installed with us. Without the `small_networks` the network at hand is looked at alone.
    Raises DataError for less than one sample, or where no point gives real values, UnknownNameError, BudgetError and
    MissingExtraError for a backend that cannot be run, CheckError for a defect of the derivation."""
    if type(samples) is not int or samples < 1:
        raise DataError(f"samples is {samples!r}, wanted a whole number, 1 or more; try 3")
    rows, _ = [], generator(seed)
    asked = _Asked(None if backend is None else BACKENDS.canonical(backend), small_networks, on_step)
    for row in _checks(network, samples, seed, asked):
        rows.append(row)
        if on_row is not None:
            on_row(row)
    return Report(tuple(rows))


@dataclass(frozen=True)
class _Asked:
    """Of which backend the checks are, whether small networks are looked at, too, and who is told what is done next."""

    backend: str | None = None
    small_networks: bool = True
    tell: Tell = to_nobody

    def ways(self, network: Network) -> dict[str, Way]:
        """Return the ways to run the gradient of a network."""
        return ways(derive_for_code(network), self.backend)

    @property
    def of_engine(self) -> bool:
        """Whether it is a library that differentiates."""
        return self.backend is not None and BACKENDS[self.backend].engine is not None


EVERYTHING = _Asked()


def _checks(
    network: Network | Program | EquationsNetwork, samples: int, seed: int, asked: _Asked = EVERYTHING
) -> Iterator[Row]:
    network = as_computed(network) if isinstance(network, Network) else network
    if isinstance(network, Network):
        return _rows(network, samples, seed, asked)
    asked.tell("derivation")
    compiled: Any = compile(derive(network), asked.backend or "numpy")
    compiled = InNumPy(compiled) if asked.of_engine else compiled
    if isinstance(network, LayeredNetwork):
        return layered_rows(compiled, samples, seed, asked.tell)
    return program_rows(compiled, samples, seed, tell=asked.tell)


def _rows(network: Network, samples: int, seed: int, asked: _Asked = EVERYTHING) -> Iterator[Row]:
    asked.tell("derivation and code")
    derivation = derive_for_code(network)
    everyway = tuple(ways(derivation, asked.backend).values())
    own = [case_for(network, seed + number, samples=3) for number in range(samples)]
    label, here = network.shape[:60], alone(network)
    yield from witnessed_rows(label, [(everyway, case) for case in own], asked.tell)
    error = single_derivative_error(derivation, everyway[0], own[0], max_operations=MOST_OPERATIONS)
    yield Row("single derivatives", label, 1, error, EXACT, WRITTEN_OUT)
    yield from _trained(label, everyway[0], own)
    yield from _one_by_one(label, here, asked)
    if not asked.of_engine:
        yield from _own_formulas(network)
    if asked.small_networks:
        yield from _small_networks(seed, here, asked)


def _small_networks(seed: int, known: Sequence[LoneLayer], asked: _Asked) -> Iterator[Row]:
    """Yield the checks of the protocol, and of the layers that are shipped beside those that are known."""
    cases, pairs = protocol(seed), []
    for number, case in enumerate(cases, 1):
        asked.tell(f"derivation and code of {PROTOCOL}, {number} of {len(cases)}")
        pairs.append((tuple(asked.ways(case.network).values()), case))
    yield from witnessed_rows(f"{len(cases)} {PROTOCOL}", pairs, asked.tell)
    if not asked.of_engine:
        names = {layer.name for layer in known}  # these have been looked at, at every point
        layers = [layer for layer in shipped_layers() if layer.name not in names]
        yield from _one_by_one(f"{len(layers)} {PROTOCOL}", layers, asked)


def _one_by_one(label: str, layers: Sequence[LoneLayer], asked: _Asked = EVERYTHING) -> Iterator[Row]:
    """Yield a row for each kind of corner that the layers have, the witness by hand included where it knows them."""
    found = {kind: Found() for kind in (("kink",) if asked.of_engine else CORNERS)}
    for number, layer in enumerate(layers, 1):
        asked.tell(f"layer by layer, {number} of {len(layers)}: {layer.name}")
        everyway = asked.ways(layer.network)
        if witness_knows(layer.network):
            everyway["NumPy by hand"] = gradient_by_hand(layer.network)
        look(layer, everyway, found)
    for kind, here in found.items():
        check, reason = CORNERS[kind]
        if here.points:
            where = "" if here.error <= EXACT else f"; worst: {here.where}"
            yield Row(check, label, here.points, here.error, EXACT, reason + where, tuple(each.name for each in layers))


def _trained(label: str, way: Way, cases: Sequence[Case]) -> Iterator[Row]:
    """Yield a row for the trainers, at the points at which a few steps of descent can be made."""
    errors = []
    for case in cases:
        network = case.network
        names, cost = [activation.name for activation in network.activations], network.cost_function.name
        by_hand = partial(train, activations=names, cost=cost) if witness_knows(network) else None
        error = trainer_error(way, (case.params, case.x, case.y), by_hand)
        if error is not None:
            errors.append((error, len(case.x)))
    if errors:
        worst = float(np.max([error for error, _ in errors]))
        yield Row("trainers, step by step", label, sum(count for _, count in errors), worst, EXACT, DESCENT)


def _own_formulas(network: Network) -> Iterator[Row]:
    """Yield a row for the formulas of the user's, if there are any: what was measured of each in floats."""
    found = measured(network, THOROUGHLY)
    if found:
        worst = max(found, key=lambda each: each.error)
        reason = f"{FORMULAS}; {worst}" if worst.region else FORMULAS
        points = sum(each.points for each in found)
        yield Row("formulas of your own", network.shape[:60], points, worst.error, ACCEPTED, reason)
