"""What happened to a body's own records: which can be corrected, and which were."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from dashboard.access import Permission
from dashboard.i18n import t
from dashboard.services.decisions import change_texts
from dashboard.services.naming import category_name, moment_text
from dashboard.services.reach import HELD_AS
from dashboard.services.records import records
from geo.decisions import CORRECTABLE, decisions_of
from geo.intake.entities import ENTITIES
from geo.intake.spec import Kind
from geo.vocabulary import DecisionKind, Entity, LocationPrecision

if TYPE_CHECKING:
    import pandas as pd

    from dashboard.services.reporters import Body
    from dashboard.services.world import World

__all__ = ["correctable_records", "field_told", "fields_of", "history_of"]

OFFERED: Final = 40
"""Records of each kind offered for a correction, the newest."""
SHOWN: Final = 20
DAY_OF: Final = {
    Entity.CASE: "occurred_from",
    Entity.ACCIDENT: "occurred_from",
    Entity.PETITION: "accepted_on",
    Entity.HAZARD: "found_on",
    Entity.REPORT: "window_start",
}
"""By what a record is found again."""
NEVER_STATED: Final = frozenset(("duplicate", "confirmation"))
"""Words that come by a merge, or from a stream's owner."""
INPUTS: Final = {Kind.TIME: "datetime-local", Kind.DATE: "date", Kind.NUMBER: "number"}


def correctable_records(world: World, body: Body, lang: str) -> list[dict[str, str]]:
    """List the newest records of a body, each with `entity`, `key` and a `label`.

    Petitions are listed for those who mediate alone.
    """
    listed = []
    for entity, day in DAY_OF.items():
        if entity is Entity.PETITION and not world.actor.may(Permission.MEDIATE):
            continue
        own = _own(world, entity, body).sort_values(day, ascending=False)[:OFFERED]
        for key, row in zip(own.index, records(own), strict=True):
            label = _label(entity, str(key), row, day, world, lang)
            listed.append({"entity": str(entity), "key": str(key), "label": label})
    return listed


def history_of(world: World, body: Body, lang: str) -> list[dict[str, Any]]:
    """Tell of the corrections of a body's records, newest first; nobody is named."""
    keys = {(entity, str(key)) for entity in DAY_OF for key in _own(world, entity, body).index}
    told = []
    for one in reversed(decisions_of(world.store).values()):
        if one.kind is not DecisionKind.CORRECT or (one.about, one.keys[0]) not in keys:
            continue
        if one.about is Entity.PETITION and not world.actor.may(Permission.MEDIATE):
            continue
        told.append(
            {
                "id": one.decision_id,
                "at": moment_text(one.proposed_at, world.zone),
                "what": f"{t(f'kind_of.{one.about}', lang)} {one.keys[0]}",
                "changes": change_texts(one, lang, world.zone),
                "reason": one.reason,
                "reference": one.reference or "",
                "state": str(one.state),
                "state_word": t(f"decision.{one.state}", lang),
            }
        )
    return told[:SHOWN]


def fields_of(entity: str) -> tuple[str, ...]:
    """Name the fields of a kind of record that can be corrected."""
    return CORRECTABLE[Entity(entity)]


def field_told(entity: str, name: str, lang: str) -> dict[str, Any]:
    """Say how a field's value is given: `choices` of a closed set, or the kind of an `input`."""
    spec = next(spec for spec in ENTITIES.values() if spec.stored is Entity(entity))
    field = spec.field(name)
    words = sorted(field.choices - NEVER_STATED)
    choices = [{"value": one, "label": t(f"choice.{name}.{one}", lang)} for one in words]
    if field.kind is Kind.FLAG:
        choices = [{"value": one, "label": t(f"mine.{one}", lang)} for one in ("yes", "no")]
    return {"choices": choices, "input": INPUTS.get(field.kind, "text")}


def _own(world: World, entity: Entity, body: Body) -> pd.DataFrame:
    frame: pd.DataFrame = getattr(world.snapshot(), HELD_AS[entity])
    if entity is Entity.REPORT:
        return frame[frame["body"].isin([body.office, body.subject_id])]
    if entity is Entity.HAZARD:
        column, value = ("unit_id", body.unit_id) if body.unit_id else ("area_code", body.area_code)
        return frame[frame[column] == value]
    return frame[frame["subject_id"].isin(body.members)]


def _label(entity: Entity, key: str, row: dict[str, Any], day: str, world: World, lang: str) -> str:
    when = row[day]
    if entity in {Entity.CASE, Entity.ACCIDENT}:
        when = when.tz_convert(world.zone)
        withheld = row["loc_precision"] == LocationPrecision.WITHHELD
        what = t("mine.withheld", lang) if withheld else category_name(row["category"], lang)
    elif entity is Entity.REPORT:
        stream, kind = t(f"stream.{row['stream']}", lang), t(f"choice.kind.{row['kind']}", lang)
        return f"{t('kind_of.report', lang)} · {when:%Y-%m} · {stream} · {kind}"
    else:
        what = key
    return f"{t(f'kind_of.{entity}', lang)} · {when:%Y-%m-%d} · {what} · {key}"
