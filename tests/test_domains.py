"""What leaflets, minutes, contracts, reports and e-mails say in other ways than news do, beside what is wrong there."""

from __future__ import annotations

from functools import partial

import pytest

from summarizer.ground.doubts import change, dates, hedge, negation, numbers
from tests import cases
from tests.cases import kinds, naming

pairs = pytest.mark.parametrize


@pairs(
    ("language", "right", "wrong", "evidence"),
    [
        # what a text tells by half, by its difference, or without its scale
        (
            "es",
            "Unos 12 millones van al horno.",
            "Unos 14 millones van al horno.",
            "Se invirtieron 24 millones, la mitad en el horno.",
        ),
        ("es", "El margen perdió 1,7 puntos.", "El margen perdió 2,7 puntos.", "El margen bajó del 12,1 % al 10,4 %."),
        (
            "de",
            "Es blieben gut 2.500 Euro.",
            "Es blieben gut 3.500 Euro.",
            "Einnahmen 41.300 Euro, Ausgaben 38.750 Euro.",
        ),
        (
            "es",
            "La deuda bajó en 36 millones, hasta 402.",
            "La deuda bajó en 36 millones, hasta 502.",
            "La deuda es de 402 millones, 36 millones menos.",
        ),
        (
            "fr",
            "Une ruche donne 14 kilos et non 30 kilos.",
            "Une ruche donne 16 kilos et non 30 kilos.",
            "Elle donnait 30 kilos ; l'an dernier, c'était 14.",
        ),
        # what a bound belongs to
        (
            "en",
            "The fee is €6,480 a year plus tax.",
            "The fee is more than €6,480 a year.",
            "The fee is €6,480, tax not included.",
        ),
        (
            "de",
            "Die Rate der 143 Frauen sank.",
            "Die Rate der 243 Frauen sank.",
            "Bei den 143 Frauen mit mindestens drei Infekten sank sie.",
        ),
        (
            "pt",
            "Custou 50 % mais do que os 180 contos.",
            "Custou mais de 180 contos.",
            "O orçamento era de 180 contos e passou 50 %.",
        ),
        ("pt", "Caem mais de 100 mm.", "Caem menos de 100 mm.", "A chuva pode ultrapassar 100 mm."),
        # ranks, scores, ages
        ("en", "She is ranked 47th.", "She is ranked 46th.", "She is number 47 of the list."),
        (
            "en",
            "Union Sarmiento 4-3 Robledal.",
            "Union Sarmiento 5-3 Robledal.",
            "Robledal 2 - Sarmiento 2 (4-3 on penalties)",
        ),
        ("it", "Ha 22 anni.", "Ha 32 anni.", "La ventiduenne ha vinto."),
        ("it", "Lo usò per due decenni.", "Lo usò per tre decenni.", "Lo usò per vent'anni."),
        # what is paid when
        ("en", "The rent is €780 a month.", "The rent is €780 a week.", "She pays a monthly rent of €780."),
        # centuries
        ("fr", "Il date du XVIIIe siècle.", "Il date du XIXe siècle.", "Il a été fait au XVIIIe siècle."),
        ("es", "Es del siglo XVIII.", "Es del siglo XVII.", "Se hizo en 1750."),
    ],
)
def test_numbers_of_other_texts(language: str, right: str, wrong: str, evidence: str) -> None:
    assert kinds(numbers.check, right, evidence, language=language) == []
    assert kinds(numbers.check, wrong, evidence, language=language) == ["number"]


@pairs(
    ("language", "right", "wrong", "evidence"),
    [
        ("en", "It went from 8 KB to 16 KB.", "It went from 16 KB to 8 KB.", "The size is 16 KB instead of 8 KB."),
        ("en", "Sales rose to 5% from 4%.", "Sales rose to 4% from 5%.", "Sales went from 4% to under 5%."),
        ("es", "Pasó del 52 % al 57 %.", "Pasó del 57 % al 52 %.", "Fue el 57 %, frente al 52 % del año anterior."),
        ("de", "Es stieg von 4 auf 5 Euro.", "Es fiel von 5 auf 4 Euro.", "Es kostet 5 Euro statt 4 Euro."),
        (
            "pt",
            "Passou de 25 para 4 segundos.",
            "Passou de 4 para 25 segundos.",
            "Demora 4 segundos, quando antes demorava 25 segundos.",
        ),
        (
            "es",
            "Los servicios pasan de siete a cuatro.",
            "Los servicios pasan de cuatro a siete.",
            "Los trenes pasan de siete a cuatro.",
        ),
    ],
)
def test_a_change_told_backwards_is_doubted(language: str, right: str, wrong: str, evidence: str) -> None:
    assert kinds(change.check, right, evidence, language=language) == []
    assert kinds(change.check, wrong, evidence, language=language) == ["number"]


def test_a_time_may_stand_between_what_was_and_what_is() -> None:
    told = "Revenue fell to $2.4 billion in the three months to September from $2.9 billion a year earlier."
    assert kinds(change.check, "Revenue fell from $2.9 billion to $2.4 billion.", told) == []
    assert kinds(change.check, "Revenue fell from $2.4 billion to $2.9 billion.", told) == ["number"]


def test_groups_that_are_compared_are_no_change() -> None:
    evidence = "It was 64 % of those treated, against 37 % of the others."
    assert kinds(change.check, "It was 37 % of the others, against 64 % of those treated.", evidence) == []


@pairs(
    ("language", "right", "wrong", "evidence"),
    [
        ("en", "It has light rather than power.", "It has power rather than light.", "It has light instead of power."),
        ("es", "Usa luz en lugar de energía.", "Usa energía en lugar de luz.", "Funciona con luz en vez de energía."),
        ("de", "Es nutzt Licht anstatt Strom.", "Es nutzt Strom anstatt Licht.", "Es läuft mit Licht statt Strom."),
    ],
)
def test_one_thing_instead_of_another_is_not_the_other(language: str, right: str, wrong: str, evidence: str) -> None:
    assert kinds(change.check, right, evidence, language=language) == []
    assert kinds(change.check, wrong, evidence, language=language) == ["negation"]


@pairs(
    ("language", "claim", "evidence"),
    [
        ("de", "Die Fähre fällt am Freitag aus.", "Die Fähre verkehrt am Freitag nicht."),
        ("it", "Il museo non ha i fondi.", "Al museo mancano i fondi."),
        ("de", "Trampoline sind nur in den Ferien erlaubt.", "Trampoline sind nicht gestattet, außer in den Ferien."),
        ("it", "Bisogna aspettare che la focaccia sia tiepida.", "Non tagliate la focaccia prima che sia tiepida."),
        (
            "de",
            "Der Pegel bleibt unter dem vom Januar 2019.",
            "Der Pegel wird nicht so hoch ausfallen wie im Januar 2019.",
        ),
        ("en", "The damage was caused by rain and not by the tenant.", "Rain caused the damage of the tenant."),
        ("en", "She beat world No. 3 Jana Kos.", "She beat Jana Kos, number 3 of the world."),
    ],
)
def test_what_is_put_without_a_negative_is_no_other_polarity(language: str, claim: str, evidence: str) -> None:
    assert kinds(negation.check, claim, evidence, language=language) == []


@pairs("claim", ["Die Fähre verkehrt am Freitag.", "Am Freitag verkehrt die Fähre wie immer."])
def test_a_lost_negative_is_still_seen(claim: str) -> None:
    assert kinds(negation.check, claim, "Die Fähre verkehrt am Freitag nicht.", language="de") == ["negation"]


@pairs(
    ("value", "right", "wrong"),
    [
        (
            "p = 0.21",
            "The difference was not statistically significant.",
            "The difference was statistically significant.",
        ),
        ("p > 0.05", "The difference was not significant.", "The difference was significant."),
        ("p < 0.05", "The difference was significant.", "The difference was not significant."),
        ("p < 0.001", "The difference was significant (p < 0.001).", "The difference was not significant (p < 0.001)."),
    ],
)
def test_significance_is_held_against_the_p_value(value: str, right: str, wrong: str) -> None:
    evidence = f"The rates were 0.61 and 0.70 ({value})."
    assert kinds(negation.check, right, evidence) == []
    assert kinds(negation.check, wrong, evidence) == ["negation"]


def test_values_on_both_sides_say_nothing_of_significance() -> None:
    evidence = "Sleep improved (p = 0.004). Falls did not (p = 0.31)."
    assert kinds(negation.check, "Sleep improved, which is significant.", evidence) == []


def test_a_german_passive_is_no_plan() -> None:
    passive = "Der Antrag wird mit 33 gegen 29 Stimmen abgelehnt."
    found = partial(kinds, hedge.check, language="de")
    assert found("Den Antrag lehnte die Versammlung mit 33 gegen 29 Stimmen ab.", passive) == []
    assert found("Der Antrag wurde mit 33 gegen 29 Stimmen abgelehnt.", "Der Verein wird den Antrag ablehnen.") == [
        "hedge"
    ]


MAIL = ("From: Tom Ashdown", "To: Leonie Falk", "I would rather not sign yet.", "The Mill in Station Road is smaller.")


def test_who_writes_an_email_may_be_named() -> None:
    evidence, before = MAIL[2:], MAIL[:2]
    assert kinds(naming, "Tom Ashdown did not want to sign.", *evidence, before=before) == []
    assert kinds(naming, "Leonie Falk did not want to sign.", *evidence, before=before) == ["name"]


def test_who_answers_in_an_interview_may_be_named() -> None:
    before = ("The beekeeper spoke with Ann Lee.", "Solange Meynadier: With twelve hives.", "And why?")
    assert kinds(naming, "Solange Meynadier blames the hedges.", "I blame the hedges.", before=before) == []
    assert kinds(naming, "Solange Meynadier lost half.", "The Norvane farm lost half.", before=before) == ["name"]


@pairs(
    ("language", "right", "wrong", "evidence"),
    [
        ("it", "È del II secolo avanti Cristo.", "È del II secolo dopo Cristo.", "Risale al II secolo a.C."),
        (
            "fr",
            "Il est du IIIe siècle avant J.-C.",
            "Il est du IIIe siècle après J.-C.",
            "Il date du IIIe siècle av. J.-C.",
        ),
    ],
)
def test_another_era_is_doubted(language: str, right: str, wrong: str, evidence: str) -> None:
    assert kinds(dates.check, right, evidence, language=language) == []
    assert kinds(dates.check, wrong, evidence, language=language) == ["date"]
    assert kinds(naming, right, evidence, language=language) == []


def test_a_person_may_be_told_by_where_she_is_from() -> None:
    case = cases.make_case(
        "Horáková called the doctor.",
        ["La ceca ha chiesto il medico."],
        language="it",
        claim_language="en",
        before=["La ceca Jana Horáková ha perso."],
    )
    assert cases.doubts(naming, case) == []


@pairs("check", [change.check, naming, negation.check], ids=["change", "names", "negation"])
@pairs("piece", ["from 8 to 16 ", "Ann: I ", "not significant p = 0.2 ", "XVII secolo a.C. "])
def test_the_checks_take_linear_time(check: cases.Check, piece: str) -> None:
    assert cases.is_linear(check, piece)
