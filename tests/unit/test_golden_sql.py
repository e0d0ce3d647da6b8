"""What questions are compiled to (tests/golden/sql; `python -m tests.golden.sql.make` writes it anew)."""

import re

import pytest

from tests.golden.sql.make import DIALECTS, HERE, QUESTIONS, TYPED, compiled, make


@pytest.mark.parametrize("engine", DIALECTS)
def test_the_sql_is_what_was_looked_at(engine: str) -> None:
    assert make(engine) == (HERE / f"{engine}.sql").read_text(encoding="utf-8")


@pytest.mark.parametrize("engine", DIALECTS)
def test_no_value_stands_in_the_sql(engine: str) -> None:
    for name in QUESTIONS:
        sql, values = compiled(name, engine)
        sql = re.sub(r"CHAR\(\d+\)", "CHAR", sql)
        # the condition of an index of ours, which SQLite knows by the words alone
        sql = sql.replace("orders.status != 'delivered'", "")
        assert "'" not in sql, name
        assert "--" not in sql, name
        words = set(re.findall(r"\w+", sql))
        assert not words & {"Robert", "DROP", "Shoes", "Bags", "DE", "FR", "urgent", "champions"}, name
        assert not re.search(r"(?<![\w.])\d\d+", sql), name
        if TYPED in repr(QUESTIONS[name]):
            assert TYPED in values.values(), name
