"""Patterns are left out only where they could match nothing."""

import importlib
import pkgutil
import re

import pytest

import nlp.ask
from nlp.ask.lexing import normalise
from nlp.ask.passes.tables import Table, needed, replaced
from tests.golden.questions.alike import forms
from tests.unit.test_alike_questions import HERE

TABLES = {
    f"{module.name}.{name}": table
    for module in pkgutil.walk_packages(nlp.ask.__path__, "nlp.ask.")
    for name, table in vars(importlib.import_module(module.name)).items()
    if isinstance(table, Table)
}
TEXTS = sorted({normalise(form) for file in HERE.glob("alike_*.txt") for _, form in forms(file)})[::23]


@pytest.mark.parametrize("name", TABLES)
def test_a_table_does_what_all_its_patterns_would(name: str) -> None:
    for text in TEXTS:
        plain = text
        for pattern, said in TABLES[name]:
            plain = pattern.sub(said, plain)
        assert replaced(text, TABLES[name]) == plain


def test_there_are_tables_and_texts() -> None:
    assert len(TABLES) > 10
    assert len(TEXTS) > 500


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"abc|abd", ("ab",)),
        (r"(?:ab)?c", ("c",)),
        (r"(?:ab|cd)e?", ("ab", "cd")),
        (r"(?:ab|\w)", ("",)),
        (r"(?<=xyz)a", ("xyz",)),
        (r"(?!xyz)a", ("a",)),
        (r"(?i:AB)\d", ("",)),
        (r"[ab]\d{0,2}", ("a", "b")),
        (r"[^ab]", ("",)),
        (r"(?:ab){0,3}", ("",)),
        (r"(?:ab){1,3}", ("ab",)),
        (r"(a)\1", ("a",)),
    ],
)
def test_what_a_pattern_needs(pattern: str, words: tuple[str, ...]) -> None:
    assert needed(re.compile(pattern)) == words


def test_a_pattern_of_any_case_needs_nothing() -> None:
    assert needed(re.compile("ab", re.IGNORECASE)) == ("",)
