"""Check cases, reviews and worked examples: what is wrong, where, and what to do about it.

Many cases are checked together, which takes far less time than one after the other. What is wrong is told of each alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from rdflib import RDF, RDFS, Graph, URIRef
from rdflib.term import Node

from imr_kb.documents import Document, Places, Text, merged, ontology_files, read_documents, to_oxigraph, to_rdflib
from imr_kb.errors import InputError, Problem
from imr_kb.load import Case, Knowledge
from imr_kb.rules import rules
from imr_kb.slips import written_twice
from imr_kb.terms import PREFIXES, core
from imr_kb.validate import Fault, by_queries, by_shapes, rules_on, shapes_for
from imr_kb.vocabulary import Vocabulary, unknown_terms

__all__ = ["check_case", "check_cases", "check_examples", "check_review"]

_CASE: Final = URIRef(core("Case"))
_CONCEPT: Final = URIRef(core("concept"))
_WITHIN: Final = ox.NamedNode(core("within"))
_REQUEST: Final = URIRef(core("Request"))
_HAS_FACT: Final = URIRef(core("hasFact"))
_HAS_REVIEW: Final = URIRef(core("hasReview"))
_EXAMPLE_CASE: Final = URIRef(PREFIXES["t"] + "case")


def check_case(
    graph: Graph, *, file: str, knowledge: Knowledge, rows: Mapping[str, int] | None = None
) -> list[Problem]:
    """Return what is wrong with the cases of ``graph``, which were read from ``file``; ``graph`` is left as it is.

    Where ``file`` is a table, ``rows`` gives the line of each node.
    """
    background = _background(knowledge)
    document = Document(file, Text.of(file) if rows is None else Text(str), graph, rows or {})
    places = Places([document])
    faults = (fault.problem(places) for fault in _faults(graph, background))
    return sorted({*unknown_terms([document], background.vocabulary, "CA002"), *faults})


def check_cases(cases: Sequence[Case], files: Sequence[str], knowledge: Knowledge) -> list[list[Problem]]:
    """Return for each of ``cases`` what is wrong with it; ``files`` are those that they were read from.

    No node of one case may be spoken of in another: what was wrong in the one would seem wrong in the other.
    """
    background = _background(knowledge)
    documents = [
        Document(case.file, Text.of(file), to_rdflib(case.quads)) for case, file in zip(cases, files, strict=True)
    ]
    problems = [set(unknown_terms([document], background.vocabulary, "CA002")) for document in documents]
    faults = list(_faults(merged(documents), background))
    owners = _owners(documents) if faults else {}
    for fault in faults:
        for owner in owners[fault.node]:
            problems[owner].add(fault.problem(Places([documents[owner]])))
    return [sorted(found) for found in problems]


def _owners(documents: Iterable[Document]) -> Mapping[Node, set[int]]:
    """Return the places of those ``documents`` that speak of a node."""
    owners: dict[Node, set[int]] = defaultdict(set)
    for place, document in enumerate(documents):
        for subject, _, value in document.graph:
            owners[subject].add(place)
            owners[value].add(place)
    return owners


def check_review(case: Case, path: Path, knowledge: Knowledge) -> list[Problem]:
    """Return what is wrong with the review that ``case``, read from ``path``, describes; no verdict rests on it."""
    graph, store = to_rdflib(case.quads), knowledge.store
    if (None, _HAS_REVIEW, None) not in graph:
        return []
    faults = list(by_shapes(graph, shapes_for(knowledge.root, "review"), _background(knowledge).vocabulary))
    try:
        store.extend(case.quads)
        faults += by_queries(store, (rule for rule in rules("check") if rule.of_review))
    finally:
        for quad in case.quads:
            store.remove(quad)
    places = Places([Document(case.file, Text.of(str(path)), graph)])
    return sorted({fault.problem(places) for fault in faults})


def check_examples(paths: Iterable[Path], knowledge: Knowledge) -> list[Problem]:
    """Return what is wrong with the worked examples of ``paths``, and with the cases inside them."""
    documents, problems = read_documents(knowledge.root, sorted(paths))
    background = _background(knowledge)
    vocabulary, places, examples = background.vocabulary, Places(documents), merged(documents)
    problems += unknown_terms(documents, vocabulary, "EX001")
    problems += written_twice(documents, "EX012")
    shapes = shapes_for(knowledge.root, "example")
    problems += [fault.problem(places) for fault in by_shapes(examples + background.graph, shapes, vocabulary)]
    for case in set(examples.objects(None, _EXAMPLE_CASE)):
        examples.add((case, RDF.type, _CASE))
    # An undefined term has been reported already, and what comes of a case without date is worth an example.
    in_cases = [fault.problem(places) for fault in _faults(examples, background)]
    problems += [found for found in in_cases if found.code != "CA001"]
    return sorted(set(problems))


def _faults(graph: Graph, background: _Background) -> Iterator[Fault]:
    """Yield what is wrong with the cases of ``graph``, undefined terms left out."""
    typed = _with_classes(graph, background.properties)
    yield from by_shapes(typed, shapes_for(background.root, "case"), background.vocabulary)
    store = to_oxigraph(typed)
    for concept in {
        ox.NamedNode(str(concept)) for concept in typed.objects(None, _CONCEPT) if isinstance(concept, URIRef)
    }:
        store.extend(background.store.quads_for_pattern(concept, _WITHIN, None))
    yield from by_queries(store, rules_on("ca"))


def _with_classes(graph: Graph, ontology: Graph) -> Graph:
    """Return a copy of ``graph`` in which facts and requests have the class that the property before them promises."""
    typed = Graph()
    typed += graph
    for link in {
        *ontology.subjects(RDFS.domain, _CASE),
        *ontology.subjects(RDFS.subPropertyOf, _HAS_FACT),
        *ontology.subjects(RDFS.range, _REQUEST),
    }:
        kind = ontology.value(link, RDFS.range)
        for node in graph.objects(None, link):
            # A concept in the place of a fact stays without class, so that its shape can say so.
            if kind is not None and (node, None, None) in graph:
                typed.add((node, RDF.type, kind))
    return typed


# --- what is checked against


@dataclass(frozen=True)
class _Background:
    """The ontology and the knowledge base that cases and examples speak of; each part is made when first asked for."""

    root: Path
    store: ox.Store

    @cached_property
    def documents(self) -> Sequence[Document]:
        """The files that ``store`` was loaded from, read anew."""
        documents, problems = read_documents(
            self.root, [*ontology_files(self.root), *sorted(self.root.glob("kb/**/*.ttl"))]
        )
        if problems:
            raise InputError(*problems)
        return documents

    @cached_property
    def graph(self) -> Graph:
        """All triples, as they stand in the files."""
        return merged(self.documents)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """All terms."""
        return Vocabulary(self.store, lambda: self.documents)

    @cached_property
    def properties(self) -> Graph:
        """What the ontology says of properties."""
        told = (RDFS.domain, RDFS.range, RDFS.subPropertyOf)
        return to_rdflib(
            quad for link in told for quad in self.store.quads_for_pattern(None, ox.NamedNode(str(link)), None)
        )


def _background(knowledge: Knowledge) -> _Background:
    return _background_of(knowledge.root, knowledge.store)


@lru_cache(maxsize=2)
def _background_of(root: Path, store: ox.Store) -> _Background:
    return _Background(root, store)
