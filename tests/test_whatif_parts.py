"""What would change the verdict on an item of several services: it turns when each of its parts does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, combinations, product
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from outlooks import editor, judge, knowledge

from imr_kb.cli import main
from imr_kb.errors import ImrError
from imr_kb.load import Case, load_cases
from imr_kb.terms import core
from imr_kb.trace import CaseDecisions, Decision, Outlook, Road
from imr_kb.whatif.changes import Change
from imr_kb.whatif.outlook import Looker
from imr_kb.whatif.silence import possible_together
from imr_kb.whatif.tree import NECESSARY, NOT_NECESSARY, UNDETERMINED
from imr_kb.whatif.trials import copied
from imr_kb.worked import load_examples

ROOT = Path(__file__).resolve().parent.parent
LETTER = ROOT / "tests" / "cases" / "letters" / "partial_approval.txt"
ORDER = ROOT / "tests" / "worked" / "order.ttl"
FEW_CHANGES: Final = 6
HEAD: Final = """
@prefix imr: <https://w3id.org/imr-kb/core#> .
@prefix body: <https://w3id.org/imr-kb/body#> .
@prefix fnd: <https://w3id.org/imr-kb/finding#> .
@prefix dx:  <https://w3id.org/imr-kb/condition#> .
@prefix svc: <https://w3id.org/imr-kb/service#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://w3id.org/imr-kb/case/parts> a imr:Case ;
    imr:injuredOn "2014-01-10"^^xsd:date ; imr:requestedOn "2015-06-08"^^xsd:date ;
    imr:hasDiagnosis [ imr:concept dx:LumbarStrain ] , [ imr:concept dx:MyofascialPain ] ;
"""
# What is asked for in one item: too many visits of two kinds of care, one alone, and one with another item beside it.
ASKED: Final = {
    "both too many": """imr:requests [ imr:requestedText "Manipulation and therapy" ; imr:comprises
        [ imr:sequence 1 ; imr:concept svc:ChiropracticManipulation ; imr:quantity 8 ] ,
        [ imr:sequence 2 ; imr:concept svc:PhysicalTherapy ; imr:quantity 12 ] ] .""",
    "one too many, of two visits of the same care": """imr:requests [ imr:comprises
        [ imr:sequence 1 ; imr:concept svc:PhysicalTherapy ; imr:quantity 4 ] ,
        [ imr:sequence 2 ; imr:concept svc:PhysicalTherapy ; imr:quantity 12 ] ] .""",
    "the second item, with earlier therapy": """
    imr:hasTreatment [ imr:concept svc:PhysicalTherapy ; imr:visits 6 ] ;
    imr:requests [ imr:sequence 1 ; imr:concept svc:LumbarMri ] , [ imr:sequence 2 ; imr:comprises
        [ imr:sequence 1 ; imr:concept svc:ChiropracticManipulation ; imr:quantity 6 ] ,
        [ imr:sequence 2 ; imr:concept svc:PhysicalTherapy ; imr:quantity 8 ] ] .""",
}
SERVED: Final = """imr:hasDiagnosis [ imr:concept dx:CarpalTunnelSyndrome ] ;
    imr:hasFinding [ imr:concept fnd:PhalenPositive ] , [ imr:concept fnd:ElectrodiagnosticCarpalTunnel ] ;
    imr:hasTreatment [ imr:concept svc:WristSplint ; imr:weeks 8 ; imr:outcome imr:Failed ] ;
    imr:requests [ imr:sequence 1 ; imr:concept svc:ColdTherapyUnit ; imr:bodyPart body:Wrist ; imr:daysSupply 7 ] ,
        [ imr:sequence 2 ; imr:comprises [ imr:sequence 1 ; imr:concept svc:CarpalTunnelRelease ] ,
            [ imr:sequence 2 ; imr:concept BESIDE ] ] ."""

Set = frozenset[Change]


def _looked_at(cases: Iterable[Case]) -> list[CaseDecisions]:
    return list(Looker(judge(), knowledge()).look(judge().decide(list(cases))))


@pytest.fixture(scope="module", params=list(ASKED))
def asked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> CaseDecisions:
    path = tmp_path_factory.mktemp("parts") / "parts.ttl"
    path.write_text(HEAD + ASKED[request.param], encoding="utf-8")
    (result,) = _looked_at(load_cases(path, knowledge()))
    return result


@pytest.fixture(scope="module")
def letter() -> CaseDecisions:
    (result,) = _looked_at(load_cases(LETTER, knowledge()))
    return result


def _worked(name: str) -> CaseDecisions:
    (case,) = [
        example.case for example in load_examples([ORDER], knowledge()) if example.iri.rpartition("/")[2] == name
    ]
    (result,) = _looked_at([case])
    return result


def _beyond(decision: Decision) -> Outlook:
    assert decision.outlook is not None
    return decision.outlook


def _of_several(result: CaseDecisions) -> Decision:
    (found,) = [decision for decision in result.decisions if decision.parts]
    return found


def _sets(roads: Iterable[Road]) -> Iterator[Set]:
    for road in roads:
        for chosen in product(*road.steps):
            options = [re.fullmatch(r'--(set|remove) "(.*)"', way.option) for way in chosen]
            yield frozenset(Change(found[2], removes=found[1] == "remove") for found in options if found)


def _verdicts(case: Case, request: str, sets: Iterable[Set]) -> dict[Set, str]:
    """Decide ``request``, an item or a part of one, anew after each of ``sets`` by the whole engine."""
    sets = list(dict.fromkeys(sets))
    cases = [copied(editor().apply(case, sorted(changes)), number) for number, changes in enumerate(sets)]
    found = {}
    for number, (changes, result) in enumerate(zip(sets, judge().decide(cases), strict=True)):
        (found[changes],) = (
            decision.verdict
            for item in result.decisions
            for decision in (item, *item.parts)
            if decision.request == f"{request}~{number}"
        )
    return found


def _parts_of(sets: Iterable[Set]) -> set[Set]:
    return {
        frozenset(part)
        for changes in sets
        for part in chain.from_iterable(combinations(sorted(changes), size) for size in range(1, len(changes)))
    }


def _assert_roads(result: CaseDecisions, decision: Decision) -> int:
    """Assert that each road turns the verdict and no part of it does; return how many sets were tried."""
    sets = [changes for changes in _sets(_beyond(decision).roads) if len(changes) <= FEW_CHANGES]
    parts = _parts_of(sets)
    verdicts = _verdicts(result.proof.case, decision.request, [*sets, *parts])
    assert {verdicts[changes] for changes in sets} <= {"necessary"}, decision.request
    assert "necessary" not in {verdicts[part] for part in parts}, decision.request
    return len(sets)


def test_each_road_of_an_item_turns_it_and_no_part_of_the_road_does(asked: CaseDecisions) -> None:
    assert _assert_roads(asked, _of_several(asked))


def test_each_road_of_a_part_turns_the_part_and_no_part_of_the_road_does(asked: CaseDecisions) -> None:
    assert sum(_assert_roads(asked, part) for part in _of_several(asked).parts)


def test_the_roads_of_two_images_in_one_item_of_a_letter_turn_it(letter: CaseDecisions) -> None:
    item = _of_several(letter)
    assert _assert_roads(letter, item)
    assert all(_assert_roads(letter, part) for part in item.parts)
    # A red flag is reason enough for both images.
    assert frozenset({Change("fnd:RedFlag")}) in set(_sets(_beyond(item).roads))


def test_no_smaller_set_of_the_changes_of_all_roads_turns_the_item(asked: CaseDecisions) -> None:
    item = _of_several(asked)
    roads = [road for each in (item, *item.parts) for road in _beyond(each).roads]
    changes = sorted({change for changes in _sets(roads) for change in changes})
    sets = [frozenset(chosen) for size in range(1, 5) for chosen in combinations(changes[:10], size)]
    turning = {
        each for each, verdict in _verdicts(asked.proof.case, item.request, sets).items() if verdict == "necessary"
    }
    smallest = {each for each in turning if not any(other < each for other in turning)}
    found = {each for each in _sets(_beyond(item).roads) if len(each) < 5 and each <= set(changes[:10])}
    assert found == smallest
    assert found


def test_a_part_within_its_number_is_left_alone(asked: CaseDecisions) -> None:
    item = _of_several(asked)
    for place, part in enumerate(item.parts, 1):
        if part.verdict == "necessary":
            assert _beyond(part).roads == ()
            assert _beyond(part).rests_on
            options = [way.option for road in _beyond(item).roads for step in road.steps for way in step]
            assert not [option for option in options if f"part {place} " in option]


def test_what_is_said_of_a_part_names_it(asked: CaseDecisions) -> None:
    words = [way.words for road in _beyond(_of_several(asked)).roads for step in road.steps for way in step]
    assert [told for told in words if re.fullmatch(r"of part \d \([\w ]+\) no more than \d+ were asked for", told)]


def test_an_approved_item_rests_on_what_its_parts_rest_on() -> None:
    result = _worked("one_part_may_serve_another_of_its_item")
    item = _of_several(result)
    assert item.verdict == "necessary"
    assert _beyond(item).rests_on
    # The unit may have been in use before: it keeps its limit only because no earlier use is on record.
    assert _beyond(item).range == ("necessary", "not-necessary")
    assert all(told.endswith("no earlier care is on record.") for told in _beyond(item).hangs_on)
    (part, _) = item.parts
    for facts in _beyond(item).rests_on:
        assert any(set(needed) <= set(facts) for needed in _beyond(part).rests_on)


def test_where_nothing_speaks_to_a_part_the_item_has_no_road() -> None:
    item = _of_several(_worked("a_refused_part_refuses_beside_an_open_one"))
    assert (item.verdict, _beyond(item).roads) == ("not-necessary", ())
    open_part, refused = item.parts
    assert (_beyond(open_part).roads, _beyond(open_part).range) == ((), ())
    assert _beyond(refused).roads
    # With fewer visits the item would still be open, so that it can become no more than that.
    assert "necessary" not in _beyond(item).range


@pytest.mark.parametrize(
    ("beside", "possible"),
    [
        # Nothing speaks to the endoscopy, so that the item is open; the visits are too many, so that it is refused.
        ("svc:CtAngiogram", ("necessary", "undetermined", "not-necessary")),
        ("svc:PhysicalTherapy ; imr:quantity 99", ("necessary", "not-necessary")),
    ],
)
def test_what_serves_a_part_waits_for_the_whole_item_also_in_what_silence_leaves_open(
    beside: str, possible: tuple[str, ...], tmp_path: Path
) -> None:
    path = tmp_path / "served.ttl"
    path.write_text(HEAD + SERVED.replace("BESIDE", beside), encoding="utf-8")
    (result,) = _looked_at(load_cases(path, knowledge()))
    unit, _ = result.decisions
    # Where the operation has been authorized already, the unit waits for nothing; it may have been in use too long before.
    assert [text for text in _beyond(unit).hangs_on if "authorized" in text]
    assert _beyond(unit).range == possible


@pytest.mark.parametrize(
    ("parts", "together"),
    [
        ([[NECESSARY], [NECESSARY]], [NECESSARY]),
        ([[NECESSARY, NOT_NECESSARY], [NECESSARY]], [NECESSARY, NOT_NECESSARY]),
        ([[NECESSARY, NOT_NECESSARY], [NOT_NECESSARY]], [NOT_NECESSARY]),
        ([[NECESSARY], [UNDETERMINED]], [UNDETERMINED]),
        ([[NECESSARY, NOT_NECESSARY], [UNDETERMINED]], [UNDETERMINED, NOT_NECESSARY]),
    ],
)
def test_the_possible_verdicts_on_an_item_follow_from_those_on_its_parts(
    parts: Sequence[Sequence[Any]], together: Sequence[Any]
) -> None:
    assert possible_together(parts) == tuple(together)


# --- how a part is named in a change


def _asked_for(case: Case) -> list[str]:
    quantity = ox.NamedNode(core("quantity"))
    return sorted(value.value for _, predicate, value in case.statements if predicate == quantity)


@pytest.mark.parametrize(
    ("change", "quantities"),
    [
        (Change("request 1 part 2 quantity 4"), ["4", "8"]),
        (Change("request 1 part 1 quantity 4"), ["12", "4"]),
        (Change("request 1 part 2 quantity", removes=True), ["8"]),
        (Change("request 1 part 1", removes=True), ["12"]),
    ],
)
def test_a_change_of_a_part_leaves_the_others(change: Change, quantities: list[str], tmp_path: Path) -> None:
    path = tmp_path / "parts.ttl"
    path.write_text(HEAD + ASKED["both too many"], encoding="utf-8")
    (case,) = load_cases(path, knowledge())
    assert _asked_for(editor().apply(case, [change])) == quantities


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("request 2 part 3 quantity 4", "WI004", "from 1 to 2"),
        ("request 1 part 1 quantity 4", "WI004", "asks for one service"),
        ("request 2 part quantity 4", "WI007", "number of the service"),
    ],
)
def test_a_part_that_is_not_there_is_refused(text: str, code: str, says: str) -> None:
    (case,) = load_cases(LETTER, knowledge())
    with pytest.raises(ImrError, match=says) as caught:
        editor().apply(case, [Change(text)])
    assert [problem.code for problem in caught.value.problems] == [code]


# --- how it is told


def test_the_commands_tell_the_roads_of_each_part_below_those_of_the_item() -> None:
    shown = CliRunner().invoke(main, ["whatif", str(LETTER)], prog_name="imr-kb").stdout.partition("\n2. ")[2]
    assert shown.count("Would be necessary if") == 3
    assert shown.index("Part 1: Shoulder MRI") < shown.index("Part 2: Cervical MRI")
    told = json.loads(CliRunner().invoke(main, ["whatif", "--format", "json", str(LETTER)], prog_name="imr-kb").stdout)
    item = told["cases"][0]["decisions"][1]
    assert [bool(each["outlook"]["roads"]) for each in (item, *item["parts"])] == [True, True, True]
    explained = CliRunner().invoke(main, ["explain", str(LETTER)], prog_name="imr-kb").stdout.partition("\n2. ")[2]
    assert "each of these were, as is told below: Shoulder MRI; Cervical MRI." in " ".join(explained.split())
    assert explained.count("Would be necessary if") == 3
