"""Certainty: plans, possibilities and rumors stay what they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given

from summarizer.ground.doubts import attribution, hedge, negation
from summarizer.records import Article
from tests import cases
from tests.cases import case_about, doubts, make_case
from tests.growth import grows_within
from tests.strategies import texts

kinds = partial(cases.kinds, hedge.check)


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        ("en", "Halden has bought its rival Norvane.", "Halden is in talks to buy its rival Norvane."),
        ("en", "The dam will restore 60,000 salmon a year.", "The dam could restore 60,000 salmon a year."),
        (
            "en",
            "Kallow rejected a lower offer in the autumn.",
            "Kallow reportedly rejected a lower offer in the autumn.",
        ),
        ("en", "Tennant cut costs by a third.", "Tennant has promised to cut costs by a third."),
        ("en", "The road will open in May.", "The road will open in May if money is found."),  # the month is no modal
        ("en", "Tennant sells its mills in June.", "Tennant plans to sell its mills in June."),
        ("en", "The trial started in June.", "The trial is scheduled to start in June."),
        ("fr", "OpenAI a levé 100 milliards de dollars.", "OpenAI envisage de lever 100 milliards de dollars."),
        ("fr", "L’usine fabrique 24 GWh de cellules.", "L’usine fabriquerait 24 GWh de cellules."),
        ("fr", "Le site a créé 1 800 emplois.", "Le site pourrait créer 1 800 emplois."),
        ("es", "El banco vendió 140 sucursales.", "El banco planea vender 140 sucursales."),
        ("de", "Der Ausschuss kam am Donnerstag zusammen.", "Der Ausschuss soll am Donnerstag zusammenkommen."),
        ("it", "I biglietti già venduti sono stati rimborsati.", "I biglietti già venduti saranno rimborsati."),
        ("pt", "A obra criou 9000 empregos.", "A obra pode criar 9000 empregos."),
    ],
)
def test_a_plan_told_as_a_fact_is_found(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language=language) == ["hedge"]


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        ("en", "Halden plans to buy its rival Norvane.", "Halden is in talks to buy its rival Norvane."),
        ("en", "Halden might buy its rival Norvane.", "Halden is considering buying its rival Norvane."),
        ("en", "Halden will cut costs by a third.", "Halden plans to cut costs by a third."),
        ("en", "Halden is a maker of batteries.", "Halden, a maker of batteries, is in talks to buy Norvane."),
        ("en", "The bid of Halden failed in May.", "Halden, whose bid failed in May, wants to buy Norvane."),
        ("en", "Kallow is said to have rejected an offer.", "Kallow reportedly rejected an offer."),
        ("fr", "OpenAI souhaite lever 100 milliards de dollars.", "OpenAI envisage de lever 100 milliards de dollars."),
        ("fr", "OpenAI chercherait à lever 100 milliards.", "OpenAI envisage de lever 100 milliards."),
        ("en", "The trial starts in June.", "The trial is scheduled to start in June."),
        ("en", "Trials begin on Monday.", "Trials are to begin on Monday."),
        ("fr", "Le procès s'ouvre lundi.", "Le procès est prévu pour s'ouvrir lundi."),
        ("en", "The result was unexpected.", "Nobody expected the result."),
        ("de", "Der Ausschuss will am Donnerstag zusammenkommen.", "Der Ausschuss soll am Donnerstag zusammenkommen."),
        ("es", "El banco quiere vender 140 sucursales.", "El banco planea vender 140 sucursales."),
    ],
)
def test_another_hedge_of_another_class_is_enough(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language=language) == []


def test_a_claim_less_sure_than_its_evidence_passes() -> None:
    assert kinds("Halden may have bought Norvane.", "Halden has bought Norvane.") == []


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        ("en", "The talks have fallen apart.", "No deal was signed, and the talks could still collapse."),
        ("en", "A dose will cost $30, Lund thinks.", "Lund thinks that a dose could cost $30."),
        ("en", "The port has been closed for good.", "The port is closed for now."),
        ("fr", "L’État a versé 640 millions d’euros.", "L’État apporterait 640 millions d’euros d’aides."),
        ("fr", "Les travaux commenceront en mars.", "Si le budget est voté, les travaux commenceront en mars."),
        ("es", "El presidente dimitió en septiembre.", "El presidente estuvo a punto de renunciar en septiembre."),
        ("de", "Kraus bestätigte Kurzarbeit für 700 Leute.", "Kraus fürchtet Kurzarbeit für 700 Leute."),
        ("it", "I commissari hanno scelto a novembre.", "La scelta dei commissari dovrebbe arrivare a novembre."),
        ("pt", "A ferrovia reduziu o frete em 30%.", "Com a ferrovia, o custo do frete cairia 30%."),
        ("en", "Jobs in Aberdeen and Cork were cut.", "He warned that jobs in Aberdeen and Cork might be cut."),
        ("en", "The nation will seek $75 million.", "She said the nation might seek $75 million."),
        ("en", "Halden has bought Norvane.", "Halden is in advanced talks to buy Norvane."),
        (
            "en",
            "Kallow rejected a lower offer and has not disclosed why.",
            "Kallow reportedly rejected a lower offer, and has not said why.",
        ),
        ("fr", "Selon un rapport, l’État a versé 640 millions.", "L’État apporterait 640 millions, selon un rapport."),
        (
            "fr",
            "Selon un document lu par le journal, l’État a versé 640 millions, près de 25 % du total.",
            "L’État apporterait 640 millions, soit près d’un quart du total, d’après un document lu par notre journal.",
        ),
        ("fr", "Elle remettra ses propositions dimanche.", "Elle pourrait rendre ses propositions dimanche."),
        (
            "fr",
            "Valmy-Soret achète 70 % de la production.",
            "Le groupe Valmy-Soret, qui a 12 % des parts, s’est engagé à acheter 70 % de la production.",
        ),
        ("de", "Bis 2030 wird jedes dritte Haus schließen.", "Bis 2030 werde vermutlich jedes dritte Haus schließen."),
        (
            "de",
            "Pendler haben die Hälfte des Preises zurückbekommen.",
            "Pro Gleis fordert, dass Pendler die Hälfte des Preises zurückbekommen.",
        ),
        (
            "pt",
            "As obras, previstas para 2026, criaram 9 mil vagas diretas.",
            "As obras devem começar em 2026 e podem gerar 9 mil empregos diretos.",
        ),
        ("en", "The merger will be cancelled.", "The merger will be cancelled if any regulator objects to it."),
        ("en", "Clarke persuaded the board to sell.", "Clarke tried to persuade the board to sell."),
    ],
)
def test_a_cited_sentence_decides_by_its_verb_alone(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language=language) == ["hedge"]


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        ("en", "The match is off for storm and snow.", "The match is off due to the storm and snow."),
        ("en", "Halden was founded in 1998.", "Halden, founded in 1998, is due to report its results in May."),
        ("en", "The bid was announced on 6 May.", "The bid, announced on 6 May, may fail."),
        (
            "fr",
            "La subvention a été fixée par la convention.",
            "L’État retirerait la subvention, fixée par la convention.",
        ),
        (
            "de",
            "Laut Aksoy kaufte die Stadt das Gebäude.",
            "Nach den Worten von Aksoy habe die Stadt das Gebäude gekauft.",
        ),
        ("pt", "O incêndio prolongou-se até domingo.", "O incêndio prolongou-se até domingo."),
        ("en", "Jets are scrambled at such signs.", "At such signs the force scrambles jets if necessary."),
        ("en", "Liberia has more beds than it needs.", "Liberia has more beds than demand."),
        (
            "en",
            "Harmon has come under fire for backing a bill that would give tax breaks to nursing homes.",
            "Harmon is at the center of a row as he backs a bill that could give tax breaks to nursing homes.",
        ),
        ("en", "Eric is determined to release a last collection.", "Eric wants to release a last collection."),
        (
            "en",
            "The test is designed to find faults in the alerts.",
            "The aim of the test is to find faults in the alerts.",
        ),
        ("fr", "L’armée envoie des avions.", "L’armée envoie des avions si nécessaire."),
        ("de", "Die Feuerwehr pumpt die Keller aus.", "Die Feuerwehr pumpt falls nötig die Keller aus."),
        ("it", "I vigili evacuano le case.", "I vigili evacuano le case se necessario."),
        ("es", "El ejército envía aviones.", "El ejército envía aviones si es necesario."),
        ("pt", "Os bombeiros evacuam as casas.", "Os bombeiros evacuam as casas se necessário."),
    ],
)
def test_what_a_hedged_sentence_tells_as_done_may_be_told_so(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language=language) == []


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("Halden has bought its rival Norvane.", ["hedge"]),
        ("Halden has seen its rival Norvane rise.", []),
        ("Halden's rival Norvane is a maker of batteries.", []),
    ],
)
def test_a_claim_without_cites_must_tell_as_done_the_very_verb_that_is_left_open(
    claim: str, expected: list[str]
) -> None:
    case = make_case(claim, ("Halden, a maker of batteries, is in talks to buy its rival Norvane.",))
    assert doubts(hedge.check, replace(case, guessed=True)) == expected


def test_a_name_that_ends_like_a_verb_is_none() -> None:
    evidence = "A Justiça de Ribeirão Alto absolveu o prefeito."
    assert kinds("A Justiça absolveu o prefeito.", evidence, language="pt") == []


def test_a_reason_that_is_cited_is_no_statement() -> None:
    evidence = "A Ipê adiou a oferta que estava prevista para novembro, alegando a volatilidade do mercado."
    claim = "Ipê has put off its offer, citing market volatility."
    assert kinds(claim, evidence, language="pt", claim_language="en") == []
    assert kinds("Ipê has put it off, saying it sold its weak market stake.", "It plans to sell its weak market stake.")


def test_an_italian_adverb_is_no_participle() -> None:
    evidence = (
        "Il testo è probabilmente suo, secondo la filologa Carla Venturi.",
        "«È sua senza dubbio», dice Venturi.",
    )
    assert kinds("Per la filologa Carla Venturi la mano è certamente sua.", *evidence, language="it") == []
    assert kinds("Il testo è stato vinto.", "Il testo sarà vinto.", language="it") == ["hedge"]


def test_another_cited_sentence_may_be_sure() -> None:
    evidence = ("Halden planned to buy its rival Norvane.", "Halden bought its rival Norvane.")
    assert kinds("Halden bought its rival Norvane.", *evidence) == []


def test_certainty_is_compared_across_languages() -> None:
    claim, evidence = "OpenAI raised 100 billion dollars.", "OpenAI envisage de lever 100 milliards de dollars."
    assert kinds(claim, evidence, language="fr", claim_language="en") == ["hedge"]


@pytest.mark.parametrize(
    ("claim", "language", "cites"),
    [
        ("OpenAI a levé 100 milliards de dollars, d’après Bloomberg.", "fr", [1]),
        ("OpenAI a levé 100 milliards de dollars.", "fr", [1]),
        ("OpenAI has raised $100 billion, according to Bloomberg.", "en", [1]),
        ("OpenAI has raised $100 billion in a new funding round, Bloomberg reported.", "en", [1]),
        ("OpenAI a levé 100 Md$ dans un nouveau tour de table, selon Bloomberg.", "fr", [1]),
        ("OpenAI rivalise en valorisation avec des entreprises technologiques influentes.", "fr", [4]),
        ("L’accord consolidera la position d’OpenAI parmi les startups les plus précieuses au monde.", "fr", [2]),
        ("Les conditions financières et le calendrier restent sujets à ajustements.", "fr", [3]),
        ("The financial terms and the timetable may still change.", "en", [3]),
    ],
)
def test_the_sample_s_plans_and_nameless_sources_must_be_kept(
    sample: Article, claim: str, language: str, cites: list[int]
) -> None:
    case = case_about(sample, claim, cites, language=language)
    assert set(doubts(hedge.check, case) + doubts(attribution.check, case)) & {"hedge", "attribution"}


@pytest.mark.parametrize(
    ("claim", "language", "cites"),
    [
        ("OpenAI envisage de lever 100 milliards de dollars, d’après Bloomberg.", "fr", [1]),
        ("OpenAI aurait l’intention de lever 100 milliards de dollars, selon Bloomberg.", "fr", [1]),
        ("OpenAI is considering raising $100 billion, Bloomberg reported.", "en", [1]),
        ("OpenAI reportedly plans to raise $100 billion.", "en", [1]),
        ("OpenAI pourrait à terme rivaliser avec des entreprises technologiques influentes.", "fr", [4]),
        ("Si l’accord se concrétise, il consolidera la position d’OpenAI, selon des sources anonymes.", "fr", [2]),
        ("Selon des initiés, les conditions financières et le calendrier peuvent encore changer.", "fr", [3]),
        ("Microsoft a investi plus de 10 milliards de dollars dans OpenAI.", "fr", [7]),
        ("Altman a dévoilé GPT-4 Turbo.", "fr", [8]),
        ("Altman a souligné la volonté d’OpenAI de financer son projet de puces Tigris.", "fr", [10]),
    ],
)
def test_the_sample_told_with_its_doubts_passes(sample: Article, claim: str, language: str, cites: list[int]) -> None:
    case = case_about(sample, claim, cites, language=language)
    assert doubts(hedge.check, case) + doubts(attribution.check, case) == []


@given(texts())
def test_a_text_is_not_surer_than_itself(text: str) -> None:
    assert kinds(text, text) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "phrase", ["the talks could collapse and nothing was signed, ", "would have signed ", "if it had not been signed; "]
)
def test_a_sentence_without_end_takes_time_in_proportion(phrase: str) -> None:
    def prepared(size: int) -> Callable[[], object]:
        evidence = (phrase * (size // len(phrase)) + " x",)
        case = make_case("The talks have collapsed and the deal was signed.", evidence)
        return lambda: [*hedge.check(case), *negation.check(case)]

    assert grows_within(16, lambda: prepared(20_000), lambda: prepared(160_000), least_s=0.05)


def test_a_plan_is_no_fact_though_the_sentence_tells_of_a_like_thing_done() -> None:
    told = "Harwick said it will cut 1,200 jobs after sales fell for a third quarter."
    assert kinds("Harwick has cut 1,200 jobs.", told) == ["hedge"]
    assert kinds("Sales fell for a third quarter.", told) == []
    assert kinds("Harwick will cut 1,200 jobs.", told) == []


def test_what_an_unnamed_source_says_is_as_sure_as_he_says_it() -> None:
    told, right = (
        "The plant {}, said two managers who asked not to be named.",
        "The plant closed, two unnamed managers said.",
    )
    assert kinds(right, told.format("closed on Friday")) == []
    assert kinds(right, told.format("is about to close")) == ["hedge"]


def test_what_nobody_can_explain_is_so_all_the_same() -> None:
    told = "Scientists have yet to explain why the glacier grew by 12 metres in 2019."
    assert kinds("Pourquoi le glacier a grandi de 12 mètres en 2019, on l’ignore.", told, claim_language="fr") == []
    plan = "Scientists plan to find out why the glacier grew, and a dam may be built in 2019."
    assert kinds("A dam was built in 2019.", plan) == ["hedge"]


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        ("en", "The line is closed until Monday.", "The line will stay closed until Monday, the company said."),
        ("en", "The line remains shut until Monday.", "The line will remain shut until Monday, the company said."),
        ("fr", "Les liaisons sont interrompues jusqu’à lundi.", "Les liaisons resteront interrompues jusqu’à lundi."),
        ("es", "La línea está cerrada hasta el lunes.", "La línea seguirá cerrada hasta el lunes."),
        ("de", "Die Strecke ist bis Montag gesperrt.", "Die Strecke wird bis Montag gesperrt bleiben."),
        ("it", "La linea è chiusa fino a lunedì.", "La linea resterà chiusa fino a lunedì."),
    ],
)
def test_what_will_stay_so_is_so(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language=language) == []


def test_what_will_be_so_is_not_so_yet() -> None:
    told = "The line will be {} on Monday, the company said."
    assert kinds("The line is reopened on Monday.", told.format("reopened")) == ["hedge"]
    assert kinds("The line was closed on Monday.", told.replace("be {}", "stay closed")) == ["hedge"]


@pytest.mark.parametrize(
    ("language", "wrong", "right", "evidence"),
    [
        (
            "en",
            "He stole the painting.",
            "He allegedly stole the painting.",
            "He was accused of stealing the painting.",
        ),
        ("en", "He stole the painting.", "He faces charges of theft.", "He was accused of stealing the painting."),
        ("fr", "Il a volé le tableau.", "Il aurait volé le tableau.", "Il est accusé d’avoir volé le tableau."),
        ("es", "Robó el cuadro.", "Está acusado de robar el cuadro.", "Fue acusado de robar el cuadro."),
        (
            "en",
            "Managers ignored the warnings.",
            "Managers ignored the warnings, the union says.",
            "The union accused the managers of ignoring the warnings.",
        ),
        (
            "en",
            "He ignored several warnings.",
            "The jurors rejected the claim that he ignored several warnings.",
            "Prosecutors accused him of ignoring several warnings.",
        ),
        (
            "fr",
            "La direction a ignoré les alertes.",
            "Selon le syndicat, la direction a ignoré les alertes.",
            "Le syndicat reproche à la direction d’avoir ignoré les alertes.",
        ),
        (
            "de",
            "Die Leitung hat die Warnungen ignoriert.",
            "Die Leitung soll die Warnungen ignoriert haben.",
            "Die Gewerkschaft wirft der Leitung vor, die Warnungen ignoriert zu haben.",
        ),
        (
            "it",
            "La direzione ha ignorato gli avvisi.",
            "La direzione avrebbe ignorato gli avvisi.",
            "Il sindacato accusa la direzione di aver ignorato gli avvisi.",
        ),
        (
            "pt",
            "A direção ignorou os avisos.",
            "A direção teria ignorado os avisos.",
            "O sindicato acusa a direção de ignorar os avisos.",
        ),
    ],
)
def test_who_is_accused_of_it_need_not_have_done_it(language: str, wrong: str, right: str, evidence: str) -> None:
    assert kinds(wrong, evidence, language=language) == ["hedge"]
    assert kinds(right, evidence, language=language) == []


@pytest.mark.parametrize(
    ("language", "told", "planned", "weighed"),
    [
        ("en", "Halden will sell its mill.", "Halden plans to sell its mill.", "Halden hopes to sell its mill."),
        ("en", "Halden will sell its mill.", "Halden said it would sell its mill.", "Halden wants to sell its mill."),
        ("en", "Halden will sell its mill.", "Halden agreed to sell its mill.", "Halden is in talks to sell its mill."),
        (
            "fr",
            "Halden va vendre son usine.",
            "Halden compte vendre son usine.",
            "Halden envisage de vendre son usine.",
        ),
        (
            "fr",
            "Halden vendra sa filiale de Lyon.",
            "Halden prévoit de vendre sa filiale de Lyon.",
            "Halden espère vendre sa filiale de Lyon.",
        ),
        (
            "es",
            "Halden venderá su filial de Lyon.",
            "Halden planea vender su filial de Lyon.",
            "Halden quiere vender su filial de Lyon.",
        ),
        (
            "de",
            "Halden wird sein Werk verkaufen.",
            "Halden plant, sein Werk zu verkaufen.",
            "Halden erwägt, sein Werk zu verkaufen.",
        ),
        (
            "it",
            "Halden venderà la filiale di Lione.",
            "Halden intende vendere la filiale di Lione.",
            "Halden spera di vendere la filiale di Lione.",
        ),
        ("pt", "Halden vai vender a fábrica.", "Halden pretende vender a fábrica.", "Halden quer vender a fábrica."),
    ],
)
def test_what_will_be_is_planned_and_not_only_wished(language: str, told: str, planned: str, weighed: str) -> None:
    assert kinds(told, planned, language=language) == []
    assert kinds(told, weighed, language=language) == ["hedge"]


@pytest.mark.parametrize(
    ("language", "done", "evidence"),
    [
        ("en", "The companies have appealed.", "Lawyers for the companies said they would appeal."),
        ("en", "Halden sold its mill.", "Halden said on Monday that it would sell its mill."),
        ("de", "Halden hat sein Werk verkauft.", "Halden teilte mit, es werde sein Werk verkaufen."),
        ("de", "Die Ministerin hat die Steuer gesenkt.", "Die Ministerin kündigte an, die Steuer zu senken."),
    ],
)
def test_what_somebody_said_he_would_do_is_not_done(language: str, done: str, evidence: str) -> None:
    assert kinds(done, evidence, language=language) == ["hedge"]


def test_before_what_is_to_come_nothing_need_be_left_open() -> None:
    evidence = "The ministry said that a review would be completed before any contract was awarded."
    assert kinds("No contract will be awarded before a review is completed.", evidence) == []
    assert kinds("A review is completed.", evidence) == ["hedge"]


def test_who_said_what_he_would_do_may_have_done_other_things() -> None:
    assert kinds("Paul announced his campaign with a message of hope.", "Paul said he would run with hope.") == []
    assert kinds("He has apologised to readers.", "I would like to apologise to readers, he said.") == []
