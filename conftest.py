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
def shared_data() -> Path:
    """Give the folder of real data; skips with a reason where there is none."""
    named = os.environ.get("SANLING_SHARED")
    folder = Path(named) if named else Path(__file__).resolve().parent.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder} (set SANLING_SHARED to their folder)")
    return folder
