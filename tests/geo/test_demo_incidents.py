"""What happens in the made-up county: along streets, near repeats, season, week and hour."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.demo.categories import ACCIDENTS, CASES, CATEGORIES, SENSITIVE, hours_of
from geo.demo.harm import accident_level
from geo.demo.occurrences import hide
from geo.demo.placing import METRIC_CRS
from geo.schemas import validate
from geo.vocabulary import Action, Entity
from tests.geo.demo_county import ZONE, county, entries, local_day, shares_at_zero, standing


def both() -> pd.DataFrame:
    return pd.concat([standing(county(), Entity.CASE), standing(county(), Entity.ACCIDENT)])


@pytest.mark.parametrize("seed", [20200818, 1, 2])
def test_in_a_year_as_many_stay_at_zero_as_was_published(seed: int) -> None:
    # Province, December 2020: 63.08 % of villages, 25.26 % of communities, 99.01 % of units.
    shares = shares_at_zero(county(seed))
    assert shares["unit"].to_numpy() == pytest.approx([0.99] * 6, abs=0.015)
    assert shares["village"].mean() == pytest.approx(0.63, abs=0.04)
    assert shares["community"].mean() == pytest.approx(0.25, abs=0.06)
    # A single year varies: by three points among 258 villages, by three and more per community.
    assert shares["village"].to_numpy() == pytest.approx([0.63] * 6, abs=0.09)
    assert shares["community"].to_numpy() == pytest.approx([0.25] * 6, abs=0.15)


@pytest.mark.parametrize(("volume", "cases"), [("sparse", 300), ("county", 1500), ("busy", 6000)])
def test_there_are_as_many_cases_accidents_and_matters_as_the_volume_says(
    volume: str, cases: int
) -> None:
    demo = county(volume=volume)
    told = {
        entity: sum(len(entry.frame) for entry in entries(demo, entity, Action.RECORDED)) / 6
        for entity in (Entity.CASE, Entity.ACCIDENT, Entity.PETITION, Entity.DISPUTE)
    }
    assert told[Entity.CASE] == pytest.approx(cases, rel=0.1)
    assert told[Entity.ACCIDENT] == pytest.approx(cases / 4, rel=0.13)
    # The disputes of the last year are the published ones, whatever the volume.
    served = told[Entity.PETITION] + told[Entity.DISPUTE]
    assert served == pytest.approx(cases * 0.8, rel=0.1)


def test_most_incidents_fall_on_few_places() -> None:
    counts = both()["area_code"].value_counts()
    assert counts.iloc[:30].sum() > 0.6 * counts.sum()


def test_incidents_lie_along_streets_and_not_in_fields() -> None:
    rows = both().dropna(subset=["lon"])
    roads = county().world.layers["roads"].to_crs(METRIC_CRS).geometry.to_numpy()
    points = gpd.GeoSeries.from_xy(rows["lon"], rows["lat"], crs="EPSG:4326").to_crs(METRIC_CRS)
    on_street = points[rows["unit_id"].isna().to_numpy()].to_numpy()
    gap = shapely.STRtree(roads).query_nearest(on_street, return_distance=True, all_matches=False)
    assert np.quantile(gap[1], 0.99) < 25.0


def test_a_point_lies_in_the_area_it_is_counted_for() -> None:
    rows = both().dropna(subset=["lon"])
    shapes = county().world.areas.geometry.loc[rows["area_code"]].to_numpy()
    points = shapely.points(rows[["lon", "lat"]].to_numpy())
    # Coordinates are rounded to a decimetre, borders simplified by metres.
    assert shapely.within(points, shapes).mean() > 0.985
    assert (shapely.distance(points, shapes) < 3e-4).all()


def test_thefts_repeat_nearby_within_days_more_often_than_chance() -> None:
    cases = standing(county(), Entity.CASE)
    rows = cases[(cases["category"] == "burglary") & cases["lon"].notna()]
    x = rows["lon"].to_numpy() * 87_800
    y = rows["lat"].to_numpy() * 111_000
    day = local_day(rows["occurred_to"]).to_numpy().astype("datetime64[D]").astype(int)
    one, other = np.triu_indices(len(rows), 1)
    near = np.hypot(x[one] - x[other], y[one] - y[other]) < 200
    days = np.abs(day[one] - day[other])[near]
    # Where pairs are near, a fortnight of 2,191 days would hold 1.3 % of them by chance.
    assert (days <= 14).mean() > 3 * 2 * 14 / 2191


@pytest.mark.parametrize("key", ["fight", "theft", "traffic_property"])
def test_each_category_keeps_its_hours(key: str) -> None:
    one = next(one for one in CATEGORIES if one.key == key)
    rows = both()
    moments = rows.loc[(rows["category"] == key) & rows["unit_id"].isna(), "occurred_to"]
    seen = np.bincount(moments.dt.tz_convert(ZONE).dt.hour, minlength=24) / len(moments)
    noise = np.sqrt(hours_of(one) / len(moments))
    # Corrections move a few between categories, hence a little more than four sigmas.
    assert (np.abs(seen - hours_of(one)) < 5 * noise + 0.004).all()


def test_wildfires_come_in_winter_and_drownings_in_summer() -> None:
    rows = standing(county(), Entity.ACCIDENT)
    month = rows["occurred_to"].dt.tz_convert(ZONE).dt.month
    winter = month.isin([11, 12, 1, 2, 3]).groupby(rows["category"]).mean()
    assert winter["fire_wildland"] > 0.6
    assert winter["drowning"] < 0.2


def test_fights_are_a_matter_of_weekends() -> None:
    cases = standing(county(), Entity.CASE)
    fights = cases[cases["category"] == "fight"]
    weekend = (local_day(fights["occurred_to"]).dt.day_of_week >= 5).mean()
    # 1.6 times as many on two of seven days: 3.2 / 8.2.
    assert weekend == pytest.approx(3.2 / 8.2, abs=0.04)


def test_shares_of_the_categories_add_up_to_one() -> None:
    assert sum(one.share for one in CASES) == pytest.approx(1.0)
    assert sum(one.share for one in ACCIDENTS) == pytest.approx(1.0)


def test_sensitive_incidents_never_carry_a_place() -> None:
    rows = pd.concat(entry.frame for entry in entries(county(), Entity.CASE))
    sensitive = rows["category"].isin(SENSITIVE)
    assert sensitive.sum() > 200
    assert rows.loc[sensitive, ["lon", "lat"]].isna().all(axis=None)
    assert set(rows.loc[sensitive, "loc_precision"]) == {"withheld"}
    assert (rows["sensitive_location"] == sensitive).all()
    assert rows.loc[sensitive, "area_code"].notna().all()


def test_an_incident_at_a_unit_belongs_to_the_unit_once_it_is_registered() -> None:
    rows, world = both(), county().world
    at_unit = rows[rows["unit_id"].notna()]
    joined = world.subjects["registered_on"].loc[at_unit["unit_id"]].to_numpy()
    registered = joined <= local_day(at_unit["occurred_to"]).to_numpy()
    expected = np.where(registered, at_unit["unit_id"], at_unit["area_code"])
    assert (at_unit["subject_id"] == expected).all()
    away = rows[rows["unit_id"].isna()]
    assert (away["subject_id"] == away["area_code"]).all()


def test_times_of_an_incident_are_in_order() -> None:
    for entity in (Entity.CASE, Entity.ACCIDENT):
        for entry in entries(county(), entity, Action.RECORDED):
            rows = entry.frame
            recorded = county().span.moments(entry.minute).to_numpy()
            assert (rows["occurred_from"] <= rows["occurred_to"]).all()
            assert (rows["occurred_to"] < rows["reported_at"]).all()
            assert (rows["reported_at"].to_numpy() <= recorded).all()


def test_reports_are_late_by_days_and_some_by_weeks() -> None:
    rows = both()
    delay = (rows["reported_at"] - rows["occurred_to"]).dt.total_seconds() / 86_400
    assert delay.median() < 0.5
    assert 0.005 < (delay > 14).mean() < 0.05


def test_what_is_recorded_is_first_reported_and_decided_later() -> None:
    demo = county()
    first = pd.concat(e.frame for e in entries(demo, Entity.CASE, Action.RECORDED))
    assert set(first["review"]) == {"reported"}
    now = standing(demo, Entity.CASE)["review"].value_counts(normalize=True)
    assert now["confirmed"] == pytest.approx(0.935, abs=0.02)
    assert now["rejected"] == pytest.approx(0.052, abs=0.01)
    assert 0 < now["reported"] < 0.02


def test_only_the_newest_reports_are_still_undecided() -> None:
    cases = standing(county(), Entity.CASE)
    waiting = pd.Timestamp(county().span.end) - cases["reported_at"]
    open_days = waiting.dt.total_seconds() / 86_400
    undecided = cases["review"] == "reported"
    assert open_days[undecided].median() < 15
    assert (~undecided[open_days > 90]).mean() > 0.999


def test_corrections_say_the_whole_record_again_and_retractions_are_few() -> None:
    demo = county()
    corrected = entries(demo, Entity.CASE, Action.CORRECTED)
    first = pd.concat(e.frame for e in entries(demo, Entity.CASE, Action.RECORDED))
    for entry in corrected:
        before = first.loc[entry.frame.index]
        for name in ("occurred_from", "area_code", "reported_at", "subject_id"):
            assert (entry.frame[name] == before[name]).all()
    changed = corrected[1].frame
    assert (changed["category"] != first.loc[changed.index, "category"]).mean() > 0.8
    gone = sum(len(e.frame) for e in entries(demo, Entity.CASE, Action.RETRACTED))
    assert 0 < gone < 0.01 * len(first)


def test_every_state_of_every_incident_fits_its_table() -> None:
    for entity in (Entity.CASE, Entity.ACCIDENT):
        for entry in entries(county(), entity):
            assert len(validate(entry.frame, entity)) == len(entry.frame)


@pytest.mark.parametrize(
    ("deaths", "injuries", "loss", "level"),
    [
        (2, 9, 9_999_999, "ordinary"),
        (3, 0, 0, "larger"),
        (0, 10, 0, "larger"),
        (0, 0, 50_000_000, "major"),
        (10, 0, 0, "major"),
        (0, 100, 0, "exceptional"),
    ],
)
def test_the_level_of_an_accident_is_the_highest_of_three(
    deaths: float, injuries: float, loss: float, level: str
) -> None:
    made = accident_level(np.array([deaths]), np.array([injuries]), np.array([loss]))
    assert made.tolist() == [level]


def test_basement_thefts_cluster_in_one_community_until_the_patrols_come() -> None:
    demo = county()
    code = demo.world.codes[demo.story.area]
    told = pd.concat(e.frame for e in entries(demo, Entity.CASE, Action.RECORDED))
    thefts = told[(told["category"] == "basement_theft") & (told["area_code"] == code)]
    day = local_day(thefts["occurred_to"])
    start, patrols = (
        pd.Timestamp(moment) for moment in (demo.story.cluster_from, demo.story.patrols_from)
    )
    assert ((day >= start) & (day < patrols)).sum() >= 20
    assert (day >= patrols).sum() == 0
    assert demo.world.areas["level"][code] == "community"


def test_villages_that_conceal_report_nothing_and_those_that_thin_report_less() -> None:
    rows = pd.DataFrame({"area": np.repeat(np.arange(40), 200), "unit": -1})
    rows.loc[0, "unit"] = 3
    community = np.arange(40) < 10
    kept, hidden = hide(rows, community, conceal=0.2, thin=0.1, seed=1)
    counts = kept["area"].value_counts()
    assert (len(hidden.concealed), len(hidden.thinned)) == (6, 3)
    assert not set(hidden.concealed) & set(counts.index)
    assert (np.concatenate(hidden) >= 10).all()
    assert counts[hidden.thinned].to_numpy() == pytest.approx([80] * 3, abs=25)
    full = counts.drop(hidden.thinned)
    assert (full == 200).all()
