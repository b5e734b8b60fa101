"""Facts while a summary is being read: what they say, on which words, and when two say the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from imr_kb.terms import core

__all__ = ["Draft", "Value", "merge", "without_wider"]

Value = str | int | Decimal | date

_FINDING: Final = core("Finding")
_TREATMENT: Final = core("Treatment")
_GIVEN_OR_PLANNED: Final = frozenset({_TREATMENT, core("PlannedCare")})
_VISITS: Final = core("visits")
_ON: Final = core("onDate")
_BEFORE_OPERATION: Final = core("beforeOperation")


@dataclass(slots=True)
class Draft:
    """A fact in the making; ``values`` maps a property of the core vocabulary to its value, ``spans`` keeps its words."""

    kind: str
    concept: str
    absent: bool = False
    parts: tuple[str, ...] = ()
    side: str | None = None
    values: dict[str, Value] = field(default_factory=dict)
    spans: dict[tuple[int, int], None] = field(default_factory=dict)
    shown_by: Draft | None = None
    sentence: int = 0
    #: Whether its visits come on top of those told before.
    further: bool = False
    #: Whether words behind it name a place that is not known, so that it may be another place than that of any other.
    elsewhere: bool = False
    #: Whether it is told as taken; "prescribed" is also said of a drug that is not taken yet.
    in_use: bool = False

    def says_more_of(self, other: Draft) -> bool:
        """Whether nothing that one says of the concept of both stands against the other."""
        return (
            self.shown_by is other.shown_by
            and not (self.elsewhere or other.elsewhere)
            and not (self.kind == _FINDING and other.parts and not self.parts and self.sentence != other.sentence)
            and (not self.parts or not other.parts or set(self.parts) == set(other.parts))
            and (self.side is None or other.side is None or self.side == other.side)
            and not self._is_across_operation(other)
            and all(self._agrees(other, name) for name in self.values)
        )

    def _is_across_operation(self, other: Draft) -> bool:
        """Whether both count visits, and only one of them those before an operation."""
        counted = _VISITS in self.values and _VISITS in other.values
        return counted and self.values.get(_BEFORE_OPERATION) != other.values.get(_BEFORE_OPERATION)

    def _agrees(self, other: Draft, name: str) -> bool:
        """Whether what both say by property ``name`` can be one thing.

        Numbers of visits that differ from passage to passage are one course counted at different times, unless dates tell
        the courses apart; within one sentence they are several courses.
        """
        own, others = self.values[name], other.values.get(name, self.values[name])
        if own == others:
            return True
        apart = self.sentence != other.sentence or other.further
        return name == _VISITS and apart and _ON not in {*self.values, *other.values}

    def absorb(self, other: Draft) -> None:
        """Take over what ``other`` says in addition, and its words."""
        self.parts = self.parts or other.parts
        self.side = self.side or other.side
        counts = [value for value in (self.values.get(_VISITS), other.values.get(_VISITS)) if isinstance(value, int)]
        total = sum(counts) if other.further and not self.further and len(counts) > 1 else max(counts, default=0)
        self.further = self.further or (other.further and len(counts) > 1)
        self.values = {**other.values, **self.values, **({_VISITS: total} if counts else {})}
        self.in_use = self.in_use or other.in_use
        self.spans.update(other.spans)


def merge(drafts: Iterable[Draft], broader: Callable[[str, str], bool]) -> list[Draft]:
    """Return ``drafts`` with those joined that say the same, in order of first mention.

    A letter names the same course of therapy several times, with its number of visits only once; counted as several
    courses it would look like more, and like care of unknown amount. ``broader`` tells whether its first concept is a vaguer
    name of the second.
    """
    found: list[Draft] = []
    alike: dict[tuple[str, str, bool], list[Draft]] = {}
    replaced: dict[int, Draft] = {}
    for draft in drafts:
        draft.shown_by = replaced.get(id(draft.shown_by), draft.shown_by)
        known = alike.setdefault((draft.kind, draft.concept, draft.absent), [])
        earlier = next((other for other in known if other.says_more_of(draft)), None)
        if earlier is None:
            found.append(draft)
            known.append(draft)
        else:
            earlier.absorb(draft)
            replaced[id(draft)] = earlier
    return [draft for draft in found if not _vaguer(draft, found, broader)]


def without_wider(drafts: Iterable[Draft], within: Callable[[str], frozenset[str]]) -> list[Draft]:
    """Return ``drafts`` of one sentence without findings that others say more precisely in some of the same words.

    "Gait was antalgic" is an antalgic gait and no second, abnormal one. ``within`` gives what a concept is within.
    """
    drafts = list(drafts)
    findings = [draft for draft in drafts if draft.kind == _FINDING and not draft.absent]
    return [draft for draft in drafts if not any(_wider(draft, other, within) for other in findings)]


def _wider(draft: Draft, other: Draft, within: Callable[[str], frozenset[str]]) -> bool:
    if draft.kind != other.kind or draft.absent or draft.concept == other.concept:
        return False
    return draft.concept in within(other.concept) and any(
        start <= first and last <= end for start, end in draft.spans for first, last in other.spans
    )


def _vaguer(draft: Draft, found: Sequence[Draft], broader: Callable[[str, str], bool]) -> bool:
    """Whether ``draft`` says nothing that another fact does not say more precisely, as pain beside knee pain.

    What one sentence lists side by side are several treatments: "a consultation, therapy and a visit". To deny the vaguer
    thing is to deny more.
    """
    bare = not draft.absent and not draft.parts and not draft.values and draft.shown_by is None
    return bare and any(
        (other.kind, other.absent) == (draft.kind, draft.absent)
        and not (draft.kind in _GIVEN_OR_PLANNED and draft.sentence == other.sentence)
        and broader(draft.concept, other.concept)
        for other in found
    )
