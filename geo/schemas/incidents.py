"""Tables of cases and accidents: the only incidents a risk model or a patrol may see."""

from geo.schemas.base import (
    Day,
    EntityTable,
    Flag,
    Key,
    MaybeFlag,
    Moment,
    Number,
    Text,
    key,
    known,
)
from geo.vocabulary import AccidentLevel, DiscoverySource, LocationPrecision, Review

__all__ = ["Accidents", "Cases", "IncidentTable"]


class IncidentTable(EntityTable):
    """What a case and an accident have in common.

    `lon`, `lat` in degrees WGS84, missing where only the area is known or the place is
    withheld; `subject_id` is the stored attribution, the unit first. `duplicate_of` names the
    record that tells of the same event, where `review` is `duplicate`.
    """

    incident_id: Key = key()
    stream: Text = known(isin=["case", "accident"])
    category: Text = known()
    occurred_from: Moment = known()
    occurred_to: Moment = known()
    reported_at: Moment = known()
    time_precision: Text = known(isin=["minute", "hour", "day", "unknown"])
    lon: Number = known(ge=-180, le=180)
    lat: Number = known(ge=-90, le=90)
    loc_precision: Text = known(isin=[str(word) for word in LocationPrecision])
    area_code: Text = known()
    beat_code: Text = known()
    unit_id: Text = known()
    subject_id: Text = known()
    review: Text = known(isin=[str(word) for word in Review])
    discovery_source: Text = known(isin=[str(word) for word in DiscoverySource])
    sensitive_location: Flag
    source_system: Text = known()
    duplicate_of: Text = known()


class Cases(IncidentTable):
    """Criminal and public-security cases; `major_impact` is the source's own judgement."""

    case_class: Text = known(isin=["criminal", "public_security"])
    major_impact: MaybeFlag = known()
    station: Text = known()
    filed_on: Day = known()
    cleared_on: Day = known()


class Accidents(IncidentTable):
    """Accidents; casualties in persons, loss in yuan, level provisional until a day."""

    accident_kind: Text = known(isin=["production", "road", "fire", "public_safety", "other"])
    deaths: Number = known(ge=0)
    serious_injuries: Number = known(ge=0)
    direct_loss_cny: Number = known(ge=0)
    level: Text = known(isin=[str(word) for word in AccidentLevel])
    provisional_until: Day = known()
