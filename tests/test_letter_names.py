"""Names of concepts are found under the word with which they begin, whichever way a letter writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_kb.letters.names import END, Names


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("low back pain", ["low", "back", "pain"]),
        ("x-ray of the knee", ["x", "ray", "of", "the", "knee"]),
        ("x-ray of the knee", ["xray", "of", "the", "knee"]),
        ("pain, chronic", ["pain", ",", "chronic"]),
        ("pain, chronic", ["pain", "chronic"]),
        ("Phalen's test", ["phalen", "test"]),
        ("TENS unit", ["tens", "unit"]),
        ("(electric) bed", ["electric", "bed"]),
        ("fall -proof bed", ["fallproof", "bed"]),
    ],
)
def test_a_name_is_found_by_each_way_of_writing_it(label: str, words: list[str]) -> None:
    branch = Names({"concept": [label]}).beginning(words[0])
    for word in words[1:]:
        assert branch is not None
        branch = branch.get(word)
    assert branch == {END: [("concept", False)]}


def test_two_capitals_name_a_therapy_only_as_capitals() -> None:
    assert Names({"concept": ["PT"]}).beginning("pt") == {END: [("concept", True)]}
    assert Names({"concept": ["ESI"]}).beginning("esi") == {END: [("concept", False)]}


@given(label=st.text(alphabet="abxXS .'-,(/3é\n", max_size=12))
def test_the_first_word_of_a_name_is_told_without_cutting_all_of_it(label: str) -> None:
    names = Names({"concept": [label]})
    first = names.first_words("concept")
    assert first <= names.words
    assert all(names.beginning(word) for word in first)
    assert not any(names.beginning(word) for word in names.words - first)
