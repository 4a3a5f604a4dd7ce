"""What a formula becomes by the slips that people make with it: a factor or a term left out, a sign, two indices.

    (a - y) a (1 - a)    ->    (y - a) a (1 - a),  (a - y) a,  a (1 - a), …

Each is made of the formula's own tree. Whether it is wrong indeed is for the caller to find out, with numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sympy import Add, Expr, Indexed, Mul, Pow, Symbol

from symbackprop.network.functions import Elementwise

_WEIGHT = re.compile(r"(w_\d+)_(\d+)_(\d+)")


def slips(formula: Expr) -> Iterator[tuple[str, Expr]]:
    """Yield each slip with its name, each result once: factor, term, sign, function, power or indices."""
    met = {formula}
    for name, wrong in _slips(formula):
        if wrong not in met and wrong != 0:
            met.add(wrong)
            yield name, wrong


def _slips(formula: Expr) -> Iterator[tuple[str, Expr]]:
    yield "sign", -formula
    for part in sorted(formula.atoms(Mul), key=str):
        for factor in part.args:
            if factor != -1:
                yield "factor", formula.xreplace({part: Mul(*(each for each in part.args if each != factor))})
    for total in sorted(formula.atoms(Add), key=str):
        yield "sign", formula.xreplace({total: -total})
        for term in total.args:
            yield "term", formula.xreplace({total: total - term})
            yield "sign", formula.xreplace({total: total - 2 * term})
    for function in sorted(formula.atoms(Elementwise), key=str):
        yield "function", formula.xreplace({function: function.args[0]})
    for power in sorted(formula.atoms(Pow), key=str):
        if power.exp.is_Integer:
            yield "power", formula.xreplace({power: power.base})
    for entry in sorted(formula.atoms(Symbol, Indexed), key=str):
        turned = _turned(entry)
        if turned is not None:
            yield "indices", formula.xreplace({entry: turned})


def _turned(entry: Expr) -> Expr | None:
    """Return an entry of a matrix with its two indices exchanged; None for any other letter, and where they are one."""
    if isinstance(entry, Indexed) and len(entry.indices) == 2 and entry.indices[0] != entry.indices[1]:
        return entry.base[entry.indices[::-1]]
    if isinstance(entry, Symbol) and (found := _WEIGHT.fullmatch(entry.name)):
        name, j, k = found.groups()
        return None if j == k else Symbol(f"{name}_{k}_{j}")
    return None
