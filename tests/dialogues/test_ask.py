"""Staff ask about the shop, follow their question up, and look at what is behind the answer."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.config import Config, Role, Roles, Shop, Slack
from crm_store import customers, files
from crm_store.customers import NewCustomer
from crm_store.orders import NewItem, NewOrder, put_order
from crm_store.schema import AskedQuestion, AuditEntry, StoredFile
from handlers.events import Arrival, StaffAsked, StaffPressed, StaffSaid
from handlers.message import Message
from tests.dialogues.rehearsal import MORNING, Rehearsal

ROLES = Roles(readers=Role(members=("rita",)))
_numbers = count(1)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Rehearsal]:
    config = Config(shop=Shop(country="DE"), slack=Slack(roles=ROLES))  # type: ignore[arg-type]
    with Rehearsal(tmp_path, config) as rehearsal:
        for number, (name, country, city, amounts) in enumerate(PEOPLE, 1):
            buyer(rehearsal, f"C-{number}", name, country, city, amounts)
        yield rehearsal


#: name, country, city, and what each order came to in cents, the newest a day ago, the next a month before
PEOPLE = (
    ("Ada", "DE", "Berlin", (60_000, 5_000, 10_000)),
    ("Bea", "DE", "Hamburg", (2_000,)),
    ("Cyd", "FR", "Paris", (10_000, 10_000)),
    ("Dan", "FR", "Lyon", ()),
)


def buyer(desk: Rehearsal, ref: str, name: str, country: str, city: str, amounts: tuple[int, ...]) -> None:
    with desk.store.begin() as connection:
        new = NewCustomer(ref, name=name, email=f"{name.lower()}@example.com", country=country, city=city)
        key = customers.put_customer(connection, desk.store.cipher, new, MORNING - timedelta(days=200))
        for number, amount in enumerate(amounts):
            at = MORNING - timedelta(days=1 + 31 * number)
            items = (NewItem("MUG", 1, amount, "Mug"),)
            put_order(
                connection, desk.config.rates, NewOrder(f"{ref}-{number}", key, at, "paid", "EUR", amount, items=items)
            )


def ask(desk: Rehearsal, name: str, words: str) -> Message:
    """What somebody is answered to `/ask`."""
    who = desk.staff(name)
    who.types(f"/ask {words}")
    return desk.app.console.whispers(who.colleague.user, 0)[-1].message


def mention(desk: Rehearsal, name: str, words: str, thread: str = "m1", place: str = "growth") -> list[Message]:
    """What stands under a message that calls the desk by its name."""
    event = StaffAsked(desk.staff(name).colleague, place, thread, f"a{next(_numbers)}", desk.time, words)
    desk.run(desk.app.receive([Arrival("console", event.message_id, f"console:{thread}", event)]))
    return under(desk, thread, place)


def says(
    desk: Rehearsal, name: str, words: str, thread: str = "m1", place: str = "growth", **more: bool
) -> list[Message]:
    event = StaffSaid(desk.staff(name).colleague, place, thread, f"a{next(_numbers)}", desk.time, words, **more)
    desk.run(desk.app.receive([Arrival("console", event.message_id, f"console:{thread}", event)]))
    return under(desk, thread, place)


def under(desk: Rehearsal, thread: str, place: str = "growth") -> list[Message]:
    return [post.message for post in desk.posts(place, thread)]


def presses(desk: Rehearsal, name: str, message: Message, label: str, place: str = "commands") -> Message:
    """What somebody is told who presses a button of an answer."""
    who = desk.staff(name).colleague
    button = next(one for one in message.buttons if one.label == label)
    event = StaffPressed(who, place, "1", desk.time, button.action, button.ref)
    desk.run(desk.app.receive([Arrival("console", f"p{next(_numbers)}", f"console:{who.user}", event)]))
    told = desk.app.console.whispers(who.user, 0)
    return told[-1].message if told else Message()


def file_of(desk: Rehearsal, told: Message) -> list[str]:
    """The lines of the file that somebody is sent."""
    (file,) = told.files
    with desk.store.read() as connection:
        key = connection.scalar(select(StoredFile.id).where(StoredFile.source == f"store/{file.id}"))
        assert key is not None
        return files.read(connection, desk.store.cipher, key).decode("utf-8-sig").splitlines()


def facts(message: Message) -> dict[str, str]:
    return {fact.label: fact.value for fact in message.facts}


def looks(desk: Rehearsal) -> list[tuple[str, str]]:
    with desk.store.read() as connection:
        rows = connection.execute(select(AuditEntry).where(AuditEntry.action == "looked").order_by(AuditEntry.id))
        return [(row.actor, row.detail or "") for row in rows]


# --- answers --------------------------------------------------------------------------------------------------------


def test_a_number_is_told_with_what_was_understood(desk: Rehearsal) -> None:
    told = ask(desk, "Maya", "how many customers in Germany?")
    assert told.text == "number of customers, country Germany"
    assert facts(told) == {"Number of customers": "2 customers"}
    assert looks(desk) == [("Maya", "number of customers, country Germany")]


def test_a_customer_is_asked_for_by_an_address_that_is_not_kept(desk: Rehearsal) -> None:
    told = ask(desk, "Maya", "how many orders were placed by Ada@example.com")
    assert told.text == "number of orders, customer C-1, of all time"
    assert facts(told) == {"Number of orders": "3 orders"}
    assert looks(desk) == [("Maya", told.text)]
    told = ask(desk, "Maya", "zoe@example.com的订单")
    assert told.text == "店铺里没有客户使用这个邮箱。"
    with desk.store.read() as connection:
        kept = str(
            [*connection.execute(select(AskedQuestion.words, AskedQuestion.question, AskedQuestion.suggestions))]
        )
    assert "C-1" in kept
    assert "example.com" not in kept


def test_money_is_told_in_the_shops_own_currency(desk: Rehearsal) -> None:
    assert facts(ask(desk, "Maya", "revenue in the last 90 days")) == {"Revenue": "€970.00"}


def test_it_answers_in_chinese(desk: Rehearsal) -> None:
    told = ask(desk, "Maya", "德国有多少客户？")
    assert told.text == "客户数，国家为 德国"
    told = ask(desk, "Maya", "法国呢？")
    assert told.text == "客户数，国家为 法国"
    told = ask(desk, "Maya", "他们是谁？")
    assert told.table is not None
    assert [row[0] for row in told.table.rows] == ["C-3", "C-4"]
    assert "独角兽" in ask(desk, "Maya", "独角兽呢").text


def test_in_chinese_values_have_chinese_names_and_a_file_has_the_shops(desk: Rehearsal) -> None:
    told = ask(desk, "Maya", "按国家统计今年的销售额")
    assert told.table is not None
    assert told.table.columns == ("国家", "销售额")
    assert told.table.rows == (("德国", "€670.00"), ("法国", "€200.00"))
    assert told.chart is not None
    assert (told.chart.categories, told.chart.series[0].label) == (("德国", "法国"), "销售额 (EUR)")
    assert file_of(desk, presses(desk, "Maya", told, "查看全部（CSV 文件）"))[1].startswith("DE,")
    told = ask(desk, "Maya", "今年已付款的订单")
    assert told.text.startswith("订单，状态为 已付款")
    assert told.table is not None
    assert {row[4] for row in told.table.rows} == {"已付款"}
    told = ask(desk, "Maya", "本月销售额和上个月对比")
    assert told.table is not None
    assert [row[0] for row in told.table.rows] == ["2026年3月1日至今", "2026年2月1日至2026年2月28日"]
    told = ask(desk, "Maya", "按星期几统计今年的订单数")
    assert told.table is not None
    assert told.table.rows[0][0] == "星期一"
    assert told.chart is not None
    assert told.chart.series[0].label == "订单数"


def test_hours_are_hours_and_a_column_of_a_list_is_of_each(desk: Rehearsal) -> None:
    told = ask(desk, "Maya", "orders by hour of the day this year")
    assert told.table is not None
    assert told.table.rows[0][0] == "00:00"
    told = ask(desk, "Maya", "list all products")
    assert told.table is not None
    assert told.table.columns[3] == "Price"
    desk.customer("Zoe").says("my parcel is wet")
    told = ask(desk, "Maya", "open tickets by agent")
    assert told.table is not None
    assert told.table.rows == (("unassigned", "1"),)
    told = ask(desk, "Maya", "open tickets")
    assert told.table is not None
    assert told.table.rows[0][-1] == "2 Mar 2026, 09:30"
    told = ask(desk, "Maya", "按客服统计未解决的工单")
    assert told.table is not None
    assert told.table.rows == (("未分配", "1"),)


def test_a_chart_says_what_its_table_says(desk: Rehearsal) -> None:
    buyer(desk, "C-9", "Eve", "DE", "Bonn", (1_001,))
    told = ask(desk, "Maya", "average order value by country this year")
    assert told.chart is not None
    assert told.chart.series[0].values == (170.0, 100.0)
    told = ask(desk, "Maya", "share of orders by country this year")
    assert told.chart is not None
    assert told.chart.series[0].values == (66.67, 33.33)


def test_what_is_counted_is_said_once(desk: Rehearsal) -> None:
    told = ask(desk, "Maya", "orders by country this year")
    assert told.table is not None
    assert told.table.rows == (("DE", "3"), ("FR", "2"))
    assert told.chart is not None
    assert told.chart.series[0].label == "number of orders"
    assert facts(ask(desk, "Maya", "how many customers in Berlin?")) == {"Number of customers": "1 customer"}


def test_a_table_by_country_is_drawn_as_bars_and_one_by_month_as_a_line(desk: Rehearsal) -> None:
    told = ask(desk, "Maya", "revenue by country this year")
    assert told.table is not None
    assert told.table.columns == ("Country", "Revenue")
    assert told.table.rows == (("DE", "€670.00"), ("FR", "€200.00"))
    assert told.chart is not None
    assert (told.chart.kind, told.chart.categories) == ("bar", ("DE", "FR"))
    assert told.context == "2 of 2"
    told = ask(desk, "Maya", "revenue by month in 2026")
    assert told.chart is not None
    assert (told.chart.kind, told.chart.categories) == ("line", ("2026-01", "2026-02", "2026-03"))


def test_a_growth_is_told_with_the_two_amounts_it_is_made_of(desk: Rehearsal) -> None:
    told = ask(desk, "Maya", "how much did revenue grow in january 2026?")
    assert told.table is not None
    assert [row[1] for row in told.table.rows] == ["€150.00", "€100.00"]
    assert facts(told) == {"Growth of revenue": "50%"}


def test_a_list_names_people_to_whom_it_may_and_opens_their_card(desk: Rehearsal) -> None:
    told = ask(desk, "Maya", "customers in Germany")
    assert told.table is not None
    assert told.table.columns[:4] == ("Customer", "Name", "Country", "City")
    assert [row[:2] for row in told.table.rows] == [("C-1", "Ada"), ("C-2", "Bea")]
    card = presses(desk, "Maya", told, "Open C-1")
    assert card.title == "Ada"
    assert facts(card)["E-mail"] == "ada@example.com"


def test_readers_and_whoever_reads_along_see_no_names(desk: Rehearsal) -> None:
    for told in (ask(desk, "Rita", "customers in Germany"), mention(desk, "Maya", "customers in Germany")[-1]):
        assert told.table is not None
        assert "Name" not in told.table.columns
        assert [row[0] for row in told.table.rows] == ["C-1", "C-2"]
    card = presses(desk, "Rita", told, "Open C-1")
    assert "ada@example.com" not in str(card)


def test_what_a_number_means_is_one_press_away(desk: Rehearsal) -> None:
    told = presses(desk, "Rita", ask(desk, "Rita", "revenue this year"), "Definition")
    assert "cancelled ones count only where they are asked for" in told.text
    assert facts(told)["From"] == "1 Jan 2026, 00:00"
    assert facts(told)["Until"] == "2 Mar 2026, 09:30"


def test_all_of_it_comes_as_a_file(desk: Rehearsal) -> None:
    told = presses(desk, "Maya", ask(desk, "Maya", "customers in Germany"), "Show all (CSV file)")
    written = file_of(desk, told)
    assert written[0] == "customer,country,city,orders,last_order_at,spend"
    assert written[1].startswith("C-1,DE,Berlin,3,")
    assert "example.com" not in "".join(written)
    assert looks(desk)[-1] == ("Maya", "csv: customers, country Germany")


def test_a_reader_takes_no_file_away(desk: Rehearsal) -> None:
    told = presses(desk, "Rita", ask(desk, "Rita", "customers in Germany"), "Show all (CSV file)")
    assert "read-only" in told.text
    assert not told.files


# --- asked back -----------------------------------------------------------------------------------------------------


def test_what_is_not_understood_is_asked_back_with_questions_to_press(desk: Rehearsal) -> None:
    told = ask(desk, "Maya", "how many wombats in Germany?")
    assert "wombats" in told.text
    assert len(told.buttons) >= 2
    assert told.buttons[0].label == "How many customers are from Germany?"
    answer = presses(desk, "Maya", told, told.buttons[0].label)
    assert facts(answer) == {"Number of customers": "2 customers"}
    assert facts(ask(desk, "Maya", "and in France?")) == {"Number of customers": "2 customers"}


def test_nothing_and_what_cannot_be_told_get_a_sentence(desk: Rehearsal) -> None:
    assert "for example" in ask(desk, "Maya", "").text
    assert "no costs" in ask(desk, "Maya", "profit last month").text
    assert "shopdesk score" in ask(desk, "Maya", "top 10 customers by churn risk").text
    assert "500 characters" in ask(desk, "Maya", "revenue " * 200).text


# --- what comes after -----------------------------------------------------------------------------------------------


def test_a_question_is_followed_up_by_whoever_asked_it(desk: Rehearsal) -> None:
    ask(desk, "Maya", "how many customers do we have?")
    assert ask(desk, "Maya", "only those in France").text == "number of customers, country France"
    listed = ask(desk, "Maya", "who are they?").table
    assert listed is not None
    assert [row[0] for row in listed.rows] == ["C-3", "C-4"]
    assert ask(desk, "Maya", "by city").text == "number of customers by city, country France"
    # somebody else's question is another one
    assert ask(desk, "Bob", "by city").table is None


def test_a_follow_up_that_changes_nothing_that_can_be_told_is_asked_back(desk: Rehearsal) -> None:
    ask(desk, "Maya", "customers in Germany")
    assert "contradicts itself" in ask(desk, "Maya", "only those in France").text
    assert "signed up, first bought or ordered" in ask(desk, "Maya", "and last month?").text
    assert ask(desk, "Maya", "make that top 20").text == "Best or worst by which measure?"


def test_a_question_is_forgotten_after_half_a_day(desk: Rehearsal) -> None:
    ask(desk, "Maya", "revenue this month")
    assert ask(desk, "Maya", "and last month?").text.startswith("revenue, 1 February 2026")
    desk.passes(hours=13)
    assert not facts(ask(desk, "Maya", "and last month?"))


def test_old_questions_are_not_kept_and_their_buttons_say_so(desk: Rehearsal) -> None:
    told = ask(desk, "Maya", "revenue this month")
    desk.passes(days=31)
    ask(desk, "Maya", "revenue this month")
    assert presses(desk, "Maya", told, "Definition").text == "That question is not kept any more: ask it again."


# --- in a channel ---------------------------------------------------------------------------------------------------


def test_the_desk_called_by_its_name_answers_under_the_message(desk: Rehearsal) -> None:
    (told,) = mention(desk, "Maya", "how many customers in Germany?")
    assert facts(told) == {"Number of customers": "2 customers"}
    assert desk.posts("growth", "m2") == []


def test_its_thread_goes_on_without_the_name(desk: Rehearsal) -> None:
    mention(desk, "Maya", "revenue this month")
    assert says(desk, "Bob", "and last month?")[-1].text.startswith("revenue, 1 February 2026")
    assert says(desk, "Bob", "by country")[-1].text.startswith("revenue by country, 1 February 2026")
    assert len(says(desk, "Bob", "and last month?", "m2")) == 0


def test_talk_among_colleagues_is_left_alone_and_who_asked_is_asked_back_alone(desk: Rehearsal) -> None:
    mention(desk, "Maya", "revenue this month")
    assert len(says(desk, "Bob", "wow, I did not expect wombats")) == 1
    assert len(says(desk, "Maya", "thanks")) == 1
    assert desk.staff("Bob").was_whispered() == desk.staff("Maya").was_whispered() == []
    assert len(says(desk, "Maya", "and wombats?")) == 1
    assert "wombats" in desk.staff("Maya").was_whispered()[-1]
    # the same message comes once more, as the question it is
    assert len(says(desk, "Maya", "and last month?", calls_desk=True)) == 1


def test_a_suggestion_is_answered_where_it_was_made(desk: Rehearsal) -> None:
    (told,) = mention(desk, "Maya", "how many wombats in Germany?")
    presses(desk, "Bob", told, told.buttons[0].label, "growth")
    assert facts(under(desk, "m1")[-1]) == {"Number of customers": "2 customers"}


def test_in_a_tickets_thread_notes_stay_notes(desk: Rehearsal) -> None:
    desk.customer("Zoe").says("my parcel is wet")
    maya = desk.staff("Maya")
    card = maya.card().id
    event = StaffAsked(maya.colleague, "tickets", card, "q1", desk.time, "how many customers in Germany?")
    desk.run(desk.app.receive([Arrival("console", "q1", f"console:{card}", event)]))
    maya.sees("2 customers")
    before = len(maya.thread())
    maya.writes("and in France?")
    assert len(maya.thread()) == before


def test_an_answer_is_kept_as_a_typed_question_alone(desk: Rehearsal) -> None:
    ask(desk, "Maya", "how many customers in Germany?")
    with desk.store.read() as connection:
        row = connection.execute(select(AskedQuestion)).one()
    assert row.thread == "console/maya"
    assert '"customers"' in row.question
    assert "how many" not in row.question


# --- segments -------------------------------------------------------------------------------------------------------


def saves(desk: Rehearsal, name: str, told: Message, segment: str) -> str:
    """What somebody is told who saves an answer as a segment."""
    who = desk.staff(name)
    button = next(one for one in told.buttons if one.label == "Save as segment")
    form = desk.run(desk.app.form_of(button.action, button.ref, who.colleague))
    if form is None:
        return ""
    desk.run(desk.app.console.staff_submit(who.colleague, "", form.name, form.ref, {"name": segment}, "commands"))
    return who.was_whispered()[-1]


def segment(desk: Rehearsal, name: str, words: str = "") -> Message:
    who = desk.staff(name)
    who.types(f"/segment {words}")
    return desk.app.console.whispers(who.colleague.user, 0)[-1].message


def test_a_question_over_customers_is_saved_and_asked_anew_each_time(desk: Rehearsal) -> None:
    ask(desk, "Maya", "customers who have not ordered in the last 90 days")
    told = ask(desk, "Maya", "only those in Germany")
    assert told.table is None
    assert "/segment sleeping germans" in saves(desk, "Maya", told, " Sleeping  Germans")
    listed = segment(desk, "Rita").table
    assert listed is not None
    assert [row[:2] for row in listed.rows] == [("sleeping germans", "0")]
    desk.passes(days=120)
    listed = segment(desk, "Rita").table
    assert listed is not None
    assert [row[:2] for row in listed.rows] == [("sleeping germans", "2")]
    shown = segment(desk, "Maya", "SLEEPING germans")
    assert shown.table is not None
    assert [row[0] for row in shown.table.rows] == ["C-1", "C-2"]
    assert presses(desk, "Maya", shown, "Show all (CSV file)").files
    # what is said after it goes on from it
    assert "by city" in ask(desk, "Maya", "by city").text


def test_segments_are_deleted_by_whoever_may_save_them(desk: Rehearsal) -> None:
    assert "No segment is saved yet" in segment(desk, "Maya").text
    told = ask(desk, "Maya", "customers in France")
    assert "needs a name" in saves(desk, "Maya", told, "delete me")
    assert saves(desk, "Rita", told, "french") == ""
    saves(desk, "Maya", told, "french")
    assert "read-only" in segment(desk, "Rita", "delete french").text
    assert "There is no segment german" in segment(desk, "Maya", "german").text
    assert "is deleted" in segment(desk, "Maya", "delete french").text
    assert "There is no segment french" in segment(desk, "Maya", "french").text


def test_what_counts_or_orders_is_no_segment(desk: Rehearsal) -> None:
    for words in ("how many customers in France?", "top 10 customers by spend", "orders last month", "customers"):
        assert "Save as segment" not in [one.label for one in ask(desk, "Maya", words).buttons]
