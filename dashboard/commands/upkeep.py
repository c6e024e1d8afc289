"""`verify`, `rebuild`, `check`: is the record sound, are the tables, is this installation."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from dashboard.commands.common import AsJson, Db, console, print_json, store_of

__all__ = ["check", "rebuild", "verify"]

LEAST_FREE_GB = 2.0
"""Gigabytes. A county's store grows by less in ten years."""


def verify(*, db: Db = "", as_json: AsJson = False) -> None:
    """Walk the hash chain from the first event to the last."""
    found = store_of(db).verify()
    answer = {"events": found.events, "ok": found.ok, "first_broken": found.first_broken}
    if as_json:
        print_json(answer)
    elif found.ok:
        console.print(f"{found.events} events, the chain is whole.")
    if not found.ok:
        console.print(
            f"The chain is broken at event {found.first_broken}. Restore the store from a "
            "copy made before, and find out who changed it.",
            style="red",
        )
        raise typer.Exit(1)


def rebuild(*, db: Db = "", as_json: AsJson = False) -> None:
    """Make the derived tables anew from the ledger."""
    counts = store_of(db).rebuild()
    if as_json:
        print_json(dict(counts))
    else:
        console.print(", ".join(f"{name}: {n}" for name, n in counts.items()))


def check(
    *,
    db: Db = "",
    as_json: AsJson = False,
    folder: Annotated[Path, typer.Option(help="Where the store will lie.")] = Path(),
) -> None:
    """Tell whether this installation is sound: Python, map packages, fonts, disk, store."""
    from dashboard.map_view.vendor_files import has_vendor

    findings: dict[str, Any] = {
        "python": sys.version.split()[0],
        "map_packages": has_vendor(),
        "cjk_font": _has_cjk_font(),
        "free_gb": round(shutil.disk_usage(folder).free / 1e9, 1),
        "store_events": store_of(db).watermark,
    }
    findings["ok"] = bool(findings["map_packages"]) and findings["free_gb"] >= LEAST_FREE_GB
    if as_json:
        print_json(findings)
        return
    for name, value in findings.items():
        console.print(f"{name}: {value}", highlight=False)


def _has_cjk_font() -> bool | None:
    """Tell whether the machine has a Chinese font; None where it cannot be asked."""
    tool = shutil.which("fc-list")
    if tool is None:
        return None
    import subprocess

    listed = subprocess.run([tool, ":lang=zh"], capture_output=True, text=True, check=False)  # noqa: S603
    return bool(listed.stdout.strip())
