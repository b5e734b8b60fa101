"""How often the governing guideline is the one that the reviewer cites, and the first criterion a reason that was given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from imr_kb.backtest.citations import CitationReader
from imr_kb.backtest.comparison import Item
from imr_kb.backtest.labels import OUTCOMES
from imr_kb.backtest.reasons import ReasonTable
from imr_kb.backtest.statistics import Proportion, proportion

__all__ = ["Baseline", "ReasonAgreement", "ReasonCount", "SourceAgreement", "reason_agreement", "source_agreement"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAgreement:
    """Of items with a governing recommendation and a citation that names a known guideline.

    ``edition`` compares editions and chapters, ``tier`` legal ranks. ``cited`` counts, for each name cited, items and how
    many of them are governed by it.
    """

    edition: Proportion
    tier: Proportion
    cited: dict[str, tuple[int, int]]
    without_citation: int
    not_recognised: int
    without_governing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What the same comparison gives without any knowledge of the item."""

    code: str | None
    most_frequent: Proportion
    by_chance: float | None
    by_chance_around: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCount:
    """One reason: how often reviewers gave it in an agreed refusal, and how often the first criterion says the same."""

    code: str
    text: str
    given: int
    matched: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonAgreement:
    """Of agreed refusals with reasons: is what the refusal rests on first among them.

    ``first`` takes the criterion alone, ``around`` its exceptions too. ``no_reason`` counts refusals for which the table
    gives none; they count as not agreeing.
    """

    first: Proportion
    around: Proportion
    baseline: Baseline
    no_reason: int
    reasons: tuple[ReasonCount, ...]


def source_agreement(items: Iterable[Item], reader: CitationReader) -> SourceAgreement:
    """Compare the governing guideline of each item with what its reviewer cites."""
    same_edition = same_tier = compared = silent = unknown = ungoverned = 0
    cited: Counter[str] = Counter()
    governed: Counter[str] = Counter()
    for item in items:
        citation = reader.read(item.label.cited) if item.label and item.label.cited else None
        source = item.decision.source if item.decision else None
        if citation is None:
            silent += 1
        elif not citation.names:
            unknown += 1
        elif source is None:
            ungoverned += 1
        else:
            compared += 1
            hit = reader.edition(source) in citation.editions
            same_edition += hit
            same_tier += source.tier in citation.tiers
            cited.update(citation.names)
            if hit:
                governed.update(citation.names)
    return SourceAgreement(
        edition=proportion(same_edition, compared),
        tier=proportion(same_tier, compared),
        cited={
            name: (count, governed[name]) for name, count in sorted(cited.items(), key=lambda pair: (-pair[1], pair[0]))
        },
        without_citation=silent,
        not_recognised=unknown,
        without_governing=ungoverned,
    )


def reason_agreement(items: Iterable[Item], table: ReasonTable) -> ReasonAgreement:
    """Compare what each agreed refusal rests on first with the reasons that its reviewer gave."""
    upheld = OUTCOMES[0]
    first, around, given = [], [], []
    for item in items:
        if item.published == upheld and item.agrees and item.decision and item.label and item.label.reasons:
            said = table.of_refusal(item.decision)
            first.append(said.first)
            around.append(said.around)
            given.append(frozenset(item.label.reasons))
    counts = Counter(code for codes in given for code in codes)
    matched = Counter(code for codes, own in zip(given, first, strict=True) for code in codes & own)
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ReasonAgreement(
        first=proportion(_hits(first, given), len(given)),
        around=proportion(_hits(around, given), len(given)),
        baseline=Baseline(
            code=ranked[0][0] if ranked else None,
            most_frequent=proportion(ranked[0][1] if ranked else 0, len(given)),
            by_chance=_by_chance(first, given),
            by_chance_around=_by_chance(around, given),
        ),
        no_reason=sum(not codes for codes in first),
        reasons=tuple(
            ReasonCount(
                code=code,
                text=table.reasons[code].text if code in table.reasons else "not in the table",
                given=count,
                matched=matched[code],
            )
            for code, count in ranked
        ),
    )


def _hits(said: Sequence[frozenset[str]], given: Sequence[frozenset[str]]) -> int:
    return sum(not own.isdisjoint(codes) for own, codes in zip(said, given, strict=True))


def _by_chance(said: Sequence[frozenset[str]], given: Sequence[frozenset[str]]) -> float | None:
    """Return the share of all pairs of a refusal and the reasons given for any refusal that would agree."""
    if not given:
        return None
    pairs = sum(
        count * other
        for own, count in Counter(said).items()
        for codes, other in Counter(given).items()
        if not own.isdisjoint(codes)
    )
    return pairs / len(given) ** 2
