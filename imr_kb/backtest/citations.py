"""Which guideline a reviewer cites: the names of the knowledge base, looked for in the text of a citation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.facts import StoredFacts
from imr_kb.load import Knowledge
from imr_kb.terms import RDF, SKOS, core
from imr_kb.trace import SourceReference

__all__ = ["Citation", "CitationReader"]

_SPACE: Final = re.compile(r"\s+")
_LABEL: Final = ox.NamedNode(SKOS + "prefLabel")


def _node(name: str) -> ox.NamedNode:
    return ox.NamedNode(core(name))


@dataclass(frozen=True, slots=True)
class Citation:
    """The guidelines that a text cites, in order, by their names; with editions of the knowledge base and legal ranks."""

    names: tuple[str, ...]
    editions: frozenset[str]
    tiers: frozenset[str]


class CitationReader:
    """Finds the names of guidelines in citations."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Read the names out of ``knowledge``."""
        self._facts = StoredFacts(knowledge.store)
        store = knowledge.store
        of_kind = store.quads_for_pattern(None, ox.NamedNode(RDF + "type"), _node("CitedGuideline"))
        self._guidelines: dict[str, Any] = {}
        for guideline in sorted((quad.subject for quad in of_kind), key=str):
            for words in self._facts.all(guideline, _node("citedAs")):
                self._guidelines[str(words.value).lower()] = guideline
        longest = sorted(self._guidelines, key=lambda words: (-len(words), words))
        self._pattern = re.compile("|".join(rf"\b{re.escape(words)}\b" for words in longest)) if longest else None

    def read(self, text: str) -> Citation:
        """Return what ``text`` cites, nothing where no name is known."""
        found = list(dict.fromkeys(self._found(text)))
        facts = self._facts
        return Citation(
            names=tuple(facts.text(guideline, _LABEL) or "" for guideline in found),
            editions=frozenset(
                str(edition.value) for guideline in found for edition in facts.all(guideline, _node("citesEdition"))
            ),
            tiers=frozenset(
                facts.text(tier, _node("tierCode")) or ""
                for guideline in found
                for tier in facts.all(guideline, _node("citesTier"))
            ),
        )

    def _found(self, text: str) -> Iterator[Any]:
        if self._pattern is not None:
            for match in self._pattern.finditer(_SPACE.sub(" ", text).lower()):
                yield self._guidelines[match.group()]

    def edition(self, source: SourceReference) -> str:
        """Return the edition of the recommendation that governs."""
        edition = self._facts.one(ox.NamedNode(source.recommendation), _node("edition"))
        return str(edition.value) if edition is not None else ""
