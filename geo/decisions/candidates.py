"""Pairs over the whole ledger that may be one event and that nobody has judged yet."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from geo.decisions.record import decisions_of
from geo.duplicates import Candidates, find_duplicates
from geo.errors import NotReadyError
from geo.signatures import signature
from geo.vocabulary import DecisionKind, DecisionState, Entity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geo.decisions.record import Decision
    from geo.store import Store

__all__ = ["duplicate_candidates"]


def duplicate_candidates(store: Store, about: Entity) -> Candidates:
    """Find what may be one among all cases, or all accidents; see `geo.duplicates`.

    Pairs that wait for approval, were merged, or were rejected by somebody else than the one
    who proposed them are left out. Raises NotReadyError before any areas were imported.
    """
    snapshot = store.snapshot()
    metric_crs = store.meta.metric_crs
    if metric_crs is None:
        raise NotReadyError(
            "The store has no metric coordinate system yet; import areas first.",
            "尚未设置米制坐标系；请先导入区域。",
        )
    incidents = snapshot.cases if about is Entity.CASE else snapshot.accidents
    decided = set(_judged(decisions_of(store).values(), about))
    return find_duplicates(
        incidents, metric_crs=metric_crs, zone=snapshot.time_zone, decided=decided
    )


def _judged(decisions: Iterable[Decision], about: Entity) -> Iterator[frozenset[str]]:
    for decision in decisions:
        if decision.kind is DecisionKind.MERGE and decision.about == about:
            if decision.state is DecisionState.REJECTED and _withdrawn(decision):
                continue
            kept, *dropped = decision.keys
            pairs = (
                ((kept, key) for key in dropped)
                if decision.state is DecisionState.REJECTED
                else combinations(decision.keys, 2)
            )
            yield from map(frozenset, pairs)


def _withdrawn(decision: Decision) -> bool:
    return signature(decision.rejected_by or "") == signature(decision.proposer)
