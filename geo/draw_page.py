"""The parts of a one-file map around the map itself: head, legend, tables, foot, print."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from geo.layer import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geo.layer import LegendEntry

__all__ = [
    "STYLE",
    "LegendStep",
    "Table",
    "foot",
    "head",
    "legend",
    "legend_steps",
    "tables_html",
]

STYLE: Final = """
<style>
  body { display: flex; flex-direction: column; color: #14202b; background: #fff;
         font-family: "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC",
                      "Microsoft YaHei", "PingFang SC", sans-serif; }
  header, section, footer { padding: .5rem 1rem; }
  header { order: 0; border-bottom: 2px solid #0b6e7f; }
  header h1 { font-size: 1.25rem; margin: 0 0 .2rem; }
  header p, footer p { margin: 0; font-size: .8rem; color: #40525f; }
  .folium-map.leaflet-container { order: 1; flex: 1 0 60vh; background: #eef3f7; }
  section { order: 2; }
  footer { order: 3; border-top: 1px solid #c3d0da; }
  .legend { display: flex; flex-wrap: wrap; gap: .3rem 2rem; font-size: .8rem; }
  .legend ul { display: flex; gap: .9rem; list-style: none; margin: 0; padding: 0; }
  .legend .title { font-weight: 600; }
  h2 { font-size: .95rem; margin: 0; }
  .sign { display: inline-block; width: .9rem; height: .9rem; margin-right: .35rem;
          vertical-align: -.12rem; box-sizing: border-box; border: 1px solid #14202b; }
  .sign-circle, .sign-dot, .sign-badge { border-radius: 50%; }
  .sign-line { height: .25rem; border: 0; vertical-align: .2rem; }
  .sign-hatch { background-image:
                repeating-linear-gradient(45deg, #14202b99 0 1px, #0000 1px 4px); }
  .sign-dots { background-image: radial-gradient(#14202b99 25%, #0000 26%);
               background-size: 4px 4px; }
  .sign-dashed { border-style: dashed; }
  .sign-cross { background-image: linear-gradient(45deg, #0000 45%, #14202b 45% 55%, #0000 55%),
                linear-gradient(-45deg, #0000 45%, #14202b 45% 55%, #0000 55%); }
  .number { width: 22px; height: 22px; line-height: 20px; border-radius: 50%; text-align: center;
            box-sizing: border-box; border: 1px solid #fff; font: 700 12px/20px sans-serif; }
  table { border-collapse: collapse; font-size: .8rem; margin: .4rem 0; }
  th, td { border: 1px solid #c3d0da; padding: .2rem .6rem; text-align: left; }
  .leaflet-tooltip { white-space: pre-line; }
  @page { size: A4 landscape; margin: 10mm; }
  @media print { .leaflet-control-zoom { display: none; } .folium-map { height: 150mm; flex: none; }
                 * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
                 section { break-inside: avoid; } }
</style>
"""


@dataclass(frozen=True, slots=True)
class Table:
    """A plain table below the map, such as tonight's stops with their times."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class LegendStep:
    """One sign with its words."""

    color: str
    sign: str
    text: str


def head(title: str, notes: Iterable[str]) -> str:
    """Write the title and the lines below it (as of, known at, where the data come from)."""
    lines = "".join(f"<p>{escape(note)}</p>" for note in notes)
    return f"<header><h1>{escape(title)}</h1>{lines}</header>"


def foot(text: str) -> str:
    """Write the closing line; nothing when there is none."""
    return f"<footer><p>{escape(text)}</p></footer>" if text else ""


def legend_steps(entries: Iterable[LegendEntry], language: str) -> list[LegendStep]:
    """Word the entries of a layer's legend."""
    return [LegendStep(e.color, e.sign, e.words.text(language)) for e in entries]


def legend(groups: Sequence[tuple[str, Sequence[LegendStep]]], language: str) -> str:
    """Write the legend, one group per layer."""
    label = Words("图例", "Legend").text(language)
    items = "".join(_group(title, steps) for title, steps in groups if steps)
    return f'<section aria-label="{label}" class="legend">{items}</section>'


def tables_html(tables: Iterable[Table]) -> str:
    """Write the tables."""
    return "".join(_table(table) for table in tables)


def _group(title: str, steps: Sequence[LegendStep]) -> str:
    named = len(steps) > 1  # a single sign says it all
    heading = f'<li class="title">{escape(title)}</li>' if named and title else ""
    return "<ul>" + heading + "".join(_step(step) for step in steps) + "</ul>"


def _step(step: LegendStep) -> str:
    sign = (
        f'<i class="sign sign-{escape(step.sign)}" style="background-color:{escape(step.color)}">'
    )
    return f"<li>{sign}</i>{escape(step.text)}</li>"


def _table(table: Table) -> str:
    columns = "".join(f"<th>{escape(name)}</th>" for name in table.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>"
        for row in table.rows
    )
    heading = f"<h2>{escape(table.title)}</h2>"
    return f"<section>{heading}<table><thead><tr>{columns}</tr></thead>{rows}</table></section>"
