"""Read RDF from files: Turtle, TriG, N-Triples, N-Quads and JSON-LD, without blank nodes and without fetching anything."""

from __future__ import annotations

import codecs
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.errors import InputError, Problem, unreadable
from imr_kb.limits import rdf_1_1, refuse_entangled
from imr_kb.terms import BASE, CASE

__all__ = [
    "CONTEXT_IRI",
    "FORMATS",
    "canonical_hash",
    "context",
    "file_content",
    "load_turtle",
    "named_quads",
    "parse_quads",
    "read_quads",
]

CONTEXT_IRI: Final = BASE + "context.jsonld"
MAX_BYTES: Final = 512 * 1024 * 1024
FORMATS: Final[Mapping[str, ox.RdfFormat]] = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".trig": ox.RdfFormat.TRIG,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".json": ox.RdfFormat.JSON_LD,
}


def named_quads(path: Path, name: str, base: str) -> list[ox.Quad]:
    """Read the RDF of ``path`` with an IRI below ``base`` in place of each blank node.

    Raises:
        InputError: IN001 to IN012, RD001, RD002, RD006, RD007 where the file cannot be read.
    """
    quads = read_quads(file_content(path, name), path.suffix.lower(), name)
    for quad in quads:
        rdf_1_1(quad.object, name)
    refuse_entangled(quads, name)
    return _named(quads, base)


def read_quads(content: bytes, suffix: str, name: str) -> list[ox.Quad]:
    """Parse ``content`` by its file ending and return quads of the default graph, blank nodes still in them.

    Raises:
        InputError: RD001 with line and column where it is not well formed, RD002 where it asks for a remote context.
    """
    rdf_format = FORMATS[suffix]
    if rdf_format == ox.RdfFormat.JSON_LD:
        content = _with_local_context(content, name)
    return parse_quads(content, rdf_format, name)


def file_content(path: Path, name: str) -> bytes:
    """Return what stands in ``path``.

    Raises:
        InputError: IN001 where it is no file, IN002 where it is empty, IN008 where it is too large, IN012 where the system
            does not let it be read.
    """
    try:
        if not path.is_file():
            raise InputError(_no_file(path, name))
        # The size that a file tells is not always what it gives, so no more is taken than may be.
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1) if path.stat().st_size <= MAX_BYTES else None
    except OSError as error:
        raise InputError(unreadable(name, error)) from error
    if content is None or len(content) > MAX_BYTES:
        raise InputError(
            Problem(
                file=name,
                code="IN008",
                what="The file is too large.",
                next_step="Split it into files of under 512 MiB.",
            )
        )
    if not content.strip():
        raise InputError(
            Problem(file=name, code="IN002", what="The file is empty.", next_step="Give a letter or a case.")
        )
    return content


def _no_file(path: Path, name: str) -> Problem:
    if path.is_dir():
        what, step = "This is a directory, not a file.", "Name the files in it; imr-kb batch takes a directory."
    elif path.exists():
        what, step = "This is a device, a pipe or a socket, not a file.", "Save what it gives to a file, and name that."
    else:
        what, step = "There is no such file.", "Check the path."
    return Problem(file=name, code="IN001", what=what, next_step=step)


def parse_quads(content: bytes, rdf_format: ox.RdfFormat, name: str) -> list[ox.Quad]:
    """Parse ``content`` and return quads of the default graph.

    Raises:
        InputError: RD001 with line and column where it is not well formed.
    """
    with _well_formed(rdf_format, name):
        quads = ox.parse(_unmarked(content), format=rdf_format, base_iri=CASE, rename_blank_nodes=True)
        if not rdf_format.supports_datasets:
            return list(quads)
        return [
            quad if quad.graph_name == ox.DefaultGraph() else ox.Quad(quad.subject, quad.predicate, quad.object)
            for quad in quads
        ]


def load_turtle(store: ox.Store, content: bytes, name: str) -> None:
    """Put what ``content`` says into ``store``, as :func:`parse_quads` reads it and much faster than quad by quad.

    Raises:
        InputError: RD001 with line and column where it is not well formed.
    """
    with _well_formed(ox.RdfFormat.TURTLE, name):
        store.load(_unmarked(content), format=ox.RdfFormat.TURTLE, base_iri=CASE)


@contextmanager
def _well_formed(rdf_format: ox.RdfFormat, name: str) -> Iterator[None]:
    """Say of content that is not well formed where it stands and what to do."""
    try:
        yield
    except SyntaxError as error:
        raise InputError(
            Problem(
                file=name,
                line=error.lineno or 0,
                column=error.offset or 0,
                code="RD001",
                what=f"This is not well-formed {rdf_format.name}: {error.msg}.",
                next_step="Mend it at this place; often a full stop, a semicolon or a prefix is missing just before it.",
            )
        ) from error
    except (MemoryError, ValueError) as error:  # a literal of more than 16 MiB is too much for the parser
        raise InputError(
            Problem(
                file=name,
                code="RD001",
                what=f"This is not well-formed {rdf_format.name}: {error}.",
                next_step="Mend it and try again.",
            )
        ) from error


def _unmarked(content: bytes) -> bytes:
    """Return ``content`` without the mark that some editors put before UTF-8."""
    return content.removeprefix(codecs.BOM_UTF8)


def canonical_hash(quads: Iterable[ox.Quad]) -> str:
    """Return the SHA-256, in hexadecimal, of the canonical N-Quads of ``quads`` by RDF Dataset Canonicalization.

    Any tool that knows RDFC-1.0 (W3C, 2024) gives the same for the same triples, however they are written down.
    """
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return hashlib.sha256("".join(sorted(f"{quad} .\n" for quad in dataset)).encode()).hexdigest()


def context() -> dict[str, Any]:
    """Return the published JSON-LD context."""
    loaded: dict[str, Any] = json.loads(
        (Path(__file__).parent / "schemas" / "context.jsonld").read_text(encoding="utf-8")
    )
    return loaded


def _with_local_context(content: bytes, name: str) -> bytes:
    try:
        return json.dumps(_localized(json.loads(content), name)).encode()
    except InputError:
        raise
    except (RecursionError, ValueError) as error:  # nested too deeply, no JSON, no UTF-8, or a number without end
        line, column = getattr(error, "lineno", 0), getattr(error, "colno", 0)
        raise InputError(
            Problem(
                file=name,
                line=line,
                column=column,
                code="RD001",
                what=f"This is not well-formed JSON: {error}.",
                next_step="Mend it and try again.",
            )
        ) from error


def _localized(node: Any, name: str) -> Any:
    if isinstance(node, list):
        return [_localized(item, name) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _local_context(value, name) if key == "@context" else _localized(value, name)
        for key, value in node.items()
    }


def _local_context(value: Any, name: str) -> Any:
    if isinstance(value, list):
        return [_local_context(item, name) for item in value]
    if value == CONTEXT_IRI:
        return context()["@context"]
    if isinstance(value, dict) and "@import" not in value:
        return {
            key: _local_context(part, name) if key == "@context" else _in_definition(part, name)
            for key, part in value.items()
        }
    if value is not None:
        raise InputError(
            Problem(
                file=name,
                code="RD002",
                term=str(value),
                what="A JSON-LD context may not be fetched from elsewhere.",
                next_step=f"Use {CONTEXT_IRI}, which is bundled, or write the context into the file.",
            )
        )
    return value


def _in_definition(part: Any, name: str) -> Any:
    """Return a term definition of a context, in which a context of its own may stand."""
    if not isinstance(part, dict):
        return part
    return {key: _local_context(value, name) if key == "@context" else value for key, value in part.items()}


def _named(quads: Iterable[ox.Quad], base: str) -> list[ox.Quad]:
    """Give every blank node an IRI below ``base`` that does not depend on the order of the triples."""
    quads = list(quads)
    if not any(isinstance(term, ox.BlankNode) for quad in quads for term in (quad.subject, quad.object)):
        return quads
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)

    def name(term: Any) -> Any:
        return (
            ox.NamedNode(f"{base}/node/{term.value.removeprefix('c14n')}") if isinstance(term, ox.BlankNode) else term
        )

    return sorted((ox.Quad(name(quad.subject), quad.predicate, name(quad.object)) for quad in dataset), key=str)
