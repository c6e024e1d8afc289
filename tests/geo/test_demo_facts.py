"""Petitions, hazards and returns of the made-up county."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from geo.demo.hazards import BY_DEADLINE, MAJOR, ON_SITE
from geo.schemas import validate
from geo.vocabulary import Action, Entity
from tests.geo.demo_county import UNTIL, county, entries, local_day, standing

END = pd.Timestamp(UNTIL)


def returns() -> pd.DataFrame:
    return entries(county(), Entity.REPORT)[0].frame


def confirmations() -> pd.DataFrame:
    return entries(county(), Entity.REPORT)[1].frame


def test_every_fact_fits_its_table_and_was_recorded_before_the_end() -> None:
    for entity in (Entity.PETITION, Entity.DISPUTE, Entity.HAZARD, Entity.REPORT):
        for entry in entries(county(), entity):
            assert len(validate(entry.frame, entity)) == len(entry.frame)
            assert (entry.minute < county().span.end_minute).all()
            assert (np.diff(entry.minute) >= 0).all()


def test_most_matters_are_resolved_within_sixty_days_and_a_few_are_overdue() -> None:
    matters = standing(county(), Entity.PETITION)
    old = matters[matters["accepted_on"] < END - pd.Timedelta(days=95)]
    local = old[~old["requires_higher_authority"]]
    took = (local["closed_on"] - local["accepted_on"]).dt.days
    clock = np.where(local["extended"], 90, 60)
    assert (took <= 60).mean() > 0.88
    overdue = ~(took <= clock)
    assert 0.005 < overdue.mean() < 0.05
    assert local.loc[took <= clock, "outcome"].isin(["resolved", "withdrawn"]).all()


def test_the_clock_is_sixty_days_and_ninety_once_extended() -> None:
    matters = standing(county(), Entity.PETITION)
    days = (matters["due_on"] - matters["accepted_on"]).dt.days
    assert set(days[matters["extended"].astype(bool)]) == {90}
    assert set(days[~matters["extended"].astype(bool)]) == {60}


def test_an_exemption_has_a_reason_and_an_approver_who_did_not_propose_it() -> None:
    matters = standing(county(), Entity.PETITION)
    exempt = matters[matters["requires_higher_authority"]]
    assert 0.02 < len(exempt) / len(matters) < 0.05
    assert (
        exempt[["exemption_reason", "exemption_proposer", "exemption_approver"]]
        .notna()
        .all(axis=None)
    )
    assert (exempt["exemption_proposer"] != exempt["exemption_approver"]).all()
    assert matters.loc[~matters["requires_higher_authority"], "exemption_reason"].isna().all()


def test_matters_name_an_area_and_no_place_or_person() -> None:
    columns = set(standing(county(), Entity.PETITION).columns)
    assert not columns & {"lon", "lat", "geometry", "name", "petitioner", "phone"}


def test_hazards_of_the_last_year_are_those_that_were_published() -> None:
    hazards = standing(county(), Entity.HAZARD)
    assert (ON_SITE + BY_DEADLINE, ON_SITE, BY_DEADLINE, MAJOR) == (3186, 3165, 21, 3)
    assert hazards["mode"].value_counts().to_dict() == {"on_site": 3165, "deadline": 21}
    assert hazards["severity"].value_counts().to_dict() == {"general": 3183, "major": 3}
    assert hazards["found_on"].between(pd.Timestamp(date(2025, 7, 1)), END).all()
    # Published: 3,165 put right of 3,186, so those by deadline are still open.
    assert int(hazards["closed_on"].notna().sum()) == 3165
    assert hazards.loc[hazards["mode"] == "deadline", "due_on"].notna().all()


def agreed_last_year() -> pd.DataFrame:
    disputes = standing(county(), Entity.DISPUTE)
    since = local_day(disputes["ended_at"]) >= END - pd.Timedelta(days=365)
    return disputes[(disputes["outcome"] == "agreed") & since]


def test_the_mediations_of_the_last_year_are_those_that_were_published() -> None:
    mediated = agreed_last_year()
    assert len(mediated) == 111
    assert (mediated["channel"] == "mobile_station").sum() == 98
    assert mediated["followup_petition"].notna().sum() == 0


def test_petitions_and_disputes_together_are_four_fifths_of_the_cases() -> None:
    counts = [
        len(standing(county(), one)) for one in (Entity.PETITION, Entity.DISPUTE, Entity.CASE)
    ]
    assert (counts[0] + counts[1]) / counts[2] == pytest.approx(0.8, abs=0.04)
    assert 130 < counts[1] / 6 < 155


def test_the_steps_of_a_dispute_follow_each_other() -> None:
    disputes = standing(county(), Entity.DISPUTE)
    steps = ["requested_at", "forms_filled_at", "registered_at", "in_session_at", "ended_at"]
    for name, step in enumerate(steps[1:]):
        before = disputes[steps[: name + 1]].max(axis=1)
        assert (disputes[step].isna() | (disputes[step] > before)).all()
    assert disputes["ended_at"].isna().equals(disputes["outcome"].isna())
    assert 1 <= disputes["outcome"].isna().sum() <= 5


def test_without_consent_a_dispute_is_refused_and_never_in_session() -> None:
    disputes = standing(county(), Entity.DISPUTE)
    refused = disputes["outcome"] == "refused"
    assert refused.sum() > 20
    assert disputes["both_parties_consent"].eq(~refused).all()
    assert disputes.loc[refused, "in_session_at"].isna().all()


def test_a_relapse_names_a_petition_of_the_area_within_half_a_year() -> None:
    disputes = standing(county(), Entity.DISPUTE)
    matters = standing(county(), Entity.PETITION)
    relapsed = disputes[disputes["followup_petition"].notna()]
    assert len(relapsed) > 5
    assert set(relapsed["outcome"]) == {"agreed"}
    followed = matters.loc[relapsed["followup_petition"]]
    assert (followed["area_code"].to_numpy() == relapsed["area_code"].to_numpy()).all()
    days = followed["accepted_on"].to_numpy() - local_day(relapsed["ended_at"]).to_numpy()
    assert (days > np.timedelta64(0, "D")).all()
    assert (days <= np.timedelta64(180, "D")).all()


def test_disputes_name_an_area_and_neither_place_nor_party() -> None:
    columns = set(standing(county(), Entity.DISPUTE).columns)
    assert not columns & {"lon", "lat", "geometry", "name", "party", "respondent", "phone"}


def test_there_is_at_most_one_return_per_body_stream_and_month() -> None:
    sent = returns()
    assert not sent.duplicated(["body", "stream", "window_start"]).any()
    assert (sent["window_start"].dt.day == 1).all()
    next_month = sent["window_start"] + pd.offsets.MonthBegin(1)
    assert (sent["window_end"] == next_month).all()
    assert set(sent["body"]) == set(county().world.subjects["body"])


def test_no_return_is_written_before_its_month_is_over() -> None:
    sent = returns()
    assert (local_day(sent["reported_at"]) >= sent["window_end"]).all()
    assert sent["window_end"].max() == pd.Timestamp(date(2026, 6, 1))
    assert sent["window_start"].min() == pd.Timestamp(date(2020, 6, 1))


def test_in_a_month_three_to_six_areas_of_a_hundred_miss_a_return() -> None:
    sent = returns()
    offices = sent[sent["body"].str.startswith("office:")]
    complete = offices.groupby(["window_start", "body"]).size() == 3
    missing = 1 - complete.groupby("window_start").sum() / 288
    assert missing.mean() == pytest.approx(0.045, abs=0.015)
    assert (missing > 0).mean() > 0.95


def test_a_return_says_exceptions_where_something_had_been_recorded_by_then() -> None:
    sent = returns()
    of_cases = sent[sent["stream"] == "case"]
    told = entries(county(), Entity.CASE, Action.RECORDED)[0]
    month = local_day(told.frame["occurred_to"]).dt.strftime("%Y-%m")
    body = county().world.subjects["body"].loc[told.frame["subject_id"]].to_numpy()
    recorded = pd.Series(county().span.moments(told.minute).to_numpy(), index=month.index)
    first = recorded.groupby([body, month.to_numpy()]).min()
    keys = pd.MultiIndex.from_arrays(
        [of_cases["body"], of_cases["window_start"].dt.strftime("%Y-%m")]
    )
    known = first.reindex(keys).to_numpy()
    expected = np.where(known <= of_cases["reported_at"].to_numpy(), "exceptions", "nil")
    assert (of_cases["kind"] == expected).all()
    assert 0.02 < (expected == "exceptions").mean() < 0.3


def test_owners_confirm_every_month_after_five_weeks() -> None:
    said = confirmations()
    assert set(said["body"]) == {"owner:case", "owner:accident", "owner:petition"}
    assert set(said["kind"]) == {"confirmation"}
    wait = (local_day(said["reported_at"]) - said["window_end"]).dt.days
    assert wait.between(35, 40).all()
    assert said["window_end"].max() <= END - pd.Timedelta(days=35)
    assert len(said) == 3 * said["window_start"].nunique()
