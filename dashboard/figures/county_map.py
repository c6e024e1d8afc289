"""The county as a small picture: every area in outline, some of them marked."""

from __future__ import annotations

from html import escape
from math import cos, radians
from typing import TYPE_CHECKING, Final

import shapely

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from shapely.geometry.base import BaseGeometry

__all__ = ["county_svg"]

WIDTH: Final = 420.0
"""Drawing units; the picture scales to the width it is given."""
LINES: Final = {"dark": "#35536b", "light": "#a9bac7"}
GROUND: Final = {"dark": "#102132", "light": "#f2f6f9"}
MARK: Final = {"dark": "#e0843d", "light": "#b45a14"}


def county_svg(
    shapes: Mapping[str, BaseGeometry | None], marked: Collection[str], *, theme: str = "dark"
) -> str:
    """Draw areas by code (degrees WGS84); the marked ones are hatched and outlined twice as wide.

    Areas without a boundary are left out. Returns the text of an SVG without outside
    references, empty where nothing can be drawn.

    >>> square = shapely.box(113, 38, 113.1, 38.1)
    >>> county_svg({"a": square, "b": None}, ["a"]).count('class="m"')
    1
    """
    drawn = {code: shape for code, shape in shapes.items() if shape is not None}
    if not drawn:
        return ""
    west, south, east, north = shapely.total_bounds(list(drawn.values()))
    squeeze = cos(radians((south + north) / 2))
    scale = WIDTH / max((east - west) * squeeze, 1e-9)
    height = (north - south) * scale

    def path(shape: BaseGeometry) -> str:
        rings = [ring for part in shapely.get_parts(shape) for ring in _rings(part)]
        return "".join(
            "M"
            + "L".join(
                f"{(x - west) * squeeze * scale:.1f} {(north - y) * scale:.1f}" for x, y in r
            )
            + "Z"
            for r in rings
        )

    plain = "".join(path(shape) for code, shape in drawn.items() if code not in marked)
    signs = "".join(
        f'<path class="m" d="{path(drawn[code])}"><title>{escape(code)}</title></path>'
        for code in sorted(set(marked) & set(drawn))
    )
    ink, ground, mark = LINES[theme], GROUND[theme], MARK[theme]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-3 -3 {WIDTH + 6:.0f} {height + 6:.0f}">'
        f'<defs><pattern id="h" width="5" height="5" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="2" height="5" fill="{mark}"/></pattern></defs>'
        f'<path d="{plain}" fill="{ground}" stroke="{ink}" stroke-width=".7"/>'
        f'<g fill="url(#h)" stroke="{mark}" stroke-width="2.2">{signs}</g></svg>'
    )


def _rings(polygon: BaseGeometry) -> list[list[tuple[float, float]]]:
    if not isinstance(polygon, shapely.Polygon):
        return []
    return [list(ring.coords) for ring in (polygon.exterior, *polygon.interiors)]
