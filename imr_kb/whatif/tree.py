"""The judgements of a request as the tree that they form: what it says, and what would turn it.

The tree is weighed as the rules of the stage ``verdict`` weigh it, by the effect rows of the knowledge base. It finds what
is worth trying; whether a change turns a verdict is decided by the rules themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Final, TypeAlias

import pyoxigraph as ox

from imr_kb.facts import Facts, StoredFacts
from imr_kb.load import Knowledge
from imr_kb.terms import core

__all__ = ["Background", "Branch", "Forest", "Goal", "Goals", "Key", "minimal"]

#: A criterion as it is judged for a request.
Key: TypeAlias = tuple[str, str]
#: So many sets of goals are followed; where there are more, the smallest.
MOST_SETS: Final = 256


def _term(name: str) -> ox.NamedNode:
    return ox.NamedNode(core(name))


MET: Final = _term("Met")
NOT_MET: Final = _term("NotMet")
NOT_DOCUMENTED: Final = _term("NotDocumented")
CONFLICTING: Final = _term("Conflicting")
NOT_KNOWN: Final = _term("NotKnown")
NOT_APPLICABLE: Final = _term("NotApplicable")
PASSES: Final = _term("Passes")
FAILS: Final = _term("Fails")
LEAVES_OPEN: Final = _term("LeavesOpen")
LEAVES_UNKNOWN: Final = _term("LeavesUnknown")
NECESSARY: Final = _term("Necessary")
NOT_NECESSARY: Final = _term("NotNecessary")
UNDETERMINED: Final = _term("Undetermined")


@dataclass(frozen=True, slots=True)
class Branch:
    """One judgement with what belongs to it.

    ``served`` are the items that it waits for, where it waits for any: the roots of each, None for one that nothing governs.
    ``from_silence`` is a number that is kept because no earlier care is on record.
    """

    request: Any
    judgement: Any
    criterion: Any
    kind: str
    status: Any
    scale: Any
    needed: int | None = None
    members: tuple[Branch, ...] = ()
    exceptions: tuple[Branch, ...] = ()
    served: tuple[tuple[Branch, ...] | None, ...] = ()
    from_silence: bool = False

    @property
    def key(self) -> Key:
        """What is judged: one criterion can have several judgements, in several roles."""
        return self.request.value, self.criterion.value if self.criterion else ""

    @property
    def is_silent(self) -> bool:
        """Whether the record does not say, or a number is kept only because it does not."""
        return self.status == NOT_DOCUMENTED or self.from_silence

    def leaves(self) -> Iterator[Branch]:
        """Yield the judgements below this one, and this one, that are no groups."""
        if not self.members and self.criterion is not None:
            yield self
        for below in (*self.members, *self.exceptions, *(root for roots in self.served for root in roots or ())):
            yield from below.leaves()


@dataclass(frozen=True, slots=True)
class Goal:
    """A criterion to be met, or not to be: ``firmly`` where silence is not enough for that."""

    leaf: Branch = field(compare=False)
    key: Key
    met: bool
    firmly: bool = False


Goals: TypeAlias = frozenset[Goal]
#: Gives the status under which a leaf is to be weighed.
Assignment: TypeAlias = Callable[[Branch], Any]


def _as_judged(leaf: Branch) -> Any:
    return leaf.status


class Background:
    """What the knowledge base says, for reading, with the effect of each status on each scale."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Read from the store of ``knowledge``."""
        self.facts = StoredFacts(knowledge.store)
        self.effects: Mapping[tuple[Any, Any], Any] = {
            (row.object, scale): self.facts.one(row.subject, _term("gives"))
            for row in knowledge.store.quads_for_pattern(None, _term("onStatus"), None)
            for scale in self.facts.all(row.subject, _term("onScale"))
        }


class Forest:
    """The trees of the requests of one case that was decided."""

    def __init__(self, record: Facts, background: Background, requests: Sequence[Any]) -> None:
        """Read the trees of ``requests``: ``record`` indexes the case with what was derived from it."""
        self._record = record
        self._knowledge = background.facts
        self._effects = background.effects
        self._by_request: dict[Any, list[Any]] = {}
        self._below: dict[Any, list[Any]] = {}
        for judgement in sorted(record.having(_term("ofClause")), key=str):
            self._by_request.setdefault(record.one(judgement, _term("ofRequest")), []).append(judgement)
            for link in ("partOf", "lifts"):
                for above in record.all(judgement, _term(link)):
                    self._below.setdefault((link, above), []).append(judgement)
        asked = [asked for request in requests for asked in (request, *record.all(request, _term("comprises")))]
        self.roots: Mapping[Any, tuple[Branch, ...]] = {request: self._roots(request, ()) for request in asked}

    def _roots(self, request: Any, waiting: tuple[Any, ...]) -> tuple[Branch, ...]:
        return tuple(
            self._branch(judgement, (*waiting, request))
            for judgement in self._by_request.get(request, ())
            if self._knowledge.all(self._record.one(judgement, _term("ofClause")), _term("rootOf"))
        )

    def _branch(self, judgement: Any, waiting: tuple[Any, ...]) -> Branch:
        record, knowledge = self._record, self._knowledge
        criterion = record.one(judgement, _term("ofCriterion"))
        kind = knowledge.one(criterion, _term("kind")) if criterion else None
        needed = knowledge.text(criterion, _term("leastMembers")) if criterion else None
        served = sorted(record.all(judgement, _term("servesItem")), key=str)
        circular = any(item in waiting for item in served)
        return Branch(
            request=record.one(judgement, _term("ofRequest")),
            judgement=judgement,
            criterion=criterion,
            kind=(knowledge.text(kind, _term("kindCode")) or "") if kind else "",
            status=record.one(judgement, _term("status")) or CONFLICTING,
            scale=knowledge.one(record.one(judgement, _term("ofClause")), _term("scale")),
            needed=int(needed) if needed else None,
            members=tuple(self._branch(below, waiting) for below in self._below.get(("partOf", judgement), ())),
            exceptions=tuple(self._branch(below, waiting) for below in self._below.get(("lifts", judgement), ())),
            served=() if circular else tuple(self._served(item, waiting) for item in served),
            from_silence=self._is_from_silence(judgement, criterion),
        )

    def _is_from_silence(self, judgement: Any, criterion: Any) -> bool:
        record = self._record
        if (
            record.one(judgement, _term("status")) != MET
            or self._knowledge.text(criterion, _term("countsEarlier")) == "false"
        ):
            return False
        is_interval = record.one(judgement, _term("judgedAs")) == _term("IntervalCriterion")
        return record.text(judgement, _term("priorInferred")) == "true" or (
            is_interval and not record.all(judgement, _term("considers"))
        )

    def _served(self, item: Any, waiting: tuple[Any, ...]) -> tuple[Branch, ...] | None:
        """Return the roots of an item, or of all its parts; None where nothing governs it or one of them."""
        parts = sorted(self._record.all(item, _term("comprises")), key=str) or [item]
        if not all(map(self._governed, parts)):
            return None
        return tuple(root for part in parts for root in self._roots(part, (*waiting, item)))

    def _governed(self, request: Any) -> bool:
        return bool(self._record.all(ox.NamedNode(request.value + "/decision"), _term("governedBy")))

    # --- weighing

    def verdict(self, roots: Iterable[Branch], assigned: Assignment = _as_judged) -> Any:
        """Return the verdict of ``roots`` where each leaf has the status that ``assigned`` gives it."""
        effects = [self.weigh(root, assigned)[1] for root in roots]
        if FAILS in effects:
            return NOT_NECESSARY
        return NECESSARY if all(effect == PASSES for effect in effects) else UNDETERMINED

    def weigh(self, branch: Branch, assigned: Assignment = _as_judged) -> tuple[Any, Any]:
        """Return status and effect of ``branch`` where each leaf has the status that ``assigned`` gives it."""
        status = self._status(branch, assigned)
        alone = self._effects[status, branch.scale]
        lifting = [self.weigh(exception, assigned)[1] for exception in branch.exceptions]
        if alone == PASSES or PASSES in lifting:
            return status, PASSES
        return status, next((effect for effect in (LEAVES_OPEN, LEAVES_UNKNOWN) if effect in (alone, *lifting)), alone)

    def _status(self, branch: Branch, assigned: Assignment) -> Any:
        if branch.served:
            verdicts = [UNDETERMINED if roots is None else self.verdict(roots, assigned) for roots in branch.served]
            return MET if NECESSARY in verdicts else CONFLICTING if UNDETERMINED in verdicts else NOT_MET
        if not branch.members:
            return assigned(branch)
        weighed = [self.weigh(member, assigned) for member in branch.members]
        idle = sum(status == NOT_APPLICABLE for status, _ in weighed)
        passing = sum(effect == PASSES and status != NOT_APPLICABLE for status, effect in weighed)
        silent = sum(effect == FAILS and status == NOT_DOCUMENTED for status, effect in weighed)
        undecided = sum(effect == LEAVES_OPEN for _, effect in weighed)
        unknown = sum(effect == LEAVES_UNKNOWN for _, effect in weighed)
        needed = branch.needed or len(weighed) - idle
        if idle == len(weighed):
            return NOT_APPLICABLE
        if passing >= needed:
            return MET
        if passing + silent + undecided + unknown < needed:
            return NOT_MET
        if undecided:
            return CONFLICTING
        return NOT_KNOWN if passing + unknown >= needed else NOT_DOCUMENTED

    def status_for(self, branch: Branch, effect: Any) -> Any:
        """Return the one of met and not met that has ``effect`` on the scale of ``branch``."""
        return MET if self._effects[MET, branch.scale] == effect else NOT_MET

    # --- what would turn it

    def ways_to_pass(self, roots: Iterable[Branch]) -> list[Goals]:
        """Return the smallest sets of goals by which every one of ``roots`` would pass."""
        found: list[Goals] = [frozenset()]
        for root in roots:
            found = _both(found, self._to(root, PASSES))
        return found

    def _to(self, branch: Branch, effect: Any) -> list[Goals]:
        """Return the sets of goals by which ``branch`` would have ``effect``: to pass or to fail."""
        if self.weigh(branch)[1] == effect:
            return [frozenset()]
        alone = self._alone(branch, effect)
        if effect == PASSES:
            return minimal([*alone, *(goals for below in branch.exceptions for goals in self._to(below, PASSES))])
        for below in branch.exceptions:
            alone = _both(alone, self._to(below, FAILS))
        return alone

    def _alone(self, branch: Branch, effect: Any) -> list[Goals]:
        if self._effects[branch.status, branch.scale] == effect and not branch.served:
            return [frozenset()]
        if branch.criterion is None:
            return []
        status = self.status_for(branch, effect)
        if branch.served:
            waited = [roots for roots in branch.served if roots is not None]
            return [goals for roots in waited for goals in self.ways_to_pass(roots)] if status == MET else []
        if branch.members:
            return self._of_group(branch, PASSES if status == MET else FAILS)
        firmly = status == NOT_MET and self._effects[NOT_DOCUMENTED, branch.scale] != effect
        return [frozenset({Goal(branch, branch.key, status == MET, firmly)})]

    def _of_group(self, branch: Branch, effect: Any) -> list[Goals]:
        """Return the sets of goals by which enough members pass, or by which too many fail."""
        counted = [member for member in branch.members if member.status != NOT_APPLICABLE]
        needed = branch.needed or len(counted)
        there = [member for member in counted if self.weigh(member)[1] == effect]
        others = [member for member in counted if member not in there]
        wanted = (needed if effect == PASSES else len(counted) - needed + 1) - len(there)
        found: list[Goals] = []
        for chosen in combinations(others, max(wanted, 0)):
            together: list[Goals] = [frozenset()]
            for member in chosen:
                together = _both(together, self._to(member, effect))
            found += together
            if len(found) > MOST_SETS:
                break
        return minimal(found)


def _both(one: Sequence[Goals], other: Sequence[Goals]) -> list[Goals]:
    return minimal([left | right for left in one for right in other])


def minimal(sets: Iterable[Goals]) -> list[Goals]:
    """Return the sets that hold no other of ``sets``, the smallest first, no more than :data:`MOST_SETS`."""
    found: list[Goals] = []
    for goals in sorted(set(sets), key=lambda goals: (len(goals), sorted((goal.key, goal.met) for goal in goals))):
        if not any(other <= goals for other in found):
            found.append(goals)
        if len(found) == MOST_SETS:
            break
    return found
