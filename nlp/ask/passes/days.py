"""Days that are told by their place in a month, 上个月前10天, 5月下旬, the first two weeks of June: put as dates."""

import re
from calendar import monthrange
from datetime import datetime
from zoneinfo import ZoneInfo

from nlp.ask.months import FULL, NAMES
from nlp.ask.numbers import in_digits

_N = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
_NAMED = rf"(?:(?P<year>去年|今年|前年|20\d\d年)的?)?(?<![\d个一二三四五六七八九十])(?P<named>{_N})月份?"
_IN_MONTH = re.compile(
    rf"(?:(?P<back>上上个?月|上个?月|[这本当]个?月)|{_NAMED})的?里?"
    rf"(?:(?P<third>[上中下])旬|(?P<half>[上下前后])半个?月|(?:(?P<side>[前头])(?P<n>{_N})个?(?P<unit>天|周)|最后(?P<end>{_N})天)(?!前|"
    rf"内|以上|没|未)"
    rf"|(?P<first>{_N})[号日]?(?:到|至|-|~)(?P<last>{_N})[号日](?!\d)|(?P<only>{_N})[号日](?!到|至|-|~|\d))"
)
#: this month of the year before, where nothing is set against it
_YEAR_AGO = re.compile(r"(?<![和与跟比较])去年(?:同期)?的?(?:这个?月|本月)(?![^,]*[比较])")
_SIDE_BY_SIDE = re.compile(r"(?<=[和与跟比较])去年(?:同期)?的?(?:这个?月|本月)")
_TO_YESTERDAY = re.compile(
    r"(?:截至|截止)到?昨[天日][,的]*(?:为止)?[,的]*(?:本月|这个?月|当月)|(?:本月|这个?月|当月)(?:截至|截止)到?昨[天日](?:为止)?"
)

_STRETCH = re.compile(
    r"(?:\b(?:in|during|over|for|within|of) )?\bthe (?P<side>first|last|final) (?P<n>\d{1,2}) (?P<unit>days?|weeks?|"
    r"months?) "
    rf"(?:of|in) (?:(?P<month>{FULL})(?: (?P<of>20\d\d))?|(?P<rel>last|this) (?P<whole>month|year)"
    r"|(?P<year>20\d\d)|(?P<now>the year))\b"
)


def with_stretches(text: str, now: datetime, zone: ZoneInfo) -> str:
    """A text with the first or last so many days, weeks, months of a month or year as dates.

    >>> utc = ZoneInfo("UTC")
    >>> with_stretches("orders in the first 2 weeks of june", datetime(2026, 7, 15, tzinfo=utc), utc)
    'orders from 1 june 2026 to 14 june 2026'
    """
    today = now.astimezone(zone)

    def dates(found: re.Match[str]) -> str:
        count, unit = int(found["n"]), found["unit"].rstrip("s")
        is_first = found["side"] == "first"
        if found["month"] or found["whole"] == "month":
            year, month = _named_month(found, today)
            length = monthrange(year, month)[1]
            days = count * {"day": 1, "week": 7}.get(unit, length + 1)
            if not 1 <= days <= length:
                return found[0]
            one, last = (1, days) if is_first else (length - days + 1, length)
            return f"from {one} {NAMES[month - 1]} {year} to {last} {NAMES[month - 1]} {year}"
        if unit != "month" or not 1 <= count <= 12:
            return found[0]
        year = int(found["year"]) if found["year"] else today.year - (found["rel"] == "last")
        begun, ended = (1, count) if is_first else (13 - count, 12)
        return f"from {NAMES[begun - 1]} {year} to {NAMES[ended - 1]} {year}"

    return _STRETCH.sub(dates, text)


def _named_month(found: re.Match[str], today: datetime) -> tuple[int, int]:
    if found["rel"]:
        back = today.year * 12 + today.month - 1 - (found["rel"] == "last")
        return back // 12, back % 12 + 1
    month = NAMES.index(found["month"]) + 1
    return int(found["of"] or today.year - (month > today.month)), month


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

    text = _YEAR_AGO.sub(f"{today.year - 1}年{today.month}月", text)
    text = _SIDE_BY_SIDE.sub("去年同期", text)
    if today.day > 1:
        this = f"{today.year}年{today.month}月"
        text = _TO_YESTERDAY.sub(f"{this}1日到{this}{today.day - 1}日", text)
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
