"""What a decision is, as values: the verdict, its criteria, the words of the record, and why other guidelines gave way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from imr_kb.proof import Proof

__all__ = [
    "CaseDecisions",
    "CriterionResult",
    "Decision",
    "Evidence",
    "Formulary",
    "Gap",
    "NotGoverning",
    "Number",
    "Outlook",
    "Road",
    "SourceReference",
    "UnencodedEdition",
    "Way",
]

Number: TypeAlias = int | float


@dataclass(frozen=True, slots=True)
class Evidence:
    """A fact, with its words: ``text`` stands at characters ``start`` to ``end``, all None for a fact without words."""

    fact: str
    concept: str
    label: str
    stated: str
    text: str | None = None
    start: int | None = None
    end: int | None = None
    document: str | None = None
    details: Mapping[str, Number | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """How one criterion, in one role, came out; ``within`` is the criterion of the group or owner that it stands below."""

    criterion: str
    text: str
    kind: str
    role: str
    status: str
    effect: str
    decisive: bool
    values: Mapping[str, Number | bool]
    evidence: tuple[Evidence, ...]
    rule: str
    within: str | None
    judgement: str


@dataclass(frozen=True, slots=True)
class SourceReference:
    """The passage that governs: guideline, edition, section, pages, legal tier, and how well it is verified."""

    label: str
    edition: str
    section: str | None
    pages: str | None
    tier: str
    recommendation: str
    recommendation_label: str
    citation: str
    verification: str
    certainty: str | None


@dataclass(frozen=True, slots=True)
class NotGoverning:
    """A recommendation that speaks of the service and does not decide, and why; ``fits`` says whether it fits the case."""

    recommendation: str
    label: str
    source: str
    tier: str
    why: str
    fits: bool


@dataclass(frozen=True, slots=True)
class UnencodedEdition:
    """A guideline in force on the deciding date of which not all is encoded; ``encoding`` says how much is."""

    iri: str
    label: str
    edition: str
    encoding: str


@dataclass(frozen=True, slots=True)
class Formulary:
    """Whether a requested drug needs review before dispensing; ``open`` are the conditions on which the record is silent."""

    status: str
    review: str
    rule: str
    rule_label: str
    citation: str
    drug_list: str | None
    entry: str | None
    special_fill_days: int | None
    perioperative_fill_days: int | None
    verification: str
    certainty: str | None
    open: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """What the record does not say and would have to: one sentence, or at least so many of several gaps."""

    text: str | None = None
    least: int = 1
    of: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """One change of the case: the option of ``imr-kb whatif`` that makes it, and the same in words.

    ``lead`` opens the words, so that several changes with the same lead are told in one clause.
    """

    option: str
    lead: str
    words: str


@dataclass(frozen=True, slots=True)
class Road:
    """Changes that turn a verdict together and not without each other: each step by any one of its ways.

    ``governs`` names the recommendation that then governs, where it is another one than now.
    """

    steps: tuple[tuple[Way, ...], ...]
    governs: str | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would change a verdict, and what it rests on.

    ``roads`` lead from a refusal, or from an open case, to an approval. ``rests_on`` are the smallest sets of facts of the
    record on which an approval stands. ``range`` are the verdicts that are possible over all that the record does not say,
    none where nothing governs; ``hangs_on`` are the criteria on which it depends, as sentences. ``decided`` is how many
    variants of the case were decided anew for that, ``size`` how many changes a road may hold. ``unreachable`` are criteria,
    as sentences, that no change that is looked for would turn; ``cut`` says where a bound has cut the search.
    """

    roads: tuple[Road, ...]
    rests_on: tuple[tuple[str, ...], ...]
    range: tuple[str, ...]
    hangs_on: tuple[str, ...]
    decided: int
    size: int
    unreachable: tuple[str, ...]
    cut: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """The recommended finding on one request.

    ``unencoded`` only where no recommendation speaks to it, ``formulary`` only where the drug formulary does, ``outlook``
    only where it was asked for. An item of several services has a decision on each in ``parts``; what it says besides is
    taken from the part on which its verdict rests, whose request is ``rests_on``.
    """

    request: str
    requested: str
    service: str | None
    service_label: str | None
    verdict: str
    ground: str
    imr_outcome: str | None
    supported_quantity: int | None
    published: str | None
    source: SourceReference | None
    criteria: tuple[CriterionResult, ...]
    not_governing: tuple[NotGoverning, ...]
    missing: tuple[str, ...]
    gaps: tuple[Gap, ...] = ()
    unencoded: tuple[UnencodedEdition, ...] = ()
    formulary: Formulary | None = None
    parts: tuple[Decision, ...] = ()
    rests_on: str | None = None
    outlook: Outlook | None = None


@dataclass(frozen=True, slots=True)
class CaseDecisions:
    """All decisions of one case, in the order of the disputed items, and the proof."""

    file: str
    case: str
    as_of: str | None
    as_of_basis: str | None
    kb_version: str
    decisions: tuple[Decision, ...]
    proof: Proof = field(repr=False, compare=False)
