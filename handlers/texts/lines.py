"""People's words as one line among ours, of moderate length."""


def shortened(words: str, most: int) -> str:
    """Words that are too long end at a space, where there is one near the end, and in `…`.

    >>> shortened("my parcel is wet", 12), shortened("wet" * 5, 12)
    ('my parcel…', 'wetwetwetwe…')
    """
    if len(words) <= most:
        return words
    whole = words[:most].rpartition(" ")[0]
    return (whole if len(whole) > most // 2 else words[: most - 1]) + "…"


def in_one(words: str, most: int) -> str:
    """So that nobody's words pass for a line of ours.

    >>> in_one("my parcel\\nis  wet", 80)
    'my parcel is wet'
    """
    return shortened(" ".join(words.split()), most)
