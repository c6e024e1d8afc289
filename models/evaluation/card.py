"""The card beside every hotspot map: one true line on how well such flags did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from models.evaluation.score import BUDGETS, hit_rate, pai, pei, percent, top_cells

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from models.arrays import Floats
    from models.evaluation.trial import Fit

__all__ = ["BacktestCard", "model_name", "scores_frame"]

FEW_HITS = 10
"""Fewer expected hits are printed with a decimal: "about 0" would not be true."""

PLAIN = (
    "model",
    "horizon_days",
    "count",
    "cell_m",
    "beats_naive",
    "hits",
    "naive_hits",
    "n_incidents",
)
MODEL_NAMES = {
    "past_counts": ("last year's counts", "去年同类计数"),
    "all_counts": ("the counts of all years", "历年计数"),
    "kde": ("the kernel density", "核密度"),
}


@dataclass(frozen=True, eq=False)
class BacktestCard:
    """What the flagged places held, beside last year's counts and chance.

    Attributes
    ----------
    model
        Name of the model in use: the best one, or last year's counts.
    by_origin
        One row per origin: `origin` (last day seen), `cells`, `share_area`, `incidents`
        (on patrollable ground in the horizon), `hits`, `naive_hits` (last year's counts,
        same number of cells), `random_hits` (their share of the ground times the
        incidents), `expected_hits` (what the model had foretold), `most_hits`.
    beats_naive
        Whether a model held more than last year's counts. If not, they are used.
    challenger
        The best model besides last year's counts: name, its hits, theirs on the same cells.
    scores
        `model budget share_area hits incidents hit_rate pai pei`, summed over the origins.
    """

    model: str
    by_origin: pd.DataFrame
    horizon_days: int
    count: int
    cell_m: float
    beats_naive: bool
    challenger: tuple[str, int, int] | None
    scores: pd.DataFrame

    @property
    def origins(self) -> tuple[date, ...]:
        """Last day seen at each origin, oldest first."""
        return tuple(self.by_origin["origin"])

    @property
    def hits(self) -> int:
        """Incidents the flagged places held."""
        return int(self.by_origin["hits"].sum())

    @property
    def naive_hits(self) -> int:
        """Incidents that last year's counts would have held on as many cells."""
        return int(self.by_origin["naive_hits"].sum())

    @property
    def random_hits(self) -> float:
        """Incidents that as many cells drawn at random would hold on average."""
        return float(self.by_origin["random_hits"].sum())

    @property
    def expected_hits(self) -> float:
        """Incidents the model had expected in the flagged places."""
        return float(self.by_origin["expected_hits"].sum())

    @property
    def n_incidents(self) -> int:
        """Incidents on patrollable ground over all horizons."""
        return int(self.by_origin["incidents"].sum())

    @property
    def share_area(self) -> float:
        """Mean share of the patrollable ground that was flagged; NaN without an origin."""
        return float(self.by_origin["share_area"].mean())

    def line(self, language: str = "en") -> str:
        """Say in one true sentence how the flagged places did."""
        if not len(self.by_origin):
            return _untested(language)
        start, against, chance = _line_parts(self, language)
        if language == "zh":
            return f"{start}；{against}；{chance}。"
        return f"{start}; {against}; {chance}."

    def to_dict(self) -> dict[str, Any]:
        """Give the card as plain values, for JSON; missing is None."""
        plain = {name: getattr(self, name) for name in PLAIN}
        tested = len(self.by_origin) > 0
        return plain | {
            "origins": [day.isoformat() for day in self.origins],
            "random_hits": round(self.random_hits, 2),
            "expected_hits": round(self.expected_hits, 2),
            "share_area": self.share_area if tested else None,
            "line_en": self.line("en"),
            "line_zh": self.line("zh"),
        }


def model_name(model: str, language: str = "en") -> str:
    """Name a model in words; an unknown one keeps its file name."""
    english, chinese = MODEL_NAMES.get(model, (model, model))
    return chinese if language == "zh" else english


def _untested(language: str) -> str:
    if language == "zh":
        return "尚无法回测：记录不足半年；以下仅为历史计数，未经检验。"
    return (
        "Not tested yet: the record is shorter than half a year; "
        "the places are counts, not a forecast."
    )


def _line_parts(card: BacktestCard, language: str) -> tuple[str, str, str]:
    n, n_origins = card.n_incidents, len(card.by_origin)
    held, chance = percent(card.hits, n), percent(card.random_hits, n)
    share = percent(card.share_area, 1)
    if language == "zh":
        start = (
            f"过去 {n_origins} × {card.horizon_days} 天，标出的地点（占可巡逻面积 {share}）"
            f"包含 {n:,} 起中的 {card.hits:,} 起（{held}）"
        )
        return (
            start,
            _against_zh(card),
            f"随机选取同样面积约 {_about(card.random_hits)} 起（{chance}）",
        )
    start = (
        f"Over the last {n_origins} × {card.horizon_days} days the flagged places ({share} of the "
        f"patrollable ground) held {card.hits:,} of {n:,} incidents ({held})"
    )
    at_random = f"places drawn at random about {_about(card.random_hits)} ({chance})"
    return start, _against_en(card), at_random


def _about(hits: float) -> str:
    return f"{hits:,.0f}" if hits >= FEW_HITS else f"{hits:.1f}"


def _against_en(card: BacktestCard) -> str:
    if card.beats_naive:
        share = percent(card.naive_hits, card.n_incidents)
        return f"last year's counts would have held {card.naive_hits:,} ({share})"
    if card.challenger is None:
        return "they are last year's counts; no other model was tried"
    name, hits, naive = card.challenger
    return (
        f"they are last year's counts, for no other model did better "
        f"({model_name(name)}: {hits:,} where last year's counts held {naive:,})"
    )


def _against_zh(card: BacktestCard) -> str:
    if card.beats_naive:
        share = percent(card.naive_hits, card.n_incidents)
        return f"按去年计数则为 {card.naive_hits:,} 起（{share}）"
    if card.challenger is None:
        return "所用即去年计数，未试其他模型"
    name, hits, naive = card.challenger
    return (
        "所用即去年计数，其他模型均未更好"
        f"（{model_name(name, 'zh')}：{hits:,} 起，去年计数 {naive:,} 起）"
    )


def scores_frame(trials: Mapping[str, Sequence[tuple[Fit, Floats]]]) -> pd.DataFrame:
    """Score every model at fixed shares of the ground and at its flagged places.

    Parameters
    ----------
    trials
        Model name -> its fit and the counts that followed, shape (n,), per origin.

    Returns
    -------
    DataFrame
        `model budget share_area hits incidents hit_rate pai pei`; the budget is a share of
        the ground or "places". Hits are summed over the origins.
    """
    rows = [
        (name, *row)
        for name, pairs in trials.items()
        if pairs
        for row in _score_rows([_outcome(fit, held) for fit, held in pairs])
    ]
    columns = ["model", "budget", "share_area", "hits", "incidents", "hit_rate", "pai", "pei"]
    return pd.DataFrame(rows, columns=columns)


@dataclass(frozen=True, eq=False)
class Outcome:
    """One origin: incidents held by the best 0, 1, … n cells, by the model and with hindsight."""

    by_model: Floats
    by_hindsight: Floats
    place_cells: int
    place_hits: float


def _outcome(fit: Fit, held: Floats) -> Outcome:
    return Outcome(
        _held_by_first(held[top_cells(fit.expected, len(held))]),
        _held_by_first(np.sort(held)[::-1]),
        len(fit.places.cells),
        float(held[fit.places.cells].sum()),
    )


def _held_by_first(held: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(held)])


def _score_rows(outcomes: Sequence[Outcome]) -> list[tuple[object, ...]]:
    places = [(o.place_cells, o.place_hits) for o in outcomes]
    rows: list[tuple[object, ...]] = [("places", *_score(outcomes, places))]
    for budget in BUDGETS:
        cells = [round(budget * (len(o.by_model) - 1)) for o in outcomes]
        chosen = [(n, float(o.by_model[n])) for n, o in zip(cells, outcomes, strict=True)]
        rows.append((str(budget), *_score(outcomes, chosen)))
    return rows


def _score(
    outcomes: Sequence[Outcome], chosen: Sequence[tuple[int, float]]
) -> tuple[float | int, ...]:
    """Sum cells and hits over the origins; share, hits, incidents, hit rate, PAI, PEI."""
    hits = int(sum(held for _, held in chosen))
    incidents = int(sum(o.by_model[-1] for o in outcomes))
    pairs = list(zip(outcomes, chosen, strict=True))
    most = float(sum(o.by_hindsight[n] for o, (n, _) in pairs))
    share = float(np.mean([n / (len(o.by_model) - 1) for o, (n, _) in pairs]))
    rates = (hit_rate(hits, incidents), pai(hits, incidents, share), pei(hits, most))
    return (share, hits, incidents, *rates)
