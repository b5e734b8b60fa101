"""Whether a sentence states a thing, denies it, only considers it, or says that the record is silent on it."""

from __future__ import annotations

from enum import Enum
from typing import Final

from imr_kb.letters.answers import answered, heads_alone
from imr_kb.letters.bare_lists import in_bare_list, looked_for, of_one_diagnosis, said_of_another, spelled_out
from imr_kb.letters.half_said import before_injury, denied_right_before, not_been, turns_to_gain, untold
from imr_kb.letters.lexicon import Mention, cue
from imr_kb.letters.sentences import FRAMES, Sentence
from imr_kb.terms import PREFIXES, core

__all__ = ["Stance", "stance"]

_NEGATOR: Final = cue("Negator")
_NEITHER: Final = cue("NeitherNor")
_DENIAL: Final = cue("Denial")
_AFFIRMATION: Final = cue("Affirmation")
_NEGATIVE: Final = cue("NegativeWord")
_OR: Final = cue("Or")
_DENYING: Final = cue("DenyingAnswer")
_REFUSING: Final = cue("RefusingAnswer")
_COPULA: Final = cue("Copula")
_SILENCE: Final = cue("RecordSilence")
_SILENCE_BEFORE: Final = cue("SilenceBefore")
_SILENCE_AFTER: Final = cue("SilenceAfter")
_CLAUSE_SILENCE: Final = cue("ClauseSilence")
_UNCERTAIN: Final = cue("Uncertainty")
_SUSPICION: Final = cue("Suspicion")
_QUESTION: Final = cue("Question")
_ADVERB: Final = cue("DegreeAdverb")
_ENDED: Final = cue("Ended")
_WHICH_ENDED: Final = cue("WhichEnded")
_CLAUSE_DENIAL: Final = cue("ClauseDenial")
#: What is denied of care by these words is that it did anything: "denies that the tablets help".
_OUTCOMES: Final = frozenset({cue("Helped"), cue("ReliefVerb"), cue("GainVerb"), PREFIXES["fnd"] + "PainRelief"})
#: "Has" and the like, which begin a clause only behind a subject.
_AUXILIARY: Final = cue("SubjectVerb")
_NOT_GIVEN: Final = cue("NotGiven")
_NORMAL: Final = cue("NormalValue")
_HISTORY: Final = cue("History")
_COMPLAINT: Final = cue("Complaint")
#: What can end: a condition or a finding.
_OBSERVED: Final = PREFIXES["fnd"] + "Observation"
_NAMED: Final = frozenset({PREFIXES["dx"] + "Condition", _OBSERVED})
#: What an examination finds: only this can be said to be normal.
_EXAMINED: Final = frozenset(PREFIXES["fnd"] + name for name in ("Sign", "ExaminationItem"))
_SIGN: Final = PREFIXES["fnd"] + "Sign"
#: What is found and no test that can be negative.
_TESTED: Final = frozenset(
    PREFIXES["fnd"] + name
    for name in ("NeurologicDeficit", "DecreasedRangeOfMotion", "AbnormalGait", "Tenderness", "MuscleSpasm", "Swelling")
)
_FELT: Final = cue("FeltValue")
_RESULT: Final = cue("Result")
_BESPEAKING: Final = cue("Bespeaking")
#: What is not noted or handed in was not therefore denied.
_RECORDED: Final = frozenset({_RESULT, cue("HandedIn")})
#: How many tokens may stand between care and the word that it was not noted.
_NEAR: Final = 3
_SERVICE: Final = PREFIXES["svc"] + "Service"
_ABNORMAL: Final = cue("AbnormalValue")
#: What care led to, and what may stand between that and the care.
_RESPONSES: Final = _OUTCOMES | {PREFIXES["fnd"] + name for name in ("ObjectiveGain", "FunctionalImprovement")}
_TO_CARE: Final = frozenset(
    cue(name) for name in ("With", "SitePreposition", "SiteFiller", "ByMeans", "History", "And", "Ago")
)
_SCOPE_END: Final = frozenset({cue("ScopeEnd")})
_REASONED: Final = _SCOPE_END | {cue("Reason")}
#: What is said of a thing by these words does not stay open because of what is said of the next.
_PREDICATES: Final = frozenset({_AFFIRMATION, _NEGATIVE, _NORMAL})
#: Cues at which a denial that came before them ends.
_STOPS: Final = frozenset({_AFFIRMATION, cue("ScopeEnd"), cue("NormalValue"), cue("Reason"), *FRAMES})
#: Cues that a list of denied things does not hold.
_NOT_IN_LIST: Final = _STOPS | {_COPULA, cue("SitePreposition"), _NEGATOR}
#: What may stand between a condition and the word that it is suspected.
_PLACING: Final = frozenset({cue("SitePreposition"), cue("SiteFiller"), PREFIXES["body"] + "BodyPart"})
#: What may stand right behind the result of a test without being what that result is said of.
_ALONE: Final = frozenset(
    {
        *(cue(name) for name in ("And", "SitePreposition", "ScopeEnd")),
        *(core(side) for side in ("Left", "Right", "Bilateral")),
    }
)
_BARRIERS: Final = ";."


class Stance(Enum):
    """How a sentence stands to something it mentions."""

    STATED = "stated"
    DENIED = "denied"
    OPEN = "open"


def stance(sentence: Sentence, mention: Mention, *, sign: bool = True) -> tuple[Stance, Mention | None]:
    """Return how ``sentence`` stands to ``mention``, and the cue that says so.

    ``sign`` is true for findings and conditions, which adjectives such as "negative" deny; said of a test or a
    treatment they speak of its result.
    """
    silent = _questioned(sentence, mention) or _silent(sentence, mention)
    silent = untold(sentence, mention) if silent is None and sign else silent
    if silent is not None:
        return Stance.OPEN, silent
    answer = answered(sentence, mention)
    if answer is not None:
        refused = _REFUSING in answer.kinds and _SERVICE in mention.kinds
        denied = _DENYING in answer.kinds and not refused and heads_alone(sentence, mention)
        return (Stance.DENIED if denied else Stance.OPEN), answer
    neither = _neither(sentence, mention)
    if neither is not None:
        return Stance.DENIED, neither
    after = _denied_after if sign else _not_given
    denial = _denied_before(sentence, mention, sign=sign) or after(sentence, mention)
    if denial is not None and not sign and (silence := _unnoted(sentence, mention)) is not None:
        return Stance.OPEN, silence
    of_then = before_injury(sentence, mention) if sign else None
    if of_then is not None and (denial is not None or _OBSERVED in mention.kinds):
        return Stance.OPEN, of_then
    if denial is not None:
        return Stance.DENIED, denial
    if sign:
        considered = _considered(sentence, mention) or _suspected_after(sentence, mention)
        if considered is not None:
            return Stance.OPEN, considered
    return Stance.STATED, _affirmed(sentence, mention) if sign else None


def _affirmed(sentence: Sentence, mention: Mention) -> Mention | None:
    """Return the "positive" that is said of ``mention`` right behind it."""
    end = mention.end
    for other in sentence.after(mention.end):
        if other.start != end:
            return None
        if _AFFIRMATION in other.kinds:
            return other
        if _COPULA not in other.kinds:
            return None
        end = other.end
    return None


def _neither(sentence: Sentence, mention: Mention) -> Mention | None:
    """Return the "neither" or "nor" of care before ``mention``, which tells of help: "neither A nor B helped"."""
    for other in sentence.before(mention.start) if not _OUTCOMES.isdisjoint(mention.kinds) else ():
        if sentence.signs(other.end, mention.start, _BARRIERS + ",") or _parts(other):
            return None
        if _NEITHER in other.kinds:
            return other
    return None


def _parts(mention: Mention) -> bool:
    """Whether another clause may begin with ``mention``, as with "but" or "and", and not with "has" or "nor"."""
    ended = not _SCOPE_END.isdisjoint(mention.kinds) and _AUXILIARY not in mention.kinds
    return ended or (cue("And") in mention.kinds and _NEITHER not in mention.kinds)


def _unnoted(sentence: Sentence, mention: Mention) -> Mention | None:
    """Return the "noted" of "no earlier therapy was noted": what is not noted of care was not therefore denied."""
    for other in sentence.after(mention.end):
        if other.start - mention.end > _NEAR or sentence.signs(mention.end, other.start, ",;."):
            return None
        if not _RECORDED.isdisjoint(other.kinds):
            return other
    return None


def _questioned(sentence: Sentence, mention: Mention) -> Mention | None:
    """Return the "whether" before ``mention``; what follows it in the sentence is asked, not told."""
    return next(
        (
            other
            for other in sentence.of(_QUESTION)
            if other.start < mention.start and not sentence.signs(other.end, mention.start, ";")
        ),
        None,
    )


def _silent(sentence: Sentence, mention: Mention) -> Mention | None:
    for other in sentence.of(_SILENCE):
        if (_SILENCE_BEFORE if other.start < mention.start else _SILENCE_AFTER) not in other.kinds:
            continue
        first, last = (other, mention) if other.start < mention.start else (mention, other)
        barrier = _BARRIERS + (",()" if other is last else ",)")
        if sentence.signs(first.end, last.start, barrier):
            continue
        clause = _CLAUSE_SILENCE in other.kinds
        stops = frozenset() if clause else _REASONED if other is first else _SCOPE_END | _PREDICATES
        start = _behind_care(sentence, mention) if first is mention else first.end
        if not clause and other is first and _begins_again(sentence, start, last.start):
            continue
        if all(stops.isdisjoint(between.kinds) for between in sentence.between(start, last.start)):
            return other
    return None


def _begins_again(sentence: Sentence, start: int, end: int) -> bool:
    """Whether "and to" stands between two tokens: "to avoid lifting and to return to modified work"."""
    joining = (one.end for one in sentence.between(start, end) if cue("And") in one.kinds)
    return any(one.start == at for at in joining for one in sentence.between(at, end) if cue("Infinitive") in one.kinds)


def _behind_care(sentence: Sentence, mention: Mention) -> int:
    """Return the token behind a response and its care: "improvement with acupuncture was not noted"."""
    end = reached = mention.end
    if _RESPONSES.isdisjoint(mention.kinds):
        return end
    for other in sentence.after(mention.end):
        if other.start - end > (_SERVICE in other.kinds) or (
            _SERVICE not in other.kinds and _TO_CARE.isdisjoint(other.kinds)
        ):
            break
        end = other.end
        reached = end if _SERVICE in other.kinds else reached
    return reached


def _denied_before(sentence: Sentence, mention: Mention, *, sign: bool) -> Mention | None:
    for other in sentence.before(mention.start):
        if sentence.signs(other.end, mention.start, _BARRIERS + ")"):
            return None
        if not sign and not _NAMED.isdisjoint(other.kinds) and not _joined(sentence, other, mention):
            return None
        if _CLAUSE_DENIAL in other.kinds and not sign:
            told = any(not _OUTCOMES.isdisjoint(verb.kinds) for verb in sentence.after(mention.end))
            return None if told else other
        if _NEITHER in other.kinds and not sign and _outcome_told(sentence, mention):
            return None
        if _NEGATOR in other.kinds:
            return other if _reaches(sentence, other, mention) else None
        if _DENIAL in other.kinds:
            return other
        if _NEGATIVE in other.kinds:
            listed = _listed(sentence, other, mention) and not said_of_another(sentence, other)
            listed = listed or looked_for(sentence, other, mention)
            return other if sign and listed and not _turned(sentence, other, mention) else None
        passed = _RESULT in other.kinds or _HISTORY in other.kinds or (sign and _COMPLAINT in other.kinds)
        spelled = _COMPLAINT in other.kinds and spelled_out(sentence, other)
        if _BESPEAKING in other.kinds or spelled or (passed and denied_right_before(sentence, other)):
            continue
        if not _STOPS.isdisjoint(other.kinds) or (_COPULA in other.kinds and not not_been(sentence, other, mention)):
            return None
        if turns_to_gain(sentence, other, mention):
            return None
        if _ABNORMAL in other.kinds and other.end < mention.start and not _or_behind(sentence, other):
            return None
        if sign and _SERVICE in other.kinds and _meant_for(sentence, other):
            return None
    return None


def _or_behind(sentence: Sentence, value: Mention) -> bool:
    """Whether "or" stands right behind ``value``, so that a denial goes on: "no antalgic or spastic gait"."""
    following = next(sentence.after(value.end), None)
    return following is not None and following.start == value.end and _OR in following.kinds


def _meant_for(sentence: Sentence, care: Mention) -> bool:
    """Whether "for" stands right behind ``care``: what "no medication for neck pain" denies is no pain."""
    following = next(sentence.after(care.end), None)
    return following is not None and following.start == care.end and cue("For") in following.kinds


def _outcome_told(sentence: Sentence, mention: Mention) -> bool:
    """Whether the clause goes on to say that the care ``mention``, or the list that it is of, did anything."""
    for other in sentence.after(mention.end):
        if not _OUTCOMES.isdisjoint(other.kinds):
            return True
        if _parts(other):
            return False
    return False


def _joined(sentence: Sentence, first: Mention, last: Mention) -> bool:
    """Whether both can be members of one list: "no fractures on x-rays" denies no x-rays."""
    return sentence.signs(first.end, last.start, ",") or any(
        cue("And") in other.kinds for other in sentence.between(first.end, last.start)
    )


def _reaches(sentence: Sentence, negator: Mention, mention: Mention) -> bool:
    """Whether "no" reaches ``mention``: up to the first comma, or through a list up to the member after its "or".

    A list that is the whole rest of the sentence needs no "or": "no fever, chills, night sweats".
    """
    if not sentence.signs(negator.end, mention.start, ","):
        return True
    if of_one_diagnosis(sentence, negator, mention):
        return False
    if in_bare_list(sentence, negator, mention):
        return True
    if any(spelled_out(sentence, other) for other in sentence.between(negator.end, mention.start)):
        return True
    last = next((other for other in sentence.after(negator.end) if _OR in other.kinds), None)
    if last is None or any(not _STOPS.isdisjoint(other.kinds) for other in sentence.between(negator.end, last.start)):
        return False
    return mention.start < last.start or not sentence.signs(last.end, mention.start, ",")


def _turned(sentence: Sentence, negative: Mention, mention: Mention) -> bool:
    """Whether a list of negative tests has ended at ``mention``: "negative SLR, absent ankle reflex, limited motion"."""
    first = next(sentence.after(negative.end), mention)
    apart = sentence.signs(negative.end, mention.start, ",")
    return apart and _TESTED.isdisjoint(first.kinds) and not _TESTED.isdisjoint(mention.kinds)


def _listed(sentence: Sentence, first: Mention, last: Mention) -> bool:
    """Whether nothing but members of one list stands between ``first`` and ``last``."""
    return all(_NOT_IN_LIST.isdisjoint(other.kinds) for other in sentence.between(first.end, last.start))


def _not_given(sentence: Sentence, mention: Mention) -> Mention | None:
    """Return the words by which the care named right before them was not given: "an MRI has not been obtained"."""
    for other in sentence.after(mention.end):
        if sentence.signs(mention.end, other.start, _BARRIERS + ","):
            return None
        if _NOT_GIVEN in other.kinds:
            return other
        if not _STOPS.isdisjoint(other.kinds) or _COPULA in other.kinds or _NEGATOR in other.kinds:
            return None
    return None


def _denied_after(sentence: Sentence, mention: Mention) -> Mention | None:
    start = copula = _behind_care(sentence, mention)
    named, sign_told = False, _SIGN in mention.kinds
    shown = not sign_told and sentence.frame(mention) == _RESULT
    for other in sentence.after(start):
        if sentence.signs(start, other.start, _BARRIERS):
            return None
        if _ENDED in other.kinds:
            # The relative clause speaks of what was named last.
            return other if copula == start and not (named and _WHICH_ENDED in other.kinds) else None
        named = named or not _NAMED.isdisjoint(other.kinds)
        if _NEGATIVE in other.kinds:
            # Of what "showed" lists, the last alone is what "was not seen".
            return other if other.start == copula and not (shown and named) else None
        if _NORMAL in other.kinds and (copula > start or _result_alone(sentence, mention, other)):
            # Only what is examined can be normal: a response that was good is no denied response.
            examined = not _EXAMINED.isdisjoint(mention.kinds) and not sentence.signs(start, other.start, ",")
            felt = _FELT in other.kinds and _SIGN in mention.kinds
            return other if examined and not felt and other.start == copula else None
        if sign_told and other.start == copula > start and _DENIAL in other.kinds:
            return other
        if _COPULA in other.kinds or (other.start == copula > start and _ADVERB in other.kinds):
            if other.start > copula > start:
                return None  # "spasm, flexion was 20 degrees, and straight leg raising was negative"
            copula = other.end
        elif not _STOPS.isdisjoint(other.kinds) or _NEGATOR in other.kinds or _SERVICE in other.kinds:
            return None
    return None


def _result_alone(sentence: Sentence, test: Mention, value: Mention) -> bool:
    """Whether ``value`` is the whole result of the test right before it: "straight leg raise test normal bilaterally"."""
    if _SIGN not in test.kinds or value.start != test.end:
        return False
    following = next(sentence.after(value.end), None)
    return following is None or following.start > value.end or not _ALONE.isdisjoint(following.kinds)


def _considered(sentence: Sentence, mention: Mention) -> Mention | None:
    for other in sentence.before(mention.start):
        if sentence.signs(other.end, mention.start, _BARRIERS + ","):
            return None
        if _UNCERTAIN in other.kinds:
            return other
        if not _STOPS.isdisjoint(other.kinds) and _BESPEAKING not in other.kinds:
            return None
    return None


def _suspected_after(sentence: Sentence, mention: Mention) -> Mention | None:
    """Return the "suspected" of "a torn meniscus is suspected", with nothing but a place between."""
    copula: Mention | None = None
    for other in sentence.after(mention.end):
        if sentence.signs(mention.end, other.start, _BARRIERS + ","):
            return None
        if _SUSPICION in other.kinds:
            meant = cue("BelievedToBe") not in other.kinds or any(
                _AFFIRMATION in one.kinds and one.start == other.end for one in sentence.after(other.end)
            )
            return other if meant and copula is not None and other.start == copula.end else None
        if _COPULA in other.kinds:
            copula = other
        elif _PLACING.isdisjoint(other.kinds):
            return None
    return None
