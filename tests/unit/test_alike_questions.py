"""The forms of a question that are known (tests/golden/questions/alike_en*.txt) are read as what it asks."""

import pytest

from crm_store.question.grammar import Question
from nlp.ask.reading import read
from tests.golden.questions.alike import HERE, forms, meaning
from tests.unit.test_asking import NOW, SHOP, ZONE

#: one form of so many is read: to read all of them takes minutes
EVERY = 12


@pytest.mark.parametrize("file", sorted(each.name for each in HERE.glob("alike_en*.txt")))
def test_forms_that_ask_the_same_are_read_the_same_and_never_as_something_else(file: str) -> None:
    asked = [*forms(HERE / file)][::EVERY]
    heads = {head: read(head, SHOP, NOW, ZONE) for head, _ in asked}
    otherwise, asked_back = [], []
    for head, form in asked:
        wanted, found = heads[head], read(form, SHOP, NOW, ZONE)
        assert isinstance(wanted, Question), head
        if not isinstance(found, Question):
            asked_back.append(form)
        elif meaning(found) != meaning(wanted):
            otherwise.append(form)
    assert not otherwise
    assert len(asked_back) <= 0.01 * len(asked), asked_back
