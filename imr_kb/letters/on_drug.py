"""What a drug lets the worker do: "with Norco he can drive", "with it she cooks, cleans and walks a mile"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from imr_kb.letters.doings import doing_at, things_done
from imr_kb.letters.drafts import Draft
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.of_whom import of_another
from imr_kb.letters.scope import Stance, stance
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES, core

__all__ = ["done_on_drug", "only_thought"]

_FINDING: Final = core("Finding")
_TAKEN: Final = core("MedicationUse")
_DOES: Final = PREFIXES["fnd"] + "FunctionDocumented"
_MEDICATION: Final = PREFIXES["svc"] + "Medication"
_ABLE: Final = cue("AbleTo")
_BY_DRUG: Final = cue("ByDrug")
#: The word for a drug that was named right before: "with it".
_IT: Final = cue("TheDrugBefore")
_PERSON: Final = cue("Person")
_ONLY: Final = cue("OnlyWord")
#: Words before "able to" that tell what might be, and words behind it with which something else is said.
_ONLY_THOUGHT: Final = frozenset({cue("MustBe")})
_NEGATOR: Final = cue("Negator")
_ELSE_SAID: Final = frozenset({_ABLE, cue("Contrast"), _NEGATOR, cue("Denial")})
_INTENDED: Final = frozenset({cue("Plan"), cue("Continuing"), cue("RequestMention")})
#: How many tokens may stand between "with" and the drug, and between what is done and a drug behind it.
_NEAR: Final = 3
_REACH: Final = 10
#: So many things in a list are more than a habit.
_SEVERAL: Final = 2


def done_on_drug(sentence: Sentence, lexicon: Lexicon, *, named_before: bool) -> Iterator[Draft]:
    """Return what the worker can do with a drug, in one finding for each telling of it.

    ``named_before`` tells whether the care told of last is a drug, which "it" then means.
    """
    if sentence.review:
        return
    means = [*_means(sentence, lexicon, named_before=named_before)]
    for able in sentence.of(_ABLE) if means else ():
        done = things_done(sentence, able.end, lexicon)
        if not done or sentence.frame(able) in _INTENDED or stance(sentence, able)[0] is not Stance.STATED:
            continue
        if only_thought(sentence, able) or of_another(sentence, able, lexicon):
            continue
        for start, end in means:
            first, last = min(able.start, start), max(done[-1], end)
            opens = start == sentence.start or 0 <= able.start - end <= _NEAR
            follows = 0 <= start - done[-1] <= _REACH
            other = follows and any(not _ELSE_SAID.isdisjoint(one.kinds) for one in sentence.between(done[-1], start))
            parted = sentence.signs(first, last, ";:") if opens else sentence.signs(done[-1], start, ";:,")
            if (opens or (follows and not other)) and not parted:
                yield _finding(sentence, first, last)
                break
    for start, end in means:
        subject = _subject_behind(sentence, end)
        if subject is None or not doing_at(sentence, subject, lexicon):
            continue  # "with it he would cook", "with it he rarely drives"
        done = things_done(sentence, subject, lexicon)
        limited = any(_ONLY in one.kinds for one in sentence.between(done[-1], min(done[-1] + _NEAR, sentence.end)))
        if len(done) >= _SEVERAL and not limited and sentence.frame(_words(start, end)) not in _INTENDED:
            yield _finding(sentence, start, done[-1])


def _finding(sentence: Sentence, start: int, end: int) -> Draft:
    return Draft(kind=_FINDING, concept=_DOES, spans={sentence.part.span(start, end): None})


def _words(start: int, end: int) -> Mention:
    return Mention(start, end, (), frozenset())


def _subject_behind(sentence: Sentence, position: int) -> int | None:
    """Return the token behind the worker, who stands at ``position``, with at most a comma and an article before."""
    for start in sentence.pronouns:
        if 0 <= start - position <= 1:
            return start + 1
    return next((one.end for one in sentence.of(_PERSON) if 0 <= one.start - position < _NEAR), None)


def only_thought(sentence: Sentence, able: Mention) -> bool:
    """Whether ``able`` is what might be or is not: "would be able to work with the drug", "could not work"."""
    before, behind = next(sentence.before(able.start), None), next(sentence.after(able.end), None)
    if behind is not None and behind.start == able.end and _NEGATOR in behind.kinds:
        return True
    return before is not None and before.end == able.start and not _ONLY_THOUGHT.isdisjoint(before.kinds)


def _means(sentence: Sentence, lexicon: Lexicon, *, named_before: bool) -> Iterator[tuple[int, int]]:
    """Return from where to where a drug is told as the means of something: "with his pain medication", "with it"."""
    for position in range(sentence.start, sentence.end) if named_before else ():
        behind = lexicon.in_group(_BY_DRUG, sentence.tokens, position)
        if behind and (end := lexicon.in_group(_IT, sentence.tokens, behind)):
            yield position, end
    for drug in sentence.mentions:
        words = sentence.tokens[drug.start : drug.end]
        named = any(lexicon.read_as(one) == _TAKEN for one in drug.concepts)
        if stance(sentence, drug)[0] is not Stance.STATED:
            continue
        if not named and not lexicon.mentions(words, roots=frozenset({_MEDICATION})):
            continue
        for position in range(max(sentence.start, drug.start - _NEAR - 1), drug.start):
            behind = lexicon.in_group(_BY_DRUG, sentence.tokens, position)
            if behind and drug.start - behind <= _NEAR - 1:
                yield position, drug.end
                break
