"""Risk: which claims to look at first, whatever the verdict."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.ground import ground
from summarizer.ground.case import Case
from summarizer.ground.reading.text import Passage
from summarizer.ground.reading.view import ArticleView
from summarizer.ground.risk import doubts, risk, soft_maximum
from summarizer.ground.risk.terms import meanings, negatives, tables, terms
from summarizer.plan import split
from summarizer.records import Finding
from summarizer.schema import Claim
from tests.growth import grows_within

COUNCIL = (
    "The city council of Lyon approved a new tram line on Monday. "
    "The line will cost 420 million euros and open in 2029. "
    "Mayor Anne Leroy said the works would create 300 jobs. "
    "The opposition, led by Paul Girard, did not vote for the project. "
    "A study found that bus traffic in the old town has fallen by 12 percent since 2015. "
    "The National Rail Company will run the trams."
)
CONSEIL = (
    "Le conseil municipal de Lyon a approuvé lundi une nouvelle ligne de tramway. "
    "La ligne coûtera 420 millions d'euros et ouvrira en 2029. "
    "La maire Anne Leroy a déclaré que les travaux créeraient 300 emplois. "
    "L'opposition, menée par Paul Girard, n'a pas voté pour le projet."
)


def case_of(text: str, article: str = COUNCIL, language: str = "en") -> Case:
    view = ArticleView(split(article, language), language)
    return Case.of(Passage(text, language), (), view)


def risk_of(text: str, article: str = COUNCIL, language: str = "en") -> float:
    return risk(case_of(text, article, language))


def reasons(text: str, word: str) -> dict[str, float]:
    (found,) = [doubt for doubt in doubts(case_of(text)) if doubt.term.text == word]
    return found.reasons


SAME = "The line will cost 420 million euros and open in 2029."
PAIRS = [
    (SAME, "The line will cost 300 million euros and open in 2029.", "a number from another sentence"),
    (SAME, "The line will cost 420 million euros and open in 2015.", "a year from another sentence"),
    (SAME, "The line will cost 520 million euros and open in 2029.", "a number from nowhere"),
    (SAME, "The line will cost 420 million euros and close in 2029.", "an opposite"),
    (SAME, "The line will not cost 420 million euros and open in 2029.", "a new negation"),
    (SAME, "The stadium will cost 420 million euros and open in 2029.", "a thing from nowhere"),
    (SAME, "Euros in 2029 line 420 and the open cost will million.", "scrambled words"),
    (
        "Mayor Anne Leroy said the works would create 300 jobs.",
        "Mayor Paul Girard said the works would create 300 jobs.",
        "another's words",
    ),
    (
        "Mayor Anne Leroy said the works would create 300 jobs.",
        "Mayor Marc Dupont said the works would create 300 jobs.",
        "a name from nowhere",
    ),
]


@pytest.mark.parametrize(("true", "false", "change"), PAIRS, ids=[change for _, _, change in PAIRS])
def test_a_sentence_is_riskier_after(true: str, false: str, change: str) -> None:
    assert risk_of(false) > risk_of(true) + 0.02


def test_it_is_so_in_french_too() -> None:
    true, false = "La ligne coûtera 420 millions d'euros.", "La ligne coûtera 300 millions d'euros."
    assert risk_of(false, CONSEIL, "fr") > risk_of(true, CONSEIL, "fr") + 0.02


def test_a_paraphrase_is_less_risky_than_an_invention() -> None:
    told = "Anne Leroy, the mayor, stated that the works will create 300 jobs."
    invented = "Anne Leroy, the mayor, stated that the museum will host 300 artists."
    assert risk_of(told) < risk_of(invented)


def test_a_sentence_of_the_article_has_the_least_risk_of_all_in_other_words() -> None:
    said = risk_of("A study found that bus traffic in the old town has fallen by 12 percent since 2015.")
    others = ["Bus traffic fell.", "Traffic in town was studied.", "A report of 2015 found 12 buses in the old town."]
    assert all(said < risk_of(other) for other in others)


def test_an_acronym_is_its_name_and_a_name_its_acronym() -> None:
    article = "The World Food Program sent aid to Sudan. The EIB lent the city 90 million euros."
    known = doubts(case_of("Aid to Sudan came from the WFP.", article))
    assert not any(doubt.reasons.get("absent name") for doubt in known)
    known = doubts(case_of("The Eastern Investment Bank lent the city 90 million euros.", article))
    assert not any(doubt.reasons.get("absent name") for doubt in known)


def test_a_spelled_number_is_the_number() -> None:
    article = "Fifteen passengers were examined at the airport by medical staff."
    same = risk_of("15 passengers were examined at the airport.", article)
    assert same < risk_of("16 passengers were examined at the airport.", article)


def test_doubts_name_the_words_they_are_about() -> None:
    found = doubts(case_of("The line will cost 420 million euros and close in 2029."))
    assert max(found, key=lambda doubt: doubt.weight).term.text == "close"


def test_every_reason_has_a_weight_and_a_size_up_to_one() -> None:
    texts = [text for pair in PAIRS for text in pair[:2]]
    sizes = [item for text in texts for doubt in doubts(case_of(text)) for item in doubt.reasons.items()]
    assert {name for name, _ in sizes} <= set(tables()["terms"])
    assert all(0 < size <= 1 for _, size in sizes)


def test_a_negation_that_the_article_has_is_no_reason() -> None:
    assert "new negation" not in reasons("The opposition did not vote for the project.", "not")
    assert "new negation" in reasons("The city council of Lyon did not approve a new tram line.", "not")


def test_a_finding_adds_to_the_risk() -> None:
    case = case_of(SAME)
    assert risk(case, [Finding("number", "420 is not 300")]) > risk(case)


def test_two_findings_of_a_kind_add_no_more_than_one() -> None:
    case = case_of(SAME)
    one, two = Finding("number", "420 is not 300"), Finding("number", "2029 is not 2015")
    assert risk(case, [one, two]) == risk(case, [one])


def test_a_kind_without_a_weight_adds_nothing_to_a_larger_risk_than_the_least() -> None:
    case = case_of("Bananas of the Orinoco grow without any rain at all.")
    assert risk(case, [Finding("entailment", "the judge says no")]) == risk(case) > 0.4


def test_no_unsupported_claim_is_among_the_safe_ones() -> None:
    case = case_of(SAME)
    assert risk(case) < 0.1
    assert risk(case, [Finding("entailment", "the judge says no")]) == 0.4


def test_a_claim_without_content_has_a_risk_too() -> None:
    assert 0 <= risk_of("") <= 1
    assert 0 <= risk_of("It is. …") <= 1


def test_an_article_without_units_supports_nothing() -> None:
    case = Case.of(Passage(SAME, "en"), (), ArticleView((), "en"))
    assert risk(case) > risk_of(SAME)


def test_across_languages_numbers_and_names_count_alone() -> None:
    view = ArticleView(split(CONSEIL, "fr"), "fr")
    true, false = (
        risk(Case.of(Passage(text, "en"), (), view))
        for text in ("Anne Leroy expects 300 new jobs.", "Anne Leroy expects 500 new jobs.")
    )
    assert true < false
    assert {doubt.term.sort for doubt in doubts(Case.of(Passage(SAME, "en"), (), view))} <= {"number", "name"}


def test_the_number_of_a_list_item_is_no_number() -> None:
    assert all(term.sort != "number" for term in Passage("2. The tram opens.", "en").once(terms))


def test_a_number_of_several_words_is_one_term_and_so_is_an_acronym() -> None:
    passage = Passage("Leroy of the U.S. wants $5 million, not two trams.", "en")
    assert [(term.sort, term.text) for term in passage.once(terms) if term.sort != "function"] == [
        ("word", "leroy"),
        ("name", "us"),
        ("word", "wants"),
        ("number", "$5 million"),
        ("small", "two"),
        ("word", "trams"),
    ]
    assert [passage.once(terms)[at].text for at in passage.once(negatives)] == ["not"]


@pytest.mark.parametrize("word", ["examine", "examined", "examining", "examination"])
def test_a_word_is_found_in_all_its_forms(word: str) -> None:
    case = case_of(f"Staff {word} passengers.", "Staff examined passengers at the airport for an hour.")
    assert all(doubt.reasons.get("alone", 0) < 0.2 for doubt in doubts(case))


def test_the_soft_maximum_lies_between_the_largest_value_and_the_sum() -> None:
    assert soft_maximum([]) == 0
    assert soft_maximum([1.5]) == 1.5
    assert 2 < soft_maximum([2.0, 1.0, -3.0]) < 2.2


def test_ground_tells_the_risk_of_every_claim() -> None:
    claims = [("/a", Claim(text=SAME, cites=[2])), ("/b", Claim(text=SAME.replace("420", "300"), cites=[2]))]
    true, false = ground(claims, split(COUNCIL, "en"), language="en").checks
    assert true.risk == 0
    assert false.risk > 0.5


def test_a_claim_of_one_word_over_and_over_costs_no_more_in_a_longer_article() -> None:
    def prepared(times: int) -> Callable[[], object]:
        case = case_of("The tram runs and stops. " * 24, "The tram runs and the tram stops and the tram runs. " * times)
        risk(case)  # looks at the article
        return lambda: risk(case)

    assert grows_within(3, lambda: prepared(100), lambda: prepared(800))


@given(
    text=st.text(max_size=80), article=st.text(max_size=200), language=st.sampled_from(["en", "fr", "ja", "ar", None])
)
def test_any_text_has_a_risk(text: str, article: str, language: str | None) -> None:
    view = ArticleView(split(article, language), language)
    assert 0 <= risk(Case.of(Passage(text, language), (), view)) <= 1


def test_a_passage_means_concepts_and_entities_where_its_words_stand() -> None:
    passage = Passage("Prices rose in the U.K.", "en")
    found = passage.once(meanings)
    assert found["=rise"] == [1]
    assert [places for key, places in found.items() if key[0] == "@"] == [[4]]


def test_a_near_synonym_is_company() -> None:
    told = "The mayor halted the works."
    assert risk_of(told, "The mayor stopped the works.") < risk_of(told, "The mayor showed the works.")
