"""Writes what was read as RDF: every fact with the words of the letter that it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

import pyoxigraph as ox

from imr_kb.letters.drafts import Draft, Value
from imr_kb.letters.lexicon import Lexicon
from imr_kb.letters.requests import Request
from imr_kb.terms import OA, RDF, XSD, core

__all__ = ["case_quads", "evidence_name", "evidence_quads"]

#: The terms of the vocabulary, which come again in every letter.
_term: Final = lru_cache(maxsize=4096)(ox.NamedNode)

_TYPE: Final = ox.NamedNode(RDF + "type")
_EVIDENCE: Final = ox.NamedNode(core("evidence"))
_DOCUMENT: Final = ox.NamedNode(core("document"))
_SELECTORS: Final = tuple(ox.NamedNode(OA + name) for name in ("TextPositionSelector", "TextQuoteSelector"))
_START: Final = ox.NamedNode(OA + "start")
_END: Final = ox.NamedNode(OA + "end")
_EXACT: Final = ox.NamedNode(OA + "exact")
_OFFSET: Final = ox.NamedNode(XSD + "nonNegativeInteger")
_DATE: Final = ox.NamedNode(XSD + "date")
_BOOLEAN: Final = ox.NamedNode(XSD + "boolean")
_INTEGER: Final = ox.NamedNode(XSD + "integer")
_DECIMAL: Final = ox.NamedNode(XSD + "decimal")
_INTEGERS: Final = frozenset(core(name) for name in ("ageYears", "sequence", "quantity", "visits", "daysSupply"))


def case_quads(
    case: str,
    values: Mapping[str, Value],
    facts: Sequence[Draft],
    requests: Sequence[Request],
    authorized: Sequence[Request],
    *,
    text: str,
    document: str,
    lexicon: Lexicon,
) -> tuple[ox.Quad, ...]:
    """Return the quads of a case in a fixed order: the case, its facts, its requests, what is authorized, the words."""
    root = ox.NamedNode(case)
    quads = [ox.Quad(root, _TYPE, _term(core("Case")))]
    quads += [_valued(root, name, values[name]) for name in sorted(values)]
    spans = {span for draft in facts for span in draft.spans}
    spans |= {one.span for request in requests for one in (request, *request.comprises)}
    named = [one for whole in authorized for one in (whole.comprises or (whole,)) if one.concept is not None]
    spans |= {granted.span for granted in named}
    evidence = {span: ox.NamedNode(evidence_name(case, span)) for span in sorted(spans)}
    nodes = {id(draft): ox.NamedNode(f"{case}/fact/{number}") for number, draft in enumerate(facts, 1)}
    for draft in facts:
        quads.append(ox.Quad(root, _term(lexicon.properties[draft.kind]), nodes[id(draft)]))
        quads += _fact(draft, nodes, evidence)
    for number, request in enumerate(requests, 1):
        node = ox.NamedNode(f"{case}/request/{number}")
        quads.append(ox.Quad(root, _term(core("requests")), node))
        quads += _request(node, number, request, evidence)
        for place, part in enumerate(request.comprises, 1):
            member = ox.NamedNode(f"{case}/request/{number}/part/{place}")
            quads.append(ox.Quad(node, _term(core("comprises")), member))
            quads += _request(member, place, part, evidence)
    for number, granted in enumerate(named, 1):
        node = ox.NamedNode(f"{case}/authorization/{number}")
        quads.append(ox.Quad(root, _term(core("hasAuthorization")), node))
        quads += _authorization(node, granted, evidence)
    for span, node in evidence.items():
        quads += _evidence(node, span, text, document)
    return tuple(dict.fromkeys(quads))


_Evidence = Mapping[tuple[int, int], ox.NamedNode]


def _fact(draft: Draft, nodes: Mapping[int, ox.NamedNode], evidence: _Evidence) -> Iterator[ox.Quad]:
    node = nodes[id(draft)]
    yield ox.Quad(node, _TYPE, _term(draft.kind))
    yield ox.Quad(node, _term(core("concept")), _term(draft.concept))
    yield ox.Quad(node, _term(core("polarity")), _term(core("Absent" if draft.absent else "Present")))
    yield from _place(node, draft.parts, draft.side)
    for prop in sorted(draft.values):
        yield _valued(node, prop, draft.values[prop])
    if draft.shown_by is not None and id(draft.shown_by) in nodes:
        yield ox.Quad(node, _term(core("shownBy")), nodes[id(draft.shown_by)])
    for span in sorted(draft.spans):
        yield ox.Quad(node, _EVIDENCE, evidence[span])


def _place(node: ox.NamedNode, parts: Iterable[str], side: str | None) -> Iterator[ox.Quad]:
    for part in parts:
        yield ox.Quad(node, _term(core("bodyPart")), _term(part))
    if side is not None:
        yield ox.Quad(node, _term(core("laterality")), _term(side))


def _request(node: ox.NamedNode, number: int, request: Request, evidence: _Evidence) -> Iterator[ox.Quad]:
    yield ox.Quad(node, _TYPE, _term(core("Request")))
    yield _valued(node, core("sequence"), number)
    yield ox.Quad(node, _term(core("requestedText")), ox.Literal(request.text))
    if request.concept is not None:
        yield ox.Quad(node, _term(core("concept")), _term(request.concept))
    yield from _place(node, request.parts, request.side)
    for prop in sorted(request.values):
        yield _valued(node, prop, request.values[prop])
    if request.outcome is not None:
        yield ox.Quad(node, _term(core("publishedOutcome")), _term(request.outcome))
    yield ox.Quad(node, _EVIDENCE, evidence[request.span])


def _authorization(node: ox.NamedNode, granted: Request, evidence: _Evidence) -> Iterator[ox.Quad]:
    yield ox.Quad(node, _TYPE, _term(core("Authorization")))
    if granted.concept is not None:
        yield ox.Quad(node, _term(core("concept")), _term(granted.concept))
    yield from _place(node, granted.parts, granted.side)
    if (quantity := granted.values.get(core("quantity"))) is not None:
        yield _valued(node, core("quantity"), quantity)
    yield ox.Quad(node, _EVIDENCE, evidence[granted.span])


def evidence_quads(name: str, span: tuple[int, int], text: str, document: str) -> Iterator[ox.Quad]:
    """Yield the evidence ``name``: the characters ``span`` of ``text``, quoted, and the document that they are from."""
    return _evidence(ox.NamedNode(name), span, text, document)


def _evidence(node: ox.NamedNode, span: tuple[int, int], text: str, document: str) -> Iterator[ox.Quad]:
    for selector in _SELECTORS:
        yield ox.Quad(node, _TYPE, selector)
    yield ox.Quad(node, _START, ox.Literal(str(span[0]), datatype=_OFFSET))
    yield ox.Quad(node, _END, ox.Literal(str(span[1]), datatype=_OFFSET))
    yield ox.Quad(node, _EXACT, ox.Literal(text[span[0] : span[1]]))
    yield ox.Quad(node, _DOCUMENT, ox.Literal(document))


def evidence_name(case: str, span: tuple[int, int]) -> str:
    """Return the IRI of the evidence at ``span`` in the letter of ``case``."""
    return f"{case}/evidence/{span[0]}-{span[1]}"


def _valued(node: ox.NamedNode, predicate: str, value: Value) -> ox.Quad:
    return ox.Quad(node, _term(predicate), _as_term(predicate, value))


def _as_term(predicate: str, value: Value) -> ox.NamedNode | ox.Literal:
    match value:
        case bool():
            return ox.Literal(str(value).lower(), datatype=_BOOLEAN)
        case date():
            return ox.Literal(value.isoformat(), datatype=_DATE)
        case int():
            return ox.Literal(str(value), datatype=_INTEGER if predicate in _INTEGERS else _DECIMAL)
        case Decimal():
            plain = format(value.normalize(), "f")
            return ox.Literal(plain, datatype=_INTEGER if predicate in _INTEGERS else _DECIMAL)
        case str() if value.startswith(("http://", "https://")):
            return ox.NamedNode(value)
        case _:
            return ox.Literal(str(value))
