"""Operations that have been authorized: "the ACDF has been certified", "UR approved the right knee arthroscopy"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from imr_kb.letters.care import carried_out, turned_down
from imr_kb.letters.drafts import Draft
from imr_kb.letters.half_said import denied_right_before
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.of_whom import of_another
from imr_kb.letters.scope import Stance, stance
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES, core

__all__ = ["by_authorizer", "granted", "without_granted"]

_FINDING: Final = core("Finding")
_TREATMENT: Final = core("Treatment")
_APPROVED: Final = PREFIXES["fnd"] + "SurgeryApproved"
_SURGERY: Final = PREFIXES["svc"] + "Surgery"
_SERVICE: Final = PREFIXES["svc"] + "Service"
_GRANTED: Final = cue("Granted")
_PART: Final = cue("AuthorizedPart")
#: The verb of one who allows something, and who does.
_GRANTING: Final = cue("GrantedWord")
_REVIEW: Final = cue("UtilizationReview")
_AUTHORIZER: Final = cue("Authorizer")
_FOR: Final = cue("For")
_HISTORY: Final = cue("History")
_AWAITED: Final = cue("Awaited")
_SIDES: Final = frozenset(core(side) for side in ("Left", "Right", "Bilateral"))
_PLACING: Final = _SIDES | {cue("SiteFiller"), PREFIXES["body"] + "BodyPart"}
#: How many tokens may stand between an operation and the words that allow it, and which tokens no name tells.
_BEFORE: Final = 12
_ARTICLE: Final = 1
#: How many tokens may stand between one who allows an operation and the verb: "(10-20-14)", "has already".
_DATED: Final = 3


def granted(summary: Sequence[Sentence], lexicon: Lexicon) -> Iterator[Draft]:
    """Yield that an operation has been authorized, wherever the summary says so, whoever did it."""
    for sentence in summary:
        for words, operation in _allowed(sentence, lexicon):
            if operation is not None and _is_so(sentence, operation, words, lexicon):
                span = sentence.part.span(min(words.start, operation.start), max(words.end, operation.end))
                told = (lexicon.inherited("grantedTells", concept) for concept in operation.concepts)
                concept = next((finding for finding in told if finding is not None), _APPROVED)
                yield Draft(kind=_FINDING, concept=concept, spans={span: None})
                break


def without_granted(facts: Iterable[Draft], allowed: Sequence[Draft], lexicon: Lexicon) -> Iterator[Draft]:
    """Yield ``facts`` but for operations told as given on words that only say that they are ``allowed``."""
    spans = [span for one in allowed for span in one.spans]
    for fact in facts:
        same = all(any(first < end and start < last for first, last in spans) for start, end in fact.spans)
        if not (fact.kind == _TREATMENT and _SURGERY in lexicon.within(fact.concept) and same):
            yield fact


def _allowed(sentence: Sentence, lexicon: Lexicon) -> Iterator[tuple[Mention, Mention | None]]:
    """Yield the words by which something is allowed, each with the operation that they allow, if there is one."""
    for words in (*sentence.of(_GRANTED), *sentence.of(_PART)):
        yield words, _operation(sentence, words)
    for verb in sentence.of(_GRANTING):
        if by_authorizer(sentence, verb, lexicon):
            yield verb, _object(sentence, verb)


def by_authorizer(sentence: Sentence, verb: Mention, lexicon: Lexicon) -> bool:
    """Whether one who can allow care stands before ``verb``: "UR (10-20-14) approved", "the carrier has authorized"."""
    first = max(sentence.start, verb.start - _DATED - 1)
    if any(
        lexicon.in_group(_AUTHORIZER, sentence.tokens, at) and not sentence.signs(at, verb.start, ",;:")
        for at in range(first, verb.start)
    ):
        return True
    reviewer = next((one for one in sentence.before(verb.start) if _REVIEW in one.kinds), None)
    if reviewer is None or _GRANTED in reviewer.kinds or sentence.signs(reviewer.end, verb.start, ",;:"):
        return False
    dated = any(one.start >= reviewer.end and one.end <= verb.start for one in sentence.amounts)
    return dated or verb.start - reviewer.end <= _DATED


def _object(sentence: Sentence, verb: Mention) -> Mention | None:
    """Return the operation that is the first care behind ``verb``: "approved the arthroscopy", not "an MRI before it"."""
    behind = next((one for one in sentence.after(verb.end) if _SERVICE in one.kinds), None)
    if behind is None or _SURGERY not in behind.kinds or behind.start - verb.end > _BEFORE:
        return None
    return None if sentence.signs(verb.end, behind.start, ",;:") else behind


def _is_so(sentence: Sentence, operation: Mention, words: Mention, lexicon: Lexicon) -> bool:
    """Whether ``operation`` is still ahead: not past, done, turned down or somebody else's, and nothing is to come first."""
    awaited = any(
        lexicon.in_group(_AWAITED, sentence.tokens, at) and not sentence.signs(at, operation.start, ",;:")
        for at in range(sentence.start, operation.start)
    )
    before = next(sentence.before(operation.start), None)
    past = before is not None and before.end == operation.start and _HISTORY in before.kinds
    if awaited or past or denied_right_before(sentence, words) or of_another(sentence, operation, lexicon):
        return False
    if carried_out(sentence, operation) or turned_down(sentence, operation):
        return False
    return stance(sentence, operation)[0] is Stance.STATED


def _operation(sentence: Sentence, words: Mention) -> Mention | None:
    """Return the operation that ``words`` allow: the last one before them, or behind "for"."""
    leading = next((one for one in sentence.after(words.end) if one.start == words.end), None)
    if leading is not None and _FOR in leading.kinds:
        behind = next((one for one in sentence.between(words.end, sentence.end) if _SERVICE in one.kinds), None)
        if behind is not None and _SURGERY in behind.kinds and _only_placed(sentence, leading.end, behind.start):
            return behind
    before = next((one for one in sentence.before(words.start) if _SERVICE in one.kinds), None)
    if before is None or _SURGERY not in before.kinds or _only_aim(sentence, before):
        return None
    near = words.start - before.end <= _BEFORE and not sentence.signs(before.end, words.start, ";:")
    return before if near else None


def _only_placed(sentence: Sentence, start: int, end: int) -> bool:
    """Whether nothing but articles, sides and places stand from token ``start`` to ``end``: "for a right knee"."""
    placing = (one for one in sentence.between(start, end) if not _PLACING.isdisjoint(one.kinds))
    return end - start - sum(one.end - one.start for one in placing) <= _ARTICLE


def _only_aim(sentence: Sentence, operation: Mention) -> bool:
    """Whether ``operation`` only tells what something else is for: "clearance for the arthroscopy was authorized"."""
    leading = next((one for one in sentence.before(operation.start) if _PLACING.isdisjoint(one.kinds)), None)
    return leading is not None and _FOR in leading.kinds and _only_placed(sentence, leading.end, operation.start)
