"""Whether the words that facts rest on stand in their documents, at the place that is named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

import pyoxigraph as ox

from imr_kb.errors import Problem
from imr_kb.verify.reading import IMR, OA, Graph, Words, plain

__all__ = ["count", "misquoted"]


def misquoted(quads: Iterable[ox.Quad], documents: Mapping[str, str]) -> Iterator[Problem]:
    """Yield each quotation of a case that does not stand in its document; ``documents`` are texts by name.

    A quotation from a document that is not given is passed over.
    """
    graph = Graph(plain(quads))
    for quotation, document in _quotations(graph):
        text = documents.get(document)
        if text is not None and not _stands(graph, quotation, text):
            exact = graph.one(quotation, OA.exact)
            yield Problem(
                file=document,
                code="VE050",
                term=quotation,
                what=f"These words do not stand there: {exact or 'none are quoted'}.",
                next_step="Do not rely on what rests on them; read the document again.",
            )


def count(cases: Iterable[Iterable[ox.Quad]], documents: Mapping[str, str]) -> tuple[int, int]:
    """Return how many quotations are from ``documents``, and how many from documents that are not given."""
    found = [document in documents for quads in cases for _, document in _quotations(Graph(plain(quads)))]
    return found.count(True), found.count(False)


def _quotations(graph: Graph) -> list[tuple[str, str]]:
    """Return the quotations that facts rest on, with the names of their documents."""
    named = {str(value) for subject in graph.using(IMR.evidence) for value in graph.all(subject, IMR.evidence)}
    pairs = [(name, document) for name in named for document in graph.all(name, IMR.document) or ("",)]
    return sorted((name, document.text if isinstance(document, Words) else "") for name, document in pairs)


def _stands(graph: Graph, quotation: str, text: str) -> bool:
    exact, start, end, prefix, suffix = (
        graph.one(quotation, name) for name in (OA.exact, OA.start, OA.end, OA.prefix, OA.suffix)
    )
    if not isinstance(exact, Words):
        return False
    if not (isinstance(start, Decimal) and isinstance(end, Decimal)):
        return start is None and end is None and exact.text in text
    first, last = int(start), int(end)
    before = prefix.text if isinstance(prefix, Words) else ""
    after = suffix.text if isinstance(suffix, Words) else ""
    fits = 0 <= first <= last and text[first:last] == exact.text
    return fits and text[:first].endswith(before) and text[last:].startswith(after)
