"""RDF files as people wrote them: their triples, their text, and the line on which each node stands."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from imr_kb.errors import InputError, Problem
from imr_kb.hierarchy import INFERRED
from imr_kb.rdf import read_quads
from imr_kb.terms import XSD, short

__all__ = [
    "Document",
    "Place",
    "Places",
    "Text",
    "merged",
    "ontology_files",
    "quiet",
    "read_documents",
    "to_oxigraph",
    "to_rdflib",
]

_PREFIX: Final = re.compile(r"^\s*(?:@prefix|PREFIX)\s+([\w-]*):\s*<([^<>\s]*)>", re.MULTILINE)
_AT_START: Final = re.compile(r"^(?:<([^<>\s]*)>|([A-Za-z][\w-]*)?:([\w.%/-]*[\w%/-]))")
_TEXT_FORMATS: Final = frozenset({".ttl", ".trig"})


class Text:
    """The text of a file, read when something is looked up in it: mostly nothing is."""

    def __init__(self, read: Callable[[], str]) -> None:
        """Take what ``read`` returns, nothing for a file that is not written for people."""
        self._read = read

    @classmethod
    def of(cls, file: str) -> Text:
        """Return the text of ``file`` where it is there to be read and is written for people."""
        path = Path(file)
        readable = path.suffix.lower() in _TEXT_FORMATS and path.is_file()
        return _text_of(path, path.stat().st_mtime_ns) if readable else cls(str)

    @cached_property
    def content(self) -> str:
        """The text as a whole."""
        return self._read()

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the text."""
        return self.content.splitlines()

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """The prefixes that the text declares."""
        return dict(_PREFIX.findall(self.content))

    @cached_property
    def starts(self) -> dict[str, int]:
        """The line, counted from 1, on which each subject stands at the very beginning."""
        found: dict[str, int] = {}
        for number, line in enumerate(self.lines, start=1):
            match = _AT_START.match(line)
            if match:
                iri, prefix, local = match.groups()
                found.setdefault(iri or self.prefixes.get(prefix or "", "?") + (local or ""), number)
        return found

    def lines_with(self, *terms: Node, first: int = 1, last: int | None = None) -> list[int]:
        """Return the lines from ``first`` to ``last``, comments left out, on which all ``terms`` are written."""
        patterns = [self._written(term) for term in terms]
        return [
            number
            for number, line in enumerate(self.lines[first - 1 : last], start=first)
            if not line.lstrip().startswith("#") and all(pattern.search(line) for pattern in patterns)
        ]

    def _written(self, term: Node) -> re.Pattern[str]:
        if isinstance(term, Literal):
            return re.compile(rf"(?<![\w.]){re.escape(str(term))}(?![\w.]\w)")
        names = [f"<{term}>"]
        for prefix, namespace in self.prefixes.items():
            if str(term).startswith(namespace):
                names.append(f"{prefix}:{str(term).removeprefix(namespace)}")
        return re.compile(r"(?<![\w:])(?:" + "|".join(map(re.escape, names)) + r")(?![\w/-])")


@lru_cache(maxsize=1)
def _text_of(path: Path, _changed: int) -> Text:
    """Return the text of ``path``: the same for all cases of one file, which come one after the other."""
    return Text(partial(path.read_text, encoding="utf-8", errors="replace"))


@dataclass(frozen=True)
class Document:
    """One file: its name in messages, its text, and its triples.

    ``rows`` gives the line of each node where the text is a table and does not name nodes.
    """

    name: str
    text: Text
    content: Graph | tuple[ox.Quad, ...]
    rows: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def graph(self) -> Graph:
        """The triples as a plain graph, made when first asked for: that takes longer than to parse them."""
        return self.content if isinstance(self.content, Graph) else to_rdflib(self.content)

    @cached_property
    def starts(self) -> Mapping[str, int]:
        """The line, counted from 1, of each node that has one of its own."""
        return self.rows or self.text.starts

    def short(self, node: Node) -> str:
        """Return the name of ``node`` by a prefix of the project or of the text, nothing for a nameless node."""
        if isinstance(node, BNode):
            return ""
        name = short(str(node))
        if name == str(node):
            for prefix, namespace in self.text.prefixes.items():
                if name.startswith(namespace):
                    return f"{prefix}:{name.removeprefix(namespace)}"
        return name

    def end_of(self, start: int) -> int:
        """Return the last line of the block that begins on line ``start``."""
        return min((line - 1 for line in self.starts.values() if line > start), default=len(self.text.lines))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node is written: the file, the line (0 where unknown), and the named node that it is part of."""

    file: str
    line: int
    term: str


class Places:
    """Finds nodes in documents."""

    def __init__(self, documents: Sequence[Document]) -> None:
        """Look in ``documents``, in their order."""
        self._documents = documents

    def find(self, node: Node, path: Node | None = None, value: Node | None = None) -> Place:
        """Return where ``node`` is written, or where its ``path`` and ``value`` are, as far as that can be told."""
        for document in self._documents:
            if (node, None, None) in document.graph:
                return self._find_in(document, node, path, value)
        only = self._documents[0].name if len(self._documents) == 1 else ""
        return Place(only, 0, "" if isinstance(node, BNode) else short(str(node)))

    @staticmethod
    def _find_in(document: Document, node: Node, path: Node | None, value: Node | None) -> Place:
        links = [path] if isinstance(path, URIRef) else []
        wanted: list[list[Node]] = [[*links, value]] if links and isinstance(value, URIRef | Literal) else []
        top, seen = node, {node}
        while str(top) not in document.starts:
            above = sorted(document.graph.subject_predicates(top), key=str)
            if not above or above[0][0] in seen:
                break
            top, link = above[0]
            seen.add(top)
            links.append(URIRef(str(link)))
        start = document.starts.get(str(top), 0)
        if not start:
            return Place(document.name, 0, document.short(top if isinstance(node, BNode) else node))
        last = document.end_of(start)
        wanted += [[link] for link in links]
        for terms in wanted:
            lines = document.text.lines_with(*terms, first=start, last=last)
            # A property that stands there more than once does not tell which; its value does.
            if len(lines) == 1 or (lines and len(terms) > 1):
                return Place(document.name, lines[0], document.short(top))
        return Place(document.name, start, document.short(top))


def ontology_files(root: Path) -> list[Path]:
    """Return the files of the ontology below ``root`` that people wrote: all but what the reasoner inferred."""
    return [path for path in sorted(root.glob("ontology/*.ttl")) if path.name != INFERRED]


def read_documents(root: Path, paths: Iterable[Path]) -> tuple[list[Document], list[Problem]]:
    """Read Turtle files, named as below ``root``; the problems are those of files that cannot be read."""
    documents: list[Document] = []
    problems: list[Problem] = []
    for path in paths:
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
        try:
            content = path.read_bytes()
            quads = tuple(read_quads(content, ".ttl", name))
            documents.append(Document(name, Text(partial(content.decode, "utf-8-sig")), quads))
        except InputError as error:
            problems += error.problems
        except FileNotFoundError:
            what = "There is no such file."
            problems.append(Problem(file=name, code="IN001", what=what, next_step="Check the path."))
    return documents, sorted(problems)


def merged(documents: Iterable[Document]) -> Graph:
    """Return the triples of all documents as one plain graph."""
    graph = Graph()
    for document in documents:
        graph += document.graph
    return graph


@contextmanager
def quiet() -> Iterator[None]:
    """Keep rdflib from printing a trace for a value that does not fit its datatype: the shapes report it."""
    logger = logging.getLogger("rdflib.term")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def to_rdflib(quads: Iterable[ox.Quad]) -> Graph:
    """Return quads as a plain graph with every value written as in the file, a time zone included."""
    graph = Graph()

    def node(term: Any) -> Node:
        if isinstance(term, ox.NamedNode):
            return URIRef(term.value)
        if isinstance(term, ox.BlankNode):
            return BNode(term.value)
        if term.language:
            return Literal(term.value, lang=term.language)
        # rdflib tells a plain string from the same string with its datatype written out; RDF does not.
        datatype = None if term.datatype.value == XSD + "string" else URIRef(term.datatype.value)
        return Literal(term.value, datatype=datatype, normalize=False)

    with quiet():
        for quad in quads:
            graph.add((node(quad.subject), node(quad.predicate), node(quad.object)))
    return graph


def to_oxigraph(graph: Graph) -> ox.Store:
    """Return the triples of ``graph`` as a store that answers queries fast."""

    def term(node: Node) -> Any:
        if isinstance(node, URIRef):
            return ox.NamedNode(str(node))
        if isinstance(node, BNode):
            return ox.BlankNode(str(node))
        if isinstance(node, Literal):
            datatype = ox.NamedNode(str(node.datatype)) if node.datatype and not node.language else None
            return ox.Literal(str(node), datatype=datatype, language=node.language)
        raise TypeError(f"not a term of RDF: {node!r}")

    store = ox.Store()
    store.extend(ox.Quad(term(subject), term(predicate), term(value)) for subject, predicate, value in graph)
    return store
