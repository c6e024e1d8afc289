"""The Zero status page: statuses, rates with their bounds, and files to sign."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from dashboard.access import Permission
from dashboard.i18n import t
from dashboard.services.naming import moment_text, name_of, word
from dashboard.services.permitted import needs
from dashboard.services.records import records
from dashboard.services.situation import streak_texts
from dashboard.services.standpoint import Standpoint
from dashboard.services.tables import table_file
from dashboard.services.zero_board import STREAMS
from geo.window import Window, parse_window, year_before
from models.zero.rates import print_ratio

if TYPE_CHECKING:
    from dashboard.services.world import World
    from dashboard.services.zero_board import ZeroBoard
    from models.zero.rulebook import Rulebook

__all__ = ["WINDOWS", "ZeroService"]

WINDOWS: Final = ("month", "quarter", "year", "last12")
ALL_STREAMS: Final = (*STREAMS, "three_zero")


class ZeroService:
    """Tables of statuses and rates for one window."""

    def __init__(self, world: World, board: ZeroBoard) -> None:
        self._world = world
        self._board = board

    @needs(Permission.READ)
    def windows(self, lang: str) -> list[dict[str, str]]:
        """List the windows a page offers."""
        return [{"value": name, "label": t(f"window.{name}", lang)} for name in WINDOWS]

    @needs(Permission.READ)
    def window(self, name: str, *, as_of: date | None = None) -> Window:
        """Give the window of a name or of `START..END`."""
        day = as_of or self._world.as_of
        if name == "last12":
            return Window(year_before(day) + timedelta(days=1), day + timedelta(days=1))
        return parse_window(name, as_of=day)

    @needs(Permission.READ)
    def standpoint(self, *, as_of: str = "", known_at: str = "", rulebook: str = "") -> Standpoint:
        """Read from where a page is to look; what is empty is the present."""
        return Standpoint.of(self._world, as_of=as_of, known_at=known_at, rulebook=rulebook)

    @needs(Permission.READ)
    def rates(
        self, window: str, lang: str, *, at: Standpoint | None = None
    ) -> list[dict[str, Any]]:
        """Give the rates by class and stream, printed with n/N, bounds and target."""
        here = at or self.standpoint()
        table = self._board.rates((self.window(window, as_of=here.as_of),), **here.about)
        return [_rate(row, here.rulebook, lang) for row in records(table)]

    @needs(Permission.READ)
    def rows(
        self, by: str, window: str, lang: str, *, at: Standpoint | None = None
    ) -> list[dict[str, Any]]:
        """List statuses by area or by subject, in the order of their codes."""
        here = at or self.standpoint()
        frame = self._wide(by, window, here)
        snapshot = self._world.snapshot(here.known_at)
        areas = snapshot.areas
        units = snapshot.units["name"]
        own = name_of(areas, lang).reindex(frame.index)
        frame["name"] = own.fillna(units.reindex(frame.index)).fillna("")
        parents = areas["parent_code"].reindex(frame["area_code"])
        containing = pd.Series(
            [
                area if unit else parent
                for area, unit, parent in zip(
                    frame["area_code"], frame["unit_id"].notna(), parents, strict=True
                )
            ],
            index=frame.index,
        )
        frame["parent"] = name_of(areas, lang).reindex(containing).fillna("").to_numpy()
        frame["class_label"] = [word("class", c, lang) for c in frame["class"]]
        for stream in STREAMS:
            frame[f"{stream}_word"] = [t(f"status.{s}", lang) for s in frame[stream]]
        return records(frame.drop(columns=["unit_id"]))

    @needs(Permission.READ)
    def caption(self, window: str, lang: str, *, at: Standpoint | None = None) -> str:
        """Say what the figures rest on: rulebook, window, as of, known at, coverage."""
        here = at or self.standpoint()
        asked = self.window(window, as_of=here.as_of)
        snapshot = self._world.snapshot(here.known_at)
        text = t(
            "zero.caption",
            lang,
            rulebook=here.rulebook.id,
            says=here.rulebook.says(lang),
            window=asked.label,
            as_of=here.as_of,
            known_at=moment_text(here.known_at or self._world.now, snapshot.time_zone),
        )
        text += t("zero.reconstructed", lang) if snapshot.reconstructed else ""
        warning = here.rulebook.warns((asked,), lang)
        return f"{text} {warning}".rstrip()

    @needs(Permission.EXPORT)
    def export(
        self, fmt: str, by: str, window: str, lang: str, *, at: Standpoint | None = None
    ) -> tuple[str, str, bytes]:
        """Give the table as a file: name, type and bytes. `fmt` is csv or xlsx."""
        here = at or self.standpoint()
        rows = self.rows(by, window, lang, at=here)
        caption = self.caption(window, lang, at=here)
        label = self.window(window, as_of=here.as_of).label
        stem = f"zero_status_{label}"
        table: list[list[object]] = [
            [t(f"zero.column.{c}", lang) for c in _EXPORTED],
            *(_cells(row) for row in rows),
        ]
        return table_file(fmt, stem, caption, table, sheet=t("zero.sheet", lang))

    def _wide(self, by: str, window: str, at: Standpoint) -> pd.DataFrame:
        asked = self.window(window, as_of=at.as_of)
        status = (
            self._board.area_status(asked, **at.about)
            if by == "area"
            else self._board.status((asked,), **at.about)
        )
        first = status.drop_duplicates("subject_id").set_index("subject_id")
        frame = first[["subject_class", "area_code", "unit_id"]].rename(
            columns={"subject_class": "class"}
        )
        frame["class"] = frame["class"].astype(str)
        frame.insert(0, "code", frame.index)
        for stream in STREAMS:
            own = status[status["stream"] == stream].set_index("subject_id")
            frame[stream] = own["status"].astype(str).reindex(frame.index)
            frame[f"breaking_{stream}"] = own["breaking"].reindex(frame.index).astype(int)
            days = self._board.streaks_of(stream, **at.about).reindex(frame.index)
            frame[f"streak_{stream}"] = streak_texts(days)
        return frame.sort_index()


_EXPORTED: Final = (
    "code",
    "name",
    "class_label",
    "parent",
    *(f"{stream}_word" for stream in STREAMS),
    *(f"breaking_{stream}" for stream in STREAMS),
    *(f"streak_{stream}" for stream in STREAMS),
)


def _rate(row: dict[str, Any], book: Rulebook, lang: str) -> dict[str, Any]:
    group = str(row["subject_class"])
    zero, assessed = int(row["zero"]), int(row["assessed"])
    target = book.targets.get(group)
    rate = None if pd.isna(row["rate"]) else float(row["rate"])
    return {
        "class": group,
        "class_label": word("class", group, lang),
        "stream": str(row["stream"]),
        "stream_label": t(f"stream.{row['stream']}", lang),
        "text": ratio_text(zero, assessed),
        "bounds_text": bounds_text(row, lang),
        "range_text": range_text(row, lang),
        "rate": rate,
        "target": target,
        "met": None if rate is None or target is None else rate >= target,
        "target_text": "" if target is None else t("zero.target", lang, target=f"{target:.0%}"),
    } | {k: int(row[k]) for k in ("zero", "assessed", "registered", "pending", "not_assessed")}


def ratio_text(zero: int, assessed: int) -> str:
    """Print `99.98 % (4418/4419)`; a dash where nothing was assessed."""
    return f"{print_ratio(zero, assessed)} ({zero}/{assessed})" if assessed else "– (0/0)"


def bounds_text(row: dict[str, Any], lang: str) -> str:
    """Say between which bounds the rate lies, and why."""
    return _between("zero.bounds", row, lang)


def range_text(row: dict[str, Any], lang: str) -> str:
    """Say between which bounds the rate lies, where the counts stand beside it."""
    return _between("zero_page.range", row, lang)


def _between(key: str, row: dict[str, Any], lang: str) -> str:
    registered = int(row["registered"])
    if not registered:
        return ""
    zero, missing = int(row["zero"]), int(row["not_assessed"])
    open_count = missing + int(row["pending"])
    if not open_count:
        return t("zero.complete", lang)
    return t(
        key,
        lang,
        missing=missing,
        pending=int(row["pending"]),
        registered=registered,
        lower=print_ratio(zero, registered, decimals=1),
        upper=print_ratio(zero + open_count, registered, decimals=1),
    )


def _cells(row: dict[str, Any]) -> list[object]:
    return [row[column] for column in _EXPORTED]
