"""Makes small PDFs, sound and hostile ones, for the tests: none is kept as a file."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence

from pypdf import PdfReader, PdfWriter

__all__ = ["encrypted", "made", "page_stream", "written"]

_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def page_stream(lines: Sequence[str]) -> bytes:
    """Return the content of a page that shows ``lines`` below each other."""
    shown = "".join(
        "({}) Tj T*\n".format(line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")) for line in lines
    )
    return f"BT /F1 10 Tf 12 TL 40 800 Td\n{shown}ET".encode("latin-1")


def written(objects: Sequence[bytes]) -> bytes:
    """Return a PDF of ``objects``, numbered from 1; the first is the catalogue."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def made(pages: Sequence[Sequence[str] | bytes], *, filters: int = 1, resources: bytes = b"") -> bytes:
    """Return a PDF with these pages, given as lines or as page content that is compressed ``filters`` times already."""
    number = len(pages)
    kids = b" ".join(b"%d 0 R" % (4 + 2 * place) for place in range(number))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [ %s ] >>" % (number, kids),
        _FONT,
    ]
    for place, page in enumerate(pages):
        content = page if isinstance(page, bytes) else zlib.compress(page_stream(page))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> %s >> >>" % (5 + 2 * place, resources)
        )
        objects.append(
            b"<< /Length %d /Filter [ %s ] >>\nstream\n%s\nendstream"
            % (len(content), b"/FlateDecode " * filters, content)
        )
    return written(objects)


def encrypted(content: bytes, *, password: str) -> bytes:
    """Return ``content`` encrypted by AES, to be opened with ``password``."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    writer.encrypt(user_password=password, owner_password="of the owner", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
