"""Factors: twice as much is double, two times, 100 % more, and neither half as much nor three times."""

from __future__ import annotations

import pytest
from hypothesis import given

from summarizer.ground.doubts.numbers import check
from summarizer.ground.reading.quantity import parse
from summarizer.ground.reading.text import Passage
from tests.cases import is_linear, kinds
from tests.strategies import texts

WRONG = [
    (
        "en",
        "The new engine uses half as much fuel as the old one.",
        "The new engine uses twice as much fuel as the old one.",
    ),
    (
        "en",
        "The new engine uses twice as much fuel as the old one.",
        "The new engine uses half as much fuel as the old one.",
    ),
    (
        "en",
        "The new engine uses half as much fuel as the old one.",
        "The new engine uses double the fuel of the old one.",
    ),
    ("en", "Output has doubled since May.", "Output has been multiplied by three since May."),
    ("en", "Output has doubled since May.", "Output has been divided by two since May."),
    ("en", "Output was divided by two.", "Output was multiplied by two."),
    ("en", "Output has doubled since May.", "Output is three times as high as in May."),
    ("en", "Twice as many people came as last year.", "Three times as many people came as last year."),
    ("en", "Three times as many people came as last year.", "Twice as many people came as last year."),
    ("en", "Output grew by a factor of three.", "Output doubled."),
    ("en", "The young read a third as much as the old.", "The young read half as much as the old."),
    ("en", "The young read half as much as the old.", "The young read a third as much as the old."),
    (
        "fr",
        "Le nouveau moteur consomme moitié moins que l'ancien.",
        "Le nouveau moteur consomme deux fois plus que l'ancien.",
    ),
    (
        "fr",
        "Le nouveau moteur consomme deux fois moins que l'ancien.",
        "Le nouveau moteur consomme deux fois plus que l'ancien.",
    ),
    (
        "fr",
        "Le nouveau moteur consomme trois fois plus que l'ancien.",
        "Le nouveau moteur consomme trois fois moins que l'ancien.",
    ),
    ("fr", "Le loyer a doublé en dix ans.", "Le loyer a été multiplié par trois en dix ans."),
    ("fr", "Le loyer a doublé en dix ans.", "Le loyer a été divisé par deux en dix ans."),
    ("fr", "Le groupe a multiplié par deux ses ventes.", "Le groupe a multiplié ses ventes par trois."),
    ("fr", "La maison coûte le double de l'appartement.", "La maison coûte la moitié de l'appartement."),
    ("fr:en", "Le loyer a doublé en dix ans.", "Rent was divided by two in ten years."),
    (
        "de",
        "Der neue Motor braucht halb so viel Benzin wie der alte.",
        "Der neue Motor braucht doppelt so viel Benzin wie der alte.",
    ),
    (
        "de",
        "Der neue Motor braucht doppelt so viel Benzin wie der alte.",
        "Der neue Motor braucht halb so viel Benzin wie der alte.",
    ),
    ("de", "Die Mieten haben sich verdoppelt.", "Die Mieten sind auf das Dreifache gestiegen."),
    ("de", "Die Mieten haben sich verdoppelt.", "Die Mieten haben sich halbiert."),
    ("de", "Die Zahl der Fälle ist dreimal so hoch wie im Mai.", "Die Zahl der Fälle ist doppelt so hoch wie im Mai."),
    ("de:en", "Die Mieten haben sich verdoppelt.", "Rents have tripled."),
    ("es", "El nuevo motor gasta la mitad que el viejo.", "El nuevo motor gasta el doble que el viejo."),
    ("es", "El nuevo motor gasta el doble que el viejo.", "El nuevo motor gasta la mitad que el viejo."),
    ("es", "El nuevo motor gasta tres veces menos que el viejo.", "El nuevo motor gasta tres veces más que el viejo."),
    ("es", "Las ventas se han duplicado.", "Las ventas se han multiplicado por tres."),
    ("es", "Las ventas se han duplicado.", "Las ventas se han dividido por dos."),
    ("es", "Los turistas pagarán doble tarifa en verano.", "Los turistas pagarán el triple de tarifa en verano."),
    ("es", "Los jóvenes leen un tercio que los mayores.", "Los jóvenes leen la mitad que los mayores."),
    (
        "it",
        "Il nuovo motore consuma la metà di quello vecchio.",
        "Il nuovo motore consuma il doppio di quello vecchio.",
    ),
    (
        "it",
        "Il nuovo motore consuma il doppio di quello vecchio.",
        "Il nuovo motore consuma la metà di quello vecchio.",
    ),
    ("it", "Le vendite sono raddoppiate.", "Le vendite si sono moltiplicate per tre."),
    ("it", "Le vendite sono raddoppiate.", "Le vendite si sono dimezzate."),
    ("pt", "O novo motor gasta metade do antigo.", "O novo motor gasta o dobro do antigo."),
    ("pt", "O novo motor gasta o dobro do antigo.", "O novo motor gasta metade do antigo."),
    ("pt", "As vendas dobraram em maio.", "As vendas foram multiplicadas por três em maio."),
    ("pt", "As vendas dobraram em maio.", "As vendas foram divididas por dois em maio."),
    ("pt", "O novo motor gasta três vezes menos que o antigo.", "O novo motor gasta três vezes mais que o antigo."),
]
RIGHT = [
    (
        "en",
        "The new engine uses half as much fuel as the old one.",
        "The old engine uses twice as much fuel as the new one.",
    ),
    (
        "en",
        "The new engine uses half as much fuel as the old one.",
        "The new engine uses half the fuel of the old one.",
    ),
    (
        "en",
        "The new engine uses half as much fuel as the old one.",
        "The new engine uses 50% less fuel than the old one.",
    ),
    (
        "en",
        "The new engine uses twice as much fuel as the old one.",
        "The new engine uses double the fuel of the old one.",
    ),
    (
        "en",
        "The new engine uses twice as much fuel as the old one.",
        "The new engine uses two times as much fuel as the old one.",
    ),
    (
        "en",
        "The new engine uses twice as much fuel as the old one.",
        "The old engine uses half as much fuel as the new one.",
    ),
    ("en", "Output has doubled since May.", "Output has been multiplied by two since May."),
    ("en", "Output has doubled since May.", "Since May output has grown by 100 percent."),
    ("en", "Output has grown by 100 percent since May.", "Output has doubled since May."),
    ("en", "Output was cut by half in May.", "Output halved in May."),
    ("en", "Output was halved in May.", "Output was divided by two in May."),
    ("en", "Output fell by 50 percent in May.", "Output halved in May."),
    ("en", "Output grew by a factor of three.", "Output tripled."),
    ("en", "Output fell by a factor of three.", "Output was divided by three."),
    (
        "en",
        "A double murder shook the town, where three times as many police now patrol as in May.",
        "After a double murder, three times as many police patrol the town as in May.",
    ),
    (
        "en",
        "He was accused of double standards after his pay was halved.",
        "His pay was halved and he was accused of double standards.",
    ),
    ("en", "A double room costs half as much as in May.", "A double room now costs half as much as it did in May."),
    ("en", "The two were killed on Monday; the number of patrols was halved.", "The double murder happened on Monday."),
    ("en", "The site had half as many visitors as the museum.", "The museum had twice as many visitors as the site."),
    (
        "en",
        "The room doubles as a kitchen; its rent was halved.",
        "The room, whose rent was halved, doubles as a kitchen.",
    ),
    ("en", "He won twice in May, and sales are three times as high as then.", "He won twice in May."),
    (
        "fr",
        "Le nouveau moteur consomme moitié moins que l'ancien.",
        "Le nouveau moteur consomme deux fois moins que l'ancien.",
    ),
    (
        "fr",
        "Le nouveau moteur consomme deux fois moins que l'ancien.",
        "Le nouveau moteur consomme moitié moins que l'ancien.",
    ),
    (
        "fr",
        "Le nouveau moteur consomme deux fois moins que l'ancien.",
        "L'ancien moteur consomme deux fois plus que le nouveau.",
    ),
    ("fr", "Le loyer a doublé en dix ans.", "Le loyer a été multiplié par deux en dix ans."),
    ("fr", "Le loyer a été divisé par deux en dix ans.", "Le loyer a baissé de moitié en dix ans."),
    ("fr", "Le loyer a baissé de moitié en dix ans.", "Le loyer a été divisé par deux en dix ans."),
    ("fr", "Le loyer a augmenté de 100 % en dix ans.", "Le loyer a doublé en dix ans."),
    ("fr", "Le groupe a triplé ses ventes.", "Le groupe a multiplié ses ventes par trois."),
    ("fr", "La maison coûte le double de l'appartement.", "La maison coûte deux fois plus que l'appartement."),
    (
        "fr",
        "Le double meurtre a eu lieu lundi, et les patrouilles ont triplé.",
        "Les patrouilles ont triplé après le double meurtre de lundi.",
    ),
    (
        "fr",
        "Un pays divisé par deux guerres a vu son budget tripler.",
        "Ce pays, divisé par deux guerres, a triplé son budget.",
    ),
    ("fr:en", "Le loyer a été multiplié par deux en dix ans.", "Rent doubled in ten years."),
    (
        "fr:en",
        "Le nouveau moteur consomme deux fois moins que l'ancien.",
        "The new engine uses half as much as the old one.",
    ),
    (
        "de",
        "Der neue Motor braucht halb so viel Benzin wie der alte.",
        "Der alte Motor braucht doppelt so viel Benzin wie der neue.",
    ),
    (
        "de",
        "Der neue Motor braucht halb so viel Benzin wie der alte.",
        "Der neue Motor braucht nur die Hälfte des Benzins des alten.",
    ),
    (
        "de",
        "Der neue Motor braucht doppelt so viel Benzin wie der alte.",
        "Der neue Motor braucht zweimal so viel Benzin wie der alte.",
    ),
    ("de", "Die Mieten haben sich verdoppelt.", "Die Mieten sind auf das Doppelte gestiegen."),
    ("de", "Die Mieten wurden halbiert.", "Die Mieten sind um die Hälfte gesunken."),
    ("de", "Die Mieten sind um 50 Prozent gesunken.", "Die Mieten haben sich halbiert."),
    ("de", "Die Mieten sind um 100 Prozent gestiegen.", "Die Mieten haben sich verdoppelt."),
    ("de", "Die Zahl der Fälle ist dreimal so hoch wie im Mai.", "Die Zahl der Fälle hat sich seit Mai verdreifacht."),
    (
        "de",
        "Der dreifache Weltmeister hat sein Gehalt halbiert.",
        "Sein Gehalt hat der dreifache Weltmeister halbiert.",
    ),
    (
        "de",
        "Die doppelte Staatsbürgerschaft bleibt, und die Gebühr ist dreimal so hoch wie im Mai.",
        "Die doppelte Staatsbürgerschaft bleibt erhalten.",
    ),
    ("es", "El nuevo motor gasta la mitad que el viejo.", "El motor viejo gasta el doble que el nuevo."),
    ("es", "El nuevo motor gasta el doble que el viejo.", "El nuevo motor gasta dos veces más que el viejo."),
    ("es", "Las ventas se han duplicado.", "Las ventas se han multiplicado por dos."),
    ("es", "Las ventas se han reducido a la mitad.", "Las ventas se han dividido por dos."),
    (
        "es",
        "El doble asesinato ocurrió el lunes y las patrullas se triplicaron.",
        "Las patrullas se triplicaron tras el doble asesinato del lunes.",
    ),
    (
        "it",
        "Il nuovo motore consuma la metà di quello vecchio.",
        "Il motore vecchio consuma il doppio di quello nuovo.",
    ),
    (
        "it",
        "Il nuovo motore consuma il doppio di quello vecchio.",
        "Il nuovo motore consuma due volte più di quello vecchio.",
    ),
    ("it", "Le vendite si sono dimezzate.", "Le vendite sono scese della metà."),
    ("it", "Le vendite si sono triplicate.", "Le vendite si sono moltiplicate per tre."),
    (
        "it",
        "Il doppio incarico è finito e lo stipendio è triplicato.",
        "Lo stipendio è triplicato e il doppio incarico è finito.",
    ),
    (
        "it",
        "La metà dei soci guadagna 2.000 euro, gli altri 1.000 euro.",
        "La metà dei soci guadagna il doppio degli altri.",
    ),
    ("it", "Il nuovo motore usa la metà della benzina.", "Il vecchio motore usava il doppio della benzina."),
    ("pt", "O novo motor gasta metade do antigo.", "O motor antigo gasta o dobro do novo."),
    ("pt", "O novo motor gasta o dobro do antigo.", "O novo motor gasta duas vezes mais que o antigo."),
    ("pt", "As vendas dobraram em maio.", "As vendas foram multiplicadas por dois em maio."),
    ("pt", "As vendas caíram pela metade em maio.", "As vendas foram divididas por dois em maio."),
    (
        "pt",
        "A dupla nacionalidade continua e a taxa é três vezes maior que em maio.",
        "A dupla nacionalidade continua.",
    ),
]


def found(languages: str, evidence: str, claim: str) -> list[str]:
    language, _, other = languages.partition(":")
    return kinds(check, claim, evidence, language=language, claim_language=other or language)


@pytest.mark.parametrize(("languages", "evidence", "claim"), WRONG)
def test_another_factor_is_a_doubt(languages: str, evidence: str, claim: str) -> None:
    assert "number" in found(languages, evidence, claim)


@pytest.mark.parametrize(("languages", "evidence", "claim"), RIGHT)
def test_the_same_factor_in_other_words_or_by_its_other_end_is_no_doubt(
    languages: str, evidence: str, claim: str
) -> None:
    assert found(languages, evidence, claim) == []


@pytest.mark.parametrize(
    ("language", "text", "value", "unit"),
    [
        ("en", "a double murder", "2", "fold"),
        ("en", "double the price", "2", "times"),
        ("en", "it may double output", "2", "times"),
        ("en", "he won twice in May", "2", "fold"),
        ("en", "three times as many", "3", "times"),
        ("en", "divided by four", "0.25", "times"),
        ("fr", "deux fois moins cher", "0.5", "times"),
        ("fr", "le double meurtre", "2", "fold"),
        ("fr", "a multiplié ses ventes par trois", "3", "times"),
        ("de", "die doppelte Staatsbürgerschaft", "2", "fold"),
        ("de", "um das Dreifache gestiegen", "3", "times"),
        ("es", "el doble rasero", "2", "fold"),
        ("es", "más del doble", "2", "times"),
        ("it", "un doppio incarico", "2", "fold"),
        ("pt", "a dupla nacionalidade", "2", "fold"),
        ("pt", "foi dividido por dois", "0.5", "times"),
    ],
)  # fmt: skip
def test_an_adjective_is_no_factor_and_a_divisor_is_less_than_one(
    language: str, text: str, value: str, unit: str
) -> None:
    (quantity,) = parse(Passage(text, language))
    assert (quantity.kind, str(quantity.value), quantity.unit) == ("multiple", value, unit)


def test_who_divides_something_is_no_divisor() -> None:
    assert [item.kind for item in parse(Passage("Un pays divisé par deux guerres.", "fr"))] == ["count"]
    assert [item.kind for item in parse(Passage("Profit rose in the first half as sales grew.", "en"))] != ["multiple"]


def test_the_bound_of_a_factor_is_kept_where_it_is_told_by_its_other_end() -> None:
    evidence = "Ann pays nearly three times less than Bob."
    assert found("en", evidence, "Bob pays nearly three times more than Ann.") == []
    assert found("en", evidence, "Bob pays over three times more than Ann.") == ["number"]
    assert found("en", "Ann pays over twice as much as Bob.", "Bob pays less than half as much as Ann.") == []


def test_many_factors_take_time_in_proportion() -> None:
    assert is_linear(check, "twice as much as three times as many multiplied by two ", evidence="half as much")
    assert is_linear(check, "she uses twice as much oil as he, ", evidence="she uses half of the oil, ")


@given(texts())
def test_no_text_makes_it_raise(text: str) -> None:
    assert kinds(check, f"{text} twice as much {text}", f"{text} half of {text}") is not None
