"""Text of the functions that generated NumPy code calls: the stable ones copied, those of the user written out.

A function of the user is computed by its formula, with sigmoid and softplus named where they are written out in it.
Where that leaves the range of floats although z is finite, or where the terms of a sum cancel so far that digits are
lost, the entry is computed again with more digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from textwrap import dedent

from sympy import Add, Expr, Float, Rational, preorder_traversal

from symbackprop.errors import CheckError
from symbackprop.network.functions import Elementwise, Z, differentiated, explicit, slope
from symbackprop.numerics import stable
from symbackprop.numerics.elementwise import MPMATH, NUMPY, Writer, bare
from symbackprop.numerics.recognition import stabilised
from symbackprop.numerics.stable import STABLE

__all__ = [
    "EXACT",
    "calls",
    "custom_functions",
    "exact_text",
    "stable_form",
    "stable_functions",
    "stable_names",
    "sums_of",
]

HELPERS = (
    "erf",
    "from_largest",
    "log",
    "log_one_minus_softmax",
    "log_softmax",
    "one_minus_softmax",
    "product",
    "quotient",
    "shares",
    "softmax",
    "x_log_y",
)

# every name that generated code may call -> the function whose text is copied
FUNCTIONS = {name: getattr(stable, name) for name in HELPERS} | {
    function.__name__: function
    for each in STABLE.values()
    for function in (each.value, each.slope, each.value_and_slope, each.into)
    if function is not None
}


def calls(text: str, name: str) -> bool:
    """Tell whether a function of that name is called in a text: elu(z), but not relu(z)."""
    return re.search(rf"\b{re.escape(name)}\(", text) is not None


def stable_names(text: str) -> list[str]:
    """Return the names of the stable functions that are called in a text."""
    return [name for name in FUNCTIONS if calls(text, name)]


def stable_functions(names: Iterable[str]) -> str:
    """Return the text of the stable functions of these names and of all that they call."""
    return stable.self_contained(*(FUNCTIONS[name] for name in dict.fromkeys(names)))


# what the text of a user's function needs: the value again with as many digits as it takes, where floats lose it
EXACT = dedent('''\
    def exact(function, z):
        """Return function(z) with so many digits that more of them change nothing; NaN where it is no real number."""
        values = []
        for digits in (60, 120, 1000):
            with mpmath.workdps(digits):
                try:
                    values.append(function(mpmath.mpf(float(z))))
                except (ArithmeticError, TypeError, ValueError):  # complex numbers have no order
                    return float("nan")
            if isinstance(values[-1], mpmath.mpc):
                return float("nan")
            if len(values) > 1 and 0 < abs(values[-1] - values[-2]) * 1e20 <= abs(values[-1]):
                break
        return float(values[-1])
    ''')
_REPAIRED = dedent('''\
    def repaired(value, z, function, *sums):
        """Return value, computed again where it left the range of floats, or where the terms of a sum cancel."""
        value = np.array(np.broadcast_to(value, np.shape(z)), dtype=z.dtype)
        lost = ~np.isfinite(value)
        for terms in sums:
            lost |= np.abs(sum(terms)) < 1e-3 * sum(map(np.abs, terms))
        lost &= np.isfinite(z)
        if lost.any():
            value[lost] = [exact(function, t) for t in z[lost]]
        return value
    ''')


def custom_functions(functions: Iterable[type[Elementwise]]) -> tuple[str, list[str]]:
    """Return the text of functions given by the user, each with its slope, and the stable functions it calls.

    The text needs `import mpmath` and `import numpy as np` above it. Raises CheckError for what no code can say."""
    writer, texts = Writer(NUMPY), []
    for each in (each for function in functions for each in (function, slope(function))):
        shown = stable_form(each)
        sums = "".join(f",\n            {terms}" for terms in sums_of(shown, writer))
        texts.append(
            f'def {each.__name__}(z):\n    """Return {each.definition}."""\n'
            '    with np.errstate(all="ignore"):\n'
            f"        value = {bare(writer.text(shown, {Z: 'z'}))}\n"
            f"        return repaired(\n            value, z, lambda z: {exact_text(each)}{sums},\n        )\n"
        )
    return ("\n\n".join([EXACT, _REPAIRED, *texts]) if texts else ""), list(writer.called)


def exact_text(function: type[Elementwise]) -> str:
    """Return the definition of a function in mpmath."""
    return bare(Writer(MPMATH).text(function.definition, {Z: "z"}))


def sums_of(expression: Expr, writer: Writer) -> list[str]:
    """Return the terms of every sum inside whose terms can cancel, as a tuple of texts each."""
    totals = [t for t in preorder_traversal(expression) if isinstance(t, Add) and not _has_one_sign(t)]
    return [f"({', '.join(bare(writer.text(term, {Z: 'z'})) for term in t.args)})" for t in dict.fromkeys(totals)]


def _has_one_sign(total: Add) -> bool:
    written = [explicit(term) for term in total.args]
    return all(term.is_nonnegative for term in written) or all(term.is_nonpositive for term in written)


def stable_form(function: type[Elementwise]) -> Expr:
    """Return the definition with stable functions named where they are written out in it, or the slope of that form.

    Raises CheckError if it differs from the definition at a point: nothing is rewritten on trust."""
    definition = function.definition
    origin = function if function.origin is None else function.origin
    form = stabilised(origin.definition)
    if definition is None or not form.has(Elementwise):
        return definition
    if function.order:  # in cases where pieces meet, or as the rules of differentiation give it
        form = form.diff(Z) if definition == differentiated(origin.definition) else stabilised(definition)
    for point in (Rational(-7, 5), Rational(3, 10), Rational(11, 4)):
        values = [explicit(side.xreplace({Z: point})).evalf(40) for side in (form, definition)]
        difference = abs(values[0] - values[1])
        # two ways to compute with 40 digits; 30 of them are far more than a wrong form would share by chance
        if all(value.is_Float for value in values) and difference > Float("1e-30") * max(1, abs(values[1])):
            raise CheckError(f"{function.__name__}: {form} is not {definition} at z = {point}")
    return form
