"""The CRS a file states of itself."""

from __future__ import annotations

import pyproj

__all__ = ["crs_stated"]


def crs_stated(text: str | None) -> str | None:
    """Give the CRS a file states, by its code or as WKT; None where it states none we know.

    >>> crs_stated("EPSG:4490"), crs_stated("no CRS"), crs_stated(None)
    ('EPSG:4490', None, None)
    """
    if not text or not text.strip():
        return None
    try:
        crs = pyproj.CRS.from_user_input(text.strip())
    except pyproj.exceptions.CRSError:
        return None
    # A GeoPackage writes "Undefined geographic SRS" where nobody said which.
    if not (crs.is_geographic or crs.is_projected) or crs.name.startswith("Undefined"):
        return None
    authority = crs.to_authority()
    return ":".join(authority) if authority else crs.to_wkt()
