"""Every text a person reads, by key, in Chinese and English.

The texts stand beside this file: `zh*.yaml` and `en*.yaml` hold the same keys.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import yaml

__all__ = ["DEFAULT_LANGUAGE", "LANGUAGES", "has", "keys", "t"]

LANGUAGES: Final = ("zh", "en")
DEFAULT_LANGUAGE: Final = "zh"


def t(key: str, lang: str, **values: object) -> str:
    """Give the text of `key` in `lang`, with `{name}` replaced by `values`.

    Raises KeyError for a key nobody wrote: a missing text is a defect, not an empty label.
    """
    text = _texts(lang)[key]
    return text.format(**values) if values else text


def has(key: str, lang: str) -> bool:
    """Tell whether a text exists, for words that come from data."""
    return key in _texts(lang)


def keys(lang: str) -> frozenset[str]:
    """List every key of a language."""
    return frozenset(_texts(lang))


@cache
def _texts(lang: str) -> dict[str, str]:
    if lang not in LANGUAGES:
        raise KeyError(lang)
    texts: dict[str, str] = {}
    for path in sorted(Path(__file__).parent.glob(f"{lang}*.yaml")):
        loaded: dict[str, object] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        texts.update({key: str(value) for key, value in loaded.items()})
    return texts
