"""Made-up names, in Chinese and in pinyin; none is borne by a place of the real code list."""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

from geo.demo.draws import LAND_SEED, draws

__all__ = [
    "COUNTY",
    "PREFECTURE",
    "PROVINCE",
    "RIVERS",
    "TOWNS",
    "Name",
    "community_names",
    "street_stems",
    "village_names",
]


class Name(NamedTuple):
    """One name in Chinese and in English letters."""

    zh: str
    en: str


PROVINCE: Final = Name("示例省", "Example Province")
PREFECTURE: Final = Name("示例市", "Example Prefecture")
COUNTY: Final = Name("霁川县", "Jichuan County")

TOWNS: Final = (
    Name("澄岫镇", "Chengxiu Town"),
    Name("砚浦镇", "Yanpu Town"),
    Name("桐麓镇", "Tonglu Town"),
    Name("槿塬镇", "Jinyuan Town"),
    Name("鹭汀镇", "Luting Town"),
    Name("蓼川镇", "Liaochuan Town"),
    Name("磐霭镇", "Pan'ai Town"),
    Name("芷滨镇", "Zhibin Town"),
    Name("篁溪乡", "Huangxi Township"),
    Name("栎岚乡", "Lilan Township"),
    Name("荻陂乡", "Dibei Township"),
    Name("雁砯乡", "Yanping Township"),
    Name("墨渚乡", "Mozhu Township"),
)
"""The county seat first, then the two other urban towns."""

RIVERS: Final = (Name("霁水", "Ji River"), Name("砚溪", "Yan Brook"), Name("荻河", "Di River"))

_FIRST: Final = (
    "砚 Yan,岫 Xiu,澄 Cheng,霁 Ji,槿 Jin,樨 Xi,槲 Hu,栎 Li,椿 Chun,荻 Di,蓼 Liao,苇 Wei,芷 Zhi,"
    "菁 Jing,萱 Xuan,莳 Shi,鹭 Lu,鸢 Yuan,鹤 He,麂 Ji,犊 Du,驹 Ju,磐 Pan,砾 Li,碾 Nian,碓 Dui,"
    "杵 Chu,篁 Huang,箬 Ruo,岚 Lan,霖 Lin,霞 Xia,晴 Qing,暮 Mu,朔 Shuo,曦 Xi,陶 Tao,染 Ran,"
    "蓑 Suo,笠 Li,棋 Qi,墨 Mo,琴 Qin,笙 Sheng,茧 Jian"
)
_LAST: Final = (
    "沟 gou,庄 zhuang,峪 yu,坪 ping,岭 ling,头 tou,掌 zhang,垴 nao,川 chuan,滩 tan,坡 po,崖 ya,"
    "口 kou,坳 ao,湾 wan,铺 pu,寨 zhai,泉 quan,洼 wa,堡 bu"
)
_SIDES: Final = "东 Dong,西 Xi,南 Nan,北 Bei,上 Shang,下 Xia,前 Qian,后 Hou"
_SIDE_SHARE: Final = 0.2

_REAL: Final = "砚湾,椿坪,苇沟,鹤坡,驹沟,碾沟,碾头,岚沟,霞庄,染峪,琴峪,琴泉,东碾头,西碾头"
"""Combinations that a real village of the province's code list bears."""

_COMMUNITIES: Final = (
    "岫云 Xiuyun,文澜 Wenlan,砚北 Yanbei,望霁 Wangji,桐荫 Tongyin,鹭洲 Luzhou,澄波 Chengbo,"
    "松筠 Songyun,槿园 Jinyuan,汀兰 Tinglan,霁月 Jiyue,晴汀 Qingting,鹤亭 Heting,听溪 Tingxi,"
    "墨香 Moxiang,柘林 Zhelin,兰渚 Lanzhu,锦棠 Jintang,琴台 Qintai,芸窗 Yunchuang,棠浦 Tangpu,"
    "笙歌 Shengge,映塘 Yingtang,枕河 Zhenhe,篱园 Liyuan,雁栖 Yanqi,疏影 Shuying,碧筱 Bixiao,"
    "榴花 Liuhua,曦和 Xihe"
)

_STREETS: Final = (
    "霁川 Jichuan,澄岫 Chengxiu,文澜 Wenlan,砚池 Yanchi,桐荫 Tongyin,望岚 Wanglan,"
    "听松 Tingsong,鹭洲 Luzhou,槿园 Jinyuan,汀兰 Tinglan,锦棠 Jintang,琴台 Qintai,"
    "芸窗 Yunchuang,兰渚 Lanzhu,晴汀 Qingting,雁栖 Yanqi,枕河 Zhenhe,映塘 Yingtang,鹤亭 Heting,"
    "柘林 Zhelin,榴花 Liuhua,疏影 Shuying,曦和 Xihe,碧筱 Bixiao,松筠 Songyun,笙歌 Shengge,"
    "棠浦 Tangpu,篱园 Liyuan"
)


def village_names(count: int) -> list[Name]:
    """Draw `count` village names, no two alike in either language.

    >>> len(set(village_names(258)))
    258
    """
    rng = draws(LAND_SEED, "names")
    stems = [
        Name(one.zh + last.zh, one.en + last.en) for one in _names(_FIRST) for last in _names(_LAST)
    ]
    sides = _names(_SIDES)
    names: dict[str, Name] = {}
    for number in rng.permutation(len(stems)).tolist():
        side = sides[int(rng.integers(len(sides)))] if rng.random() < _SIDE_SHARE else None
        name = _with_side(stems[number], side)
        if not {name.zh, stems[number].zh} & set(_REAL.split(",")):
            names.setdefault(name.en, Name(name.zh + "村", name.en))
    return list(names.values())[:count]


def community_names() -> list[Name]:
    """List the 30 community names."""
    return [Name(name.zh + "社区", f"{name.en} Community") for name in _names(_COMMUNITIES)]


@cache
def street_stems() -> tuple[Name, ...]:
    """List the stems that streets and roads of the towns are named by."""
    return tuple(_names(_STREETS))


def _names(text: str) -> list[Name]:
    return [Name(*pair.split()) for pair in text.split(",")]


def _with_side(stem: Name, side: Name | None) -> Name:
    return stem if side is None else Name(side.zh + stem.zh, side.en + stem.en.lower())
