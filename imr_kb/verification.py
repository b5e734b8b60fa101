"""Count how far the recommendations have been checked: for each guideline and edition, by verification flag.

``python -m imr_kb.verification`` prints the counts as the table that docs/verification.md holds.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from imr_kb.facts import StoredFacts
from imr_kb.load import Knowledge, load_knowledge
from imr_kb.terms import RDF, SKOS, core

__all__ = ["Checked", "checked", "table", "total"]

#: How a place of verification begins that is a published determination letter.
_LETTER: Final = "independent medical review determination"
_VERIFIED: Final = core("Verified")
_PARTLY: Final = core("PartlyVerified")
_FROM_KNOWLEDGE: Final = core("FromKnowledge")
_TYPE: Final = ox.NamedNode(RDF + "type")
_LABEL: Final = ox.NamedNode(SKOS + "prefLabel")
_RECOMMENDATION: Final = ox.NamedNode(core("Recommendation"))
_EDITION: Final = ox.NamedNode(core("edition"))
_EDITION_OF: Final = ox.NamedNode(core("editionOf"))
_EDITION_NAME: Final = ox.NamedNode(core("editionName"))
_VERIFICATION: Final = ox.NamedNode(core("verification"))
_VERIFIED_AT: Final = ox.NamedNode(core("verifiedAt"))
_HEAD: Final = (
    "Guideline",
    "Edition",
    "Recommendations",
    "Verified",
    "Partly verified",
    "From knowledge",
    "By a letter",
)


@dataclass(frozen=True, order=True, slots=True)
class Checked:
    """How many recommendations of one edition carry which flag, and how many of those a determination letter supports."""

    source: str
    edition: str
    verified: int
    partly: int
    recalled: int
    by_letter: int

    @property
    def recommendations(self) -> int:
        """How many there are."""
        return self.verified + self.partly + self.recalled

    @property
    def numbers(self) -> tuple[int, ...]:
        """The counts in the order of the table."""
        return self.recommendations, self.verified, self.partly, self.recalled, self.by_letter

    def __str__(self) -> str:
        """Say it in one line."""
        return (
            f"{self.source}, {self.edition}: recommendations {self.recommendations}, verified {self.verified}, "
            f"partly verified {self.partly}, from knowledge {self.recalled}, by a letter {self.by_letter}"
        )


def checked(knowledge: Knowledge) -> list[Checked]:
    """Return the counts of each edition that has recommendations, sorted; chapters of one edition are added up."""
    facts = StoredFacts(knowledge.store)
    counts: dict[tuple[str, str], Counter[str]] = {}
    for quad in knowledge.store.quads_for_pattern(None, _TYPE, _RECOMMENDATION):
        edition = facts.one(quad.subject, _EDITION)
        source = facts.text(facts.one(edition, _EDITION_OF), _LABEL) or ""
        counter = counts.setdefault((source, facts.text(edition, _EDITION_NAME) or ""), Counter())
        counter[facts.text(quad.subject, _VERIFICATION) or _FROM_KNOWLEDGE] += 1
        places = (str(place.value) for place in facts.all(quad.subject, _VERIFIED_AT))
        counter[_LETTER] += any(place.startswith(_LETTER) for place in places)
    return sorted(
        Checked(*key, *(counter[name] for name in (_VERIFIED, _PARTLY, _FROM_KNOWLEDGE, _LETTER)))
        for key, counter in counts.items()
    )


def total(rows: Iterable[Checked]) -> Checked:
    """Add ``rows`` up."""
    rows = list(rows)
    return Checked(
        source="All",
        edition="",
        verified=sum(row.verified for row in rows),
        partly=sum(row.partly for row in rows),
        recalled=sum(row.recalled for row in rows),
        by_letter=sum(row.by_letter for row in rows),
    )


def table(rows: Iterable[Checked]) -> str:
    """Return ``rows`` and their sum as a Markdown table."""
    rows = list(rows)
    lines = [_HEAD, ("---", "---", *("---:" for _ in _HEAD[2:]))]
    lines += [(row.source, row.edition, *(str(number) for number in row.numbers)) for row in (*rows, total(rows))]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines).replace("|  |", "| |")


if __name__ == "__main__":
    sys.stdout.write(table(checked(load_knowledge())))
