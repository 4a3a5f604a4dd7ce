"""The terms that a network is given besides its layers: its cost, penalties on what is learned, how samples count.

cost = "huber(kappa=10)", l2 = "lambda=0.01"    ->    Terms, and the numbers {kappa: 10, lambda: 0.01}

Penalties with their numbers: what was said of them, and the terms that they add to a cost.

l2 = 0.01          l2 = "lambda=0.01"          penalty = ["group_lasso(0.1)", "elastic_net(lambda=0.1, rho=0.5)"]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sympy import Add, Expr, Rational, Symbol

from symbackprop.errors import SpecError
from symbackprop.frozen import dataclass
from symbackprop.network.bounds import CONSTANTS
from symbackprop.network.costs import Cost
from symbackprop.network.formulatext import part_text
from symbackprop.network.labels import check_label
from symbackprop.network.notation import Tensor
from symbackprop.network.numbered import read_numbers
from symbackprop.network.outputcost import OutputCost, output_cost
from symbackprop.network.penalties import PENALTIES, Penalty
from symbackprop.network.program import Array, Kind, Program
from symbackprop.network.samples import REDUCTIONS
from symbackprop.network.text.layerline import Number, read_part
from symbackprop.network.vocabulary import vocabulary

LARGEST = 1e100  # a number of a penalty; exponents of formulas end there, too
# arrays with the number of their layer, the input, the target, the cost, and what counts the samples
LETTERS_IN_USE = re.compile(r"[A-Za-z]{1,2}\d[\dx]*|mask\d.*|[axyzCmns]")
_INSIDE, _WORD = re.compile(r"\[([^\]]*)"), re.compile(r"[A-Za-z]\w*")


@dataclass(frozen=True)
class Terms:
    """What a network is to be made of, besides its layers: the terms of its cost, and its title."""

    cost: OutputCost
    penalties: tuple[ChosenPenalty, ...]
    reduction: str
    title: str | None


def terms_of(
    cost: str | Cost,
    *,
    l1: float | str | None = None,
    l2: float | str | None = None,
    l2_biases: bool = False,
    penalty: str | Sequence[str] = (),
    reduction: str = "mean",
    title: str | None = None,
) -> Terms:
    """Return the terms that are said; raises SpecError, ExpressionError or UnknownNameError for what is none."""
    if reduction not in REDUCTIONS:
        raise SpecError(f"reduction: wanted mean or sum, got {str(reduction)[:20]!a}")
    chosen = penalties({"l1": l1, "l2": l2}, penalty, l2_biases=checked_flag("l2_biases", l2_biases))
    label = None if title is None else check_label(title, "title")
    return Terms(output_cost(part_text(cost) if isinstance(cost, Cost) else cost), chosen, reduction, label)


def checked_flag(name: str, value: object) -> bool:
    """Return what is true or false; raises SpecError for anything else."""
    if not isinstance(value, bool):
        raise SpecError(f"{name}: wanted true or false, got {str(value)[:20]!a}")
    return value


def numbers_of(own: Sequence[tuple[str, float]], terms: Terms, lines: Iterable[str]) -> dict[str, float]:
    """Return all numbers that have a letter; raises SpecError for a letter of two numbers, or one that arrays have.

    So it does for one that a line has as an index, too."""
    found: dict[str, float] = {}
    for letter, number in own:
        if found.setdefault(letter, number) != number:
            raise _in_use(letter, number)
    for letter, number in (*terms.cost.numbers.items(), *(pair for each in terms.penalties for pair in each.constants)):
        if letter in found:
            raise _in_use(letter, number)
        found[letter] = number
    indices = {letter for line in lines for letter in _both(line)} if found else set()
    for letter, number in found.items():
        if letter in indices or LETTERS_IN_USE.fullmatch(letter) or letter in CONSTANTS or letter in vocabulary():
            raise _in_use(letter, number)
    return found


def _both(line: str) -> set[str]:
    """Return the words that a line has between brackets, as indices, and elsewhere."""
    inside, elsewhere = " ".join(_INSIDE.findall(line)), _INSIDE.sub("", line)
    return {*_WORD.findall(inside)} & {*_WORD.findall(elsewhere)}


def _in_use(letter: str, number: float) -> SpecError:
    other = "kappa" if letter != "kappa" else "rho"
    return SpecError(f"the letter {letter} is in use already; take another one for {number:g}, such as {other}")


@dataclass(frozen=True, slots=True)
class ChosenPenalty:
    """A penalty and its numbers, each with its letter, None where the number stands itself."""

    part: Penalty
    numbers: tuple[Number, ...]
    biases: bool = False

    @property
    def constants(self) -> tuple[tuple[str, float], ...]:
        """The numbers that have a letter."""
        return tuple((letter, number) for letter, number in self.numbers if letter is not None)

    @property
    def text(self) -> str:
        """How it is said: l2(lambda=0.01)."""
        numbers = ", ".join(f"{letter}={n!r}" if letter else repr(n) for letter, n in self.numbers)
        return f"{self.part.name}({numbers})"

    def term(self, program: Program) -> Expr:
        """Return what it adds to the cost of a program, over its arrays of weights, each once."""
        letters = "Wb" if self.biases else "W"
        weights = [array.tensor for array in program.of_kind(Kind.PARAMETER) if array.name[0] in letters]
        numbers = [Rational(str(n)) if letter is None else Tensor(letter)[()] for letter, n in self.numbers]
        return self.part.term(weights, numbers)


def penalties(
    short: Mapping[str, float | str | None], said: str | Sequence[str], *, l2_biases: bool
) -> tuple[ChosenPenalty, ...]:
    """Return the penalties that are said `short`, by name a number or a letter and a number, and then as text.

    Raises SpecError, ExpressionError or UnknownNameError for what says none, and for one that is said twice."""
    texts = [said] if isinstance(said, str) else said
    if not isinstance(texts, Sequence) or not all(isinstance(text, str) for text in texts):
        raise SpecError(f'penalty: wanted text or a list of text, got {str(said)[:20]!a}; try penalty = "l2(0.01)"')
    found = [_chosen(name, _short(name, given), name) for name, given in short.items() if given is not None]
    found += [_chosen(*read_part(text), "penalty") for text in texts]
    names = [each.part.name for each in found]
    for name in names:
        if names.count(name) > 1:
            raise SpecError(f"penalty {name} is given twice; add its numbers up")
    if l2_biases and "l2" not in names:
        raise SpecError("l2_biases says that l2 is for biases, too, and no l2 is said; try l2 = 0.01")
    return tuple(replace(each, biases=l2_biases and each.part.name == "l2") for each in found)


def _chosen(name: str, numbers: tuple[Number, ...], where: str) -> ChosenPenalty:
    part = PENALTIES[name]
    for _, number in numbers:
        if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number <= LARGEST:
            tries = f'{where} = 0.01 or "lambda=0.01"' if where == name else f'penalty = "{name}(0.01)"'
            raise SpecError(f"{where}: wanted a number from 0 to {LARGEST:g}, got {str(number)[:20]!a}; try {tries}")
    read = read_numbers(PENALTIES, name, numbers)
    return ChosenPenalty(part, tuple((letter, float(number)) for _, letter, number in read))


def _short(name: str, given: float | str) -> tuple[Number, ...]:
    """Return the number of 0.01 or lambda=0.01; what cannot be read as one stays text, which is refused."""
    if not isinstance(given, str):
        return ((None, given.item() if hasattr(given, "item") else given),)  # a number of NumPy
    letter, equals, text = (part.strip() for part in given.rpartition("="))
    try:
        number: float | str = float(text)
    except ValueError:
        number = text
    return ((letter if equals else None, number),)  # type: ignore[return-value]


def penalised(program: Program, chosen: Sequence[ChosenPenalty]) -> Program:
    """Return a program with the penalties added to its cost, its last equation.

    Raises SpecError for a letter that weights, an index or a size have: j W_jk would be read as if j were both."""
    if not chosen:
        return program
    *before, last = program.nodes
    cost = Add(last.equation.expression, *(each.term(program) for each in chosen))
    letters = [Array(Tensor(letter), Kind.CONSTANT, letter) for each in chosen for letter, _ in each.constants]
    node = replace(last, equation=replace(last.equation, expression=cost))
    found = replace(program, nodes=(*before, node), given=(*program.given, *letters))
    symbols = {symbol for equation in found.distinct for symbol in equation.expression.atoms(Symbol)}
    used = {"w", "W", *(symbol.name for symbol in symbols if symbol.is_integer)}  # the rest are arrays and numbers
    for letter, number in (pair for each in chosen for pair in each.constants):
        if letter in used:
            raise _in_use(letter, number)
    return found
