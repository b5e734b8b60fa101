"""Run shapes and queries over a graph, and say what is wrong at which node.

What a file must contain stands in ``shapes/``; what a whole graph must not contain, and shapes say badly, in
``imr_kb/rules/check/``. The first sentence of a message says what is wrong, the rest is the next step.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox
import pyshacl
from rdflib import RDF, SH, XSD, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from imr_kb.documents import Places, quiet, to_rdflib
from imr_kb.errors import Problem, Severity
from imr_kb.rdf import read_quads
from imr_kb.rules import Rule, rules
from imr_kb.terms import core, short
from imr_kb.vocabulary import Vocabulary

__all__ = ["Fault", "by_queries", "by_shapes", "rules_on", "shapes_for"]

_FIRST_SENTENCE: Final = re.compile(r"(?<=[.?!])\s+(?=[A-Z])")
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")
_PROBLEM_CODE: Final = URIRef(core("problemCode"))


@dataclass(frozen=True)
class Fault:
    """What is wrong at ``node``, at its ``path`` and ``value`` where that is told; ``shown`` is what a message repeats."""

    node: Node
    code: str
    message: str
    severity: Severity
    path: Node | None = None
    value: Node | None = None
    shown: Node | None = None

    def problem(self, places: Places) -> Problem:
        """Return the problem at the place where ``places`` find it."""
        place = places.find(self.node, self.path, self.value)
        what, *rest = _FIRST_SENTENCE.split(self.message, maxsplit=1)
        if isinstance(self.shown, URIRef | Literal):
            what = f"{what.rstrip('.')}: {_written(self.shown)}."
        return Problem(
            file=place.file,
            line=place.line,
            code=self.code,
            term=place.term,
            what=what,
            next_step="".join(rest),
            severity=self.severity,
        )


def _written(value: URIRef | Literal) -> str:
    """Return a value as an author would write it: a text in quotation marks, a number without."""
    if isinstance(value, URIRef):
        return short(str(value))
    return str(value) if isinstance(value.value, int | Decimal) else f'"{value}"'


def _quoted_number(value: Node | None) -> bool:
    """Say whether a value is a number that was written as a text."""
    return isinstance(value, Literal) and isinstance(value.value, str) and _NUMBER.fullmatch(value) is not None


def by_shapes(graph: Graph, shapes: Graph, vocabulary: Vocabulary) -> Iterator[Fault]:
    """Yield what ``shapes`` find in ``graph``, a misspelt term of ``vocabulary`` left out: it is reported as such."""
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
    for result in report.subjects(RDF.type, SH.ValidationResult):
        keys = (SH.focusNode, SH.resultPath, SH.value, SH.sourceShape)
        focus, path, value, shape = (report.value(result, key) for key in keys)
        # What follows from a misspelt term would only be noise.
        if vocabulary.lacks(value) or vocabulary.lacks(path):
            continue
        # A shape inside another has no code of its own: the outer one reports.
        if shapes.value(shape, _PROBLEM_CODE) is None:
            continue
        # A page is a text; where a number is wanted, its quotation marks are what is wrong.
        quoted = _quoted_number(value) and shapes.value(shape, SH.datatype) != XSD.string
        closed = report.value(result, SH.sourceConstraintComponent) == SH.ClosedConstraintComponent
        message = str(shapes.value(shape, SH.message))
        message += (
            " Write numbers without quotation marks." if quoted else _meant(path, shape, shapes) if closed else ""
        )
        yield Fault(
            focus,
            code=str(shapes.value(shape, _PROBLEM_CODE)),
            message=message,
            severity=_severity(str(shapes.value(shape, SH.severity))),
            path=path,
            value=value,
            shown=path if closed else None if value == focus else value,
        )


def _meant(path: Node | None, shape: Node | None, shapes: Graph) -> str:
    """Return the property that a closed ``shape`` allows and that is named much like ``path``, as a sentence."""
    if shape is None or (first := shapes.value(shape, SH.ignoredProperties)) is None:
        return ""
    names = {str(allowed).lower(): short(str(allowed)) for allowed in Collection(shapes, first)}
    near = difflib.get_close_matches(str(path).lower(), names, n=1, cutoff=0.95)
    return f" Perhaps {names[near[0]]} is meant." if near else ""


def by_queries(store: ox.Store, queries: Iterable[Rule]) -> Iterator[Fault]:
    """Yield what ``queries`` find in ``store``."""
    for rule in queries:
        solutions = store.query(rule.text)
        assert isinstance(solutions, ox.QuerySolutions), f"{rule.name} is not a SELECT query"
        for row in solutions:
            term = row["term"]
            yield Fault(
                URIRef(term.value) if isinstance(term, ox.NamedNode) else BNode(term.value),
                code=row["code"].value,
                message=row["message"].value,
                severity=_severity(row["severity"].value),
            )


def rules_on(kind: str) -> list[Rule]:
    """Return the queries of a kind, those on a review left out: they need the knowledge base beside the case."""
    return [rule for rule in rules("check") if rule.name.startswith(f"check/{kind}") and not rule.of_review]


def _severity(name: str) -> Severity:
    return Severity.WARNING if name == str(SH.Warning) else Severity.VIOLATION


# --- shapes


def shapes_for(root: Path, name: str) -> Graph:
    """Return the shapes of ``name`` below ``root``: ontology, knowledge, case, review or example."""
    path = root / "shapes" / f"{name}.ttl"
    return _shapes_of(path, path.stat().st_mtime_ns)


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
