"""Write decisions in full for reading: first the verdict, why, what is missing and what would change it; then its basis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from imr_kb.gaps import gaps_in_words
from imr_kb.outlook import outlook_in_words
from imr_kb.phrases import (
    as_of,
    formulary_lines,
    headline,
    in_figures,
    indented,
    named,
    no_recommendation,
    passage,
    tier_in_words,
    titled,
    told_as,
    with_arithmetic,
)
from imr_kb.rationale import wording
from imr_kb.render import NOTICE
from imr_kb.trace import CaseDecisions, CriterionResult, Decision, Evidence

__all__ = ["explained"]

_MARKS: Final = {
    "met": "+",
    "not-met": "-",
    "not-documented": "?",
    "conflicting": "!",
    "not-known": "~",
    "not-applicable": ".",
}
_LEGEND: Final = (
    "Signs: + met, - not met, ? the record does not say, ! it says both, ~ not known here, . does not apply."
)
_ROLES: Final = {
    "limit": "limit",
    "requires": "required",
    "continues": "required to continue",
    "rules-out": "would rule it out",
    "exception": "exception",
    "advises": "advisory",
}
_DETAILS: Final = {
    "visits": "{} visits",
    "weeks": "{} weeks",
    "date": "{}",
    "since": "since {}",
    "strength_mg": "{} mg",
    "per_day": "{} a day",
    "relief_percent": "{} percent relief",
    "relief_weeks": "relief for {} weeks",
    "quantity": "{} asked for",
    "by_person": "stated by a person",
}
_ALTERNATIVES: Final = " (all or some of these)"
#: How a criterion that failed is told by its status; what is not documented is listed by itself.
_FAILED: Final = {
    "not-met": "Not met",
    "met": "It is ruled out by",
    "conflicting": "The record says both",
    "waits": "Open with the item that it serves",
    "not-known": "Not known here",
}
#: So many criteria that failed are told in the line that says why; all of them stand further down.
_TOLD: Final = 2


def explained(results: Iterable[CaseDecisions], *, considered: bool = False, rules: bool = False) -> Iterator[str]:
    """Yield each case in full.

    Every recommendation that was considered is listed where ``considered`` says so, else those that do not fit the case are
    counted; ``rules`` adds the rule file that gave each status.
    """
    shown = _Shown(considered, rules)
    for title, result in titled(results):
        yield f"{title}: decided as of {as_of(result)}, knowledge base {result.kb_version}\n"
        yield from indented(_LEGEND, 0)
        for number, decision in enumerate(result.decisions, 1):
            yield f"\n{number}. {decision.requested}\n"
            yield from shown.decision(decision)
        yield "\n"
        yield from indented(NOTICE, 0)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What of a decision is shown."""

    considered: bool
    rules: bool

    def decision(self, decision: Decision) -> Iterator[str]:
        if not decision.parts:
            yield from self._single(decision)
            return
        yield f"   {headline(decision)}\n"
        rests_on = next(part for part in decision.parts if part.request == decision.rests_on)
        yield from indented(
            f"Why: The item asks for {len(decision.parts)} services and rests on {named(rests_on)}. {_ground(rests_on)}",
            3,
        )
        yield from _outlook_of_item(decision)
        for place, part in enumerate(decision.parts, 1):
            yield f"\n   Part {place}: {named(part)}\n"
            yield from self._single(part)

    def _single(self, decision: Decision) -> Iterator[str]:
        yield f"   {headline(decision)}\n"
        yield from indented(f"Why: {_ground(decision)}", 3)
        if decision.supported_quantity is not None:
            yield f"   The limit leaves room for {decision.supported_quantity}.\n"
        yield from formulary_lines(decision)
        if decision.missing:
            # Where something else refuses too, all that is missing may not be enough, and is listed as it is.
            told = list(gaps_in_words(decision.gaps))
            whole = set(decision.missing) <= {text for _, text in told}
            yield f"\n   Not documented, and needed{'' if whole else _ALTERNATIVES}:\n"
            for depth, text in told if whole else [(0, text) for text in decision.missing]:
                yield from indented(f"- {text}", 5 + 2 * depth, hanging=2)
        yield from _outlook(decision)
        yield from self._governing(decision)
        yield from self._others(decision)

    def _governing(self, decision: Decision) -> Iterator[str]:
        source = decision.source
        if source is None:
            return
        yield f"\n   Governs: {source.recommendation_label}\n"
        yield from indented(f"{source.citation}. {wording.verification(source)}", 3)
        depth = _depths(decision.criteria)
        for item in decision.criteria:
            yield from self._criterion(item, depth[item.judgement])

    def _criterion(self, item: CriterionResult, depth: int) -> Iterator[str]:
        indent = 3 + 2 * depth
        role = "" if depth and item.role != "exception" else f" ({_ROLES.get(item.role, item.role)})"
        rule = f" [{item.rule}]" if self.rules else ""
        yield from indented(f"{_MARKS[item.status]} {with_arithmetic(item)}.{role}{rule}", indent, hanging=2)
        if item.kind == "group":
            return
        shown = list(dict.fromkeys(_in_words(evidence) for evidence in item.evidence))
        if shown and item.status == "not-documented":
            shown[0] = f"Looked at: {shown[0]}"
        for words in shown:
            yield from indented(words, indent + 4, hanging=2)

    def _others(self, decision: Decision) -> Iterator[str]:
        """Yield what was considered and did not govern, and why not."""
        listed = [other for other in decision.not_governing if other.fits or self.considered]
        counted = [other for other in decision.not_governing if not (other.fits or self.considered)]
        if decision.not_governing:
            yield "\n   Considered, did not govern:\n"
        alike: dict[tuple[str, str, str], list[str]] = {}
        for other in listed:
            alike.setdefault((other.source, other.tier, other.why), []).append(other.label)
        for (guideline, tier, why), labels in alike.items():
            yield from indented(f"- {'; '.join(labels)} ({guideline}; {tier.upper()}): {why}", 5, hanging=2)
        if counted:
            reasons = Counter(other.why.rstrip(".") for other in counted)
            ordered = sorted(reasons.items(), key=lambda reason: (-reason[1], reason[0]))
            told = "; ".join(f"{number}: {why}" for why, number in ordered)
            yield from indented(
                f"- {len(counted)} more that do not fit this case; --all lists them ({told}).", 5, hanging=2
            )
        source = decision.source
        fitting = any(other.fits and other.tier == "mtus" for other in decision.not_governing)
        if source is not None and source.tier != "mtus" and not fitting:
            yield from indented("No recommendation of the MTUS that fits this case speaks to the service.", 3)


def _ground(decision: Decision) -> str:
    """Return what governs and the reported ground, with the first criteria that failed."""
    source = decision.source
    if source is None:
        return no_recommendation(decision)
    ground = wording.ground(decision)
    for status, lead in _FAILED.items():
        failed = dict.fromkeys(
            with_arithmetic(item)
            for item in decision.criteria
            if item.decisive
            and told_as(item) == status
            and item.effect != "passes"
            and item.kind != "group"
            and item.role not in ({"advises"} if status == "not-known" else {"advises", "exception"})
        )
        if failed:
            more = f"; and {len(failed) - _TOLD} more" if len(failed) > _TOLD else ""
            ground += f" {lead}: {'; '.join(list(failed)[:_TOLD])}{more}."
    return f"{passage(source)} ({tier_in_words(source.tier)}). {ground}"


def _outlook_of_item(decision: Decision) -> Iterator[str]:
    """Yield what would change the verdict on an item of several services, in short: the rest is told of each service."""
    outlook, lacking = decision.outlook, [part for part in decision.parts if part.verdict != "necessary"]
    if outlook is None:
        return
    if not lacking:
        yield from _outlook(decision)
    elif outlook.roads:
        names = "; ".join(named(part) for part in lacking)
        yield from indented(f"Would be necessary if each of these were, as is told below: {names}.", 3)
    elif outlook.range:
        without = "; ".join(named(part) for part in lacking if part.outlook is not None and not part.outlook.roads)
        told = f"these of its services necessary: {without}" if without else "all of its services necessary together"
        yield from indented(f"No change that is looked for makes {told}.", 3)


def _outlook(decision: Decision) -> Iterator[str]:
    if decision.outlook is not None:
        yield "\n"
        for line in outlook_in_words(decision.outlook, decision.verdict, decision.missing):
            yield from indented(line, 5 if line.startswith("- ") else 3, hanging=2 if line.startswith("- ") else 0)


def _depths(criteria: Sequence[CriterionResult]) -> dict[str, int]:
    """Return how deep each judgement stands below another: judgements are named by their path."""
    names = {item.judgement for item in criteria}
    return {name: sum(name != other and name.startswith(other + "/") for other in names) for name in names}


def _in_words(evidence: Evidence) -> str:
    denied = "denied: " if evidence.stated == "absent" else ""
    details = ", ".join(_DETAILS[name].format(in_figures(value)) for name, value in evidence.details.items())
    fact = f"{denied}{evidence.label}" + (f" ({details})" if details else "")
    if evidence.text is None:
        return fact
    words = " ".join(evidence.text.split())
    return f'{fact}: "{words}" [{evidence.start}-{evidence.end}]'
