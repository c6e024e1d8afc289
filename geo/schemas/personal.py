"""What may hold a natural person: the headers no table may have.

Places, not people: an area, a unit, a camera or a street may have a name and an address, an
incident may not. Headers are compared whole (after case, spaces and punctuation), so that
`station name` is not taken for a person's name.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from geo.vocabulary import Entity

if TYPE_CHECKING:
    from collections.abc import Iterable


__all__ = ["PERSONAL", "PLACE_HEADERS", "SECRET_HEADERS", "personal_columns", "plain_header"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PERSONAL: Final = _words(
    """
    身份证 身份证号 身份证号码 公民身份号码 证件号 证件号码 证件类型 护照 护照号 户口 户口簿 户籍
    户籍地
    户籍地址 idnumber idno idcard idcardno identitynumber
    idcardnumber identitycard nationalid passport passportno
    ssn socialsecuritynumber driverlicense driverslicense driverlicence licensenumber

    姓名 当事人姓名 报案人姓名 信访人姓名 来访人
    当事人 报案人 报警人 举报人 受害人 被害人 嫌疑人 犯罪嫌疑人 违法人 信访人 上访人 联系人
    负责人
    法人 法人代表 法定代表人 户主 住户 监护人 死者 伤者 驾驶人 驾驶员 司机 证人 申请人 被申请人
    person personname victim victimname suspect suspectname offender offendername complainant
    petitioner applicant respondent witness driver drivername contact contactname contactperson
    legalrepresentative guardian firstname lastname surname givenname middlename nickname

    电话 电话号码 联系电话 联系方式 手机 手机号 手机号码 座机 微信 微信号 qq qq号 邮箱 电子邮箱
    电子邮件
    weixin mobilenumber
    phone phonenumber phoneno telephone tel mobile mobilephone mobileno cellphone wechat wechatid
    email emailaddress

    住址 家庭住址 家庭地址 居住地 居住地址 现住址 现居住地 住所 门牌号
    residenceaddress homeaddress residence residentialaddress placeofresidence

    车牌 车牌号 车牌号码 号牌 号牌号码 机动车号牌 车架号 发动机号 imei imsi mac mac地址 设备mac
    plate plateno platenumber licenseplate licenceplate numberplate vin macaddress

    人脸照片 人脸 人脸特征 人像 照片 指纹 虹膜 声纹 dna
    face faceid faceimage faceprint photo portrait fingerprint iris voiceprint

    民族 种族 宗教 宗教信仰 信仰 政治面貌 性别 年龄 出生日期 出生年月 生日 籍贯 国籍 婚姻状况 学历
    职业
    病史 病历 健康状况 疾病 残疾 精神病 血型
    ethnicity ethnicgroup race religion faith sex gender age dateofbirth birthdate birthday dob
    nationality maritalstatus education occupation medical medicalhistory health disease
    disability bloodtype

    银行卡 银行卡号 银行账号 bankcard bankaccount bankaccountnumber
    """
)
"""Headers no entity may have, lower case, without spaces and punctuation."""

PLACE_HEADERS: Final = _words(
    """
    名字 名称 曾用名 别名 地址 详细地址 业主 产权人
    name names fullname alias owner ownername address fulladdress streetaddress
    """
)
"""Headers only places and feeds may have: a school has a name and an address, a case has not."""

SECRET_HEADERS: Final = _words(
    """
    ip ip地址 ipaddress 端口 port 用户名 user username 密码 口令 password passwd pwd
    rtsp streamurl url 视频流 视频流地址 取流地址
    """
)
"""Headers of a camera's stream and credentials: dropped on reading, whatever the recipe says."""

_NAMED: Final = frozenset({Entity.AREA, Entity.UNIT, Entity.CAMERA, Entity.GROUND, Entity.FEED})
_NOISE: Final = re.compile(r"[\s_\-./\\()（）\[\]【】:：*#]+")


def personal_columns(columns: Iterable[object], entity: str) -> list[str]:
    """List the headers that may hold personal data in a file of `entity`, in their order.

    A header counts when, without case, spaces and punctuation, it is one of `PERSONAL`, or of
    `PLACE_HEADERS` where the entity is no place. 姓名 is a person's name everywhere.

    >>> personal_columns(["案件编号", "姓名", "Phone Number", "station name"], "case")
    ['姓名', 'Phone Number']
    >>> personal_columns(["name", "address"], "unit"), personal_columns(["name"], "accident")
    ([], ['name'])
    """
    barred = PERSONAL if Entity(entity) in _NAMED else PERSONAL | PLACE_HEADERS
    return [str(column) for column in columns if plain_header(column) in barred]


def plain_header(header: object) -> str:
    """Give a header without case, width, spaces and punctuation."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", str(header))).lower()
