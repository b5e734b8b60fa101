"""Single changes to the knowledge base, each of which some worked example should notice.

A change is of one number, one comparator, one date, one class or one link. What only orders or words things is changed where
the order can be told apart: ranks and precedences change places. Names, citations and the like are left alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.derive import Statement
from imr_kb.load import Knowledge, statements
from imr_kb.rdf import parse_quads
from imr_kb.terms import RDF, RDFS, XSD, core, short

__all__ = ["Mutant", "Sources", "mutants"]


def _term(name: str) -> ox.NamedNode:
    return ox.NamedNode(core(name))


def _terms(*names: str) -> frozenset[ox.NamedNode]:
    return frozenset(map(_term, names))


_TYPE: Final = ox.NamedNode(RDF + "type")
_SUBCLASS: Final = ox.NamedNode(RDFS + "subClassOf")
_WITHIN: Final = _term("within")
# The entries that rules read. What the knowledge base merely states, such as time limits of review, decides no example.
_DECIDING: Final = _terms(
    *("Recommendation", "Standing", "PhaseDefinition", "Factor", "DateBasis", "Tier", "EvidenceLevel"),
    *("WithinSource", "AcrossSources", "FindingCriterion", "TriedCriterion", "QuantityCriterion", "DurationCriterion"),
    *("DoseCriterion", "ResponseCriterion", "IntervalCriterion", "PhaseCriterion", "AttributeCriterion"),
    *("CompleteCriterion", "DependsCriterion", "UnknownCriterion", "GroupCriterion"),
)
_NUMBERS: Final = _terms(
    *("mostUnits", "mostDays", "mostPerDay", "mostTimes", "withinDays", "withinMonths", "leastVisits", "leastWeeks"),
    *("leastDays", "leastCount", "leastMembers", "leastReliefPercent", "leastReliefWeeks", "least", "most", "factor"),
    *("overMg", "upToMg"),
)
_DATES: Final = _terms("inForceFrom", "inForceTo")
_ORDERS: Final = _terms("rank", "precedence")
_CLASSES: Final = _terms("finding", "treatment", "service", "response", "covers", "treats", "afterSurgery", "region")
_LINKS: Final = _terms(
    *("requires", "limitedBy", "ruledOutBy", "continuesIf", "unless", "advises", "member"),
    *("covers", "treats", "inPhase", "afterSurgery", "region"),
)
_FLAGS: Final = _terms("anotherIsNew", "whereAuthorized")
_PHASES: Final = tuple(map(_term, ("Acute", "Subacute", "Chronic", "Postsurgical")))
_STATED, _ABSENT = _term("stated"), _term("Absent")
_COUNTS_EARLIER: Final = _term("countsEarlier")
_LEAST_MEMBERS: Final = _term("leastMembers")
_MEMBER: Final = _term("member")
_IN_TABLE, _EQUIVALENT_BY = _term("inTable"), _term("equivalentBy")
_FALSE: Final = ox.Literal("false", datatype=ox.NamedNode(XSD + "boolean"))
# A value of these is one of two, and what it is changed to.
_OPPOSITES: Final = {
    _term("burden"): {_term("OnRequester"): _term("OnOpponent"), _term("OnOpponent"): _term("OnRequester")},
    _term("mustHave"): {_term("Failed"): _term("Helped"), _term("Helped"): _term("Failed")},
    _term("disposition"): {
        _term("Recommended"): _term("NotRecommended"),
        _term("Option"): _term("NotRecommended"),
        _term("NotRecommended"): _term("Recommended"),
        _term("NoRecommendation"): _term("Recommended"),
    },
}


@dataclass(frozen=True)
class Mutant:
    """One change: where, of which kind, in words, and the statements that it takes out and puts in."""

    file: str
    subject: ox.NamedNode
    predicate: ox.NamedNode
    kind: str
    change: str
    removed: tuple[Statement, ...]
    added: tuple[Statement, ...]

    @property
    def name(self) -> str:
        """The change as one line: the same for the same change, whatever else is changed."""
        return f"{self.file}: {short(self.subject.value)} {short(self.predicate.value)}: {self.change}"

    def to_dict(self) -> dict[str, str]:
        """Return the change as a plain object."""
        return {
            "file": self.file,
            "term": short(self.subject.value),
            "property": short(self.predicate.value),
            "kind": self.kind,
            "change": self.change,
        }


class Sources:
    """The statements of a knowledge base as its files have them, before anything is computed from them."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Read the files below the root of ``knowledge``."""
        root: Path = knowledge.root
        self.store = knowledge.store
        self.day_properties = knowledge.day_properties
        self.ontology: list[ox.Quad] = []
        for path in sorted(root.glob("ontology/*.ttl")):
            self.ontology += parse_quads(path.read_bytes(), ox.RdfFormat.TURTLE, path.name)
        self.files: dict[str, list[Statement]] = {}
        for path in sorted(root.glob("kb/**/*.ttl")):
            name = path.relative_to(root).as_posix()
            content = statements(parse_quads(path.read_bytes(), ox.RdfFormat.TURTLE, name))
            self.files[name] = [each for statement in content for each in _with_days(self, statement)]
        self._parents: dict[Any, set[Any]] = defaultdict(set)
        self._children: dict[Any, set[Any]] = defaultdict(set)
        for subject, predicate, value in statements(self.ontology):
            if predicate == _SUBCLASS and isinstance(subject, ox.NamedNode) and isinstance(value, ox.NamedNode):
                self._parents[subject].add(value)
                self._children[value].add(subject)

    def within(self, narrow: Any, wide: Any) -> bool:
        """Say whether the concept ``narrow`` is ``wide`` or within it."""
        return ox.Quad(narrow, _WITHIN, wide) in self.store

    def parent(self, concept: Any) -> Any | None:
        """Return the nearest more general concept: of several, the one that is within most others.

        The widest class of a vocabulary is none: it means anything, and is not written by a slip.
        """
        found = [parent for parent in self._parents[concept] if not self._parents[parent] <= {_term("Concept")}]
        return min(found, key=lambda parent: (-self._depth(parent), str(parent)), default=None)

    def sibling(self, concept: Any, taken: Sequence[Any]) -> Any | None:
        """Return another concept below the same one, apart from ``concept`` and from all that are ``taken``."""
        above = self.parent(concept)
        found = [
            other
            for other in sorted(self._children[above], key=str)
            if not any(self.within(other, one) or self.within(one, other) for one in (concept, *taken))
        ]
        return next((other for other in found if str(other) > str(concept)), found[0] if found else None)

    def _depth(self, concept: Any) -> int:
        return sum(1 for _ in self.store.quads_for_pattern(concept, _WITHIN, None))


def mutants(sources: Sources, only: str | None = None) -> Iterator[Mutant]:
    """Yield every single change, of one file where ``only`` names it, in the order of the files."""
    ranks = _neighbours(sources)
    # No example can be decided by the factors of a table that no criterion names.
    tables = {value for content in sources.files.values() for _, name, value in content if name == _EQUIVALENT_BY}
    for file, content in sources.files.items():
        if only is not None and file != only:
            continue
        by_subject: dict[Any, dict[Any, list[Any]]] = defaultdict(lambda: defaultdict(list))
        for subject, predicate, value in content:
            if isinstance(subject, ox.NamedNode):
                by_subject[subject][predicate].append(value)
        for subject in sorted(by_subject, key=str):
            entry = by_subject[subject]
            unread = _IN_TABLE in entry and tables.isdisjoint(entry[_IN_TABLE])
            if not unread and not _DECIDING.isdisjoint(entry[_TYPE]):
                yield from _of_entry(sources, file, subject, entry)
                yield from ranks.get(subject, ())


def _of_entry(sources: Sources, file: str, subject: Any, entry: dict[Any, list[Any]]) -> Iterator[Mutant]:
    def changed(predicate: Any, kind: str, old: Any | None, new: Any | None, how: str = "") -> Mutant:
        what = " to ".join(_shown(value) for value in (old, new) if value is not None)
        verb = how or ("without" if new is None else "with" if old is None else "from")
        return Mutant(
            file=file,
            subject=subject,
            predicate=predicate,
            kind=kind,
            change=f"{verb} {what}",
            removed=tuple(_with_days(sources, (subject, predicate, old))) if old is not None else (),
            added=tuple(_with_days(sources, (subject, predicate, new))) if new is not None else (),
        )

    for predicate in sorted(entry, key=str):
        for value in sorted(entry[predicate], key=str):
            if predicate in _NUMBERS:
                yield from (changed(predicate, "number", value, new) for new in _near(value))
            elif predicate in _DATES:
                yield from (changed(predicate, "date", value, new) for new in _days_around(value))
            elif predicate in _FLAGS:
                yield changed(predicate, "comparator", value, None)
            elif predicate in _OPPOSITES:
                yield changed(predicate, "comparator", value, _OPPOSITES[predicate][value])
            if predicate in _CLASSES:
                taken = entry[predicate]
                above, beside = sources.parent(value), sources.sibling(value, taken)
                if above is not None and above not in taken:
                    yield changed(predicate, "class to parent", value, above)
                if beside is not None:
                    yield changed(predicate, "class to sibling", value, beside)
            if predicate == _term("inPhase"):
                other = _PHASES[(_PHASES.index(value) + 1) % len(_PHASES)]
                if other not in entry[predicate]:
                    yield changed(predicate, "class to sibling", value, other)
            if predicate in _LINKS:
                yield changed(predicate, "link", value, None)
    kinds = {str(kind.value).removeprefix(core("")) for kind in entry[_TYPE]}
    if "FindingCriterion" in kinds:
        stated = entry.get(_STATED, [])
        yield changed(_STATED, "comparator", _ABSENT, None) if stated else changed(_STATED, "comparator", None, _ABSENT)
    if "QuantityCriterion" in kinds:
        given = entry.get(_COUNTS_EARLIER, [])
        yield changed(_COUNTS_EARLIER, "comparator", given[0] if given else None, None if given else _FALSE)
    if "GroupCriterion" in kinds:
        given = entry.get(_LEAST_MEMBERS, [])
        members = len(entry[_MEMBER])
        if given and int(given[0].value) < members:
            yield changed(_LEAST_MEMBERS, "comparator", given[0], None, "all members instead of")
        elif not given and members > 1:
            yield changed(_LEAST_MEMBERS, "comparator", None, ox.Literal(1), "any member instead of all:")


def _near(value: Any) -> Iterator[ox.Literal]:
    """Yield the number one step up and, down to nothing, one step down: a step is the last digit that is written."""
    number = Decimal(value.value)
    step = Decimal(1).scaleb(min(int(number.as_tuple().exponent), 0))
    for other in (number + step, number - step):
        if other >= 0:
            yield ox.Literal(str(other), datatype=value.datatype)


def _days_around(value: Any) -> Iterator[ox.Literal]:
    day = date.fromisoformat(value.value)
    for other in (day - timedelta(days=1), day + timedelta(days=1)):
        yield ox.Literal(other.isoformat(), datatype=value.datatype)


def _with_days(sources: Sources, statement: Statement) -> Iterator[Statement]:
    """Yield a statement and, of a date, the day number beside it."""
    yield statement
    subject, predicate, value = statement
    if predicate in sources.day_properties:
        days = (date.fromisoformat(value.value) - date(1970, 1, 1)).days
        yield subject, sources.day_properties[predicate], ox.Literal(days)


def _neighbours(sources: Sources) -> dict[Any, list[Mutant]]:
    """Return the changes of order: what stands next to each other by a rank or precedence changes places."""
    ordered: dict[tuple[Any, Any], list[tuple[int, str, Any, Any]]] = defaultdict(list)
    for file, content in sources.files.items():
        kinds = {subject: value for subject, predicate, value in content if predicate == _TYPE}
        for subject, predicate, value in content:
            if predicate in _ORDERS:
                ordered[kinds[subject], predicate].append((int(value.value), file, subject, value))
    found: dict[Any, list[Mutant]] = defaultdict(list)
    for (_, predicate), entries in ordered.items():
        entries.sort(key=lambda entry: (entry[0], str(entry[2])))
        for (first, file, one, here), (second, _, other, there) in pairwise(entries):
            if first != second:
                found[one].append(
                    Mutant(
                        file=file,
                        subject=one,
                        predicate=predicate,
                        kind="order",
                        change=f"changes places with {short(str(other.value))}",
                        removed=((one, predicate, here), (other, predicate, there)),
                        added=((one, predicate, there), (other, predicate, here)),
                    )
                )
    return found


def _shown(value: Any) -> str:
    return short(str(value.value)) if isinstance(value, ox.NamedNode) else str(value.value)
