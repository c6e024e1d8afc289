"""Reports and previews as plain values and files, the same for a page, a job and a command."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geo.intake import ImportReport, Preview

__all__ = ["plain_preview", "quarantine_csv"]


def quarantine_csv(report: ImportReport) -> bytes:
    """Write the rows kept out as CSV that a spreadsheet opens with its Chinese intact."""
    text: str = report.quarantine.to_csv(index=False)
    return text.encode("utf-8-sig")


def plain_preview(preview: Preview) -> dict[str, Any]:
    """Give a preview as JSON takes it: `report`, `columns`, `fields` and `rows` of texts."""
    rows = preview.rows
    return {
        "report": preview.report.to_dict(),
        "columns": [asdict(column) for column in preview.columns],
        "fields": [] if rows is None else [str(name) for name in rows.columns],
        "rows": [] if rows is None else rows.to_numpy().tolist(),
    }
