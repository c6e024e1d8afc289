"""Editions: which bulletins were frozen, and what each of them was asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

import pandas as pd

from dashboard.services.bulletin.asking import Asked, month_of_text
from dashboard.services.records import records
from geo.errors import UsageError
from geo.schemas import conform
from geo.vocabulary import Entity

if TYPE_CHECKING:
    from dashboard.services.world import World

__all__ = ["Edition", "as_record", "edition_of", "editions_of", "last_before"]

BULLETIN = "bulletin"


@dataclass(frozen=True, slots=True)
class Edition:
    """A frozen bulletin: its number within its month, its question and its figures' digest."""

    edition_id: str
    number: int
    asked: Asked
    digest: str

    @classmethod
    def next_to(cls, earlier: list[Edition], asked: Asked, digest: str) -> Edition:
        """Give the edition that follows the earlier ones of its month."""
        number = 1 + sum(edition.asked.period == asked.period for edition in earlier)
        return cls(f"{BULLETIN}-{asked.period}-{number}", number, asked, digest)


def editions_of(world: World, asked: Asked | None = None) -> list[Edition]:
    """List the bulletins frozen so far, or before `asked` was, by month and number."""
    known_at = None if asked is None else asked.known_at
    frame = world.snapshot(known_at).editions.reset_index()
    found = [_edition(world, row) for row in records(frame)]
    return sorted(found, key=lambda edition: (edition.asked.period, edition.number))


def edition_of(world: World, period: str, number: int) -> Edition:
    """Give one edition; raises UsageError where nobody froze it."""
    for edition in editions_of(world):
        if (edition.asked.period, edition.number) == (period, number):
            return edition
    raise UsageError(
        f"No edition {number} of {period} was frozen, or it lies outside your area.",
        f"{period} 没有第 {number} 版定稿，或不在您的辖区范围内。",
    )


def last_before(world: World, asked: Asked) -> Edition | None:
    """Give the edition a bulletin follows: the last of its month, else of the month before."""
    earlier = [e for e in editions_of(world, asked) if e.asked.period <= asked.period]
    return earlier[-1] if earlier else None


def as_record(edition: Edition) -> pd.DataFrame:
    """Give the row the ledger keeps."""
    asked = edition.asked
    row: dict[str, Any] = {
        "edition_id": edition.edition_id,
        "kind": BULLETIN,
        "period": asked.period,
        "rulebook": asked.rulebook.id,
        "as_of": asked.as_of.isoformat(),
        "counted_at": asked.known_at.astimezone(UTC).isoformat(),
        "number": float(edition.number),
        "digest": edition.digest,
    }
    return conform(pd.DataFrame({name: [value] for name, value in row.items()}), Entity.EDITION)


def _edition(world: World, row: dict[str, Any]) -> Edition:
    asked = Asked(
        window=month_of_text(str(row["period"])),
        as_of=pd.Timestamp(row["as_of"]).date(),
        known_at=pd.Timestamp(row["counted_at"]).to_pydatetime(),
        rulebook=world.rulebook_named(str(row["rulebook"])),
    )
    return Edition(str(row["edition_id"]), int(row["number"]), asked, str(row["digest"]))
