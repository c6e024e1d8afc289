"""Places, not people: columns and texts that may tell of a person are found here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.intake.entities import EntitySpec, Kind
from geo.intake.sentences import refusal

if TYPE_CHECKING:
    from geo.intake.columns import Typed
    from geo.intake.faults import Verdicts
    from geo.intake.reader import RawTable
    from geo.intake.recipe import Variant

__all__ = [
    "keep_out_personal_text",
    "personal_columns",
    "personal_text",
    "refuse_personal",
    "without_personal",
]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PERSONAL: Final = _words(
    """
    first_name last_name full_name victim victim_name suspect suspect_name complainant petitioner
    id_number id_card idcard identity_number passport phone phone_number telephone tel mobile
    mobile_number home_address residence_address plate plate_number license_plate number_plate
    face face_image ethnicity race religion medical medical_history imei mac mac_address wechat
    weixin qq email
    姓名 当事人 当事人姓名 报案人 报案人姓名 报警人 受害人 被害人 嫌疑人 信访人 信访人姓名 上访人
    来访人 联系人 身份证 身份证号 身份证号码 公民身份号码 证件号 证件号码 电话 联系电话 电话号码
    手机 手机号 手机号码 住址 家庭住址 家庭地址 户籍地址 现住址 车牌 车牌号 车牌号码 号牌号码 人脸
    人脸照片 民族 宗教 宗教信仰 病史 微信 微信号 邮箱
    """
)
"""Headers that tell of a person in any table; matched whole, case and spacing aside."""

NAMES_AND_ADDRESSES: Final = _words("name address 名字 地址 详细地址")
"""Headers that are fine for an area, a unit or a camera and personal elsewhere."""

CREDENTIALS: Final = _words(
    "ip ip_address port user username password rtsp stream_url ip地址 端口 用户名 密码"
)
"""Headers of a camera register that are dropped while reading, without a word."""

_BIRTHDAY: Final = r"(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_PROVINCES: Final = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
_PERSONAL_TEXT: Final = "|".join(
    (
        rf"(?<!\d)[1-9]\d{{5}}{_BIRTHDAY}\d{{3}}[\dXx](?!\d)",
        r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)",
        rf"[{_PROVINCES}][A-HJ-NP-Z][·• ]?[A-HJ-NP-Z0-9]{{5,6}}(?![A-Z0-9])",
    )
)
"""A citizen's identity number with a possible date of birth, a mobile number, a plate."""


def personal_columns(columns: list[str], spec: EntitySpec) -> list[str]:
    """List the headers that may hold personal data in a table of this entity.

    >>> from geo.intake.entities import entity_spec
    >>> personal_columns(["name", "姓名"], entity_spec("cases"))
    ['name', '姓名']
    >>> personal_columns(["name", "姓名"], entity_spec("units"))
    ['姓名']
    """
    barred = PERSONAL if spec.holds_names else PERSONAL | NAMES_AND_ADDRESSES
    return [name for name in columns if _plain(name) in barred]


def without_personal(raw: RawTable, variant: Variant, spec: EntitySpec) -> pd.DataFrame:
    """Give the file's columns without those the recipe drops and without credentials."""
    secret = CREDENTIALS if spec.name == "cameras" else frozenset()
    unwanted = [c for c in raw.frame if c in variant.drop or _plain(str(c)) in secret]
    return raw.frame.drop(columns=unwanted)


def refuse_personal(frame: pd.DataFrame, spec: EntitySpec) -> None:
    """Refuse (F03) a file with a personal column that the recipe does not drop."""
    found = personal_columns([str(name) for name in frame.columns], spec)
    if found:
        raise refusal("F03", c="', '".join(found))


def personal_text(values: pd.Series) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Say which texts look like an identity, telephone or plate number.

    >>> personal_text(pd.Series(["盗窃", "手机13812345678", None])).tolist()
    [False, True, False]
    """
    codes, distinct = pd.factorize(values.astype("str"))
    found = pd.Series(distinct, dtype="str").str.contains(_PERSONAL_TEXT, regex=True, na=False)
    looks = np.append(found.to_numpy(dtype=bool), [False])
    hit: np.ndarray[tuple[int], np.dtype[np.bool_]] = looks[codes]
    return hit


def keep_out_personal_text(typed: Typed, spec: EntitySpec, verdicts: Verdicts) -> None:
    """Keep out (Q11) rows whose free texts look personal; codes are not free texts."""
    for one in spec.fields:
        if one.kind is Kind.TEXT and one.name in typed.fed - typed.constants.keys():
            verdicts.keep_out("Q11", personal_text(typed.frame[one.name]), one.name)


def _plain(header: str) -> str:
    return re.sub(r"[\s_-]+", "_", header.strip().lower())
