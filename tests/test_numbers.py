"""Numbers: one value however it is written, and no other value in its place."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.ground.case import Case
from summarizer.ground.doubts import numbers
from summarizer.ground.reading.arithmetic import is_same
from summarizer.ground.reading.numerals import read_digits, read_han
from summarizer.ground.reading.quantity import Quantity, parse
from summarizer.ground.reading.tables import read_data
from summarizer.ground.reading.text import Passage
from summarizer.ground.reading.view import ArticleView
from summarizer.records import Unit
from tests.strategies import texts


def read(text: str, language: str | None) -> list[Quantity]:
    return list(parse(Passage(text, language)))


def one(text: str, language: str | None) -> Quantity:
    (found,) = read(text, language)
    return found


def details(claim: str, *evidence: str, language: str = "en", claim_language: str | None = None) -> list[str]:
    units, start = [], 0
    for number, text in enumerate(evidence, 1):
        units.append(Unit(number, start, text))
        start += len(text) + 1
    view = ArticleView(units, language)
    case = Case.of(Passage(claim, claim_language or language), range(1, len(evidence) + 1), view)
    return [finding.detail for finding in numbers.check(case)]


# ------------------------------------------------------------------------------------------------------- digits, words


@pytest.mark.parametrize(
    ("text", "point", "readings"),
    [
        ("1234", True, ["1234"]),
        ("1,234", True, ["1234", "1.234"]),
        ("1,234", False, ["1.234", "1234"]),
        ("1.234", False, ["1234", "1.234"]),
        ("1.234,5", False, ["1234.5"]),
        ("1,234.5", True, ["1234.5"]),
        ("1.234.567,89", False, ["1234567.89"]),
        ("1,00,000", True, ["100000"]),
        ("0.123", False, ["0.123"]),
        ("92,3", False, ["92.3"]),
        ("92.3", False, ["92.3"]),
        ("22.12.2023", False, []),
        ("1.2.3", True, []),
    ],
)
def test_digits_are_read_as_the_language_writes_them(text: str, point: bool, readings: list[str]) -> None:
    assert read_digits(text, point=point) == tuple(map(Decimal, readings))


def test_digits_without_end_are_no_number() -> None:
    assert read_digits("9" * 100_000, point=True) == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三百五十万", 3_500_000),
        ("二〇二三", 2023),
        ("十五", 15),
        ("一万亿", 10**12),
        ("两千", 2000),
        ("一亿二千万", 120_000_000),
    ],
)
def test_han_numerals_are_read(text: str, value: int) -> None:
    assert read_han(text) == value


@pytest.mark.parametrize("text", ["千万", "万一x", "", "abc"])
def test_what_is_no_han_number_is_none(text: str) -> None:
    assert read_han(text) is None


ONE_HUNDRED_BILLION_DOLLARS = [
    ("fr", "100 milliards de dollars"),
    ("fr", "100 Md$"),
    ("fr", "100 Mds $"),
    ("fr", "100\u202fmilliards de dollars"),
    ("fr", "cent milliards de dollars"),
    ("fr", "100 000 millions de dollars"),
    ("fr", "100 Md de dollars américains"),
    ("en", "$100 billion"),
    ("en", "US$100bn"),
    ("en", "$100B"),
    ("en", "$ 100 bn"),
    ("en", "100 billion dollars"),
    ("en", "one hundred billion U.S. dollars"),
    ("en", "USD 100,000 million"),
    ("de", "100.000 Mio. $"),
    ("de", "100 Milliarden Dollar"),
    ("de", "100 Mrd. US-Dollar"),
    ("es", "100.000 millones de dólares"),
    ("es", "100 mil millones de dólares"),
    ("it", "100 miliardi di dollari"),
    ("it", "100 mld di dollari"),
    ("pt", "100 bilhões de dólares"),
    ("nl", "100 miljard dollar"),
    ("ru", "100 млрд долларов"),
    ("ar", "١٠٠ مليار دولار"),
    ("ja", "1000億ドル"),
    ("zh", "1000亿美元"),
    ("ko", "1000억 달러"),
    ("ko", "1000억달러를"),
    ("hi", "100 अरब डॉलर"),
    (None, "100 milliards de dollars"),
    (None, "$100 billion"),
]


@pytest.mark.parametrize(("language", "text"), ONE_HUNDRED_BILLION_DOLLARS)
def test_a_hundred_billion_dollars_is_one_quantity_in_every_language(language: str | None, text: str) -> None:
    assert is_same(one("$100 billion", "en"), one(text, language))


NINETY_TWO_PERCENT = [
    ("en", "92%"),
    ("en", "92 percent"),
    ("en", "92 per cent"),
    ("en", "ninety-two percent"),
    ("fr", "92 %"),
    ("fr", "92\u00a0%"),
    ("fr", "92 pour cent"),
    ("fr", "quatre-vingt-douze pour cent"),
    ("de", "92 Prozent"),
    ("es", "92 por ciento"),
    ("it", "92 per cento"),
    ("pt", "92 por cento"),
    ("nl", "92 procent"),
    ("ru", "92 процента"),
    ("ar", "92 في المئة"),
    ("zh", "百分之九十二"),
    ("ja", "92パーセント"),
    ("ko", "92퍼센트"),
    ("hi", "92 प्रतिशत"),
    ("en", "\uff19\uff12\uff05"),
]


@pytest.mark.parametrize(("language", "text"), NINETY_TWO_PERCENT)
def test_ninety_two_percent_is_one_quantity_in_every_language(language: str, text: str) -> None:
    assert is_same(one("92%", "en"), one(text, language))


@pytest.mark.parametrize(
    ("language", "text", "value", "unit"),
    [
        ("fr", "deux millions de développeurs", 2_000_000, ""),
        ("fr", "un million et demi d’euros", 1_500_000, "EUR"),
        ("fr", "1 234,56 €", "1234.56", "EUR"),
        ("fr", "1'234 francs", 1234, "franc"),
        ("fr", "une douzaine", 12, ""),
        ("fr", "billion", 10**12, ""),
        ("en", "billion", 10**9, ""),
        ("pt", "3 bilhões", 3 * 10**9, ""),
        ("pt", "3 biliões", 3 * 10**12, ""),
        ("es", "3 billones", 3 * 10**12, ""),
        ("de", "3 Billionen", 3 * 10**12, ""),
        ("en", "two and a half million", 2_500_000, ""),
        ("en", "half a million", 500_000, ""),
        ("en", "2½ hours", "2.5", "hour"),
        ("en", "12 lakh", 1_200_000, ""),
        ("hi", "5 करोड़", 50_000_000, ""),
        ("en", "a dozen", 12, ""),
        ("en", "a 10-year-old", 10, "year"),
        ("en", "100 km", 100, "km"),
        ("en", "40 centimetres", 40, "cm"),
        ("de", "130 Kilometern pro Stunde", 130, "km/h"),
        ("fr", "130 kilomètres à l’heure", 130, "km/h"),
        ("de", "zweiundzwanzig", 22, ""),
        ("it", "duecento milioni", 200_000_000, ""),
        ("ja", "1億2000万", 120_000_000, ""),
        ("ja", "三百万円", 3_000_000, "JPY"),
        ("ko", "3만 명", 30_000, ""),
        ("en", "the third", 3, "ordinal"),
        ("fr", "deuxième", 2, "ordinal"),
        ("fr", "huit premières années", 8, "year"),
        ("en", "8 p.m.", 1200, "clock"),
        ("fr", "20h30", 1230, "clock"),
    ],
)
def test_value_and_unit_are_read(language: str, text: str, value: int | str, unit: str) -> None:
    assert (one(text, language).value, one(text, language).unit) == (Decimal(value), unit)


@pytest.mark.parametrize(
    ("language", "text", "bound"),
    [
        ("fr", "plus de 100", ">"),
        ("fr", "plus d’une centaine", ">"),
        ("fr", "au moins 100", ">="),
        ("fr", "environ 100", "~"),
        ("fr", "près de 100", "-~"),
        ("fr", "pas plus de 100", "<="),
        ("en", "more than 100", ">"),
        ("en", "no more than 100", "<="),
        ("en", "over $100", ">"),
        ("en", "over six months", ""),
        ("en", "100 or more", ">="),
        ("de", "mindestens 100", ">="),
        ("es", "al menos 100", ">="),
        ("es", "pasan de 100 los heridos", ">"),
        ("it", "circa 100", "~"),
        ("pt", "cerca de 100", "~"),
        ("ja", "100人以上", ">="),
        ("zh", "超过100", ">"),
        ("ko", "약 100", "~"),
        ("hi", "100 से अधिक", ">"),
        ("en", "over half of the shops", ">"),
        ("de", "über die Hälfte der Filialen", ">?"),
    ],
)
def test_the_words_around_a_number_bound_it(language: str, text: str, bound: str) -> None:
    assert one(text, language).bound == bound


@pytest.mark.parametrize(
    ("language", "text", "share"),
    [
        ("en", "one in three", "33.3"),
        ("en", "two thirds", "66.7"),
        ("fr", "un tiers", "33.3"),
        ("fr", "une usine européenne sur cinq", "20"),
        ("es", "uno de cada cuatro", "25"),
        ("de", "jedes dritte", "33.3"),
        ("de", "ein Drittel", "33.3"),
        ("it", "un quadro rubato su dieci", "10"),
        ("en", "3/4", "75"),
        ("zh", "一半", "50"),
    ],
)
def test_a_share_is_a_percentage(language: str, text: str, share: str) -> None:
    assert any(is_same(quantity, one(f"{share}%", "en")) for quantity in read(text, language))


def test_the_ends_of_a_range_share_scale_and_unit() -> None:
    five, _ = read("5 to 10 million", "en")
    assert (Decimal(5_000_000), "") in five.readings


def test_dates_are_no_numbers() -> None:
    assert read("Le 22 décembre 2023, en 1999", "fr") == []


def test_the_mark_of_a_list_item_is_no_number() -> None:
    assert read("1. A plan was made.", "en") == []


# ------------------------------------------------------------------------------------------------------------ the doubt


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("It raised $100 billion.", "The company raised US$100bn."),
        ("Over 500 people came.", "519 people came."),
        ("Over 500 people came.", "At least 519 people came."),
        ("Nearly 520 people came.", "519 people came."),
        ("It paid $42, 500.", "It paid $42,500."),
        ("It took 1 week more.", "It took a week more."),
        ("It was an early 20th-century law.", "The law was made in 1904."),
        ("It is the 40th anniversary of the film.", "The film is 40 years old."),
        ("About a third of them left.", "34% of them left."),
        ("There were 24 people in all.", "12 men and 12 women were there."),
        ("Sales grew by 50%.", "Sales went from 10 million to 15 million."),
        ("Sales doubled.", "Sales went from 10 million to 20 million."),
        ("Some 1.2 million people live there.", "1,234,567 people live there."),
        ("1.2 million people live there.", "1,234,567 people live there."),
        ("Hundreds came.", "519 people came."),
        ("The 37-year-old man left.", "Louis Jordan, 37, left."),
        ("Half of them left.", "50% of them left."),
        ("He ran 1.5 km.", "He ran 1,500 meters."),
        ("It took 36 months.", "It took three years."),
        ("The two companies talked.", "Halden talked to Norvane."),
        ("It lost 17 million euros of 212 million euros.", "It lost 17 million of 212 million euros."),
        ("No more than 160 liters are allowed.", "Nobody may not use more than 160 liters."),
        ("He was there for over six months.", "He was there for six months."),
        ("Ten percent were found.", "One in ten was found."),
        ("The trial ran for a decade.", "The trial ran for ten years."),
        ("Built 27 years later.", "Planned in 1996, it was built in 2023."),
        ("They have won five games.", "It was their fifth win in a row."),
        ("It was their fifth straight win.", "They won five games."),
        ("They have two weeks.", "It must be done in 15 days."),
        ("Nine of ten were at it for an hour.", "For an hour, nine of the ten were."),
        ("It has 5 rooms and 123456789012345678901234567891 doors.", "123456789012345678901234567891 doors, 5 rooms."),
        ("Sales rose by 3% and first-half profit fell.", "Sales rose by 3%; profit of the first half fell."),
    ],
)
def test_a_number_that_the_evidence_bears_out_is_no_doubt(claim: str, evidence: str) -> None:
    assert details(claim, evidence) == []


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("It raised $200 billion.", "The company raised US$100bn."),
        ("It raised $100 million.", "The company raised US$100bn."),
        ("It raised €100 billion.", "The company raised US$100bn."),
        ("It has 100 million users.", "It has more than 100 million users."),
        ("It has more than 100 users.", "It has 100 users."),
        ("It has less than 100 users.", "It has more than 100 users."),
        ("More than 82% of them stayed.", "More than 92% of them stayed."),
        ("92 developers stayed.", "92% of the developers stayed."),
        ("92 points of them stayed.", "92% of them stayed."),
        ("It took three months.", "It took three years."),
        ("There were 25 people in all.", "12 men and 12 women were there."),
        ("Three brothers left.", "Two brothers left."),
        ("It was the third time.", "It was the second time."),
        ("Sales tripled.", "Sales doubled."),
        ("It earns $5 per day.", "It earns $5 per week."),
        ("A quarter of them left.", "A third of them left."),
        ("Thousands came.", "519 people came."),
        ("Over 520 people came.", "At least 519 people came."),
        ("It took 1 week more.", "It took two weeks more."),
        ("It was a 19th-century law.", "The 14th amendment and the law were made in 1904."),
        ("It starts at 8 p.m.", "It starts at 9 p.m."),
        ("It starts at 3.32pm.", "It starts at 3.30pm."),
        ("Over 20,000 people fell ill.", "More than 25,000 people fell ill."),
        ("Nearly 2,004 were found.", "Almost 2,000 were found."),
        ("It will launch a two-stage Falcon 2 rocket.", "It will launch a two-stage Falcon 9 rocket."),
        ("He lost the 7th district.", "He lost the 2nd district and came in seventh place."),
        ("The boys, 16 and 16, are ill.", "The boys, 16 and 14, are ill."),
        ("For nine hours nine regions had none.", "For nine hours six regions had none."),
    ],
)
def test_a_number_that_the_evidence_does_not_bear_out_is_a_doubt(claim: str, evidence: str) -> None:
    assert len(details(claim, evidence)) == 1


def test_the_right_number_of_another_cited_thing_is_a_doubt() -> None:
    found = details(
        "D’après lui, Microsoft a investi 100 milliards de dollars.",
        "La société OpenAI envisage de lever 100 milliards de dollars, selon Bloomberg.",
        "Microsoft a investi 10 milliards de dollars.",
        language="fr",
    )
    assert found == [
        "the claim says '100 milliards de dollars' of what the cited sentences say '10 milliards de dollars' of"
    ]


def test_a_negative_before_a_number_may_turn_its_bound_and_one_behind_it_may_not() -> None:
    up_to = "As obras começam no segundo semestre e podem gerar até 9 mil empregos."
    assert len(details("As obras podem gerar mais de 9 mil empregos.", up_to, language="pt")) == 1
    assert details("It will not have more than 900 jobs.", "It will have up to 900 jobs.") == []
    under_half = "She does not comment on what three people say, that demand was below half of what was planned."
    assert len(details(under_half.replace("below", "above"), under_half)) == 1
    at_least = "Cobrou o que nunca foi entregue e falsificou pelo menos 17 notas."
    assert len(details("Cobrou o que não foi entregue e falsificou no máximo 17 notas.", at_least, language="pt")) == 1


@pytest.mark.parametrize(
    ("language", "evidence", "kept", "dropped"),
    [
        ("en", "It has up to 900 jobs.", "It has as many as 900 jobs.", "It has 900 jobs."),
        ("en", "It takes up to 28 days.", "It may take as long as four weeks.", "It takes four weeks."),
        ("en", "Costs are almost double.", "Costs have nearly doubled.", "Costs have doubled."),
        ("fr", "jusqu'à 3 000 postes", "3 000 postes au plus", "3 000 postes"),
        ("fr", "presque un tiers des foyers", "près d'un tiers des foyers", "un tiers des foyers"),
        ("fr", "soit près du tiers du budget", "presque un tiers du budget", "un tiers du budget"),
        ("fr", "Elle n'en a livré que 9 200.", "Elle n'a pas livré plus de 9 200.", "Elle a livré plus de 9 200."),
        ("de", "bis zu 700 Stellen", "maximal 700 Stellen", "700 Stellen"),
        ("es", "hasta 50 millones", "no más de 50 millones", "50 millones"),
        ("es", "No gastarán más de 160 litros.", "160 litros como máximo", "160 litros como mínimo"),
        ("it", "fino a 10 milioni", "al massimo 10 milioni", "10 milioni"),
        ("it", "più del doppio", "oltre il doppio", "meno del doppio"),
        ("pt", "até 9 mil empregos", "no máximo 9 mil empregos", "9 mil empregos"),
        ("pt", "pelo menos 40 feridos", "ao menos 40 feridos", "40 feridos"),
        ("pt", "abaixo da metade", "menos da metade", "metade"),
        ("it", "al di sotto dei 40 gradi", "inferiore ai 40 gradi", "superiore ai 40 gradi"),
        ("fr", "moins des deux tiers", "en dessous des deux tiers", "plus des deux tiers"),
    ],
)  # fmt: skip
def test_a_bound_may_be_said_in_other_words_but_not_dropped(
    language: str, evidence: str, kept: str, dropped: str
) -> None:
    assert details(kept, evidence, language=language) == []
    assert len(details(dropped, evidence, language=language)) == 1


@pytest.mark.parametrize(
    ("language", "evidence", "right", "wrong"),
    [
        (
            "en",
            "Sales rose to 8 million from 6 million.",
            "A year earlier sales were 6 million.",
            "Sales were 6 million.",
        ),
        (
            "de",
            "Der Gewinn stieg von 9 auf 12 Millionen Euro.",
            "Ein Jahr zuvor betrug er 9 Millionen Euro.",
            "Er beträgt 9 Millionen Euro.",
        ),
        ("it", "Il prezzo è salito da 4,2 a 5,1 euro.", "Il prezzo era di 4,2 euro.", "Il prezzo è di 4,2 euro."),
    ],
)
def test_what_was_so_before_is_not_so_now(language: str, evidence: str, right: str, wrong: str) -> None:
    assert details(right, evidence, language=language) == []
    assert len(details(wrong, evidence, language=language)) == 1
    assert details(wrong, evidence, wrong, language=language) == []


@pytest.mark.parametrize(
    ("language", "evidence", "right", "wrong"),
    [
        (
            "en",
            "They had 2.1 fewer bad days a month than the others.",
            "It cut bad days by 2.1.",
            "They had 2.1 bad days.",
        ),
        ("en", "It has 200 more jobs than a year ago.", "It has 200 new jobs.", "It has 200 jobs."),
        (
            "en",
            "It has 200 people, more than any rival.",
            "It has 200 people.",
            "It has 200 people fewer than a rival.",
        ),
        (
            "fr",
            "Ils ont eu deux jours de moins que les autres.",
            "Ils ont eu deux jours de moins.",
            "Ils ont eu deux jours.",
        ),
        ("de", "Es hat 200 Stellen mehr als im Vorjahr.", "Es hat 200 neue Stellen.", "Es hat 200 Stellen."),
        ("es", "Tiene 200 empleados más que hace un año.", "Tiene 200 empleados más.", "Tiene 200 empleados."),
    ],
)
def test_by_how_much_two_things_differ_is_not_how_much_there_is(
    language: str, evidence: str, right: str, wrong: str
) -> None:
    assert details(right, evidence, language=language) == []
    assert bool(details(wrong, evidence, language=language)) is ("rival" not in wrong)


def test_the_most_there_may_be_is_told_by_reaching_it_and_at_least_two_by_two() -> None:
    assert details("Staff could reach 3,000.", "The site could employ up to 3,000 people.") == []
    assert details("Two rivals came.", "At least two rivals came.") == []
    assert details("It went on for two months.", "It went on for more than two months.") == []


def test_a_figure_that_another_one_is_compared_with_has_no_bound() -> None:
    assert details("It cost $12, above the $9 planned.", "Planned at $9, it cost $12.") == []
    assert details("It was $9 then.", "It is $8, less than the $9 it was.") == []


def test_a_decade_is_no_part_of_the_number_behind_it() -> None:
    assert [item.value for item in read("negli anni Novanta due libri", "it")] == [90, 2]
    assert [item.value for item in read("anni due e mesi sei", "it")] == [2, 6]


def test_a_claim_in_another_language_is_compared_by_value() -> None:
    assert (
        details("It plans to raise $100bn.", "lever 100 milliards de dollars", language="fr", claim_language="en") == []
    )


def test_a_billion_in_french_is_not_a_billion_in_english() -> None:
    assert details("It raised 3 billion.", "3 billions d'unités", language="fr", claim_language="en")


def test_a_detail_quotes_claim_and_evidence() -> None:
    assert details("It raised $5.", "It raised $6.") == ["the claim says '$5'; the cited sentences say '$6'"]


# ----------------------------------------------------------------------------------------------------------- properties


@given(
    texts(), st.sampled_from(["en", "fr", "de", "es", "it", "pt", "nl", "ru", "ar", "zh", "ja", "ko", "hi", None, "xx"])
)
def test_any_text_has_numbers_that_stand_in_it(text: str, language: str | None) -> None:
    passage = Passage(text, language)
    for quantity in passage.once(parse):
        start, end = passage.tokens[quantity.first].start, passage.tokens[quantity.last - 1].end
        assert text[start:end] == quantity.text


@given(st.integers(0, 10**9), st.sampled_from(["en", "fr", "de", "es", "it", "pt"]))
def test_a_number_is_the_same_with_and_without_marks(value: int, language: str) -> None:
    marked = f"{value:,}" if language == "en" else f"{value:,}".replace(",", "\u202f")
    assert is_same(one(f"{marked} %", language), one(f"{value} %", language))


@pytest.mark.parametrize(
    ("claim", "evidence", "found"),
    [
        ("Sales have fallen three quarters in a row.", "Sales fell for a third straight quarter.", False),
        ("Sales fell for a third straight quarter.", "Sales fell three quarters in a row.", False),
        ("Sales have fallen four quarters in a row.", "Sales fell for a third straight quarter.", True),
        ("Three quarters of the staff left.", "A quarter of the staff left.", True),
    ],
)
def test_quarters_in_a_row_are_no_share(claim: str, evidence: str, found: bool) -> None:
    assert bool(details(claim, evidence)) == found


@pytest.mark.parametrize(
    ("language", "evidence", "right", "wrong"),
    [
        ("en", "Sales rose 3%, profit fell from 95 to 58 million.", "Profit fell nearly 40%.", "Profit rose 39%."),
        ("en", "Profit was $58 million, down from $95 million.", "Profit was down 39%.", "Profit was down 49%."),
        ("en", "Profit fell from $95 million to $58 million.", "It fell by $37 million.", "It rose by $37 million."),
        ("en", "The party went from 5 to 7 seats.", "The party gained two seats.", "The party lost two seats."),
        ("fr", "Le bénéfice passe de 95 à 58 millions d’euros.", "Il recule de près de 40 %.", "Il recule de 30 %."),
        ("es", "El beneficio cayó de 95 a 58 millones.", "Cayó casi un 40 %.", "Cayó más de un 40 %."),
        ("de", "Er stieg von 205 auf 218 Millionen.", "Er stieg um gut 6 Prozent.", "Er fiel um gut 6 Prozent."),
        ("it", "L'utile è sceso da 95 a 58 milioni.", "È calato di quasi il 40%.", "È aumentato di quasi il 40%."),
        ("pt", "As vendas subiram 3%, o lucro caiu de 95 para 58 milhões.", "O lucro caiu 39%.", "O lucro caiu 37%."),
    ],
)  # fmt: skip
def test_by_how_much_something_changed_may_be_worked_out(language: str, evidence: str, right: str, wrong: str) -> None:
    assert details(right, evidence, language=language) == []
    assert len(details(wrong, evidence, language=language)) == 1


@pytest.mark.parametrize(
    ("language", "claim", "evidence", "wrong"),
    [
        ("en", "The bill caps city rents at 120 nights.", "At most 120 nights.", "A minimum of 120 nights."),
        ("en", "It allows up to 120 nights.", "The bill caps city rents at 120 nights.", "A minimum of 120 nights."),
        ("fr", "Il plafonne les locations à 120 nuits.", "Un maximum de 120 nuits.", "Un minimum de 120 nuits."),
        ("de", "Er begrenzt die Vermietung auf 120 Nächte.", "Höchstens 120 Nächte.", "Mindestens 120 Nächte."),
    ],
)  # fmt: skip
def test_what_is_capped_is_at_most_so_much(language: str, claim: str, evidence: str, wrong: str) -> None:
    assert details(claim, evidence, language=language) == []
    assert len(details(claim, wrong, language=language)) == 1


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("eine zweijährige Haft", 2, "year"),
        ("zwölfjährigen Kindern", 12, "year"),
        ("ein dreitägiges Fest", 3, "day"),
        ("die 14-tägige Frist", 14, "day"),
        ("ein vierstündiger Flug", 4, "hour"),
        ("zweiwöchigem Streik", 2, "week"),
        ("eine dreimonatige Frist", 3, "month"),
        ("zwanzigminütige Pause", 20, "minute"),
    ],
)
def test_a_german_word_may_hold_a_number_and_its_unit(text: str, value: int, unit: str) -> None:
    found = one(text, "de")
    assert (found.value, found.unit) == (value, unit)
    assert read("langjährige Erfahrung", "de") == []


@pytest.mark.parametrize(
    ("language", "claim", "evidence", "wrong"),
    [
        ("es", "Gasta la décima parte de luz.", "Gasta diez veces menos luz.", "Gasta tres veces menos luz."),
        ("it", "Consuma la decima parte di luce.", "Consuma dieci volte meno luce.", "Consuma tre volte meno luce."),
        ("pt", "Gasta a quinta parte da luz.", "Gasta cinco vezes menos luz.", "Gasta dez vezes menos luz."),
        ("es", "Votaron dos terceras partes.", "Votaron dos de cada tres.", "Votaron tres de cada cuatro."),
    ],
)  # fmt: skip
def test_a_part_may_be_told_with_the_word_for_it(language: str, claim: str, evidence: str, wrong: str) -> None:
    assert details(claim, evidence, language=language) == []
    assert len(details(claim, wrong, language=language)) == 1


@pytest.mark.parametrize(
    ("language", "claim", "evidence", "wrong"),
    [
        ("en", "The strike has lasted five days.", "It entered its fifth day.", "It entered its sixth day."),
        ("fr", "La grève dure depuis cinq jours.", "C’est le cinquième jour.", "C’est le sixième jour."),
        ("de", "Seit fünf Tagen wird gestreikt.", "Es ist der fünfte Tag.", "Es ist der sechste Tag."),
    ],
)
def test_five_days_have_passed_on_the_fifth(language: str, claim: str, evidence: str, wrong: str) -> None:
    assert details(claim, evidence, language=language) == []
    assert len(details(claim, wrong, language=language)) == 1


@pytest.mark.parametrize("sort", ["yes", "no", "to", "votes", "lost"])
def test_votes_have_words_in_six_languages(sort: str) -> None:
    assert sorted(read_data("ballots")[sort]) == ["de", "en", "es", "fr", "it", "pt"]


@pytest.mark.parametrize(
    ("language", "claim", "evidence", "wrong"),
    [
        ("en", "In all $20 million.", "$4 million a year for five years", "$4 million a year for six years"),
        ("fr", "Au total 20 millions.", "4 millions par an pendant cinq ans", "4 millions par an pendant six ans"),
    ],
)  # fmt: skip
def test_so_much_a_year_is_so_much_in_all(language: str, claim: str, evidence: str, wrong: str) -> None:
    assert details(claim, evidence, language=language) == []
    assert len(details(claim, wrong, language=language)) == 1


def test_twice_as_many_as_so_many_is_no_bound() -> None:
    assert read("The school has twice as many as ten years ago.", "en")[-1].bound == ""
    assert one("The school may have as many as ten pupils.", "en").bound == "<="


def test_a_cap_is_no_minimum() -> None:
    assert len(details("It allows at least 120 nights.", "The bill caps city rentals at 120 nights.")) == 1


@pytest.mark.parametrize(
    ("claim", "evidence", "found"),
    [
        ("Cayó más de un 40 %.", "Cayó un 40 %.", True),
        ("Cayó un 40 %.", "Cayó casi un 40 %.", True),
        ("Cayó más de un 40 %.", "Cayó más del 40 %.", False),
        ("Acudieron unas 40 personas.", "Acudieron 40 personas.", False),
    ],
)
def test_a_bound_may_stand_before_the_article_of_a_number(claim: str, evidence: str, found: bool) -> None:
    assert bool(details(claim, evidence, language="es")) == found


def test_a_share_may_follow_from_sums_of_money_that_are_a_year_apart() -> None:
    told = "Revenue fell to $2.4 billion in the three months to September from $2.9 billion a year earlier."
    assert not details("Revenue fell 17 percent from a year before.", told)
    assert details("Revenue fell 27 percent from a year before.", told)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "Los trenes pasan de siete a cuatro."),
        ("pt", "Os comboios passam de cinco para oito por dia."),
    ],
)
def test_what_becomes_another_number_is_not_more_than_the_first(language: str, text: str) -> None:
    assert [item.bound for item in parse(Passage(text, language))] == ["", ""]


@pytest.mark.parametrize(
    ("language", "evidence", "right", "wrong"),
    [
        ("en", "Sales rose 3% to $10 billion.", "Sales rose to $10 billion.", "Sales rose by $10 billion."),
        ("en", "The prefect ordered a cut by 80%.", "It must be cut by 80%.", "It must be cut to 80%."),
        ("fr", "Les ventes ont augmenté de 3 %.", "Elles ont augmenté de 3 %.", "Elles ont augmenté à 3 %."),
        ("de", "Er verlangt, sie um 70 Prozent zu senken.", "Sie sinken um 70 Prozent.", "Sie sinken auf 70 Prozent."),
        ("it", "I ricavi sono scesi del 6%, a 78 miliardi.", "Sono scesi a 78 miliardi.", "Sono scesi di 78 miliardi."),
        ("pt", "As vendas subiram 3%, para 10 bilhões.", "Subiram para 10 bilhões.", "Subiram 10 bilhões."),
    ],
)
def test_by_how_much_is_not_to_how_much(language: str, evidence: str, right: str, wrong: str) -> None:
    assert details(right, evidence, language=language) == []
    assert len(details(wrong, evidence, language=language)) == 1


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        ("Up to 120 mm may fall.", 0),
        ("At least 80 mm may fall.", 0),
        ("Up to 80 mm may fall.", 1),
        ("At least 120 mm may fall.", 1),
        ("Between 80 and 120 mm may fall.", 0),
    ],
)
def test_the_lower_end_of_a_range_is_not_the_most_there_is(claim: str, found: int) -> None:
    assert len(details(claim, "Between 80 and 120 mm may fall.")) == found
    assert len(details(claim, "In all 80-120 mm may fall.")) == found
