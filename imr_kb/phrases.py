"""Put verdicts, passages, numbers and reasons into short words, for every text that the commands write."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from imr_kb.formulary import formulary_in_words
from imr_kb.trace import CaseDecisions, CriterionResult, Decision, Number, SourceReference

__all__ = [
    "as_of",
    "formulary_lines",
    "headline",
    "in_figures",
    "indented",
    "least",
    "named",
    "no_recommendation",
    "only_by_exception",
    "only_waits",
    "passage",
    "rationale",
    "since_injury",
    "tier_in_words",
    "titled",
    "told_as",
    "unencoded",
    "waits",
    "with_arithmetic",
]

WIDTH: Final = 110
_VERDICTS: Final = {
    "necessary": "Medically necessary",
    "not-necessary": "Not shown medically necessary",
    "undetermined": "Undetermined",
}


def rationale(decision: Decision) -> str:
    """Return in a few plain sentences what governs, what decided, and what is missing."""
    if not decision.parts:
        return _reasons(decision)
    part = next(part for part in decision.parts if part.request == decision.rests_on)
    return f"The item asks for {len(decision.parts)} services and rests on {named(part)}: {_reasons(part)}"


def named(part: Decision) -> str:
    """Return what a service of an item of several is called."""
    return part.service_label or part.requested


def _reasons(decision: Decision) -> str:
    source = decision.source
    if source is None:
        return no_recommendation(decision)
    sentences = [f"{passage(source)} governs ({tier_in_words(source.tier)})."]
    decisive = [item for item in decision.criteria if item.decisive and item.kind != "group" and item.role != "advises"]
    if decision.verdict == "not-necessary" and decision.ground == "not-recommended":
        sentences.append(f"It advises against {decision.service_label}.")
    elif only_by_exception(decision):
        sentences.append(f"It supports {decision.service_label} only where an exception holds.")
    for status, lead in (
        ("not-met", "Not met"),
        ("met", "Met"),
        ("conflicting", "The record says both"),
        ("waits", "Open with the item that it serves"),
        ("not-known", "Not known here"),
        ("not-documented", "Not documented"),
    ):
        listed = dict.fromkeys(
            with_arithmetic(item)
            for item in decisive
            if told_as(item) == status and (status != "met" or decision.verdict == "necessary")
        )
        sentences += [f"{lead}: {'; '.join(listed)}."] if listed else []
    lifted = [
        item
        for item in decision.criteria
        if item.status == "not-met" and item.effect == "passes" and item.role != "rules-out"
    ]
    sentences += [f"Lifted by its exception: {with_arithmetic(item)}." for item in lifted]
    if decision.supported_quantity is not None:
        sentences.append(f"The limit leaves room for {decision.supported_quantity}.")
    return " ".join(sentences)


def only_by_exception(decision: Decision) -> bool:
    """Say whether a refusal rests on advice against the service, and on silence about what would be an exception to it."""
    return decision.verdict == "not-necessary" and any(
        item.decisive and item.role == "exception" and item.within is None and item.status == "not-documented"
        for item in decision.criteria
    )


def waits(item: CriterionResult) -> bool:
    """Say whether a criterion is open only because the finding on the item that is served is."""
    return item.kind == "depends" and item.status == "conflicting"


def told_as(item: CriterionResult) -> str:
    """Return the status by which a criterion is told: its own, or "waits" where another item's finding leaves it open."""
    return "waits" if waits(item) else item.status


def only_waits(decision: Decision) -> bool:
    """Say whether nothing but the finding on the item that is served leaves this one open."""
    is_open = [
        item for item in decision.criteria if item.decisive and item.status == "conflicting" and item.kind != "group"
    ]
    return bool(is_open) and all(map(waits, is_open))


def no_recommendation(decision: Decision) -> str:
    """Return in a sentence that nothing speaks to the requested service."""
    service = f"{decision.service_label}." if decision.service_label else "the requested service."
    return " ".join(
        (
            f"No recommendation in the knowledge base speaks to {service} The absence of one is no ground of refusal.",
            *unencoded(decision),
        )
    )


def unencoded(decision: Decision) -> Iterator[str]:
    """Yield in sentences of which guidelines in force the knowledge base does not hold all, where nothing in it speaks."""
    by_encoding: dict[str, list[str]] = {}
    for edition in decision.unencoded:
        by_encoding.setdefault(edition.encoding, []).append(f"{edition.label} ({edition.edition})")
    for encoding, labels in sorted(by_encoding.items(), reverse=True):
        yield f"In force on the deciding date and {encoding}: {'; '.join(labels)}."


def as_of(result: CaseDecisions) -> str:
    """Return the deciding date with what it is, in words."""
    return f"{result.as_of} ({result.as_of_basis})" if result.as_of else "no known date"


def titled(results: Iterable[CaseDecisions]) -> Iterator[tuple[str, CaseDecisions]]:
    """Yield each case with its title: its file, and its own name too where the file holds several cases."""
    before, left = None, iter(results)
    current = next(left, None)
    while current is not None:
        following = next(left, None)
        beside = {before, following.file if following else None}
        name = f", case {current.case.rpartition('/')[2]}" if current.file in beside else ""
        yield f"{current.file}{name}", current
        before, current = current.file, following


def headline(decision: Decision) -> str:
    """Return the verdict with its ground and what follows for the refusal by utilization review."""
    outcome = f": the refusal would be {decision.imr_outcome}" if decision.imr_outcome else ""
    return f"{_VERDICTS[decision.verdict]} ({decision.ground.replace('-', ' ')}){outcome}"


def tier_in_words(tier: str) -> str:
    """Return the legal rank of a source in a few words."""
    told = {
        "mtus": "MTUS, presumed correct",
        "rules": "rules of utilization review, which come before every guideline",
        "other": "outside the MTUS",
    }
    return told.get(tier, f"{tier.upper()}, not part of the MTUS")


def passage(source: SourceReference) -> str:
    """Return guideline, edition, section and pages, without a full stop."""
    pages = f"pages {source.pages}" if source.pages and not source.pages.isdecimal() else f"page {source.pages}"
    # The name of a chapter's guideline holds the heading of the chapter.
    section = None if (source.section or "").casefold() in source.label.casefold() else source.section
    return ", ".join(part for part in (source.label, source.edition, section, pages if source.pages else None) if part)


def with_arithmetic(item: CriterionResult) -> str:
    """Return the sentence of a criterion without its full stop, with the numbers that decided it."""
    arithmetic = _arithmetic(item.kind, item.values)
    return item.text.rstrip(".") + (f" ({arithmetic})" if arithmetic else "")


def _arithmetic(kind: str, values: Mapping[str, Any]) -> str:
    limit, prior, requested, observed = (values.get(name) for name in ("limit", "prior", "requested", "observed"))
    uncounted = values.get("uncounted", 0)
    if limit is not None and prior is not None:
        total = prior + (requested or 0)
        is_whole = requested is not None and not uncounted
        sign = ">" if total > limit else "<=" if is_whole else "of"
        places = _places(total, limit)
        before, most = least(prior, uncounted, places), in_figures(limit, places)
        asked = "?" if requested is None else in_figures(requested, places)
        none = ", none on record that counts" if values.get("set_aside") else ", none on record"
        return f"{before} + {asked} {sign} {most}" + (none if values.get("prior_inferred") else "")
    if kind == "tried" and observed is not None and limit is not None:
        return since_injury(observed, limit)
    if observed is not None and limit is not None and limit > 1:
        places = _places(observed, limit)
        return f"{least(observed, uncounted, places)} of {in_figures(limit, places)}"
    return in_figures(observed) if observed is not None and limit is None else ""


def in_figures(value: Number | str, places: int = 2) -> str:
    """Return a value with no more than so many decimals from one on: days are kept as weeks, weeks as days.

    >>> in_figures(30.3331), in_figures(0.1429), in_figures(7.5), in_figures(12)
    ('30.33', '0.1429', '7.5', '12')
    """
    if isinstance(value, float) and value >= 1:
        return f"{value:.{places}f}".rstrip("0").rstrip(".")
    return str(value)


def least(known: Number, uncounted: Number, places: int = 2) -> str:
    """Return a number that was counted, of which ``uncounted`` things are on record without one.

    >>> least(6, 0), least(6, 1), least(0, 1), least(0, 0)
    ('6', '6 or more', '?', '0')
    """
    if not uncounted:
        return in_figures(known, places)
    return f"{in_figures(known, places)} or more" if known else "?"


def _places(total: Number, limit: Number) -> int:
    """Return how many decimals to show: two, or three where two would hide on which side of the limit a number lies."""
    return 2 if round(total, 2) != round(limit, 2) or total == limit else 3


def since_injury(observed: Number, asked: Number) -> str:
    """Return how many days lie between the injury and the deciding date, and how many a guideline asks for.

    >>> since_injury(37, 28)
    '37 days since the injury, and 28 are asked for'
    """
    return f"{observed} {'day' if observed == 1 else 'days'} since the injury, and {asked} are asked for"


def formulary_lines(decision: Decision) -> Iterator[str]:
    """Yield what the drug formulary says of the item, nothing where it does not speak of it."""
    if decision.formulary is not None:
        yield from indented(formulary_in_words(decision.formulary), 3)


def indented(text: str, indent: int, *, hanging: int = 0, width: int = WIDTH) -> Iterator[str]:
    """Yield ``text`` wrapped, each line indented, and all but the first by ``hanging`` more."""
    first = " " * indent
    yield (
        textwrap.fill(
            text,
            width,
            initial_indent=first,
            subsequent_indent=first + " " * hanging,
            break_long_words=False,
            break_on_hyphens=False,
        )
        + "\n"
    )
