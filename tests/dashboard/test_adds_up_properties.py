"""Generated statements: a true one is never flagged, one with a perturbed figure always is."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from dashboard.services.adds_up.check import check_text
from dashboard.services.adds_up.findings import Verdict
from dashboard.services.adds_up.numerals import han
from dashboard.services.adds_up.rounding import histories, rounded, wholes_near

NOISE = (
    "",
    "截至2020年8月19日8时30分，",
    "晋政法〔2020〕12号文件印发以来，",
    "As of 19 August 2020, ",
    "一、工作情况\n",
    "联系电话0353-8081234。",
)
lots = st.integers(1, 9999)


def half_up(exact: Fraction, decimals: int) -> Decimal:
    """Round as a clerk does: a second method, in decimals."""
    value = Decimal(exact.numerator) / Decimal(exact.denominator)
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def flagged(text: str) -> bool:
    return any(one.verdict is Verdict.DIFFERS for one in check_text(text, "en"))


def confirmed(text: str) -> bool:
    return any(one.verdict is Verdict.RECONCILES for one in check_text(text, "en"))


def wide(text: str) -> str:
    """Write the digits full-width."""
    return text.translate(str.maketrans("0123456789%", "０１２３４５６７８９％"))


SHARES = (
    "{whole}家单位中，{part}家达标，占{p}%。",
    "全县有单位{whole}家，其中达标{part}家，占{p}%。",
    "达标率{p}%（{part}/{whole}）。",
    "{part}/{whole}={p}%。",
    "达标率百分之{p}（{part}/{whole}）。",
    "{part} of {whole} villages ({p} %) met the target.",
    "Of {whole} villages, {part} ({p} %) met the target.",
    "The rate was {p} % ({part:,} out of {whole:,}).",
)


@settings(max_examples=150, deadline=None)
@given(
    lots, lots, st.integers(0, 2), st.integers(-9, 9), st.sampled_from(SHARES),
    st.sampled_from(NOISE), st.booleans(),
)  # fmt: skip
def test_a_share_is_confirmed_when_true_and_flagged_when_perturbed(
    one: int, other: int, decimals: int, off: int, words: str, noise: str, is_wide: bool
) -> None:
    part, whole = sorted((one, other))
    true = half_up(Fraction(100 * part, whole), decimals)
    stated = true + off * Decimal(1).scaleb(-decimals)
    assume(0 <= stated <= 100)
    text = noise + words.format(part=part, whole=whole, p=stated)
    text = wide(text) if is_wide else text
    assert (flagged(text), confirmed(text)) == (off != 0, off == 0), text


SUMS = (
    ("盗窃{0}起、诈骗{1}起、其他{2}起，共{n}起。", True),
    ("{0}+{1}+{2}={n}。", True),
    ("出警{n}次，分别为盗窃{0}次、诈骗{1}次、其他{2}次。", True),
    ("{0} thefts, {1} frauds and {2} others, {n} cases in all.", True),
    ("在岗{n}人，其中民警{0}人、辅警{1}人、协管{2}人。", False),
    ("{n} staff, of whom {0} on patrol, {1} at the desk and {2} on leave.", False),
)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(lots, min_size=3, max_size=3),
    st.integers(-9, 9),
    st.sampled_from(SUMS),
    st.sampled_from(NOISE),
)
def test_a_total_is_confirmed_when_true_and_flagged_when_perturbed(
    parts: list[int], off: int, words: tuple[str, bool], noise: str
) -> None:
    sentence, is_whole = words
    total = sum(parts) + off
    assume(total > 0)
    text = noise + sentence.format(*parts, n=total)
    # "of whom" need not name everybody: too few is no fault, too many is.
    assert flagged(text) == (off != 0 if is_whole else off < 0), text
    assert confirmed(text) == (off == 0), text


CHANGES = (
    "由去年同期的{before}起{verb}到{now}起，{verb}{p}%。",
    "去年同期{before}起，今年{now}起，同比{verb}{p}%。",
    "Cases {moved} from {before} to {now}, {by} {p} %.",
)


@settings(max_examples=100, deadline=None)
@given(
    lots,
    lots,
    st.integers(0, 2),
    st.integers(0, 9),
    st.sampled_from(CHANGES),
    st.sampled_from(NOISE),
)
def test_a_change_is_confirmed_when_true_and_flagged_when_perturbed(
    before: int, now: int, decimals: int, off: int, words: str, noise: str
) -> None:
    assume(before != now)
    is_up = now > before
    true = half_up(Fraction(100 * abs(now - before), before), decimals)
    text = noise + words.format(
        before=before, now=now, p=true + off * Decimal(1).scaleb(-decimals),
        verb="上升" if is_up else "下降", moved="rose" if is_up else "fell",
        by="up" if is_up else "down",
    )  # fmt: skip
    assert (flagged(text), confirmed(text)) == (off != 0, off == 0), text


@settings(max_examples=80, deadline=None)
@given(lots, st.integers(1, 500), st.integers(0, 2), st.booleans())
def test_a_true_change_always_has_a_whole_history(
    now: int, before: int, decimals: int, is_wide: bool
) -> None:
    assume(before != now)
    change = half_up(Fraction(100 * (now - before), before), decimals)
    text = f"立案{now}起，同比{'上升' if now > before else '下降'}{abs(change)}%。"
    assert not flagged(wide(text) if is_wide else text), text
    step = Fraction(1, 10**decimals)
    assert before in histories(Fraction(now), Fraction(change), step)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 400), st.integers(-990, 3000))
def test_histories_are_those_a_search_through_all_of_them_finds(now: int, tenths: int) -> None:
    change, step = Fraction(tenths, 10), Fraction(1, 10)
    found = [
        before
        for before in range(1, 50_000)
        if abs(100 * (now - before) / before - tenths / 10) < 0.06
        and half_up(Fraction(100 * (now - before), before), 1) == Decimal(tenths) / 10
    ]
    assert [one for one in histories(Fraction(now), change, step) if one < 50_000] == found


@given(st.fractions(-1000, 1000, max_denominator=5000), st.integers(0, 3))
def test_rounding_is_half_up_away_from_zero(exact: Fraction, decimals: int) -> None:
    assert rounded(exact, Fraction(1, 10**decimals)) == Fraction(half_up(exact, decimals))


@given(st.integers(1, 3000), st.integers(0, 1000))
@example(whole=2001, tenths=1000)
def test_the_parts_that_would_give_a_share_are_found_whole(whole: int, tenths: int) -> None:
    share = Decimal(tenths) / 10
    # A share may exceed the whole: cases cleared of those filed before.
    fits = [n for n in range(2 * whole + 2) if half_up(Fraction(100 * n, whole), 1) == share]
    assert list(wholes_near(Fraction(whole), Fraction(tenths, 10), Fraction(1, 10))) == fits


FIGURES = "零一二三四五六七八九"


def written(number: int) -> str:
    """Write a number below a hundred million in Chinese, 零 where a place is skipped."""
    if number >= 10_000:
        high, low = divmod(number, 10_000)
        gap = "零" if 0 < low < 1000 else ""
        return f"{written(high)}万{gap}{written(low) if low else ''}"
    text, skipped = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            text += ("零" if skipped and text else "") + FIGURES[digit] + name
        skipped = not digit
    return text


@given(st.integers(1, 99_999_999))
def test_a_number_written_in_chinese_is_read_back(number: int) -> None:
    assert han(written(number)) == (Fraction(number), Fraction(1))


@pytest.mark.parametrize(
    ("text", "value"),
    [("十", 10), ("十五", 15), ("一百一", 110), ("一百零一", 101), ("一万二", 12_000),
     ("两千", 2000), ("二〇二〇", 2020), ("三亿", 300_000_000), ("一百一十一", 111),
     ("一万零二", 10_002)],
)  # fmt: skip
def test_numbers_as_people_say_them_are_read(text: str, value: int) -> None:
    assert han(text) == (Fraction(value), Fraction(1))


@pytest.mark.parametrize("text", ["", "点", "点五", "一点", "一点十", "个"])
def test_what_is_no_numeral_is_none(text: str) -> None:
    assert han(text) is None
