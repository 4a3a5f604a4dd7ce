"""Code with the equations that its lines compute above them, as comments in the letters of a convention.

    # dZ^[2] = 1/m · (A^[2] − Y) ∗ A^[2] ∗ (1 − A^[2])
    d2 = e * s2

They are laid out as the code is, whatever the convention says: samples are rows, and the errors have the 1/m of the
mean.

Imports SymPy: a command imports this module when it runs, not before.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import replace

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.batches import Batch
from symbackprop.calculus.equations import NOTATIONS, Sides
from symbackprop.calculus.links import dense
from symbackprop.calculus.matrixform import forward
from symbackprop.cli.screen import Pen
from symbackprop.exposition.languages import LANGUAGES
from symbackprop.exposition.mathtext.convention import Convention
from symbackprop.exposition.story.backwardpass import at_one_layer, compact
from symbackprop.exposition.symbols import own_letters

CODE = Batch("rows", "errors")  # how the code has a batch
OWN = {"BP4": "gW", "BP3": "gb"}  # what the derivatives by the parameters are called there
_LINE = re.compile(r"( +)(z|a|d|gW|gb)(\d+)(?= = |, )")


def annotated(source: str, derivation: Derivation, convention: Convention) -> str:
    """Return code with a comment above the first line that computes each array; as it is where it has no such lines."""
    network = derivation.network
    laid_out = replace(convention, samples=CODE.samples, mean=CODE.mean)
    letters = own_letters(network, {}, convention)
    pen = Pen(symbols=letters, convention=laid_out, depth=network.depth)
    waiting = {name: pen.formula(*sides) for name, sides in _equations(derivation)}
    lines = []
    for line in source.splitlines(keepends=True):
        if line.lstrip().startswith("# "):  # the same equation, in the letters of the code
            continue
        found = _LINE.match(line)
        if found and (equation := waiting.pop(found[2] + found[3], None)):
            lines.append(f"{found[1]}# {equation}\n")
        lines.append(line)
    return "".join(lines)


def in_words(source: str, convention: Convention) -> str:
    """Return code whose docstrings call things as a convention does: the loss, the error function."""
    lines = source.splitlines(keepends=True)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.STRING and token.string.startswith('"""'):
            for place in range(token.start[0] - 1, token.end[0]):
                lines[place] = LANGUAGES["en"].renamed(lines[place], convention.names)
    return "".join(lines)


def _equations(derivation: Derivation) -> Iterator[tuple[str, Sides]]:
    """Yield the equation of each array of the code, by its name there: z1, a1, d1, gW1, gb1."""
    for layer, activation in enumerate(derivation.network.activations, start=1):
        weighted, active = dense(activation)
        forwards = {"z": forward(weighted, CODE)}
        if activation.is_elementwise:
            forwards["a"] = forward(active, CODE)
        own = next(e for e in derivation.specific.values() if layer in e.layer_numbers)
        rows = NOTATIONS[CODE.samples].sides
        (delta,) = rows(own, compact(own.chain.unconditional), CODE.mean)
        general = {name: rows(derivation.equations[name], derivation.equations[name].right, CODE.mean) for name in OWN}
        pairs = {**forwards, "d": delta, **{OWN[name]: sides[0] for name, sides in general.items()}}
        for name, (left, right) in pairs.items():
            numbered = tuple(at_one_layer(side, derivation.network, layer) for side in (left, right))
            yield f"{name}{layer}", (numbered[0], numbered[1])
