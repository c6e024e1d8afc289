"""Steps from a file: each follows the one before it, of a matter the ledger knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.process import REFERENCE, Process, processes
from geo.vocabulary import Entity

if TYPE_CHECKING:
    from geo.intake.faults import Mask, Verdicts
    from geo.store import Snapshot

__all__ = ["check_process_steps", "out_of_turn"]

MATTER: Final = ["process", "about", "about_key"]
HELD_BY: Final = {
    Entity.PETITION: "petitions",
    Entity.DISPUTE: "disputes",
    Entity.HAZARD: "hazards",
    Entity.CASE: "cases",
    Entity.ACCIDENT: "accidents",
}
"""Where a snapshot holds the matters a process can be about."""

BOOK: Final = {process.id: process for process in processes()}


def check_process_steps(frame: pd.DataFrame, verdicts: Verdicts, known: Snapshot) -> None:
    """Q09: unknown process, post, or a reference without a number; Q02: unknown matter; Q12."""
    own = [BOOK.get(name or "") for name in _words(frame["process"])]
    unknown = np.array([process is None for process in own], dtype=bool)
    verdicts.keep_out("Q09", unknown, "process")
    for name, allows in (("about", Process.leads), ("post", Process.has_post)):
        strange = [
            process is not None and word is not None and not allows(process, word)
            for process, word in zip(own, _words(frame[name]), strict=True)
        ]
        verdicts.keep_out("Q09", np.array(strange, dtype=bool), name)
    reference = frame["document_ref"]
    unfit = reference.notna() & ~reference.str.fullmatch(REFERENCE, na=False)
    verdicts.keep_out("Q09", unfit, "document_ref")
    for entity, held in HELD_BY.items():
        meant = frame["about"] == str(entity)
        if meant.any():
            found = frame["about_key"].isin(getattr(known, held).index)
            verdicts.keep_out("Q02", meant & ~found, "about_key")
    kept = verdicts.stating
    late = np.zeros(len(frame), dtype=bool)
    late[kept] = out_of_turn(frame[kept], known.steps)
    verdicts.keep_out("Q12", late, "to_step")


def out_of_turn(steps: pd.DataFrame, standing: pd.DataFrame) -> Mask:
    """Tell which new steps do not follow, shape (n,).

    `steps` have `step_id` as a column, `standing` as its index. Each matter is walked in the
    order of time, its standing steps among the new ones; a new one has to follow what is before
    it (`from_step`, where it is stated, too), and what stands has to follow it in turn.
    """
    stood = standing[~standing.index.isin(steps["step_id"])]
    columns = [*MATTER, "from_step", "to_step", "taken_at"]
    both = pd.concat([stood[columns], steps[columns]], ignore_index=True)
    row = np.r_[np.full(len(stood), -1), np.arange(len(steps))]
    order = both.assign(row=row).sort_values("taken_at", kind="stable")
    wrong = np.zeros(len(steps), dtype=bool)
    for (name, _, _), matter in order.groupby(MATTER, sort=False):
        wrong[_wrong_rows(str(name), matter)] = True
    return wrong


def _wrong_rows(name: str, matter: pd.DataFrame) -> list[int]:
    """Give the new rows of one matter that do not fit between what stands."""
    process = BOOK[name]
    wrong: list[int] = []
    since: list[int] = []
    at: str | None = None
    told, tos = _words(matter["from_step"]), matter["to_step"]
    for before, step, row in zip(told, tos, matter["row"], strict=True):
        if row < 0:
            if since and before != at:
                wrong += since
            at, since = step, []
        elif process.may(at, step) and before in (None, at):
            at = step
            since.append(int(row))
        else:
            wrong.append(int(row))
    return wrong


def _words(words: pd.Series) -> list[str | None]:
    """Give the texts of a column, None where there is none."""
    return words.astype(object).where(words.notna(), None).tolist()
