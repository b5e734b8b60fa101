"""Read the knowledge base and cases from files into RDF.

A case is RDF or a letter. The result is plain RDF without blank nodes, with an integer day number beside each date, so that
no rule has to compute with dates.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from imr_kb import __version__
from imr_kb.derive import Statement, compile_rules
from imr_kb.errors import ImrError, InputError, Problem
from imr_kb.files import name_of
from imr_kb.rdf import FORMATS, canonical_hash, file_content, load_turtle, named_quads, parse_quads
from imr_kb.rules import KNOWLEDGE_STAGES, rules
from imr_kb.terms import BASE, CASE, RDF, XSD, core

if TYPE_CHECKING:
    from imr_kb.letters import Lexicon

__all__ = [
    "Case",
    "Knowledge",
    "KnowledgeFiles",
    "cases_of",
    "data_root",
    "knowledge_files",
    "load_cases",
    "load_knowledge",
    "statements",
]

EPOCH: Final = date(1970, 1, 1)
_TYPE: Final = ox.NamedNode(RDF + "type")
_CASE: Final = ox.NamedNode(core("Case"))
_REQUESTS: Final = ox.NamedNode(core("requests"))
_DAY_NUMBER: Final = ox.NamedNode(core("dayNumber"))
_UNSEEN: Final = ox.NamedNode(core("unseenByRules"))
_INTEGER: Final = ox.NamedNode(XSD + "integer")


@dataclass(frozen=True)
class Knowledge:
    """The ontology and the guidelines, compiled and ready to decide with.

    ``store`` holds them as one merged default graph. ``version`` names the package version and the content of the files.
    ``day_properties`` maps each date property to the property of its day number. ``unseen`` are the properties that no
    rule is shown: quotations, and what a determination published. ``terms`` are those of the store as JSON, if they have
    been taken out of it before.
    """

    root: Path
    store: ox.Store
    version: str
    day_properties: Mapping[ox.NamedNode, ox.NamedNode]
    unseen: frozenset[ox.NamedNode]
    terms: bytes | None = None

    @cached_property
    def lexicon(self) -> Lexicon:
        """The names of all concepts, by which letters are read."""
        from imr_kb.letters import Lexicon, Terminology

        if self.terms is not None:
            return Lexicon(Terminology.from_json(self.terms))
        return Lexicon(Terminology.from_store(self.store))

    @cached_property
    def content_hash(self) -> str:
        """The RDFC-1.0 hash of the files as one graph: read for it once more, because only a proof asks for it."""
        return canonical_hash(
            quad
            for path in _files(self.root)
            for quad in parse_quads(path.read_bytes(), ox.RdfFormat.TURTLE, path.name)
        )

    def content_hash_of(self, case: Case) -> str:
        """Return the RDFC-1.0 hash of ``case`` without the day numbers, which follow from its dates."""
        numbers = set(_day_numbers(case.quads, self.day_properties, case.file))
        return canonical_hash(quad for quad in case.quads if quad not in numbers)


@dataclass(frozen=True)
class Case:
    """One case as RDF: its IRI, its file, its quads in the default graph, and what was noticed in reading."""

    iri: str
    file: str
    quads: tuple[ox.Quad, ...]
    problems: tuple[Problem, ...] = ()

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """The quads, taken apart."""
        return tuple(statements(self.quads))

    @cached_property
    def names(self) -> frozenset[str]:
        """The IRIs that belong to the case alone: its own and those of its requests."""
        requests = (str(value.value) for _, predicate, value in self.statements if predicate == _REQUESTS)
        return frozenset({self.iri, *requests})


def statements(quads: Iterable[ox.Quad]) -> Iterator[Statement]:
    """Take ``quads`` apart."""
    return ((quad.subject, quad.predicate, quad.object) for quad in quads)


def data_root() -> Path:
    """Return the directory that holds ``ontology/``, ``shapes/`` and ``kb/``: in the package, else in the checkout.

    Raises:
        ImrError: KB900, neither place holds them.
    """
    package = Path(__file__).resolve().parent
    for root in (package / "data", package.parent):
        if (root / "ontology" / "core.ttl").is_file():
            return root
    raise ImrError(
        Problem(
            file=str(package),
            code="KB900",
            what="The knowledge base is missing.",
            next_step="Install the package again, or name a directory with ontology/, shapes/ and kb/ by --root.",
        )
    )


@dataclass(frozen=True)
class KnowledgeFiles:
    """The files of the ontology and of the knowledge base below ``root``, by name, as they were read."""

    root: Path
    contents: Mapping[str, bytes]

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the files and of the rules that compile and decide, in hexadecimal."""
        digest = hashlib.sha256()
        for name, content in self.contents.items():
            digest.update(name.encode() + b"\0" + content.replace(b"\r\n", b"\n") + b"\0")
        for rule in rules():
            digest.update(rule.name.encode() + b"\0" + rule.text.encode() + b"\0")
        return digest.hexdigest()

    def compiled(self) -> ox.Store:
        """Return the files as one graph, with what the rules for knowledge derive from it.

        Raises:
            ImrError: RD001 where a file is not Turtle, KB901 where the rules do not come to an end.
        """
        store = ox.Store()
        for name, content in self.contents.items():
            load_turtle(store, content, name)
        day_properties = _day_properties(store)
        dated = (quad for one in day_properties for quad in store.quads_for_pattern(None, one, None))
        store.extend(list(_day_numbers(dated, day_properties, str(self.root))))
        compile_rules(store, KNOWLEDGE_STAGES)
        return store

    def knowledge(self, store: ox.Store, terms: bytes | None = None) -> Knowledge:
        """Return the knowledge base of these files, which are compiled in ``store``, with its ``terms`` where known."""
        unseen: frozenset[Any] = frozenset(quad.subject for quad in store.quads_for_pattern(None, _UNSEEN, None))
        version = f"{__version__}+{self.digest[:12]}"
        return Knowledge(self.root, store, version, _day_properties(store), unseen, terms)


def knowledge_files(root: Path | None = None) -> KnowledgeFiles:
    """Read ``ontology/`` and ``kb/`` below ``root`` (default: the bundled ones).

    Raises:
        ImrError: KB900 where there is nothing to load.
    """
    root = root or data_root()
    files = {path.relative_to(root).as_posix(): path for path in _files(root)}
    if not any(name.startswith("ontology/") for name in files):
        raise ImrError(
            Problem(
                file=str(root),
                code="KB900",
                what="There is no ontology here.",
                next_step="Name a directory with ontology/ and kb/.",
            )
        )
    return KnowledgeFiles(root, {name: path.read_bytes() for name, path in sorted(files.items())})


def load_knowledge(root: Path | None = None) -> Knowledge:
    """Load ``ontology/`` and ``kb/`` below ``root`` (default: the bundled ones) and compile them.

    Raises:
        ImrError: KB900 where there is nothing to load, RD001 where a file is not Turtle.
    """
    files = knowledge_files(root)
    return files.knowledge(files.compiled())


def _files(root: Path) -> list[Path]:
    """Return the files of the ontology and of the knowledge base below ``root``."""
    return [*root.glob("ontology/*.ttl"), *root.glob("kb/**/*.ttl")]


def _day_properties(store: ox.Store) -> dict[Any, Any]:
    return {quad.subject: quad.object for quad in store.quads_for_pattern(None, _DAY_NUMBER, None)}


def load_cases(path: Path, knowledge: Knowledge, *, name: str | None = None) -> tuple[Case, ...]:
    """Read all cases of one file, in the order of their IRIs.

    ``name`` is how the file is called in output (default: its last part).

    Raises:
        InputError: IN001 to IN008, IN020 to IN024, RD001 to RD005 where the file cannot be read.
    """
    name = name or name_of(path)
    if path.suffix.lower() in FORMATS:
        quads = named_quads(path, name, CASE + _slug(path.stem))
        return cases_of(quads, _case_nodes(quads, name), knowledge, name)
    return _from_letter(file_content(path, name), knowledge, name)


def _from_letter(content: bytes, knowledge: Knowledge, name: str) -> tuple[Case, ...]:
    from imr_kb.letters import read_letter
    from imr_kb.letters.source import source_text

    source = source_text(content, document=name)
    reading = read_letter(source.text, document=name, lexicon=knowledge.lexicon)
    quads = [*reading.quads, *_day_numbers(reading.quads, knowledge.day_properties, name)]
    return (Case(iri=reading.case, file=name, quads=tuple(quads), problems=(*source.problems, *reading.problems)),)


def _slug(stem: str) -> str:
    return (
        "".join(
            character if character.isascii() and (character.isalnum() or character in "-_.") else "-"
            for character in stem
        )
        or "case"
    )


def cases_of(
    quads: Iterable[ox.Quad], nodes: Iterable[ox.NamedNode], knowledge: Knowledge, file: str
) -> tuple[Case, ...]:
    """Cut out the cases ``nodes``, each with everything that can be reached from it, in the order of their IRIs."""
    nodes = set(nodes)
    by_subject: dict[Any, list[ox.Quad]] = {}
    for quad in quads:
        by_subject.setdefault(quad.subject, []).append(quad)
    found = []
    for case in sorted(nodes, key=str):
        own = {ox.Quad(case, _TYPE, _CASE), *_reachable(case, by_subject, nodes)}
        own |= set(_day_numbers(own, knowledge.day_properties, file))
        found.append(Case(iri=case.value, file=file, quads=tuple(sorted(own, key=str))))
    return tuple(found)


def _case_nodes(quads: Iterable[ox.Quad], file: str) -> set[Any]:
    nodes = {
        quad.subject
        for quad in quads
        if (quad.predicate == _TYPE and quad.object == _CASE) or quad.predicate == _REQUESTS
    }
    if not nodes:
        raise InputError(
            Problem(
                file=file,
                code="RD003",
                what="There is no case in this file.",
                next_step="Give one resource the type imr:Case and its disputed items by imr:requests.",
            )
        )
    return nodes


def _reachable(start: Any, by_subject: Mapping[Any, list[ox.Quad]], cases: set[Any]) -> Iterator[ox.Quad]:
    waiting, seen = [start], {start}
    while waiting:
        for quad in by_subject.get(waiting.pop(), ()):
            yield quad
            if (
                quad.object in by_subject
                and quad.object not in seen
                and quad.object not in cases
                and _is_part(quad.object)
            ):
                seen.add(quad.object)
                waiting.append(quad.object)


def _is_part(node: Any) -> bool:
    """Say whether ``node`` can be part of a case: what a file says about a term of ours is not taken over."""
    name = str(node.value)
    return not name.startswith(BASE) or name.startswith((CASE, f"{BASE}example/"))


def _day_numbers(
    quads: Iterable[ox.Quad], properties: Mapping[ox.NamedNode, ox.NamedNode], file: str
) -> Iterator[ox.Quad]:
    for quad in quads:
        if quad.predicate in properties and isinstance(quad.object, ox.Literal):
            try:
                days = (date.fromisoformat(quad.object.value) - EPOCH).days
            except ValueError as error:
                raise InputError(
                    Problem(
                        file=file,
                        code="RD005",
                        term=quad.object.value,
                        what="This is not a date.",
                        next_step='Write dates as "2015-06-08"^^xsd:date, without a time zone.',
                    )
                ) from error
            yield ox.Quad(quad.subject, properties[quad.predicate], ox.Literal(str(days), datatype=_INTEGER))
