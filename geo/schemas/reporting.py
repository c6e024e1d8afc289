"""Tables of what was reported, by whom and how often: nil returns, hazards, steps, feeds."""

from geo.schemas.base import Day, EntityTable, Flag, Key, Moment, Number, Text, key, known

__all__ = ["Feeds", "Hazards", "Inspections", "Reports", "Steps"]


class Reports(EntityTable):
    """Nil returns and confirmations, one row per body, stream and window `[start, end)`.

    `subjects` is a JSON list of subject ids; missing means every subject of the body that
    was registered in the window. A pending return says that something is still being looked
    into: it is kept, and it assesses nothing.
    """

    report_id: Key = key()
    body: Text = known()
    stream: Text = known(isin=["case", "accident", "petition"])
    window_start: Day = known()
    window_end: Day = known()
    kind: Text = known(isin=["nil", "exceptions", "confirmation", "pending"])
    reported_at: Moment = known()
    subjects: Text = known()


class Hazards(EntityTable):
    """Hazards found at a unit or in an area, and when they were put right.

    `reference` and `closed_reference` are numbers of documents, of the finding and the closing.
    """

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
    reference: Text = known()
    closed_reference: Text = known()


class Inspections(EntityTable):
    """Inspections of a unit or an area, those that found nothing as well."""

    inspection_id: Key = key()
    unit_id: Text = known()
    area_code: Text = known()
    inspected_on: Day = known()
    checklist: Text = known()
    hazards_found: Number = known(ge=0)


class Steps(EntityTable):
    """Steps of a process (`geo.process`) that lead a matter on, one row per step.

    `about` and `about_key` name the matter; `post` is who owns it from here on, never a person;
    `document_ref` is a document's number. There is no field for a remark, so that nothing of
    what the parties said can be kept.
    """

    step_id: Key = key()
    about: Text = known(isin=["petition", "dispute", "hazard", "case", "accident"])
    about_key: Text = known()
    process: Text = known()
    from_step: Text = known()
    to_step: Text = known()
    taken_at: Moment = known()
    post: Text = known()
    due_on: Day = known()
    document_ref: Text = known()


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
