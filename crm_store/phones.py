"""Telephone numbers: in their one international form, and in the forms that shops write them in."""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat


def international(number: str, country: str | None = None) -> str | None:
    """A number as E.164 writes it; None for what is no possible number. `country` (ISO 3166-1 alpha-2) is where one
    without its country's code belongs.

    >>> [international(number, "DE") for number in ("0151 2345 6789", "+49 (0)151-23456789", "0049 15123456789")]
    ['+4915123456789', '+4915123456789', '+4915123456789']
    >>> international("0151 2345 6789") is international("call me", "DE") is None
    True
    """
    try:
        parsed = phonenumbers.parse(number, country)
    except NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)


def written_forms(e164: str) -> tuple[str, ...]:
    """How a number may be written where `Cipher.digest` looks at the digits alone: with its country's code, without it,
    and with both the code and the zero that stands in place of it at home.

    >>> written_forms("+4915123456789")
    ('4915123456789', '15123456789', '49015123456789')
    """
    parsed = phonenumbers.parse(e164)
    code, national = str(parsed.country_code), phonenumbers.national_significant_number(parsed)
    return (code + national, national, f"{code}0{national}")
