"""Every sentence exists in every language, says the same, and is used; whatever catalogs there are."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

import handlers.texts
from crm_store.money import UnknownCurrency
from handlers.texts import LANGUAGES, PLURALS, counted, text
from handlers.texts.money import money

TEXTS = Path(handlers.texts.__file__).parent
ROOT = TEXTS.parent.parent
OTHERS = tuple(language for language in LANGUAGES if language != "en")
#: catalogs that customers' sentences stand in
SHARED = sorted(file.stem for file in (TEXTS / "en").glob("*.po") if not file.stem.startswith("staff"))
#: what a sentence is said to be, in a comment above it, whose translation is the English words
SAME = "same in English"
#: sentences whose words are the same in some languages, as the words themselves are
WORDS_ALIKE = {"Status", "Name", "Total", "OK", "Version", "Code", "Information", "Photo", "Problem", "Produkt"}
#: English words that no other of our languages has: two of them in a sentence were left over
ENGLISH = set(
    re.findall(
        r"\w+",
        "the your you please with have this that from what when which here and order refund parcel colleague answer"
        " need write send are cannot would again",
    )
)


class Anything:
    """Fills any placeholder, whatever its format."""

    def __format__(self, spec: str) -> str:
        return "x"

    def __getattr__(self, name: str) -> "Anything":
        return self

    def __getitem__(self, name: object) -> "Anything":
        return self


@cache
def catalog(language: str, stem: str) -> Catalog:
    with (TEXTS / language / f"{stem}.po").open("rb") as opened:
        return read_po(opened, locale=language)


def sentences(language: str, stem: str) -> dict[str, Message]:
    return {key_of(message): message for message in catalog(language, stem) if message.id}


def key_of(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def placeholders(message: Message) -> set[str]:
    return {name for form in forms(message) for _, name, _, _ in Formatter().parse(form) if name is not None}


def words_of(message: Message) -> set[str]:
    return {word for form in forms(message) for word in re.findall(r"[^\W\d_]+", re.sub(r"\{.*?\}", "", form).lower())}


@pytest.mark.parametrize("stem", SHARED)
@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_every_sentence_and_no_other(language: str, stem: str) -> None:
    assert (TEXTS / language / f"{stem}.po").exists(), f"{language}/{stem}.po is missing"
    assert set(sentences(language, stem)) == set(sentences("en", stem))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_has_a_catalog_that_english_has_not(language: str) -> None:
    of_staff = {"en": {file.stem for file in (TEXTS / "en").glob("staff*.po")}, "zh": {"staff_ask"}}
    assert {file.stem for file in (TEXTS / language).glob("*.po")} - set(SHARED) <= of_staff.get(language, set())


def test_an_answer_is_chinese_in_every_sentence_of_it() -> None:
    english = sentences("en", "staff") | sentences("en", "staff_digests") | sentences("en", "staff_ask")
    chinese = sentences("zh", "staff_ask")
    listed = ("gone", "list", "none", "change", "failing")
    of_no_question = {"ask.usage", "ask.gone", *(f"schedule.{one}" for one in listed)}
    wanted = {key for key in english if key.startswith(("ask.", "schedule."))} - of_no_question
    assert {key for key in wanted if not key.startswith("schedule.column.")} <= set(chinese)
    for key, message in chinese.items():
        assert placeholders(message) == placeholders(english[key]), key
        assert re.search("[\u3400-\u9fff]", forms(message)[0]), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_key_stands_in_one_catalog_once(language: str) -> None:
    files = sorted((TEXTS / language).glob("*.po"))
    written = [(file.stem, key) for file in files for key in re.findall(r'(?m)^msgid "(.+)"$', file.read_text("utf-8"))]
    counts = Counter(key for _, key in written)

    assert [place for place in written if counts[place[1]] > 1] == []


@pytest.mark.parametrize("stem", SHARED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_of_every_sentence_is_there_and_can_be_filled(language: str, stem: str) -> None:
    if not (TEXTS / language / f"{stem}.po").exists():
        pytest.skip("another test says so")
    header = dict(catalog(language, stem).mime_headers)
    english = sentences("en", stem)

    assert header["Plural-Forms"] == PLURALS[language]
    for key, message in sentences(language, stem).items():
        is_counted = not isinstance(message.id, str)
        number = int(re.findall(r"nplurals=(\d)", PLURALS[language])[0]) if is_counted else 1
        assert is_counted == (not isinstance(english[key].id, str)), f"{key} is counted in one language only"
        assert len(forms(message)) == number, f"{key}: {number} forms are needed"
        assert all(form.strip() for form in forms(message)), f"{key} is empty"
        # a form may do without its number: "one order"
        wanted, found = placeholders(english[key]) - {"n"}, placeholders(message) - {"n"}
        assert found == wanted, f"{key} fills {found}, not {wanted}"
        for form in forms(message):
            assert form.format_map(dict.fromkeys(placeholders(message), Anything())), key


@pytest.mark.parametrize("stem", SHARED)
@pytest.mark.parametrize("language", OTHERS)
def test_no_english_is_left_over(language: str, stem: str) -> None:
    if not (TEXTS / language / f"{stem}.po").exists():
        pytest.skip("another test says so")
    english = sentences("en", stem)

    for key, message in sentences(language, stem).items():
        # flow.enders are what customers say, not what they are told
        if SAME in message.user_comments or not words_of(english[key]) or key.endswith(".enders"):
            continue
        alike = set(forms(message)) & set(forms(english[key])) - WORDS_ALIKE
        assert not alike, f"{key} is in English: {alike}; above one that is the same write: # {SAME}"
        assert len(words_of(message) & ENGLISH) < 2, f"{key} holds English: {forms(message)}"
        if language == "zh":
            assert all(re.search("[\u3400-\u9fff]", form) for form in forms(message)), f"{key} is not in Chinese"


# --- the code and the catalogs ------------------------------------------------------------------------------------


@cache
def literals() -> tuple[frozenset[str], frozenset[str]]:
    """Every string in the code, and every pattern of what an f-string can be."""
    whole, patterns = set(), set()
    for node in nodes():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            whole.add(node.value)
        if isinstance(node, ast.JoinedStr):
            patterns.add(pattern_of(node))
    return frozenset(whole), frozenset(patterns)


def nodes() -> Iterator[ast.AST]:
    for tree in trees():
        yield from ast.walk(tree)


@cache
def trees() -> tuple[ast.Module, ...]:
    files = (file for room in ("bot", "jobs", "handlers") for file in sorted((ROOT / room).rglob("*.py")))
    return tuple(ast.parse(file.read_text("utf-8")) for file in files)


def pattern_of(node: ast.JoinedStr) -> str:
    parts = (re.escape(p.value) if isinstance(p, ast.Constant) else r"[\w.-]+" for p in node.values)
    return "".join(map(str, parts))


def calls() -> Iterator[tuple[str, ast.expr]]:
    """Each call of `text` and `counted`, where they are ours: with what it asks for."""
    for tree in trees():
        ours = {
            name.asname or name.name: name.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == "handlers.texts"
            for name in node.names
            if name.name in ("text", "counted")
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Name) and node.func.id in ours:
                yield ours[node.func.id], node.args[0]


def known() -> dict[str, Message]:
    stems = [file.stem for file in (TEXTS / "en").glob("*.po")]
    return {key: message for stem in stems for key, message in sentences("en", stem).items()}


def test_every_key_that_the_code_asks_for_exists() -> None:
    keys = known()
    for name, asked in calls():
        if isinstance(asked, ast.Constant) and isinstance(asked.value, str):
            assert asked.value in keys, f"no catalog has {asked.value!r}"
            is_counted = not isinstance(keys[asked.value].id, str)
            assert is_counted == (name == "counted"), f"{asked.value!r} is asked for by {name}()"
        if isinstance(asked, ast.JoinedStr):
            pattern = pattern_of(asked)
            assert any(re.fullmatch(pattern, key) for key in keys), f"no catalog has {ast.unparse(asked)}"


def test_every_key_is_asked_for_somewhere() -> None:
    whole, patterns = literals()
    # a pattern that begins with nothing fixed says nothing
    telling = [re.compile(pattern) for pattern in patterns if re.match(r"[a-z_]{3,}", pattern)]
    unused = [key for key in known() if key not in whole and not any(one.fullmatch(key) for one in telling)]

    assert unused == []


# --- numbers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", [0, 1, 2, 5, 1_000_000])
def test_every_counted_sentence_has_a_form_for_every_number(language: str, number: int) -> None:
    for stem in SHARED:
        for key, message in sentences("en", stem).items():
            if not isinstance(message.id, str):
                assert counted(key, number, language, **dict.fromkeys(placeholders(message) - {"n"}, Anything()))


def test_a_language_that_is_not_ours_is_answered_in_english() -> None:
    assert text("order.status", "tr") == text("order.status", "en")


@pytest.mark.parametrize(
    ("minor", "currency", "language", "written"),
    [
        (123450, "EUR", "en", "€1,234.50"),
        (123450, "EUR", "de", "1.234,50\xa0€"),
        (123450, "EUR", "fr", "1\u202f234,50\xa0€"),
        (1234, "EUR", "es", "12,34\xa0€"),
        (990, "BRL", "pt", "R$\xa09,90"),
        (990, "CNY", "zh", "¥9.90"),
        (1200, "JPY", "de", "1.200\xa0¥"),
        (1500, "KWD", "en", "KWD\xa01.500"),
        (1500, "IQD", "fr", "1,500\xa0IQD"),
        (-5, "USD", "en", "-US$0.05"),
    ],
)
def test_money_has_the_places_of_its_currency(minor: int, currency: str, language: str, written: str) -> None:
    assert money(minor, currency, language) == written


def test_a_currency_that_does_not_exist_is_no_amount() -> None:
    with pytest.raises(UnknownCurrency):
        money(1, "XXX")
