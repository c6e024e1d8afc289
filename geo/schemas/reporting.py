"""Tables of what was reported, by whom and how often: nil returns, hazards, feeds."""

from geo.schemas.base import Day, EntityTable, Flag, Key, Moment, Number, Text, key, known

__all__ = ["Feeds", "Hazards", "Reports"]


class Reports(EntityTable):
    """Nil returns and confirmations, one row per body, stream and window `[start, end)`.

    `subjects` is a JSON list of subject ids; missing means every subject of the body that
    was registered in the window.
    """

    report_id: Key = key()
    body: Text = known()
    stream: Text = known(isin=["case", "accident", "petition"])
    window_start: Day = known()
    window_end: Day = known()
    kind: Text = known(isin=["nil", "exceptions", "confirmation"])
    reported_at: Moment = known()
    subjects: Text = known()


class Hazards(EntityTable):
    """Hazards found at a unit or in an area, and when they were put right."""

    hazard_id: Key = key()
    unit_id: Text = known()
    area_code: Text = known()
    category: Text = known()
    severity: Text = known(isin=["general", "major"])
    mode: Text = known(isin=["on_site", "deadline"])
    found_on: Day = known()
    due_on: Day = known()
    closed_on: Day = known()
    verified_on: Day = known()


class Feeds(EntityTable):
    """Sources that deliver files again and again, and how old their data may become.

    `feed_id` is the folder of the inbox; `delivers` the entity of the command line; `recipe`,
    `crs`, `to_area` and `backfill` are how its files are read. Hours; missing means that
    nobody set a limit.
    """

    feed_id: Key = key()
    name: Text = known()
    delivers: Text = known()
    recipe: Text = known()
    crs: Text = known()
    to_area: Flag
    backfill: Flag
    expected_every_h: Number = known(gt=0)
    age_limit_h: Number = known(gt=0)
