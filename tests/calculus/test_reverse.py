"""Any program: the adjoint of every array, from the equations alone, as a textbook has it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import replace
from importlib.resources import files
from math import sin
from typing import Any

import numpy as np
import pytest
from calculus import programs
from calculus.programs import L, M, N, T, W
from oneline import pretty
from sympy import Expr, Max, Min, S, Sum, Symbol, ceiling, floor

import symbackprop as sb
from symbackprop.calculus.arrayforms import array_sides, einsum_sides, forward_form, matrix_sides
from symbackprop.calculus.cells import TOTAL
from symbackprop.calculus.checking import agree
from symbackprop.calculus.fields import Digits
from symbackprop.calculus.known import divisors, restored
from symbackprop.calculus.matrices import Einsum, Scaled, parts_of
from symbackprop.calculus.matrixform import columns
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.reverse import ProgramDerivation, derive_program
from symbackprop.calculus.rules import POSITIVE
from symbackprop.calculus.wholepass import PassWorld, check_whole_pass
from symbackprop.errors import BudgetError, CheckError, ExpressionError, ShapeError, SpecError, UnknownNameError
from symbackprop.exposition.figures.windows import window_of
from symbackprop.network.functions import Z
from symbackprop.network.notation import COST, Tensor, index
from symbackprop.network.program import Equation, Program, entries
from symbackprop.network.text.equations import equations

pytestmark = pytest.mark.combinations

Derived = Callable[[str], ProgramDerivation]
P = index("p")


def example(name: str) -> Program:
    """Return one of the programs that ship as text."""
    text = files("symbackprop.network").joinpath("examples", f"{name}.eq").read_text(encoding="utf-8")
    return equations(text).program


MADE: Mapping[str, Callable[[], Program]] = {
    "residual": programs.residual,
    "L2": programs.penalty,
    "tied": programs.tied,
    "convolution": programs.convolution,
    "pooling": programs.pooling,
    "recurrence": programs.recurrence,
    "attention": programs.attention,
    "batch norm": lambda: programs.normalisation(over_samples=True),
    "layer norm": lambda: programs.normalisation(over_samples=False),
    "RMS norm": programs.root_mean_square,
    "gated": programs.gated,
    "cross-entropy": programs.cross_entropy,
    "cosine": programs.cosine,
    "LSTM": programs.long_short_term_memory,
    "autoencoder in two lines": lambda: example("autoencoder"),
    "recurrence in one line": lambda: example("rnn"),
    "softmax regression": lambda: example("softmax_regression"),
}


@pytest.fixture(scope="module")
def derivation() -> Derived:
    """Return a function that derives one of the programs, once."""
    known: dict[str, ProgramDerivation] = {}

    def derived(name: str) -> ProgramDerivation:
        if name not in known:
            known[name] = sb.derive(MADE[name]())
        return known[name]

    return derived


# what is printed: the results that a textbook has
PRINTED = {
    "residual": {
        "a": "∂C/∂aⱼ = aⱼ − yⱼ",
        "z": "∂C/∂zⱼ = ∂C/∂aⱼ · f′(zⱼ)",
        "b": "∂C/∂bⱼ = ∂C/∂zⱼ",
        "w": "∂C/∂wⱼₖ = ∂C/∂zⱼ · xₖ",
        "x": "∂C/∂xₖ = ∂C/∂aₖ + Σⱼ ∂C/∂zⱼ · wⱼₖ",
    },
    "L2": {"w": "∂C/∂wⱼₖ = ∂C/∂zⱼ · xₖ + λ wⱼₖ"},
    "tied": {
        "h": "∂C/∂hⱼ = Σₖ ∂C/∂oₖ · wⱼₖ",
        "u": "∂C/∂uⱼ = ∂C/∂hⱼ · f′(uⱼ)",
        "w": "∂C/∂wⱼₖ = ∂C/∂oₖ · hⱼ + ∂C/∂uⱼ · xₖ",
    },
    "convolution": {
        "k": "∂C/∂kᵤ = Σₓ ∂C/∂zₓ · aₓ₊ᵤ₋₁",
        "a": "∂C/∂aₚ = Σ_{x=max(1,p−W+1)}^(min(p,N−W+1)) ∂C/∂zₓ · kₚ₋ₓ₊₁",
    },
    "pooling": {"x": "∂C/∂xₚ = ∂C/∂z_{⌈p/2⌉} · [p − 2⌈p/2⌉ + 2 = argmax_{1≤i≤2}(x_{i+2⌈p/2⌉−2})]"},
    "recurrence": {
        "s": "∂C/∂sⱼ = ∂C/∂h₀ⱼ",
        "h": "∂C/∂hₜⱼ = {Σₖ ∂C/∂zₜ₊₁,ₖ · uₖⱼ, t ≤ L − 1; 0, otherwise} + {hₜⱼ − yₜⱼ, t ≥ 1; 0, otherwise}",
        "z": "∂C/∂zₜⱼ = ∂C/∂hₜⱼ · (1 − hₜⱼ²)",
        "u": "∂C/∂uⱼₖ = Σₜ ∂C/∂zₜⱼ · hₜ₋₁,ₖ",
    },
    "attention": {
        "v": "∂C/∂v_{jd} = Σᵢ ∂C/∂o_{id} · pᵢⱼ",
        "p": "∂C/∂pᵢⱼ = Σ_d ∂C/∂o_{id} · v_{jd}",
        "s": "∂C/∂sᵢⱼ = pᵢⱼ (∂C/∂pᵢⱼ − Σᵤ ∂C/∂pᵢᵤ · pᵢᵤ)",
        "q": "∂C/∂q_{id} = 1/√W · Σⱼ ∂C/∂sᵢⱼ · k_{jd}",
        "k": "∂C/∂k_{jd} = 1/√W · Σᵢ ∂C/∂sᵢⱼ · q_{id}",
    },
    "gated": {
        "s": "∂C/∂sⱼ = Σᵢ ∂C/∂oᵢ · Oᵢⱼ",
        "v": "∂C/∂vⱼ = ∂C/∂sⱼ · SiLU(uⱼ)",
        "u": "∂C/∂uⱼ = ∂C/∂sⱼ · vⱼ · SiLU′(uⱼ)",
        "n": "∂C/∂nₖ = Σⱼ ∂C/∂vⱼ · Vⱼₖ + Σⱼ ∂C/∂uⱼ · Wⱼₖ",
    },
    "layer norm": {
        "s": "∂C/∂sᵢ = −1/(2(0.01 + sᵢ)) · Σⱼ ∂C/∂aᵢⱼ · aᵢⱼ",
        "m": "∂C/∂mᵢ = −1/√(0.01 + sᵢ) · Σⱼ ∂C/∂aᵢⱼ",
        "x": "∂C/∂xᵢⱼ = (∂C/∂aᵢⱼ − Σₖ ∂C/∂aᵢₖ/N − aᵢⱼ Σₖ ∂C/∂aᵢₖ · aᵢₖ/N)/√(0.01 + sᵢ)",
    },
    "batch norm": {"x": "∂C/∂xᵢⱼ = (∂C/∂aᵢⱼ − Σₖ ∂C/∂aₖⱼ/M − aᵢⱼ Σₖ ∂C/∂aₖⱼ · aₖⱼ/M)/√(0.01 + sⱼ)"},
    "autoencoder in two lines": {"W": "∂C/∂Wⱼₖ = ∂C/∂oₖ · hⱼ + ∂C/∂hⱼ · hⱼ (1 − hⱼ) xₖ"},
    "recurrence in one line": {"Wh": "∂C/∂W⁽ʰ⁾ⱼₖ = Σₜ₌₁ᵀ ∂C/∂hₜⱼ · (1 − hₜⱼ²) hₜ₋₁,ₖ"},
    "RMS norm": {"x": "∂C/∂xⱼ = r (∂C/∂nⱼ · gⱼ − 1/N · r² xⱼ Σᵢ ∂C/∂nᵢ · gᵢ xᵢ)"},
    "cross-entropy": {"z": "∂C/∂zⱼ = 1/τ · (aⱼ − yⱼ)"},
    "cosine": {"a": "∂C/∂aⱼ = (aⱼ Σᵢ yᵢ aᵢ/(Σᵢ aᵢ²) − yⱼ)/√((Σᵢ aᵢ²) Σᵢ yᵢ²)"},
}


@pytest.mark.parametrize(("program", "name"), [(program, name) for program in PRINTED for name in PRINTED[program]])
def test_adjoint_is_printed_as_in_a_textbook(program: str, name: str, derivation: Derived) -> None:
    """Each adjoint is printed as a textbook prints it, in index form."""
    adjoint = derivation(program).gradient(name)
    assert PRINTED[program][name] == pretty(adjoint.left, adjoint.right)


WITH_NUMBERS = [name for name in MADE if name != "LSTM" and " in " not in name and name != "softmax regression"]


@pytest.mark.parametrize("program", WITH_NUMBERS)
def test_every_adjoint_is_the_difference_quotient(program: str, derivation: Derived, instance: type) -> None:
    """Each adjoint has the value of the difference quotient of the whole program, at every place."""
    derived = derivation(program)
    outputs = tuple(array.tensor for array in derived.given)
    functions = {"f": Z / (1 + Z**2) + Z / 8}
    chains = [chain.unconditional for chain in derived.chains.values()]
    witness = instance(derived.program.equations, {N: 3, M: 2, L: 2, W: 2}, *outputs, functions=functions)
    assert [] == [difference for chain in chains for difference in witness.differences(chain)]


def test_collected_form_comes_after_one_term_for_each_use(derivation: Derived) -> None:
    """Layer norm's x has its three uses first; then the adjoints of its statistics are put in, and x̂ comes back."""
    chain = derivation("layer norm").gradient("x").chain
    assert ["substitute-result", "substitute-result", "restore-known", "arrange"] == [
        s.rule.name for s in chain.steps[-4:]
    ]
    uses = chain.steps[-5].after
    assert "1/√(0.01 + sᵢ) · ∂C/∂aᵢⱼ + 1/N · ∂C/∂mᵢ + 2/N · ∂C/∂sᵢ · (xᵢⱼ − mᵢ)" == pretty(uses)


def test_no_known_value_comes_back_by_a_division() -> None:
    """Of n = x r g also x r = n/g holds, but not where the gain g is 0, where the derivative is what it is."""
    norm = sb.derive(
        equations(
            "input x[N, D]\nparameter g[D]\nr[i] = 1 / sqrt(mean[d](x[i, d]^2) + 0.00001)\n"
            "n[i, d] = x[i, d] * r[i] * g[d]"
        )
    )
    adjoint = norm.gradient("x")
    assert "∂C/∂x_{id} = rᵢ (∂C/∂n_{id} · g_d − 1/D · rᵢ² x_{id} Σₖ ∂C/∂nᵢₖ · gₖ xᵢₖ)" == pretty(
        adjoint.left, adjoint.right
    )
    assert set() == divisors(adjoint.right)


def test_shares_are_supposed_last_and_said(derivation: Derived) -> None:
    """(a - y)/T holds where the targets add up to 1: the last step says so, and those before it need no such thing."""
    chain = derivation("cross-entropy").gradient("z").chain
    assert ["sums to one"] == [hypothesis.kind for hypothesis in chain.hypotheses]
    assert "1/τ · (aⱼ Σᵢ yᵢ − yⱼ)" == pretty(chain.unconditional.result)


def test_numbers_are_computed_from_what_keeps_its_digits(derivation: Derived) -> None:
    """A slope is printed in the value, 1 - h^2, and computed as a slope; nothing is supposed of the targets."""
    adjoint = derivation("recurrence").gradient("z")
    assert "∂C/∂hₜⱼ · tanh′(zₜⱼ)" == pretty(adjoint.computed)
    assert "1/τ · (aⱼ Σᵢ yᵢ − yⱼ)" == pretty(derivation("cross-entropy").gradient("z").computed)
    collected = derivation("layer norm").gradient("x")
    assert collected.right == collected.computed


def test_tie_goes_to_the_first() -> None:
    """Of two equal entries in a window the first gets the error, the second none."""
    derived = sb.derive(programs.pooling())
    world = Given(derived, {N: 2}, {"x": [3, 3, 1, 2]})
    assert [1, 0, 0, 1] == [int(world.derivative(derived.gradient("x").entry.base, p) != 0) for p in (1, 2, 3, 4)]


@pytest.mark.parametrize("program", MADE)
def test_order_is_that_of_the_reverse_pass(derivation: Derived, program: str) -> None:
    """Whatever an adjoint names is derived before it, but for those of its own recurrence."""
    derived = derivation(program)
    seen = {array.tensor for array in derived.given}
    for adjoint in derived.adjoints.values():
        group = adjoint.recurrence.tensors if adjoint.recurrence else ()
        seen.add(adjoint.entry.base)
        assert set() == set(adjoint.needs) - seen - set(group)


def test_no_index_of_a_sum_has_the_letter_of_an_array(derivation: Derived) -> None:
    """In no line does Σ_p stand where p is an array, unless the program itself has that index."""
    derived = derivation("softmax regression")
    arrays = {each.tensor.letter.lower() for each in derived.program.arrays if isinstance(each.tensor, Tensor)}
    symbols = {symbol for each in derived.program.equations for symbol in each.expression.atoms(Symbol)}
    lines = [step.after for adjoint in derived.adjoints.values() for step in adjoint.chain.steps]
    indices = {symbol.name for line in lines for total in line.atoms(Sum) for symbol in total.variables}
    assert set() == indices & arrays - {symbol.name for symbol in symbols if symbol.is_integer}


def test_recurrence_runs_backwards(derivation: Derived) -> None:
    """The arrays that are computed from t = 1 on have adjoints that run from the last time back; weights have none."""
    derived = derivation("LSTM")
    backwards = {name: adjoint.backwards for name, adjoint in derived.adjoints.items()}
    assert {(0, -1)} == {backwards[name] for name in ("h", "c", "tc", "zi", "f", "g")}
    assert {None} == {backwards[name] for name in ("x", "Wxi", "Whf", "bo")}


class Given(PassWorld):
    """A program with numbers for what is given, and with its adjoints as they were derived."""

    def __init__(self, derived: ProgramDerivation, sizes: Mapping[Expr, int], values: Mapping[str, Any]) -> None:
        """Make the world; `values` are nested lists by name."""
        chains = {each.entry.base: (tuple(each.ranges), each.right) for each in derived.adjoints.values()}
        equations, outputs = derived.program.equations, [array.tensor for array in derived.given]
        super().__init__(Digits(1), sizes.__getitem__, equations, frontier=outputs, adjoints=chains, moved=())
        self._given = values

    def given(self, tensor: Tensor, position: tuple[int, ...]) -> Any:
        """Return what is given for an entry."""
        value = self._given.get(tensor.letter)
        if value is None:
            return super().given(tensor, position)
        for place in position:
            value = value[place - 1]
        return value

    def derivative(self, tensor: Tensor, *position: int) -> float:
        """Return ∂C/∂ of one entry, by the adjoints."""
        return float(self.cost((self.cells(tensor)[position], TOTAL))[1])


def test_recurrence_has_the_numbers_of_finite_differences() -> None:
    """A recurrence of two neurons over three times has the cost and the derivatives that differences give."""
    derived = sb.derive(programs.scored_recurrence())
    values = {
        "i": [[0.5 * sin(2)], [0.5 * sin(3)]],
        "u": [[0.5 * sin(6), 0.5 * sin(7)], [0.5 * sin(8), 0.5 * sin(9)]],
        "v": [0.5 * sin(10), 0.5 * sin(11)],
        "x": [[0.5], [-0.2], [0.8]],
        "y": [0.1, 0.2, 0.3],
    }
    world = Given(derived, {L: 3, N: 2, M: 1}, values)
    u, i = (derived.gradient(name).entry.base for name in "ui")
    assert pytest.approx(0.12786001924, abs=1e-11) == float(world.cost(None)[0])
    found = [world.derivative(u, j, k) for j in (1, 2) for k in (1, 2)]
    assert pytest.approx([0.022551516, 0.015185075, 0.018020079, 0.028059416], abs=1e-9) == found
    assert pytest.approx([0.103719505, 0.218174365], abs=1e-9) == [world.derivative(i, j, 1) for j in (1, 2)]


MATRICES = {
    ("L2", "w"): "∇_W C = ∇_z C xᵀ + λ W",
    ("tied", "w"): "∇_W C = h (∇ₒ C)ᵀ + ∇ᵤ C xᵀ",
    ("attention", "v"): "∇_V C = Pᵀ ∇_O C",
    ("attention", "s"): "∇_S C = P ⊙ (∇_P C − (∇_P C ⊙ P) 𝟏_L 𝟏_Lᵀ)",
    ("attention", "q"): "∇_Q C = 1/√W · ∇_S C K",
    ("batch norm", "g"): "∇_g C = (∇_N C ⊙ A)ᵀ 𝟏_M",
    ("batch norm", "m"): "∇ₘ C = −(∇_A C)ᵀ 𝟏_M ⊙ (0.01 + s)^(∘−1/2)",
    ("RMS norm", "r"): "∇ᵣ C = (∇ₙ C ⊙ g)ᵀ x",
    ("RMS norm", "x"): "∇ₓ C = r (∇ₙ C ⊙ g − r²/N · x (∇ₙ C ⊙ g)ᵀ x)",
    ("convolution", "k"): "∇ₖ C = ∇_z C ⋆ a",
    ("convolution", "a"): "∇ₐ C = rot(k) ⋆ pad_{W−1}(∇_z C)",
    ("pooling", "x"): "∇ₓ C = unpool₂(∇_z C, x)",
    ("recurrence", "h"): "∇_{hₜ} C = {hₜ − yₜ, t ≥ 1; 0, otherwise} + {Uᵀ ∇_{zₜ₊₁} C, t ≤ L − 1; 0, otherwise}",
    ("recurrence", "u"): "∇_U C = Σₜ ∇_{zₜ} C hₜ₋₁ᵀ",
    ("recurrence", "z"): "∇_{zₜ} C = ∇_{hₜ} C ⊙ (1 − hₜ^∘2)",
    ("recurrence", "x"): "∇_{xₜ} C = ∇_{zₜ} C",
}


@pytest.mark.parametrize(("program", "name"), MATRICES)
def test_matrix_form(program: str, name: str, derivation: Derived) -> None:
    """An adjoint is written with whole matrices where it can be; where not, there is none, and no error."""
    adjoint = derivation(program).gradient(name)
    form = matrix_sides(adjoint.left, adjoint.right, adjoint.steps_of_time)
    assert MATRICES[program, name] == (form and pretty(*form))


EINSUMS = {
    ("attention", "v"): ["id,ij->jd"],
    ("tied", "w"): ["k,j->jk", "j,k->jk"],
    ("batch norm", "g"): ["ij,ij->j"],
    ("attention", "s"): None,
    ("convolution", "k"): None,
    ("recurrence", "u"): None,
}


@pytest.mark.parametrize(("program", "name"), EINSUMS)
def test_einsum_form(program: str, name: str, derivation: Derived) -> None:
    """A sum of products over whole axes is a sum of einsums; a shifted index, or a range that is less, makes none."""
    adjoint = derivation(program).gradient(name)
    form = einsum_sides(adjoint.left, adjoint.right)
    assert EINSUMS[program, name] == (form and [part.text for part in parts_of(form[1]) if isinstance(part, Einsum)])


def test_conditions_have_the_names_of_whole_arrays() -> None:
    """What stays a number where columns are matrices, as a sum in a condition, is of the array that it reads."""
    said = "h[k, i] = where(sigmoid(sum[l](w[l, i])) > x[i], b[k]*w[k, i], 1) for k = 1..M, i = 1..N"
    network = sb.equations(f"input x[N]\nparameter w[M, N], b[M]\n{said}\nC = sum[k, i](h[k, i]^2)")
    derivation = sb.derive(network)
    wanted = "hᵢ = {b ⊙ wᵢ, σ(Σₗ wₗᵢ) > xᵢ; 1, otherwise}"
    assert wanted == pretty(*forward_form(derivation.program.equations[0], {}))  # type: ignore[misc]
    adjoint = derivation.gradient("b")
    wanted = "∇_b C = Σᵢ ∇_{hᵢ} C ⊙ {wᵢ, σ(Σₗ wₗᵢ) > xᵢ; 0, otherwise}"
    assert wanted == pretty(*matrix_sides(adjoint.left, adjoint.right))  # type: ignore[misc]


class TestFaults:
    """A wrong adjoint is noticed, whatever it is that is wrong with it."""

    def test_adjoint_of_another_program(self, derivation: Derived) -> None:
        """The chain of a program without the penalty is refused as the adjoint of one with it."""
        right = {a.entry.base: a.chain for a in derivation("L2").adjoints.values()}
        plain = [e for e in programs.residual().equations if e.target != COST]
        lines = (plain[0], Equation(programs.a[programs.J], programs.F(programs.z[programs.J])))
        wrong = derive_program(Program(programs.nodes((*lines, programs.half_squares(programs.a, programs.y)))))
        chains = {**right, programs.w: wrong.gradient("w").chain}
        equations = programs.penalty().equations
        check_whole_pass(equations, (), right)
        with pytest.raises(CheckError, match=r"^the adjoints of the program are not its derivative"):
            check_whole_pass(equations, (), chains)

    def test_adjoint_that_is_right_for_small_sizes_alone(self, derivation: Derived) -> None:
        """What is true where a size is 2 or 3 is refused, as in a step: the worlds have larger ones."""
        derived = derivation("convolution")
        chain = derived.gradient("k").chain
        last = copy(chain.steps[-1])
        object.__setattr__(last, "after", chain.result * (1 + (W - 2) * (W - 3)))
        hidden = replace(chain, steps=(*chain.steps[:-1], last))
        chains = {each.entry.base: each.chain for each in derived.adjoints.values()}
        outputs = tuple(array.tensor for array in derived.given)
        check_whole_pass(derived.program.equations, outputs, chains)
        with pytest.raises(CheckError, match=r"^the adjoints of the program are not its derivative"):
            check_whole_pass(derived.program.equations, outputs, {**chains, chain.goal.by.base: hidden})

    def test_recurrence_cut_short(self, derivation: Derived) -> None:
        """An adjoint of the state that forgets the time after it is refused: it would be one step back, not all."""
        derived = derivation("recurrence")
        chains = {each.entry.base: each.chain for each in derived.adjoints.values()}
        lines = [e for e in derived.program.equations if e.tensor != Tensor("z", None, (L, N))]
        cut = derive_program(Program(programs.nodes(lines))).gradient("h").chain
        with pytest.raises(CheckError, match=r"^the adjoints of the program are not its derivative"):
            check_whole_pass(derived.program.equations, (), {**chains, cut.goal.by.base: cut})


class TestGradient:
    """One derivative, by the name of its array."""

    def test_forms(self, derivation: Derived) -> None:
        """It is a SymPy equation, LaTeX in each notation, and steps."""
        weight = derivation("residual").gradient("w")
        assert weight.sympy.rhs == weight.right
        assert r"\frac{\partial C}{\partial w_{jk}} = \frac{\partial C}{\partial z_{j}}\,x_{k}" == weight.latex()
        assert r"\nabla_{W}\,C = \nabla_{z}\,C\,x^{\mathsf{T}}" == weight.latex("matrix")
        assert weight.steps == weight.chain.steps

    def test_scalar(self) -> None:
        """With numbers for the sizes every entry is written out; without them the error names the size."""
        program = programs.residual()
        sized = sb.derive(Program(program.nodes, program.given, {N: 2}))
        assert 4 == len(sized.gradient("w").entries())
        assert r"\frac{\partial C}{\partial b_{1}}" in sized.gradient("b").latex("scalar")
        with pytest.raises(ShapeError, match=r"^∂C/∂w entry by entry wants numbers for N; try sizes N = 2$"):
            sb.derive(program).gradient("w").entries()
        with pytest.raises(BudgetError, match=r"^∂C/∂w written entry by entry is 4 equations, more than the 3 allowed"):
            sized.gradient("w").entries(limit=3)

    def test_names(self, derivation: Derived) -> None:
        """An unknown name lists those that there are; the output of a block is given, not derived."""
        with pytest.raises(
            UnknownNameError, match=r"^there is no derivative by 'y'; there are those by a, z, b, w, x$"
        ):
            derivation("residual").gradient("y")
        with pytest.raises(UnknownNameError, match=r"^adjoint 'y' is unknown; known: a, z, b, w, x$"):
            derivation("residual").adjoints["y"]
        with pytest.raises(UnknownNameError, match=r"^∂C/∂o is what the block is given; ask for v, p, s, k, q$"):
            derivation("attention").gradient("o")


CASES = {
    "v[j] = sum[i](where(i < j, x[i] * x[j], 0))": (
        "(Σᵢ ∂C/∂vᵢ · {xᵢ, i > j; 0, otherwise}) + ∂C/∂vⱼ · Σₖ {xₖ, j > k; 0, otherwise}"
    ),
    "v[j] = sum[i](where(x[i] < x[j], x[i], 0))": "Σᵢ ∂C/∂vᵢ · {1, xᵢ > xⱼ; 0, otherwise}",
}


@pytest.mark.parametrize("line", CASES)
def test_case_on_two_indices_one_of_them_summed(line: str) -> None:
    """A case that compares two indices, or two entries, of a sum inside a sum is derived, and stays where it was."""
    derived = sb.derive(equations(f"input x[N]\nsizes N = 3\n{line}\nC = sum[j](v[j]^2)"))
    assert CASES[line] == pretty(derived.gradient("x").right)


class TestRangesThatPassSmallTests:
    """What only holds for some sizes is refused: the worlds have sizes that differ from one another."""

    @pytest.mark.parametrize(
        ("program", "name", "fault"),
        [
            ("convolution", "a", lambda e: e.xreplace({Max(1, P - W + 1): S.One})),
            ("convolution", "a", lambda e: e.xreplace({Min(P, N - W + 1): P})),
            ("pooling", "x", lambda e: e.xreplace({ceiling(P / 2): floor((P + 2) / 2)})),
            ("recurrence", "h", lambda e: e.xreplace({L - T >= 1: L - T >= 0})),
            ("recurrence", "h", lambda e: e.xreplace({T >= 1: T >= 0})),
        ],
    )
    def test_limit_that_is_off_by_one(
        self, program: str, name: str, fault: Callable[[Expr], Expr], derivation: Derived
    ) -> None:
        """A lower limit, an upper limit, a rounded place, the first and the last time: each off by one is seen."""
        chain = derivation(program).gradient(name).chain
        wrong = fault(chain.result)
        assert wrong != chain.result
        with pytest.raises(CheckError, match=" is not "):
            agree(chain.goal, wrong, chain.setting)


STATES = {
    "its own state": "h[0, j] = h0[j]\nh[t, j] = tanh(x[t, j] + sum[k](u[j, k] * h[t - 1, k])) for t = 1..T",
    "through another array": "h[0, j] = h0[j]\nz[t, j] = x[t, j] + sum[k](u[j, k] * h[t - 1, k])\n"
    "h[t, j] = tanh(z[t, j]) for t = 1..T",
    "backwards": "h[T + 1, j] = h0[j]\nh[t, j] = tanh(x[t, j] + sum[k](u[j, k] * h[t + 1, k])) for t = 1..T",
    "two steps back": "h[-1, j] = 0\nh[0, j] = h0[j]\n"
    "h[t, j] = tanh(x[t, j] + sum[k](u[j, k] * h[t - 2, k] * h[t - 1, j])) for t = 1..T",
}


@pytest.mark.parametrize("lines", STATES.values(), ids=STATES)
def test_state_that_is_the_output_has_what_is_given_and_what_comes_back(lines: str) -> None:
    """A block gives its state itself: f.backward is the slope of sum(G h), through every later step."""
    f = sb.compile(sb.derive(sb.equations(f"input x[T, N], h0[N]\nparameter u[N, N]\n{lines}")))
    rng = np.random.default_rng(5)
    values = {name: rng.normal(size=shape) for name, shape in (("x", (3, 2)), ("h0", (2,)), ("u", (2, 2)))}
    state = f.forward(values)
    given = {"h": rng.normal(size=state["h"].shape)}
    slopes = f.backward(values, given)
    assert ["h"] == list(state)
    for name, array in values.items():
        step = rng.normal(size=array.shape)
        # a central difference in steps of 1e-5: wrong by 1e-10, and by as much again for digits lost
        ends = (f.forward({**values, name: array + sign * 1e-5 * step})["h"] for sign in (1, -1))
        high, low = (float(np.sum(given["h"] * end)) for end in ends)
        assert (high - low) / 2e-5 == pytest.approx(float(np.sum(slopes[name] * step)), rel=1e-6, abs=1e-8)


NAMED_PLACES = {
    "x[3, j]": {"x": "∂C/∂xₚⱼ = ∂C/∂oⱼ · [3 = p]"},
    "x[T, j] * x[30, j]": {"x": "∂C/∂xₚⱼ = ∂C/∂oⱼ · (x₃₀,ⱼ [T = p] + x_{Tj} [30 = p])"},
    "x[T, j] * x[1, j]": {"x": "∂C/∂xₚⱼ = ∂C/∂oⱼ · (x₁ⱼ [T = p] + x_{Tj} [1 = p])"},
    "x[1, j] * w[j] + x[T, j]": {"x": "∂C/∂xₚⱼ = ∂C/∂oⱼ · ([T = p] + wⱼ [1 = p])", "w": "∂C/∂wⱼ = ∂C/∂oⱼ · x₁ⱼ"},
    "x[T - 2, j] ^ 2": {"x": "∂C/∂xₚⱼ = 2 · ∂C/∂oⱼ · x_{T−2,j} [T − 2 = p]"},
    "sum[i](x[T, i] * x[1, j])": {},
    "softmax[j](x[T, j])": {},
    "max[i](x[T, i]) * x[T, j]": {},
}


@pytest.mark.parametrize("side", NAMED_PLACES)
def test_entry_at_a_place_that_is_named(side: str) -> None:
    """The place of an entry may be a number or a size; it is no letter for an index, and the worlds have it."""
    weight = "parameter w[N]\n" if "w[" in side else ""
    network = sb.equations(f"input x[T, N]\n{weight}sizes T = 30\no[j] = {side}")
    derivation = sb.derive(network)
    assert sb.verify(network).ok
    for name, line in NAMED_PLACES[side].items():
        adjoint = derivation.gradient(name)
        assert line == pretty(adjoint.left, adjoint.right)


# each of them was once derived wrong, and refused by its own check, or could not be computed
ODD = {
    "value that is the same along an index": "input x[N, M], w[M]\na[i] = sigmoid(sum[q](w[q]))\n"
    "b[i, j] = a[i] * x[i, j]",
    "exponential that is the same along an index": "input w[M], x[N, M]\na[i, j] = exp(w[j] / 4) for i = 1..N\n"
    "b[i] = sum[j](a[i, j] * x[i, j])",
    "copy of a state, and its start": "input x[N], s\nb[0] = s\nb[i] = tanh(b[i - 1] + max(x[i], s)) for i = 1..N\n"
    "c[i] = b[i] for i = 1..N\nC = sum[i](c[i] ^ 2)",
    "array that the cost doesn't depend on": "input x[N], w[N]\nb = sum[i](w[i])\n"
    "a[i] = gelu(b) * sum[k](w[k]) for i = 1..N\n"
    "c[i] = x[i] * w[i] + b\nC = sum[i](x[i] ^ 2)",
    "value that is 0 whatever is given": "input x[N]\nb = log(1 + (sum[i](x[i]) - sum[k](x[k])) ^ 2)\nc[i] = x[i] ^ 2",
    "entry of a state in two axes": "input x[N, M]\nr[1, j] = x[1, j]\n"
    "r[i, j] = x[i, j] + min(r[i - 1, j], r[i - 1, 1]) for i = 2..N\nC = r[N, M]",
    "minus at one place": "input x[N], w[N]\no[i] = w[i] * sum[k](w[k]) - x[1]",
    "power of an index under mod": "input x[N], w[N]\nC = sum[i](((i*i + 1) mod 3)*w[i]*x[i]^2)",
    "mean that the cost reads in two factors": "input x[N], y\na = mean[i](x[i])\nv = mean[i]((x[i] - a)^2)\n"
    "C = (2*a*y + 1)*(v + y)/(a^2 + y^2 + v + 2)",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_odd_program_is_derived_and_computed(text: str) -> None:
    """What only random programs have is derived with its checks, and verified against the equations."""
    assert sb.verify(sb.equations(text)).ok


def test_axis_of_length_one_in_whole_arrays() -> None:
    """Forward, too, no letter is left without a range; more axes of length 1 are no diagonal, and none is summed."""
    text = (
        "input x[B, 1, T, D], a[N], h0[1]\nparameter w[H, D, E], u[1], c[1, 1, N]\nr[i, j] = u[j] * a[i] for j = 1..1\n"
        "q[b, h, t, e] = sum[d](x[b, 1, t, d] * w[h, d, e])\ny[i] = c[1, 1, i] * r[i, 1]\n"
        "h[0, j] = h0[j]\nh[t, j] = tanh(h[t - 1, j] * u[j]) for t = 1..T\n"
        "C = sum[b, h, t, e](q[b, h, t, e]^2) + sum[i](y[i]^2) + h[T, 1]^2"
    )
    derivation = sb.derive(sb.equations(text))
    forward = [pretty(*equation.sides) for equation in derivation.program.equations]
    for line in ("rᵢ₁ = aᵢ u₁", "h₀₁ = h⁽⁰⁾₁", "hₜ₁ = tanh(hₜ₋₁,₁ u₁)"):
        assert line in forward
    forms = [forward_form(equation, derivation.times) for equation in derivation.program.equations]
    assert "r₁ = u₁ a" in [pretty(*sides) for sides in forms if sides]
    adjoints = {name: array_sides(each.left, each.right) or () for name, each in derivation.adjoints.items()}
    assert "∇_{c₁₁} C = ∇_y C ⊙ r₁" == pretty(*adjoints["c"])
    assert "∇_{X₁} C = einsum_{hde,bhte→btd}(W, ∇_Q C)" == pretty(*adjoints["x"])
    assert "∇_W C = einsum_{bhte,btd→hde}(∇_Q C, X₁)" == pretty(*adjoints["w"])


POWERS = {  # a line: its derivatives, and what has to be positive
    "x[i]^g": ({"x": "∂C/∂xᵢ = ∂C/∂oᵢ · g xᵢᵍ⁻¹", "g": "∂C/∂g = Σᵢ ∂C/∂oᵢ · oᵢ ln xᵢ"}, ["x[i]"]),
    "(x[i]^2)^g": (
        {"x": "∂C/∂xᵢ = 2 · ∂C/∂oᵢ · g |xᵢ|²ᵍ⁻¹ · sgn(xᵢ)", "g": "∂C/∂g = 2 Σᵢ ∂C/∂oᵢ · oᵢ · ln(|xᵢ|)"},
        ["abs(x[i])"],
    ),
    "(1 - x[i])^(g - 1)": ({"x": "∂C/∂xᵢ = −∂C/∂oᵢ · (g − 1) (1 − xᵢ)ᵍ⁻²"}, ["1 - x[i]"]),
    "x[i] + sum[t = 1..i](g^(i - t))": ({"g": "∂C/∂g = Σᵢ ∂C/∂oᵢ · Σₜ₌₁ⁱ (i − t) gⁱ⁻ᵗ⁻¹"}, []),
    "x[i]*2^g": ({"g": "∂C/∂g = ln(2) · Σᵢ ∂C/∂oᵢ · oᵢ"}, []),
    "x[i] + sum[j](x[j]^g)^(1/g)": (
        {"x": "∂C/∂xᵢ = ∂C/∂oᵢ + (Σⱼ xⱼᵍ)^(1/g−1) xᵢᵍ⁻¹ Σₖ ∂C/∂oₖ"},
        ["Sum(x[j]**g, (j, 1, N))", "x[j]"],
    ),
}


@pytest.mark.parametrize("side", POWERS)
def test_letter_as_an_exponent(side: str) -> None:
    """∂u^g is g u^(g-1) by u, and u^g ln u by g; that the base is positive is said unless the exponent is whole."""
    network = sb.equations(f"input x[N]\nparameter g\no[i] = {side}")
    derivation = sb.derive(network)
    assert sb.verify(network).ok
    lines, positive = POWERS[side]
    for name, line in lines.items():
        adjoint = derivation.gradient(name)
        assert line == pretty(adjoint.left, adjoint.right)
    said = {str(h.subject) for step in derivation.steps for h in step.hypotheses if h.kind == POSITIVE}
    assert set(positive) == said


def test_circular_convolution() -> None:
    """What `where` wraps around is read inside of the array, so M <= N + 1; a case that never holds is not written."""
    wrapped = "where(i + j - 1 <= N, x[i + j - 1], x[i + j - 1 - N])"
    text = f"input x[N]\nparameter k[M]\nz[i] = sum[j](k[j] * {wrapped})"
    with pytest.raises(ExpressionError, match=r"range of i is not known"):
        sb.equations(text)
    network = sb.equations(f"{text} for i = 1..N\nC = sum[i](z[i]^2)", {"N": 5, "M": 3})
    adjoint = sb.derive(network).gradient("x")
    ends = "Σ_{i=max(1,p−M+1)}ᵖ ∂C/∂zᵢ · kₚ₋ᵢ₊₁ + Σ_{i=max(1,N+p−M+1)}ᴺ ∂C/∂zᵢ · k_{N+p−i+1}"
    assert f"∂C/∂xₚ = {ends}" == pretty(adjoint.left, adjoint.right)
    window = window_of(network.program.equations[0], network.program)
    assert window is not None
    assert {(1,), (4,), (5,)} == set(window.seen[4,])


def test_derivative_by_a_value_is_no_place_for_another() -> None:
    """A known value never comes back inside of ∂C/∂v, nor with an index of which nothing is said."""
    i, j = index("i"), index("j")
    u, v, w = (Tensor(letter, None, (N,)) for letter in "uvw")
    copied = Equation(w[i], v[i])
    spread = Equation(Tensor("a", None, (N, N))[i, j], u[i] ** 2)
    assert v[i] * Partial(COST, v[i]) == restored(v[i] * Partial(COST, v[i]), copied)
    assert u[j] ** 2 == restored(u[j] ** 2, spread)


def test_derivations_show_themselves_in_a_notebook() -> None:
    """A line for each adjoint, or each of the four equations, in one formula."""
    derived = derive_program(equations("input x[N]\nsizes N = 2\nz[i] = x[i]^2\nC = sum[i](z[i])").program)
    shown = derived._repr_latex_()
    lines = [adjoint.latex("index") for adjoint in derived.adjoints.values()]
    assert r"$$\begin{gathered}" + r" \\ ".join(lines) + r"\end{gathered}$$" == shown
    assert "<Derivation of a program: z, x in " in repr(derived)


@pytest.mark.thorough
def test_derivation_of_a_batch() -> None:
    """The samples get an axis in front; where a layer couples them they have it, and without a network as well."""
    layers = derive_program(*_said(sb.sequential("2 -> layer_norm -> dense(1)")))
    assert 2 == len(layers.of_samples().adjoints["x"].entry.indices)
    coupled = derive_program(*_said(sb.sequential("3x2 -> batch_norm")))
    assert coupled.of_samples() is coupled
    alone = derive_program(layers.program).of_samples("columns")
    assert 2 == len(alone.adjoints["x"].entry.indices)


@pytest.mark.parametrize("samples", ["rows", "columns"])
def test_samples_do_not_add_up_to_one(samples: str) -> None:
    """Of targets the classes of one sample are shares of 1; the sum over the samples is left as it is."""
    line = sb.equations("input x\ntarget y\nparameter b, w\nC = -y * (w * x + b)").program
    assert "−1/m · Σₛ yₛ" == pretty(derive_program(line).of_samples(samples).gradient("b").right)
    classes = (
        "input x[N]\ntarget y[N]\nsizes N = 3\na[i] = exp(x[i]) / sum[k](exp(x[k]))\nC = -sum[i](y[i] * log(a[i]))"
    )
    batch = derive_program(sb.equations(classes).program).of_samples(samples).gradient("x")
    place = "ₛᵢ" if samples == "rows" else "ᵢₛ"
    assert f"1/m · (a{place} − y{place})" == pretty(batch.right)


def _said(network: Any) -> tuple[Any, Any]:
    return network.program, network


def test_what_the_cost_does_not_depend_on_has_no_einsum() -> None:
    """∂C/∂m = 0, where m decides between two cases alone: nothing is summed up, and a sum in front has parentheses."""
    text = "input x[N], k\nm = max[i](x[i])\nz[i] = where(x[i] == m, (1 - k)*x[i], 0)\nC = sum[i](z[i]^2)"
    zero = sb.derive(sb.equations(text)).gradient("m")
    assert einsum_sides(zero.left, zero.right) is None
    state = (
        "input x[N], k\nsizes T = 3\nh[0, i] = x[i]\nh[t, i] = (1 - k)*h[t - 1, i] for t = 1..T\nC = sum[i](h[T, i])"
    )
    adjoint = sb.derive(sb.equations(state)).gradient("h")
    found = matrix_sides(adjoint.left, adjoint.right, adjoint.steps_of_time)
    assert found is not None
    assert "(1 − k) ∇_{hₜ₊₁} C" in pretty(*found)


def test_difference_of_points_stays_one() -> None:
    """A kernel's ∂C/∂x has x_i - x_j inside of its sums, not x_i Σ - Σ x_j, of which 5e-9 were left where it is 0."""
    text = (
        "input x[N], y[N], l, s\nk[i, j] = s^2*exp(-(x[i] - x[j])^2/(2*l^2))\nC = sum[i, j](y[i]*k[i, j]*y[j])\n"
        "sizes N = 3"
    )
    derivation = sb.derive(sb.equations(text))
    adjoint = derivation.gradient("x")
    line = "∂C/∂xᵢ = −(Σⱼ ∂C/∂kᵢⱼ · kᵢⱼ (xᵢ − xⱼ) + Σₚ ∂C/∂kₚᵢ · kₚᵢ (xᵢ − xₚ))/l²"
    assert line == pretty(adjoint.left, adjoint.right)
    values = {"x": [-1.0, -0.5, 2.0], "y": [1.5, 0.25, -2.0], "l": -0.0023, "s": -2.5}
    assert [0.0] * 3 == list(sb.compile(derivation)(values)[1]["x"])  # exp(-1e4) is none, and x_i - x_i is 0


def test_derivative_in_a_quotient_stays_one() -> None:
    """In one line, ∂C/∂y · g over a root is not (∂C g)/∂y; a case that no place has, k + 1 = 1, is left out."""
    text = "input x[N], g[N]\ny[i] = g[i]*x[i]/sqrt(1 + sum[j](x[j]^2)) + where(i == N + 1, x[i], 0)"
    adjoint = sb.derive(sb.equations(text)).gradient("x")
    line = pretty(adjoint.left, adjoint.right)
    assert "∂C/∂yᵢ · gᵢ" in line
    assert "{" not in line


def test_einsum_has_a_factor_where_there_is_one() -> None:
    """3 stands in front of the einsum, 1 does not."""
    for factor, scaled in (("", False), ("3 * ", True)):
        text = f"input a[N], b[M, K]\nsizes N = 2, M = 3, K = 4\no[i, j, k] = {factor}a[i] * b[j, k]"
        derived = derive_program(sb.equations(text).program)
        sides = einsum_sides(derived.adjoints["a"].left, derived.adjoints["a"].right)
        assert sides is not None
        assert scaled == isinstance(sides[1], Scaled)


def test_title_is_that_of_the_text() -> None:
    """A program without a text has none."""
    block = sb.equations("# squares\ninput x[N]\nsizes N = 2\nC = sum[i](x[i]^2)")
    assert ("squares", None) == (derive_program(block.program, block).title, derive_program(block.program).title)


def test_conditions_come_in_one_order() -> None:
    """Of the functions that one step differentiates, by their names: the same in every run."""
    block = sb.equations("input x\nC = sigmoid(x) + tanh(x) + softplus(x) + softsign(x) + silu(x)")
    (step,) = (step for step in derive_program(block.program).steps if len(step.hypotheses) > 1)
    names = [type(each.subject).stem for each in step.hypotheses]
    assert ["sigmoid", "silu", "softplus", "softsign", "tanh"] == names


def test_statistics_whose_error_is_known_from_the_cost_keep_their_name() -> None:
    """∂C/∂s with ∂C/∂v = v put in holds for this cost alone, and is not put in where v may have any error."""
    text = """input x[N], e[M]
s = tanh(sum[i](x[i]))
v[j] = sum[i](x[i]^2)/(1 + sum[k](e[k]*s)^2) for j = 1..M
C = sum[j](v[j]^2)/2 + s^2"""
    error = derive_program(equations(text).program).gradient("x")
    assert "Partial(C, s)" in str(error.right)


def test_cost_of_nothing_to_differentiate_by_is_refused() -> None:
    """A cost of targets, constants and numbers has no derivative; neither a document nor a check has a subject."""
    for text in (
        "target y\nconstant k[N]\nz[i] = k[i]^2\nC = sum[i](z[i]*y)",
        "a[i] = i for i = 1..3\nC = sum[i](a[i])",
    ):
        with pytest.raises(SpecError, match=r"^C depends on no input and no parameter; declare what it is"):
            sb.derive(equations(text))
    with pytest.raises(SpecError, match=r"^y depends on no input and no parameter; declare what it is"):
        derive_program(equations("input x[N]\ny[i] = where(1 > 2, x[i], 0)").program)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("m[0] = 0\nm[t] = a*m[t - 1] + g[t]\nb[t] = m[t]/(1 - a^t)\nC = sum[t](b[t]^2)", "b[t] has no value at t = 0"),
        ("b[t] = g[t]*ln(a*t - a)/(t - T)\nC = sum[t](b[t]^2)", "b[t] has no value at t = 1"),
        ("b[t] = a*g[t]/(t - T)\nC = sum[t](b[t]^2)", "b[t] has no value at t = T"),
        ("C = sum[t](a*g[t]/(t - 2))", "C has no value"),
    ],
)
def test_equation_without_a_value_is_named(text: str, where: str) -> None:
    """What divides by 0 at a place is no fault of ours: the line is named, and where; behind it that can be said."""
    with pytest.raises(SpecError, match=f"^{re.escape(where)}: something is divided by 0, or the logarithm of 0 is"):
        sb.derive(equations(f"input g[T]\nconstant a\nsizes T = 3\n{text}"))


LOSSES = {  # what is written in several lines, as it comes out in one
    "p[n, k] = softmax[k](3*z[n, k])\nl[n] = -sum[k](y[n, k]*ln(p[n, k]))\nC = mean[n](l[n])": {
        "p": "∂C/∂pₙₖ = −yₙₖ/(N pₙₖ)",
        "z": "∂C/∂zₙₖ = 3/N · (pₙₖ − yₙₖ)",
    },
    "r[n, k] = sigmoid(3*z[n, k])\nb = -sum[n, k](y[n, k]*ln(r[n, k]) + (1 - y[n, k])*ln(1 - r[n, k]))\n"
    "C = b + sum[k](w[k]^2)": {"z": "∂C/∂zₙₖ = 3(rₙₖ − yₙₖ)"},
    "m = mean[n, k](z[n, k])\nd[n, k] = z[n, k] - m\nC = sum[n, k](d[n, k] + y[n, k]*w[k])": {"z": "∂C/∂zₙₖ = 0"},
    "a[k] = w[k]/sqrt(sum[j](w[j]^2))\nv[k] = sum[n](z[n, k]*y[n, k])\nb[k] = v[k]/sqrt(sum[j](v[j]^2))\n"
    "C = sum[n, k](y[n, k]*z[n, k]*b[k]) + sum[k](a[k])": {"v": "∂C/∂vₖ = 0"},
}


@pytest.mark.parametrize("lines", LOSSES)
def test_losses_that_are_written_in_several_lines(lines: str) -> None:
    """A loss of each sample, or of one part, comes out as where the cost is one line; 0 has no form as a matrix."""
    weight = "parameter w[K]\n" if "w[" in lines else ""
    derivation = sb.derive(sb.equations(f"input z[N, K]\ntarget y[N, K]\n{weight}sizes N = 2, K = 3\n{lines}"))
    for name, line in LOSSES[lines].items():
        adjoint = derivation.gradient(name)
        assert line == pretty(adjoint.left, adjoint.right)
        assert line.endswith(" 0") == (matrix_sides(adjoint.left, adjoint.right) is None)


def test_axis_of_length_one_has_one_place() -> None:
    """What keepdims=True leaves is derived at j = 1, in every step: no [1 = j] comes up."""
    text = (
        "input X[N, D]\ntarget T[N, D]\nparameter W[D, D], b[1, D]\nS = X @ W + b\n"
        "r = sqrt(sum(S**2, axis=1, keepdims=True))\nY = S / r\nC = sum((Y - T)**2)\nsizes N = 3, D = 2"
    )
    derivation = sb.derive(sb.equations(text))
    r, b, s = (derivation.gradient(name) for name in "rbS")
    assert "∂C/∂rᵢ₁ = −1/rᵢ₁ · Σⱼ ∂C/∂Yᵢⱼ · Yᵢⱼ" == pretty(r.left, r.right)
    assert "∇_{r₁} C = −(∇_Y C ⊙ Y) 𝟏_D ⊙ r₁^(∘−1)" == pretty(*columns(r))
    assert "∂C/∂b₁ⱼ = Σᵢ ∂C/∂Sᵢⱼ" == pretty(b.left, b.right)
    assert "∇_{b₁} C = (∇_S C)ᵀ 𝟏_N" == pretty(*columns(b))
    assert "∂C/∂Sᵢⱼ = ∂C/∂rᵢ₁ · Yᵢⱼ + 1/rᵢ₁ · ∂C/∂Yᵢⱼ" == pretty(s.left, s.right)
    read = {entry for step in r.steps for entry in entries(step.before) if entry.base == r.entry.base}
    assert {S.One} == {entry.indices[1] for entry in read}
    assert ["r_1_1", "r_2_1", "r_3_1"] == [str(left.by) for left, _ in r.entries()]
    assert sb.verify(sb.equations(text)).ok


def test_slopes_along_an_axis_of_length_one_are_written_in_values() -> None:
    """1 - r² of tanh, g (1 - g) of what is written in exponentials, and so at the start of a recurrence: 1 - h_0²."""
    text = (
        "input S[N, D]\nparameter v[D]\nsizes N = 3, D = 2\nr = tanh(sum(S, axis=1, keepdims=True))\n"
        "g = 1 / (1 + exp(-sum(S * v, axis=1, keepdims=True)))\nC = sum(r**2 * g)"
    )
    derivation = sb.derive(sb.equations(text))
    s, v = (pretty(each.left, each.right) for each in map(derivation.gradient, "Sv"))
    assert "∂C/∂Sᵢₖ = ∂C/∂rᵢ₁ · (1 − rᵢ₁²) + ∂C/∂gᵢ₁ · gᵢ₁ (1 − gᵢ₁) vₖ" == s
    assert "∂C/∂vₖ = Σᵢ ∂C/∂gᵢ₁ · gᵢ₁ (1 − gᵢ₁) Sᵢₖ" == v
    state = "parameter b[N], u\nsizes T = 3, N = 2\nh[0, j] = tanh(b[j])\nh[t, j] = u*h[t - 1, j] for t = 1..T\n"
    b = sb.derive(sb.equations(f"{state}C = sum[j](h[T, j]^2)")).gradient("b")
    assert "∂C/∂bⱼ = ∂C/∂h₀ⱼ · (1 − h₀ⱼ²)" == pretty(b.left, b.right)


def test_sums_over_arrays_of_three_axes_with_one_of_length_one() -> None:
    """What is a matrix beside an axis of length 1 sums over arrays that are none: each of the first axis has a form."""
    text = "input a[S, N, 1], b[S, 1, M]\nO = a @ b\nP = a * b\nC = sum(O * P)"
    adjoint = sb.derive(sb.equations(text)).gradient("a")
    sides = array_sides(adjoint.left, adjoint.right)
    assert sides is not None
    assert "∇_{aᵢ₁} C = (∇_{Oᵢ} C + ∇_{Pᵢ} C) bᵢ₁" == pretty(*sides)


def test_cost_that_adds_the_last_state_to_other_terms() -> None:
    """C = h_T + Σ w²: of the state alone, ∂h_T/∂h_t is 1 at t = T, and no step of the recurrence once more."""
    text = (
        "input x[T]\nparameter u, w[D]\nsizes T = 3, D = 2\nh[0] = 0\nh[t] = tanh(u * h[t - 1] + x[t]) for t = 1..T\n"
        "C = h[T] + sum[d](w[d]^2)"
    )
    network = sb.equations(text)
    h = sb.derive(network).gradient("h")
    assert "∂C/∂hₜ = {∂C/∂hₜ₊₁ · (1 − hₜ₊₁²) u, t ≤ T − 1; 0, otherwise} + [T = t]" == pretty(h.left, h.right)
    assert sb.verify(network).ok
