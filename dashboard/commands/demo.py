"""`demo`: build the made-up county, and go on reporting with `--live`."""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboard.commands.common import (
    AsJson,
    Db,
    console,
    parse_day,
    print_json,
    progress_bar,
    settings_for,
)
from geo.errors import UsageError

if TYPE_CHECKING:
    from geo.store import Store

__all__ = ["build_into", "demo"]

LIVE_EVERY_S = 4.0
"""Seconds between two live events."""


def demo(
    *,
    db: Db = "",
    seed: Annotated[int, typer.Option(help="Seed of the county.")] = 20200818,
    until: Annotated[str, typer.Option(help="Last day of the county, as 2026-06-30.")] = "",
    volume: Annotated[str, typer.Option(help="sparse, county or busy.")] = "county",
    size: Annotated[str, typer.Option(help="county.")] = "county",
    conceal: Annotated[float, typer.Option(help="Share of villages that report nothing.")] = 0.0,
    thin: Annotated[float, typer.Option(help="Share of villages that report two of five.")] = 0.0,
    live: Annotated[bool, typer.Option("--live", help="Go on reporting events.")] = False,
    events: Annotated[int, typer.Option(help="Stop after so many live events (0: never).")] = 0,
    every: Annotated[float, typer.Option(help="Seconds between live events.")] = LIVE_EVERY_S,
    as_json: AsJson = False,
) -> None:
    """Build the made-up county (the same for a given seed, volume and last day)."""
    if size != "county":
        raise UsageError(
            f"Unknown size {size!r}; use county.", f"未知的规模 {size!r}；请使用 county。"
        )
    from dashboard.wiring import open_store

    store = open_store(settings_for(db).db)
    if store.watermark == 0:
        summary = build_into(
            store, seed=seed, until=parse_day(until), volume=volume, conceal=conceal, thin=thin
        )
        _tell(summary, as_json=as_json)
    elif not live:
        _refuse_second(store)
    if live:
        _report_on(store, seed=seed, events=events, every=every)


def build_into(
    store: Store,
    *,
    seed: int = 20200818,
    until: date | None = None,
    volume: str = "county",
    conceal: float = 0.0,
    thin: float = 0.0,
) -> dict[str, Any]:
    """Build the county into an empty store, showing progress."""
    from zoneinfo import ZoneInfo

    from dashboard.wiring import utc_now
    from geo.demo.build import build_demo

    last_day = until or utc_now().astimezone(ZoneInfo("Asia/Shanghai")).date()
    with progress_bar("Building the demo county") as report:
        summary = build_demo(
            store,
            seed=seed,
            until=last_day,
            volume=volume,
            conceal=conceal,
            thin=thin,
            progress=report,
        )
    return asdict(summary)


def _tell(summary: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(summary)
        return
    console.print(
        "{areas} villages and communities in {towns} towns, {units} units, {incidents} incidents; "
        "built in {seconds:.1f} s. Made up: no place or unit is real.".format(**summary)
    )


def _refuse_second(store: Store) -> None:
    raise UsageError(
        f"The store already holds {store.watermark} events; the demo needs an empty one. "
        "Name another with --db, or add --live to go on reporting.",
        f"该库已有 {store.watermark} 条记录，演示县需要空库。"
        "请用 --db 指定其他库，或加 --live 继续上报。",
    )


def _report_on(store: Store, *, seed: int, events: int, every: float) -> None:
    if not store.meta.is_demo:
        raise UsageError(
            "Live events are made up and go into a demo store only.", "实时虚构事件只能写入演示库。"
        )
    from dashboard.wiring import clock_of
    from geo.demo.live import live_events

    console.print("Reporting events; stop with Ctrl-C.")
    stream = live_events(store, seed=seed, now=clock_of(store))
    try:
        for number, told in enumerate(stream, start=1):
            console.print(f"· {told}")
            if events and number >= events:
                return
            time.sleep(every)
    except KeyboardInterrupt:
        console.print("Stopped.")
