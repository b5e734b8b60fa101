"""Check the ontology, the knowledge base, cases and worked examples: what is wrong, where, and what to do about it.

What a file must contain stands in ``shapes/``; what a whole graph must not contain, and shapes say badly, in
``imr_kb/rules/check/``. The first sentence of a message says what is wrong, the rest is the next step.
"""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox
import pyshacl
from rdflib import OWL, RDF, RDFS, SH, SKOS, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from imr_kb.documents import Document, Place, Places, merged, quiet, read_documents, to_oxigraph, to_rdflib
from imr_kb.errors import EXIT_UNREADABLE, InputError, Problem, Severity
from imr_kb.load import Knowledge
from imr_kb.rules import rules
from imr_kb.terms import BASE, KB, PREFIXES, core, short

__all__ = ["check_case", "check_examples", "check_knowledge", "check_ontology", "check_paths", "check_root"]

# The reasoner writes it from the other files; a test of its own proves it fresh.
_GENERATED: Final = "inferred.ttl"
# Our vocabularies, and among them the names that files make up for themselves and that nobody has to define.
_VOCABULARY: Final = re.compile(re.escape(BASE) + r"(?:[a-z]+#|kb/.)")
_OWN_NAMES: Final = tuple(BASE + part for part in ("example/", "case/", "shape/", "test#"))
_FIRST_SENTENCE: Final = re.compile(r"(?<=[.?!])\s+(?=[A-Z])")
_PROBLEM_CODE: Final = URIRef(core("problemCode"))
_LABELS: Final = frozenset({str(RDFS.label), str(SKOS.altLabel)})
_CASE: Final = URIRef(core("Case"))
_HAS_FACT: Final = URIRef(core("hasFact"))
_EXAMPLE_CASE: Final = URIRef(PREFIXES["t"] + "case")

_Stamp = tuple[tuple[str, int, int], ...]


def check_root(root: Path) -> list[Problem]:
    """Return what is wrong with the ontology and the knowledge base below ``root``."""
    problems = check_ontology(root)
    # On an ontology that cannot be read, every guideline would seem wrong.
    if any(problem.exit_code == EXIT_UNREADABLE for problem in problems):
        return problems
    return sorted({*problems, *check_knowledge(root)})


def check_paths(paths: Iterable[Path], knowledge: Knowledge) -> list[Problem]:
    """Return what is wrong with files: cases, letters, examples, or guidelines and terms of ``knowledge``.

    Of a directory, every Turtle file is checked.
    """
    from imr_kb.inputs import Inputs

    root = knowledge.root
    files = [file for path in paths for file in (sorted(path.rglob("*.ttl")) if path.is_dir() else [path])]
    own = {file: _below(root, file) for file in files}
    examples = [file for file in files if not own[file] and _speaks_of_examples(file)]
    inputs = Inputs(knowledge)
    for _ in inputs.cases(file for file in files if not own[file] and file not in examples):
        pass  # what is wrong gathers in passing
    problems = set(inputs.problems)
    problems.update(check_examples(examples, root) if examples else ())
    if any(own.values()):
        problems.update(problem for problem in check_root(root) if problem.file in own.values())
    return sorted(problems)


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
    vocabulary, places, graph = _Vocabulary(documents), Places(documents), merged(documents)
    problems += _unknown_terms(documents, vocabulary, "ON001")
    problems += [_headless(document) for document in documents if (None, RDF.type, OWL.Ontology) not in document.graph]
    problems += _by_shapes(graph, _shapes(root, "ontology"), places, vocabulary)
    problems += _by_queries(graph, "on", places)
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
    vocabulary, places, graph = _Vocabulary(everything), Places(knowledge), merged(everything)
    problems += _unknown_terms(knowledge, vocabulary, "KB001")
    problems += _by_shapes(graph, _shapes(root, "knowledge"), places, vocabulary)
    problems += _by_queries(graph, "kb", places)
    return sorted(set(problems))


def check_case(graph: Graph, *, file: str, root: Path) -> list[Problem]:
    """Return what is wrong with the cases of ``graph``, which were read from ``file``; ``graph`` is left as it is."""
    return sorted(set(_check_cases(graph, [Document.of(graph, file)], _background(root, _stamp(root)), root)))


def check_examples(paths: Iterable[Path], root: Path) -> list[Problem]:
    """Return what is wrong with the worked examples of ``paths``, and with the cases inside them."""
    documents, problems = read_documents(root, sorted(paths))
    background = _background(root, _stamp(root))
    vocabulary, places, examples = background.vocabulary, Places(documents), merged(documents)
    problems += _unknown_terms(documents, vocabulary, "EX001")
    problems += _by_shapes(examples + background.graph, _shapes(root, "example"), places, vocabulary)
    for case in set(examples.objects(None, _EXAMPLE_CASE)):
        examples.add((case, RDF.type, _CASE))
    # An undefined term has been reported already, and what comes of a case without date is worth an example.
    in_cases = _check_cases(examples, documents, background, root)
    problems += [found for found in in_cases if found.code not in {"CA001", "CA002"}]
    return sorted(set(problems))


def _check_cases(graph: Graph, documents: list[Document], background: _Background, root: Path) -> list[Problem]:
    places, typed = Places(documents), _with_classes(graph, background.properties)
    problems = _unknown_terms(documents, background.vocabulary, "CA002")
    problems += _by_shapes(typed, _shapes(root, "case"), places, background.vocabulary)
    return problems + _by_queries(typed, "ca", places)


def _with_classes(graph: Graph, ontology: Graph) -> Graph:
    """Return a copy of ``graph`` in which facts and requests have the class that the property before them promises."""
    typed = Graph()
    typed += graph
    for link in {*ontology.subjects(RDFS.domain, _CASE), *ontology.subjects(RDFS.subPropertyOf, _HAS_FACT)}:
        kind = ontology.value(link, RDFS.range)
        for node in graph.objects(None, link):
            # A concept in the place of a fact stays without class, so that its shape can say so.
            if kind is not None and (node, None, None) in graph:
                typed.add((node, RDF.type, kind))
    return typed


# --- what is checked against


def _ontology_files(root: Path) -> list[Path]:
    return [path for path in sorted(root.glob("ontology/*.ttl")) if path.name != _GENERATED]


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

    documents: Sequence[Document]

    @cached_property
    def graph(self) -> Graph:
        """All triples."""
        return merged(self.documents)

    @cached_property
    def vocabulary(self) -> _Vocabulary:
        """All terms."""
        return _Vocabulary(self.documents)

    @cached_property
    def properties(self) -> Graph:
        """What the ontology says of properties."""
        told = {str(RDFS.domain), str(RDFS.range), str(RDFS.subPropertyOf)}
        quads = (quad for document in self.documents for quad in document.content)
        return to_rdflib(quad for quad in quads if isinstance(quad, ox.Quad) and quad.predicate.value in told)


def _stamp(root: Path) -> _Stamp:
    """Return the files of the ontology and the knowledge base with what changes when they do."""
    paths = [*_ontology_files(root), *sorted(root.glob("kb/**/*.ttl"))]
    return tuple((path.as_posix(), path.stat().st_mtime_ns, path.stat().st_size) for path in paths)


@lru_cache(maxsize=2)
def _background(root: Path, stamp: _Stamp) -> _Background:
    documents, problems = read_documents(root, [Path(name) for name, _, _ in stamp])
    if problems or not documents:
        raise InputError(*(problems or [_missing(root, "ontology")]))
    return _Background(tuple(documents))


@lru_cache(maxsize=8)
def _shapes_of(path: Path, _changed: int) -> Graph:
    return _spread(Graph().parse(path, format="turtle"))


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
        for named in shapes.objects(shape, SH.property) if targets else ():
            spread.remove((shape, SH.property, named))
            for kind, target in targets:
                spread.add((named, kind, target))
            if allowed is not None:
                Collection(spread, allowed).append(URIRef(str(shapes.value(named, SH.path))))
    return spread


def _shapes(root: Path, name: str) -> Graph:
    path = root / "shapes" / f"{name}.ttl"
    return _shapes_of(path, path.stat().st_mtime_ns)


# --- terms that nobody defined


class _Vocabulary:
    """The terms that documents define, and which of them is nearest to one that they do not."""

    def __init__(self, documents: Sequence[Document]) -> None:
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


def _split(term: str) -> tuple[str, str]:
    cut = max(term.rfind("#"), term.rfind("/")) + 1
    return term[:cut], term[cut:]


def _unknown_terms(documents: Iterable[Document], vocabulary: _Vocabulary, code: str) -> list[Problem]:
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


# --- shapes and queries


def _by_shapes(graph: Graph, shapes: Graph, places: Places, vocabulary: _Vocabulary) -> list[Problem]:
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


def _by_queries(graph: Graph, kind: str, places: Places) -> list[Problem]:
    store = to_oxigraph(graph)
    problems = []
    for rule in rules("check"):
        if not rule.name.rpartition("/")[2].startswith(kind):
            continue
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
