"""Who of staff may do what: agents and managers the desk's work, readers look on.

Whatever is done has a name (`claim`, `merge`, ...). A feature asks `may(staff.role, "merge", policy.roles)` and, where
the answer is no, says `refusal(...)`; the buttons and forms of the desk are asked about in one place
(`handlers.staff.not_allowed`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from handlers.texts import text

Role = Literal["agent", "manager", "reader"]
#: what can be given to one role and not to another: all that staff do but look
StaffAction = Literal[
    "claim", "reply", "note", "resolve", "reopen", "assign", "priority", "tag", "kind", "correct", "snooze", "merge",
    "split", "link", "export", "mute", "refund", "errand", "article", "replay", "digest", "duty", "contacts",
]  # fmt: skip
ACTIONS: tuple[str, ...] = get_args(StaffAction)
_HIGHEST_FIRST: tuple[Role, ...] = ("manager", "agent", "reader")

#: to see what is not on a card: a customer's page, a ticket's history, numbers. Every role may
LOOK = "look"
#: to see a customer's e-mail address, telephone number and postal address
CONTACTS = "contacts"


@dataclass(frozen=True, slots=True)
class Roles:
    """Who has which role, and what the shop lets a role do."""

    #: by user id on the staff's platform
    members: Mapping[str, Role] = field(default_factory=dict)
    #: by user group of that platform: whoever is in several has the highest of their roles
    groups: Mapping[str, Role] = field(default_factory=dict)
    #: who is in those groups, by group; None while the platform has not told yet
    joined: Mapping[str, Collection[str]] | None = field(default_factory=dict)
    #: of those whom neither names
    others: Role = "agent"
    #: by role the actions the shop gives it; a role that is not named here may do what is usual
    given: Mapping[str, frozenset[str]] = field(default_factory=dict)
    #: what each role may give back alone, in minor units of the shop's currency
    limits: Mapping[str, int] = field(default_factory=lambda: {"agent": 100_00, "manager": 1000_00})

    def of(self, user: str) -> Role:
        """The role of a staff member.

        >>> Roles({"U1": "manager"}).of("U1"), Roles().of("U2"), Roles(others="reader").of("U2")
        ('manager', 'agent', 'reader')
        >>> Roles({"U1": "agent"}, {"S1": "manager"}, {"S1": ("U1", "U2")}).of("U2")
        'manager'
        """
        if user in self.members:  # one's own name says more than a group's
            return self.members[user]
        held = {role for group, role in self.groups.items() if user in (self.joined or {}).get(group, ())}
        return next((role for role in _HIGHEST_FIRST if role in held), self.others)

    def knows(self, user: str) -> bool:
        """Whether the role of a staff member can be told: not while it may lie in a group that was not told yet.

        >>> waiting = Roles({"U1": "agent"}, {"S1": "manager"}, None)
        >>> waiting.knows("U1"), waiting.knows("U2"), Roles().knows("U2")
        (True, False, True)
        """
        return self.joined is not None or not self.groups or user in self.members

    @property
    def named(self) -> frozenset[Role]:
        """The roles that somebody has: a person, or a group."""
        return frozenset({*self.members.values(), *self.groups.values()})

    def leads(self, staff_role: str) -> bool:
        """Whether somebody with a role has a manager's say: every agent has it where the shop names no managers.

        >>> Roles().leads("agent"), Roles({"U1": "manager"}).leads("agent"), Roles().leads("reader")
        (True, False, False)
        """
        return staff_role == "manager" or (staff_role == "agent" and "manager" not in self.named)

    def limit_of(self, user: str) -> int:
        """What a staff member may give back alone, in minor units of the shop's currency.

        >>> Roles({"U1": "manager", "U2": "reader"}).limit_of("U1"), Roles({"U2": "reader"}).limit_of("U2")
        (100000, 0)
        """
        role = self.of(user)
        return self.limits.get(role, 0) if may(role, "refund", self) else 0

    @property
    def highest_limit(self) -> int:
        """The limit of the highest role that somebody has: without managers, the agents'."""
        held = {role for role in self.named if may(role, "refund", self)} or {"agent"}
        return max(self.limits.get(role, 0) for role in held)


EVERYBODY = Roles()


def may(staff_role: str, action: str, roles: Roles = EVERYBODY) -> bool:
    """Whether somebody with a role may do something: agents and managers everything, readers only look, unless the
    shop says which actions a role has.

    >>> may("agent", "claim"), may("reader", "claim"), may("reader", LOOK)
    (True, False, True)
    >>> may("agent", "refund", Roles(given={"agent": frozenset({"claim"})}))
    False
    """
    if action == LOOK:
        return True
    if staff_role in roles.given:
        return action in roles.given[staff_role]
    return staff_role in ("agent", "manager")


def refusal(staff_role: str, action: str) -> str:
    """The sentence for somebody who may not."""
    role = text(f"role.{staff_role}") if staff_role in ("agent", "manager", "reader") else staff_role
    return text("role.refused", role=role, action=action.replace("_", " "))
