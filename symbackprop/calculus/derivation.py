"""A derivation: lines of mathematics, each obtained from the one before by a named rule and checked.

    ∂C/∂u_q = Σ_i ∂C/∂v_i ∂v_i/∂u_q = … = result

`adjoint` writes such a chain for any tensor of any program: it knows equations and indices, not layers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from sympy import Add, Expr, Indexed, Mul, Pow, Sum, Symbol

from symbackprop.calculus import rules
from symbackprop.calculus.arrangement import primitive
from symbackprop.calculus.checking import Evidence, Setting, agree
from symbackprop.calculus.contraction import contract
from symbackprop.calculus.indices import clear_of, cleared, fresh, letters_of, put
from symbackprop.calculus.partials import Partial, differentiate
from symbackprop.calculus.rules import SUMS_TO_ONE, Hypothesis, Rule
from symbackprop.errors import CheckError
from symbackprop.frozen import dataclass
from symbackprop.network.functions import Elementwise
from symbackprop.network.notation import COST, Axis
from symbackprop.network.program import Equation, free_indices


@dataclass(frozen=True, slots=True)
class Step:
    """One line: `before` = `after` by `rule`, if the hypotheses hold, with the evidence for it.

    Raises CheckError unless the evidence is about these two expressions: an unchecked step cannot be built."""

    rule: Rule
    before: Expr
    after: Expr
    evidence: Evidence
    hypotheses: tuple[Hypothesis, ...] = ()

    def __post_init__(self) -> None:
        """Refuse evidence for something else."""
        if not isinstance(self.evidence, Evidence) or (self.evidence.before, self.evidence.after) != (
            self.before,
            self.after,
        ):
            raise CheckError(f"step {self.rule.name}: the evidence is not about {self.before} = {self.after}")
        for tensor in self.evidence.assumed:
            if Hypothesis(SUMS_TO_ONE, tensor) not in self.hypotheses:
                raise CheckError(f"step {self.rule.name}: it holds if {tensor} adds up to 1, and must say so")


@dataclass(frozen=True, eq=False, repr=False)  # a chain is the same as itself alone, and may be remembered by
class Chain:
    """A quantity and the checked steps that lead from it to its result.

    Raises CheckError if a step does not begin where the one before ends."""

    goal: Expr
    setting: Setting
    steps: tuple[Step, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a chain with a gap."""
        ends = (self.goal, *(step.after for step in self.steps))
        if any(end != step.before for end, step in zip(ends, self.steps, strict=False)):
            raise CheckError(f"the chain for {self.goal} has a gap")

    def __repr__(self) -> str:
        """Show where the chain leads, without its steps."""
        return f"<Chain of {len(self.steps)} steps: {self.goal} = {self.result}>"

    @property
    def result(self) -> Expr:
        """The last line: what the goal is equal to."""
        return self.steps[-1].after if self.steps else self.goal

    @property
    def unconditional(self) -> Chain:
        """The chain without its last lines, if they suppose something of the data: Σ_j y_j = 1."""
        steps = tuple(step for step in self.steps if step.rule is not rules.ASSUME)
        return self if steps == self.steps else replace(self, steps=steps)

    @property
    def hypotheses(self) -> tuple[Hypothesis, ...]:
        """What the steps ask for, each once."""
        return tuple(dict.fromkeys(hypothesis for step in self.steps for hypothesis in step.hypotheses))


def start(goal: Expr, setting: Setting) -> Chain:
    """Return the chain that has only its goal yet."""
    return Chain(goal, setting)


def extend(chain: Chain, rule: Rule, after: Expr, *hypotheses: Hypothesis, assuming: tuple[Expr, ...] = ()) -> Chain:
    """Return the chain with one more checked step; the same chain if the rule changes nothing that is seen on paper.

    What is assumed becomes a hypothesis of the step. Raises CheckError if the step is wrong."""
    before, after = chain.result, clear_of(primitive(after), chain.setting.around)
    if after == before:
        return chain
    evidence = agree(before, after, chain.setting, assuming=assuming)
    hypotheses = (*hypotheses, *(Hypothesis(SUMS_TO_ONE, tensor) for tensor in evidence.assumed))
    return replace(chain, steps=(*chain.steps, Step(rule, before, after, evidence, hypotheses)))


def adjoint(by: Indexed, uses: Iterable[Equation], setting: Setting, *, goal: Expr | None = None) -> Chain:
    """Return the chain for ∂C/∂by through all the equations in `uses` that read its tensor, carried out.

    `goal` may name the quantity itself (δ_q). Raises CheckError if `uses` leaves out an equation that reads it."""
    return carried_out(collected(by, uses, setting, goal=goal), uses)


def collected(by: Indexed, uses: Iterable[Equation], setting: Setting, *, goal: Expr | None = None) -> Chain:
    """Return the chain for ∂C/∂by as far as the chain rule goes: one term for each use of the tensor.

    ∂C/∂u_q = Σ_v Σ_i ∂C/∂v_i ∂v_i/∂u_q;  ∂C/∂v_i is written δ_i where `setting.names` has a name for it."""
    whole = Partial(COST, by)
    chain = start(whole if goal is None else goal, setting)
    chain = extend(chain, rules.NAME, whole)
    readers = [equation for equation in uses if by.base in equation.reads]
    only_cost = all(equation.target == COST for equation in readers)  # nothing in between: there is no chain yet
    arrays = setting.around or letters_in(setting.equations)
    through = Add(*(_through(equation, by, arrays, uses=readers) for equation in readers))
    chain = extend(chain, rules.INSERT if only_cost else rules.CHAIN, through)
    if not only_cost:  # a penalty: of the cost, what else there is says nothing of a weight
        chain = extend(chain, rules.LEAVE_OUT, _without_what_stays(chain.result, by))
    return extend(chain, rules.NAME, named(chain.result, setting))


def letters_in(equations: Iterable[Equation]) -> frozenset[str]:
    """Return the letters of all arrays of some equations, but for those that their own indices have too."""
    sides = [side for equation in equations for side in (equation.target, equation.expression)]
    own = {symbol.name for side in sides for symbol in side.atoms(Symbol) if symbol.is_integer}
    return frozenset(letters_of(sides) - own)


def _without_what_stays(expression: Expr, by: Indexed) -> Expr:
    """Return the explicit derivatives by an entry, each of those terms alone that its tensor stands in."""
    explicit = {p for p in expression.atoms(Partial) if not isinstance(p.of, Indexed) and p.of != COST}
    return expression.xreplace({p: _of_written(_terms_with(p.of, by.base), p.by) for p in explicit})


def _of_written(written: Expr, by: Indexed) -> Expr:
    """Return ∂written/∂by; of C = h_Tj carried out, as ∂h_Tj/∂h_tk would mean the equation of h once more."""
    is_own = isinstance(written, Indexed) and written.base == by.base
    return differentiate(written, by) if is_own else Partial(written, by)


def _terms_with(expression: Expr, tensor: Expr) -> Expr:
    if isinstance(expression, Add):
        return Add(*(_terms_with(term, tensor) for term in expression.args if term.has(tensor)))
    if isinstance(expression, Mul) and sum(factor.has(tensor) for factor in expression.args) == 1:
        return Mul(*(_terms_with(factor, tensor) if factor.has(tensor) else factor for factor in expression.args))
    return expression  # of two factors with the tensor, what stays of one is multiplied by the other


def link(of: Indexed, by: Indexed, equation: Equation, setting: Setting) -> Chain:
    """Return the chain for one link ∂of/∂by, a partial derivative through the one equation that computes `of`."""
    return carried_out(start(Partial(of, by), setting), (equation,))


def carried_out(chain: Chain, uses: Iterable[Equation]) -> Chain:
    """Return the chain with its local partial derivatives inserted, differentiated and contracted."""
    links = chain.result.atoms(Partial)
    uses = tuple(uses)
    chain = extend(chain, rules.INSERT, _inserted(chain.result, uses, chain.setting.ranges))
    differentiated = chain.result.xreplace({p: differentiate(p.of, p.by) for p in _explicit(chain.result, links)})
    functions = differentiated.atoms(Elementwise) - chain.result.atoms(Elementwise)
    origins = {type(f).origin for f in functions if f.order} - {None}
    slopes = sorted(origins, key=lambda f: str(f.stem))  # the same in every run
    wanted = [Hypothesis("differentiable", f(Symbol("z"))) for f in slopes]
    chain = extend(chain, rules.DIFFERENTIATE, differentiated, *wanted, *_positive(differentiated, uses))
    return extend(chain, rules.COLLAPSE, contract(chain.result, chain.setting.ranges))


def _positive(differentiated: Expr, uses: Iterable[Equation]) -> Iterator[Hypothesis]:
    """Yield the bases of powers by letters, as the equations have them: u^g has a real slope where u > 0."""
    if any(_by_letter(power) for power in differentiated.atoms(Pow)):
        powers = {power for equation in uses for power in equation.expression.atoms(Pow) if _by_letter(power)}
        yield from (Hypothesis(rules.POSITIVE, base) for base in sorted({p.base for p in powers}, key=str))


def _by_letter(power: Pow) -> bool:
    return not (power.exp.is_integer or power.exp.is_number or power.base.is_positive)


def _through(equation: Equation, by: Indexed, arrays: frozenset[str], *, uses: Iterable[Equation]) -> Expr:
    """Return Σ_i ∂C/∂v_i ∂v_i/∂by, or the explicit ∂C/∂by where v is the cost itself."""
    if equation.target == COST:
        written = equation.expression
        if isinstance(written, Indexed) and any(use.tensor == by.base for use in uses):
            return differentiate(written, by)  # C = h_Tj: ∂h_Tj/∂h_tk would mean the equation of h once more
        return Partial(cleared(written, free_indices(by)), by)
    names: dict[Symbol, Expr] = {}
    limits = []
    for symbol, (first, last) in equation.ranges.items():
        if first == last:  # the start of a recurrence: one place alone
            names[symbol] = first
            continue
        taken = by.free_symbols.union(*(name.free_symbols for name in names.values()), set(equation.indices) - {symbol})
        names[symbol] = fresh(symbol, taken, arrays=arrays)
        limits.append((names[symbol], first, last))
    entry = put(equation.target, names)
    link = Partial(COST, entry) * Partial(entry, by)
    return Sum(link, *reversed(limits)) if limits else link  # SymPy's first limit is the innermost sum


def named(expression: Expr, setting: Setting) -> Expr:
    """Return the expression with δ written wherever ∂C/∂z stands."""
    letters = {tensor: name for name, tensor in setting.names.items()}
    found = (
        p for p in expression.atoms(Partial) if p.of == COST and isinstance(p.by, Indexed) and p.by.base in letters
    )
    return expression.xreplace({p: letters[p.by.base][p.by.indices] for p in found})


def _inserted(expression: Expr, equations: Iterable[Equation], ranges: Mapping[Symbol, Axis]) -> Expr:
    """Return the expression with the forward equation put into every link ∂v_i/∂u: that for the range of i."""
    if isinstance(expression, Partial):
        entry, by = expression.of, expression.by
        equation = _computing(entry, equations, ranges) if isinstance(entry, Indexed) else None
        if equation is None:
            return expression
        inserted = put(equation.expression, dict(zip(equation.indices, entry.indices, strict=True)))
        return _of_written(cleared(inserted, free_indices(by)), by)
    if isinstance(expression, Sum):
        ranges = {**ranges, **{symbol: (first, last) for symbol, first, last in map(tuple, expression.limits)}}
        return Sum(_inserted(expression.function, equations, ranges), *expression.limits)
    if not expression.has(Partial):
        return expression
    return expression.func(*(_inserted(part, equations, ranges) for part in expression.args))


def _computing(entry: Indexed, equations: Iterable[Equation], ranges: Mapping[Symbol, Axis]) -> Equation | None:
    """Return the equation that computes an entry; of several, that with the ranges over which the entry stands."""
    found = [equation for equation in equations if equation.tensor == entry.base]
    if len(found) < 2:
        return found[0] if found else None
    spans = [ranges.get(index, (index, index)) for index in entry.indices]
    return next((equation for equation in found if list(equation.ranges.values()) == spans), None)


def _explicit(expression: Expr, links: set[Partial]) -> set[Partial]:
    """Return the partial derivatives that can be carried out: of something written out, or of the tensor itself.

    One of an entry that was no link before is of a case of what was put in: SymPy draws ∂/∂ of a case distinction
    inside a sum into its cases."""
    return {partial for partial in expression.atoms(Partial) if _is_written_out(partial) or partial not in links}


def _is_written_out(partial: Partial) -> bool:
    of, by = partial.of, partial.by
    if isinstance(of, Indexed):
        return isinstance(by, Indexed) and of.base == by.base
    return not isinstance(of, Symbol)


def at_layers(chain: Chain, move: Mapping[Expr, Expr]) -> Chain:
    """Return the chain with layers in place of l and L, {l: 2, L: 3}, each step checked there again."""
    if not chain.goal.has(*move):
        return chain
    moved = start(chain.goal.xreplace(move), in_other_names(chain.setting, move))
    for step in chain.steps:
        assumed = tuple(tensor.xreplace(move) for tensor in step.evidence.assumed)
        moved = extend(moved, step.rule, step.after.xreplace(move), *step.hypotheses, assuming=assumed)
    return moved


def in_other_names(setting: Setting, names: Mapping[Expr, Expr]) -> Setting:
    """Return what is around a chain with other names for tensors and sizes, or with layers in place of l and L."""
    return Setting(
        tuple(equation.renamed(names) for equation in setting.equations),
        {symbol: (first.xreplace(names), last.xreplace(names)) for symbol, (first, last) in setting.ranges.items()},
        {name.xreplace(names): tensor.xreplace(names) for name, tensor in setting.names.items()},
        tuple(tensor.xreplace(names) for tensor in setting.frontier),
        around=setting.around,
    )
