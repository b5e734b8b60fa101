"""Write drafts as a Word document (Office Open XML), with the same bytes for the same drafts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from imr_kb.rationale import needed
from imr_kb.rationale.document import Draft, Line
from imr_kb.rationale.text import BLANK, STATUSES, place

if TYPE_CHECKING:
    from docx.document import Document

__all__ = ["as_docx"]

#: The first moment that the directory of a ZIP file can hold: a document of this program has no time of its own.
_MOMENT: Final = (1980, 1, 1, 0, 0, 0)
_INDENT: Final = 18.0
_COLOURS: Final = {
    "met": "1E6B3A",
    "not-met": "9B1C1C",
    "not-documented": "8A5A00",
    "conflicting": "8A5A00",
    "not-known": "8A5A00",
}


def as_docx(drafts: Iterable[Draft]) -> Iterator[bytes]:
    """Yield the document.

    Raises:
        ImrError: LT001 where python-docx is not installed.
    """
    needed("docx")
    import docx
    from docx.shared import Pt

    document = docx.Document()
    document.styles["Normal"].font.name = "Calibri"
    document.styles["Normal"].font.size = Pt(10.5)
    properties = document.core_properties
    properties.created = properties.modified = datetime(*_MOMENT)
    properties.author = properties.last_modified_by = properties.comments = ""
    for number, draft in enumerate(drafts):
        properties.title = draft.title
        if number:
            document.add_page_break()  # type: ignore[no-untyped-call]
        _write(document, draft)
    yield _same_every_time(document)


def _write(document: Document, draft: Draft) -> None:
    _run(document.add_paragraph(), "DRAFT", bold=True, colour="8A1C1C")
    document.add_heading(draft.title, 0)
    _run(document.add_paragraph(style="Intense Quote"), draft.notice)
    for section in draft.sections:
        document.add_heading(section.heading, section.level)
        for line in section.lines:
            _line(document, line)
    if draft.words:
        document.add_heading("Words of the record", 1)
    for words in draft.words:
        document.add_paragraph(f"[{words.number}] “{words.text}”{place(words)}")


def _line(document: Document, line: Line) -> None:
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(5)
    if line.kind == "criterion":
        paragraph.paragraph_format.left_indent = Pt(_INDENT * (1 + min(line.depth, 6)))
        _run(paragraph, f"{STATUSES[line.status]}. ", bold=True, colour=_COLOURS.get(line.status))
    elif line.label:
        _run(paragraph, f"{line.label} " if line.kind == "decision" else f"{line.label}: ", bold=True)
    for place_, sentence in enumerate(line.sentences):
        _run(paragraph, f"{' ' if place_ else ''}{sentence.text}", bold=line.kind == "decision" and not place_)
        for number in sentence.words:
            _run(paragraph, f" [{number}]", colour="5B6577")
    _run(paragraph, line.note, colour="5B6577")
    if line.kind == "blank":
        _run(paragraph, f" {BLANK}", colour="8A1C1C")


def _run(paragraph: Any, text: str, *, bold: bool = False, colour: str | None = None) -> None:
    from docx.shared import RGBColor

    if text:
        run = paragraph.add_run(text)
        run.bold = bold
        if colour:
            run.font.color.rgb = RGBColor.from_string(colour)


def _same_every_time(document: Document) -> bytes:
    """Return ``document`` as a file whose parts are in order and carry no time."""
    saved, told = io.BytesIO(), io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as parts, zipfile.ZipFile(told, "w") as file:
        # The types come first, as the standard for packages advises.
        for name in sorted(parts.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            part = zipfile.ZipInfo(name, _MOMENT)
            part.external_attr = 0o600 << 16
            file.writestr(part, parts.read(name), zipfile.ZIP_DEFLATED)
    return told.getvalue()
