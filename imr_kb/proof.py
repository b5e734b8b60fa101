"""The proof of a case's decisions as RDF: what the rules derived, and which run on which content derived it (PROV-O)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from imr_kb import __version__
from imr_kb.derive import Statement
from imr_kb.load import Case
from imr_kb.terms import BASE, PROV, RDF, core

__all__ = ["Proof", "content_hash"]

_DECISION: Final = ox.NamedNode(core("Decision"))


@dataclass(frozen=True)
class Proof:
    """What was derived for ``case``, under which knowledge base and which rules."""

    case: Case
    derived: tuple[Statement, ...]
    knowledge_version: str
    rules_hash: str

    def statements(self) -> Iterator[Statement]:
        """Yield everything that was derived, then the run that derived it, with the hashes of what it used."""
        yield from self.derived
        run, engine = ox.NamedNode(self.case.iri + "/run"), ox.NamedNode(f"{BASE}engine/{__version__}")
        kind = ox.NamedNode(RDF + "type")
        yield run, kind, ox.NamedNode(PROV + "Activity")
        yield run, ox.NamedNode(PROV + "used"), ox.NamedNode(self.case.iri)
        yield run, ox.NamedNode(PROV + "wasAssociatedWith"), engine
        yield run, ox.NamedNode(core("caseHash")), ox.Literal(content_hash(self.case.statements))
        yield run, ox.NamedNode(core("rulesHash")), ox.Literal(self.rules_hash)
        yield run, ox.NamedNode(core("knowledgeVersion")), ox.Literal(self.knowledge_version)
        yield engine, kind, ox.NamedNode(PROV + "SoftwareAgent")
        for subject, _, value in self.derived:
            if value == _DECISION:
                yield subject, ox.NamedNode(PROV + "wasGeneratedBy"), run


def content_hash(content: Iterable[Statement]) -> str:
    """Return the SHA-256 of the sorted N-Triples of ``content``, which has no blank nodes, in hexadecimal."""
    lines = sorted(f"{subject} {predicate} {value} ." for subject, predicate, value in content)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
