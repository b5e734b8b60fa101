"""An injury named only by its place: "knee contusion and injury"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from imr_kb.letters.drafts import Draft
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.scope import Stance, stance
from imr_kb.letters.sentences import Sentence
from imr_kb.letters.sites import SiteReader
from imr_kb.terms import PREFIXES, core

__all__ = ["injury_too"]

_DIAGNOSIS: Final = core("Diagnosis")
_BARE_INJURY: Final = cue("BareInjury")
_AND: Final = cue("And")
_CONDITION: Final = PREFIXES["dx"] + "Condition"


def injury_too(sentence: Sentence, mention: Mention, reader: SiteReader, lexicon: Lexicon) -> Iterator[Draft]:
    """Return the injury among diagnoses of a place beside it, or of that of the one before: "knee contusion and injury"."""
    if _BARE_INJURY not in mention.kinds or sentence.frame(mention) != cue("Diagnosed"):
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
