"""What every test run shares: calm property tests, and where the real data lie."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Deadlines measure the machine, not the code; a shared machine would fail sound properties.
settings.register_profile("calm", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("calm")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of real data beside the project; skip without it."""
    named = os.environ.get("SANLING_SHARED")
    roots = [Path(named)] if named else [up / "shared" for up in Path(__file__).resolve().parents]
    for root in roots:
        if (root / "data").is_dir():
            return root / "data"
    pytest.skip("no real data: neither SANLING_SHARED nor a folder shared/data beside the project")


@pytest.fixture(scope="session")
def demo_db(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Build the made-up county once; give the URL of its store. Read it, never write to it."""
    from datetime import date

    from geo.demo.build import build_demo
    from geo.store import Store

    url = f"sqlite:///{tmp_path_factory.mktemp('demo')}/county.db"
    with Store.open(url) as store:
        build_demo(store, until=date(2026, 6, 30))
    return url


@pytest.fixture
def demo_copy(demo_db: str, tmp_path: Path) -> str:
    """Give a copy of the county's store that a test may write to."""
    import shutil

    source = Path(demo_db.removeprefix("sqlite:///"))
    for part in source.parent.iterdir():
        if part.is_file():
            shutil.copy(part, tmp_path / part.name)
    return f"sqlite:///{tmp_path / source.name}"
