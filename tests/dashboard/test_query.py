"""The filter bar as data."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.services.query import Query
from geo.errors import UsageError

DAY = date(2026, 6, 30)

queries = st.builds(
    Query,
    as_of=st.dates(date(2000, 1, 1), date(2090, 1, 1)),
    days=st.integers(1, 4000),
    stream=st.sampled_from(["all", "case", "accident"]),
    categories=st.lists(st.sampled_from(["theft", "fraud", "fire"]), unique=True).map(tuple),
    hours=st.none() | st.tuples(st.integers(0, 24), st.integers(0, 24)),
)


@given(queries)
def test_a_query_survives_its_address(query: Query) -> None:
    assert Query.parse(query.params(), as_of=DAY) == query


def test_an_empty_address_asks_for_the_last_ninety_days_of_everything() -> None:
    query = Query.parse({}, as_of=DAY)
    assert (query.stream, query.days, query.window.end) == ("all", 90, DAY + timedelta(days=1))
    assert query.start == date(2026, 4, 2)


@pytest.mark.parametrize(
    "params",
    [
        {"stream": "petition"},
        {"stream": "dispute"},
        {"days": "0"},
        {"days": "many"},
        {"hours": "20-99"},
        {"as_of": "30.6.2026"},
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_sentence_in_both_languages(
    params: dict[str, str],
) -> None:
    with pytest.raises(UsageError) as refusal:
        Query.parse(params, as_of=DAY)
    assert refusal.value.text("zh") != refusal.value.text("en")


def test_days_between_two_dates_include_both() -> None:
    query = Query(as_of=DAY).between(date(2026, 6, 1), date(2026, 6, 30))
    assert (query.days, query.start, query.as_of) == (30, date(2026, 6, 1), date(2026, 6, 30))
