"""Writes what was read as RDF: every fact with the words of the letter that it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

import pyoxigraph as ox

from imr_kb.letters.drafts import Draft, Value
from imr_kb.letters.lexicon import Lexicon
from imr_kb.letters.requests import Request
from imr_kb.terms import OA, RDF, XSD, core

__all__ = ["case_quads", "evidence_name", "evidence_quads"]

_TYPE: Final = ox.NamedNode(RDF + "type")
_INTEGERS: Final = frozenset(core(name) for name in ("ageYears", "sequence", "quantity", "visits", "daysSupply"))
_OFFSET: Final = ox.NamedNode(XSD + "nonNegativeInteger")


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
    quads = [ox.Quad(ox.NamedNode(case), _TYPE, ox.NamedNode(core("Case")))]
    quads += [_quad(case, name, values[name]) for name in sorted(values)]
    spans: set[tuple[int, int]] = set()
    names = {id(draft): f"{case}/fact/{number}" for number, draft in enumerate(facts, 1)}
    for draft in facts:
        spans.update(draft.spans)
        quads += _fact(case, names[id(draft)], draft, names, lexicon)
    for number, request in enumerate(requests, 1):
        spans.update(one.span for one in (request, *request.comprises))
        name = f"{case}/request/{number}"
        quads.append(_link(case, core("requests"), name))
        quads += _request(case, name, number, request)
        for place, part in enumerate(request.comprises, 1):
            quads.append(_link(name, core("comprises"), f"{name}/part/{place}"))
            quads += _request(case, f"{name}/part/{place}", place, part)
    named = [one for whole in authorized for one in (whole.comprises or (whole,)) if one.concept is not None]
    for number, granted in enumerate(named, 1):
        spans.add(granted.span)
        quads += _authorization(case, f"{case}/authorization/{number}", granted)
    for span in sorted(spans):
        quads += evidence_quads(evidence_name(case, span), span, text, document)
    return tuple(dict.fromkeys(quads))


def _fact(case: str, name: str, draft: Draft, names: Mapping[int, str], lexicon: Lexicon) -> Iterator[ox.Quad]:
    yield _link(case, lexicon.properties[draft.kind], name)
    yield _link(name, RDF + "type", draft.kind)
    yield _link(name, core("concept"), draft.concept)
    yield _link(name, core("polarity"), core("Absent" if draft.absent else "Present"))
    for part in draft.parts:
        yield _link(name, core("bodyPart"), part)
    if draft.side is not None:
        yield _link(name, core("laterality"), draft.side)
    for prop in sorted(draft.values):
        yield _quad(name, prop, draft.values[prop])
    if draft.shown_by is not None and id(draft.shown_by) in names:
        yield _link(name, core("shownBy"), names[id(draft.shown_by)])
    for span in sorted(draft.spans):
        yield _link(name, core("evidence"), evidence_name(case, span))


def _request(case: str, name: str, number: int, request: Request) -> Iterator[ox.Quad]:
    yield _link(name, RDF + "type", core("Request"))
    yield _quad(name, core("sequence"), number)
    yield ox.Quad(ox.NamedNode(name), ox.NamedNode(core("requestedText")), ox.Literal(request.text))
    if request.concept is not None:
        yield _link(name, core("concept"), request.concept)
    for part in request.parts:
        yield _link(name, core("bodyPart"), part)
    if request.side is not None:
        yield _link(name, core("laterality"), request.side)
    for prop in sorted(request.values):
        yield _quad(name, prop, request.values[prop])
    if request.outcome is not None:
        yield _link(name, core("publishedOutcome"), request.outcome)
    yield _link(name, core("evidence"), evidence_name(case, request.span))


def _authorization(case: str, name: str, granted: Request) -> Iterator[ox.Quad]:
    yield _link(case, core("hasAuthorization"), name)
    yield _link(name, RDF + "type", core("Authorization"))
    if granted.concept is not None:
        yield _link(name, core("concept"), granted.concept)
    for part in granted.parts:
        yield _link(name, core("bodyPart"), part)
    if granted.side is not None:
        yield _link(name, core("laterality"), granted.side)
    if (quantity := granted.values.get(core("quantity"))) is not None:
        yield _quad(name, core("quantity"), quantity)
    yield _link(name, core("evidence"), evidence_name(case, granted.span))


def evidence_quads(name: str, span: tuple[int, int], text: str, document: str) -> Iterator[ox.Quad]:
    """Yield the evidence ``name``: the characters ``span`` of ``text``, quoted, and the document that they are from."""
    node = ox.NamedNode(name)
    yield _link(name, RDF + "type", OA + "TextPositionSelector")
    yield _link(name, RDF + "type", OA + "TextQuoteSelector")
    yield ox.Quad(node, ox.NamedNode(OA + "start"), ox.Literal(str(span[0]), datatype=_OFFSET))
    yield ox.Quad(node, ox.NamedNode(OA + "end"), ox.Literal(str(span[1]), datatype=_OFFSET))
    yield ox.Quad(node, ox.NamedNode(OA + "exact"), ox.Literal(text[span[0] : span[1]]))
    yield ox.Quad(node, ox.NamedNode(core("document")), ox.Literal(document))


def evidence_name(case: str, span: tuple[int, int]) -> str:
    """Return the IRI of the evidence at ``span`` in the letter of ``case``."""
    return f"{case}/evidence/{span[0]}-{span[1]}"


def _link(subject: str, predicate: str, target: str) -> ox.Quad:
    return ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), ox.NamedNode(target))


def _quad(subject: str, predicate: str, value: Value) -> ox.Quad:
    return ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), _term(predicate, value))


def _term(predicate: str, value: Value) -> ox.NamedNode | ox.Literal:
    match value:
        case date():
            return ox.Literal(value.isoformat(), datatype=ox.NamedNode(XSD + "date"))
        case int():
            return ox.Literal(
                str(value), datatype=ox.NamedNode(XSD + ("integer" if predicate in _INTEGERS else "decimal"))
            )
        case Decimal():
            plain = format(value.normalize(), "f")
            return ox.Literal(plain, datatype=ox.NamedNode(XSD + ("integer" if predicate in _INTEGERS else "decimal")))
        case str() if value.startswith(("http://", "https://")):
            return ox.NamedNode(value)
        case _:
            return ox.Literal(str(value))
