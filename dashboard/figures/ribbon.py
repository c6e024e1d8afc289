"""The ribbon of months as one SVG: a row per stream, a cell per month."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING, Final

from dashboard.services.cards import SYMBOLS
from dashboard.services.colours import status_colour

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["data_uri", "ribbon_svg"]

WIDTH, HEIGHT, GAP = 13, 19, 2
LABEL_WIDTH: Final = 78
"""Drawing units; the picture scales to the width it is given."""
HEAD: Final = 21
TEXT: Final = 15.5
"""Size of the words: not below 12 px where the ribbon is as wide as the card at 1080p."""
INK: Final = {"dark": "#9fb4c6", "light": "#44586a"}
FONT: Final = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif"


def ribbon_svg(
    months: Sequence[str],
    rows: Mapping[str, Sequence[str]],
    *,
    labels: Mapping[str, str],
    theme: str = "dark",
) -> str:
    """Draw the statuses of `rows` over `months` (labels as 2026-06), oldest first.

    A broken, undecided or unassessed month also carries its symbol. The names of rows come
    from `labels`. Returns the text of an SVG without outside references.

    >>> ribbon_svg(["2026-06"], {"case": ["broken"]}, labels={"case": "zero case"}).count("✕")
    1
    """
    width = LABEL_WIDTH + len(months) * (WIDTH + GAP)
    height = HEAD + len(rows) * (HEIGHT + GAP)
    parts = [_years(months, INK[theme])]
    for number, (key, statuses) in enumerate(rows.items()):
        top = HEAD + number * (HEIGHT + GAP)
        parts.append(_text(0, top + 15, labels[key], INK[theme]))
        parts += [_cell(place, top, status) for place, status in enumerate(statuses)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'font-family="{FONT}">{_HATCH}{"".join(parts)}</svg>'
    )


def data_uri(svg: str) -> str:
    """Wrap an SVG so that an `<img>` can show it."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode("ascii")


_HATCH: Final = (
    '<defs><pattern id="h" width="4" height="4" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="4" height="4" fill="#33424f"/>'
    '<rect width="1.6" height="4" fill="#71828f"/></pattern></defs>'
)
_WITH_SYMBOL: Final = ("broken", "pending_review")


def _cell(place: int, top: int, status: str) -> str:
    left = LABEL_WIDTH + place * (WIDTH + GAP)
    fill = "url(#h)" if status == "not_assessed" else status_colour(status)
    square = f'<rect x="{left}" y="{top}" width="{WIDTH}" height="{HEIGHT}" rx="2" fill="{fill}"/>'
    if status not in _WITH_SYMBOL:
        return square
    symbol = _text(left + WIDTH / 2, top + 14, SYMBOLS[status], "#1a1206", size=12, middle=True)
    return square + symbol


def _years(months: Sequence[str], ink: str) -> str:
    marks = []
    for place, month in enumerate(months):
        if place == 0 or month.endswith("-01"):
            left = LABEL_WIDTH + place * (WIDTH + GAP)
            marks.append((left, month if place == 0 else month[:4]))
    crowded = len(marks) > 1 and marks[1][0] - marks[0][0] < 5 * (WIDTH + GAP)
    kept = marks[1:] if crowded else marks
    return "".join(_text(left, 14, label, ink) for left, label in kept)


def _text(
    x: float, y: float, text: str, fill: str, *, size: float = TEXT, middle: bool = False
) -> str:
    anchor = ' text-anchor="middle"' if middle else ""
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{fill}"{anchor}>{escape(text)}</text>'
