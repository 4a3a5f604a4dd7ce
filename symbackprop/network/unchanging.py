"""What networks, derivations and compiled code have in common: none of them ever changes."""

from __future__ import annotations

from typing import Any, Self

from symbackprop.errors import SpecError


class Unchanging:
    """What never changes: a copy of it is itself. It is pickled where a class says how, by what said it."""

    __slots__ = ()

    def __copy__(self) -> Self:
        """Return itself."""
        return self

    def __deepcopy__(self, _memo: object) -> Self:
        """Return itself."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Raise SpecError: functions made at run time have no name by which another process finds them."""
        kind = type(self).__name__
        raise SpecError(f"pickle: {kind} holds functions without a name; keep what says the network, and make it again")
