"""What every back office promises: an errand is done once a key, a refusal is told from a failure, and any outcome can
be looked up."""

import asyncio
import re
import threading
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.backoffice import Backoffice, Done, OutcomeUnknown, Refused, TryLater
from bot.backoffice.absent import AbsentBackoffice
from bot.backoffice.http import HttpBackoffice
from bot.backoffice.recorded import RecordedBackoffice
from crm_store import orders
from crm_store.money import Rates
from crm_store.orders import NewItem, NewOrder, NewRefund, put_order, put_refund
from crm_store.schema import Address, Customer, Order
from crm_store.store import Store
from crm_store.upsert import insert_row
from handlers.errands import CancelOrder, ChangeAddress, Errand, FetchInvoice, Line, PayBack
from tests.wire.faults import Fault
from tests.wire.shop import INVOICE, SECRET, Shop

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
RATES = Rates("EUR", {"USD": Decimal("0.92")})
BERLIN = ChangeAddress("NT-1", "Musterweg 5", postcode="10115", city="Berlin", country="DE")


@dataclass
class Rig:
    """A back office with orders NT-1 (paid, 89.90 EUR), NT-2 (shipped) and NT-3 (waits for payment)."""

    open: Callable[[], Backoffice]
    status: Callable[[str], str]
    ships: Callable[[str], None]

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Backoffice]:
        backoffice = self.open()
        await backoffice.start()
        try:
            yield backoffice
        finally:
            await backoffice.stop()


@pytest.fixture
def shop() -> Iterator[Shop]:
    with Shop() as server:
        yield server


def http(shop: Shop, **more: object) -> HttpBackoffice:
    given: dict[str, object] = {"timeout": 2.0, "now": lambda: datetime.now(UTC)} | more
    return HttpBackoffice(f"{shop.url}/errands", str(given.pop("secret", SECRET)), **given)  # type: ignore[arg-type]


def recorded(store: Store) -> RecordedBackoffice:
    return RecordedBackoffice(store, shop="Nordlicht $ Tee", timezone=ZoneInfo("UTC"), now=lambda: NOW)


def fill(store: Store) -> None:
    with store.begin() as connection:
        customer = insert_row(connection, Customer, {"external_id": "C-7", "created_at": NOW})
        for number, status in (("NT-1", "paid"), ("NT-2", "shipped"), ("NT-3", "pending")):
            items = (NewItem("JKT-1", 2, 4_495, "Rain jacket"),)
            order = NewOrder(number, customer, NOW - timedelta(days=3), status, "EUR", 8_990, items=items)  # type: ignore[arg-type]
            put_order(connection, RATES, order)


def _recorded_rig(store: Store) -> Rig:
    fill(store)

    def status(number: str) -> str:
        with store.read() as connection:
            return str(connection.scalar(select(Order.status).where(Order.external_id == number)))

    def ships(number: str) -> None:
        with store.begin() as connection:
            found = orders.find_order(connection, number)
            assert found is not None
            orders.set_status(connection, found.id, "shipped")

    return Rig(lambda: recorded(store), status, ships)


def _http_rig(shop: Shop) -> Rig:
    def ships(number: str) -> None:
        shop.orders[number].status = "shipped"

    return Rig(lambda: http(shop), lambda number: shop.orders[number].status, ships)


@pytest.fixture(params=["recorded", "http"])
def rig(request: pytest.FixtureRequest) -> Rig:
    if request.param == "http":
        return _http_rig(request.getfixturevalue("shop"))
    return _recorded_rig(request.getfixturevalue("sqlite_store"))


def with_it(rig: Rig, work: Callable[[Backoffice], Awaitable[object]]) -> None:
    async def whole() -> None:
        async with rig.opened() as backoffice:
            await work(backoffice)

    asyncio.run(whole())


async def refused(backoffice: Backoffice, errand: Errand, key: str) -> str:
    with pytest.raises(Refused) as raised:
        await backoffice.carry_out(errand, key)
    return raised.value.reason


# --- both -----------------------------------------------------------------------------------------------------------


def test_an_order_that_has_not_left_is_cancelled_once(rig: Rig) -> None:
    async def work(backoffice: Backoffice) -> None:
        done = await backoffice.carry_out(CancelOrder("NT-1"), "cancel-1")
        assert done.receipt
        assert await backoffice.carry_out(CancelOrder("NT-1"), "cancel-1") == done
        assert "cancelled" in await refused(backoffice, CancelOrder("NT-1"), "cancel-2")
        await backoffice.carry_out(CancelOrder("NT-3"), "cancel-3")

    with_it(rig, work)
    assert (rig.status("NT-1"), rig.status("NT-3")) == ("cancelled", "cancelled")


@pytest.mark.parametrize("errand", [CancelOrder("NT-2"), ChangeAddress("NT-2", "Musterweg 5", city="Berlin")])
def test_what_has_left_is_refused_in_words(rig: Rig, errand: Errand) -> None:
    async def work(backoffice: Backoffice) -> None:
        assert "left" in await refused(backoffice, errand, "key-1")

    with_it(rig, work)
    assert rig.status("NT-2") == "shipped"


def test_a_refusal_stays_one_whatever_changes_meanwhile(rig: Rig) -> None:
    async def work(backoffice: Backoffice) -> None:
        await backoffice.carry_out(CancelOrder("NT-1"), "cancel-1")
        rig.ships("NT-3")
        first = await refused(backoffice, CancelOrder("NT-3"), "cancel-3")
        assert await refused(backoffice, CancelOrder("NT-3"), "cancel-3") == first
        with pytest.raises(Refused) as raised:
            await backoffice.look_up("cancel-3")
        assert raised.value.reason == first

    with_it(rig, work)


@pytest.mark.parametrize("number", ["NT-99", "'; DROP TABLE orders", "✂", "x" * 100])
def test_an_order_that_is_not_there_is_refused(rig: Rig, number: str) -> None:
    async def work(backoffice: Backoffice) -> None:
        assert "no order" in await refused(backoffice, CancelOrder(number), "cancel-1")

    with_it(rig, work)


def test_money_goes_back_up_to_what_was_paid_and_once_a_key(rig: Rig) -> None:
    async def work(backoffice: Backoffice) -> None:
        part = PayBack("NT-1", 5_000, "EUR")
        done = await backoffice.carry_out(part, "refund-1")
        assert await backoffice.carry_out(part, "refund-1") == done
        await refused(backoffice, PayBack("NT-1", 3_991, "EUR"), "refund-2")
        await refused(backoffice, PayBack("NT-1", 3_990, "USD"), "refund-3")
        await refused(backoffice, PayBack("NT-1", 0, "EUR"), "refund-4")
        await refused(backoffice, PayBack("NT-1", -5, "EUR"), "refund-5")
        await refused(backoffice, PayBack("NT-3", 10, "EUR"), "refund-6")
        assert (await backoffice.carry_out(PayBack("NT-1", 3_990, "EUR"), "refund-7")).receipt != done.receipt
        await refused(backoffice, PayBack("NT-1", 1, "EUR"), "refund-8")

    with_it(rig, work)


def test_the_same_refund_asked_for_at_once_is_paid_once(rig: Rig) -> None:
    async def work(backoffice: Backoffice) -> None:
        whole = PayBack("NT-1", 8_990, "EUR")
        answers = await asyncio.gather(
            *(backoffice.carry_out(whole, "refund-1") for _ in range(5)), return_exceptions=True
        )
        assert len({answer.receipt for answer in answers if isinstance(answer, Done)}) == 1
        assert not [answer for answer in answers if not isinstance(answer, Done | TryLater)]
        await refused(backoffice, PayBack("NT-1", 1, "EUR"), "refund-2")

    with_it(rig, work)


def test_an_outcome_is_looked_up_by_its_key(rig: Rig) -> None:
    async def work(backoffice: Backoffice) -> None:
        assert await backoffice.look_up("cancel-1") is None
        done = await backoffice.carry_out(CancelOrder("NT-1"), "cancel-1")
        assert await backoffice.look_up("cancel-1") == done

    with_it(rig, work)


def test_an_invoice_is_a_pdf_and_can_be_had_again(rig: Rig) -> None:
    async def work(backoffice: Backoffice) -> None:
        done = await backoffice.carry_out(FetchInvoice("NT-2"), "invoice-1")
        (invoice,) = done.documents
        assert (invoice.mime, invoice.data[:5]) == ("application/pdf", b"%PDF-")
        assert invoice.name.endswith(".pdf")
        again = await backoffice.look_up("invoice-1")
        assert again is not None
        assert [document.name for document in again.documents] == [invoice.name]

    with_it(rig, work)


# --- the recorded shop ----------------------------------------------------------------------------------------------


def words_of(pdf: bytes) -> str:
    """What is written on a PDF's pages."""
    written = []
    for part in pdf.split(b"stream\n")[1::2]:
        try:
            page = zlib.decompress(part.rpartition(b"\nendstream")[0] or part.partition(b"endstream")[0])
        except zlib.error:
            continue
        written.append(page)
    return _shown(b"\n".join(written))


def _shown(pages: bytes) -> str:
    lines = []
    for line in re.findall(rb"\[(.*?)\]\s*TJ|\((.*?)\)\s*Tj", pages, re.DOTALL):
        parts = re.findall(rb"\(((?:\\.|[^\\)])*)\)", line[0]) if line[0] else [line[1]]
        lines.append(b"".join(parts).replace(b"\\(", b"(").replace(b"\\)", b")").decode("latin-1"))
    return "\n".join(lines)


def test_the_invoice_says_who_what_when_and_how_much(sqlite_store: Store) -> None:
    fill(sqlite_store)
    done = asyncio.run(recorded(sqlite_store).carry_out(FetchInvoice("NT-1"), "invoice-1"))
    said = words_of(done.documents[0].data)
    for words in ("Nordlicht $ Tee", "Invoice for order NT-1", "27 February 2026", "2 March 2026", "Rain jacket"):
        assert words in said
    assert "44.95" in said
    assert said.count("89.90") == 3  # the line, the items, the total
    assert done.documents[0].name == "invoice-NT-1.pdf"


def test_an_invoice_of_many_lines_has_several_pages(sqlite_store: Store) -> None:
    items = tuple(NewItem(f"S-{number}", 1, 100, f"Thing {number} 雨衣") for number in range(60))
    with sqlite_store.begin() as connection:
        put_order(connection, RATES, NewOrder("NT-9/9", None, NOW, "paid", "EUR", 6_000, items=items))
    done = asyncio.run(recorded(sqlite_store).carry_out(FetchInvoice("NT-9/9"), "invoice-9"))
    assert done.documents[0].name == "invoice-NT-9-9.pdf"
    assert done.documents[0].data.count(b"/Type /Page\n") + done.documents[0].data.count(b"/Type /Page ") == 3


def test_the_new_address_is_the_customers(store: Store) -> None:
    fill(store)
    asyncio.run(recorded(store).carry_out(BERLIN, "address-1"))
    asyncio.run(recorded(store).carry_out(BERLIN, "address-2"))
    with store.read() as connection:
        (found,) = connection.execute(select(Address.address_sealed, Address.country, Address.kind)).all()
    assert '"line1": "Musterweg 5"' in store.cipher.open("addresses.address", found.address_sealed)
    assert (found.country, found.kind) == ("DE", "shipping")


def test_what_the_shop_paid_back_by_itself_counts(store: Store) -> None:
    fill(store)
    with store.begin() as connection:
        order = orders.find_order(connection, "NT-1")
        assert order is not None
        put_refund(connection, RATES, NewRefund("R-1", order.id, 8_000, "EUR", "paid", NOW))
    with pytest.raises(Refused, match=r"no more than € 9\.90 is left"):
        asyncio.run(recorded(store).carry_out(PayBack("NT-1", 1_000, "EUR"), "refund-1"))
    assert asyncio.run(recorded(store).carry_out(PayBack("NT-1", 990, "EUR"), "refund-2")).receipt


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_two_refunds_of_one_order_at_once_pay_no_more_than_was_paid(store: Store) -> None:
    fill(store)
    shop = recorded(store)

    async def both() -> list[object]:
        errands = (shop.carry_out(PayBack("NT-1", 5_000, "EUR"), f"refund-{number}") for number in range(4))
        return await asyncio.gather(*errands, return_exceptions=True)

    answers = asyncio.run(both())
    assert sorted(type(answer).__name__ for answer in answers) == ["Done", "Refused", "Refused", "Refused"]


def test_without_a_back_office_people_are_asked_to_do_it() -> None:
    with pytest.raises(Refused, match="by hand"):
        asyncio.run(AbsentBackoffice().carry_out(CancelOrder("NT-1"), "cancel-1"))
    assert asyncio.run(AbsentBackoffice().look_up("cancel-1")) is None


# --- over HTTP ------------------------------------------------------------------------------------------------------


def test_what_is_sent_is_signed_over_its_time_key_and_body(shop: Shop) -> None:
    async def work(backoffice: Backoffice) -> None:
        await backoffice.carry_out(BERLIN, "address-1")

    with_it(_http_rig(shop), work)
    assert shop.refused_signatures == 0
    assert shop.orders["NT-1"].address["line1"] == "Musterweg 5"
    assert shop.calls[0].args == {
        "key": "address-1",
        "errand": "change_address",
        "order": "NT-1",
        "line1": "Musterweg 5",
        "line2": "",
        "postcode": "10115",
        "city": "Berlin",
        "region": "",
        "country": "DE",
    }


@pytest.mark.parametrize("broken", [{"secret": "another secret of theirs"}, {"now": lambda: NOW}])
def test_a_wrong_secret_or_clock_is_for_somebody_to_mend_and_no_refusal(shop: Shop, broken: dict[str, object]) -> None:
    async def work() -> None:
        backoffice = http(shop, **broken)
        for ask in (backoffice.carry_out(CancelOrder("NT-1"), "cancel-1"), backoffice.look_up("cancel-1")):
            with pytest.raises(TryLater):
                await ask
        await backoffice.stop()

    asyncio.run(work())
    assert (shop.refused_signatures, shop.done) == (2, [])


@pytest.mark.parametrize(
    ("fault", "after"),
    [({"kind": "rate_limit", "retry_after": 7}, 7.0), ({"kind": "http_error", "status": 503}, None)],
)
def test_a_busy_shop_is_asked_later(shop: Shop, fault: dict[str, object], after: float | None) -> None:
    async def work(backoffice: Backoffice) -> None:
        shop.faults.add(_fault(**fault))
        with pytest.raises(TryLater) as raised:
            await backoffice.carry_out(CancelOrder("NT-1"), "cancel-1")
        assert raised.value.after == after
        await backoffice.carry_out(CancelOrder("NT-1"), "cancel-1")

    with_it(_http_rig(shop), work)
    assert shop.done == ["cancel_order NT-1"]


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "http_error", "status": 500},
        {"kind": "http_error", "status": 504},
        {"kind": "cut_before"},
        {"kind": "cut_after"},
        {"kind": "slow", "seconds": 1.0},
    ],
)
def test_a_connection_that_ends_or_a_500_says_nothing_of_the_outcome(shop: Shop, fault: dict[str, object]) -> None:
    async def work() -> None:
        backoffice = http(shop, timeout=0.3)
        shop.faults.add(_fault(**fault))
        with pytest.raises(OutcomeUnknown):
            await backoffice.carry_out(CancelOrder("NT-1"), "cancel-1")
        found = await backoffice.look_up("cancel-1")
        assert (found is not None) == (fault["kind"] in ("cut_after", "slow"))
        await backoffice.stop()

    asyncio.run(work())


def test_a_shop_that_is_not_there_was_asked_for_nothing(shop: Shop) -> None:
    async def work() -> None:
        backoffice = HttpBackoffice("http://127.0.0.1:9/errands", SECRET, timeout=1.0, now=lambda: NOW)
        for ask in (backoffice.carry_out(CancelOrder("NT-1"), "cancel-1"), backoffice.look_up("cancel-1")):
            with pytest.raises(TryLater, match="cannot be reached"):
                await ask
        await backoffice.stop()

    asyncio.run(work())


@pytest.mark.parametrize("status", [200, 409])
def test_a_shop_may_repeat_its_answer_as_200_or_409(shop: Shop, status: int) -> None:
    shop.replays_as = status

    async def work(backoffice: Backoffice) -> None:
        part = PayBack("NT-1", 100, "EUR", (Line("JKT-1", 1, 100),), "torn")
        done = await backoffice.carry_out(part, "refund-1")
        assert await backoffice.carry_out(part, "refund-1") == done

    with_it(_http_rig(shop), work)
    assert shop.orders["NT-1"].paid_back == 100
    assert shop.calls[0].args["lines"] == [{"sku": "JKT-1", "quantity": 1, "amount": 100}]


def test_a_shop_may_take_its_time_and_tell_later(shop: Shop) -> None:
    shop.is_slow, shop.replays_as = True, 409

    async def work(backoffice: Backoffice) -> None:
        for _ in range(2):
            with pytest.raises(OutcomeUnknown):
                await backoffice.carry_out(CancelOrder("NT-1"), "cancel-1")
        with pytest.raises(TryLater):
            await backoffice.look_up("cancel-1")
        shop.is_slow = False
        assert (await backoffice.look_up("cancel-1")) == Done("S-1")

    with_it(_http_rig(shop), work)


def test_a_shop_that_looks_nothing_up_cannot_tell(shop: Shop) -> None:
    shop.looks_up = False

    async def work(backoffice: Backoffice) -> None:
        with pytest.raises(OutcomeUnknown):
            await backoffice.look_up("cancel-1")

    with_it(_http_rig(shop), work)


def test_a_4xx_without_a_reason_is_a_wrong_address_and_no_refusal(shop: Shop) -> None:
    async def work(backoffice: Backoffice) -> None:
        shop.faults.http_error("cancel_order", 404)
        with pytest.raises(TryLater, match=r"backoffice\.url"):
            await backoffice.carry_out(CancelOrder("NT-1"), "cancel-1")
        shop.faults.error("cancel_order", "We  do\nnot cancel on Sundays", code=409)
        with pytest.raises(Refused, match="We do not cancel on Sundays"):
            await backoffice.carry_out(CancelOrder("NT-1"), "cancel-1")

    with_it(_http_rig(shop), work)


def test_an_invoice_comes_as_it_was_sent(shop: Shop) -> None:
    async def work(backoffice: Backoffice) -> None:
        done = await backoffice.carry_out(FetchInvoice("NT-1"), "invoice-1")
        assert done.documents[0].data == INVOICE

    with_it(_http_rig(shop), work)


def test_the_receiver_of_the_documentation_does_what_it_says(tmp_path: Path) -> None:
    """A shop's developer begins with it: it must hold what it promises."""
    written = (Path(__file__).parents[2] / "docs" / "backoffice.md").read_text(encoding="utf-8")
    parts: dict[str, Any] = {"__name__": "receiver"}
    exec(written.partition("```python\n")[2].partition("```")[0], parts)
    parts["SECRET"], parts["BOOKS"] = SECRET.encode(), str(tmp_path / "errands.db")
    parts["Receiver"].log_message = lambda *_: None
    done: list[str] = []

    def do(errand: dict[str, str], books: object) -> dict[str, str]:
        done.append(errand["order"])
        return {"status": "done", "receipt": f"C-{len(done)}"}

    parts["do"] = do

    async def ask(port: int) -> None:
        backoffice = HttpBackoffice(
            f"http://127.0.0.1:{port}/errands", SECRET, timeout=5, now=lambda: datetime.now(UTC)
        )
        assert await backoffice.look_up("cancel-1") is None
        twice = [backoffice.carry_out(CancelOrder("NT-1"), "cancel-1") for _ in range(2)]
        assert await asyncio.gather(*twice) == [Done("C-1"), Done("C-1")]
        assert await backoffice.look_up("cancel-1") == Done("C-1")
        assert "something else" in await refused(backoffice, CancelOrder("NT-2"), "cancel-1")
        await backoffice.stop()
        stranger = HttpBackoffice(f"http://127.0.0.1:{port}/errands", "x" * 32, timeout=5, now=lambda: NOW)
        with pytest.raises(TryLater):
            await stranger.carry_out(CancelOrder("NT-1"), "cancel-2")
        await stranger.stop()

    with ThreadingHTTPServer(("127.0.0.1", 0), parts["Receiver"]) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        asyncio.run(ask(server.server_port))
        server.shutdown()
        thread.join()
    assert done == ["NT-1"]


def _fault(**fault: object) -> Fault:
    return Fault(**fault)  # type: ignore[arg-type]
