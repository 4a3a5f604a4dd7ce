"""The order of computation: what a line reads comes before it; lines that read one another move along an index.

    z[t, j] = … h[t - 1, k] …        h[t, j] = tanh(z[t, j])        together: for each t first z, then h

A cycle is broken where some index is shifted in one direction only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from symbackprop.errors import ExpressionError
from symbackprop.network.text.scopes import Reading, Resolved
from symbackprop.network.text.writing import written

Edge = tuple[int, int, Reading]  # line `0` reads what line `1` computes, in this entry


def in_order(lines: Sequence[Resolved]) -> tuple[Resolved, ...]:
    """Return the lines in the order of computation, and in that of the text where they may stand in any.

    Raises ExpressionError for a cycle that no shift breaks."""
    edges = _edges(lines)
    order: list[int] = []
    for component in _components(len(lines), edges):
        inside = [edge for edge in edges if edge[0] in component and edge[1] in component]
        order += _within(lines, component, inside) if inside else component
    return tuple(lines[place] for place in order)


def _edges(lines: Sequence[Resolved]) -> list[Edge]:
    writers: dict[str, list[int]] = {}
    for place, line in enumerate(lines):
        writers.setdefault(line.name, []).append(place)
    edges = []
    for place, line in enumerate(lines):
        for reading in line.readings:
            named = [each for each in writers.get(reading.name, ()) if _may_compute(lines[each], reading)]
            edges += [(place, each, reading) for each in named]
    return edges


def _may_compute(line: Resolved, reading: Reading) -> bool:
    """Tell whether a line may compute an entry: not one at another number than the entry has."""
    return all(
        mine.plain is not None or theirs.indices or mine == theirs
        for mine, theirs in zip(line.positions, reading.positions, strict=True)
    )


def _components(count: int, edges: Sequence[Edge]) -> list[list[int]]:
    """Return the lines that read one another, group by group, each after those that it reads."""
    below: dict[int, set[int]] = {place: set() for place in range(count)}
    for reader, writer, _ in edges:
        below[reader].add(writer)
    reach = {place: _reached(place, below) for place in below}
    group = {
        place: [other for other in below if other == place or (other in reach[place] and place in reach[other])]
        for place in below
    }
    groups: list[list[int]] = []
    done: set[int] = set()
    while len(done) < count:
        ready = next(place for place in below if place not in done and reach[place] <= done.union(group[place]))
        groups.append(group[ready])
        done.update(group[ready])
    return groups


def _reached(start: int, below: Mapping[int, Iterable[int]]) -> set[int]:
    found: set[int] = set()
    stack = list(below[start])
    while stack:
        place = stack.pop()
        if place not in found:
            found.add(place)
            stack.extend(below[place])
    return found


def _within(lines: Sequence[Resolved], component: Sequence[int], edges: Sequence[Edge]) -> list[int]:
    """Return the order within one step of a recurrence, after an axis has been found along which it moves."""
    for _, writer, reading in edges:
        for axis in range(len(reading.positions)):
            axes = _axes(lines, edges, {lines[writer].name: axis})
            if axes is None:
                continue
            shifts = {_shift(lines, edge, axes) or 0 for edge in edges} - {0}
            if len({shift > 0 for shift in shifts}) != 1:
                continue
            same = [edge for edge in edges if _shift(lines, edge, axes) == 0]
            groups = _components(len(lines), same)
            if all(len(group) == 1 for group in groups) and all(edge[0] != edge[1] for edge in same):
                return [group[0] for group in groups if group[0] in component]
    raise _cycle(lines, component, edges)


def _axes(lines: Sequence[Resolved], edges: Sequence[Edge], known: dict[str, int]) -> dict[str, int] | None:
    """Return the axis of each array along which the recurrence moves, one of them known; None if there is none."""
    axes = dict(known)
    for _ in edges:
        for reader, writer, reading in edges:
            mine, theirs = lines[reader], lines[writer].name
            if mine.name in axes and theirs not in axes:
                index = mine.positions[axes[mine.name]].plain
                found = [at for at, place in enumerate(reading.positions) if index and place.shifted[0] == index]
                if not found:
                    return None
                axes[theirs] = found[0]
            elif theirs in axes and mine.name not in axes:
                index = reading.positions[axes[theirs]].shifted[0]
                found = [at for at, place in enumerate(mine.positions) if index and place.plain == index]
                if not found:
                    return None
                axes[mine.name] = found[0]
    for edge in edges:
        if _shift(lines, edge, axes) is None:
            return None
    return axes


def _shift(lines: Sequence[Resolved], edge: Edge, axes: Mapping[str, int]) -> int | None:
    """Return by how much the index of the reading line is shifted in what it reads."""
    reader, writer, reading = edge
    if lines[reader].name not in axes or lines[writer].name not in axes:
        return None
    index, shift = reading.positions[axes[lines[writer].name]].shifted
    return shift if index is not None and lines[reader].positions[axes[lines[reader].name]].plain == index else None


def _two_ways(line: Resolved, readings: Sequence[Reading]) -> tuple[str, str] | None:
    """Return two indices of a line, each of which is shifted where the other is not: h[i - 1, j] and h[i, j - 1]."""
    letters = [place.plain.letter for place in line.positions if place.plain is not None]
    if len(letters) != 2 or len(line.positions) != 2:
        return None
    shifted = [tuple(place.shifted[1] != 0 for place in reading.positions) for reading in readings]
    return (letters[0], letters[1]) if {(True, False), (False, True)} <= set(shifted) else None


def _cycle(lines: Sequence[Resolved], component: Sequence[int], edges: Sequence[Edge]) -> ExpressionError:
    reader, _, reading = edges[0]
    line, names = lines[reader], list(dict.fromkeys(lines[place].name for place in component))
    target, read = written(line.target.entry), written(reading.entry)
    if len(names) == 1:
        message = f"{target} needs {read}: {names[0]} is computed from itself"
    else:
        message = f"{target} needs {read}: {', '.join(names)} are computed from one another"
    if (pair := _two_ways(line, [edge[2] for edge in edges])) is not None:
        name, (i, j) = reading.name, pair
        diagonals = f"{name}[s, {i}] for {name}[{i}, s - {i}], from {name}[s - 1, {i} - 1] and {name}[s - 1, {i}]"
        return line.line.complaint(
            reading.entry.at, f"{message}, along {i} and along {j}; count diagonals, s = {i} + {j}; write {diagonals}"
        )
    letter = next((place.plain.letter for place in line.positions if place.plain is not None), "t")
    return line.line.complaint(
        reading.entry.at, f"{message}, and no index is shifted in one direction, as in [{letter} - 1]"
    )
