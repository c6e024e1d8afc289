"""The table of what two people decide together."""

from geo.schemas.base import EntityTable, Key, Moment, Text, key, known
from geo.vocabulary import DecisionKind, DecisionState

__all__ = ["Decisions"]


class Decisions(EntityTable):
    """One decision per row, as it stands; every step of it is an event of the ledger.

    `about` is the entity, `keys` a JSON list of its records, `fields` a JSON list of the
    fields a redaction erases; `approvals` a JSON list of who approved and when. A redaction
    that was carried out names in `erased` every event it touched with the SHA-256 of what is
    left of it. A correction says in `changes` (a JSON object, null for "unknown") what its fields
    become, and in `reference` on which document that rests.
    """

    decision_id: Key = key()
    kind: Text = known(isin=[str(word) for word in DecisionKind])
    state: Text = known(isin=[str(word) for word in DecisionState])
    about: Text = known()
    keys: Text = known()
    fields: Text = known()
    reason: Text = known()
    proposer: Text = known()
    proposed_at: Moment = known()
    approvals: Text = known()
    rejected_by: Text = known()
    rejected_because: Text = known()
    erased: Text = known()
    changes: Text = known()
    reference: Text = known()
