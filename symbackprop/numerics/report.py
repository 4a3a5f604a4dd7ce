"""What checks have found: a row each, and all of them as a report that prints as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import inf, isfinite
from typing import Any, TypeAlias

import numpy as np

from symbackprop.frozen import dataclass

PROTOCOL = "small networks"  # how the networks of the protocol are called, after their number
Tell: TypeAlias = Callable[[str], None]  # is told what is looked at next


def to_nobody(_text: str, /) -> None:
    """Tell nobody."""


def worst_of(errors: Iterable[Any]) -> float:
    """Return the largest of all errors, 0 of none; what is no number is infinite, where max() may pass over it."""
    worst = float(np.max([*errors], initial=0.0))
    return worst if isfinite(worst) else inf


@dataclass(frozen=True, slots=True)
class Row:
    """One check: what was compared, on which network, with how many samples, and how far apart the two were.

    `error` is the largest difference relative to the largest entry of the gradient; `reason` says why `tolerance` is
    what it is. `layers` are those that were looked at alone, each with what follows it."""

    check: str
    network: str
    samples: int
    error: float
    tolerance: float
    reason: str
    layers: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the error is within the tolerance; what is no number never is."""
        return self.error <= self.tolerance


@dataclass(frozen=True)
class Report:
    """All checks of a network; prints as a table."""

    rows: tuple[Row, ...]

    @property
    def ok(self) -> bool:
        """Whether every check passed, and there was one."""
        return bool(self.rows) and all(row.ok for row in self.rows)

    def __bool__(self) -> bool:
        """Return whether it is ok: `assert verify(network)` means what it seems to."""
        return self.ok

    @property
    def max_relative_error(self) -> float:
        """The largest error of all checks, central differences included."""
        return max(row.error for row in self.rows)

    def __str__(self) -> str:
        """Return the checks as lines of text."""
        lines = [f"{'check':<30} {'network':<24} {'samples':>7} {'error':>9} {'tolerance':>9}  verdict"]
        lines += [
            f"{row.check:<30} {row.network[:24]:<24} {row.samples:>7} {row.error:>9.1e} {row.tolerance:>9.0e}  "
            f"{'passed' if row.ok else 'FAILED'}"
            for row in self.rows
        ]
        return "\n".join([*lines, *self.looked_at])

    @property
    def worst(self) -> tuple[Row, ...]:
        """Of each kind of check the worst: the evidence for this network.

        What was found at other networks is no evidence for it, and is left out unless it failed."""
        rows = [row for row in self.rows if not (row.ok and row.network.endswith(PROTOCOL))]
        worst: dict[str, Row] = {}
        for row in sorted(rows, key=lambda row: (row.ok, -row.error)):
            worst.setdefault(row.check, row)
        return tuple(worst[kind] for kind in dict.fromkeys(row.check for row in rows))

    @property
    def looked_at(self) -> tuple[str, ...]:
        """For every group of checks that look at layers alone, which layers these were: a line each."""
        groups = dict.fromkeys((row.network, row.layers) for row in self.rows if row.layers)
        return tuple(f"{network}, layer by layer: {', '.join(layers)}" for network, layers in groups)
