"""The trained reader, as it is made from what ships."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.entities import Patterns
from nlp.keywords import KeywordReader
from nlp.meaning import ASK_A_PERSON, INTENTS
from nlp.models import Making, open_reader
from nlp.triage import TrainedReader, tidy
from tests.conftest import MODELS

MAKING = Making(Path(MODELS["SHOPDESK__NLP__FOLDER"]))
#: what people and machines send that is nothing to act on
ODD = (
    "",
    "   \n\t",
    "😀",
    "👍🏽👍🏽",
    "?!?!",
    "\x00\x01\x02",
    "\ud83d",
    "x" * 10_000,
    "aGVsbG8gd29ybGQgdGhpcyBpcyBhIHRlc3QgbWVzc2FnZQ==",
    "U2hvcGRlc2sgcmVhZHMgdGV4dHMgb2ZmbGluZQ",
    "Siparişim nerede kaldı acaba",
    "Где моя посылка, жду третью неделю",
    "注文した商品が届きません",
    "Tilaukseni ei ole saapunut vieläkään",
    "Waar is mijn bestelling? Ik wacht al drie weken",
    "Dov'è il mio pacco, non è ancora arrivato",
    "Gdzie jest moja paczka, czekam od tygodnia",
    "1 2 3",
    "…",
)


@pytest.fixture(scope="module")
def reader() -> TrainedReader:
    return open_reader(MAKING, print)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("where is my parcel", "order_status"),
        ("my parcel is wet", "complaint"),
        ("wheres my ordr its been 2 weeks", "order_status"),
        ("I want my money back", "refund"),
        ("these boots don't fit, can I swap them for a 42?", "return"),
        ("please cancel order 88231", "cancel_order"),
        ("wrong street on my order, can you change it to 12 Oak Lane", "change_address"),
        ("my card was declined at checkout", "payment"),
        ("need the VAT invoice for last month", "invoice"),
        ("do you ship to Norway?", "delivery"),
        ("does the blue one come in XL", "product"),
        ("I forgot my password", "account"),
        ("stop sending me your newsletter", "newsletter"),
        ("let me talk to a real person", "human"),
        ("hello", "greeting"),
        ("thanks, that's all", "thanks"),
        ("what's the weather in Paris tomorrow", "other"),
        ("Wo bleibt mein Paket?", "order_status"),
        ("je veux être remboursé", "refund"),
        ("quiero hablar con una persona", "human"),
        ("quero cancelar meu pedido", "cancel_order"),
        ("我的快递怎么还没到", "order_status"),
        ("可以开发票吗", "invoice"),
        ("转人工", "human"),
    ],
)
def test_plain_wishes_are_read_right(reader: TrainedReader, text: str, intent: str) -> None:
    assert reader.read(text).intent == intent


@pytest.mark.parametrize("text", ODD)
def test_what_cannot_be_read_gets_a_low_confidence_and_a_person(reader: TrainedReader, text: str) -> None:
    reading = reader.read(text)

    assert reading.text == text
    assert reading.confidence < 0.6
    assert reading.route == ASK_A_PERSON


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("[订单编号:88120031, 订单金额:¥99.00, 下单时间:2024-03-01]", "order_status"),
        ("咨询订单号:88120031 商品id:66120", "order_status"),
        ("https://shop.example/p/66120", "other"),
        ("@shop", "other"),
    ],
)
def test_an_order_card_asks_after_its_order_and_a_link_says_nothing(
    reader: TrainedReader, text: str, intent: str
) -> None:
    assert reader.read(text).intent == intent


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_it_never_raises_and_says_only_what_there_is(text: str) -> None:
    reading = open_reader(MAKING, print).read(text)

    assert reading.intent in INTENTS
    assert 0 <= reading.confidence <= 1
    assert -1 <= reading.sentiment <= 1
    assert reading.intent in reading.intents
    assert reading.intent not in [intent for intent, _ in reading.runners_up]


def test_a_text_reads_the_same_alone_and_among_others(reader: TrainedReader) -> None:
    texts = [
        *ODD,
        "where is my parcel and I also want to return the blue one",
        "The dress is lovely. It came late, though, and the box was torn!",
        "你好，我的快递三天没动了，另外发票抬头能改吗",
        *(f"order {number} has not come, it was due on the {number}th of May" for number in range(40)),
    ]
    shuffled = random.Random(7).sample(texts, len(texts))

    together = {reading.text: reading for reading in reader.read_all(shuffled)}

    assert [together[text] for text in texts] == [reader.read(text) for text in texts]


def test_signs_that_nobody_sees_change_nothing(reader: TrainedReader) -> None:
    hidden = reader.read("ref\u200bund my\u00ad order pl\u2060ease")

    assert hidden.intent == "refund"
    assert hidden.confidence == reader.read("refund my order please").confidence
    assert tidy("a\u200bb\x00c") == "abc"


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("where is my parcel and I also want to return the blue one", {"order_status", "return"}),
        (
            "Please cancel order 10234. And where is the other one, 10235? It was due on Monday.",
            {"cancel_order", "order_status"},
        ),
        ("我的快递三天没动了，另外发票抬头能改吗", {"order_status", "invoice"}),
    ],
)
def test_everything_a_message_asks_for_is_named(reader: TrainedReader, text: str, wishes: set[str]) -> None:
    assert set(reader.read(text).intents) >= wishes


def test_a_long_story_is_read_to_its_end(reader: TrainedReader) -> None:
    story = "I bought it for my sister who lives by the sea and loves such things. " * 60
    reading = reader.read(f"Hello there. {story}So please, I want my money back for order NT-10234.")

    assert "refund" in reading.intents
    assert reading.entities.order_ids == ("NT-10234",)


def test_an_order_in_the_middle_of_a_long_mail_is_found(reader: TrainedReader) -> None:
    mail = "I bought it in spring. " * 150 + "The order was NT-10234. " + "I bought it in spring. " * 150

    assert reader.read(mail).entities.order_ids == ("NT-10234",)


def test_a_word_without_end_takes_no_time_that_grows_with_its_square(reader: TrainedReader) -> None:
    from nlp import ngrams

    # a quadratic expression took a second on this; the steps of a linear one are far below what any machine needs
    assert len(ngrams.plain("a" * 200_000 + "b1" * 50_000)) > 0
    assert reader.read("ab" * 5_000).route == ASK_A_PERSON


def test_a_person_is_asked_for(reader: TrainedReader) -> None:
    assert reader.read("Your bot is no help. Let me speak to a human please.").wants_person
    assert not reader.read("where is my parcel").wants_person


@pytest.mark.parametrize("text", [
    "I want to talk to a person about payment methods",
    "Ich möchte mit einem Menschen über Zahlungsarten sprechen",
    "Je voudrais parler à une personne au sujet des moyens de paiement",
    "Quiero hablar con una persona sobre los métodos de pago",
    "Quero falar com uma pessoa sobre formas de pagamento",
    "我想和真人聊聊付款方式",
])  # fmt: skip
def test_a_person_who_is_asked_for_in_plain_words_is_not_weighed(reader: TrainedReader, text: str) -> None:
    for each in (reader, KeywordReader()):
        reading = each.read(text)
        assert reading.wants_person
        assert "human" in reading.intents


@pytest.mark.parametrize(
    ("text", "is_abuse"),
    [
        ("you are a stupid useless piece of garbage", True),
        ("du bist doch der letzte Vollidiot", True),
        ("this blender is garbage, worst purchase ever", False),
        ("where is my parcel", False),
    ],
)
def test_abuse_is_labelled_and_strong_criticism_is_not(reader: TrainedReader, text: str, is_abuse: bool) -> None:
    assert reader.read(text).is_abuse is is_abuse


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("my daughter had an allergic reaction to your cream, we are in hospital", "high"),
        ("you charged my card three times and my rent is due today", "high"),
        ("I WILL CALL MY LAWYER THIS IS A SCAM", "high"),
        ("no rush at all, just wondering when the green one is back", "low"),
        ("do you have this in size 40?", "normal"),
    ],
)
def test_how_urgent_it_is(reader: TrainedReader, text: str, urgency: str) -> None:
    assert reader.read(text).urgency == urgency


def test_sides_of_a_purchase_have_moods_of_their_own(reader: TrainedReader) -> None:
    reading = reader.read("The fabric is wonderful and soft. But the delivery took three weeks, awful.")
    moods = {each.aspect: each.sentiment for each in reading.aspects}

    assert moods["quality"] > 0.2
    assert moods["delivery"] < -0.2


@pytest.mark.parametrize(("good", "bad"), [
    ("love it, fits perfectly and so soft", "fell apart after one wash, do not buy"),
    ("质量很好，非常满意", "质量太差了，用两天就坏"),
    ("super Qualität, gerne wieder", "totaler Schrott, nie wieder"),
])  # fmt: skip
def test_praise_and_blame(reader: TrainedReader, good: str, bad: str) -> None:
    assert reader.read(good).sentiment > 0.3
    assert reader.read(bad).sentiment < -0.3


def test_thresholds_of_the_shop_go_before_those_that_were_learnt() -> None:
    strict = open_reader(MAKING, print, thresholds={"refund": 1.01})
    text = "please give me my money back for the lamp"

    assert strict.read(text).route == ASK_A_PERSON
    assert open_reader(MAKING, print, thresholds={"refund": 0.0}).read(text).route == "refund"


def test_numbers_of_the_shops_own_kind_are_found() -> None:
    patterns = Patterns(orders=(r"W\d{3}",), tracking=(r"NTX\d{4}",), skus=(r"[A-Z]{2}-\d{2}",))
    found = open_reader(MAKING, print, patterns=patterns).read("w123 with ntx4567, article bo-12, is late").entities

    assert (found.order_ids, found.tracking_numbers, found.skus) == (("W123",), ("NTX4567",), ("BO-12",))


def test_a_card_number_is_never_shown_whole(reader: TrainedReader) -> None:
    found = reader.read("you charged 4111 1111 1111 1111 twice").entities

    assert found.cards == ("•••• •••• •••• 1111",)
    assert found.order_ids == ()


def test_serving_needs_neither_torch_nor_scikit_learn() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from pathlib import Path; from nlp.models import Making, open_reader\n"
        f"open_reader(Making(Path({str(MAKING.folder)!r})), print).read('hello there')\n"
        "print(sorted(name for name in ('torch', 'transformers', 'sklearn', 'scipy') if name in sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
