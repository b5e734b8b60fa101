"""Tamper with stored decisions in many ways: what the checker lets pass must be nothing."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.errors import Problem
from imr_kb.judge import Judge
from imr_kb.load import Case, Knowledge
from imr_kb.proof import Proof
from imr_kb.terms import OA, RDF, core
from imr_kb.verify import Published, misquoted, verify

__all__ = ["KINDS", "Stored", "attempts", "rejected", "stored_decisions"]

Statement = tuple[Any, Any, Any]
_TYPE: Final = ox.NamedNode(RDF + "type")
_DIGITS: Final = "0123456789abcdef"


def _imr(name: str) -> ox.NamedNode:
    return ox.NamedNode(core(name))


@dataclass(frozen=True)
class Stored:
    """A stored decision beside what it is verified against: its case, and the documents that the case quotes."""

    case: str
    quads: tuple[ox.Quad, ...]
    statements: frozenset[Statement]
    knowledge: Knowledge
    documents: Mapping[str, str] = field(default_factory=dict)

    def having(self, *predicates: str, value: Any = None) -> list[Statement]:
        """Return the stored statements with one of these core properties, in a fixed order."""
        names = {_imr(predicate) for predicate in predicates}
        found = [one for one in self.statements if one[1] in names and value in {None, one[2]}]
        return sorted(found, key=str)

    def exchanged(self, gone: Iterable[Statement], come: Iterable[Statement] = ()) -> Stored:
        """Return this with other statements."""
        return replace(self, statements=(self.statements - frozenset(gone)) | frozenset(come))

    def of_another_case(self, quads: Iterable[ox.Quad]) -> Stored:
        """Return this beside other content of the case, its hash made to fit."""
        case = Case(iri=self.case, file="", quads=tuple(quads))
        return replace(self, quads=case.quads)._with_receipt("caseHash", self.knowledge.content_hash_of(case))

    def _with_receipt(self, name: str, text: str) -> Stored:
        (old,) = self.having(name)
        return self.exchanged([old], [(*old[:2], ox.Literal(text))])

    @classmethod
    def of(cls, proof: Proof, documents: Mapping[str, str]) -> Stored:
        """Return what was decided on a case."""
        return cls(proof.case.iri, proof.case.quads, frozenset(proof.statements()), proof.knowledge, documents)


def stored_decisions(
    cases: Iterable[Case], knowledge: Knowledge, documents: Mapping[str, str] | None = None
) -> Iterator[Stored]:
    """Decide ``cases``, and yield each decision as it would be stored."""
    for result in Judge(knowledge).decide(cases):
        yield Stored.of(result.proof, documents or {})


def rejected(stored: Stored, published: Published) -> list[Problem]:
    """Return what the checker finds wrong."""
    lines = "".join(sorted(f"{subject} {predicate} {value} .\n" for subject, predicate, value in stored.statements))
    problems = [*verify(lines.encode(), "decision.nt", {stored.case: stored.quads}, published)]
    return [*problems, *misquoted(stored.quads, stored.documents)]


def attempts(stored: Stored, chance: random.Random) -> Iterator[tuple[str, Stored]]:
    """Tamper with ``stored`` in each kind of way that it allows, once; yield the kind and what came of it."""
    for kind, tamper in KINDS.items():
        found = tamper(stored, chance)
        if found is not None and (found.statements, set(found.quads)) != (stored.statements, set(stored.quads)):
            yield kind, found


# --- statements that are left out, or said of something else


def _without(*predicates: str) -> Callable[[Stored, random.Random], Stored | None]:
    """Leave out one statement by one of ``predicates``."""

    def tamper(stored: Stored, chance: random.Random) -> Stored | None:
        found = stored.having(*predicates)
        return stored.exchanged([chance.choice(found)]) if found else None

    return tamper


def _instead(predicate: str, *names: str) -> Callable[[Stored, random.Random], Stored | None]:
    """Put another of the core terms ``names`` in the place of a value of ``predicate``."""

    def tamper(stored: Stored, chance: random.Random) -> Stored | None:
        found = stored.having(predicate)
        if not found:
            return None
        old = chance.choice(found)
        new = _imr(chance.choice([name for name in names if _imr(name) != old[2]]))
        return stored.exchanged([old], [(*old[:2], new)])

    return tamper


def _about(stored: Stored, names: Iterable[Any]) -> list[Statement]:
    """Return every statement about, or that points to, one of ``names``."""
    nodes = set(names)
    return [one for one in stored.statements if one[0] in nodes or one[2] in nodes]


def _dropped(kind: str) -> Callable[[Stored, random.Random], Stored | None]:
    """Leave out all that is said about one thing of a kind."""

    def tamper(stored: Stored, chance: random.Random) -> Stored | None:
        things = sorted({one[0] for one in stored.statements if one[1:] == (_TYPE, _imr(kind))}, key=str)
        return stored.exchanged(_about(stored, [chance.choice(things)])) if things else None

    return tamper


def _number(stored: Stored, chance: random.Random) -> Stored | None:
    found = stored.having("prior", "requested", "limit", "observed", "supported", "supportedQuantity")
    if not found:
        return None
    old = chance.choice(found)
    other = ox.Literal(str(float(old[2].value) + chance.choice([-1, 1, 10])), datatype=ox.NamedNode(_DECIMAL))
    return stored.exchanged([old], [(*old[:2], other)])


_DECIMAL: Final = "http://www.w3.org/2001/XMLSchema#decimal"


def _rule(stored: Stored, chance: random.Random) -> Stored | None:
    found = stored.having("byRule")
    if not found:
        return None
    old = chance.choice(found)
    rules = ["criteria/finding.rq", "criteria/tried.rq", "criteria/quantity.rq", "governs/6_position.rq"]
    new = ox.Literal(chance.choice([rule for rule in rules if rule != old[2].value]))
    return stored.exchanged([old], [(*old[:2], new)])


def _edition(stored: Stored, chance: random.Random) -> Stored | None:
    found = stored.having("ofStanding")
    known = {quad.object for quad in stored.knowledge.store.quads_for_pattern(None, _imr("hasStanding"), None)}
    if not found:
        return None
    old = chance.choice(found)
    other = chance.choice(sorted(known - {old[2]}, key=str))
    return stored.exchanged([old], [(*old[:2], other)])


def _date(stored: Stored, chance: random.Random) -> Stored | None:
    found = stored.having("asOf")
    if not found:
        return None
    year = str(int(found[0][2].value[:4]) + chance.choice([-7, -1, 1, 3]))
    return stored.exchanged(
        found, [(*found[0][:2], ox.Literal(year + found[0][2].value[4:], datatype=found[0][2].datatype))]
    )


def _receipt(stored: Stored, chance: random.Random) -> Stored | None:
    old = chance.choice(stored.having("caseHash", "knowledgeHash", "rulesHash"))
    place = chance.randrange(len(old[2].value))
    digit = chance.choice([one for one in _DIGITS if one != old[2].value[place]])
    return stored.exchanged([old], [(*old[:2], ox.Literal(old[2].value[:place] + digit + old[2].value[place + 1 :]))])


def _version(stored: Stored, chance: random.Random) -> Stored | None:
    old = chance.choice(stored.having("packageVersion", "knowledgeVersion"))
    return stored.exchanged([old], [(*old[:2], ox.Literal("9" + old[2].value))])


def _verdict(stored: Stored, chance: random.Random) -> Stored | None:
    """Turn a verdict with its ground and its outcome, and leave the reasons."""
    old = chance.choice(stored.having("verdict"))
    decision = old[0]
    gone = [one for one in stored.having("verdict", "ground", "reviewOutcome") if one[0] == decision]
    turned = old[2] != _imr("Necessary")
    come = [
        (decision, _imr("verdict"), _imr("Necessary" if turned else "NotNecessary")),
        (decision, _imr("ground"), _imr("CriteriaMet" if turned else "CriterionNotMet")),
        (decision, _imr("reviewOutcome"), _imr("Overturned" if turned else "Upheld")),
    ]
    return stored.exchanged(gone, come)


def _other_governs(stored: Stored, chance: random.Random) -> Stored | None:
    """Let another recommendation govern, and say so wherever it is said."""
    governs = [one for one in sorted(stored.statements, key=str) if one[1:] == (_TYPE, _imr("Governing"))]
    if not governs:
        return None
    application = chance.choice(governs)[0]
    (request,) = [one[2] for one in stored.having("ofRequest") if one[0] == application]
    rivals = [
        one[0]
        for one in stored.having("ofRequest", value=request)
        if (one[0], _TYPE, _imr("Application")) in stored.statements and one[0] != application
    ]
    if not rivals:
        return None
    rival = chance.choice(rivals)
    names = {one[0]: one[2] for one in stored.having("ofRecommendation")}
    exchange = {application: rival, names[application]: names[rival]}
    moved = [(application, _TYPE, _imr("Governing")), *stored.having("governedBy", "ofApplication")]
    moved = [one for one in moved if one[0] == application or one[2] in exchange]
    come = [(exchange.get(one[0], one[0]), one[1], exchange.get(one[2], one[2])) for one in moved]
    return stored.exchanged(moved, come)


def _silence_filled(stored: Stored, chance: random.Random) -> Stored | None:
    """Say of a criterion on which the record is silent that it is met, and let it pass."""
    found = stored.having("status", value=_imr("NotDocumented"))
    if not found:
        return None
    judgement = chance.choice(found)[0]
    gone = [one for one in stored.having("status", "effect") if one[0] == judgement]
    return stored.exchanged(
        gone, [(judgement, _imr("status"), _imr("Met")), (judgement, _imr("effect"), _imr("Passes"))]
    )


def _zero(stored: Stored, chance: random.Random) -> Stored | None:
    """Deny that earlier care was taken as none because the record does not mention any."""
    found = stored.having("priorInferred")
    if not found:
        return None
    old = chance.choice(found)
    turned = "false" if old[2].value == "true" else "true"
    return stored.exchanged([old], [(*old[:2], ox.Literal(turned, datatype=old[2].datatype))])


def _words_for_term(stored: Stored, chance: random.Random) -> Stored | None:
    """Write the name of a term as mere words, which look the same in print."""
    old = chance.choice(stored.having("verdict", "ground", "status"))
    return stored.exchanged([old], [(*old[:2], ox.Literal(old[2].value))])


def _invented_premise(stored: Stored, chance: random.Random) -> Stored | None:
    found = stored.having("ofClause")
    if not found:
        return None
    fact = ox.NamedNode(f"{stored.case}/fact/invented")
    return stored.exchanged([], [(chance.choice(found)[0], _imr("considers"), fact)])


def _unheard_of(stored: Stored, chance: random.Random) -> Stored | None:
    decision = chance.choice(stored.having("verdict"))[0]
    return stored.exchanged([], [(decision, _imr("approvedBy"), ox.Literal("the reviewer"))])


# --- another case beside the decision, its hash made to fit


def _considered(stored: Stored, polarity: str) -> list[Any]:
    """Return the facts that a judgement looked at and that the case states, or denies."""
    absent = {quad.subject for quad in stored.quads if quad.object == _imr("Absent")}
    facts = {one[2] for one in stored.statements if one[1:] == (_TYPE, _imr("Fact"))} | {
        one[0] for one in stored.statements if one[1:] == (_TYPE, _imr("Fact"))
    }
    looked_at = {one[2] for one in stored.having("considers")} & facts
    return sorted((looked_at & absent) if polarity == "Absent" else (looked_at - absent), key=str)


def _fact_removed(polarity: str) -> Callable[[Stored, random.Random], Stored | None]:
    def tamper(stored: Stored, chance: random.Random) -> Stored | None:
        facts = _considered(stored, polarity)
        if not facts:
            return None
        fact = chance.choice(facts)
        return stored.of_another_case(quad for quad in stored.quads if fact not in {quad.subject, quad.object})

    return tamper


def _fact_added(stored: Stored, chance: random.Random) -> Stored | None:
    """Add a fact like one that a judgement looked at: it was overlooked."""
    facts = _considered(stored, "Present")
    if not facts:
        return None
    fact, twin = chance.choice(facts), ox.NamedNode(f"{stored.case}/fact/added")
    copied = [
        ox.Quad(
            twin if quad.subject == fact else quad.subject, quad.predicate, twin if quad.object == fact else quad.object
        )
        for quad in stored.quads
        if fact in {quad.subject, quad.object}
    ]
    return stored.of_another_case([*stored.quads, *copied])


def _case_changed(stored: Stored, chance: random.Random) -> Stored | None:
    """Change a value of the case and leave the hash of the decision as it is."""
    found = [quad for quad in stored.quads if isinstance(quad.object, ox.Literal) and quad.object.value.isdigit()]
    found = [quad for quad in found if not quad.predicate.value.endswith("Day")]
    if not found:
        return None
    old = chance.choice(sorted(found, key=str))
    new = ox.Quad(old.subject, old.predicate, ox.Literal(f"{old.object.value}1", datatype=old.object.datatype))  # type: ignore[union-attr]
    return replace(stored, quads=tuple(new if quad == old else quad for quad in stored.quads))


def _decided_otherwise(stored: Stored, chance: random.Random) -> Stored | None:
    """Pass off a sound decision on another case, with one fact less, as one on this case."""
    facts = _considered(stored, "Present") + _considered(stored, "Absent")
    if not facts:
        return None
    fact = chance.choice(facts)
    quads = tuple(quad for quad in stored.quads if fact not in {quad.subject, quad.object})
    (other,) = stored_decisions([Case(iri=stored.case, file="", quads=quads)], stored.knowledge)
    (own,) = stored.having("caseHash")
    return replace(other._with_receipt("caseHash", own[2].value), quads=stored.quads, documents=stored.documents)


# --- quotations


def _quotation(predicate: str) -> Callable[[Stored, random.Random], Stored | None]:
    """Change the quoted words, or where they begin, and make the hash of the case fit."""

    def tamper(stored: Stored, chance: random.Random) -> Stored | None:
        found = sorted((quad for quad in stored.quads if quad.predicate.value == OA + predicate), key=str)
        if not found or not stored.documents:
            return None
        old = chance.choice(found)
        text = old.object.value  # type: ignore[union-attr]
        place = chance.randrange(len(text))
        words = text[:place] + ("x" if text[place] != "x" else "y") + text[place + 1 :]
        new = words if predicate == "exact" else str(int(text) + chance.choice([-1, 1, 7]))
        changed = ox.Quad(old.subject, old.predicate, ox.Literal(new, datatype=old.object.datatype))  # type: ignore[union-attr]
        return stored.of_another_case(changed if quad == old else quad for quad in stored.quads)

    return tamper


_STATUSES: Final = ("Met", "NotMet", "NotDocumented", "Conflicting", "NotKnown", "NotApplicable")
_GROUNDS: Final = ("RequestIncomplete", "NotRecommendedGround", "LimitExceeded", "CriterionNotMet", "CriteriaMet")
KINDS: Final[Mapping[str, Callable[[Stored, random.Random], Stored | None]]] = {
    "a premise dropped": _without("considers"),
    "an absence removed from the premises": _without("denies"),
    "a number changed": _number,
    "a rule swapped": _rule,
    "another edition": _edition,
    "another deciding date": _date,
    "words forged": _quotation("exact"),
    "an offset moved": _quotation("start"),
    "an absence removed from the case": _fact_removed("Absent"),
    "a fact removed from the case": _fact_removed("Present"),
    "a fact added to the case": _fact_added,
    "a value of the case changed": _case_changed,
    "a premise invented": _invented_premise,
    "a verdict turned": _verdict,
    "another ground": _instead("ground", *_GROUNDS),
    "another outcome": _instead("reviewOutcome", "Upheld", "Overturned"),
    "another status": _instead("status", *_STATUSES),
    "another effect": _instead("effect", "Passes", "Fails", "LeavesOpen", "LeavesUnknown"),
    "silence filled": _silence_filled,
    "an inferred zero denied": _zero,
    "another recommendation governs": _other_governs,
    "a competitor dropped": _dropped("Application"),
    "a judgement dropped": _dropped("Judgement"),
    "a decision dropped": _dropped("Decision"),
    "an order of recommendations dropped": _without("outrankedBy", "outrankedOn"),
    "a fit dropped": _without("fits"),
    "a fact that counts left out": _without("near"),
    "a fact that does not count left out": _without("setsAside"),
    "a decisive mark dropped": _without("decisive"),
    "a hash changed": _receipt,
    "a version changed": _version,
    "words in the place of a term": _words_for_term,
    "something unheard of added": _unheard_of,
    "a decision on another case": _decided_otherwise,
}
