"""Change the knowledge base in one place at a time and see whether a worked example notices.

Many changes stand in one compiled knowledge base, each with the examples that it can affect; two share one only where no
example can be affected by both. So each example is decided as if its change were the only one, and an example that differs
tells which change it noticed. Changes inside recommendations, which act where these govern, are kept apart from changes
of what a recommendation speaks of, which act on what governs.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.derive import compile_rules
from imr_kb.errors import ImrError, Problem
from imr_kb.load import Knowledge
from imr_kb.mutants import Mutant, Sources, mutants
from imr_kb.reach import Reach
from imr_kb.rules import KNOWLEDGE_STAGES
from imr_kb.worked import Example, run

__all__ = ["Report", "Trial", "Trials", "sampled"]

# How many examples of each change are decided in one go: most changes are noticed by the first.
_ROUNDS: Final = (1, 3, 12, 10_000)
# Rules run fastest over some dozens of cases.
_SLICE: Final = 60


@dataclass(frozen=True)
class Trial:
    """What came of one change: how many examples it can affect, and the first that noticed it."""

    mutant: Mutant
    exercised: int
    killed_by: str | None

    @property
    def killed(self) -> bool:
        """Whether an example noticed the change."""
        return self.killed_by is not None

    @property
    def why(self) -> str:
        """Why the change was not noticed, as far as can be told."""
        return "no example reaches it" if not self.exercised else f"{self.exercised} examples come out the same"

    def to_dict(self) -> dict[str, Any]:
        """Return the result as a plain object."""
        return {**self.mutant.to_dict(), "examples": self.exercised, "killed": self.killed, "by": self.killed_by}


@dataclass(frozen=True)
class Report:
    """What came of many changes."""

    results: tuple[Trial, ...]

    @property
    def share(self) -> float:
        """How many in a hundred changes were noticed; all of none."""
        return 100 * sum(result.killed for result in self.results) / len(self.results) if self.results else 100.0

    @property
    def survivors(self) -> list[Trial]:
        """The changes that no example noticed, in the order of their names."""
        return sorted((result for result in self.results if not result.killed), key=lambda result: result.mutant.name)

    def below(self, least: float) -> Problem | None:
        """Return the problem where fewer than ``least`` in a hundred changes were noticed."""
        if self.share >= least:
            return None
        return Problem(
            file="tests/worked",
            code="EX902",
            what=f"Worked examples notice {self.share:.1f} % of the changes, and {least:g} % are asked.",
            next_step="Write examples in which the changes listed as survived make a difference.",
        )

    def by_kind(self) -> dict[str, tuple[int, int]]:
        """Return, for each kind of change, how many there were and how many were noticed."""
        made, killed = Counter[str](), Counter[str]()
        for result in self.results:
            made[result.mutant.kind] += 1
            killed[result.mutant.kind] += result.killed
        return {kind: (made[kind], killed[kind]) for kind in sorted(made)}

    def to_dict(self) -> dict[str, Any]:
        """Return the report as a plain object."""
        kinds = {kind: {"changes": made, "killed": killed} for kind, (made, killed) in self.by_kind().items()}
        return {
            "changes": len(self.results),
            "killed": sum(result.killed for result in self.results),
            "share": round(self.share, 2),
            "kinds": kinds,
            "survivors": [result.to_dict() for result in self.survivors],
        }

    def as_text(self) -> Iterator[str]:
        """Yield the survivors, then how many changes of each kind were noticed, as lines."""
        for result in self.survivors:
            yield f"survived  {result.mutant.name} ({result.mutant.kind}; {result.why})\n"
        for kind, (made, killed) in self.by_kind().items():
            yield f"{kind:18}{killed:>7} of {made:>6}  {100 * killed / made:5.1f} %\n"
        yield f"{'all':18}{len(self.results) - len(self.survivors):>7} of {len(self.results):>6}  {self.share:5.1f} %\n"


def sampled(found: Sequence[Mutant], size: int | None, seed: int) -> list[Mutant]:
    """Return ``size`` of the changes, the same ones for the same ``seed``, in their order; all where ``size`` is None."""
    if size is None or size >= len(found):
        return list(found)
    chosen = set(random.Random(seed).sample(range(len(found)), size))
    return [mutant for place, mutant in enumerate(found) if place in chosen]


class Trials:
    """Tests changes of one knowledge base by its worked examples."""

    def __init__(self, knowledge: Knowledge, examples: Sequence[Example]) -> None:
        """Decide ``examples`` under ``knowledge``; those that differ already tell nothing and are set aside."""
        self._knowledge = knowledge
        self.sources = Sources(knowledge)
        self._reach = Reach(knowledge, self.sources, examples)
        self.set_aside = len(examples) - len(self._reach.agreeing)
        self._examples = {example.iri: example for example in examples if example.iri in self._reach.agreeing}

    def mutants(self, only: str | None = None) -> list[Mutant]:
        """Return all changes, of one file where ``only`` names it."""
        return list(mutants(self.sources, only))

    def run(self, changes: Iterable[Mutant]) -> Iterator[Trial]:
        """Test each of ``changes``; yields them as their batches are done."""
        groups: dict[str, list[tuple[Mutant, list[str]]]] = defaultdict(list)
        for mutant in changes:
            group, affected = self._reach.of(mutant)
            if affected:
                groups[group].append((mutant, self._likeliest_first(mutant, affected)))
            else:
                yield Trial(mutant, 0, None)
        for members in groups.values():
            for batch in _batches(members):
                yield from self._run(batch)

    def decided_under(self, mutant: Mutant) -> dict[str, tuple[str, ...]]:
        """Decide every example under one change, whether it can be affected or not; return the differences of each."""
        changed = self._compiled([mutant])
        parts = _slices(list(self._examples.values()))
        return {outcome.example.iri: outcome.differences for part in parts for outcome in run(part, changed)}

    def _run(self, batch: Sequence[tuple[Mutant, list[str]]]) -> Iterator[Trial]:
        try:
            changed = self._compiled(mutant for mutant, _ in batch)
        except ImrError:
            # What cannot be compiled is noticed. Which change it was is told by compiling each alone.
            if len(batch) == 1:
                ((mutant, affected),) = batch
                yield Trial(mutant, len(affected), "the rules")
            else:
                for one in batch:
                    yield from self._run([one])
            return
        killed: dict[str, str] = {}
        owner = {iri: mutant.name for mutant, affected in batch for iri in affected}
        start = 0
        for size in _ROUNDS:
            waiting = [
                self._examples[iri]
                for mutant, affected in batch
                if mutant.name not in killed
                for iri in affected[start : start + size]
            ]
            for part in _slices(waiting):
                for outcome in run(part, changed):
                    if outcome.differences:
                        killed.setdefault(owner[outcome.example.iri], outcome.example.iri)
            start += size
        for mutant, affected in batch:
            yield Trial(mutant, len(affected), killed.get(mutant.name))

    def _compiled(self, changes: Iterable[Mutant]) -> Knowledge:
        removed: set[Any] = set()
        added: list[ox.Quad] = []
        for mutant in changes:
            removed.update(mutant.removed)
            added += [ox.Quad(*statement) for statement in mutant.added]
        store = ox.Store()
        store.bulk_extend(self.sources.ontology)
        for content in self.sources.files.values():
            store.bulk_extend(ox.Quad(*statement) for statement in content if statement not in removed)
        store.bulk_extend(added)
        compile_rules(store, KNOWLEDGE_STAGES)
        return replace(self._knowledge, store=store)

    def _likeliest_first(self, mutant: Mutant, affected: Iterable[str]) -> list[str]:
        """Put the examples first whose author expects something of what is changed, then those of the same topic."""
        touched = {str(term.value) for statement in (*mutant.removed, *mutant.added) for term in statement}
        topic = mutant.file.removeprefix("kb/").removesuffix(".ttl").replace("/", "-")

        def rank(iri: str) -> tuple[bool, bool, str]:
            expected = self._examples[iri].expected
            named = any(not touched.isdisjoint(values) for key, values in expected.items() if key != "governedBy")
            return (not named, topic not in self._examples[iri].case.iri, iri)

        return sorted(affected, key=rank)


def _slices(examples: Sequence[Example]) -> Iterator[Sequence[Example]]:
    for start in range(0, len(examples), _SLICE):
        yield examples[start : start + _SLICE]


def _batches(group: Iterable[tuple[Mutant, list[str]]]) -> list[list[tuple[Mutant, list[str]]]]:
    """Put changes together whose examples are different ones, into as few batches as come easily."""
    batches: list[list[tuple[Mutant, list[str]]]] = []
    taken: list[set[Any]] = []
    rising: Counter[Any] = Counter()
    for mutant, affected in sorted(group, key=lambda item: (-len(item[1]), item[0].name)):
        claims: set[Any] = {mutant.subject, *affected}
        # What claims the same example was put into one batch after the other, so no earlier one can be free.
        first = max(rising[claim] for claim in claims)
        place = next((place for place in range(first, len(batches)) if taken[place].isdisjoint(claims)), len(batches))
        if place == len(batches):
            batches.append([])
            taken.append(set())
        batches[place].append((mutant, affected))
        taken[place] |= claims
        for claim in claims:
            while rising[claim] < len(batches) and claim in taken[rising[claim]]:
                rising[claim] += 1
    return batches
