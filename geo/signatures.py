"""Whether two names stand for the same person, as far as typed names can say."""

from __future__ import annotations

import unicodedata

from geo.errors import UsageError

__all__ = ["signature", "signed"]


def signature(name: str) -> str:
    """Give a name in the form in which two are compared.

    >>> signature("  LI  Na ") == signature("ｌｉ na")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def signed(name: str) -> str:
    """Give a name as it is kept, trimmed; raise UsageError where nobody is named."""
    if not signature(name):
        raise UsageError(
            "Nobody is named; say who decides (--by NAME).", "未署名；请注明由谁决定（--by 姓名）。"
        )
    return " ".join(name.split())
