"""The terms that files define, and those that documents name and no file defines."""

from __future__ import annotations

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Sequence
from functools import cached_property
from typing import Final

import pyoxigraph as ox
from rdflib import RDFS, SKOS, URIRef
from rdflib.term import Node

from imr_kb.documents import Document
from imr_kb.errors import Problem
from imr_kb.terms import BASE, KB, RDF, core, short

__all__ = ["Vocabulary", "unknown_terms"]

# Our vocabularies, and among them the names that files make up for themselves and that nobody has to define.
_VOCABULARY: Final = re.compile(re.escape(BASE) + r"(?:[a-z]+#|kb/.)")
_OWN_NAMES: Final = tuple(BASE + part for part in ("example/", "case/", "shape/", "test#"))
_TYPE: Final = ox.NamedNode(RDF + "type")
_CLAUSE: Final = ox.NamedNode(core("Clause"))
# How alike two names must be, for one to be offered in place of the other.
_ALIKE: Final = 0.7
_LABELS: Final = frozenset({str(RDFS.label), str(SKOS.altLabel)})


class Vocabulary:
    """The terms that files define, and which of them is nearest to one that they do not."""

    def __init__(self, store: ox.Store, documents: Callable[[], Sequence[Document]]) -> None:
        """Look terms up in ``store``, which may be compiled; ``documents`` gives its files, for advice only."""
        self._store = store
        self._documents = documents
        self._looked_up: dict[str, bool] = {}

    def lacks(self, term: Node | None) -> bool:
        """Say whether ``term`` stands in a namespace of ours and is defined nowhere."""
        iri = str(term)
        return (
            isinstance(term, URIRef)
            and _VOCABULARY.match(iri) is not None
            and not iri.startswith(_OWN_NAMES)
            and not self._defines(iri)
        )

    def advice(self, term: str, subjects: Container[str] = ()) -> str:
        """Return the next step for an unknown term: the nearest known one, and where a new one would be defined.

        What has the very name in another vocabulary comes first. The ``subjects`` of which the term is said are not meant.
        """
        namespace, local = _split(term)
        homes_of, all_names = self._names
        names = all_names.get(namespace, {})
        homes = Counter(homes_of[known] for known in names.values())
        # A folder has a file for each topic, and nobody can tell which; a vocabulary has one file that holds most of it.
        told = homes and (len(homes) == 1 or namespace.endswith("#"))
        home = f"define it in {homes.most_common(1)[0][0]}" if told else "define it"
        known = self._namesakes.get(local) or next(
            (
                names[name]
                for name in difflib.get_close_matches(local.lower(), names, n=5, cutoff=_ALIKE)
                if names[name] not in subjects and (name == local.lower() or _same_case(names[name], term))
            ),
            "",
        )
        return f"Write {short(known)} if that is meant, else {home}." if known else f"Mend it, or {home}."

    def _defines(self, iri: str) -> bool:
        if iri not in self._looked_up:
            term = ox.NamedNode(iri)
            kinds = {quad.object for quad in self._store.quads_for_pattern(term, _TYPE, None)}
            # An entry of the knowledge base that forgot its class is there all the same; it has its own code.
            entry = not kinds and iri.startswith(KB) and any(self._store.quads_for_pattern(term, None, None))
            # Clauses are made when the knowledge base is compiled: no file defines one.
            self._looked_up[iri] = entry or not kinds <= {_CLAUSE}
        return self._looked_up[iri]

    @cached_property
    def _names(self) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        """The file of each defined term, and for each namespace the term of each name in small letters."""
        homes: dict[str, str] = {}
        names: dict[str, dict[str, str]] = defaultdict(dict)
        for document in self._documents():
            labels: dict[str, set[str]] = defaultdict(set)
            subjects: set[str] = set()
            typed: set[str] = set()
            for quad in document.content:
                if isinstance(quad, ox.Quad) and isinstance(quad.subject, ox.NamedNode):
                    subjects.add(quad.subject.value)
                    if quad.predicate == _TYPE:
                        typed.add(quad.subject.value)
                    if quad.predicate.value in _LABELS and isinstance(quad.object, ox.Literal):
                        labels[quad.subject.value].add(quad.object.value.lower())
            for term in sorted(filter(self._defines, subjects)):
                # Other files, such as that of the alignments, may say more of a term; it is defined where its kind stands.
                if term in typed or term not in homes:
                    homes[term] = document.name
                namespace, local = _split(term)
                for name in (local.lower(), *sorted(labels[term])):
                    names[namespace].setdefault(name, term)
        return homes, names

    @cached_property
    def _namesakes(self) -> dict[str, str]:
        """The term of each name in the vocabularies of the ontology, so that dx:Pregnancy is found for fnd:Pregnancy."""
        return {_split(term)[1]: term for term in sorted(self._names[0]) if "#" in term}


def unknown_terms(documents: Iterable[Document], vocabulary: Vocabulary, code: str) -> list[Problem]:
    """Return, for each place where ``documents`` name a term that ``vocabulary`` lacks, the problem with ``code``."""
    return [
        Problem(
            file=document.name,
            line=line,
            code=code,
            term=short(term),
            what="No file defines this term.",
            next_step=vocabulary.advice(term, {str(node) for node in document.graph.subjects(None, URIRef(term))}),
        )
        for document in documents
        for term in sorted({str(node) for triple in document.graph for node in triple if vocabulary.lacks(node)})
        for line in document.text.lines_with(URIRef(term)) or [0]
    ]


def _same_case(term: str, other: str) -> bool:
    """Say whether both are classes or both properties, by how their names begin."""
    return _split(term)[1][:1].isupper() == _split(other)[1][:1].isupper()


def _split(term: str) -> tuple[str, str]:
    cut = max(term.rfind("#"), term.rfind("/")) + 1
    return term[:cut], term[cut:]
