"""Tables of petitions: served, not policed. Nothing that ranks risk or patrols may import this."""

from geo.schemas.base import Day, EntityTable, Flag, Key, Text, key, known

__all__ = ["Petitions"]


class Petitions(EntityTable):
    """Petition matters by area: no coordinates, no parties.

    `extended` and `requires_higher_authority` are False where nobody stated them; an exemption
    counts only with a reason and an approver who is not the proposer.
    """

    petition_id: Key = key()
    area_code: Text = known()
    subject_id: Text = known()
    channel: Text = known()
    topic: Text = known()
    accepted_on: Day = known()
    due_on: Day = known()
    closed_on: Day = known()
    outcome: Text = known()
    extended: Flag
    remit_level: Text = known()
    requires_higher_authority: Flag
    exemption_reason: Text = known()
    exemption_proposer: Text = known()
    exemption_approver: Text = known()
