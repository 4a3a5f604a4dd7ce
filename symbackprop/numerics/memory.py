"""How much memory a task takes, estimated before anything is allocated: 30000-30000-1 alone has 7 GB of weights."""

from __future__ import annotations

from symbackprop.errors import BudgetError
from symbackprop.network.layered import LayeredNetwork
from symbackprop.network.model import Network

__all__ = ["check_memory"]

MOST_MEMORY = 4 * 2**30  # bytes
GIGABYTE = 1e9


def check_memory(network: Network | LayeredNetwork, copies: int, *, doing: str) -> None:
    """Raise BudgetError for a network of which so many copies of all parameters would take too much memory.

    `doing` is the task by its name: training, verifying."""
    needed = network.parameter_count * copies * 8
    if needed > MOST_MEMORY:
        raise BudgetError(
            f"{doing} {network.shape[:60]} holds its {network.parameter_count:,} parameters {copies} times, some "
            f"{needed / GIGABYTE:,.1f} GB; at most {MOST_MEMORY / GIGABYTE:.1f} GB; take a narrower network"
        )
