"""How much of a hurry a complaint is in."""

from nlp.meaning import Urgency

#: a sentiment from here down is anger
ANGRY = -0.7


def of_complaint(urgency: Urgency, sentiment: float, *, is_valued: bool, is_abuse: bool = False) -> str:
    """A complaint's priority, from what it says and what the shop stands to lose.

    It begins as normal, and rises a step for each of: it is urgent, its writer is angry (or abusive), a valued customer
    may be lost. Two steps or more are urgent; that a customer is calm or in no hurry makes no complaint low.

    >>> of_complaint("normal", -0.2, is_valued=False), of_complaint("normal", -0.9, is_valued=False)
    ('normal', 'high')
    >>> of_complaint("high", 0.1, is_valued=True)
    'urgent'
    """
    steps = (urgency == "high") + (sentiment <= ANGRY or is_abuse) + is_valued
    return ("normal", "high", "urgent", "urgent")[steps]
