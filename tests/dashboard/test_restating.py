"""Two-handled time over the made-up county: May as known in May, and as known today."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from dashboard.services.standpoint import Standpoint
from dashboard.settings import Settings
from dashboard.wiring import build_services
from geo.errors import UsageError
from geo.window import Window

if TYPE_CHECKING:
    from dashboard.services.composition import Services

MAY = Window(date(2026, 5, 1), date(2026, 6, 1))


@pytest.fixture(scope="module")
def county(demo_db: str) -> Services:
    return build_services(Settings(db=demo_db))


@pytest.fixture(scope="module")
def may(county: Services) -> Standpoint:
    return Standpoint.of(county.world, as_of="2026-05-31")


def test_a_month_is_compared_with_what_was_known_at_its_own_end(
    county: Services, may: Standpoint
) -> None:
    told = county.restating.between(MAY, may, "en")
    assert told["then"] == "2026-06-01 00:00"
    assert told["sentence"].startswith(f"{len(told['rows'])} statuses of 2026-05 read otherwise")
    assert [row["code"] for row in told["rows"]] == sorted(row["code"] for row in told["rows"])
    assert set(told["changed"]) <= set(county.world.leaves(date(2026, 5, 31)))


def test_both_rates_differ_by_exactly_the_zeros_lost_and_won(
    county: Services, may: Standpoint
) -> None:
    told = county.restating.between(MAY, may, "zh")
    for rate in told["rates"]:
        if rate["stream"] == "three_zero":
            continue
        mine = [row for row in told["rows"] if (row["class"], row["stream"]) == _key(rate)]
        won = sum(str(row["status_now"]).startswith("zero") for row in mine)
        lost = sum(str(row["status_then"]).startswith("zero") for row in mine)
        assert rate["zero_now"] - rate["zero_then"] == won - lost


def _key(rate: dict[str, str]) -> tuple[str, str]:
    return rate["class"], rate["stream"]


def test_a_later_look_back_restates_no_more_than_an_earlier_one(
    county: Services, may: Standpoint
) -> None:
    """What was restated after the 20th was also restated after the 1st."""
    zone = county.world.zone
    early, late = (
        county.restating.since((MAY,), may, datetime(2026, 6, day, tzinfo=zone)) for day in (1, 20)
    )
    moved = {(row["code"], row["stream"]) for row in early}
    assert {(row["code"], row["stream"]) for row in late} <= moved
    assert len(late) < len(early)


def test_nothing_is_restated_since_now(county: Services, may: Standpoint) -> None:
    now = county.world.now + timedelta(days=1)
    told = county.restating.between(MAY, may.knew(now), "zh")
    assert told["rows"] == []
    assert told["sentence"].startswith("无重述")


def test_a_day_of_knowledge_is_its_end_and_nonsense_is_refused(county: Services) -> None:
    at = Standpoint.of(county.world, known_at="2026-05-31", rulebook="henan-2021")
    assert at.known_at == datetime(2026, 6, 1, tzinfo=county.world.zone)
    assert (at.rulebook.id, at.as_of) == ("henan-2021", date(2026, 6, 30))
    with pytest.raises(UsageError, match="Cannot read the day"):
        Standpoint.of(county.world, as_of="yesterday")
    with pytest.raises(UsageError, match="Cannot read the moment"):
        Standpoint.of(county.world, known_at="in the morning")


def test_a_known_at_before_the_month_knows_nothing_of_it(county: Services) -> None:
    at = Standpoint.of(county.world, as_of="2026-05-31", known_at="2026-05-31")
    then = county.zero.rates("month", "en", at=at)
    now = county.zero.rates("month", "en", at=at.knew(None))
    assert [rate["registered"] for rate in then] == [rate["registered"] for rate in now]
    assert sum(rate["pending"] for rate in then) > sum(rate["pending"] for rate in now)
    assert "known at 2026-06-01 00:00" in county.zero.caption("month", "en", at=at)


def test_the_ribbon_of_the_present_is_the_ribbon_as_known_now(county: Services) -> None:
    """Two ways to the same codes: what is kept up to date, and a cube of all that is known."""
    present = county.ribbon.months(Standpoint.of(county.world), "zh")
    now = Standpoint.of(county.world).knew(county.world.now + timedelta(days=1))
    assert county.ribbon.months(now, "zh") == present
    assert sorted(present["codes"]) == county.world.leaves(date(2026, 6, 30))
    past = county.ribbon.months(Standpoint.of(county.world, known_at="2026-05-31"), "zh")
    assert past["streams"] != present["streams"]
