"""Stretches of time in questions (`metrics.md`, Windows): atoms in, windows out."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from crm_store.question.compiling import start_of, step
from crm_store.question.grammar import Window
from nlp.ask.lexing import Atom

Take = Callable[[list[Atom], int], "tuple[int, Span] | None"]
_UNITS = ("day", "week", "month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Span:
    """A window, and how it was said: so many units that end now, or a calendar one."""

    window: Window
    unit: str = ""
    #: of a rolling window; 0 for one of the calendar
    count: int = 0


class WhichDay(Exception):
    """A day of the week of which there are two that can be meant; the sentence names it."""


class ImpossibleTime(Exception):
    """A date that is none, or a window that ends before it starts; the sentence says which."""


@dataclass(slots=True)
class Times:
    now: datetime
    zone: ZoneInfo

    @property
    def local(self) -> datetime:
        return self.now.astimezone(self.zone)

    def reduce(self, atoms: list[Atom]) -> list[Atom]:
        """The atoms with every stretch of time as one atom of the kind `span`."""
        points = self._pass(atoms, self._point)
        return self._pass(self._pass(points, self._stretch), _either)

    def _pass(self, atoms: list[Atom], take: Take) -> list[Atom]:
        found, at = [], 0
        while at < len(atoms):
            taken = take(atoms, at)
            if taken is None:
                found.append(atoms[at])
                at += 1
            else:
                end, span = taken
                text = " ".join(atom.text for atom in atoms[at:end])
                found.append(Atom(text, {"span": span}))
                at = end
        return found

    # --- a calendar stretch or a rolling one ---------------------------------------------------------------------

    def _point(self, atoms: list[Atom], at: int) -> tuple[int, Span] | None:
        ago = self._ago(atoms, at)
        return (
            ago
            or self._rolling(atoms, at)
            or self._named(atoms, at)
            or self._relative(atoms, at)
            or self._date(atoms, at)
        )

    def _rolling(self, atoms: list[Atom], at: int) -> tuple[int, Span] | None:
        atom = atoms[at]
        if atom.has("older") and _has(atoms, at + 1, "num") and _has(atoms, at + 2, "unit"):
            since = self.rolling(atoms[at + 2]["unit"], atoms[at + 1]["num"])
            return at + 3, Span(Window(None, since.window.start))
        past = atom.has("rel", "past") or atom.has("rel", "last") or atom.has("newest")
        if past and _has(atoms, at + 1, "num") and _has(atoms, at + 2, "unit"):
            return at + 3, self.rolling(atoms[at + 2]["unit"], atoms[at + 1]["num"])
        if atom.text == "past" and _has(atoms, at + 1, "unit"):
            return at + 2, self.rolling(atoms[at + 1]["unit"], 1)
        if past and _has(atoms, at + 1, "halfyear"):
            return at + 2, self.rolling("month", 6)
        is_within = atom.has("filler") and atom.text in ("in", "for", "within", "over", "during")
        if is_within and _has(atoms, at + 1, "num") and _has(atoms, at + 2, "unit"):
            # not bought for 90 days, in 6 months
            return at + 3, self.rolling(atoms[at + 2]["unit"], atoms[at + 1]["num"])
        if is_within and _has(atoms, at + 1, "halfyear"):
            return at + 2, self.rolling("month", 6)
        chinese = (_has(atoms, at, "num") and _has(atoms, at + 1, "unit") and atoms[at + 1].text != "年") or (
            _has(atoms, at, "num") and _has(atoms, at + 1, "unit") and _year(atom) is None
        )
        if chinese and at + 2 < len(atoms) and self._is_how_long(atoms[at + 2]):
            return at + 2, self.rolling(atoms[at + 1]["unit"], atom["num"])
        if _has(atoms, at, "halfyear") and at + 1 < len(atoms) and self._is_how_long(atoms[at + 1]):
            return at + 1, self.rolling("month", 6)
        # "the last 2 full months" says whole ones: not understood here, and so asked back
        if past and _has(atoms, at + 1, "filler") and _has(atoms, at + 2, "num") and _has(atoms, at + 3, "unit"):
            return at + 4, self.rolling(atoms[at + 3]["unit"], atoms[at + 2]["num"])
        return None

    def _ago(self, atoms: list[Atom], at: int) -> tuple[int, Span] | None:
        """3 days ago, a day; between 90 and 180 days ago, 3 to 6 months ago."""
        begun = at + 1 if atoms[at].has("between") or atoms[at].text == "from" else at
        if not _has(atoms, begun, "num"):
            return None
        if _has(atoms, begun + 1, "unit") and _has(atoms, begun + 2, "ago"):
            number = atoms[begun]["num"]
            if begun > at or atoms[begun + 1]["unit"] != "day" or number != int(number) or number > 100_000:
                return None
            return begun + 3, self._calendar("day", -int(number))
        joined = begun + 1 < len(atoms) and (atoms[begun + 1].has("to") or atoms[begun + 1].has("and"))
        if not (joined and _has(atoms, begun + 2, "num") and _has(atoms, begun + 3, "unit")):
            return None
        if not _has(atoms, begun + 4, "ago"):
            return None
        unit = atoms[begun + 3]["unit"]
        late, early = (self.rolling(unit, atoms[place]["num"]).window.start for place in (begun, begun + 2))
        if late is None or early is None or early >= late:
            raise ImpossibleTime("between")
        return begun + 5, Span(Window(early, late))

    def _is_how_long(self, after: Atom) -> bool:
        """90天内, 90天没有下单: a length of time that ends now."""
        return after.text in ("内", "以内", "之内", "里") or (
            bool(re.match("[\u3400-\u9fff]", after.text)) and (after.has("neg") or after.has("crowd", "never"))
        )

    def rolling(self, unit: str, count: float) -> Span:
        number = int(count)
        if number != count or not 0 < number <= 100_000:
            raise ImpossibleTime(f"{count:g} {unit}")
        try:
            if unit in ("month", "quarter", "year"):
                start = _months_before(self.local, number * {"month": 1, "quarter": 3, "year": 12}[unit])
            else:
                start = self.now - number * {"hour": timedelta(hours=1), "day": timedelta(days=1)}.get(
                    unit, timedelta(weeks=1)
                )
        except (OverflowError, ValueError):
            raise ImpossibleTime(f"{number} {unit}") from None
        return Span(Window(start, self.now), unit, number)

    def _named(self, atoms: list[Atom], at: int) -> tuple[int, Span] | None:
        atom = atoms[at]
        for kind, weeks in (("daylast", 1), ("daythis", 0)):
            if atom.has(kind):
                return at + 1, self._days(atom[kind], weeks)
        if atom.has("holiday") or (atom.has("rel", "last") and _has(atoms, at + 1, "holiday")):
            place = at if atom.has("holiday") else at + 1
            year, after = self._year_after(atoms, place + 1)
            return after, self._holiday(str(atoms[place]["holiday"]), year)
        if _year(atom) and (
            _has(atoms, at + 1, "holiday") or (_has(atoms, at + 2, "holiday") and atoms[at + 1].text == "年")
        ):
            place = at + 1 if _has(atoms, at + 1, "holiday") else at + 2
            return place + 1, self._holiday(str(atoms[place]["holiday"]), _year(atom))
        if atom.has("dayname") and (week := self._week_after(atoms, at + 1)) is not None:
            return at + week[0], self._days(atom["dayname"], week[1])
        if atom.has("dayname") and self._is_one_that_was(atoms, at):
            return at + 1, self._latest(atom)
        if not atom.has("when"):
            return None
        which = str(atom["when"])
        if which in ("today", "yesterday", "before_yesterday"):
            back = ("today", "yesterday", "before_yesterday").index(which)
            return at + 1, self._calendar("day", -back)
        if which in ("ytd", "mtd", "qtd"):
            return at + 1, self._calendar({"y": "year", "m": "month", "q": "quarter"}[which[0]], 0)
        if which == "ever":
            return None
        if which in ("half1", "half2"):
            return self._half(atoms, at, which)
        back, unit = {"last": 1, "this": 0, "before": 2}[which.split("_")[0]], which.split("_")[-1]
        if unit == "year" and (found := self._month_or_quarter(atoms, at + 1, self.local.year - back)):
            return found
        if unit == "year" and _has(atoms, at + 1, "holiday"):
            return at + 2, self._holiday(str(atoms[at + 1]["holiday"]), self.local.year - back)
        return at + 1, self._calendar(unit, -back)

    def _half(self, atoms: list[Atom], at: int, which: str) -> tuple[int, Span]:
        year, end = self._year_after(atoms, at + 1)
        month = 1 if which == "half1" else 7
        start = self._local(year or self.local.year, month)
        if year is None and start > self.now:
            start = self._local(self.local.year - 1, month)
        return end, self._to_now(start, step("month", start, 6))

    def _relative(self, atoms: list[Atom], at: int) -> tuple[int, Span] | None:
        """last month, this quarter, last March."""
        atom = atoms[at]
        if not atom.has("rel", "last", "this"):
            return None
        if _has(atoms, at + 1, "unit") and atoms[at + 1]["unit"] in _UNITS:
            back = 1 if atom["rel"] == "last" else 0
            unit = atoms[at + 1]["unit"]
            if unit == "year" and (end := self._month_or_quarter(atoms, at + 2, self.local.year - back)):
                return end
            return at + 2, self._calendar(unit, -back)
        if _has(atoms, at + 1, "dayname"):
            if atom["rel"] == "this":
                return at + 2, self._days(atoms[at + 1]["dayname"], 0)
            return at + 2, self._days_past(atoms[at + 1])
        if _has(atoms, at + 1, "month") and atom["rel"] == "this":
            return at + 2, self._month(self.local.year, int(atoms[at + 1]["month"]))
        return None

    def _days(self, numbers: str, weeks: int) -> Span:
        """A day, or the weekend, of a week: 0 is Monday."""
        monday = step("week", start_of("week", self.local), -weeks)
        start = monday + timedelta(days=int(numbers[0]))
        return replace(self._to_now(start, start + timedelta(days=len(numbers))), unit="day")

    def _days_past(self, name: Atom) -> Span:
        """Last Friday: that of last week. Where this week's is over too, either can be meant."""
        last = int(name["dayname"][-1])
        if self.local.weekday() > last or str(self.local.weekday()) in name["dayname"]:
            raise WhichDay(name.text)
        return self._days(name["dayname"], 1)

    def _week_after(self, atoms: list[Atom], at: int) -> tuple[int, int] | None:
        """Monday last week, Friday of this week: how many words it takes, and how many weeks ago that is."""
        begun = at + 1 if at < len(atoms) and atoms[at].text in ("of", "in") else at
        is_week = begun < len(atoms) and atoms[begun].has("rel", "last", "this") and _has(atoms, begun + 1, "unit")
        if not is_week or atoms[begun + 1]["unit"] != "week":
            return None
        return begun + 3 - at, int(atoms[begun]["rel"] == "last")

    def _is_one_that_was(self, atoms: list[Atom], at: int) -> bool:
        """On Monday, since Friday, where no month or year says that each of them is meant."""
        if at == 0 or atoms[at - 1].text not in ("on", "since", "after", "before"):
            return False
        return not any(
            atom.has(kind) for atom in atoms for kind in ("month", "q", "rel", "when", "date", "holiday", "halfyear")
        ) and not any(_year(atom) for atom in atoms)

    def _latest(self, name: Atom) -> Span:
        """The Monday that was last; on a Monday it is this one, or the one before: which?"""
        numbers = name["dayname"]
        if str(self.local.weekday()) in numbers:
            raise WhichDay(name.text)
        return self._days(numbers, 0 if int(numbers[-1]) < self.local.weekday() else 1)

    def _month_or_quarter(self, atoms: list[Atom], at: int, year: int) -> tuple[int, Span] | None:
        if at < len(atoms) and atoms[at].has("filler") and atoms[at].text == "的":
            at += 1
        if _has(atoms, at, "month"):
            day = self._day_after(atoms, at + 1)
            if day is not None:
                return day[0], self._one_day(year, int(atoms[at]["month"]), day[1])
            return at + 1, self._month(year, int(atoms[at]["month"]))
        if _has(atoms, at, "q"):
            return at + 1, self._quarter(year, int(atoms[at]["q"]))
        if _has(atoms, at, "when") and atoms[at]["when"] in ("half1", "half2"):
            start = self._local(year, 1 if atoms[at]["when"] == "half1" else 7)
            return at + 1, self._to_now(start, step("month", start, 6))
        return None

    def _date(self, atoms: list[Atom], at: int) -> tuple[int, Span] | None:
        atom = atoms[at]
        if atom.has("date"):
            return at + 1, self._written(str(atom["date"]))
        year = _year(atom)
        if year is not None and _has(atoms, at + 1, "unit") and atoms[at + 1].text == "年":
            found = self._month_or_quarter(atoms, at + 2, year)
            return found or (at + 2, self._whole_year(year))
        if year is not None and (found := self._month_or_quarter(atoms, at + 1, year)):
            return found
        if atom.has("month"):
            return self._from_month(atoms, at)
        if atom.has("q"):
            year, end = self._year_after(atoms, at + 1)
            return end, self._quarter(year, int(atom["q"]))
        if atom.has("num") and _has(atoms, at + 1, "month") and not re.search("[月]", atoms[at + 1].text):
            day, month = int(atom["num"]), int(atoms[at + 1]["month"])
            if atom["num"] == day and 1 <= day <= 31 and not _year(atom):
                year, end = self._year_after(atoms, at + 2)
                return end, self._one_day(year, month, day)
        if year is not None and "," not in atom.text and not self._is_amount(atoms, at):
            return at + 1, self._whole_year(year)
        return None

    def _is_amount(self, atoms: list[Atom], at: int) -> bool:
        before = atoms[at - 1] if at else None
        after = atoms[at + 1] if at + 1 < len(atoms) else None
        for joint, other in ((at - 1, at - 2), (at + 1, at + 2)):
            # 1000到2000之间, but not 3 march 2026 to 9 march
            is_day = _has(atoms, other + 1, "month")
            if 0 <= other < len(atoms) and atoms[joint].has("to") and atoms[other].has("num") and not is_day:
                return _year(atoms[other]) is None
        if before is not None and (before.has("cmp") or before.has("cur") or before.has("top")):
            return True
        return after is not None and (after.has("cur") or after.has("post") or after.has("unit") or after.has("subj"))

    def _from_month(self, atoms: list[Atom], at: int) -> tuple[int, Span]:
        month = int(atoms[at]["month"])
        day = self._day_after(atoms, at + 1)
        end = at + 1 if day is None else day[0]
        year, end = self._year_after(atoms, end)
        if day is not None:
            return end, self._one_day(year, month, day[1])
        return end, self._month(year, month)

    def _day_after(self, atoms: list[Atom], at: int) -> tuple[int, int] | None:
        """The 3rd after March, 15日 after 3月."""
        if not _has(atoms, at, "num"):
            return None
        number = atoms[at]["num"]
        if number != int(number) or not 1 <= number <= 31:
            return None
        following = atoms[at + 1] if at + 1 < len(atoms) else None
        if following is not None and following.text in ("日", "号", "st", "nd", "rd", "th"):
            return at + 2, int(number)
        if following is not None and (following.has("cur") or following.has("subj") or following.has("unit")):
            return None
        return (at + 1, int(number)) if re.fullmatch(r"\d{1,2}", atoms[at].text) else None

    def _year_after(self, atoms: list[Atom], at: int) -> tuple[int | None, int]:
        if at < len(atoms) and atoms[at].has("filler") and atoms[at].text in ("of", "in", ",") and at + 1 < len(atoms):
            if _year(atoms[at + 1]) is not None or atoms[at + 1].has("rel", "last", "this"):
                at += 1
            else:
                return None, at
        if at < len(atoms) and (year := _year(atoms[at])) is not None and not self._is_amount(atoms, at):
            return year, at + 1
        relative = _has(atoms, at, "rel") and atoms[at]["rel"] in ("last", "this")
        if relative and _has(atoms, at + 1, "unit") and atoms[at + 1]["unit"] == "year":
            return self.local.year - (atoms[at]["rel"] == "last"), at + 2
        return None, at

    # --- since, before, between, from to -------------------------------------------------------------------------

    def _stretch(self, atoms: list[Atom], at: int) -> tuple[int, Span] | None:
        atom = atoms[at]
        following = at + 1
        while (
            following < len(atoms) and atoms[following].has("filler") and atoms[following].text in ("the", "of", "in")
        ):
            following += 1
        if (atom.has("between") or atom.text in ("from", "从")) and _has(atoms, following, "span"):
            joint = following + 1
            if joint < len(atoms) and (atoms[joint].has("to") or atoms[joint].has("and") or atoms[joint].has("until")):
                last = joint + 1
                if _has(atoms, last, "span"):
                    end = last + 1
                    while end < len(atoms) and atoms[end].text in ("之间", "间", "期间", "的时候"):
                        end += 1
                    return end, self._between(atoms[following]["span"], atoms[last]["span"])
        # two words beside each other, such as a month put right and yesterday, are none
        around = atom.has("unit", "week", "month") and not _has(atoms, at - 1, "num") and following > at + 1
        if around and _is_one_day(atoms, following):
            # the week of 4 May
            return following + 1, self._around(str(atom["unit"]), atoms[following]["span"])
        if _is_one_day(atoms, at) and at + 1 < len(atoms) and atoms[at + 1].text in ("那", "那一", "所在"):
            place = at + 2
            while place < len(atoms) and (atoms[place].has("filler") or atoms[place].text in ("一", "个")):
                place += 1
            if place < len(atoms) and atoms[place].has("unit", "week", "month"):
                return place + 1, self._around(str(atoms[place]["unit"]), atom["span"])
        if atom.has("span") and _has(atoms, at + 1, "to") and _has(atoms, at + 2, "span"):
            return at + 3, self._between(atom["span"], atoms[at + 2]["span"])
        if atom.has("since") and _has(atoms, following, "span"):
            end = following + 1
            while end < len(atoms) and atoms[end].has("sinceafter"):
                end += 1
            if atom.text == "从" and end == following + 1:
                return None
            return end, self._since(atoms[following]["span"])
        if atom.has("after") and _has(atoms, following, "span"):
            start = atoms[following]["span"].window.end
            return following + 1, Span(Window(start, self.now))
        if atom.has("before") and _has(atoms, following, "span"):
            return following + 1, Span(Window(None, atoms[following]["span"].window.start))
        if atom.has("until") and _has(atoms, following, "span"):
            return following + 1, Span(Window(None, atoms[following]["span"].window.end))
        if atom.has("span") and _has(atoms, at + 1, "sinceafter"):
            if atoms[at + 1].text in ("之后", "以后", "后"):
                # from its beginning or from its end on?
                raise ImpossibleTime(atoms[at + 1].text)
            return at + 2, self._since(atom["span"])
        if atom.has("span") and _has(atoms, at + 1, "beforeafter"):
            return at + 2, Span(Window(None, atom["span"].window.start))
        return None

    def _around(self, unit: str, span: Span) -> Span:
        """The week, or month, that a day lies in."""
        start = start_of(unit, (span.window.start or self.now).astimezone(self.zone))
        return replace(self._to_now(start, step(unit, start)), unit=unit)

    def _since(self, span: Span) -> Span:
        start = span.window.start
        if start is None or start > self.now:
            raise ImpossibleTime("since")
        return Span(Window(start, self.now))

    def _between(self, first: Span, second: Span) -> Span:
        start, end = first.window.start, second.window.end
        if start is None or end is None or end <= start:
            raise ImpossibleTime("between")
        return Span(Window(start, end))

    # --- calendar ------------------------------------------------------------------------------------------------

    def _local(self, year: int, month: int, day: int = 1) -> datetime:
        try:
            return datetime(year, month, day, tzinfo=self.zone)
        except ValueError:
            raise ImpossibleTime(f"{year}-{month:02}-{day:02}") from None

    def _calendar(self, unit: str, by: int) -> Span:
        start = step(unit, start_of(unit, self.local), by)
        return replace(self._to_now(start, step(unit, start)), unit=unit)

    def _to_now(self, start: datetime, end: datetime) -> Span:
        if start > self.now:
            raise ImpossibleTime("future")
        return Span(Window(start, min(end, self.now)))

    def _month(self, year: int | None, month: int) -> Span:
        start = self._local(year or self.local.year, month)
        if year is None and start > self.now:
            start = self._local(self.local.year - 1, month)
        return replace(self._to_now(start, step("month", start)), unit="month")

    def _quarter(self, year: int | None, quarter: int) -> Span:
        start = self._local(year or self.local.year, quarter * 3 - 2)
        if year is None and start > self.now:
            start = self._local(self.local.year - 1, quarter * 3 - 2)
        return replace(self._to_now(start, step("quarter", start)), unit="quarter")

    def _whole_year(self, year: int) -> Span:
        start = self._local(year, 1)
        return replace(self._to_now(start, step("year", start)), unit="year")

    def _one_day(self, year: int | None, month: int, day: int) -> Span:
        start = self._local(year or self.local.year, month, day)
        if year is None and start > self.now:
            start = self._local(self.local.year - 1, month, day)
        return replace(self._to_now(start, step("day", start)), unit="day")

    def _holiday(self, name: str, year: int | None) -> Span:
        """A day that has a name: of a year, or the latest one that has begun."""
        if year is None:
            begun = self._local(self.local.year, *_holiday_of(name, self.local.year)) <= self.now
            year = self.local.year if begun else self.local.year - 1
        return self._one_day(year, *_holiday_of(name, year))

    def _written(self, text: str) -> Span:
        parts = [int(part) for part in re.split(r"[-./]", text)]
        if len(parts) == 2:
            return self._month(*parts)
        if "-" in text:
            return self._one_day(*parts)
        day, month, year = parts
        if day <= 12 and month <= 12 and day != month and "/" in text:
            raise ImpossibleTime(text)
        if month > 12:
            day, month = month, day
        return self._one_day(year, month, day)


def _either(atoms: list[Atom], at: int) -> tuple[int, Span] | None:
    """Bought in May or June, 5月或6月退过款: a deed of either month is one of the two together."""
    if not (_has(atoms, at, "span") and _has(atoms, at + 1, "or") and _has(atoms, at + 2, "span")):
        return None
    before = next((each for each in reversed(atoms[:at]) if not each.has("filler")), None)
    of_a_deed = (before is not None and before.has("verb")) or _has(atoms, at + 3, "verb")
    one, other = sorted((atoms[at]["span"], atoms[at + 2]["span"]), key=lambda each: str(each.window.start))
    if not of_a_deed or one.window.end is None or one.window.end != other.window.start:
        return None
    return at + 3, Span(Window(one.window.start, other.window.end))


def previous(span: Span, times: Times, *, a_year: bool = False) -> Window:
    """The stretch before a calendar one, or the same a year earlier."""
    start = (span.window.start or times.now).astimezone(times.zone)
    end = (span.window.end or times.now).astimezone(times.zone)
    if a_year:
        return Window(_months_before(start, 12), _months_before(end, 12))
    if span.count or not span.unit:
        return Window(start - (end - start), start)
    return Window(step(span.unit, start, -1), start)


def _holiday_of(name: str, year: int) -> tuple[int, int]:
    """Month and day: `easter+1` and `thanksgiving+1` are days after those, anything else is `MM-DD`."""
    feast, _, later = name.partition("+")
    match feast:
        case "easter":
            month, number = _easter(year)
        case "thanksgiving":
            # the fourth Thursday of November
            month, number = 11, 22 + (3 - date(year, 11, 22).weekday()) % 7
        case _:
            month, number = map(int, feast.split("-"))
    at = date(year, month, number) + timedelta(days=int(later or 0))
    return at.month, at.day


def _easter(year: int) -> tuple[int, int]:
    """Month and day of Easter Sunday (Meeus, Astronomical Algorithms, chapter 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    w = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * w) // 451
    month, number = divmod(h + w - 7 * m + 114, 31)
    return month, number + 1


def _months_before(at: datetime, months: int) -> datetime:
    """The same wall-clock time some months earlier; the last day of a month that is too short."""
    month = at.year * 12 + at.month - 1 - months
    year, number = month // 12, month % 12 + 1
    for day in (at.day, 30, 29, 28):
        try:
            return at.replace(year=year, month=number, day=day)
        except ValueError:
            if day == 28:
                raise
    raise ValueError(months)


def _is_one_day(atoms: list[Atom], at: int) -> bool:
    return _has(atoms, at, "span") and atoms[at]["span"].unit == "day" and not atoms[at]["span"].count


def _has(atoms: list[Atom], at: int, kind: str) -> bool:
    return at < len(atoms) and atoms[at].has(kind)


def _year(atom: Atom) -> int | None:
    if not atom.has("num") or not re.fullmatch(r"(19|20)\d\d|[一二][零〇一二三四五六七八九]{3}", atom.text):
        return None
    return int(atom["num"])
