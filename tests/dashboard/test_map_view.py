"""The map's Python side: what a page gets, and how the packages come."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from typing import TYPE_CHECKING, Any

import pytest
from dash import Dash
from dash.development.base_component import ComponentRegistry

import dashboard.map_view
from dashboard.map_view import MapView, map_panel, overlay, vendoring
from dashboard.map_view import panel as panel_module
from dashboard.map_view.vendor_files import FILES, HERE, has_vendor
from geo.layers import hotspots, incidents

if TYPE_CHECKING:
    from pathlib import Path


def props_of(panel: Any) -> dict[str, Any]:
    told: dict[str, Any] = panel.children.to_plotly_json()["props"]
    return told


def test_a_panel_holds_the_map_in_a_region_with_a_name() -> None:
    panel = map_panel("here", language="en")
    assert panel.role == "region"
    assert getattr(panel, "aria-label") == "Map"
    assert props_of(panel)["id"] == "here"


@pytest.mark.parametrize(("installed", "engine"), [(True, "auto"), (False, "leaflet")])
def test_without_the_packages_the_map_is_drawn_by_leaflet(
    monkeypatch: pytest.MonkeyPatch, installed: bool, engine: str
) -> None:
    monkeypatch.setattr(panel_module, "has_vendor", lambda: installed)
    assert props_of(map_panel("here"))["engine"] == engine


def test_a_prop_nobody_knows_is_refused() -> None:
    with pytest.raises(TypeError, match="colour"):
        MapView(id="here", colour="red")


def test_an_overlay_takes_kind_and_style_from_its_layer() -> None:
    entry = overlay(incidents.LAYER, url="/map/incidents", visible=False)
    assert entry["kind"] == "circle"
    assert entry["style"]["color_by"] == "stream"
    assert entry["visible"] is False
    assert "data" not in entry


def test_an_overlay_can_carry_its_features_and_another_name() -> None:
    data: dict[str, Any] = {"type": "FeatureCollection", "features": []}
    entry = overlay(hotspots.LAYER, data=data, name="tonight")
    assert (entry["id"], entry["data"]) == ("tonight", data)
    json.dumps(entry)


def test_every_script_and_style_of_the_map_is_there_and_served_from_here() -> None:
    assert "dashboard.map_view" in ComponentRegistry.registry
    app = Dash("test_map_view")
    app.layout = map_panel("here")
    page = app.server.test_client().get("/").get_data(as_text=True)
    for entry in [*dashboard.map_view._js_dist, *dashboard.map_view._css_dist]:
        name = entry["relative_package_path"]
        if not entry.get("dynamic"):
            assert (HERE / name).is_file()
            assert f"dashboard.map_view/{name.split('.')[0]}" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page


def test_no_script_of_the_map_names_an_address_or_builds_code_from_text() -> None:
    for path in HERE.glob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert "http" not in text, path.name
        assert "eval(" not in text, path.name
        assert "innerHTML" not in text, path.name


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a project folder whose npm is a script that unpacks small files."""
    root = tmp_path / "project"
    store = tmp_path / "registry"
    lock = {}
    for name, source in FILES.items():
        file = store / "node_modules" / source
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
        lock[name] = hashlib.sha256(name.encode()).hexdigest()
    root.mkdir()
    for name in ("package.json", "package-lock.json"):
        (root / name).write_text("{}")
    lock_file = tmp_path / "vendor.lock.json"
    lock_file.write_text(json.dumps(lock))
    monkeypatch.setattr(vendoring, "LOCK", lock_file)
    fake_npm(tmp_path, monkeypatch, f'cp -r "{store}/node_modules" .')
    return root


def fake_npm(folder: Path, monkeypatch: pytest.MonkeyPatch, does: str) -> None:
    script = folder / "bin" / "npm"
    script.parent.mkdir(exist_ok=True)
    script.write_text(f"#!/bin/sh\n{does}\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{script.parent}{os.pathsep}{os.environ['PATH']}")


def ensure(root: Path, vendor: Path) -> tuple[bool, list[str]]:
    said: list[str] = []
    return vendoring.ensure_vendor(root=root, progress=said.append, vendor=vendor), said


def test_the_packages_are_fetched_once_and_checked(packages: Path, tmp_path: Path) -> None:
    vendor = tmp_path / "vendor"
    assert ensure(packages, vendor)[0]
    assert {path.name for path in vendor.iterdir()} == set(FILES)
    assert not (packages / "node_modules").exists()
    assert ensure(packages, vendor) == (True, [])


def test_a_file_that_is_not_the_expected_one_is_not_served(packages: Path, tmp_path: Path) -> None:
    file = tmp_path / "registry" / "node_modules" / FILES["maplibre-gl.mjs"]
    file.write_text("something else")
    done, said = ensure(packages, tmp_path / "vendor")
    assert not done
    assert "maplibre-gl.mjs is not the file" in said[-1]
    assert not (tmp_path / "vendor").exists()


def test_a_failing_npm_leaves_nothing_and_tells_its_last_words(
    packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_npm(tmp_path, monkeypatch, "echo 'no route to registry' >&2; exit 1")
    done, said = ensure(packages, tmp_path / "vendor")
    assert not done
    assert "no route to registry" in said[-1]
    assert not has_vendor(tmp_path / "vendor")


def test_without_npm_one_sentence_says_what_to_do(
    packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done, said = ensure(packages, tmp_path / "vendor")
    assert not done
    assert said == [vendoring.NO_NPM]


def test_the_committed_hashes_name_exactly_the_served_files() -> None:
    assert set(json.loads(vendoring.LOCK.read_text(encoding="utf-8"))) == set(FILES)


@pytest.mark.skipif(not has_vendor(), reason="map packages missing")
def test_what_is_served_is_what_was_committed() -> None:
    lock = json.loads(vendoring.LOCK.read_text(encoding="utf-8"))
    for name, expected in lock.items():
        content = (HERE / "vendor" / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == expected
