"""The story: its order, that it tells everything that was derived, and what it does with particular networks."""

from __future__ import annotations

from itertools import pairwise
from typing import TypeVar

import pytest
from oneline import pretty
from sympy import Integer, Symbol

from symbackprop.calculus.backpropagation import derive
from symbackprop.calculus.derivation import Chain
from symbackprop.calculus.partials import Partial
from symbackprop.errors import SpecError
from symbackprop.exposition.document import (
    CheckRow,
    Display,
    Document,
    Figure,
    Formula,
    Heading,
    Line,
    Note,
    Prose,
    Steps,
    Table,
    Text,
)
from symbackprop.exposition.languages import LANGUAGES
from symbackprop.exposition.narration import narrate
from symbackprop.network.model import mlp
from symbackprop.network.notation import LAST_LAYER, LAYER

Kind = TypeVar("Kind")

ORDER = ["network", "forward", "chain", "links", "error", "back", "equations", "descent", "evidence"]


def blocks(document: Document, kind: type[Kind]) -> list[Kind]:
    """Return the blocks of one kind, in their order."""
    return [block for block in document.blocks if isinstance(block, kind)]


def words(text: Text) -> str:
    """Return the words of a text, without its formulas."""
    return "".join(segment for segment in text if isinstance(segment, str))


def lines_of(document: Document) -> list[Line]:
    """Return every line of aligned steps."""
    return [line for steps in blocks(document, Steps) for line in steps.lines]


def test_sections_stand_in_the_order_of_the_story(told, network: str, lang: str) -> None:
    """Whatever the network and the language, the nine sections come in the order in which the story is told."""
    sections = [heading.key for heading in blocks(told(network, lang), Heading) if heading.level == 1]
    assert ORDER == sections
    assert dict(zip(ORDER, range(1, 10), strict=True)) == told(network, lang).sections


def test_every_line_of_the_derivation_is_told(told, derived, network: str) -> None:
    """Every step of every chain stands in the text, but for those of BP2 that are those of BP1 at another layer."""
    shown = {line.right for line in lines_of(told(network, "en"))}
    chains = dict(derived(network).chains)
    again = {step.after for step in chains["BP1"].steps}
    untold = [
        (name, step.after)
        for name, chain in chains.items()
        for step in chain.steps
        if step.after not in shown and not (name == "BP2" and step.after.xreplace({LAYER: LAST_LAYER}) in again)
    ]
    assert [] == untold


def test_lines_follow_from_one_another(told, derived, network: str) -> None:
    """Each block of steps begins with the goal of its chain and keeps the order of its steps."""
    chains: dict[str, Chain] = dict(derived(network).chains)
    for steps in blocks(told(network, "en"), Steps):
        if steps.key in chains:
            order = [step.after for step in chains[steps.key].steps]
            rights = [line.right for line in steps.lines if line.right in order]
            assert chains[steps.key].goal == steps.lines[0].left
            assert sorted(rights, key=order.index) == rights


def test_every_line_has_a_reason(told, network: str, lang: str) -> None:
    """No line of a derivation stands there without its reason."""
    chains = ("definitions", "slopes")
    bare = [line for steps in blocks(told(network, lang), Steps) if steps.key not in chains for line in steps.lines]
    assert [] == [line.right for line in bare if not line.reason]


def test_no_reason_stands_twice_in_a_row(told, network: str, lang: str) -> None:
    """Two steps that follow one another are never given for the same reason in the same words."""
    for steps in blocks(told(network, lang), Steps):
        reasons = [line.reason for line in steps.lines if line.reason]
        assert [] == [reason for reason, following in pairwise(reasons) if reason == following]


@pytest.mark.parametrize(("name", "erf", "rings"), [("plain", 0, 0), ("deep", 1, 0), ("custom", 0, 1)])
def test_signs_of_this_network_are_explained(told, lang: str, name: str, erf: int, rings: int) -> None:
    """The error function is said by its derivative, and a power of every entry by a sentence, where they occur."""
    document = told(name, lang)
    sentences = LANGUAGES[lang].sentences
    assert erf == [words(prose.text) for prose in blocks(document, Prose)].count(sentences["forward.erf"])
    ring = sentences["equations.power"].split("{power}")[0]
    assert rings == sum(words(prose.text).startswith(ring) for prose in blocks(document, Prose))


def test_four_equations_are_displayed_by_name(told, derived, network: str) -> None:
    """BP1, BP3, BP4 and BP2 are displayed, in that order, with the two sides that were derived."""
    shown = {block.name: block.formula.sides for block in blocks(told(network, "en"), Display) if block.name}
    expected = {name: (e.left, e.right) for name, e in derived(network).equations.items()}
    assert expected == shown
    assert ["BP1", "BP3", "BP4", "BP2"] == list(shown)


def test_languages_tell_the_same_mathematics(told, network: str, lang: str) -> None:
    """A translation changes words only: every formula, in its order, is that of the English story."""

    def formulas(document: Document) -> list[object]:
        kinds = (Display, Steps, Figure)
        inside = [block for block in document.blocks if isinstance(block, kinds)]
        return [
            b.formula
            if isinstance(b, Display)
            else b.picture
            if isinstance(b, Figure)
            else [(line.left, line.right, line.roles) for line in b.lines]
            for b in inside
        ]

    assert formulas(told(network, "en")) == formulas(told(network, lang))


def test_forward_equations_are_those_of_the_program(told, derived, network: str) -> None:
    """The forward pass is read off the program, equation by equation."""
    (steps,) = [block for block in blocks(told(network, "en"), Steps) if block.key == "forward"]
    program = derived(network).network.program
    expected = [(e.target, e.expression) for e in program.distinct[:-1]]
    assert expected == [(line.left, line.right) for line in steps.lines][:-1]
    assert program.distinct[-1].at_layer(LAST_LAYER).expression == steps.lines[-1].right


def test_chain_rule_is_told_with_numbers_before_derivatives(told, lang: str) -> None:
    """Three gears come first, 3, 5 and so 15 times as fast; then a weight, in the same kind of picture."""
    gears, weight = [figure.picture for figure in blocks(told("plain", lang), Figure)[1:3]]
    assert ([3, 5], 0, 3) == ([link.rate for link in gears.links], gears.named, len(gears.quantities))
    assert "3 · 5 = 15" == pretty(gears.name)
    assert all(isinstance(link.rate, Partial) for link in weight.links)
    assert 3 == len(weight.links)


def test_network_without_hidden_layer_says_so(told) -> None:
    """A flat network is told that its derivation ends, and gets no picture of a longer chain."""
    document = told("flat", "en")
    assert any("no hidden layer" in words(prose.text) for prose in blocks(document, Prose))
    assert 3 == len(blocks(document, Figure))


@pytest.mark.parametrize(("network_name", "count"), [("plain", 0), ("several", 1), ("kinks", 2), ("symbolic", 1)])
def test_kinks_are_noted_with_their_convention(told, network_name: str, count: int) -> None:
    """Every slope with a jump gets a note that names the value which is taken there."""
    notes = [note for note in blocks(told(network_name, "en"), Note) if note.title == ("At the kink",)]
    values = [segment for note in notes for segment in note.text if isinstance(segment, Formula) and segment.signs]
    assert count == len(notes)
    assert all(formula.signs == (":=",) for formula in values)


@pytest.mark.parametrize(("cost", "count"), [("max(0.9*(y-a), 0.1*(a-y))", 1), ("(a-y)^2", 0), ("hinge", 0)])
def test_mean_of_both_slopes_is_noted_where_a_max_of_the_cost_has_two(cost: str, count: int) -> None:
    """What holds where both values of a max are equal stands below the derivative of the cost."""
    notes = blocks(narrate(derive(mlp("2-1", "identity", cost)), only="links"), Note)
    assert ["Where two are equal"] * count == [words(note.title) for note in notes if "equal" in words(note.title)]


def test_convention_at_the_kink_of_relu_is_zero(told) -> None:
    """ReLU'(0) := 0, which is PyTorch's value, is in the note and in the conditions."""
    (note,) = blocks(told("several", "en"), Note)
    (value,) = [segment for segment in note.text if isinstance(segment, Formula) and segment.signs]
    assert Integer(0) == value.sides[1]
    conditions = [row[0] for table in blocks(told("several", "en"), Table) for row in table.rows]
    assert (value,) in conditions


def test_assumption_on_the_targets_is_stated(told) -> None:
    """Softmax with cross-entropy says that its last step needs targets which add up to 1."""
    titles = [words(note.title) for note in blocks(told("digits", "en"), Note)]
    assert ["What this last step supposes"] == titles
    cells = [words(cell) for table in blocks(told("digits", "en"), Table) for row in table.rows for cell in row]
    assert "the targets of a sample add up to 1" in cells
    assert "exact, if assumed" in cells


def test_trust_is_explained_where_it_occurs(told) -> None:
    """Agreement by symbols or in digits is explained in the stories that have it, and only there."""

    def explained(document: Document, how: str) -> bool:
        return any(how in words(prose.text) for prose in blocks(document, Prose))

    assert explained(told("symbolic", "en"), "laws of roots")
    assert not explained(told("plain", "en"), "laws of roots")
    many_terms = narrate(derive(mlp("2-2-1", "z*sqrt(2)*(z+sqrt(2))^12/sqrt(z^2+2)")))
    assert explained(many_terms, "40 digits")
    assert not explained(told("symbolic", "en"), "40 digits")


def test_evidence_counts_every_step(told, derived, network: str) -> None:
    """The steps of the tables of evidence add up to the steps of the derivation, and so do the comparisons."""
    steps = derived(network).steps
    results, rules = [t for t in blocks(told(network, "en"), Table) if ("Comparisons",) in t.header]
    for table in (results, rules):
        assert len(steps) == sum(int(words(row[1])) for row in table.rows)
        assert sum(s.evidence.points for s in steps) == sum(int(words(row[2])) for row in table.rows)


def test_short_cost_is_written_out_and_long_cost_is_counted(told, derived) -> None:
    """A small network shows its composed cost; a large one only says how long it would be."""
    costs = [block.formula.sides for block in blocks(told("plain", "en"), Display)]
    assert derived("plain").network.cost in [sides[-1] for sides in costs]
    assert any("operations. Nobody" in words(prose.text) for prose in blocks(told("digits", "en"), Prose))


def test_parameters_are_counted(told, derived, network: str) -> None:
    """The sum over the layers ends with the number of parameters of the network."""
    sums = [block.formula.sides for block in blocks(told(network, "en"), Display)]
    assert Integer(derived(network).network.parameter_count) in [sides[-1] for sides in sums]


def test_checks_are_shown_with_their_verdict(derived) -> None:
    """Numeric checks that are handed in stand in the last table; one beyond its tolerance, or not a number, failed."""
    rows = (CheckRow("finite differences", 1e-9, 1e-6), CheckRow("x", 2e-6, 1e-6), CheckRow("y", float("nan"), 1e-6))
    document = narrate(derived("plain"), checks=rows)
    table = blocks(document, Table)[-1]
    assert [("finite differences",), ("x",), ("y",)] == [row[0] for row in table.rows]
    assert ["passed", "FAILED", "FAILED"] == [words(row[3]) for row in table.rows]


def test_title_is_the_given_one_then_that_of_the_network(derived) -> None:
    """A title that is given wins; without one there is a title made of the shape."""
    assert "Mine" == narrate(derived("plain"), title="Mine").title
    assert "Backpropagation in a 2-3-1 network" == narrate(derived("plain")).title
    assert "La retropropagación en una red 12-12-12-…-12" == narrate(derived("deep"), lang="es").title


@pytest.mark.parametrize("part", ["title", "author", "date"])
@pytest.mark.hostile("name")
def test_labels_that_cannot_be_shown_are_refused(derived, part: str, hostile_text: str) -> None:
    """A title, an author or a date with what cannot be seen is refused by name, for every format alike."""
    with pytest.raises(SpecError, match=part):
        narrate(derived("plain"), **{part: hostile_text})


def test_symbols_travel_with_the_document(derived) -> None:
    """Letters that the reader wants otherwise are kept for the format, and refused if they are no letters."""
    assert {"delta": "e"} == narrate(derived("plain"), symbols={"delta": "e"}).symbols
    with pytest.raises(SpecError, match="symbol for 'delta'"):
        narrate(derived("plain"), symbols={"delta": r"\input{x}"})


def test_factors_of_the_product_keep_the_role_of_their_link(told) -> None:
    """In the last line of the product, each factor plays the part of the link that it came from."""
    (steps,) = [block for block in blocks(told("plain", "en"), Steps) if block.key == "last weight"]
    roles = {str(part): role for part, role in steps.lines[-1].roles}
    assert {
        "a(L)[j]": "activation",
        "1 - a(L)[j]": "activation",
        "a(L)[j] - y[j]": "cost",
        "a(L - 1)[k]": "input",
    } == roles


def test_slope_of_a_cost_is_no_activation(told) -> None:
    """Huber' of a - y belongs to the cost and is written out; only slopes at z are those of an activation."""
    document = told("kinks", "en")
    (slopes,) = [block for block in blocks(document, Steps) if block.key == "slopes"]
    assert Symbol("z", real=True) in slopes.lines[0].right.free_symbols
    (cost,) = [block for block in blocks(document, Steps) if block.key == "cost by activation"]
    assert {"cost"} == {role for line in cost.lines for _, role in line.roles}


def test_reasons_say_what_else_happens(told) -> None:
    """A factor that cancels, a sum that is split, and a definition that is differentiated are said in the reason."""
    reasons = {words(line.reason) for steps in blocks(told("digits", "en"), Steps) for line in steps.lines}
    assert "second link, of which a factor cancels" in reasons
    assert "the sum is split; of the part with the bracket one term remains" in reasons
    assert "the definition, written out and differentiated" in reasons
    plain = {words(line.reason) for steps in blocks(told("plain", "en"), Steps) for line in steps.lines}
    assert {"second link"} == {reason for reason in plain if reason.startswith(("second link", "the sum is split"))}
