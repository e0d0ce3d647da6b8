"""A text as a bag of hashed character and word n-grams: what misspelt, short and foreign words still share."""

import re
import unicodedata
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

#: how many features there are; few of a text's some hundred meet another one by chance
BITS: Final = 18
SIZE: Final = 1 << BITS
#: characters of an n-gram at the most
LONGEST: Final = 5
#: what stands for a link, a name that is addressed, and a number of some length: which one it is tells nothing
LINK, NAME, NUMBER = "\ue001", "\ue002", "\ue003"

Features = npt.NDArray[np.int64]

#: control characters, and marks that only say how to join or turn what stands beside them
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
_LINK = re.compile(r"(?:https?://|www\.)\S+")
_ADDRESSED = re.compile(r"(?<!\w)@\w+")
_NUMBER = re.compile(r"[a-z-]{0,12}\d[\d-]{3,}")
_DIGITS = re.compile(r"\d+")
_DRAGGED = re.compile(r"(.)\1{2,}")
_BETWEEN = re.compile(rf"[^\w{LINK}-{NUMBER}!?]+")
_WORD = re.compile(r"\w+|[!?]")
#: what a shop's own system writes above a question about an order, and names that a platform has taken out
_ORDER_CARD = re.compile(
    r"(?:咨询)?\[?(?:订单编?号|订单金额|下单时间|商品id)[:：]?\s*(?:\[[^\]]*\]|[\w¥.:-]*)\s*[,，]?\]?"
    r"(?:\s*\[(?:时间|日期)x\]\]?)?"
)
_TAKEN_OUT = re.compile(r"\[[^\]\s:]{1,6}x\]")
#: odd constants of 64 bits, so that near n-grams come far apart (splitmix64)
_WORDS, _FIRST, _SECOND = (np.uint64(number) for number in (0x165667B19E3779F9, 0x27D4EB2F165667C5, 0x85EBCA77C2B2AE63))
_BY_LENGTH = np.arange(LONGEST + 1, dtype=np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F)
_STEP: Final = np.uint64(0x9E3779B97F4A7C15)
_FOLD: Final = np.uint64(0xBF58476D1CE4E5B9)


def plain(text: str) -> str:
    r"""A text as n-grams see it: small letters, one form of each character, nothing invisible, numbers without digits.

    >>> plain("Where's order #NT-10234??? https://t.co/x1"), plain("ne\u200bed HELP ①")
    ("where's order #\ue003?? \ue001", 'need help 0')
    """
    text = unicodedata.normalize("NFKC", text)
    text = _UNSEEN.sub("", text)
    text = _LINK.sub(LINK, text.lower())
    text = _ADDRESSED.sub(NAME, text)
    text = _TAKEN_OUT.sub(" 0 ", _ORDER_CARD.sub(" ", text))
    text = _DIGITS.sub("0", _NUMBER.sub(NUMBER, text))
    return _DRAGGED.sub(r"\1\1", text)


def has_order_card(text: str) -> bool:
    """Whether a shop's own system wrote there which order it is about.

    >>> has_order_card("[订单编号:8812003]"), has_order_card("订单呢")
    (True, False)
    """
    return _ORDER_CARD.search(unicodedata.normalize("NFKC", text).lower()) is not None


def features(text: str) -> Features:
    """The hashed n-grams of a text, below `SIZE`, as often as they occur.

    Characters: every run of 1 to 5 within a word and the space on either side of it; words: each one, and each pair.
    """
    spaced = f" {_BETWEEN.sub(' ', plain(text)).strip()} "
    words = np.array([zlib.crc32(word.encode(errors="replace")) for word in _WORD.findall(spaced)], np.uint64)
    parts = [*_characters(spaced), _mixed(words * _WORDS)]
    if len(words) > 1:
        parts.append(_mixed(words[:-1] * _FIRST + words[1:] * _SECOND))
    return (np.concatenate(parts) >> np.uint64(64 - BITS)).astype(np.int64)


def _characters(spaced: str) -> list[npt.NDArray[np.uint64]]:
    codes = np.frombuffer(spaced.encode("utf-32-le", "replace"), np.uint32).astype(np.uint64) + np.uint64(1)
    # a run that has a space anywhere but at its ends goes over a word's edge
    spaces = np.cumsum(codes == ord(" ") + 1)
    runs = np.zeros(len(codes), np.uint64)
    found = []
    for length in range(1, min(LONGEST, len(codes)) + 1):
        count = len(codes) - length + 1
        runs = runs[:count] * _STEP + codes[length - 1 :]
        whole = runs if length < 3 else runs[spaces[length - 2 : length - 2 + count] == spaces[:count]]
        found.append(_mixed(whole + _BY_LENGTH[length]))
    return found


def _mixed(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    numbers = (numbers ^ (numbers >> np.uint64(31))) * _FOLD
    return numbers ^ (numbers >> np.uint64(27))


def weighed(features: Features, idf: npt.NDArray[np.float32]) -> tuple[Features, npt.NDArray[np.float32]]:
    """A text's features, each once, and their weights: (1 + log count) * idf, of length one in all."""
    found, counts = np.unique(features, return_counts=True)
    weights = (1 + np.log(counts)) * idf[found]
    known = weights > 0
    found, weights = found[known], weights[known]
    length = float(np.sqrt(weights @ weights))
    return found, (weights / length if length else weights).astype(np.float32)


def counted(texts: Sequence[str]) -> "csr_matrix":
    """How often each feature occurs in each text: (texts, SIZE)."""
    from scipy.sparse import csr_matrix

    rows = [np.unique(features(text), return_counts=True) for text in texts]
    starts = np.cumsum([0, *(len(found) for found, _ in rows)])
    nothing = np.zeros(0, np.int64)
    found = np.concatenate([nothing, *(found for found, _ in rows)]).astype(np.int32)
    counts = np.concatenate([nothing, *(counts for _, counts in rows)]).astype(np.float32)
    return csr_matrix((counts, found, starts), shape=(len(texts), SIZE))


def idf_of(counts: "csr_matrix") -> npt.NDArray[np.float32]:
    """log((1 + n) / (1 + df)) + 1 for each feature, 0 for those that fewer than two texts have.

    Source: Manning, Raghavan, Schütze, Introduction to Information Retrieval (2008), 6.2, smoothed.
    """
    seen = np.bincount(counts.indices, minlength=SIZE)
    idf = np.log((1 + counts.shape[0]) / (1 + seen)) + 1
    return np.where(seen > 1, idf, 0).astype(np.float32)


def matrix(counts: "csr_matrix", idf: npt.NDArray[np.float32]) -> "csr_matrix":
    """What `weighed` makes of each text: (texts, features that have an idf)."""
    from scipy.sparse import diags_array

    used = np.flatnonzero(idf)
    weights = counts[:, used].tocsr().astype(np.float32)
    weights.data = 1 + np.log(weights.data)
    weights = (weights @ diags_array(idf[used])).tocsr()
    lengths = np.sqrt(np.asarray(weights.multiply(weights).sum(axis=1)).ravel())
    weights = (diags_array(1 / np.where(lengths > 0, lengths, 1)) @ weights).tocsr()
    weights.sort_indices()
    return weights
