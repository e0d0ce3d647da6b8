"""Knowledge articles: what files may hold, and how well questions find them."""

import csv
from pathlib import Path

import pytest

from bot.demo import knowledge as shipped
from nlp import articles
from nlp.articles import Article, BadArticle, parts_of
from nlp.encoder import Encoder
from nlp.knowledge import Knowledge
from nlp.models import Making, open_reader

GOLDEN = Path(__file__).parent.parent / "golden" / "knowledge.csv"
HEAD = "---\ntitle: How do I pay?\n---\n"


@pytest.fixture(scope="module")
def encoder(models: Path) -> Encoder:
    return open_reader(Making(models), print).encoder


def measured(knowledge: Knowledge, half: int) -> tuple[float, float]:
    """Precision and recall of the answers to one half of the questions."""
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        rows = [row for number, row in enumerate(csv.DictReader(file)) if number % 2 == half]
    answered = right = 0
    for row in rows:
        found = knowledge.find(row["question"], row["language"])
        if found is not None and found.sure >= 0.5:
            answered += 1
            right += found.article.slug == row["slug"]
    return right / answered, right / sum(row["slug"] != "" for row in rows)


def test_what_is_answered_is_right_with_the_trained_models(encoder: Encoder) -> None:
    precision, recall = measured(Knowledge(articles.read(shipped.FOLDER), encoder), half=1)
    print(f"precision {precision:.3f}, recall {recall:.3f}")
    assert precision >= 0.9
    assert recall >= 0.75


def test_what_is_answered_is_mostly_right_by_words_alone() -> None:
    precision, recall = measured(Knowledge(articles.read(shipped.FOLDER)), half=1)
    print(f"precision {precision:.3f}, recall {recall:.3f}")
    assert precision >= 0.8
    assert recall >= 0.6


def test_the_shipped_articles_stand_in_six_languages() -> None:
    by_language: dict[str, set[str]] = {}
    for article in articles.read(shipped.FOLDER):
        by_language.setdefault(article.language, set()).add(article.slug)
    assert sorted(by_language) == ["de", "en", "es", "fr", "pt", "zh"]
    assert len({frozenset(slugs) for slugs in by_language.values()}) == 1
    assert len(by_language["en"]) >= 12


def test_the_part_that_fits_is_the_answer(encoder: Encoder) -> None:
    knowledge = Knowledge(articles.read(shipped.FOLDER), encoder)
    found = knowledge.find("When do you charge my credit card?", "en")
    assert found is not None
    assert (found.article.slug, found.part.heading) == ("payment-methods", "When is my card charged?")
    found = knowledge.find("哪些商品不能退？", "zh")
    assert found is not None
    assert (found.article.slug, found.part.heading) == ("returns", "哪些不能退")


def test_an_article_of_staff_takes_the_place_of_the_files_one() -> None:
    own = Article("pay", "en", "How do I pay?", parts_of("Only with coins."))
    filed = Article("pay", "en", "How do I pay?", parts_of("With cards."))
    found = Knowledge((filed,)).find("How do I pay?", "en", (own,))
    assert found is not None
    assert found.part.text == "Only with coins."
    assert found.sure > 0.8


def test_without_an_article_in_the_language_nothing_is_found() -> None:
    filed = Article("pay", "en", "How do I pay?", parts_of("With cards."))
    assert Knowledge((filed,)).find("Wie kann ich zahlen?", "de") is None
    assert Knowledge().find("How do I pay?", "en") is None
    assert Knowledge((filed,)).find("  ", "en") is None


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("en/pay.md", "How do I pay?", "begins with no head"),
        ("en/pay.md", "---\ntitle: [\n---\nText", "cannot be read"),
        ("en/pay.md", "---\nkeywords: [x]\n---\nText", "needs a title"),
        ("en/pay.md", "---\ntitle: T\ntags: [x]\n---\nText", "'tags' is no key of a head"),
        ("en/pay.md", "---\ntitle: T\nkeywords: {a: b}\n---\nText", "keywords is no list of texts"),
        ("en/pay.md", HEAD, "has no text"),
        ("en/pay.md", HEAD + "x" * 3_001, "divide it by lines that begin with ##"),
        ("english/pay.md", HEAD + "Text", "named after a language"),
        ("nl/pay.md", HEAD + "Text", "named after a language (en, de)"),
    ],
)
def test_a_file_that_is_no_article_is_named(tmp_path: Path, name: str, content: str, problem: str) -> None:
    file = tmp_path / name
    file.parent.mkdir()
    file.write_text(content, encoding="utf-8")
    with pytest.raises(BadArticle) as caught:
        articles.read(tmp_path, languages=("en", "de"))
    assert problem in str(caught.value)
    assert name.partition("/")[0] in str(caught.value)


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    (tmp_path / "pay.md").write_bytes(b"---\ntitle: \xff\n---\nText")
    with pytest.raises(BadArticle, match=r"pay\.md: cannot be read"):
        articles.read(tmp_path)


def test_a_shop_of_one_language_needs_no_folders(tmp_path: Path) -> None:
    (tmp_path / "pay.md").write_text("---\r\ntitle: Zahlung\r\nkeywords: Karte\r\n---\r\nMit Karte.\r\n")
    (found,) = articles.read(tmp_path, "de")
    assert (found.slug, found.language, found.keywords, found.parts[0].text) == ("pay", "de", ("Karte",), "Mit Karte.")
    assert articles.read(tmp_path / "nowhere") == ()
