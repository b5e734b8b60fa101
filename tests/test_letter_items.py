"""Examined items with everyday names, structures that are whole, and tests that share their first words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from letter_reading import Read


def _signed(found: Read) -> set[str]:
    """Return the concepts found, those that are denied behind a minus."""
    return {("-" if fact.absent else "") + str(fact["imr:concept"]) for fact in found.facts}


# --- items of which a value tells only where it stands right beside them


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Her memory and concentration were impaired.", {"fnd:MemoryDifficulty"}),
        ("Recent memory was intact.", {"-fnd:MemoryDifficulty"}),
        ("Mood and affect were normal.", {"-fnd:EmotionalDistress"}),
        ("His appetite is poor.", {"fnd:AppetiteChange"}),
        ("Toe walk and heel walk were performed with difficulty.", {"fnd:HeelToeWalkDifficulty"}),
        ("Heel walking was normal.", {"-fnd:HeelToeWalkDifficulty"}),
        ("Muscle bulk was normal.", {"-fnd:MuscleAtrophy"}),
        ("Coordination and balance were intact.", {"-fnd:Incoordination", "-fnd:BalanceProblem"}),
        ("Proprioception was decreased.", {"fnd:PositionSenseLoss"}),
        ("The posture was abnormal.", {"fnd:AbnormalPosture"}),
        ("Hearing was normal.", {"-fnd:HearingDifficulty"}),
        ("The skin was intact.", {"-fnd:SkinChange"}),
        ("The lungs were clear to auscultation.", {"-fnd:RespiratorySymptom"}),
        ("Capillary refill was less than 2 seconds.", {"-fnd:VascularCompromise"}),
    ],
)
def test_a_value_right_beside_an_everyday_item_tells_of_it(
    told: Callable[[str], Read], sentence: str, expected: set[str]
) -> None:
    assert _signed(told(sentence)) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("He has no memory of the fall, and the gait is normal.", {"-fnd:AbnormalGait"}),
        ("Her mood and the gait is normal.", {"-fnd:AbnormalGait"}),
        ("She keeps her balance with a cane and has full strength.", {"-fnd:MotorWeakness"}),
    ],
)
def test_a_value_of_something_else_is_not_that_of_an_everyday_item(
    told: Callable[[str], Read], sentence: str, expected: set[str]
) -> None:
    found = _signed(told(sentence))
    assert expected <= found
    assert found.isdisjoint({"-fnd:MemoryDifficulty", "-fnd:EmotionalDistress", "-fnd:BalanceProblem"})


def test_scores_of_mood_and_sleep_are_findings(told: Callable[[str], Read]) -> None:
    found = told("The PHQ-9 score was 17, the GAD-7 was 14 and the Epworth sleepiness scale was 12.")
    assert _signed(found) == {"fnd:DepressionScore", "fnd:AnxietyScore", "fnd:SleepinessScore"}


def test_a_reflex_that_is_absent_is_the_lowered_one(told: Callable[[str], Read]) -> None:
    found = told("The ankle jerk was absent on the right.").one("fnd:DecreasedAnkleJerk")
    assert not found.absent
    assert found["imr:laterality"] == "imr:Right"


# --- structures that are whole


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The rotator cuff was intact.", {"-fnd:RotatorCuffTearOnImaging"}),
        ("There was an intact anterior cruciate ligament.", {"-fnd:LigamentTearOnImaging"}),
        ("The menisci and the ACL are intact.", {"-fnd:MeniscalTearOnImaging", "-fnd:LigamentTearOnImaging"}),
        ("The labrum and biceps tendon appear intact.", {"-fnd:LabralTearOnImaging", "-fnd:BicepsTendonOnImaging"}),
        ("The triangular fibrocartilage was unremarkable.", {"-fnd:TfccTearOnImaging"}),
        ("Cruciate and collateral ligaments are intact.", {"-fnd:LigamentTearOnImaging"}),
    ],
)
def test_what_is_whole_is_not_torn(told: Callable[[str], Read], sentence: str, expected: set[str]) -> None:
    assert _signed(told(sentence)) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The ACL is not intact.", set()),
        ("Sensation was intact and rotator cuff strength was 4/5.", {"-fnd:SensoryDeficit"}),
        ("Range of motion was normal and the Achilles tendon was tender.", {"-fnd:DecreasedRangeOfMotion"}),
        ("The medial meniscus is torn and the ACL is intact.", {"-fnd:LigamentTearOnImaging"}),
    ],
)
def test_what_is_whole_is_only_what_is_called_so(
    told: Callable[[str], Read], sentence: str, expected: set[str]
) -> None:
    assert {one for one in _signed(told(sentence)) if one.startswith("-")} == expected


def test_a_list_of_whole_ligaments_is_one_denial(told: Callable[[str], Read]) -> None:
    found = told("The PCL, MCL and LCL were intact.")
    assert found.one("fnd:LigamentTearOnImaging").absent


# --- tests that share their first words


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Cervical compression and distraction tests were negative.",
            {"-fnd:CervicalCompressionPositive", "-fnd:CervicalDistractionPositive"},
        ),
        (
            "Sacroiliac compression and distraction tests were positive.",
            {"fnd:SacroiliacTestPositive", "fnd:SacroiliacDistractionPositive"},
        ),
        ("Hawkins sign and Neer sign were positive.", {"fnd:HawkinsPositive", "fnd:NeerPositive"}),
        (
            "Straight leg raise and reflexes were normal.",
            {"-fnd:StraightLegRaisePositive", "-fnd:ReflexChange"},
        ),
    ],
)
def test_a_test_takes_its_first_words_from_the_one_before(
    told: Callable[[str], Read], sentence: str, expected: set[str]
) -> None:
    assert _signed(told(sentence)) == expected
