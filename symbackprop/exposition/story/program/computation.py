"""Chapter 2: the forward pass, equation by equation, and what is made of it as one composition."""

from __future__ import annotations

from symbackprop.exposition.document import Block, Display, Emphasis, Formula, Line, Note, Prose, Steps, Text
from symbackprop.exposition.levels import USUAL, Level
from symbackprop.exposition.selection import Story, at
from symbackprop.exposition.story.forward import defined, definitions, error_function
from symbackprop.exposition.story.links import conventions, shown, written_out
from symbackprop.exposition.story.program.closeups import forwards
from symbackprop.exposition.story.program.forms import explained_forward
from symbackprop.exposition.story.program.layerpicture import is_branched
from symbackprop.exposition.story.program.layers import described, in_layers, meaning
from symbackprop.exposition.story.program.telling import ProgramTelling
from symbackprop.exposition.story.telling import equal
from symbackprop.exposition.story.terms import program_composition
from symbackprop.network.functions import Elementwise
from symbackprop.network.kinks import kinks
from symbackprop.network.program import GIVEN_MARK, Array, Equation, Kind

FEW_EQUATIONS = 3  # that leave room on their slide for functions and the composition
DEEPEST_COMPOSITION = 5  # functions inside one another, beyond which the composition is no longer read


def tell(telling: ProgramTelling) -> Story:
    """Return the chapter about the forward pass."""
    program = telling.program
    recurrent = any(adjoint.recurrence for adjoint in telling.derivation.adjoints.values())
    usual = USUAL if len(program.equations) <= FEW_EQUATIONS else Level.FULL  # where their slide has room for more
    in_order: Story = (
        telling.prose("computation.order"),
        forward_pass(telling, arrays=True),
        *forwards(telling, program.equations),
    )
    told = layer_by_layer(telling) if telling.layers else in_order
    blocks: Story = (telling.section("computation"), *told)
    if telling.forward_forms:
        blocks += at(Level.FULL, telling.prose("computation.arrays"), *explained_forward(telling))
    if functions := definitions(program.equations):
        blocks += at(usual, telling.prose("forward.where"), defined(telling, functions))
        blocks += at(Level.FULL, *error_function(telling, program.equations))
    if slopes := _slopes(telling):
        blocks += at(Level.FULL, telling.prose("forward.slopes"), written_out(slopes))
    magnitudes = {type(e) for equation in program.equations for e in equation.expression.atoms(Elementwise)}
    written = [*functions, *(each for each in magnitudes if each.stem == "abs")]  # |z|, which is not defined
    blocks += at(Level.FULL, *(_kink(telling, function) for function in written if kinks(function)))
    if recurrent:
        return (*blocks, telling.prose("computation.recurrence"))
    composed = program_composition(program, DEEPEST_COMPOSITION)
    if composed is not None:
        blocks += at(usual, telling.prose("computation.composition"), Display(equal(composed)))
    return blocks


def layer_by_layer(telling: ProgramTelling) -> Story:
    """Return the equations of each layer under what it is, and at the end the cost."""
    blocks: list[Block] = [] if is_branched(telling) else [telling.prose("layers.order")]
    for layer, equations in in_layers(telling):
        key = "layers.equations" if layer is not None else "layers.equations.cost"
        what = {} if layer is None else {"layer": telling.number_of(layer), "what": described(telling.language, layer)}
        words = "".join(map(str, telling.say(key, **what)))
        if not equations:
            blocks.append(_on_slides_as_well((Emphasis(words), *telling.say("layers.nothing"))))
            continue
        blocks.append(_on_slides_as_well((Emphasis(words), ":")))
        blocks.append(Steps(tuple(line for e in equations for line in _lines(telling, e)), key="forward"))
        blocks += forwards(telling, equations)
    return tuple(blocks)


def _on_slides_as_well(text: Text) -> Prose:
    """Return a paragraph that a slide shows as it is, below what is there, where there is room."""
    return Prose(text, slide=text)


def _slopes(telling: ProgramTelling) -> list[type[Elementwise]]:
    """Return the slopes that are left in the derivatives, where the forward pass has no value that says them."""
    rights = (adjoint.right for adjoint in telling.derivation.adjoints.values())
    found = {type(part) for right in rights for part in right.atoms(Elementwise) if type(part).order}
    return sorted((each for each in found if each.definition is not None), key=lambda each: each.stem)


def _kink(telling: ProgramTelling, function: type[Elementwise]) -> Note:
    """Return what the slope of a function is by convention where it jumps."""
    return telling.note("kink", {"name": Formula((shown(function),)), "values": conventions(function)})


def brief_pass(telling: ProgramTelling) -> Steps:
    """Return the equations in the order of computation, for whole arrays where that is shorter, without a word."""
    lines = (_lines(telling, equation)[-1] for equation in telling.program.equations)
    return Steps(tuple(Line(line.left, line.sign, line.right) for line in lines), key="forward")


def forward_pass(telling: ProgramTelling, *, arrays: bool = False) -> Steps:
    """Return the equations in the order of computation, each with what it is for; for whole `arrays`, too."""
    lines = (_lines(telling, equation) for equation in telling.program.equations)
    return Steps(tuple(line for own in lines for line in (own if arrays else own[:1])), key="forward")


def _lines(telling: ProgramTelling, equation: Equation) -> tuple[Line, ...]:
    """Return an equation, and on paper the same for whole arrays below it, where that is shorter."""
    place, value = equation.sides
    array = next(array for array in telling.program.arrays if array.tensor == equation.tensor)
    label = _label(telling, equation, array)
    line = Line(place, "=", value, _remark(telling, equation, array), label=label)
    sides = telling.forward_forms.get(equation)
    whole = () if sides is None else (Line(sides[0], "=", sides[1], levels=Level.FULL, label=f"{label}-matrix"),)
    return (line, *whole)


def _label(telling: ProgramTelling, equation: Equation, array: Array) -> str:
    """Return what an equation is referred to by: the name of its array, and which it is where that has several."""
    alike = [each for each in telling.program.equations if each.tensor == equation.tensor]
    return f"forward-{array.name}" + (f"-{alike.index(equation) + 1}" if len(alike) > 1 else "")


def _remark(telling: ProgramTelling, equation: Equation, array: Array) -> Text:
    """Return what the array is, and the range of an index that does not run over the whole of its axis."""
    if array.name.endswith(GIVEN_MARK):
        return telling.say("computation.given", state=equation.sides[1])
    if equation.domain is None:
        return meaning(telling, array, alone=False) if array.kind is not Kind.COST or array.title else ()
    parts: list[Text] = []
    for symbol, (first, last), axis in zip(equation.indices, equation.domain, equation.tensor.axes, strict=True):
        if (first, last) == axis:
            continue
        if first != last:
            parts.append(telling.say("range", index=symbol, first=first, last=last))
    return tuple(segment for place, part in enumerate(parts) for segment in (*((", ",) if place else ()), *part))
