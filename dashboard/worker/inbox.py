"""The inbox: a file put into a feed's folder is imported once, and its report laid beside it.

    inbox/<feed>/FILE                   put there by a sender, who renames it when it is whole
    inbox/<feed>/working/<token>/FILE   queued, or being imported
    inbox/<feed>/done/FILE              imported, or
    inbox/<feed>/failed/FILE            refused; FILE.report.json and FILE.quarantine.csv tell why

Each step is one rename or one row of the queue, so that a sweep after any interruption finds
where every file stands and goes on from there.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson
import pandas as pd

from dashboard.services.feeds import feed_actor
from geo.errors import NotReadyError
from geo.vocabulary import JobKind, JobState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from geo.store import Job, Jobs, Store

__all__ = ["Inbox"]

WORKING: Final = "working"
DONE: Final = "done"
FAILED: Final = "failed"
OURS: Final = frozenset({WORKING, DONE, FAILED})
UNFINISHED: Final = (".part", ".tmp")
"""Endings of files that a sender is still writing; a leading dot says the same."""
REPORT: Final = ".report.json"
QUARANTINE: Final = ".quarantine.csv"


@dataclass(frozen=True)
class Inbox:
    """The folder that feeds deliver into; `now` is the queue's clock."""

    folder: Path
    store: Store
    jobs: Jobs
    now: Callable[[], datetime]

    def sweep(self) -> None:
        """Take in what was delivered, and lay away what has been dealt with."""
        for feed in self._folders():
            for path in self._delivered(feed):
                self._take(feed, path)
            for path in self._working(feed):
                self._go_on(feed, path)

    def _folders(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        return sorted(path for path in self.folder.iterdir() if path.is_dir())

    def _delivered(self, feed: Path) -> list[Path]:
        return sorted(path for path in feed.iterdir() if path.is_file() and _is_whole(path))

    def _working(self, feed: Path) -> Iterator[Path]:
        for held in sorted((feed / WORKING).glob("*/")):
            files = [path for path in held.iterdir() if path.is_file()]
            if not files:
                held.rmdir()
            yield from files

    def _take(self, feed: Path, path: Path) -> None:
        held = feed / WORKING / secrets.token_hex(8)
        held.mkdir(parents=True)
        self._go_on(feed, path.rename(held / path.name))

    def _go_on(self, feed: Path, path: Path) -> None:
        """Queue a file nobody has queued, or lay away one whose job has ended."""
        job = self.jobs.naming(path.parent.name)
        if job is None:
            self._queue(feed, path)
        elif job.state is JobState.DONE:
            self._lay_away(feed / DONE, path, self._told(job), self._quarantine(job))
        elif job.ended:
            self._lay_away(feed / FAILED, path, self._told(job), self._quarantine(job))

    def _queue(self, feed: Path, path: Path) -> None:
        feeds = self.store.snapshot().feeds
        if feed.name not in feeds.index:
            self._lay_away(feed / FAILED, path, _no_such_feed(feed.name), None)
            return
        request = _request(feeds.loc[[feed.name]].iloc[0]) | {"path": str(path), "name": path.name}
        actor = feed_actor(feed.name)
        self.jobs.enqueue(
            JobKind.IMPORT, request | {"feed": feed.name}, actor=actor, now=self.now()
        )

    def _told(self, job: Job) -> dict[str, Any]:
        if job.state is JobState.CANCELLED:
            return {"sentence_en": "The import was stopped.", "sentence_zh": "导入已被停止。"}
        return dict(job.result.get("report") or job.result)

    def _quarantine(self, job: Job) -> bytes | None:
        try:
            return self.jobs.attachment(job.job_id)
        except NotReadyError:
            return None

    def _lay_away(
        self, folder: Path, path: Path, told: dict[str, Any], quarantine: bytes | None
    ) -> None:
        """Put the report beside the place of the file first, and the file last."""
        folder.mkdir(parents=True, exist_ok=True)
        name = _free_name(folder, path.name)
        _write(folder / f"{name}{REPORT}", orjson.dumps(told, option=orjson.OPT_INDENT_2))
        if quarantine is not None:
            _write(folder / f"{name}{QUARANTINE}", quarantine)
        path.rename(folder / name)
        path.parent.rmdir()


def _is_whole(path: Path) -> bool:
    return not path.name.startswith(".") and path.suffix.lower() not in UNFINISHED


def _request(feed: pd.Series) -> dict[str, Any]:
    said = {"entity": "delivers", "recipe": "recipe", "crs": "crs"}
    texts = {name: str(feed[of]) for name, of in said.items() if isinstance(feed[of], str)}
    flags = ("to_area", "backfill")
    return texts | {name: True for name in flags if pd.notna(feed[name]) and bool(feed[name])}


def _no_such_feed(name: str) -> dict[str, Any]:
    return {
        "sentence_en": f"No feed is called {name!r}; import it into the list of feeds first, "
        "then put the file into its folder again.",
        "sentence_zh": f"没有名为 {name!r} 的数据来源；请先导入来源清单（feeds），再重新投递文件。",
    }


def _free_name(folder: Path, name: str) -> str:
    """Give the name, numbered where the folder holds a file of it already."""
    stem, dot, ending = name.partition(".")
    number = 1
    while (folder / name).exists():
        number += 1
        name = f"{stem}-{number}{dot}{ending}"
    return name


def _write(path: Path, content: bytes) -> None:
    half = path.with_name(f".{path.name}.part")
    half.write_bytes(content)
    half.replace(path)
