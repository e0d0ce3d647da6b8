"""When the desk is there, what it promises, and who answers what: what the shop settled about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from crm_store.calendar import Calendar
from crm_store.duty import OnDuty, Unassigned
from crm_store.targets import Targets
from crm_store.tickets import StaffView
from handlers.events import Colleague

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Team:
    """Who answers tickets of some kinds, in some languages; an empty set is all of them."""

    name: str
    #: their accounts' ids, or the names they go by
    members: frozenset[str]
    kinds: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    #: the desk's, when None
    hours: Calendar | None = None


@dataclass(frozen=True, slots=True)
class Staffing:
    hours: Calendar = field(default_factory=lambda: Calendar(ZoneInfo("UTC")))
    #: by priority
    targets: Mapping[str, Targets] = field(default_factory=dict)
    #: what is left of a target when its assignee is warned, 0 (never) to 1
    warn_left: float = 0.2
    #: in open time after a breach
    to_channel: timedelta = timedelta(minutes=15)
    to_manager: timedelta = timedelta(hours=1)
    teams: tuple[Team, ...] = ()
    assignment: Literal["off", "round_robin"] = "off"
    #: the most open tickets anybody is given
    cap: int = 10
    #: whether customers are told when to expect an answer
    tells_when: bool = True
    #: minor units of the base currency: whoever spent so much counts as valued
    valued_from: int = 50_000

    def team_for(self, kind: str, language: str | None) -> Team | None:
        """Who answers a ticket: the first team that fits."""
        spoken = (language or "")[:2]
        fits = (
            team
            for team in self.teams
            if (not team.kinds or kind in team.kinds) and (not team.languages or spoken in team.languages)
        )
        return next(fits, None)

    def team(self, name: str | None) -> Team | None:
        return next((team for team in self.teams if team.name == name), None)

    def calendar(self, team: str | None) -> Calendar:
        """The hours of a ticket's team."""
        found = self.team(team)
        return self.hours if found is None or found.hours is None else found.hours

    def targets_of(self, priority: str) -> Targets:
        return self.targets.get(priority, Targets())


def account_of(staff: StaffView) -> Colleague:
    """Where a colleague is called."""
    return Colleague(staff.channel, staff.user, staff.name)


def in_turn(people: Sequence[OnDuty], staffing: Staffing, team: str | None) -> OnDuty | None:
    """Whose turn it is to be given a ticket: of the team's members on duty with room for one, whoever waited longest.

    A ticket of no team, or of one that the configuration has no more, is anybody's.
    """
    found = staffing.team(team)
    members = [one for one in people if found is None or {one.staff.user, one.staff.name} & found.members]
    free = [one for one in members if one.load < staffing.cap]
    return min(free, key=lambda one: (one.assigned_at or _LONG_AGO, one.load, one.since, one.staff.id), default=None)


def hand_out(
    waiting: Sequence[Unassigned], people: Sequence[OnDuty], staffing: Staffing, now: datetime
) -> list[tuple[Unassigned, OnDuty | None]]:
    """Each ticket with whoever it is given to, in turn; None where nobody has room."""
    by_id = {one.staff.id: one for one in people}
    given: list[tuple[Unassigned, OnDuty | None]] = []
    for ticket in waiting:
        one = in_turn(list(by_id.values()), staffing, ticket.team)
        if one is not None:
            by_id[one.staff.id] = replace(one, assigned_at=now, load=one.load + 1)
        given.append((ticket, one))
    return given
