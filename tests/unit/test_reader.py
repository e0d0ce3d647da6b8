"""The keyword reader: what it makes of messages as customers type them, and that no text upsets it."""

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.entities import BadPattern, Patterns, find, masked
from nlp.keywords import KeywordReader
from nlp.language import language_of
from nlp.meaning import ASK_A_PERSON, INTENTS, Amount, as_json

READER = KeywordReader()


@pytest.mark.parametrize(
    ("text", "amount", "date"),
    [
        ("100 İNR", "100", None),
        ("50 lıbras", "50", None),
        ("3 APRİL 2026", None, "2026-04-03"),
        ("3 avrıl", None, "04-03"),
    ],
)
def test_turkish_letters_are_read_as_the_others(text: str, amount: str | None, date: str | None) -> None:
    found = find(text)

    assert [str(one.value) for one in found.amounts] == ([] if amount is None else [amount])
    assert found.dates == (() if date is None else (date,))


@pytest.mark.parametrize(
    ("text", "language", "intent"),
    [
        ("hi, where is my parcel? ordered two weeks ago", "en", "order_status"),
        ("Still waiting for NT-10234, it was due on Monday", "en", "order_status"),
        ("I'd like my money back please, the jacket is not for me", "en", "refund"),
        ("The boots are too small, can I exchange them for a 43?", "en", "return"),
        ("The stove arrived damaged and the box was crushed", "en", "complaint"),
        ("pls cancel order 10234, ordered by mistake", "en", "cancel_order"),
        ("can you add a headlamp to my order before it ships?", "en", "change_order"),
        ("I moved last week, please change the delivery address", "en", "change_address"),
        ("my card was charged twice for the same thing", "en", "payment"),
        ("could I have an invoice with VAT for my company?", "en", "invoice"),
        ("do you ship to Norway and what are the shipping costs", "en", "delivery"),
        ("Is the Fjell 2 tent back in stock soon?", "en", "product"),
        ("I can't log in, the password reset mail never comes", "en", "account"),
        ("unsubscribe me from your newsletter", "en", "newsletter"),
        ("let me talk to a human", "en", "human"),
        ("Absolutely love the backpack, five stars!", "en", "review"),
        ("Good morning!", "en", "greeting"),
        ("Thank you so much", "en", "thanks"),
        ("Wo bleibt meine Bestellung? Die sollte gestern kommen", "de", "order_status"),
        ("Ich möchte mein Geld zurück", "de", "refund"),
        ("Die Jacke ist zu klein, kann ich sie umtauschen?", "de", "return"),
        ("Der Kocher ist defekt, das ist eine Frechheit", "de", "complaint"),
        ("Bitte stornieren Sie meine Bestellung", "de", "cancel_order"),
        ("Ich bin umgezogen, bitte ändern Sie die Adresse", "de", "change_address"),
        ("Ich brauche noch eine Rechnung mit Mehrwertsteuer", "de", "invoice"),
        ("Bonjour, où est mon colis ?", "fr", "order_status"),
        ("Je voudrais être remboursé, merci", "fr", "refund"),
        ("La tente est arrivée déchirée, c'est inadmissible", "fr", "complaint"),
        ("Pouvez-vous m'envoyer la facture ?", "fr", "invoice"),
        ("¿Dónde está mi pedido? Todavía no ha llegado", "es", "order_status"),
        ("donde esta mi pedido, no ha llegado", "es", "order_status"),
        ("Quiero un reembolso, por favor", "es", "refund"),
        ("La mochila llegó rota", "es", "complaint"),
        ("Meu pedido ainda não chegou, cadê o código de rastreio?", "pt", "order_status"),
        ("Quero trocar por um tamanho maior", "pt", "return"),
        ("Preciso da nota fiscal, por favor", "pt", "invoice"),
        ("我的快递怎么还没到?", "zh", "order_status"),
        ("我要退款", "zh", "refund"),
        ("帐篷收到就是破的，我要投诉！", "zh", "complaint"),
        ("请帮我开一张发票", "zh", "invoice"),
        ("转人工", "zh", "human"),
        ("你好", "zh", "greeting"),
    ],
)
def test_a_message_is_understood(text: str, language: str, intent: str) -> None:
    reading = READER.read(text)

    assert (reading.language, reading.intent, reading.route) == (language, intent, intent)
    assert reading.confidence >= 0.5


@pytest.mark.parametrize("text", ["", "???", "ok then", "My neighbour's cat is called Otto", "asdf qwer", "🤷"])
def test_what_no_list_knows_goes_to_a_person(text: str) -> None:
    reading = READER.read(text)

    assert (reading.intent, reading.route) == ("other", ASK_A_PERSON)
    assert reading.confidence <= 0.2


def test_a_greeting_before_a_question_is_not_the_question() -> None:
    assert READER.read("Hello! Thanks for your help so far. Where is my order?").intent == "order_status"


def test_an_order_id_alone_is_a_hint_but_not_enough_to_act_on() -> None:
    reading = READER.read("NT-10234")

    assert (reading.intent, reading.route) == ("order_status", ASK_A_PERSON)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Great tent, very happy with it", 1),
        ("not good at all", -1),
        ("The zip broke after a week, terrible quality", -1),
        ("Please send me the invoice", 0),
        ("Wir sind sehr zufrieden, tolle Qualität", 1),
        ("Das ist nicht gut, ich bin enttäuscht", -1),
        ("Très déçue, la qualité est mauvaise", -1),
        ("Estoy encantada con la mochila", 1),
        ("Péssimo, produto quebrado", -1),
        ("质量很好，非常满意", 1),
        ("质量不好，太失望了", -1),
        ("快递等了好几天", 0),
        ("👍👍", 1),
    ],
)
def test_sentiment_has_the_right_sign(text: str, sign: int) -> None:
    sentiment = READER.read(text).sentiment

    assert (sentiment > 0) - (sentiment < 0) == sign


def test_each_side_of_the_purchase_is_judged_by_its_own_clause() -> None:
    reading = READER.read("The quality is excellent, but delivery was terribly late and the box was crushed.")

    assert {found.aspect: found.sentiment > 0 for found in reading.aspects} == {
        "quality": True,
        "delivery": False,
        "packaging": False,
    }


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("WHERE IS MY ORDER I WANT AN ANSWER", "high"),
        ("I need this asap, we leave on Friday", "high"),
        ("Das ist dringend, bitte sofort melden", "high"),
        ("This is broken, I am furious!!", "high"),
        ("着急用，请马上处理", "high"),
        ("no rush, but where is my order?", "low"),
        ("Love the jacket, great quality", "low"),
        ("Where is my order?", "normal"),
        ("The ABC-100 fits", "normal"),
    ],
)
def test_urgency(text: str, urgency: str) -> None:
    assert READER.read(text).urgency == urgency


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("where is order 10234?", ("10234",)),
        ("#NT-10234 please", ("NT-10234",)),
        ("nt-10234 and NT-10235, order no. 10236", ("NT-10234", "NT-10235", "10236")),
        ("Bestellnummer: 10237 vom 03.05.2026", ("10237",)),
        ("purchase 732201349959", ("732201349959",)),
        ("我的订单号NT10234什么时候到，电话13800138000", ("NT10234",)),
        ("order 12345 with $20 off", ("12345",)),
        ("NT-10234, NT-10234!", ("NT-10234",)),
        ("10234 Rucksack fehlt", ("10234",)),
        ("my order from 2024-05-02 never came", ()),
        ("Hauptstr. 5, 10115 Berlin", ()),
        ("D-10115 Berlin", ()),
        ("Austin, TX 78701", ()),
        ("1012 AB Amsterdam", ()),
        ("CEP 01310-100", ()),
        ("in 2024 I ordered from you", ()),
        ("a 20000mAh power bank, 10000 mm water column", ()),
        ("I paid 1500 EUR", ()),
        ("call +44 7700 900123 or 0151 23456789", ()),
        ("https://shop.example/orders/12345", ()),
        ("card 4111 1111 1111 1111", ()),
        ("pay to DE89 3704 0044 0532 0130 00", ()),
        ("VAT number DE123456789, UID ATU00000000", ()),
    ],
)
def test_order_ids_are_not_mistaken_for_other_numbers(text: str, ids: tuple[str, ...]) -> None:
    assert find(text).order_ids == ids


def test_order_ids_follow_the_pattern_of_the_shop() -> None:
    reader = KeywordReader(Patterns(orders=(r"ord_[a-z]{2}\d{3}", r"W\d{2}/?\d{2}")))

    assert reader.read("ORD_ab123 and W1234 but not 10234").entities.order_ids == ("ord_ab123", "W1234")


def test_a_pattern_that_is_no_regular_expression_is_refused() -> None:
    with pytest.raises(BadPattern, match=r"\[A-Z"):
        Patterns(orders=("[A-Z",))


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("you charged me 1.234,50 €", "1234.50", "EUR"),
        ("you charged me €1,234.50", "1234.50", "EUR"),
        ("it was $20", "20", "USD"),
        ("EUR 49.90 was taken", "49.90", "EUR"),
        ("30 euros", "30", "EUR"),
        ("£7.5 for shipping", "7.5", "GBP"),
        ("R$ 49,90", "49.90", "BRL"),
        ("1 234,56 zł", "1234.56", "PLN"),
        ("花了50元", "50", "CNY"),
        ("¥299", "299", "CNY"),
        ("49,- € Nachnahme", "49", "EUR"),
    ],
)
def test_amounts(text: str, value: str, currency: str) -> None:
    assert find(text).amounts == (Amount(Decimal(value), currency),)


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("2026-05-03", ("2026-05-03",)),
        ("am 03.05.2026 bestellt", ("2026-05-03",)),
        ("on 3/5/26", ("2026-05-03",)),
        ("05/13/2026", ("2026-05-13",)),
        ("May 5th, 2026 and 5 mai 2026", ("2026-05-05",)),
        ("3 de mayo de 2026", ("2026-05-03",)),
        ("le 1er juin", ("06-01",)),
        ("seit dem 3.5. nichts", ("05-03",)),
        ("2026年5月3日下单", ("2026-05-03",)),
        ("31.02.2026", ()),
        ("it weighs 3.5. kilos", ()),
        ("open 24/7", ()),
    ],
)
def test_dates(text: str, dates: tuple[str, ...]) -> None:
    assert find(text).dates == dates


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("+49 (0)151 555 0199", ("+4901515550199",)),
        ("call 555-010-0199 or (11) 91234-5678", ("5550100199", "11912345678")),
        ("06 12 34 56 78", ("0612345678",)),
        ("电话13800138000", ("13800138000",)),
    ],
)
def test_phones(text: str, phones: tuple[str, ...]) -> None:
    assert find(text).phones == phones


def test_tracking_numbers_and_emails() -> None:
    found = find("1Z999AA10123456784, RR 123 456 789 DE, tracking: 40012345678 — write to Ada.L@mail.example.com.")

    assert found.tracking_numbers == ("1Z999AA10123456784", "RR123456789DE", "40012345678")
    assert found.emails == ("Ada.L@mail.example.com",)
    assert found.order_ids == ()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("my card is 4111 1111 1111 1111 ok?", "my card is •••• •••• •••• 1111 ok?"),
        ("5500-0000-0000-0004", "••••-••••-••••-0004"),
        ("order 12345 4111111111111111", "order 12345 ••••••••••••1111"),
        ("378282246310005 and 4111111111111111", "•••••••••••0005 and ••••••••••••1111"),
        ("4111 1111 1111 1112", "4111 1111 1111 1112"),
        ("order 732201349959", "order 732201349959"),
    ],
)
def test_card_numbers_are_masked_and_others_kept(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_a_reading_as_json_has_the_shape_of_the_contract() -> None:
    answer = as_json(READER.read("Refund 49.90 EUR for order NT-10234 please"))

    assert list(answer) == (
        ["text", "language", "intent", "confidence", "sentiment", "urgency", "aspects", "entities", "route"]
    )
    assert answer["entities"] == {
        "order_ids": ["NT-10234"],
        "tracking_numbers": [],
        "amounts": [{"value": 49.9, "currency": "EUR"}],
        "dates": [],
        "emails": [],
        "phones": [],
    }


def test_languages_without_lists_are_named_all_the_same() -> None:
    texts = (
        "Waar blijft mijn bestelling?",
        "Gdzie jest moja paczka?",
        "Dov'è il mio pacco?",
        "Где мой заказ?",
        "荷物はどこですか",
    )

    assert [language_of(text) for text in texts] == ["nl", "pl", "it", "ru", "ja"]


@given(st.text())
def test_any_text_is_read_the_same_twice_and_within_bounds(text: str) -> None:
    reading = READER.read(text)

    assert reading == READER.read(text)
    assert reading.intent in INTENTS
    assert 0 <= reading.confidence <= 1
    assert -1 <= reading.sentiment <= 1
    assert len(masked(text)) == len(text)


@given(st.text(alphabet="0123456789 -+.,/#€$()@AaNTй年月日元号:\n", max_size=200))
def test_any_mix_of_figures_and_marks_is_read(text: str) -> None:
    READER.read(text)
    masked(text)


HOSTILE = (
    *(
        "1",
        "1 ",
        "4 ",
        "4111 ",
        "a",
        "a.",
        "a@",
        "order ",
        "order n",
        "+1-",
        "1.",
        "1,",
        "€1",
        "1 €",
        "A-",
        "(0",
        "NY ",
    ),
    *("may 1 ", "Aa ", "www.", "#", "(", "订单", "\n", "!", "not ", "不", "退", "é", "\u0301", "'s", "but ", "😡"),
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hostile_text_takes_no_more_than_its_length_in_time(piece: str) -> None:
    """Ten thousand characters; the bound lies far above what they take, far below what a quadratic search would."""
    text = (piece * 10_000)[:10_000]
    begun = time.process_time()

    READER.read(text)
    masked(text)

    assert time.process_time() - begun < 2
