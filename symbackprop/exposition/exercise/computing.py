"""What every question for a number has: a blank, its answer with numbers in it, and how far one may be off.

z_1 = [1?]          z_1 = w_11 x_1 + b_1 = 0.4 · 0.5 + 0.1 = 0.3          it may be off by 0.00005
"""

from __future__ import annotations

from sympy import Indexed, Rational, Symbol

from symbackprop.calculus.numbers import Known
from symbackprop.calculus.partials import Partial
from symbackprop.exposition.document import Display, Formula, Prose, Steps
from symbackprop.exposition.example.sheet import with_numbers
from symbackprop.exposition.example.terms import Rounded
from symbackprop.exposition.exercise.blanks import Blank
from symbackprop.exposition.exercise.drawing import DIGITS, Drawn
from symbackprop.exposition.exercise.questions import Number, Question
from symbackprop.exposition.exercise.reckoning import Quantity
from symbackprop.exposition.story.speaking import Speaking


def is_plain(quantity: Quantity) -> bool:
    """Tell whether nothing is computed: a derivative by a bias is the error, by its name."""
    return isinstance(quantity.right, Symbol | Indexed | Partial)


def rounding(telling: Speaking, drawn: Drawn) -> Prose:
    """Return what is said of the numbers: how short they are, or how they are to be rounded."""
    if drawn.decimals is None:
        return telling.prose("exercise.rounded", digits=DIGITS)
    key = {0: "exercise.whole", 1: "exercise.short.one"}.get(drawn.decimals, "exercise.short")
    return telling.prose(key, decimals=drawn.decimals)


def question(telling: Speaking, numbers: tuple[Known, Drawn], quantity: Quantity, label: str) -> Question:
    """Return the question for one number."""
    (known, drawn), left, say = numbers, quantity.left, telling.say
    answer = Number(drawn.values[left], drawn.tolerances[left], drawn.wrong[left])
    tolerance = Rounded(Rational(f"{answer.tolerance:.0e}"), DIGITS)  # one digit, as the decimal that it is
    line = with_numbers((left, quantity.right), known, DIGITS, say("exercise.tolerance", tolerance=tolerance))
    blank = Display(Formula((left, Blank(label))))
    return Question(quantity.kind, say(f"exercise.{quantity.kind}"), (blank,), (Steps((line,), key="answer"),), answer)
