"""A complaint becomes a ticket like any other, but its writer is not thanked for a message: somebody angry is told
first that we are sorry, somebody calm that it was right to say so."""

from handlers.actions import Action
from handlers.customer import ticket
from handlers.priority import ANGRY
from nlp.meaning import Reading

gather = ticket.gather


def decide(facts: ticket.Facts) -> list[Action]:
    tone = "complaint.angry" if facts.reading is not None and is_angry(facts.reading) else "complaint.calm"
    return ticket.decide(facts, opened=tone)


def is_angry(reading: Reading) -> bool:
    return reading.sentiment <= ANGRY or reading.is_abuse
