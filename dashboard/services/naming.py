"""Names of places, categories and moments as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from dashboard.i18n import has, t

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

__all__ = ["age_text", "category_name", "moment_text", "name_of", "place_name", "word"]


def name_of(areas: pd.DataFrame, lang: str) -> pd.Series:
    """Give the areas' names in a language; the own name where there is no other."""
    if lang == "zh":
        return areas["name"].fillna("")
    return areas["name_en"].fillna(areas["name"]).fillna("")


def place_name(areas: pd.DataFrame, code: object, lang: str) -> str:
    """Name one area; its code where it is not known."""
    if not isinstance(code, str) or code not in areas.index:
        return str(code) if isinstance(code, str) else t("place.unknown", lang)
    return str(name_of(areas.loc[[code]], lang).iloc[0])


def category_name(category: object, lang: str) -> str:
    """Name a category; a foreign system's own word where the project has none."""
    return word("category", category, lang)


def word(group: str, value: object, lang: str) -> str:
    """Word one value of a closed set; the value itself where the project has no word."""
    if not isinstance(value, str):
        return t("value.unknown", lang)
    key = f"{group}.{value}"
    return t(key, lang) if has(key, lang) else value.replace("_", " ").capitalize()


def moment_text(moment: datetime | None, zone: ZoneInfo) -> str:
    """Write a moment in the store's local time, to the minute; a dash where missing."""
    if moment is None or pd.isna(moment):
        return "–"
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def age_text(seconds: float, lang: str) -> str:
    """Word an age in the largest unit that fits.

    >>> age_text(7260, "en")
    '2 h'
    """
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= length:
            return t(f"age.{unit}", lang, n=int(seconds // length))
    return t("age.now", lang)
