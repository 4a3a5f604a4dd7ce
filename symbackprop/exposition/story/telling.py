"""What every chapter needs: the derivation, the words, and how a chain of checked steps becomes a block."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from sympy import Add, Expr, Indexed, KroneckerDelta, Mul, Pow, Rational, S, Sum, Symbol

from symbackprop.calculus import rules
from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.derivation import Chain, Step
from symbackprop.calculus.equations import NOTATIONS, BackpropEquation, Sides
from symbackprop.calculus.links import J
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.rules import SUMS_TO_ONE, Hypothesis, axis_of
from symbackprop.exposition.document import (
    CheckRow,
    Display,
    Formula,
    Line,
    Roles,
    Segment,
    Steps,
    Term,
    Text,
)
from symbackprop.exposition.languages import Language, Part
from symbackprop.exposition.levels import EVERY, Level
from symbackprop.exposition.mathtext.convention import USUAL, Convention
from symbackprop.exposition.story.speaking import Speaking
from symbackprop.frozen import dataclass
from symbackprop.network.activations import Activation
from symbackprop.network.functions import Elementwise
from symbackprop.network.memo import memoised
from symbackprop.network.model import Network
from symbackprop.network.notation import COST, LAST_LAYER, LAYER

LONGEST_WRITTEN = 10**8  # the denominator of a number that is written whole

_NO_PARTS: Mapping[str, Part] = MappingProxyType({})
DEEPEST_NAMED = 7  # layers; the widths of a deeper network are not all named in a sentence
_ROLES = {"a": "activation", "z": "input"}  # of ∂a/∂z and ∂z/∂w, by what is differentiated


def listed(*formulas: Formula) -> Text:
    """Return formulas as a text, with commas between them."""
    text: list[Segment] = []
    for formula in formulas:
        text += [", ", formula] if text else [formula]
    return tuple(text)


def equal(*sides: Term, sign: str = "=", roles: Roles = ()) -> Formula:
    """Return the formula with the same sign between all its sides."""
    return Formula(sides, (sign,) * (len(sides) - 1), roles)


def at_last_layer(expression: Expr) -> Expr:
    """Return what stands at layer l as it stands at the last layer."""
    return expression.xreplace({LAYER: LAST_LAYER})


def name_of(activation: Activation) -> Formula | str:
    """Return how an activation is called: by its function where it has one, else by its name."""
    return Formula((activation.function,)) if activation.function else activation.name.replace("_", "-")


@dataclass(frozen=True)
class Telling(Speaking):
    """A derivation on its way to being told in one language."""

    derivation: Derivation
    language: Language
    checks: tuple[CheckRow, ...] = ()
    convention: Convention = USUAL
    notations: tuple[str, ...] = ()

    @property
    def network(self) -> Network:
        """The network that the story is about."""
        return self.derivation.network

    def say_of_layers(self, key: str, layers: Sequence[int], parts: Mapping[str, Part] = _NO_PARTS) -> Text:
        """Return the sentence called `key` about one layer, or that called `key`s about several: 1, 2 and 4, 1 to 9."""
        words = self.language.words
        *most, last = (str(self.layer(number)) for number in layers)
        together = len(layers) > 2 and layers[-1] - layers[0] == len(layers) - 1
        listed = f"{most[0]} {words('to')} {last}" if together else f"{', '.join(most)} {words('and')} {last}"
        return self.say(f"{key}s" if most else key, layers=listed if most else last, **parts)

    @property
    def cost_of_batch(self) -> Expr:
        """The cost of a batch by its letter, which may be that of a sample."""
        return Symbol("J") if "J" in self.convention.symbols else COST

    def sides(self, equation: BackpropEquation, right: Expr, notation: str) -> Sides:
        """Return an equation with a right side of its own in a notation that writes it in one line."""
        (sides,) = NOTATIONS[notation].sides(equation, right, self.convention.mean)
        return sides

    def result(self, name: str) -> Display:
        """Return one of the four equations, to be remembered, in the first notation that was asked for."""
        equation = self.derivation.equations[name]
        style = next((style for style in self.notations if style != "scalar"), "index")
        left, right = self.sides(equation, equation.right, style)
        roles = roles_in(right) if isinstance(right, Expr) else ()
        return Display(equal(left, right, roles=roles), name=name, key=True)

    def steps(self, *names: str) -> Steps:
        """Return chains of the derivation as lines with their reasons, one chain after the other."""
        lines = [line for name in names for line in self._lines(name, self.derivation.chains[name])]
        return Steps(tuple(lines), key=names[0])

    def steps_after(self, name: str, told: str) -> Steps:
        """Return a chain without the steps that another chain has told already, but for the last of them."""
        chains = self.derivation.chains
        pairs = zip(chains[name].steps, chains[told].steps, strict=False)
        common = [step for step, other in pairs if at_last_layer(step.after) == other.after]
        lines = tuple(self._lines(name, chains[name]))
        if len(common) < 2:
            return Steps(lines, key=name)
        reason = self.say(f"reason.{name}.again")
        first = replace(lines[len(common) - 1], left=chains[name].goal, reason=reason, levels=EVERY)
        return Steps((first, *lines[len(common) :]), key=name)

    def _lines(self, name: str, chain: Chain) -> Iterable[Line]:
        factors = self._factors(name)
        for place, step in enumerate(chain.steps):
            yield Line(
                None if place else chain.goal,
                sign_of(step.after, step.before),
                step.after,
                self.reason(name, step),
                self._roles(chain, step, factors),
                EVERY if _is_needed(chain, place) else Level.FULL,
                self.reason(name, step, brief=True),
            )

    def _roles(self, chain: Chain, step: Step, factors: Sequence[tuple[Expr, str]]) -> Roles:
        """Return what is coloured in a line: the links that stand in it, and the two ends of the chain of a link."""
        roles = (*roles_in(step.after), *_coloured_factors(step.after, factors))
        if not (role := dict(roles_in(chain.goal)).get(chain.goal)):
            return roles
        result = ((step.after, role),) if step.after == chain.result else ()
        return ((chain.goal, role), *result, *roles)

    def _factors(self, name: str) -> Sequence[tuple[Expr, str]]:
        """Return the results of the links that are put in during a chain, each with the part that it plays."""
        if name not in ("last weight", "BP1 here") and not name.startswith("BP2 "):
            return ()
        chains, last = self.derivation.chains, self.network.activations[-1]
        hidden = name.removeprefix("BP2 ") if name.startswith("BP2 ") else ""
        activations = [a for a in self.network.activations[:-1] if hidden in ("here", a.name)] if hidden else [last]
        found = [(chains[f"activation by input: {a.name}"].result, "activation") for a in activations[:1]]
        if hidden:
            return found
        found += [(chains["cost by activation"].result, "cost"), (chains["input by weight"].result, "input")]
        return [(at_last_layer(result), role) for result, role in found]

    def reason(self, name: str, step: Step, *, brief: bool = False) -> Text:
        """Return the reason for a step in words: the most particular sentence that the language has for it.

        `brief` where the steps just before it are not told; without words where the language has none for that."""
        chain = "BP2 here" if name.startswith("BP2 ") else name.partition(":")[0]
        rule, what = step.rule.name, _detail(step)
        keys = (f"reason.{chain}.{rule}.{what}", f"reason.{chain}.{rule}", f"rule.{rule}.{what}", f"rule.{rule}")
        return self.first_said(keys, assumptions(step) or {"j": J}, brief=brief)


def _is_needed(chain: Chain, place: int) -> bool:
    """Tell whether a line is wanted by who knows how to differentiate a sum of terms.

    That is not so of a line between others that has a bracket which is gone later, or in which an equation of the
    forward pass has only been put in, or terms have only been collected; a link that was found is always shown."""
    step = chain.steps[place]
    if place in (0, len(chain.steps) - 1) or step.rule == rules.SUBSTITUTE:
        return True
    collects = step.rule in (rules.INSERT, rules.ARRANGE) or _detail(step) == "split"
    return not (collects or step.after.has(KroneckerDelta))


def shape_of(network: Network) -> str:
    """Return the widths as text, the middle of a deep network left out: 784-30-10, 12-12-12-…-12."""
    if network.depth <= DEEPEST_NAMED:
        return network.shape
    first, last = network.widths[:3], network.widths[-1]
    return "-".join((*map(str, first), "…", str(last)))


def assumptions(step: Step) -> dict[str, Part]:
    """Return what a reason may mention of what a step assumes, if it does."""
    granted = sums_to_one((step,))
    return {"assumption": granted[0]} if granted else {}


def sums_to_one(steps: Iterable[Step]) -> tuple[Formula, ...]:
    """Return what steps suppose to add up to 1, each once, in the letters of the result: Σ_k y_ik = 1."""
    found: dict[Hypothesis, Formula] = {}
    for step in steps:
        for hypothesis in (each for each in step.hypotheses if each.kind == SUMS_TO_ONE):
            y, axis = axis_of(hypothesis.subject)
            entries = (e for side in (step.after, step.before) for e in sorted(side.atoms(Indexed), key=str))
            entry = next(e for e in entries if e.base == y and e.indices[axis].is_Symbol)
            found.setdefault(hypothesis, equal(Sum(entry, (entry.indices[axis], *y.axes[axis])), S.One))
    return tuple(found.values())


@memoised
def roles_in(expression: Expr) -> Roles:
    """Return the links that stand in an expression, each with the part that it plays.

    ∂C/∂a: the cost; ∂a/∂z and σ': the activation; ∂z/∂w: the weighted input."""
    roles: list[tuple[Expr, str]] = []
    for part in expression.atoms(Partial, Elementwise):
        if isinstance(part, Elementwise):
            roles += [(part, "activation")] if _is_slope_of_activation(part) else []
        elif part.of == COST and isinstance(part.by, Indexed) and part.by.base.letter == "a":
            roles.append((part, "cost"))
        elif isinstance(part.of, Indexed):
            roles.append((part, _ROLES[part.of.base.letter]))
    return tuple(sorted(roles, key=str))


def _is_slope_of_activation(function: Elementwise) -> bool:
    (argument,) = function.args
    return type(function).order > 0 and isinstance(argument, Indexed) and argument.base.letter == "z"


def _coloured_factors(expression: Expr, results: Sequence[tuple[Expr, str]]) -> Roles:
    """Return the factors of the results that are, all of them, factors of the expression."""
    present = set(Mul.make_args(expression))
    roles: list[tuple[Expr, str]] = []
    for result, role in results:
        factors = [factor for factor in Mul.make_args(result) if not factor.is_number]
        if factors and set(factors) <= present:
            roles += [(factor, role) for factor in factors]
    parts = [part for part, _ in roles]
    return tuple((part, role) for part, role in roles if parts.count(part) == 1)


def _detail(step: Step) -> str:
    """Return what is particular about a step: what is assumed, a sum that is split, or the link that was put in.

    A link is cost, activation, input, or 'general'; or 'activation cancelled', where a divisor is gone with it."""
    if step.rule == rules.ASSUME:
        return step.hypotheses[0].kind
    if step.rule == rules.COLLAPSE and any(_holds_more_than_brackets(total) for total in step.before.atoms(Sum)):
        return "split"
    if step.rule != rules.SUBSTITUTE:
        return ""
    for role in ("cost", "activation", "input"):
        before, after = ({part for part, r in roles_in(side) if r == role} for side in (step.before, step.after))
        if before - after:
            cancelled = role == "activation" and bool(_divisors(step.before) - _divisors(step.after))
            return f"{role} cancelled" if cancelled else role
    return "general"


def _holds_more_than_brackets(total: Sum) -> bool:
    """Tell whether a sum runs over a difference of which one part has a bracket and another has none."""
    sums = (factor for factor in Mul.make_args(total.function) if isinstance(factor, Add))
    return any(len({term.has(KroneckerDelta) for term in factor.args}) == 2 for factor in sums)


def _divisors(expression: Expr) -> set[Expr]:
    return {power.base for power in expression.atoms(Pow) if power.exp.is_negative}


def sign_of(right: Expr, left: Expr = S.Zero) -> str:
    """Return the sign before an expression: ≈ where a constant of it is rounded as it is written, as with SELU.

    Between two lines that both write it rounded the sign is =."""
    return "~" if _is_rounded(right) and not _is_rounded(left) else "="


@memoised
def _is_rounded(expression: Expr) -> bool:
    return any(number.q > LONGEST_WRITTEN for number in expression.atoms(Rational))
