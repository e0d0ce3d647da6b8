"""Columns are sealed and hashed as single values are."""

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from crm_store.crypto import Cipher
from crm_store.importing import sealing

CIPHER = Cipher({7: AESGCM(bytes(32))}, newest=7, hash_key=b"k" * 32)
TEXTS = st.lists(st.none() | st.text() | st.text("aZ0 +-/()9\t\n.@", max_size=30), max_size=8)


@pytest.mark.parametrize("kind", ["email", "phone", "token"])
@given(texts=TEXTS)
def test_columns_are_hashed_as_values_are(kind: str, texts: list[str | None]) -> None:
    expected = [None if text is None else CIPHER.digest(kind, text) for text in texts]
    assert sealing.digest(CIPHER, kind, texts).to_list() == expected


@given(texts=TEXTS)
def test_columns_are_sealed_as_values_are(texts: list[str | None]) -> None:
    sealed = sealing.seal(CIPHER, "customers.name", texts)
    assert [CIPHER.open_optional("customers.name", value) for value in sealed] == texts
    nonces = {value[5:17] for value in sealed if value is not None}
    assert len(nonces) == len(texts) - texts.count(None)
