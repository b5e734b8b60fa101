"""The proof of a case's decisions as RDF: what the rules derived, and which run on which content derived it (PROV-O)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from imr_kb import __version__
from imr_kb.derive import Statement
from imr_kb.load import Case, Knowledge
from imr_kb.terms import BASE, PROV, RDF, core

__all__ = ["Proof"]

_DECISION: Final = ox.NamedNode(core("Decision"))


@dataclass(frozen=True)
class Proof:
    """What was derived for ``case``, under which knowledge base and which rules."""

    case: Case
    derived: tuple[Statement, ...]
    knowledge: Knowledge
    rules_hash: str

    def statements(self) -> Iterator[Statement]:
        """Yield everything that was derived, then the run that derived it, with the hashes of what it used.

        A decision depends on these alone: case, knowledge base and rules. There is no other parameter.
        """
        yield from self.derived
        run, engine = ox.NamedNode(self.case.iri + "/run"), ox.NamedNode(f"{BASE}engine/{__version__}")
        kind = ox.NamedNode(RDF + "type")
        yield run, kind, ox.NamedNode(PROV + "Activity")
        yield run, ox.NamedNode(PROV + "used"), ox.NamedNode(self.case.iri)
        yield run, ox.NamedNode(PROV + "wasAssociatedWith"), engine
        for name, value in (
            ("caseHash", self.knowledge.content_hash_of(self.case)),
            ("knowledgeHash", self.knowledge.content_hash),
            ("knowledgeVersion", self.knowledge.version),
            ("packageVersion", __version__),
            ("rulesHash", self.rules_hash),
        ):
            yield run, ox.NamedNode(core(name)), ox.Literal(value)
        yield engine, kind, ox.NamedNode(PROV + "SoftwareAgent")
        for subject, _, value in self.derived:
            if value == _DECISION:
                yield subject, ox.NamedNode(PROV + "wasGeneratedBy"), run
