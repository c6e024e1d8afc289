"""One file, checked in the order that matters: columns, persons, datum, then rows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.hierarchy import areas_on
from geo.intake.attribution import attribute
from geo.intake.codes import (
    check_area_codes,
    check_known,
    check_retired,
    implied_areas,
    implied_root,
    take_successors,
)
from geo.intake.columns import Typed, require_columns, type_columns
from geo.intake.days import placing_days
from geo.intake.default_address import at_declared, crowded
from geo.intake.doubles import remark_duplicates, remark_known
from geo.intake.faults import Verdicts
from geo.intake.keys import made_keys
from geo.intake.known import Known, check_retractions, check_steps
from geo.intake.merging import merge_rows, shared_by_record
from geo.intake.parents import check_parents
from geo.intake.personal import refuse_personal, without_personal
from geo.intake.places import locate, place, sensitive_rows, withhold
from geo.intake.quarantine import coordinate_columns
from geo.intake.reading import RawTable
from geo.intake.registers import reopen
from geo.intake.rules import Rows, check_rows
from geo.intake.sentences import refusal
from geo.intake.shapes import gappy_rows, join_parts, read_shapes, refuse_overlaps
from geo.intake.spec import Placing
from geo.intake.stepping import check_process_steps
from geo.intake.succession import check_lineage
from geo.intake.texts import rows_holding
from geo.intake.times import local_days
from geo.intake.village_points import draw_cells
from geo.vocabulary import Entity

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.intake.faults import Mask
    from geo.intake.recipe import Variant
    from geo.intake.task import Task

__all__ = ["FileCheck"]

MOST_INVALID: Final = 0.2
"""F10: share of rows that may be kept out before the whole file is refused."""

COLUMNS_AT: Final = 0.25
ROWS_AT: Final = 0.4
"""Shares of a file's time, as measured on a million Chicago cases."""

INCIDENTS: Final = frozenset({Entity.CASE, Entity.ACCIDENT})


@dataclass
class FileCheck:
    """A file on its way through the checks; what is known so far outlives a refusal.

    After `run`, `typed.frame` holds the fields of the entity for every row of the file and
    `verdicts` says which rows are kept.
    """

    task: Task
    raw: RawTable
    verdicts: Verdicts = field(init=False)
    variant: Variant = field(init=False)
    shown: pd.DataFrame = field(init=False)
    """The file's columns that may be shown again in the quarantine."""
    typed: Typed = field(init=False)
    withheld: Mask = field(init=False)
    merged: Mask = field(init=False)
    """Rows that went into the record of an earlier row."""
    placeless: Mask = field(init=False)
    """Rows at a point that the recipe declares to be no place."""
    default: Mask = field(init=False)
    """The placeless rows, and those at a point that far too many rows share."""
    implied: pd.DataFrame = field(default_factory=pd.DataFrame)
    known: Known | None = field(init=False)
    """What the ledger knew of the file's records when they were checked."""

    def __post_init__(self) -> None:
        """Begin with every row kept and nothing shown."""
        self.known = None
        self.verdicts = Verdicts(self.raw.rows)
        self.shown = self.raw.frame.iloc[:, :0]
        self.withheld = np.zeros(self.raw.rows, dtype=bool)
        self.merged = np.zeros(self.raw.rows, dtype=bool)
        self.placeless = np.zeros(self.raw.rows, dtype=bool)
        self.default = np.zeros(self.raw.rows, dtype=bool)

    def run(self) -> None:
        """Apply every check; raises RefusedFile when the file cannot be taken."""
        tell, file = self.task.progress, self.raw.file
        tell(COLUMNS_AT, f"checking {file}")
        self._columns()
        tell(ROWS_AT, f"checking {file}")
        self._rows()
        self._too_many()

    def again(self) -> None:
        """Check once more, against the ledger as it stands by now."""
        self.task = replace(self.task)
        self.__post_init__()
        self.run()

    @property
    def crs(self) -> str | None:
        """Give the declared CRS: the person goes before the recipe, the recipe before the file."""
        return self.task.crs or self.variant.crs or self.raw.stated_crs

    def _columns(self) -> None:
        spec = self.task.spec
        self.variant = self.task.recipe.choose(spec.name, self.raw.frame.columns)
        require_columns(self.raw, self.variant, spec)
        self.shown = without_personal(self.raw, self.variant, spec)
        refuse_personal(self.shown, spec)
        self._refuse_grievance_points()
        if self.variant.retract is not None:
            self.verdicts.spared = rows_holding(self.raw.frame, self.variant.retract)
        table = RawTable(self.raw.file, self.shown, self.raw.geometry)
        self.typed = type_columns(
            table, self.variant, spec, zone=self.task.zone, verdicts=self.verdicts
        )
        if spec.stored in INCIDENTS:
            categories = self.task.recipe.sensitive_categories
            self.withheld = sensitive_rows(
                self.typed, self.raw.frame, self.variant.sensitive, categories
            )
        if self.variant.one_per:
            self._merge()

    def _merge(self) -> None:
        """Make one record of the rows that tell of one; it is as sensitive as any of them."""
        raw, kept = self.raw.frame, self.verdicts.stating
        speaker = merge_rows(self.typed, raw, self.variant, kept)
        self.merged = speaker != np.arange(self.raw.rows)
        self.withheld = shared_by_record(self.withheld, speaker)

    def _refuse_grievance_points(self) -> None:
        """F09: a petition has no coordinates, unless they are only there to find its area."""
        if self.task.spec.placing is not Placing.AREA_ONLY or self.task.to_area:
            return
        has_columns = coordinate_columns([str(name) for name in self.shown])
        if has_columns or self.raw.geometry is not None:
            raise refusal("F09")

    def _rows(self) -> None:
        placing = self.task.spec.placing
        steps: dict[Placing, Callable[[], None]] = {
            Placing.POLYGONS: self._shapes,
            Placing.LINES: self._shapes,
            Placing.CELLS: self._cells,
            Placing.POINTS: self._points,
            Placing.AREA_ONLY: self._points,
            Placing.NONE: self._references,
        }
        steps[placing]()
        self._make_keys()
        if self.task.spec.stored is Entity.STEP:
            check_process_steps(self.typed.frame, self.verdicts, self.task.snapshot)
        self._second_delivery()

    def _check_rows(self) -> None:
        task = self.task
        listed = task.recipe.categories.get(task.spec.name, ())
        parts = self.merged
        if self.variant.parts:
            parts = parts | self.typed.frame[task.spec.key].duplicated().to_numpy()
        check_rows(Rows(self.typed, task.spec, self.verdicts, listed, task.now, task.zone, parts))

    def _shapes(self) -> None:
        task, frame = self.task, self.typed.frame
        shapes = read_shapes(
            self.raw.geometry, task.spec.placing, self.verdicts, crs=self.crs
        ).set_axis(frame.index)
        self.typed.frame = gpd.GeoDataFrame(frame, geometry=shapes)
        if self.raw.geometry is not None:
            self.typed.fed.add("geometry")
        self._check_rows()
        if task.spec.stored is Entity.AREA:
            self._areas()

    def _areas(self) -> None:
        task, frame, verdicts = self.task, self.typed.frame, self.verdicts
        refuse_overlaps(frame[verdicts.stating], metric_crs=task.metric_crs)
        if self.variant.parts:
            keys = frame["area_code"].where(verdicts.stating)
            self.merged = (keys.duplicated() & keys.notna()).to_numpy()
            frame["geometry"] = join_parts(frame.geometry, keys)
        if "geometry" in self.typed.fed:
            frame["approximate"] = frame["approximate"].fillna(value=False)
            self.typed.fed.add("approximate")
        self._area_codes()
        sound = verdicts.stating & ~self.merged
        gaps = gappy_rows(frame[sound], task.snapshot.areas, metric_crs=task.metric_crs)
        verdicts.remark("W09", gaps.reindex(frame.index, fill_value=False))

    def _cells(self) -> None:
        """Draw approximate boundaries around points, in place of none."""
        task, verdicts = self.task, self.verdicts
        locate(self.typed, verdicts, task.ground, crs=self.crs, stated="parent_code")
        self._check_rows()
        self._area_codes()
        in_force = areas_on(task.ground.tree, task.today)
        self.typed.frame = draw_cells(
            self.typed.frame, verdicts, in_force, metric_crs=task.metric_crs
        ).drop(columns=["lon", "lat"])
        self.typed.fed |= {"geometry", "approximate"}

    def _area_codes(self) -> None:
        task, frame, verdicts = self.task, self.typed.frame, self.verdicts
        check_area_codes(frame, verdicts, task.recipe)
        known = task.snapshot.areas
        self.implied = implied_areas(frame, known, task.recipe, verdicts)
        above = pd.concat(
            [known["parent_code"], self.implied.set_index("area_code")["parent_code"]]
        )
        check_parents(frame, verdicts, key="area_code", parent="parent_code", standing=above)
        frame["name"] = frame["name"].fillna(frame["area_code"])
        verdicts.remark("W04", frame["population"].isna())

    def _points(self) -> None:
        task, verdicts = self.task, self.verdicts
        locate(self.typed, verdicts, task.ground, crs=self.crs)
        self.implied = implied_root(task.snapshot.areas, task.recipe)
        self._find_default_addresses()
        self._check_rows()
        if "unit_id" in self.typed.frame and task.spec.stored is not Entity.UNIT:
            self._take_place_of_unit()
        self._take_successors()
        day = placing_days(self.typed.frame, task.spec.stored, zone=task.zone, now=task.now)
        place(
            self.typed,
            verdicts,
            task.ground,
            day=day,
            placeless=self.placeless,
            settled=self._settled(),
        )
        check_retired(self.typed.frame, verdicts, task.spec, task.snapshot.areas, task.zone)
        if task.spec.stored is Entity.UNIT:
            above = task.snapshot.units["parent_unit_id"]
            check_parents(
                self.typed.frame, verdicts, key="unit_id", parent="parent_unit_id", standing=above
            )
        elif task.spec.stored in INCIDENTS:
            self._incidents()
        elif task.spec.placing is Placing.AREA_ONLY:
            self._grievances()

    def _find_default_addresses(self) -> None:
        """W10: points the recipe declares to be no place, and points far too many rows share.

        A declared point finds no area. One that is merely crowded still does, and of petitions
        it is remarked alone: it depends on how a source is cut into files, an area must not.
        """
        spec, frame = self.task.spec, self.typed.frame
        if spec.stored not in INCIDENTS and spec.placing is not Placing.AREA_ONLY:
            return
        self.placeless = at_declared(frame, self.task.recipe.default_points)
        one_each = self.verdicts.stating & ~self.merged & ~self.placeless
        self.default = self.placeless | crowded(frame, one_each)
        self.verdicts.remark("W10", self.default)

    def _take_successors(self) -> None:
        task, known = self.task, self.task.snapshot
        take_successors(
            self.typed.frame, self.verdicts, task.spec, known.areas, known.lineage, task.zone
        )

    def _take_place_of_unit(self) -> None:
        """Put incidents at a known unit, without any place of their own, into the unit's area."""
        frame, units = self.typed.frame, self.task.snapshot.units
        check_known(frame, self.verdicts, "unit_id", units.index, may_be_empty=True)
        nowhere = frame["area_code"].isna() & frame["lon"].isna()
        if nowhere.any() and not units.empty:
            of_unit = frame["unit_id"].map(units["area_code"])
            frame["area_code"] = frame["area_code"].where(~nowhere, of_unit).astype("str")

    def _incidents(self) -> None:
        task, frame = self.task, self.typed.frame
        told = self._told_before()
        remark_duplicates(frame, self.verdicts, ~self.merged, told=told, metric_crs=task.metric_crs)
        withhold(frame, self.withheld, self.default)
        frame["stream"] = str(task.spec.stored)
        frame["subject_id"] = self._attributed(
            frame["unit_id"], local_days(frame["occurred_from"], task.zone)
        )
        self.typed.fed |= {"stream", "subject_id", "loc_precision", "sensitive_location"}
        self.typed.fed |= {"time_precision", "area_code", "beat_code"}

    def _grievances(self) -> None:
        """Attribute petitions and disputes, and let go of any coordinates."""
        task, frame = self.task, self.typed.frame
        subjects = task.snapshot.subjects
        check_known(frame, self.verdicts, "subject_id", subjects.index, may_be_empty=True)
        nobody = pd.Series(np.nan, index=frame.index, dtype="str")
        first = frame[task.spec.known_by[-1]]
        day = local_days(first, task.zone) if task.spec.stored is Entity.DISPUTE else first
        frame["subject_id"] = frame["subject_id"].fillna(self._attributed(nobody, day))
        self.typed.fed |= {"subject_id", "area_code"}
        self.typed.frame = frame.drop(columns=["lon", "lat"])

    def _attributed(self, unit_id: pd.Series, day: pd.Series) -> pd.Series:
        known = self.task.snapshot
        area = self.typed.frame["area_code"]
        return attribute(unit_id, area, day, subjects=known.subjects, areas=known.areas)

    def _references(self) -> None:
        self._check_rows()
        self._take_successors()
        frame, known = self.typed.frame, self.task.snapshot
        if "area_code" in frame:
            check_known(frame, self.verdicts, "area_code", known.areas.index, may_be_empty=False)
            check_retired(frame, self.verdicts, self.task.spec, known.areas, self.task.zone)
        if "unit_id" in frame:
            check_known(frame, self.verdicts, "unit_id", known.units.index, may_be_empty=True)
        if self.task.spec.stored is Entity.LINEAGE:
            check_lineage(frame, self.verdicts, known.areas.index)

    def _make_keys(self) -> None:
        spec, frame = self.task.spec, self.typed.frame
        if spec.key in self.typed.fed:
            return
        shapes = frame.geometry.to_numpy() if isinstance(frame, gpd.GeoDataFrame) else None
        frame[spec.key] = made_keys(
            frame,
            spec.key_from,
            source=self.task.recipe.name,
            shapes=shapes,
            back=self.verdicts.spared,
        )

    def _settled(self) -> Mask:
        """Say which incidents state again where they lie, among areas that are still the same."""
        spec = self.task.spec
        if spec.stored not in INCIDENTS or spec.key not in self.typed.fed:
            return np.zeros(self.raw.rows, dtype=bool)
        since = self.task.store.untouched_since(Entity.AREA)
        return self._ask_ledger().settled(self.typed, areas_seq=since)

    def _told_before(self) -> Mask:
        """Say whose doubles were asked for before; of rows without a number nobody knows yet."""
        if self.known is None:
            return np.zeros(self.raw.rows, dtype=bool)
        return self.known.told_before(self.typed)

    def _ask_ledger(self) -> Known:
        self.known = self.known or Known.of(self.typed, self.task.spec, self.task.store)
        return self.known

    def _second_delivery(self) -> None:
        spec = self.task.spec
        if spec.stored is Entity.GROUND:
            return
        keys, known = self.typed.frame[spec.key], self._ask_ledger()
        check_retractions(keys, self.verdicts, known)
        check_steps(self.typed, self.verdicts, keys, known)
        if spec.stored in INCIDENTS:
            told = self._told_before()
            remark_known(
                self.typed.frame,
                keys,
                self.verdicts,
                ~self.merged & ~self.default & ~told,
                entity=spec.stored,
                store=self.task.store,
                metric_crs=self.task.metric_crs,
            )
        if self.task.complete_on is not None:
            reopen(self.typed, keys, known.standing, spec, self.task.complete_on)

    def _too_many(self) -> None:
        """F10; what takes back a record that is not here (Q21) harms nothing and is no fault."""
        harmless = self.verdicts.codes == "Q21"
        invalid = int((~self.verdicts.kept & ~harmless).sum())
        if invalid > MOST_INVALID * self.raw.rows:
            raise refusal("F10", n=invalid, N=self.raw.rows)
