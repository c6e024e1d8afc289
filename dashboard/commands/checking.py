"""`check-text`: every figure of an official text, recomputed."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from dashboard.commands.common import AsJson, console, language, print_json
from dashboard.i18n import t
from dashboard.services.adds_up.check import check_text as findings_of
from dashboard.services.adds_up.findings import Verdict
from geo.errors import UsageError

__all__ = ["check_text"]

STYLES = {Verdict.DIFFERS: "red", Verdict.UNCHECKED: "dim"}


def check_text(
    file: Annotated[Path, typer.Argument(help="A text, UTF-8 or GB18030.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Recompute every share, sum, difference and change that an official text states.

    What does not reconcile is told, not punished: the command ends with 0.
    """
    found = findings_of(_text_of(file), language())
    counts = Counter(str(one.verdict) for one in found)
    if as_json:
        verdicts = {str(verdict): counts[verdict] for verdict in Verdict}
        print_json({"findings": [asdict(one) for one in found], "counts": verdicts})
        return
    for one in found:
        line = t(
            "adds_up.line",
            language(),
            line=one.line,
            column=one.column,
            verdict=t(f"adds_up.verdict.{one.verdict}", language()),
            quote=one.quote,
            says=one.says,
        )
        console.print(line, style=STYLES.get(one.verdict), highlight=False, markup=False)
    console.print(_summary(counts), highlight=False)


def _summary(counts: Counter[str]) -> str:
    if not counts.total():
        return t("adds_up.nothing", language())
    return t(
        "adds_up.count",
        language(),
        n=counts.total(),
        fits=counts[Verdict.RECONCILES],
        differs=counts[Verdict.DIFFERS],
        unchecked=counts[Verdict.UNCHECKED],
    )


def _text_of(file: Path) -> str:
    from geo.intake.reading.decoding import decoded

    if not file.is_file():
        raise UsageError(
            f"There is no file {str(file)!r}; give the path of a text file.",
            f"没有文件 {str(file)!r}；请给出文本文件的路径。",
        )
    text, _ = decoded(file.read_bytes())
    return text
