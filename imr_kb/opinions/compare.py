"""Compare the second opinion with the engine, row by row, and make a disagreement small."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import pyoxigraph as ox

from imr_kb.derive import Statement
from imr_kb.errors import Problem
from imr_kb.judge import CHUNK, Judge
from imr_kb.load import Case, Knowledge, cases_of
from imr_kb.opinions.second import Row, SecondOpinion
from imr_kb.terms import CORE, PREFIXES, RDF, core, short

__all__ = ["Comparison", "Disagreement", "as_turtle", "compare", "lines_of", "rows_of", "smallest"]

_REQUESTS: Final = ox.NamedNode(core("requests"))
_ASKS_FOR: Final = frozenset({_REQUESTS, ox.NamedNode(core("comprises"))})
_APPLICABLE: Final = core("Applicable")
_GOVERNING: Final = core("Governing")


@dataclass(frozen=True)
class Disagreement:
    """A case on which the two differ: the rows that only the engine has, and those that only the second opinion has."""

    case: Case
    engine: tuple[Row, ...]
    second: tuple[Row, ...]


@dataclass(frozen=True)
class Comparison:
    """How many cases were compared, how many rows of each kind, and where the two differ."""

    cases: int
    rows: Mapping[str, int]
    disagreements: tuple[Disagreement, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Each disagreement as a problem: OP001."""
        return tuple(
            Problem(
                file=found.case.file,
                code="OP001",
                term=found.case.iri,
                what="Engine and second opinion differ on the case.",
                next_step="Look at the smallest case that shows it, and at what docs/rules.md says.",
            )
            for found in self.disagreements
        )


def compare(cases: Sequence[Case], judge: Judge, second: SecondOpinion) -> Comparison:
    """Decide ``cases`` twice and compare all that :class:`Row` speaks of.

    Raises:
        ImrError: CA030 where two cases have the same IRI.
    """
    ours: set[Row] = set()
    for start in range(0, len(cases), CHUNK):
        ours |= rows_of(judge.derive(cases[start : start + CHUNK]))
    theirs = second.decide(cases)
    counted = Counter(row.what for row in ours)
    differing = ours ^ theirs
    found = []
    for case in cases if differing else ():
        own = {case.iri, *(value.value for _, predicate, value in case.statements if predicate in _ASKS_FOR)}
        mine, others = _of(own, differing & ours), _of(own, differing & theirs)
        if mine or others:
            found.append(Disagreement(case, mine, others))
    return Comparison(len(cases), dict(sorted(counted.items())), tuple(found))


def smallest(disagreement: Disagreement, knowledge: Knowledge, second: SecondOpinion) -> Disagreement:
    """Return the disagreement on the smallest case that still has one: no statement can be left out without losing it.

    Facts and requests are left out first, as wholes, then what is said of each (delta debugging, Zeller and
    Hildebrandt 2002).
    """
    judge = Judge(knowledge)

    def persists(case: Case) -> Disagreement | None:
        return next(iter(compare([case], judge, second).disagreements), None)

    for granules in (_parts, _statements):
        disagreement = _reduced(disagreement, granules, persists, knowledge)
    return disagreement


def rows_of(derived: Sequence[Statement]) -> frozenset[Row]:
    """Return what the engine decided, from what its rules derived."""
    return frozenset(_rows(derived))


def lines_of(comparison: Comparison, knowledge: Knowledge, second: SecondOpinion) -> Iterator[str]:
    """Tell a comparison: how much was compared, then each disagreement on the smallest case that shows it, as Turtle."""
    counted = ", ".join(f"{count} {what}" for what, count in comparison.rows.items())
    yield f"{comparison.cases} cases, {sum(comparison.rows.values())} rows ({counted or 'none'})\n"
    yield f"{len(comparison.disagreements)} cases differ\n"
    for found in comparison.disagreements:
        least = smallest(found, knowledge, second)
        yield f"\n# {found.case.file}: {found.case.iri}\n"
        yield from (f"# engine: {' '.join(filter(None, row))}\n" for row in least.engine)
        yield from (f"# second: {' '.join(filter(None, row))}\n" for row in least.second)
        yield as_turtle(least.case, knowledge)


def as_turtle(case: Case, knowledge: Knowledge) -> str:
    """Return a case as Turtle, without what the loader adds to it."""
    days = set(knowledge.day_properties.values())
    triples = [ox.Triple(*said) for said in case.statements if said[1] not in days]
    return (ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=dict(PREFIXES)) or b"").decode()


def _of(subjects: set[str], rows: set[Row]) -> tuple[Row, ...]:
    return tuple(sorted(row for row in rows if row.subject in subjects))


def _rows(derived: Sequence[Statement]) -> Iterator[Row]:
    said: dict[str, dict[str, str]] = defaultdict(dict)
    kinds: dict[str, set[str]] = defaultdict(set)
    for subject, predicate, value in derived:
        if predicate.value == RDF + "type":
            kinds[subject.value].add(value.value)
        else:
            said[subject.value][predicate.value.removeprefix(CORE)] = value.value
    for subject, values in said.items():
        if "asOf" in values:
            yield Row(subject, "deciding date", short(values["asOfBasis"]), values["asOf"])
        request = values.get("ofRequest", "")
        if _APPLICABLE in kinds[subject]:
            yield Row(request, "applies", short(values["ofRecommendation"]), short(values["ofStanding"]))
        if _GOVERNING in kinds[subject]:
            yield Row(request, "governs", "", short(values["ofRecommendation"]))
        if "status" in values and "ofCriterion" in values:
            yield Row(request, "status", short(values["ofClause"]), short(values["status"]))
        if "verdict" in values:
            yield Row(request, "verdict", "", short(values["verdict"]))
            yield Row(request, "ground", "", short(values["ground"]))


_Granules: TypeAlias = Callable[[Case], list[frozenset[ox.Quad]]]


def _parts(case: Case) -> list[frozenset[ox.Quad]]:
    """Return what is said of each fact and request, together with the statement that joins it with the case."""
    by_node: dict[str, set[ox.Quad]] = defaultdict(set)
    for quad, (subject, _, value) in zip(case.quads, case.statements, strict=True):
        node = subject.value if subject.value != case.iri else value.value
        by_node[node if isinstance(value, ox.NamedNode) or subject.value != case.iri else str(quad)].add(quad)
    return [frozenset(quads) for _, quads in sorted(by_node.items())]


def _statements(case: Case) -> list[frozenset[ox.Quad]]:
    return [frozenset([quad]) for quad in case.quads]


def _reduced(
    disagreement: Disagreement,
    granules: _Granules,
    persists: Callable[[Case], Disagreement | None],
    knowledge: Knowledge,
) -> Disagreement:
    """Leave out ever smaller groups of granules as long as a disagreement remains."""
    parts = granules(disagreement.case)
    size = max(len(parts) // 2, 1)
    while True:
        left_out = False
        for start in range(0, len(parts), size):
            kept = parts[:start] + parts[start + size :]
            case = _case_of(kept, disagreement.case, knowledge)
            remaining = persists(case) if case else None
            if remaining:
                disagreement, parts, left_out = remaining, kept, True
                break
        if not left_out and size == 1:
            return disagreement
        size = max(size // 2, 1) if not left_out else min(size, max(len(parts) // 2, 1))


def _case_of(parts: Sequence[frozenset[ox.Quad]], case: Case, knowledge: Knowledge) -> Case | None:
    days = set(knowledge.day_properties.values())
    quads = {quad for part in parts for quad in part if quad.predicate not in days}
    if not any(quad.predicate == _REQUESTS for quad in quads):
        return None
    return cases_of(quads, [ox.NamedNode(case.iri)], knowledge, case.file)[0]
