"""Reads determination letters: from the text of a letter to a case in RDF, every fact with the words it rests on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Final

import pyoxigraph as ox

from imr_kb.errors import InputError, Problem, Severity
from imr_kb.letters.before_operation import before_operation
from imr_kb.letters.clinical import clinical_facts
from imr_kb.letters.drafts import Value
from imr_kb.letters.granted import granted, without_granted
from imr_kb.letters.graph import case_quads
from imr_kb.letters.history import header_fields, worker_and_dates
from imr_kb.letters.lexicon import Lexicon, cue
from imr_kb.letters.parts import read_part
from imr_kb.letters.prescribed import prescribed_anew
from imr_kb.letters.requests import Request, never_given, read_authorized, read_request, told_by_request, undisputed
from imr_kb.letters.sections import Letter, has_heading, split
from imr_kb.letters.sentences import sentences
from imr_kb.letters.sole_region import place_injections, placed
from imr_kb.letters.terminology import Terminology
from imr_kb.terms import CASE, core, short

__all__ = ["MAX_CHARACTERS", "Lexicon", "Reading", "Terminology", "looks_like_letter", "read_letter"]

#: A letter of more characters than this is refused.
MAX_CHARACTERS: Final = 2 * 1024 * 1024
#: A letter of this kind has one of these headings.
_FORM: Final = tuple(cue(name) for name in ("SummaryHeading", "IssuesHeading", "FormHeading"))
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Reading:
    """What was read from a letter: the IRI of its case, the case as quads, and what could not be read."""

    case: str
    quads: tuple[ox.Quad, ...]
    problems: tuple[Problem, ...]


def looks_like_letter(text: str, lexicon: Lexicon) -> bool:
    """Return whether ``text`` has the form of a determination letter."""
    return len(text) <= MAX_CHARACTERS and has_heading(text, _FORM, lexicon)


def read_letter(text: str, *, document: str, lexicon: Lexicon) -> Reading:
    """Read the letter ``text``; ``document`` is the file name that evidence cites.

    Raises:
        InputError: IN003 where the text is no Unicode, IN004 where it has no disputed items, IN008 where it is too large.
    """
    if len(text) > MAX_CHARACTERS:
        raise InputError(
            Problem(
                file=document,
                code="IN008",
                what=f"The text has {len(text)} characters; a letter has at most {MAX_CHARACTERS}.",
                next_step="Give one letter a file.",
            )
        )
    if not text.isascii():
        _refuse_half_characters(text, document)
    letter = split(text, lexicon)
    if not letter.items:
        raise InputError(_no_letter(document, formed=looks_like_letter(text, lexicon)))
    headings = [read_part(text, item.start, item.end, lexicon) for item in letter.items]
    asked = [read_request(part, item, lexicon) for part, item in zip(headings, letter.items, strict=True)]
    requests = before_operation(asked, lexicon)
    authorized = [granted for part in headings for granted in read_authorized(part, lexicon)]
    summary = sentences(read_part(text, *letter.summary, lexicon), lexicon)
    header = header_fields(read_part(text, *letter.header, lexicon), lexicon)
    values = worker_and_dates(summary, header, lexicon)
    name = str(header.get(core("caseNumber"), "")) or PurePath(document).stem
    case = CASE + (_UNSAFE.sub("-", name).strip("-") or "letter")
    requests, told = prescribed_anew(requests, clinical_facts(summary, lexicon, _day(values)), lexicon)
    facts = undisputed(told, requests, lexicon)
    place_injections(facts, requests, lexicon)
    requests = placed(requests, facts, lexicon)
    facts += never_given(summary, requests, lexicon)
    allowed = [*granted(summary, lexicon)]
    facts = [*without_granted(facts, allowed, lexicon), *allowed]
    facts += [fact for part in headings for fact in told_by_request(part, lexicon)]
    quads = case_quads(case, values, facts, requests, authorized, text=text, document=document, lexicon=lexicon)
    return Reading(case, quads, tuple(_problems(text, document, letter, requests)))


def _day(values: Mapping[str, Value]) -> date | None:
    """Return the day up to which the record tells: that of the request, else the latest on record."""
    days = (values.get(core(name)) for name in ("requestedOn", "latestRecordOn"))
    return next((day for day in days if isinstance(day, date)), None)


def _refuse_half_characters(text: str, document: str) -> None:
    """Refuse half of a surrogate pair: RDF cannot hold it. No file has one, since UTF-8 cannot hold it either."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(
            Problem(
                file=document,
                code="IN003",
                what=f"Character {error.start} of the text is half a character.",
                next_step="Give the letter as UTF-8 text.",
            )
        ) from error


def _no_letter(document: str, *, formed: bool) -> Problem:
    what = "This letter has no disputed items." if formed else "This is no determination letter."
    return Problem(
        file=document,
        code="IN004",
        what=f"{what} Expected are items that end with a colon and the outcome, as in 'MRI of the knee: Upheld'.",
        next_step="Give the full text of the letter, or write the case as Turtle.",
    )


def _problems(text: str, document: str, letter: Letter, requests: list[Request]) -> list[Problem]:
    found = []

    def warn(code: str, at: int, what: str, next_step: str, term: str = "") -> None:
        line = text.count("\n", 0, at) + 1
        found.append(
            Problem(
                file=document,
                line=line,
                code=code,
                term=term,
                what=what,
                next_step=next_step,
                severity=Severity.WARNING,
            )
        )

    for item, request in zip(letter.items, requests, strict=True):
        if item.doubtful:
            warn(
                "IN009",
                request.span[0],
                "Where this item begins cannot be told, so only its last line was read.",
                "Give the letter with its blank lines.",
                request.text,
            )
        if request.concept is None and not request.comprises:
            warn(
                "IN005",
                request.span[0],
                "The service of this item was not recognised, so it stays undetermined.",
                "Add its name to a service of the ontology, or give the item a concept in a case file.",
                request.text,
            )
        if request.further:
            warn(
                "IN007",
                request.span[0],
                "This item names services that were not read as asked for: what it is for or holds, or a second choice.",
                "Where one is asked for, write the case with a request for it by imr:comprises.",
                ", ".join(short(service) for service in request.further),
            )
    for orphan in letter.orphans:
        warn(
            "IN010",
            orphan,
            "These reasons belong to no item that was found, so an item before them was not read.",
            "End the item's heading with a colon and its outcome, as in 'MRI of the knee: Upheld'.",
        )
    return found
