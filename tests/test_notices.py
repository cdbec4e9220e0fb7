"""Notices, minutes, leaflets, results and matches, retold in the words of modern summaries, in English and French."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from summarizer.ground import find
from tests import cases

pairs = pytest.mark.parametrize

RECALL = ["The recall covers models B-200 and B-210 made in March.", "Model B-220 is not affected."]
SLEEP = [
    "Dormir peu serait associé à un risque d'hypertension, selon une étude publiée dans la revue Sommeil & Santé.",
    "L'équipe d'Alain Devos, à l'université de Gand, a suivi 2 340 lycéens.",
]


def kinds(claim: str, evidence: Sequence[str], language: str) -> set[str]:
    """Return the kinds of all findings about a claim."""
    return {finding.kind for finding in find(cases.make_case(claim, evidence, language=language))}


@pairs(
    ("language", "claim", "evidence"),
    [
        # what is worked out
        ("en", "They were followed for a year and a half.", ["They were followed for 18 months; 40% were men."]),
        ("fr", "Elle parcourt 320 km, soit 60 de plus.", ["Elle parcourt 320 kilomètres, contre 260 avant."]),
        (
            "fr",
            "Le ravalement coûtera 118 000 euros, soit 21 000 de plus que prévu.",
            ["Le ravalement coûtera 118 000 euros, contre 97 000 euros prévus."],
        ),
        ("fr", "Les Brivois étaient menés de huit points.", ["Les Brivois étaient menés 17-9 à la mi-temps."]),
        ("fr", "Une deuxième enquête doit débuter.", ["Une seconde enquête doit débuter."]),
        ("en", "Squads have 25 players older than 21.", ["Squads have 25 players over the age of 21."]),
        # other words for the same
        ("en", "Pym declined a knighthood in 1990.", ["Pym turned down a knighthood in 1990."]),
        ("en", "Owners are urged to stop using it.", ["Consumers should stop using it immediately."]),
        ("en", "The launch was pushed back to April.", ["It was agreed to delay the launch until April."]),
        ("en", "Refusals must be justified.", ["Managers can refuse a request but must justify it."]),
        ("en", "Builders are still buying.", ["She said demand from professional builders remained solid."]),
        ("en", "She knew every debt by heart.", ["She could remember every debt in the village."]),
        ("fr", "Les élus de Tarnac ont voté le budget.", ["Le conseil municipal de Tarnac a adopté le budget."]),
        ("fr", "La cantine ne coûtera rien aux familles.", ["La cantine deviendra gratuite pour les familles."]),
        (
            "fr",
            "Le bénéfice net a reculé à 186 millions d'euros.",
            ["Le groupe a publié un bénéfice net de 186 millions d'euros, en recul de 12 %."],
        ),
        (
            "en",
            "Pavel Novik and Sam Ereira had put the visitors ahead before the interval.",
            ["Delmouth led at half-time through goals by Pavel Novik and Sam Ereira."],
        ),
        # two sentences in one
        ("en", "Models B-200 and B-210 are affected, but not the B-220.", RECALL),
        ("fr", "Selon une étude de l'université de Gand, dormir peu serait associé à l'hypertension.", SLEEP),
    ],
)
def test_the_same_in_other_words_is_no_doubt(language: str, claim: str, evidence: Sequence[str]) -> None:
    assert kinds(claim, evidence, language) == set()


@pairs(
    ("language", "claim", "evidence", "kind"),
    [
        ("en", "They were followed for a year and a half.", ["They were followed for 24 months."], "number"),
        ("fr", "Elle parcourt 320 km, soit 70 de plus.", ["Elle parcourt 320 kilomètres, contre 260 avant."], "number"),
        ("fr", "Les Brivois étaient menés de sept points.", ["Les Brivois étaient menés 17-9."], "number"),
        ("fr", "Une troisième enquête doit débuter.", ["Une seconde enquête doit débuter."], "number"),
        ("en", "Squads have 25 players older than 21.", ["Squads have 25 players under the age of 21."], "number"),
        ("en", "Pym accepted a knighthood in 1990.", ["Pym turned down a knighthood in 1990."], "negation"),
        ("en", "Model B-220 is affected.", RECALL, "negation"),
        ("fr", "Selon une étude de l'université de Lille, dormir peu est risqué.", SLEEP, "attribution"),
        # all of what is told of some of them only
        ("en", "All documents are affected.", ["Only documents with more than 50 images are affected."], "number"),
        ("en", "All queries run faster.", ["Queries with more than three joins run faster."], "number"),
        (
            "fr",
            "La cantine deviendra gratuite pour toutes les familles.",
            ["La cantine deviendra gratuite pour les familles dont le quotient est faible."],
            "number",
        ),
    ],
)
def test_the_error_beside_it_is_found(language: str, claim: str, evidence: Sequence[str], kind: str) -> None:
    assert kind in kinds(claim, evidence, language)


@pairs(
    ("language", "claim", "evidence"),
    [
        ("en", "All employees who handle cards must comply.", ["Employees who handle cards must comply."]),
        ("en", "All employees must comply.", ["Employees must comply, and employees who travel too."]),
        ("fr", "Toutes les familles modestes sont aidées.", ["Les familles dont le revenu est modeste sont aidées."]),
    ],
)
def test_all_of_what_is_told_of_is_no_doubt(language: str, claim: str, evidence: Sequence[str]) -> None:
    assert kinds(claim, evidence, language) == set()
