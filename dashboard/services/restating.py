"""What changed between two states of knowledge: whose status was restated, by which fact."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from dashboard.access import Permission
from dashboard.i18n import LANGUAGES, t
from dashboard.services.naming import moment_text, name_of, word
from dashboard.services.permitted import needs
from dashboard.services.records import records
from dashboard.services.zero_board import STREAMS
from geo.vocabulary import SubjectClass
from models.zero.rates import THREE_ZERO
from models.zero.restatement import CAUSES
from models.zero.restating_facts import KEYS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from dashboard.services.standpoint import Standpoint
    from dashboard.services.world import World
    from dashboard.services.zero_board import ZeroBoard
    from geo.window import Window
    from models.zero.restatement import Restatement

__all__ = ["RestatingService", "restated_line", "restated_rows"]

FACTS_NAMED: Final = 2
"""Facts a sentence names; the others it counts. All of them are in the answer's `facts`."""


class RestatingService:
    """Compares what was known at one moment with what is known at another."""

    def __init__(self, world: World, board: ZeroBoard) -> None:
        self._world = world
        self._board = board

    @needs(Permission.READ)
    def since(
        self, windows: Sequence[Window], at: Standpoint, then: datetime, *, level: str | None = None
    ) -> list[dict[str, Any]]:
        """List the statuses restated since `then`, in the order of codes; see `restated_rows`."""
        answer = self._board.restated(windows, then=then, level=level, **at.about)
        return restated_rows(answer, self._world.zone)

    @needs(Permission.READ)
    def between(self, window: Window, at: Standpoint, lang: str) -> dict[str, Any]:
        """Compare a window as it was known at its own end, or at `at.known_at`, with today.

        Gives `then` and `now` (moments in words), `sentence`, `rows` with names and words in
        `lang`, `rates` (class, stream, both counts) and `changed` (codes of areas that were
        restated themselves).
        """
        then = at.known_at or self._end_of(window, at)
        rows = self.since((window,), at.knew(None), then)
        zone = self._world.zone
        moments = moment_text(then, zone), moment_text(self._world.now, zone)
        return {
            "then": moments[0],
            "now": moments[1],
            "sentence": _sentence(rows, window.label, *moments, lang),
            "rows": self._named(rows, lang),
            "rates": self._rates(window, at, then, lang),
            "changed": sorted({row["code"] for row in rows if row["unit_id"] is None}),
        }

    def _end_of(self, window: Window, at: Standpoint) -> datetime:
        cut = window.until(at.as_of) or window
        return self._world.start_of(cut.end)

    def _rates(
        self, window: Window, at: Standpoint, then: datetime, lang: str
    ) -> list[dict[str, Any]]:
        """Put both rates of each class and stream side by side."""
        sides = [
            self._board.rates((window,), **at.knew(moment).about).set_index(
                ["subject_class", "stream"]
            )
            for moment in (then, None)
        ]
        known = {group for side in sides for group in side.index.get_level_values(0)}
        order = [(group, s) for group in _in_order(known) for s in (*STREAMS, THREE_ZERO)]
        both = sides[0].merge(
            sides[1], left_index=True, right_index=True, suffixes=("_then", "_now"), how="outer"
        )
        counted = [f"{n}_{side}" for n in ("zero", "assessed") for side in ("then", "now")]
        table = both.reindex(order)[counted].fillna(0).astype("int64").reset_index()
        return [
            row
            | {
                "class": row["subject_class"],
                "class_label": word("class", row["subject_class"], lang),
                "stream_label": t(f"stream.{row['stream']}", lang),
            }
            for row in records(table)
        ]

    def _named(self, rows: list[dict[str, Any]], lang: str) -> list[dict[str, Any]]:
        snapshot = self._world.snapshot()
        names = pd.concat([name_of(snapshot.areas, lang), snapshot.units["name"]])
        places = names[~names.index.duplicated()]
        return [
            row
            | {
                "name": str(places.get(row["code"], "")),
                "stream_label": t(f"stream.{row['stream']}", lang),
                "cause_label": t(f"restated.cause.{row['cause']}", lang),
                "why": row["why"][lang],
            }
            for row in rows
        ]


def restated_rows(answer: Restatement, zone: ZoneInfo) -> list[dict[str, Any]]:
    """Give one record per restated status, in the order of codes.

    Each has code, class, unit_id, window, stream, status_then, status_now (None where not in the
    register), cause, `why` in each language and `facts`: entity, fact_id, cause, happened_on,
    reported_at and learned_at as texts in the store's zone ("–" where missing).
    """
    told: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for fact in records(answer.facts):
        told.setdefault(tuple(fact[name] for name in KEYS), []).append(_fact(fact, zone))
    rows = []
    for row in records(answer.rows):
        facts = told.get(tuple(row[name] for name in KEYS), [])
        rows.append(
            {
                "code": row["subject_id"],
                "class": row["subject_class"],
                "unit_id": _known(row["unit_id"]),
                "window": row["window"],
                "stream": row["stream"],
                "status_then": _known(row["status_then"]),
                "status_now": _known(row["status_now"]),
                "cause": row["cause"],
                "why": {lang: _why(facts, lang) for lang in LANGUAGES},
                "facts": facts,
            }
        )
    return rows


def restated_line(row: dict[str, Any], lang: str) -> str:
    """Say one restated status in one line."""
    return t(
        "restated.row",
        lang,
        code=row["code"],
        window=row["window"],
        stream=t(f"stream.{row['stream']}", lang),
        then=status_word(row["status_then"], lang),
        now=status_word(row["status_now"], lang),
        why=row["why"][lang],
    )


def status_word(status: str | None, lang: str) -> str:
    """Word a status; who was not in the register had none."""
    return t(f"status.{status}", lang) if status else t("restated.not_registered", lang)


def _in_order(classes: set[str]) -> list[str]:
    """Put classes into the programme's order; others come after, by name."""
    known = [str(each) for each in SubjectClass]
    return [c for c in known if c in classes] + sorted(classes - set(known))


def _known(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)


def _fact(fact: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    happened = fact["happened_on"]
    return {
        "entity": fact["entity"],
        "fact_id": fact["fact_id"],
        "cause": fact["cause"],
        "happened_on": "–" if pd.isna(happened) else str(happened)[:10],
        "reported_at": moment_text(fact["reported_at"], zone),
        "learned_at": moment_text(fact["learned_at"], zone),
    }


def _why(facts: list[dict[str, Any]], lang: str) -> str:
    """Name the first facts with their moments and count the others."""
    ranked = sorted(facts, key=lambda fact: CAUSES.index(fact["cause"]))
    said = [
        t(
            "restated.fact",
            lang,
            cause=t(f"restated.cause.{fact['cause']}", lang),
            entity=t(f"restated.entity.{fact['entity']}", lang),
            fact_id=fact["fact_id"],
            happened=fact["happened_on"],
            learned=fact["learned_at"],
        )
        for fact in ranked[:FACTS_NAMED]
    ]
    rest = len(facts) - FACTS_NAMED
    more = [t("restated.more", lang, n=rest)] if rest > 0 else []
    return ("；" if lang == "zh" else "; ").join([*said, *more])


def _sentence(rows: list[dict[str, Any]], window: str, then: str, now: str, lang: str) -> str:
    """Say in one sentence how many statuses changed between two moments, and by what."""
    about = {"window": window, "then": then, "now": now}
    if not rows:
        return t("restated.none", lang, **about)
    counts = Counter(row["cause"] for row in rows)
    causes = [
        t("restated.counted", lang, n=counts[cause], cause=t(f"restated.cause.{cause}", lang))
        for cause in CAUSES
        if counts[cause]
    ]
    key = "restated.sentence" if len(rows) > 1 else "restated.sentence_one"
    return t(key, lang, n=len(rows), causes=("、" if lang == "zh" else ", ").join(causes), **about)
