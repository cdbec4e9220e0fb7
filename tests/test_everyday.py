"""Results, matches, rulings and warnings as summaries word them: what says the same, and what only looks like it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given

from summarizer.ground.case import Case
from summarizer.ground.doubts import attribution, extent, hedge, negation, numbers
from summarizer.ground.doubts.contest import is_kept
from summarizer.ground.doubts.numbers.reckoned import is_reckoned
from summarizer.ground.reading import quantity
from summarizer.ground.reading.tables import read_data
from summarizer.records import Finding
from tests import cases
from tests.cases import kinds, naming
from tests.strategies import texts

pairs = pytest.mark.parametrize


@pairs(
    ("language", "right", "wrong", "evidence"),
    [
        # half of a time, one more or fewer, and what others are left
        ("en", "He ran it for fifty years.", "He ran it for forty years.", "He ran it for half a century."),
        ("fr", "Pendant cinquante ans.", "Pendant soixante ans.", "Il l'a dirigée pendant un demi-siècle."),
        ("de", "Fünfzig Jahre lang.", "Vierzig Jahre lang.", "Er leitete ihn ein halbes Jahrhundert lang."),
        ("en", "He ran it for half a century.", "He ran it for half a decade.", "He ran it for fifty years."),
        ("fr", "Pendant un demi-siècle.", "Pendant deux siècles.", "Il l'a dirigée pendant cinquante ans."),
        ("it", "Ha sei titoli, il Valmer sette.", "Ha sei titoli, il Valmer otto.", "Ha sei titoli, uno in meno."),
        ("en", "She had three goals.", "She had two goals.", "She had one fewer than four goals."),
        ("fr", "Elle a trois buts.", "Elle a deux buts.", "Elle a un but de moins que les quatre de sa rivale."),
        ("es", "Suma seis, el otro siete.", "Suma seis, el otro ocho.", "Suma seis títulos, uno menos que el Valmer."),
        (
            "en", "Five of the seven voted for it.",
            "Four of the seven voted for it.",
            "Two of the seven voted against it, the others for it.",
        ),
        # what two numbers, or two years, differ by
        ("de", "Sie will zwei Jahre mehr.", "Sie will drei Jahre mehr.", "Statt vier Jahren will sie sechs Jahre."),
        ("en", "It took 5 days longer.", "It took 7 days longer.", "It took 9 days, not 4 days as planned."),
        ("de", "Es dauert drei Jahre länger.", "Es dauert fünf Jahre länger.", "Statt 2028 öffnet es erst 2031."),
        # a bound that a smaller unit, a verb or a preposition makes
        (
            "en", "It took more than nine hours.",
            "It took less than nine hours.",
            "It took nine hours and twenty minutes.",
        ),
        ("it", "Oltre i tre metri chiude.", "Sotto i tre metri chiude.", "Chiude se il torrente supererà i tre metri."),
        ("de", "Bei mehr als zwölf Metern.", "Bei weniger als zwölf Metern.", "Wenn der Pegel zwölf Meter übersteigt."),
        ("pt", "Com mais de 90 km/h.", "Com menos de 90 km/h.", "Caso o vento supere 90 km/h."),
        (
            "en", "They discuss a $90 million loan.",
            "They discuss a $19 million loan.",
            "They are in talks over a $90 million loan.",
        ),
    ],
)  # fmt: skip
def test_a_number_may_be_told_by_another(language: str, right: str, wrong: str, evidence: str) -> None:
    assert kinds(numbers.check, right, evidence, language=language) == []
    assert "number" in kinds(numbers.check, wrong, evidence, language=language)


def test_the_rest_is_nothing_that_a_claim_tells_of_itself() -> None:
    evidence = "Fourteen of the 22 flights are cancelled, the others go."
    assert kinds(numbers.check, "Eight of the 22 flights are cancelled; the rest go.", evidence) == ["number"]


def test_the_dollars_of_a_fine_are_not_australian() -> None:
    assert kinds(numbers.check, "It paid a $90 million fine.", "It paid a fine of 90 million US dollars.") == []
    assert kinds(numbers.check, "It paid A$90 million.", "It paid a fine of 90 million US dollars.") == ["number"]


@pairs(
    ("language", "right", "wrong", "evidence"),
    [
        ("en", "Marsh lost 3-1 to Cawley.", "Cawley lost 3-1 to Marsh.", "On Sunday Cawley beat Marsh 3-1."),
        (
            "fr", "Orsan s'est incliné 2-0 face à Valmer.",
            "Valmer s'est incliné 2-0 face à Orsan.",
            "Samedi, Valmer a battu Orsan 2-0.",
        ),
        (
            "es", "El Orsán perdió 2-0 ante el Valmer.",
            "El Valmer perdió 2-0 ante el Orsán.",
            "Ayer el Valmer ganó 2-0 al Orsán.",
        ),
        (
            "de", "Orsan unterlag Valmer mit 0:2.",
            "Valmer unterlag Orsan mit 0:2.",
            "Gestern haben die Frauen von Orsan gegen Valmer mit 0:2 verloren.",
        ),
        (
            "it", "L'Orsano si è arreso al Valmer.",
            "Il Valmer si è arreso all'Orsano.",
            "Ieri il Valmer ha battuto 2-0 l'Orsano.",
        ),
        (
            "pt", "O Orsano perdeu por 2-0 para o Valmer.",
            "O Valmer perdeu por 2-0 para o Orsano.",
            "Ontem o Valmer venceu por 2-0 o Orsano.",
        ),
        (
            "pt", "O Valmer venceu por 2-0 o Orsano.",
            "O Orsano venceu por 2-0 o Valmer.",
            "O Orsano saiu após a derrota por 2-0 para o Valmer.",
        ),
    ],
)  # fmt: skip
def test_who_won_is_told_from_both_sides(language: str, right: str, wrong: str, evidence: str) -> None:
    assert kinds(naming, right, evidence, language=language) == []
    assert kinds(negation.check, right, evidence, language=language) == []
    assert kinds(naming, wrong, evidence, language=language) == ["name"]


def test_who_won_is_told_in_other_languages_too() -> None:
    evidence = "Samedi, Valmer a battu Orsan 2-0."
    assert kinds(naming, "Orsan lost 2-0 to Valmer.", evidence, language="fr", claim_language="en") == []
    assert kinds(naming, "Orsan beat Valmer 2-0.", evidence, language="fr", claim_language="en") == ["name"]


@pairs(
    ("language", "right", "wrong", "evidence"),
    [
        ("en", "She died, her daughter says.", "She died, her husband says.", "She is dead, her daughter said."),
        ("fr", "Sa fille a annoncé sa mort.", "Son mari a annoncé sa mort.", "Elle est morte, a annoncé sa fille."),
        ("es", "Ha muerto, según su hija.", "Ha muerto, según su marido.", "Su hija anunció la muerte."),
        ("it", "È morta, ha detto la figlia.", "È morta, ha detto il marito.", "La figlia ha annunciato la morte."),
        ("pt", "Morreu, segundo a filha.", "Morreu, segundo o marido.", "A filha anunciou a morte."),
    ],
)  # fmt: skip
def test_another_relative_is_another_speaker(language: str, right: str, wrong: str, evidence: str) -> None:
    assert kinds(attribution.check, right, evidence, language=language) == []
    assert kinds(attribution.check, wrong, evidence, language=language) == ["attribution"]


@pairs(
    ("language", "right", "wrong", "evidence"),
    [
        ("en", "All regions but Norland grew.", "All regions grew.", "All regions except Norland reported growth."),
        (
            "fr", "Seule la Bravie perd des habitants.",
            "Toutes les régions en gagnent.",
            "Toutes les régions, sauf la Bravie, en gagnent.",
        ),
        (
            "es", "Creció en todas las comarcas menos Bravía.",
            "Creció en todas las comarcas.",
            "Todas las comarcas, salvo Bravía, crecieron.",
        ),
        (
            "de", "In den übrigen Bezirken wuchs sie.",
            "In allen Bezirken wuchs sie.",
            "Alle Bezirke außer Bravien wuchsen.",
        ),
        (
            "it", "Cresce in tutte le altre province.",
            "Cresce in tutte le province.",
            "Tutte le province, tranne la Bravia, crescono.",
        ),
        (
            "pt", "Cresce nos distritos, menos na Brávia.",
            "Cresce em todos os distritos.",
            "Todos os distritos, exceto a Brávia, crescem.",
        ),
        ("en", "Few tickets are left.", "Few tickets were sold.", "Nearly all tickets have been sold."),
    ],
)  # fmt: skip
def test_an_exception_that_is_left_out_is_doubted(language: str, right: str, wrong: str, evidence: str) -> None:
    assert kinds(extent.check, right, evidence, language=language) == []
    assert kinds(extent.check, wrong, evidence, language=language) == ["number"]


@pairs(
    ("language", "right", "wrong", "evidence"),
    [
        ("fr", "Part of the fine is paid.", "All of the fine is paid.", "Une partie de l'amende est payée."),
        ("de", "Nearly all tickets are sold.", "All tickets are sold.", "Fast alle Karten sind verkauft."),
        ("es", "Six of the nine members voted.", "All members voted.", "Seis de los nueve miembros votaron."),
        ("it", "Every second train was late.", "Every train was late.", "Metà dei treni era in ritardo."),
    ],
)
def test_all_for_a_part_is_doubted_in_other_languages(language: str, right: str, wrong: str, evidence: str) -> None:
    assert kinds(extent.check, right, evidence, language=language, claim_language="en") == []
    assert kinds(extent.check, wrong, evidence, language=language, claim_language="en") == ["number"]


@pairs(
    ("language", "claim", "evidence"),
    [
        ("en", "The fine is accepted by the club.", "The club does not contest the fine."),
        (
            "fr", "Le club accepte la sanction de son gardien.",
            "Le club ne conteste pas la sanction infligée à son gardien.",
        ),
        ("es", "La empresa acepta la multa.", "La empresa no rechaza la multa."),
        ("de", "Der Verein akzeptiert die Strafe.", "Der Verein widerspricht der Strafe nicht."),
        ("it", "Il club accetta la multa.", "Il club non contesta la multa."),
        ("pt", "O clube aceita a multa.", "O clube não contesta a multa."),
        ("en", "It was her first stage victory.", "She had never before won a stage."),
        ("de", "Am Preis ändert sich nichts.", "Der Preis bleibt gleich."),
        ("it", "Lunedì nella valle non ci sarà lezione.", "Le lezioni sono sospese lunedì in tutta la valle."),
        ("es", "Podría irse en junio a menos que lleguen refuerzos.", "Podría irse en junio si no llegan refuerzos."),
    ],
)  # fmt: skip
def test_a_denial_may_be_told_without_a_negative(language: str, claim: str, evidence: str) -> None:
    assert kinds(negation.check, claim, evidence, language=language) == []


def test_under_a_condition_the_present_is_a_future() -> None:
    evidence = "If the agency appeals, the fine will remain suspended until a final ruling."
    assert kinds(hedge.check, "Should there be an appeal, the fine stays suspended until the ruling.", evidence) == []


@pairs(
    ("language", "right", "wrong", "evidence"),
    [
        ("en", "Unless heard, they will block it.", "They will block it.", "They will block it unless they are heard."),
        ("es", "Si no llueve, lo abrirán el lunes.", "Lo abrirán el lunes.", "Lo abrirán el lunes si no llueve."),
        (
            "en", "If it goes through, Tessa will open shops.",
            "Tessa will open shops.",
            "If the deal goes through, Tessa intends to open shops.",
        ),
        (
            "fr", "Au-delà de dix mètres, il sera vidé.",
            "Il sera vidé lundi.",
            "Il sera vidé lundi si l'eau dépasse dix mètres.",
        ),
        (
            "en", "She will decide on Friday.",
            "She decided on Friday.",
            "She will decide on Friday whether to start again.",
        ),
    ],
)  # fmt: skip
def test_a_condition_that_is_left_out_is_doubted(language: str, right: str, wrong: str, evidence: str) -> None:
    assert kinds(hedge.check, right, evidence, language=language) == []
    assert kinds(hedge.check, wrong, evidence, language=language) == ["hedge"]


@given(claim=texts(), evidence=texts())
def test_grounding_a_contest_never_raises(claim: str, evidence: str) -> None:
    found = kinds(naming, f"Ann beat Bob {claim}", f"Bob lost to Ann {evidence}")
    assert set(found) <= {"name"}


def test_every_phrase_of_a_contest_is_in_all_six_languages() -> None:
    table = read_data("contest")
    assert [table[sort].keys() for sort in ("beat", "lose")] == [{"en", "fr", "es", "de", "it", "pt"}] * 2


def test_every_relative_is_in_all_six_languages() -> None:
    table = read_data("kin")["kin"]
    assert {frozenset(words) for words in table.values()} == {frozenset({"en", "fr", "es", "de", "it", "pt"})}


def reckon(case: Case) -> Iterator[Finding]:
    """Look for the claim's first number in what its evidence tells by other numbers."""
    if is_reckoned(case.claim.once(quantity.parse)[0], case.claim, case.evidence):
        yield Finding("number", "reckoned")


def contests(case: Case) -> Iterator[Finding]:
    """Look for a contest that the evidence has with the other outcome."""
    if is_kept(case):
        yield Finding("name", "kept")


@pairs(
    ("check", "piece"),
    [
        (contests, "Ann beat Bob 3-1 and "),
        (extent.check, "all of the regions except one "),
        (reckon, "3 of the other 7, one fewer, "),
        (reckon, "9 years longer, 7 years shorter "),
        (reckon, "9 years, half a century, 5 hours and 2 minutes "),
    ],
)
def test_what_a_long_text_tells_takes_linear_time(check: cases.Check, piece: str) -> None:
    assert cases.is_linear(check, piece)


@pairs(
    ("check", "language", "right", "wrong", "evidence"),
    [
        # a denial by a preposition, by a word for it, in the answer of a vote, of whom it holds for
        (negation, "it", "Non ci sono feriti.", "", "Il treno è deragliato senza provocare feriti."),
        (negation, "pt", "Não há feridos no comboio.", "", "O comboio descarrilou sem causar feridos."),
        (negation, "it", "Ha 43 poesie mai pubblicate.", "", "Ha 43 poesie inedite."),
        (negation, "es", "Son poemas nunca publicados.", "", "Son poemas inéditos."),
        (
            negation, "it", "Il Senato l'ha approvato con 98 sì e 71 no.",
            "Il Senato non l'ha approvato.",
            "Con 98 voti a favore e 71 contrari il Senato ha approvato il testo.",
        ),
        (negation, "it", "Non vale per chi abita in casa.", "", "Sono esclusi i proprietari che abitano in casa."),
        (
            negation, "it", "I comuni mettono in dubbio la cifra.",
            "I comuni danno la cifra.",
            "I comuni contestano la cifra.",
        ),
        (negation, "pt", "Abre 15 lojas neste ano, e não 40.", "Não abre 15 lojas.", "Este ano abre 15 lojas."),
        (negation, "pt", "Ganhou com um pênalti polêmico.", "", "Ganhou num pênalti contestado."),
        (negation, "it", "A maggio un altro era durato un'ora.", "", "Quello di maggio era durato meno, un'ora."),
        # a rule is no plan, a part may be told without its noun
        (
            hedge, "it", "Il contratto stabilisce una penale di 20 mila euro.",
            "Il contratto ha imposto una penale di 20 mila euro.",
            "Il contratto prevede una penale di 20 mila euro.",
        ),
        (
            extent, "it", "Gran parte dei testi è nuova.",
            "Tutti i testi sembrano di altri.",
            "Alcuni testi sembrano di altri, ma la maggior parte è nuova.",
        ),
    ],
)  # fmt: skip
def test_it_may_be_said_in_other_words(check: Any, language: str, right: str, wrong: str, evidence: str) -> None:
    assert kinds(check.check, right, evidence, language=language) == []
    assert not wrong or kinds(check.check, wrong, evidence, language=language) != []
