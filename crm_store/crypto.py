"""Encryption of personal data, with the key outside the database.

Two layers (envelope encryption): the *master key* comes from `SHOPDESK_KEY` and never touches the database; it wraps
*data keys*, which are stored in `keyring` and encrypt the values. Changing the master key re-wraps a few rows; changing
the data key affects new values, old ones stay readable by the key they name.

Values: AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce, bound to the column they stand in. Look-ups:
HMAC-SHA256 under a key of its own, over the value in one normal form.
"""

import base64
import hmac
import os
import secrets
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
_FORMAT = b"\x01"
_HEAD = len(_FORMAT) + 4


class BadKey(Exception):
    """The master key is not 32 bytes in base64."""

    def __init__(self, where: str) -> None:
        super().__init__(f"{where} is not 32 bytes in base64: make one with 'openssl rand -base64 32'")
        self.where = where


class WrongKey(Exception):
    """The master key does not open this store's keyring, or a value was changed."""

    def __init__(self, what: str = "the store's keyring") -> None:
        super().__init__(f"the encryption key does not open {what}: set SHOPDESK_KEY to the key it was made with")
        self.what = what


def new_key() -> str:
    """A fresh master key: 32 random bytes in base64."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def parse_key(text: str, where: str = "SHOPDESK_KEY") -> bytes:
    """The bytes of a key written in base64 (standard or URL-safe). Raises `BadKey`."""
    try:
        key = base64.b64decode(text.strip().replace("-", "+").replace("_", "/"), validate=True)
    except ValueError as error:
        raise BadKey(where) from error
    if len(key) != KEY_BYTES:
        raise BadKey(where)
    return key


def read_or_make_key(path: Path) -> bytes:
    """The key in a file of mode 0600, made when absent. Raises `BadKey`."""
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return parse_key(path.read_text(), str(path))
    with os.fdopen(handle, "w") as file:
        file.write(new_key() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return parse_key(path.read_text(), str(path))


def wrap(master: bytes, data_key: bytes) -> bytes:
    """A data key, encrypted by the master key."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(master).encrypt(nonce, data_key, b"keyring")


def unwrap(master: bytes, wrapped: bytes) -> bytes:
    """The data key again. Raises `WrongKey`."""
    try:
        return AESGCM(master).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], b"keyring")
    except InvalidTag as error:
        raise WrongKey from error


@dataclass(frozen=True, slots=True)
class Cipher:
    """Seals, opens and hashes values with the data keys of one store.

    >>> cipher = Cipher({1: AESGCM(bytes(32))}, newest=1, hash_key=bytes(32))
    >>> cipher.open("customers.email", cipher.seal("customers.email", "ada@example.com"))
    'ada@example.com'
    >>> cipher.digest("email", "Ada@Example.com ") == cipher.digest("email", "ada@example.com")
    True
    """

    keys: dict[int, AESGCM]
    newest: int
    hash_key: bytes

    @property
    def head(self) -> bytes:
        """How every value begins that the newest key seals: format and key number."""
        return _FORMAT + self.newest.to_bytes(4, "big")

    def seal_bytes(self, column: str, value: bytes) -> bytes:
        """`value` encrypted for one column: format byte, key number, nonce, ciphertext with tag (33 bytes longer)."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self.keys[self.newest].encrypt(nonce, value, column.encode())
        return self.head + nonce + sealed

    def open_bytes(self, column: str, sealed: bytes) -> bytes:
        """What `seal_bytes` was given. Raises `WrongKey` when the value was changed or moved to another column."""
        if not sealed.startswith(_FORMAT):
            raise WrongKey(f"a value of {column}")
        try:
            key = self.keys[int.from_bytes(sealed[1:_HEAD], "big")]
            return key.decrypt(sealed[_HEAD : _HEAD + NONCE_BYTES], sealed[_HEAD + NONCE_BYTES :], column.encode())
        except (KeyError, InvalidTag, ValueError) as error:
            raise WrongKey(f"a value of {column}") from error

    def seal(self, column: str, value: str) -> bytes:
        """Text encrypted for one column. Lone surrogates (broken UTF-8 of a platform) become U+FFFD."""
        return self.seal_bytes(column, value.encode(errors="replace"))

    def open(self, column: str, sealed: bytes) -> str:
        """What `seal` was given."""
        return self.open_bytes(column, sealed).decode()

    def seal_optional(self, column: str, value: str | None) -> bytes | None:
        return None if value is None else self.seal(column, value)

    def open_optional(self, column: str, sealed: bytes | None) -> str | None:
        return None if sealed is None else self.open(column, sealed)

    def digest(self, kind: str, value: str) -> str:
        """43 characters by which a value of a kind (email, phone, token) is looked up: HMAC-SHA256, URL-safe base64."""
        normal = f"{kind}\0{_normal(kind, value)}".encode(errors="replace")
        mac = hmac.digest(self.hash_key, normal, "sha256")
        return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def _normal(kind: str, value: str) -> str:
    text = unicodedata.normalize("NFKC", value).strip()
    match kind:
        case "email":
            return text.casefold()
        case "phone":
            return "".join(str(unicodedata.decimal(c)) for c in text if c.isdecimal()).lstrip("0")
        case _:
            return text
