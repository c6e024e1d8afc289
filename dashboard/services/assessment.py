"""Assessment: like beside like, with targets, gaps, last year and what chance would explain."""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from dashboard.access import Permission
from dashboard.i18n import t
from dashboard.services.naming import name_of, word
from dashboard.services.permitted import needs
from dashboard.services.records import records
from dashboard.services.zero import range_text, ratio_text
from geo.window import Window, year_before
from models.zero.comparison import ChangeKind, panel_rates, rate_change
from models.zero.funnel import rate_funnel, rate_limits
from models.zero.rates import three_zero
from models.zero.share import Share
from models.zero.targets import gap_to

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dashboard.services.standpoint import Standpoint
    from dashboard.services.world import World
    from dashboard.services.zero_board import ZeroBoard

__all__ = ["GROUPS", "AssessmentService"]

GROUPS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "village": ("village",),
        "community": ("community",),
        "places": ("village", "community"),
        "enterprise": ("enterprise",),
        "institution": ("institution",),
        "units": ("enterprise", "institution"),
        "all": ("village", "community", "enterprise", "institution"),
    }
)
"""The programme's classes, apart and combined, in its order."""
LINE_POINTS: Final = 60
"""Sizes a limit is drawn at."""


class AssessmentService:
    """Rates of the programme's classes against their targets and against last year."""

    def __init__(self, world: World, board: ZeroBoard) -> None:
        self._world = world
        self._board = board

    @needs(Permission.READ)
    def groups(self, window: Window, at: Standpoint, lang: str) -> list[dict[str, Any]]:
        """Give each group and stream: rate, bounds, target, gap and the change against last year.

        The change is told for all subjects of each year and for the constant panel, those
        registered in both; each names its kind and says whether chance explains it.
        """
        now = window.until(at.as_of) or window
        before = _a_year_before(now)
        status = self._board.status((now, before), **at.about)
        told: list[dict[str, Any]] = []
        for group, classes in GROUPS.items():
            mine = status[status["subject_class"].isin(classes)]
            if len(mine):
                rates = panel_rates(mine.assign(subject_class=group))
                target = at.rulebook.targets.get(group)
                told += _lines(rates, (now.label, before.label), group, target, lang)
        return told

    @needs(Permission.READ)
    def funnel(self, window: Window, at: Standpoint, lang: str, *, group: str) -> dict[str, Any]:
        """Give towns in the order of codes: broken among assessed, and what chance would allow.

        `points` has code, name, part, whole, lower, upper (99.8 %) and outside; `lines` the
        limits by size, `share` the whole group's. Nothing is put in an order of merit.
        """
        now = window.until(at.as_of) or window
        status = self._board.status((now,), **at.about)
        joined = three_zero(status[status["subject_class"].isin(GROUPS[group])])
        joined = joined[joined["status"] != "not_assessed"]
        areas = self._world.snapshot(at.known_at).areas
        town = areas["parent_code"].reindex(joined["area_code"]).to_numpy()
        broken = (joined["status"] == "broken").groupby(town).agg(["sum", "size"])
        if broken.empty:
            return {"points": [], "lines": [], "share": None}
        groups = pd.Series(group, index=broken.index)
        frame = rate_funnel(broken["sum"], broken["size"], groups)
        share = float(broken["sum"].sum() / broken["size"].sum())
        least, most = max(int(broken["size"].min()) // 2, 1), int(broken["size"].max())
        sizes = np.unique(np.linspace(least, most, LINE_POINTS).astype(np.int64))
        return {
            "points": _points(frame, name_of(areas, lang)),
            "lines": records(rate_limits(share, sizes).reset_index()),
            "share": share,
        }


def _a_year_before(window: Window) -> Window:
    """Give the same days of the year before."""
    last = window.end - timedelta(days=1)
    return Window(year_before(window.start), year_before(last) + timedelta(days=1))


def _lines(
    rates: pd.DataFrame, labels: tuple[str, str], group: str, target: float | None, lang: str
) -> list[dict[str, Any]]:
    """Word the rates of one group, a line per stream."""
    rows = {(r["window"], r["panel"], r["stream"]): r for r in records(rates)}
    streams = dict.fromkeys(str(stream) for stream in rates["stream"])
    now, before = labels
    told = []
    for stream in streams:
        row = rows.get((now, "all", stream))
        if row is None:
            continue
        share = _share(row)
        told.append(
            {
                "group": group,
                "group_label": _label(group, lang),
                "stream": stream,
                "stream_label": t(f"stream.{stream}", lang),
                "text": ratio_text(*share),
                "range_text": range_text(row, lang),
                "target": target,
                "gap_text": _gap(share, target, lang),
                "changes": {
                    panel: _change(
                        rows.get((now, panel, stream)), rows.get((before, panel, stream)), lang
                    )
                    for panel in ("all", "constant")
                },
            }
            | {name: int(row[name]) for name in ("zero", "assessed", "registered")}
        )
    return told


def _label(group: str, lang: str) -> str:
    return word("class", group, lang) if len(GROUPS[group]) == 1 else t(f"assess.{group}", lang)


def _share(row: Mapping[str, Any]) -> Share:
    return Share(int(row["zero"]), int(row["assessed"]))


def _gap(share: Share, target: float | None, lang: str) -> str:
    """Say how many more at zero would meet the target."""
    if target is None or not share.whole:
        return ""
    more = gap_to(target, share).more
    key = "assess.met" if more == 0 else "assess.more"
    return t(key, lang, n=more, target=f"{target:.0%}")


def _change(
    now: Mapping[str, Any] | None, before: Mapping[str, Any] | None, lang: str
) -> dict[str, Any]:
    """Word the change of a rate in points, or say that there is nothing to compare with."""
    if now is None or before is None or not int(now["assessed"]) or not int(before["assessed"]):
        none = t("assess.no_year", lang)
        return {"text": none, "figures": none, "chance": "", "more_than_chance": None}
    change = rate_change(_share(now), _share(before), kind=ChangeKind.RATE_PP)
    text, chance = change.printed(lang), change.chance.says(lang)
    return {
        "text": text,
        "figures": text.removesuffix(chance).rstrip("，, "),
        "chance": chance,
        "more_than_chance": change.chance.is_more_than_chance,
    }


def _points(frame: pd.DataFrame, names: pd.Series) -> list[dict[str, Any]]:
    return [
        {
            "code": str(code),
            "name": str(names.get(code, code)),
            "part": int(row["count"]),
            "whole": int(row["exposure"]),
            "lower": int(row["lower_99.8"]),
            "upper": int(row["upper_99.8"]),
            "outside": bool(row["outside_99.8"]),
        }
        for code, row in zip(frame.index, records(frame), strict=True)
    ]
