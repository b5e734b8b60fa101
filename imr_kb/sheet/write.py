"""Writes a review sheet: one row for each fact, disputed item and value of a case, with its words and its confidence."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from imr_kb.letters.parts import read_part
from imr_kb.load import Case, Knowledge
from imr_kb.sheet.columns import COLUMNS, ROW, fingerprint, guarded, node_cells, row_name
from imr_kb.sheet.names import Names
from imr_kb.terms import OA, RDF, core

__all__ = ["as_sheet", "text_hash"]

_EVIDENCE: Final = core("evidence")
_COMPRISES: Final = core("comprises")
_TYPE: Final = RDF + "type"
_MARK: Final = "\ufeff"

Node = Mapping[str, Sequence[Any]]


def text_hash(text: str) -> str:
    """Return the SHA-256 of the text of a letter as a sheet writes it."""
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def as_sheet(case: Case, text: str, knowledge: Knowledge) -> Iterator[str]:
    """Yield the sheet of a case that was read from the letter ``text``, as comma-separated values with a heading."""
    writer = _Writer(case, text, knowledge)
    yield _MARK + _line(dict(zip(COLUMNS, COLUMNS, strict=True)))
    for row in writer.rows():
        yield _line(row)


def _line(cells: Mapping[str, str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(guarded(cells.get(heading, "")) for heading in COLUMNS)
    return out.getvalue()


class _Writer:
    """Makes the rows of one case."""

    def __init__(self, case: Case, text: str, knowledge: Knowledge) -> None:
        self._case, self._text, self._lexicon = case, text, knowledge.lexicon
        self._names = Names(knowledge)
        days = set(knowledge.day_properties.values())
        self._nodes: dict[str, dict[str, list[Any]]] = {}
        for subject, predicate, value in case.statements:
            if predicate not in days:
                self._nodes.setdefault(str(subject.value), {}).setdefault(str(predicate.value), []).append(value)
        self._version = knowledge.version

    def rows(self) -> Iterator[dict[str, str]]:
        own = self._nodes[self._case.iri]
        links = set(self._lexicon.properties.values())
        for prop in sorted(set(own) - links - {_TYPE}):
            yield self._of_case(prop, own[prop])
        members = [str(value.value) for link in sorted(links & set(own)) for value in own[link]]
        whole = {str(part.value): iri for iri in members for part in self._nodes[iri].get(_COMPRISES, ())}
        rows = {row_name(iri, self._case.iri): iri for iri in (*members, *whole)}
        for name in sorted(rows, key=_place):
            yield self._of_node(rows[name], whole.get(rows[name]))
        for number, problem in enumerate(self._case.problems, 1):
            yield {
                "keep": "yes",
                "kind": "note",
                "term": problem.code,
                "value": problem.what,
                "more": problem.next_step,
                "words": " ".join(problem.term.split()),
                "place": str(problem.line),
                "row": f"note {number}",
            }
        last = {
            "case": self._case.iri,
            "text": text_hash(self._text),
            "knowledge base": self._version,
            **_numbers(rows),
        }
        for name, value in last.items():
            yield {"kind": "letter", "term": name, "value": value}

    def _of_case(self, prop: str, values: Sequence[Any]) -> dict[str, str]:
        (value,) = values
        shown = str(value.value) if self._names.is_literal(value) else self._names.label(str(value.value))
        cells = {"kind": "case", "term": self._names.plain(prop), "value": shown}
        return {**cells, "keep": "yes", "row": f"case {prop.removeprefix(core(''))}", "as read": fingerprint(cells)}

    def _of_node(self, iri: str, whole: str | None) -> dict[str, str]:
        """Return the row of a node; ``whole`` is the item that it is a part of."""
        node = self._nodes[iri]
        (kind,) = node[_TYPE]
        cells = node_cells(node, self._names.plain(kind.value).lower(), self._case.iri, self._names)
        spans = sorted(self._span(str(value.value)) for value in node.get(_EVIDENCE, ()))
        cells["place"] = "; ".join(f"{start}..{end}" for start, end in spans)
        cells["part of"] = row_name(whole, self._case.iri) if whole else ""
        confidence, others = self._confidence(node, spans)
        return {
            **cells,
            "keep": "yes",
            "words": " ... ".join(" ".join(self._text[start:end].split()) for start, end in spans),
            "confidence": confidence,
            "also possible": "; ".join(others),
            "row": row_name(iri, self._case.iri),
            "as read": fingerprint(cells),
        }

    def _span(self, evidence: str) -> tuple[int, int]:
        node = self._nodes[evidence]
        (start,), (end,) = node[OA + "start"], node[OA + "end"]
        return int(start.value), int(end.value)

    def _confidence(self, node: Node, spans: Sequence[tuple[int, int]]) -> tuple[str, list[str]]:
        """Return how the words lead to the term, and the other terms that the same words name."""
        concept = next((str(value.value) for value in node.get(core("concept"), ())), None)
        if concept is None:
            return "not recognised", []
        found: set[str] = set()
        others: set[str] = set()
        for start, end in spans:
            part = read_part(self._text, start, end, self._lexicon)
            for mention in part.mentions:
                if concept in mention.concepts:
                    first, last = part.tokens[mention.start], part.tokens[mention.end - 1]
                    exact = self._names.is_exact(concept, part.view.text[first.start : last.end])
                    found.add("exact name" if exact else "synonym")
                    others.update(one for one in mention.concepts if one != concept and self._lexicon.read_as(one))
                elif not self._lexicon.within(concept).isdisjoint(mention.concepts):
                    found.add("composed")
        if others:
            return "ambiguous", sorted(map(self._names.label, others))
        return next((one for one in ("exact name", "synonym", "composed") if one in found), "derived"), []


def _numbers(rows: Iterable[str]) -> dict[str, str]:
    """Return how many rows of each name a sheet has, so that a lost one is noticed."""
    heads = Counter(name.rpartition(" ")[0] for name in rows)
    return {f"{head} rows": str(number) for head, number in sorted(heads.items())}


def _place(name: str) -> tuple[Any, ...]:
    """Order disputed items, each with its parts behind it, before all else, each by its number."""
    found = ROW.fullmatch(name)
    if found is None:
        return 1, name, 0, 0
    head, number = found[1], int(found[2])
    if head.startswith("request "):
        return 0, "", int(head.split()[1]), number
    return (0, "", number, 0) if head == "request" else (1, head, number, 0)
