"""The care that a sentence tells of, and what "the injection" or "the medication" in it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from imr_kb.letters.drafts import Draft
from imr_kb.letters.less_used import is_lessened
from imr_kb.letters.lexicon import Lexicon, Mention
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES, core

__all__ = ["care_meant", "care_told", "leading", "may_help", "spoken_of_care"]

_TREATMENT: Final = core("Treatment")
_MEDICATION: Final = core("MedicationUse")
_MEDICATIONS: Final = PREFIXES["svc"] + "Medication"
_CARE: Final = frozenset({_TREATMENT, _MEDICATION})


def care_told(sentence: Sentence, own: Sequence[Draft], lexicon: Lexicon) -> list[tuple[Mention, str]]:
    """Return the mentions of the care that the sentence tells of, each as it was read.

    Care of which less is used led to nothing that is told beside it.
    """
    given = sorted({draft.concept for draft in own if may_help(draft, lexicon)})
    return [
        (mention, service)
        for mention in sentence.mentions
        for service in given
        if not lexicon.within(service).isdisjoint(mention.concepts) and not is_lessened(sentence, mention, lexicon)
    ]


def leading(care: Sequence[Draft], named: Sequence[tuple[Mention, str]]) -> list[Draft]:
    """Return what of ``care`` the next sentence can go on about: not that of which its own sentence says less is used."""
    return [draft for draft in care if draft.concept in {service for _, service in named}]


def may_help(draft: Draft, lexicon: Lexicon) -> bool:
    """Whether ``draft`` tells of care that can lead to something, as a visit at which something was told cannot."""
    return draft.kind in _CARE and lexicon.inherited("reportedAt", draft.concept) is None


def spoken_of_care(
    named: Sequence[str], latest: Sequence[Draft], earlier: Sequence[Draft], lexicon: Lexicon
) -> list[str]:
    """Return the care that a sentence speaks of: that ``named`` in it, else the ``latest`` told of, each as it is meant."""
    services = [*named] or [draft.concept for draft in latest if not draft.absent]
    return sorted({care_meant(service, earlier, lexicon) for service in services})


def care_meant(service: str, earlier: Sequence[Draft], lexicon: Lexicon) -> str:
    """Return the care that "the injection" stands for: the one last told of, where it was named more precisely.

    "The medication" stands for the one drug of the last sentence that told of any.
    """
    if service == _MEDICATIONS:
        drugs = [one for one in earlier if one.kind == _MEDICATION and not one.absent and one.concept != service]
        last = {one.concept for one in drugs if one.sentence == drugs[-1].sentence}
        return last.pop() if len(last) == 1 else service
    given = (draft.concept for draft in reversed(earlier) if draft.kind == _TREATMENT and not draft.absent)
    return next((concept for concept in given if service in lexicon.within(concept)), service)
