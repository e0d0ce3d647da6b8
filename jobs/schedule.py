"""The table of jobs: what happens by the clock. A slot `(job, due)` happens once, however many processes are up."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import and_, select

from crm_store import digest_plans
from crm_store.schema import JobRun
from crm_store.upsert import insert_once
from handlers.actions import Action, TellRoom, Whisper
from handlers.desk import Desk
from handlers.events import Slot, StaffCommanded
from jobs import assignment, mutes, promises, questions, refunds, reviews, scores, sla, snooze, surveys
from jobs.digests import churn, rfm, sales, service, waiting
from jobs.digests import reviews as review_digest


@dataclass(frozen=True, slots=True)
class Job:
    """Reads the facts of a slot, then decides on them alone."""

    gather: Callable[[Slot, Desk], Any]
    decide: Callable[[Any], list[Action]]
    #: of a job that is due every minute or so, whether there is anything to do: else the slot is not kept at all, so
    #: that neither the inbox nor `job_runs` fills with minutes in which nothing happened
    is_wanted: Callable[[Desk], bool] | None = None


JOBS = {
    "waiting": Job(waiting.gather, waiting.decide),
    "rfm": Job(rfm.gather, rfm.decide),
    "churn": Job(churn.gather, churn.decide),
    "service": Job(service.gather, service.decide),
    # "reviews" reads new ones
    "review_digest": Job(review_digest.gather, review_digest.decide),
    "sales": Job(sales.gather, sales.decide),
    "surveys": Job(surveys.gather, surveys.decide, surveys.is_wanted),
    "reviews": Job(reviews.gather, reviews.decide, reviews.is_wanted),
    "review_requests": Job(reviews.gather_due, reviews.decide_due),
    "refunds": Job(refunds.gather, refunds.decide, refunds.is_wanted),
    "snooze": Job(snooze.gather, snooze.decide, snooze.is_wanted),
    "sla": Job(sla.gather, sla.decide, sla.is_wanted),
    "promises": Job(promises.gather, promises.decide, promises.is_wanted),
    "assignment": Job(assignment.gather, assignment.decide, assignment.is_wanted),
    "mutes": Job(mutes.gather, mutes.decide, mutes.is_wanted),
    # a job for each, named `question:7`
    questions.NAME: Job(questions.gather, questions.decide),
    "scores": Job(scores.gather, scores.decide),
    "training": Job(scores.gather, scores.decide_training),
}
#: jobs that are part of how the desk works, and so are due by the clock without being configured
ALWAYS = dict.fromkeys(("snooze", "sla", "promises", "assignment"), "* * * * *")


#: digests, which people may ask for and plan, by the name they go by; the job behind each
DIGESTS = {
    "waiting": "waiting",
    "rfm": "rfm",
    "churn": "churn",
    "service": "service",
    "reviews": "review_digest",
    "sales": "sales",
}


def digests() -> tuple[str, ...]:
    """The names of the digests."""
    return tuple(sorted(DIGESTS))


class UnknownJob(LookupError):
    """No job has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no job {name!r}; there are {', '.join(sorted(JOBS))}")
        self.name = name


def is_wanted(slot: Slot, desk: Desk) -> bool:
    """Whether a slot that is due is worth keeping."""
    job = _job(slot)
    return job is None or job.is_wanted is None or job.is_wanted(desk)


def _job(slot: Slot) -> Job | None:
    """A slot's job; what stands after a colon says which of several of its kind it is."""
    return JOBS.get(slot.job.partition(":")[0])


def handle(slot: Slot, desk: Desk) -> list[Action]:
    """What a slot's job decides; nothing when the slot was taken already. Raises `UnknownJob`."""
    if _job(slot) is None:
        raise UnknownJob(slot.job)
    if slot.asked_by is not None:
        return _shown_to(slot.asked_by, decide(slot, desk))
    taken = {"job": slot.name, "due": slot.due, "taken_at": desk.now}
    this = and_(JobRun.job == slot.name, JobRun.due == slot.due)
    if desk.connection.scalar(select(JobRun.id).where(this)) is not None:
        return []
    if insert_once(desk.connection, JobRun, taken, this) is None:
        return []
    return decide(slot, desk)


def _shown_to(asked: StaffCommanded, decided: list[Action]) -> list[Action]:
    """What would be posted, for one person alone; nothing is done."""
    return [Whisper(asked.staff, asked.place, one.message) for one in decided if isinstance(one, TellRoom)]


def decide(slot: Slot, desk: Desk) -> list[Action]:
    """What the job decides, whether or not the slot was taken."""
    job = _job(slot)
    if job is None:
        raise UnknownJob(slot.job)
    seen = replace(desk, now=slot.due) if slot.by_hand else desk
    decided = job.decide(job.gather(slot, seen))
    digest = next((name for name, its in DIGESTS.items() if its == slot.job), None)
    room = "" if digest is None else digest_plans.room_of(desk.connection, digest)
    return [replace(one, place=room) if isinstance(one, TellRoom) else one for one in decided] if room else decided
