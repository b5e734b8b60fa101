"""Changes to the knowledge base are noticed by worked examples, many at once as each alone, and what is missed is listed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from imr_kb.cli import main
from imr_kb.coverage import recommendations
from imr_kb.load import load_knowledge
from imr_kb.mutate import Report, Trials, sampled
from imr_kb.worked import load_examples

ROOT = Path(__file__).resolve().parent.parent
FILE = "kb/mtus_acupuncture_2009/acupuncture.ttl"
TWIN = ROOT / "tests" / "worked" / "mtus_acupuncture_2009" / "acupuncture.ttl"
# Files whose changes are tested both together and alone: recommendations that speak of the same services.
TOGETHER = ("kb/mtus_acupuncture_2009/acupuncture.ttl", "kb/mtus_chronic_pain_2009/massage.ttl", "kb/sources.ttl")

pytestmark = pytest.mark.usefixtures("loaded_once")


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["test", *(str(part) for part in arguments)], prog_name="imr-kb")


@pytest.fixture(scope="module")
def trials() -> Trials:
    knowledge = load_knowledge(ROOT)
    twins = [ROOT / "tests" / "worked" / file.removeprefix("kb/") for file in TOGETHER[:2]]
    return Trials(knowledge, load_examples(twins, knowledge))


def test_every_kind_of_change_is_made(trials: Trials) -> None:
    kinds = {mutant.kind for mutant in trials.mutants()}
    assert kinds == {"number", "comparator", "date", "class to parent", "class to sibling", "link", "order"}
    names = [mutant.name for mutant in trials.mutants()]
    assert len(names) == len(set(names)) > 5000


def test_factors_of_a_table_that_no_criterion_names_are_left_alone(trials: Trials) -> None:
    changed = {mutant.name.split(" ")[1] for mutant in trials.mutants("kb/opioid_factors.ttl")}
    assert "kb:factor/cdc_2016_oxycodone" in changed
    assert {name for name in changed if "cdc_2022" in name} == set()


def test_a_change_is_of_one_statement(trials: Trials) -> None:
    for mutant in trials.mutants(FILE):
        assert {predicate for _, predicate, _ in (*mutant.removed, *mutant.added)} == {mutant.predicate}
        assert len(mutant.removed) <= 1
        assert len(mutant.added) <= 1
        assert mutant.file == FILE


def test_the_number_of_treatments_is_told_from_both_sides(trials: Trials) -> None:
    limit = [mutant for mutant in trials.mutants(FILE) if mutant.kind == "number" and "mostUnits" in mutant.name]
    assert [mutant.change for mutant in limit] == ["from 6 to 7", "from 6 to 5"]
    assert all(result.killed for result in trials.run(limit))


def test_changes_come_out_the_same_together_and_alone(trials: Trials) -> None:
    every = [mutant for file in TOGETHER for mutant in trials.mutants(file)]
    some = sampled(every, 8, seed=3)
    together = {result.mutant.name: (result.exercised, result.killed) for result in trials.run(some)}
    alone = {}
    for mutant in some:
        (result,) = trials.run([mutant])
        alone[mutant.name] = (result.exercised, result.killed)
    assert together == alone
    assert {killed for _, killed in together.values()} == {True, False}


def test_an_example_out_of_reach_comes_out_the_same(trials: Trials) -> None:
    parents = [mutant for mutant in trials.mutants(TOGETHER[1]) if mutant.kind == "class to parent"]
    missed = [result for result in trials.run(parents) if not result.killed]
    assert missed, "there is nothing to look at"
    for result in missed[:2]:
        everywhere = trials.decided_under(result.mutant)
        assert not any(everywhere.values()), result.mutant.name


def test_a_sample_is_the_same_for_the_same_seed(trials: Trials) -> None:
    every = trials.mutants(FILE)
    assert sampled(every, 5, 1) == sampled(every, 5, 1) != sampled(every, 5, 2)
    assert sampled(every, None, 1) == sampled(every, 10**6, 1) == every


def test_too_many_missed_changes_are_a_problem() -> None:
    arguments = ("--mutate", "--only", FILE, "--sample", "4", TWIN)
    assert _run(*arguments, "--least", "0").exit_code == 0
    report = Report(())
    assert report.share == 100
    assert report.below(100) is None
    done = _run(*arguments, "--least", "100", "--format", "json")
    shown = json.loads(done.stdout)
    assert shown["changes"] == 4
    assert shown["killed"] + len(shown["survivors"]) == 4
    assert (done.exit_code == 1) == ("EX902" in done.stderr) == (shown["killed"] < 4)


def test_a_file_that_is_not_there_is_named() -> None:
    done = _run("--mutate", "--only", "kb/nothing.ttl", TWIN)
    assert done.exit_code == 3
    assert "IN001" in done.stderr


# --- coverage


def test_coverage_tells_kinds_and_statuses_by_edition() -> None:
    done = _run("--quiet", "--coverage", TWIN)
    assert done.exit_code == 0, done.output
    assert re.search(r"(?m)^src:mtus_acupuncture_2009 +quantity +\d+ +\d+ ", done.stdout)
    assert re.search(r"(?m)^1 of 1 recommendations govern an example$", done.stdout)


def test_a_recommendation_without_an_example_is_named(tmp_path: Path) -> None:
    source = ROOT / "tests" / "worked" / "mtus_chronic_pain_2009" / "tens.ttl"
    text = source.read_text(encoding="utf-8")
    head, *examples = re.split(r"(?m)^(?=ex:)", text)
    trial = [example for example in examples if re.search(r"t:governedBy +kb:tens_trial", example)]
    folder = tmp_path / "mtus_chronic_pain_2009"
    folder.mkdir()
    (folder / "tens.ttl").write_text(head + "".join(trial), encoding="utf-8")
    done = _run("--coverage", "--format", "json", folder / "tens.ttl")
    assert done.exit_code == 1
    (lacking,) = json.loads(done.stdout)["coverage"]["unreachable"]
    assert (lacking["code"], lacking["term"]) == ("EX901", "kb:mtus_chronic_pain_2009/tens_purchase")
    assert "EX901" in _run("--coverage", folder / "tens.ttl").stderr


def test_the_recommendations_of_a_twin_are_those_of_its_file() -> None:
    assert set(recommendations(ROOT, [TWIN]).values()) == {FILE}
    assert len(recommendations(ROOT)) > 400


def test_all_examples_agree_and_every_recommendation_governs_one() -> None:
    shown = json.loads(_run("--coverage", "--format", "json").stdout)
    assert {example["example"]: example["differences"] for example in shown["examples"] if example["differences"]} == {}
    assert [lacking["term"] for lacking in shown["coverage"]["unreachable"]] == []
