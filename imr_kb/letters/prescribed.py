"""A drug that is prescribed anew: how it is to be taken is told of the request, and no earlier use is told of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from imr_kb.letters.drafts import Draft
from imr_kb.letters.lexicon import Lexicon
from imr_kb.letters.requests import Request
from imr_kb.terms import PREFIXES, core

__all__ = ["prescribed_anew"]

_MEDICATION: Final = core("MedicationUse")
_ANY_DRUG: Final = PREFIXES["svc"] + "Medication"
_PLANNED: Final = core("PlannedCare")
_RESPONSE: Final = core("Response")
_CARE: Final = frozenset({_MEDICATION, core("Treatment")})
_TO_SERVICE: Final = core("toService")
_PER_DAY: Final = core("perDay")
#: What is told only of a drug that has been in use.
_OF_USE: Final = frozenset(core(name) for name in ("outcome", "weeks", "since", "onDate", "visits"))


def prescribed_anew(
    requests: Sequence[Request], facts: Sequence[Draft], lexicon: Lexicon
) -> tuple[list[Request], list[Draft]]:
    """Return ``requests`` with the doses that the record plans for them, and ``facts`` without uses that are such a plan.

    Where the record denies that the worker took drugs of its kind, "prescribed zolpidem at bedtime" tells of no use;
    "takes zolpidem at bedtime" does.
    """
    anew = [one for one in requests if one.concept is not None and _denied_before(one.concept, facts, lexicon)]
    first = {one.concept for one in anew}
    asked = [_as_planned(one, facts, first=one in anew) for one in requests]
    kept = [fact for fact in facts if not (fact.concept in first and fact.kind == _MEDICATION and not fact.absent)]
    for fact in kept:
        if fact.kind == _PLANNED:
            fact.values.pop(_PER_DAY, None)
    return asked, kept


def _denied_before(drug: str, facts: Sequence[Draft], lexicon: Lexicon) -> bool:
    """Whether drugs of the kind of ``drug`` were not taken before, and nothing tells of a use of it that went on."""
    if lexicon.read_as(drug) != _MEDICATION:
        return False
    used = any(
        not fact.absent
        and (
            (fact.kind == _RESPONSE and fact.values.get(_TO_SERVICE) == drug)
            or (
                fact.kind in _CARE
                and fact.concept == drug
                and (fact.kind != _MEDICATION or fact.in_use or _OF_USE & fact.values.keys())
            )
        )
        for fact in facts
    )
    kinds = lexicon.within(drug) - {_ANY_DRUG}  # "no medication at work" speaks of no kind
    denied = any(fact.absent and fact.kind in _CARE and fact.concept in kinds for fact in facts)
    return denied and not used


def _as_planned(request: Request, facts: Sequence[Draft], *, first: bool) -> Request:
    """Return ``request`` with the units a day that the record plans, where it does not state them itself."""
    if request.concept is None or _PER_DAY in request.values:
        return request
    kinds = {_PLANNED, _MEDICATION} if first else {_PLANNED}
    planned = [
        fact
        for fact in facts
        if fact.concept == request.concept and fact.kind in kinds and not fact.absent and _PER_DAY in fact.values
    ]
    doses = {fact.values[_PER_DAY] for fact in planned}
    return replace(request, values={**request.values, _PER_DAY: doses.pop()}) if len(doses) == 1 else request
