"""Slips that neither shapes nor queries see, because the triples do not show them: entries written twice, files not read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from rdflib import OWL, RDF, RDFS, Graph, URIRef

from imr_kb.documents import Document, Places
from imr_kb.errors import Problem, Severity
from imr_kb.hierarchy import INFERRED, closure
from imr_kb.rdf import read_quads
from imr_kb.terms import BASE, short

__all__ = ["elsewhere", "inferred", "unclassified", "unread", "without_examples", "written_twice"]

_TYPE: Final = ox.NamedNode(str(RDF.type))
_SUBCLASS: Final = ox.NamedNode(str(RDFS.subClassOf))


def inferred(root: Path) -> list[ox.Quad]:
    """Return the superclasses that the reasoner wrote, nothing where it wrote none."""
    path = root / "ontology" / INFERRED
    quads = read_quads(path.read_bytes(), ".ttl", path.name) if path.is_file() else ()
    return [quad for quad in quads if quad.predicate == _SUBCLASS]


def written_twice(documents: Iterable[Document], code: str) -> list[Problem]:
    """Return the named nodes that say twice what they are: RDF makes one of the two entries, with the lines of both."""
    problems, seen = [], dict[str, str]()
    for document in documents:
        for quad in document.content:
            if not isinstance(quad, ox.Quad) or quad.predicate != _TYPE or not isinstance(quad.subject, ox.NamedNode):
                continue
            entry = f"{quad.subject.value} {quad.object}"
            if entry in seen:
                lines = document.text.lines_with(URIRef(quad.subject.value))
                begun = [line for line in lines if not document.text.lines[line - 1][:1].isspace()]
                problems.append(
                    Problem(
                        file=document.name,
                        line=max(begun or lines or [0]),
                        code=code,
                        term=short(quad.subject.value),
                        what=f"The entry is written twice, before in {seen[entry]}, and the two are taken for one.",
                        next_step="Give one of them another name, or take it out.",
                    )
                )
            seen.setdefault(entry, document.name)
    return problems


def elsewhere(documents: Iterable[Document]) -> list[Problem]:
    """Return the entries of the knowledge base whose names belong to another folder than that of their file."""
    problems: list[Problem] = []
    for document in documents:
        folder = document.name.removeprefix("kb/").rpartition("/")[0]
        own = f"{BASE}kb/{folder}/"
        typed = {
            quad.subject.value
            for quad in document.content
            if isinstance(quad, ox.Quad) and quad.predicate == _TYPE and isinstance(quad.subject, ox.NamedNode)
        }
        problems.extend(
            Problem(
                file=document.name,
                line=document.starts.get(name, 0),
                code="KB096",
                term=short(name),
                what="The name of the entry belongs to another folder than its file.",
                next_step=f"Let its prefix stand for {own}, or move the entry to the folder that it names.",
            )
            for name in sorted(typed)
            if folder and not name.startswith(own)
        )
    return problems


def unread(root: Path, folder: str) -> list[Problem]:
    """Return the files of a folder that are no Turtle by their ending, so that nothing in them counts."""
    return [
        Problem(
            file=path.relative_to(root).as_posix(),
            code="KB094",
            what="The file does not end in .ttl, so it is not read.",
            next_step="Rename it, or keep it somewhere else.",
        )
        for path in sorted((root / folder).rglob("*"))
        if path.is_file() and path.suffix != ".ttl" and not path.name.startswith(".")
    ]


def without_examples(root: Path) -> list[Problem]:
    """Return the files of guidelines that have no twin among the worked examples, and the twins of no file, as warnings."""
    folders = [root / "kb", root / "tests" / "worked"]
    if not folders[1].is_dir():
        return []
    kept, shown = ({path.relative_to(folder) for path in folder.glob("*/*.ttl")} for folder in folders)
    # What is left out of the knowledge base decides nothing.
    kept = {path for path in kept if not path.name.startswith("left_out")}
    return [
        Problem(
            file=f"{'kb' if path in kept else 'tests/worked'}/{path.as_posix()}",
            code="KB099",
            what="The file has no worked examples." if path in kept else "The worked examples are those of no file.",
            next_step=f"Give both one path: kb/{path.as_posix()} and tests/worked/{path.as_posix()}.",
            severity=Severity.WARNING,
        )
        for path in sorted(kept ^ shown)
    ]


def unclassified(graph: Graph, inferred: Iterable[ox.Quad], places: Places) -> list[Problem]:
    """Return the classes whose stated superclasses ``inferred`` does not have: it was written before they were."""
    above = closure(
        (quad.subject.value, quad.object.value)
        for quad in inferred
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode)
    )
    stale = [
        term
        for term in sorted(graph.subjects(RDF.type, OWL.Class) if above else (), key=str)
        if isinstance(term, URIRef)
        and any(
            isinstance(wider, URIRef) and str(wider) not in above.get(str(term), ())
            for wider in graph.objects(term, RDFS.subClassOf)
        )
    ]
    return [
        Problem(
            file=place.file,
            line=place.line,
            code="ON016",
            term=place.term,
            what="ontology/inferred.ttl was written before this class or its superclass, so definitions do not reach it.",
            next_step="Run make classify and commit the file that it writes.",
        )
        for place in map(places.find, stale)
    ]
