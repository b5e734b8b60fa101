"""Lists that a note denies as a whole without an "or": "No fever, chills, chest pain, shortness of breath."."""

from __future__ import annotations

from typing import Final

from imr_kb.letters.lexicon import Mention, cue
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES

__all__ = ["in_bare_list", "looked_for", "of_one_diagnosis", "said_of_another", "spelled_out"]

_AND: Final = cue("And")
_OR: Final = cue("Or")
_FOR: Final = cue("For")
_COPULA: Final = cue("Copula")
_EXCLUDED: Final = cue("WasExcluded")
#: What an examination finds.
_EXAMINED: Final = frozenset(PREFIXES["fnd"] + name for name in ("Sign", "ExaminationItem"))
_CONTRAST: Final = cue("Contrast")
_INCLUDES: Final = cue("Includes")
_NAMED: Final = frozenset({PREFIXES["dx"] + "Condition", PREFIXES["fnd"] + "Observation"})
_BODY: Final = PREFIXES["body"] + "BodyPart"
#: A member is a bare name: at most so many words, of which so many can be unknown.
_LONGEST: Final = 5
_UNKNOWN: Final = 2
#: What names by themselves say to be out of order, so that a list with them goes on to what was found.
_VALUED: Final = frozenset(
    PREFIXES["fnd"] + name for name in ("DecreasedRangeOfMotion", "AbnormalGait", "DecreasedReflex", "SensoryDeficit")
)
_WITH: Final = cue("With")
_CONDITION: Final = PREFIXES["dx"] + "Condition"
#: Lists of diagnoses, also one that begins with "status post fusion".
_OF_DIAGNOSES: Final = frozenset({cue("Diagnosed"), cue("History")})


def in_bare_list(sentence: Sentence, negator: Mention, mention: Mention) -> bool:
    """Whether nothing but names of conditions and findings stands from ``negator`` to the end of the clause.

    One word more that tells of a member, such as a place, a degree or a result, and the list says more than "no".
    """
    end = _end(sentence, negator)
    if mention.end > end:
        return False
    if any(_turns_to_found(sentence, negator, other) for other in sentence.between(negator.end, end)):
        return False
    start = negator.end
    for position in range(negator.end, end + 1):
        if position == end or sentence.tokens[position].text == ",":
            if not _is_name(sentence, start, position):
                return False
            start = position + 1
    return True


def _turns_to_found(sentence: Sentence, negator: Mention, member: Mention) -> bool:
    """Whether ``member``, out of order by its name, follows an "and": "no atrophy, decreased motion, and tenderness"."""
    if _VALUED.isdisjoint(member.kinds) or member.start <= negator.end:
        return False
    end = _end(sentence, negator)
    return any(not {_AND, _WITH}.isdisjoint(one.kinds) for one in sentence.between(negator.end, end))


def of_one_diagnosis(sentence: Sentence, negator: Mention, mention: Mention) -> bool:
    """Whether ``negator`` belongs to one of the diagnoses listed: "disc displacement without myelopathy, radiculitis"."""
    if any(_OR in other.kinds for other in sentence.between(negator.end, _end(sentence, negator))):
        return False
    before = next(sentence.before(negator.start), None)
    named = before is not None and before.end == negator.start and _CONDITION in before.kinds
    return named and _CONDITION in mention.kinds and sentence.frame(mention) in _OF_DIAGNOSES


def spelled_out(sentence: Sentence, word: Mention) -> bool:
    """Whether "such as" or a bracket behind ``word`` lists conditions or findings: "complaints, such as cough, fever"."""
    mentions = sentence.after(word.end)
    including, first = next(mentions, None), next(mentions, None)
    if including is None:
        return False
    if sentence.tokens[word.end].text == "(":
        return including.start == word.end + 1 and not _NAMED.isdisjoint(including.kinds)
    if first is None or _INCLUDES not in including.kinds or _NAMED.isdisjoint(first.kinds):
        return False
    between = {sentence.tokens[position].text for position in range(word.end, including.start)}
    return between <= {","} and first.start - including.end <= 1


def said_of_another(sentence: Sentence, negative: Mention) -> bool:
    """Whether "negative" is said of what stands before it: "McMurray (is) negative, Lachman (is) positive"."""
    behind = sentence.tokens[negative.end].text if negative.end < sentence.end else ""
    if behind == "," and sentence.signs(negative.start - 1, negative.start, ","):
        return True  # "contusion of the thigh, resolved, and hamstring strain"
    listing = behind == ":"
    before = [one for one in sentence.before(negative.start) if one.end == negative.start and not listing]
    return any(_EXCLUDED in negative.kinds or not one.kinds.isdisjoint({_COPULA, *_EXAMINED}) for one in before)


def looked_for(sentence: Sentence, negative: Mention, mention: Mention) -> bool:
    """Whether ``mention`` is what a test was negative for: "negative, sitting and lying, for any radiculitis"."""
    before = next(sentence.before(mention.start), None)
    led = before is not None and _FOR in before.kinds and mention.start - before.end <= 1
    return led and not sentence.signs(negative.end, mention.start, ",")


def _end(sentence: Sentence, negator: Mention) -> int:
    """Return the token at which the clause of ``negator`` ends: a stop, or the comma before "but"."""
    stop = next((at for at in range(negator.end, sentence.end) if sentence.tokens[at].text in ".;"), sentence.end)
    turn = next((other.start for other in sentence.after(negator.end) if _turns(sentence, other)), stop)
    end = min(stop, turn)
    return end - 1 if end > negator.end and sentence.tokens[end - 1].text == "," else end


def _turns(sentence: Sentence, other: Mention) -> bool:
    """Whether the clause turns at ``other``: at "but", or at "with" behind a comma."""
    behind_comma = other.start > sentence.start and sentence.tokens[other.start - 1].text == ","
    return _CONTRAST in other.kinds or (_WITH in other.kinds and behind_comma)


def _is_name(sentence: Sentence, start: int, end: int) -> bool:
    """Whether the tokens are the name of one condition or finding, or of two joined by "or"."""
    if not 0 < end - start <= _LONGEST:
        return False
    known = 0
    named = False
    for other in sentence.between(start, end):
        if _NAMED.isdisjoint(other.kinds) and other.kinds.isdisjoint({_AND, _BODY}):
            return False
        named = named or not _NAMED.isdisjoint(other.kinds)
        known += other.end - other.start
    words = all(sentence.tokens[position].kind == "word" for position in range(start, end))
    return words and (end - start) - known <= (0 if named else _UNKNOWN)
