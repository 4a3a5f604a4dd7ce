"""Arrays that generated code fills again at every call instead of making its own: what they are called, and their text.

def workspace(m, dtype=np.float64):    return {"ones": np.ones(m, dtype), "z1": np.empty((m, 30), dtype), …}
"""

from __future__ import annotations

from dataclasses import field

from symbackprop.frozen import dataclass

# what layers share -> how it is made, for a number of entries, and what it is
SHARED = {
    "rows": ("np.empty(m * {}, dtype)", "biases, once for every sample: added so without an array in between"),
    "most": ("np.full(m * {}, 87.0 if dtype == np.float32 else 708.0, dtype)", "whose exponential is finite"),
}


@dataclass
class Workspace:
    """The arrays of one function, by the names that they get while its text is written.

    `kept` says how each is made; a name with {n} in it stands for all layers of a loop."""

    kept: dict[str, str] = field(default_factory=dict)
    _largest: dict[str, int] = field(default_factory=dict)  # columns of what layers share, in the widest of them

    def has(self, name: str, made: str) -> str:
        """Return the text of what stands under a name, and how it is made."""
        self.kept[name] = made
        return f'space["{name}"]'

    def array(self, name: str, columns: int) -> str:
        """Return the text of an array with a row for each sample."""
        return self.has(name, f"np.empty((m, {columns}), dtype)")

    def shared(self, name: str, layer: int, columns: int) -> str:
        """Return the text of an array whose numbers all layers share; "one" is the number 1 for all of them."""
        if name == "one":
            return self.has(name, "np.ones((), dtype)")
        self._largest[name] = max(self._largest.get(name, 0), columns)
        return self.has(f"{name}{layer}", f"{name}[: m * {columns}].reshape(m, {columns})")

    def text(self) -> str:
        """Return the function that makes the arrays."""
        lines = [
            "def workspace(m, dtype=np.float64):",
            '    """Return the arrays that `gradient` fills for a batch of m samples."""',
        ]
        for name, (made, said) in SHARED.items():
            if name in self._largest:
                lines.append(f"    {name} = {made.format(self._largest[name])}  # {said}")
        lines += ["    return {", '        "ones": np.ones(m, dtype),', '        "share": np.array(1 / m, dtype),']
        for name, made in self.kept.items():
            lines.append(f'        **{{f"{name}": {made}}},' if "{n}" in name else f'        "{name}": {made},')
        return "\n".join([*lines, "    }"])
