"""The table of jobs: what happens by the clock. A slot `(job, due)` happens once, however many processes are up."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import and_, select

from crm_store.schema import JobRun
from crm_store.upsert import insert_once
from handlers.actions import Action
from handlers.desk import Desk
from handlers.events import Slot
from jobs import mutes
from jobs.digests import waiting


@dataclass(frozen=True, slots=True)
class Job:
    """Reads the facts of a slot, then decides on them alone."""

    gather: Callable[[Slot, Desk], Any]
    decide: Callable[[Any], list[Action]]


JOBS = {
    "waiting": Job(waiting.gather, waiting.decide),
    "mutes": Job(mutes.gather, mutes.decide),
}


class UnknownJob(LookupError):
    """No job has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no job {name!r}; there are {', '.join(sorted(JOBS))}")
        self.name = name


def handle(slot: Slot, desk: Desk) -> list[Action]:
    """What a slot's job decides; nothing when the slot was taken already. Raises `UnknownJob`."""
    if slot.job not in JOBS:
        raise UnknownJob(slot.job)
    taken = {"job": slot.name, "due": slot.due, "taken_at": desk.now}
    this = and_(JobRun.job == slot.name, JobRun.due == slot.due)
    if desk.connection.scalar(select(JobRun.id).where(this)) is not None:
        return []
    if insert_once(desk.connection, JobRun, taken, this) is None:
        return []
    return decide(slot, desk)


def decide(slot: Slot, desk: Desk) -> list[Action]:
    """What the job decides, whether or not the slot was taken."""
    job = JOBS[slot.job]
    seen = replace(desk, now=slot.due) if slot.by_hand else desk
    return job.decide(job.gather(slot, seen))
