"""Which reports were expected of a month, which came, and which came in time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from dashboard.services.records import records
from dashboard.services.zero_board import STREAMS

if TYPE_CHECKING:
    from datetime import date

    from dashboard.services.bulletin.asking import Asked

__all__ = ["completeness", "due_day"]


def completeness(
    own: pd.DataFrame, towns: pd.Series, timely: pd.DataFrame, asked: Asked
) -> dict[str, Any]:
    """Count expected, received and timely monthly reports by township and stream.

    A report is expected of every subject in the register, per stream, once the month is over;
    `timely` are the statuses known when the due day was past. `state` says why there are no
    rows: `assumed` (the rules expect no reports) or `running` (the month is not over).
    """
    due = due_day(asked)
    if asked.rulebook.is_assumed:
        return {"state": "assumed", "due": "", "rows": []}
    if asked.window.end > asked.as_of:
        return {"state": "running", "due": due.isoformat(), "rows": []}
    came = (own["coverage"] >= 1).to_numpy()
    counted = pd.DataFrame(
        {
            "town": towns.to_numpy(),
            "stream": own["stream"].to_numpy(),
            "expected": 1,
            "received": came.astype(int),
            "on_time": (came & _marked(own, timely)).astype(int),
        }
    )
    summed = counted.groupby(["town", "stream"], as_index=False).sum()
    summed = summed.assign(missing=summed["expected"] - summed["received"])
    order = summed["stream"].map({stream: n for n, stream in enumerate(STREAMS)})
    ordered = summed.assign(order=order).sort_values(["town", "order"]).drop(columns="order")
    rows = [{**row, **_whole(row)} for row in records(ordered)]
    return {"state": "", "due": due.isoformat(), "rows": rows}


def due_day(asked: Asked) -> date:
    """Give the last day a report of the month may come in."""
    return asked.window.end + timedelta(days=asked.rulebook.report_due_days - 1)


def _marked(own: pd.DataFrame, timely: pd.DataFrame) -> Any:
    keys = ["subject_id", "stream"]
    came = timely.set_index(keys)["coverage"] >= 1
    wanted = pd.MultiIndex.from_frame(own[keys])
    return came.reindex(wanted).fillna(value=False).astype(bool).to_numpy()


def _whole(row: dict[str, Any]) -> dict[str, int]:
    return {name: int(row[name]) for name in ("expected", "received", "on_time", "missing")}
