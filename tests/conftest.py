"""Fixtures that more than one test module needs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from letter_reading import SUMMARY, Read, look

from imr_kb.letters import Lexicon, read_letter
from imr_kb.load import Knowledge, load_knowledge

ROOT = Path(__file__).resolve().parent.parent
# Commands under test keep what they compile beside what pytest keeps, and nothing in the home of the user.
os.environ["IMR_KB_CACHE"] = str(ROOT / ".pytest_cache" / "imr-kb")


def _lacking(reason: str) -> None:
    """Skip where a tool or data set is not here; where everything must be here, fail."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the top of the checkout, which holds ontology/, shapes/ and kb/."""
    return ROOT


@pytest.fixture(scope="session")
def letters() -> Path:
    """Return the folder of published determination letters: ``IMR_LETTERS``, else beside the checkout."""
    folder = Path(os.environ.get("IMR_LETTERS") or ROOT.parent / "shared" / "letters")
    if not (folder / "labels.jsonl").is_file():
        _lacking("no determination letters here: set IMR_LETTERS to the folder that holds labels.jsonl")
    return folder


@pytest.fixture(scope="session")
def java() -> str:
    """Return the Java command that the OWL reasoner needs."""
    command = shutil.which("java")
    if command is None:
        _lacking("no Java runtime here: install default-jre-headless")
    assert command is not None
    return command


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """Return the knowledge base of the checkout, which every test leaves as it was."""
    return load_knowledge(ROOT)


@pytest.fixture(scope="session")
def lexicon(knowledge: Knowledge) -> Lexicon:
    """Return the names by which letters are read."""
    return knowledge.lexicon


@pytest.fixture(scope="session")
def told(lexicon: Lexicon) -> Callable[..., Read]:
    """Return what reads a summary, in a letter about a service that does not matter unless it is given."""
    return lambda summary, item="Sleep study": look(
        read_letter(SUMMARY.format(summary, item), document="told.txt", lexicon=lexicon)
    )


@pytest.fixture(scope="module")
def loaded_once(knowledge: Knowledge) -> Iterator[Knowledge]:
    """Give all commands of a module the one knowledge base, which they leave as it was, and return it."""

    def loaded(root: Path | None = None) -> Knowledge:
        return load_knowledge(root) if root not in {None, ROOT} else knowledge

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("imr_kb.load.load_knowledge", loaded)
        patch.setattr("imr_kb.kept.kept_knowledge", loaded)
        yield knowledge
