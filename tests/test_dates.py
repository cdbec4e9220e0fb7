"""Dates: one day however it is written, and nothing added to it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.ground.case import Case
from summarizer.ground.doubts import dates
from summarizer.ground.reading.text import Passage
from summarizer.ground.reading.view import ArticleView
from summarizer.ground.reading.when import Date, parse
from summarizer.records import Unit
from tests.strategies import texts


def one(text: str, language: str | None) -> Date:
    (found,) = parse(Passage(text, language))
    return found


def details(claim: str, evidence: str, language: str = "en", claim_language: str | None = None) -> list[str]:
    view = ArticleView([Unit(1, 0, evidence)], language)
    case = Case.of(Passage(claim, claim_language or language), [1], view)
    return [finding.detail for finding in dates.check(case)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "le 22 décembre 2023"),
        ("fr", "22/12/2023"),
        ("fr", "le 22/12/23"),
        ("en", "December 22, 2023"),
        ("en", "22 December 2023"),
        ("en", "December 22nd, 2023"),
        ("en", "the 22nd of December, 2023"),
        ("en", "Dec. 22, 2023"),
        ("en", "12/22/2023"),
        ("en", "2023-12-22"),
        ("de", "am 22. Dezember 2023"),
        ("de", "22.12.2023"),
        ("es", "el 22 de diciembre de 2023"),
        ("it", "il 22 dicembre 2023"),
        ("pt", "22 de dezembro de 2023"),
        ("nl", "22 december 2023"),
        ("ru", "22 декабря 2023"),
        ("ar", "22 ديسمبر 2023"),
        ("ar", "٢٢ ديسمبر ٢٠٢٣"),
        ("zh", "2023年12月22日"),
        ("ja", "2023年12月22日"),
        ("ko", "2023년 12월 22일에"),
        ("hi", "22 दिसंबर 2023"),
        (None, "22 décembre 2023"),
    ],
)
def test_a_day_is_one_day_in_every_language(language: str | None, text: str) -> None:
    found = one(text, language)
    assert (found.year, found.month, found.day) == (2023, 12, 22)


@pytest.mark.parametrize(
    ("language", "text", "parts"),
    [
        ("fr", "vendredi 22 décembre", {"weekday": 5, "day": 22, "month": 12}),
        ("en", "Friday, December 22", {"weekday": 5, "day": 22, "month": 12}),
        ("de", "Freitag, dem 3. Mai", {"weekday": 5, "day": 3, "month": 5}),
        ("pt", "na sexta", {"weekday": 5}),
        ("fr", "1er janvier", {"day": 1, "month": 1}),
        ("en", "in May 2020", {"month": 5, "year": 2020}),
        ("en", "in 2020", {"year": 2020}),
        ("en", "the 1990s", {"year": 1990, "decade": True}),
        ("fr", "les années 90", {"year": 1990, "decade": True}),
        ("de", "in den 1990er Jahren", {"year": 1990, "decade": True}),
        ("en", "the 2023-24 season", {"year": 2023}),
        ("fr", "hier", {"relative": "day-1"}),
        ("en", "last year", {"relative": "year-1"}),
        ("fr", "au premier trimestre 2026", {"part": "q1", "year": 2026}),
        ("en", "in the third quarter", {"part": "q3"}),
        ("es", "en verano", {"part": "summer"}),
        ("de", "Ende 2026", {"edge": "late", "year": 2026}),
        ("de", "bis zum 30.6. gesperrt", {"day": 30, "month": 6}),
        ("pt", "até 30/09", {"day": 30, "month": 9}),
        ("en", "03/04/2023", {"year": 2023, "month": 3, "day": 4, "other": (4, 3)}),
    ],
)
def test_the_parts_of_a_date_are_read(language: str, text: str, parts: dict[str, object]) -> None:
    assert {name: getattr(one(text, language), name) for name in parts} == parts


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "He may go and march on."),
        ("fr", "la planète Mars et sept villes"),
        ("en", "It has 2000 employees."),
        ("en", "It cost $2000 or 2000 euros."),
        ("en", "more than 2000 of them"),
        ("pt", "a segunda desaladora"),
        ("en", "room 45/67, version 1.2.3"),
        ("en", "31/31/23"),
        ("zh", "3年和2个月"),
    ],
)
def test_what_only_looks_like_a_date_is_none(language: str, text: str) -> None:
    assert parse(Passage(text, language)) == ()


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("It was published on December 22.", "It appeared on Friday, December 22, 2023."),
        ("It was published on 22 December 2023.", "It appeared on 12/22/2023."),
        ("It happened in 2023.", "It happened on 22 December 2023."),
        ("It happened in the 1990s.", "It happened in 1995."),
        ("It happened on 22 December 2023.", "It was on 22 December. The year was 2023."),
        ("It happened on April 3, 2023.", "It happened on 03/04/2023."),
        ("It happened last year.", "It happened in 2023."),
        ("It happened in August 2022.", "It happened on 17 August last year."),
        ("It had 2000 members.", "In 2000 members left."),
    ],
)
def test_a_date_that_the_evidence_gives_is_no_doubt(claim: str, evidence: str) -> None:
    assert details(claim, evidence) == []


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("It was published on December 22, 2023.", "It appeared on Friday, December 22."),
        ("It was published on Friday, December 22.", "It appeared on December 22."),
        ("It was published on December 12.", "It appeared on December 22."),
        ("It was published on November 22.", "It appeared on December 22."),
        ("It was published in 2022.", "It appeared in 2023."),
        ("It was published on Monday.", "It appeared on Friday."),
        ("It was published on Monday.", "It appeared some time ago."),
        ("It was published last year.", "It appeared this year."),
        ("It was published next month.", "It appeared next week."),
        ("It was published in summer.", "It appeared in winter."),
        ("It grew in the second quarter of 2023.", "It grew in the first quarter of 2023."),
        ("It ended in early 2026.", "It ended in late 2026."),
        ("It happened in 1995.", "It happened in the 1990s."),
        ("Shut until Wednesday, they said on February 12.", "Shut until Monday, they said on Wednesday, February 12."),
        ("It ends by Christmas.", "It ends by Easter."),
    ],
)
def test_a_date_that_the_evidence_does_not_give_is_a_doubt(claim: str, evidence: str) -> None:
    assert len(details(claim, evidence)) == 1


def test_an_added_year_is_named_in_the_detail() -> None:
    (detail,) = details("Paru vendredi 22 décembre 2023.", "Publié vendredi 22 décembre par Bloomberg.", "fr")
    assert detail == "the claim says 'vendredi 22 décembre 2023'; the cited sentences give no year for it"


def test_a_date_in_another_language_is_compared_by_its_parts() -> None:
    assert details("Published on December 22.", "Publié vendredi 22 décembre.", "fr", "en") == []
    assert details("Published on December 21.", "Publié vendredi 22 décembre.", "fr", "en") != []


DATED = {
    "en": ["on Friday, December 22, 2023", "from 3 to 7 June", "in May", "by the end of 1998"],
    "fr": ["vendredi 22 décembre", "du 3 au 7 juin 2024", "le 1er mai"],
    "de": ["am Freitag, dem 22. Dezember 2023", "3. bis 7. Juni"],
    "es": ["el 22 de diciembre de 2023", "del 3 al 7 de junio"],
    "it": ["venerdì 22 dicembre 2023", "dal 3 al 7 giugno"],
    "pt": ["22 de dezembro de 2023", "de 3 a 7 de junho"],
    "zh": ["2023年12月22日"],
    "ja": ["2023年12月22日"],
    "ru": ["22 декабря 2023 года"],
}


@given(st.data(), st.sampled_from([*DATED, "ko", "ar", "hi", "nl", None]))
def test_any_text_has_dates_that_do_not_overlap(data: st.DataObject, language: str | None) -> None:
    dates = st.sampled_from([*DATED.get(language or "en", ()), "2023-12-22", "22.12.2023", "03/04/2023"])
    pieces = data.draw(st.lists(st.one_of(dates, texts()), max_size=5))
    passage = Passage(" ".join([*pieces, "2023-12-22"]), language)
    found = parse(passage)
    edges = [place for item in found for place in (item.first, item.last)]
    assert found
    assert edges == sorted(edges)
    assert all(0 <= item.first < item.last <= len(passage.tokens) for item in found)


@given(st.dates(date(1500, 1, 1), date(2099, 12, 31)))
def test_a_day_is_read_back_as_it_was_written(day: date) -> None:
    written = f"{day:%Y-%m-%d}"
    found = one(f"on {written}.", "en")
    assert f"{found.year:04}-{found.month:02}-{found.day:02}" == written
