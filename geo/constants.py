"""Numbers that come from outside, each with its unit, source and reason."""

from __future__ import annotations

from typing import Final

__all__ = [
    "BD09_ITERATIONS",
    "CHINA_BOX",
    "GCJ02_AXIS_M",
    "GCJ02_ECCENTRICITY2",
    "GCJ02_ITERATIONS",
    "STATED_AREA_TOLERANCE_M",
]

GCJ02_AXIS_M: Final = 6_378_245.0
"""Metres. Semi-major axis of the Krasovsky 1940 ellipsoid, which the GCJ-02 formula rests on."""

GCJ02_ECCENTRICITY2: Final = 0.00669342162296594323
"""Without unit. First eccentricity squared of the Krasovsky 1940 ellipsoid."""

CHINA_BOX: Final = (72.004, 0.8293, 137.8347, 55.8271)
"""Degrees (west, south, east, north). The box in which the public GCJ-02 formula shifts."""

GCJ02_ITERATIONS: Final = 3
"""Steps of the fixed-point inverse. Two leave up to 2 cm, three at most 0.2 mm over China."""

BD09_ITERATIONS: Final = 3
"""Steps after the closed inverse, which alone errs up to 0.22 m; each divides that by fifty."""

STATED_AREA_TOLERANCE_M: Final = 200.0
"""Metres. How far a point may lie outside the area stated with it (import rule Q08)."""
