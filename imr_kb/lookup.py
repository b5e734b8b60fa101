"""Show a term of the vocabularies or of the knowledge base, and where it is used."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.errors import ImrError, Problem
from imr_kb.load import Knowledge
from imr_kb.rules import rules
from imr_kb.terms import KB, PREFIXES, RDF, RDFS, SKOS, core, short

__all__ = ["count", "find", "shown", "vocabularies"]

_LABELS: Final = tuple(
    ox.NamedNode(name) for name in (RDFS + "label", SKOS + "prefLabel", SKOS + "altLabel", SKOS + "hiddenLabel")
)
_OWL: Final = "http://www.w3.org/2002/07/owl#"
_TYPE: Final = ox.NamedNode(RDF + "type")
_CLASS: Final = ox.NamedNode(_OWL + "Class")
_DEPRECATED: Final = ox.NamedNode(_OWL + "deprecated")
_VOCABULARIES: Final = {
    "svc": "services",
    "dx": "conditions",
    "fnd": "findings",
    "drug": "drugs and products",
    "body": "parts of the body",
}
#: What is called like terms of the vocabularies without being one.
_SECOND: Final = (KB, PREFIXES["cue"])
#: What can be an IRI of ours: letters, digits and a few signs, so that nothing else is asked of the store.
_IRI: Final = re.compile(r"[a-z][a-z0-9+.-]*://[\w./#~-]+", re.ASCII)
_WITHIN: Final = ox.NamedNode(core("within"))
# Computed from the rest: of no use to somebody who asks what a term is.
_COMPUTED: Final = frozenset(
    core(name)
    for name in (
        "within",
        "depth",
        "sitedIn",
        "contains",
        "about",
        "hasClause",
        "rootCount",
        "clauseCount",
        "restrictedBy",
        "demands",
        "coveredBy",
        "underStanding",
        "evidenceRank",
        "asksNearby",
        "asksElsewhere",
        "alongSpine",
        "withinTreated",
    )
)


def count(knowledge: Knowledge, kind: str) -> int:
    """Return how many individuals of the core class ``kind`` the knowledge base holds."""
    return sum(1 for _ in knowledge.store.quads_for_pattern(None, _TYPE, ox.NamedNode(core(kind))))


def vocabularies(knowledge: Knowledge) -> dict[str, int]:
    """Return how many terms each vocabulary holds; those on their way out are not counted."""
    leaving = {quad.subject for quad in knowledge.store.quads_for_pattern(None, _DEPRECATED, None)}
    terms = {quad.subject for quad in knowledge.store.quads_for_pattern(None, _TYPE, _CLASS)} - leaving
    names = [term.value for term in terms if isinstance(term, ox.NamedNode)]
    return {what: sum(name.startswith(PREFIXES[prefix]) for name in names) for prefix, what in _VOCABULARIES.items()}


def find(knowledge: Knowledge, text: str) -> ox.NamedNode:
    """Return the term that ``text`` names: a prefixed name, an IRI, or a label in any case.

    Raises:
        ImrError: LK001 where nothing is called so; the nearest names are offered.
    """
    store = knowledge.store
    prefix, colon, local = text.partition(":")
    candidates = (
        [PREFIXES[prefix] + local] if colon and prefix in PREFIXES else [KB + local] if prefix == "kb" else [text]
    )
    for iri in candidates:
        if _IRI.fullmatch(iri) and any(store.quads_for_pattern(ox.NamedNode(iri), None, None)):
            return ox.NamedNode(iri)
    named: dict[str, list[ox.NamedNode]] = {}
    for property_ in _LABELS:
        for quad in store.quads_for_pattern(None, property_, None):
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal):
                named.setdefault(quad.object.value.lower(), []).append(quad.subject)
    if text.lower() in named:
        # A term of the vocabularies comes before a recommendation that carries its name, and before words of letters.
        return min(named[text.lower()], key=lambda term: (term.value.startswith(_SECOND), term.value))
    locals_ = {short(term.value).lower(): short(term.value) for terms in named.values() for term in terms}
    near = [locals_[name] for name in difflib.get_close_matches(text.lower(), locals_, n=3)]
    near += [short(named[name][0].value) for name in difflib.get_close_matches(text.lower(), named, n=3)]
    offered = ", ".join(dict.fromkeys(near))
    raise ImrError(
        Problem(
            file="show",
            code="LK001",
            term=text,
            what="Nothing is called so.",
            next_step=f"Perhaps you mean {offered}."
            if offered
            else "Give a prefixed name such as svc:PhysicalTherapy, or a label.",
        )
    )


def shown(knowledge: Knowledge, text: str) -> Iterator[str]:
    """Yield what is known of the term that ``text`` names, as lines of text."""
    term, store = find(knowledge, text), knowledge.store
    yield f"{short(term.value)}\n  {term.value}\n"
    own = sorted({(quad.predicate.value, _shown(quad.object)) for quad in store.quads_for_pattern(term, None, None)})
    for predicate, value in own:
        if predicate not in _COMPUTED and value:
            yield f"  {short(predicate).rpartition(':')[2]}: {value}\n"
    broader = sorted(
        {_shown(quad.object) for quad in store.quads_for_pattern(term, _WITHIN, None)} - {short(term.value)}
    )
    narrower = sorted(
        {_shown(quad.subject) for quad in store.quads_for_pattern(None, _WITHIN, term)} - {short(term.value)}
    )
    for title, names in (("within", broader), ("holds", narrower)):
        if names:
            yield f"  {title}: {', '.join(names)}\n"
    users = sorted(
        {
            (_shown(quad.subject), short(quad.predicate.value).rpartition(":")[2])
            for quad in store.quads_for_pattern(None, None, term)
            if isinstance(quad.subject, ox.NamedNode)
            and quad.predicate.value not in _COMPUTED
            and not _is_clause(store, quad.subject)
        }
    )
    ruled = [rule.name for rule in rules() if short(term.value) in rule.text.replace(",", " ").split()]
    if users or ruled:
        yield "  used by:\n"
        yield from (f"    {subject} ({predicate})\n" for subject, predicate in users)
        yield from (f"    {name}\n" for name in ruled)


def _is_clause(store: ox.Store, node: Any) -> bool:
    return any(store.quads_for_pattern(node, _TYPE, ox.NamedNode(core("Clause"))))


def _shown(value: Any) -> str:
    if isinstance(value, ox.BlankNode):
        return ""
    return short(value.value) if isinstance(value, ox.NamedNode) else str(value.value)
