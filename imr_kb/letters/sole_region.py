"""Care whose place goes without saying: in a letter on one joint "a cortisone injection" was one of that joint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from imr_kb.letters.drafts import Draft
from imr_kb.letters.lexicon import Lexicon
from imr_kb.letters.requests import Request
from imr_kb.terms import PREFIXES, core

__all__ = ["place_injections", "placed"]

_TREATMENT: Final = core("Treatment")
_DIAGNOSIS: Final = core("Diagnosis")
_INJECTION: Final = PREFIXES["svc"] + "Injection"


def place_injections(facts: Sequence[Draft], requests: Sequence[Request], lexicon: Lexicon) -> None:
    """Say of each injection without a place what it is at the one part of the body that ``facts`` and requests are about.

    Where they are about several parts at which it is called otherwise, or at which it has no name, nothing is said.
    """
    parts = set(_parts(facts, requests, lexicon))
    for fact in facts:
        if fact.kind != _TREATMENT or fact.parts or fact.absent or lexicon.sited(fact.concept):
            continue
        if _INJECTION in lexicon.within(fact.concept):
            named = {lexicon.compose(fact.concept, [part]) for part in parts}
            if len(named) == 1:
                fact.concept = named.pop()


def placed(requests: Sequence[Request], facts: Sequence[Draft], lexicon: Lexicon) -> list[Request]:
    """Return ``requests``, each without a place named for the one part of the body that ``facts`` and the others are about.

    "MRI" in a letter on the low back is a lumbar one. Where several names are possible, it stays as it was asked for.
    """
    parts = set(_parts(facts, requests, lexicon))
    return [_placed(request, parts, lexicon) for request in requests]


def _placed(request: Request, parts: Iterable[str], lexicon: Lexicon) -> Request:
    if request.concept is None or request.comprises or request.parts:
        return request
    named = {lexicon.compose(request.concept, [part]) for part in parts}
    return replace(request, concept=named.pop()) if len(named) == 1 else request


def _parts(facts: Sequence[Draft], requests: Sequence[Request], lexicon: Lexicon) -> Iterable[str]:
    """Return the parts of the body of all complaints and of all that is asked for."""
    for fact in facts:
        if fact.kind == _DIAGNOSIS and not fact.absent:
            own = lexicon.own_site(fact.concept)
            yield from fact.parts or ((own,) if own else ())
    for request in requests:
        for one in (request, *request.comprises):
            yield from one.parts
