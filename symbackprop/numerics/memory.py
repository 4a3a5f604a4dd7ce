"""How much memory a task takes, estimated before anything is allocated: 30000-30000-1 alone has 7 GB of weights."""

from __future__ import annotations

from types import MappingProxyType

from symbackprop.errors import BudgetError
from symbackprop.network.layered import LayeredNetwork
from symbackprop.network.model import Network

MOST_MEMORY = 4 * 2**30  # bytes
GIGABYTE = 1e9
# of all parameters, at most at once: what is given, right gradients and those of witnesses, parameters that were moved
COPIES = MappingProxyType({"training": 9, "verifying": 20, "diagnosing": 20})


def check_memory(network: Network | LayeredNetwork, doing: str) -> None:
    """Raise BudgetError for a network of whose parameters a task, by its name, would hold too many copies."""
    copies = COPIES[doing]
    needed = network.parameter_count * copies * 8
    if needed > MOST_MEMORY:
        raise BudgetError(
            f"{network.shape[:60]}: its {network.parameter_count:,} parameters would be held {copies} times, some "
            f"{needed / GIGABYTE:,.1f} GB; at most {MOST_MEMORY / GIGABYTE:.1f} GB; take a narrower network"
        )
