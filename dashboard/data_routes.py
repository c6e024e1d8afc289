"""What the page Data fetches and brings: files up, reports and rows set aside down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import flask
import orjson
from flask import Response

from dashboard.context import language, services
from dashboard.i18n import t
from dashboard.login import is_foreign
from dashboard.map_routes import download

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

__all__ = ["register_data_routes"]

AT_ONCE: Final = 1 << 20
"""Bytes of a brought file held in memory at one time."""


def register_data_routes(server: Flask) -> None:
    """Add `/data/files/<name>` and the files of `/data/jobs/<number>` to the server."""
    server.add_url_rule("/data/files/<path:name>", "bring_file", bring_file, methods=["PUT"])
    server.add_url_rule("/data/jobs/<int:number>/quarantine.csv", "job_quarantine", job_quarantine)
    server.add_url_rule("/data/jobs/<int:number>/report.json", "job_report", job_report)


def bring_file(name: str) -> Response:
    """Take a file in, as it streams; its token leads the page to it.

    The raw body is the file. Only this app's own page may bring one: its origin has to be named.
    """
    if "Origin" not in flask.request.headers or is_foreign(flask.request):
        return Response(t("data.stranger", language()), status=403, mimetype="text/plain")
    staging = services().intake.staging
    if (flask.request.content_length or 0) > staging.limit_mb * 1_000_000:
        said = t("data.too_large", language(), mb=f"{staging.limit_mb:,}")
        return Response(said, status=413, mimetype="text/plain")
    brought = staging.put(name, _portions())
    return flask.jsonify(token=brought.token, name=brought.name, size=brought.size)


def job_quarantine(number: int) -> Response:
    """Send the rows a job set aside."""
    content = services().intake.quarantine(number)
    return download(f"{_stem(number)}.quarantine.csv", "text/csv; charset=utf-8", content)


def job_report(number: int) -> Response:
    """Send a job's report: the same the command gives with --json."""
    result = services().intake.job(number)["result"]
    body = orjson.dumps(result.get("report") or result, option=orjson.OPT_INDENT_2)
    return download(f"{_stem(number)}.report.json", "application/json", body)


def _stem(number: int) -> str:
    return str(services().intake.job(number)["request"].get("name") or f"job-{number}")


def _portions() -> Iterator[bytes]:
    while portion := flask.request.stream.read(AT_ONCE):
        yield portion
