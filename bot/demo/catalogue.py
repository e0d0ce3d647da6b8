"""What the demo's shop sells."""

from dataclasses import dataclass
from typing import Final, Literal

#: when a category sells: in the warm months, in the cold ones, or all year
Season = Literal["warm", "cold", "all year"]


@dataclass(frozen=True, slots=True)
class Article:
    sku: str
    name: str
    category: str
    #: in whole and hundredths of the shop's own currency
    price: float
    #: how often it is chosen, 1 to 10
    popularity: int
    #: quality problems among buyers, of a hundred
    faults: int
    #: whether it comes in sizes that can be wrong
    sized: bool


#: code, category, season, sized, and its articles: name, price, popularity, faults
_SHELVES: Final[tuple[tuple[str, str, Season, bool, tuple[tuple[str, float, int, int], ...]], ...]] = (
    ("TEN", "Tents", "warm", False, (
        ("Fjell 2 Trekking Tent", 249.90, 7, 3),
        ("Fjell 3 Family Tent", 329.00, 5, 3),
        ("Solo Lite Bivouac Tent", 189.90, 4, 4),
        ("Meadow 4 Camping Tent", 279.00, 4, 7),
        ("Basin Tarp 3x3", 69.90, 5, 2),
        ("Aluminium Tent Pegs, set of 10", 14.90, 6, 1),
        ("Footprint for Fjell 2", 34.90, 4, 1),
    )),
    ("SLP", "Sleeping", "warm", False, (
        ("Tarn 0° Down Sleeping Bag", 219.00, 5, 2),
        ("Tarn +8° Summer Sleeping Bag", 89.90, 6, 2),
        ("Cloud 5 Sleeping Mat", 79.90, 8, 8),
        ("Cloud 7 Insulated Mat", 119.00, 5, 5),
        ("Folding Foam Mat", 29.90, 6, 1),
        ("Inflatable Travel Pillow", 19.90, 8, 4),
        ("Silk Liner", 49.90, 4, 2),
    )),
    ("PCK", "Backpacks", "all year", False, (
        ("Ridge 28 Daypack", 89.90, 10, 2),
        ("Ridge 45 Trekking Pack", 149.00, 7, 2),
        ("Ridge 65 Expedition Pack", 199.00, 4, 3),
        ("Commuter Roll-top 20", 79.90, 7, 2),
        ("Packable Daypack 16", 34.90, 8, 3),
        ("Kids' Explorer 12", 39.90, 4, 1),
        ("Rain Cover 30-45", 17.90, 6, 2),
    )),
    ("JKT", "Jackets", "cold", True, (
        ("Skarn Rain Jacket, women", 139.00, 8, 4),
        ("Skarn Rain Jacket, men", 139.00, 8, 4),
        ("Ember Down Jacket, women", 189.00, 7, 2),
        ("Ember Down Jacket, men", 189.00, 6, 2),
        ("Drift Softshell, unisex", 109.00, 6, 2),
        ("Kids' Puddle Jacket", 49.90, 5, 2),
        ("Packable Wind Shell", 69.90, 6, 3),
    )),
    ("BAS", "Base layers", "cold", True, (
        ("Merino 150 T-shirt", 54.90, 9, 3),
        ("Merino 200 Long Sleeve", 74.90, 8, 3),
        ("Merino Leggings", 69.90, 6, 3),
        ("Hiking Socks, 2 pairs", 24.90, 10, 1),
        ("Merino Beanie", 29.90, 7, 1),
        ("Fleece Gloves", 24.90, 6, 2),
        ("Neck Gaiter", 16.90, 7, 1),
    )),
    ("TRS", "Trousers", "all year", True, (
        ("Traverse Hiking Trousers, women", 89.90, 6, 2),
        ("Traverse Hiking Trousers, men", 89.90, 6, 2),
        ("Zip-off Trousers, unisex", 79.90, 4, 5),
        ("Trail Shorts", 49.90, 6, 1),
        ("Rain Overtrousers", 59.90, 5, 3),
    )),
    ("SHO", "Footwear", "all year", True, (
        ("Kestrel Mid Hiking Boots", 169.00, 8, 3),
        ("Kestrel Low Hiking Shoes", 129.00, 8, 3),
        ("Scree Trail Runners", 119.00, 6, 5),
        ("Camp Sandals", 59.90, 5, 2),
        ("Cork Insoles", 24.90, 5, 1),
        ("Boot Care Kit", 19.90, 4, 1),
    )),
    ("COO", "Cooking", "warm", False, (
        ("Hearth Gas Stove", 44.90, 7, 4),
        ("Titanium Pot 900 ml", 39.90, 6, 1),
        ("Cook Set for Two", 59.90, 6, 2),
        ("Long Spoon", 9.90, 7, 1),
        ("Insulated Bottle 0.75 l", 29.90, 10, 3),
        ("Camp Mug, enamel", 12.90, 8, 4),
        ("Coffee Dripper, folding", 18.90, 6, 1),
        ("Water Filter 1 l", 44.90, 6, 5),
    )),
    ("LGT", "Light & power", "cold", False, (
        ("Lumen 400 Headlamp", 39.90, 9, 3),
        ("Lumen 200 Kids' Headlamp", 19.90, 4, 2),
        ("Lantern, rechargeable", 34.90, 6, 4),
        ("Solar Panel 15 W", 79.90, 4, 6),
        ("Power Bank 20 Ah", 49.90, 6, 3),
    )),
    ("TRV", "Travel", "all year", False, (
        ("Harbour 35 Cabin Bag", 119.00, 6, 4),
        ("Harbour 60 Duffel", 99.90, 6, 2),
        ("Packing Cubes, set of 4", 29.90, 9, 1),
        ("Wash Bag", 24.90, 7, 1),
        ("Travel Towel L", 19.90, 8, 1),
        ("Money Belt", 17.90, 4, 1),
        ("Universal Adapter", 24.90, 6, 5),
        ("Passport Wallet", 22.90, 5, 1),
    )),
    ("TOO", "Navigation & tools", "all year", False, (
        ("Trekking Poles, pair", 69.90, 7, 5),
        ("Pocket Knife", 34.90, 6, 1),
        ("Compass", 24.90, 4, 1),
        ("First Aid Kit", 27.90, 7, 1),
        ("Dry Bag 13 l", 17.90, 7, 3),
        ("Repair Kit", 12.90, 4, 1),
        ("Signal Whistle", 7.90, 5, 1),
    )),
)  # fmt: skip

SEASONS: Final[dict[str, Season]] = {category: season for _, category, season, _, _ in _SHELVES}
ARTICLES: Final = tuple(
    Article(f"{code}-{number:03d}", name, category, price, popularity, faults, sized)
    for code, category, _, sized, articles in _SHELVES
    for number, (name, price, popularity, faults) in enumerate(articles, 1)
)
#: how a category's share moves through the year, January first
_WARM = (0.5, 0.5, 0.8, 1.2, 1.6, 1.8, 1.7, 1.3, 0.8, 0.6, 0.5, 0.6)
_COLD = (1.6, 1.3, 1.0, 0.7, 0.5, 0.4, 0.4, 0.6, 1.1, 1.5, 1.7, 1.7)


def in_season(category: str, month: int) -> float:
    """How much more (or less) often the category is chosen in a month, 1 to 12."""
    match SEASONS[category]:
        case "warm":
            return _WARM[month - 1]
        case "cold":
            return _COLD[month - 1]
        case "all year":
            return 1.0
