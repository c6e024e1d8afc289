"""What an import is told, and what it may look up while it checks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from geo.errors import UsageError
from geo.intake.places import Ground
from geo.intake.spec import Placing
from geo.progress import Progress, silent
from geo.vocabulary import Entity

if TYPE_CHECKING:
    from datetime import date, datetime

    from geo.intake.recipe import Recipe
    from geo.intake.spec import EntitySpec
    from geo.store import Snapshot, Store

__all__ = ["Task"]

DEFAULT_METRIC_CRS: Final = "EPSG:4547"
"""CGCS2000 Gauss-Krueger, 114 E: where neither store nor recipe say otherwise (Yuxian)."""


@dataclass(frozen=True)
class Task:
    """One import of one entity; the same for every file of it.

    `crs` None leaves the datum to the recipe and the file; `layer` names a sheet or layer of a
    file that has several; `now` is the only clock; a `rehearsal` does all that an import does
    and then drops it; with `complete_on` the file is the whole register of that day.
    """

    store: Store
    spec: EntitySpec
    recipe: Recipe
    crs: str | None
    backfill: bool
    to_area: bool
    actor: str
    now: datetime
    progress: Progress = silent
    rehearsal: bool = False
    layer: str | None = None
    complete_on: date | None = None

    @property
    def recipe_label(self) -> str:
        """Name how a file was read; roads and buildings are one entity to the ledger."""
        if self.spec.placing is Placing.CELLS:
            return f"{self.recipe.name}/points"
        if self.complete_on is not None:
            return f"{self.recipe.name}/complete on {self.complete_on}"
        ground = self.spec.stored is Entity.GROUND
        return f"{self.recipe.name}/{self.spec.name}" if ground else self.recipe.name

    @cached_property
    def snapshot(self) -> Snapshot:
        """Give the facts as they stood when the import of this file began."""
        return self.store.snapshot()

    @cached_property
    def zone(self) -> ZoneInfo:
        """Give the zone of times written without one.

        Raises UsageError when the recipe's zone is not the store's: its days would mix.
        """
        own, asked = self.store.meta.time_zone, self.recipe.time_zone
        if own is not None and asked is not None and own != asked:
            raise UsageError(
                f"This store keeps the days of {own}, the recipe {self.recipe.name} those of "
                f"{asked}. Import into a store of its own (--db).",
                f"本数据库使用时区 {own}，配方 {self.recipe.name} 使用 {asked}；"
                "请导入到单独的数据库（--db）。",
            )
        return ZoneInfo(own or asked or self.store.meta.zone.key)

    @property
    def today(self) -> date:
        """Give the civil day of the import."""
        return self.now.astimezone(self.zone).date()

    @cached_property
    def metric_crs(self) -> str:
        """Give the CRS distances and areas are measured in."""
        return self.store.meta.metric_crs or self.recipe.metric_crs or DEFAULT_METRIC_CRS

    @cached_property
    def ground(self) -> Ground:
        """Give the loaded areas that places are held against."""
        return Ground.of(self.snapshot.areas, self.recipe, metric_crs=self.metric_crs)
