"""A network as it was said: plain data, of which any process makes the same network, by the readers of all texts.

shape   2-3-1           line   4 -> dense(3) tanh           eq, toml, json   what is in a file of that ending
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from symbackprop.errors import SpecError
from symbackprop.frozen import dataclass
from symbackprop.network.model import mlp

if TYPE_CHECKING:
    from symbackprop.network.spec import Spec

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_FLAGS = {"activation": "-a", "cost": "-c", "bias": "--no-bias"}


@dataclass(frozen=True)
class Said:
    """A text, of what kind it is, the name of its file in messages, and what was said besides, by keys of files."""

    text: str
    kind: str = "shape"
    where: str = ""
    options: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)

    def spec(self) -> Spec:
        """Return the network, and what a file says with it.

        Raises what `mlp`, `sequential`, `equations` and `spec_from_text` raise, SpecError for options that another
        text says itself."""
        from symbackprop.network.spec import Spec, spec_from_text

        if self.kind == "shape":
            return Spec(mlp(self.text, **self.options))
        if self.kind == "line":
            from symbackprop.network.layered import sequential

            if "activation" in self.options:
                raise SpecError("a layer line says the activation of each layer after it; leave -a out")
            return Spec(sequential(self.text, **self.options))
        if self.kind == "eq":
            from symbackprop.network.text.equations import equations_from_file

            made = Spec(equations_from_file(self.text, where=self.where))
            self._check_no_options()
            return made
        return spec_from_text(self.text, kind=self.kind, where=self.where, instead=self.options)

    def _check_no_options(self) -> None:
        if self.options:
            shown = ", ".join(_FLAGS.get(key, f"--{key}") for key in self.options)
            raise SpecError(f"{self.where}: its equations say all of the network themselves; leave {shown} out")
