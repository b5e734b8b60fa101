"""The compiled knowledge base is kept for the next command: it is the same, never out of date, and never in the way."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from imr_kb.judge import MANY, Judge
from imr_kb.kept import FOLDER, kept_knowledge
from imr_kb.kept import folder as kept_in
from imr_kb.letters.terminology import LABELS
from imr_kb.load import Knowledge, load_cases
from imr_kb.render import as_jsonl, as_turtle
from imr_kb.terms import PREFIXES, core
from imr_kb.worked import load_examples

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "cases"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which the knowledge base of the checkout is kept."""
    folder = tmp_path_factory.mktemp("kept") / "below"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FOLDER, str(folder))
        assert kept_knowledge(ROOT).terms is None  # compiled now
    return folder


@pytest.fixture(autouse=True)
def named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name that folder to what looks for one."""
    monkeypatch.setenv(FOLDER, str(folder))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return a small knowledge base: the ontology, the sources and one guideline."""
    shutil.copytree(ROOT / "ontology", tmp_path / "ontology")
    shutil.copytree(ROOT / "kb" / "mtus_acupuncture_2009", tmp_path / "kb" / "mtus_acupuncture_2009")
    return tmp_path


def _kept(folder: Path) -> list[Path]:
    return sorted(folder.glob("compiled-*"))


@pytest.fixture
def place(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where the small knowledge base has been kept, in a folder of its own."""
    folder = tmp_path / "kept"
    monkeypatch.setenv(FOLDER, str(folder))
    assert kept_knowledge(small).terms is None
    (place,) = _kept(folder)
    return place


@pytest.mark.parametrize("name", ["demo.txt", "reference.ttl"])
def test_what_was_kept_decides_as_what_is_compiled(knowledge: Knowledge, name: str) -> None:
    opened = kept_knowledge(ROOT)
    assert opened.terms is not None
    assert opened.version == knowledge.version
    written = [
        "".join(write(list(Judge(known).decide(load_cases(CASES / name, known)))))
        for write in (as_jsonl, as_turtle)
        for known in (knowledge, opened)
    ]
    assert written[0] == written[1] != ""
    assert written[2] == written[3] != ""


def test_many_cases_are_decided_in_memory(knowledge: Knowledge) -> None:
    opened = kept_knowledge(ROOT)
    written = []
    for known in (knowledge, opened):
        worked = load_examples([ROOT / "tests" / "worked" / "mtus_opioids_2016"], known)
        cases = [example.case for example in worked]
        assert len(cases) >= MANY
        judge = Judge(known)
        list(judge.decide(cases[: MANY - 1]))
        assert judge._store is known.store
        judge = Judge(known)
        written.append("".join(as_jsonl(list(judge.decide(cases[:MANY])))))
        assert (judge._store is known.store) == (known is knowledge)
    assert written[0] == written[1] != ""


def test_what_was_kept_holds_every_statement_and_every_name(knowledge: Knowledge) -> None:
    opened = kept_knowledge(ROOT)
    assert len(opened.store) == len(knowledge.store)
    kept, compiled = (json.loads(known.lexicon.as_json()) for known in (opened, knowledge))
    assert kept["begun"] == compiled["begun"]
    assert kept["members"] == compiled["members"]
    for name in (*LABELS, core("within"), PREFIXES["cue"] + "readAs"):
        assert kept["told"][name] == compiled["told"][name] != {}


def test_deciding_leaves_what_is_kept_as_it_was(folder: Path) -> None:
    before = len(kept_knowledge(ROOT).store)
    opened = kept_knowledge(ROOT)
    opened.store.update("CLEAR ALL")
    assert len(opened.store) == 0
    assert len(kept_knowledge(ROOT).store) == before
    assert len(_kept(folder)) == 1


def test_a_changed_guideline_is_compiled_anew(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "kept"
    monkeypatch.setenv(FOLDER, str(folder))
    first = kept_knowledge(small)
    assert kept_knowledge(small).terms is not None
    (small / "kb" / "remark.ttl").write_text("# Nothing is said here.\n", encoding="utf-8")
    second = kept_knowledge(small)
    assert second.terms is None
    assert second.version != first.version
    assert len(_kept(folder)) == 2


def test_no_more_than_the_last_few_are_kept(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "kept"
    monkeypatch.setenv(FOLDER, str(folder))
    for number in range(6):
        (small / "kb" / "remark.ttl").write_text(f"# {number}\n", encoding="utf-8")
        kept_knowledge(small)
    assert len(_kept(folder)) == 4
    assert kept_knowledge(small).terms is not None


def test_it_is_kept_under_a_name_that_tells_of_all_that_compiles(small: Path, tmp_path: Path) -> None:
    told = (
        "import sys; from pathlib import Path; from imr_kb.kept import _COMPILERS, kept_knowledge;"
        f"kept_knowledge(Path({str(small)!r})); package = Path(sys.modules['imr_kb'].__file__).parent;"
        "hashed = {path for pattern in _COMPILERS for path in package.glob(pattern)};"
        "print([one for one, found in sys.modules.items()"
        " if one.startswith('imr_kb') and Path(found.__file__) not in hashed])"
    )
    environment = {**os.environ, FOLDER: str(tmp_path / "kept"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", told], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_another_python_compiles_anew(small: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version", "3.99")
    assert kept_knowledge(small).terms is None
    assert len(_kept(place.parent)) == 2


def test_nothing_else_in_the_folder_is_removed(small: Path, place: Path) -> None:
    others = [place.parent / name for name in ("bin", "code", "data", "e", "f" * 64, "compiled-code", "0")]
    for other in others:
        other.mkdir()
    (small / "kb" / "remark.ttl").write_text("# Nothing is said here.\n", encoding="utf-8")
    assert kept_knowledge(small).terms is None
    assert all(other.is_dir() for other in others)


def test_what_a_killed_command_has_left_is_cleared_away(small: Path, place: Path) -> None:
    left = place.parent / ".compiling-abcdefgh"
    left.mkdir()
    (small / "kb" / "remark.ttl").write_text("# Nothing is said here.\n", encoding="utf-8")
    kept_knowledge(small)
    assert not left.exists()
    assert len(_kept(place.parent)) == 2


def test_where_another_command_is_keeping_it_nothing_is_written(small: Path, place: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    shutil.rmtree(place)
    with (place.parent / ".compiling.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert kept_knowledge(small).terms is None
        assert _kept(place.parent) == []
    kept_knowledge(small)
    assert _kept(place.parent) == [place]


def test_without_room_for_a_copy_what_is_kept_stays(
    small: Path, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "full" / "store").mkdir(parents=True)
    with monkeypatch.context() as patch:
        patch.setattr("imr_kb.kept.tempfile.mkdtemp", lambda **_: str(tmp_path / "full"))
        assert kept_knowledge(small).terms is None
    assert kept_knowledge(small).terms is not None
    assert _kept(place.parent) == [place]


@pytest.mark.parametrize("name", ["terms.json", "MANIFEST-*", "*.sst"])
@pytest.mark.parametrize("damage", ["changed", "cut"])
def test_what_is_damaged_is_compiled_and_kept_anew(small: Path, place: Path, name: str, damage: str) -> None:
    content = bytearray((file := max(place.rglob(name))).read_bytes())
    half = len(content) // 2
    content[half] ^= 1
    file.write_bytes(content if damage == "changed" else content[:half])
    assert kept_knowledge(small).terms is None
    found = kept_knowledge(small)
    assert found.terms is not None
    assert found.lexicon.within(core("Concept"))


def test_without_a_home_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> Path:
        raise RuntimeError("could not determine the home directory")

    monkeypatch.delenv(FOLDER)
    for found in (refused, lambda *_, **__: Path("~/.cache/imr-kb")):
        monkeypatch.setattr("platformdirs.user_cache_path", found)
        assert kept_in() is None


@pytest.mark.parametrize("rest", ["", "; rdf:rest _:a"], ids=["without an end", "going round"])
def test_a_definition_by_a_broken_list_is_read_up_to_there(
    small: Path, monkeypatch: pytest.MonkeyPatch, rest: str
) -> None:
    monkeypatch.setenv(FOLDER, "")
    (small / "kb" / "broken.ttl").write_text(
        "@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> ."
        "<https://example.org/A> owl:equivalentClass [ owl:intersectionOf _:a ] ."
        f"_:a rdf:first <https://example.org/B> {rest} .",
        encoding="utf-8",
    )
    assert kept_knowledge(small).lexicon.within(core("Concept"))


@pytest.mark.parametrize("broken", ["CURRENT", "terms.json", "all"])
def test_what_cannot_be_opened_is_compiled_and_kept_anew(small: Path, place: Path, broken: str) -> None:
    size = len(kept_knowledge(small).store)
    for file in place.rglob("*"):
        if file.name == "CURRENT" == broken:
            file.write_bytes(b"what is no database")
        elif file.is_file() and broken in {file.name, "all"}:
            file.unlink()
    found = kept_knowledge(small)
    assert found.terms is None
    assert len(found.store) == size
    assert kept_knowledge(small).terms is not None


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_what_others_can_write_is_not_trusted(small: Path, place: Path) -> None:
    for one in (place, place.parent):
        assert one.stat().st_mode & 0o777 == 0o700
        one.chmod(0o777)
        assert kept_knowledge(small).terms is None
        one.chmod(0o700)
        assert kept_knowledge(small).terms is not None


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_nothing_is_kept_where_others_can_write(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    folder.chmod(0o777)
    monkeypatch.setenv(FOLDER, str(folder))
    assert kept_knowledge(small).terms is None
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("where", ["", "file/below"])
def test_where_nothing_can_be_kept_it_is_compiled(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    (tmp_path / "file").write_text("a file, no folder", encoding="utf-8")
    monkeypatch.setenv(FOLDER, where and str(tmp_path / where))
    before = sorted(tmp_path.iterdir())
    assert kept_knowledge(small).terms is None
    assert kept_knowledge(small).terms is None
    assert sorted(tmp_path.iterdir()) == before


def test_a_command_leaves_no_copy_behind(folder: Path, tmp_path: Path) -> None:
    environment = {**os.environ, FOLDER: str(folder), "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "imr_kb", "decide", str(CASES / "reference.ttl")]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert "Medically necessary" in done.stdout
    assert list(tmp_path.iterdir()) == []
    assert len(_kept(folder)) == 1
