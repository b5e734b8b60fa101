"""Which of the concepts that words name is meant: a condition or a finding, care or a finding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from imr_kb.letters.activities import hurts_or_hinders
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.plans import tells_of_care
from imr_kb.letters.scope import Stance, stance
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES, core

__all__ = ["readings"]

_DIAGNOSIS: Final = core("Diagnosis")
_FINDING: Final = core("Finding")
_TREATMENT: Final = core("Treatment")
_RESPONSE: Final = core("Response")
_CARE: Final = frozenset({core("Study"), _TREATMENT, core("MedicationUse")})
_OBSERVING: Final = frozenset({cue("Examination"), cue("Result")})
_BODY: Final = PREFIXES["body"] + "BodyPart"
_PRESSED: Final = PREFIXES["fnd"] + "CompressionOnImaging"
_IMAGED: Final = PREFIXES["fnd"] + "ImagingFinding"
_NERVE_ROOT: Final = PREFIXES["body"] + "NerveRoot"
_SERVICE: Final = PREFIXES["svc"] + "Service"
_PASSIVE: Final = PREFIXES["svc"] + "PassiveModality"
#: So many tokens at most stand between two members of a list.
_LIST_GAP: Final = 2
_ACTIVITY: Final = cue("Activity")


def readings(sentence: Sentence, mention: Mention, lexicon: Lexicon, *, observing: bool) -> list[tuple[str, str]]:
    """Return the concepts of ``mention`` with the kind of fact each gives; of a condition and a finding, one is meant."""
    concepts = [_on_nerve_root(sentence, mention, concept, lexicon) for concept in mention.concepts]
    found = [(concept, kind) for concept in concepts if (kind := lexicon.read_as(concept)) and kind != _RESPONSE]
    told = lexicon.told("toldOf", mention)
    if not found and told is None:
        return []
    kinds = {kind for _, kind in found}
    if {_DIAGNOSIS, _FINDING} <= kinds:
        frame = sentence.frame(mention)
        seen = observing or frame in _OBSERVING or _denied_sight(sentence, mention, found, lexicon)
        seen = seen or (frame is None and _beside_image(sentence, mention, lexicon))
        drop = _DIAGNOSIS if seen else _FINDING
        found = [(concept, kind) for concept, kind in found if kind != drop]
    if {_TREATMENT, _FINDING} <= kinds:
        drop = _FINDING if tells_of_care(sentence, mention, found, lexicon) else _TREATMENT
        found = [(concept, kind) for concept, kind in found if kind != drop]
    modality = lexicon.told("amongModalities", mention)
    if modality is not None and mention.end - mention.start == 1 and _among_modalities(sentence, mention):
        found = [(modality, _TREATMENT)]
    if told is not None:
        found.append((told, _DIAGNOSIS))
    if _ACTIVITY in mention.kinds and hurts_or_hinders(sentence, mention):
        found = [(concept, kind) for concept, kind in found if kind not in _CARE]
    if _BODY in mention.kinds and sentence.frame(mention) in _OBSERVING:
        found = [(concept, kind) for concept, kind in found if kind != _DIAGNOSIS]
    return found


def _on_nerve_root(sentence: Sentence, mention: Mention, concept: str, lexicon: Lexicon) -> str:
    """Return what ``concept`` means here: an impingement right behind the name of a nerve root is none of the shoulder."""
    pressed = lexicon.annotation("onNerveRoot", concept)
    before = next(sentence.before(mention.start), None) if pressed is not None else None
    on_root = before is not None and before.end == mention.start and _NERVE_ROOT in before.kinds
    return pressed if pressed is not None and on_root else concept


def _among_modalities(sentence: Sentence, mention: Mention) -> bool:
    """Whether a passive treatment stands beside ``mention`` in one list: "heat, ultrasound and stretching"."""
    before = next((one for one in sentence.before(mention.start) if _SERVICE in one.kinds), None)
    after = next((one for one in sentence.after(mention.end) if _SERVICE in one.kinds), None)
    near = ((one, *sorted((one, mention), key=lambda two: two.start)) for one in (before, after) if one is not None)
    return any(_PASSIVE in one.kinds and last.start - first.end <= _LIST_GAP for one, first, last in near)


def _beside_image(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> bool:
    """Whether a list goes on from what only an image shows: "there was an annular fissure and facet arthropathy"."""
    for other in sentence.before(mention.start):
        if sentence.signs(other.end, mention.start, ";.:("):
            return False
        if all(_IMAGED in lexicon.within(concept) for concept in other.concepts) and other.concepts:
            return True
        if cue("Copula") in other.kinds or cue("ScopeEnd") in other.kinds:
            return False
    return False


def _denied_sight(sentence: Sentence, mention: Mention, found: Sequence[tuple[str, str]], lexicon: Lexicon) -> bool:
    """Whether ``mention`` denies that something presses on a nerve, which denies no disorder of it."""
    pressed = any(kind == _FINDING and _PRESSED in lexicon.within(concept) for concept, kind in found)
    return pressed and stance(sentence, mention)[0] is Stance.DENIED
