"""What the map and the download links fetch: GeoJSON, bytes and files over plain HTTP.

Answers carry an ETag made of the ledger's watermark and the question, so that a browser
asks again but receives again only what has changed. An error is one sentence.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

import flask
from flask import Response

from dashboard.context import language, services
from dashboard.services.naming import moment_text
from dashboard.services.query import Query
from geo.errors import SanlingError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["DEFAULT_CREWS", "areas_source", "register_map_routes"]

GEOJSON: Final = "application/geo+json"
BYTES: Final = "application/octet-stream"
RUN: Final = "sanling-run"
"""Key of the token that tells answers of one run of the server from those of another."""

DEFAULT_CREWS: Final = 2
"""Crews of a usual night, until someone says otherwise."""


def register_map_routes(server: flask.Flask) -> None:
    """Add the routes of this module and its error sentence to the server."""
    server.config[RUN] = secrets.token_hex(4)
    for rule, view in _ROUTES.items():
        server.add_url_rule(rule, view.__name__, view)
    server.register_error_handler(SanlingError, error_sentence)


def areas() -> Response:
    """Send the boundaries."""
    return _unless_known(
        lambda: services().situation.areas_geojson(language(), as_of=asked_query().as_of), GEOJSON
    )


def parents() -> Response:
    """Send the boundaries one level up."""
    return _unless_known(
        lambda: services().situation.parents_geojson(language(), as_of=asked_query().as_of),
        GEOJSON,
    )


def areas_source(ground: Mapping[str, str]) -> dict[str, str]:
    """Say where the map fetches the areas of a ground (`World.ground`)."""
    asked = f"?{urlencode(ground)}" if ground else ""
    return {name: f"/map/{file}.geojson{asked}" for name, file in _AREA_FILES.items()}


def overlay(name: str) -> Response:
    """Send one layer over the areas, as the filter bar asks for it."""
    return _unless_known(
        lambda: services().overlays.geojson(
            name, asked_query(), language(), crews=asked_crews(), near="near" in flask.request.args
        ),
        GEOJSON,
    )


def series(colour: str) -> Response:
    """Send the months of the stepper: one byte per month and area."""
    return _unless_known(lambda: services().situation.series(colour, asked_query()), BYTES)


def pulse() -> Response:
    """Tell how far the ledger has come; the pages ask every few seconds.

    `mark` changes when a fact was added and when a new day begins.
    """
    world = services().world
    watermark = world.store.watermark
    response = flask.jsonify(
        watermark=watermark,
        mark=f"{watermark}.{world.as_of.isoformat()}",
        now=moment_text(world.now, world.zone),
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def briefing() -> Response:
    """Send the current map as one file that opens without a network."""
    colour = flask.request.args.get("colour", "three_zero")
    name, content = services().briefing.html(asked_query(), colour, language())
    return download(name, "text/html; charset=utf-8", content)


def patrol_gpx() -> Response:
    """Send tonight's draft for a navigation device."""
    return _patrol("gpx")


def patrol_csv() -> Response:
    """Send tonight's draft as a table."""
    return _patrol("csv")


def zero_csv() -> Response:
    """Send the statuses as a table."""
    return _zero("csv")


def zero_xlsx() -> Response:
    """Send the statuses as a workbook."""
    return _zero("xlsx")


def error_sentence(error: SanlingError) -> tuple[Response, int]:
    """Say in one sentence what came, what is needed and what to do."""
    return Response(error.text(language()), mimetype="text/plain"), 400


def asked_query() -> Query:
    """Read the filter bar from the URL."""
    return Query.parse(flask.request.args, as_of=services().world.as_of)


def asked_crews() -> int:
    """Read the number of crews from the URL."""
    return flask.request.args.get("crews", DEFAULT_CREWS, type=int)


def download(name: str, mimetype: str, content: bytes) -> Response:
    """Send a file to keep."""
    response = Response(content, content_type=mimetype)
    # A header holds Latin letters only; a Chinese name goes in its encoded form (RFC 5987).
    named = {"filename": name} if name.isascii() else {"filename*": f"UTF-8''{quote(name)}"}
    response.headers.set("Content-Disposition", "attachment", **named)
    response.headers["Cache-Control"] = "no-store"
    return response


def _patrol(kind: str) -> Response:
    return download(*services().patrol.export(kind, asked_crews(), asked_query(), language()))


def _zero(kind: str) -> Response:
    asked = flask.request.args
    by, window = asked.get("by", "area"), asked.get("window", "month")
    zero = services().zero
    at = zero.standpoint(
        **{name: asked.get(name, "") for name in ("as_of", "known_at", "rulebook")}
    )
    return download(*zero.export(kind, by, window, language(), at=at))


def _unless_known(build: Callable[[], bytes], mimetype: str) -> Response:
    etag = _etag()
    if flask.request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    else:
        response = Response(build(), content_type=mimetype)
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _etag() -> str:
    world = services().world
    asked = (
        flask.current_app.config[RUN],
        world.store.watermark,
        world.as_of,
        language(),
        flask.request.full_path,
    )
    return hashlib.sha256(repr(asked).encode()).hexdigest()[:20]


_AREA_FILES: Final = {"url": "areas", "parents": "parents"}

_ROUTES: Final[dict[str, Callable[..., Response]]] = {
    "/map/areas.geojson": areas,
    "/map/parents.geojson": parents,
    "/map/overlay/<name>.geojson": overlay,
    "/map/series/<colour>.bin": series,
    "/pulse": pulse,
    "/briefing.html": briefing,
    "/patrol.gpx": patrol_gpx,
    "/patrol.csv": patrol_csv,
    "/zero.csv": zero_csv,
    "/zero.xlsx": zero_xlsx,
}
