"""Why a place is flagged, in one sentence and two languages."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PlaceFacts", "why"]


@dataclass(frozen=True)
class PlaceFacts:
    """What the sentence is made of; None where it cannot be told."""

    n_365: int
    n_28: int
    n_all: int
    across_m: float
    category: str | None
    share_top_category: float
    peak_days: str | None
    peak_hours: str | None


MOSTLY = 0.5
"""Share from which one category is called the main one."""

FEW = 20
"""Incidents. Of fewer the category's count is said, not its percentage."""


def why(facts: PlaceFacts, language: str = "en") -> str:
    """Say why, with the counts that can be checked.

    >>> facts = PlaceFacts(41, 6, 90, 300.0, "theft", 0.62, "Fri–Sat", "20–23")
    >>> counts, reasons = why(facts).split("; ")
    >>> counts
    '41 incidents in 12 months within 300 m, 6 of them in the last 28 days'
    >>> reasons
    'mostly theft (62 %), Fri–Sat 20–23 h.'
    """
    if language == "zh":
        parts = [_counts_zh(facts), _category_zh(facts) + _when_zh(facts)]
        return "；".join(part for part in parts if part) + "。"
    parts = [_counts_en(facts), ", ".join(p for p in (_category_en(facts), _when_en(facts)) if p)]
    return "; ".join(part for part in parts if part) + "."


def _counts_en(facts: PlaceFacts) -> str:
    where = f"within {facts.across_m:.0f} m"
    if not facts.n_365:
        return f"No incident in 12 months {where}; {_elsewhere_en(facts)}"
    noun = "incident" if facts.n_365 == 1 else "incidents"
    recent = f"{facts.n_28:,} of them" if facts.n_28 else "none of them"
    return f"{facts.n_365:,} {noun} in 12 months {where}, {recent} in the last 28 days"


def _counts_zh(facts: PlaceFacts) -> str:
    where = f"近 12 个月 {facts.across_m:.0f} 米范围内"
    if not facts.n_365:
        return f"{where}无发案；{_elsewhere_zh(facts)}"
    recent = f"近 28 天 {facts.n_28:,} 起" if facts.n_28 else "近 28 天无"
    return f"{where} {facts.n_365:,} 起，其中{recent}"


def _elsewhere_en(facts: PlaceFacts) -> str:
    if facts.n_all:
        return f"{facts.n_all:,} in earlier years"
    return "flagged because of incidents around it"


def _elsewhere_zh(facts: PlaceFacts) -> str:
    return f"往年 {facts.n_all:,} 起" if facts.n_all else "因周边发案而标出"


def _category_en(facts: PlaceFacts) -> str:
    if facts.category is None:
        return ""
    word = "mostly" if facts.share_top_category >= MOSTLY else "most often"
    n = round(facts.share_top_category * facts.n_365)
    share = f"{100 * facts.share_top_category:.0f} %"
    return f"{word} {facts.category} ({f'{n} of {facts.n_365}' if facts.n_365 < FEW else share})"


def _category_zh(facts: PlaceFacts) -> str:
    if facts.category is None:
        return ""
    n = round(facts.share_top_category * facts.n_365)
    share = f"（{100 * facts.share_top_category:.0f}%）"
    if facts.n_365 < FEW:
        share = f"（{facts.n_365} 起中 {n} 起）"
    if facts.share_top_category >= MOSTLY:
        return f"以{facts.category}为主{share}"
    return f"最多的是{facts.category}{share}"


def _when_en(facts: PlaceFacts) -> str:
    hours = f"{facts.peak_hours} h" if facts.peak_hours else ""
    return " ".join(part for part in (facts.peak_days or "", hours) if part)


def _when_zh(facts: PlaceFacts) -> str:
    hours = f"{facts.peak_hours} 时" if facts.peak_hours else ""
    when = " ".join(part for part in (facts.peak_days or "", hours) if part)
    if not when:
        return ""
    return f"，多在{when}" if facts.category is not None else f"多在{when}"
