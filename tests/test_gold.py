"""The annotated letters are in their form and of the letters they name; the measure counts as it says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from reading_quality import (
    FIRST,
    GOLD,
    KINDS,
    SECOND,
    Comparison,
    Fact,
    GoldError,
    GoldLetter,
    Score,
    agreement,
    compare,
    gold_letter,
    load_gold,
    read_facts,
    scores,
    text_of_gold,
)
from reading_quality import main as measure

from imr_kb.letters import read_letter
from imr_kb.load import load_knowledge
from imr_kb.terms import short

FILES = sorted(GOLD.glob("*.json"))
#: Those files, and the two annotations from which those of the letters that are held out were made.
ANNOTATED = [path for folder in (GOLD, FIRST, SECOND) for path in sorted(folder.glob("*.json"))]
#: Values that may stand beside a fact: properties of the case model.
VALUES = {"bodyPart", "laterality", "onDate", "painScore", "reliefPercent", "strengthMg", "visits"}
#: The vocabularies that a fact of each kind is named from.
VOCABULARIES = {
    "diagnosis": {"dx"},
    "finding": {"fnd"},
    "study": {"svc"},
    "treatment": {"svc", "drug"},
    "medication": {"svc", "drug"},
    "response": {"fnd"},
    "plan": {"svc", "drug"},
}
#: From so many words on, words of our own would be words of the letter.
QUOTED = 4


def _name(path: Path) -> str:
    return path.relative_to(GOLD).with_suffix("").as_posix()


@pytest.fixture(scope="module")
def terms() -> frozenset[str]:
    return frozenset(short(quad.subject.value) for quad in load_knowledge().store if hasattr(quad.subject, "value"))


# --- the annotated letters


def test_ten_letters_are_held_out_and_others_are_for_tuning() -> None:
    letters = load_gold(GOLD)
    assert len(letters) == len(FILES) == len({letter.letter for letter in letters})
    assert sum(letter.held_out for letter in letters) == 10
    assert any(not letter.held_out for letter in letters)


@pytest.mark.parametrize("folder", [FIRST, SECOND], ids=lambda folder: folder.name)
def test_each_letter_that_is_held_out_was_annotated_twice_and_no_other(folder: Path) -> None:
    held_out = [(letter.letter, letter.sha256, True) for letter in load_gold(GOLD) if letter.held_out]
    assert [(letter.letter, letter.sha256, letter.held_out) for letter in load_gold(folder)] == held_out


@pytest.mark.parametrize("path", ANNOTATED, ids=_name)
def test_a_file_of_annotations_has_sorted_keys_and_one_fact_a_line(path: Path) -> None:
    data = json.loads(path.read_text(encoding="utf-8"))
    facts = data.pop("facts")
    lines = ",\n".join(json.dumps(fact, sort_keys=True, ensure_ascii=False) for fact in facts)
    rest = json.dumps(data, sort_keys=True, ensure_ascii=False).removeprefix("{")
    assert path.read_text(encoding="utf-8") == '{"facts": [\n' + lines + "\n],\n" + rest + "\n"
    order = [(fact["start"], fact["end"], fact["concept"] or "") for fact in facts]
    assert order == sorted(order)


@pytest.mark.parametrize("path", ANNOTATED, ids=_name)
def test_every_annotation_is_named_by_a_term_of_the_ontology_that_suits_its_kind(
    path: Path, terms: frozenset[str]
) -> None:
    for fact in json.loads(path.read_text(encoding="utf-8"))["facts"]:
        values = fact.get("values", {})
        assert set(values) <= VALUES
        parts = values.get("bodyPart", [])
        named = [parts] if isinstance(parts, str) else list(parts)
        if values.get("laterality"):
            named.append(f"imr:{values['laterality']}")
        if fact["concept"] is not None:
            named.append(fact["concept"])
            assert fact["concept"].partition(":")[0] in VOCABULARIES[fact["kind"]], fact
        assert set(named) <= terms, fact


@pytest.mark.parametrize("path", ANNOTATED, ids=_name)
def test_every_annotation_lies_in_the_summary_of_its_letter_and_quotes_nothing(path: Path, letters: Path) -> None:
    gold = gold_letter(path.read_text(encoding="utf-8"), path.name)
    text = text_of_gold(gold, letters)
    start = text.index("CLINICAL CASE SUMMARY")
    end = text.index("IMR ISSUES", start)
    for fact in gold.facts:
        for span in fact.spans:
            assert start < span[0] < span[1] <= end, fact
            words = text[span[0] : span[1]]
            assert words == words.strip(), fact
            for edge in span:
                assert not (text[edge - 1].isalnum() and text[edge].isalnum()), f"a word is cut: {fact}"
        assert len(fact.term.split()) < QUOTED or fact.term not in " ".join(text.split()), fact


# --- what the loader refuses


def _file(**changes: Any) -> str:
    fact = {"concept": "fnd:Tenderness", "end": 8, "kind": "finding", "polarity": "present", "start": 0}
    whole = {"facts": [fact], "held_out": False, "letter": "made-up/one.txt", "sha256": "0" * 64}
    inner = {key: value for key, value in changes.items() if key not in whole}
    fact.update(inner)
    return json.dumps({**whole, **{key: value for key, value in changes.items() if key in whole}})


def test_a_well_formed_file_is_loaded_whole() -> None:
    letter = gold_letter(_file(also=[[20, 28]], polarity="absent"), "one.json")
    assert letter.facts == (Fact("finding", "fnd:Tenderness", True, ((0, 8), (20, 28))),)
    assert (letter.letter, letter.held_out) == ("made-up/one.txt", False)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "sign"}, "kind is one of"),
        ({"polarity": "denied"}, "polarity is one of"),
        ({"concept": None}, "a term stands where concept is null"),
        ({"term": "a term too many"}, "a term stands where concept is null"),
        ({"start": 8}, "begins before it ends"),
        ({"start": -1}, "begins before it ends"),
        ({"start": "0"}, "two whole numbers"),
        ({"also": [[9]]}, "two whole numbers"),
        ({"words": "tender"}, "may stand besides"),
        ({"held_out": "no"}, "held_out is true or false"),
        ({"facts": []}, "not empty"),
        ({"letter": "made-up/two.txt"}, "the same number"),
    ],
)
def test_a_file_that_is_not_in_its_form_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(GoldError, match=message):
        gold_letter(_file(**changes), "one.json")


def test_a_fact_that_is_annotated_twice_is_refused() -> None:
    data = json.loads(_file())
    data["facts"].append({**data["facts"][0], "start": 4, "kind": "response"})
    with pytest.raises(GoldError, match="states the same"):
        gold_letter(json.dumps(data), "one.json")


def test_text_that_is_no_json_and_a_folder_without_annotations_are_refused(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match="no JSON"):
        gold_letter("{", "one.json")
    with pytest.raises(GoldError, match="no annotated letters"):
        load_gold(tmp_path)


def test_a_letter_that_is_not_the_annotated_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "made-up").mkdir()
    letter = gold_letter(_file(), "one.json")
    with pytest.raises(GoldError, match="not in"):
        text_of_gold(letter, tmp_path)
    (tmp_path / "made-up" / "one.txt").write_text("tenderness", encoding="utf-8")
    with pytest.raises(GoldError, match="another text"):
        text_of_gold(letter, tmp_path)


# --- what the measure counts


def _fact(concept: str | None, *spans: tuple[int, int], kind: str = "finding", absent: bool = False) -> Fact:
    return Fact(kind, concept, absent, spans or ((0, 10),))


TENDER = _fact("fnd:Tenderness", (0, 10))


@pytest.mark.parametrize(
    ("read", "right"),
    [
        (TENDER, True),
        (_fact("fnd:Tenderness", (9, 20)), True),
        (_fact("fnd:Tenderness", (10, 20)), False),
        (_fact("fnd:Tenderness", (0, 10), absent=True), False),
        (_fact("fnd:JointLineTenderness", (0, 10)), False),
        (_fact("fnd:Tenderness", (0, 10), kind="response"), True),
    ],
    ids=["the same", "overlapping", "beside it", "denied", "a narrower term", "another kind"],
)
def test_a_match_is_the_same_term_and_polarity_on_overlapping_words(read: Fact, right: bool) -> None:
    found = compare([TENDER], [read])
    assert (len(found.matched), len(found.missed), len(found.extra)) == ((1, 0, 0) if right else (0, 1, 1))


def test_a_fact_without_a_term_is_always_missed() -> None:
    nameless = _fact(None)
    assert compare([nameless], [TENDER]) == Comparison((), (nameless,), (TENDER,), ())


def test_each_annotated_fact_is_matched_once() -> None:
    again = _fact("fnd:Tenderness", (5, 10))
    assert compare([TENDER], [TENDER, again]) == Comparison(((TENDER, TENDER),), (), (again,), ())


def test_a_fact_read_again_where_it_is_said_again_counts_neither_way() -> None:
    twice = _fact("fnd:Tenderness", (0, 10), (50, 60))
    there = _fact("fnd:Tenderness", (50, 60))
    assert compare([twice], [TENDER, there]) == Comparison(((twice, TENDER),), (), (), (there,))
    both = _fact("fnd:Tenderness", (0, 10), (50, 60))
    assert compare([twice], [both, there]).extra == (there,)


def test_one_read_fact_does_not_stand_for_two() -> None:
    other = _fact("fnd:Tenderness", (50, 60))
    both = _fact("fnd:Tenderness", (0, 60))
    found = compare([TENDER, other], [both])
    assert found.missed == found.merged == (other,)
    assert compare([TENDER, other], [TENDER]).merged == ()


def test_as_many_facts_as_possible_are_matched() -> None:
    wide, narrow = _fact("fnd:Tenderness", (0, 60)), _fact("fnd:Tenderness", (50, 60))
    first, second = _fact("fnd:Tenderness", (45, 60)), _fact("fnd:Tenderness", (0, 10))
    found = compare([wide, narrow], [first, second])
    assert found.matched == ((wide, second), (narrow, first))


def test_a_match_of_the_same_kind_goes_before_one_of_another() -> None:
    planned = _fact("svc:Acupuncture", kind="plan")
    given = _fact("svc:Acupuncture", kind="treatment")
    assert compare([given], [planned, given]).matched == ((given, given),)


def test_recall_counts_by_annotated_kind_and_precision_by_read_kind() -> None:
    given, planned = _fact("svc:Acupuncture", kind="treatment"), _fact("svc:Acupuncture", kind="plan")
    missed, extra = _fact("dx:NeckPain", kind="diagnosis"), _fact("fnd:Numbness")
    rows = scores([Comparison(((given, planned), (TENDER, TENDER)), (missed,), (extra,), (TENDER,))])
    assert set(rows) == {*KINDS, "all"}
    assert rows["treatment"] == Score(gold=1, found=1, read=0, right=0)
    assert rows["plan"] == Score(gold=0, found=0, read=1, right=1)
    assert rows["finding"] == Score(gold=1, found=1, read=2, right=1)
    assert rows["diagnosis"] == Score(gold=1, found=0, read=0, right=0)
    assert rows["all"] == Score(gold=3, found=2, read=3, right=2)
    assert (rows["treatment"].recall, rows["treatment"].precision) == (1.0, None)
    assert (rows["finding"].recall, rows["finding"].precision) == (1.0, 0.5)
    assert rows["finding"].f1 == pytest.approx(2 / 3)
    assert (rows["treatment"].f1, rows["response"].f1) == (None, None)
    assert Score(gold=1, found=0, read=1, right=0).f1 == 0.0


def _letter(*facts: Fact, letter: str = "made-up/one.txt") -> GoldLetter:
    return GoldLetter(letter, "0" * 64, held_out=True, facts=facts)


def test_two_annotations_agree_as_the_second_is_measured_by_the_first() -> None:
    numb = _fact("fnd:Numbness", (50, 60))
    assert agreement([_letter(TENDER, numb)], [_letter(TENDER)]) == [compare([TENDER, numb], [TENDER])]


@pytest.mark.parametrize("second", [[], [_letter(TENDER, letter="made-up/two.txt")]], ids=["none", "another"])
def test_annotations_of_other_letters_are_not_compared(second: list[GoldLetter]) -> None:
    with pytest.raises(GoldError, match="of the same letters"):
        agreement([_letter(TENDER)], second)


@pytest.fixture
def invented() -> Callable[[str], str]:
    return lambda summary: (
        f"CLINICAL CASE SUMMARY\n\n{summary}\n\nIMR ISSUES, DECISIONS AND RATIONALES\n\nMassage: Upheld\n"
    )


def test_the_facts_of_a_reading_have_the_words_they_rest_on(invented: Callable[[str], str]) -> None:
    text = invented("The examination showed tenderness. The patient denies numbness.")
    facts, others = read_facts(read_letter(text, document="made-up.txt", lexicon=load_knowledge().lexicon))
    found = {(fact.kind, fact.concept, fact.absent) for fact in facts}
    assert found == {("finding", "fnd:Tenderness", False), ("finding", "fnd:Numbness", True)}
    assert others == 0
    tender = next(fact for fact in facts if not fact.absent)
    assert any("tenderness" in text[start:end] for start, end in tender.spans)


@pytest.mark.parametrize("choice", ["--held-out", "--agreement"])
def test_what_was_missed_in_letters_that_are_held_out_is_not_shown(
    choice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        measure([choice, "--list"])
    assert refused.value.code == 2
    assert "is not shown" in capsys.readouterr().err


@pytest.mark.parametrize("other", ["--held-out", "--tuning"])
def test_the_agreement_is_told_alone(other: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        measure(["--agreement", other])
    assert refused.value.code == 2
    assert "not allowed with" in capsys.readouterr().err


def test_the_agreement_of_two_annotations_is_told_in_figures_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert measure(["--agreement"]) == 0
    told = capsys.readouterr().out
    rows = {line.split()[0]: line.split()[1:] for line in told.splitlines()[2:]}
    assert {*KINDS, "all"} <= set(rows)
    first, second = ([fact for letter in load_gold(folder) for fact in letter.facts] for folder in (FIRST, SECOND))
    assert (int(rows["all"][0]), int(rows["diagnosis"][0])) == (len(first), sum(f.kind == "diagnosis" for f in first))
    assert int(rows["all"][1]) + int(told.rpartition(" ")[2]) == len(second)
    assert not any(fact.concept in told for fact in (*first, *second) if fact.concept)
    assert not any(Path(letter.letter).stem in told for letter in load_gold(FIRST))


def test_the_measure_tells_where_letters_are_looked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        measure(["--letters", str(tmp_path)])
    assert refused.value.code == 2
    assert "IMR_LETTERS" in capsys.readouterr().err
