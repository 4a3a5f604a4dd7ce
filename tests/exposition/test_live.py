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
from symbackprop.exposition.document import Figure
from symbackprop.exposition.example.illustration import with_numbers
from symbackprop.exposition.narration import narrate
from symbackprop.exposition.options import Options
from symbackprop.exposition.rendering import render
from symbackprop.exposition.web.live import plan_of
from symbackprop.network.model import mlp
from symbackprop.network.values import pleasant_values

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
    plan = plan_of(derivation)
    assert plan is not None
    known = {name: float(number) for name, number in given.items()}
    for key, tree in plan["quantities"]:
        known[key] = value(tree, known, plan["functions"])
    numbers = evaluate(derivation, given)
    wanted = {letter.name: number for letter, number in numbers.known.items()}
    wanted |= {f"d {letter.name}": number for letter, number in numbers.gradient.items()}
    assert set(wanted) == set(known)
    assert {name: float(number) for name, number in wanted.items()} == pytest.approx(known, rel=1e-12, abs=1e-14)


def test_page_computes_nothing_that_its_script_does_not_know() -> None:
    """A function that the script has no name for leaves the fields out, instead of showing wrong numbers."""
    assert plan_of(derive(mlp("1-1", "atan(z)", "quadratic"))) is None


@pytest.mark.parametrize("decimal", ["point", "comma"])
def test_numbers_in_formulas_carry_what_they_are_worth(decimal: str) -> None:
    """Each number of the lines and of the chain is what the page computes of its own formula, to the digits shown."""
    derivation = derive(mlp("2-3-2", ["tanh", "softmax"], "cross_entropy"))
    page = str(render(derivation, "html", options=Options(decimal=decimal)))
    (form,) = re.findall(r'data-plan="([^"]*)"', page)
    plan = json.loads(html.unescape(form))
    known = {name: float(number) for name, number in re.findall(r'name="([a-z]_[\d_]+)" value="([^"]+)"', page)}
    for key, tree in plan["quantities"]:
        known[key] = value(tree, known, plan["functions"])
    numbers = re.findall(r'<mn data-tree="([^"]*)" data-digits="(\d+)"[^>]*>([^<]*)</mn>', page)
    assert len(numbers) > 15
    for tree, digits, shown in numbers:
        number = value(json.loads(html.unescape(tree)), known, plan["functions"])
        written = float(shown.strip("()").replace("−", "-").replace(",", "."))
        assert number == pytest.approx(written, rel=10.0 ** (1 - int(digits)))


@pytest.mark.parametrize(("shape", "has"), [("2-3-1", True), ("3-1", True), ("784-30-10", False)])
def test_numbers_stand_before_what_the_gradient_is_for(shape: str, has: bool) -> None:
    """Pictures with numbers come where the equations are known; a network that is too large to be read has none."""
    derivation = derive(mlp(shape))
    document = narrate(derivation)
    told = with_numbers(derivation, document, closely=True)
    sections = [*told.sections]
    assert has == ("example-path" in sections)
    assert not has or sections.index("example-path") + 1 == sections.index("descent")
    excerpt = narrate(derivation, only="descent")
    assert excerpt is with_numbers(derivation, excerpt)


def test_numbers_can_be_asked_for_alone() -> None:
    """Of its own accord no article has numbers, but asked for they stand in every format; too many are refused."""
    asked = narrate(derive(mlp("2-3-1")), only="numbers,evidence")
    assert (["example-path", "evidence"], ["example-path", "evidence"]) == ([*asked.sections], [*asked.slides.sections])
    with pytest.raises(SpecError, match="only: this network has no numbers that could be read; take fewer neurons"):
        narrate(derive(mlp("784-30-10")), only="numbers")


def test_every_neuron_of_the_picture_has_an_error() -> None:
    """Numbers are drawn until an error comes back to every neuron, also where half of a ReLU lets none pass."""
    derivation = derive(mlp("2-3-2", ["relu", "identity"]))
    told = with_numbers(derivation, narrate(derivation))
    (back,) = (b.picture for b in told.blocks if isinstance(b, Figure) and getattr(b.picture, "numbers", "") == "back")
    assert all(each.letter.value for each in back.neurons if each.layer)
