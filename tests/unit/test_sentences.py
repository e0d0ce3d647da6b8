"""The sentences readers learn from: how files are read, and what ships."""

import csv
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from nlp import sentences
from nlp.meaning import INTENTS
from nlp.sentences import BadSentences, Sentence, read

SHARED = Path(__file__).parents[3] / "shared" / "data"
#: how many sentences an intent has at the least
LEAST = {"en": 400, "zh": 300, "de": 100, "fr": 100, "es": 100, "pt": 100}


@cache
def shipped() -> tuple[Sentence, ...]:
    return tuple(read([sentences.SHIPPED]))


def written(folder: Path, name: str, *lines: str) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


@pytest.mark.parametrize("language", LEAST)
@pytest.mark.parametrize("intent", INTENTS)
def test_every_intent_has_many_examples(language: str, intent: str) -> None:
    count = sum(one.language == language and one.intent == intent for one in shipped())

    assert count >= LEAST[language]


@pytest.mark.parametrize("language", LEAST)
def test_every_language_has_reviews_of_each_kind_and_urgent_and_abusive_messages(language: str) -> None:
    own = [one for one in shipped() if one.language == language]

    assert {one.opinion for one in own} >= {"good", "mixed", "bad"}
    assert {one.urgency for one in own} >= {"low", "high"}
    assert any(one.is_abuse for one in own)
    assert {aspect for one in own for aspect in one.aspects} == {
        "quality", "delivery", "price", "service", "packaging", "size",
    }  # fmt: skip


def test_no_sentence_that_ships_is_filed_under_two_intents() -> None:
    intents: dict[tuple[str, str], set[str]] = {}
    for one in shipped():
        if one.intent is not None:
            intents.setdefault((one.language, one.text.casefold()), set()).add(one.intent)

    assert [text for text, several in intents.items() if len(several) > 1] == []


def test_people_do_not_all_begin_alike() -> None:
    """Many sentences of one frame taught the reader frames, not what people want."""
    for language in ("en", "de", "fr", "es", "pt"):
        for intent in INTENTS:
            own = [one.text.casefold().split() for one in shipped() if (one.language, one.intent) == (language, intent)]
            (opening, count), *_ = Counter(" ".join(words[:3]) for words in own if len(words) > 5).most_common(1)
            assert count <= max(8, len(own) * 0.03), (language, intent, opening, count)


def _public() -> Iterator[str]:
    columns = {
        "bitext_train.csv": "utterance",
        "bitext_dev.csv": "utterance",
        "clinc150_test.csv": "text",
        "en_tweets_unlabelled.csv": "text",
        "zh_shop_chat_unlabelled.csv": "text",
        "en_womens_clothing_reviews.csv": "text",
        "zh_online_shopping_20k.csv": "review",
    }
    for file, column in columns.items():
        with (SHARED / file).open(encoding="utf-8", newline="") as lines:
            yield from (" ".join(row[column].split()).casefold() for row in csv.DictReader(lines))


def test_nothing_that_ships_comes_out_of_public_data() -> None:
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not there")
    public = set(_public())
    # what anybody writes ("hello", "thank you") is nobody's
    long = [one.text for one in shipped() if len(one.text) > 8 and (len(one.text.split()) > 2 or one.language == "zh")]

    assert [text for text in long if text.casefold() in public] == []


# --- reading --------------------------------------------------------------------------------------------------------


def test_a_line_is_a_sentence_and_a_heading_begins_a_part(tmp_path: Path) -> None:
    written(tmp_path, "en/refund.txt", "my money  please", "", "# letters", "Kindly return the sum", "my money please")

    assert read([tmp_path]) == [
        Sentence("my money please", "en", intent="refund"),
        Sentence("Kindly return the sum", "en", "letters", intent="refund"),
    ]


def test_reviews_name_the_sides_they_speak_of(tmp_path: Path) -> None:
    written(tmp_path, "de/reviews/bad.txt", "quality- delivery+ | kam schnell, ging kaputt", "taugt nichts")

    first, second = read([tmp_path])

    assert (first.opinion, first.aspects, first.text) == (
        "bad",
        {"quality": -1, "delivery": 1},
        "kam schnell, ging kaputt",
    )
    assert (second.opinion, second.aspects) == ("bad", {})


@pytest.mark.parametrize(
    ("name", "lines", "said"),
    [
        ("en/refnd.txt", ["x"], "is named after nothing a reader learns; allowed are refund"),
        ("en/reviews/fine.txt", ["x"], "reviews/good|mixed|bad"),
        (
            "en/reviews/good.txt",
            ["| fine", "colour+ | fine"],
            "good.txt, line 2: 'colour+' is no mark; allowed are quality",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_what_is_allowed(
    tmp_path: Path, name: str, lines: list[str], said: str
) -> None:
    written(tmp_path, name, *lines)

    with pytest.raises(BadSentences) as raised:
        read([tmp_path])

    assert said in str(raised.value)


def test_a_file_in_another_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "refund.txt").write_bytes("Geld zurück\n".encode() + "Geld zurück\n".encode("latin-1"))

    with pytest.raises(BadSentences, match=r"refund\.txt, line 2: is not UTF-8"):
        read([tmp_path])


def test_the_shop_has_the_last_word_on_a_sentence_and_languages_do_not_meet(tmp_path: Path) -> None:
    written(tmp_path / "ships", "en/refund.txt", "money not here", "ok")
    written(tmp_path / "ships", "de/thanks.txt", "ok")
    written(tmp_path / "own", "en/complaint.txt", "Money not here")
    (tmp_path / "own" / "en" / "._refund.txt").write_bytes(b"\x00\xff")

    found = {(one.language, one.text.casefold(), one.intent) for one in read([tmp_path / "ships", tmp_path / "own"])}

    assert found == {("en", "money not here", "complaint"), ("en", "ok", "refund"), ("de", "ok", "thanks")}


def test_a_folder_that_is_missing_is_one_without_sentences(tmp_path: Path) -> None:
    assert read([tmp_path / "none"]) == []
