"""The terms that documents define, and those that they name and nobody defines."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import pyoxigraph as ox
from rdflib import RDF, RDFS, SKOS, URIRef
from rdflib.term import Node

from imr_kb.documents import Document
from imr_kb.errors import Problem
from imr_kb.terms import BASE, KB, short

__all__ = ["Vocabulary", "unknown_terms"]

# Our vocabularies, and among them the names that files make up for themselves and that nobody has to define.
_VOCABULARY: Final = re.compile(re.escape(BASE) + r"(?:[a-z]+#|kb/.)")
_OWN_NAMES: Final = tuple(BASE + part for part in ("example/", "case/", "shape/", "test#"))
_LABELS: Final = frozenset({str(RDFS.label), str(SKOS.altLabel)})


class Vocabulary:
    """The terms that documents define, and which of them is nearest to one that they do not."""

    def __init__(self, documents: Sequence[Document]) -> None:
        """Gather what ``documents`` define."""
        self._defined: dict[str, str] = {}
        self._names: dict[str, dict[str, str]] = defaultdict(dict)
        for document in documents:
            labels: dict[str, set[str]] = defaultdict(set)
            typed: set[str] = set()
            for quad in document.content:
                if isinstance(quad, ox.Quad) and isinstance(quad.subject, ox.NamedNode):
                    term = quad.subject.value
                    # An entry of the knowledge base that forgot its class is there all the same; it has its own code.
                    if quad.predicate.value == str(RDF.type) or term.startswith(KB):
                        typed.add(term)
                    if quad.predicate.value in _LABELS and isinstance(quad.object, ox.Literal):
                        labels[term].add(quad.object.value.lower())
            for term in sorted(typed):
                self._defined.setdefault(term, document.name)
                namespace, local = _split(term)
                for name in (local.lower(), *sorted(labels[term])):
                    self._names[namespace].setdefault(name, term)

    def lacks(self, term: Node | None) -> bool:
        """Say whether ``term`` stands in a namespace of ours and is defined nowhere."""
        iri = str(term)
        return (
            isinstance(term, URIRef)
            and _VOCABULARY.match(iri) is not None
            and not iri.startswith(_OWN_NAMES)
            and iri not in self._defined
        )

    def advice(self, term: str) -> str:
        """Return the next step for an unknown term: the nearest known one, and where a new one would be defined."""
        namespace, local = _split(term)
        names = self._names.get(namespace, {})
        near = difflib.get_close_matches(local.lower(), names, n=1)
        homes = sorted({self._defined[known] for known in names.values()})
        home = f"define it in {homes[0]}" if len(homes) == 1 else "define it"
        return f"Write {short(names[near[0]])} if that is meant, else {home}." if near else f"Mend it, or {home}."


def unknown_terms(documents: Iterable[Document], vocabulary: Vocabulary, code: str) -> list[Problem]:
    """Return, for each place where ``documents`` name a term that ``vocabulary`` lacks, the problem with ``code``."""
    return [
        Problem(
            file=document.name,
            line=line,
            code=code,
            term=short(term),
            what="No file defines this term.",
            next_step=vocabulary.advice(term),
        )
        for document in documents
        for term in sorted({str(node) for triple in document.graph for node in triple if vocabulary.lacks(node)})
        for line in document.lines_with(URIRef(term)) or [0]
    ]


def _split(term: str) -> tuple[str, str]:
    cut = max(term.rfind("#"), term.rfind("/")) + 1
    return term[:cut], term[cut:]
