"""Reads determination letters: from the text of a letter to a case in RDF, every fact with the words it rests on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

import pyoxigraph as ox

from imr_kb.errors import InputError, Problem, Severity
from imr_kb.letters.clinical import clinical_facts
from imr_kb.letters.graph import case_quads
from imr_kb.letters.history import header_fields, worker_and_dates
from imr_kb.letters.lexicon import Lexicon
from imr_kb.letters.requests import Request, read_request
from imr_kb.letters.sections import read_part, split
from imr_kb.letters.sentences import sentences
from imr_kb.terms import CASE, core, short

__all__ = ["MAX_CHARACTERS", "Lexicon", "Reading", "looks_like_letter", "read_letter"]

#: A letter of more characters than this is refused.
MAX_CHARACTERS: Final = 2 * 1024 * 1024
#: The fixed words of the form: its headings, and the outcome at the end of an item.
_FORM: Final = re.compile(
    r"^[ \t]*(?:CLINICAL CASE SUMMARY|IMR (?:ISSUES, )?DECISIONS?\b|HOW THE IMR FINAL DETERMINATION)"
    r"|:[ \t]*(?:Upheld|Overturned)[ \t.]*$",
    re.MULTILINE | re.IGNORECASE,
)
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Reading:
    """What was read from a letter: the IRI of its case, the case as quads, and what could not be read."""

    case: str
    quads: tuple[ox.Quad, ...]
    problems: tuple[Problem, ...]


def looks_like_letter(text: str) -> bool:
    """Return whether ``text`` has the form of a determination letter."""
    return len(text) <= MAX_CHARACTERS and _FORM.search(text) is not None


def read_letter(text: str, *, document: str, lexicon: Lexicon) -> Reading:
    """Read the letter ``text``; ``document`` is the file name that evidence cites.

    Raises:
        InputError: IN008 where the text is too large, IN004 where it has no disputed items.
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
    letter = split(text, lexicon)
    if not letter.items:
        raise InputError(_no_letter(document, formed=looks_like_letter(text)))
    requests = [read_request(text, item, lexicon) for item in letter.items]
    summary = sentences(read_part(text, *letter.summary, lexicon), lexicon)
    header = header_fields(read_part(text, *letter.header, lexicon), lexicon)
    values = worker_and_dates(summary, header, lexicon)
    name = str(header.get(core("caseNumber"), "")) or PurePath(document).stem
    case = CASE + (_UNSAFE.sub("-", name).strip("-") or "letter")
    quads = case_quads(
        case, values, clinical_facts(summary, lexicon), requests, text=text, document=document, lexicon=lexicon
    )
    return Reading(case, quads, tuple(_problems(text, document, requests)))


def _no_letter(document: str, *, formed: bool) -> Problem:
    what = "This letter has no disputed items." if formed else "This is no determination letter."
    return Problem(
        file=document,
        code="IN004",
        what=f"{what} Expected are items that end with a colon and the outcome, as in 'MRI of the knee: Upheld'.",
        next_step="Give the full text of the letter, or write the case as Turtle.",
    )


def _problems(text: str, document: str, requests: list[Request]) -> list[Problem]:
    found = []
    for request in requests:
        line = text.count("\n", 0, request.span[0]) + 1
        if request.concept is None:
            found.append(
                Problem(
                    file=document,
                    line=line,
                    code="IN005",
                    term=request.text,
                    what="The service of this item was not recognised, so it stays undetermined.",
                    next_step="Add its name to a service of the ontology, or give the item a concept in a case file.",
                    severity=Severity.WARNING,
                )
            )
        if request.further:
            found.append(
                Problem(
                    file=document,
                    line=line,
                    code="IN007",
                    term=", ".join(short(service) for service in request.further),
                    what="This item names further services; only the first was read.",
                    next_step="To have each decided, write the case with one request for each service.",
                    severity=Severity.WARNING,
                )
            )
    return found
