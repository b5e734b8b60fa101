"""Words, numbers, dates and signs of a view, each in the forms under which the lexicon looks it up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

__all__ = ["Token", "forms", "hyphened", "skipped", "stems", "tokenize"]

#: "Not otherwise specified" behind a diagnosis, and no plural of "no".
_UNSPECIFIED: Final = "nos"
#: Signs that may stand inside a name without being part of it: "follow-up", "EMG/NCS".
_SKIPPED: Final = frozenset("-/")

#: An abbreviation in brackets takes at most this many tokens with its brackets.
_BRACKET: Final = 7

#: Endings of a gerund and of a participle, and the shortest stem before one.
_INFLECTED: Final = ("ing", "ed")
_SHORTEST: Final = 4

_TOKEN: Final = re.compile(
    r"""
    (?P<times> [xX] (?=\d) )
  | (?P<word> (?:[A-Za-z]\.){2,} | [A-Za-z]+\d+(?![A-Za-z]) | [A-Za-z]+ (?:'[A-Za-z]+)* )
  | (?P<date> (?<![\d/.-]) \d{1,2} (?P<sign>[/-]) \d{1,2} (?P=sign) (?:\d{4}|\d{2}) (?![\d/]|-\d) )
  | (?P<number> \d+ (?:,\d{3})* (?:\.\d+)? | (?<!\d)\.\d+ )
  | (?P<other> \S )
    """,
    re.VERBOSE,
)


class Token(NamedTuple):
    """One word, number, date or sign: its kind, its place, and its forms in lower case, the exact form first."""

    kind: str
    start: int
    end: int
    text: str
    forms: tuple[str, ...]

    @property
    def lower(self) -> str:
        """The token in lower case, without apostrophes and the stops of an abbreviation."""
        return self.forms[0]

    @property
    def capital(self) -> bool:
        """Whether every letter is a capital."""
        return self.text.isupper()


def tokenize(text: str) -> list[Token]:
    """Cut ``text`` into tokens; white space is left out.

    >>> [token.text for token in tokenize("Norco 10/325mg on 05-25-11, x6 (L5-S1)")]
    ['Norco', '10', '/', '325', 'mg', 'on', '05-25-11', ',', 'x', '6', '(', 'L5', '-', 'S1', ')']
    """
    tokens = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "other"
        if kind == "sign":
            kind = "date"
        start, end = match.span()
        found = text[start:end]
        tokens.append(Token("word" if kind == "times" else kind, start, end, found, forms(found)))
    return tokens


@lru_cache(maxsize=16384)
def forms(word: str) -> tuple[str, ...]:
    """Return the lower-case forms of ``word``: as it stands, then without the ending of a plural or genitive.

    >>> forms("Therapies"), forms("Phalen's"), forms("headaches"), forms("numbness")
    (('therapies', 'therapy'), ('phalens', 'phalen'), ('headaches', 'headache'), ('numbness',))
    """
    exact = word.lower().replace("'", "") or word
    if len(exact) > 2 and "." in exact:
        exact = exact.replace(".", "")
    single = _singular(exact)
    return (exact,) if single == exact else (exact, single)


def _singular(word: str) -> str:
    if len(word) < 3 or word == _UNSPECIFIED or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("aches"):
        return word[:-1]
    if word.endswith(("xes", "ches", "shes", "sses")):
        return word[:-2]
    return word[:-1]


@lru_cache(maxsize=4096)
def stems(word: str) -> tuple[str, ...]:
    """Return the words of which ``word``, in lower case, may be the gerund or the participle.

    >>> stems("tearing"), stems("fractured"), stems("swelling"), stems("ring")
    (('tear', 'teare'), ('fractur', 'fracture'), ('swell', 'swelle', 'swel'), ())
    """
    ending = next((one for one in _INFLECTED if word.endswith(one) and len(word) - len(one) >= _SHORTEST), None)
    if ending is None:
        return ()
    stem = word.removesuffix(ending)
    doubled = stem[-1] == stem[-2]
    return (stem, stem + "e", stem[:-1]) if doubled else (stem, stem + "e")


def hyphened(tokens: Sequence[Token], position: int) -> str | None:
    """Return the two words around the hyphen after ``position`` as one: "Electro-diagnostic" as "electrodiagnostic"."""
    if position + 2 >= len(tokens) or tokens[position + 1].text != "-" or tokens[position].kind != "word":
        return None
    first, hyphen, second = tokens[position : position + 3]
    tight = first.end == hyphen.start and hyphen.end == second.start and second.kind == "word"
    return first.lower + second.forms[-1] if tight else None


def skipped(tokens: Sequence[Token], position: int) -> int:
    """Return the position after a hyphen, a slash or an abbreviation in brackets inside a name."""
    text = tokens[position].text
    if text in _SKIPPED:
        return position + 1
    if text == "(":
        return next(
            (at + 1 for at in range(position, min(position + _BRACKET, len(tokens))) if tokens[at].text == ")"),
            position,
        )
    return position
