"""A network of layers in words: what each layer is, what each of its arrays is, and which layer an array belongs to.

conv2d, channels 2, kernel (3, 3), relu  ->  "convolution with 2 kernels of 3 × 3, then ReLU"
Wxi of an lstm                           ->  "the weights from the input to the input gate"

A layer brings its words by keys of the languages: `layer.NAME`, and `layer.NAME.LETTER` for its arrays. A layer without
words is called as it is in a line of layers.
"""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.calculus.adjoints import Adjoint
from symbackprop.exposition.document import Text
from symbackprop.exposition.languages import Language
from symbackprop.exposition.mathtext.letters import FUNCTION_NAMES
from symbackprop.exposition.story.program.telling import ProgramTelling
from symbackprop.network.inplace import LayerInPlace
from symbackprop.network.program import Array, Equation, Kind
from symbackprop.network.terms import ChosenPenalty

MOST_KINDS = 4  # of layers, more of which a title only counts
MOST_SPACES = 2  # in words that "of layer 2" still belongs to as a whole: the weighted sum of layer 2


def shape_in_words(shape: tuple[int, ...]) -> str:
    """Return a shape as it is written: 1 × 28 × 28."""
    return " × ".join(map(str, shape))


def described(language: Language, layer: LayerInPlace) -> str:
    """Return what a layer is, with its numbers and the activation after it."""
    values = {name: language.decimals(_value(value)) for name, value in layer.fields.items()}
    first = next(iter(values.values()), "")
    key = f"layer.{layer.name}"
    key = f"{key}.one" if first == "1" and f"{key}.one" in language else key
    words = _words(language, key, values) if key in language else layer.name
    more = [f"layer.with.{name}.{value}" for name, value in values.items()]
    more += [f"layer.with.{name}" for name in values if f"{{{name}}}" not in language.sentences.get(key, "")]
    unusual = [each for each in more if each in language and each.split(".")[2] in layer.unusual]
    said = [_words(language, each, values) for each in unusual]
    activation = [_words(language, "layer.then", {"activation": _activation(language, layer.activation)})]
    return ", ".join([words, *said, *(activation if layer.activation else ())])


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return shape_in_words(value) if all(isinstance(each, int) for each in value) else ""
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def _activation(language: Language, name: str) -> str:
    """Return the name of an activation as it is printed; a formula is one of its own."""
    if not name.replace("_", "").isalnum():
        return language.words("layer.own activation")
    shown = FUNCTION_NAMES.get(name, name)
    return language.words("function.sigmoid") if shown == "sigma" else shown.replace("_", " ")


def _words(language: Language, key: str, parts: dict[str, str]) -> str:
    return "".join(map(str, language.sentence(key, parts)))


def kinds_of_layers(telling: ProgramTelling) -> str:
    """Return the title of a story about layers: the kinds of these, in their order."""
    language, layers = telling.language, telling.layers
    kinds = list(dict.fromkeys(each.name for each in layers if each.arrays))
    if len(layers) == 1:
        return _words(language, "title.layer", {"layer": described(language, layers[0])})
    if len(kinds) > MOST_KINDS or not all(f"layer.{kind}.kind" in language for kind in kinds):
        count = sum("." not in each.label for each in layers)  # those inside a layer are of that
        return _words(language, "title.layers.many", {"count": str(count)})
    words = [language.words(f"layer.{kind}.kind") for kind in kinds]
    listed = f" {language.words('and')} ".join(filter(None, (", ".join(words[:-1]), words[-1])))
    return _words(language, "title.layers", {"kinds": listed})


def layer_of(telling: ProgramTelling, name: str) -> LayerInPlace | None:
    """Return the layer that an array belongs to."""
    return next((layer for layer in telling.layers if name in layer.arrays), None)


def layer_behind(telling: ProgramTelling, adjoint: Adjoint) -> LayerInPlace | None:
    """Return the layer through which an error comes back to an array: its own if it is learned, else its first reader.

    None stands for the cost."""
    if adjoint.array.kind is not Kind.VALUE and (own := layer_of(telling, adjoint.array.name)) is not None:
        return own
    names = {array.tensor: array.name for array in telling.program.arrays}
    first = next(reader for reader in telling.program.equations if reader in adjoint.readers)
    return layer_of(telling, names[first.tensor])


def in_layers(telling: ProgramTelling) -> Iterator[tuple[LayerInPlace | None, tuple[Equation, ...]]]:
    """Yield the layers with their equations in the order of computation; the cost last, with no layer.

    A layer that computes nothing has none, and stands before the one that reads what it reads."""
    names = {array.tensor: array.name for array in telling.program.arrays}
    run: list[Equation] = []
    current: LayerInPlace | None = None
    idle = [layer for layer in telling.layers if not layer.arrays]
    for equation in telling.program.equations:
        layer = layer_of(telling, names[equation.tensor])
        if run and layer is not current:
            yield current, tuple(run)
            run = []
            while idle and (layer is None or telling.layers.index(idle[0]) < telling.layers.index(layer)):
                yield idle.pop(0), ()
        run.append(equation)
        current = layer
    yield current, tuple(run)


def meaning(telling: ProgramTelling, array: Array, *, alone: bool = True) -> Text:
    """Return what an array is, in a few words; nothing where no language has words for it.

    The layer is said as well, unless the array does not stand `alone` but among those of its layer."""
    if array.title:
        return (array.title,)
    if not telling.layers:
        return ()
    language, layer = telling.language, layer_of(telling, array.name)
    if layer is None:
        lone = array.kind is Kind.CONSTANT and not array.tensor.axes
        key = f"array.{_part(telling, array.name) if lone else array.name}"
        return language.say(key) if key in language else ()
    letter = layer.letter_of(array.name)
    for key in (f"layer.{layer.name}.{letter}", f"array.{letter}"):
        if key in language:
            return _placed(telling, layer, _words(language, key, {}), alone=alone)
    stem, mark = letter[:-1], letter[-1:]
    key, part = f"layer.{layer.name}.{stem}.of", f"layer.{layer.name}.{mark}"
    if key in language and part in language:
        return _placed(telling, layer, _words(language, key, {"part": language.words(part)}), alone=alone)
    return ()


def _part(telling: ProgramTelling, letter: str) -> str:
    """Return the part that a letter has in the network, not what it is elsewhere: l1(mu=0.1) has no mean."""
    penalties: tuple[ChosenPenalty, ...] = getattr(telling.derivation.network, "penalties", ())
    return "penalty" if any(each.numbers[0][0] == letter for each in penalties) else "number"


def _placed(telling: ProgramTelling, layer: LayerInPlace, what: str, *, alone: bool) -> Text:
    """Return what an array is and, where it stands alone, the layer: of layer 2, or after more words in layer 2."""
    key = "own" if not alone else "of" if what.count(" ") <= MOST_SPACES else "in"
    return telling.language.sentence(f"array.{key}", {"what": what, "layer": telling.number_of(layer)})
