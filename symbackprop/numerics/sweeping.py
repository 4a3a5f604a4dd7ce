"""A sweep: many networks, each checked by `verify`, and what was found of each as lines of a table.

    networks     shapes, layer lines, files, examples of equations
    activations  of shapes: a name or a formula for all layers, or a list with one for each
    costs        of shapes and of layer lines
    seeds        a list of whole numbers, or how many from 0 on
    samples      random points for each                 backends   whose code is looked at

A trial is plain data: whichever process it is handed to reads its text by the same readers, and calls `verify`.
"""

from __future__ import annotations

import hashlib
import json
import shlex
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import product
from typing import Any

from symbackprop.errors import CheckError, DomainError, SpecError, SymbackpropError, errors_of
from symbackprop.frozen import dataclass
from symbackprop.network.said import Said
from symbackprop.network.spec import LARGEST_SEED
from symbackprop.network.tables import kind_of, table_from_text
from symbackprop.numerics.backends import BACKENDS
from symbackprop.numerics.verification import verify

COLUMNS = (
    *("trial", "network", "activation", "cost", "backend", "seed"),
    *("check", "samples", "error", "allowed", "verdict", "checks"),
)
PASSED, FAILED = "passed", "FAILED"
MOST_TRIALS = 100_000
SAMPLES = 3
_TRY = 'try networks = ["2-3-1"]'
_KEYS = ("networks", "activations", "costs", "seeds", "samples", "backends")


@dataclass(frozen=True)
class Trial:
    """One network to check: what NETWORK is on the command line, as plain data, and how it is looked at."""

    network: str
    said: Said
    seed: int
    samples: int = SAMPLES
    backend: str = ""

    def key(self, version: str) -> str:
        """Return a word for all that is looked at, and by which version of us: another file is another trial."""
        everything = json.dumps([asdict(replace(self.said, options={**self.said.options})), version, *self.settings])
        return hashlib.sha256(everything.encode()).hexdigest()[:16]

    @property
    def settings(self) -> tuple[int, int, str]:
        """How the network is looked at."""
        return self.seed, self.samples, self.backend

    @property
    def command(self) -> str:
        """What is typed to look at this one alone."""
        options = {"-a": self.activation, "-c": self.cost, "--seed": self.seed, "--samples": self.samples}
        usual = {"--seed": 0, "--samples": SAMPLES}
        typed = [(flag, str(said)) for flag, said in options.items() if said not in ("", usual.get(flag))]
        typed += [("--backend", self.backend)] if self.backend else []
        return " ".join(["symbackprop verify", *map(shlex.quote, (self.network, *(w for pair in typed for w in pair)))])

    @property
    def activation(self) -> str:
        """The activation, or one for each layer with commas between."""
        said = self.said.options.get("activation", "")
        return said if isinstance(said, str) else ",".join(said)

    @property
    def cost(self) -> str:
        """The cost; nothing where the network says it itself."""
        return str(self.said.options.get("cost", ""))


@dataclass(frozen=True)
class Sweep:
    """All trials, no two the same; and what was left out, as a cost is not defined for what comes before it."""

    trials: tuple[Trial, ...]
    left_out: tuple[str, ...]


def looked_at(trial: Trial) -> list[tuple[str, ...]]:
    """Return what the checks of a trial found, a line each, without its key; of one that cannot be made, why."""
    about = (trial.network, trial.activation, trial.cost, trial.backend, str(trial.seed))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            network = trial.said.spec().network
            options = {"samples": trial.samples, "seed": trial.seed, "backend": trial.backend or None}
            rows = verify(network, small_networks=False, **options).rows  # type: ignore[arg-type]
    except SymbackpropError as error:
        verdict = FAILED if isinstance(error, CheckError) else "refused"
        return [(*about, " ".join(f"{verdict}: {error}".split()), "0", "", "", verdict, "1")]
    return [
        (*about, r.check, str(r.samples), repr(r.error), repr(r.tolerance), PASSED if r.ok else FAILED, str(len(rows)))
        for r in rows
    ]


def sweep_from_text(text: str, *, kind: str, where: str, read: Callable[[str, Mapping[str, Any]], Said]) -> Sweep:
    """Return the trials that a file of networks and what to cross them with says; `read` knows files and examples.

    Raises SpecError for a key that is unknown or of the wrong type, and for a network that cannot be made: one line."""
    table = table_from_text(text, kind=kind, where=where, advice=_TRY)
    with errors_of(where):
        said = _read(table)
        return _crossed(said, read)


def _read(table: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the lists of a table, with what is usual for those that are missing."""
    for key in table:
        if key not in _KEYS:
            raise SpecError(f"key {ascii(key)[:60]} is unknown; known: {', '.join(_KEYS)}")
    if "networks" not in table:
        raise SpecError(f"networks is missing; {_TRY}")
    found = {
        key: _texts(key, table[key], nested=key == "activations") for key in (*_KEYS[:3], "backends") if key in table
    }
    for backend in found.get("backends", ()):
        BACKENDS.canonical(backend)
    seeds = table.get("seeds", 1)
    if type(seeds) is int and 0 < seeds <= MOST_TRIALS:
        seeds = list(range(seeds))
    if not isinstance(seeds, list) or not seeds or not all(type(n) is int and 0 <= n <= LARGEST_SEED for n in seeds):
        wanted = "wanted how many there are, or a list of whole numbers"
        raise SpecError(f"seeds: {wanted}, got {_shown(seeds)}; try seeds = 10 or seeds = [0, 1]")
    samples = table.get("samples", SAMPLES)
    if type(samples) is not int or not 0 < samples <= 1000:
        raise SpecError(
            f"samples: wanted a whole number from 1 to 1000, got {_shown(samples)}; try samples = {SAMPLES}"
        )
    return {**found, "seeds": seeds, "samples": [samples]}


def _shown(value: object) -> str:
    return str(value) if type(value) is int else kind_of(value)


def _texts(key: str, value: object, *, nested: bool) -> list[Any]:
    """Return a list of texts, and in it, where they may be, lists of texts as tuples."""
    example = {"networks": '["2-3-1"]', "activations": '["tanh"]', "costs": '["mse"]', "backends": '["numpy"]'}[key]
    if not isinstance(value, list) or not value:
        got = "an empty list" if value == [] else kind_of(value)
        raise SpecError(f"{key}: wanted a list of text, got {got}; try {key} = {example}")
    found: list[Any] = []
    for place, each in enumerate(value):
        if isinstance(each, list) and nested and each and all(isinstance(name, str) for name in each):
            found.append(tuple(each))
        elif isinstance(each, str):
            found.append(each)
        else:
            raise SpecError(f"{key}[{place}]: wanted text, got {kind_of(each)}; write it between quotes")
    return found


def _crossed(lists: Mapping[str, list[Any]], read: Callable[[str, Mapping[str, Any]], Said]) -> Sweep:
    """Return every network with every activation and cost that it takes, seed by seed."""
    trials: dict[str, Trial] = {}
    left_out: list[str] = []
    settings = list(product(lists["seeds"], lists["samples"], lists.get("backends", [""])))
    for network in lists["networks"]:
        for said in _networks(network, lists, read):
            first = Trial(network, said, 0)
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", UserWarning)
                    said.spec()
            except DomainError:
                left_out.append(f"{first.cost} after {first.activation or network}")
                continue
            except SymbackpropError as error:
                raise type(error)(f"{first.command.removeprefix('symbackprop verify ')}: {error}") from None
            for seed, samples, backend in settings:
                trial = Trial(network, said, seed, samples, backend)
                trials.setdefault(trial.key(""), trial)
        if len(trials) > MOST_TRIALS:
            raise SpecError(f"there are more than {MOST_TRIALS:,} networks to check; take fewer seeds")
    if not trials:
        raise SpecError(f"nothing is left to check: no cost is defined for what comes before it ({left_out[0]})")
    return Sweep(tuple(trials.values()), tuple(dict.fromkeys(left_out)))


def _networks(
    network: str, lists: Mapping[str, Sequence[Any]], read: Callable[[str, Mapping[str, Any]], Said]
) -> Iterator[Said]:
    """Yield a network with every option that is for its kind: a file and equations say all themselves."""
    said = read(network, {})
    keys = {"shape": ("activation", "cost"), "line": ("cost",)}.get(said.kind, ())
    among = [[(key, value) for value in lists[f"{key}s"]] for key in keys if f"{key}s" in lists]
    for options in product(*among):
        yield replace(said, options=dict(options))
