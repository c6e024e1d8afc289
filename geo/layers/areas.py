"""Villages, communities, towns or any other level, coloured by a value from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.layer import Layer, Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

__all__ = ["LAYER", "features"]


def features(areas: gpd.GeoDataFrame, *, codes: Sequence[str]) -> gpd.GeoDataFrame:
    """Give the areas of `codes`, in that order, numbered from 0.

    Parameters
    ----------
    areas
        Areas frame, index `area_code`.
    codes
        Which areas, in the order of the values that will colour them; every code must exist.

    Returns
    -------
    GeoDataFrame
        `code, name, name_en, level, geometry`; an area known by code only keeps its row, without
        geometry, so that row i stays the area of value i.
    """
    chosen = areas.loc[list(codes), ["name", "name_en", "level", areas.geometry.name]]
    return chosen.rename_axis("code").reset_index()


LAYER = Layer(
    name="areas",
    title_key="layer.areas",
    title=Words("区域", "Areas"),
    kind="area",
    features=features,
)
