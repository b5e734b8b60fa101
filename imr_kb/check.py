"""Check the ontology, the knowledge base, cases and worked examples: what is wrong, where, and what to do about it.

What a file must contain stands in ``shapes/``; what a whole graph must not contain, and shapes say badly, in
``imr_kb/rules/check/``. The first sentence of a message says what is wrong, the rest is the next step.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox
import pyshacl
from rdflib import OWL, RDF, RDFS, SH, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from imr_kb.documents import Document, Place, Places, merged, quiet, read_documents, to_oxigraph, to_rdflib
from imr_kb.errors import EXIT_UNREADABLE, InputError, Problem, Severity
from imr_kb.hierarchy import INFERRED
from imr_kb.load import Case, Knowledge
from imr_kb.rdf import read_quads
from imr_kb.rules import Rule, rules
from imr_kb.slips import elsewhere, inferred, unclassified, unread, written_twice
from imr_kb.terms import PREFIXES, core, short
from imr_kb.vocabulary import Vocabulary, unknown_terms

__all__ = [
    "check_case",
    "check_examples",
    "check_knowledge",
    "check_ontology",
    "check_paths",
    "check_review",
    "check_root",
]

_FIRST_SENTENCE: Final = re.compile(r"(?<=[.?!])\s+(?=[A-Z])")
_PROBLEM_CODE: Final = URIRef(core("problemCode"))
_CASE: Final = URIRef(core("Case"))
_CONCEPT: Final = URIRef(core("concept"))
_WITHIN: Final = ox.NamedNode(core("within"))
_REQUEST: Final = URIRef(core("Request"))
_HAS_FACT: Final = URIRef(core("hasFact"))
_HAS_REVIEW: Final = URIRef(core("hasReview"))
_EXAMPLE_CASE: Final = URIRef(PREFIXES["t"] + "case")


def check_root(root: Path) -> list[Problem]:
    """Return what is wrong with the ontology and the knowledge base below ``root``."""
    problems = check_ontology(root)
    # On an ontology that cannot be read, every guideline would seem wrong.
    if any(problem.exit_code == EXIT_UNREADABLE for problem in problems):
        return problems
    return sorted({*problems, *check_knowledge(root)})


def check_paths(paths: Iterable[Path], knowledge: Knowledge) -> list[Problem]:
    """Return what is wrong with files: cases, letters, examples, or guidelines and terms of ``knowledge``.

    Of a directory, every Turtle file is checked; one that holds none is wrong itself (IN011).
    """
    from imr_kb.inputs import Inputs

    root = knowledge.root
    files = [file for path in paths for file in (sorted(path.rglob("*.ttl")) if path.is_dir() else [path])]
    own = {file: _below(root, file) for file in files}
    examples = [file for file in files if not own[file] and _speaks_of_examples(file)]
    barren = [path for path in paths if path.is_dir() and not any(path in file.parents for file in files)]
    inputs = Inputs(knowledge, reviews=True)
    for _ in inputs.cases(file for file in files if not own[file] and file not in examples):
        pass  # what is wrong gathers in passing
    problems = {*inputs.problems, *map(_nothing_in, barren)}
    problems.update(check_examples(examples, knowledge) if examples else ())
    if any(own.values()):
        problems.update(problem for problem in check_root(root) if problem.file in own.values())
    return sorted(problems)


def _nothing_in(folder: Path) -> Problem:
    return Problem(
        file=str(folder),
        code="IN011",
        what="The directory holds no Turtle file.",
        next_step="Name a directory with cases, worked examples or guidelines, or the files themselves.",
    )


def _below(root: Path, path: Path) -> str:
    """Return the name of a file of the ontology or the knowledge base below ``root``, nothing for another file."""
    for folder in ("ontology", "kb"):
        if path.resolve().is_relative_to((root / folder).resolve()):
            return path.resolve().relative_to(root.resolve()).as_posix()
    return ""


def _speaks_of_examples(path: Path) -> bool:
    return path.suffix == ".ttl" and path.is_file() and PREFIXES["t"].encode() in path.read_bytes()


def check_ontology(root: Path) -> list[Problem]:
    """Return what is wrong with the ontology below ``root``: its terms, their names and the heads of its files."""
    documents, problems = read_documents(root, _ontology_files(root))
    if problems:
        return problems
    if not documents:
        return [_missing(root, "ontology")]
    places, graph = Places(documents), merged(documents)
    store = to_oxigraph(graph)
    vocabulary = Vocabulary(store, lambda: documents)
    problems += unknown_terms(documents, vocabulary, "ON001")
    problems += [_headless(document) for document in documents if (None, RDF.type, OWL.Ontology) not in document.graph]
    problems += written_twice(documents, "ON015")
    problems += unread(root, "ontology")
    problems += _by_shapes(graph, _shapes(root, "ontology"), places, vocabulary)
    problems += _by_queries(store, _rules_on("on"), places)
    # Where a superclass is wrong in itself, classifying again would not help.
    if not any(problem.severity is Severity.VIOLATION for problem in problems):
        problems += unclassified(graph, inferred(root), places)
    return sorted(set(problems))


def check_knowledge(root: Path) -> list[Problem]:
    """Return what is wrong with the knowledge base below ``root``, against the ontology beside it."""
    ontology, problems = read_documents(root, _ontology_files(root))
    knowledge, more = read_documents(root, sorted(root.glob("kb/**/*.ttl")))
    problems += more
    if problems:
        return sorted(problems)
    if not knowledge:
        return [_missing(root, "knowledge base")]
    everything = [*ontology, *knowledge]
    places, graph = Places(knowledge), merged(everything)
    store = to_oxigraph(graph)
    vocabulary = Vocabulary(store, lambda: everything)
    problems += unknown_terms(knowledge, vocabulary, "KB001")
    problems += [*written_twice(knowledge, "KB093"), *elsewhere(knowledge), *unread(root, "kb")]
    problems += _by_shapes(graph, _shapes(root, "knowledge"), places, vocabulary)
    # Whether care is within other care follows from definitions too.
    store.extend(inferred(root))
    problems += _by_queries(store, _rules_on("kb"), places)
    return sorted(set(problems))


def check_case(
    graph: Graph, *, file: str, knowledge: Knowledge, rows: Mapping[str, int] | None = None
) -> list[Problem]:
    """Return what is wrong with the cases of ``graph``, which were read from ``file``; ``graph`` is left as it is.

    Where ``file`` is a table, ``rows`` gives the line of each node.
    """
    document = Document.of(graph, file) if rows is None else Document(file, "", graph, rows)
    return sorted(set(_check_cases(graph, [document], _background(knowledge))))


def check_review(case: Case, path: Path, knowledge: Knowledge) -> list[Problem]:
    """Return what is wrong with the review that ``case``, read from ``path``, describes; no verdict rests on it."""
    graph, store, root = to_rdflib(case.quads), knowledge.store, knowledge.root
    if (None, _HAS_REVIEW, None) not in graph:
        return []
    places = Places([Document.of(graph, str(path))])
    problems = _by_shapes(graph, _shapes(root, "review"), places, _background(knowledge).vocabulary)
    try:
        store.extend(case.quads)
        problems += _by_queries(store, (rule for rule in rules("check") if rule.of_review), places)
    finally:
        for quad in case.quads:
            store.remove(quad)
    return sorted(set(problems))


def check_examples(paths: Iterable[Path], knowledge: Knowledge) -> list[Problem]:
    """Return what is wrong with the worked examples of ``paths``, and with the cases inside them."""
    documents, problems = read_documents(knowledge.root, sorted(paths))
    background = _background(knowledge)
    vocabulary, places, examples = background.vocabulary, Places(documents), merged(documents)
    problems += unknown_terms(documents, vocabulary, "EX001")
    problems += written_twice(documents, "EX012")
    problems += _by_shapes(examples + background.graph, _shapes(knowledge.root, "example"), places, vocabulary)
    for case in set(examples.objects(None, _EXAMPLE_CASE)):
        examples.add((case, RDF.type, _CASE))
    # An undefined term has been reported already, and what comes of a case without date is worth an example.
    in_cases = _check_cases(examples, documents, background)
    problems += [found for found in in_cases if found.code not in {"CA001", "CA002"}]
    return sorted(set(problems))


def _check_cases(graph: Graph, documents: list[Document], background: _Background) -> list[Problem]:
    places, typed = Places(documents), _with_classes(graph, background.properties)
    problems = unknown_terms(documents, background.vocabulary, "CA002")
    problems += _by_shapes(typed, _shapes(background.root, "case"), places, background.vocabulary)
    store = to_oxigraph(typed)
    for concept in {
        ox.NamedNode(str(concept)) for concept in typed.objects(None, _CONCEPT) if isinstance(concept, URIRef)
    }:
        store.extend(background.store.quads_for_pattern(concept, _WITHIN, None))
    return problems + _by_queries(store, _rules_on("ca"), places)


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


def _ontology_files(root: Path) -> list[Path]:
    return [path for path in sorted(root.glob("ontology/*.ttl")) if path.name != INFERRED]


def _missing(root: Path, what: str) -> Problem:
    return Problem(
        file=root.as_posix(),
        code="KB900",
        what=f"There is no {what} here.",
        next_step="Name a directory that holds ontology/, shapes/ and kb/ by --root.",
    )


def _headless(document: Document) -> Problem:
    return Problem(
        file=document.name,
        line=1,
        code="ON007",
        what="The file has no head that says what it is.",
        next_step="Begin it with an owl:Ontology that has version, title, description, creator, date and license.",
    )


@dataclass(frozen=True)
class _Background:
    """The ontology and the knowledge base that cases and examples speak of; each part is made when first asked for."""

    root: Path
    store: ox.Store

    @cached_property
    def documents(self) -> Sequence[Document]:
        """The files that ``store`` was loaded from, read anew."""
        documents, problems = read_documents(
            self.root, [*_ontology_files(self.root), *sorted(self.root.glob("kb/**/*.ttl"))]
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


@lru_cache(maxsize=8)
def _shapes_of(path: Path, _changed: int) -> Graph:
    return _spread(to_rdflib(read_quads(path.read_bytes(), ".ttl", path.name)))


def _spread(shapes: Graph) -> Graph:
    """Give each property shape the targets of the shape that names it, and take it out of there.

    The meaning is the same. pyshacl visits what sh:property names anew for every node, but a shape with targets of its
    own only once for all of them, which is several times faster.
    """
    spread = Graph()
    spread += shapes
    for shape in sorted(set(shapes.subjects(SH.property)), key=str):
        kinds = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)
        targets = [(kind, target) for kind in kinds for target in shapes.objects(shape, kind)]
        allowed = shapes.value(shape, SH.ignoredProperties)
        taken = list(shapes.objects(shape, SH.property)) if targets else []
        for named in taken:
            spread.remove((shape, SH.property, named))
            for kind, target in targets:
                spread.add((named, kind, target))
        if allowed is not None:
            # All at once: whatever is put at the end of a list of RDF has to walk through it.
            properties = Collection(spread, allowed)
            properties += [URIRef(str(shapes.value(named, SH.path))) for named in taken]
    return spread


def _shapes(root: Path, name: str) -> Graph:
    path = root / "shapes" / f"{name}.ttl"
    return _shapes_of(path, path.stat().st_mtime_ns)


# --- shapes and queries


def _by_shapes(graph: Graph, shapes: Graph, places: Places, vocabulary: Vocabulary) -> list[Problem]:
    with quiet():
        _, report, _ = pyshacl.validate(
            graph,
            shacl_graph=shapes,
            inference="none",
            advanced=False,
            do_owl_imports=False,
            meta_shacl=False,
            inplace=True,
        )
    problems = []
    for result in report.subjects(RDF.type, SH.ValidationResult):
        keys = (SH.focusNode, SH.resultPath, SH.value, SH.sourceShape)
        focus, path, value, shape = (report.value(result, key) for key in keys)
        # A misspelt term is reported as such; what follows from it would only be noise.
        if vocabulary.lacks(value) or vocabulary.lacks(path):
            continue
        # A shape inside another has no code of its own: the outer one reports.
        if shapes.value(shape, _PROBLEM_CODE) is None:
            continue
        closed = report.value(result, SH.sourceConstraintComponent) == SH.ClosedConstraintComponent
        problems.append(
            _problem(
                places.find(focus, path, value),
                code=str(shapes.value(shape, _PROBLEM_CODE)),
                message=str(shapes.value(shape, SH.message)),
                severity=str(shapes.value(shape, SH.severity)),
                shown=path if closed else None if value == focus else value,
            )
        )
    return problems


def _by_queries(store: ox.Store, queries: Iterable[Rule], places: Places) -> list[Problem]:
    problems = []
    for rule in queries:
        solutions = store.query(rule.text)
        assert isinstance(solutions, ox.QuerySolutions), f"{rule.name} is not a SELECT query"
        for row in solutions:
            term = row["term"]
            problems.append(
                _problem(
                    places.find(URIRef(term.value) if isinstance(term, ox.NamedNode) else BNode(term.value)),
                    code=row["code"].value,
                    message=row["message"].value,
                    severity=row["severity"].value,
                )
            )
    return problems


def _rules_on(kind: str) -> list[Rule]:
    """Return the queries of a kind, those on a review left out: they need the knowledge base beside the case."""
    return [rule for rule in rules("check") if rule.name.startswith(f"check/{kind}") and not rule.of_review]


def _problem(place: Place, *, code: str, message: str, severity: str, shown: Node | None = None) -> Problem:
    what, *rest = _FIRST_SENTENCE.split(message, maxsplit=1)
    if isinstance(shown, URIRef | Literal):
        text = short(str(shown)) if isinstance(shown, URIRef) else f'"{shown}"'
        what = f"{what.rstrip('.')}: {text}."
    return Problem(
        file=place.file,
        line=place.line,
        code=code,
        term=place.term,
        what=what,
        next_step="".join(rest),
        severity=Severity.WARNING if severity == str(SH.Warning) else Severity.VIOLATION,
    )
