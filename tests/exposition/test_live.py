"""What a page computes of numbers that are typed in: the trees that it is given, walked here by another hand."""

from __future__ import annotations

import html
import json
import math
import re
from typing import Any

import pytest

from symbackprop.calculus.backpropagation import derive
from symbackprop.calculus.numbers import evaluate
from symbackprop.errors import SpecError
from symbackprop.exposition.document import Figure, Sample
from symbackprop.exposition.example.entrypath import entry_path
from symbackprop.exposition.example.illustration import Illustration
from symbackprop.exposition.exercise.samples import reckoner_of
from symbackprop.exposition.languages import LANGUAGES
from symbackprop.exposition.narration import narrate
from symbackprop.exposition.options import Options
from symbackprop.exposition.rendering import render
from symbackprop.exposition.web import live
from symbackprop.exposition.web.live import key_of, plan_of
from symbackprop.network.model import mlp
from symbackprop.network.text.equations import equations
from symbackprop.network.values import pleasant_values
from tests.exposition.typed import compiled_numbers, fields_of, number_shown

SIGNS = {
    "+": lambda *all_of: sum(all_of),
    "*": lambda *all_of: math.prod(all_of),
    "^": pow,
    ">": lambda one, other: one > other,
    "<": lambda one, other: one < other,
    ">=": lambda one, other: one >= other,
    "<=": lambda one, other: one <= other,
    "=": lambda one, other: one == other,
    "and": lambda *all_of: all(all_of),
    "or": lambda *all_of: any(all_of),
    "abs": abs,
    "max": max,
    "min": min,
    "sign": lambda one: math.copysign(1.0, one) if one else 0.0,
}


def value(tree: Any, known: dict[str, float], functions: dict[str, Any]) -> Any:
    """Return what a tree is worth."""
    if isinstance(tree, str):
        return known[tree]
    if not isinstance(tree, list):
        return tree
    head, *parts = tree
    if head == "cases":
        return next(value(then, known, functions) for when, then in parts if value(when, known, functions))
    if head == "call":
        return value(functions[parts[0]], {"z": value(parts[1], known, functions)}, functions)
    return (SIGNS.get(head) or getattr(math, head))(*(value(part, known, functions) for part in parts))


def computed_by(plan: Any, known: dict[str, float]) -> dict[str, float]:
    """Return what a page computes of what is given, by its plan."""
    for key, tree in plan["quantities"]:
        known[key] = value(tree, known, plan["functions"])
    return known


@pytest.mark.parametrize(
    ("activation", "cost"),
    [
        (["sigmoid", "softmax"], "cross_entropy"),
        (["relu", "tanh"], "huber"),
        (["gelu", "sigmoid"], "binary_cross_entropy"),
        (["hardtanh", "z/(1+exp(-z))"], "mae"),
    ],
)
def test_plan_of_a_page_gives_the_numbers_of_the_derivation(activation: list[str], cost: str) -> None:
    """Each quantity that a page is told to compute has the value of the derived equation, in the order that it says."""
    network = mlp("2-3-2", activation, cost)
    derivation, given = derive(network), pleasant_values(network, 2).given[0]
    plan = plan_of(Sample({}, tuple((each.left, each.right) for each in reckoner_of(derivation).quantities)))
    assert plan is not None
    known = computed_by(plan, {name: float(number) for name, number in given.items()})
    numbers = evaluate(derivation, given)
    wanted = {letter.name: number for letter, number in numbers.known.items()}
    wanted |= {f"d {letter.name}": number for letter, number in numbers.gradient.items()}
    assert set(wanted) == set(known)
    assert {name: float(number) for name, number in wanted.items()} == pytest.approx(known, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("name", ["attention", "rnn", "max_pooling", "softmax_regression"])
def test_plan_of_a_program_gives_the_numbers_of_the_compiled_one(name: str, program_derivation) -> None:
    """What a page computes of a program, forward and back, is what the compiled program gives for the same numbers."""
    derivation = program_derivation(name)
    path = entry_path(derivation)
    assert path is not None
    plan = plan_of(path.sample)
    assert plan is not None
    given = {key_of(letter): float(number) for letter, number in path.sample.given.items()}
    known = computed_by(plan, dict(given))
    wanted = compiled_numbers(derivation, given)
    assert {key: known[key] for key in wanted} == pytest.approx(wanted, rel=1e-12, abs=1e-14)


def test_what_is_too_large_for_fields_says_so(program_derivation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there would be too many fields a sentence stands in their place, with how many there would be."""
    monkeypatch.setattr(live, "MOST_FIELDS", 5)
    page = str(render(program_derivation("max_pooling"), "html"))
    assert "data-plan" not in page
    assert "cannot be typed in here: 10 fields, from which 18 numbers follow, are too many for a page." in page


def test_page_computes_nothing_that_its_script_does_not_know() -> None:
    """A function that the script has no name for leaves the fields out, instead of showing wrong numbers."""
    derivation = derive(mlp("1-1", "atan(z)", "quadratic"))
    page = str(render(derivation, "html"))
    assert "data-plan" not in page
    assert LANGUAGES["en"].words("page.live.unknown") in page
    program = derive(equations("parameter v[D]\nb[l] = erf(v[l])\nC = sum[q](b[q]^2)"))  # NumPy has no erf
    assert "data-plan" in str(render(program, "html"))


@pytest.mark.parametrize("decimal", ["point", "comma"])
def test_numbers_in_formulas_carry_what_they_are_worth(decimal: str) -> None:
    """Each number of the lines and of the chain is what the page computes of its own formula, to the digits shown."""
    derivation = derive(mlp("2-3-2", ["tanh", "softmax"], "cross_entropy"))
    page = str(render(derivation, "html", options=Options(decimal=decimal)))
    (form,) = re.findall(r'data-plan="([^"]*)"', page)
    plan = json.loads(html.unescape(form))
    known = fields_of(page)
    computed_by(plan, known)
    numbers = re.findall(r'<mn data-tree="([^"]*)" data-digits="(\d+)"[^>]*>([^<]*)</mn>', page)
    assert len(numbers) > 15
    for tree, digits, shown in numbers:
        number = value(json.loads(html.unescape(tree)), known, plan["functions"])
        assert number == pytest.approx(number_shown(shown), rel=10.0 ** (1 - int(digits)))


@pytest.mark.parametrize(("shape", "has"), [("2-3-1", True), ("3-1", True), ("784-30-10", False)])
def test_numbers_stand_before_what_the_gradient_is_for(shape: str, has: bool) -> None:
    """Pictures with numbers come where the equations are known; a network that is too large to be read has none."""
    derivation = derive(mlp(shape))
    document = narrate(derivation)
    told = Illustration(derivation)(document, closely=True)
    sections = [*told.sections]
    assert has == ("example-path" in sections)
    assert not has or sections.index("example-path") + 1 == sections.index("descent")
    excerpt = narrate(derivation, only="descent")
    assert excerpt is Illustration(derivation)(excerpt)


def test_numbers_can_be_asked_for_alone() -> None:
    """Of its own accord no article has numbers, but asked for they stand in every format; too many are refused."""
    asked = narrate(derive(mlp("2-3-1")), only="numbers,evidence")
    assert (["example-path", "evidence"], ["example-path", "evidence"]) == ([*asked.sections], [*asked.slides.sections])
    with pytest.raises(SpecError, match="only: this network has no numbers that could be read; take fewer neurons"):
        narrate(derive(mlp("784-30-10")), only="numbers")


def test_every_neuron_of_the_picture_has_an_error() -> None:
    """Numbers are drawn until an error comes back to every neuron, also where half of a ReLU lets none pass."""
    derivation = derive(mlp("2-3-2", ["relu", "identity"]))
    told = Illustration(derivation)(narrate(derivation))
    (back,) = (b.picture for b in told.blocks if isinstance(b, Figure) and getattr(b.picture, "numbers", "") == "back")
    assert all(each.letter.value for each in back.neurons if each.layer)


def test_copied_formula_has_parentheses_around_negative_numbers() -> None:
    """What a button copies is the formula that is seen: -0.6 as a factor has parentheses, and none beside others."""
    text = "input x[N]\nparameter w[N]\nh[i] = tanh(w[i]*x[i])\nC = sum[i](h[i]^2*w[i])"
    page = str(render(derive(equations(text, sizes={"N": 2})), "html"))
    copied = "".join(re.findall(r'x-tex">([^<]*)<', page))
    assert r"\cdot \left(-" in copied
    assert re.findall(r"(?:\\cdot|\+) -\d|\(\\left\(-\d", copied) == []
