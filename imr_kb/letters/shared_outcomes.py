"""Which care shares an outcome: the members of a list before "gave no relief", or behind "failed"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.sentences import FRAMES, Sentence
from imr_kb.terms import PREFIXES, core

__all__ = ["OUTCOMES", "has_object", "listed_with", "names_its_care", "spoken_of"]

#: What a response makes of the care that it is to.
OUTCOMES: Final = frozenset({core("Helped"), core("Failed")})
_AND: Final = cue("And")
_AUXILIARIES: Final = frozenset({cue("Copula"), cue("SubjectVerb")})
_OF_ONE: Final = frozenset({cue("FailedTrialOfOne"), cue("FailedOfOne")})
#: Words behind a list after which a clause speaks of its last member only: "which".
_RELATIVE: Final = cue("ScopeEnd")
_SEVERAL: Final = cue("PluralAuxiliary")
_CLAUSE: Final = cue("OpensClause")
_TO: Final = cue("Infinitive")
_WITH: Final = cue("With")
#: How many tokens a heading has at most behind such a verb: "failed conservative treatments:".
_HEADING: Final = 4
#: Participles that go on with a list of what was undergone.
_UNDERGONE: Final = cue("Undergone")
#: Cues that the list of what has failed does not hold.
_NOT_LISTED: Final = frozenset(
    {*FRAMES, *(cue(name) for name in ("SubjectVerb", "Person", "Pronoun", "Negator", "Reason", "Consequence"))}
)
_CARE_FAILED: Final = PREFIXES["fnd"] + "TreatmentFailed"
#: Words behind such care before what it was.
_SPELLING: Final = frozenset({_WITH, cue("Includes")})
#: What may stand between a verb and its object: "a course of".
_LEADING: Final = frozenset(cue(name) for name in ("SiteFiller", "AmountWord", "CourseWord"))
#: How many tokens may stand between two members of a list of care, or between the verb and the nearest.
_LIST_REACH: Final = 6
#: The same between members that a comma or "and" parts, so that what is said of each may stand between them.
_LISTED_REACH: Final = 12


def listed_with(sentence: Sentence, verb: Mention, care: Sequence[tuple[Mention, str]], lexicon: Lexicon) -> list[str]:
    """Return the care in the list before "gave no relief" or behind "failed", that nearest to the verb first.

    A list before the verb ends with "and": of "massage, acupuncture without relief, and tablets" only one was tried in vain.
    """
    care = _meant(sentence, verb, care)
    before = [(mention, service) for mention, service in reversed(care) if mention.end <= verb.start]
    after = [(mention, service) for mention, service in care if mention.start >= verb.end]
    if has_object(sentence, verb, care):
        before = []
    if before and (not _OF_ONE.isdisjoint(verb.kinds) or _relative(sentence, before[0][0], verb, lexicon)):
        return []
    found: list[str] = []
    closed = bool(before) and _joined(sentence, before[0][0], verb)
    last = _with_auxiliaries(sentence, verb) if before else _with_preposition(sentence, verb)
    colon = _heading_end(sentence, verb)
    for mention, service in before or after:
        first, second = sorted((mention, last), key=lambda one: one.start)
        far = second.start - first.end > (_LISTED_REACH if _separated(sentence, first, second) else _LIST_REACH)
        headed = not before and verb.end <= colon < second.start and first.start < colon
        if far or sentence.signs(first.end, second.start, ";." if headed else ";.:"):
            break
        if _turns(sentence, first, second, lexicon) or _told(sentence, first, second, lexicon):
            break
        if before and len(found) == 1 and not (closed or _joined(sentence, first, second)):
            break
        found.append(service)
        last = mention
    return found


def names_its_care(outcome: Mention) -> bool:
    """Whether ``outcome`` names the care that it speaks of itself: "conservative treatment has failed"."""
    return _CARE_FAILED in outcome.kinds


def _meant(sentence: Sentence, outcome: Mention, care: Sequence[tuple[Mention, str]]) -> Sequence[tuple[Mention, str]]:
    """Return of which ``care`` words can tell: those that name their own only of what they spell out right behind."""
    if not names_its_care(outcome):
        return care
    end = outcome.end + sentence.signs(outcome.end, min(outcome.end + 1, sentence.end), ",")
    leading = any(one.start == end and not _SPELLING.isdisjoint(one.kinds) for one in sentence.after(outcome.end))
    spelt = leading or _heading_end(sentence, outcome) >= 0
    return [(mention, service) for mention, service in care if spelt and mention.start >= outcome.end]


def has_object(sentence: Sentence, verb: Mention, care: Sequence[tuple[Mention, str]]) -> bool:
    """Whether ``verb`` is said of ``care`` right behind it: "takes naproxen and failed a course of therapy"."""
    end = verb.end
    first = next((mention.start for mention, _ in care if mention.start >= end), -1)
    for other in sentence.between(verb.end, first):
        if other.start != end or _LEADING.isdisjoint(other.kinds):
            return False
        end = other.end
    return end == first


def _heading_end(sentence: Sentence, verb: Mention) -> int:
    """Return where the colon stands that makes ``verb`` a heading of care: "Failed treatments: therapy, tablets"."""
    near = range(verb.end, min(verb.end + _HEADING, sentence.end))
    colon = next((at for at in near if sentence.tokens[at].text == ":"), -1)
    aimed = any(_TO in other.kinds for other in sentence.between(verb.end, colon))  # "failed to attend: therapy"
    return -1 if aimed else colon


def _with_auxiliaries(sentence: Sentence, verb: Mention) -> Mention:
    """Return ``verb`` with the "have been" right before it."""
    start = verb.start
    for other in sentence.before(verb.start):
        if other.end != start or _AUXILIARIES.isdisjoint(other.kinds):
            break
        start = other.start
    return Mention(start, verb.end, verb.concepts, verb.kinds)


def _with_preposition(sentence: Sentence, verb: Mention) -> Mention:
    """Return ``verb`` with the "with" right behind it: "has not improved with therapy, naproxen or a brace"."""
    behind = next(sentence.after(verb.end), None)
    if behind is None or behind.start != verb.end or _WITH not in behind.kinds:
        return verb
    return Mention(verb.start, behind.end, verb.concepts, verb.kinds)


def _separated(sentence: Sentence, first: Mention, second: Mention) -> bool:
    """Whether a comma or "and" parts two members of a list."""
    return sentence.signs(first.end, second.start, ",") or _joined(sentence, first, second)


def _joined(sentence: Sentence, first: Mention, second: Mention) -> bool:
    """Whether "and" stands between two members, so that the second closes the list."""
    return any(_AND in other.kinds for other in sentence.between(first.end, second.start))


def _relative(sentence: Sentence, last: Mention, verb: Mention, lexicon: Lexicon) -> bool:
    """Whether "which" leads from the last member of a list to ``verb``; ", which have" is said of all members."""
    which = next((one for one in sentence.between(last.end, verb.start) if _RELATIVE in one.kinds), None)
    if which is None:
        return False
    several = lexicon.in_group(_SEVERAL, sentence.tokens, which.end) > which.end
    return not (several and sentence.signs(last.end, which.start, ","))


def _told(sentence: Sentence, first: Mention, second: Mention, lexicon: Lexicon) -> bool:
    """Whether an outcome of the first is told before the second, so that they do not share one."""
    return any(
        lexicon.annotation("publishes", concept) in OUTCOMES
        for other in sentence.between(first.end, second.start)
        for concept in other.concepts
    )


def spoken_of(sentence: Sentence, outcome: Mention, care: Sequence[tuple[Mention, str]], lexicon: Lexicon) -> list[str]:
    """Return the care nearest before ``outcome``, else behind it, with what "and" joins to it.

    What a colon sets off behind the outcome only spells it out: "improved: she walks again and takes less ibuprofen".
    """
    care = _meant(sentence, outcome, care)
    before = [(mention, service) for mention, service in reversed(care) if mention.end <= outcome.start]
    after = [
        (mention, service)
        for mention, service in care
        if mention.start >= outcome.end and not sentence.signs(outcome.end, mention.start, ":;")
    ]
    if before and after and _reasoned(sentence, before[0][0], outcome):
        before = []
    found: list[str] = []
    last: Mention | None = None
    for mention, service in before or after:
        if last is not None and mention is not last:
            first, second = sorted((mention, last), key=lambda one: one.start)
            if not _joined(sentence, first, second):
                break
            if sentence.signs(first.end, second.start, ",;") or _turns(sentence, first, second, lexicon):
                break
            if _told(sentence, first, second, lexicon):
                break  # "acupuncture (no relief) and a block with relief"
        found.append(service)
        last = mention
    return found


def _reasoned(sentence: Sentence, care: Mention, outcome: Mention) -> bool:
    """Whether ``outcome`` is why the ``care`` before it was given, and so not its own: "given because A had failed"."""
    return any(cue("Reason") in other.kinds for other in sentence.between(care.end, outcome.start))


def _turns(sentence: Sentence, first: Mention, second: Mention, lexicon: Lexicon) -> bool:
    """Whether the sentence turns to something else between two mentions, so that they are not of one list."""
    if _another_clause(sentence, first.end, second.start, lexicon):
        return True
    between = [other for other in sentence.between(first.end, second.start) if _AND not in other.kinds]
    return any(not _NOT_LISTED.isdisjoint(other.kinds) for other in between if not _undergone(sentence, other, lexicon))


def _another_clause(sentence: Sentence, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether a further clause begins between two tokens: "notes that he takes A, that B failed and that C helped"."""
    ends = ((at, lexicon.in_group(_CLAUSE, sentence.tokens, at)) for at in range(start + 1, end))
    return any(opened > at + 1 or (opened and sentence.signs(at - 1, at, ",")) for at, opened in ends)


def _undergone(sentence: Sentence, verb: Mention, lexicon: Lexicon) -> bool:
    """Whether ``verb`` only goes on with a list behind "has": "has worn a splint, taken ibuprofen and had therapy"."""
    listed = lexicon.in_group(_UNDERGONE, sentence.tokens, verb.start) == verb.end
    return listed and (
        sentence.signs(verb.start - 1, verb.start, ",") or any(one.end == verb.start for one in sentence.of(_AND))
    )
