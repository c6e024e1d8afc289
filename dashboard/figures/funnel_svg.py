"""A funnel of shares: towns by size, between the limits chance alone would keep."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["funnel_svg"]

SIZE: Final = (640, 300)
MARGIN: Final = (46, 24, 14, 34)
"""Left, top, right, bottom, in drawing units."""
SMALL: Final = 0.1
"""Share. An axis that ends below it needs a decimal."""
INK: Final = {"dark": "#9fb4c6", "light": "#44586a"}
POINT: Final = {"dark": "#53d8c1", "light": "#0b7c6c"}
OUTSIDE: Final = {"dark": "#e0843d", "light": "#b45a14"}
FONT: Final = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif"
DASHES: Final = {"95": "5 4", "99.8": ""}


def funnel_svg(funnel: Mapping[str, Any], *, axes: tuple[str, str], theme: str = "dark") -> str:
    """Draw what `assessment.funnel` gave: points numbered as in the table beside it.

    A point outside the wider limits is a diamond, another one a circle. `axes` words the size
    and the share. Returns the text of an SVG without outside references.

    >>> point = {"part": 1, "whole": 4, "outside": True}
    >>> lines = [{"whole": n, **dict.fromkeys(("lower_95", "lower_99.8"), 0),
    ...           **dict.fromkeys(("upper_95", "upper_99.8"), n)} for n in (1, 4)]
    >>> made = funnel_svg({"points": [point], "lines": lines, "share": 0.25}, axes=("n", "p"))
    >>> made.count("<circle"), made.count("<polygon")
    (0, 1)
    """
    ink = INK[theme]
    most = max(point["whole"] for point in funnel["points"])
    top = _highest(funnel)
    parts = [_axes(most, top, axes, ink), _line([(0, funnel["share"]), (most, funnel["share"])],
             most, top, ink, "2 3")]  # fmt: skip
    for level, dash in DASHES.items():
        for side in ("lower", "upper"):
            limit = [(r["whole"], r[f"{side}_{level}"] / r["whole"]) for r in funnel["lines"]]
            parts.append(_line(limit, most, top, ink, dash))
    parts += [
        _point(number, point, most, top, theme)
        for number, point in enumerate(funnel["points"], start=1)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE[0]} {SIZE[1]}" '
        f'font-family="{FONT}">{"".join(parts)}</svg>'
    )


def _highest(funnel: Mapping[str, Any]) -> float:
    """Give the share the axis ends at: all points fit, and the limits of a middling size."""
    shares = [float(point["part"] / point["whole"]) for point in funnel["points"]]
    middle = funnel["lines"][len(funnel["lines"]) // 2]
    limit = float(middle["upper_99.8"] / middle["whole"])
    return min(1.0, max(0.001, *shares, limit) * 1.15)


def _at(whole: float, share: float, most: int, top: float) -> tuple[float, float]:
    left, upper, right, lower = MARGIN
    x = left + (SIZE[0] - left - right) * whole / (most * 1.04)
    y = SIZE[1] - lower - (SIZE[1] - upper - lower) * min(share, top) / top
    return round(x, 1), round(y, 1)


def _line(points: Sequence[tuple[float, float]], most: int, top: float, ink: str, dash: str) -> str:
    marks = " ".join("{},{}".format(*_at(whole, share, most, top)) for whole, share in points)
    return (
        f'<polyline points="{marks}" fill="none" stroke="{ink}" stroke-width="1.2" '
        f'stroke-dasharray="{dash}"/>'
    )


def _point(number: int, point: Mapping[str, Any], most: int, top: float, theme: str) -> str:
    x, y = _at(point["whole"], point["part"] / point["whole"], most, top)
    if point["outside"]:
        sign = f'<polygon points="{x},{y - 7} {x + 7},{y} {x},{y + 7} {x - 7},{y}" '
        sign += f'fill="{OUTSIDE[theme]}"/>'
    else:
        sign = f'<circle cx="{x}" cy="{y}" r="4.5" fill="{POINT[theme]}"/>'
    label = f'<text x="{x + 7}" y="{y - 5}" font-size="12" fill="{INK[theme]}">{number}</text>'
    return sign + label


def _axes(most: int, top: float, axes: tuple[str, str], ink: str) -> str:
    parts = []
    for share in (0.0, top / 2, top):
        x, y = _at(0, share, most, top)
        parts.append(
            _text(
                x - 6, y + 4, f"{share:.1%}" if top < SMALL else f"{share:.0%}", ink, anchor="end"
            )
        )
        parts.append(_line([(0, share), (most, share)], most, top, f"{ink}55", ""))
    for whole in (0, most // 2, most):
        x, _ = _at(whole, 0, most, top)
        parts.append(_text(x, SIZE[1] - MARGIN[3] + 15, str(whole), ink, anchor="middle"))
    parts.append(_text(SIZE[0] - MARGIN[2], SIZE[1] - 5, axes[0], ink, anchor="end"))
    parts.append(_text(MARGIN[0], MARGIN[1] - 8, axes[1], ink, anchor="start"))
    return "".join(parts)


def _text(x: float, y: float, text: str, ink: str, *, anchor: str) -> str:
    return (
        f'<text x="{x}" y="{y}" font-size="12" fill="{ink}" text-anchor="{anchor}">'
        f"{escape(text)}</text>"
    )
