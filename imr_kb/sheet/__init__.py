"""Review sheets: what was read from a letter as a table that a person corrects, and the way back to a case."""

from __future__ import annotations

from imr_kb.sheet.apply import Reviewed, reviewed_case
from imr_kb.sheet.write import as_sheet

__all__ = ["Reviewed", "as_sheet", "reviewed_case"]
