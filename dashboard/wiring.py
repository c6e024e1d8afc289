"""Settings become services: the only clock and the only engine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from dashboard.access import LOCAL
from geo.store import Jobs, Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from dashboard.access import Actor
    from dashboard.login import Gate
    from dashboard.services.composition import Services
    from dashboard.services.intake import IntakeDesk
    from dashboard.services.people import People
    from dashboard.settings import Settings
    from dashboard.worker.inbox import Inbox
    from dashboard.worker.running import Worker

__all__ = [
    "build_gate",
    "build_people",
    "build_services",
    "build_worker",
    "clock_of",
    "ledger_clock",
    "open_store",
    "utc_now",
]

LEAFLET = Path(__file__).parent / "map_view" / "vendor"
"""Where the map's front-end packages are installed."""
DEMO_DAY_BEGINS = 6
"""Local hour up to which a demo store's facts run on its last day."""


def utc_now() -> datetime:
    """Give the present moment."""
    return datetime.now(UTC)


def open_store(url: str) -> Store:
    """Open the store, making the folder of a SQLite file where it is missing."""
    path = url.removeprefix("sqlite:///")
    if path != url and path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    return Store.open(url)


def clock_of(store: Store) -> Callable[[], datetime]:
    """Give the store's clock: a demo lives on its last day, at the present time of day."""

    def demo_clock() -> datetime:
        until, zone = store.meta.demo_until, store.snapshot().time_zone
        if until is None:
            return utc_now()
        local = utc_now().astimezone(zone)
        day = datetime(until.year, until.month, until.day, tzinfo=zone)
        since_midnight = timedelta(hours=local.hour, minutes=local.minute, seconds=local.second)
        return (day + max(since_midnight, timedelta(hours=DEMO_DAY_BEGINS))).astimezone(UTC)

    return demo_clock


def ledger_clock(store: Store) -> Callable[[], datetime]:
    """Give the clock that facts are recorded by: the store's own, never before its last event."""
    clock = clock_of(store)

    def moment() -> datetime:
        return max(clock(), store.snapshot().known_at or clock())

    return moment


def build_worker(settings: Settings, stop: Event) -> tuple[Worker, Inbox]:
    """Put the worker of one store together, and the inbox it looks after."""
    from dashboard.services.recipes import RecipeShelf
    from dashboard.worker.deeds import Desk
    from dashboard.worker.inbox import Inbox
    from dashboard.worker.running import Worker

    store, jobs = open_store(settings.db), Jobs(settings.queue)
    desk = Desk(store, ledger_clock(store), RecipeShelf(Path(settings.recipes)))
    inbox = Inbox(Path(settings.inbox), store, jobs, utc_now)
    return Worker(desk, jobs, utc_now, stop=stop), inbox


def build_services(settings: Settings) -> Services:
    """Put the services of one store together, for the one person at the machine."""

    def log(name: str, deed: str, about: str) -> None:
        build_people(settings).log(name, deed, about)

    return _services_of(open_store(settings.db), LOCAL, build_desk(settings), log)


def build_desk(settings: Settings) -> IntakeDesk:
    """Put together what data are brought in with."""
    from dashboard.services.intake import IntakeDesk
    from dashboard.services.recipes import RecipeShelf
    from dashboard.services.staging import Staging

    shelf = RecipeShelf(Path(settings.recipes))
    staging = Staging(Path(settings.staging), utc_now, settings.upload_mb)
    return IntakeDesk(Jobs(settings.queue), shelf, staging, utc_now)


def build_gate(settings: Settings, store: Store) -> Gate:
    """Put together what stands before the pages of one store."""
    from dashboard.login import Gate, secret_of
    from dashboard.services.directory import Directory

    desk, people = build_desk(settings), build_people(settings)
    return Gate(
        people=people,
        directory=Directory(lambda actor: _services_of(store, actor, desk, people.log)),
        is_demo=store.meta.is_demo,
        secret=secret_of(settings.secret),
    )


def build_people(settings: Settings) -> People:
    """Open the accounts of one store."""
    from dashboard.services.people import People
    from geo.store.access_book import AccessBook

    return People(AccessBook(settings.access_book), utc_now)


def _services_of(
    store: Store, actor: Actor, desk: IntakeDesk, log: Callable[[str, str, str], None]
) -> Services:
    from dashboard.services.composition import Services

    return Services.over(
        store, clock=clock_of(store), leaflet=LEAFLET, actor=actor, desk=desk, log=log
    )
