"""Decide cases: run the rules over knowledge base and cases together, and collect what they derive."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.collect import collect
from imr_kb.derive import Statement, derive
from imr_kb.errors import ImrError, Problem
from imr_kb.facts import Facts, StoredFacts
from imr_kb.load import Case, Knowledge
from imr_kb.proof import Proof
from imr_kb.rules import CASE_STAGES, rules
from imr_kb.terms import RDF, core, short
from imr_kb.trace import CaseDecisions

__all__ = ["CHUNK", "Judge"]

CHUNK: Final = 500
#: What has been taken out of the store is still passed by whatever looks something up. The store is made anew when so many
#: times its size has been passed, which is when that has taken about as long as making it anew.
RENEWED_AFTER: Final = 8
#: Nor is a store on a disk used for so many cases at once, which in memory take less time by more than making it takes.
MANY: Final = 30
_TYPE: Final = ox.NamedNode(RDF + "type")
_BY_RULE: Final = ox.NamedNode(core("byRule"))
_EVIDENCE: Final = ox.NamedNode(core("evidence"))
_OF_CASE: Final = ox.NamedNode(core("ofCase"))


class Judge:
    """Decides cases under one knowledge base; keep one and use it for many cases.

    Deciding cases together gives the same decisions as deciding each alone.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        """Use ``knowledge``, whose store is left as it was.

        It holds the first cases while they are decided; later ones stand beside no more than what the rules can read.
        """
        self._knowledge = knowledge
        self._store = knowledge.store
        self._size = 0
        self._taken_out = 0
        self._passed = 0

    @cached_property
    def _known(self) -> StoredFacts:
        return StoredFacts(self._knowledge.store)

    @cached_property
    def _names(self) -> frozenset[Any]:
        """The terms that some rule needs and that stand in the knowledge base."""
        store = self._knowledge.store
        needed = {name for stage in CASE_STAGES for rule in rules(stage) for name in rule.needs}
        return frozenset(
            name
            for name in needed
            if any(store.quads_for_pattern(None, name, None)) or any(store.quads_for_pattern(None, None, name))
        )

    @cached_property
    def rules_hash(self) -> str:
        """The SHA-256 of all rule files, in hexadecimal."""
        digest = hashlib.sha256()
        for rule in rules():
            digest.update(rule.name.encode() + b"\0" + rule.text.encode() + b"\0")
        return digest.hexdigest()

    def decide(self, cases: Iterable[Case]) -> Iterator[CaseDecisions]:
        """Decide ``cases`` in order, in chunks of at most :data:`CHUNK`.

        Raises:
            ImrError: CA030 where two cases of a chunk have the same IRI.
        """
        for chunk in _chunks(cases):
            by_case = _by_case(chunk, self.derive(chunk))
            for case in chunk:
                proof = Proof(case, tuple(by_case[case.iri]), self._knowledge, self.rules_hash)
                yield collect(proof, self._known, Facts((*case.statements, *proof.derived)))

    def derive(self, cases: Sequence[Case], stages: Sequence[str] = CASE_STAGES) -> list[Statement]:
        """Run the rules of ``stages`` over ``cases`` and return what they derive, in no particular order.

        The rules see neither quotations nor what a determination published. No two of the cases may hold the same fact: how
        long a drug has been taken, for example, depends on the date of the case.
        """
        _refuse_twins(cases)
        known = self._names  # looked up before any case stands in the store
        self._renew_store(len(cases))
        added, given = [], []
        for quad, statement in (pair for case in cases for pair in self._visible(case)):
            added.append(quad)
            given.append(statement)
        try:
            self._store.extend(added)
            return derive(self._store, stages, known, given, added)
        finally:
            self._take_out(added)

    def _visible(self, case: Case) -> Iterator[tuple[ox.Quad, Statement]]:
        unseen = self._knowledge.unseen
        quoted = {value for _, predicate, value in case.statements if predicate == _EVIDENCE}
        for quad, statement in zip(case.quads, case.statements, strict=True):
            subject, predicate, _ = statement
            if predicate not in unseen and subject not in quoted:
                yield quad, statement

    def _take_out(self, quads: Sequence[ox.Quad]) -> None:
        """Leave the store as it was."""
        for quad in quads:
            self._store.remove(quad)
        self._passed += self._taken_out
        self._taken_out += len(quads)

    def _renew_store(self, cases: int) -> None:
        """Make the store anew when what was taken out has slowed it down enough, and when it is used for the second time.

        One decision alone would not win back what it takes to gather what the rules can read, unless it is of many cases
        and the store is on a disk.
        """
        whole = self._store is self._knowledge.store
        on_disk = whole and self._knowledge.terms is not None
        if (self._taken_out and self._passed >= RENEWED_AFTER * self._size) or (on_disk and cases >= MANY):
            quads = _readable(self._store) if whole else list(self._store)
            self._store, self._size, self._taken_out, self._passed = ox.Store(), len(quads), 0, 0
            self._store.extend(quads)

    def rows(self, case: Case) -> Iterator[str]:
        """Yield, for each rule that judged ``case``, the rows that it matched, as lines of text.

        The same file with ``SELECT *`` in place of its template gives these rows in any SPARQL 1.1 tool.
        """
        derived = self.derive([case])
        used = {value.value for _, predicate, value in derived if predicate == _BY_RULE}
        store = self._store
        given = [*(quad for quad, _ in self._visible(case)), *(ox.Quad(*statement) for statement in derived)]
        try:
            store.extend(given)
            for rule in (rule for stage in CASE_STAGES for rule in rules(stage)):
                if rule.name not in used:
                    continue
                yield f"{rule.name}\n"
                solutions: Any = store.query(rule.as_select)
                names = [variable.value for variable in solutions.variables]
                for line in sorted(
                    "; ".join(f"{name} = {_shown(row[name])}" for name in names if row[name] is not None)
                    for row in solutions
                ):
                    yield f"  {line}\n"
        finally:
            self._take_out(given)


def _readable(store: ox.Store) -> list[ox.Quad]:
    """Return what the rules that decide can read in ``store``, about half of the knowledge base: no names, no definitions.

    A rule writes out the predicate and class of what it reads, or finds them named as the object of something else it reads.
    """
    found: list[ox.Quad] = []
    names = frozenset().union(*(rule.reads for stage in CASE_STAGES for rule in rules(stage)))
    seen: set[Any] = set()
    while names:
        seen |= names
        new = [quad for name in names for quad in store.quads_for_pattern(None, name, None)]
        new += [quad for name in names for quad in store.quads_for_pattern(None, _TYPE, name)]
        found += new
        names = frozenset(quad.object for quad in new if isinstance(quad.object, ox.NamedNode)) - seen
    return found


def _shown(term: Any) -> str:
    return short(term.value) if isinstance(term, ox.NamedNode) else str(term.value)


def _chunks(cases: Iterable[Case]) -> Iterator[list[Case]]:
    """Split ``cases`` so that what stands in two of them is decided apart."""
    chunk: list[Case] = []
    names: set[str] = set()
    parts: set[Any] = set()
    for case in cases:
        own = {subject for subject, _, _ in case.statements}
        # A case that is given twice stays with its twin, and is refused.
        if len(chunk) == CHUNK or (case.iri not in names and not parts.isdisjoint(own)):
            yield chunk
            chunk, names, parts = [], set(), set()
        chunk.append(case)
        names.add(case.iri)
        parts |= own
    if chunk:
        yield chunk


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


def _by_case(cases: Sequence[Case], derived: Sequence[Statement]) -> dict[str, list[Statement]]:
    """Sort what was derived by the case that its subject belongs to."""
    if len(cases) == 1:
        return {cases[0].iri: list(derived)}
    # A fact of which the case says no more than that it has it stands after a property only.
    owner: dict[Any, str] = {value: case.iri for case in cases for _, _, value in case.statements}
    owner |= {subject: case.iri for case in cases for subject, _, _ in case.statements}
    owner |= {subject: value.value for subject, predicate, value in derived if predicate == _OF_CASE}
    found: dict[str, list[Statement]] = {case.iri: [] for case in cases}
    for statement in derived:
        found[owner[statement[0]]].append(statement)
    return found
