"""Personal data is readable only with the key, only where it stands, and found by what it says."""

import base64
import os
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from crm_store.crypto import (
    BadKey,
    Cipher,
    WrongKey,
    new_key,
    parse_key,
    read_or_make_key,
    unwrap,
    wrap,
)

CIPHER = Cipher({1: AESGCM(bytes(32)), 7: AESGCM(bytes([1]) * 32)}, newest=7, hash_key=bytes(32))


@given(st.binary(max_size=300))
def test_bytes_come_back(value: bytes) -> None:
    sealed = CIPHER.seal_bytes("messages.body", value)
    assert CIPHER.open_bytes("messages.body", sealed) == value
    assert len(sealed) == len(value) + 33
    assert sealed.startswith(CIPHER.head)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_text_comes_back(value: str) -> None:
    assert CIPHER.open("customers.name", CIPHER.seal("customers.name", value)) == value


def test_a_lone_surrogate_does_not_stop_a_message() -> None:
    assert CIPHER.open("messages.body", CIPHER.seal("messages.body", "a\ud83db")) == "a?b"


def test_nothing_stays_nothing() -> None:
    assert CIPHER.seal_optional("customers.email", None) is None
    assert CIPHER.open_optional("customers.email", None) is None
    assert CIPHER.open_optional("customers.email", CIPHER.seal_optional("customers.email", "")) == ""


def test_the_same_value_is_never_sealed_the_same() -> None:
    assert CIPHER.seal("customers.email", "ada") != CIPHER.seal("customers.email", "ada")


@pytest.mark.parametrize("position", [0, 1, 4, 5, 17, -1])
def test_a_changed_byte_is_noticed(position: int) -> None:
    sealed = bytearray(CIPHER.seal("customers.email", "ada@example.com"))
    sealed[position] ^= 1
    with pytest.raises(WrongKey, match=r"customers\.email"):
        CIPHER.open("customers.email", bytes(sealed))


def test_a_value_moved_to_another_column_does_not_open() -> None:
    with pytest.raises(WrongKey):
        CIPHER.open("customers.phone", CIPHER.seal("customers.email", "ada"))


@pytest.mark.parametrize(
    "torn", [b"", b"\x01", b"\x01\0\0\0\x07", b"\x01\0\0\0\x07" + bytes(12), b"\x01\0\0\0\x09" + bytes(40)]
)
def test_what_was_never_sealed_does_not_open(torn: bytes) -> None:
    with pytest.raises(WrongKey):
        CIPHER.open_bytes("customers.email", torn)


def test_an_older_keys_values_stay_readable() -> None:
    older = Cipher({1: CIPHER.keys[1]}, newest=1, hash_key=bytes(32))
    assert CIPHER.open("customers.name", older.seal("customers.name", "Ada")) == "Ada"
    with pytest.raises(WrongKey):
        older.open("customers.name", CIPHER.seal("customers.name", "Ada"))


@pytest.mark.parametrize(
    ("kind", "one", "same"),
    [
        ("email", "Ada@Example.com", " ada@example.COM "),
        ("email", "STRASSE@x.de", "straße@x.de"),
        ("phone", "+49 (30) 123-456", "0049 30 123456"),
        ("phone", "+49 30 123456", "٤٩٣٠١٢٣٤٥٦"),
        ("token", "Abc", " Abc"),
    ],
)
def test_one_value_in_several_spellings_is_found(kind: str, one: str, same: str) -> None:
    assert CIPHER.digest(kind, one) == CIPHER.digest(kind, same)
    assert len(CIPHER.digest(kind, one)) == 43


def test_different_values_kinds_and_keys_have_different_digests() -> None:
    other = Cipher(CIPHER.keys, 7, hash_key=b"x" * 32)
    digests = [
        CIPHER.digest("token", "a"),
        CIPHER.digest("token", "A"),
        CIPHER.digest("email", "a"),
        other.digest("token", "a"),
    ]
    assert len(set(digests)) == 4


def test_a_data_key_opens_only_with_its_master() -> None:
    master, data = os.urandom(32), os.urandom(32)
    assert unwrap(master, wrap(master, data)) == data
    with pytest.raises(WrongKey, match="set SHOPDESK_KEY"):
        unwrap(os.urandom(32), wrap(master, data))


def test_keys_are_read_in_both_spellings_of_base64() -> None:
    key = bytes([251, 255]) * 16
    for text in (base64.b64encode(key).decode(), base64.urlsafe_b64encode(key).decode(), f" {new_key()}\n"):
        assert len(parse_key(text)) == 32


@pytest.mark.parametrize("text", ["", "abc", "A" * 42, "ä" * 44, base64.b64encode(bytes(31)).decode()])
def test_what_is_not_a_key_says_how_to_make_one(text: str) -> None:
    with pytest.raises(BadKey, match=r"SHOPDESK_KEY .*openssl rand"):
        parse_key(text)


def test_a_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "shop.key"
    key = read_or_make_key(path)
    assert read_or_make_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("rubbish")
    with pytest.raises(BadKey, match=r"shop\.key"):
        read_or_make_key(path)
