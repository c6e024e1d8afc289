"""The errors people can meet.

    SanlingError
    |-- DataError (ValueError)
    |   |-- SchemaError       a column is missing or out of range
    |   |-- CRSError          no CRS, two CRSs, or degrees where metres are needed
    |   |-- RefusedFile       a file was refused as a whole; `code` is its F-rule
    |   `-- GrievanceError    a petition or a dispute where only cases and accidents may go
    |-- NotReadyError         unfitted model, empty ledger, nothing loaded yet
    |-- UsageError            a question that makes no sense as asked
    |-- AccessError           who asks may not see or do this
    |-- LedgerError           the chain is broken, or an event may not be appended
    |   `-- UnsupportedSchema  no store, or a store of another version
    |-- PluginError           a plug-in file is broken or exports the wrong thing
    `-- Cancelled             somebody asked long work to stop

Every message says what came, what is needed and what to do. Messages carry both
languages: `str(error)` is English, `error.text("zh")` is Chinese.
"""

from __future__ import annotations

__all__ = [
    "AccessError",
    "CRSError",
    "Cancelled",
    "DataError",
    "GrievanceError",
    "LedgerError",
    "NotReadyError",
    "PluginError",
    "RefusedFile",
    "SanlingError",
    "SchemaError",
    "UnsupportedSchema",
    "UsageError",
]


class SanlingError(Exception):
    """Any error with a sentence meant for people, in both languages."""

    def __init__(self, en: str, zh: str = "") -> None:
        super().__init__(en)
        self._zh = zh or en

    def text(self, language: str = "en") -> str:
        """Give the sentence in `language` ("zh" or "en")."""
        return self._zh if language == "zh" else str(self)


class DataError(SanlingError, ValueError):
    """The data do not fit what was asked of them."""


class SchemaError(DataError):
    """A column is missing or a value is out of range."""


class CRSError(DataError):
    """No CRS, two CRSs, or degrees where metres are needed."""


class RefusedFile(DataError):
    """A file was refused as a whole; nothing of it was stored."""

    def __init__(self, code: str, en: str, zh: str = "") -> None:
        super().__init__(f"{code}: {en}", f"{code}：{zh or en}")
        self.code = code


class GrievanceError(DataError):
    """A petition or a dispute came where only cases and accidents may go."""


class NotReadyError(SanlingError):
    """Something has to be loaded or fitted first."""


class UsageError(SanlingError):
    """A question that makes no sense as asked."""


class AccessError(SanlingError):
    """Who asks may not see or do this."""


class LedgerError(SanlingError):
    """The chain is broken, or an event may not be appended."""


class PluginError(SanlingError):
    """A plug-in file is broken or exports the wrong thing."""


class Cancelled(SanlingError):
    """Long work was asked to stop; what was under way was dropped as a whole."""


class UnsupportedSchema(LedgerError):
    """A database that is no store, or a store of another version."""
