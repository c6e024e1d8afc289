"""The pages My village and Decisions, as built for those who may and those who may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask
import pytest

from dashboard.access import Role
from dashboard.factory import create_app
from dashboard.pages import decisions, mine
from tests.dashboard.test_entries import HAZARD, HERE, County
from tests.dashboard.test_entries import county as county

if TYPE_CHECKING:
    from dash.development.base_component import Component


def shown(county: County, role: Role, lang: str, page: str, **asked: str) -> str:
    """Build a page as a role sees it; give it as text."""
    desk = county.desk(role, HERE)
    app = create_app(desk)
    headers = {"Cookie": f"sanling-language={lang}"}
    with app.server.test_request_context("/", headers=headers):
        flask.g.actor = desk.world.actor
        built: Component = {"mine": mine, "decisions": decisions}[page].layout(**asked)
        return str(built.to_plotly_json())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_reporter_is_shown_the_own_village_with_its_forms(county: County, lang: str) -> None:
    county.desk(Role.REPORTER).entries.hazard(HERE, HAZARD, by="li")
    told = shown(county, Role.REPORTER, lang, "mine")
    assert "my-hazard-send" in told
    assert "my-correct-send" in told
    assert "'type': 'my-return'" in told
    assert "'type': 'my-close-send'" in told


def test_a_viewer_reads_the_village_and_has_no_buttons(county: County) -> None:
    told = shown(county, Role.VIEWER, "zh", "mine")
    assert "my-zeros" in told
    assert not any(key in told for key in ("my-hazard-send'", "'type': 'my-return'"))


def test_a_village_elsewhere_is_one_sentence(county: County) -> None:
    told = shown(county, Role.REPORTER, "en", "mine", code="140322100201")
    assert "not on the register of your area" in told
    assert "my-zeros" not in told


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_who_may_not_decide_is_told_so(county: County, lang: str) -> None:
    county.desk(Role.REPORTER).entries.propose(
        "case", "C1", {"review": "rejected"}, reason="r", reference="", by="wang"
    )
    assert "decision-D1" not in shown(county, Role.REPORTER, lang, "decisions")
    told = shown(county, Role.ASSESSOR, lang, "decisions")
    assert "decisions-approve" in told


def test_ones_own_proposal_can_only_be_withdrawn(county: County) -> None:
    county.desk(Role.REPORTER).entries.propose(
        "case", "C1", {"review": "rejected"}, reason="r", reference="", by="li"
    )
    told = shown(county, Role.ASSESSOR, "en", "decisions")
    assert "decisions-approve" not in told
    assert "Withdraw" in told
