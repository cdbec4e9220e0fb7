"""Values of numbers as they are written: digits with their marks, spelled-out words, Han numerals."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

SPELLED_LANGUAGES = frozenset({"en", "fr", "de", "es", "it", "pt", "nl"})
# Longer runs of digits are no quantity, and reading them would take more than linear time.
_MOST_DIGITS = 30
HALF = Decimal("0.5")
_AND_HALF = "einhalb"


def read_digits(text: str, *, point: bool) -> tuple[Decimal, ...]:
    """Return what digits with points and commas may mean, likeliest first; nothing for a code such as `22.12.2023`.

    Args:
        text: Digits, points and commas.
        point: Whether the language writes a decimal point; then `1,234` is a thousand and `1.234` about one.
    """
    if len(text) > _MOST_DIGITS:
        return ()
    if text.isdecimal():
        return (Decimal(text),)
    marks = [char for char in text if char in ".,"]
    parts = re.split(r"[.,]", text)
    whole, decimal = Decimal("".join(parts)), Decimal("".join(parts[:-1]) + "." + parts[-1])
    grouped = parts[0] != "0" and len(parts[0]) <= 3 and all(len(part) == 3 for part in parts[1:])
    if len(set(marks)) == 2:
        mixed = marks.count(marks[-1]) == 1 and all(len(part) in (2, 3) for part in parts[1:-1])
        return (decimal,) if mixed else ()
    if len(marks) > 1:
        lakh = marks[0] == "," and len(parts[-1]) == 3 and all(len(part) == 2 for part in parts[1:-1])
        return (whole,) if grouped or lakh else ()
    if not grouped:
        return (decimal,)
    return (decimal, whole) if (marks[0] == ".") == point else (whole, decimal)


@lru_cache(maxsize=1 << 14)
def read_spelled(words: str, language: str) -> Decimal | None:
    """Read a spelled-out cardinal; None when it is none."""
    from text_to_num import text2num

    if language == "de" and words.endswith(_AND_HALF):  # sechseinhalb
        whole = read_spelled(words.removesuffix(_AND_HALF), "de")
        return None if whole is None else whole + HALF
    aged = language == "it" and words.endswith("enne")  # ventiduenne is who is ventidue
    for spelled in [words.removesuffix("enne") + vowel for vowel in "eiao"] if aged else (words,):
        try:
            return Decimal(text2num(spelled, language))
        except ValueError:
            continue
    return None


def read_ratio(text: str) -> Decimal:
    """Return the value of two numbers with a stroke between them: `1/3`."""
    over, under = text.split("/")
    return Decimal(over) / Decimal(under)


_COMPOUND = re.compile(r"(\w{3,}?)((?:jähr|monat|wöch|täg|stünd|minüt)ig(?:e[mnrs]?)?)")


@lru_cache(maxsize=1 << 14)
def cut_compound(word: str) -> tuple[str, str] | None:
    """Cut a folded German word that tells how long something lasts: *zweijährige* into *zwei* and *jährige*."""
    match = _COMPOUND.fullmatch(word)
    return (match[1], match[2]) if match and read_spelled(match[1], "de") is not None else None


_ROMAN_DIGITS = {"i": 1, "v": 5, "x": 10}
_ROMAN = re.compile(r"(x{0,3}(?:ix|iv|v?i{0,3}))(?:e|er|ème|eme|º|°)?")


@lru_cache(maxsize=1 << 14)
def read_roman(word: str) -> Decimal | None:
    """Read a folded Roman numeral below forty, perhaps an ordinal (`xviiie`); None for any other word."""
    match = _ROMAN.fullmatch(word)
    values = [_ROMAN_DIGITS[char] for char in match[1]] if match else []
    if not values:
        return None
    signs = [-1 if one < two else 1 for one, two in zip(values, (*values[1:], 0), strict=True)]
    return Decimal(sum(sign * value for sign, value in zip(signs, values, strict=True)))


@lru_cache(maxsize=1 << 14)
def read_ordinal(word: str, language: str) -> Decimal | None:
    """Read a spelled-out ordinal; None when it is none."""
    from text_to_num import alpha2digit

    if word[:1].isdigit():
        return None
    digits = re.match(r"\d{1,9}(?=\D)", alpha2digit(word, language, threshold=0))
    return Decimal(digits[0]) if digits else None


_HAN_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_HAN_SCALES = {"十": 1, "百": 2, "千": 3, "万": 4, "萬": 4, "亿": 8, "億": 8, "兆": 12}
HAN_NUMERALS = frozenset(_HAN_DIGITS) | frozenset(_HAN_SCALES)


def read_han(text: str) -> Decimal | None:
    """Read a number in Han numerals (`三百五十万`, `二〇二三`); None for anything else, as a bare `千万`."""
    if not text or len(text) > _MOST_DIGITS or not HAN_NUMERALS.issuperset(text):
        return None
    if not any(char in _HAN_SCALES for char in text):
        return Decimal("".join(str(_HAN_DIGITS[char]) for char in text))
    if not any(char in _HAN_DIGITS for char in text) and text[0] != "十":
        return None
    total, section, digit = Decimal(0), Decimal(0), 0
    for char in text:
        power = _HAN_SCALES.get(char)
        if power is None:
            digit = _HAN_DIGITS[char]
        elif power < 4:
            section, digit = section + Decimal(digit or 1).scaleb(power), 0
        else:  # 万 ends a section; what came before 万 also counts in 亿: 一万亿
            below = section + digit
            total = total + below.scaleb(power) if below else total.scaleb(power)
            section, digit = Decimal(0), 0
    return total + section + digit
