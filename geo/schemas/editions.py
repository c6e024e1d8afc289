"""The table of documents that were frozen to be signed."""

import pandera.pandas as pa

from geo.schemas.base import Day, EntityTable, Key, Moment, Number, Text, key, known

__all__ = ["Editions"]


class Editions(EntityTable):
    """One frozen edition per row: what was asked, and the digest of what was answered.

    The figures themselves are not kept: they follow from the ledger. `counted_at` is the moment
    whose knowledge they use, just before the edition itself was recorded; `digest` is the
    SHA-256 (hex) of the canonical figures, which finds out whether they still follow.
    """

    edition_id: Key = key()
    kind: Text = pa.Field(isin=["bulletin"])
    period: Text = pa.Field()
    rulebook: Text = pa.Field()
    as_of: Day = pa.Field()
    counted_at: Moment = pa.Field()
    number: Number = pa.Field(ge=1)
    digest: Text = known()
