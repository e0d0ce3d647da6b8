"""Staff put a ticket aside until a time or until the customer's answer, which wakes it in any case."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers import actions
from handlers.actions import Action
from handlers.desk import Desk
from handlers.staff.changes import Snooze, Wake
from handlers.staff.scene import Scene
from handlers.texts import text
from handlers.texts.dates import moment

#: when a day begins that is named without a time
MORNING = time(9)
_LONGEST = timedelta(days=366)
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_LENGTH = re.compile(r"(\d{1,5})\s*(m|min|minutes?|h|hours?|d|days?|w|weeks?)")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_ANSWER = ("answer", "reply", "the answer", "customer answers", "customer")


class NoTime(ValueError):
    """Words that name no time."""


def until(words: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The time that words name, in the shop's time zone; None for the customer's answer. Raises `NoTime`.

    >>> from datetime import UTC
    >>> monday, berlin = datetime(2026, 3, 2, 9, 30, tzinfo=UTC), ZoneInfo("Europe/Berlin")
    >>> [str(until(words, monday, berlin)) for words in ("2h", "tomorrow 8:15", "monday", "until answer")]
    ['2026-03-02 11:30:00+00:00', '2026-03-03 07:15:00+00:00', '2026-03-09 08:00:00+00:00', 'None']
    """
    said = " ".join(words.lower().split())
    said = said.removeprefix("until ").removeprefix("for ").removeprefix("next ")
    if said in _ANSWER:
        return None
    if found := _LENGTH.fullmatch(said):
        try:
            return now + int(found[1]) * _UNITS[found[2][0]]
        except OverflowError:
            raise NoTime(words) from None
    return _named(said, now, zone)


def _named(said: str, now: datetime, zone: ZoneInfo) -> datetime:
    day, _, clock = said.rpartition(" ") if _CLOCK.fullmatch(said.rpartition(" ")[2]) else (said, "", "")
    at = _clock(clock) if clock else MORNING
    today = now.astimezone(zone).date()
    if not said:
        raise NoTime(said)
    if day in ("", "today"):
        due = _at(today, at, zone)
        return due if due > now or day else _at(today + timedelta(days=1), at, zone)
    if day == "tomorrow":
        return _at(today + timedelta(days=1), at, zone)
    weekday = next((number for number, name in enumerate(_WEEK) if day in (name, name[:3])), None)
    if weekday is not None:
        ahead = (weekday - today.weekday() - 1) % 7 + 1
        return _at(today + timedelta(days=ahead), at, zone)
    try:
        return _at(date.fromisoformat(day), at, zone)
    except (ValueError, OverflowError):
        raise NoTime(said) from None


def _clock(said: str) -> time:
    hour, minute = map(int, said.split(":"))
    if hour > 23 or minute > 59:
        raise NoTime(said)
    return time(hour, minute)


def _at(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Facts:
    scene: Scene
    change: Snooze


def gather(change: Snooze, scene: Scene, _: Desk) -> Facts:
    return Facts(scene, change)


def decide(facts: Facts) -> list[Action]:
    scene, ticket, at = facts.scene, facts.scene.ticket, facts.change.until
    zone = scene.policy.timezone
    if not ticket.is_open:
        return scene.whisper(text("ticket.already_resolved", ticket=ticket.id))
    if at is not None and at <= scene.now:
        return scene.whisper(text("snooze.past", at=moment(at, zone)))
    if at is not None and at > scene.now + _LONGEST:
        return scene.whisper(text("snooze.too_long"))
    if at is None:
        told = text("snooze.until_answer", staff=scene.staff.name)
    else:
        told = text("snooze.until", staff=scene.staff.name, at=moment(at, zone))
    detail = "until the customer's answer" if at is None else f"until {at.isoformat(timespec='minutes')}"
    return [actions.Snooze(ticket.id, at), *scene.done("snoozed", told, detail)]


def gather_wake(_: Wake, scene: Scene, __: Desk) -> Scene:
    return scene


def decide_wake(scene: Scene) -> list[Action]:
    if not scene.ticket.is_snoozed:
        return scene.whisper(text("snooze.is_awake", ticket=scene.ticket.id))
    return [actions.Wake(scene.ticket.id), *scene.done("woke", text("thread.woke", staff=scene.staff.name))]
