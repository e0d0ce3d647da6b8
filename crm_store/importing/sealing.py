"""Whole columns sealed and hashed: what `Cipher.seal` and `Cipher.digest` make, at half their cost."""

import hmac
import os
from collections.abc import Sequence
from string import digits

import polars as pl

from crm_store.crypto import NONCE_BYTES, Cipher

#: what stands in a telephone number beside digits
_NO_DIGITS = {code: None for code in range(128) if chr(code) not in digits}


def seal(cipher: Cipher, label: str, texts: Sequence[str | None]) -> list[bytes | None]:
    """`Cipher.seal_optional` of each text; the nonces are one draw of random bytes."""
    encrypt, head, column = cipher.keys[cipher.newest].encrypt, cipher.head, label.encode()
    drawn = os.urandom(NONCE_BYTES * len(texts))
    nonces = (drawn[at : at + NONCE_BYTES] for at in range(0, len(drawn), NONCE_BYTES))
    return [
        None if text is None else head + nonce + encrypt(nonce, text.encode(errors="replace"), column)
        for text, nonce in zip(texts, nonces, strict=True)
    ]


def digest(cipher: Cipher, kind: str, texts: Sequence[str | None]) -> pl.Series:
    """`Cipher.digest` of each text; plain ASCII is in the normal form but for case, space and punctuation."""
    key, before, mac = cipher.hash_key, f"{kind}\0", hmac.digest
    macs = [
        None if text is None or not text.isascii() else mac(key, (before + _normal(kind, text)).encode(), "sha256")
        for text in texts
    ]
    coded = pl.Series(f"{kind}_hash", macs, pl.Binary).bin.encode("base64").str.strip_chars_end("=")
    coded = coded.str.replace_all("+", "-", literal=True).str.replace_all("/", "_", literal=True)
    others = [at for at, text in enumerate(texts) if text is not None and not text.isascii()]
    return coded.scatter(others, [cipher.digest(kind, str(texts[at])) for at in others]) if others else coded


def _normal(kind: str, text: str) -> str:
    match kind:
        case "email":
            return text.strip().lower()
        case "phone":
            return text.translate(_NO_DIGITS).lstrip("0")
        case _:
            return text.strip()
