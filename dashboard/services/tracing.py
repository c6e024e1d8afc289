"""The history of one matter: what happened when, when it was recorded, since when it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from dashboard.i18n import t
from dashboard.services.naming import moment_text, word
from geo.process import POSTS, process_named

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from dashboard.services.world import World
    from geo.vocabulary import Entity

__all__ = ["matter_history", "post_name", "process_note", "step_name"]

UNTOLD: Final = frozenset(
    {"subject_id", "exemption_proposer", "exemption_approver", "exemption_reason"}
)
"""What a history leaves out: accounts belong to the audit log, free text to the file."""

WORDED: Final = {
    "topic": "topic",
    "channel": "channel",
    "outcome": "outcome",
    "severity": "severity",
    "mode": "mode",
    "category": "hazard_kind",
    "remit_level": "level",
}
"""Fields whose values are words of a closed set, and the group their texts stand in."""


def matter_history(world: World, entity: Entity, key: str, lang: str) -> list[dict[str, Any]]:
    """Give what the ledger learned of a matter, oldest first: what, happened, recorded, known.

    The caller has made sure that the matter is one its actor may see.
    """
    zone = world.zone
    lines = [*_versions(world, entity, key, lang), *_steps(world, entity, key, lang)]
    lines.sort(key=lambda line: line["seq"])
    return [
        {
            "what": line["what"],
            "happened": line["happened"],
            "recorded": moment_text(line["recorded"], zone),
            "known": moment_text(line["known"], zone),
            "post": line["post"],
            "document": line["document"],
        }
        for line in lines
    ]


def step_name(process: str, step: object, lang: str) -> str:
    """Word a step; a dash where none is known."""
    return process_named(process).word(step, lang) if isinstance(step, str) else "–"


def post_name(post: object, lang: str) -> str:
    """Word a post; a dash where none is known."""
    if not isinstance(post, str):
        return "–"
    zh, en = POSTS.get(post, (post, post))
    return zh if lang == "zh" else en


def process_note(process: str, lang: str) -> str:
    """Say that the steps are the project's own, where they are."""
    own = process_named(process)
    key = "process.default" if own.project_default else "process.published"
    return t(key, lang, title=own.title(lang))


def _versions(world: World, entity: Entity, key: str, lang: str) -> list[dict[str, Any]]:
    versions = world.store.versions(entity, key)
    lines: list[dict[str, Any]] = []
    before: dict[str, Any] = {}
    for row in versions:
        changed = {k: v for k, v in row["fields"].items() if before.get(k) != v}
        told = {k: v for k, v in changed.items() if k not in UNTOLD}
        before = row["fields"]
        lines.append(
            {
                "seq": row["seq"],
                "what": _worded(row["action"], told, world.zone, lang),
                "happened": _happened(told),
                "recorded": row["recorded_at"],
                "known": row["known_at"],
                "post": "–",
                "document": "–",
            }
        )
    return lines


def _steps(world: World, entity: Entity, key: str, lang: str) -> list[dict[str, Any]]:
    steps = world.snapshot().steps
    own = steps[(steps["about"] == str(entity)) & (steps["about_key"] == key)]
    return [
        {
            "seq": int(row["seq"]),
            "what": step_name(str(row["process"]), row["to_step"], lang),
            "happened": moment_text(row["taken_at"], world.zone),
            "recorded": row["recorded_at"],
            "known": row["known_at"],
            "post": post_name(row["post"], lang),
            "document": row["document_ref"] if isinstance(row["document_ref"], str) else "–",
        }
        for row in own.to_dict("records")
    ]


def _worded(action: str, told: dict[str, Any], zone: ZoneInfo, lang: str) -> str:
    said = "，" if lang == "zh" else "; "
    fields = said.join(
        f"{t(f'field.{name}', lang)} {_value(name, value, zone, lang)}"
        for name, value in told.items()
    )
    return f"{t(f'history.{action}', lang)}{'：' if lang == 'zh' else ': '}{fields}"


def _value(name: str, value: object, zone: ZoneInfo, lang: str) -> str:
    if name.endswith("_at") and isinstance(value, str):
        return moment_text(pd.Timestamp(value).to_pydatetime(), zone)
    if isinstance(value, bool):
        return t("history.yes" if value else "history.no", lang)
    if name in WORDED:
        return word(WORDED[name], value, lang)
    return str(value)


def _happened(told: dict[str, Any]) -> str:
    """Give the latest day or moment that a version states anew; plans are no happenings."""
    days = [
        str(value)[:10]
        for name, value in told.items()
        if name.endswith(("_at", "_on")) and name != "due_on" and value
    ]
    return max(days, default="–")
