"""Leading a matter on by hand: one step, in turn, by a post; a dispute's record goes along."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.errors import UsageError
from geo.process import POSTS, REFERENCE, process_named
from geo.vocabulary import Action, Entity

if TYPE_CHECKING:
    from datetime import date, datetime

    from geo.store import Batch, Store

__all__ = ["StepTaken", "take_step"]

ACTOR: Final = "entered"
"""What the ledger knows of who entered a step; the account stands in the audit log alone."""
MOMENTS: Final = {
    "forms_filled": "forms_filled_at",
    "registered": "registered_at",
    "in_session": "in_session_at",
}
"""Steps of mediation that a dispute's own record tells, too; an end tells its outcome."""


@dataclass(frozen=True, slots=True)
class StepTaken:
    """A step as somebody enters it; `before` is where they saw the matter stand."""

    about: Entity
    about_key: str
    process: str
    before: str | None
    step: str
    post: str
    due_on: date | None = None
    document_ref: str = ""


def take_step(store: Store, taken: StepTaken, *, at: datetime) -> str:
    """Append a step and, of a dispute, what it changes in its record; give the step's id.

    Raises UsageError, in one sentence, for a step that does not follow, a post the process does
    not have, a reference without a number, and a matter that went on in the meantime.
    """
    _refuse_unfit(taken)
    content = hashlib.sha256(repr(taken).encode()).hexdigest()
    with store.batch(
        Entity.STEP, source="entry", content_hash=content, recipe=None, actor=ACTOR, recorded_at=at
    ) as batch:
        snapshot = store.snapshot()
        if snapshot.watermark != batch.first_seq - 1:
            raise _went_on(taken)
        told = snapshot.steps
        own = told[(told["about"] == str(taken.about)) & (told["about_key"] == taken.about_key)]
        last = own.sort_values("taken_at", kind="stable")["to_step"]
        if len(last) and str(last.iloc[-1]) != taken.before:
            raise _went_on(taken)
        key = f"{taken.about}-{taken.about_key}-{len(own) + 1}"
        batch.append(Entity.STEP, _step(taken, key, at))
        if taken.about is Entity.DISPUTE:
            _tell_dispute(batch, snapshot.disputes.loc[[taken.about_key]], taken, at)
    return key


def _refuse_unfit(taken: StepTaken) -> None:
    process = process_named(taken.process)
    process.require(taken.before, taken.step)
    if not process.has_post(taken.post):
        en = ", ".join(POSTS[post][1] for post in process.posts)
        zh = "、".join(POSTS[post][0] for post in process.posts)
        raise UsageError(
            f"{taken.post!r} is no post of this process; choose one of {en}.",
            f"“{taken.post}”不是本流程的岗位；请选择：{zh}。",
        )
    if taken.document_ref and not re.fullmatch(REFERENCE, taken.document_ref):
        raise UsageError(
            "A document's number has a digit and no spaces; no names and no remarks go here.",
            "文号须含数字且不含空格；此处不填姓名和说明。",
        )


def _went_on(taken: StepTaken) -> UsageError:
    return UsageError(
        f"{taken.about_key} went on in the meantime; open it again.",
        f"{taken.about_key} 已有新的进展，请重新打开。",
    )


def _step(taken: StepTaken, key: str, at: datetime) -> pd.DataFrame:
    row: dict[str, Any] = {
        "step_id": key,
        "about": str(taken.about),
        "about_key": taken.about_key,
        "process": taken.process,
        "from_step": taken.before,
        "to_step": taken.step,
        "taken_at": pd.Timestamp(at),
        "post": taken.post,
        "due_on": None if taken.due_on is None else taken.due_on.isoformat(),
        "document_ref": taken.document_ref or None,
    }
    return pd.DataFrame([row])


def _tell_dispute(batch: Batch, record: pd.DataFrame, taken: StepTaken, at: datetime) -> None:
    """Correct the dispute's record by the step; what a party refused cannot be agreed."""
    changed = record.copy()
    moment = pd.Timestamp(at)
    if taken.step in MOMENTS:
        changed[MOMENTS[taken.step]] = moment
    if process_named(taken.process).is_end(taken.step):
        consent = record["both_parties_consent"].iloc[0]
        if taken.step == "agreed" and pd.notna(consent) and not consent:
            raise UsageError(
                "One of the parties did not consent, so nothing can be agreed.",
                "一方不同意调解，不能记为调解成功。",
            )
        changed["ended_at"] = moment
        changed["outcome"] = taken.step
    batch.append(Entity.DISPUTE, changed, action=Action.CORRECTED)
