"""Bulletins: previewed, frozen as editions, written as documents."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from dashboard.access import Permission
from dashboard.reports.bulletin import Setting, paper_of
from dashboard.reports.bulletin_annex import annex_of
from dashboard.reports.docx_file import docx_of
from dashboard.reports.xlsx_file import xlsx_of
from dashboard.services.bulletin.asking import Asked, month_before, month_of_text
from dashboard.services.bulletin.changed import changes_since
from dashboard.services.bulletin.content import Bulletin
from dashboard.services.bulletin.editions import (
    Edition,
    as_record,
    edition_of,
    editions_of,
    last_before,
)
from dashboard.services.bulletin.figures import digest_of, figures_of
from dashboard.services.cache import Cache
from dashboard.services.naming import moment_text, name_of
from dashboard.services.permitted import needs
from geo.errors import AccessError, LedgerError, UsageError
from geo.vocabulary import Entity
from geo.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from dashboard.reports.paper import Paper, Sheet
    from dashboard.services.world import World
    from dashboard.services.zero_board import ZeroBoard

__all__ = ["BulletinService"]

DOCX_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MONTHS_OFFERED: Final = 24
TICK: Final = timedelta(microseconds=1)
"""The ledger's finest step: an edition is recorded just after the knowledge it rests on."""


class BulletinService:
    """Answers for one actor; `log` notes who froze or took away what."""

    def __init__(
        self, world: World, board: ZeroBoard, log: Callable[[str, str, str], None]
    ) -> None:
        self._world = world
        self._board = board
        self._log = log
        self._cache = Cache(size=8)

    @needs(Permission.READ)
    def months(self) -> list[str]:
        """List the months a bulletin can speak of, newest first."""
        windows = self._board.months(self._world.as_of, MONTHS_OFFERED)
        return [window.label for window in reversed(windows)]

    @needs(Permission.READ)
    def usual_month(self) -> str:
        """Give the last month that is over, the one a bulletin is due for."""
        return month_before(Window.month(self._world.as_of)).label

    @needs(Permission.READ)
    def bulletin(self, period: str, number: int | None = None) -> Bulletin:
        """Give the figures of a month: of an edition as it was frozen, or of a draft of now.

        Raises UsageError for a month or an edition there is not, and LedgerError when the
        ledger no longer gives the figures an edition was frozen with.
        """
        # The mark first: what comes between it and the moment keeps an edition from being frozen.
        mark = self._world.store.watermark
        if number is None:
            return self._computed(self._asked_now(period), None, mark)
        edition = edition_of(self._world, period, number)
        found = self._computed(edition.asked, number, mark)
        if found.digest != edition.digest:
            raise LedgerError(
                f"Edition {number} of {period} was frozen with other figures (digest "
                f"{edition.digest[:12]}, now {found.digest[:12]}): what was known then has been "
                "changed by an erasure or taken-over history. Use the signed paper, and freeze a "
                "new edition.",
                f"{period} 第 {number} 版定稿时的数据摘要为 {edition.digest[:12]}，"
                f"现在得到 {found.digest[:12]}：当时所知内容已因删除或补录历史而改变。"
                "请以已签发文件为准，并另行定稿新版次。",
            )
        return found

    @needs(Permission.READ)
    def paper(self, bulletin: Bulletin, lang: str) -> Paper:
        """Give a bulletin as headings, sentences and tables: townships, no villages."""
        return paper_of(bulletin, self._setting(bulletin.asked, lang), lang)

    @needs(Permission.READ)
    def editions(self, lang: str) -> list[dict[str, str]]:
        """List the editions, newest month first, each with its digest."""
        return [
            {
                "period": edition.asked.period,
                "number": str(edition.number),
                "as_of": edition.asked.as_of.isoformat(),
                "known_at": self._zone_text(edition.asked.known_at),
                "rulebook": edition.asked.rulebook.title(lang),
                "digest": edition.digest,
            }
            for edition in reversed(editions_of(self._world))
        ]

    @needs(Permission.ASSESS)
    def freeze(self, period: str, *, by: str, digest: str) -> Edition:
        """Freeze a month's draft as its next edition, if its figures are still `digest`.

        The digest is that of the draft somebody looked at: what nobody saw is not frozen.
        Raises AccessError for an actor bound to an area, LedgerError when new facts came.
        """
        if self._world.actor.scope:
            raise AccessError(
                f"An edition speaks of the whole store; {by} sees one area only. Ask an assessor "
                "of the whole store to freeze it.",
                f"定稿涉及全部数据，{by} 只能查看本辖区。请由全域考核人员定稿。",
            )
        draft = self.bulletin(period)
        if draft.digest != digest:
            raise _moved_on(period)
        edition = Edition.next_to(editions_of(self._world), draft.asked, draft.digest)
        self._append(edition, draft, by)
        self._log(by, "froze edition", f"{edition.edition_id} {edition.digest}")
        return edition

    @needs(Permission.EXPORT)
    def file(
        self, fmt: str, period: str, number: int | None, lang: str, *, by: str
    ) -> tuple[str, str, bytes]:
        """Give a bulletin as a file: name, type, bytes. `fmt` is docx, or xlsx for the annex.

        An edition gives the same bytes whenever it is asked for.
        """
        bulletin = self.bulletin(period, number)
        kind, body = self._written(fmt, bulletin, lang)
        edition = "draft" if number is None else f"v{number}"
        self._log(by, "took bulletin away", f"{period} {edition} {fmt}")
        return f"三零月通报_{period.replace('-', '')}_{edition}.{fmt}", kind, body

    def _written(self, fmt: str, bulletin: Bulletin, lang: str) -> tuple[str, bytes]:
        if fmt == "docx":
            return DOCX_TYPE, docx_of(self.paper(bulletin, lang), lang, bulletin.asked.known_at)
        if fmt == "xlsx":
            return XLSX_TYPE, xlsx_of(self._annex(bulletin, lang), bulletin.asked.known_at)
        raise UsageError(
            f"Unknown file format {fmt!r}; use docx or xlsx.",
            f"未知的文件格式 {fmt!r}；请使用 docx 或 xlsx。",
        )

    def _annex(self, bulletin: Bulletin, lang: str) -> list[Sheet]:
        return annex_of(bulletin, self._setting(bulletin.asked, lang), lang)

    def _asked_now(self, period: str) -> Asked:
        world = self._world
        window = month_of_text(period)
        if window.start > world.as_of:
            raise UsageError(
                f"{period} has not begun on {world.as_of}; choose an earlier month.",
                f"截至 {world.as_of}，{period} 尚未开始；请选择更早的月份。",
            )
        known = max([world.now, *world.last_recorded().values()])
        return Asked(window, world.as_of, known, world.rulebook)

    def _computed(self, asked: Asked, number: int | None, mark: int) -> Bulletin:
        world = self._world
        # A draft rests on all that is known; frozen, it is the same question and found again.
        known = (mark, world.store.generation)
        if number is not None:
            known = world.knowledge(asked.known_at)
        key = ("figures", known, asked.window, asked.as_of, asked.rulebook.id)
        figures = self._cache.get(key, lambda: self._figures(asked))
        return Bulletin(asked, number, figures, digest_of(figures), mark)

    def _figures(self, asked: Asked) -> dict[str, Any]:
        signed = last_before(self._world, asked)
        figures = figures_of(self._world, self._board, asked)
        return figures | {"restated": self._restated(signed, asked)}

    def _restated(self, signed: Edition | None, asked: Asked) -> dict[str, Any]:
        """Say what changed since the edition before, of that edition's own month."""
        if signed is None:
            return {"period": "", "number": 0, "rows": [], "towns": []}
        now = Asked(signed.asked.window, asked.as_of, asked.known_at, asked.rulebook)
        about = {"period": signed.asked.period, "number": signed.number}
        return about | changes_since(self._world, self._board, signed.asked, now)

    def _append(self, edition: Edition, draft: Bulletin, by: str) -> None:
        with self._world.store.batch(
            Entity.EDITION,
            source=edition.edition_id,
            content_hash=edition.digest,
            recipe=None,
            actor=by,
            recorded_at=edition.asked.known_at + TICK,
        ) as batch:
            if batch.first_seq != draft.watermark + 1:
                raise _moved_on(edition.asked.period)
            batch.append(Entity.EDITION, as_record(edition))

    def _setting(self, asked: Asked, lang: str) -> Setting:
        """Name the place, its areas and units, as known then."""
        snapshot = self._world.snapshot(asked.known_at)
        names = pd.concat([name_of(snapshot.areas, lang), snapshot.units["name"].fillna("")])
        meta = self._world.store.meta
        return Setting(
            place=(meta.title_zh if lang == "zh" else meta.title_en) or "",
            is_demo=meta.is_demo,
            names={str(code): str(name) for code, name in names.items()},
            known_at=self._zone_text(asked.known_at),
        )

    def _zone_text(self, moment: datetime) -> str:
        return moment_text(moment, self._world.zone)


def _moved_on(period: str) -> LedgerError:
    return LedgerError(
        f"New facts about {period} came after these figures were shown. Look at them again, "
        "then freeze.",
        f"{period} 的数据在查看之后又有更新。请重新核对后再定稿。",
    )
