"""What counts as a break, when a zero is assessed, what is aimed at: data, never code."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import yaml

from geo.errors import SchemaError
from geo.vocabulary import AccidentLevel, RiskStream, Stream

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from geo.window import Window

__all__ = ["Coverage", "Rulebook", "rulebook_from_yaml"]

Coverage: Final = ("reported", "assumed")
"""`reported`: assessed only where reports came. `assumed`: every subject, and figures say so."""

CASE_CLASSES: Final = ("criminal", "public_security")

DAYS_MOST: Final = 27
"""A grace for reports shorter than any month, so that at most one month waits for its report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """The rules of one programme; made by `rulebook_from_yaml`, which checks them.

    `counting` gives the kinds that break a stream's zero, `property_only_excluded` those that
    need casualties to do so; None means every kind. `major_impact_only` are kinds of case that
    need a major impact. Shares lie in 0..1. `targets` maps a subject class to the rate aimed
    at; a class without one has none.
    """

    id: str
    title_zh: str
    title_en: str
    valid_from: date | None
    valid_to: date | None
    coverage: str
    min_coverage: float
    report_due_days: int
    unobserved: frozenset[Stream]
    counting: Mapping[RiskStream, frozenset[str] | None]
    major_impact_only: frozenset[str]
    unknown_kind_counts: bool
    minimum_level: AccidentLevel
    property_only_excluded: frozenset[str] | None
    resolve_days: int
    extension_days: int
    unresolved_outcomes: frozenset[str]
    correction_days: int
    targets: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    decimals: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_assumed(self) -> bool:
        """Tell whether subjects count as assessed without reports."""
        return self.coverage == "assumed"

    def title(self, language: str = "en") -> str:
        """Name the rulebook in `language` ("zh" or "en")."""
        return self.title_zh if language == "zh" else self.title_en

    def places(self, indicator: str) -> int:
        """Give the fixed decimals an indicator is printed with; 2 where nothing is said."""
        return self.decimals.get(indicator, 2)

    def valid_on(self, day: date) -> bool:
        """Tell whether the rules hold on `day`; `valid_to` is the first day they do not."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day < self.valid_to)

    def says(self, language: str = "en") -> str:
        """Give the sentence about coverage that stands beside every figure."""
        return says_coverage(self, language) + says_unobserved(self, language)

    def warns(self, windows: Iterable[Window], language: str = "en") -> str:
        """Give the sentence beside a figure that speaks of days the rules do not hold on.

        Empty where every day of every window lies in the rules' validity.
        """
        strays = [w for w in windows if not self._holds_throughout(w)]
        if not strays:
            return ""
        return says_validity(self, strays, language)

    def _holds_throughout(self, window: Window) -> bool:
        return self.valid_on(window.start) and self.valid_on(window.end - timedelta(days=1))


def says_coverage(rulebook: Rulebook, language: str) -> str:
    """Say on what the assessment of a subject rests."""
    if rulebook.is_assumed:
        en = "Coverage is assumed: no nil returns exist, every subject counts as reported on."
        zh = "覆盖率为假定：无零报告，所有主体均视为已报告。"
    else:
        share = f"{rulebook.min_coverage:.0%}"
        en = f"Assessed only where at least {share} of the expected monthly reports came in."
        zh = f"仅评估月度报告到报率不低于 {share} 的主体，无报告不计为零。"
    return zh if language == "zh" else en


def says_unobserved(rulebook: Rulebook, language: str) -> str:
    """Name the streams that no source delivers; empty when there is none."""
    if not rulebook.unobserved:
        return ""
    streams = [stream for stream in Stream if stream in rulebook.unobserved]
    if language == "zh":
        words = {Stream.PETITION: "信访", Stream.ACCIDENT: "事故", Stream.CASE: "案件"}
        return f"无来源、不评估：{'、'.join(words[stream] for stream in streams)}。"
    return f" No source, so not assessed: {', '.join(streams)}."


def says_validity(rulebook: Rulebook, strays: Sequence[Window], language: str) -> str:
    """Name when the rules hold and which windows ask beyond that."""
    labels = ", ".join(dict.fromkeys(window.label for window in strays))
    since, until = rulebook.valid_from, rulebook.valid_to
    if language == "zh":
        span = (f"自 {since} 起" if since else "") + (f"至 {until} 前" if until else "")
        return f"注意：规则 {rulebook.id} {span}有效，而所问窗口 {labels} 超出此范围。"
    span = " ".join([*([f"from {since}"] if since else []), *([f"until {until}"] if until else [])])
    return f"Note: the rules {rulebook.id} hold {span}; asked of {labels}, they go beyond that."


def rulebook_from_yaml(text: str) -> Rulebook:
    """Read a rulebook and check every value.

    Raises SchemaError with what came and what is needed: a key that is missing or unknown, a
    share outside 0..1, a negative clock, a stream or level nobody knows.

    >>> from geo.resources import read_text
    >>> book = rulebook_from_yaml(read_text("rulebooks", "shanxi-2020.yaml"))
    >>> book.resolve_days, book.targets["village"], book.is_assumed
    (60, 0.8, False)
    """
    raw = parsed(text)
    check_keys(raw)
    title = mapping(raw, "title")
    values: dict[str, Any] = {name: reader(raw, name) for name, reader in READERS.items()}
    return Rulebook(
        title_zh=required_text(title, "zh"), title_en=required_text(title, "en"), **values
    )


def parsed(text: str) -> dict[str, Any]:
    """Parse the YAML text into a mapping, or say why not."""
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise wrong("the file", "text that is not YAML", "a YAML mapping") from error
    if not isinstance(raw, dict):
        raise wrong("the file", type(raw).__name__, "a YAML mapping")
    return raw


def check_keys(raw: Mapping[str, Any]) -> None:
    """Refuse keys that are missing or that nobody reads: a typo must not pass as a rule."""
    known = {"title", *READERS}
    missing, unknown = sorted(known - raw.keys()), sorted(raw.keys() - known)
    if missing or unknown:
        came = f"missing {missing or 'nothing'}, unknown {unknown or 'nothing'}"
        raise wrong("keys", came, ", ".join(sorted(known)))


def wrong(name: str, came: object, needed: str) -> SchemaError:
    """Word what came and what is needed."""
    return SchemaError(
        f"Rulebook, {name}: came {came!r}; needed {needed}.",
        f"规则文件 {name}：读到 {came!r}；需要 {needed}。",
    )


def mapping(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Read a mapping."""
    value = raw.get(name)
    if not isinstance(value, dict):
        raise wrong(name, value, "a mapping")
    return value


def required_text(raw: Mapping[str, Any], name: str) -> str:
    """Read a text that is not empty."""
    value = raw.get(name)
    if not isinstance(value, str) or not value.strip():
        raise wrong(name, value, "a text that is not empty")
    return value


def optional_date(raw: Mapping[str, Any], name: str) -> date | None:
    """Read a day, or null."""
    value = raw.get(name)
    if value is not None and type(value) is not date:
        raise wrong(name, value, "a day such as 2020-01-01, or null")
    return value


def whole_days(raw: Mapping[str, Any], name: str) -> int:
    """Read a number of days, 0 or more."""
    return whole(name, raw.get(name))


def report_grace(raw: Mapping[str, Any], name: str) -> int:
    """Read the days a monthly report may take, less than a month."""
    value = whole(name, raw.get(name))
    if value > DAYS_MOST:
        raise wrong(name, value, f"0..{DAYS_MOST} days")
    return value


def whole(name: str, value: object) -> int:
    """Check one whole number, 0 or more."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise wrong(name, value, "a whole number, 0 or more")
    return value


def share(name: str, value: object) -> float:
    """Check one share."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise wrong(name, value, "a share in 0..1")
    return float(value)


def truth(raw: Mapping[str, Any], name: str) -> bool:
    """Read true or false."""
    value = raw.get(name)
    if not isinstance(value, bool):
        raise wrong(name, value, "true or false")
    return value


def texts(name: str, value: object) -> frozenset[str]:
    """Check a list of texts."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise wrong(name, value, "a list of texts")
    return frozenset(value)


def one_of(name: str, value: object, allowed: tuple[str, ...]) -> str:
    """Check a word against a closed set."""
    if not isinstance(value, str) or value not in allowed:
        raise wrong(name, value, f"one of {', '.join(allowed)}")
    return value


def counting_kinds(raw: Mapping[str, Any], name: str) -> Mapping[RiskStream, frozenset[str] | None]:
    """Read the kinds per stream; `any` becomes None."""
    kinds = mapping(raw, name)
    if kinds.keys() != set(RiskStream):
        raise wrong(name, sorted(kinds), "the streams case and accident")
    return MappingProxyType({s: kinds_or_any(f"{name}.{s}", kinds[s]) for s in RiskStream})


def kinds_or_any(name: str, value: object) -> frozenset[str] | None:
    """Check a list of kinds; `any` becomes None."""
    return None if value == "any" else texts(name, value)


def case_classes(raw: Mapping[str, Any], name: str) -> frozenset[str]:
    """Read a list of kinds of case."""
    return frozenset(one_of(name, kind, CASE_CLASSES) for kind in texts(name, raw.get(name)))


def streams(raw: Mapping[str, Any], name: str) -> frozenset[Stream]:
    """Read a list of streams."""
    allowed = tuple(Stream)
    return frozenset(Stream(one_of(name, s, allowed)) for s in texts(name, raw.get(name)))


def shares(raw: Mapping[str, Any], name: str) -> Mapping[str, float]:
    """Read a mapping to shares."""
    return MappingProxyType({k: share(f"{name}.{k}", v) for k, v in mapping(raw, name).items()})


def places(raw: Mapping[str, Any], name: str) -> Mapping[str, int]:
    """Read a mapping to whole numbers."""
    return MappingProxyType({k: whole(f"{name}.{k}", v) for k, v in mapping(raw, name).items()})


READERS: Final = MappingProxyType(
    {
        "id": required_text,
        "valid_from": optional_date,
        "valid_to": optional_date,
        "coverage": lambda raw, name: one_of(name, raw.get(name), Coverage),
        "min_coverage": lambda raw, name: share(name, raw.get(name)),
        "report_due_days": report_grace,
        "unobserved": streams,
        "counting": counting_kinds,
        "major_impact_only": case_classes,
        "unknown_kind_counts": truth,
        "minimum_level": lambda raw, name: AccidentLevel(
            one_of(name, raw.get(name), tuple(AccidentLevel))
        ),
        "property_only_excluded": lambda raw, name: kinds_or_any(name, raw.get(name)),
        "resolve_days": whole_days,
        "extension_days": whole_days,
        "unresolved_outcomes": lambda raw, name: texts(name, raw.get(name)),
        "correction_days": whole_days,
        "targets": shares,
        "decimals": places,
    }
)
"""How each key is read; a key that is not here is refused."""
