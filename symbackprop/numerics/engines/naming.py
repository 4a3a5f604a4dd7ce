"""What arrays, and the derivatives by them, are called in a file for a library."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Container

from sympy import Expr

from symbackprop.calculus.passes import Passes, adjoint_of
from symbackprop.network.notation import COST
from symbackprop.network.program import GIVEN_MARK
from symbackprop.numerics.engines.scaling import FACTOR

# names that an array may not have, beside words and functions of Python: temporaries, windows, sizes, derivatives
TAKEN = re.compile(
    r"[tmsw]\d+|(n|d|start|before\d*)_\w+|at|step|one|torch|jax|jnp|np|math|ctx|given|kept|forward|backward|gradient|cost|block|cost_of|outputs"
)


def names_of(passes: Passes, reserved: Container[str]) -> dict[Expr, str]:
    """Return the identifier of each array of the passes, q, and of the derivative by it, d_q."""
    found: dict[Expr, str] = {FACTOR: "d_C"}
    for array in passes.program.arrays:
        name = re.sub(r"\W", "_", array.name.replace(GIVEN_MARK, "_given"))
        is_taken = TAKEN.fullmatch(name) is not None or name in reserved
        own = not (is_taken or keyword.iskeyword(name) or hasattr(builtins, name))
        found[array.tensor] = name if own else f"v_{name}"
        if array.tensor != COST:
            found[adjoint_of(array.tensor)] = f"d_{name}"
    return {e.tensor: e.tensor.code_name for e in passes.adjoints} | found
