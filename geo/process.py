"""Processes as data: which step may follow which, for which matters, at which posts.

The steps of a process are a file of `data/processes`; a step that is not in it, or does not
follow, is refused with one sentence. Posts are a closed set: no person can be an owner.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import yaml

from geo.errors import SchemaError, UsageError
from geo.resources import names, read_text
from geo.vocabulary import Entity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "POSTS",
    "REFERENCE",
    "Process",
    "Step",
    "process_from_yaml",
    "process_named",
    "processes",
]

FOLDER: Final = "processes"
KEYS: Final = frozenset({"id", "title", "project_default", "about", "first", "steps", "posts"})
STEP_KEYS: Final = frozenset({"zh", "en", "next"})

POSTS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "village_office": ("村（居）委会", "Village office"),
        "grid_officer": ("网格员岗", "Grid post"),
        "township_office": ("乡镇办公室", "Township office"),
        "governance_centre": ("综治中心", "Governance centre"),
        "petition_office": ("信访办", "Petition office"),
        "police_station": ("派出所调解岗", "Police station's mediation post"),
        "mediation_room": ("调解室", "Mediation room"),
        "sector_regulator": ("行业主管部门", "Sector regulator"),
        "unit_safety_post": ("单位安全岗", "Unit's safety post"),
        "stream_owner": ("牵头部门", "Stream owner"),
    }
)
"""Who can own a step, as a post: id -> Chinese and English."""

REFERENCE: Final = r"[^\s]{0,39}\d[^\s]{0,39}"
"""A document's number: no spaces and at least one digit, so that no name passes for one."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its words, and the steps that may follow it; an end has none."""

    zh: str
    en: str
    following: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Process:
    """Steps in the order of the file, from `first`; `about` are the entities it may lead on.

    `project_default` says that the steps are this project's own and nowhere published.
    """

    id: str
    zh: str
    en: str
    project_default: bool
    about: frozenset[Entity]
    first: str
    steps: Mapping[str, Step]
    posts: tuple[str, ...]

    def title(self, language: str) -> str:
        """Give the process's title."""
        return self.zh if language == "zh" else self.en

    def word(self, step: str, language: str) -> str:
        """Give the words of a step; the step itself where the process has none of that name."""
        found = self.steps.get(step)
        if found is None:
            return step
        return found.zh if language == "zh" else found.en

    def next_after(self, step: str | None) -> tuple[str, ...]:
        """Give the steps that may follow one; the first of all after none."""
        return (self.first,) if step is None else self.steps[step].following

    def leads(self, about: object) -> bool:
        """Tell whether the process may lead on a matter of this entity."""
        return about in self.about

    def has_post(self, post: object) -> bool:
        """Tell whether a step of the process may be owned by this post."""
        return post in self.posts

    def is_end(self, step: str) -> bool:
        """Tell whether nothing follows a step."""
        return not self.steps[step].following

    def may(self, before: str | None, step: str) -> bool:
        """Tell whether a step may follow another, or begin where `before` is None.

        >>> mediation = process_named("mediation")
        >>> mediation.may("in_session", "agreed"), mediation.may("refused", "agreed")
        (True, False)
        """
        return (before is None or before in self.steps) and step in self.next_after(before)

    def require(self, before: str | None, step: str) -> None:
        """Raise UsageError, in one sentence, for a step that may not follow."""
        if self.may(before, step):
            return
        follow = self.next_after(before if before in self.steps else None)
        here_en, here_zh = self._place(before)
        en = ", ".join(self.word(each, "en") for each in follow) or "nothing: it has ended"
        zh = "、".join(self.word(each, "zh") for each in follow) or "无（已结束）"
        raise UsageError(
            f"{self.en}: {self.word(step, 'en')!r} may not follow {here_en}; what may is {en}.",
            f"{self.zh}：{here_zh}之后不能是“{self.word(step, 'zh')}”；可以是：{zh}。",
        )

    def _place(self, step: str | None) -> tuple[str, str]:
        if step is None:
            return "the beginning", "开始"
        return repr(self.word(step, "en")), f"“{self.word(step, 'zh')}”"


def processes() -> tuple[Process, ...]:
    """Give every process of the project, by id."""
    return tuple(process_named(name.removesuffix(".yaml")) for name in names(FOLDER))


@cache
def process_named(name: str) -> Process:
    """Read one of the project's processes, once; UsageError where there is none of the name."""
    return process_from_yaml(read_text(FOLDER, f"{name}.yaml"))


def process_from_yaml(text: str) -> Process:
    """Read a process and check it; SchemaError says what came and what is needed.

    Refused are keys nobody reads, steps that lead nowhere known, steps that cannot be reached,
    a process without an end, matters and posts nobody knows.
    """
    raw = _mapping("the file", _parsed(text))
    _check_keys("keys", raw, KEYS)
    steps = {str(k): _step(str(k), v) for k, v in _mapping("steps", raw["steps"]).items()}
    title = _mapping("title", raw["title"])
    made = Process(
        id=_text("id", raw["id"]),
        zh=_text("title.zh", title.get("zh")),
        en=_text("title.en", title.get("en")),
        project_default=_truth("project_default", raw["project_default"]),
        about=frozenset(Entity(a) for a in _among("about", raw["about"], tuple(Entity))),
        first=_text("first", raw["first"]),
        steps=MappingProxyType(steps),
        posts=_among("posts", raw["posts"], tuple(POSTS)),
    )
    _check_ways(made)
    return made


def _check_ways(process: Process) -> None:
    """Refuse steps that lead nowhere, cannot be reached, or never end."""
    known = process.steps.keys()
    named = {process.first} | {s for step in process.steps.values() for s in step.following}
    if named - known:
        raise _wrong("steps", sorted(named - known), f"steps among {', '.join(known)}")
    reached = _reached(process)
    if known - reached:
        raise _wrong("steps", sorted(known - reached), f"steps that {process.first} leads to")
    if not any(process.is_end(step) for step in known):
        raise _wrong("steps", "steps that never end", "one step with next: []")


def _reached(process: Process) -> set[str]:
    reached, waiting = set(), [process.first]
    while waiting:
        step = waiting.pop()
        if step not in reached:
            reached.add(step)
            waiting.extend(process.steps[step].following)
    return reached


def _step(name: str, raw: Any) -> Step:
    given = _mapping(f"steps.{name}", raw)
    _check_keys(f"steps.{name}", given, STEP_KEYS)
    following = given["next"]
    if not isinstance(following, list):
        raise _wrong(f"steps.{name}.next", following, "a list of steps")
    zh, en = (_text(f"steps.{name}.{lang}", given[lang]) for lang in ("zh", "en"))
    return Step(zh, en, tuple(str(step) for step in following))


def _parsed(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise _wrong("the file", "text that is not YAML", "a YAML mapping") from error


def _mapping(name: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict) or not value:
        raise _wrong(name, value, "a mapping that is not empty")
    return value


def _check_keys(name: str, given: Mapping[str, Any], known: frozenset[str]) -> None:
    missing, unknown = sorted(known - given.keys()), sorted(map(str, given.keys() - known))
    if missing or unknown:
        came = f"missing {missing or 'nothing'}, unknown {unknown or 'nothing'}"
        raise _wrong(name, came, ", ".join(sorted(known)))


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _wrong(name, value, "a text that is not empty")
    return value


def _truth(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _wrong(name, value, "true or false")
    return value


def _among(name: str, value: Any, allowed: Iterable[str]) -> tuple[str, ...]:
    known = tuple(str(word) for word in allowed)
    if not isinstance(value, list) or not value or set(map(str, value)) - set(known):
        raise _wrong(name, value, f"a list of some of {', '.join(known)}")
    return tuple(str(word) for word in value)


def _wrong(name: str, came: object, needed: str) -> SchemaError:
    return SchemaError(
        f"Process, {name}: came {came!r}; needed {needed}.",
        f"流程文件 {name}：读到 {came!r}；需要 {needed}。",
    )
