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


# --- joints that held firm


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The knee was stable to varus and valgus stress.", {"-fnd:VarusValgusLaxity"}),
        ("The thumb was stable on stress testing of the ulnar collateral ligament.", {"-fnd:JointInstabilitySign"}),
        ("The knee was stable.", {"-fnd:JointInstabilitySign"}),
        ("There was laxity to valgus stress.", {"fnd:VarusValgusLaxity"}),
    ],
)
def test_what_a_joint_is_stable_to_brought_nothing_out(
    told: Callable[[str], Read], sentence: str, expected: set[str]
) -> None:
    assert _signed(told(sentence)) == expected


def test_a_stretched_nerve_that_hurts_only_the_back_is_no_sign(told: Callable[[str], Read]) -> None:
    assert told("Straight leg raise produced low back pain only.").one("fnd:StraightLegRaisePositive").absent
    assert not told("Straight leg raise produced leg pain.").one("fnd:StraightLegRaisePositive").absent


# --- measures


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Active range of motion of the left knee was 5 to 95 degrees.", {"fnd:RangeOfMotion"}),
        ("Grip strength by Jamar dynamometer was 20/18/22 kg on the right.", {"fnd:GripStrength"}),
        ("Blood pressure was 152/94 with a pulse of 78.", {"fnd:VitalSign"}),
        ("Oxygen saturation was 97 percent.", {"fnd:VitalSign"}),
        ("Pedal pulses were 2+.", {"-fnd:VascularCompromise"}),
        ("Blood pressure was controlled.", set()),
        ("External rotation strength was 5/5.", {"-fnd:ElevationOrRotationWeakness"}),
        ("Hip flexion strength was 4/5.", {"fnd:HipFlexionWeakness"}),
    ],
)
def test_a_measure_is_that_of_the_item_before_it(
    told: Callable[[str], Read], sentence: str, expected: set[str]
) -> None:
    assert _signed(told(sentence)) == expected


@pytest.mark.parametrize(
    ("sentence", "scores"),
    [
        ("Pain level was 4 with medication and 8 without medication.", {"4", "8"}),
        ("Pain was rated 5 on a scale of 10 at rest and 8 with activity.", {"5", "8"}),
        ("Pain was rated 6/10 and he was given 8 with instructions.", {"6"}),
    ],
)
def test_a_second_score_is_told_by_its_moment(told: Callable[[str], Read], sentence: str, scores: set[str]) -> None:
    assert {fact["imr:painScore"] for fact in told(sentence).of("fnd:PainScore")} == scores


# --- places of tenderness


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("There was tenderness over the L4-5 and L5-S1 facet joints.", {"fnd:FacetTenderness"}),
        (
            "There was tenderness over the acromioclavicular joint and the bicipital groove.",
            {"fnd:AcromioclavicularTenderness"},
        ),
        (
            "There was tenderness along the medial joint line and knee flexion was 90 degrees.",
            {"fnd:JointLineTenderness", "fnd:RangeOfMotion"},
        ),
        ("There was tenderness without spasm.", {"fnd:Tenderness", "-fnd:MuscleSpasm"}),
    ],
)
def test_each_place_of_a_list_gives_what_it_amounts_to(
    told: Callable[[str], Read], sentence: str, expected: set[str]
) -> None:
    assert _signed(told(sentence)) == expected


# --- what brings pain on, and what it hinders


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Coughing and sneezing increase his low back pain.", {"fnd:PainWithActivity", "dx:LowBackPain"}),
        ("Reaching overhead increases the shoulder pain.", {"fnd:PainWithArmUse", "dx:ShoulderPain"}),
        ("Turning her head makes the neck pain worse.", {"fnd:PainWithActivity", "dx:NeckPain"}),
        ("Lumbar extension reproduced axial pain.", {"fnd:PainfulRangeOfMotion", "fnd:AxialPain"}),
        ("Walking does not cause pain.", {"-fnd:WeightBearingPain"}),
        ("A fall increased her knee pain.", {"dx:KneePain"}),
        ("The elbow pain worsens with gripping and twisting motions.", {"fnd:PainWithHandUse", "dx:ElbowPain"}),
        ("The low back pain worsens with twisting.", {"fnd:PainWithBending", "dx:LowBackPain"}),
        (
            "The pain interferes with his activities of daily living and sleep.",
            {"fnd:FunctionalLimitation", "fnd:SleepTrouble"},
        ),
        ("He transfers from sitting to standing with difficulty.", {"fnd:FunctionalLimitation"}),
        ("He presents with difficulty sleeping.", {"fnd:SleepTrouble"}),
    ],
)
def test_what_brings_pain_on_or_is_hard_is_told_before_or_behind(
    told: Callable[[str], Read], sentence: str, expected: set[str]
) -> None:
    assert {one for one in _signed(told(sentence)) if one != "dx:Pain"} == expected


def test_a_list_that_begins_with_what_only_an_image_shows_is_of_an_image(told: Callable[[str], Read]) -> None:
    found = told("There was an annular fissure at L5-S1 and facet arthropathy at L4-5.")
    assert _signed(found) == {"fnd:AnnularTear", "fnd:FacetArthropathyOnImaging"}


# --- what is said of one place and not of the next


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "There was no labral tear and mild arthrosis of the knee.",
            {"-dx:LabralTearShoulder", "dx:KneeOsteoarthritis"},
        ),
        ("There was no swelling and moderate tenderness.", {"-fnd:Swelling", "fnd:Tenderness"}),
        ("There was no swelling or moderate tenderness.", {"-fnd:Swelling", "-fnd:Tenderness"}),
        (
            "Cervical rotation was limited on the right and was full on the left.",
            {"fnd:DecreasedRangeOfMotion", "-fnd:DecreasedRangeOfMotion"},
        ),
        ("Full extension of the elbow lacked 15 degrees.", {"fnd:DecreasedRangeOfMotion"}),
        ("Full extension of the elbow was present.", {"-fnd:DecreasedRangeOfMotion"}),
        ("The joint lines were nontender.", {"-fnd:JointLineTenderness"}),
        (
            "Deltoid strength was 5/5, while wrist extensors were 4/5.",
            {"-fnd:AbductionWeakness", "fnd:WristExtensionWeakness"},
        ),
    ],
)
def test_one_result_ends_where_the_next_begins(told: Callable[[str], Read], sentence: str, expected: set[str]) -> None:
    assert _signed(told(sentence)) == expected
