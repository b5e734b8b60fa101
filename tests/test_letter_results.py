"""What an examination and a study came to: values and their items, results that differ by side, and normal images."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from letter_reading import Read


def _signed(found: Read) -> set[str]:
    """Return the concepts found, those that are denied behind a minus."""
    return {("-" if fact.absent else "") + str(fact["imr:concept"]) for fact in found.facts}


# --- normal studies


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("X-rays of the shoulder, 3 views, were negative.", {"svc:ShoulderXray", "fnd:NormalImaging"}),
        ("Unremarkable lumbar x-rays were on file.", {"svc:LumbarXray", "fnd:NormalImaging"}),
        ("X-rays were negative for fracture.", {"svc:Xray", "-fnd:FractureOnImaging"}),
        ("A normal EMG was reported.", {"svc:Electromyography", "fnd:NormalElectrodiagnosticStudy"}),
    ],
)
def test_a_study_and_its_result_are_two_facts(told: Callable[[str], Read], sentence: str, expected: set[str]) -> None:
    assert _signed(told(sentence)) == expected


# --- values and their items


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("He had 4/5 right leg strength.", {"fnd:LowerExtremityWeakness"}),
        ("He had 5/5 right leg strength.", {"-fnd:LowerExtremityWeakness"}),
        ("Knee flexion was 90/135.", {"fnd:DecreasedRangeOfMotion"}),
        ("Knee flexion was 135/135.", {"-fnd:DecreasedRangeOfMotion"}),
        ("Shoulder abduction 100, flexion 110.", {"fnd:RangeOfMotion"}),
        ("Neck motion was 80% of normal.", {"fnd:DecreasedRangeOfMotion"}),
        ("Neck motion was normal.", {"-fnd:DecreasedRangeOfMotion"}),
        ("The gait is antalgic.", {"fnd:AntalgicGait"}),
        ("The neurologic examination was unremarkable.", {"-fnd:NeurologicDeficit"}),
    ],
)
def test_a_value_is_read_with_its_item(told: Callable[[str], Read], sentence: str, expected: set[str]) -> None:
    assert _signed(told(sentence)) == expected


def test_a_value_before_the_next_finding_is_not_said_of_the_item_before_the_comma(told: Callable[[str], Read]) -> None:
    found = told("There was discomfort with neck rotation, abnormal paraspinal tenderness and bruising.")
    assert not found.of("fnd:DecreasedRangeOfMotion")
    assert found.of("fnd:Tenderness")


def test_what_is_excepted_from_a_normal_grade_is_weak(told: Callable[[str], Read]) -> None:
    found = told("Motor strength was 5/5 throughout except for 4/5 in the right tibialis anterior.")
    assert _signed(found) == {"-fnd:MotorWeakness", "fnd:AnkleDorsiflexionWeakness"}


# --- results that differ


@pytest.mark.parametrize("joined", ["and", "but", ","])
def test_a_sign_with_opposite_results_is_two_facts(told: Callable[[str], Read], joined: str) -> None:
    found = told(f"The Spurling test was positive on the left {joined} negative on the right.")
    assert _signed(found) == {"fnd:SpurlingPositive", "-fnd:SpurlingPositive"}
    sides = {fact.absent: fact["imr:laterality"] for fact in found.facts}
    assert sides == {False: "imr:Left", True: "imr:Right"}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Sensation was intact in the arms and decreased in the right L5 distribution.",
            {"-fnd:SensoryDeficit", "fnd:LumbarDermatomalDeficit"},
        ),
        ("Reflexes were normal at the knees but absent at the right ankle.", {"-fnd:ReflexChange", "fnd:ReflexChange"}),
        (
            "Sensation was normal and decreased grip was noted in the left hand.",
            {"-fnd:SensoryDeficit", "fnd:ReducedGripStrength"},
        ),
    ],
)
def test_an_item_with_opposite_values_is_two_facts_and_keeps_out_of_the_next(
    told: Callable[[str], Read], sentence: str, expected: set[str]
) -> None:
    assert _signed(told(sentence)) == expected


def test_the_result_of_one_sign_is_not_that_of_the_next(told: Callable[[str], Read]) -> None:
    found = told("McMurray is negative and Lachman is positive on the right.")
    assert _signed(found) == {"-fnd:McMurrayPositive", "fnd:LachmanPositive"}


def test_negative_before_a_list_denies_all_of_it(told: Callable[[str], Read]) -> None:
    found = told("The following are negative: Lachman, McMurray and Finkelstein.")
    assert _signed(found) == {"-fnd:LachmanPositive", "-fnd:McMurrayPositive", "-fnd:FinkelsteinPositive"}


# --- a noun that several names share


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("There was no motor or sensory deficit.", {"-fnd:MotorWeakness", "-fnd:SensoryDeficit"}),
        ("No sensory or motor deficits were found.", {"-fnd:MotorWeakness", "-fnd:SensoryDeficit"}),
        (
            "Anterior and posterior drawer tests were negative.",
            {"-fnd:AnteriorDrawerPositive", "-fnd:PosteriorDrawerPositive"},
        ),
    ],
)
def test_words_that_share_a_noun_each_name_something(
    told: Callable[[str], Read], sentence: str, expected: set[str]
) -> None:
    assert _signed(told(sentence)) == expected


def test_a_word_before_and_that_names_nothing_with_the_noun_is_left_alone(told: Callable[[str], Read]) -> None:
    assert _signed(told("There was dull and sensory deficit.")) == {"fnd:SensoryDeficit"}


@pytest.mark.parametrize("words", ["L5 nerve root impingement", "exiting S1 root impingement"])
def test_an_impinged_nerve_root_is_none_of_the_shoulder(told: Callable[[str], Read], words: str) -> None:
    read = told(f"The MRI shows {words}.")
    assert read.one("fnd:NerveRootCompression")["imr:shownBy"] is not None
    assert not read.of("dx:ImpingementSyndrome")


def test_an_impinged_shoulder_is_no_nerve_root(told: Callable[[str], Read]) -> None:
    read = told("The MRI of the right shoulder shows impingement.")
    assert read.of("dx:ImpingementSyndrome")
    assert not read.of("fnd:NerveRootCompression")
