"""Conditions told in passing: "knee contusion and injury", "therapy for a wrist sprain"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from imr_kb.letters.drafts import Draft
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.scope import Stance, stance
from imr_kb.letters.sentences import Sentence
from imr_kb.letters.sites import SiteReader
from imr_kb.terms import PREFIXES, core

__all__ = ["TELLING", "injury_too", "treated"]

_DIAGNOSIS: Final = core("Diagnosis")
_BARE_INJURY: Final = cue("BareInjury")
#: Words for an injury, which tell a condition by themselves where they stand beside its place.
TELLING: Final = frozenset({_BARE_INJURY, cue("InjuryMention")})
_AND: Final = cue("And")
_FOR: Final = cue("For")
_PAIN: Final = PREFIXES["dx"] + "Pain"
_SERVICE: Final = PREFIXES["svc"] + "Service"
_PLACING: Final = frozenset({cue("SiteFiller"), cue("Each"), PREFIXES["body"] + "BodyPart"})
_CONDITION: Final = PREFIXES["dx"] + "Condition"
_PREPOSITION: Final = cue("SitePreposition")
_SUSTAINED: Final = cue("Sustained")
_OTHER: Final = cue("OtherPerson")
_WORKER: Final = cue("Person")
#: So many tokens may stand between "sustained" and "injury": "sustained an industrial".
_NEAR: Final = 4


def injury_too(sentence: Sentence, mention: Mention, reader: SiteReader, lexicon: Lexicon) -> Iterator[Draft]:
    """Return the injury among diagnoses of a place beside it, or of that of the one before: "knee contusion and injury"."""
    if TELLING.isdisjoint(mention.kinds):
        return
    listed = _BARE_INJURY in mention.kinds and sentence.frame(mention) == cue("Diagnosed")
    if not listed and not _befell(sentence, mention, lexicon):
        return
    start, places = mention.start, [site.part for site in reader.sites(mention)]
    joining, before = (*sentence.before(mention.start), None, None)[:2]
    if not places and joining is not None and before is not None and _AND in joining.kinds:
        if joining.end != mention.start or before.end != joining.start:
            return
        own = [site for concept in before.concepts if (site := lexicon.own_site(concept))]
        start, places = before.start, own or [site.part for site in reader.sites(before)]
    if stance(sentence, mention)[0] is not Stance.STATED:
        return
    for site in dict.fromkeys(places):
        condition = lexicon.compose(_CONDITION, [site])
        if condition != _CONDITION:
            yield Draft(kind=_DIAGNOSIS, concept=condition, spans={sentence.part.span(start, mention.end): None})


def _befell(sentence: Sentence, injury: Mention, lexicon: Lexicon) -> bool:
    """Whether a place stands right behind ``injury``, which the worker "sustained": "an injury to his low back"."""
    following = next(sentence.after(injury.end), None)
    placed = following is not None and following.start == injury.end and _PREPOSITION in following.kinds
    first = max(sentence.start, injury.start - _NEAR)
    people = (one for one in sentence.before(injury.start) if not {_OTHER, _WORKER}.isdisjoint(one.kinds))
    subject = next(people, None)
    of_another = subject is not None and _WORKER not in subject.kinds and not sentence.turns(subject.end, injury.start)
    return (
        placed
        and not of_another
        and any(lexicon.in_group(_SUSTAINED, sentence.tokens, position) for position in range(first, injury.start + 1))
    )


def treated(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> bool:
    """Whether ``mention`` is the condition that the care before it is for: "physical therapy for a right wrist sprain"."""
    if _PAIN in mention.concepts:
        return False
    end, purpose = mention.start, False
    for other in sentence.before(mention.start):
        if other.end != end:
            return False
        if purpose:
            return _SERVICE in other.kinds
        purpose = _FOR in other.kinds
        if not purpose and _PLACING.isdisjoint(other.kinds) and not any(map(lexicon.individuals.get, other.concepts)):
            return False
        end = other.start
    return False
