"""What the map's colours mean: a code per area, a colour, a pattern and a word for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from dashboard.i18n import t

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "COLOURS",
    "NO_VALUE",
    "STATUS_CODES",
    "Step",
    "count_classes",
    "count_ramp",
    "status_ramp",
]

NO_VALUE: Final = 255
"""The byte of an area that has no value."""

COLOURS: Final = (
    "three_zero",
    "zero_case",
    "zero_accident",
    "zero_petition",
    "risk_case",
    "risk_accident",
)
"""What the areas can be coloured by."""

STATUS_CODES: Final = {
    "not_assessed": 0,
    "zero_reported": 1,
    "zero_verified": 2,
    "pending_review": 3,
    "broken": 4,
}

_STATUS_STYLE: Final = {
    "broken": ("#e0843d", ""),
    "pending_review": ("#8f86d8", "dots"),
    "not_assessed": ("#5b6b7a", "hatch"),
    "zero_reported": ("#23736f", ""),
    "zero_verified": ("#174f54", ""),
}
WHOLE_FROM: Final = 10.0
"""Bounds from here on are whole numbers; below, a tenth still matters."""
_COUNT_COLOURS: Final = ("#16323f", "#245a63", "#5c8a6b", "#c7a04a", "#dd7a3c", "#cf4a3a")


@dataclass(frozen=True, slots=True)
class Step:
    """One class of a legend."""

    value: int
    color: str
    pattern: str
    label: str

    def as_dict(self) -> dict[str, object]:
        """Give the step as the map component takes it."""
        return {
            "value": self.value,
            "color": self.color,
            "pattern": self.pattern,
            "label": self.label,
        }


def status_ramp(lang: str) -> list[Step]:
    """List the five statuses, the gravest first."""
    return [
        Step(STATUS_CODES[status], color, pattern, t(f"status.{status}", lang))
        for status, (color, pattern) in _STATUS_STYLE.items()
    ]


def status_colour(status: str) -> str:
    """Give the colour of a status."""
    return _STATUS_STYLE[status][0]


def count_classes(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Choose up to five lower bounds, from 0, so that areas above zero spread over the classes.

    >>> count_classes(np.array([0.0, 0.0, 1.0, 2.0, 8.0]))
    array([0. , 0.5, 2. , 8. ])
    """
    positive = values[values > 0]
    if positive.size == 0:
        return np.array([0.0])
    cuts = np.quantile(positive, [0.5, 0.8, 0.95, 0.99], method="higher")
    rounded = _nice(np.array([min(0.5, float(positive.min())), *cuts]))
    return np.unique(np.concatenate([[0.0], rounded]))


def count_ramp(bounds: NDArray[np.float64], lang: str) -> list[Step]:
    """Word the classes between `bounds`, the greatest first."""
    steps = []
    for code, low in enumerate(bounds):
        high = bounds[code + 1] if code + 1 < len(bounds) else None
        label = (
            t("colour.at_least", lang, low=f"{low:g}")
            if high is None
            else t("colour.between", lang, low=f"{low:g}", high=f"{high:g}")
        )
        steps.append(Step(code, _COUNT_COLOURS[code], "", label))
    return steps[::-1]


def classify(values: NDArray[np.float64], bounds: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Give the class of each value; missing values have none."""
    place = np.searchsorted(bounds, np.nan_to_num(values), side="right") - 1
    known = np.clip(place, 0, len(bounds) - 1)
    return np.where(np.isnan(values), NO_VALUE, known).astype(np.uint8)


def _nice(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(values >= WHOLE_FROM, values.round(), values.round(1))
