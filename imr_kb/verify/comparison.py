"""Compare what is stored with what follows, and name each difference by a code."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Final

from imr_kb.errors import Problem
from imr_kb.verify.reading import BASE, IMR, PROV, RDF, Graph, Triple, Value

__all__ = ["CODES", "STEPS_BETWEEN", "compared"]

#: Every term that a stored decision must state exactly as it follows, under the code of a difference.
CODES: Final[dict[str, str]] = {
    term: code
    for code, terms in {
        "VE001": (IMR.caseHash, PROV.used),
        "VE002": (IMR.knowledgeHash, IMR.knowledgeVersion),
        "VE003": (IMR.rulesHash,),
        "VE004": (
            IMR.packageVersion,
            PROV.wasAssociatedWith,
            PROV.wasGeneratedBy,
            PROV.Activity,
            PROV.Entity,
            PROV.SoftwareAgent,
        ),
        "VE010": (IMR.asOf, IMR.asOfDay, IMR.asOfBasis, IMR.daysSinceInjury),
        "VE011": (IMR.Application, IMR.ofRecommendation, IMR.ofStanding, IMR.ofSource, IMR.unencodedEdition),
        "VE012": (IMR.Applicable, IMR.fits),
        "VE013": (
            IMR.serviceDepth,
            IMR.conditionDepth,
            IMR.surgeryDepth,
            IMR.tierPrecedence,
            IMR.evidencePrecedence,
            IMR.rebuttalPrecedence,
            IMR.currency,
            IMR.conditional,
            IMR.listing,
        ),
        "VE014": (IMR.outrankedBy, IMR.outrankedOn, IMR.Leading),
        "VE015": (IMR.Governing, IMR.governingApplication, IMR.governedBy, IMR.ofApplication),
        "VE020": (IMR.Judgement, IMR.Decision, IMR.ofRequest, IMR.ofCase, IMR.rests),
        "VE021": (
            IMR.ofClause,
            IMR.ofCriterion,
            IMR.judgedAs,
            IMR.partOf,
            IMR.lifts,
            IMR.below,
            IMR.decidedBy,
            IMR.servesItem,
        ),
        "VE016": (IMR.near, IMR.setsAside, IMR.precededBy),
        "VE022": (
            IMR.considers,
            IMR.shows,
            IMR.denies,
            IMR.matchedFact,
            IMR.countsDose,
            IMR.satisfiedBy,
            IMR.notSatisfiedBy,
            IMR.byObservation,
            IMR.looksElsewhereAt,
            IMR.overlooks,
        ),
        "VE023": (IMR.status,),
        "VE024": (IMR.byRule,),
        "VE025": (
            IMR.prior,
            IMR.priorInferred,
            IMR.uncounted,
            IMR.requested,
            IMR.limit,
            IMR.observed,
            IMR.supported,
            IMR.supportedQuantity,
        ),
        "VE026": (IMR.effect,),
        "VE030": (IMR.verdict,),
        "VE031": (IMR.ground,),
        "VE032": (IMR.reviewOutcome,),
        "VE033": (IMR.decisive,),
        "VE034": (
            IMR.formularyRequest,
            IMR.byDrugList,
            IMR.byEntry,
            IMR.listStatus,
            IMR.meetsCondition,
            IMR.failsCondition,
            IMR.failsRule,
            IMR.byFormularyRule,
            IMR.hangsOn,
            IMR.prospectiveReview,
        ),
    }.items()
    for term in terms
}
#: Terms of the steps in between: a stored decision may leave them out, but what it says by them must be so.
STEPS_BETWEEN: Final = frozenset(
    {
        IMR.Fact,
        IMR.Diagnosis,
        IMR.Finding,
        IMR.Study,
        IMR.Treatment,
        IMR.MedicationUse,
        IMR.Response,
        IMR.hasFact,
        IMR.hasDenial,
        IMR.polarity,
        IMR.quantity,
        IMR.lengthDays,
        IMR.mgPerDay,
        IMR.inPhase,
        IMR.isOperation,
        IMR.awaits,
        IMR.atPart,
        IMR.laterCare,
        IMR.concerns,
    }
)
_WHAT: Final = {
    "VE001": "The decision was not made on this case",
    "VE002": "The decision was not made on this knowledge base",
    "VE003": "The decision was not made by these rules",
    "VE004": "The receipt of the decision is not that of a run of this release",
    "VE010": "The deciding date does not follow from the case",
    "VE011": "Another set of recommendations speaks of the request on the deciding date",
    "VE012": "Whether the recommendation fits the case does not follow",
    "VE013": "By what the recommendation is compared does not follow",
    "VE014": "The order of the recommendations does not follow",
    "VE015": "Another recommendation governs",
    "VE016": "The facts that count for the request, and those that do not, are not those of the case",
    "VE020": "The judgements and decisions are not those that must be made",
    "VE021": "The judgement does not belong to a clause in this way",
    "VE022": "The facts that were looked at are not those of the case",
    "VE023": "The status does not follow from the criterion and the facts",
    "VE024": "The rule is not the one for this kind of criterion",
    "VE025": "The numbers that were compared are not those of the case and the criterion",
    "VE026": "The effect does not follow from the status, the burden and the exceptions",
    "VE030": "The verdict does not follow",
    "VE031": "The ground does not follow",
    "VE032": "The outcome of review does not follow",
    "VE033": "What the verdict rests on does not follow",
    "VE034": "What the drug formulary asks does not follow",
    "VE040": "A step between does not follow",
    "VE041": "A fact is named that is not in the case",
    "VE042": "The stored decision says what cannot be checked",
}


def compared(stored: Set[Triple], expected: Set[Triple], given: Set[Triple], name: str) -> Iterator[Problem]:
    """Yield each way in which ``stored`` differs from ``expected``, in the order of what it is about.

    ``given`` is what stands in the cases: it need not be stored again, and what is said of a fact must be about one of it.
    """
    parts = {subject for subject, _, _ in given} | {value for _, _, value in given}
    extra = stored - expected
    missing = {triple for triple in expected - stored - given if _term(triple) not in STEPS_BETWEEN}
    said, follows = Graph(stored), Graph(expected)
    for subject, predicate, kind in sorted({_place(triple) for triple in extra | missing}):
        found, wanted = (_values(graph, subject, predicate, kind) for graph in (said, follows))
        term = kind or predicate
        code = CODES.get(term) or ("VE040" if term in STEPS_BETWEEN else "VE042")
        if code in {"VE016", "VE022"} and any(value not in parts for value in found if value not in wanted):
            code = "VE041"
        yield Problem(
            file=name,
            code=code,
            term=_short(subject),
            what=f"{_WHAT[code]}: {_short(predicate)} is {_shown(found)}, and must be {_shown(wanted)}.",
            next_step="Do not rely on this decision; decide the case again.",
        )


def _term(triple: Triple) -> Value:
    return triple[2] if triple[1] == RDF.type else triple[1]


def _place(triple: Triple) -> tuple[str, str, str]:
    """Return subject and predicate; for a type the type too, because each is stated by another step."""
    subject, predicate, value = triple
    return subject, predicate, str(value) if predicate == RDF.type else ""


def _values(graph: Graph, subject: str, predicate: str, kind: str) -> list[Value]:
    return sorted((value for value in graph.all(subject, predicate) if not kind or value == kind), key=str)


def _shown(values: list[Value]) -> str:
    return ", ".join(_short(value) if isinstance(value, str) else str(value) for value in values) or "nothing"


def _short(iri: str) -> str:
    core = IMR.term("")
    if iri.startswith(core):
        return "imr:" + iri.removeprefix(core)
    return "type" if iri == RDF.type else iri.removeprefix(BASE)
