"""The tree of areas: of any depth, by path, as it stood on a day.

A path names every area from the top down to the area itself, `/14/1403/140322/`. Paths are
compared with their slashes, so that area `1` never holds area `10`. Groupings (police beats and
the like) stand beside the tree: they have a path of their own and are nobody's children.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
import pandas as pd

from geo.errors import SchemaError, UsageError

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]

__all__ = [
    "TOP",
    "ancestor_at",
    "areas_on",
    "children_of",
    "days_of_change",
    "descendants",
    "holds",
    "holds_each",
    "in_circles",
    "leaf_codes",
    "leaf_level",
    "level_order",
    "parent_positions",
    "roll_up",
    "with_paths",
]

TOP: Final = -1
"""The position of no parent; arrays looked up by position carry an entry for it at their end."""

Frame = TypeVar("Frame", bound=pd.DataFrame)
Summable = TypeVar("Summable", pd.Series, pd.DataFrame)


def with_paths(areas: Frame) -> Frame:
    """Give `areas` with the column `path`.

    A parent that is not in the frame is not part of the path: the area stands at the top.

    Raises
    ------
    SchemaError
        When a code stands twice or holds a slash, or when areas are each other's ancestors.

    Examples
    --------
    >>> areas = pd.DataFrame({"parent_code": [None, "1"]}, index=pd.Index(["1", "10"]))
    >>> with_paths(areas)["path"].tolist()
    ['/1/', '/1/10/']
    """
    codes = areas.index.to_series().astype("str")
    _refuse_bad_codes(codes)
    parent = parent_positions(areas)
    _refuse_circles(codes, parent)
    names = np.append(("/" + codes).to_numpy(dtype=object), "")
    paths, above = names[:-1] + "/", parent
    while (above != TOP).any():
        paths = names[above] + paths
        above = np.append(parent, TOP)[above]
    return areas.assign(path=pd.array(paths, dtype="str"))


def in_circles(parent: Ints) -> Bools:
    """Say from which positions no way leads to the top, however many steps are taken.

    `parent` holds the position of each one's parent, `TOP` for none; shape (n,).

    >>> in_circles(np.array([-1, 0, 3, 2, 3])).tolist()
    [False, False, True, True, True]
    """
    jump = np.append(parent, TOP)
    for _ in range(len(parent).bit_length()):  # each round doubles the length of the jump
        jump = jump[jump]
    lost: Bools = jump[:-1] != TOP
    return lost


def parent_positions(areas: pd.DataFrame) -> Ints:
    """Give the position of each area's parent in the frame, shape (n,).

    `TOP` (-1) where the parent is missing, not in the frame or a grouping.
    """
    if "parent_code" not in areas.columns:
        return np.full(len(areas), TOP)
    positions = areas.index.get_indexer(pd.Index(areas["parent_code"].astype("str")))
    if "grouping" in areas.columns:
        barred = np.append(areas["grouping"].to_numpy(dtype=bool), [False])
        positions = np.where(barred[positions], TOP, positions)
    return positions


def areas_on(areas: Frame, day: date) -> Frame:
    """Keep the areas in force on a civil day, `valid_from <= day < valid_to`.

    A missing date is no bound.
    """
    moment = pd.Timestamp(day)
    begun = areas["valid_from"].isna() | (areas["valid_from"] <= moment)
    standing = areas["valid_to"].isna() | (areas["valid_to"] > moment)
    return areas[begun & standing]


def days_of_change(areas: pd.DataFrame) -> NDArray[np.datetime64]:
    """Give the days on which an area comes into force or ends, sorted.

    >>> days_of_change(pd.DataFrame({"valid_to": pd.to_datetime(["2021-01-01", None])})).tolist()
    [datetime.datetime(2021, 1, 1, 0, 0)]
    """
    dated = areas.filter(items=["valid_from", "valid_to"])
    days = dated.to_numpy("datetime64[us]").ravel()
    return np.unique(days[~np.isnat(days)])


def holds(path: str, paths: pd.Series) -> pd.Series:
    """Tell which `paths` lie in the area at `path`, itself included; missing lies nowhere.

    >>> holds("/1/", pd.Series(["/1/", "/1/2/", "/10/"])).tolist()
    [True, True, False]
    """
    inside: pd.Series = paths.astype("str").str.startswith(path).fillna(value=False).astype(bool)
    return inside


def holds_each(tree: pd.DataFrame, outer: Ints, inner: Ints) -> Bools:
    """Tell, pair by pair, where the area at position `outer` is the one at `inner` or holds it.

    False for a position of -1.

    >>> tree = pd.DataFrame({"path": ["/1/", "/1/2/"]}, index=["1", "2"])
    >>> holds_each(tree, np.array([0, 1, -1]), np.array([1, 0, 1])).tolist()
    [True, False, False]
    """
    paths = tree["path"].to_numpy(dtype=object)
    # A pair as one number: a million pairs are told apart quicker than as rows.
    size = len(tree) + 1
    which, pairs = pd.factorize((outer + 1) * size + inner + 1)
    answers = [
        min(a, b) > 0 and paths[b - 1].startswith(paths[a - 1])
        for a, b in zip(pairs // size, pairs % size, strict=True)
    ]
    return np.array(answers, dtype=bool)[which]


def children_of(areas: Frame, code: str) -> Frame:
    """Give the areas directly under `code`; empty for a leaf."""
    tree = _tree(areas)
    return tree[tree["parent_code"] == code]


def descendants(areas: Frame, code: str, *, itself: bool = False) -> Frame:
    """Give all areas under `code`, and the area itself where asked.

    Raises UsageError for a code that is not in the frame.
    """
    tree = _pathed(_tree(areas))
    if code not in tree.index:
        raise UsageError(
            f"No area {code!r} is loaded. Use a code of the area table.",
            f"没有加载区域 {code!r}。请使用区域表中的代码。",
        )
    under = holds(str(tree.loc[code, "path"]), tree["path"])
    return tree[under] if itself else tree[under & (tree.index != code)]


def level_order(areas: pd.DataFrame) -> list[str]:
    """List the levels from coarse to fine.

    By the greatest depth at which a level occurs; of levels equally deep (villages and
    communities) the one with more areas comes last.
    """
    tree = _pathed(_tree(areas))
    depth = tree["path"].str.count("/")
    measured = depth.groupby(tree["level"]).agg(["max", "size"]).reset_index()
    return [str(level) for level in measured.sort_values(["max", "size", "level"])["level"]]


def leaf_level(areas: pd.DataFrame) -> str:
    """Name the finest level; raises UsageError without any level."""
    levels = level_order(areas)
    if not levels:
        raise UsageError(
            "No area has a level. Import areas with their levels first.",
            "没有任何区域标明层级。请先导入带层级的区域。",
        )
    return levels[-1]


def leaf_codes(areas: pd.DataFrame) -> list[str]:
    """List the codes of the areas without children, sorted; groupings left out."""
    tree = _tree(areas)
    return sorted(set(tree.index) - set(tree["parent_code"].dropna()))


def ancestor_at(codes: pd.Series, areas: pd.DataFrame, *, level: str) -> pd.Series:
    """Give the area of `level` that holds each code, itself included; missing where none does."""
    tree = _tree(areas)
    parent = np.append(parent_positions(tree), TOP)
    wanted = np.append((tree["level"] == level).to_numpy(dtype=bool), [True])
    at = tree.index.get_indexer(pd.Index(codes.astype("str")))
    while not wanted[at].all():
        at = np.where(wanted[at], at, parent[at])
    names = np.append(tree.index.to_numpy(dtype=object), [None])
    return pd.Series(names[at], index=codes.index, dtype="str", name=codes.name)


def roll_up(values: Summable, areas: pd.DataFrame, *, level: str) -> Summable:
    """Sum values by area up to the areas of `level`.

    Parameters
    ----------
    values
        Indexed by area code, of any level at or below `level`.

    Returns
    -------
    Series or DataFrame
        Indexed by every code of `level`, sorted; missing where nothing was known below it.
        What belongs to no area of the level stands under a missing label, so that the sum
        stays the sum.
    """
    above = ancestor_at(values.index.to_series(), areas, level=level)
    summed: Any = values.groupby(above.to_numpy(), dropna=False).sum(min_count=1)
    tree = _tree(areas)
    codes: list[Any] = sorted(tree.index[tree["level"] == level])
    if above.isna().any():
        codes.append(np.nan)
    rolled: Summable = summed.reindex(pd.Index(codes, dtype="str", name="area_code"))
    return rolled


def _tree(areas: Frame) -> Frame:
    """Leave the groupings out."""
    if "grouping" not in areas.columns:
        return areas
    return areas[~areas["grouping"].astype(bool)]


def _pathed(areas: Frame) -> Frame:
    known = "path" in areas.columns and areas["path"].notna().all()
    return areas if known else with_paths(areas)


def _refuse_bad_codes(codes: pd.Series) -> None:
    bad = codes[codes.duplicated() | codes.str.contains("/", regex=False)]
    if len(bad):
        raise SchemaError(
            f"Area codes must stand once and hold no slash; look at {', '.join(bad[:5])}. "
            "Take the areas of one day with areas_on.",
            f"区域代码必须唯一且不含斜杠，请检查 {', '.join(bad[:5])}。"
            "多个版本请先用 areas_on 选定日期。",
        )


def _refuse_circles(codes: pd.Series, parent: Ints) -> None:
    lost = in_circles(parent)
    if lost.any():
        names = ", ".join(codes[lost][:5])
        raise SchemaError(
            f"No way leads to the top from {names}: areas are their own ancestors. Correct their "
            "parent_code.",
            f"以下区域的上级互相循环：{names}。请更正 parent_code。",
        )
