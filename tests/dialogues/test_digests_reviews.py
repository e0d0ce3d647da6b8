"""The weekly digest of reviews."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from crm_store.schema import Product, Review, ReviewAspect
from crm_store.upsert import insert_row
from tests.dialogues.digesting import facts, strikes
from tests.dialogues.rehearsal import Rehearsal

NINE = datetime(2026, 3, 9, 9, 10, tzinfo=UTC)
DAY = timedelta(days=1)


def reviewed(desk: Rehearsal, product: int, at: datetime, *, bad: int, of: int) -> None:
    """So many reviews of a product at a time, some of which speak badly of its quality."""
    store = desk.store
    with store.begin() as connection:
        for number in range(of):
            is_bad = number < bad
            row = {
                "external_id": f"{product}-{at}-{number}",
                "product_id": product,
                "rating": 1 if is_bad else 5,
                "text_sealed": store.cipher.seal("reviews.text", "The zipper broke" if is_bad else "Nice"),
                "created_at": at,
                "read_at": at,
                "sentiment": -0.8 if is_bad else 0.8,
            }
            key = insert_row(connection, Review, row)
            said = {"review_id": key, "aspect": "quality", "sentiment": -0.8 if is_bad else 0.6}
            connection.execute(insert(ReviewAspect), said)


def a_zipper_breaks(desk: Rehearsal) -> None:
    desk.time = NINE
    with desk.store.begin() as connection:
        jacket, tent = (
            insert_row(connection, Product, {"sku": sku, "category": "Outdoor"}) for sku in ("4411", "TENT")
        )
    for product, bad in ((jacket, 2), (tent, 2)):
        reviewed(desk, product, NINE - 60 * DAY, bad=bad, of=100)
    reviewed(desk, jacket, NINE - 3 * DAY, bad=9, of=31)
    reviewed(desk, tent, NINE - 10 * DAY, bad=1, of=31)


def test_it_names_what_moved_beyond_chance_with_its_counts(desk: Rehearsal) -> None:
    a_zipper_breaks(desk)
    post = strikes(desk, "review_digest", NINE)
    assert post.message.title == "What reviews say · 2 Mar 2026 - 8 Mar 2026"
    assert post.message.text == "4411: quality in 9 of 31 reviews, base 2%: worse."
    assert facts(post.message) == {"Reviews": "31 (=)", "Rating": "3.84 (-1.03)"}
    table, chart = post.message.table, post.message.chart
    assert table is not None
    assert table.rows == (("Outdoor", "31", "0.34 (-0.41)"),)
    assert chart is not None
    assert "quality 0.19 (-0.36) in 31 reviews" in chart.alt


def test_its_buttons_open_the_reviews(desk: Rehearsal) -> None:
    a_zipper_breaks(desk)
    strikes(desk, "review_digest", NINE)
    maya = desk.staff("Maya")
    maya.presses("4411: quality (9)", place="digests")
    maya.presses("The worst reviews", place="digests")
    blamed, worst = maya.was_whispered()
    assert blamed.count("The zipper broke") == 9
    assert worst.count("4411 | 1 |") == 9


def test_it_is_asked_for_by_the_name_of_what_it_is_about(desk: Rehearsal) -> None:
    maya = desk.staff("Maya")
    maya.types("/digest reviews")
    assert "Nobody wrote a review" in desk.posts("digests")[0].text
