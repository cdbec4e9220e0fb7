"""What summaries say in words of their own: who praised it, what is unlikely, where people were to stay."""

from __future__ import annotations

import pytest

from summarizer.ground.doubts import attribution, hedge, negation
from tests.cases import Check, is_linear, kinds, naming


@pytest.mark.parametrize(
    ("check", "language", "right", "wrong", "evidence"),
    [
        (
            negation.check,
            "en",
            "The union regretted the decision.",
            "The union welcomed the decision.",
            "The union lamented the decision.",
        ),
        (
            negation.check,
            "fr",
            "La ministre déplore ce texte.",
            "La ministre salue ce texte.",
            "La ministre a regretté « un texte sans colonne ».",
        ),
        (
            negation.check,
            "de",
            "Der Verband bedauerte das Urteil.",
            "Der Verband begrüßte das Urteil.",
            "Der Verband hat das Urteil kritisiert.",
        ),
        (
            negation.check,
            "en",
            "Labels may have a voluntary statement on calcium.",
            "Labels may have a mandatory statement on calcium.",
            "Labels may include a voluntary statement on calcium.",
        ),
        (
            negation.check,
            "fr",
            "Les pesticides y sont bannis depuis 2017.",
            "Les pesticides y sont autorisés depuis 2017.",
            "Les pesticides y sont interdits depuis 2017.",
        ),
        (
            hedge.check,
            "fr",
            "Le ministère pourrait limiter deux produits.",
            "Le ministère a limité deux produits.",
            "Le ministère n'a pas exclu de limiter deux produits.",
        ),
    ],
)
def test_the_same_in_other_words_passes_and_its_opposite_does_not(
    check: Check, language: str, right: str, wrong: str, evidence: str
) -> None:
    assert kinds(check, right, evidence, language=language) == []
    assert kinds(check, wrong, evidence, language=language)


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        ("en", "Jurors rejected the claim that he took $180,000.", "He was accused of accepting $180,000."),
        ("en", "They do not expect a deal this year.", "They consider a deal this year unlikely."),
        ("fr", "La banque n'y croit guère avant l'été.", "La banque juge cela peu probable avant l'été."),
        ("de", "Sie rechnet nicht mit einer Einigung.", "Sie hält eine Einigung für unwahrscheinlich."),
    ],
)
def test_what_is_accepted_as_a_sum_or_held_unlikely_is_no_contradiction(
    language: str, claim: str, evidence: str
) -> None:
    assert kinds(negation.check, claim, evidence, language=language) == []


def test_a_participle_tells_a_state_where_both_have_a_condition() -> None:
    evidence = "Pryce will miss the final through suspension unless the club appeals."
    assert kinds(hedge.check, "Pryce is suspended for the final unless it appeals.", evidence) == []
    assert kinds(hedge.check, "Pryce has missed the final through suspension.", evidence) == ["hedge"]


def test_a_member_of_a_list_has_the_place_of_all() -> None:
    claim = "Goals by Ellis Rudd and Femi Adeyo put Thornby ahead."
    assert kinds(naming, claim, "Ellis Rudd put Thornby ahead and Femi Adeyo added a second.") == []


@pytest.mark.parametrize(
    ("language", "claim", "found", "evidence"),
    [
        (
            "en",
            "{0} is out of the final unless an appeal succeeds, but the injured {1} should be able to play.",
            ("Pryce", "Adeyo"),
            (
                "Pryce will miss the final unless the club appeals successfully.",
                "Adeyo, who has a knee injury, may play.",
            ),
        ),
        (
            "fr",
            "{0} ne fait pas de commentaire, et {1} parle d'entretien reporté pendant des mois.",
            ("Ferval", "Ardent"),
            ("Ferval n'a pas souhaité commenter, tandis qu'Ardent dénonce des mois d'entretien en retard.",),
        ),
    ],
)
def test_two_parts_that_change_hands_are_found(
    language: str, claim: str, found: tuple[str, str], evidence: tuple[str, ...]
) -> None:
    before = [f"1 {found[0]}, 2 {found[1]}."]
    assert kinds(naming, claim.format(*found), *evidence, language=language, before=before) == []
    assert kinds(naming, claim.format(*reversed(found)), *evidence, language=language, before=before) == ["name"]


def test_who_is_beaten_stands_behind_the_whole_phrase() -> None:
    evidence = "Stuart McCall had suffered his first defeat as Rangers manager against Queens last week."
    assert kinds(naming, "Stuart McCall suffered his first defeat as Rangers manager last week.", evidence) == []


def test_one_part_may_be_that_of_a_pronoun() -> None:
    evidence = ("Pryce met Adeyo.", "He will miss the final.", "Adeyo, who has a knee injury, may play.")
    assert kinds(naming, "Pryce misses the final, and Adeyo may play with his injury.", *evidence) == []


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        ("fr", "Les villes sont un paradis.", "« Cela ne veut pas dire que les villes sont un paradis », nuance-t-il."),
        ("en", "The towns are a paradise.", "That does not mean that the towns are a paradise."),
        ("en", "The company said it had been hacked.", "The company ruled out a cyberattack."),
    ],
)
def test_what_is_not_meant_or_ruled_out_is_no_fact(language: str, claim: str, evidence: str) -> None:
    assert kinds(negation.check, claim, evidence, language=language) == ["negation"]


def test_only_is_no_negation_though_it_looks_like_one() -> None:
    evidence = "Le test ne concerne que les villes, et il n'est pas rare que la route soit inondée."
    assert kinds(negation.check, "Le test concerne les villes.", evidence, language="fr") == []
    assert kinds(negation.check, "La route est souvent inondée.", evidence, language="fr") == []


def test_what_is_not_ruled_out_may_not_happen() -> None:
    evidence = "The firm does not rule out suing the city over the bridge."
    assert kinds(hedge.check, "The firm may sue the city over the bridge.", evidence) == []
    assert kinds(hedge.check, "The firm will sue the city over the bridge.", evidence) == ["hedge"]


@pytest.mark.parametrize(
    ("language", "right", "wrong", "evidence"),
    [
        (
            "en",
            "Hall could get 20 years in prison.",
            "Hall was sentenced to 20 years in prison.",
            "Hall faces up to 20 years in prison.",
        ),
        (
            "fr",
            "Il risque vingt ans de prison.",
            "Il a été condamné à vingt ans de prison.",
            "Il encourt vingt ans de prison.",
        ),
        (
            "de",
            "Ihm könnten 20 Jahre Haft drohen.",
            "Er wurde zu 20 Jahren Haft verurteilt.",
            "Ihm drohen 20 Jahre Haft.",
        ),
        (
            "es",
            "Podría recibir 20 años de cárcel.",
            "Ha sido condenado a 20 años de cárcel.",
            "Se enfrenta a 20 años de cárcel.",
        ),
        (
            "it",
            "Potrebbe avere 20 anni di carcere.",
            "È stato condannato a 20 anni di carcere.",
            "Rischia fino a 20 anni di carcere.",
        ),
        (
            "pt",
            "Pode receber 20 anos de prisão.",
            "Foi condenado a 20 anos de prisão.",
            "Enfrenta até 20 anos de prisão.",
        ),
    ],
)
def test_what_somebody_faces_he_has_not_got(language: str, right: str, wrong: str, evidence: str) -> None:
    assert kinds(hedge.check, right, evidence, language=language) == []
    assert kinds(hedge.check, wrong, evidence, language=language) == ["hedge"]


def test_who_fears_it_is_its_source_though_another_speaks_in_the_sentence_before() -> None:
    claim = "L'entreprise dit vendre ses agences, tandis que les {} craignent 500 suppressions de postes."
    evidence = ("Le groupe assure vendre ses agences.", "Les syndicats, eux, redoutent 500 suppressions d'emplois.")
    assert kinds(attribution.check, claim.format("syndicats"), *evidence, language="fr") == []
    assert kinds(attribution.check, claim.format("analystes"), *evidence, language="fr") == ["attribution"]


def test_the_press_that_somebody_spoke_to_is_nobody() -> None:
    evidence = ("O presidente Davi Nogueira não deu entrevista.", "Pablo Ledesma, campeão com o União, é o favorito.")
    claim = "O presidente Davi Nogueira não falou à imprensa; Pablo Ledesma é o favorito."
    assert kinds(naming, claim, *evidence, language="pt") == []


def test_many_parts_take_linear_time() -> None:
    assert is_linear(naming, "Ann Lee left town, and Bob Ray was ill; ")
