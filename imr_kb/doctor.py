"""Say whether everything that the commands need is here."""

from __future__ import annotations

import platform
import shutil
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from imr_kb import __version__
from imr_kb.errors import ImrError, printable

__all__ = ["examine"]

_NEEDED: Final = ("click", "lark", "owlready2", "pyoxigraph", "pyshacl", "rdflib")
_OPTIONAL: Final = {
    "clingo": "second opinions: pip install 'imr-kb[opinion]'",
    "pypdf": "reading PDF letters: pip install 'imr-kb[pdf]'",
    "jinja2": "letter and backtest as a page: pip install 'imr-kb[letter]' or 'imr-kb[report]'",
    **dict.fromkeys(("matplotlib", "scipy"), "backtest: pip install 'imr-kb[report]'"),
    **dict.fromkeys(("python-docx", "reportlab"), "letter: pip install 'imr-kb[letter]'"),
}


def examine(root: Path | None = None) -> tuple[list[str], bool]:
    """Return one line per thing looked at, and whether all that is needed is here."""
    lines = [f"ok       imr-kb {__version__}, Python {platform.python_version()}"]
    healthy = True
    for package in _NEEDED:
        found = _version(package)
        healthy &= found is not None
        lines.append(f"ok       {package} {found}" if found else f"missing  {package}: install imr-kb again")
    for package, use in _OPTIONAL.items():
        found = _version(package)
        lines.append(f"ok       {package} {found}" if found else f"absent   {package}, optional; {use}")
    java = shutil.which("java")
    lines.append(
        "ok       java, for classifying the ontology"
        if java
        else "absent   java, optional; needed only to classify a changed ontology"
    )
    try:
        from imr_kb.kept import FOLDER, folder
        from imr_kb.load import load_knowledge
        from imr_kb.lookup import count, vocabularies
        from imr_kb.verification import checked

        knowledge = load_knowledge(root)
    except ImrError as error:
        return [*lines, *(f"missing  {problem}" for problem in error.problems)], False
    size = f"{count(knowledge, 'Recommendation')} recommendations in {count(knowledge, 'Edition')} editions"
    lines.append(f"ok       knowledge base {knowledge.version}: {size}")
    kept_in = folder()
    lines.append(
        f"ok       compiled knowledge bases are kept in {printable(str(kept_in))}"
        if kept_in
        else f"absent   a folder for compiled knowledge bases only the user can write: name one by {FOLDER}"
    )
    terms = ", ".join(f"{number} {what}" for what, number in vocabularies(knowledge).items())
    lines.append(f"ok       vocabularies: {terms}")
    lines += [f"ok       {row}" for row in checked(knowledge)]
    return lines, healthy


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
