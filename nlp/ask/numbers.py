"""Numbers as they are written in words: two hundred, a dozen, 两千五."""

import re

from nlp.ask.months import FULL

ENGLISH_NUMBERS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90, "dozen": 12,
}  # fmt: skip
SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "k": 1000, "m": 1_000_000, "grand": 1000}
CHINESE_DIGITS = {
    "零": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "两": 2, "〇": 0, "俩": 2,
}  # fmt: skip
CHINESE_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
#: larger numbers no engine compares with what it stores
LARGEST = 10.0**15
#: one is also somebody, and zero reviews are none
_ALONE = ("zero", "one", "dozen")
_WORD = "|".join(ENGLISH_NUMBERS)
_SCALE = "|".join(word for word in SCALES if len(word) > 1)
_WRITTEN = re.compile(
    rf"(?<![\w'-])(?:(?:{_WORD})(?:[ -](?:and )?(?:{_WORD}|{_SCALE}))*|(?:a|half a) (?:dozen|{_SCALE}))(?![\w'])"
)
#: twenty nineteen, twenty twenty five
_UNIT = "one|two|three|four|five|six|seven|eight|nine"
_YEAR = re.compile(
    rf"(?<![\w'-])twenty[ -](ten|eleven|twelve|\w+teen|(?:twenty|thirty)(?:[ -](?:{_UNIT})\b)?)(?![\w'-])"
)
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16,
    "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
_NTH = rf"\b(?:(?P<ten>twenty|thirty)[ -])?(?P<unit>{'|'.join(_ORDINALS)})"
#: the first of may is a day, the first order none
_DAYS = (
    re.compile(rf"{_NTH} (?P<tie>(?:day )?of {FULL}\b)"),
    re.compile(rf"\b(?P<tie>{FULL}) (?:the )?{_NTH}\b(?![ -](?:order|purchase|time|half|quarter|week|buyer|customer))"),
)


def english_number(words: list[str], start: int) -> tuple[int, float]:
    """Where the number ends that begins at a word, and what it is; the start and 0 where none begins.

    >>> english_number("over two hundred and five".split(), 1), english_number("half a dozen".split(), 1)
    ((5, 205.0), (3, 12.0))
    """
    total = current = 0.0
    end, seen = start, False
    lead = next((lead for lead in (["half", "a"], ["half"], ["a"]) if words[start : start + len(lead)] == lead), [])
    if lead and start + len(lead) < len(words) and words[start + len(lead)] in (*SCALES, "dozen"):
        current, end, seen = (0.5 if "half" in lead else 1.0), start + len(lead), True
    while end < len(words):
        word = words[end]
        if word in ENGLISH_NUMBERS and (not seen or current == 0 or word == "dozen" or current % 10 == 0):
            current = current * 12 if word == "dozen" and current else current + ENGLISH_NUMBERS[word]
        elif word in SCALES and seen and len(word) > 1:
            scale = SCALES[word]
            current *= scale
            if scale >= 1000:
                total, current = total + current, 0.0
        elif word == "and" and seen and end + 1 < len(words) and words[end + 1] in ENGLISH_NUMBERS and current >= 100:
            pass
        else:
            break
        seen, end = True, end + 1
    return (end, total + current) if seen else (start, 0.0)


def with_digits(text: str) -> str:
    """A text with its English numbers in digits: each pass after it has one form to look for.

    >>> with_digits("top twenty five customers with two orders or more, one with a hundred")
    'top 25 customers with 2 orders or more, one with 100'

    Years and days are said in their own way.

    >>> with_digits("sales of twenty twenty five"), with_digits("orders on the twenty eighth of november")
    ('sales of 2025', 'orders on the 28 november')
    """
    text = _YEAR.sub(lambda found: f"20{_number(found[1]):02g}", text)
    for pattern in _DAYS:
        text = pattern.sub(_day, text)
    return _WRITTEN.sub(_in_digits, text)


def _number(words: str) -> float:
    return english_number(words.replace("-", " ").split(), 0)[1]


def _day(found: re.Match[str]) -> str:
    day = _ORDINALS[found["unit"]] + (_number(found["ten"]) if found["ten"] else 0)
    return f"{day:g} {found['tie'].removeprefix('day ').removeprefix('of ')}"


def _in_digits(found: re.Match[str]) -> str:
    words = found[0].replace("-", " ").split()
    end, value = english_number(words, 0)
    if (len(words) == 1 and words[0] in _ALONE) or end < len(words):
        return found[0]
    return f"{value:g}" if value < 1e6 else str(int(value))


def chinese_number(text: str) -> float:
    """A number written in Chinese characters.

    >>> chinese_number("两千五百"), chinese_number("三万"), chinese_number("十五"), chinese_number("二〇二五")
    (2500.0, 30000.0, 15.0, 2025.0)

    The last unit may be left out, and zero says that it was not: one thousand five (hundred), one thousand and five.

    >>> chinese_number("一千五"), chinese_number("两万三"), chinese_number("一百八"), chinese_number("一千零五")
    (1500.0, 23000.0, 180.0, 1005.0)
    """
    if all(character in CHINESE_DIGITS for character in text):
        return float("".join(str(CHINESE_DIGITS[character]) for character in text))
    total = section = digit = 0
    last = CHINESE_UNITS.get(text[-2], 0) if text[-1] in CHINESE_DIGITS else 0
    for character in text:
        if character in CHINESE_DIGITS:
            digit = CHINESE_DIGITS[character]
        elif (unit := CHINESE_UNITS[character]) < 10_000:
            section, digit = section + (digit or 1) * unit, 0
        else:
            total, section, digit = (total + section + digit) * unit, 0, 0
    return float(total + section + digit * max(1, last // 10))


def in_digits(text: str) -> str:
    """A whole number in digits, however it is written.

    >>> in_digits("三十"), in_digits("25")
    ('30', '25')
    """
    return text if text[0].isdigit() else f"{chinese_number(text):g}"
