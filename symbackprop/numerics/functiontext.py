"""Text of the functions that generated NumPy code calls: the stable ones copied, those of the user written out.

A function of the user is computed by its formula, with sigmoid and softplus named where they are written out in it;
where that leaves the range of floats although z is finite, the entry is computed again with 50 digits.
"""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import dedent

from sympy import Expr, Float, Rational

from symbackprop.errors import CheckError
from symbackprop.network.functions import Elementwise, Z, explicit, slope
from symbackprop.numerics import stable
from symbackprop.numerics.elementwise import MPMATH, NUMPY, Writer, bare
from symbackprop.numerics.recognition import stabilised
from symbackprop.numerics.stable import STABLE

__all__ = ["custom_functions", "stable_functions", "stable_names"]

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


def stable_names(text: str) -> list[str]:
    """Return the names of the stable functions that are called in a text."""
    return [name for name in FUNCTIONS if f"{name}(" in text]


def stable_functions(names: Iterable[str]) -> str:
    """Return the text of the stable functions of these names and of all that they call."""
    return stable.self_contained(*(FUNCTIONS[name] for name in dict.fromkeys(names)))


_REPAIRED = dedent('''\
    def repaired(value, z, exactly):
        """Return value, computed again with 50 digits where it left the range of floats though z is finite."""
        value = np.array(np.broadcast_to(value, np.shape(z)), dtype=z.dtype)
        lost = ~np.isfinite(value) & np.isfinite(z)
        if lost.any():
            with mpmath.workdps(50):
                value[lost] = [float(mpmath.re(exactly(mpmath.mpf(float(t))))) for t in z[lost]]
        return value
    ''')


def custom_functions(functions: Iterable[type[Elementwise]]) -> tuple[str, list[str]]:
    """Return the text of functions given by the user, each with its slope, and the stable functions it calls.

    The text needs `import mpmath` and `import numpy as np` above it. Raises CheckError for what no code can say."""
    writer, exact = Writer(NUMPY), Writer(MPMATH)
    texts = []
    for function in functions:
        for each in (function, slope(function)):
            definition, shown = each.definition, _stable_form(each)
            texts.append(
                f'def {each.__name__}(z):\n    """Return {definition}."""\n'
                '    with np.errstate(all="ignore"):\n'
                f"        value = {bare(writer.text(shown, {Z: 'z'}))}\n"
                f"    return repaired(value, z, lambda z: {bare(exact.text(definition, {Z: 'z'}))})\n"
            )
    return ("\n\n".join([_REPAIRED, *texts]) if texts else ""), list(writer.called)


def _stable_form(function: type[Elementwise]) -> Expr:
    """Return the definition with stable functions named where they are written out in it, or the slope of that form.

    Raises CheckError if it differs from the definition at a point: nothing is rewritten on trust."""
    definition = function.definition
    origin = function if function.origin is None else function.origin
    form = stabilised(origin.definition)
    if definition is None or not form.has(Elementwise):
        return definition
    if function.order:
        form = form.diff(Z)
    for point in (Rational(-7, 5), Rational(3, 10), Rational(11, 4)):
        values = [explicit(side.xreplace({Z: point})).evalf(40) for side in (form, definition)]
        difference = abs(values[0] - values[1])
        # two ways to compute with 40 digits; 30 of them are far more than a wrong form would share by chance
        if all(value.is_Float for value in values) and difference > Float("1e-30") * max(1, abs(values[1])):
            raise CheckError(f"{function.__name__}: {form} is not {definition} at z = {point}")
    return form
