"""`duplicates`, `correct`, `merge`, `redact`, `approve`, `reject`, `decisions`: by several."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboard.commands.common import AsJson, Db, console, language, print_json, store_of

if TYPE_CHECKING:
    from geo.decisions import Decision
    from geo.vocabulary import Entity

__all__ = ["approve", "correct", "decisions", "duplicates", "merge", "redact", "reject"]

By = Annotated[str, typer.Option("--by", help="Who decides: a name.")]
Reason = Annotated[
    str, typer.Option("--reason", help="Why; it is sealed and stays, so name no person in it.")
]
Incidents = Annotated[str, typer.Option("--entity", help="cases or accidents.")]
DecisionId = Annotated[str, typer.Argument(help="Its number, such as D3.")]

SHOWN = 20
"""Pairs shown on a terminal; all of them go into --out and --json."""


def duplicates(
    *,
    db: Db = "",
    entity: Incidents = "cases",
    out: Annotated[Path | None, typer.Option(help="Write the pairs here, as CSV.")] = None,
    as_json: AsJson = False,
) -> None:
    """List pairs that may tell of one event, the likeliest first, with score and reasons."""
    from geo.decisions import duplicate_candidates

    found = duplicate_candidates(store_of(db), _stream(entity))
    pairs = [_pair(row) for row in found.pairs.to_dict("records")]
    if out is not None:
        _write_pairs(out, pairs)
    if as_json:
        print_json({"entity": entity, "piled": found.piled, "pairs": pairs})
        return
    for pair in pairs[:SHOWN]:
        console.print(
            f"{pair['score']:.2f}  {pair['keep']}  {pair['drop']}  {pair[f'why_{language()}']}",
            highlight=False,
        )
    _say(
        f"{len(pairs):,} pairs; {found.piled:,} records left out: too many at one place and time.",
        f"共 {len(pairs):,} 对；另有 {found.piled:,} 条记录因同一时间地点过多未比较。",
    )


def merge(
    keep: Annotated[str, typer.Argument(help="Id of the record to keep.")],
    drop: Annotated[list[str], typer.Argument(help="Ids of the records that tell of the same.")],
    *,
    by: By,
    reason: Reason,
    db: Db = "",
    entity: Incidents = "cases",
    as_json: AsJson = False,
) -> None:
    """Propose that records tell of one event; another person has to approve."""
    from dashboard.wiring import ledger_clock
    from geo.decisions import propose_merge

    store = store_of(db)
    decision = propose_merge(
        store,
        about=_stream(entity),
        keep=keep,
        drops=drop,
        reason=reason,
        by=by,
        at=ledger_clock(store)(),
    )
    _tell(decision, as_json=as_json)


def correct(
    entity: Annotated[str, typer.Argument(help="cases, accidents, petitions, hazards and so on.")],
    key: Annotated[str, typer.Argument(help="Id of the record.")],
    *,
    settings: Annotated[
        list[str],
        typer.Option("--set", help="FIELD=VALUE, repeatable; nothing behind = means unknown."),
    ],
    by: By,
    reason: Reason,
    reference: Annotated[
        str, typer.Option("--reference", help="Number of the document it rests on.")
    ] = "",
    db: Db = "",
    as_json: AsJson = False,
) -> None:
    """Propose that fields of a record become others; another person has to approve."""
    from dashboard.wiring import ledger_clock
    from geo.decisions import propose_correction
    from geo.errors import UsageError
    from geo.intake.entities import entity_spec

    pairs = [setting.partition("=") for setting in settings]
    without = [name for name, sign, _ in pairs if not sign]
    if without:
        raise UsageError(
            f"--set {without[0]} lacks its value; write --set field=value.",
            f"--set {without[0]} 缺少取值；请写作 --set 字段=值。",
        )
    store = store_of(db)
    decision = propose_correction(
        store,
        about=entity_spec(entity).stored,
        key=key,
        changes={name: value for name, _, value in pairs},
        reason=reason,
        reference=reference or None,
        by=by,
        at=ledger_clock(store)(),
    )
    _tell(decision, as_json=as_json)


def redact(
    entity: Annotated[str, typer.Argument(help="cases, accidents, petitions, units and so on.")],
    keys: Annotated[list[str], typer.Argument(help="Ids of the records.")],
    *,
    by: By,
    reason: Reason,
    field: Annotated[
        list[str] | None,
        typer.Option(help="Field to erase, repeatable; none: all that no figure rests on."),
    ] = None,
    db: Db = "",
    as_json: AsJson = False,
) -> None:
    """Propose to erase a personal datum from every version; two others have to approve.

    Ids and reasons of decisions are sealed and stay. Backups and delivered files are yours to
    clean.
    """
    from dashboard.wiring import ledger_clock
    from geo.decisions import propose_redaction
    from geo.intake.entities import entity_spec

    store = store_of(db)
    decision = propose_redaction(
        store,
        about=entity_spec(entity).stored,
        keys=keys,
        fields=field or (),
        reason=reason,
        by=by,
        at=ledger_clock(store)(),
    )
    _tell(decision, as_json=as_json)


def approve(decision: DecisionId, *, by: By, db: Db = "", as_json: AsJson = False) -> None:
    """Approve a decision; with the last approval needed it is carried out."""
    from dashboard.wiring import ledger_clock
    from geo import decisions as deciding

    store = store_of(db)
    made = deciding.approve(store, decision, by=by, at=ledger_clock(store)())
    _tell(made, as_json=as_json)
    if store.has_traces:
        _say(
            "Somebody is reading the store, so freed parts of its file may still hold what was "
            "erased. They are cleaned when the store is opened next.",
            "有程序正在读取数据库，文件的空闲部分可能仍留有已删除内容；下次打开时将予清除。",
        )


def reject(
    decision: DecisionId, *, by: By, reason: Reason, db: Db = "", as_json: AsJson = False
) -> None:
    """Reject a decision; a rejected pair is not proposed as a duplicate again."""
    from dashboard.wiring import ledger_clock
    from geo import decisions as deciding

    store = store_of(db)
    made = deciding.reject(store, decision, by=by, reason=reason, at=ledger_clock(store)())
    _tell(made, as_json=as_json)


def decisions(*, db: Db = "", as_json: AsJson = False) -> None:
    """List what was proposed, approved and rejected."""
    from geo.decisions import decisions_of

    listed = decisions_of(store_of(db)).values()
    if as_json:
        print_json({"decisions": [decision.to_dict() for decision in listed]})
        return
    for decision in listed:
        console.print(_line(decision), highlight=False)


def _stream(entity: str) -> Entity:
    from geo.errors import UsageError
    from geo.intake.entities import entity_spec
    from geo.store.merges import MERGED

    about = entity_spec(entity).stored
    if about not in MERGED:
        raise UsageError(
            f"Only cases and accidents are compared and merged, not {entity}.",
            f"只有 cases 和 accidents 可以比对、合并，{entity} 不可以。",
        )
    return about


def _pair(row: dict[Any, Any]) -> dict[str, Any]:
    from geo.duplicates import reasons

    plain = {
        "keep": row["keep"],
        "drop": row["drop"],
        "score": round(row["score"], 3),
        "distance_m": _rounded(row["distance_m"]),
        "minutes": _rounded(row["minutes"]),
    }
    return plain | {f"why_{name}": reasons(row, name) for name in ("en", "zh")}


def _rounded(value: float) -> float | None:
    return None if value != value else round(value, 1)  # noqa: PLR0124 - unlike itself: missing


def _write_pairs(path: Path, pairs: list[dict[str, Any]]) -> None:
    from dashboard.services.tables import neutral_cell

    names = ("score", "keep", "drop", "distance_m", "minutes", "why_en", "why_zh")
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(names)
        rows.writerows([neutral_cell(pair[name]) for name in names] for pair in pairs)


def _tell(decision: Decision, *, as_json: bool) -> None:
    if as_json:
        print_json(decision.to_dict())
    else:
        console.print(_line(decision), highlight=False)


def _line(decision: Decision) -> str:
    from geo.decisions import missing_approvals

    words = {
        "en": {"proposed": "proposed", "approved": "approved", "rejected": "rejected"},
        "zh": {"proposed": "待批准", "approved": "已批准", "rejected": "已驳回"},
    }[language()]
    waits = missing_approvals(decision)
    waiting = {"en": f" (needs {waits} more)", "zh": f"（还需 {waits} 人批准）"}[language()]
    return (
        f"{decision.decision_id}  {decision.kind} {decision.about} {', '.join(decision.keys)}  "
        f"{words[decision.state]}{waiting if waits else ''}  {decision.proposer}: {decision.reason}"
    )


def _say(english: str, chinese: str) -> None:
    console.print(chinese if language() == "zh" else english, highlight=False)
