"""Write cases as they were read: as Turtle for machines, as a list for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.facts import Facts
from imr_kb.load import Case, Knowledge
from imr_kb.terms import OA, PREFIXES, RDF, RDFS, core, short

__all__ = ["as_text", "as_turtle"]

_TYPE: Final = ox.NamedNode(RDF + "type")
_CONCEPT: Final = ox.NamedNode(core("concept"))
_EVIDENCE: Final = ox.NamedNode(core("evidence"))
_POLARITY: Final = ox.NamedNode(core("polarity"))
_COMPRISES: Final = ox.NamedNode(core("comprises"))
_SEQUENCE: Final = ox.NamedNode(core("sequence"))
_LABEL: Final = ox.NamedNode(RDFS + "label")
_EXACT: Final = ox.NamedNode(OA + "exact")
_START: Final = ox.NamedNode(OA + "start")
_LINKS: Final[Mapping[str, str]] = {
    "requests": "Disputed items",
    "hasDiagnosis": "Diagnoses and complaints",
    "hasFinding": "Findings",
    "hasStudy": "Studies",
    "hasTreatment": "Treatment given",
    "takesMedication": "Medication",
    "hasResponse": "Responses to care",
    "plans": "Planned, not in dispute",
}
_QUIET: Final = frozenset({_TYPE, _CONCEPT, _EVIDENCE, _POLARITY, ox.NamedNode(core("requestedText")), _COMPRISES})


def as_turtle(cases: Iterable[Case], knowledge: Knowledge) -> Iterator[str]:
    """Yield the cases as one Turtle document in sorted order, day numbers left out: the loader writes them."""
    days = set(knowledge.day_properties.values())
    triples = {
        ox.Triple(quad.subject, quad.predicate, quad.object)
        for case in cases
        for quad in case.quads
        if quad.predicate not in days
    }
    yield (ox.serialize(sorted(triples, key=str), format=ox.RdfFormat.TURTLE, prefixes=PREFIXES) or b"").decode()


def as_text(cases: Iterable[Case], knowledge: Knowledge) -> Iterator[str]:
    """Yield each case as a list of what was read, each entry with its words."""
    days = set(knowledge.day_properties.values())
    for case in cases:
        facts, node = Facts(case.statements), ox.NamedNode(case.iri)
        yield f"{case.file}: {case.iri}\n"
        own = {predicate: value for subject, predicate, value in case.statements if subject == node}
        for predicate, value in sorted(own.items(), key=str):
            name = predicate.value.removeprefix(core(""))
            if predicate not in days and predicate != _TYPE and name not in _LINKS:
                yield f"  {name}: {_shown(value)}\n"
        for link, title in _LINKS.items():
            entries = sorted(
                _entry(entry, facts, knowledge, days) for entry in facts.all(node, ox.NamedNode(core(link)))
            )
            if entries:
                yield f"\n  {title}\n"
                yield from (f"    {text}\n" for _, text in entries)
        yield "\n"


def _entry(node: Any, facts: Facts, knowledge: Knowledge, days: set[ox.NamedNode]) -> tuple[tuple[int, str], str]:
    parts = sorted(facts.all(node, _COMPRISES), key=lambda part: (int(facts.text(part, _SEQUENCE) or 0), str(part)))
    named = [_named(part, facts, knowledge) for part in parts or [node]]
    absent = facts.one(node, _POLARITY) == ox.NamedNode(core("Absent"))
    evidence = sorted(facts.all(node, _EVIDENCE), key=lambda item: int(facts.text(item, _START) or 0))
    words = "; ".join(f'"{" ".join((facts.text(item, _EXACT) or "").split())}"' for item in evidence)
    details = ", ".join(sorted(_details(node, facts, days)))
    text = ("denied: " if absent else "") + " and ".join(named)
    text += (f" ({details})" if details else "") + (f": {words}" if words else "")
    return (min((int(facts.text(item, _START) or 0) for item in evidence), default=0), text), text


def _named(node: Any, facts: Facts, knowledge: Knowledge) -> str:
    concept = facts.one(node, _CONCEPT)
    found: Any = knowledge.store.quads_for_pattern(concept, _LABEL, None) if concept else ()
    return min((quad.object.value for quad in found), default="not recognised")


def _details(node: Any, facts: Facts, days: set[ox.NamedNode]) -> Iterator[str]:
    for predicate in facts.predicates(node):
        if predicate in _QUIET or predicate in days:
            continue
        for value in facts.all(node, predicate):
            yield f"{predicate.value.removeprefix(core(''))} {_shown(value)}"


def _shown(value: Any) -> str:
    if not isinstance(value, ox.NamedNode):
        return str(value.value)
    name = short(value.value)
    return " ".join(name.rsplit("/", 2)[1:]) if "://" in name else name.partition(":")[2]
