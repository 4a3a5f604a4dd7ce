"""How right the compiled gradient is on random networks, and how long it takes to know.

    python tests/benchmarks/verification.py [NETWORKS]

Networks of depth 1 to 6 and widths 1 to 6, with any activations and any cost that allows them, at random points: the
whole gradient beside the witness by hand, and some entries beside the program taken at its word with 50 digits.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections import Counter

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from symbackprop import Network, SymbackpropError, compile, derive, mlp
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.costs import COSTS
from symbackprop.numerics.protocol import case_for
from symbackprop.numerics.verification import EXACT, _by_hand
from symbackprop.numerics.witnesses import complex_step, entries, norm_error

NETWORKS = 200
ENTRIES = 6  # of each gradient that are computed with 50 digits
SEED = 2026


def random_network(rng: np.random.Generator) -> Network:
    """Return a network of any kind; a cost that does not allow its last activation is drawn again."""
    while True:
        depth = int(rng.integers(1, 7))
        widths = [int(width) for width in rng.integers(1, 7, size=depth + 1)]
        activations = [str(name) for name in rng.choice(list(ACTIVATIONS), size=depth)]
        try:
            return mlp(widths, activations, str(rng.choice(list(COSTS))))
        except SymbackpropError:
            continue


def main() -> None:
    """Check, time and print."""
    warnings.simplefilter("ignore", UserWarning)  # of a cost that is infinite where relu is 0
    count = int(sys.argv[1]) if len(sys.argv) > 1 else NETWORKS
    rng, start = np.random.default_rng(SEED), time.perf_counter()
    by_hand, digits, seen = 0.0, 0.0, Counter[str]()
    for number in track(range(count), "networks", transient=True):
        network = random_network(rng)
        case = case_for(network, number, samples=int(rng.integers(1, 5)))
        gradient = compile(derive(network))
        by_hand = float(np.max([by_hand, _by_hand([gradient], case) or 0.0]))
        wanted = entries(network, ENTRIES, rng)
        wanted = [wanted[place] for place in rng.permutation(len(wanted))[:ENTRIES]]
        point = (case.params, case.x, case.y)
        truth = complex_step(network, point, wanted, digits=100)  # half of the digits are left after the step
        digits = float(np.max([digits, norm_error(gradient(*point)[1], wanted, truth)]))
        seen.update({*(a.name for a in network.activations), network.cost_function.name})
    seconds = time.perf_counter() - start
    table = Table(title=f"{count} random networks, {seconds:.0f} s")
    for name in ("compared with", "largest relative error", "allowed"):
        table.add_column(name)
    table.add_row("hand-written NumPy", f"{by_hand:.1e}", f"{EXACT:.0e}")
    table.add_row("50 digits", f"{digits:.1e}", f"{EXACT:.0e}")
    console = Console()
    console.print(table)
    missing = {*ACTIVATIONS, *COSTS} - set(seen)
    console.print(
        f"{len(seen)} activations and costs, each at least {min(seen.values())} times; missing: {missing or 0}"
    )
    sys.exit(0 if max(by_hand, digits) <= EXACT else 1)


if __name__ == "__main__":
    main()
