"""Structures that are said to be whole: "the menisci and the ACL were intact", "an intact rotator cuff"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from imr_kb.letters.drafts import Draft
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES, core

__all__ = ["unbroken"]

_FINDING: Final = core("Finding")
_BODY: Final = PREFIXES["body"] + "BodyPart"
_WHOLE: Final = cue("WholeValue")
_AND: Final = cue("And")
_COPULA: Final = cue("Copula")
_NEGATOR: Final = cue("Negator")
_PLURAL: Final = cue("PluralAuxiliary")
#: What may be said of a structure without a verb: the normal of "subscapularis normal" may be a strength.
_INTACT: Final = cue("IntactWord")
#: What may stand in a list of structures beside their names.
_LISTING: Final = frozenset({_AND, _BODY, cue("SiteFiller"), core("Laterality")})
#: What may stand between the list and what is said of it.
_SAYING: Final = frozenset({_COPULA, cue("DegreeAdverb"), cue("Result"), cue("Infinitive")})
_INTENDED: Final = frozenset({cue("Plan"), cue("Continuing"), cue("RequestMention")})


def unbroken(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> Iterator[Draft]:
    """Return the tear that is denied where the structure ``mention`` is said to be whole, once for all of a list."""
    tear = lexicon.told("tornAs", mention)
    value = _value(sentence, mention, lexicon) if tear is not None else None
    if tear is None or value is None or sentence.frame(mention) in _INTENDED:
        return
    named = (one for one in sentence.mentions if lexicon.told("tornAs", one) == tear)
    alike = [one for one in named if _value(sentence, one, lexicon) == value]
    if alike[0] != mention:
        return
    start, end = min(alike[0].start, value.start), max(alike[-1].end, value.end)
    words = [concept for other in sentence.between(start, end) for concept in other.concepts]
    yield Draft(
        kind=_FINDING,
        concept=tear,
        absent=True,
        parts=tuple(dict.fromkeys(part for one in alike for part in one.concepts if _BODY in lexicon.within(part))),
        side=next((word for word in words if word in lexicon.sides), None),
        spans={sentence.part.span(start, end): None},
    )


def _value(sentence: Sentence, structure: Mention, lexicon: Lexicon) -> Mention | None:
    return _before(sentence, structure) or _after(sentence, structure, lexicon)


def _before(sentence: Sentence, structure: Mention) -> Mention | None:
    """Return the "intact" that leads the list of which ``structure`` is one: "an intact ACL and PCL"."""
    end = structure.start
    for other in sentence.before(structure.start):
        if other.end != end:
            return None
        if _WHOLE in other.kinds:
            verb = next(sentence.before(other.start), None)
            said = verb is not None and verb.end == other.start and not verb.kinds.isdisjoint({_COPULA, _NEGATOR})
            return None if said else other
        if _LISTING.isdisjoint(other.kinds):
            return None
        end = other.start
    return None


def _after(sentence: Sentence, structure: Mention, lexicon: Lexicon) -> Mention | None:
    """Return the "intact" that is said of the list of which ``structure`` is one: "the menisci and the ACL are intact"."""
    end, listed, verb = structure.end, False, None
    for other in sentence.after(structure.end):
        gap = {sentence.tokens[at].text for at in range(end, other.start)}
        if not gap <= {",", "/"} or (gap and verb is not None):
            return None
        if _WHOLE in other.kinds:
            one = listed and verb is not None and _COPULA in verb.kinds
            alone = one and verb is not None and not lexicon.in_group(_PLURAL, sentence.tokens, verb.start)
            bare = verb is None and not lexicon.in_group(_INTACT, sentence.tokens, other.start)
            return None if alone or gap or bare else other
        if not _SAYING.isdisjoint(other.kinds):
            verb = verb or other
        elif verb is not None or _LISTING.isdisjoint(other.kinds):
            return None
        listed = listed or bool(gap) or (_AND in other.kinds and verb is None)
        end = other.end
    return None
