"""PDF letters are read as their text is, and a hostile PDF is refused with a message, in bounded time and memory."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from made_pdf import encrypted, made, page_stream, written

import imr_kb.pdf
from imr_kb.cli import main
from imr_kb.errors import InputError, Severity
from imr_kb.judge import Judge
from imr_kb.load import Knowledge, load_cases
from imr_kb.pdf import MAX_BYTES, pdf_text
from imr_kb.pdf.extract import MAX_PAGES, without_furniture
from imr_kb.render import to_dict
from imr_kb.terms import OA

ROOT = Path(__file__).resolve().parent.parent
DEMO = (ROOT / "tests" / "cases" / "demo.txt").read_text(encoding="utf-8").splitlines()


def _pages(lines: list[str], *, each: int) -> list[list[str]]:
    return [[line or " " for line in lines[start : start + each]] for start in range(0, len(lines), each)]


def _outcome(path: Path, knowledge: Knowledge) -> list[dict[str, Any]]:
    """Return verdict, ground, governing recommendation and the status of each criterion for each item of a letter."""
    (result,) = Judge(knowledge).decide(load_cases(path, knowledge))
    return [
        {
            "requested": decision["requested"],
            "verdict": decision["verdict"],
            "ground": decision["ground"],
            "recommendation": decision["source"] and decision["source"]["recommendation"],
            "criteria": [(item["criterion"], item["status"]) for item in decision["criteria"]],
        }
        for decision in to_dict(result)["decisions"]
    ]


def _refused(content: bytes, *, name: str = "letter.pdf") -> str:
    """Return the code with which ``content`` is refused."""
    with pytest.raises(InputError) as caught:
        pdf_text(content, document=name)
    (problem,) = caught.value.problems
    assert problem.file == name
    assert problem.what.endswith(".")
    assert problem.next_step
    return problem.code


# --- a PDF is read as its text is


def test_published_pdfs_are_decided_as_their_texts(letters: Path, knowledge: Knowledge) -> None:
    paths = sorted((letters / "pdf").glob("*.pdf"))
    assert len(paths) == 12
    for path in paths:
        text = letters / "main-format" / f"{path.stem}.txt"
        assert _outcome(path, knowledge) == _outcome(text, knowledge), path.name


@pytest.mark.parametrize("each", [100, 40, 11])
def test_an_invented_letter_is_decided_alike_on_one_page_and_on_many(
    each: int, tmp_path: Path, knowledge: Knowledge
) -> None:
    path = tmp_path / "demo.pdf"
    path.write_bytes(made(_pages(DEMO, each=each)))
    assert _outcome(path, knowledge) == _outcome(ROOT / "tests" / "cases" / "demo.txt", knowledge)


def test_a_letter_that_opens_with_an_empty_password_is_read(tmp_path: Path, knowledge: Knowledge) -> None:
    path = tmp_path / "demo.pdf"
    path.write_bytes(encrypted(made(_pages(DEMO, each=30)), password=""))
    assert b"CLINICAL" not in path.read_bytes()
    assert len(_outcome(path, knowledge)) == 3


def test_headers_footers_and_page_numbers_do_not_stand_between_the_lines(tmp_path: Path, knowledge: Knowledge) -> None:
    pages = _pages(DEMO, each=11)
    for number, page in enumerate(pages, 1):
        page.insert(0, f"Determination of an invented review, case 7, sheet {number}")
        page.append(f"Page {number} of {len(pages)}")
    path = tmp_path / "demo.pdf"
    path.write_bytes(made(pages))
    assert _outcome(path, knowledge) == _outcome(ROOT / "tests" / "cases" / "demo.txt", knowledge)
    assert "sheet 3" not in pdf_text(path.read_bytes(), document="demo.pdf").text


def test_what_only_looks_like_a_footer_stays() -> None:
    assert without_furniture(["a\nMRI of the knee: Upheld", "b\nc"]) == ["a\nMRI of the knee: Upheld", "b\nc"]
    assert without_furniture(["a\n6 visits", "b\n8 tablets", "c\n9 visits"]) == [
        "a\n6 visits",
        "b\n8 tablets",
        "c\n9 visits",
    ]
    assert without_furniture(["a\n2", "b\n7"]) == ["a", "b"]
    assert without_furniture(["a", "b\n2"]) == ["a", "b"]
    assert without_furniture(["a", "b\n3"]) == ["a", "b\n3"]
    assert without_furniture(["a\nPage 1"]) == ["a\nPage 1"]


def test_words_broken_by_a_hyphen_at_a_line_end_are_read_whole(tmp_path: Path, knowledge: Knowledge) -> None:
    lines = [
        line.replace("radiculopathy", "radicu-").replace("In the progress", "lopathy. In the progress") for line in DEMO
    ]
    assert lines != DEMO
    text = "\n".join(DEMO).replace("lumbar radiculopathy", "lumbar radicu-\nlopathy")
    path = tmp_path / "demo.pdf"
    path.write_bytes(made(_pages(text.splitlines(), each=25)))
    assert _outcome(path, knowledge) == _outcome(ROOT / "tests" / "cases" / "demo.txt", knowledge)


def test_offsets_count_in_the_text_that_read_prints(tmp_path: Path, knowledge: Knowledge) -> None:
    path, out = tmp_path / "demo.pdf", tmp_path / "demo.txt"
    path.write_bytes(made(_pages(DEMO, each=30)))
    result = CliRunner().invoke(main, ["read", str(path), "--format", "source", "--output", str(out)])
    assert result.exit_code == 0, result.output
    text = out.read_bytes().decode("utf-8")
    (case,) = load_cases(path, knowledge)
    values: dict[str, dict[str, str]] = {}
    for subject, predicate, value in case.statements:
        values.setdefault(str(subject.value), {})[str(predicate.value)] = str(value.value)
    quoted = [value for value in values.values() if OA + "exact" in value]
    assert len(quoted) > 10
    for evidence in quoted:
        assert text[int(evidence[OA + "start"]) : int(evidence[OA + "end"])] == evidence[OA + "exact"]


def test_the_mark_of_a_pdf_counts_and_not_the_ending(tmp_path: Path, knowledge: Knowledge) -> None:
    path = tmp_path / "letter.dat"
    path.write_bytes(made(_pages(DEMO, each=30)))
    assert len(load_cases(path, knowledge)) == 1


@pytest.mark.parametrize("verb", ["decide", "explain", "read", "check"])
def test_every_verb_that_takes_letters_takes_pdfs(verb: str, tmp_path: Path) -> None:
    path = tmp_path / "demo.pdf"
    path.write_bytes(made(_pages(DEMO, each=30)))
    result = CliRunner().invoke(main, [verb, str(path)])
    assert result.exit_code == 0, result.output


def test_a_refused_pdf_does_not_stop_the_others(tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.pdf", tmp_path / "good.pdf"
    bad.write_bytes(b"%PDF-1.7 and nothing more")
    good.write_bytes(made(_pages(DEMO, each=30)))
    result = CliRunner().invoke(main, ["decide", str(bad), str(good)])
    assert result.exit_code == 3
    assert "bad.pdf: IN021" in result.stderr
    assert "good.pdf: decided as of" in result.stdout


# --- refusals


def test_a_file_that_is_no_pdf_is_refused() -> None:
    assert _refused(b"A letter about lunch.") == "IN021"


@pytest.mark.parametrize("share", [0.05, 0.5, 0.9, 0.99])
def test_a_truncated_pdf_is_refused(share: float) -> None:
    whole = made(_pages(DEMO, each=20))
    assert _refused(whole[: int(len(whole) * share)]) == "IN021"


def test_a_pdf_with_a_password_is_refused() -> None:
    assert _refused(encrypted(made([["Knee pain"]]), password="secret")) == "IN022"


def test_a_pdf_over_the_limits_is_refused() -> None:
    assert _refused(b"%PDF-1.7" + bytes(MAX_BYTES)) == "IN023"
    assert _refused(made([["a"]] * (MAX_PAGES + 1))) == "IN023"
    assert pdf_text(made([["a"]] * MAX_PAGES), document="a.pdf").text.count("a") == MAX_PAGES


def test_a_pdf_of_pictures_is_refused_and_a_page_of_pictures_is_told() -> None:
    picture = b"/XObject << /I 3 0 R >>"
    assert _refused(made([[]], resources=picture)) == "IN024"
    found = pdf_text(made([["Knee pain"], []], resources=picture), document="a.pdf")
    (problem,) = found.problems
    assert (problem.code, problem.severity) == ("IN026", Severity.WARNING)
    assert "not read: 2." in problem.what


def test_without_pypdf_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imr_kb.pdf, "find_spec", lambda _: None)
    assert _refused(made([["Knee pain"]])) == "IN020"


def test_a_faulty_pdf_that_still_opens_is_read_with_a_warning() -> None:
    sound = made([["Knee pain"]])
    start = re.search(rb"startxref\n(\d+)", sound)
    assert start is not None
    found = pdf_text(sound.replace(start[0], b"startxref\n7"), document="a.pdf")
    assert found.text.strip() == "Knee pain"
    assert [problem.code for problem in found.problems] == ["IN025"]


# --- hostile files


def _bomb(times: int) -> bytes:
    """Return page content that unpacks to half a gigabyte, compressed ``times`` times."""
    packer = zlib.compressobj(9)
    content = b"".join(packer.compress(b" " * 2**20) for _ in range(512)) + packer.flush()
    for _ in range(times - 1):
        content = zlib.compress(content, 9)
    return made([content], filters=times)


def _many_operators() -> bytes:
    return made([zlib.compress(b"BT /F1 1 Tf " + b"(a) Tj 1 0 0 1 0 0 Tm " * 3_000_000 + b"ET", 9)])


def _page_tree_in_a_circle() -> bytes:
    return written(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 9999999 /Kids [ 2 0 R 2 0 R ] /Parent 2 0 R >>"]
    )


def _deep_page_tree() -> bytes:
    nodes = [
        b"<< /Type /Pages /Count 1 /Kids [ %d 0 R ] /Parent %d 0 R >>" % (at + 1, at - 1) for at in range(2, 20000)
    ]
    return written([b"<< /Type /Catalog /Pages 2 0 R >>", *nodes])


def _branching_page_tree() -> bytes:
    nodes = [b"<< /Type /Pages /Count 1 /Kids [ %s ] >>" % (b"%d 0 R " % (at + 1) * 10) for at in range(2, 40)]
    return written([b"<< /Type /Catalog /Pages 2 0 R >>", *nodes, b"<< /Type /Page /MediaBox [0 0 9 9] >>"])


def _reference_to_itself() -> bytes:
    return written([b"<< /Type /Catalog /Pages 2 0 R >>", b"2 0 R"])


def _form_within_itself() -> bytes:
    form = (
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 3 0 R /G 3 0 R >> >> /Length 12 >>"
        b"\nstream\n/F Do /G Do \nendstream"
    )
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 5 0 R /Resources << /XObject << /F 3 0 R >> >> >>"
    )
    return written(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1 /Kids [ 4 0 R ] >>",
            form,
            page,
            b"<< /Length 6 >>\nstream\n/F Do \nendstream",
        ]
    )


def _table_before_itself() -> bytes:
    sound = made([["Knee pain"]])
    place = sound.rindex(b"xref\n0 ")
    return sound.replace(b"/Root 1 0 R >>", b"/Root 1 0 R /Prev %d >>" % place)


def _nested_arrays() -> bytes:
    return written([b"<< /Type /Catalog /Pages 2 0 R /X " + b"[" * 100_000 + b"]" * 100_000 + b" >>", b"<< >>"])


def _random_after_the_mark() -> bytes:
    noise = b"".join(zlib.compress(str(number).encode()) for number in range(20_000))
    return b"%PDF-1.7\n" + noise + b"\n%%EOF"


@pytest.mark.parametrize(
    "hostile",
    [
        _random_after_the_mark,
        _page_tree_in_a_circle,
        _deep_page_tree,
        _branching_page_tree,
        _reference_to_itself,
        _nested_arrays,
        lambda: _bomb(1),
        lambda: _bomb(2),
        _many_operators,
    ],
    ids=["noise", "circle", "deep", "branching", "reference", "nested", "bomb", "bomb twice", "operators"],
)
def test_a_hostile_pdf_is_refused_in_bounded_time(
    hostile: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imr_kb.pdf, "MAX_SECONDS", 3)
    imr_kb.pdf._end()
    content = hostile()
    began = time.monotonic()
    try:
        assert _refused(content) in {"IN021", "IN023", "IN024"}
    finally:
        imr_kb.pdf._end()
    assert time.monotonic() - began < 60
    assert pdf_text(made([["Knee pain"]]), document="a.pdf").text.strip() == "Knee pain"


def test_a_form_within_itself_is_refused_as_without_text() -> None:
    assert _refused(_form_within_itself()) in {"IN021", "IN023", "IN024"}


def test_a_table_that_names_itself_as_the_one_before_is_read_once() -> None:
    assert pdf_text(_table_before_itself(), document="a.pdf").text.split() == ["Knee", "pain"]


def test_a_child_that_never_answers_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sleeper = tmp_path / "sleeper.py"
    sleeper.write_text("import time\ntime.sleep(600)\n", encoding="utf-8")
    monkeypatch.setattr(imr_kb.pdf, "_CHILD", sleeper)
    monkeypatch.setattr(imr_kb.pdf, "PATIENCE", 0.5)
    imr_kb.pdf._end()
    try:
        assert _refused(made([["Knee pain"]])) == "IN023"
    finally:
        imr_kb.pdf._end()


def test_the_child_loads_nothing_from_the_working_directory(tmp_path: Path) -> None:
    (tmp_path / "pypdf.py").write_text("raise SystemExit('taken over')\n", encoding="utf-8")
    path = tmp_path / "demo.pdf"
    path.write_bytes(made(_pages(DEMO, each=30)))
    command = Path(sys.executable).parent / "imr-kb"
    done = subprocess.run([command, "read", path.name], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_reading_a_text_does_not_start_a_child(knowledge: Knowledge) -> None:
    imr_kb.pdf._end()
    load_cases(ROOT / "tests" / "cases" / "demo.txt", knowledge)
    assert not imr_kb.pdf._children


def test_the_pages_made_for_the_tests_show_brackets() -> None:
    assert b"(a\\(b\\)) Tj" in page_stream(["a(b)"])
