"""Whose words and whose body a summary speaks of: utilization review, the family, and what only may come."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from letter_reading import SUMMARY, Read, look

from imr_kb.letters import Lexicon, read_letter
from imr_kb.load import load_knowledge


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load_knowledge().lexicon


@pytest.fixture(scope="module")
def told(lexicon: Lexicon) -> Callable[[str], Read]:
    return lambda summary: look(
        read_letter(SUMMARY.format(summary, "Sleep study"), document="told.txt", lexicon=lexicon)
    )


def _concepts(found: Read) -> set[str]:
    return {str(fact["imr:concept"]) for fact in found.facts}


# --- utilization review


def test_what_utilization_review_said_ends_with_its_sentence(told: Callable[[str], Read]) -> None:
    found = told(
        "The request was refused by utilization review. The patient had 20 visits of chiropractic care without improvement."
    )
    care = found.one("svc:ChiropracticManipulation", "Treatment")
    assert (care["imr:visits"], care["imr:outcome"]) == ("20", "imr:Failed")


@pytest.mark.parametrize("subject", ["The reviewer", "The denial", "This determination"])
def test_the_next_sentence_goes_on_with_the_review_where_the_review_is_its_subject(
    told: Callable[[str], Read], subject: str
) -> None:
    found = told(f"Utilization review refused the request. {subject} noted foot drop. There was weakness of the arm.")
    assert _concepts(found) == {"fnd:UpperExtremityWeakness"}


def test_what_a_denial_states_is_no_fact(told: Callable[[str], Read]) -> None:
    assert not told("The denial stated that surgery is being considered.").facts
