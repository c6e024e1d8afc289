"""The words of the field, as closed sets."""

from __future__ import annotations

from enum import StrEnum

__all__ = [
    "AccidentLevel",
    "Action",
    "DecisionKind",
    "DecisionState",
    "DiscoverySource",
    "Entity",
    "HotspotState",
    "JobKind",
    "JobState",
    "LineageKind",
    "LocationPrecision",
    "Review",
    "RiskStream",
    "Stream",
    "SubjectClass",
    "ZeroStatus",
]


class Stream(StrEnum):
    """The three streams of the programme."""

    PETITION = "petition"
    ACCIDENT = "accident"
    CASE = "case"


class RiskStream(StrEnum):
    """The only streams a risk model or a patrol may see."""

    CASE = "case"
    ACCIDENT = "accident"


class ZeroStatus(StrEnum):
    """Status of one subject, stream and window; the first that applies holds."""

    BROKEN = "broken"
    PENDING_REVIEW = "pending_review"
    NOT_ASSESSED = "not_assessed"
    ZERO_REPORTED = "zero_reported"
    ZERO_VERIFIED = "zero_verified"


class Review(StrEnum):
    """Where an incident stands in its review."""

    REPORTED = "reported"
    UNDER_REVIEW = "under_review"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"


class DiscoverySource(StrEnum):
    """How an incident became known."""

    CITIZEN_REPORT = "citizen_report"
    PATROL_DISCOVERED = "patrol_discovered"
    INSPECTION = "inspection"
    TRANSFER = "transfer"
    CAMERA_REVIEW = "camera_review"
    OTHER = "other"
    UNKNOWN = "unknown"


class SubjectClass(StrEnum):
    """The programme's classes of subjects; city data use the area's level instead."""

    VILLAGE = "village"
    COMMUNITY = "community"
    ENTERPRISE = "enterprise"
    INSTITUTION = "institution"


class AccidentLevel(StrEnum):
    """Severity of an accident, from the highest of three criteria."""

    ORDINARY = "ordinary"
    LARGER = "larger"
    MAJOR = "major"
    EXCEPTIONAL = "exceptional"


class LocationPrecision(StrEnum):
    """What is known of where an incident happened."""

    POINT = "point"
    AREA = "area"
    WITHHELD = "withheld"
    """Sensitive: coordinates were dropped at intake, the area was kept."""
    DEFAULT_ADDRESS = "default_address"
    """Many records share the point, as at a station's door: kept, no witness of where."""


class LineageKind(StrEnum):
    """How an area followed from another."""

    MERGE = "merge"
    SPLIT = "split"
    RENAME = "rename"
    RECODE = "recode"
    TRANSFER = "transfer"
    """The area stays and belongs to another one above it."""


class DecisionKind(StrEnum):
    """What two people decide together."""

    MERGE = "merge"
    """One record tells of the same event as another and counts no more."""
    REDACT = "redact"
    """A personal datum is erased from the ledger."""
    CORRECT = "correct"
    """Fields of one record become others."""


class DecisionState(StrEnum):
    """How far a decision has come."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"


class Entity(StrEnum):
    """What an event of the ledger is about."""

    AREA = "area"
    UNIT = "unit"
    SUBJECT = "subject"
    CASE = "case"
    ACCIDENT = "accident"
    PETITION = "petition"
    REPORT = "report"
    HAZARD = "hazard"
    CAMERA = "camera"
    GROUND = "ground"
    LINEAGE = "lineage"
    DISPUTE = "dispute"
    FEED = "feed"
    DECISION = "decision"
    STEP = "step"
    INSPECTION = "inspection"
    EDITION = "edition"
    """A document that was signed: its question and the digest of its figures."""


class Action(StrEnum):
    """What an event does to its record."""

    RECORDED = "recorded"
    CORRECTED = "corrected"
    RETRACTED = "retracted"


class HotspotState(StrEnum):
    """How a hotspot changed since the origin 28 days before."""

    NEW = "new"
    GROWING = "growing"
    STEADY = "steady"
    COOLING = "cooling"


class JobKind(StrEnum):
    """What long work does."""

    IMPORT = "import"
    CHECK = "check"
    """An import that is only rehearsed."""
    UNDO = "undo"
    REBUILD = "rebuild"


class JobState(StrEnum):
    """Where long work stands; the last three are ends."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
