"""Rates of parts add up to the whole, and their bounds hold whatever the missing reports say."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from geo.vocabulary import Entity
from geo.window import Window
from models.zero.rates import COUNTED, zero_rates
from tests.two_times.history import AREAS, LIVE, Author, Step
from tests.two_times.replay import RULEBOOKS, Replay
from tests.two_times.test_past_answers import drawing

if TYPE_CHECKING:
    import random

    from tests.conftest import ZeroWorld

SEEDS = st.integers(0, 2**32 - 1)
SPRING = Window(date(2020, 1, 1), date(2020, 4, 1))
AS_OF = "2020-06-30"
GRAVE: dict[str, dict[str, Any]] = {"case": {"major_impact": True}, "accident": {"deaths": 1}}
"""What makes an incident count under every rulebook."""
FEW = settings(max_examples=8, deadline=None, phases=[Phase.reuse, Phase.generate])


def drawn(draw: random.Random) -> ZeroWorld:
    """Give a world of few reports, so that much is not assessed."""
    author, replay = Author(draw, keys=6), Replay()
    replay.note(author.opening())
    for entity in (Entity.CASE, Entity.ACCIDENT, Entity.PETITION, Entity.REPORT):
        keys = [f"{entity}{number}" for number in range(6)]
        replay.note(Step(LIVE, (author._part(entity, keys),)))
    return replay.known(None, draw.choice(RULEBOOKS[:2]))


def completed(world: ZeroWorld, status: pd.DataFrame, draw: random.Random) -> None:
    """Let missing reports come in: of nothing, or of an incident nobody knew of."""
    silent = status[status["status"] == "not_assessed"]
    for subject, stream in zip(silent["subject_id"], silent["stream"], strict=True):
        if draw.random() < 0.7:
            world.report(
                subject, "2020-01-01", "2020-04-01", streams=[stream], kind="nil",
                subjects=[subject],
            )  # fmt: skip
        if stream != "petition" and draw.random() < 0.4:
            world.incident(
                stream, draw.choice(("2020-01-01", "2020-02-29", "2020-03-31")),
                area_code="nowhere", subject_id=subject, **GRAVE[stream],
            )  # fmt: skip


def settled(world: ZeroWorld, draw: random.Random) -> None:
    """Let reviews end, some of them."""
    for row in world.incidents:
        if row["review"] == "reported" and draw.random() < 0.7:
            row["review"] = draw.choice(("confirmed", "rejected"))


@FEW
@given(seed=SEEDS)
def test_the_rates_of_parts_add_up_to_the_whole(seed: int) -> None:
    status = drawn(drawing(seed)).status(SPRING, as_of=AS_OF)
    whole = zero_rates(status, by=()).set_index("stream")[[*COUNTED]]
    for by in (["subject_class"], ["area_code"], ["subject_class", "area_code"]):
        parts = zero_rates(status, by=by).groupby("stream")[[*COUNTED]].sum()
        pd.testing.assert_frame_equal(parts, whole, check_like=True)
    inside = whole[["zero", "pending", "broken", "not_assessed"]].sum(axis=1)
    assert (inside == whole["registered"]).all()
    assert (whole["assessed"] + whole["not_assessed"] == whole["registered"]).all()


@FEW
@given(seed=SEEDS)
def test_the_bounds_hold_the_rate_whatever_the_missing_reports_say(seed: int) -> None:
    draw = drawing(seed)
    world = drawn(draw)
    before = world.status(SPRING, as_of=AS_OF)
    bounds = zero_rates(before).set_index(["subject_class", "stream"])
    for _ in range(4):
        completed(world, before, draw)
        settled(world, draw)
        after = world.status(SPRING, as_of=AS_OF)
        rates = zero_rates(after).set_index(["subject_class", "stream"])["rate"].dropna()
        lower, upper = (bounds[name].loc[rates.index] for name in ("lower", "upper"))
        assert ((lower <= rates) & (rates <= upper)).all()


def test_the_bounds_are_reached_and_a_little_less_would_be_too_little() -> None:
    """Three villages: one reported, one silent, one under review: 1/3 to 3/3."""
    world = drawn(drawing(0))
    world.subjects = [row for row in world.subjects if row["subject_id"] in AREAS]
    for row in world.subjects:
        row |= {"body": None, "registered_on": "2019-01-01", "deregistered_on": None}
    world.incidents, world.petitions, world.reports = [], [], []
    world.report("a", "2020-01-01", "2020-04-01", streams=["case"])
    world.report("b", "2020-01-01", "2020-04-01", streams=["case"])
    world.incident("case", "2020-02-10", area_code="b", review="reported", major_impact=True)

    def rate() -> list[float]:
        rows = zero_rates(world.status(SPRING, as_of=AS_OF)).set_index("stream")
        return [round(float(rows[name]["case"]), 4) for name in ("rate", "lower", "upper")]

    assert rate() == [0.5, 0.3333, 1.0]
    world.incidents[0]["review"] = "rejected"
    world.report("c", "2020-01-01", "2020-04-01", streams=["case"])
    assert rate() == [1.0, 1.0, 1.0]
    world.incidents[0]["review"] = "confirmed"
    world.incident("case", "2020-02-10", area_code="c", major_impact=True)
    assert rate() == [0.3333, 0.3333, 0.3333]
