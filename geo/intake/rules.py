"""Row rules that need no place: keys, times, categories, casualties, deadlines, cameras."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.intake.casualties import accident_level, provisional_until
from geo.intake.personal import keep_out_personal_text
from geo.intake.spec import Kind
from geo.vocabulary import DiscoverySource

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from geo.intake.columns import Typed
    from geo.intake.faults import Mask, Verdicts
    from geo.intake.spec import EntitySpec

__all__ = ["Rows", "check_rows"]

PAST: Final = (
    "occurred_from", "occurred_to", "reported_at", "accepted_on", "closed_on", "found_on",
    "verified_on", "filed_on", "cleared_on", "requested_at", "forms_filled_at", "registered_at",
    "in_session_at", "ended_at", "inspected_on", "taken_at",
)  # fmt: skip
"""Fields that tell of what has happened; a due date may lie in the future."""

ONE_DAY: Final = pd.Timedelta(days=1)
END_OF_DAY: Final = pd.Timedelta(days=1, seconds=-1)
"""A date given as an end, or as the day of a report, means all of that day."""

FORBIDDEN_PLACES: Final = frozenset(
    {
        "guest_room", "private_dining_room", "dormitory", "staff_bedroom", "bathroom", "toilet",
        "changing_room", "dressing_room", "nursing_room", "ward", "other_private",
    }
)  # fmt: skip
"""Inside these no camera may stand (Decree 799, Art. 8: where people lodge, wash, change,
nurse, or are otherwise private)."""

RETENTION_DAYS: Final = 30
"""Footage must be kept at least so long (Decree 799, Art. 17)."""

CAMERA_ID: Final = r"\d{10}13[12]\d{7}"
"""GB/T 28181: centre 8, industry 2, type 3 (131, 132 on maps), network 1, serial 6."""


@dataclass(frozen=True)
class Rows:
    """The typed rows of a file and what is known about how to judge them."""

    typed: Typed
    spec: EntitySpec
    verdicts: Verdicts
    categories: tuple[str, ...]
    """What `category` may be; empty takes any."""
    now: datetime
    zone: ZoneInfo
    parts: Mask
    """Rows that belong to the record of an earlier row, whose key they may repeat."""

    @property
    def frame(self) -> pd.DataFrame:
        """Give the typed columns."""
        return self.typed.frame

    def keep_out(self, code: str, rows: Mask | pd.Series, column: str = "") -> None:
        """Keep rows out by a rule."""
        self.verdicts.keep_out(code, rows, column)


def check_rows(rows: Rows) -> None:
    """Apply every row rule that needs no place; results go to `rows.verdicts`."""
    check_keys(rows)
    check_future(rows)
    check_order(rows)
    keep_out_personal_text(rows.typed, rows.spec, rows.verdicts)
    check_categories(rows)
    remark_dates(rows)
    own: dict[str, Callable[[Rows], None]] = {
        "cases": remark_discovery,
        "accidents": check_accidents,
        "hazards": check_hazards,
        "inspections": check_inspections,
        "cameras": check_cameras,
        "petitions": check_exemptions,
        "areas": forget_impossible_population,
        "lineage": check_shares,
    }
    if rows.spec.name in own:
        own[rows.spec.name](rows)


def check_keys(rows: Rows) -> None:
    """Q01: the key is missing, or an earlier row of the file already used it.

    A row that states a record and one that takes it back may share their key.
    """
    if rows.spec.key not in rows.typed.fed:
        return
    key = rows.frame[rows.spec.key]
    again = key.duplicated()
    if rows.verdicts.spared.any():
        used = pd.DataFrame({"key": key, "back": rows.verdicts.spared}, index=key.index)
        again = used.duplicated()
    again &= ~rows.parts
    rows.keep_out("Q01", key.isna() | again, rows.spec.key)


def check_future(rows: Rows) -> None:
    """Q04: something that has happened lies after now."""
    now = pd.Timestamp(rows.now)
    today = now.tz_convert(rows.zone).tz_localize(None).normalize()
    for name in PAST:
        if name not in rows.typed.fed or name not in rows.frame:
            continue
        bound = now if rows.spec.field(name).kind is Kind.TIME else today
        rows.keep_out("Q04", rows.frame[name] > bound, name)


def check_order(rows: Rows) -> None:
    """Q05: what must come first comes later; a bare date counts to the end of its day."""
    for first, then in rows.spec.order:
        later = rows.frame[then]
        if then in rows.typed.date_only:
            later = later.mask(rows.typed.date_only[then], later + ONE_DAY)
        rows.keep_out("Q05", rows.frame[first] > later, then)


def check_categories(rows: Rows) -> None:
    """Q09: a category the recipe does not list, where it lists any."""
    if rows.categories:
        known = rows.frame["category"].isin(list(rows.categories))
        rows.keep_out("Q09", ~known, "category")


def remark_dates(rows: Rows) -> None:
    """W02: only the date is known; what ends on a date ends with its day."""
    if "time_precision" not in rows.frame:
        return
    bare = rows.typed.date_only.get("occurred_from", np.zeros(len(rows.frame), dtype=bool))
    rows.verdicts.remark("W02", bare)
    written = pd.Series(np.where(bare, "day", "minute"), index=rows.frame.index, dtype="str")
    rows.frame["time_precision"] = rows.frame["time_precision"].fillna(written)
    for name in ("occurred_to", "reported_at"):
        if not rows.typed.date_only[name].any():
            continue
        end = rows.frame[name] + END_OF_DAY
        end = end.mask(end > pd.Timestamp(rows.now), pd.Timestamp(rows.now))
        rows.frame[name] = rows.frame[name].mask(rows.typed.date_only[name], end)


def remark_discovery(rows: Rows) -> None:
    """W11: nobody says how it was discovered."""
    unknown = rows.frame["discovery_source"] == DiscoverySource.UNKNOWN
    rows.verdicts.remark("W11", unknown)


def check_accidents(rows: Rows) -> None:
    """Q10, and the level and the casualty window that follow from the casualties (W08)."""
    remark_discovery(rows)
    frame = rows.frame
    for name in ("deaths", "serious_injuries"):
        count = frame[name]
        rows.keep_out("Q10", (count < 0) | (count != count.round()) & count.notna(), name)
    rows.keep_out("Q10", frame["direct_loss_cny"] < 0, "direct_loss_cny")
    derived = accident_level(frame["deaths"], frame["serious_injuries"], frame["direct_loss_cny"])
    differs = frame["level"].notna() & derived.notna() & (frame["level"] != derived)
    rows.keep_out("Q10", differs, "level")
    frame["level"] = frame["level"].fillna(derived)
    window = provisional_until(frame["occurred_from"], frame["accident_kind"], zone=rows.zone)
    frame["provisional_until"] = frame["provisional_until"].fillna(window)
    today = pd.Timestamp(rows.now).tz_convert(rows.zone).tz_localize(None).normalize()
    rows.verdicts.remark("W08", frame["provisional_until"] >= today)


def check_hazards(rows: Rows) -> None:
    """Q13: a deadline without a date; Q20: neither unit nor area."""
    frame = rows.frame
    rows.keep_out("Q13", (frame["mode"] == "deadline") & frame["due_on"].isna(), "due_on")
    rows.keep_out("Q20", frame["unit_id"].isna() & frame["area_code"].isna(), "area_code")


def check_inspections(rows: Rows) -> None:
    """Q20: neither unit nor area; Q09: a number of hazards that cannot be."""
    frame = rows.frame
    rows.keep_out("Q20", frame["unit_id"].isna() & frame["area_code"].isna(), "area_code")
    found = frame["hazards_found"]
    rows.keep_out("Q09", (found < 0) | (found != found.round()) & found.notna(), "hazards_found")


def check_exemptions(rows: Rows) -> None:
    """Q17: what only a higher authority can solve, without reason, proposer, other approver."""
    frame = rows.frame
    proposer, approver = (
        frame[name].str.casefold() for name in ("exemption_proposer", "exemption_approver")
    )
    unfounded = frame["exemption_reason"].isna() | proposer.isna() | approver.isna()
    exempt = frame["requires_higher_authority"].fillna(value=False).astype(bool)
    rows.keep_out("Q17", exempt & (unfounded | (proposer == approver)), "exemption_approver")


def forget_impossible_population(rows: Rows) -> None:
    """Take a negative population as unknown: nobody counts so."""
    population = rows.frame["population"]
    rows.frame["population"] = population.mask(population < 0)


def check_shares(rows: Rows) -> None:
    """Q09: a share of an area that is no part of 1."""
    share = rows.frame["share"]
    rows.keep_out("Q09", (share < 0) | (share > 1), "share")


def check_cameras(rows: Rows) -> None:
    """Q16 and Q15, Q14, and what the register should put right (W06)."""
    frame = rows.frame
    rows.keep_out("Q16", frame["is_classified"].fillna(value=False).astype(bool), "is_classified")
    rows.keep_out("Q15", frame["place_kind"].str.lower().isin(FORBIDDEN_PLACES), "place_kind")
    check_views(rows)
    remark_duties(rows)


def remark_duties(rows: Rows) -> None:
    """W06: not filed, no sign, or footage kept for fewer than 30 days.

    Unknown is no fault, with one exception: a register that has a column for the day of filing
    says by a blank that a camera is not filed.
    """
    frame = rows.frame
    unfiled = frame["filed_on"].isna() & ("filed_on" in rows.typed.fed)
    no_sign = (~frame["signage"]).fillna(value=False).astype(bool)
    rows.verdicts.remark("W06", unfiled | no_sign | (frame["retention_days"] < RETENTION_DAYS))


def check_views(rows: Rows) -> None:
    """Q14: a national id of the wrong form or type, an impossible direction, angle or range."""
    frame = rows.frame
    key = frame["camera_id"]
    national = key.str.fullmatch(r"\d{18,}", na=False)
    rows.keep_out("Q14", national & ~key.str.fullmatch(CAMERA_ID, na=False), "camera_id")
    azimuth, angle = frame["azimuth_deg"], frame["fov_deg"]
    rows.keep_out("Q14", (azimuth < 0) | (azimuth > 360), "azimuth_deg")  # noqa: PLR2004
    rows.keep_out("Q14", (angle <= 0) | (angle > 360), "fov_deg")  # noqa: PLR2004
    rows.keep_out("Q14", frame["range_m"] <= 0, "range_m")
    rows.keep_out("Q14", frame["retention_days"] < 0, "retention_days")
