"""Places, not people: columns and texts that may tell of a person are found here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.intake.sentences import refusal
from geo.intake.spec import EntitySpec, Kind
from geo.schemas.personal import SECRET_HEADERS, personal_columns, plain_header
from geo.vocabulary import Entity

if TYPE_CHECKING:
    from geo.intake.columns import Typed
    from geo.intake.faults import Verdicts
    from geo.intake.reading import RawTable
    from geo.intake.recipe import Variant

__all__ = [
    "keep_out_personal_text",
    "personal_text",
    "refuse_personal",
    "without_personal",
]


_BIRTHDAY: Final = r"(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_PROVINCES: Final = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
_SIGN: Final = "[A-HJ-NP-Z0-9]"
_LAST: Final = "[A-HJ-NP-Z0-9挂学警港澳]"
_PERSONAL_TEXT: Final = "|".join(
    (
        rf"(?<!\d)[1-9]\d{{5}}{_BIRTHDAY}\d{{3}}[\dXx](?!\d)",
        r"(?<![\d.])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)",
        rf"[{_PROVINCES}][A-HJ-NP-Z][·• .-]?(?:{_SIGN}{{6}}|{_SIGN}{{4}}{_LAST})(?![A-Za-z0-9])",
    )
)
"""A citizen's identity number with a possible date of birth, a mobile number, a plate."""


def without_personal(raw: RawTable, variant: Variant, spec: EntitySpec) -> pd.DataFrame:
    """Give the file's columns without those the recipe drops and without credentials."""
    secret = SECRET_HEADERS if spec.stored is Entity.CAMERA else frozenset()
    unwanted = [c for c in raw.frame if c in variant.drop or plain_header(c) in secret]
    return raw.frame.drop(columns=unwanted)


def refuse_personal(frame: pd.DataFrame, spec: EntitySpec) -> None:
    """Refuse (F03) a file with a personal column that the recipe does not drop."""
    found = personal_columns(frame.columns, spec.stored)
    if found:
        raise refusal("F03", c="', '".join(found))


def personal_text(values: pd.Series) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Say which texts look like an identity, telephone or plate number.

    >>> personal_text(pd.Series(["盗窃", "手机13812345678", None])).tolist()
    [False, True, False]

    Full-width characters are read as their narrow twins.
    """
    codes, distinct = pd.factorize(values.astype("str"))
    narrow = pd.Series(distinct, dtype="str").str.normalize("NFKC")
    found = narrow.str.contains(_PERSONAL_TEXT, regex=True, na=False)
    looks = np.append(found.to_numpy(dtype=bool), [False])
    hit: np.ndarray[tuple[int], np.dtype[np.bool_]] = looks[codes]
    return hit


def keep_out_personal_text(typed: Typed, spec: EntitySpec, verdicts: Verdicts) -> None:
    """Keep out (Q11) rows whose free texts look personal; codes are not free texts."""
    for one in spec.fields:
        if one.kind is Kind.TEXT and one.name in typed.fed - typed.constants.keys():
            verdicts.keep_out("Q11", personal_text(typed.frame[one.name]), one.name)
