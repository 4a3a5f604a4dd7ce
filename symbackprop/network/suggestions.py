"""What to say of an activation or a cost that has no such name: the closest name, the closest formula, and the choice.

sine      ->  did you mean the formula sin(z)?          logcosh   ->  did you mean the formula log(cosh(a - y))?
"""

from __future__ import annotations

import difflib
from collections.abc import Collection

from symbackprop.errors import UnknownNameError
from symbackprop.network.vocabulary import vocabulary

CLOSE = 0.65  # mze and mse, cosine and cos; sine and linear are as close as 0.6, and are not meant for each other


def unknown_part(
    kind: str, name: str, names: tuple[Collection[str], Collection[str]], *, argument: str, example: str
) -> UnknownNameError:
    """Return the one-line error for a part without this name; `names` are those that there are, and their aliases.

    `argument` is what a formula is a function of, and `example` says which formulas are accepted."""
    known, aliases = names
    called = name.lower() in vocabulary()
    close = [] if called else difflib.get_close_matches(name.lower(), [*known, *aliases], n=1, cutoff=CLOSE)
    formula = None if close else _formula(name.lower(), argument)
    hint = f"did you mean {close[0]!r}? " if close else f"did you mean the formula {formula}? " if formula else ""
    choice = f"known: {', '.join(sorted(known))}, or a formula {example}"
    return UnknownNameError(f"{kind} {name[:60]!r} is unknown; {hint}{choice}")


def _formula(name: str, argument: str) -> str | None:
    """Return the formula that a name may stand for: one function, or one of another."""
    functions = [function for function, called in vocabulary().items() if called.arity == 1]
    if name in functions:
        return f"{name}({argument})"
    for inner in functions:
        outer = name.removesuffix(inner).rstrip("_")
        if outer != name and outer in functions:
            return f"{outer}({inner}({argument}))"
    close = difflib.get_close_matches(name, functions, n=1, cutoff=CLOSE)
    return f"{close[0]}({argument})" if close else None
