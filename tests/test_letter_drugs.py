"""What records tell of drugs: scores with and without them, what they let one do, what was asked about, first use, harm."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from letter_reading import Read

NORCO = "He takes Norco three times a day. "


@pytest.mark.parametrize(
    "sentence",
    [
        "VAS 7/10 to 4/10 with meds.",
        "Pain goes from 8/10 to 3/10.",
        "He reports pain of 8/10 going to 4/10 after a dose.",
        "The pain level with medication is 5/10; without medication it is 10/10.",
        "Average pain 5/10, least 3/10 after taking the medication, worst 9/10 before it.",
        "Pain is 4/10 with Norco and 9/10 if he misses a dose.",
        "He graded pain as 8/10 before and 4/10 after his dose.",
    ],
)
def test_two_scores_tell_how_much_a_drug_eases(told: Callable[[str], Read], sentence: str) -> None:
    read = told(NORCO + sentence)
    assert read.of("fnd:AnalgesiaDocumented")
    assert not read.of("fnd:RadiatingPain")


@pytest.mark.parametrize(
    "sentence",
    [
        "His pain is 8/10, up from 4/10.",
        "His pain varies from 4/10 to 7/10.",
        "His stress went from 8/10 to 4/10.",
        "Pain is 7/10 in the back and 5/10 in the neck.",
        "Pain was 8/10 before surgery and 4/10 after surgery.",
        "Pain was 4/10 before and 8/10 after his dose was cut.",
        "Pain is 9/10 without medication and 9/10 with medication.",
        "Pain ranges from 8/10 to 4/10.",
        "Pain was 8/10 before surgery and 4/10 after medication.",
        "Pain is 3/10 with the brace and 8/10 without it.",
        "There is no documentation of pain going from 8/10 to 4/10.",
        "Pain should fall from 8/10 to 4/10.",
    ],
)
def test_other_scores_tell_of_no_relief(told: Callable[[str], Read], sentence: str) -> None:
    read = told(NORCO + sentence)
    assert not read.of("fnd:AnalgesiaDocumented")
    assert not read.of("fnd:PainRelief")
    assert not read.of("fnd:FunctionalImprovement")


def test_relief_between_two_scores_is_counted(told: Callable[[str], Read]) -> None:
    relief = told(NORCO + "Pain decreases from 8/10 to 4/10.").one("fnd:PainRelief")
    assert relief["imr:reliefPercent"] == "50"
    assert relief["imr:toService"] == "drug:Norco"


@pytest.mark.parametrize(
    "sentence",
    [
        "The patient states that with the medication he can stand for an hour and climb stairs.",
        "With it he cleans the house, walks a mile and shops.",
        "ADLs: able to dress, shower and cook with medication.",
        "On medication he can drive and wash his car.",
    ],
)
def test_what_a_drug_lets_the_worker_do(told: Callable[[str], Read], sentence: str) -> None:
    assert told(NORCO + sentence).of("fnd:FunctionDocumented")


@pytest.mark.parametrize(
    "sentence",
    [
        "With it he lies in bed.",
        "With it he cannot cook, clean or shop.",
        "Without it he cooks, cleans and shops.",
        "He might be able to work with the medication.",
        "With it he would cook, clean and shop.",
        "With it he rarely drives, cooks or walks.",
        "On Norco he cannot drive and may not operate machinery.",
        "With it he cooks, cleans and shops only with help.",
        "With this pain he sits, stands and walks.",
    ],
)
def test_what_a_drug_does_not_let_the_worker_do(told: Callable[[str], Read], sentence: str) -> None:
    assert not told(NORCO + sentence).of("fnd:FunctionDocumented")


def test_with_it_speaks_of_a_drug_only_where_one_was_told_of_last(told: Callable[[str], Read]) -> None:
    read = told("He takes Norco. He went to therapy. With it he walks, drives and cooks.")
    assert not read.of("fnd:FunctionDocumented")


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("He denies constipation, sedation or other side effects.", "fnd:AdverseEffectsReviewed"),
        ("Side effects: none.", "fnd:AdverseEffectsReviewed"),
        ("Constipation is controlled with Colace, no other side effects.", "fnd:AdverseEffectsReviewed"),
        ("There is no evidence of drug-seeking or early refills.", "fnd:AberrantBehaviorReviewed"),
        ("The pill count was appropriate.", "fnd:AberrantBehaviorReviewed"),
        ("Side effects and aberrant behavior were reviewed.", "fnd:AberrantBehaviorReviewed"),
        ("She is monitored for aberrant behavior and side effects.", "fnd:AdverseEffectsReviewed"),
        (
            "The 4 A's (analgesia, activities, adverse effects, aberrant behavior) were assessed.",
            "fnd:AdverseEffectsReviewed",
        ),
        ("Negative predictors (depression, opioid use) were addressed.", "fnd:NegativePredictorsAddressed"),
    ],
)
def test_a_denial_or_a_review_tells_that_something_was_asked_about(
    told: Callable[[str], Read], sentence: str, concept: str
) -> None:
    read = told(sentence)
    assert read.of(concept)
    for thing in ("fnd:AdverseEffect", "fnd:AberrantBehavior", "fnd:NegativePredictor"):
        assert all(fact.absent for fact in read.of(thing))


@pytest.mark.parametrize(
    "sentence",
    [
        "She is not monitored for aberrant behavior.",
        "There is no documentation of aberrant behavior monitoring.",
        "The record does not discuss side effects.",
        "Side effects were not reviewed.",
        "Negative predictors were not addressed.",
        "Side effects will be reviewed.",
        "Side effects must be monitored at each visit.",
        "Negative predictors will be addressed in the program.",
        "Pill counts were not done.",
        "The pill count was short by twenty tablets.",
    ],
)
def test_a_record_that_is_silent_has_not_asked(told: Callable[[str], Read], sentence: str) -> None:
    names = {fact["imr:concept"] for fact in told(sentence).facts}
    reviewed = {"fnd:AdverseEffectsReviewed", "fnd:AberrantBehaviorReviewed", "fnd:NegativePredictorsAddressed"}
    assert names.isdisjoint({*reviewed, "fnd:AdverseEffect", "fnd:AberrantBehavior"})


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("He was found to have aberrant behavior.", "fnd:AberrantBehavior"),
        ("Aberrant behavior was documented in June.", "fnd:AberrantBehavior"),
        ("She reports side effects.", "fnd:AdverseEffect"),
        ("She has drowsiness, which was addressed.", "fnd:AdverseEffect"),
    ],
)
def test_what_was_found_is_no_mere_topic(told: Callable[[str], Read], sentence: str, concept: str) -> None:
    assert not told(sentence).one(concept).absent


def test_a_drug_of_a_kind_never_taken_is_prescribed_anew(told: Callable[..., Read]) -> None:
    read = told("She has not used a hypnotic before. She was prescribed Ambien 5 mg qhs.", "Ambien 5mg #10")
    assert not read.of("drug:OralZolpidem")
    assert read.requests[0]["imr:perDay"] == "1"


@pytest.mark.parametrize(
    "summary",
    [
        "She has not used another hypnotic. She takes Ambien 5 mg qhs.",
        "She takes Ambien 5 mg qhs.",
        "She had never used a hypnotic before. She has been on Ambien since May 2014.",
        "She had never used a hypnotic before. Ambien 5 mg qhs gave relief of pain.",
        "She denies using other hypnotics. She takes Ambien nightly.",
        "She does not take medication at work. She was prescribed Ambien 5 mg qhs.",
        "She was not taking hypnotics before the injury. She takes Ambien 5 mg qhs.",
        "She had never used a hypnotic. She was prescribed Ambien. She takes Ambien 5 mg qhs.",
    ],
)
def test_a_drug_that_has_been_in_use_stays_so(told: Callable[..., Read], summary: str) -> None:
    assert told(summary, "Ambien 5mg #10").of("drug:OralZolpidem", "MedicationUse")


def test_how_a_planned_drug_is_taken_is_told_of_the_request(told: Callable[..., Read]) -> None:
    read = told("The provider dispensed cyclobenzaprine 7.5 mg one tablet q8h.", "Cyclobenzaprine 7.5mg #30")
    assert read.requests[0]["imr:perDay"] == "3"


@pytest.mark.parametrize("since", ["since May 2014", "since at least May 2014"])
def test_use_since_a_month_counts_from_its_end(told: Callable[[str], Read], since: str) -> None:
    assert told(f"She has been on Ambien {since}.").one("drug:OralZolpidem")["imr:since"] == "2014-05-31"


@pytest.mark.parametrize(
    "sentence",
    [
        "Nortriptyline was stopped due to sedation.",
        "Nortriptyline was discontinued because of somnolence.",
        "Nortriptyline caused nausea and was discontinued.",
        "Nortriptyline up to 100 mg was ineffective.",
    ],
)
def test_a_drug_that_did_harm_or_nothing_has_failed(told: Callable[[str], Read], sentence: str) -> None:
    assert told(sentence).one("drug:OralNortriptyline")["imr:outcome"] == "imr:Failed"


@pytest.mark.parametrize(
    "sentence",
    [
        "Nortriptyline was tried for numbness and was discontinued.",
        "Nortriptyline was stopped for neck pain.",
        "Nortriptyline was stopped without any edema.",
        "He takes nortriptyline, which caused mild constipation.",
        "Nortriptyline was discontinued for surgery with swelling of the knee.",
        "Nortriptyline was stopped with numbness of the hand.",
        "He tried nortriptyline for the neuropathy, which caused numbness.",
        "Nortriptyline was discontinued after the rash had been treated.",
    ],
)
def test_other_ends_of_a_drug_are_no_failure(told: Callable[[str], Read], sentence: str) -> None:
    assert told(sentence).one("drug:OralNortriptyline")["imr:outcome"] is None


def test_the_medication_is_the_one_drug_told_of_last(told: Callable[[str], Read]) -> None:
    read = told(NORCO + "The medication brings pain from 9/10 to 5/10.")
    assert read.one("fnd:PainRelief")["imr:toService"] == "drug:Norco"
    read = told("He takes Norco and gabapentin. The medication brings pain from 9/10 to 5/10.")
    assert read.one("fnd:PainRelief")["imr:toService"] == "svc:Medication"


@pytest.mark.parametrize(
    ("sentence", "drug"),
    [
        ("He has been intolerant to meloxicam.", "drug:OralMeloxicam"),
        ("She cannot tolerate Norco because of vomiting.", "drug:Norco"),
        ("He discontinued naproxen due to gastritis.", "drug:OralNaproxen"),
        ("He stopped taking ibuprofen because of stomach upset.", "drug:OralIbuprofen"),
        ("Previously tried medications: Lyrica (swelling) and Tylenol.", "drug:OralPregabalin"),
        ("He failed conservative treatment including therapy, gabapentin and a brace.", "drug:OralGabapentin"),
    ],
)
def test_a_drug_that_is_not_borne_has_failed(told: Callable[[str], Read], sentence: str, drug: str) -> None:
    assert told(sentence).one(drug)["imr:outcome"] == "imr:Failed"


@pytest.mark.parametrize(
    ("sentence", "drug"),
    [
        ("He takes naproxen and has a history of gastritis.", "drug:OralNaproxen"),
        ("Previously tried medications: Lyrica (no swelling) and Tylenol.", "drug:OralPregabalin"),
        ("Past medications: naproxen (knee pain).", "drug:OralNaproxen"),
        ("He has not failed conservative treatment including gabapentin.", "drug:OralGabapentin"),
        ("She takes Relafen, that omeprazole was tried and failed, and that she has reflux.", "drug:OralNabumetone"),
        ("She takes Relafen, and that omeprazole was tried and failed.", "drug:OralNabumetone"),
    ],
)
def test_a_drug_that_does_no_harm_has_not_failed(told: Callable[[str], Read], sentence: str, drug: str) -> None:
    assert told(sentence).one(drug)["imr:outcome"] is None


def test_a_drug_that_cannot_be_taken_is_not_in_use(told: Callable[[str], Read]) -> None:
    read = told("She cannot take oral anti-inflammatories because of kidney disease.")
    assert not read.of("drug:OralNsaid")
    assert read.one("fnd:MedicationIntolerance")
    assert read.one("dx:RenalDisease")
    assert not told("She cannot take time off.").facts


def test_the_dose_of_all_opioids_together_is_no_drug(told: Callable[[str], Read]) -> None:
    assert not told("The morphine equivalent dose is 180 mg a day.").of("drug:OralMorphine")
    assert told("He takes morphine 30 mg twice a day.").of("drug:OralMorphine")


def test_the_next_visit_is_no_length_of_use(told: Callable[[str], Read]) -> None:
    assert told("The plan is to refill Norco and return in four weeks.").one("drug:Norco")["imr:weeks"] is None
    assert told("He has used Norco and naproxen for four weeks.").one("drug:Norco")["imr:weeks"] == "4"


def test_activities_of_daily_living_are_no_dose(told: Callable[[str], Read]) -> None:
    assert told("Norco helps him perform his activities of daily living.").one("drug:Norco")["imr:perDay"] is None


@pytest.mark.parametrize(
    ("sentence", "since"),
    [("He has taken Norco since 4/2014.", "2014-04-30"), ("Norco (since at least 04-2014).", "2014-04-30")],
)
def test_a_month_may_be_written_in_numbers(told: Callable[[str], Read], sentence: str, since: str) -> None:
    assert told(sentence).one("drug:Norco")["imr:since"] == since


@pytest.mark.parametrize(
    ("sentence", "consistent", "inconsistent"),
    [
        ("The urine drug screen was consistent.", 1, 0),
        ("UDS of 3/2/15 was appropriate at that time.", 0, 0),
        ("The last UDS was consistent with prescribed therapy.", 1, 0),
        ("The UDS was not consistent with the prescribed medications.", 0, 1),
        ("The UDS was inconsistent.", 0, 1),
        ("The UDS was consistent with marijuana use.", 0, 0),
        ("The MRI was consistent with a tear.", 0, 0),
    ],
)
def test_what_a_urine_drug_test_shows(
    told: Callable[[str], Read], sentence: str, consistent: int, inconsistent: int
) -> None:
    read = told(sentence)
    assert len(read.of("fnd:UrineDrugTestConsistent")) == consistent
    assert len(read.of("fnd:UrineDrugTestInconsistent")) == inconsistent


@pytest.mark.parametrize(
    "sentence",
    [
        "He takes Ultram. No dizziness, nausea, or constipation.",
        "She takes Percocet. Constipation is controlled with Colace.",
        "There is mild constipation managed by a stool softener.",
    ],
)
def test_a_side_effect_that_is_denied_or_looked_after_was_asked_about(
    told: Callable[[str], Read], sentence: str
) -> None:
    assert told(sentence).one("fnd:AdverseEffectsReviewed")


@pytest.mark.parametrize("sentence", ["He has constipation.", "He denies nausea and fever."])
def test_a_symptom_alone_does_not_tell_that_side_effects_were_asked_about(
    told: Callable[[str], Read], sentence: str
) -> None:
    assert not told(sentence).of("fnd:AdverseEffectsReviewed")
