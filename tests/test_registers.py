"""Trials, judgments, matches, minutes and measures as summaries word them: what each kind of text tempts to mistake."""

from __future__ import annotations

import pytest

from summarizer.ground import find
from summarizer.ground.doubts import extent, negation, numbers, pairing
from tests.cases import Check, is_linear, make_case


@pytest.mark.parametrize(
    ("language", "kind", "right", "wrong", "evidence"),
    [
        # a figure in the place of another, of which the rest is told
        (
            "en",
            "number",
            "China accounted for 36% of sales in the first quarter.",
            "China accounted for 29% of sales in the first quarter.",
            ["China accounted for 36% of the company's sales in the first quarter, up from 29% a year earlier."],
        ),
        (
            "de",
            "number",
            "Der Bankvorstand wurde zu zwei Jahren Haft verurteilt.",
            "Der Bankvorstand wurde zu vier Jahren Haft verurteilt.",
            [
                "Das Landgericht hat einen früheren Bankvorstand zu zwei Jahren Haft verurteilt.",
                "Die Staatsanwaltschaft hatte vier Jahre gefordert, die Verteidigung Freispruch.",
            ],
        ),
        # of each, and of all
        (
            "en",
            "number",
            "He approved loans of 43 million euros in total.",
            "He approved loans of 43 million euros each.",
            ["He approved loans totalling 43 million euros."],
        ),
        (
            "de",
            "number",
            "Er bewilligte Kredite von 43 Millionen Euro.",
            "Er bewilligte Kredite von jeweils 43 Millionen Euro.",
            ["Er bewilligte Kredite von insgesamt 43 Millionen Euro."],
        ),
        (
            "fr",
            "number",
            "Ensemble, les trois prêts s'élèvent à 43 millions d'euros.",
            "Les trois prêts s'élèvent chacun à 43 millions d'euros.",
            ["Les trois prêts s'élèvent au total à 43 millions d'euros."],
        ),
        # a condition that is left out, though its season is not
        (
            "es",
            "hedge",
            "Las restricciones se levantarán si llueve en otoño.",
            "Las restricciones se levantarán en otoño.",
            ["La consejera Carmen Crespo dijo que las restricciones se levantarán si llueve en otoño."],
        ),
        # what is only asked, whoever says so
        (
            "en",
            "hedge",
            "The authors said it is open whether the drug reduces heart attacks.",
            "The drug reduces heart attacks, the authors said.",
            ["The authors said longer studies were needed to show whether the drug reduces heart attacks."],
        ),
        # what somebody did not rule out, or is still haggling over
        (
            "it",
            "hedge",
            "L'assessore lascia aperta la possibilità di altri fondi in autunno.",
            "L'assessore ha annunciato ulteriori fondi in autunno.",
            ["L'assessore Paolo Bongioanni non ha escluso ulteriori fondi in autunno."],
        ),
        (
            "pt",
            "hedge",
            "Um defesa poderá mudar-se para o Marselha por cerca de 9 milhões de euros.",
            "O clube vendeu um defesa ao Marselha por cerca de 9 milhões de euros.",
            ["O clube negoceia ainda a venda de um defesa ao Marselha por cerca de 9 milhões de euros."],
        ),
        # a demand as a noun
        (
            "de",
            "hedge",
            "Damit blieb das Gericht unter der Forderung der Anklage von vier Jahren.",
            "Die Anklage erhielt vier Jahre.",
            ["Die Anklage hatte vier Jahre gefordert."],
        ),
        # an office at another place than its other holders
        (
            "pt",
            "name",
            "O técnico do Braga, Carlos Vicens, criticou a arbitragem.",
            "O técnico do Guimarães, Carlos Vicens, criticou a arbitragem.",
            [
                "O treinador Luís Pinto, do Guimarães, elogiou a paciência da equipa.",
                "Carlos Vicens, do Braga, queixou-se da arbitragem.",
            ],
        ),
        # acquitted too; one more
        (
            "de",
            "negation",
            "Der Mitangeklagte wurde dagegen freigesprochen.",
            "Der Mitangeklagte wurde ebenfalls verurteilt.",
            ["Ein Mitangeklagter wurde freigesprochen."],
        ),
        (
            "de",
            "number",
            "Ein zweiter Angeklagter wurde freigesprochen.",
            "Ein dritter Angeklagter wurde freigesprochen.",
            ["Ein weiterer Angeklagter wurde freigesprochen."],
        ),
        # until then it is not so; at large
        (
            "de",
            "negation",
            "Bis zur Rechtskraft bleibt er in Freiheit.",
            "Der Verurteilte sitzt in Haft.",
            ["Das Urteil ist noch nicht rechtskräftig.", "Der Verurteilte bleibt bis dahin auf freiem Fuß."],
        ),
        # what was to be, and came to nothing
        (
            "es",
            "hedge",
            "La desaladora no empezó a construirse en junio.",
            "La desaladora empezó a construirse en junio.",
            ["Una desaladora debía empezar a construirse en junio, pero el concurso quedó desierto."],
        ),
        (
            "en",
            "hedge",
            "Work on the plant did not start in June.",
            "Work on the plant started in June.",
            ["Work on the plant was due to start in June, but no company bid for it."],
        ),
        # put off, and not decided
        (
            "en",
            "negation",
            "No decision was taken on on-call pay.",
            "The question of on-call pay was not postponed.",
            ["The question of on-call pay was postponed."],
        ),
        (
            "fr",
            "negation",
            "Le budget n'a pas encore été voté.",
            "Le vote sur le budget n'a pas été reporté.",
            ["Le vote sur le budget a été reporté à lundi."],
        ),
        # a note in brackets parts no clause
        (
            "en",
            "negation",
            "The Datastream contract (€4,200 per month) will not be renewed.",
            "The Datastream contract (€4,200 per month) will be renewed.",
            ["We agreed not to renew the contract with Datastream, which costs 4,200 euros a month."],
        ),
        # not before then, and unchanged until then
        (
            "fr",
            "negation",
            "Le tarif n'augmentera pas avant 2028.",
            "Le tarif augmentera jusqu'en 2028.",
            ["Le prix du ticket restera inchangé jusqu'en 2028."],
        ),
        # 25 is rounder than 23
        (
            "fr",
            "number",
            "Le trajet durera moins de 25 minutes.",
            "Le trajet durera moins de 20 minutes.",
            ["La ligne reliera la gare à l'hôpital en 23 minutes."],
        ),
        # what is compared, and what a claim compares itself
        (
            "es",
            "number",
            "El virgen extra cuesta en origen 4,1 euros por litro, casi la mitad que en enero de 2024.",
            "El virgen extra costaba 4,1 euros por litro en enero de 2024.",
            ["El litro de virgen extra se paga en origen a 4,1 euros, frente a los 7,9 de enero de 2024."],
        ),
        # what a negative shares with a claim is no more than a month
        (
            "es",
            "negation",
            "Luque dejará la presidencia en marzo, al no optar a la reelección.",
            "Luque se presentará a la reelección en marzo.",
            ["Luque, de 62 años, no se presentará a la reelección en marzo."],
        ),
        (
            "it",
            "number",
            "Da marzo non pagherà il biglietto chi ha meno di 25 anni.",
            "Da marzo non pagherà il biglietto chi ha più di 25 anni.",
            ["Dal 1° marzo l'ingresso sarà gratuito per gli under 25, oggi limitato agli under 18."],
        ),
        # one in a thousand, half a year
        (
            "pt",
            "number",
            "Reações graves atingiram menos de uma em cada mil pessoas.",
            "Reações graves atingiram menos de uma em cada cem pessoas.",
            ["Efeitos adversos graves foram raros, em menos de 0,1% dos vacinados."],
        ),
        (
            "en",
            "number",
            "About 3 in 1,000 patients had a rash.",
            "About 8 in 1,000 patients had a rash.",
            ["Some 0.3 percent of patients had a rash."],
        ),
        (
            "es",
            "number",
            "El corte se prolongará medio año como mínimo.",
            "El corte se prolongará medio año como máximo.",
            ["El corte durará al menos seis meses."],
        ),
        # a count behind a month is no day
        (
            "de",
            "number",
            "Im Dezember fallen 21 IC-Verbindungen weg.",
            "Im Dezember fallen 12 IC-Verbindungen weg.",
            ["Die Bahn streicht im Dezember 21 Intercity-Verbindungen."],
        ),
        # a scale and a unit that are told only once
        (
            "de",
            "number",
            "Der Verlust verringerte sich 2025 von 239 auf 96 Millionen Euro.",
            "Der Verlust verringerte sich 2025 von 293 auf 96 Millionen Euro.",
            ["2025 fuhr die Bahn einen Verlust von 96 Millionen Euro ein, nach 239 Millionen im Jahr zuvor."],
        ),
        # each side with a verb of its own
        (
            "en",
            "number",
            "The council had offered 3.8%.",
            "The council had offered 6%.",
            ["The council had offered 3.8%; the union wants 6%."],
        ),
        # who waits for it has not got it, and nobody has ruled it out
        (
            "fr",
            "negation",
            "Les maires attendent toujours d'être consultés.",
            "Les maires ont été consultés.",
            ["Les maires concernés n'ont pas encore été consultés."],
        ),
        (
            "en",
            "negation",
            "Neither side has ruled out further talks.",
            "Both sides ruled out further talks.",
            ["Both sides say they have not ruled out further talks."],
        ),
        (
            "it",
            "hedge",
            "L'acqua è potabile in tutta la città tranne che in due quartieri.",
            "L'acqua è potabile in tutta la città.",
            ["L'acqua è potabile in tutta la città, salvo in due quartieri dove sono in corso lavori."],
        ),
        # one end of a range, told as the figure
        (
            "en",
            "number",
            "Repairs could cost £5m.",
            "Repairs will cost £5m.",
            ["Repairs could cost between £3m and £5m."],
        ),
        (
            "de",
            "number",
            "Der Umbau kostet 3 bis 5 Millionen Euro.",
            "Der Umbau kostet 3 Millionen Euro.",
            ["Der Umbau kostet 3 bis 5 Millionen Euro."],
        ),
        # ignored, and not heeded; sound, and nothing wrong
        (
            "de",
            "hedge",
            "Die CDU hält dem Senat vor, das Problem über Jahre nicht beachtet zu haben.",
            "Der Senat hat das Problem jahrelang ignoriert.",
            ["Die CDU warf dem Senat vor, das Problem jahrelang ignoriert zu haben."],
        ),
        (
            "en",
            "date",
            "An inspection in March found nothing wrong with the dam.",
            "An inspection in May found nothing wrong with the dam.",
            ["The dam was last inspected in March and given a clean bill of health."],
        ),
        # of most of them
        (
            "de",
            "number",
            "640 Menschen, vor allem aus Indien und der Türkei, warten auf eine Entscheidung.",
            "640 Bewerber aus Indien warten auf einen Bescheid.",
            ["Derzeit warten 640 Bewerber auf einen Bescheid, die meisten aus Indien und der Türkei."],
        ),
        (
            "en",
            "number",
            "Some 600 workers are affected, mainly drivers.",
            "About 600 drivers are affected.",
            ["About 600 workers are affected, most of them drivers."],
        ),
        (
            "es",
            "number",
            "Murieron 23 personas, principalmente niños.",
            "Murieron 23 niños.",
            ["Murieron 23 personas, la mayoría niños."],
        ),
        # a name in the sentence of another
        (
            "en",
            "name",
            "On Friday, according to the minutes, Sam Lowe will present the report on the outage.",
            "On Friday, according to the minutes, Ana Silva will present the report on the outage.",
            [
                "On Friday, according to the minutes, Sam Lowe will present the report on the outage.",
                "The group thanked Ana Silva.",
            ],
        ),
    ],
)
def test_what_a_kind_of_text_tempts_to_mistake(
    language: str, kind: str, right: str, wrong: str, evidence: list[str]
) -> None:
    assert find(make_case(right, evidence, language=language)) == ()
    assert kind in [finding.kind for finding in find(make_case(wrong, evidence, language=language))]


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        # what stands before two figures is told of both
        ("On the night, a ticket costs $30.", "A ticket costs $25 online and $30 at the door."),
        # two ends of one change
        (
            "O lucro semestral encolheu quase 40%, para R$ 58 milhões.",
            "O lucro do semestre caiu de R$ 95 milhões para R$ 58 milhões.",
        ),
        # the figure alone in its sentence
        ("The project cost 4 million euros.", "The project began in 2019. It cost 4 million euros, after 3 for plans."),
    ],
)
def test_a_figure_beside_others_is_no_stray_one(claim: str, evidence: str) -> None:
    language = "pt" if "lucro" in claim else "en"
    assert find(make_case(claim, evidence.split(". "), language=language)) == ()


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        (
            "fr",
            "Les écologistes se sont abstenus.",
            "L'opposition écologiste, qui réclamait un tracé par les quais, s'est abstenue.",
        ),
        (
            "pt",
            "Ninguém morreu; há nove feridos, um em estado grave.",
            "Não há registo de mortos, mas nove pessoas ficaram feridas, uma delas com gravidade.",
        ),
        (
            "de",
            "Die Tiwag erwartet von 2035 an bis zu acht Prozent weniger Strom aus Wasserkraft.",
            "Für Wasserkraftwerke rechnet der Betreiber Tiwag ab 2035 mit Einbußen von bis zu acht Prozent.",
        ),
    ],
)
def test_what_only_looks_like_an_actor_is_none(language: str, claim: str, evidence: str) -> None:
    assert find(make_case(claim, [evidence], language=language)) == ()


@pytest.mark.parametrize(
    ("check", "piece", "evidence"),
    [
        (numbers.check, "5 each, or so, then ", "a total of 5, or so, then "),
        (numbers.check, "£3m to £5m, ", "£3m to £5m, "),
        (extent.check, "3 people, ", "3 people, most of them women, "),
        (negation.check, "does not open, ", "was to open but "),
        (pairing.check, "5% of it, ", "5% of sales, up from 3% a year earlier, "),
    ],
)
def test_they_are_linear(check: Check, piece: str, evidence: str) -> None:
    assert is_linear(check, 4 * piece, evidence=4 * evidence)


def test_a_bracket_may_stand_at_the_end() -> None:
    assert find(make_case("In all it cost 3 euros (", ["It did cost 3 euros ("])) == ()
