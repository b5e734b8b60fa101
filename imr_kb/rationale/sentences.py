"""Build the sentences of the rationale of one disputed item from its proof."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import pyoxigraph as ox

from imr_kb.facts import Facts
from imr_kb.formulary import formulary_in_words
from imr_kb.phrases import only_by_exception, unencoded
from imr_kb.rationale import wording
from imr_kb.rationale.document import Line, Section, Sentence, Words
from imr_kb.rationale.nodes import Nodes
from imr_kb.terms import KB, RDFS, SKOS, core
from imr_kb.trace import CaseDecisions, CriterionResult, Decision, Evidence, NotGoverning

__all__ = ["Writer", "decided", "in_force", "rationale", "standard"]

_LABEL: Final = ox.NamedNode(RDFS + "label")
_CONCEPT: Final = ox.NamedNode(core("concept"))
_DECIDED: Final = ox.NamedNode(core("decidedOn"))
_PREF: Final = ox.NamedNode(SKOS + "prefLabel")
_CITATION: Final = ox.NamedNode(core("citation"))
_FROM: Final = ox.NamedNode(core("inForceFrom"))
_TO: Final = ox.NamedNode(core("inForceTo"))
#: The standard of medical necessity, in ``kb/review_law.ttl``, that a source is by its legal rank.
_STANDARDS: Final = {
    "mtus": "standard_schedule",
    "acoem": "standard_national",
    "odg": "standard_national",
    "other": "standard_national",
}
#: The legal ranks below the schedule.
_OUTSIDE: Final = ("acoem", "odg", "other")


class Writer:
    """Numbers the sentences of a draft and the words that they quote, each quotation once."""

    def __init__(self, result: CaseDecisions, knowledge: Facts) -> None:
        """Write about ``result``; ``knowledge`` holds the names of concepts."""
        self.nodes: Final = Nodes(result)
        self.knowledge: Final = knowledge
        self.day: Final = self.nodes.record.text(ox.NamedNode(result.case), _DECIDED) or result.as_of
        self._requests = {one.request for decision in result.decisions for one in (decision, *decision.parts)}
        self._sentences = 0
        self._words: dict[str, Words] = {}

    @property
    def words(self) -> tuple[Words, ...]:
        """All that has been quoted, by number."""
        return tuple(self._words.values())

    def say(self, text: str, *nodes: str | None, words: Iterable[int] = ()) -> Sentence:
        """Return a sentence that rests on ``nodes``; those that are None are left out."""
        self._sentences += 1
        named = dict.fromkeys(node for node in nodes if node is not None)
        return Sentence(f"sentence-{self._sentences}", text, tuple(named), tuple(words))

    def facts(self, evidence: Iterable[Evidence], *nodes: str) -> Iterator[Sentence]:
        """Yield a sentence for each fact and quotation, which rests on ``nodes`` too."""
        told: dict[str, list[Evidence]] = {}
        for item in evidence:
            told.setdefault(wording.stated(item, requested=item.fact in self._requests), []).append(item)
        for text, items in told.items():
            quoted = [self._quoted(item) for item in items]
            names = [name for item in items for name in (item.fact, self.nodes.quotation(item))]
            yield self.say(text, *nodes, *names, words=dict.fromkeys(number for number in quoted if number))

    def _quoted(self, evidence: Evidence) -> int | None:
        node = self.nodes.quotation(evidence)
        if node is None or evidence.text is None:
            return None
        if node not in self._words:
            document = None if evidence.document is None else wording.clean(evidence.document)
            number = len(self._words) + 1
            text = wording.clean(evidence.text)
            self._words[node] = Words(number, node, text, evidence.start, evidence.end, document)
        return self._words[node].number


def decided(writer: Writer, number: int, decision: Decision) -> Line:
    """Return the disputed item with the finding that is recommended."""
    node = writer.nodes.decision(decision)
    return Line(
        "decision",
        label=f"{number}.",
        status=decision.verdict,
        sentences=(
            writer.say(f"{wording.clean(decision.requested).rstrip('.')}.", decision.request, node),
            writer.say(f"Recommended finding: {wording.finding(decision)}.", node),
            writer.say(wording.outcome(decision), node),
        ),
    )


def rationale(writer: Writer, number: str, decision: Decision) -> Iterator[Section]:
    """Yield the rationale of an item, or of one of its services: what was asked, what governs and why, what is missing."""
    place = f"item-{number}"
    parts = {
        f"Item {number}: {wording.clean(decision.requested)}": _asked(writer, decision),
        "Which guideline governs": _guideline(writer, decision),
        "Why": _why(writer, decision),
        "What is missing": _missing(writer, decision),
    }
    for step, (heading, lines) in enumerate(parts.items()):
        told = tuple(lines)
        if told:
            yield Section(f"{place}-{step}" if step else place, heading, 3 if step else 2, told)


def _asked(writer: Writer, decision: Decision) -> Iterator[Line]:
    node = writer.nodes.decision(decision)
    if decision.service_label is None:
        understood = "The service was not recognised, so that no recommendation could be looked up."
    else:
        understood = f"The service in dispute is understood as: {decision.service_label}."
    yield _paragraph(
        writer.say(understood, decision.request),
        writer.say(f"Recommended finding: {wording.finding(decision)}.", node),
        writer.say(wording.ground(decision), node, writer.nodes.governing(decision)),
        *(writer.say(sentence, node) for sentence in unencoded(decision)),
    )


def _guideline(writer: Writer, decision: Decision) -> Iterator[Line]:
    source, application = decision.source, writer.nodes.governing(decision)
    if source is not None and application is not None:
        sentences = [
            writer.say(f"The guideline that governs is {wording.passage(source)}.", application),
            writer.say(f"The recommendation is “{source.recommendation_label}”.", application),
            writer.say(wording.legal_rank(source), application),
        ]
        used = standard(writer, decision)
        if used is not None:
            name, citation = (writer.knowledge.text(used, key) for key in (_PREF, _CITATION))
            text = f"The standard of medical necessity used is: {name} ({citation})."
            sentences.append(writer.say(text, application))
        label = writer.knowledge.text
        matched = {
            fact.value: label(concept, _LABEL) or ""
            for fact in writer.nodes.matched(application)
            if (concept := writer.nodes.record.one(fact, _CONCEPT)) is not None
        }
        if matched:
            names = wording.joined(dict.fromkeys(matched.values()))
            sentences.append(
                writer.say(f"It speaks to this case, for the record states: {names}.", application, *matched)
            )
        if source.tier in _OUTSIDE and not _schedule_speaks(writer, decision):
            text = "No recommendation of the MTUS that fits this case speaks to the service."
            others = [writer.nodes.application(decision, item.recommendation) for item in decision.not_governing]
            sentences.append(writer.say(text, application, *others))
        sentences.append(writer.say(wording.verification(source), application))
        yield _paragraph(*sentences)
    if decision.not_governing:
        yield _paragraph(*_not_governing(writer, decision))
    if decision.formulary is not None:
        yield _paragraph(writer.say(f"{formulary_in_words(decision.formulary)}.", writer.nodes.decision(decision)))


def standard(writer: Writer, decision: Decision) -> ox.NamedNode | None:
    """Return the standard of medical necessity by which ``decision`` judges, where the law of the day knows it."""
    name = _STANDARDS.get(decision.source.tier) if decision.source else None
    node = ox.NamedNode(f"{KB}review/{name}")
    return node if name and in_force(node, writer.knowledge, writer.day) else None


def in_force(statement: ox.NamedNode, known: Facts, day: str | None) -> bool:
    """Say whether a statement of the law holds on ``day``; where the day is not known, any does."""
    return day is None or ((known.text(statement, _FROM) or "") <= day <= (known.text(statement, _TO) or day))


def _schedule_speaks(writer: Writer, decision: Decision) -> bool:
    return any(
        item.tier == "mtus" and writer.nodes.applies(writer.nodes.application(decision, item.recommendation))
        for item in decision.not_governing
    )


def _not_governing(writer: Writer, decision: Decision) -> Iterator[Sentence]:
    """Yield a sentence for each reason why recommendations did not govern."""
    by_reason: dict[str, list[NotGoverning]] = {}
    for item in decision.not_governing:
        by_reason.setdefault(item.why, []).append(item)
    for why, items in by_reason.items():
        first, others = f"“{items[0].label}” ({items[0].source})", len(items) - 1
        lead = (
            f"{first} and {wording.count(others, 'other recommendation', 'other recommendations')}" if others else first
        )
        each = ", each" if others else ""
        nodes = [writer.nodes.application(decision, item.recommendation) for item in items]
        yield writer.say(f"{lead} did not govern{each} for this reason: {why}", *nodes)


def _why(writer: Writer, decision: Decision) -> Iterator[Line]:
    by_name = {item.judgement: item for item in decision.criteria}
    owners = {name: _owner(name, by_name) for name in by_name}
    told = {name for name, item in by_name.items() if item.decisive}
    lifted = {
        above.judgement
        for name, above in owners.items()
        if above is not None
        and by_name[name].role == "exception" != above.role
        and by_name[name].effect == above.effect == "passes"
        and above.status in ({"met"} if above.role == "rules-out" else {"not-met", "not-documented"})
    }
    against = writer.nodes.positions(decision)
    if against:
        if only_by_exception(decision):
            text = f"The guideline supports {decision.service_label} only where an exception holds."
        else:
            lifting = " An exception lifts this." if decision.verdict == "necessary" else ""
            text = f"The guideline advises against {decision.service_label}.{lifting}"
        yield _paragraph(writer.say(text, *against))
    for name, item in by_name.items():
        if name in told:
            depth = len([above for above in _above(name, owners) if above in told])
            yield Line(
                "criterion",
                sentences=(
                    writer.say(wording.asked_for(item, owners[name]), name),
                    writer.say(wording.standing(item, lifted=name in lifted), name),
                    *(writer.facts(item.evidence, name) if item.kind != "group" else ()),
                ),
                status=item.status,
                depth=depth,
            )
    passed = [
        name
        for name, item in by_name.items()
        if owners[name] is None
        and item.effect == "passes"
        and item.role not in {"advises", "exception"}
        and name not in told
    ]
    if passed:
        few = len(passed) == 1
        text = f"{wording.count(len(passed), 'other criterion', 'other criteria')} of the recommendation"
        yield _paragraph(writer.say(f"{text} {'does' if few else 'do'} not stand against the request.", *passed))
    if decision.supported_quantity is not None:
        limits = [name for name, item in by_name.items() if "supported" in item.values]
        yield _paragraph(
            writer.say(wording.room(decision.supported_quantity), writer.nodes.decision(decision), *limits)
        )


def _missing(writer: Writer, decision: Decision) -> Iterator[Line]:
    asked: dict[str, list[CriterionResult]] = {text: [] for text in decision.missing}
    for item in decision.criteria:
        if item.text in asked and item.decisive and item.status == "not-documented":
            asked[item.text].append(item)
    if asked:
        yield _paragraph(
            writer.say(
                f"The record does not say {'this' if len(asked) == 1 else 'the following'}, which could change the finding.",
                *(item.judgement for items in asked.values() for item in items),
            )
        )
    for text, items in asked.items():
        names = [item.judgement for item in items]
        amounts = dict.fromkeys(told for item in items if (told := wording.lacking(item)))
        yield Line(
            "criterion",
            sentences=(writer.say(text, *names), *(writer.say(told, *names) for told in amounts)),
            status="not-documented",
        )


def _paragraph(*sentences: Sentence) -> Line:
    return Line("paragraph", sentences=sentences)


def _owner(name: str, known: Mapping[str, CriterionResult]) -> CriterionResult | None:
    """Return what a judgement stands directly below: judgements are named by their path."""
    above = [other for other in known if other != name and name.startswith(other + "/")]
    return known[max(above, key=len)] if above else None


def _above(name: str, owners: Mapping[str, CriterionResult | None]) -> Iterator[str]:
    owner = owners[name]
    while owner is not None:
        yield owner.judgement
        owner = owners[owner.judgement]
