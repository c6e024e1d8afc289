"""What each refusal, quarantine and warning says, in both languages."""

from __future__ import annotations

from typing import Final

from geo.errors import RefusedFile

__all__ = [
    "REFUSED",
    "ROW",
    "WARNED",
    "encoding_text",
    "refusal",
    "row_sentence",
    "warning_sentence",
]

REFUSED: Final[dict[str, tuple[str, str]]] = {
    "F01": ("Cannot read the file as UTF-8 or GB18030.", "无法识别文件编码。"),
    "F02": ("Required column(s) missing: {cols}.", "缺少必填列：{cols}。"),
    "F03": (
        (
            "Column '{c}' may hold personal data. "
            "Drop it while reading (it is never stored) or remove it."
        ),
        "列“{c}”可能包含个人信息，请在读取时丢弃或删除后重新导入。",
    ),
    "F04": (
        "Declare the coordinate system: WGS84, CGCS2000, CGCS2000 GK, GCJ-02 or BD-09.",
        "请声明坐标系。",
    ),
    "F05": (
        (
            "{p} % of points lie outside their stated area, {q} % inside after undoing {crs}. "
            "Declare it."
        ),
        "坐标疑似 {crs}：{p} % 的点不在所填区域内，还原后 {q} % 在区域内，请声明坐标系。",
    ),
    "F06": ("Already imported as batch {id}.", "该文件已导入（批次 {id}）。"),
    "F07": ("Layer must contain {want}; found {t}.", "图层必须为{want_zh}要素，实际为 {t}。"),
    "F08": ("Polygons overlap by {a} km².", "边界重叠 {a} 平方公里。"),
    "F09": (
        "Petition and dispute records must not carry coordinates.",
        "信访、纠纷数据不得包含坐标。",
    ),
    "F10": (
        "Too many invalid rows ({n}/{N}); nothing imported.",
        "无效行过多（{n}/{N}），未导入。",
    ),
}
"""Whole file refused: code -> sentence with places to fill."""

ROW: Final[dict[str, tuple[str, str]]] = {
    "Q01": ("The id is missing or was already used in this file.", "编号缺失或在本文件中重复。"),
    "Q02": ("The area or unit code is unknown or has the wrong length.", "代码未知或长度错误。"),
    "Q03": ("The area code was retired on that date.", "该区划代码在当日已停用。"),
    "Q04": ("A time cannot be read or lies in the future.", "时间无法识别或晚于当前时间。"),
    "Q05": ("The times are in an impossible order.", "时间先后顺序不成立。"),
    "Q06": (
        "The coordinates are unreadable, (0, 0) or outside the configured extent.",
        "坐标无法识别、为 (0, 0) 或超出配置范围。",
    ),
    "Q07": (
        "Longitude and latitude look swapped; swap the columns and import again.",
        "经纬度疑似颠倒，请调换后重新导入。",
    ),
    "Q08": (
        "The point lies more than 200 m outside its stated area.",
        "点位在所填区域之外超过 200 米。",
    ),
    "Q09": ("The category or kind is not known to the recipe.", "类别不在配方所列范围之内。"),
    "Q10": (
        "The casualties are impossible, or the stated level is not the derived one.",
        "伤亡数字不成立，或所填等级与推算等级不符。",
    ),
    "Q11": (
        "A text looks like an identity, telephone or plate number; it is not shown.",
        "文本疑似证件号、电话或车牌号，已隐藏。",
    ),
    "Q12": (
        (
            "The step is not allowed: it has to follow the one before it, what was decided "
            "cannot become undecided again, and what a party refused was not agreed."
        ),
        "步骤不合规：须紧接上一步，已作出结论的不能退回未决状态，当事一方拒绝调解的不能记为调解成功。",
    ),
    "Q13": ("A hazard with a deadline has no due date.", "限期整改隐患缺少到期日。"),
    "Q14": (
        "The camera's id, type, direction or angle is not valid.",
        "摄像机编号、类型、方位或视角无效。",
    ),
    "Q15": (
        "The camera stands at a place where none may be (Decree 799, Art. 8).",
        "摄像机位于禁止安装的场所（国令第799号第八条）。",
    ),
    "Q16": ("The device is classified; it is not taken in.", "涉密设备，不予导入。"),
    "Q17": (
        "An exclusion needs a reason, a proposer and another approver.",
        "豁免须有理由、提出人和不同的审批人。",
    ),
    "Q19": ("The point lies inside no area.", "点位不在任何区域之内。"),
    "Q20": (
        "There is no place at all, and no root area is loaded.",
        "没有任何地点信息，且未载入根区域。",
    ),
    "Q21": (
        "The row takes back a record that is not known here.",
        "该行要求撤回的记录在本系统中不存在。",
    ),
    "Q22": (
        "The change of areas does not fit its kind, or its shares do not make the whole.",
        "区划变更与所填类型不符，或各部分比例之和不为 1。",
    ),
    "Q23": (
        "The point lies outside the area above it, or that area has no boundary.",
        "点位不在上级区域之内，或上级区域没有边界。",
    ),
    "Q24": (
        "Two areas have the same point; no boundary can be drawn between them.",
        "两个区域的点位相同，无法划分边界。",
    ),
    "Q25": (
        "Other approximate boundaries of the area above stand; deliver all its points together.",
        "同一上级区域内已有其他近似边界，请将其全部点位一并导入。",
    ),
}
"""Row kept out: code -> sentence."""

WARNED: Final[dict[str, tuple[str, str]]] = {
    "W01": ("Time without zone taken as {zone}.", "无时区的时间按 {zone} 处理。"),
    "W02": ("Only the date is known.", "仅有日期。"),
    "W03": (
        "Possible duplicate: same category within 50 m and 30 min.",
        "疑似重复：同类别，50 米、30 分钟之内。",
    ),
    "W04": ("No population, so no rates.", "缺少人口数，无法计算比率。"),
    "W05": ("The polygon was repaired.", "多边形已修复。"),
    "W06": (
        "The camera is not filed, has no sign, or keeps footage for fewer than 30 days.",
        "摄像机未备案、无提示标识，或图像保存不足 30 天。",
    ),
    "W07": ("Coordinates have fewer than 4 decimals.", "坐标少于 4 位小数。"),
    "W08": ("The casualty window is still open.", "伤亡统计期尚未结束。"),
    "W09": (
        "The boundaries leave gaps of more than 1 % of the area above them.",
        "边界之间的空隙超过上级区域面积的 1 %。",
    ),
    "W10": (
        "Many rows share this point, as at a default address: kept, left out of point patterns.",
        "大量记录落在同一点，疑似默认地址：予以保留，不参与点位分析。",
    ),
    "W11": ("How it was discovered is unknown.", "发现方式未知。"),
    "W12": (
        "The area code was retired; its one successor was taken.",
        "区划代码已停用，已改用其唯一的后继代码。",
    ),
    "W13": (
        "The area has a real boundary, which its point does not replace.",
        "该区域已有真实边界，点位不会替换它。",
    ),
}
"""Row kept, with a remark: code -> sentence."""


def refusal(code: str, **values: object) -> RefusedFile:
    """Make the error that refuses a file, with both sentences filled in.

    >>> str(refusal("F06", id=7))
    'F06: Already imported as batch 7.'
    """
    en, zh = REFUSED[code]
    return RefusedFile(code, en.format(**values), zh.format(**values))


def encoding_text(encoding: str, language: str = "en") -> str:
    """Say how texts were read, in "en" or "zh".

    >>> encoding_text("GB18030 (tried)", "zh")
    'GB18030（试读成功）'
    """
    return encoding.replace(" (tried)", "（试读成功）") if language == "zh" else encoding


def row_sentence(code: str, language: str = "en") -> str:
    """Say why a row was kept out; `language` is "en" or "zh"."""
    return ROW[code][language == "zh"]


def warning_sentence(code: str, language: str = "en", *, zone: str = "Asia/Shanghai") -> str:
    """Say what is odd about rows that were kept."""
    return WARNED[code][language == "zh"].format(zone=zone)
