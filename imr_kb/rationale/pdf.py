"""Write drafts as PDF, with the same bytes for the same drafts."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any, Final

from imr_kb.rationale import needed
from imr_kb.rationale.document import Draft, Line, Sentence
from imr_kb.rationale.text import BLANK, STATUSES, place

__all__ = ["as_pdf"]

_FONTS: Final = {"Draft": "Vera.ttf", "Draft-Bold": "VeraBd.ttf"}
_MARGIN: Final = 60
_INDENT: Final = 16
_INK: Final = "#1d2433"
_QUIET: Final = "#5b6577"
_MARK: Final = "#8a1c1c"
_COLOURS: Final = {
    "met": "#1e6b3a",
    "not-met": "#9b1c1c",
    "not-documented": "#8a5a00",
    "conflicting": "#8a5a00",
    "not-known": "#8a5a00",
}


def as_pdf(drafts: Iterable[Draft]) -> Iterator[bytes]:
    """Yield the document; a character that its font lacks is written as its code, such as ``[U+4E2D]``.

    Raises:
        ImrError: LT001 where ReportLab is not installed.
    """
    needed("reportlab")
    from reportlab.platypus import PageBreak, SimpleDocTemplate

    pages = _Pages()
    story: list[Any] = []
    told = list(drafts)
    for number, draft in enumerate(told, 1):
        story += [PageBreak()] if number > 1 else []
        story += pages.draft(draft, f"letter-{number}")
    file = io.BytesIO()
    # Invariant: ReportLab writes neither the time nor an identifier that is drawn by chance.
    document = SimpleDocTemplate(
        file,
        invariant=1,
        title=told[0].title if told else "",
        author="",
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
        lang="en-US",
    )
    document.build(story, onFirstPage=pages.footer, onLaterPages=pages.footer)
    yield file.getvalue()


class _Pages:
    """Makes the paragraphs of a document in one set of fonts and styles."""

    def __init__(self) -> None:
        from reportlab.lib.colors import HexColor
        from reportlab.lib.styles import ParagraphStyle
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.ttfonts import TTFont

        fonts = [TTFont(name, file) for name, file in _FONTS.items()]
        for font in fonts:
            pdfmetrics.registerFont(font)
        pdfmetrics.registerFontFamily(
            "Draft", normal="Draft", bold="Draft-Bold", italic="Draft", boldItalic="Draft-Bold"
        )
        self._shapes = set.intersection(*(set(font.face.charToGlyph) for font in fonts))
        body = ParagraphStyle("body", fontName="Draft", fontSize=9, leading=13, spaceAfter=5, textColor=HexColor(_INK))
        bold = ParagraphStyle("bold", body, fontName="Draft-Bold", keepWithNext=1)
        self._body = body
        self._styles = {
            0: ParagraphStyle("title", bold, fontSize=16, leading=20, spaceAfter=8),
            1: ParagraphStyle("section", bold, fontSize=11.5, leading=15, spaceBefore=14, spaceAfter=6),
            2: ParagraphStyle("item", bold, fontSize=9.8, leading=13.5, spaceBefore=11, spaceAfter=4),
            3: ParagraphStyle(
                "part", bold, fontSize=8.6, leading=12, spaceBefore=6, spaceAfter=3, textColor=HexColor(_QUIET)
            ),
        }
        self._notice = ParagraphStyle(
            "notice", body, borderColor=HexColor(_MARK), borderWidth=1, borderPadding=6, spaceBefore=4, spaceAfter=14
        )

    def draft(self, draft: Draft, name: str) -> Iterator[Any]:
        """Yield the parts of one draft; ``name`` tells its links from those of others."""
        yield self._made(f"<font color='{_MARK}'>DRAFT</font>", self._styles[3])
        yield self._made(self._safe(draft.title), self._styles[0])
        yield self._made(self._safe(draft.notice), self._notice)
        for section in draft.sections:
            yield self._made(self._safe(section.heading), self._styles[section.level])
            for line in section.lines:
                yield self._line(line, name)
        if draft.words:
            yield self._made("Words of the record", self._styles[1])
        for words in draft.words:
            anchor = f"<a name='{name}-words-{words.number}'/>[{words.number}] "
            yield self._made(anchor + self._safe(f"“{words.text}”{place(words)}"), self._body)

    def _line(self, line: Line, name: str) -> Any:
        from reportlab.lib.styles import ParagraphStyle

        sentences = [self._sentence(sentence, name) for sentence in line.sentences]
        if line.kind == "decision":
            sentences[0] = f"<b>{sentences[0]}</b>"
        told = " ".join(sentences)
        style = self._body
        if line.kind == "criterion":
            style = ParagraphStyle("criterion", style, leftIndent=_INDENT * (1 + min(line.depth, 6)))
            colour = _COLOURS.get(line.status, _QUIET)
            lead = f"<font name='Draft-Bold' color='{colour}'>{STATUSES[line.status]}.</font>"
        elif line.label:
            lead = f"<b>{self._safe(line.label)}{'' if line.kind == 'decision' else ':'}</b>"
        else:
            lead = ""
        note = f"<font color='{_QUIET}'>{self._safe(line.note)}</font>" if line.note else ""
        blank = f"<font color='{_MARK}'>{BLANK}</font>" if line.kind == "blank" else ""
        return self._made(" ".join(part for part in (lead, told, note, blank) if part), style)

    def _sentence(self, sentence: Sentence, name: str) -> str:
        links = "".join(
            f" <a href='#{name}-words-{number}' color='{_QUIET}'>[{number}]</a>" for number in sentence.words
        )
        return self._safe(sentence.text) + links

    def _safe(self, text: str) -> str:
        """Return ``text`` without markup and without characters that the font has no shape for."""
        return escape(
            "".join(character if ord(character) in self._shapes else f"[U+{ord(character):04X}]" for character in text)
        )

    def _made(self, markup: str, style: Any) -> Any:
        from reportlab.platypus import Paragraph

        return Paragraph(markup, style)

    def footer(self, canvas: Any, document: Any) -> None:
        """Write the number of the page, and that it is a draft."""
        canvas.saveState()
        canvas.setFont("Draft", 7.5)
        canvas.setFillColor(_QUIET)
        canvas.drawString(_MARGIN, 34, "Draft, not a determination: for a clinician to review and sign")
        canvas.drawRightString(document.pagesize[0] - _MARGIN, 34, f"Page {document.page}")
        canvas.restoreState()
