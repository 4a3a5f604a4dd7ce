"""Where an array is used, in a sentence: which entries it goes into, and so what is added up.

v_jd goes into o_id for every i              a sum over i
W_jk is used twice, for h_j and for o_k      one term for each use
h_tj is used for o_t and, later, h_{t+1}     its own output, and the next step
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr, Indexed, S, Sum, Symbol

from symbackprop.calculus import rules
from symbackprop.calculus.adjoints import Adjoint
from symbackprop.calculus.partials import Partial
from symbackprop.exposition.document import Formula, Heading, Prose, Term, Text
from symbackprop.exposition.story.program.layers import layer_behind, layer_of, meaning
from symbackprop.exposition.story.program.telling import ProgramTelling, joined, whole
from symbackprop.network.notation import COST
from symbackprop.network.program import Equation, Kind, Program, entries, free_indices

MOST_LISTED = 3  # arrays in a title


def heading(telling: ProgramTelling, adjoint: Adjoint) -> Heading:
    """Return the heading of what is derived for an array; the title of its slides says where the error comes from."""
    array = whole(adjoint.array.tensor)
    readers = list(dict.fromkeys(reader.tensor for reader in adjoint.readers))
    if readers == [COST]:
        slide = telling.say("part.adjoint.cost", array=array)
    elif _later(adjoint):
        own = list(dict.fromkeys(_whole(entry) for entry in _now(adjoint)))
        slide = telling.say(
            "part.adjoint.time" if own else "part.adjoint.later", array=array, own=_listed(telling, own)
        )
    elif len(readers) > MOST_LISTED:
        slide = telling.say("part.adjoint.many", array=array, count=len(readers))
    else:
        slide = telling.say("part.adjoint.through", array=array, readers=_listed(telling, [whole(t) for t in readers]))
    inside = layer_of(telling, adjoint.array.name) is layer_behind(telling, adjoint)
    words = meaning(telling, adjoint.array, alone=not inside)
    if not telling.layers:
        return Heading(telling.say("part.adjoint", array=array), level=2, key="adjoint", slide=slide)
    text = telling.say("part.adjoint.meaning", array=array, what=words) if words else (Formula((array,)),)
    return Heading(text, level=3, key="adjoint", slide=slide)


def sentence(telling: ProgramTelling, adjoint: Adjoint) -> Prose:
    """Return the paragraph before the steps: who uses the array, and what is added up because of that."""
    entry, readers = adjoint.entry, adjoint.readers
    if all(reader.target == COST for reader in readers):
        return telling.prose("reverse.in-cost", entry=entry)
    if (later := _later(adjoint)) and (own := _now(adjoint)):
        names = {"entry": entry, "own": _listed(telling, own), "later": _listed(telling, later)}
        if (only := _only_step(adjoint)) is None:
            return telling.prose("reverse.time", **names)
        return telling.prose("reverse.time.once", **names, step=only[0], place=only[1])
    targets = _listed(telling, [target for target, _ in _shifted(adjoint)])
    if len(readers) > 1:
        return telling.prose("reverse.readers", entry=entry, readers=targets)
    (reader,) = readers
    used = _used(adjoint, reader)
    if used is None:
        return telling.prose("reverse.reader", entry=entry, readers=targets)
    target, summed = used
    if not summed:
        return telling.prose("reverse.alone", entry=entry, target=target)
    key = "reverse.every" if _all_places(adjoint, reader, target) else "reverse.some"
    if key == "reverse.every" and _over_time(telling, adjoint, reader, summed):
        key = "reverse.every.time"
    return telling.prose(key, entry=entry, target=target, indices=_listed(telling, summed))


def _all_places(adjoint: Adjoint, reader: Equation, target: Expr) -> bool:
    """Tell whether the sums over an entry run over all that its equation computes, and not over some windows alone."""
    ranges = dict(zip(_places(target), reader.ranges.values(), strict=True))
    sums = (s for s in adjoint.right.atoms(Sum) if any(p.by == target for p in s.atoms(Partial)))
    return all(ranges.get(i, (first, last)) == (first, last) for s in sums for i, first, last in s.limits)


def _only_step(adjoint: Adjoint) -> tuple[Expr, Expr] | None:
    """Return the index of time and the one step at which what is no step reads a state: a_j = h_Tj; None for each."""
    group, now = adjoint.recurrence, {entry.base for entry in _now(adjoint) if isinstance(entry, Indexed)}
    if group is None or not now.isdisjoint(group.tensors):
        return None
    axis = group.axis(adjoint.entry.base)
    sides = [reader.sides[1] for reader in adjoint.readers if reader.tensor not in group.tensors]
    read = {e.indices[axis] for side in sides for e in entries(side) if e.base == adjoint.entry.base}
    return None if len(read) > 1 or free_indices(place := read.pop()) else (adjoint.entry.indices[axis], place)


def _over_time(telling: ProgramTelling, adjoint: Adjoint, reader: Equation, summed: Sequence[Symbol]) -> bool:
    """Tell whether something that is the same at all steps of a recurrence, such as a weight, is read at each."""
    groups = [each.recurrence for each in telling.derivation.adjoints.values() if each.recurrence is not None]
    group = next((group for group in groups if reader.tensor in group.tensors), None)
    return group is not None and adjoint.recurrence is None and reader.indices[group.axis(reader.tensor)] in summed


def kernel_turned(adjoint: Adjoint, program: Program) -> Expr:
    """Return s where the result reads a parameter backwards while it goes through an error forwards, W_{q-si+1}; or 0.

    It is the stride of the windows, with which the entries of the error lie that far apart."""
    if program.kind(adjoint.entry.base) is Kind.PARAMETER:
        return S.Zero
    own = free_indices(adjoint.entry)
    for entry in entries(adjoint.right):
        if program.kind(entry.base) is not Kind.PARAMETER:
            continue
        for place in entry.indices:
            terms = place.as_coefficients_dict()
            steps = [-c for i, c in terms.items() if i not in own and c.is_negative and free_indices(i)]
            if any(terms.get(i) == 1 for i in own) and steps:
                return max(steps)
    return S.Zero


def _used(adjoint: Adjoint, reader: Equation) -> tuple[Expr, tuple[Symbol, ...]] | None:
    """Return the entry that an array goes into as the result names it, and the indices that run over all of these."""
    found = [p.by for p in adjoint.right.atoms(Partial) if p.of == COST and p.by.base == reader.tensor]
    plain = [entry for entry in found or goes_into(adjoint, reader) if all(map(_alone, _places(entry)))]
    known = free_indices(adjoint.entry) if adjoint.entry.indices else set()
    ways = [(entry, tuple(i for i in _places(entry) if free_indices(i) - known)) for entry in plain]
    return max(ways, key=lambda way: (len(way[1]), str(way[0])), default=None)


def goes_into(adjoint: Adjoint, reader: Equation) -> tuple[Expr, ...]:
    """Return the entries of one reader that read the entry, an index that runs with the letter of the chain rule.

    Of r_i = c_i + Σ_j W_ji h_j, W_kp goes into r_p; of p_j = e^(s_j) / Σ_i e^(s_i), s_k goes into every p_i."""
    if not isinstance(reader.target, Indexed):
        return (reader.sides[0],)
    chained = [p for step in adjoint.steps if step.rule == rules.CHAIN for p in step.after.atoms(Partial)]
    letters = next((p.by.indices for p in chained if p.of == COST and p.by.base == reader.tensor), reader.indices)
    reads = sorted((entry for entry in entries(reader.expression) if entry.base == adjoint.entry.base), key=str)
    ways = [_tied(read, adjoint, reader) for read in reads]
    axes = list(zip(reader.indices, reader.sides[0].indices, letters, strict=True))
    found = [
        reader.tensor[tuple(tied.get(own, letter if own == place else place) for own, place, letter in axes)]
        for tied in ways
        if len(tied) == min(map(len, ways))  # an entry that is read in every place is read in its own, too
    ]
    return tuple(dict.fromkeys(found))


def _tied(read: Indexed, adjoint: Adjoint, reader: Equation) -> dict[Symbol, Expr]:
    """Return the places of what is computed that follow from the place that is read: of h_{t-1}, t is one more."""
    tied: dict[Symbol, Expr] = {}
    for place, own in zip(read.indices, adjoint.entry.indices, strict=True):
        names = free_indices(place)
        if len(names) == 1 and (name := min(names)) in reader.indices and not free_indices(place - name):
            tied.setdefault(name, own + name - place)  # of s_tt, which is an s_ti where i is t
    return tied


def _shifted(adjoint: Adjoint) -> Sequence[tuple[Expr, Expr]]:
    """Return what is computed from the entry at step t, and how many steps later that is."""
    found: dict[Expr, Expr] = {}
    for reader in adjoint.readers:
        for target in goes_into(adjoint, reader):
            group = adjoint.recurrence
            if group is None or reader.tensor not in group.tensors:
                found[target] = S.Zero
            else:
                now = adjoint.entry.indices[group.axis(adjoint.entry.base)]
                found[target] = target.indices[group.axis(reader.tensor)] - now
    return tuple(found.items())


def _later(adjoint: Adjoint) -> list[Expr]:
    return [target for target, shift in _shifted(adjoint) if shift.is_nonzero]


def _now(adjoint: Adjoint) -> list[Expr]:
    return [target for target, shift in _shifted(adjoint) if not shift.is_nonzero]


def _alone(place: Expr) -> bool:
    return place.is_Symbol or not free_indices(place)


def _places(entry: Expr) -> tuple[Expr, ...]:
    """Return the indices of an entry; a number that stands alone has none."""
    return entry.indices if isinstance(entry, Indexed) else ()


def _whole(entry: Expr) -> Term:
    return whole(entry.base) if isinstance(entry, Indexed) else entry


def _listed(telling: ProgramTelling, terms: Sequence[Term]) -> Text:
    return joined([Formula((term,)) for term in terms], telling.language.words("and"))
