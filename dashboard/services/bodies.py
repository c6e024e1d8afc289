"""Who reports, named as posts: a village office, a department, an owner of a stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from dashboard.i18n import has, t
from dashboard.services.naming import name_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.store import Snapshot

__all__ = ["body_namer", "towns_of_bodies"]


def body_namer(snapshot: Snapshot, lang: str) -> Callable[[str], str]:
    """Give a function that names a body as a post; never a person.

    `office:CODE` is an area's office, `dept:CODE:sector` a department in an area; another body
    is named as it is written.
    """
    names = name_of(snapshot.areas, lang).to_dict()

    def named(body: str) -> str:
        kind, _, rest = body.partition(":")
        code, _, sector = rest.partition(":")
        place = names.get(code)
        if place is None:
            return str(names.get(body, body))
        if kind == "office":
            return t("body.office", lang, place=place)
        told = t(f"body.sector.{sector}", lang) if has(f"body.sector.{sector}", lang) else sector
        return t("body.department", lang, place=place, sector=told)

    return named


def towns_of_bodies(snapshot: Snapshot, subjects: pd.DataFrame) -> pd.Series:
    """Give the code of the area above each body's subjects; missing where they lie in several.

    Indexed by body; a subject without a body reports for itself.
    """
    above = snapshot.areas["parent_code"]
    leaves = ~snapshot.areas.index.isin(above.dropna().unique())
    lifted = above.where(leaves, snapshot.areas.index.to_series())
    towns = pd.DataFrame(
        {
            "body": subjects["body"].fillna(subjects.index.to_series()).to_numpy(),
            "town": lifted.reindex(subjects["area_code"]).to_numpy(),
        }
    )
    told = towns.dropna().drop_duplicates()
    several = told["body"].duplicated(keep=False)
    return told[~several].set_index("body")["town"]
