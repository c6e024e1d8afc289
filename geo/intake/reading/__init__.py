"""Bytes become a table, one module per kind of file; nothing is interpreted yet."""

from geo.intake.reading.kinds import read_table
from geo.intake.reading.source import content_hash
from geo.intake.reading.table import RawTable

__all__ = ["RawTable", "content_hash", "read_table"]
