"""Whether the words that facts rest on stand in their documents, at the place that is named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

import pyoxigraph as ox

from imr_kb.errors import Problem
from imr_kb.verify.reading import IMR, OA, Graph, Words, plain

__all__ = ["misquoted"]


def misquoted(quads: Iterable[ox.Quad], documents: Mapping[str, str]) -> Iterator[Problem]:
    """Yield each quotation of a case that does not stand in its document; ``documents`` are texts by name.

    A quotation from a document that is not given is passed over.
    """
    graph = Graph(plain(quads))
    for quotation in sorted({value for _, predicate, value in graph.triples if predicate == IMR.evidence}, key=str):
        for document in graph.all(str(quotation), IMR.document):
            text = documents.get(document.text) if isinstance(document, Words) else None
            if text is not None and not _stands(graph, str(quotation), text):
                exact = graph.one(str(quotation), OA.exact)
                yield Problem(
                    file=document.text,
                    code="VE050",
                    term=str(quotation),
                    what=f"These words do not stand there: {exact or 'none are quoted'}.",
                    next_step="Do not rely on what rests on them; read the document again.",
                )


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
