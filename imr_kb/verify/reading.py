"""Read what is to be verified: RDF as plain values of Python, receipts, and the text of documents.

pyoxigraph parses and canonicalizes here; nothing is stored in it and no query is run by it.
"""

from __future__ import annotations

import codecs
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeAlias

import pyoxigraph as ox

from imr_kb.errors import InputError, Problem
from imr_kb.limits import rdf_1_1, refuse_entangled

__all__ = [
    "BASE",
    "IMR",
    "OA",
    "OWL",
    "PROV",
    "RDF",
    "RDFS",
    "XSD",
    "Graph",
    "Namespace",
    "Triple",
    "Value",
    "Words",
    "canonical_hash",
    "cases_in",
    "day_numbers",
    "day_of",
    "parsed",
    "plain",
    "rounded",
]

BASE: Final = "https://w3id.org/imr-kb/"
_CASE: Final = BASE + "case/"
_OWN: Final = (_CASE, BASE + "example/")
_CONTEXT: Final = BASE + "context.jsonld"
_FORMATS: Final = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".trig": ox.RdfFormat.TRIG,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".json": ox.RdfFormat.JSON_LD,
}
_EPOCH: Final = date(1970, 1, 1)
#: Engines carry quotients to different lengths; no rule turns on so small a part.
_SMALLEST: Final = Decimal("0.000000001")
_LARGEST: Final = Decimal(10) ** 18


class Namespace:
    """The terms of a vocabulary as attributes: ``IMR.status``."""

    def __init__(self, base: str) -> None:
        """Begin every term with ``base``."""
        self._base = base

    def __getattr__(self, name: str) -> str:
        term = self.term(name)
        setattr(self, name, term)
        return term

    def term(self, name: str) -> str:
        """Return the term of this name; the beginning of all of them for an empty one."""
        return self._base + name


IMR: Final = Namespace(BASE + "core#")
OA: Final = Namespace("http://www.w3.org/ns/oa#")
OWL: Final = Namespace("http://www.w3.org/2002/07/owl#")
PROV: Final = Namespace("http://www.w3.org/ns/prov#")
RDF: Final = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS: Final = Namespace("http://www.w3.org/2000/01/rdf-schema#")
XSD: Final = Namespace("http://www.w3.org/2001/XMLSchema#")
_NUMBERS: Final = frozenset({XSD.integer, XSD.decimal, XSD.nonNegativeInteger, XSD.int, XSD.long})


@dataclass(frozen=True, slots=True)
class Words:
    """A literal that is neither a number nor a date; true and false are such words too."""

    text: str

    def __str__(self) -> str:
        """Return the text in quotation marks."""
        return f'"{self.text}"'


#: An IRI or the name of a blank node, a number, a date, or words.
Value: TypeAlias = str | Decimal | date | Words
Triple: TypeAlias = tuple[str, str, Value]


class Graph:
    """Triples of plain values that can be looked up from either side, and grow."""

    def __init__(self, triples: Iterable[Triple] = ()) -> None:
        """Begin with ``triples``."""
        self.triples: set[Triple] = set()
        self._objects: dict[tuple[str, str], list[Any]] = {}
        self._subjects: dict[tuple[str, Value], list[str]] = {}
        self._users: dict[str, dict[str, None]] = {}
        for triple in triples:
            self.add(*triple)

    def add(self, subject: str, predicate: str, value: Value | None) -> None:
        """Take in a triple; nothing where there is no value."""
        triple = (subject, predicate, value)
        if value is None or triple in self.triples:
            return
        self.triples.add((subject, predicate, value))
        self._objects.setdefault((subject, predicate), []).append(value)
        self._subjects.setdefault((predicate, value), []).append(subject)
        self._users.setdefault(predicate, {})[subject] = None

    def all(self, subject: str, predicate: str) -> tuple[Any, ...]:
        """Return every value of ``predicate`` at ``subject``."""
        return tuple(self._objects.get((subject, predicate), ()))

    def one(self, subject: str, predicate: str) -> Any:
        """Return a value of ``predicate`` at ``subject``, or None."""
        return next(iter(self._objects.get((subject, predicate), ())), None)

    def having(self, predicate: str, value: Value) -> tuple[str, ...]:
        """Return every subject with ``value`` for ``predicate``."""
        return tuple(self._subjects.get((predicate, value), ()))

    def using(self, predicate: str) -> tuple[str, ...]:
        """Return every subject that has ``predicate``."""
        return tuple(self._users.get(predicate, ()))


def rounded(number: Decimal) -> Decimal:
    """Return ``number`` without what engines may carry differently."""
    return number.quantize(_SMALLEST).normalize() if number != number.to_integral_value() else number


def day_of(day: Value) -> Decimal:
    """Return the days since 1970-01-01."""
    assert isinstance(day, date)
    return Decimal((day - _EPOCH).days)


def plain(quads: Iterable[ox.Quad]) -> Iterator[Triple]:
    """Yield ``quads`` as triples of plain values."""
    for quad in quads:
        yield _name(quad.subject), quad.predicate.value, _value(quad.object)


def day_numbers(triples: Iterable[Triple], known: Graph) -> Iterator[Triple]:
    """Yield the day number of each date of ``triples`` whose property has one in ``known``."""
    for subject, predicate, value in triples:
        for number in known.all(predicate, IMR.dayNumber) if isinstance(value, date) else ():
            yield subject, number, day_of(value)


def parsed(content: bytes, suffix: str, name: str) -> list[ox.Quad]:
    """Parse RDF by the ending of its file; nothing is fetched.

    Raises:
        InputError: RD001 where it is not well formed, or asks for a context from elsewhere.
    """
    if suffix not in _FORMATS:
        what = "What is verified is RDF, told apart by the file's ending, and this is another file."
        step = f"Name a file that ends in {', '.join(_FORMATS)}; a decision is written by imr-kb decide --format ttl."
        raise InputError(Problem(file=name, code="RD001", what=what, next_step=step))
    try:
        if suffix in {".json", ".jsonld"}:
            content = json.dumps(_with_context(json.loads(content))).encode()
        quads = ox.parse(
            content.removeprefix(codecs.BOM_UTF8), format=_FORMATS[suffix], base_iri=_CASE, rename_blank_nodes=True
        )
        return [ox.Quad(quad.subject, quad.predicate, rdf_1_1(quad.object, name)) for quad in quads]
    except (MemoryError, RecursionError, SyntaxError, ValueError) as error:
        problem = Problem(
            file=name,
            line=getattr(error, "lineno", 0) or 0,
            code="RD001",
            what=f"This is not well-formed RDF: {error}.",
            next_step="Name a file that decide --format ttl wrote, or a case in RDF.",
        )
        raise InputError(problem) from error


def cases_in(content: bytes, path: Path) -> dict[str, list[ox.Quad]]:
    """Return each case of a file with all that belongs to it; what has no name gets the one that deciding gives it.

    Raises:
        InputError: RD001 where the file is not well formed, RD003 where it holds no case, RD006 where what has no name
            cannot be told apart.
    """
    stem = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in "-_.") else "-" for letter in path.stem
    )
    written = parsed(content, path.suffix.lower(), path.name)
    refuse_entangled(written, path.name)
    quads = _with_names(written, _CASE + (stem or "case"))
    by_subject: dict[str, list[ox.Quad]] = {}
    for quad in quads:
        by_subject.setdefault(_name(quad.subject), []).append(quad)
    cases = {subject for subject, predicate, _ in plain(quads) if predicate == IMR.requests}
    cases |= {subject for subject, predicate, value in plain(quads) if (predicate, value) == (RDF.type, IMR.Case)}
    if not cases:
        raise InputError(
            Problem(
                file=path.name,
                code="RD003",
                what="There is no case in this file.",
                next_step="Name the case that was decided.",
            )
        )
    found: dict[str, list[ox.Quad]] = {}
    for case in sorted(cases):
        parts, waiting = {case}, [case]
        while waiting:
            for quad in by_subject.get(waiting.pop(), ()):
                part = _name(quad.object) if not isinstance(quad.object, ox.Literal) else ""
                if part in by_subject and part not in parts | cases and _is_part(part):
                    parts.add(part)
                    waiting.append(part)
        kind = ox.Quad(ox.NamedNode(case), ox.NamedNode(RDF.type), ox.NamedNode(IMR.Case))
        found[case] = [kind, *(quad for part in sorted(parts) for quad in by_subject[part] if quad != kind)]
    return found


def canonical_hash(quads: Iterable[ox.Quad]) -> str:
    """Return the SHA-256 of the canonical N-Quads of ``quads`` after RDF Dataset Canonicalization (RDFC-1.0)."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return hashlib.sha256("".join(sorted(f"{quad} .\n" for quad in dataset)).encode()).hexdigest()


def _value(term: Any) -> Value:
    if not isinstance(term, ox.Literal):
        return _name(term)
    kind = term.datatype.value
    try:
        if kind in _NUMBERS and abs(number := Decimal(term.value)) < _LARGEST:
            return rounded(number)
        if kind == XSD.date:
            return date.fromisoformat(term.value)
    except (ArithmeticError, ValueError):
        pass  # not what its datatype says: the words alone
    return Words(term.value)


def _name(term: Any) -> str:
    return f"_:{term.value}" if isinstance(term, ox.BlankNode) else str(term.value)


def _is_part(name: str) -> bool:
    return not name.startswith(BASE) or name.startswith(_OWN)


def _with_names(quads: list[ox.Quad], base: str) -> list[ox.Quad]:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)

    def named(term: Any) -> Any:
        is_blank = isinstance(term, ox.BlankNode)
        return ox.NamedNode(f"{base}/node/{term.value.removeprefix('c14n')}") if is_blank else term

    return [ox.Quad(named(quad.subject), quad.predicate, named(quad.object)) for quad in dataset]


def _with_context(node: Any) -> Any:
    """Put the published context in the place of its name."""
    if isinstance(node, list):
        return [_with_context(part) for part in node]
    if isinstance(node, dict):
        return {key: _context(value) if key == "@context" else _with_context(value) for key, value in node.items()}
    return node


def _context(value: Any) -> Any:
    if isinstance(value, list):
        return [_context(part) for part in value]
    if value == _CONTEXT:
        path = Path(__file__).resolve().parent.parent / "schemas" / "context.jsonld"
        return json.loads(path.read_text(encoding="utf-8"))["@context"]
    return value
