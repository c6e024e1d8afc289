"""Petitions and disputes: no coordinates, no parties. Nothing that computes risk may read them."""

import pandera.pandas as pa

from geo.schemas.base import Day, EntityTable, Flag, Key, MaybeFlag, Moment, Text, key, known

__all__ = ["Disputes", "Petitions"]


class Petitions(EntityTable):
    """One matter per row, served by mediation and never policed.

    A column that is not declared is refused, not ignored: neither a place nearer than an area
    nor a person has a column to enter by. `subject_id` is the stored attribution. The clock
    runs from `accepted_on`; `extended` says that the longer clock was approved. A matter that a
    higher authority must solve needs a reason, a proposer and another approver to be left out.
    """

    petition_id: Key = key()
    area_code: Text = pa.Field()
    subject_id: Text = known()
    channel: Text = known()
    topic: Text = known()
    accepted_on: Day = pa.Field()
    due_on: Day = known()
    closed_on: Day = known()
    outcome: Text = known()
    extended: Flag
    remit_level: Text = known()
    requires_higher_authority: Flag
    exemption_reason: Text = known()
    exemption_proposer: Text = known()
    exemption_approver: Text = known()


class Disputes(EntityTable):
    """One dispute per row on its way through mediation; served, never policed.

    Each step of the mobile police station has its moment: requested, forms filled, registered,
    in session, ended with an `outcome`. Mediation needs the consent of both parties, which is
    kept, and neither of the parties, who are not.
    """

    dispute_id: Key = key()
    area_code: Text = pa.Field()
    subject_id: Text = known()
    topic: Text = known()
    channel: Text = known()
    both_parties_consent: MaybeFlag = known()
    requested_at: Moment = known()
    forms_filled_at: Moment = known()
    registered_at: Moment = known()
    in_session_at: Moment = known()
    ended_at: Moment = known()
    outcome: Text = known(isin=["agreed", "failed_referred", "refused", "withdrawn"])
    followup_petition: Text = known()
