"""The page Bulletin over a small ledger: seen, frozen, taken away; and texts with their figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from dash.exceptions import PreventUpdate

from dashboard.components import bulletin_desk
from dashboard.components.marked_text import SIGNS, finding_list, marked_text
from dashboard.factory import create_app
from dashboard.pages import bulletin
from dashboard.services.adds_up.check import check_text
from dashboard.services.adds_up.findings import Finding, Verdict
from dashboard.services.adds_up.service import LONGEST_TEXT
from geo.errors import LedgerError, UsageError
from geo.vocabulary import Entity
from tests.dashboard.test_bulletin import SEPTEMBER_6, Office, accident, small
from tests.dashboard.test_bulletin import office as office

if TYPE_CHECKING:
    from collections.abc import Callable

OFFICIAL = "共排查隐患3186处，当场整改3165处，整改率99.4%。调解成功111起，其中掌上调解98起，占88%。"


def text_in(component: Any) -> str:
    if isinstance(component, list | tuple):
        return "".join(text_in(part) for part in component)
    if hasattr(component, "to_plotly_json"):
        return text_in(getattr(component, "children", None))
    return "" if component is None else str(component)


@pytest.fixture
def ask(office: Office) -> Callable[..., Any]:
    """Call a page's function inside a request over the small ledger."""
    small(office).later(SEPTEMBER_6)
    app = create_app(office.services())

    def call(function: Callable[..., Any], *args: Any, lang: str = "zh") -> Any:
        headers = {"Cookie": f"sanling-language={lang}"}
        with app.server.test_request_context("/bulletin", headers=headers):
            return function(*args)

    return call


def test_the_page_shows_the_same_paper_as_the_file(office: Office, ask: Callable[..., Any]) -> None:
    paper, seen, docx, xlsx, fixed = ask(bulletin.show, "2020-08", "draft")
    desk = office.services().bulletin
    found = desk.bulletin("2020-08")
    assert (seen["digest"], fixed) == (found.digest, False)
    assert (docx, xlsx) == tuple(
        f"/bulletin.{kind}?period=2020-08&edition=draft" for kind in ("docx", "xlsx")
    )
    said = text_in(paper)
    for section in desk.paper(found, "zh").sections:
        assert section.heading in said
        assert all(sentence in said for sentence in section.sentences)


def test_an_edition_is_frozen_after_asking_once_more(ask: Callable[..., Any]) -> None:
    _, seen, *_ = ask(bulletin.show, "2020-08", "draft")
    opened, question = ask(bulletin.ask_freeze, 1, seen)
    assert opened
    assert "2020-08" in question
    assert seen["digest"][:16] in question
    closed, choices, chosen, listed = ask(bulletin.freeze, 1, seen)
    assert (closed, chosen) == (False, "1")
    assert [choice["value"] for choice in choices] == ["draft", "1"]
    assert seen["digest"][:16] in text_in(listed)
    _, again, docx, _, fixed = ask(bulletin.show, "2020-08", "1")
    assert (again["digest"], again["edition"], fixed) == (seen["digest"], "1", True)
    assert docx.endswith("edition=1")
    with pytest.raises(PreventUpdate):
        ask(bulletin.ask_freeze, 2, again)


def test_a_draft_that_moved_on_is_not_frozen(office: Office, ask: Callable[..., Any]) -> None:
    _, seen, *_ = ask(bulletin.show, "2020-08", "draft")
    office.put(Entity.ACCIDENT, accident("late", "140322100201"))
    with pytest.raises(LedgerError):
        ask(bulletin.freeze, 1, seen)


def test_another_month_opens_as_a_draft(ask: Callable[..., Any]) -> None:
    _, seen, *_ = ask(bulletin.show, "2020-07", "3")
    assert seen["edition"] == bulletin_desk.DRAFT


def test_files_are_sent_and_logged_by_whoever_asks(office: Office) -> None:
    small(office).later(SEPTEMBER_6)
    client = create_app(office.services()).server.test_client()
    for kind, head in (("docx", b"PK"), ("xlsx", b"PK")):
        sent = client.get(f"/bulletin.{kind}?period=2020-08&edition=draft")
        assert (sent.status_code, sent.data[:2]) == (200, head)
        assert "attachment" in sent.headers["Content-Disposition"]
    assert office.log is not None
    assert [deed[0] for deed in office.log] == ["local", "local"]
    refused = client.get("/bulletin.docx?period=2020-08&edition=7")
    assert (refused.status_code, "没有第 7 版" in refused.text) == (400, True)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_layout_opens_on_the_month_or_the_tab_asked_for(
    ask: Callable[..., Any], lang: str
) -> None:
    def opened(**asked: str) -> str:
        return str(bulletin.layout(**asked))

    page = ask(lambda: opened(month="2020-09", tab="adds_up"), lang=lang)
    assert "value='2020-09'" in page
    assert "value='adds_up'" in page
    assert "value='2020-08'" in ask(lambda: opened(month="1999-01"), lang=lang)


def test_a_pasted_text_is_marked_in_place_and_whole(ask: Callable[..., Any]) -> None:
    marked, listed = ask(bulletin.check, 1, OFFICIAL)
    said = text_in(marked)
    for sign in (*SIGNS.values(), "1", "2"):
        said = said.replace(sign, "")
    plain = OFFICIAL
    for sign in (*SIGNS.values(), "1", "2"):
        plain = plain.replace(sign, "")
    assert said == plain
    assert "3,165/3,186 = 99.34 %" in text_in(listed)
    assert "98/111 = 88.29 %" in text_in(listed)


def test_a_finding_within_another_is_listed_and_not_marked_twice() -> None:
    def at(start: int, end: int) -> Finding:
        return Finding("sum", Verdict.RECONCILES, start, end, 1, 1, "x", "y")

    found = [at(0, 6), at(2, 4), at(6, 8)]
    assert text_in(marked_text("abcdefgh", found)) == "abcdef✓1gh✓3"
    assert len(finding_list(found, "en").children) == 3


def test_a_text_without_figures_says_so_and_a_book_is_refused(ask: Callable[..., Any]) -> None:
    assert check_text("平安无事。", "zh") == []
    _, listed = ask(bulletin.check, 1, "平安无事。")
    assert text_in(listed)
    with pytest.raises(UsageError, match="paste at most"):
        ask(bulletin.check, 1, "字" * (LONGEST_TEXT + 1))
    with pytest.raises(PreventUpdate):
        ask(bulletin.check, 1, "   ")
