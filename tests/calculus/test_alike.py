"""What stands alike in a program is derived once: with other names it's what it would be if derived for itself."""

from __future__ import annotations

from typing import Any

import pytest

from symbackprop import equations, sequential
from symbackprop.calculus import alike, reverse, tangents
from symbackprop.calculus.passes import adjoint_equations
from symbackprop.calculus.reverse import ProgramDerivation, derive_program
from symbackprop.errors import CheckError
from symbackprop.network.program import INDEPENDENT, Equation, Program
from symbackprop.network.samples import program_of

RESIDUAL = "residual(dense(4) tanh)"
BLOCK = "residual(layer_norm -> dense(4) gelu)"
NETWORKS = {
    "residual": ("4", [RESIDUAL] * 11),  # of a sum of layer 9 and 10 the names are in another order
    "normalised": ("4", [BLOCK] * 4),
    "convolution": ("1x4", ["conv1d(2, kernel=3, padding=1) relu"] * 5),
    "penalised": ("4", [RESIDUAL] * 4),
    "other widths": ("2", ["dense(3) tanh -> dense(2) tanh"] * 3),
}


PENALTIES = {"l1": 0.3, "l2": "lambda=0.01"}


def _program(name: str) -> Program:
    start, layers = NETWORKS[name]
    return program_of(sequential(" -> ".join((start, *layers)), **PENALTIES if name == "penalised" else {}))


def _lines(derivation: ProgramDerivation) -> dict[str, list[object]]:
    """Return all that stands in the chains of a derivation."""
    return {
        name: [chain.goal, chain.setting, *((s.rule, s.before, s.after, s.hypotheses) for s in chain.steps)]
        for name, chain in derivation.chains.items()
    }


@pytest.mark.combinations
@pytest.mark.parametrize("name", NETWORKS)
def test_what_stands_alike_has_the_chain_that_it_has_if_it_is_derived_for_itself(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lines, their rules and their surroundings are those that come out without any other array."""
    shared = derive_program(_program(name))
    monkeypatch.setattr(alike.Surroundings, "known", lambda *_: None)
    assert _lines(derive_program(_program(name))) == _lines(shared)


def _derived(monkeypatch: pytest.MonkeyPatch, program: Program, like: ProgramDerivation | None = None) -> int:
    """Return how many chains are derived, and not known from another array."""
    found = []
    kept = reverse.collected_form
    monkeypatch.setattr(reverse, "collected_form", lambda *given: found.append(given) or kept(*given))
    derive_program(program, like=like)
    monkeypatch.undo()
    return len(found)


@pytest.mark.thorough
@pytest.mark.parametrize("penalties", [{}, PENALTIES])
def test_no_more_is_derived_of_many_layers_than_of_a_few(monkeypatch: pytest.MonkeyPatch, penalties: Any) -> None:
    """The first and the last of them stand beside something else; those between are one, with a penalty as well."""
    few, many = (program_of(sequential(" -> ".join(("4", *[RESIDUAL] * count)), **penalties)) for count in (6, 12))
    assert _derived(monkeypatch, few) == _derived(monkeypatch, many)


def test_network_without_its_cost_is_derived_near_its_output_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known of the network with its cost holds for the layers before the last ones."""
    program = _program("residual")
    assert 10 > _derived(monkeypatch, program.without_cost, like=derive_program(program))


def test_arrays_of_a_text_stand_alike_whatever_they_are_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters and sizes of one line are others than those of the next, and each line has its own."""
    names = "abdfghklmu"
    lines = [f"input x[{names[0].upper()}]"]
    for before, after in zip(("x", *names[1:]), names[1:], strict=False):
        lines += [f"parameter W{after}[{after.upper()}, {names[names.index(after) - 1].upper()}]"]
        lines += [f"{after}[i] = tanh(sum[j](W{after}[i, j] * {before}[j]))"]
    program = equations("\n".join((*lines, "C = sum[i](u[i]^2)"))).program
    assert len(derive_program(program).adjoints) - 2 > _derived(monkeypatch, program)


def test_functions_that_differ_taken_for_one_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole pass is looked at in the end: tanh in place of sigmoid is no derivative of it."""
    layers = [RESIDUAL, RESIDUAL, RESIDUAL, RESIDUAL.replace("tanh", "sigmoid")] * 2
    program = program_of(sequential(" -> ".join(("4", *layers, RESIDUAL, RESIDUAL))))
    together = alike._together
    monkeypatch.setattr(alike, "_together", lambda kind, forms: together("any", forms))
    with pytest.raises(CheckError, match="the adjoints of the program are not its derivative"):
        derive_program(program)


def _moved(
    monkeypatch: pytest.MonkeyPatch, program: Program, *, anew: bool = False
) -> tuple[int, tuple[Equation, ...]]:
    """Return how many equations of both passes are differentiated along a direction, and what comes of all of them."""
    derived = derive_program(program)
    found = []
    kept = tangents._tangent
    monkeypatch.setattr(tangents, "_tangent", lambda *given: found.append(given) or kept(*given))
    if anew:
        monkeypatch.setattr(tangents, "_alike", lambda equation, _, directions, __: kept(equation, directions))
    equations = (*program.without_cost.equations, *adjoint_equations(derived))
    moved = tangents.tangents(equations, [array.tensor for array in program.of_kind(*INDEPENDENT)])
    monkeypatch.undo()
    return len(found), moved


@pytest.mark.thorough
def test_movements_of_what_stands_alike_are_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are what they would be if each was found for itself, and no more are found of many layers than of a few."""
    few, many = (program_of(sequential(" -> ".join(("4", *[BLOCK] * count)))) for count in (4, 5))
    count, moved = _moved(monkeypatch, few)
    assert _moved(monkeypatch, few, anew=True)[1] == moved
    assert _moved(monkeypatch, many)[0] == count
