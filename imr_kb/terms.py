"""The names of the project's vocabularies, and the few terms that the code itself has to know."""

from __future__ import annotations

from typing import Final

__all__ = ["BASE", "CASE", "CORE", "KB", "OA", "PREFIXES", "PROV", "RDF", "RDFS", "SKOS", "XSD", "core", "short"]

BASE: Final = "https://w3id.org/imr-kb/"
CORE: Final = BASE + "core#"
CASE: Final = BASE + "case/"
KB: Final = BASE + "kb/"
OA: Final = "http://www.w3.org/ns/oa#"
PROV: Final = "http://www.w3.org/ns/prov#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"

PREFIXES: Final[dict[str, str]] = {
    "imr": CORE,
    "svc": BASE + "service#",
    "dx": BASE + "condition#",
    "fnd": BASE + "finding#",
    "drug": BASE + "drug#",
    "body": BASE + "body#",
    "cue": BASE + "cue#",
    "src": KB + "source/",
    "order": KB + "order/",
    "phase": KB + "phase/",
    "t": BASE + "test#",
    "oa": OA,
    "prov": PROV,
    "rdf": RDF,
    "rdfs": RDFS,
    "skos": SKOS,
    "xsd": XSD,
}


def core(name: str) -> str:
    """Return the IRI of the core term ``name``.

    >>> core("Case")
    'https://w3id.org/imr-kb/core#Case'
    """
    return CORE + name


def short(iri: str) -> str:
    """Return ``iri`` as a prefixed name where a prefix is known, below the knowledge base as its path, else whole.

    >>> short("https://w3id.org/imr-kb/service#PhysicalTherapy")
    'svc:PhysicalTherapy'
    >>> short("https://w3id.org/imr-kb/kb/odg/office_visit")
    'kb:odg/office_visit'
    """
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return f"kb:{iri.removeprefix(KB)}" if iri.startswith(KB) else iri
