"""Inspections and the steps of matters in hand: what the offices of the made-up county did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.demo.draws import draws
from geo.demo.entries import Entry, entry_until
from geo.process import process_named
from geo.vocabulary import Action, Entity

if TYPE_CHECKING:
    from geo.demo.draws import Floats
    from geo.demo.span import Span
    from geo.demo.world import DemoWorld

__all__ = ["inspection_entries", "step_entries"]

DAY: Final = 1440.0
"""Minutes."""
CLEAN_SHARE: Final = 0.3
"""Inspections that found nothing, beside those that found something."""
IN_HAND_DAYS: Final = 120
"""Matters accepted within the last so many days have their steps kept."""
PACE_DAYS: Final = (0.1, 2.0, 6.0, 25.0, 6.0, 8.0)
"""Mean days between two steps of the loop; a step is told in the order of the loop."""
OWNERS: Final = (
    "village_office", "village_office", "petition_office", "township_office", "township_office",
    "governance_centre", "governance_centre",
)  # fmt: skip


def inspection_entries(
    world: DemoWorld, span: Span, hazards: list[Entry], *, seed: int
) -> list[Entry]:
    """Give an inspection to every hazard's unit and day, and some more that found nothing."""
    rng = draws(seed, "inspections")
    found = hazards[0].frame.groupby(["unit_id", "area_code", "found_on"]).size()
    told = found.rename("hazards_found").reset_index().rename(columns={"found_on": "inspected_on"})
    clean = told.sample(frac=CLEAN_SHARE, random_state=rng).assign(hazards_found=0)
    unit = rng.integers(0, len(world.units), len(clean))
    clean["unit_id"] = world.units.index.to_numpy()[unit]
    clean["area_code"] = world.units["area_code"].to_numpy()[unit]
    every = pd.concat([told, clean], ignore_index=True)
    every["hazards_found"] = every["hazards_found"].astype(float)
    every["checklist"] = "AQ-2025-01"
    every = every.sort_values(["inspected_on", "unit_id"], kind="stable")
    numbers = [f"I{n:05d}" for n in range(1, len(every) + 1)]
    every.index = pd.Index(numbers, name="inspection_id")
    day = (every["inspected_on"] - pd.Timestamp(span.start)) / pd.Timedelta(days=1)
    minute = day.to_numpy() * DAY + np.floor(rng.uniform(570, 1080, len(every)))
    return [entry_until(span.end_minute, Entity.INSPECTION, Action.RECORDED, every, minute)]


def step_entries(
    span: Span, petitions: list[Entry], disputes: list[Entry], *, seed: int
) -> list[Entry]:
    """Give the steps of the petitions and disputes of the last months."""
    rng = draws(seed, "steps")
    rows = pd.concat([_loops(span, petitions, rng), _sessions(span, disputes)], ignore_index=True)
    # A step is told once its matter is known, however much earlier it was taken.
    first = pd.concat([pd.Series(e[0].minute, e[0].frame.index) for e in (petitions, disputes)])
    rows["known"] = first.reindex(rows["about_key"]).to_numpy()
    rows = rows[rows["minute"] < span.end_minute].sort_values("minute", kind="stable")
    rows.index = pd.Index([f"S{n:06d}" for n in range(1, len(rows) + 1)], name="step_id")
    minute, known = rows.pop("minute").to_numpy(), rows.pop("known").to_numpy()
    frame = rows.assign(taken_at=span.moments(minute).array, document_ref=None)
    return [
        entry_until(
            span.end_minute, Entity.STEP, Action.RECORDED, frame, np.maximum(minute, known) + 1
        )
    ]


def _loops(span: Span, petitions: list[Entry], rng: np.random.Generator) -> pd.DataFrame:
    """Lead the petitions of the last months round the seven-step loop, each as far as it came.

    A matter that is closed has been reported back; one that is open has not.
    """
    told, minute = petitions[0].frame, petitions[0].minute
    recent = minute >= span.end_minute - IN_HAND_DAYS * DAY
    start, count = minute[recent], int(recent.sum())
    waits = np.column_stack([rng.exponential(mean, count) for mean in PACE_DAYS]) * DAY + 1
    at = np.column_stack([start, start[:, None] + waits.cumsum(axis=1)])
    closed = _closing(told.index[recent], petitions, span)
    handled = np.minimum(at[:, 3], np.maximum(closed - 2, at[:, 0] + 3))
    at[:, 1:4] = np.linspace(at[:, 0], handled, 4, axis=1)[:, 1:]
    at[:, 4] = closed
    at[:, 5:] = closed[:, None] + waits[:, 4:].cumsum(axis=1)
    steps = tuple(process_named("closed_loop").steps)
    due = told["due_on"].to_numpy()[recent]
    return _rows(told.index[recent], Entity.PETITION, "closed_loop", steps, at, OWNERS, due)


def _closing(keys: pd.Index, petitions: list[Entry], span: Span) -> Floats:
    """Give the minute each matter was told to be closed; after the end for the open ones."""
    later = [
        pd.Series(entry.minute, entry.frame.index)[entry.frame["closed_on"].notna().to_numpy()]
        for entry in petitions[1:]
    ]
    closed = pd.concat(later)
    return closed.reindex(keys).fillna(span.end_minute + DAY).to_numpy(dtype=float)


def _sessions(span: Span, disputes: list[Entry]) -> pd.DataFrame:
    """Tell the steps of the last months' disputes by the moments their records hold."""
    last = pd.concat([entry.frame for entry in disputes])
    last = last[~last.index.duplicated(keep="last")]
    begin = pd.Timestamp(span.begin)
    names = {
        "requested": "requested_at",
        "forms_filled": "forms_filled_at",
        "registered": "registered_at",
        "in_session": "in_session_at",
    }
    minute_of = pd.Timedelta(minutes=1)
    moments = [((last[column] - begin) / minute_of).to_numpy() for column in names.values()]
    at = np.column_stack(moments)
    recent = at[:, 0] >= span.end_minute - IN_HAND_DAYS * DAY
    last, at = last[recent], at[recent]
    rows = _rows(
        last.index, Entity.DISPUTE, "mediation", tuple(names), at, ("police_station",) * 4, None
    )
    ended = last[last["outcome"].notna()]
    came = np.where(ended["in_session_at"].notna(), "in_session", "registered")
    minute = (ended["ended_at"] - begin) / minute_of
    ends = pd.DataFrame(
        {
            "about": str(Entity.DISPUTE), "about_key": ended.index, "process": "mediation",
            "from_step": came, "to_step": ended["outcome"].to_numpy(),
            "post": "police_station", "due_on": pd.NaT, "minute": minute.to_numpy(),
        }
    )  # fmt: skip
    return pd.concat([rows, ends], ignore_index=True)


def _rows(
    keys: pd.Index,
    about: Entity,
    process: str,
    steps: tuple[str, ...],
    at: Floats,
    posts: tuple[str, ...],
    due: np.ndarray | None,
) -> pd.DataFrame:
    """Lay out minutes `(n_matters, n_steps)` as one row per step that was taken."""
    count, width = at.shape
    never = np.full(count, np.datetime64("NaT", "us"))
    rows = pd.DataFrame(
        {
            "about": str(about),
            "about_key": np.repeat(keys.to_numpy(), width),
            "process": process,
            "from_step": np.tile([None, *steps[:-1]], count),
            "to_step": np.tile(steps, count),
            "post": np.tile(posts, count),
            "due_on": np.repeat(never if due is None else due, width),
            "minute": at.ravel(),
        }
    )
    return rows[rows["minute"].notna()]
