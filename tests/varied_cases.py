"""Cases by the thousand for comparing opinions: worked examples that are varied, mixed and thinned out at random."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, Final, TypeAlias

import pyoxigraph as ox

from imr_kb.derive import Statement
from imr_kb.load import Case, Knowledge, cases_of
from imr_kb.terms import BASE, CASE, RDF, XSD, core

__all__ = ["varied"]

_Change: TypeAlias = Callable[[list[Statement], ox.NamedNode, Random, Sequence[Case]], list[Statement]]

_DAYS: Final = (-3000, -366, -91, -90, -31, -30, -1, 1, 29, 30, 89, 90, 364, 366, 800)
_NUMBERS: Final = ("integer", "decimal")
_DATES: Final = frozenset(
    map(core, ("injuredOn", "requestedOn", "deniedOn", "latestRecordOn", "ageYears", "bodyMassIndex"))
)
_AMOUNTS: Final = (
    ("bodyPart", ("body#LumbarSpine", "body#Neck", "body#Knee", "body#Shoulder", "body#LowBack", "body#Wrist")),
    ("polarity", ("core#Absent", "core#Present")),
    ("outcome", ("core#Failed", "core#Helped")),
)


def varied(examples: Sequence[Case], count: int, knowledge: Knowledge, seed: int = 1) -> Iterator[Case]:
    """Yield ``count`` cases, the same for the same ``seed``: each an example with up to five changes."""
    random = Random(seed)
    changes: tuple[_Change, ...] = (_without, _with_other, _turned, _moved, _changed, _more)
    for number in range(count):
        name = f"{CASE}varied/{number}"
        said = _renamed(random.choice(examples), name)
        for _ in range(random.randint(1, 5)):
            said = random.choice(changes)(said, ox.NamedNode(name), random, examples)
        if any(predicate.value == core("requests") for _, predicate, _ in said):
            days = set(knowledge.day_properties.values())
            quads = [ox.Quad(*one) for one in said if one[1] not in days]
            yield from cases_of(quads, [ox.NamedNode(name)], knowledge, "varied")


def _renamed(case: Case, name: str) -> list[Statement]:
    own = {subject.value for subject, _, _ in case.statements}

    def new(term: Any) -> Any:
        if not isinstance(term, ox.NamedNode) or term.value not in own:
            return term
        return ox.NamedNode(name if term.value == case.iri else f"{name}/{term.value.rpartition('/')[2]}")

    return [(new(subject), predicate, new(value)) for subject, predicate, value in case.statements]


def _parts(said: Sequence[Statement], case: ox.NamedNode) -> list[Any]:
    """Return the facts and requests of a case."""
    named = {value for _, _, value in said if isinstance(value, ox.NamedNode)}
    return sorted((value for value in named if value.value.startswith(f"{case.value}/")), key=str)


def _without(said: list[Statement], case: ox.NamedNode, random: Random, _: Sequence[Case]) -> list[Statement]:
    """Leave out one statement."""
    gone = random.choice([one for one in said if one[1].value != RDF + "type" or one[0] != case])
    return [one for one in said if one != gone]


def _with_other(said: list[Statement], case: ox.NamedNode, random: Random, examples: Sequence[Case]) -> list[Statement]:
    """Add all facts and requests of another example."""
    other = ox.NamedNode(f"{case.value}/other{random.randrange(10**6)}")
    added = [one for one in _renamed(random.choice(examples), other.value) if one[1].value not in _DATES]
    return said + [(case if subject == other else subject, predicate, value) for subject, predicate, value in added]


def _turned(said: list[Statement], case: ox.NamedNode, random: Random, _: Sequence[Case]) -> list[Statement]:
    """Set the polarity, outcome or part of the body of one fact or request."""
    parts = _parts(said, case)
    if not parts:
        return said
    part, (amount, values) = random.choice(parts), random.choice(_AMOUNTS)
    kept = [one for one in said if not (one[0] == part and one[1].value == core(amount))]
    return [*kept, (part, ox.NamedNode(core(amount)), ox.NamedNode(BASE + random.choice(values)))]


def _moved(said: list[Statement], case: ox.NamedNode, random: Random, _: Sequence[Case]) -> list[Statement]:
    """Move one date, of the case itself in every other case."""
    dated = [one for one in said if isinstance(one[2], ox.Literal) and one[2].datatype.value == XSD + "date"]
    dated = [one for one in dated if one[0] == case] if random.random() < 0.5 else dated
    if not dated:
        return said
    subject, predicate, value = random.choice(dated)
    day = date.fromisoformat(value.value) + timedelta(days=random.choice(_DAYS))
    moved = (subject, predicate, ox.Literal(day.isoformat(), datatype=value.datatype))
    return [*(one for one in said if one != (subject, predicate, value)), moved]


def _changed(said: list[Statement], case: ox.NamedNode, random: Random, _: Sequence[Case]) -> list[Statement]:
    """Change one number of a fact or request by one, or double it."""
    kinds = {XSD + kind for kind in _NUMBERS}
    literals = [one for one in said if isinstance(one[2], ox.Literal) and one[0] != case]
    numbers = [one for one in literals if one[2].datatype.value in kinds]
    if not numbers:
        return said
    subject, predicate, value = random.choice(numbers)
    number = float(value.value)
    literal = ox.Literal(f"{max(random.choice((number - 1, number + 1, number * 2)), 1):g}", datatype=value.datatype)
    return [*(one for one in said if one != (subject, predicate, value)), (subject, predicate, literal)]


def _more(said: list[Statement], case: ox.NamedNode, random: Random, examples: Sequence[Case]) -> list[Statement]:
    """Add one fact or request of another example."""
    other = ox.NamedNode(f"{case.value}/more{random.randrange(10**6)}")
    added = _renamed(random.choice(examples), other.value)
    part = random.choice(_parts(added, other))
    links = [(case, predicate, value) for _, predicate, value in added if value == part]
    return said + links + [one for one in added if one[0] == part]
