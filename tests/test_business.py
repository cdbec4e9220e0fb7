"""Business, technology and politics as agencies tell them and summaries repeat them, in French and in English."""

from __future__ import annotations

import pytest

from summarizer.ground import find
from summarizer.ground.doubts import compared, contrast, dates, negation, overlap
from tests import cases

pairs = pytest.mark.parametrize


def kinds(claim: str, evidence: str, language: str, claim_language: str | None = None) -> set[str]:
    """Return the kinds of all findings about a claim."""
    case = cases.make_case(claim, [evidence], language=language, claim_language=claim_language)
    return {finding.kind for finding in find(case)} - {"language"}


@pairs(
    ("language", "claim", "evidence"),
    [
        # amounts
        (
            "en",
            "The bank cut its rate by 25 basis points.",
            "The bank cut its rate by a quarter of a percentage point.",
        ),
        ("en", "The margin of error is three points.", "The margin of error is three percentage points."),
        ("en", "Up to 1.4 million under-13s used it.", "Up to 1.4 million children under 13 used it."),
        ("fr", "Moins d'un hôpital sur deux l'utilise.", "Moins de la moitié des hôpitaux l'utilisent."),
        ("en", "The fine is well below the £27 million proposed.", "The regulator had proposed a fine of £27 million."),
        ("fr", "La peine est inférieure aux quatre ans requis.", "Le parquet avait requis une peine de quatre ans."),
        ("en", "The odds fell to 67% from above 90%.", "The odds are 67%, down from more than 90%."),
        ("fr", "L'Ona est vendue dès 19 900 euros.", "L'Ona est vendue à partir de 19 900 euros."),
        (
            "fr", "La prévision de croissance a été relevée de 0,9 % à 1,2 %.",
            "La banque table sur une croissance de 1,2 %, au lieu de 0,9 % prévu en juin.",
        ),
        ("fr", "Le recul n'est que de 2 %.", "La baisse se limite à 2 %, après un recul au printemps."),
        # days and years
        ("fr", "L'euro a gagné 13 % depuis janvier.", "L'euro a gagné 13 % depuis le début de l'année."),
        (
            "fr",
            "Il vise une marge de 3,5 % cette année.",
            "Pour l'exercice en cours, il vise 3,5 %, contre 3,3 % l'an passé.",
        ),
        (
            "fr",
            "Le déficit serait de 4,7 % l'an prochain.",
            "Le déficit serait de 5,4 % cette année et de 4,7 % en 2026.",
        ),
        # who it is
        ("en", "The Fed cut its rate on Wednesday.", "The Federal Reserve cut its rate on Wednesday."),
        ("fr", "L'Ona arrive dans l'Hexagone.", "L'Ona arrive en France."),
        ("fr", "L'État cherche un repreneur.", "Le ministère de l'Industrie cherche un repreneur."),
        ("en", "The company says it invests heavily.", "A spokesperson said: we invest heavily."),
        (
            "en", "The ICO said the company should “have known better than to wait”.",
            "The Information Commissioner's Office said Chirrup should “have known better than to wait”.",
        ),
        # what is open
        (
            "en",
            "Payvoro will lay off 900 people.",
            "Payvoro said it would lay off 900 people, as it seeks to cut costs.",
        ),
        ("en", "Solvara is buying Neurix for $48 a share.", "Solvara agreed to buy Neurix for $48 a share."),
        (
            "en",
            "While excluding new income taxes, she left open the possibility of a levy on banks' profits.",
            "She ruled out new taxes on income but did not exclude a levy on bank profits.",
        ),
        ("en", "The bank hinted at a pause in December.", "The bank signaled it may pause in December."),
        (
            "fr",
            "Le nouvel ensemble serait le numéro trois, après Codelco et Freeport.",
            "Une fusion donnerait naissance au numéro trois, derrière Codelco et Freeport.",
        ),
        (
            "fr",
            "Pour la maire, ce jugement tourne une page douloureuse.",
            "La maire a estimé que le jugement tourne une page douloureuse.",
        ),
        # what is denied
        (
            "fr",
            "C'est un record pour ce secteur.",
            "Il s'agit de la plus forte amende jamais prononcée dans ce secteur.",
        ),
        (
            "fr",
            "Le parti fait moins bien que ne l'annonçaient les sondages.",
            "Le parti fait moins que les 18 % annoncés par les sondages.",
        ),
        (
            "fr",
            "Il ne pourra se présenter à une élection pendant cinq ans.",
            "Il a été condamné à cinq ans d'inéligibilité pour se présenter à une élection.",
        ),
        (
            "en",
            "Some features of the AI assistant, developed with Anthropic, will be missing at launch.",
            ("The phone runs an AI assistant developed with Anthropic, although some features will not be "
            "available at launch."),
        ),
        (
            "en",
            "The purchase is set to trim Solvara's 2026 earnings by roughly 30 cents a share.",
            "Solvara said the acquisition would reduce its 2026 earnings by about 30 cents a share.",
        ),
        ("en", "Core prices rose 3.1% in October.", "Consumer prices excluding energy rose 3.1% in October."),
    ],
)  # fmt: skip
def test_the_same_in_the_words_of_the_news_is_no_doubt(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language) == set()


@pairs(
    ("language", "other", "claim", "evidence"),
    [
        (
            "en", "fr",
            "Payvoro va licencier 900 salariés, soit 12 % de ses effectifs.",
            "Payvoro said it would lay off 900 employees, or 12% of its workforce, as it seeks to cut costs.",
        ),
        (
            "en", "fr",
            ("Un jury de Boston a reconnu Kells coupable de fraude, mais l'a acquitté du chef d'entrave à la "
            "justice."),
            "A jury in Boston found Kells guilty of fraud but acquitted him of obstruction of justice.",
        ),
        ("en", "fr", "Le Trésor conteste ce chiffre.", "The Treasury disputes that figure."),
        (
            "en", "fr",
            ("Norsky a dégagé un bénéfice de 820 millions de couronnes, contre une perte de 140 millions un "
            "an plus tôt."),
            ("Norsky swung to a profit of 820 million crowns from a loss of 140 million a year ago, as fuel "
            "costs fell 11%."),
        ),
        ("fr", "en", "The union called a 24-hour strike.", "Le syndicat a appelé à une grève de 24 heures."),
        ("fr", "en", "Only one in three TGVs will run.", "Un TGV sur trois circulera."),
        ("fr", "en", "The poll was carried out on November 4 and 5.", "L'enquête a été réalisée les 4 et 5 novembre."),
        ("fr", "en", "The Court of Auditors criticised the plan.", "La Cour des comptes a critiqué le plan."),
        ("fr", "en", "The Social Democrats came second.", "Le Parti social-démocrate arrive deuxième."),
        ("fr", "en", "Third-quarter sales fell 6%.", "Les ventes ont reculé de 6 % au troisième trimestre."),
        (
            "fr", "en",
            "The government has dropped plans to raise the tax to 0.5% from 0.4%.",
            "Le gouvernement renonce à porter la taxe de 0,4 % à 0,5 %.",
        ),
        (
            "fr", "en",
            "The newspaper, citing three people, reported a New York listing.",
            "Le quotidien, citant trois personnes au courant du projet, évoquait une cotation à New York.",
        ),
    ],
)  # fmt: skip
def test_the_same_in_another_language_is_no_doubt(language: str, other: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language, other) == set()


@pairs(
    ("language", "other", "claim", "evidence", "kind"),
    [
        ("fr", "fr", "Le mouvement sera reconduit.", "Le mouvement pourrait être reconduit.", "hedge"),
        (
            "fr", "fr",
            "Nadia Belkacem a été condamnée pour complicité.",
            "Nadia Belkacem, poursuivie pour complicité, a été relaxée.",
            "negation",
        ),
        (
            "fr", "fr",
            "Les dépistages d'alcoolémie et de stupéfiants se sont révélés positifs.",
            "Les dépistages d'alcoolémie et de stupéfiants se sont révélés négatifs.",
            "negation",
        ),
        (
            "fr", "fr",
            "Le conducteur, âgé de 54 ans, a été blessé.",
            "Le conducteur, âgé de 54 ans, est indemne.",
            "negation",
        ),
        ("fr", "fr", "L'action gagnait 2,4 %.", "L'action cédait 2,4 %.", "negation"),
        (
            "fr", "fr",
            "Six sur dix se disent favorables à la réforme.",
            "Six sur dix se disent opposés à la réforme.",
            "negation",
        ),
        (
            "fr", "fr",
            "La banque centrale a abaissé son taux à 2 %.",
            "La banque centrale a maintenu son taux à 2 %.",
            "negation",
        ),
        (
            "en", "fr",
            "La Réserve fédérale a relevé mercredi son taux directeur d'un quart de point.",
            ("The Federal Reserve cut its benchmark interest rate by a quarter of a percentage point on "
            "Wednesday, and signaled it may pause in December."),
            "negation",
        ),
        ("fr", "fr", "L'Ona sera assemblée à Douai.", "L'Ona sera assemblée à Saragosse, et non à Douai.", "negation"),
        (
            "en", "fr",
            "Chirrup a fait appel de la décision.",
            "Chirrup said it disagreed with the decision and was considering an appeal.",
            "hedge",
        ),
        ("en", "en", "Marlow is the busiest port.", "Marlow is the second-busiest port.", "number"),
        ("en", "fr", "Sa part a grimpé à 8 %.", "Its share slipped to 6% from 8%.", "number"),
        (
            "fr", "fr",
            "Ses ventes ont augmenté de 18,6 milliards d'euros.",
            "Ses ventes ont augmenté de 5,2 % à données comparables, à 18,6 milliards d'euros.",
            "number",
        ),
        (
            "fr", "fr",
            "La participation a atteint 66 %, contre 71 % il y a quatre ans.",
            "La participation a atteint 71 %, contre 66 % il y a quatre ans.",
            "number",
        ),
    ],
)  # fmt: skip
def test_what_the_news_does_not_say_is_doubted(language: str, other: str, claim: str, evidence: str, kind: str) -> None:
    assert kind in kinds(claim, evidence, language, None if other == language else other)


@pairs(
    ("language", "claim", "evidence"),
    [
        ("fr", "L'Ona sera assemblée à Saragosse.", "L'Ona sera assemblée à Saragosse, et non à Douai."),
        (
            "fr",
            "Selon des rumeurs, l'Ona serait assemblée à Douai.",
            "L'Ona sera assemblée à Saragosse, et non à Douai.",
        ),
        ("en", "Halden builds in Leeds.", "Halden builds in Leeds, not in York."),
        ("en", "York was not chosen.", "Halden chose Leeds, not York."),
    ],
)
def test_a_name_that_is_denied_may_be_told_as_such(language: str, claim: str, evidence: str) -> None:
    assert cases.kinds(negation.check, claim, evidence, language=language) == []


@pairs(
    ("language", "claim", "evidence", "before"),
    [
        (
            "en", "Paula Rennick, Genvista's former CFO, had pleaded guilty and testified for the prosecution.",
            "His co-defendant, former finance chief Paula Rennick, pleaded guilty last year and testified against him.",
            "Prosecutors said the former chief executive of Genvista misled investors.",
        ),
        (
            "fr", "Le ministère rejette les conclusions de la Cour et promet que 72 % des hôpitaux seront équipés.",
            "Le ministère de la Santé conteste ces conclusions, assurant que 72 % des hôpitaux seront équipés.",
            "La Cour des comptes a critiqué le coût du plan numérique des hôpitaux.",
        ),
    ],
)  # fmt: skip
def test_who_speaks_stands_before_his_office_and_before_his_other_verbs(
    language: str, claim: str, evidence: str, before: str
) -> None:
    case = cases.make_case(claim, [evidence], language=language, before=[before])
    assert find(case) == ()


def test_people_on_a_day_are_no_second_day() -> None:
    assert cases.kinds(dates.check, "On May 4 and 5 people died.", "Five people died on May 4.") == []


@pairs("check", [negation.check, compared.check, contrast.check, overlap.check])
def test_the_time_grows_linearly(check: cases.Check) -> None:
    assert cases.is_linear(check, "built in York, and not in Leeds up from more than 90% below the 27 dropped plans ")
