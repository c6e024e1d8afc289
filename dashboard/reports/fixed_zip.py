"""Office files whose bytes follow from their content alone: no clock of the machine in them."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["fixed_zip"]

EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The first moment a zip can name."""
CORE: Final = "docProps/core.xml"
STAMPS: Final = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")


def fixed_zip(body: bytes, moment: datetime) -> bytes:
    """Give an Office file anew: parts in the order of their names, dated `moment` alone."""
    out = io.BytesIO()
    said = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with (
        zipfile.ZipFile(io.BytesIO(body)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in sorted(old.namelist(), key=_place):
            part = old.read(name)
            if name == CORE:
                part = STAMPS.sub(rb"\g<1>" + said + rb"\g<3>", part)
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            new.writestr(entry, part)
    return out.getvalue()


def _place(name: str) -> tuple[bool, str]:
    """Put the list of content types first, where readers look for it."""
    return name != "[Content_Types].xml", name
