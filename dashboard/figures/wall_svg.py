"""The wall's small pictures: a rate's line over two years, the towns' months."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["share_colour", "spark_svg", "towns_svg"]

FONT: Final = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif"
INK: Final = "#a9c0d3"
SPARK: Final = (240, 46)
"""Width and height of a rate's line in drawing units."""
LEAST_SPAN: Final = 0.05
"""Share. A line's axis spans at least this, so that noise does not look like a fall."""
LATIN_WIDTH: Final = 8.0
CJK_WIDTH: Final = 15.0
"""Drawing units a character of a town's name takes."""
CELL: Final = (39, 20)
GAP: Final = 3
TAIL_WIDTH: Final = 118
HEAD: Final = 20
STEPS: Final = (
    (1.0, "#1f8f86"),
    (0.9, "#2b6f70"),
    (0.75, "#7d7350"),
    (0.5, "#b5763f"),
    (0.0, "#d97b29"),
)
"""Least share at zero and its colour: teal where all are at zero, towards orange where few are."""


def share_colour(zero: int, assessed: int) -> str:
    """Give the colour of a share; grey hatching where nothing was assessed.

    >>> share_colour(0, 0), share_colour(4, 4)
    ('url(#h)', '#1f8f86')
    """
    if not assessed:
        return "url(#h)"
    share = zero / assessed
    return next(colour for least, colour in STEPS if share >= least)


def spark_svg(values: Sequence[float | None], *, target: float | None) -> str:
    """Draw a rate over its months, oldest first, with its target dashed; gaps stay gaps."""
    known = [value for value in values if value is not None]
    if not known:
        return _svg(*SPARK, "")
    marks = known if target is None else [*known, target]
    low, high = min(marks), max(marks)
    middle = (low + high) / 2
    span = max(high - low, LEAST_SPAN)
    parts = [_line(part, low=middle - span / 2, span=span) for part in _runs(values)]
    if target is not None:
        y = _height(target, low=middle - span / 2, span=span)
        parts.append(
            f'<path d="M0 {y:.1f}H{SPARK[0]}" stroke="#fff" stroke-opacity=".55" '
            'stroke-dasharray="4 4" fill="none"/>'
        )
    return _svg(*SPARK, "".join(parts), stretch=True)


def towns_svg(
    months: Sequence[str], rows: Sequence[Mapping[str, Any]], *, hover: str = "{zero}/{n}"
) -> str:
    """Draw one row per town: a cell per month with the number of broken areas in it."""
    left = max((_text_width(str(row["name"])) for row in rows), default=0.0) + 2 * GAP
    width = left + len(months) * (CELL[0] + GAP) + TAIL_WIDTH
    height = HEAD + len(rows) * (CELL[1] + GAP)
    parts = [_years(months, left)]
    for number, row in enumerate(rows):
        top = HEAD + number * (CELL[1] + GAP)
        parts.append(_text(0, top + 15, str(row["name"])))
        places = [left + place * (CELL[0] + GAP) for place in range(len(row["cells"]))]
        parts += [_cell(x, top, c, hover) for x, c in zip(places, row["cells"], strict=True)]
        parts.append(_text(width, top + 15, str(row["streak_text"]), anchor="end"))
    return _svg(width, height, _HATCH + "".join(parts))


_HATCH: Final = (
    '<defs><pattern id="h" width="5" height="5" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="5" height="5" fill="#2c3a47"/>'
    '<rect width="1.8" height="5" fill="#708190"/></pattern></defs>'
)


def _svg(width: float, height: float, content: str, *, stretch: bool = False) -> str:
    fit = "none" if stretch else "xMidYMid meet"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'preserveAspectRatio="{fit}" font-family="{FONT}">{content}</svg>'
    )


def _runs(values: Sequence[float | None]) -> list[list[tuple[float, float]]]:
    """Split a line where values are missing; give (place, value) pairs."""
    step = SPARK[0] / max(len(values) - 1, 1)
    runs: list[list[tuple[float, float]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((place * step, value))
    return [run for run in runs if run]


def _line(run: Sequence[tuple[float, float]], *, low: float, span: float) -> str:
    points = " ".join(f"{x:.1f},{_height(value, low=low, span=span):.1f}" for x, value in run)
    return (
        f'<polyline points="{points}" fill="none" stroke="#53d8c1" stroke-width="2.5" '
        'stroke-linejoin="round"/>'
    )


def _height(value: float, *, low: float, span: float) -> float:
    margin = 4
    return margin + (SPARK[1] - 2 * margin) * (1 - (value - low) / span)


def _text_width(text: str) -> float:
    return sum(LATIN_WIDTH if character.isascii() else CJK_WIDTH for character in text)


def _cell(left: float, top: int, cell: Mapping[str, int], hover: str) -> str:
    fill = share_colour(cell["zero"], cell["n"])
    number = str(cell["broken"]) if cell["broken"] else ""
    title = escape(hover.format(**cell))
    return (
        f'<rect x="{left}" y="{top}" width="{CELL[0]}" height="{CELL[1]}" rx="2" fill="{fill}">'
        f"<title>{title}</title></rect>"
        + _text(left + CELL[0] / 2, top + 15, number, ink="#fff", anchor="middle", size=13)
    )


def _years(months: Sequence[str], left: float) -> str:
    marks = [(place, month[:4]) for place, month in enumerate(months) if month.endswith("-01")]
    if months and not months[0].endswith("-01") and (not marks or marks[0][0] > 1):
        marks.insert(0, (0, months[0]))
    step = CELL[0] + GAP
    return "".join(_text(left + place * step, 14, label, size=13) for place, label in marks)


def _text(
    x: float, y: float, text: str, *, ink: str = INK, anchor: str = "start", size: int = 15
) -> str:
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" fill="{ink}" text-anchor="{anchor}">'
        f"{escape(text)}</text>"
    )
