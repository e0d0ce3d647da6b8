"""What was computed of a customer stands on the ticket's card and on their page; who may become one is listed."""

import json
from typing import Any

import pytest
from sqlalchemy import insert

from crm_store.schema import CustomerScore, Product, Recommendation, Visit
from tests.dialogues.rehearsal import MORNING, Rehearsal
from tests.dialogues.test_card import facts
from tests.dialogues.test_customer_command import a_customer, audited, desk, key_of, seen
from tests.dialogues.test_order_status import an_order

__all__ = ["desk"]
USUAL = {"code": "usual_spend", "orders_a_year": 6.2, "mean_base": 4810, "currency": "EUR"}


def scored(desk: Rehearsal, external_id: str, **scores: Any) -> None:
    with desk.store.begin() as connection:
        connection.execute(insert(CustomerScore), {"customer_id": key_of(desk, external_id)} | scores)


def test_a_card_tells_segment_value_and_churn_risk_with_its_strongest_reason(desk: Rehearsal) -> None:
    reasons = [{"code": "silent", "days": 143, "usual": 31}, {"code": "spends_less", "percent": 50}]
    scored(desk, "C-7", segment="champions", value_base=48000, churn_risk=0.723, churn_reasons=json.dumps(reasons))
    desk.ada.says("my parcel is wet")  # type: ignore[attr-defined]
    assert facts(desk)["Outlook"] == (
        "champions · €480.00 expected in 12 months · "
        "72% risk of no order in 90 days (no order for 143 days, usually every 31)"
    )


def test_a_card_is_silent_about_what_is_not_known(desk: Rehearsal) -> None:
    desk.ada.says("my parcel is wet")  # type: ignore[attr-defined]
    assert "Outlook" not in facts(desk)


def test_a_customers_page_tells_the_scores_with_their_reasons_and_the_next_products(desk: Rehearsal) -> None:
    reasons = json.dumps([USUAL, {"code": "spends_more", "percent": 40}, {"code": "unheard of"}])
    money = {"value_base": 30000, "loss_base": 6000, "value_reasons": reasons}
    scored(desk, "C-7", segment="loyal", churn_risk=0.2, propensity=0.615, **money)
    with desk.store.begin() as connection:
        for rank in range(1, 8):
            connection.execute(insert(Product), {"id": rank, "sku": f"P-{rank}", "name": "Mug" if rank == 1 else None})
            chance = {"score": 0.4 / rank, "as_of": MORNING}
            row = {"customer_id": key_of(desk, "C-7"), "rank": rank, "product_id": rank}
            connection.execute(insert(Recommendation), row | chance)
    told = seen(desk, "Maya", "/customer C-7")
    assert "Segment: loyal\n" in told
    assert (
        "Value: €300.00 expected in 12 months · €60.00 of it expected to be lost "
        "(orders 6.2 times a year, €48.10 each; spent 40% more in the last half year than in the one before)\n"
    ) in told
    assert "Churn risk: 20% risk of no order in 90 days\n" in told
    assert "Next order: 62% likely to order in 30 days\n" in told
    assert "Next products: P-1 · Mug · 40%\nP-2 · 20%\nP-3 · 13%\nP-4 · 10%\nP-5 · 8%\n" in told
    assert audited(desk, "looked") == [("Maya", f"customer:{key_of(desk, 'C-7')}", "/customer")]


def test_who_may_become_a_customer_is_listed_the_likeliest_first(desk: Rehearsal) -> None:
    for name in ("C-8", "C-9", "C-10", "C-11", "C-12"):
        a_customer(desk, name, signed_up_at=None if name in ("C-10", "C-11") else MORNING)
    an_order(desk, "NT-1", key_of(desk, "C-12"), days_ago=1)
    with desk.store.begin() as connection:
        visit = {"customer_id": key_of(desk, "C-11"), "at": MORNING, "fingerprint": "x"}
        connection.execute(insert(Visit), visit)
    scored(desk, "C-9", propensity=0.05)
    scored(desk, "C-11", propensity=0.31)
    assert seen(desk, "Maya", "/customer potential").splitlines() == [
        "Potential customers",
        "C-11 · 31% likely to order in 30 days",
        "C-9 · 5% likely to order in 30 days · signed up 2 Mar 2026",
        "C-8 · not reckoned yet · signed up 2 Mar 2026",
    ]
    assert audited(desk, "looked") == [("Maya", "customers:potential", "/customer")]


def test_where_everybody_bought_nobody_is_listed(desk: Rehearsal) -> None:
    assert seen(desk, "Maya", "/customer potential") == "Nobody signed up or visited without buying."


@pytest.mark.parametrize("reasons", [None, "[]", '[{"code": "unheard of"}]'])
def test_a_score_without_known_reasons_stands_alone(desk: Rehearsal, reasons: str | None) -> None:
    scored(desk, "C-7", value_base=100, value_reasons=reasons)
    assert "Value: €1.00 expected in 12 months\n" in seen(desk, "Maya", "/customer C-7")
