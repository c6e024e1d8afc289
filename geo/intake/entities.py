"""What each entity takes from a file: its fields, what it cannot do without, how it is placed."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from geo.errors import UsageError
from geo.intake.spec import EntitySpec, Field, Kind, Placing
from geo.vocabulary import DiscoverySource, Entity, LineageKind, Review, Stream

__all__ = ["ENTITIES", "entity_spec", "from_points", "readable_fields"]


def entity_spec(name: str) -> EntitySpec:
    """Give the entity called `name`, plural or singular ("cases", "case")."""
    found = ENTITIES.get(name) or ENTITIES.get(f"{name}s")
    if found is None:
        raise UsageError(
            f"Unknown entity {name!r}; use one of {', '.join(ENTITIES)}.",
            f"未知的数据类型 {name!r}；可用：{'、'.join(ENTITIES)}。",
        )
    return found


def from_points(spec: EntitySpec) -> EntitySpec:
    """Give the areas as they come by points; raises UsageError for any other entity."""
    if spec is not AREAS:
        raise UsageError(
            f"Only areas can be drawn around points; {spec.name} cannot. Leave out --from-points.",
            f"只有区域可以由点位生成边界，{spec.name} 不可以；请去掉 --from-points。",
        )
    return replace(spec, fields=(*spec.fields, *_POINT), placing=Placing.CELLS)


def readable_fields(spec: EntitySpec) -> set[str]:
    """Name the fields a recipe may read for an entity."""
    read = from_points(spec) if spec is AREAS else spec
    return {field.name for field in read.fields}


def _code(name: str, *, fault: str | None = None, required: bool = False) -> Field:
    return Field(name, Kind.CODE, fault, required)


def _text(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, Kind.TEXT) for name in names)


def _days(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, Kind.DATE, "Q04") for name in names)


def _choice(
    name: str, *words: str, fault: str = "Q09", required: bool = False, default: str | None = None
) -> Field:
    return Field(name, Kind.CHOICE, fault, required, frozenset(words), default)


def _number(name: str, fault: str | None = None) -> Field:
    return Field(name, Kind.NUMBER, fault)


_POINT: Final = (_number("lon", "Q06"), _number("lat", "Q06"))
_KEY_FAULT: Final = "Q01"

_INCIDENT: Final = (
    _code("incident_id", fault=_KEY_FAULT),
    Field("category", Kind.TEXT, "Q09", required=True),
    Field("occurred_from", Kind.TIME, "Q04", required=True),
    Field("occurred_to", Kind.TIME, "Q04"),
    Field("reported_at", Kind.TIME, "Q04"),
    _choice("time_precision", "minute", "hour", "day", "unknown"),
    *_POINT,
    _code("area_code"),
    _code("beat_code"),
    _code("unit_id"),
    _choice("review", *Review, default=Review.REPORTED),
    _choice("discovery_source", *DiscoverySource, default=DiscoverySource.UNKNOWN),
    Field("sensitive_location", Kind.FLAG),
    *_text("source_system"),
)
_INCIDENT_ORDER: Final = (
    ("occurred_from", "occurred_to"),
    ("occurred_from", "reported_at"),
)
_INCIDENT_KEY: Final = ("occurred_from", "lon", "lat", "area_code", "category", "unit_id")
_INCIDENT_KNOWN: Final = ("reported_at", "occurred_to", "occurred_from")

AREAS: Final = EntitySpec(
    "areas",
    Entity.AREA,
    "area_code",
    (
        _code("area_code", fault=_KEY_FAULT, required=True),
        Field("level", Kind.TEXT, "Q09", required=True),
        *_text("name", "name_en"),
        _code("parent_code"),
        Field("grouping", Kind.FLAG),
        Field("approximate", Kind.FLAG),
        _number("population"),
        *_days("valid_from", "valid_to"),
    ),
    Placing.POLYGONS,
    order=(("valid_from", "valid_to"),),
    known_by=("valid_from",),
)
LINEAGE: Final = EntitySpec(
    "lineage",
    Entity.LINEAGE,
    "lineage_id",
    (
        _code("lineage_id", fault=_KEY_FAULT),
        _code("old", fault="Q02", required=True),
        _code("new", fault="Q02", required=True),
        Field("date", Kind.DATE, "Q04", required=True),
        _choice("kind", *LineageKind, required=True),
        _number("share", "Q09"),
    ),
    Placing.NONE,
    known_by=("date",),
    key_from=("old", "new", "date", "kind"),
)
UNITS: Final = EntitySpec(
    "units",
    Entity.UNIT,
    "unit_id",
    (
        _code("unit_id", fault=_KEY_FAULT, required=True),
        *_text("name"),
        Field("kind", Kind.TEXT, "Q09", required=True),
        _choice("unit_class", "enterprise", "institution"),
        _code("area_code"),
        *_POINT,
        _code("parent_unit_id"),
        Field("is_key_security_unit", Kind.FLAG),
        *_days("closed_on"),
    ),
    Placing.POINTS,
)
SUBJECTS: Final = EntitySpec(
    "subjects",
    Entity.SUBJECT,
    "subject_id",
    (
        _code("subject_id", fault=_KEY_FAULT, required=True),
        Field("subject_class", Kind.TEXT, "Q09", required=True),
        _code("area_code", fault="Q02", required=True),
        _code("unit_id"),
        *_days("registered_on", "deregistered_on"),
        *_text("body", "reason"),
    ),
    Placing.NONE,
    order=(("registered_on", "deregistered_on"),),
    known_by=("registered_on",),
)
CASES: Final = EntitySpec(
    "cases",
    Entity.CASE,
    "incident_id",
    (
        *_INCIDENT,
        _choice("case_class", "criminal", "public_security"),
        Field("major_impact", Kind.FLAG),
        *_text("station"),
        *_days("filed_on", "cleared_on"),
    ),
    Placing.POINTS,
    order=(*_INCIDENT_ORDER, ("filed_on", "cleared_on")),
    known_by=_INCIDENT_KNOWN,
    key_from=_INCIDENT_KEY,
)
ACCIDENTS: Final = EntitySpec(
    "accidents",
    Entity.ACCIDENT,
    "incident_id",
    (
        *_INCIDENT,
        _choice("accident_kind", "production", "road", "fire", "public_safety", "other"),
        _number("deaths", "Q10"),
        _number("serious_injuries", "Q10"),
        _number("direct_loss_cny", "Q10"),
        _choice("level", "ordinary", "larger", "major", "exceptional", fault="Q10"),
        *_days("provisional_until"),
    ),
    Placing.POINTS,
    order=_INCIDENT_ORDER,
    known_by=_INCIDENT_KNOWN,
    key_from=_INCIDENT_KEY,
)
PETITIONS: Final = EntitySpec(
    "petitions",
    Entity.PETITION,
    "petition_id",
    (
        _code("petition_id", fault=_KEY_FAULT),
        _code("area_code"),
        _code("subject_id"),
        *_POINT,
        *_text("channel", "topic"),
        Field("accepted_on", Kind.DATE, "Q04", required=True),
        *_days("due_on", "closed_on"),
        *_text("outcome", "remit_level"),
        Field("extended", Kind.FLAG),
        Field("requires_higher_authority", Kind.FLAG),
        *_text("exemption_reason", "exemption_proposer", "exemption_approver"),
    ),
    Placing.AREA_ONLY,
    order=(("accepted_on", "due_on"), ("accepted_on", "closed_on")),
    known_by=("accepted_on",),
    key_from=("area_code", "accepted_on", "topic", "channel"),
)
DISPUTES: Final = EntitySpec(
    "disputes",
    Entity.DISPUTE,
    "dispute_id",
    (
        _code("dispute_id", fault=_KEY_FAULT, required=True),
        _code("area_code"),
        _code("subject_id"),
        *_POINT,
        Field("topic", Kind.TEXT, "Q09", required=True),
        Field("channel", Kind.TEXT, "Q09", required=True),
        Field("both_parties_consent", Kind.FLAG),
        Field("requested_at", Kind.TIME, "Q04", required=True),
        *(
            Field(name, Kind.TIME, "Q04")
            for name in ("forms_filled_at", "registered_at", "in_session_at", "ended_at")
        ),
        _choice("outcome", "agreed", "failed_referred", "refused", "withdrawn"),
        _code("followup_petition"),
    ),
    Placing.AREA_ONLY,
    order=(
        ("requested_at", "forms_filled_at"),
        ("requested_at", "registered_at"),
        ("forms_filled_at", "registered_at"),
        ("registered_at", "in_session_at"),
        ("registered_at", "ended_at"),
        ("requested_at", "ended_at"),
        ("in_session_at", "ended_at"),
    ),
    known_by=("requested_at",),
)
REPORTS: Final = EntitySpec(
    "reports",
    Entity.REPORT,
    "report_id",
    (
        _code("report_id", fault=_KEY_FAULT),
        _code("body", fault=_KEY_FAULT, required=True),
        _choice("stream", *Stream, required=True),
        Field("window_start", Kind.DATE, "Q04", required=True),
        Field("window_end", Kind.DATE, "Q04", required=True),
        _choice("kind", "nil", "exceptions", "confirmation", "pending", default="nil"),
        Field("reported_at", Kind.TIME, "Q04"),
        *_text("subjects"),
    ),
    Placing.NONE,
    order=(("window_start", "window_end"),),
    known_by=("reported_at", "window_end"),
    key_from=("body", "stream", "window_start", "window_end", "kind"),
)
HAZARDS: Final = EntitySpec(
    "hazards",
    Entity.HAZARD,
    "hazard_id",
    (
        _code("hazard_id", fault=_KEY_FAULT, required=True),
        _code("unit_id"),
        _code("area_code"),
        Field("category", Kind.TEXT, "Q09", required=True),
        _choice("severity", "general", "major", required=True),
        _choice("mode", "on_site", "deadline", required=True),
        Field("found_on", Kind.DATE, "Q04", required=True),
        *_days("due_on", "closed_on", "verified_on"),
        *_text("reference", "closed_reference"),
    ),
    Placing.NONE,
    order=(("found_on", "due_on"), ("found_on", "closed_on"), ("closed_on", "verified_on")),
    known_by=("found_on",),
)
INSPECTIONS: Final = EntitySpec(
    "inspections",
    Entity.INSPECTION,
    "inspection_id",
    (
        _code("inspection_id", fault=_KEY_FAULT),
        _code("unit_id"),
        _code("area_code"),
        Field("inspected_on", Kind.DATE, "Q04", required=True),
        *_text("checklist"),
        _number("hazards_found", "Q09"),
    ),
    Placing.NONE,
    known_by=("inspected_on",),
    key_from=("unit_id", "area_code", "inspected_on", "checklist"),
)
STEPS: Final = EntitySpec(
    "steps",
    Entity.STEP,
    "step_id",
    (
        _code("step_id", fault=_KEY_FAULT),
        _choice("about", "petition", "dispute", "hazard", "case", "accident", required=True),
        _code("about_key", fault="Q02", required=True),
        Field("process", Kind.TEXT, "Q09", required=True),
        *_text("from_step"),
        Field("to_step", Kind.TEXT, "Q09", required=True),
        Field("taken_at", Kind.TIME, "Q04", required=True),
        *_text("post"),
        *_days("due_on"),
        *_text("document_ref"),
    ),
    Placing.NONE,
    known_by=("taken_at",),
    key_from=("about", "about_key", "process", "to_step", "taken_at"),
)
CAMERAS: Final = EntitySpec(
    "cameras",
    Entity.CAMERA,
    "camera_id",
    (
        _code("camera_id", fault=_KEY_FAULT),
        *_text("name"),
        *_POINT,
        _number("azimuth_deg", "Q14"),
        _number("fov_deg", "Q14"),
        _number("range_m", "Q14"),
        *_text("owner_kind", "camera_kind"),
        Field("online", Kind.FLAG),
        *_days("in_use_since", "filed_on"),
        Field("signage", Kind.FLAG),
        _number("retention_days", "Q14"),
        _code("area_code"),
        # Read for the rules alone; the register has no column for them.
        *_text("place_kind"),
        Field("is_classified", Kind.FLAG),
    ),
    Placing.POINTS,
    known_by=("in_use_since",),
    key_from=("lon", "lat"),
)
FEEDS: Final = EntitySpec(
    "feeds",
    Entity.FEED,
    "feed_id",
    (
        _code("feed_id", fault=_KEY_FAULT, required=True),
        *_text("name"),
        Field("delivers", Kind.TEXT, "Q09", required=True),
        *_text("recipe", "crs"),
        Field("to_area", Kind.FLAG),
        Field("backfill", Kind.FLAG),
        _number("expected_every_h", "Q09"),
        _number("age_limit_h", "Q09"),
    ),
    Placing.NONE,
)
_GROUND_FIELDS: Final = (_code("ground_id", fault=_KEY_FAULT), *_text("kind", "name"))
ROADS: Final = EntitySpec(
    "roads",
    Entity.GROUND,
    "ground_id",
    _GROUND_FIELDS,
    Placing.LINES,
)
BUILDINGS: Final = EntitySpec(
    "buildings",
    Entity.GROUND,
    "ground_id",
    _GROUND_FIELDS,
    Placing.POLYGONS,
)

ENTITIES: Final[dict[str, EntitySpec]] = {
    spec.name: spec
    for spec in (
        AREAS, LINEAGE, UNITS, SUBJECTS, CASES, ACCIDENTS, PETITIONS, DISPUTES, REPORTS, HAZARDS,
        INSPECTIONS, STEPS, CAMERAS, ROADS, BUILDINGS, FEEDS,
    )
}  # fmt: skip
