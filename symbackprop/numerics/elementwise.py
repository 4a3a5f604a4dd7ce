"""Text of an expression in named arrays or numbers, in one of two languages.

    NUMPY   whole arrays        MATH   one float, by the standard library

A named function is called where the language has a stable one, and written out elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sympy import Add, Dummy, Expr, Indexed, Mul, Piecewise, Pow, Rational, Symbol
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, Not, Or

from symbackprop.errors import CheckError
from symbackprop.frozen import dataclass
from symbackprop.network.extremes import Extreme, Where
from symbackprop.network.functions import Elementwise
from symbackprop.numerics.recognition import EXPM1, LOG1P, known_name, of_second_order
from symbackprop.numerics.stable import STABLE


@dataclass(frozen=True, slots=True)
class Language:
    """How one language says what the languages differ in.

    `module` is put before the functions that it has under SymPy's names; `renamed` holds its own names of some.
    `number` writes a number; `case(condition, chosen, other)` a case distinction."""

    module: str
    number: Callable[[Expr], str]
    case: str
    renamed: Mapping[str, str]
    extremes: tuple[str, str] = ("min", "max")


def _float(value: Expr) -> str:
    return str(int(value)) if value.is_Integer else repr(float(value))


_INVERSE = {f"a{name}": f"np.arc{name}" for name in ("cos", "cosh", "sin", "sinh", "tan", "tanh")}
NUMPY = Language("np", _float, "np.where({0}, {1}, {2})", _INVERSE | {"erf": "erf"}, ("np.minimum", "np.maximum"))
MATH = Language("math", _float, "({1} if {0} else {2})", {})


class Writer:
    """Writes expressions of one language; the stable functions that were called are collected in `called`."""

    def __init__(self, language: Language) -> None:
        """Make the writer."""
        self._language = language
        self.called: dict[str, None] = {}

    def text(self, e: Expr, names: Mapping[Expr, str]) -> str:
        """Return the expression as text, with the names of its symbols and entries from `names`.

        Raises CheckError for a kind of expression that the language cannot say."""
        if e in names:
            return names[e]
        if e.is_number:
            return self._language.number(e)
        match e:
            case Add():
                terms = " + ".join(self.text(term, names) for term in _positive_first(e))
                return f"({terms})".replace("+ -", "- ")
            case Mul():
                return self._product(e, names)
            case Pow():
                return self._power(e, names)
            case Piecewise():
                return self._cases(list(e.args), names)
            case Elementwise():
                return self._named(e, names)
            case Where():
                return self._cases(list(e.cases.args), names)
            case Extreme():
                texts = (bare(self.text(argument, names)) for argument in e.args)
                return f"{self._language.extremes[e.sign > 0]}({', '.join(texts)})"
        if e.is_Function and len(e.args) == 1:
            return f"{self._function(e.func.__name__)}({bare(self.text(e.args[0], names))})"
        raise CheckError(f"{e} cannot be written as code")

    def _product(self, e: Mul, names: Mapping[Expr, str]) -> str:
        number, factors = e.as_coeff_mul()
        under = [factor for factor in factors if _is_inverse(factor) and factor not in names]
        above = [self.text(factor, names) for factor in factors if factor not in under]
        below = [self._operand(1 / factor, names) for factor in under]
        sign = "-" if number.is_negative else ""
        if abs(number) != 1 or not above:
            above.insert(0, self._language.number(abs(number)))
        return sign + " * ".join(above) + "".join(f" / {text}" for text in below)

    def _power(self, e: Pow, names: Mapping[Expr, str]) -> str:
        if _is_inverse(e):
            return f"1 / {self._operand(1 / e, names)}"
        if self._language is MATH and e.exp.is_Rational and not e.exp.is_Integer and e.exp != Rational(1, 2):
            base, exponent = (bare(self.text(part, names)) for part in e.args)
            return f"math.pow({base}, {exponent})"  # raises where ** would go on with a complex number
        if e.exp == Rational(1, 2):
            return f"{self._language.module}.sqrt({bare(self.text(e.base, names))})"
        return f"{self._operand(e.base, names)} ** {self._operand(e.exp, names)}"

    def _operand(self, e: Expr, names: Mapping[Expr, str]) -> str:
        """Return the expression as text that binds at least as tightly as a name does."""
        text = self.text(e, names)
        tight = text.isidentifier() or (e.is_Integer and e.is_nonnegative) or bare(text) != text or _is_call(text)
        return text if tight else f"({text})"

    def _cases(self, pieces: list[Expr], names: Mapping[Expr, str]) -> str:
        (value, condition), *others = pieces
        chosen = self.text(value, names)
        if value.is_Integer and self._language is NUMPY:
            chosen += ".0"  # an array of whole numbers could not be divided in place
        if condition == True or not others:  # noqa: E712 - SymPy's true
            return chosen
        return self._language.case.format(self._condition(condition, names), chosen, self._cases(others, names))

    def _condition(self, c: Expr, names: Mapping[Expr, str]) -> str:
        if isinstance(c, And | Or):
            sign = " & " if isinstance(c, And) else " | "  # on one number & and | of truth values do as well
            return sign.join(f"({self._condition(part, names)})" for part in c.args)
        if isinstance(c, Not):
            opposite = "np.logical_not({})" if self._language.module == "np" else "(not ({}))"
            return opposite.format(self._condition(c.args[0], names))
        if isinstance(c, Relational):
            return f"{self.text(c.lhs, names)} {c.rel_op} {self.text(c.rhs, names)}"
        raise CheckError(f"condition {c} cannot be written as code")

    def _named(self, e: Elementwise, names: Mapping[Expr, str]) -> str:
        function = type(e)
        if function in (EXPM1, LOG1P):
            return f"{self._language.module}.{function.stem}({bare(self.text(e.args[0], names))})"
        name = known_name(function)
        if name is None:
            said = names.get(e.args[0])
            if said is None and any(not isinstance(part, Symbol | Indexed) and e.args[0].has(part) for part in names):
                said = self._operand(e.args[0], names)
            if said is not None:  # a difference in a comparison, or what is divided by, would be taken apart
                letter = Dummy("argument", real=True)
                e, names = function(letter), {**names, letter: said}
            return self.text(of_second_order(e) or e.explicit(), names)
        known = STABLE[name].slope if function.order else STABLE[name].value
        return f"{self.call(known.__name__)}({bare(self.text(e.args[0], names))})"

    def _function(self, name: str) -> str:
        if name in self._language.renamed:
            renamed = self._language.renamed[name]
            return renamed if "." in renamed else self.call(renamed)
        return f"{self._language.module}.{name}"

    def call(self, name: str) -> str:
        """Note that a stable function is called, and return its name."""
        self.called[name] = None
        return name


def _is_inverse(factor: Expr) -> bool:
    return isinstance(factor, Pow) and factor.exp.is_Rational and bool(factor.exp < 0)


def _is_call(text: str) -> bool:
    """Tell whether the text is one call: a name, and a pair of parentheses that ends where the text does."""
    name, opened, inside = text.partition("(")
    return bool(opened) and name.replace(".", "").isidentifier() and bare(opened + inside) != opened + inside


def _positive_first(total: Add) -> list[Expr]:
    return sorted(total.args, key=lambda term: bool(term.could_extract_minus_sign()))


def bare(text: str) -> str:
    """Return the text without the parentheses around the whole of it."""
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0 and place < len(text) - 1:
            return text
    return text[1:-1] if text.startswith("(") else text
