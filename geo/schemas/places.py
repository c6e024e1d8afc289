"""Tables of places: areas, units, subjects, cameras and the ground they stand on."""

from geo.schemas.base import (
    Day,
    EntityTable,
    Flag,
    Key,
    MaybeFlag,
    Number,
    Shape,
    Text,
    key,
    known,
)
from geo.vocabulary import LineageKind

__all__ = ["Areas", "Cameras", "Ground", "Lineage", "Subjects", "Units"]


class Areas(EntityTable):
    """Administrative areas and alternative groupings, one row per code.

    `geometry` is missing for an area known by its code alone; `grouping` marks police beats
    and the like, which stand beside the hierarchy. `approximate` marks a boundary drawn around
    a village's point for want of a real one. `valid_to` is the first day no longer valid.
    """

    area_code: Key = key()
    level: Text = known()
    name: Text = known()
    name_en: Text = known()
    parent_code: Text = known()
    grouping: Flag
    approximate: Flag
    population: Number = known(ge=0)
    valid_from: Day = known()
    valid_to: Day = known()
    path: Text = known(str_matches=r"^(/[^/]+)+/$")
    geometry: Shape = known()


class Lineage(EntityTable):
    """What became of an area: one row per pair of `old` and `new` code and day.

    `share` is the part of the old area (0 to 1) that went into the new one, missing where
    nobody says. From `date` on the old code is in force no more, unless it stays the same.
    """

    lineage_id: Key = key()
    old: Text = known()
    new: Text = known()
    date: Day = known()
    kind: Text = known(isin=[str(word) for word in LineageKind])
    share: Number = known(ge=0, le=1)


class Units(EntityTable):
    """Enterprises and institutions; `lon`, `lat` in degrees WGS84.

    From `closed_on` on the unit is no more; missing while it is at work.
    """

    unit_id: Key = key()
    name: Text = known()
    kind: Text = known()
    unit_class: Text = known(isin=["enterprise", "institution"])
    area_code: Text = known()
    lon: Number = known(ge=-180, le=180)
    lat: Number = known(ge=-90, le=90)
    parent_unit_id: Text = known()
    is_key_security_unit: MaybeFlag = known()
    closed_on: Day = known()


class Subjects(EntityTable):
    """The programme's register: `subject_id` is the unit's id, else the area's code."""

    subject_id: Key = key()
    subject_class: Text = known()
    area_code: Text = known()
    unit_id: Text = known()
    registered_on: Day = known()
    deregistered_on: Day = known()
    body: Text = known()
    reason: Text = known()


class Cameras(EntityTable):
    """Camera points with their nominal view: degrees clockwise from north, metres.

    `filed_on`, `signage` and `retention_days` are what Decree 799 asks for (Art. 13, 14, 17).
    """

    camera_id: Key = key()
    name: Text = known()
    lon: Number = known(ge=-180, le=180)
    lat: Number = known(ge=-90, le=90)
    azimuth_deg: Number = known(ge=0, le=360)
    fov_deg: Number = known(gt=0, le=360)
    range_m: Number = known(gt=0)
    owner_kind: Text = known()
    camera_kind: Text = known()
    online: MaybeFlag = known()
    in_use_since: Day = known()
    filed_on: Day = known()
    signage: MaybeFlag = known()
    retention_days: Number = known(ge=0)
    area_code: Text = known()


class Ground(EntityTable):
    """Roads, rivers, buildings or land; `kind` is the class of road, water or building."""

    ground_id: Key = key()
    kind: Text = known()
    name: Text = known()
    geometry: Shape = known()
