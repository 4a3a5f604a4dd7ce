"""What a person's code says in statements, as mathematics says it, every sign in its line and near its column.

def s(z): return 1/(1 + np.exp(-z))      s = lambda z: 1/(1 + np.exp(-z))      s(z) = 1/(1 + np.exp(-z))
dz1 = W2.T @ dz2;  dz1[z1 <= 0] = 0      dz1 = W2.T @ dz2;  dz1 *= z1 > 0      dz1 = (W2.T @ dz2) * (z1 > 0)
"""

from __future__ import annotations

import re

_DEF = re.compile(r"^([ \t]*)def[ \t]+([A-Za-z]\w*\(\s*[a-z]\s*\))\s*:(\s*)return\b", re.MULTILINE)
_LAMBDA = re.compile(r"^([ \t]*)([A-Za-z]\w*)\s*=\s*lambda\s+([a-z])\s*:", re.MULTILINE)
_MASKED = re.compile(r"\s*([A-Za-z]\w*)\s*\[([^\[\]<>]+)(<=?|>=?)([^\[\]<>]+)\]\s*=\s*0(?:\.0*)?\s*$")
_UPDATED = re.compile(r"\s*([A-Za-z]\w*)\s*([*+-])=(.*)$", re.DOTALL)
_PLAIN = re.compile(r"[\w.]+|\([^()]*\)")
_OTHERWISE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def functions_as_equations(text: str) -> str:
    """Return a text whose functions of one letter, a line each, are equations: def s(z): return … is s(z) = …."""
    text = _DEF.sub(lambda f: f"{f[1]}    {f[2]}={f[3]}      ", text)
    return _LAMBDA.sub(lambda f: f"{f[1]}{f[2]}({f[3]})".ljust(len(f[0]) - 1) + "=", text)


def updated(before: str, statement: str) -> str | None:
    """Return an equation with what a statement does to its left side afterwards; None where it does nothing to it."""
    if (masked := _MASKED.match(statement)) is not None:
        name, sign, by = masked[1], "*", f"{masked[2]}{_OTHERWISE[masked[3]]}{masked[4]}"
    elif (found := _UPDATED.match(statement)) is not None:
        name, sign, by = found.groups()
    else:
        return None
    left, _, right = before.partition("=")
    factor = by.strip() if _PLAIN.fullmatch(by.strip()) else f"({by.strip()})"
    return f"{left}=({right.removeprefix(' ')}\n) {sign} {factor}" if left.strip() == name else None
