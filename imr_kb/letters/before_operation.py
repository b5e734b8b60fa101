"""Tests that are asked for beside an operation: "EKG, labs" of a letter that asks for a knee replacement as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from imr_kb.letters.lexicon import Lexicon
from imr_kb.letters.requests import Request
from imr_kb.terms import PREFIXES

__all__ = ["before_operation"]

_SURGERY: Final = PREFIXES["svc"] + "Surgery"
_LABORATORY: Final = PREFIXES["svc"] + "LaboratoryTest"
_TESTING: Final = PREFIXES["svc"] + "PreoperativeTesting"


def before_operation(requests: Sequence[Request], lexicon: Lexicon) -> list[Request]:
    """Return ``requests``, in which an item of several tests beside an operation asks for these tests before it.

    Laboratory tests alone may watch over drugs as well; with another test they are those that go before an operation.
    """
    operation = any(
        one.concept is not None and _SURGERY in lexicon.within(one.concept)
        for request in requests
        for one in (request, *request.comprises)
    )
    if not operation:
        return list(requests)
    return [
        replace(request, comprises=tuple(replace(one, concept=_form(one, lexicon)) for one in request.comprises))
        if _all_tests(request, lexicon)
        else request
        for request in requests
    ]


def _form(test: Request, lexicon: Lexicon) -> str | None:
    """Return the service as which the test is asked for before an operation, where the vocabulary has one."""
    form = lexicon.annotation("aroundOperation", test.concept) if test.concept is not None else None
    return form if form is not None and _TESTING in lexicon.within(form) else None


def _all_tests(request: Request, lexicon: Lexicon) -> bool:
    known = all(_form(one, lexicon) is not None for one in request.comprises)
    return known and any(_LABORATORY not in lexicon.within(one.concept or "") for one in request.comprises)
