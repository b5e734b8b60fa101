"""Put judgements, numbers and facts into plain words. Nothing is decided here."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from imr_kb.phrases import in_figures, only_by_exception, only_waits, since_injury, waits
from imr_kb.trace import CriterionResult, Decision, Evidence, SourceReference

__all__ = [
    "asked_for",
    "clean",
    "count",
    "day",
    "finding",
    "ground",
    "joined",
    "lacking",
    "legal_rank",
    "outcome",
    "passage",
    "room",
    "standing",
    "stated",
    "verification",
]

#: Stands for a character that has no shape of its own, or turns the direction of reading.
_UNSHOWN: Final = "\N{REPLACEMENT CHARACTER}"
_FINDINGS: Final = {
    "necessary": "medically necessary",
    "not-necessary": "not shown to be medically necessary",
    "undetermined": "undetermined",
}
_GROUNDS: Final = {
    "criteria-met": "The request meets what the guideline asks for.",
    "request-incomplete": "The request does not say all that the guideline asks a request to say.",
    "depends-on-refused-service": "The item serves another item that is not shown to be medically necessary.",
    "not-recommended": "The guideline advises against this service.",
    "limit-exceeded": "The request goes past a limit of the guideline.",
    "criterion-not-met": "The record shows the contrary of something that the guideline asks for.",
    "not-documented": "The record does not say something that the guideline asks for.",
    "no-recommendation": "No recommendation in the knowledge base speaks to this service for this worker. "
    "The absence of one is no ground of refusal.",
    "conflicting": "The record says both one thing and its contrary, so that the finding stays open.",
    "not-known": "The guideline asks for something that the knowledge base does not hold, so that the finding stays open.",
    "circular-dependence": "The item and another each depend on the other, so that the finding stays open.",
}
_WAITS: Final = "The item serves another on which the finding stays open, so that this finding stays open too."
_ONLY_BY_EXCEPTION: Final = (
    "The guideline supports this service only where an exception holds, and the record does not say that one does."
)
_ROLES: Final = {
    "limit": "The guideline sets a limit",
    "requires": "The guideline requires",
    "continues": "Where such care was given before, the guideline requires",
    "rules-out": "The guideline rules the service out where this holds",
    "exception": "The guideline makes an exception where this holds",
}
_MEMBER: Final = "This is a part of it"
_RANKS: Final = {
    "mtus": "It belongs to the Medical Treatment Utilization Schedule (MTUS), which is presumed correct.",
    "acoem": "It belongs to the ACOEM guidelines and not to the MTUS.",
    "odg": "It belongs to the Official Disability Guidelines (ODG) and not to the MTUS.",
    "rules": "It belongs to the rules of utilization review, which come before every guideline.",
}
_DETAILS: Final = {
    "visits": ("{} visit", "{} visits"),
    "weeks": ("{} week", "{} weeks"),
    "date": ("on {}", "on {}"),
    "since": ("since {}", "since {}"),
    "strength_mg": ("{} mg", "{} mg"),
    "per_day": ("once a day", "{} times a day"),
    "relief_percent": ("{} percent relief", "{} percent relief"),
    "relief_weeks": ("relief for {} week", "relief for {} weeks"),
    "quantity": ("quantity {}", "quantity {}"),
}
_TOGETHER: Final = ("quantity", "duration", "interval")
#: What a limit needs to be told, of earlier care and of the request.
_AMOUNTS: Final = {
    "quantity": ("how much of such care was given before", "how much is requested"),
    "duration": ("for how long such care was given before", "for how long it is requested"),
    "interval": ("how often such care was given within that time", "how much is requested"),
}


def clean(text: str) -> str:
    r"""Return ``text`` on one line, with a replacement character for each one that cannot be seen or printed.

    These are the characters of the Unicode categories Cc, Cf, Cn, Co and Cs: controls, turns of direction, none at all.

    >>> clean("two\n lines and \u202eanother direction")
    'two lines and �another direction'
    """
    line = " ".join(text.split())
    return "".join(_UNSHOWN if unicodedata.category(character).startswith("C") else character for character in line)


def count(number: object, one: str, more: str) -> str:
    """Return ``number`` with the noun that fits.

    >>> count(1, "visit", "visits"), count(0, "visit", "visits")
    ('1 visit', '0 visits')
    """
    return f"{number} {one if number == 1 else more}"


def day(text: str) -> str:
    """Return an ISO date as it is read aloud, anything else as it is.

    >>> day("2015-09-08")
    'September 8, 2015'
    """
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return clean(text)
    return f"{_MONTHS[found.month - 1]} {found.day}, {found.year}"


_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def joined(parts: Iterable[str]) -> str:
    """Return ``parts`` as a list in a sentence.

    >>> joined(["a", "b", "c"])
    'a, b and c'
    """
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def finding(decision: Decision) -> str:
    """Return the recommended finding, without a full stop."""
    return _FINDINGS[decision.verdict]


def outcome(decision: Decision) -> str:
    """Return what follows for the refusal by utilization review."""
    if decision.imr_outcome is None:
        return "Whether the refusal stands is left to the reviewer."
    return f"The refusal by utilization review would be {decision.imr_outcome}."


def ground(decision: Decision) -> str:
    """Return the reported ground as a sentence."""
    if decision.ground == "not-documented" and only_by_exception(decision):
        return _ONLY_BY_EXCEPTION
    if decision.ground == "conflicting" and only_waits(decision):
        return _WAITS
    return _GROUNDS[decision.ground]


def passage(source: SourceReference) -> str:
    """Return guideline, edition, section and pages, without a full stop."""
    section = source.section
    if section and section not in source.label:
        section = f"“{section}”"
    elif section:
        section = None
    pages = f"pages {source.pages}" if source.pages and not source.pages.isdecimal() else f"page {source.pages}"
    return ", ".join(part for part in (source.label, source.edition, section, pages if source.pages else None) if part)


def legal_rank(source: SourceReference) -> str:
    """Return the legal rank of the passage as a sentence."""
    return _RANKS.get(source.tier, "It stands outside the MTUS.")


def verification(source: SourceReference) -> str:
    """Return how far the recommendation was checked against its text, as a sentence."""
    certainty = f" (certainty: {source.certainty})" if source.certainty else ""
    return {
        "verified": "The recommendation was checked against its source.",
        "partly verified": "The recommendation was checked against its source in part; check the rest before signing.",
    }.get(
        source.verification,
        f"The recommendation was written down from knowledge{certainty}; check it against the guideline before signing.",
    )


def asked_for(item: CriterionResult, owner: CriterionResult | None) -> str:
    """Return what the guideline asks for, as a sentence; ``owner`` is what the criterion stands below."""
    member = owner is not None and owner.kind == "group" and owner.role == item.role
    return f"{_MEMBER if member else _ROLES[item.role]}: {item.text}"


def standing(item: CriterionResult, *, lifted: bool) -> str:
    """Return how the record stands to a criterion, as a sentence; ``lifted`` says that an exception lifts it."""
    numbers = _numbers(item)
    said = f": {numbers}." if numbers else "."
    if item.role == "limit" and item.status in {"met", "not-met"}:
        text = f"The limit is {'kept' if item.status == 'met' else 'exceeded'}{said}"
    elif item.kind == "depends" and item.status in {"met", "not-met"}:
        found = "finds that this is so" if item.status == "met" else "does not find this"
        text = f"This draft {found}."
    elif waits(item):
        text = "The finding on what it serves stays open."
    elif item.kind == "group":
        text = {
            "met": "Taken together, the record shows this.",
            "not-met": "Taken together, the record shows the contrary.",
            "not-documented": "Taken together, the record does not say enough.",
        }.get(item.status, _plain(item, said))
    else:
        text = _plain(item, said)
    if item.role == "rules-out" and item.status == "not-documented" and item.effect == "passes":
        return f"{text} Silence on this does not count against the request."
    if lifted:
        return f"{text} An exception lifts this."
    return text


def _plain(item: CriterionResult, said: str) -> str:
    if item.status == "not-documented" and item.evidence:
        return f"The record does not say{said[:-1]}; this was looked at."
    return {
        "met": f"The record shows this{said}",
        "not-met": f"The record shows the contrary{said}",
        "not-documented": f"The record does not say{said}",
        "conflicting": "The record says both that this is so and that it is not.",
        "not-known": "The knowledge base does not hold what the guideline asks here, so that no record can show it.",
        "not-applicable": "The record names no such care before, so that this does not apply.",
    }[item.status]


def _numbers(item: CriterionResult) -> str:
    values = item.values
    limit, prior, observed = (values.get(name) for name in ("limit", "prior", "observed"))
    if item.kind in _TOGETHER and limit is not None and prior is not None:
        return _together(item, "days" if item.kind == "duration" else "")
    if item.kind == "finding":
        return f"{observed} of the {limit} that are needed" if limit is not None and limit > 1 and observed else ""
    if item.kind == "tried" and observed is not None and limit is not None:
        return since_injury(observed, limit)
    if item.kind == "dose" and observed and limit is not None:
        uncounted = values.get("uncounted", 0)
        rest = " and what the record does not say" if uncounted else ""
        return f"the amount is {in_figures(observed)}{rest}, and the limit is {in_figures(limit)}"
    return f"the value is {observed}" if item.kind == "attribute" and observed is not None else ""


def _together(item: CriterionResult, unit: str) -> str:
    values = item.values

    def of(number: Any) -> str:
        return count(number if number == 1 else in_figures(number), unit.removesuffix("s"), unit).strip()

    limit, prior, requested = values["limit"], values["prior"], values.get("requested")
    uncounted = values.get("uncounted", 0)
    if prior and not uncounted and requested is not None:
        return (
            f"{of(prior)} before and {of(requested)} requested make {of(prior + requested)}; the limit is {of(limit)}"
        )
    if values.get("prior_inferred"):
        before = f"none {'that counts ' if values.get('set_aside') else ''}is on record before"
    elif uncounted and prior:
        before = f"{of(prior)} and what the record gives no number of are on record before"
    elif uncounted:
        before = "such care is on record before without a number"
    else:
        before = f"{of(prior)} {_is(prior)} on record before" if prior else "none is on record before"
    if item.kind == "interval":
        before += " within that time"
    asked = "how much is requested is not known" if requested is None else f"{of(requested)} {_is(requested)} requested"
    return f"{before} and {asked}; the limit is {of(limit)}"


def lacking(item: CriterionResult) -> str | None:
    """Return as a sentence which amounts are not stated, where a limit is not documented for want of them; else None."""
    if item.kind not in _TOGETHER or item.values.get("prior") is None:
        return None
    before, asked = _AMOUNTS[item.kind]
    open_amounts = [before] if item.values.get("uncounted") else []
    open_amounts += [asked] if item.values.get("requested") is None else []
    return f"The record does not say {joined(open_amounts)}." if open_amounts else None


def _is(number: Any) -> str:
    return "is" if number == 1 else "are"


def stated(evidence: Evidence, *, requested: bool) -> str:
    """Return one fact with its words, as a sentence; ``requested`` says that it is a disputed item."""
    absent = evidence.stated == "absent"
    details = [_DETAILS[name][value != 1].format(_detail(value)) for name, value in evidence.details.items()]
    fact = ", ".join([clean(evidence.label), *details])
    if evidence.text is not None:
        lead = "The request reads" if requested else "The record says"
        return f"{lead} “{clean(evidence.text)}” ({'denied: ' if absent else ''}{fact})."
    lead = "The request asks for" if requested else "The record denies" if absent else "The record states"
    return f"{lead}: {fact}."


def _detail(value: object) -> str:
    return day(value) if isinstance(value, str) else str(value)


def room(supported: int) -> str:
    """Return how many units a limit still supports, as a sentence."""
    if not supported:
        return "Within the limit none is supported."
    return f"Within the limit {supported} {_is(supported)} supported."
