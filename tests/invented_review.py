"""Invented reviews, written as Turtle and checked, for the tests of what is asked of a review."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rdflib import Graph, Namespace

from imr_kb.check_cases import check_review
from imr_kb.errors import Problem
from imr_kb.load import Knowledge, load_cases
from imr_kb.terms import CORE

ROOT = Path(__file__).resolve().parent.parent
IMR = Namespace(CORE)
LAW = Graph()
for _path in sorted((ROOT / "kb").glob("review_*.ttl")):
    LAW.parse(_path)
# What stands on the case itself; every other date is one of the review.
OF_CASE = {"injuredOn", "requestedOn", "deniedOn", "decidedOn"}
HEAD = "".join(
    f"@prefix {prefix}: <https://w3id.org/imr-kb/{rest}> .\n"
    for prefix, rest in {
        "imr": "core#",
        "dx": "condition#",
        "svc": "service#",
        "drug": "drug#",
        "body": "body#",
        "review": "kb/review/",
        "specialty": "kb/specialty/",
    }.items()
)
PARTIES = ("Employer", "Employee", "TreatingProvider", "ClaimsAdministrator")
REVIEWER = {
    "notAffiliatedWith": " , ".join(f"imr:{party}" for party in PARTIES),
    "moreYearsInPracticeThan": "5",
    "practiceHoursPerWeek": "24",
    "licensedIn": '"California"',
    "hasSpecialty": "specialty:occupational_medicine",
}
CONTENTS = ("finding", "condition", "documents", "facts", "standard", "citation")


@dataclass(frozen=True)
class Checker:
    """Checks invented reviews."""

    knowledge: Knowledge
    folder: Path

    def found(
        self,
        *,
        dates: Mapping[str, str] | None = None,
        kinds: Iterable[str] = (),
        says: Iterable[str] = (),
        reviewer: Mapping[str, str] | None = None,
        determination: Iterable[str] = (),
        case: Iterable[str] = ("imr:requests [ imr:concept svc:PhysicalTherapy ; imr:publishedOutcome imr:Upheld ]",),
    ) -> list[Problem]:
        """Return what is found in a review of these dates, circumstances, lines, reviewer and determination."""
        dated = {
            name: f'imr:{name} "{day}"^^<http://www.w3.org/2001/XMLSchema#date>' for name, day in (dates or {}).items()
        }
        lines = [
            *(dated[name] for name in dated if name not in OF_CASE),
            *(f"imr:circumstance imr:{kind}" for kind in kinds),
        ]
        lines += says
        if reviewer is not None:
            lines.append(f"imr:reviewer [ {' ; '.join(f'imr:{name} {value}' for name, value in reviewer.items())} ]")
        if determination:
            lines.append(f"imr:determination [ {' ; '.join(determination)} ]")
        own = [
            *case,
            *(dated[name] for name in dated if name in OF_CASE),
            f"imr:hasReview [ a imr:Review ; {' ; '.join(lines)} ]",
        ]
        path = self.folder / "invented.ttl"
        path.write_text(
            f"{HEAD}<https://w3id.org/imr-kb/case/invented> a imr:Case ; {' ; '.join(own)} .", encoding="utf-8"
        )
        (read,) = load_cases(path, self.knowledge)
        return check_review(read, path, self.knowledge)

    def codes(self, **described: object) -> set[str]:
        """Return the codes of what is found, without those of what is merely not described."""
        silent = {"CA038", "CA041", "CA045", "CA046"}
        return {problem.code for problem in self.found(**described)} - silent  # type: ignore[arg-type]
