"""Reports and previews as plain values and files, the same for a page, a job and a command."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from geo.intake.quarantine import COLUMNS

if TYPE_CHECKING:
    from geo.intake import ImportReport, Preview

__all__ = ["plain_preview", "quarantine_csv"]

SET_ASIDE_SHOWN: Final = 10


def quarantine_csv(report: ImportReport) -> bytes:
    """Write the rows kept out as CSV that a spreadsheet opens with its Chinese intact."""
    text: str = report.quarantine.to_csv(index=False)
    return text.encode("utf-8-sig")


def plain_preview(preview: Preview) -> dict[str, Any]:
    """Give a preview as JSON takes it; `fields` name the texts of each of the `rows`."""
    rows = preview.rows
    return {
        "report": preview.report.to_dict(),
        "columns": [asdict(column) for column in preview.columns],
        "fields": [] if rows is None else [str(name) for name in rows.columns],
        "rows": [] if rows is None else rows.to_numpy().tolist(),
        "set_aside": _set_aside(preview.report),
    }


def _set_aside(report: ImportReport) -> list[dict[str, Any]]:
    """Give the first rows kept out: their number, rule, field and what stood in the file."""
    rows = report.quarantine.iloc[:SET_ASIDE_SHOWN]
    head = rows[["row", "code", "column"]].astype(object)
    body = rows.drop(columns=[*COLUMNS]).astype("str").fillna("")
    said = [" · ".join(filter(None, row)) for row in body.to_numpy().tolist()]
    keys = ("row", "code", "field", "said")
    lines = zip(*(head[name].tolist() for name in head), said, strict=True)
    return [dict(zip(keys, line, strict=True)) for line in lines]
