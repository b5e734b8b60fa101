"""What is told to bring a pain on before the pain is named: "reaching overhead increases her shoulder pain"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from imr_kb.letters.drafts import Draft
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.sentences import Sentence
from imr_kb.letters.sites import SiteReader
from imr_kb.terms import PREFIXES, core

__all__ = ["brought_on"]

_FINDING: Final = core("Finding")
_MOTION: Final = PREFIXES["fnd"] + "RangeOfMotion"
_PAINFUL_MOTION: Final = PREFIXES["fnd"] + "PainfulRangeOfMotion"
_ACTIVITY: Final = cue("Activity")
_BODY: Final = PREFIXES["body"] + "BodyPart"
#: What is brought on: a pain, or one that is told by its course.
_HURTING: Final = frozenset(
    {
        PREFIXES["dx"] + "Pain",
        *(PREFIXES["fnd"] + name for name in ("AxialPain", "RadiatingPain", "AcromioclavicularPain")),
    }
)
_BRINGS_ON: Final = cue("BringsOn")
_MAKES: Final = cue("MakesVerb")
_WORSE: Final = cue("WorseThen")
_SUFFERED: Final = cue("SufferedWord")
_DENYING: Final = frozenset({cue("Negator"), cue("Denial")})
_AND: Final = cue("And")
_DESCRIBING: Final = frozenset(
    {*(cue(name) for name in ("SiteFiller", "PainQuality", "AmountWord", "SitePreposition")), _BODY, core("Laterality")}
)
_FILLING: Final = _DESCRIBING | {_ACTIVITY, _AND, _MOTION}
_INTENDED: Final = frozenset({cue("Plan"), cue("Continuing"), cue("RequestMention")})
#: How many tokens may stand between the verb and the pain, and unknown words between members of the list.
_REACH: Final = 5
_GAP: Final = 2


def brought_on(sentence: Sentence, reader: SiteReader, lexicon: Lexicon) -> Iterator[Draft]:
    """Return a finding for each kind of activity or motion before a verb by which it brings a pain on or makes it worse."""
    for position in range(sentence.start, sentence.end):
        pain = _pain_behind(sentence, position, lexicon)
        if pain is None or sentence.frame(pain) in _INTENDED:
            continue
        listed, denial = _listed(sentence, position)
        found: dict[str, list[Mention]] = {}
        for activity in listed:
            told = _PAINFUL_MOTION if _MOTION in activity.kinds else lexicon.told("tells", activity)
            if told is not None:
                found.setdefault(told, []).append(activity)
        for concept, members in found.items():
            sites = reader.sites(members[0]) if concept == _PAINFUL_MOTION else []
            yield Draft(
                kind=_FINDING,
                concept=concept,
                absent=denial,
                parts=tuple(dict.fromkeys(site.part for site in sites)),
                spans={sentence.part.span(members[0].start, pain.end): None},
            )


def _pain_behind(sentence: Sentence, position: int, lexicon: Lexicon) -> Mention | None:
    """Return the pain that the verb at token ``position`` brings on: "increases his ... pain", "makes the pain worse"."""
    end = lexicon.in_group(_BRINGS_ON, sentence.tokens, position)
    makes = 0 if end else lexicon.in_group(_MAKES, sentence.tokens, position)
    start = end or makes
    if not start:
        return None
    for at in range(start, min(start + _REACH, sentence.end)):
        if not makes and (named := lexicon.in_group(_SUFFERED, sentence.tokens, at)):
            return Mention(at, named, (), frozenset())
        if sentence.tokens[at].text in ",;.:(":
            break
    for other in sentence.between(start - 1, min(start + _REACH + 3, sentence.end)):
        if other.start > start + _REACH or sentence.signs(start, other.start, ",;.:("):
            return None
        if not _HURTING.isdisjoint(other.kinds):
            return other if not makes or lexicon.in_group(_WORSE, sentence.tokens, other.end) else None
        # The verb can be part of a name with its article: "increases his".
        if other.start >= start and _DESCRIBING.isdisjoint(other.kinds):
            return None
    return None


def _listed(sentence: Sentence, end: int) -> tuple[list[Mention], bool]:
    """Return the activities and motions of the list that ends at token ``end``, and whether the verb is denied."""
    found: list[Mention] = []
    denied = False
    start = end
    for other in sentence.before(end):
        if other.end > end:
            continue
        if start - other.end > _GAP or sentence.signs(other.end, start, ";.:("):
            break
        if not found and not _DENYING.isdisjoint(other.kinds):
            denied = True
        elif _ACTIVITY in other.kinds or _MOTION in other.kinds:
            found.insert(0, other)
        elif _FILLING.isdisjoint(other.kinds) and not (not found and cue("MayDo") in other.kinds):
            break
        start = other.start
    return found, denied
