"""Entries by lists of places, and what is written or added up at such: products with a flag for each place.

x.gather(1, i)          ->  einsum("abc,ac->ab", one_hot(i, n), x)
x[torch.arange(B), -1]  ->  x[:, -1]
"""

from __future__ import annotations

from string import ascii_lowercase
from typing import Any

from symbackprop.errors import SpecError
from symbackprop.network.pytorch.composed import composes


@composes("gather")
def _gather(t: Any, x: Any, dim: int, index: Any, **_: Any) -> Any:
    dim %= x.ndim
    letters, k = ascii_lowercase[: x.ndim], ascii_lowercase[x.ndim]
    for at, n in enumerate(index.shape):
        x = x if at == dim else x.narrow(at, 0, n)
    return t.einsum(f"{letters}{k},{letters.replace(letters[dim], k)}->{letters}", _flags(t, index, x, dim), x)


@composes("getitem")
def _by_lists(t: Any, x: Any, place: Any) -> Any:
    """Entries by lists of places that go together: beside all places of an axis, or x[:, i, j], beside each other."""
    given = place if isinstance(place, tuple) else (place,)
    places = [t.arange(each.stop)[each.start :: each.step] if isinstance(each, range) else each for each in given]
    lists = [at for at, each in enumerate(places) if isinstance(each, t.Tensor | list)]
    if not lists or any(getattr(places[at], "dtype", None) == t.bool for at in lists):
        return NotImplemented
    first, last, together = lists[0], lists[-1], 0
    if any(each is None or each is ... for each in places[:first]):
        return NotImplemented
    if (others := _beside_every(t, x.shape[first], places[first:], is_first=first == 0)) is not None:
        return x[(*places[:first], slice(None), *others)]
    if any(isinstance(places[at], t.fx.Proxy) for at in lists):
        return _by_input(t, x, places)
    if len(lists) < 2 or last - first >= len(lists):
        return NotImplemented
    for at in lists:
        together = together * x.shape[at] + t.as_tensor(places[at]) % x.shape[at]
    return x.flatten(first, last)[(*places[:first], together, *places[last + 1 :])]


def _beside_every(t: Any, n: int, places: Any, *, is_first: bool) -> list[Any] | None:
    """Return what stands beside a list of all `n` places of an axis, where it is the same for each of them; else None.

    x[torch.arange(n), i, ...] is x[:, i, ...] then."""
    if any(isinstance(each, t.fx.Proxy) for each in places):
        return None
    every, *others = (t.as_tensor(each) if isinstance(each, list) else each for each in places)
    lists = [at for at, each in enumerate(others) if isinstance(each, t.Tensor)]
    if every.shape[:1] != (n,) or every.flatten().tolist() != list(range(n)):
        return None
    for at in lists:
        own = others[at]
        if own.ndim == every.ndim:
            if own.shape[0] not in (1, n) or not bool((own == own[:1]).all()):
                return None
            others[at] = own[0] if own.ndim > 1 else int(own[0])
    left = [others[at] for at in lists if not isinstance(others[at], int)]
    if max((each.ndim for each in left), default=0) != every.ndim - 1:
        return None
    are_beside = all(isinstance(each, int | t.Tensor) for each in others[: max(lists, default=-1) + 1])
    return others if are_beside or (is_first and not left) else None


def _by_input(t: Any, x: Any, places: Any) -> Any:
    """x[torch.arange(B), i] with places i that are read, counted from the end where they are below 0."""
    n, letters = x.shape[1], ascii_lowercase[: x.ndim]
    each = [getattr(place, "ndim", None) for place in places[:2]]
    if each != [1, 1] or _beside_every(t, x.shape[0], places[:1], is_first=True) is None:
        return NotImplemented
    at = places[1].unsqueeze(1)
    flags = ((at == t.arange(n)) | (at == t.arange(-n, 0))).to(x.dtype)
    found = t.einsum(f"{letters},{letters[:2]}->{letters[0]}{letters[2:]}", x, flags)
    return found[(slice(None), *places[2:])] if places[2:] else found


def _flags(t: Any, index: Any, x: Any, dim: int) -> Any:
    return t.nn.functional.one_hot(index, x.shape[dim]).to(x.dtype)


def _added(t: Any, x: Any, index: Any, source: Any, *, dim: int) -> Any:
    """Return what stands at places that a list, or an array of lists, sends the entries of a source to: the sums."""
    letters, k = ascii_lowercase[: x.ndim], ascii_lowercase[x.ndim]
    own = letters if index.ndim == x.ndim else letters[dim]
    to = letters.replace(letters[dim], k)
    return t.einsum(f"{own}{k},{letters}->{to}", _flags(t, index, x, dim), source)


@composes("index_add")
def _index_add(  # noqa: PLR0917  as PyTorch has it
    t: Any, x: Any, dim: int, index: Any, source: Any, *, alpha: float = 1
) -> Any:
    return x + alpha * _added(t, x, index, source, dim=dim)


@composes("scatter_add")
def _scatter_add(t: Any, x: Any, dim: int, index: Any, src: Any) -> Any:  # noqa: PLR0917  as PyTorch has it
    for at, n in enumerate(index.shape):
        src = src.narrow(at, 0, n)
    return x + _added(t, x, index, src, dim=dim)


@composes("scatter")
def _scatter(  # noqa: PLR0917  as PyTorch has it
    t: Any, x: Any, dim: int, index: Any, src: Any = None, *, value: Any = None, **more: Any
) -> Any:
    """The array with other entries at some places, no two of them the same."""
    src = value if src is None else src
    at = dim % x.ndim
    if more or any(n != x.shape[axis] for axis, n in enumerate(index.shape) if axis != at):
        return NotImplemented
    flags = _flags(t, index, x, at).sum(at).movedim(-1, at)
    is_once = index.shape[at] == 1 or (not isinstance(flags, t.fx.Proxy) and not bool((flags > 1).any()))
    if not is_once:
        raise SpecError("module: it writes to places of which two may be the same; take scatter_add")
    src = src.narrow(at, 0, index.shape[at]) if hasattr(src, "ndim") else t.full(index.shape, src, dtype=x.dtype)
    return x * (1 - flags) + _added(t, x, index, src, dim=at)


@composes("index_copy")
def _index_copy(t: Any, x: Any, dim: int, index: Any, source: Any) -> Any:  # noqa: PLR0917  as PyTorch has it
    at = dim % x.ndim
    return x.scatter(
        at, index.reshape(*(-1 if axis == at else 1 for axis in range(x.ndim))).expand(source.shape), source
    )
