"""What folium lacks for a small file: many shapes and points with few words each."""

from __future__ import annotations

import json
from typing import Any

from branca.element import MacroElement
from folium.template import Template

__all__ = ["Helpers", "Numbers", "Points", "Shapes"]


class Shapes(MacroElement):
    """Polygons and lines; property `s` is the place of the style, `t` the tooltip."""

    _template = Template("""
        {% macro script(this, kwargs) %}
        L.geoJSON({{ this.data }}, {
            interactive: {{ this.speaks|tojson }},
            style: sanlingStyle({{ this.styles|tojson }}),
            onEachFeature: (f, layer) => sanlingTip(layer, f.properties.t, true),
        }).addTo({{ this._parent.get_name() }});
        {% endmacro %}
    """)

    def __init__(self, data: str, styles: list[dict[str, Any]], *, speaks: bool) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca has no types
        self._name = "Shapes"
        self.data, self.styles, self.speaks = _inside_script(data), styles, speaks


class Points(MacroElement):
    """Circles as short rows: longitude, latitude, place of the colour, radius, tooltip."""

    _template = Template("""
        {% macro script(this, kwargs) %}
        for (const [x, y, c, r, t] of {{ this.rows }}) {
            const dot = L.circleMarker([y, x], {
                radius: r, fillColor: {{ this.colors|tojson }}[c], fillOpacity: 0.9,
                color: "#14202b", weight: 0.6,
            }).addTo({{ this._parent.get_name() }});
            sanlingTip(dot, t, false);
        }
        {% endmacro %}
    """)

    def __init__(self, rows: list[list[Any]], colors: list[str]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca has no types
        self._name = "Points"
        self.rows = _rows(rows)
        self.colors = colors


class Numbers(MacroElement):
    """Numbered discs, always readable: longitude, latitude, number, colour, tooltip.

    folium's own marker asks for a picture before it takes the icon it is given.
    """

    _template = Template("""
        {% macro script(this, kwargs) %}
        for (const [x, y, n, color, t] of {{ this.rows }}) {
            const disc = document.createElement("div");
            disc.className = "number";
            disc.textContent = n;
            Object.assign(disc.style, { background: color, color: {{ this.ink|tojson }} });
            const icon = L.divIcon({
                html: disc, className: "", iconSize: [22, 22], iconAnchor: {{ this.anchor|tojson }},
            });
            sanlingTip(L.marker([y, x], { icon }).addTo({{ this._parent.get_name() }}), t, false);
        }
        {% endmacro %}
    """)

    def __init__(self, rows: list[list[Any]], *, ink: str, beside: bool) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca has no types
        self._name = "Numbers"
        self.rows, self.ink = _rows(rows), ink
        # A stop stands beside the number of the hotspot it visits.
        self.anchor = (-2, 24) if beside else (11, 11)


class Helpers(MacroElement):
    """The scale bar, and functions: a style with its pattern, a tooltip as plain text."""

    _template = Template("""
        {% macro script(this, kwargs) %}
        L.control.scale({ imperial: false }).addTo({{ this._parent.get_name() }});
        function sanlingTip(layer, text, sticky) {
            if (!text) return;
            const box = document.createElement("span");
            box.textContent = text;
            layer.bindTooltip(box, { sticky });
        }
        function sanlingStyle(styles) {
            const ready = styles.map(s => s.pattern ? { ...s, fillColor: sanlingPattern(s) } : s);
            return f => ready[f.properties.s];
        }
        function sanlingPattern(style) {
            const tile = document.createElement("canvas"), pen = tile.getContext("2d");
            tile.width = tile.height = 8;
            pen.fillStyle = style.fillColor;
            pen.fillRect(0, 0, 8, 8);
            pen.strokeStyle = pen.fillStyle = "rgba(20,32,43,0.6)";
            pen.beginPath();
            if (style.pattern === "hatch") {
                for (const d of [-8, 0, 8]) { pen.moveTo(d, 8); pen.lineTo(d + 8, 0); }
                pen.stroke();
            } else {
                for (const d of [2, 6]) { pen.moveTo(d, d); pen.arc(d, d, 1.2, 0, 7); }
                pen.fill();
            }
            return pen.createPattern(tile, "repeat");
        }
        {% endmacro %}
    """)

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca has no types
        self._name = "Helpers"


def _rows(rows: list[list[Any]]) -> str:
    return _inside_script(json.dumps(rows, ensure_ascii=False, separators=(",", ":")))


def _inside_script(text: str) -> str:
    """Keep JSON from ending the script it stands in."""
    return text.replace("<", "\\u003c")
