"""Fetches the map's front-end packages with npm and keeps only the files that are served."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from dashboard.map_view.vendor_files import FILES, HERE, VENDOR, has_vendor

__all__ = ["ensure_vendor"]

LOCK: Final = HERE / "vendor.lock.json"
"""File name -> sha256; a file that differs is never served."""

NPM_MINUTES: Final = 5
"""Minutes after which a hanging `npm` is given up."""

NO_NPM: Final = (
    "The map packages are not installed and npm was not found: maps are drawn with Leaflet. "
    "Install Node.js and run: python -m dashboard.map_view.vendoring"
)

Say = Callable[[str], None]


def ensure_vendor(*, root: Path, progress: Say, vendor: Path = VENDOR) -> bool:
    """Install the packages of `root`/package.json once; tell whether the files are there.

    Parameters
    ----------
    root
        Folder of package.json and package-lock.json.
    progress
        Takes one sentence per step, for the person waiting.
    vendor
        Where the served files go.

    Returns
    -------
    bool
        False, after a sentence, when there is no npm, it fails, or a file is not the expected one;
        nothing is left half installed then.
    """
    if has_vendor(vendor):
        return True
    npm = shutil.which("npm")
    if npm is None:
        progress(NO_NPM)
        return False
    progress("Fetching the map packages with npm ...")
    with tempfile.TemporaryDirectory() as folder:
        return _install(npm, root, Path(folder), vendor, progress)


def _install(npm: str, root: Path, folder: Path, vendor: Path, progress: Say) -> bool:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(root / name, folder / name)
    problem = _run_npm(npm, folder) or _wrong_file(folder / "node_modules")
    if problem:
        progress(problem)
        return False
    _copy(folder / "node_modules", vendor)
    progress("The map packages are installed.")
    return True


def _run_npm(npm: str, folder: Path) -> str:
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(  # noqa: S603  a fixed command, found on PATH
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=NPM_MINUTES * 60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"npm could not run ({error}); maps are drawn with Leaflet."
    if done.returncode == 0:
        return ""
    last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    return f"npm failed: {last}; maps are drawn with Leaflet."


def _wrong_file(modules: Path) -> str:
    expected = json.loads(LOCK.read_text(encoding="utf-8"))
    for name, source in FILES.items():
        if _sha256(modules / source) != expected.get(name):
            return f"{name} is not the file named in {LOCK.name}; maps are drawn with Leaflet."
    return ""


def _copy(modules: Path, vendor: Path) -> None:
    fresh = vendor.with_name(vendor.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name, source in FILES.items():
        shutil.copy(modules / source, fresh / name)
    shutil.rmtree(vendor, ignore_errors=True)
    fresh.replace(vendor)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def main() -> int:
    """Run as `python -m dashboard.map_view.vendoring`."""
    return 0 if ensure_vendor(root=HERE.parents[1], progress=_say) else 1


def _say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
