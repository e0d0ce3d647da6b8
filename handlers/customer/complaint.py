"""A complaint becomes a ticket like any other, but its writer is not only told that it came: somebody upset
hears first that we are sorry, somebody calm that it was right to say so."""

from typing import Final

from handlers.actions import Action
from handlers.customer import ticket
from nlp.meaning import Reading

#: from a sentiment here down, thanks would sound cold
UPSET: Final = -0.5

gather = ticket.gather


def decide(facts: ticket.Facts) -> list[Action]:
    upset = facts.reading is not None and is_upset(facts.reading)
    return ticket.decide(facts, opened="complaint.angry" if upset else "complaint.calm")


def is_upset(reading: Reading) -> bool:
    return reading.sentiment <= UPSET or reading.urgency == "high" or reading.is_abuse
