"""The kinds of case and accident in the made-up county, and when each tends to happen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from geo.demo.draws import Floats

__all__ = ["ACCIDENTS", "CASES", "CATEGORIES", "SENSITIVE", "Category", "day_weights", "hours_of"]


class Category(NamedTuple):
    """One category of incident.

    `share` of its stream; `kind` is the class of a case or the kind of an accident; `hours`
    names a rhythm of the day; `weekend` and `summer` multiply Saturdays and Sundays, and July;
    `pull` is how much a metre of each of `STRETCH_KINDS` attracts it; `span_h` the hours within
    which it is known to have happened; `delay_h` the mean hours until somebody reports it;
    `repeat` the mean number of near repeats it sets off; `hot` how unevenly streets share it.
    """

    key: str
    stream: str
    share: float
    kind: str
    hours: str
    weekend: float
    summer: float
    pull: tuple[float, ...]
    span_h: float
    delay_h: float
    repeat: float
    hot: float


_TABLE: Final = """
theft              case .215 public_security day     1.25 1.10 6,3,1.2,.1,.1,.05   2   7  .12 1.2
burglary           case .085 criminal        night   1.10 .85  .6,2,1.5,.02,.03,.1 9   6  .30 1.0
vehicle_theft      case .135 public_security evening 1.05 1.25 4,3,.8,.1,.05,.03   7   8  .25 1.1
basement_theft     case .045 public_security night   1.00 .90  .8,2.5,.1,0,0,0     44  20 .35 1.2
fraud              case .145 criminal        day     .70  1.00 2,2,1.4,.1,.1,.1    1   50 0   .5
fight              case .120 public_security late    1.60 1.35 6,2,.8,.15,.1,.04   0   .4 .05 1.4
damage             case .055 public_security evening 1.20 1.10 2,2,1,.1,.1,.1      5   10 .15 .9
gambling           case .045 public_security evening 1.35 .90  1,1.5,1.4,0,.03,.05 1   3  .05 1.2
disorder           case .060 public_security late    1.45 1.25 6,2,.4,.1,.05,.02   0   .5 .05 1.3
robbery            case .010 criminal        late    1.20 1.05 3,2,.3,.2,.1,.05    0   .5 .20 1.0
drugs              case .012 criminal        late    1.20 1.00 1.5,1.5,.3,.1,.05,0 1   12 0   1.2
domestic           case .048 public_security evening 1.30 1.10 .5,2,1.8,.02,.03,.1 0   3  .10 .6
sexual             case .008 criminal        late    1.20 1.30 1,1.5,.8,.05,.05,.1 1   40 0   .6
juvenile           case .012 public_security evening 1.30 1.20 2,2,.8,.05,.05,.05  1   12 0   .8
medical            case .005 public_security day     .60  1.00 2,1,.1,0,0,0        0   2  0   1.5
traffic_property   acc  .500 road            rush    .95  1.05 5,1.5,.1,7,3,.35    0   .3 0   .9
traffic_injury     acc  .220 road            rush    1.05 1.15 3,1,.2,8,4,.5       0   .2 0   1.0
fire_building      acc  .125 fire            heating 1.05 .70  1,1.5,1.4,.05,.05,.1 0  .2 0   .5
fire_wildland      acc  .040 fire            day     1.15 .30  0,0,.3,.3,.5,1      1   .6 0   .4
gas_leak           acc  .045 public_safety   heating 1.00 .50  1.5,2,.5,0,0,0      0   .2 0   .6
drowning           acc  .020 public_safety   day     1.40 2.60 .2,.2,.4,.1,.1,.3   0   .4 0   .3
crowd              acc  .050 public_safety   day     1.80 1.20 5,1,.4,.05,.05,.05  0   .2 0   1.0
"""

UNIT_ACCIDENTS: Final = ("production_injury", "production_equipment")

_HOURS: Final = {
    "day": (1, 1, 1, 1, 1, 2, 4, 7, 10, 12, 12, 10, 8, 8, 10, 11, 11, 10, 9, 7, 5, 4, 2, 1),
    "night": (10, 12, 13, 12, 8, 4, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 2, 2, 3, 3, 4, 5, 7, 9),
    "evening": (3, 2, 1, 1, 1, 1, 2, 3, 4, 4, 4, 5, 5, 4, 4, 5, 7, 10, 12, 13, 12, 10, 8, 5),
    "late": (11, 8, 5, 3, 1, 1, 1, 1, 1, 2, 2, 3, 4, 3, 3, 3, 3, 4, 6, 8, 11, 14, 15, 14),
    "rush": (1, 1, 1, 1, 1, 3, 6, 12, 11, 7, 6, 7, 7, 6, 6, 7, 9, 13, 12, 8, 5, 4, 3, 2),
    "heating": (4, 3, 3, 3, 3, 4, 6, 7, 6, 5, 5, 7, 6, 4, 4, 4, 6, 9, 10, 9, 8, 7, 6, 5),
}
_SUMMER_PEAK: Final = 197
"""Day of the year about which `summer` is reached: the middle of July."""

SENSITIVE: Final = frozenset({"domestic", "sexual", "juvenile", "medical"})
"""Categories whose place is never kept, only their area."""


def _category(*words: str) -> Category:
    key, stream, share, kind, hours, weekend, summer, pull, *rest = words
    span, delay, repeat, hot = (float(word) for word in rest)
    return Category(
        key,
        "accident" if stream == "acc" else stream,
        float(share),
        kind,
        hours,
        float(weekend),
        float(summer),
        tuple(float(word) for word in pull.split(",")),
        span,
        delay,
        repeat,
        hot,
    )


CATEGORIES: Final = tuple(_category(*line.split()) for line in _TABLE.split("\n") if line)
CASES: Final = tuple(one for one in CATEGORIES if one.stream == "case")
ACCIDENTS: Final = tuple(one for one in CATEGORIES if one.stream == "accident")


def hours_of(category: Category) -> Floats:
    """Give the share of each hour of the day, shape (24,), summing to 1."""
    weights = np.array(_HOURS[category.hours], dtype=np.float64)
    return np.asarray(weights / weights.sum())


def day_weights(category: Category, weekday: Floats, day_of_year: Floats) -> Floats:
    """Give the weight of each day: season times weekday; a plain day about 1."""
    season = category.summer ** np.cos((day_of_year - _SUMMER_PEAK) / 365.25 * 2 * np.pi)
    return np.asarray(season * np.where(weekday >= 5, category.weekend, 1.0))
