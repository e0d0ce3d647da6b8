"""The desk each dialogue is held at."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dialogues.rehearsal import Rehearsal


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Rehearsal]:
    with Rehearsal(tmp_path) as rehearsal:
        yield rehearsal
