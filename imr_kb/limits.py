"""Bounds on RDF of others: what is refused before anything is worked out with it.

RDF Dataset Canonicalization names blank nodes by what is said around them. Where many that hang together look alike, it has
to try their orders one after the other, which can take longer than anyone waits and deeper than a stack goes; the
recommendation leaves it to each implementation to stop (RDFC-1.0, W3C 2024, 7.1, "Dataset Poisoning").
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from math import factorial
from typing import Any, Final, TypeAlias

import pyoxigraph as ox

from imr_kb.errors import InputError, Problem

__all__ = ["rdf_1_1", "refuse_entangled"]

#: So many steps of naming take about two seconds.
_MOST_WORK: Final = 10_000_000
_Links: TypeAlias = dict[Any, list[tuple[str, Any]]]


def refuse_entangled(quads: Iterable[ox.Quad], name: str) -> None:
    """Let pass only what can be named within reason; ``name`` is how the file is called in messages.

    Raises:
        InputError: RD006 where too many blank nodes that look alike hang together.
    """
    looks, links = _surroundings(quads)
    alike = Counter(looks.values())
    doubtful = {node for node, look in looks.items() if alike[look] > 1}
    work = 0
    for group in _hanging_together(doubtful, links):
        work += _work(group, doubtful, looks, links)
        if work > _MOST_WORK:
            raise InputError(
                Problem(
                    file=name,
                    code="RD006",
                    what=f"Nodes without a name cannot be told apart: {len(group)} that look alike hang together.",
                    next_step="Give them IRIs, and write no chains or circles of blank nodes: a case needs none.",
                )
            )


def rdf_1_1(term: Any, name: str) -> Any:
    """Return ``term``, which may be anything but a triple; ``name`` is how the file is called in messages.

    Raises:
        InputError: RD007 where it is a triple, as RDF 1.2 has them.
    """
    if isinstance(term, ox.Triple):
        raise InputError(
            Problem(
                file=name,
                code="RD007",
                what="A statement about a statement is not understood.",
                next_step="Write RDF 1.1, without <<, <<( and {|.",
            )
        )
    return term


def _surroundings(quads: Iterable[ox.Quad]) -> tuple[dict[Any, str], _Links]:
    """Return how each blank node looks when no other has a name, and which others it is linked with, and how."""
    lines: dict[Any, list[str]] = defaultdict(list)
    links: _Links = defaultdict(list)
    for quad in quads:
        subject, value, predicate = quad.subject, quad.object, quad.predicate.value
        for node in {term for term in (subject, value) if isinstance(term, ox.BlankNode)}:
            ends = (
                ("_" if term == node else "?") if isinstance(term, ox.BlankNode) else str(term)
                for term in (subject, value)
            )
            lines[node].append(" ".join((predicate, *ends)))
        if isinstance(subject, ox.BlankNode) and isinstance(value, ox.BlankNode) and subject != value:
            links[subject].append((f"> {predicate}", value))
            links[value].append((f"< {predicate}", subject))
    return {node: "\n".join(sorted(said)) for node, said in lines.items()}, links


def _hanging_together(nodes: set[Any], links: _Links) -> Iterator[list[Any]]:
    """Yield ``nodes`` in groups within which each can be reached from each."""
    left = set(nodes)
    while left:
        group, waiting = [], [left.pop()]
        while waiting:
            node = waiting.pop()
            group.append(node)
            near = {other for _, other in links.get(node, ()) if other in left}
            left -= near
            waiting += near
        yield group


def _work(group: list[Any], doubtful: set[Any], looks: Mapping[Any, str], links: _Links) -> int:
    """Return, about, how many steps it takes to name ``group``: every order of neighbours that look alike is tried."""
    orders = 1
    for node in group:
        kinds = Counter((link, looks[other]) for link, other in links.get(node, ()) if other in doubtful)
        for number in kinds.values():
            orders *= factorial(min(number, 20))
        if orders > _MOST_WORK:
            break
    return orders * len(group) ** 3
