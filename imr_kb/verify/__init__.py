"""Check a stored decision without trusting what made it.

Nothing of the engine is used here: no rule file is run, no compiled store, no code that decides. The checker reads the
sources of the knowledge base and the case by itself, works out in plain Python what docs/model.md and docs/rules.md say must
follow, and compares that with what was stored, statement by statement. Of ``imr_kb`` it imports the form of a problem and
the bounds on RDF of others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from imr_kb.errors import ImrError, Problem
from imr_kb.verify.comparison import compared
from imr_kb.verify.formulary import review_before_dispensing
from imr_kb.verify.guidelines import Guidelines
from imr_kb.verify.quotations import misquoted
from imr_kb.verify.reading import (
    BASE,
    IMR,
    PROV,
    RDF,
    Graph,
    Triple,
    Words,
    canonical_hash,
    cases_in,
    day_numbers,
    parsed,
    plain,
)
from imr_kb.verify.record import Record
from imr_kb.verify.verdicts import decide

__all__ = ["Published", "cases_in", "misquoted", "verify"]


@dataclass(frozen=True)
class Published:
    """A knowledge base as it was published: the directory with ``ontology/`` and ``kb/``, and the version that read it."""

    root: Path
    version: str

    @cached_property
    def _files(self) -> list[tuple[str, bytes]]:
        paths = [*self.root.glob("ontology/*.ttl"), *self.root.glob("kb/**/*.ttl")]
        found = sorted((path.relative_to(self.root).as_posix(), path.read_bytes()) for path in paths)
        if not found:
            raise ImrError(
                Problem(
                    file=str(self.root),
                    code="KB900",
                    what="There is no knowledge base here.",
                    next_step="Name a directory with ontology/ and kb/.",
                )
            )
        return found

    @cached_property
    def _rules(self) -> bytes:
        folder = Path(__file__).resolve().parent.parent / "rules"
        paths = sorted(folder.glob("*/*.rq"), key=lambda path: path.relative_to(folder).as_posix())
        texts = ((path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")) for path in paths)
        return b"".join(name.encode() + b"\0" + text.encode() + b"\0" for name, text in texts)

    @cached_property
    def _quads(self) -> list[ox.Quad]:
        return [quad for name, content in self._files for quad in parsed(content, ".ttl", name)]

    @cached_property
    def guidelines(self) -> Guidelines:
        """What the knowledge base says, ready to be reasoned with."""
        graph = Graph(plain(self._quads))
        for triple in list(day_numbers(graph.triples, graph)):
            graph.add(*triple)
        return Guidelines(graph)

    @cached_property
    def receipts(self) -> dict[str, str]:
        """What a run on this knowledge base says of it, by property."""
        content = b"".join(name.encode() + b"\0" + text.replace(b"\r\n", b"\n") + b"\0" for name, text in self._files)
        return {
            IMR.knowledgeHash: canonical_hash(self._quads),
            IMR.knowledgeVersion: f"{self.version}+{hashlib.sha256(content + self._rules).hexdigest()[:12]}",
            IMR.packageVersion: self.version,
            IMR.rulesHash: hashlib.sha256(self._rules).hexdigest(),
        }

    def expected(self, case: str, quads: Iterable[ox.Quad]) -> tuple[set[Triple], frozenset[Triple]]:
        """Return what a stored decision on ``case`` must consist of, and what stands in the case itself."""
        quads = list(quads)
        record = Record(case, plain(quads), self.guidelines)
        decide(record)
        review_before_dispensing(record)
        run, engine = case + "/run", f"{BASE}engine/{self.version}"
        # Day numbers are no part of the case: they follow from its dates.
        numbers = set(day_numbers(plain(quads), self.guidelines.graph))
        content = [quad for quad, triple in zip(quads, plain(quads), strict=True) if triple not in numbers]
        receipts = {IMR.caseHash: canonical_hash(content), **self.receipts}
        triples: list[Triple] = [(run, name, Words(value)) for name, value in receipts.items()]
        triples += [
            (run, RDF.type, PROV.Activity),
            (run, PROV.used, case),
            (run, PROV.wasAssociatedWith, engine),
            (engine, RDF.type, PROV.SoftwareAgent),
            *((request + "/decision", PROV.wasGeneratedBy, run) for request in record.requests),
        ]
        return record.derived | set(triples), record.given


def verify(stored: bytes, name: str, cases: Mapping[str, Iterable[ox.Quad]], published: Published) -> Iterator[Problem]:
    """Yield what is wrong with the stored decisions on ``cases``, each under a code of its own.

    ``stored`` is what ``decide --format ttl`` wrote, ``name`` how its file is called in messages.

    Raises:
        InputError: RD001 where ``stored`` is not well-formed RDF.
    """
    found = set(plain(parsed(stored, Path(name).suffix.lower(), name)))
    used = {str(value) for _, predicate, value in found if predicate == PROV.used}
    if not used:
        what, step = (
            "This file holds no stored decision.",
            "Name first what imr-kb decide --format ttl wrote, then the cases.",
        )
        yield Problem(file=name, code="VE007", what=what, next_step=step)
        return
    if used != set(cases):
        yield from _not_of_these(used, set(cases), name)
        return
    expected: set[Triple] = set()
    given: set[Triple] = set()
    for case, quads in cases.items():
        derived, own = published.expected(case, quads)
        expected |= derived
        given |= own
    yield from compared(found, expected, given, name)


def _not_of_these(used: set[str], given: set[str], name: str) -> Iterator[Problem]:
    for case in sorted(used - given):
        what, step = "The case of a stored decision is not given.", "Name the file of the case too."
        yield Problem(file=name, code="VE005", term=case, what=what, next_step=step)
    for case in sorted(given - used):
        what, step = "There is no stored decision on this case.", "Name only the cases that were decided."
        yield Problem(file=name, code="VE006", term=case, what=what, next_step=step)
