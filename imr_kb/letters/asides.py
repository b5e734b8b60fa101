"""Passages that state nothing of the worker: what a relative has, and what is only to be watched for or may come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from imr_kb.letters.lexicon import Mention, cue
from imr_kb.letters.tokens import Token
from imr_kb.terms import PREFIXES, core

__all__ = ["without_asides"]

_FAMILY: Final = cue("FamilyHistory")
_KIN: Final = cue("Kin")
_KIN_AFTER: Final = cue("KinAfter")
_KIN_VERB: Final = cue("KinVerb")
_CONDITION: Final = cue("Hypothesis")
_INVERTED: Final = cue("Inverted")
_OCCURS: Final = cue("Occurs")
_RISK: Final = cue("RiskWord")
_RISK_LIST: Final = cue("RiskList")
#: What is told is a fact also where it is told by such words: "the risks were explained".
_TERM: Final = core("Concept")
_INCLUDES: Final = cue("Includes")
_REASON: Final = cue("Reason")
_MEMBER: Final = cue("KinMember")
_CONTRAST: Final = cue("Contrast")
_SUBJECTS: Final = frozenset({cue("Pronoun"), cue("Person")})
_FRAME: Final = cue("Frame")
_HISTORY: Final = cue("History")
_COPULA: Final = cue("Copula")
_SAID: Final = frozenset({cue("PlanAfter"), _COPULA})
_SERVICE: Final = PREFIXES["svc"] + "Service"
#: Cues that have done their work once the passages are known.
_SPENT: Final = frozenset({_FAMILY, _KIN, _KIN_AFTER, _CONDITION, _INVERTED, _OCCURS, _RISK, cue("Pronoun")})
#: Cues with which such a passage begins or ends.
_OPENING: Final = frozenset({_FAMILY, _KIN, _KIN_AFTER, _CONDITION, _INVERTED, _RISK, _RISK_LIST})
#: The word between a relative and the worker.
_OF: Final = "of"
#: The subject of a sentence stands behind at most this many tokens; so does a word behind a comma.
_NEAR: Final = 1
#: How many adverbs may stand between a relative and the verb: "his brother most recently died from".
_ADVERBS: Final = 2

#: Between risks and the "are" of their list stand at most so many tokens.
_LISTING: Final = 4
_AND: Final = cue("And")
#: Verbs before the first member of a list, and the longest member.
_VERBS: Final = frozenset({_COPULA, *(cue(name) for name in ("Complaint", "SubjectVerb", "ScopeEnd"))})
_MEMBER_REACH: Final = 6
#: "Including" stands at most so many tokens behind the risks, and no words between that turn to something else.
_REACH: Final = 15
_ELSEWHERE: Final = frozenset(cue(name) for name in ("Pronoun", "CurrentUse", "History", "Examination"))

Span = tuple[int, int]


def without_asides(
    mentions: Sequence[Mention], tokens: Sequence[Token], start: int, end: int
) -> tuple[tuple[Mention, ...], list[Span]]:
    """Return which mentions between tokens ``start`` and ``end`` speak of the worker, and the passages left out."""
    passages = list(_passages(mentions, tokens, start, end))
    kept = (
        mention
        for mention in mentions
        if (_SPENT.isdisjoint(mention.kinds) or _TERM in mention.kinds)
        and not any(first <= mention.start < last for first, last in passages)
    )
    return tuple(kept), passages


def _passages(mentions: Sequence[Mention], tokens: Sequence[Token], start: int, end: int) -> Iterator[Span]:
    for index, mention in enumerate(mentions):
        if _OPENING.isdisjoint(mention.kinds):
            continue
        following = mentions[index + 1 :]
        if _KIN_AFTER in mention.kinds:
            yield _clause_before(mentions[:index], tokens, start, mention), mention.end
        elif _FAMILY in mention.kinds or (
            _KIN in mention.kinds
            and _tells(mention, following, tokens, _subject_start(mentions[:index], mention, start))
        ):
            told = _of_worker(mention, following, tokens)
            yield mention.start, _end([one for one in following if one.start >= told], tokens, told, end, of_kin=True)
        elif _RISK_LIST in mention.kinds:
            yield mention.start, _listed_to(following, tokens, mention.end, end)
        elif _RISK in mention.kinds and (spelled := _spelled_out(following, tokens, mention, end)) is not None:
            yield spelled, _listed_to(following, tokens, spelled, end)
        elif _CONDITION in mention.kinds or (_INVERTED in mention.kinds and _is_condition(mention, following, start)):
            yield mention.start, _end(following, tokens, mention.end, end, of_kin=False)


def _is_condition(should: Mention, following: Sequence[Mention], start: int) -> bool:
    """Whether "should" opens a condition: "Should pain go on", "should symptoms arise", "should he fail"."""
    subject = any(one.start - should.end <= _NEAR and not _SUBJECTS.isdisjoint(one.kinds) for one in following)
    return subject or should.start == start or any(_OCCURS in one.kinds for one in following)


def _spelled_out(following: Sequence[Mention], tokens: Sequence[Token], risk: Mention, end: int) -> int | None:
    """Return the token of the "including" behind the word ``risk``, or of its "are", if it has one."""
    for other in following:
        signs = {tokens[at].text for at in range(risk.end, min(other.start, end))}
        if ";" in signs or other.start - risk.end > _REACH or not _ELSEWHERE.isdisjoint(other.kinds):
            return None
        near = other.start - risk.end <= _LISTING and _COPULA in other.kinds
        if _INCLUDES in other.kinds or near:
            return other.start
    return None


def _listed_to(following: Sequence[Mention], tokens: Sequence[Token], start: int, end: int) -> int:
    """Return the token at which a list of risks ends: at a stop, a contrast, or a comma with a new subject."""
    stop = next((at for at in range(start, end) if tokens[at].text == ";"), end)
    for other in following:
        if not start < other.start < stop:
            continue
        comma = any(tokens[at].text == "," for at in range(other.start - 1 - _NEAR, other.start))
        if not {_CONTRAST, _REASON}.isdisjoint(other.kinds) or (comma and not _SUBJECTS.isdisjoint(other.kinds)):
            return other.start
    return stop


def _tells(kin: Mention, following: Sequence[Mention], tokens: Sequence[Token], start: int) -> bool:
    """Whether something is told of the relative, who is not only somebody with whom the worker lives."""
    if kin.start <= start + _NEAR or (kin.end < len(tokens) and tokens[kin.end].text in ":("):
        return True
    near = bool(following) and following[0].start - kin.end <= _ADVERBS and _KIN_VERB in following[0].kinds
    between = tokens[kin.end : following[0].start] if near else ()
    return near and all(token.kind == "word" or _MEMBER in following[0].kinds for token in between)


def _subject_start(earlier: Sequence[Mention], kin: Mention, start: int) -> int:
    """Return ``start``, or the token of the worker right before the relative, who is then the subject: "patient's wife"."""
    owner = earlier[-1] if earlier else None
    owned = owner is not None and owner.end == kin.start and not _SUBJECTS.isdisjoint(owner.kinds)
    return owner.start if owner is not None and owned and owner.start <= start + _NEAR else start


def _of_worker(kin: Mention, following: Sequence[Mention], tokens: Sequence[Token]) -> int:
    """Return the token behind the relative, and behind the worker where one is named with it: "wife of the patient"."""
    if kin.end >= len(tokens) or tokens[kin.end].lower != _OF:
        return kin.end
    worker = next((one for one in following if not _SUBJECTS.isdisjoint(one.kinds)), None)
    return worker.end if worker is not None and worker.start - kin.end <= _NEAR + 1 else kin.end


def _end(following: Sequence[Mention], tokens: Sequence[Token], start: int, end: int, *, of_kin: bool) -> int:
    """Return the token at which the passage that begins before token ``start`` ends."""
    stop = next((at for at in range(start, end) if tokens[at].text == ";"), end)
    for index, other in enumerate(following):
        if other.start >= stop:
            break
        if _CONTRAST in other.kinds:
            return other.start
        comma = any(tokens[at].text == "," for at in range(max(start, other.start - 1 - _NEAR), other.start))
        if not _SUBJECTS.isdisjoint(other.kinds) and (of_kin or comma):
            return other.start
        if comma and _FRAME in other.kinds and not (of_kin and _HISTORY in other.kinds):
            return other.start
        verb = following[index + 1] if index + 1 < len(following) else None
        if comma and _SERVICE in other.kinds and verb is not None and not _SAID.isdisjoint(verb.kinds):
            return other.start
    return stop


def _clause_before(earlier: Sequence[Mention], tokens: Sequence[Token], start: int, mention: Mention) -> int:
    """Return the token at which the clause before ``mention`` begins, or the list that ends there with "and"."""
    signs = (at + 1 for at in range(mention.start - 1, start - 1, -1) if tokens[at].text in ",;")
    contrast = (other.start for other in reversed(earlier) if _CONTRAST in other.kinds)
    begin = max(next(signs, start), next(contrast, start))
    closes = any(_AND in other.kinds and other.start == begin for other in earlier)
    return _list_before(earlier, tokens, start, begin) if closes else begin


def _list_before(earlier: Sequence[Mention], tokens: Sequence[Token], start: int, end: int) -> int:
    """Return the token at which the list of names begins whose last member stands behind the comma before ``end``."""
    begin = end
    while begin > start and tokens[begin - 1].text == ",":
        comma = next((at for at in range(begin - 2, start - 1, -1) if tokens[at].text in ",;"), start - 1)
        verb = next(
            (one for one in reversed(earlier) if comma < one.start < begin and not _VERBS.isdisjoint(one.kinds)), None
        )
        if verb is not None or begin - comma > _MEMBER_REACH:
            return verb.end if verb is not None and begin < end else begin
        begin = comma + 1
    return begin
