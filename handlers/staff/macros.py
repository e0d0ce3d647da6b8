"""The command /macro: staff list, read, keep and delete macros, and answer a ticket with one."""

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import assert_never

from crm_store import macros
from crm_store.macros import MacroView
from handlers.actions import Action, Audit, DeleteMacro, SaveMacro, Say, Whisper
from handlers.desk import Desk
from handlers.events import StaffCommanded, key_in
from handlers.message import Fact, Message
from handlers.roles import may, refusal
from handlers.staff import reply, variables
from handlers.texts import LANGUAGES, text
from nlp.language import language_of

#: characters of a macro, as many as the reply form takes
_LONGEST = 3_000
_NAME = r"(?P<name>[\w-]{1,64})"
_SHOW = re.compile(rf"show\s+{_NAME}", re.IGNORECASE)
_SAVE = re.compile(rf"save\s+{_NAME}(?:\s+(?P<language>[a-z]{{2}}))?\s*[:：]\s*(?P<text>.+)", re.IGNORECASE | re.DOTALL)
_DELETE = re.compile(rf"delete\s+{_NAME}(?:\s+(?P<language>[a-z]{{2}}))?", re.IGNORECASE)
_USE = re.compile(rf"use\s+{_NAME}\s+(?:on\s+)?#?(?P<ticket>\d{{1,18}})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Show:
    """One macro, or (without a name) what there is."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class Save:
    name: str
    language: str
    words: str


@dataclass(frozen=True, slots=True)
class Delete:
    name: str
    #: None: in every language
    language: str | None


@dataclass(frozen=True, slots=True)
class Use:
    name: str
    ticket: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """Nothing of the above."""


Wish = Show | Save | Delete | Use | Unclear


def wish_of(typed: str) -> Wish:
    """What is asked for by the words after /macro.

    >>> wish_of("save Late en: Sorry, {customer.first_name}")
    Save(name='late', language='en', words='Sorry, {customer.first_name}')
    >>> wish_of("use late on #12"), wish_of(""), wish_of("dance")
    (Use(name='late', ticket='12'), Show(name=''), Unclear())
    """
    typed = typed.strip()
    if not typed or typed.lower() == "list":
        return Show()
    if found := _SHOW.fullmatch(typed):
        return Show(found["name"].lower())
    if found := _SAVE.fullmatch(typed):
        words = found["text"].strip()
        return Save(found["name"].lower(), (found["language"] or _written_in(words)).lower(), words)
    if found := _DELETE.fullmatch(typed):
        return Delete(found["name"].lower(), found["language"] and found["language"].lower())
    if found := _USE.fullmatch(typed):
        return Use(found["name"].lower(), found["ticket"])
    return Unclear()


def _written_in(words: str) -> str:
    found = language_of(words)
    return found if found in LANGUAGES else "en"


@dataclass(frozen=True, slots=True)
class Facts:
    event: StaffCommanded
    wish: Wish
    staff: str
    #: the macro's texts; all macros' where none is named
    known: tuple[MacroView, ...]
    #: the answer that a macro makes
    reply: reply.Facts | None
    now: datetime
    role: str
    #: whether the colleague may change macros and send them
    may: bool


def gather(event: StaffCommanded, desk: Desk) -> Facts:
    wish = wish_of(event.text)
    match wish:
        case Show(name=""):
            known = macros.every(desk.connection)
        case Show(name=name) | Save(name=name) | Delete(name=name) | Use(name=name):
            known = macros.named(desk.connection, name)
        case _:
            known = ()
    staff = desk.colleague(event.staff)
    allowed = may(staff.role, "reply", desk.policy.roles)
    answer = gather_use(event, desk) if isinstance(wish, Use) and allowed else None
    return Facts(event, wish, staff.name, known, answer, desk.now, staff.role, allowed)


def gather_use(event: StaffCommanded, desk: Desk) -> reply.Facts | None:
    """The answer of `/macro use NAME on TICKET`."""
    wish = wish_of(event.text)
    if not isinstance(wish, Use):
        return None
    ticket = desk.ticket_named(wish.ticket) if key_in(wish.ticket) is not None else None
    return reply.facts_of(event, ticket, "", desk, macro=wish.name)


def decide(facts: Facts) -> list[Action]:
    match facts.wish:
        case Save() | Delete() | Use() if not facts.may:
            kept = Audit(facts.staff, "not allowed", "macro", "reply")
            return [kept, _whisper(facts, Message(text=refusal(facts.role, "reply")))]
        case Show(name=""):
            return [_whisper(facts, _list(facts.known))]
        case Unclear():
            return [_whisper(facts, Message(text=text("macro.usage")))]
        case Save():
            return _save(facts, facts.wish)
        case Show(name=name) | Delete(name=name) | Use(name=name) if not facts.known:
            return [_whisper(facts, Message(text=text("macro.unknown", name=name)))]
        case Show(name=name):
            texts = tuple(Fact(macro.language, macro.text) for macro in facts.known)
            return [_whisper(facts, Message(title=name, facts=texts))]
        case Delete():
            return _delete(facts, facts.wish)
        case Use(name=name):
            return _use(facts, name)
        case _:
            assert_never(facts.wish)


def _list(known: tuple[MacroView, ...]) -> Message:
    if not known:
        return Message(text=text("macro.none"))
    lines = [f"{name} ({', '.join(one.language for one in texts)})" for name, texts in groupby(known, _name)]
    return Message(title=text("macro.list"), text="\n".join(lines))


def _name(macro: MacroView) -> str:
    return macro.name


def _save(facts: Facts, wish: Save) -> list[Action]:
    problem = _problem(wish)
    if problem is not None:
        return [_whisper(facts, Message(text=problem))]
    macro = MacroView(wish.name, wish.language, wish.words, facts.staff, facts.now)
    is_new = all(known.language != wish.language for known in facts.known)
    told = text("macro.saved" if is_new else "macro.replaced", name=wish.name, language=wish.language)
    return [
        SaveMacro(macro),
        Audit(facts.staff, "save macro", f"macro:{wish.name}", wish.language),
        _whisper(facts, Message(text=told)),
    ]


def _problem(wish: Save) -> str | None:
    if wish.language not in LANGUAGES:
        return text("macro.language", language=wish.language, known=", ".join(LANGUAGES))
    if len(wish.words) > _LONGEST:
        return text("macro.too_long", limit=_LONGEST, size=len(wish.words))
    unknown = variables.unknown(wish.words)
    if unknown:
        named = ", ".join(f"{{{name}}}" for name in unknown)
        known = ", ".join(f"{{{name}}}" for name in variables.VARIABLES)
        return text("macro.variable", unknown=named, known=known)
    return None


def _delete(facts: Facts, wish: Delete) -> list[Action]:
    if wish.language is not None and all(macro.language != wish.language for macro in facts.known):
        told = text("macro.not_in", name=wish.name, language=wish.language)
        return [_whisper(facts, Message(text=told))]
    return [
        DeleteMacro(wish.name, wish.language),
        Audit(facts.staff, "delete macro", f"macro:{wish.name}", wish.language or "all"),
        _whisper(facts, Message(text=text("macro.deleted", name=wish.name))),
    ]


def _use(facts: Facts, name: str) -> list[Action]:
    if facts.reply is None:
        return [_whisper(facts, Message(text=text("macro.usage")))]
    decided = reply.decide(facts.reply)
    if facts.reply.ticket is None or any(isinstance(action, Whisper) for action in decided):
        return decided
    leaves = any(isinstance(action, Say) for action in decided)
    told = text("macro.used" if leaves else "macro.held", name=name, ticket=facts.reply.ticket.id)
    return [*decided, _whisper(facts, Message(text=told))]


def _whisper(facts: Facts, message: Message) -> Whisper:
    return Whisper(facts.event.staff, facts.event.place, message)
