"""The story of a program: its chapters in order, its formulas those of the derivation, in every format."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from importlib.util import find_spec
from itertools import pairwise

import pytest
from exposition.words import chapters, words
from sympy import Indexed, Rational, S

import symbackprop as sb
from symbackprop.calculus.arrayforms import matrix_sides
from symbackprop.calculus.matrices import Named
from symbackprop.calculus.numbers import evaluate_in_order
from symbackprop.calculus.partials import Partial
from symbackprop.errors import SpecError, UnknownNameError
from symbackprop.exposition.document import Display, Figure, Heading, Prose, Steps, Table
from symbackprop.exposition.example.entrypath import entry_path
from symbackprop.exposition.example.programgiven import in_rows
from symbackprop.exposition.figures.graph import graph_picture
from symbackprop.exposition.formats import FORMATS
from symbackprop.exposition.languages import LANGUAGES
from symbackprop.exposition.mathtext.latex import latex
from symbackprop.exposition.narration import laid_out, narrate
from symbackprop.exposition.rendering import render, render_files
from symbackprop.exposition.story.program.chapters import PROGRAM_CHAPTERS
from symbackprop.exposition.story.program.shorthand import shorthand
from symbackprop.exposition.story.program.telling import ProgramTelling, alike
from symbackprop.exposition.story.program.uses import goes_into
from symbackprop.exposition.web.live import key_of
from symbackprop.network.notation import COST
from tests.exposition.typed import compiled_numbers


def test_chapters_come_in_order(program_derivation, lang: str) -> None:
    """A block without parameters or cost has every chapter but that of descent."""
    document = narrate(program_derivation("attention"), lang=lang)
    sections = [block.key for block in document.blocks if isinstance(block, Heading) and block.level == 1]
    assert [key for key in PROGRAM_CHAPTERS if key != "descent"] == sections


def test_every_adjoint_is_told_by_its_chain(program_derivation) -> None:
    """The lines of each derivative are those of its chain, and what stands in a frame is its matrix form."""
    derivation = program_derivation("softmax_regression")
    blocks = narrate(derivation).blocks
    told = {block.key: block for block in blocks if isinstance(block, Steps)}
    for name, adjoint in derivation.adjoints.items():
        assert [step.after for step in adjoint.steps] == [line.right for line in told[name].lines][: len(adjoint.steps)]
    framed = [block.formula.sides for block in blocks if isinstance(block, Display) and block.key]
    forms = (matrix_sides(each.left, each.right, each.steps_of_time) for each in derivation.adjoints.values())
    assert [form for form in forms if form] == framed


@pytest.mark.parametrize(("name", "arrays"), [("rnn", "h"), ("lstm", "ifgo"), ("autoencoder", "h"), ("layer_norm", "")])
def test_what_repeats_gets_a_name(name: str, arrays: str, program_derivation) -> None:
    """The error times the slope is called δ; put back what it stands for, and every derivative is as it was derived."""
    derivation = program_derivation(name)
    short = shorthand(derivation)
    assert list(arrays) == [base.letter for base in short.meanings]
    for adjoint in derivation.adjoints.values():
        right = short.rights[adjoint.name]
        assert right.has(*(delta.base for delta, _ in short.meanings.values())) == (right != adjoint.right)
        meant = {
            entry: meaning.xreplace(dict(zip(delta.indices, entry.indices, strict=True)))
            for delta, meaning in short.meanings.values()
            for entry in right.atoms(Indexed)
            if entry.base == delta.base
        }
        assert adjoint.right == right.xreplace(meant)


def test_products_with_names_are_those_of_bptt(program_derivation) -> None:
    """In a recurrent network, ∂C/∂W_h is the sum over the steps of the error of each and the state before it."""
    derivation = program_derivation("rnn")
    short = shorthand(derivation)
    ((delta, _),) = short.meanings.values()
    t, j = delta.indices
    goal = derivation.adjoints["Wh"].entry
    state = derivation.program.array("h").tensor
    total = short.rights["Wh"]
    assert delta.base[t, j] * state[t - 1, goal.indices[1]] == total.function


@pytest.mark.parametrize(
    ("name", "groups"),
    [
        ("attention", []),
        ("lstm", [["h0", "c0"], ["Uo", "Uf", "Ui"], ["Wo", "Wf", "Wi"], ["bo", "bf", "bi"], ["g", "i"]]),
    ],
)
def test_chains_are_alike_only_where_every_line_is(name: str, groups: list[list[str]], program_derivation) -> None:
    """The gates with the same activation are told once in a lecture; that with another one is not like them."""
    derivation = program_derivation(name)
    kinds = {array.tensor: array.kind for array in derivation.program.arrays}
    found = alike(tuple(derivation.adjoints.values()), kinds, derivation.stand_alike)
    assert groups == [[adjoint.name for adjoint in group] for group in found if len(group) > 1]


def test_layers_of_one_kind_are_alike_whatever_their_sizes_are_called() -> None:
    """Blocks within have one derivation, which is told once; what reads the input itself has another."""
    layers = " -> ".join(["dense(4) tanh -> layer_norm"] * 4)
    derivation = sb.derive(sb.sequential(f"4 -> {layers} -> dense(2)", cost="mse"))
    groups = ProgramTelling(derivation, LANGUAGES["en"]).groups
    found = {tuple(adjoint.name for adjoint in group) for group in groups if len(group) > 1}
    assert {("W7", "W5", "W3"), ("mu8", "mu6", "mu4", "mu2"), ("a7", "a5", "a3"), ("G6", "xi6", "G4", "xi4")} <= {
        group[:4] for group in found
    }
    sizes = {name: derivation.adjoints[name].entry.base.axes for name in ("W7", "W5")}
    assert sizes["W7"] != sizes["W5"]


def test_pass_on_one_page_has_every_equation(program_derivation) -> None:
    """Each forward equation and each derivative stands once in the table of both passes."""
    derivation = program_derivation("autoencoder")
    blocks = narrate(derivation).blocks
    start = next(place for place, block in enumerate(blocks) if isinstance(block, Heading) and block.key == "onepage")
    table = next(block for block in blocks[start:] if isinstance(block, Table))
    forward, backward = ([row[side] for row in table.rows if row[side]] for side in (0, 1))
    assert len(derivation.program.equations) == len(forward)
    assert len(derivation.adjoints) + len(shorthand(derivation).meanings) == len(backward)


@pytest.mark.parametrize("name", ["attention", "rnn", "lstm", "max_pooling", "layer_norm"])
def test_picture_shows_every_array_once(name: str, program_derivation) -> None:
    """Every array stands in one box, boxes do not overlap, and every reading has its arrow."""
    program = program_derivation(name).program
    picture = graph_picture(program)
    boxed = [array.name for box in picture.boxes for array in (*box.arrays, *box.inside)]
    assert sorted(array.name for array in program.arrays) == sorted(boxed)
    for place, one in enumerate(picture.boxes):
        for other in picture.boxes[:place]:
            apart = abs(one.x - other.x) >= (one.width + other.width) / 2
            assert apart or abs(one.y - other.y) >= (one.height + other.height) / 2
    assert (name in ("rnn", "lstm")) == picture.loops


@pytest.mark.parametrize("name", ["autoencoder", "softmax_regression", "lstm", "layer_norm"])
def test_no_lane_of_the_picture_runs_through_a_box(name: str, program_derivation) -> None:
    """An arrow that would cross a box goes around it, by corners that lie in no box."""
    picture = graph_picture(program_derivation(name).program)
    lanes = [arrow for arrow in picture.arrows if not arrow.bends]
    assert [] != lanes
    for arrow in lanes:
        for (x0, y0), (x1, y1) in pairwise(arrow.path):
            for box in picture.boxes:
                beside = max(x0, x1) <= box.left[0] + 1e-9 or min(x0, x1) >= box.right[0] - 1e-9
                assert beside or min(abs(y0 - box.y), abs(y1 - box.y)) > box.height / 2


@pytest.mark.combinations
@pytest.mark.parametrize("format", list(FORMATS))
def test_every_format_tells_a_program(format: str, program_derivation, lang: str) -> None:
    """No format refuses a program: each has every chapter, or a file of its own for each equation."""
    if FORMATS[format].missing:
        pytest.skip(f"{format} needs {', '.join(FORMATS[format].missing)}")
    derivation = program_derivation("max_pooling")
    if format in ("mathml", "omml", "png", "svg", "tex", "typst", "unicode"):
        files = (path.partition("/") for path in render_files(derivation, format, lang=lang))
        assert [*derivation.adjoints] == [name.partition(".")[0] for room, _, name in files if room == "equations"]
    else:
        found, wanted = words(render(derivation, format, lang=lang)), chapters(narrate(derivation, lang=lang), format)
        assert wanted
        assert [] == [chapter for chapter in wanted if chapter not in found]


@pytest.mark.parametrize(("name", "told"), [("attention", "so"), ("lstm", "ifgoch"), ("convolution", "zo")])
def test_forward_equations_are_told_for_whole_arrays(name: str, told: str, program_derivation) -> None:
    """Below an equation stands its matrix form, but not that of softmax, which is twice as long."""
    derivation = program_derivation(name)
    count = len(derivation.program.equations)
    for notation, wanted in ((), list(told)), ("index", []):
        blocks = narrate(derivation, notation=notation).blocks
        lines = next(block for block in blocks if isinstance(block, Steps) and block.key == "forward").lines
        assert wanted == [line.left.tensor.letter for line in lines if isinstance(line.left, Named)]
        assert count + len(wanted) == len(lines)


def test_picture_is_that_of_the_program(program_derivation) -> None:
    """The first figure shows the arrays of the program, and says so to who cannot see it."""
    for name, convention, told in (
        (
            "attention",
            None,
            "them: capital S from capital Q, capital K; capital P from capital S; capital O from capital V, capital P.",
        ),
        ("rnn", "ng", "capital O from capital W y, h; capital L from capital Y, capital O."),
    ):
        document = narrate(program_derivation(name), convention=convention)
        figure = next(block for block in document.blocks if isinstance(block, Figure))
        assert figure.alt.endswith(told)


def test_evidence_has_each_derivative_on_one_line(program_derivation) -> None:
    """A row of a table has no room for a fraction that can be read."""
    told = render(program_derivation("attention"), "latex", only="evidence")
    assert (True, False) == (
        r"$\partial C/\partial q_{id}$ & 4" in told,
        r"\frac{\partial" in told.partition(r"\toprule")[2],
    )


def test_files_of_equations_differ_in_more_than_case() -> None:
    """Of arrays v and V each has a file of its own, where a file system takes upper case for lower, too."""
    derivation = sb.derive(sb.equations("input v[N]\nparameter V[N]\no[i] = v[i] * V[i]"))
    files = [name for name in render_files(derivation, "tex")]
    assert ["equations/V.tex", "equations/v-2.tex"] == files


def test_what_the_cost_does_not_depend_on_is_left_out() -> None:
    """An output beside the cost is computed and told forwards; what it alone reads has 0 for its derivative."""
    equations = "t = sum[i](x[i])\nu[i] = w[i]*v[i]*t + x[i]\nC = sum[i](w[i]^2*x[i]) + t^2"
    text = f"input x[N]\nparameter w[N], v[N]\n{equations}"
    derivation = sb.derive(sb.equations(text, sizes={"N": 2}))
    assert ["t", "w", "x"] == sorted(derivation.adjoints)
    assert r"\partial v" not in render(derivation, "latex")
    values = {"w": [1.0, 2.0], "v": [3.0, 4.0], "x": [1.0, 1.0]}
    for backend in ("numpy", *filter(find_spec, ("torch", "jax"))):
        _, grads = sb.compile(derivation, backend)(values)
        assert {"v": [0, 0], "w": [2, 4], "x": [5, 8]} == {name: grads[name].tolist() for name in sorted(grads)}
    with pytest.raises(UnknownNameError, match=r"^C does not depend on v; there are derivatives by w, t, x$"):
        derivation.gradient("v")


def test_derivative_by_data_is_told_only_where_it_is_asked_for() -> None:
    """That by a target that is smoothed first leads to none that is wanted; that by what comes of an input is told."""
    lines = "input x[N]\ntarget y[N]\nparameter w\nq[i] = 0.9 * y[i]\nh[i] = 2 * x[i]\nC = sum[i]((w * h[i] - q[i])^2)"
    derivation = sb.derive(sb.equations(lines))
    told = [render(derivation, "markdown", only=only).count(r"\partial q") > 0 for only in ((), "q")]
    assert (["w", "h", "x", "q"], [False, True]) == (list(derivation.adjoints), told)
    chain = sb.derive(sb.equations(lines.replace("h[i] = 2", "r[i] = 3 * q[i]\nh[i] = 2").replace("- q[i]", "- r[i]")))
    assert {"w", "h", "x", "r", "q"} == laid_out(chain, (), only="q")[0].adjoints.keys()  # ∂C/∂q reads ∂C/∂r


def test_array_of_numbers_alone_is_no_function_of_anything() -> None:
    """What is computed from indices and sizes stands in the composition by its name."""
    text = "input x[N]\nparameter w\np[n] = sin(n/N)\no[n] = w*x[n]*p[n]\nC = sum[n](o[n]^2)"
    assert r"C{\left(o{\left(p, x, w\right)}\right)}" in render(sb.derive(sb.equations(text)), "latex")


def test_error_that_comes_from_the_next_step_alone(lang: str) -> None:
    """A state that nothing but the next step reads has a title that says so."""
    text = "input x[T], a\np[0] = 1\ng[t] = a^2 * p[t - 1] + x[t] for t = 1..T\np[t] = tanh(g[t]) for t = 1..T\n"
    derivation = sb.derive(sb.equations(text + "C = sum[t](g[t]^2)"))
    document = narrate(derivation, lang=lang)
    wanted = {"en": "from the next step alone", "es": "solo desde el paso siguiente"}[lang]
    titles = [str(b.slide) for b in document.blocks if isinstance(b, Heading) and b.key == "adjoint"]
    assert 1 == sum(wanted in title for title in titles)
    assert {"en": "$`p_{t}`$ enters $`g_{t+1}`$", "es": "$`p_{t}`$ entra en $`g_{t+1}`$"}[lang] in render(
        derivation, "markdown", lang=lang
    )


def test_steps_go_along_the_axis_whose_readings_lie_on_one_side() -> None:
    """What is read of both sides along another axis is told as steps, too, and not as one composition without end."""
    text = "input x[T, N], g[N]\nh[0, i] = g[i]\nC = sum[t = 1..T, i](h[t, i]^2)\n"
    step = "h[t, i] = where(i > 1, h[t - 1, i - 1], 0) + where(i < N, h[t - 1, i + 1], 0)*x[t, i] for t = 1..T"
    told = render(sb.derive(sb.equations(text + step)), "markdown")
    assert "is used in its own step, for $`C`$, and once more in the next one, for $`h_{t+1,i-1}`$" in told


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("rnn", "for $`o_{tk}`$, and once more in the next one, for $`h_{t+1,k}`$."),
        ("rnn", "$`h^{(0)}_{j}`$ enters $`h_{0j}`$ and no other entry"),
        ("softmax_regression", "$`z_{ik}`$ enters $`p_{iq}`$ for every $`q`$."),
        ("softmax_regression", "In this program, $`z_{ik}`$ enters $`p_{iq}`$:"),
    ],
)
def test_entries_that_are_named_are_those_that_read_the_entry(name: str, told: str, program_derivation) -> None:
    """Where an entry is used, an index that is tied to its own has its letter, and one that runs another."""
    assert told in render(program_derivation(name), "markdown")


def test_weight_that_is_used_twice_goes_into_its_row_and_its_column() -> None:
    """W_qk is read by h_q, and where it is turned round by r_k, whatever letters these equations have."""
    text = "input x[N]\nparameter W[N, N]\nh[q] = sum[k](W[q, k] * x[k])\nr[j] = sum[k](W[k, j] * h[k]) + x[j]\n"
    derivation = sb.derive(sb.equations(text + "C = sum[j](exp(r[j]) / sum[i](exp(r[i])) * x[j])", sizes={"N": 3}))
    used = {str(a.entry): [str(e) for r in a.readers for e in goes_into(a, r)] for a in derivation.adjoints.values()}
    assert {"h[q]": ["r[j]"], "W[q, k]": ["h[q]", "r[k]"], "x[k]": ["h[q]", "r[k]", "C"], "r[j]": ["C"]} == used


@pytest.mark.parametrize("name", ["rnn", "attention", "two_layer_network"])
def test_numbers_along_a_path_are_those_of_the_derivative(name: str, program_derivation) -> None:
    """The derivative that ends the story is that of the cost, by differences."""
    path = entry_path(program_derivation(name))
    known, rights = path.numbers.known, path.rights
    for link in path.links:
        right = rights.get(Partial(COST, link.start), Partial(COST, link.start))
        assert path.numbers.value(right) == known[Partial(COST, link.start)]
        assert abs(float(known[Partial(COST, link.start)])) > 1e-3  # two that cancel would leave a rounding error
    if COST not in rights:
        return
    given = {letter: Fraction(int(value.p), int(value.q)) for letter, value in known.items() if letter not in rights}
    forward = [(left, right) for left, right in rights.items() if not isinstance(left, Partial)]
    step = Fraction(1, 10**12)
    costs = [evaluate_in_order(forward, {**given, path.first: given[path.first] + by}) for by in (step, -step)]
    difference = (costs[0].known[COST] - costs[1].known[COST]) / (2 * S(step.numerator) / step.denominator)
    assert float(difference) == pytest.approx(float(known[Partial(COST, path.first)]), rel=1e-12)


def test_numbers_of_a_large_program_are_those_of_smaller_sizes(program_derivation, lang: str) -> None:
    """With too many numbers the same equations are followed at small sizes, and the page says at which."""
    derivation = program_derivation("rnn")
    large = replace(derivation, program=replace(derivation.program, sizes=dict.fromkeys(derivation.program.sizes, 50)))
    path, page = entry_path(large), narrate(large, lang=lang).page
    assert path is not None
    assert {2} == {*path.derivation.program.sizes.values()}
    count = {"en": "the program computes 20,201 numbers", "es": "calcula 20\u202f201 números"}[lang]
    assert any(count in "".join(map(str, block.text)) for block in page.blocks if isinstance(block, Prose))


def test_sizes_in_numbers_leave_a_sentence_in_the_place_of_numbers(lang: str) -> None:
    """A program whose sizes are no letters cannot be made smaller: its page says so, and what would show them."""
    derivation = sb.derive(sb.equations("input x[784]\nparameter w[784]\nz[i] = w[i] * x[i]\nC = sum[i](z[i]^2)"))
    said = str(narrate(derivation, lang=lang).page.blocks)
    assert {"en": "derive FILE --only numbers", "es": "derive ARCHIVO --only numbers"}[lang] in said
    with pytest.raises(SpecError, match="no numbers that could be read; take fewer neurons, or smaller sizes"):
        narrate(derivation, lang=lang, only="numbers")


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("line", "first"),
    [("2 -> dense(2) tanh -> layer_norm -> dense(1)", "z1"), ("3 -> embedding(4, 2) -> flatten -> dense(1)", "a1")],
)
def test_path_leads_through_the_network_from_what_can_be_drawn(line: str, first: str) -> None:
    """Not the penalty alone is followed; an epsilon has the number of its network, and words are whole numbers."""
    path = entry_path(sb.derive(sb.sequential(line, l2=0.01)))
    assert path is not None
    assert first == path.links[0].end.base.code_name
    given = {str(letter): float(number) for letter, number in path.sample.given.items()}
    assert 1e-5 == given.get("epsilon2", 1e-5)
    words = {number for name, number in given.items() if name[0] == "x"}
    assert "embedding" not in line or {0.0, 1.0, 2.0, 3.0} >= words


def test_numbers_follow_one_entry_forward_and_back(program_derivation, lang: str) -> None:
    """Slides of a program show forward, back, product and sum over paths, in this order, where they are asked for."""
    document = narrate(program_derivation("rnn"), lang=lang, only="numbers")
    keys = [block.key for block in document.slides.blocks if isinstance(block, Heading)]
    ways = [key for key in keys if key.startswith("numbers-")]
    assert [f"numbers-{way}.entries" for way in ("forward", "back", "product", "sum")] == ways


def test_page_of_a_block_has_its_numbers(program_derivation, lang: str) -> None:
    """A block has no cost to descend; its numbers stand before the evidence, and its page says them unasked."""
    sections = list(narrate(program_derivation("attention"), lang=lang).page.sections)
    assert ["onepage", "example-path", "evidence"] == sections[-3:]


def test_step_of_an_example_is_that_of_the_compiled_program(program_derivation) -> None:
    """Every parameter moves against its derivative, what is given stays, and the cost is that of the new numbers."""
    derivation = program_derivation("autoencoder")
    path = entry_path(derivation)
    assert path is not None
    after = path.moved(Rational(1, 4))
    given = {key_of(letter): float(number) for letter, number in path.sample.given.items()}
    before = compiled_numbers(derivation, given)
    moved = {key: number - 0.25 * before[f"d {key}"] * (key[0] != "x") for key, number in given.items()}
    found = {key_of(letter): float(number) for letter, number in after.sample.given.items()}
    assert found == pytest.approx(moved, rel=1e-12)
    assert float(after.cost) == pytest.approx(compiled_numbers(derivation, moved)["C"], rel=1e-12)


def test_numbers_alone_speak_of_nothing_that_was_not_told(program_derivation) -> None:
    """Where numbers stand alone, one equation from near has no name for what repeats: nobody has said what it is."""
    document = narrate(program_derivation("rnn"), only="numbers")
    (zoom,) = (block for block in document.blocks if isinstance(block, Steps) and block.key == "zoom")
    assert all("delta" not in str(line.right) for line in zoom.lines)


def test_renamed_letters_are_read_aloud(program_derivation) -> None:
    """A picture says the letters that it shows: those that were asked for."""
    document = narrate(program_derivation("rnn"), symbols={"x": "u", "C": "J"})
    picture = next(block for block in document.blocks if isinstance(block, Figure))
    assert "h from capital U, h 0" in picture.alt
    assert picture.alt.endswith("capital J from capital Y, capital O.")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("input x[D]\nparameter w[D]\nC = sum[d](x[d]*w[d])^2", r"\sum_{d=1}^{D} x_{d}\,w_{d}"),
        ("input x[D]\nparameter w[D]\nC = sum[d](w[d]*x[d])^2", r"\sum_{d=1}^{D} w_{d}\,x_{d}"),
        ("parameter A[N, N], B[N, N], Q[N, N]\nC = sum((A @ Q) @ B)", r"\sum_{p=1}^{N} A_{ip}\,Q_{pk}"),
        (
            "parameter f[N], c[N], x[N]\nh[n] = exp(-f[n]*x[n])*c[n] + c[n]*f[n]\nC = sum(h)",
            r"c_{n}\,e^{-f_{n}\,x_{n}} + c_{n}\,f_{n}",
        ),
        (
            "input x[N]\nparameter h[N], b[N]\ny = tanh(x + h) - b + 1\nC = sum(y)",
            r"\left(x_{i} + h_{i}\right)} + 1 - b_{i}",
        ),
        ("input x[N, D]\nparameter A[N, N]\ny = x + A @ x\nC = sum(y)", r"Y = X + A\,X"),
        ("input x\nparameter r\nC = x*ln(r) + (1 - x)*ln(1 - r)", r"x\ln r + \left(1 - x\right)\ln"),
        ("input x\nparameter w\nh = sigmoid(w*x)\nC = x*h*(1 - h)*w", r"w\,h\left(1 - h\right)x"),
    ],
)
def test_factors_stand_as_their_author_has_them(lines: str, told: str) -> None:
    """Products keep the order in which the text multiplies arrays, sums that of its terms, a value its slope."""
    program = sb.equations(lines).program
    sides = [(e.target, e.expression) for e in program.equations]
    sides += filter(None, [matrix_sides(*each, frozenset()) for each in sides if each[0] != COST])
    rights = [latex(*each, taken=program.names) for each in sides]
    assert any(told in right for right in rights), rights


def test_smallest_is_told_as_one() -> None:
    """A minimum over indices is no largest of negatives: in formulas, where its error comes back, and in words."""
    derivation = sb.derive(sb.equations("parameter z[N, K]\nm[n] = min[k](z[n, k])\nC = sum[n](m[n]^2)"))
    told = str(render(derivation, "markdown"))
    assert r"\mathrm{min}_{k}{\left(z_{nk}\right)}" in told
    assert r"\left[j = \mathrm{argmin}_{p}{\left(z_{ip}\right)}\right]" in told
    assert "Only the smallest entry is passed on" in told
    assert "max" not in told
    assert "largest" not in told


def test_first_of_the_largest_is_said_only_where_one_is_chosen() -> None:
    """Of max(z, a) both get half at a tie: that the first of the largest gets all is said of max_t(c_t) alone."""
    lines = "input z[N], c[T], a\nC = sum[i](max(z[i], a)) + max[t](c[t]) + min[t](exp(c[t]))*a"
    text = render(sb.derive(sb.equations(lines)), "markdown", checks=())
    told = {part[2]: part for part in text.split("### With respect to ")[1:]}
    found = {name: ("Only the largest" in part, "Only the smallest" in part) for name, part in told.items()}
    assert {"z": (False, False), "c": (True, True), "a": (False, False)} == found


def test_signs_of_the_way_forward_are_explained_on_slides(lang: str) -> None:
    """A transposed convolution turns its kernel on the way forward alone; slides say what that is, once."""
    text = (
        "input x[N]\nparameter k[K]\ntarget y[N + K - 1]\nsizes N = 4, K = 3\n"
        "u[j] = sum[i = max(1, j - K + 1)..min(j, N)](x[i] * k[j - i + 1])\nC = sum[j]((u[j] - y[j])^2) / 2"
    )
    for level in ("lecture", "full"):
        shown = str(render(sb.derive(sb.equations(text)), "markdown", lang=lang, level=level))
        assert shown.count({"en": "is turned round", "es": "está girado"}[lang]) == 1


def test_nothing_is_said_of_a_largest_score_that_no_rate_comes_back_by() -> None:
    """The largest score taken off in a softmax changes no share: its rate is 0, and all scores have one."""
    lines = "input s[N]\nM = max[i](s[i])\np[i] = exp(s[i] - M)/sum[j](exp(s[j] - M))\nC = sum[i](p[i]^2)"
    text = render(sb.derive(sb.equations(lines)), "markdown", checks=())
    assert "argmax" in text
    assert "Only the largest" not in text


def test_signs_are_explained_with_letters_that_the_program_has_not() -> None:
    """Where u, v and n are arrays of the program, a product, a power and ones are told of other letters."""
    lines = (
        "input x[M, D]\nparameter u[M, D], v[M, D], n[D]\nC = sum[i, d]((sin(x[i, d] * u[i, d]) * v[i, d] + n[d])^3)"
    )
    told = str(render(sb.derive(sb.equations(lines)), "markdown"))
    for said in ("`$ is the product entry by entry", "`$ ones.", "`$, every entry of"):
        (paragraph,) = (line for line in told.splitlines() if said in line)
        assert not set("uvn") & set(re.findall(r"\b[a-z]\b", re.sub(r"\$`.nabla.*?`\$", "", paragraph)))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("3 -> batch_norm -> dense(2)", r"$`\mathbf{1}`$ is a column of $`m`$ ones, one for each sample."),
        ("2x2 -> layer_norm -> flatten -> dense(1)", r"$`\mathbf{1}_{n}`$ is a column of $`n`$ ones."),
        ("3x2 -> rnn(2)", r"In $`u^{\circ n}`$, every entry of $`u`$ has the power $`n`$."),
        ("1x8 -> conv1d(1, 3, stride=2) -> flatten -> dense(1)", "and behind it zeros as far as"),
        ("1x8 -> conv1d(2, 3) -> flatten -> dense(3)", "$`c_{0} = 1`$, $`n_{0} = 8`$"),
        ("3 -> batch_norm -> dense(2)", "The sizes are $`n_{0} = 3`$"),
        ("2 -> layer_norm -> dense(2) softmax(T=2)", "the network sets $`\\epsilon^{(1)} = 10^{-5}`$, $`T = 2`$."),
    ],
)
def test_signs_are_explained_as_they_are_written(line: str, told: str) -> None:
    """Ones for the samples have no number, a name for what repeats has signs, too, and strides leave a rest behind."""
    assert told in str(render(sb.derive(sb.sequential(line)), "markdown"))


def test_name_for_what_repeats_is_written_in_the_notation_that_was_asked_for(program_derivation) -> None:
    """Where a document has indices alone, the pass on one page has no line in matrices."""
    told = str(render(program_derivation("rnn"), "markdown", notation="index"))
    assert r"\delta_{tj} &= \frac{\partial C}{\partial h_{tj}}" in told.split("## 5.")[1]
    assert r"\odot" not in told


def test_matrix_keeps_its_letter_where_its_numbers_are_a_column(program_derivation) -> None:
    """An output of one number for each step is O in the equations, and where its numbers stand."""
    program = program_derivation("rnn").program
    (o,) = (array.tensor for array in program.arrays if array.name == "o")
    found = [next(in_rows(o, program.sizes, derivatives=each)) for each in (False, True)]
    assert ["O", r"\nabla_{O}\,C"] == [latex(name) for name, _ in found]
    assert [(3, 1)] * 2 == [(len(rows), len(rows[0])) for _, rows in found]


def test_slope_that_is_left_is_written_by_its_function(program_derivation) -> None:
    """The slope of tanh, of what is no value itself, is 1 - tanh² and no fraction of exponentials."""
    told = str(render(program_derivation("lstm"), "markdown"))
    assert r"\mathrm{tanh}'{\left(z\right)} &= 1 - \mathrm{tanh}{\left(z\right)}^{2}" in told


def test_slopes_that_are_left_are_written_out(lang: str) -> None:
    """ReLU' is no value of the forward pass and has a line; tanh' is, and has none; erf is explained with GELU."""
    told = str(render(sb.derive(sb.sequential("2 -> dense(2) relu -> dense(2) tanh", l1=0.1)), "markdown", lang=lang))
    said = {"en": "these slopes are left", "es": "quedan estas pendientes"}[lang]
    (section,) = re.findall(said + r".*?\\end\{aligned\}", told, re.DOTALL)
    assert r"\mathrm{ReLU}'{\left(z\right)} &= \begin{cases} 1 & z > 0" in section
    assert r"\mathrm{sgn}{\left(z\right)} &= " in section
    assert "tanh" not in section
    gelu = str(render(sb.derive(sb.sequential("2 -> dense(2) gelu", l1=0.1)), "markdown", lang=lang))
    assert {"en": "error function of Gauss", "es": "función error de Gauss"}[lang] in gelu


def test_title_counts_the_layers_as_the_opening_does() -> None:
    """What is inside of a layer is counted with it."""
    line = "3x2 -> position -> attention(1) -> residual(dense(2) tanh -> dense(2)) -> global_avg_pool -> dense(1)"
    told = str(render(sb.derive(sb.sequential(line)), "markdown"))
    assert told.startswith("# Backpropagation through a network of 5 layers")
    assert "This network has 5 layers" in told


def test_derivative_alone_has_no_name_that_nobody_was_told(program_derivation) -> None:
    """Of one array alone no δ is written; beside the section that says what it is, it is."""
    for only, named in (("Wh", False), ("Wh,onepage", True)):
        assert named == (r"\delta" in str(render(program_derivation("rnn"), "markdown", only=only)))
