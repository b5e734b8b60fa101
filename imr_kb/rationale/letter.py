"""Put the draft of a determination together, in the order of a determination.

What the law asks a determination to contain, and what a reviewer must be, is read from ``kb/review_law.ttl``: 8 CCR
9792.10.6(d), Labor Code 139.5(d). What the record cannot tell is left as a marked blank.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.facts import StoredFacts
from imr_kb.load import Knowledge
from imr_kb.rationale import wording
from imr_kb.rationale.document import Draft, Line, Section
from imr_kb.rationale.sentences import Writer, decided, in_force, rationale, standard
from imr_kb.render import NOTICE
from imr_kb.terms import KB, OA, RDF, RDFS, SKOS, core
from imr_kb.trace import CaseDecisions, Evidence

__all__ = ["TITLE", "draft", "drafts"]

TITLE: Final = "Draft for an independent medical review"
_TYPE: Final = ox.NamedNode(RDF + "type")
_LABEL: Final = ox.NamedNode(RDFS + "label")
_PREF: Final = ox.NamedNode(SKOS + "prefLabel")
_DEFINITION: Final = ox.NamedNode(SKOS + "definition")
_CITATION: Final = ox.NamedNode(core("citation"))
_MUST_BE_STATED: Final = ox.NamedNode(core("mustBeStated"))
_CONCEPT: Final = ox.NamedNode(core("concept"))
_POLARITY: Final = ox.NamedNode(core("polarity"))
_ABSENT: Final = ox.NamedNode(core("Absent"))
_EVIDENCE: Final = ox.NamedNode(core("evidence"))
_DOCUMENT: Final = ox.NamedNode(core("document"))
_INFERRED: Final = ox.NamedNode(core("inferred"))
_EXACT: Final = ox.NamedNode(OA + "exact")
_START: Final = ox.NamedNode(OA + "start")
_END: Final = ox.NamedNode(OA + "end")
_DATES: Final = {
    "Date of injury": "injuredOn",
    "Date of the request for authorization": "requestedOn",
    "Date of the utilization review decision": "deniedOn",
}
_CONDITION: Final = {"Diagnoses on record": "hasDiagnosis", "Findings on record": "hasFinding"}
_STANDARD: Final = f"{KB}review/content_standard"
#: Where this draft gives a content that the law asks for; what is not named here is left to the reviewer.
_PLACES: Final = {
    f"{KB}review/content_finding": "Disputed items and recommended findings",
    f"{KB}review/content_condition": "The medical condition",
    f"{KB}review/content_documents": "Documents considered",
    f"{KB}review/content_facts": "Rationale",
    _STANDARD: "Rationale",
    f"{KB}review/content_citation": "Rationale",
}


def drafts(results: Iterable[CaseDecisions], knowledge: Knowledge) -> Iterator[Draft]:
    """Yield the draft of each case."""
    known = StoredFacts(knowledge.store)
    law = {
        kind: sorted(
            (quad.subject for quad in knowledge.store.quads_for_pattern(None, _TYPE, ox.NamedNode(core(kind)))), key=str
        )
        for kind in ("Qualification", "RequiredContent")
    }
    return (_draft(result, known, law) for result in results)


def draft(result: CaseDecisions, knowledge: Knowledge) -> Draft:
    """Return the draft for one case."""
    return next(drafts([result], knowledge))


def _draft(result: CaseDecisions, known: StoredFacts, law: Mapping[str, Sequence[Any]]) -> Draft:
    writer = Writer(result, known)
    qualifications, contents = (
        [node for node in law[kind] if in_force(node, known, writer.day)]
        for kind in ("Qualification", "RequiredContent")
    )
    items = list(enumerate(result.decisions, 1))
    services = [
        (f"{number}-{place}" if decision.parts else str(number), one)
        for number, decision in items
        for place, one in enumerate(decision.parts or (decision,), 1)
    ]
    unnamed = {_STANDARD} if any(standard(writer, one) is None for _, one in services) else set()
    sections = [
        Section("case", "The case", 1, tuple(_case(writer, result))),
        Section("items", _PLACES[f"{KB}review/content_finding"], 1, tuple(decided(writer, *item) for item in items)),
        Section("condition", "The medical condition", 1, tuple(_condition(writer, result))),
        Section("documents", "Documents considered", 1, tuple(_documents(writer, result))),
        Section("rationale", "Rationale", 1, (Line("note", note=_METHOD),)),
        *(part for service in services for part in rationale(writer, *service)),
        Section("reviewer", "The reviewer", 1, tuple(_reviewer(writer, qualifications))),
        Section("contents", "What a determination must contain", 1, tuple(_contents(writer, contents, unnamed))),
    ]
    return Draft(
        file=wording.clean(result.file),
        case=result.case,
        as_of=result.as_of,
        kb_version=result.kb_version,
        title=TITLE,
        notice=NOTICE,
        sections=tuple(section for section in sections if section.lines),
        words=writer.words,
    )


_METHOD: Final = (
    "The guideline in force on the deciding date is looked up, and each of its criteria is compared with the record. "
    "The record shows a criterion, shows the contrary, or does not say; silence is never read as the contrary."
)


def _case(writer: Writer, result: CaseDecisions) -> Iterator[Line]:
    record, node = writer.nodes.record, ox.NamedNode(result.case)
    number = record.text(node, ox.NamedNode(core("caseNumber")))
    if number:
        yield _field(writer, "Case number", wording.clean(number), result.case)
    else:
        yield Line("blank", label="Case number")
    for label, name in _DATES.items():
        found = record.text(node, ox.NamedNode(core(name)))
        yield _field(writer, label, wording.day(found) if found else "The record does not say", result.case)
    if result.as_of:
        basis = f", the {result.as_of_basis}" if result.as_of_basis else ""
        yield _field(writer, "Decided under the guidelines of", f"{wording.day(result.as_of)}{basis}", result.case)
    yield _field(writer, "Read from", wording.clean(result.file), result.case)
    yield Line("note", note=f"Knowledge base {result.kb_version}.")


def _field(writer: Writer, label: str, value: str, *nodes: str) -> Line:
    return Line("field", label=label, sentences=(writer.say(f"{value}.", *nodes),))


def _condition(writer: Writer, result: CaseDecisions) -> Iterator[Line]:
    for label, name in _CONDITION.items():
        facts = _facts(writer, result, name)
        told = tuple(writer.facts(facts)) or (writer.say("The record does not say.", result.case),)
        yield Line("field", label=label, sentences=told)
    yield Line("blank", label="Clinical summary", note="To be written by the reviewer from the records.")


def _facts(writer: Writer, result: CaseDecisions, name: str) -> list[Evidence]:
    record, known = writer.nodes.record, writer.knowledge
    found = []
    for fact in record.all(ox.NamedNode(result.case), ox.NamedNode(core(name))):
        concept = record.one(fact, _CONCEPT)
        if concept is None or record.text(fact, _INFERRED) == "true":
            continue
        for words in record.all(fact, _EVIDENCE) or [None]:
            start = record.text(words, _START) if words else None
            end = record.text(words, _END) if words else None
            found.append(
                Evidence(
                    fact=fact.value,
                    concept=concept.value,
                    label=known.text(concept, _LABEL) or concept.value,
                    stated="absent" if record.one(fact, _POLARITY) == _ABSENT else "present",
                    text=record.text(words, _EXACT) if words else None,
                    start=int(start) if start else None,
                    end=int(end) if end else None,
                    document=record.text(words, _DOCUMENT) if words else None,
                )
            )
    return sorted(found, key=lambda item: (-1 if item.start is None else item.start, item.fact, item.text or ""))


def _documents(writer: Writer, result: CaseDecisions) -> Iterator[Line]:
    """Yield the documents that facts of the case quote."""
    quoting: dict[str, list[str]] = {}
    for node in sorted(writer.nodes.record.having(_EXACT), key=str):
        name = writer.nodes.record.text(node, _DOCUMENT)
        if name:
            quoting.setdefault(wording.clean(name), []).append(node.value)
    for name, nodes in sorted(quoting.items()):
        yield Line("paragraph", sentences=(writer.say(f"{name}.", *nodes),))
    if not quoting:
        text = "The facts of this case name no document."
        yield Line("paragraph", sentences=(writer.say(text, result.case),))
    yield Line("blank", label="Further documents", note="To be listed by the reviewer.")


def _reviewer(writer: Writer, qualifications: Sequence[Any]) -> Iterator[Line]:
    yield Line("note", note="The reviewer fills in and signs. Nothing here is known to the program.")
    for node in qualifications:
        if writer.knowledge.text(node, _MUST_BE_STATED) == "true":
            yield _law(writer, node, "blank")
    yield Line("blank", label="Each recommended finding above is accepted, or changed as follows")
    yield Line("blank", label="Signature and date")


def _contents(writer: Writer, contents: Sequence[Any], unnamed: Collection[str]) -> Iterator[Line]:
    """Yield what the law asks for; ``unnamed`` are contents that the draft does not give for every item."""
    for node in contents:
        place = None if node.value in unnamed else _PLACES.get(node.value)
        yield _law(writer, node, "note" if place else "blank", f" In this draft: “{place}”." if place else "")


def _law(writer: Writer, node: Any, kind: str, place: str = "") -> Line:
    """Return a line with what a statement of the law asks for."""
    text = writer.knowledge.text
    label = text(node, _PREF) or ""
    asked = f"{text(node, _DEFINITION)} ({text(node, _CITATION)})."
    return Line(kind, label=label[:1].upper() + label[1:], note=asked.replace(". (", " (") + place)
