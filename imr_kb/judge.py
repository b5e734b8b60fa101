"""Decide cases: run the rules over knowledge base and cases together, and read the decisions out of what they derive."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import Any, Final

import pyoxigraph as ox

from imr_kb import __version__
from imr_kb.derive import derive
from imr_kb.errors import ImrError, Problem
from imr_kb.load import Case, Knowledge
from imr_kb.rules import CASE_STAGES, rules
from imr_kb.terms import BASE, PROV, RDF, core, short
from imr_kb.trace import CaseDecisions, Facts, collect

__all__ = ["CHUNK", "Judge"]

CHUNK: Final = 500
_BY_RULE: Final = ox.NamedNode(core("byRule"))
_OF_CASE: Final = ox.NamedNode(core("ofCase"))


class Judge:
    """Decides cases under one knowledge base; keep one and use it for many cases.

    Deciding cases together gives the same decisions as deciding each alone.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        """Use ``knowledge``, whose store holds the cases while they are decided and is left as it was."""
        self._knowledge = knowledge

    @cached_property
    def _known(self) -> Facts:
        return Facts(self._knowledge.store)

    @cached_property
    def rules_hash(self) -> str:
        """The SHA-256 of all rule files, in hexadecimal."""
        digest = hashlib.sha256()
        for rule in rules():
            digest.update(rule.name.encode() + b"\0" + rule.text.encode() + b"\0")
        return digest.hexdigest()

    def decide(self, cases: Iterable[Case]) -> Iterator[CaseDecisions]:
        """Decide ``cases`` in order, in chunks of :data:`CHUNK`.

        Raises:
            ImrError: CA030 where two cases of a chunk have the same IRI.
        """
        known = self._known
        remaining = iter(cases)
        while chunk := list(islice(remaining, CHUNK)):
            derived = self.derive(chunk)
            by_case = _by_case(chunk, derived)
            for case in chunk:
                own = by_case[case.iri]
                yield collect(
                    case.iri, case.file, self._knowledge.version, known, Facts([*case.quads, *own]), (*own, *self._provenance(case, own))
                )

    def derive(self, cases: Sequence[Case]) -> list[ox.Quad]:
        """Run the rules over ``cases`` and return what they derive, in no particular order."""
        _refuse_twins(cases)
        store = self._knowledge.store
        given = [quad for case in cases for quad in case.quads]
        derived: list[ox.Quad] = []
        try:
            store.extend(given)
            derived = derive(store, CASE_STAGES)
        finally:
            _remove(store, given)
            _remove(store, derived)
        return derived

    def rows(self, case: Case) -> Iterator[str]:
        """Yield, for each rule that judged ``case``, the rows that it matched, as lines of text.

        The same file with ``SELECT *`` in place of its template gives these rows in any SPARQL 1.1 tool.
        """
        store = self._knowledge.store
        derived = self.derive([case])
        used = {quad.object.value for quad in derived if quad.predicate == _BY_RULE}
        try:
            store.extend([*case.quads, *derived])
            for rule in (rule for stage in CASE_STAGES for rule in rules(stage)):
                if rule.name not in used:
                    continue
                yield f"{rule.name}\n"
                solutions: Any = store.query(rule.as_select)
                names = [variable.value for variable in solutions.variables]
                for line in sorted("; ".join(f"{name} = {_shown(row[name])}" for name in names if row[name] is not None) for row in solutions):
                    yield f"  {line}\n"
        finally:
            _remove(store, [*case.quads, *derived])

    def _provenance(self, case: Case, derived: Sequence[ox.Quad]) -> Iterator[ox.Quad]:
        """Say which run, of which engine, on which content gave the decisions of ``case`` (W3C PROV-O)."""
        run, engine = ox.NamedNode(case.iri + "/run"), ox.NamedNode(f"{BASE}engine/{__version__}")
        record = ox.NamedNode(case.iri)

        def say(subject: ox.NamedNode, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Quad:
            return ox.Quad(subject, ox.NamedNode(predicate), value)

        yield say(run, RDF + "type", ox.NamedNode(PROV + "Activity"))
        yield say(run, PROV + "used", record)
        yield say(run, PROV + "wasAssociatedWith", engine)
        yield say(run, core("caseHash"), ox.Literal(content_hash(case.quads)))
        yield say(run, core("rulesHash"), ox.Literal(self.rules_hash))
        yield say(run, core("knowledgeVersion"), ox.Literal(self._knowledge.version))
        yield say(engine, RDF + "type", ox.NamedNode(PROV + "SoftwareAgent"))
        decision = ox.NamedNode(core("Decision"))
        for quad in derived:
            if quad.predicate.value == RDF + "type" and quad.object == decision:
                yield say(quad.subject, PROV + "wasGeneratedBy", run)


def content_hash(quads: Iterable[ox.Quad]) -> str:
    """Return the SHA-256 of the sorted N-Triples of ``quads``, which have no blank nodes, in hexadecimal."""
    lines = sorted(f"{quad.subject} {quad.predicate} {quad.object} ." for quad in quads)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _shown(term: Any) -> str:
    return short(term.value) if isinstance(term, ox.NamedNode) else str(term.value)


def _refuse_twins(cases: Sequence[Case]) -> None:
    seen: dict[str, str] = {}
    for case in cases:
        if case.iri in seen:
            raise ImrError(
                Problem(
                    file=case.file,
                    code="CA030",
                    term=case.iri,
                    what=f"The case stands in {seen[case.iri]} too.",
                    next_step="Give each case an IRI or case number of its own, or decide the two files apart.",
                )
            )
        seen[case.iri] = case.file


def _remove(store: ox.Store, quads: Iterable[ox.Quad]) -> None:
    for quad in quads:
        store.remove(quad)


def _by_case(cases: Sequence[Case], derived: Iterable[ox.Quad]) -> dict[str, list[ox.Quad]]:
    """Sort derived quads by the case that their subject belongs to."""
    owner: dict[ox.NamedNode, str] = {}
    for case in cases:
        for quad in case.quads:
            owner[quad.subject] = case.iri
    derived = list(derived)
    for quad in derived:
        if quad.predicate == _OF_CASE:
            owner[quad.subject] = quad.object.value
    found: dict[str, list[ox.Quad]] = {case.iri: [] for case in cases}
    for quad in derived:
        found[owner[quad.subject]].append(quad)
    return {case: sorted(quads, key=str) for case, quads in found.items()}
