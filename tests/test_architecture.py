"""The house rules a linter does not know, each tried on what breaks it before it is trusted."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("geo", "models", "dashboard")
MOST_LINES = 400


def modules() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def written_by_us(*suffixes: str) -> list[Path]:
    """List the project's own files of some kinds: no front-end package fetched from a registry."""
    found = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*"))]
    return [path for path in found if path.suffix in suffixes and "vendor" not in path.parts]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def faults(check: Callable[[ast.Module], list[str]], paths: list[Path]) -> list[str]:
    return [f"{name_of(path)}: {fault}" for path in paths for fault in check(tree_of(path))]


# ---- the checks -----------------------------------------------------------------------------

CLOCKS = re.compile(
    r"(?:^|\.)(?:(?:datetime|date|Timestamp)\.(?:now|today|utcnow)"
    r"|time\.(?:time|time_ns|localtime|gmtime|ctime)|arrow\.now)$"
)
CLOCK_NAMES = {"time", "time_ns", "localtime", "gmtime"}


def clock_reads(tree: ast.Module) -> list[str]:
    read = [dotted(call.func) for call in calls(tree) if CLOCKS.search(dotted(call.func))]
    imported = [
        f"from time import {alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "time"
        for alias in node.names
        if alias.name in CLOCK_NAMES
    ]
    return read + imported


def row_loops(tree: ast.Module) -> list[str]:
    walked = [call for call in calls(tree) if dotted(call.func).endswith(".iterrows")]
    applied = [
        call
        for call in calls(tree)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in {"apply", "transform", "agg"}
        and any(given.arg == "axis" and is_rows(given.value) for given in call.keywords)
    ]
    return [ast.unparse(call.func) for call in [*walked, *applied]]


def is_rows(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value in {1, "columns"}


def tuple_loops(tree: ast.Module) -> list[str]:
    return [ast.unparse(c.func) for c in calls(tree) if ast.unparse(c.func).endswith(".itertuples")]


def relative_imports(tree: ast.Module) -> list[str]:
    found = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]
    return [ast.unparse(node) for node in found]


def listed_but_missing(tree: ast.Module) -> list[str]:
    """Give the names of `__all__` the module does not have; a module without a list is a fault."""
    if not any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in tree.body):
        return []
    listed = [
        element.value
        for node in tree.body
        if isinstance(node, ast.Assign) and "__all__" in map(dotted, node.targets)
        for element in getattr(node.value, "elts", [])
    ]
    if not listed:
        return ["no __all__"]
    return sorted(set(listed) - set(top_names(tree)))


def top_names(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Assign(targets=targets):
                yield from (dotted(each) for target in targets for each in ast.walk(target))
            case ast.AnnAssign(target=target):
                yield dotted(target)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from (alias.asname or alias.name for alias in names)


ADDRESS = re.compile(r"(?:https?:|(?<=[\"'(]))//[\w{$-]*[.{$][^\s\"'`)>]*", re.IGNORECASE)
"""An address with a host: `https://a.b/c`, or `//a.b/c` at the start of a string."""
OWN_ADDRESSES = (
    "http://www.w3.org/",
    "http://www.topografix.com/GPX/",
    "http://127.0.0.1",
    "http://{settings.host}",
)


def outside_addresses(text: str) -> list[str]:
    found = (match.group() for match in ADDRESS.finditer(text))
    return [address for address in found if not address.startswith(OWN_ADDRESSES)]


VIOLATIONS: list[tuple[Callable[[ast.Module], list[str]], str]] = [
    (clock_reads, "import datetime\nlater = datetime.datetime.now(datetime.UTC)"),
    (clock_reads, "from datetime import date\ntoday = date.today()"),
    (clock_reads, "import pandas as pd\nnow = pd.Timestamp.utcnow()"),
    (clock_reads, "import time\nstarted = time.time()"),
    (clock_reads, "from time import time"),
    (row_loops, "for _, row in frame.iterrows(): pass"),
    (row_loops, "frame.apply(lambda row: row.x, axis=1)"),
    (row_loops, "frame[mask].apply(f, axis='columns')"),
    (tuple_loops, "rows = [row.x for row in frame.itertuples()]"),
    (tuple_loops, "rows = list(frame[['x']].itertuples(index=False))"),
    (relative_imports, "from . import crs"),
    (relative_imports, "from ..geo.crs import to_wgs84"),
    (listed_but_missing, "__all__ = ['area_of', 'gone']\ndef area_of(): ..."),
    (listed_but_missing, "def area_of(): ..."),
]


@pytest.mark.parametrize(("check", "source"), VIOLATIONS)
def test_each_check_sees_what_it_is_for(
    check: Callable[[ast.Module], list[str]], source: str
) -> None:
    assert check(ast.parse(source))


SOUND = [
    (clock_reads, "from time import perf_counter\nbegun = perf_counter()\nnow = world.now"),
    (row_loops, "mask = frame.notna().all(axis=1)\nx = frame.apply(f, axis=0)"),
    (listed_but_missing, "__all__ = ['SIZE', 'area_of']\nSIZE: int = 1\ndef area_of(): ..."),
    (listed_but_missing, "__all__ = ['EAST', 'area_of']\nEAST, NORTH = 1, 2\ndef area_of(): ..."),
]


@pytest.mark.parametrize(("check", "source"), SOUND)
def test_no_check_cries_without_a_cause(
    check: Callable[[ast.Module], list[str]], source: str
) -> None:
    assert check(ast.parse(source)) == []


# ---- how the code is written ----------------------------------------------------------------


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    files = [*modules(), *written_by_us(".js", ".css")]
    lengths = {name_of(p): len(p.read_text(encoding="utf-8").splitlines()) for p in files}
    assert {name: n for name, n in lengths.items() if n > MOST_LINES} == {}


def test_every_module_lists_its_public_names_and_has_them() -> None:
    assert faults(listed_but_missing, modules()) == []


def test_imports_name_their_module_in_full() -> None:
    assert faults(relative_imports, modules()) == []


def test_only_the_wiring_reads_the_clock() -> None:
    wiring = ROOT / "dashboard" / "wiring.py"
    below = [path for path in [*modules(), ROOT / "app.py"] if path != wiring]
    assert faults(clock_reads, below) == []
    assert clock_reads(tree_of(wiring))


def test_no_frame_is_walked_row_by_row() -> None:
    assert faults(row_loops, modules()) == []


SENTENCES = ("models/patterns/profile.py", "models/patrol/export.py")
"""Word a handful of places for people; nothing is computed row by row there."""


def test_models_compute_on_columns() -> None:
    computing = [p for p in modules() if p.is_relative_to(ROOT / "models")]
    computing = [path for path in computing if name_of(path) not in SENTENCES]
    assert faults(tuple_loops, computing) == []


# ---- what an import does --------------------------------------------------------------------

QUIET = """
import importlib, pkgutil, sys, threading
asked = []
def watch(event, args):
    if event in {"socket.connect", "socket.getaddrinfo", "os.system"}:
        asked.append((event, repr(args)))
sys.addaudithook(watch)
heavy = {"dash", "flask", "sqlalchemy", "folium", "waitress", "gunicorn"}
for name in sys.argv[1].split(","):
    package = importlib.import_module(name)
    if sys.argv[2] == "all":
        for found in pkgutil.walk_packages(package.__path__, f"{name}."):
            importlib.import_module(found.name)
assert not asked, asked
assert threading.active_count() == 1, threading.enumerate()
loaded = heavy & set(sys.modules)
assert loaded <= set(sys.argv[3].split(",")), loaded
"""


def quietly_imported(packages: str, *, deep: bool, allowed: str) -> str:
    """Import in a fresh interpreter; gives what it printed."""
    command = [sys.executable, "-c", QUIET, packages, "all" if deep else "top", allowed]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_geo_and_models_need_no_server_database_or_drawing() -> None:
    assert quietly_imported("geo,models", deep=False, allowed="") == ""


def test_every_model_can_be_imported_without_server_database_or_drawing() -> None:
    assert quietly_imported("models", deep=True, allowed="") == ""


def test_geo_brings_a_database_and_a_drawing_but_never_a_server() -> None:
    assert quietly_imported("geo", deep=True, allowed="sqlalchemy,folium") == ""


def test_importing_the_dashboard_asks_nobody_and_says_nothing() -> None:
    allowed = "dash,flask,sqlalchemy,folium,waitress,gunicorn"
    assert quietly_imported("dashboard", deep=True, allowed=allowed) == ""


# ---- guardrails -----------------------------------------------------------------------------

WATCHED = ("models.risk", "models.patterns", "models.patrol", "models.evaluation", "models.planner")
GRIEVANCES = ("geo.schemas.grievances", "models.zero")


@cache
def imports_of(module: str) -> set[str]:
    """List what a module names in its imports, wherever they stand in it."""
    named: set[str] = set()
    for node in ast.walk(tree_of(path_of(module))):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            named |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in named if name.split(".")[0] in PACKAGES and is_module(name)}


def is_module(name: str) -> bool:
    place = ROOT.joinpath(*name.split("."))
    return place.is_dir() or place.with_suffix(".py").is_file()


def path_of(module: str) -> Path:
    place = ROOT.joinpath(*module.split("."))
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


def reached_from(start: str, imports: Callable[[str], set[str]] = imports_of) -> set[str]:
    seen: set[str] = set()
    queue = [start]
    while queue:
        module = queue.pop()
        if module not in seen:
            seen.add(module)
            queue.extend(imports(module))
    return seen


def watched_modules() -> list[str]:
    names = [".".join(p.relative_to(ROOT).with_suffix("").parts) for p in modules()]
    return [name for name in names if name.startswith(WATCHED) and not name.endswith("__init__")]


def test_the_walk_finds_a_module_behind_another() -> None:
    imports = {"models.risk.kde": {"geo.grid"}, "geo.grid": {"geo.schemas.grievances"}}
    assert "geo.schemas.grievances" in reached_from(
        "models.risk.kde", lambda name: imports.get(name, set())
    )
    assert "geo.schemas.grievances" in reached_from("geo.schemas.grievances")


@pytest.mark.parametrize("module", watched_modules())
def test_grievances_reach_no_risk_pattern_evaluation_or_patrol(module: str) -> None:
    reached = reached_from(module)
    assert [name for name in reached if name.startswith(GRIEVANCES)] == []


PETITIONS = ("geo.schemas.grievances", "models.zero.petitions", "models.zero.facts")


@pytest.mark.parametrize("module", ["streak_break", "streak_hazard", "streak_history"])
def test_petitions_reach_no_chance_of_a_break(module: str) -> None:
    reached = reached_from(f"models.zero.{module}")
    assert [name for name in reached if name.startswith(PETITIONS)] == []
    assert "models.risk_incidents" in reached_from("models.zero.streak_break")


def test_there_is_something_to_watch() -> None:
    assert {"models.risk.kde", "models.risk_model", "models.patrol.plan"} <= set(watched_modules())


def test_nothing_of_ours_names_another_server() -> None:
    files = written_by_us(".py", ".js", ".css", ".yaml", ".html", ".svg")
    named = {name_of(p): outside_addresses(p.read_text(encoding="utf-8")) for p in files}
    assert {name: found for name, found in named.items() if found} == {}


@pytest.mark.parametrize(
    "text",
    [
        'load("https://cdn.example.org/a.js")',
        "url(http://tiles.example/{z}/{x}/{y}.png)",
        "<script src='//cdn.example.org/a.js'>",
        'f"https://{host}/tiles"',
    ],
)
def test_an_address_of_another_server_is_seen(text: str) -> None:
    assert outside_addresses(text)


@pytest.mark.parametrize("text", ['xmlns="http://www.w3.org/2000/svg"', 'a = "x"  # 7 // 2.0'])
def test_a_namespace_or_a_division_is_no_address(text: str) -> None:
    assert not outside_addresses(text)


LEAGUE = re.compile(
    r"\btop\s*\d|\bleague\b|\brank(?:ed|ing)\b|\bworst\b|\bbest\b|排名|排行|倒数|最差",
    re.IGNORECASE,
)


def texts() -> dict[str, str]:
    files = sorted((ROOT / "dashboard" / "i18n").glob("*.yaml"))
    return {
        f"{file.stem}:{key}": str(text)
        for file in files
        for key, text in yaml.safe_load(file.read_text(encoding="utf-8")).items()
    }


def test_no_text_ranks_areas_or_offices() -> None:
    assert {key: text for key, text in texts().items() if LEAGUE.search(text)} == {}


@pytest.mark.parametrize("text", ["TOP 10 villages", "乡镇排名", "The worst towns"])
def test_a_league_table_is_seen(text: str) -> None:
    assert LEAGUE.search(text)


def presorted(tree: ast.Module) -> list[str]:
    """Give the column definitions that sort a table before its reader does."""
    keys = [
        k.value
        for d in ast.walk(tree)
        if isinstance(d, ast.Dict)
        for k in d.keys
        if isinstance(k, ast.Constant)
    ]
    given = [given.arg for call in calls(tree) for given in call.keywords]
    return [str(name) for name in [*keys, *given] if name in {"sort", "sortIndex", "initialSort"}]


def test_tables_come_in_the_order_of_codes_until_a_reader_sorts_them() -> None:
    pages = [p for p in modules() if p.parent.name in {"components", "pages"}]
    assert faults(presorted, pages) == []
    assert presorted(ast.parse("column = {'field': 'rate', 'sort': 'desc'}"))
    assert presorted(ast.parse("column('rate', sort='desc')"))
