"""Who may become a customer, in the same order on every engine."""

from datetime import UTC, datetime

from sqlalchemy import insert

from crm_store import customer_card, potential
from crm_store.customer_card import RecommendedProduct, Scores
from crm_store.schema import Customer, CustomerScore, CustomerStats, Product, Recommendation, Visit
from crm_store.store import Store

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def test_people_who_never_bought_are_listed_by_their_propensity(store: Store) -> None:
    with store.begin() as connection:
        people = [
            {"id": n, "external_id": f"C-{n}", "created_at": NOW, "signed_up_at": NOW if n != 5 else None}
            for n in range(1, 8)
        ]
        people[6]["merged_into_id"] = 1
        for person in people:
            connection.execute(insert(Customer), person)
        connection.execute(insert(CustomerStats), [{"customer_id": n, "orders": int(n == 2)} for n in range(1, 8)])
        chances = [{"customer_id": n, "propensity": chance} for n, chance in ((2, 0.9), (3, 0.2), (5, 0.4), (7, 0.8))]
        connection.execute(insert(CustomerScore), chances)
        connection.execute(insert(Visit), {"customer_id": 5, "at": NOW, "fingerprint": "x"})
    with store.read() as connection:
        listed = potential.likeliest(connection, 10)
        assert [(one.customer_id, one.propensity) for one in listed] == [
            (5, 0.4), (3, 0.2), (1, None), (4, None), (6, None)
        ]  # fmt: skip
        assert potential.likeliest(connection, 1) == listed[:1]
        assert (listed[0].external_id, listed[0].signed_up_at, listed[1].signed_up_at) == ("C-5", None, NOW)


def test_the_card_holds_what_was_computed(store: Store) -> None:
    with store.begin() as connection:
        connection.execute(insert(Customer), [{"id": n, "created_at": NOW} for n in (1, 2)])
        connection.execute(insert(CustomerStats), [{"customer_id": n} for n in (1, 2)])
        scores = {"segment": "loyal", "churn_risk": 0.25, "value_base": 4200, "loss_base": 1050, "value_reasons": "[]"}
        connection.execute(insert(CustomerScore), {"customer_id": 1} | scores)
        connection.execute(
            insert(Product), [{"id": 1, "sku": "MUG", "name": "Mug"}, {"id": 2, "sku": "POT", "name": None}]
        )
        for rank, product in ((1, 2), (2, 1)):
            row = {"customer_id": 1, "rank": rank, "product_id": product, "score": 0.5 / rank, "as_of": NOW}
            connection.execute(insert(Recommendation), row)
    with store.read() as connection:
        assert customer_card.read(connection, 1).scores == Scores(**scores)
        assert customer_card.read(connection, 2).scores == Scores()
        both = (RecommendedProduct("POT", None, 0.5), RecommendedProduct("MUG", "Mug", 0.25))
        assert customer_card.recommended(connection, 1, 5) == both
        assert customer_card.recommended(connection, 1, 1) == both[:1]
        assert customer_card.recommended(connection, 2, 5) == ()
