"""The customers whose conversations are in progress, and the order each of them has on their mind."""

from dataclasses import dataclass
from typing import Final

from crm_store.orders import OrderStatus


@dataclass(frozen=True, slots=True)
class Role:
    """One of the cast: always there, under the same id, whatever the seed."""

    external_id: str
    country: str
    language: str
    name: str
    #: age of the newest order in days, its status and what is in it
    ordered: float
    status: OrderStatus
    items: tuple[str, ...]
    #: days ago, of a delivered order
    delivered: float | None = None


LATE: Final = Role("C-1001", "GB", "en", "Emma Whitfield", 12.2, "shipped", ("Skarn Rain Jacket, women",))
WRONG_SIZE: Final = Role("C-1002", "DE", "de", "Lukas Brandt", 7.4, "delivered", ("Kestrel Mid Hiking Boots",), 3.2)
BROKEN: Final = Role(
    "C-1003", "US", "en", "Megan Sullivan", 9.1, "delivered", ("Hearth Gas Stove", "Titanium Pot 900 ml"), 0.4
)
REFUND: Final = Role("C-1004", "FR", "fr", "Camille Garnier", 15.3, "delivered", ("Cloud 5 Sleeping Mat",), 10.8)
INVOICE: Final = Role(
    "C-1005", "AT", "de", "Katharina Leitner", 24.6, "delivered", ("Ridge 45 Trekking Pack", "Rain Cover 30-45"), 20.5
)
ADDRESS: Final = Role("C-1006", "ES", "es", "Javier Molina", 0.8, "paid", ("Merino 200 Long Sleeve", "Merino Beanie"))
PRAISE: Final = Role("C-1007", "GB", "en", "Callum Reid", 8.7, "delivered", ("Fjell 2 Trekking Tent",), 5.1)
ANGRY: Final = Role("C-1008", "US", "en", "Brandon Hayes", 19.5, "shipped", ("Ember Down Jacket, men",))
QUESTION: Final = Role("C-1009", "CN", "zh", "王静", 64.2, "delivered", ("Ridge 28 Daypack",), 52.6)
STATUS: Final = Role(
    "C-1010", "GB", "en", "Hannah Okafor", 2.6, "shipped", ("Lumen 400 Headlamp", "Hiking Socks, 2 pairs")
)
EDITED: Final = Role("C-1011", "NL", "en", "Sanne de Vries", 0.3, "paid", ("Harbour 35 Cabin Bag", "Travel Towel L"))
RESOLVED: Final = Role("C-1012", "BR", "pt", "Rafael Teixeira", 21.4, "delivered", ("Packing Cubes, set of 4",), 6.2)
LONGEST: Final = Role("C-1013", "DE", "de", "Stefan Kuhn", 16.9, "delivered", ("Trekking Poles, pair",), 12.4)
STATUS_GERMAN: Final = Role("C-1014", "DE", "de", "Miriam Seidel", 3.1, "shipped", ("Insulated Bottle 0.75 l",))

CAST: Final = (
    LATE, WRONG_SIZE, BROKEN, REFUND, INVOICE, ADDRESS, PRAISE, ANGRY, QUESTION, STATUS, EDITED, RESOLVED, LONGEST,
    STATUS_GERMAN,
)  # fmt: skip
