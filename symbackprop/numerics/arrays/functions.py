"""The passes over a program as the text of functions, and a module of these: `forward` and `backward`.

def forward(known):     n_D = np.shape(known["q"])[1]   v_q = known["q"]   …   return {"s": v_s, …, "kept w1": w1}
def backward(known):    v_p = known.pop("p")   w1 = known.pop("kept w1")   …   return {"q": d_q, …}
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from sympy import Expr, Symbol

from symbackprop.numerics.arrays import running
from symbackprop.numerics.arrays.counts import size_name, told_by
from symbackprop.numerics.arrays.inplace import Memory, in_place
from symbackprop.numerics.arrays.lifetimes import WORD, code_of, letting_go
from symbackprop.numerics.arrays.source import FLOATS, Pass, Written, written
from symbackprop.numerics.arrays.writing import Windows
from symbackprop.numerics.functiontext import calls, stable_functions
from symbackprop.numerics.stable.inlining import self_contained

OF_A_NUMBER = re.compile(r"np\.(sqrt|exp|log)\(([\w.+*/ -]+)\)")
Text: TypeAlias = tuple[str, Mapping[str, None]]  # of a function, and the stable functions that it calls


def texts_of(forward: Pass, backward: Pass, names: Mapping[Expr, str], sizes: Sequence[Symbol]) -> list[Text]:
    """Return the texts of two passes, the second of which takes over what both need and the first has computed."""
    windows: Windows = {}
    forward = replace(forward, windows=windows, beside=backward.equations)
    ahead = written(forward, names, sizes)
    backward = replace(backward, windows=windows, beside=forward.equations)
    behind = written(backward, names, sizes)
    first, own = _function(forward, ahead, names, kept=behind.windows)
    second, _ = _function(backward, behind, names, own=own)
    return [(first, ahead.called), (second, behind.called)]


def function_text(each: Pass, names: Mapping[Expr, str], sizes: Sequence[Symbol]) -> Text:
    """Return the text of a pass, and the stable functions that it calls."""
    made = written(each, names, sizes)
    return _function(each, made, names)[0], made.called


def _function(
    each: Pass, made: Written, names: Mapping[Expr, str], *, kept: Sequence[str] = (), own: Collection[str] = ()
) -> tuple[str, set[str]]:
    """Return the text of a pass, and the arrays whose memory is no other's.

    `kept` is returned besides the results; `own` are such arrays of the function before, which may be written to."""
    results = [*((name, names[tensor]) for tensor, name in each.results), *((f"kept {name}", name) for name in kept)]
    read = {names[tensor]: name for tensor, name in each.given} | {name: f"kept {name}" for name in made.windows}
    spent = {value for value, name in read.items() if name in each.spent or (each.spent and value in made.windows)}
    body = [OF_A_NUMBER.sub(_in_floats, line) if each.in_place else line for line in made.lines]
    memory = Memory(made.axes, set(read), set(own) & spent)
    if each.in_place:
        body = in_place(body, memory, {value for _, value in results})
    used = {word for line in code_of(body) for word in WORD.findall(line)}.union(value for _, value in results)
    lines = [f'del known["{read[value]}"]' for value in read if value in spent - used]
    for value in (value for value in read if value in used):
        lines.append(f"{value} = known" + (f'.pop("{read[value]}")' if value in spent else f'["{read[value]}"]'))
    if FLOATS in used:
        lines.append(f'{FLOATS} = known["{[*each.around, *each.given][0][1]}"].dtype')
    lines += body
    if each.in_place:
        lines = letting_go(lines, {*(value for _, value in results), *read} - spent)
    lines = [*(f"{size_name(size)} = {_where(size, each)}" for size in made.sizes), *lines]
    returned = ", ".join(f'"{name}": {value}' for name, value in results)
    text = [f"def {each.name}(known):", f'    """{each.doc}"""', *(f"    {line}" for line in lines)]
    return "\n".join([*text, f"    return {{{returned}}}"]), memory.own


def _in_floats(call: re.Match[str]) -> str:
    """Return the call of a function of sizes with a result of single precision where all is: it would be of double."""
    of_sizes = all(word.startswith("n_") for word in re.findall(r"[A-Za-z_]\w*", call[2]))
    return f"np.{call[1]}({call[2]}, dtype={FLOATS})" if of_sizes else call[0]


def _where(size: Symbol, each: Pass) -> str:
    """Return where a size is found: the length of an axis of what is given; else it is given itself."""
    return told_by(size, (*each.given, *each.around), 'np.shape(known["{0}"])[{1}]') or f'known["{size}"]'


def docstring(title: str) -> str:
    """Return a title, which may be a user's words, so that it stays inside of the quotes of a docstring."""
    return title.replace("\\", "\\\\").replace('"', "'")


def module_text(title: str, functions: Sequence[Text]) -> str:
    """Return functions as a text that needs NumPy alone: all that they call stands before them."""
    texts = [text for text, _ in functions]
    called = {name: None for _, names in functions for name in names}
    helpers = [getattr(running, name) for name in running.__all__ if any(calls(text, name) for text in texts)]
    parts = [f'"""{docstring(title)}"""', "import numpy as np", stable_functions(called) if called else ""]
    parts += [self_contained(*helpers) if helpers else "", *texts]
    return "\n\n\n".join(part.strip("\n") for part in parts if part) + "\n"
