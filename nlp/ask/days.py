"""Days that are told by their place in a month, 上个月前10天, 5月下旬: put as dates."""

import re
from calendar import monthrange
from datetime import datetime
from zoneinfo import ZoneInfo

from nlp.ask.numbers import in_digits

_N = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
_NAMED = rf"(?:(?P<year>去年|今年|前年|20\d\d年)的?)?(?<![\d个一二三四五六七八九十])(?P<named>{_N})月份?"
_IN_MONTH = re.compile(
    rf"(?:(?P<back>上上个?月|上个?月|[这本当]个?月)|{_NAMED})的?里?"
    rf"(?:(?P<third>[上中下])旬|(?P<half>[上下前后])半个?月|(?:(?P<side>[前头])(?P<n>{_N})个?(?P<unit>天|周)|最后(?P<end>{_N})天)(?!前|内|以上|没|未)"
    rf"|(?P<first>{_N})[号日]?(?:到|至|-|~)(?P<last>{_N})[号日](?!\d)|(?P<only>{_N})[号日](?!到|至|-|~|\d))"
)


def with_dates(text: str, now: datetime, zone: ZoneInfo) -> str:
    """A text with such days as dates; days of a month that is named by its number are dates already.

    >>> with_dates("上个月前10天销售额", datetime(2026, 1, 15, tzinfo=ZoneInfo("UTC")), ZoneInfo("UTC"))
    '2025年12月1日到2025年12月10日销售额'
    """
    today = now.astimezone(zone)

    def dates(found: re.Match[str]) -> str:
        if found["named"] and (found["first"] or found["only"]):
            return found[0]
        year, month = _month(found, today)
        if not 1 <= month <= 12:
            return found[0]
        first, last = _days(found, monthrange(year, month)[1])
        if not 1 <= first <= last <= monthrange(year, month)[1]:
            return found[0]
        one = f"{year}年{month}月{first}日"
        return one if found["only"] else f"{one}到{year}年{month}月{last}日"

    return _IN_MONTH.sub(dates, text)


def _month(found: re.Match[str], today: datetime) -> tuple[int, int]:
    if found["back"]:
        back = today.year * 12 + today.month - 1 - found["back"].count("上")
        return back // 12, back % 12 + 1
    month = int(in_digits(found["named"]))
    said = found["year"]
    if said is None:
        # the most recent one that has begun
        return today.year - (month > today.month), month
    ago = {"今年": 0, "去年": 1, "前年": 2}.get(said)
    return int(said[:4]) if ago is None else today.year - ago, month


def _days(found: re.Match[str], length: int) -> tuple[int, int]:
    if found["third"]:
        return {"上": (1, 10), "中": (11, 20), "下": (21, length)}[found["third"]]
    if found["half"]:
        return (1, 15) if found["half"] in "上前" else (16, length)
    if found["side"]:
        return 1, int(in_digits(found["n"])) * (7 if found["unit"] == "周" else 1)
    if found["end"]:
        return length - int(in_digits(found["end"])) + 1, length
    if found["only"]:
        return int(in_digits(found["only"])), int(in_digits(found["only"]))
    return int(in_digits(found["first"])), int(in_digits(found["last"]))
