"""Grounding as a whole: texts as passages, cases, verdicts, and the traps of the sample article."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer.ground import Grounding, ground, restated, search
from summarizer.ground.case import Case
from summarizer.ground.doubts import CHECKS
from summarizer.ground.reading import quantity, quoted, when
from summarizer.ground.reading.text import Passage, fold, kind_of
from summarizer.ground.reading.view import ArticleView
from summarizer.ground.risk.terms import terms
from summarizer.plan import split
from summarizer.records import Article, Check
from summarizer.schema import Claim
from tests.growth import grows_within
from tests.strategies import articles, texts


def checked(
    article: Article, *claims: tuple[str, list[int]], language: str | None = "fr", asked: str | None = None
) -> Grounding:
    pairs = [(f"/claims/{number}", Claim(text=text, cites=cites)) for number, (text, cites) in enumerate(claims)]
    return ground(pairs, split(article.text, language), language=language, asked_language=asked)


def kinds(check: Check) -> set[str]:
    return {finding.kind for finding in check.findings}


# ------------------------------------------------------------------------------------------------------------ passages


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("L’ÉTÉ", "l'été"),
        ("e\u0301te\u0301", "été"),
        ("ﬁn", "fin"),
        ("so\u00adft\u200b", "soft"),
        ("a\u00a0\u202fb", "a  b"),
        ("10–15", "10-15"),
        ("«\u00a0x\u00a0»", '" x "'),
        ("٣٫٥", "3.5"),
        ("２０％", "20%"),
        ("10²", "10²"),
        ("2½", "2 1/2"),
        ("Straße", "strasse"),
    ],
)
def test_lookalikes_fold_to_one_form(text: str, folded: str) -> None:
    assert (fold(text), Passage(text).folded) == (folded, folded)


def test_accents_are_kept() -> None:
    assert fold("pêche") != fold("peche")


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("l’article n'a qu’un", ["l'", "article", "n'", "a", "qu'", "un"]),
        ("don't, Altman's aujourd’hui", ["don't", ",", "altman", "'s", "aujourd'hui"]),
        ("GPT-4 US$100bn 92,3%", ["gpt", "-", "4", "us", "$", "100", "bn", "92,3", "%"]),
        ("狭义相对论", list("狭义相对论")),
        ("オープンAI", ["オープンai"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
    ],
)
def test_texts_are_cut_into_tokens(text: str, tokens: list[str]) -> None:
    assert [token.text for token in Passage(text).tokens] == tokens


@given(texts())
def test_every_token_is_a_slice_of_the_raw_text(text: str) -> None:
    passage = Passage(text)
    assert all(text[token.start : token.end] == token.raw for token in passage.tokens)
    assert all(passage.folded[token.at :].startswith(token.text) for token in passage.tokens)


@given(texts())
def test_a_token_is_of_the_same_kind_wherever_its_text_stands(text: str) -> None:
    passage = Passage(text)
    assert [kind_of(token.text) for token in passage.tokens] == list(passage.kinds)


@given(st.text("aßﬁİ½…\u200b,5' \n"))
def test_the_tokens_are_the_same_whether_words_are_cut_one_by_one_or_the_text_as_a_whole(text: str) -> None:
    assert Passage(text).tokens == Passage(f"{text} e\u0301").tokens[:-1]


@given(texts())
def test_every_range_of_the_folded_text_leads_back_to_the_raw_text(text: str) -> None:
    passage = Passage(text)
    spans = [passage.raw_span(at, at + 1) for at in range(len(passage.folded))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


def test_an_analysis_is_made_once() -> None:
    passage, calls = Passage("x"), list[Passage]()
    note = calls.append
    passage.once(note)
    passage.once(note)
    assert calls == [passage]


def test_function_words_are_no_content_words() -> None:
    assert Passage("the plan of the company", "en").words == ("plan", "company")


def test_unspaced_scripts_give_pairs_of_characters() -> None:
    assert Passage("相对论", "zh").words == ("相对", "对论")


# --------------------------------------------------------------------------------------------------------------- cases


def test_cites_are_sorted_and_told_apart_from_those_that_do_not_exist() -> None:
    article = Article("One. Two. Three.")
    view = ArticleView(split(article.text))
    case = Case.of(Passage("x"), [3, 1, 3, 9, 0], view)
    assert (case.cites, case.missing, [passage.text for passage in case.evidence]) == (
        (1, 3),
        (0, 9),
        ["One.", "Three."],
    )


def test_a_unit_is_one_passage_for_all_claims() -> None:
    article = Article("One. Two.")
    view = ArticleView(split(article.text))
    assert view.passage(1) is view.passage(1)


# ------------------------------------------------------------------------------------------------------------ verdicts


def test_checks_come_in_the_order_of_the_claims(sample: Article) -> None:
    found = checked(sample, ("Une source parle.", [5]), ("OpenAI envisage de lever 100 milliards de dollars.", [1]))
    assert [check.path for check in found.checks] == ["/claims/0", "/claims/1"]


def test_many_claims_are_checked_as_each_is_alone(sample: Article) -> None:
    units = split(sample.text, "fr")
    told = [(unit.text, [unit.number]) for unit in units]
    others = [(unit.text.rstrip(".") + ", selon Apple.", [unit.number % len(units) + 1]) for unit in units]
    claims = [claim for pair in zip(told, others, strict=True) for claim in pair] * 2
    claims.append(("OpenAI a levé 200 milliards de dollars.", [1]))

    checks = checked(sample, *claims).checks
    alone = [checked(sample, claim).checks[0] for claim in claims]

    assert len(checks) > 2 * 16
    assert [replace(check, path="") for check in checks] == [replace(check, path="") for check in alone]
    assert {check.verdict for check in checks} == {"supported", "unsupported"}


def test_no_claims_give_no_checks_and_no_warnings(sample: Article) -> None:
    assert ground([], split(sample.text, "fr"), language="xx") == Grounding(())


def test_every_sentence_of_an_article_is_supported_by_itself(sample: Article) -> None:
    units = split(sample.text, "fr")
    found = checked(sample, *((unit.text, [unit.number]) for unit in units))
    assert {(check.verdict, check.findings, check.corrected) for check in found.checks} == {("supported", (), None)}


def test_white_space_may_differ_from_the_sentence(sample: Article) -> None:
    unit = split(sample.text, "fr")[0]
    assert checked(sample, (unit.text.replace(" ", "\n "), [1])).checks[0].supported


def test_sentences_that_follow_each_other_are_supported_by_themselves(sample: Article) -> None:
    one, two, _ = (unit.text for unit in split(sample.text, "fr")[:3])
    assert checked(sample, (f"{one} {two}", [1, 2, 3])).checks[0].findings == ()


def test_a_part_of_a_sentence_is_checked_all_the_same(sample: Article) -> None:
    (check,) = checked(sample, ("OpenAI a levé 100 milliards de dollars", [1])).checks
    assert "hedge" in kinds(check)


def test_evidence_is_exactly_what_stands_in_the_article(sample: Article) -> None:
    (check,) = checked(sample, ("ChatGPT compte plus de 100 millions d’utilisateurs, a révélé Sam Altman.", [6])).checks
    assert [sample.text[item.span.start : item.span.end] for item in check.evidence] == [
        item.text for item in check.evidence
    ]


def test_a_claim_without_cites_and_without_search_is_unsupported(sample: Article) -> None:
    claim = Claim(text="OpenAI envisage de lever des fonds.", cites=[])
    found = ground([("/x", claim)], split(sample.text, "fr"), language="fr", search=False)
    assert kinds(found.checks[0]) == {"cite"}


def test_the_origin_of_a_claim_is_kept(sample: Article) -> None:
    claim = Claim(text="OpenAI envisage de lever des fonds.", cites=[1])
    units = split(sample.text, "fr")
    found = ground([("/x", claim)], units, language="fr", origins={"/x": "repair"})
    assert found.checks[0].origin == "repair"


def test_risk_is_a_share(sample: Article) -> None:
    found = checked(sample, ("Altman a dévoilé GPT-4 Turbo.", [8]), ("Des bananes poussent au Groenland.", [8]))
    assert all(0 <= check.risk <= 1 for check in found.checks)


TRAPS = [
    ("OpenAI a levé 100 milliards de dollars, selon Bloomberg.", [1], "hedge"),
    ("OpenAI envisage de lever 200 milliards de dollars, selon Bloomberg.", [1], "number"),
    ("OpenAI envisage de lever 100 millions de dollars, selon Bloomberg.", [1], "number"),
    ("OpenAI envisage de lever 100 milliards d'euros, selon Bloomberg.", [1], "number"),
    ("D'après un article publié vendredi 22 décembre 2023, OpenAI envisage de lever 100 milliards.", [1], "date"),
    ("D'après un article publié jeudi 22 décembre, OpenAI envisage de lever 100 milliards.", [1], "date"),
    ("Plus de 29% des développeurs viennent d'entreprises du classement Fortune 500.", [9], "number"),
    ("Plus de 95 % des développeurs viennent d'entreprises du classement Fortune 500.", [9], "number"),
    ("92% des développeurs viennent d'entreprises du classement Fortune 500.", [9], "number"),
    ("Plus de 92 développeurs viennent d'entreprises du classement Fortune 500.", [9], "number"),
    ("Microsoft a investi plus de 100 milliards de dollars dans OpenAI.", [7], "number"),
    ("Microsoft a investi plus de 10 millions de dollars dans OpenAI.", [7], "number"),
    ("ChatGPT compte plus de 100 millions d’utilisateurs actifs quotidiens, selon Sam Altman.", [6], "number"),
    ("Satya Nadella a révélé que ChatGPT compte plus de 100 millions d’utilisateurs.", [6], "name"),
    ("OpenAI n’envisage pas de lever 100 milliards de dollars, d’après Bloomberg.", [1], "negation"),
]


@pytest.mark.parametrize(("text", "cites", "kind"), TRAPS)
def test_the_traps_of_the_sample_article_are_seen(sample: Article, text: str, cites: list[int], kind: str) -> None:
    assert kind in kinds(checked(sample, (text, cites)).checks[0])


FAIR = [
    ("OpenAI envisage de lever 100 Md$, selon Bloomberg.", [1]),
    ("OpenAI envisage de lever cent milliards de dollars, d’après un article de Bloomberg du 22 décembre.", [1]),
    ("ChatGPT compte plus de 100 millions d'utilisateurs actifs par semaine, a révélé Sam Altman.", [6]),
    ("Plus de 92 % des développeurs sont issus d'entreprises du classement Fortune 500.", [9]),
    ("Microsoft a investi plus de dix milliards de dollars.", [7]),
]


@pytest.mark.parametrize(("text", "cites"), FAIR)
def test_fair_summaries_of_the_sample_article_pass(sample: Article, text: str, cites: list[int]) -> None:
    assert checked(sample, (text, cites)).checks[0].findings == ()


# ------------------------------------------------------------------------------------------------------------ languages


def test_a_language_without_a_lexicon_is_told() -> None:
    article = Article("شركة تعلن عن خطة.")
    assert "'ar'" in checked(article, ("شركة تعلن.", [1]), language="ar").warnings[0]


@pytest.mark.parametrize(
    ("language", "is_told"), [("ar", False), ("ru", False), ("he", True), ("vi", True), ("uk", True)]
)
def test_a_language_whose_numbers_are_not_read_in_words_is_told(language: str, is_told: bool) -> None:
    (warning,) = checked(Article("Abc 5 def."), ("Abc 5 def ghi.", [1]), language=language).warnings
    assert ("words of numbers" in warning) is is_told


def test_a_summary_in_another_language_is_told(sample: Article) -> None:
    found = checked(sample, ("OpenAI plans to raise $100 billion, according to Bloomberg.", [1]), asked="en")
    assert any("'en'" in warning and "'fr'" in warning for warning in found.warnings)


def test_an_unknown_language_is_told() -> None:
    assert checked(Article("Abc def."), ("Abc def ghi.", [1]), language=None).warnings


def test_a_region_is_no_other_language() -> None:
    article = Article("A empresa levantou 3 bilhões de reais.")
    found = checked(article, ("A empresa levantou 3 bi de reais.", [1]), language="pt-BR")
    assert (found.checks[0].findings, found.warnings) == ((), ())


# ----------------------------------------------------------------------------------------------------------- properties


@given(articles(), texts(max_parts=3), st.sampled_from(["en", "fr", "de", "zh", "ar", None]))
@settings(max_examples=80)
def test_no_text_makes_a_check_raise(text: str, claim: str, language: str | None) -> None:
    units = split(text, language)
    written = Claim.model_construct(text=claim, cites=[1, len(units)])
    assert len(ground([("/x", written)], units, language=language).checks) == 1


@given(articles())
@settings(max_examples=60)
def test_every_unit_of_any_article_is_supported_by_itself(text: str) -> None:
    units = split(text)
    pairs = [(f"/{unit.number}", Claim.model_construct(text=unit.text, cites=[unit.number])) for unit in units]
    checks = ground(pairs, units, language=None).checks
    assert all(check.supported for check in checks)


def analyzed() -> int:
    return sum(isinstance(one, ArticleView | Passage) for one in gc.get_objects())


@pytest.mark.slow
def test_nothing_that_was_worked_out_stays_in_memory_but_the_last_article(sample: Article) -> None:
    texts = [unit.text.partition(",")[0] for unit in split(sample.text, "fr")]
    other = Article("Le maire a ouvert le pont. Il pleut depuis lundi.")
    gc.disable()
    try:
        checked(other, ("Il pleut.", [2]))
        before = analyzed()
        checked(sample, *((text, [number]) for number, text in enumerate(texts, start=1)), ("Rien de tel.", []))
        checked(other, ("Il pleut.", [2]))
        assert analyzed() == before
    finally:
        gc.enable()


def kept_views() -> list[ArticleView]:
    gc.collect()
    return [one for one in gc.get_objects() if isinstance(one, ArticleView)]


def test_an_article_is_analyzed_once_for_the_looks_that_follow_each_other(sample: Article) -> None:
    claim = ("OpenAI a levé 200 milliards de dollars.", [1])
    first = checked(sample, claim)
    kept = kept_views()
    assert checked(sample, claim) == first
    assert kept_views() == kept  # views are equal only to themselves
    checked(sample, claim, language="es")
    assert kept_views() != kept
    assert checked(sample, claim) == first


def test_claims_are_let_go_of_though_their_article_is_kept(sample: Article) -> None:
    checked(sample, ("Sam Altman a levé 2 milliards de dollars.", [1]))
    before = analyzed()
    checked(sample, *((f"Sam Altman a levé {number} milliards de dollars.", [1]) for number in range(3, 9)))
    assert analyzed() == before


def test_a_long_article_is_not_kept(sample: Article) -> None:
    checked(Article("\n\n".join([sample.text] * 12)), ("Altman a dévoilé GPT-4 Turbo.", [8]))
    kept = analyzed()
    checked(Article("Un."), ("Un.", [1]))
    assert analyzed() == kept + 1  # that article; of a claim that repeats it nothing has to be worked out


@pytest.mark.parametrize("cites", [[2], [2, 1], [2, 99], []])
@pytest.mark.parametrize("text", ["Il pleut depuis lundi.", " Il  pleut depuis lundi.", "Il pleut.", "Il neige."])
@pytest.mark.parametrize("language", ["fr-CA", "cy", None])
def test_what_is_word_for_word_is_found_at_once_as_by_a_look(language: str | None, text: str, cites: list[int]) -> None:
    units = split("Le maire a ouvert le pont. Il pleut depuis lundi.", "fr")
    claims = [("/title", Claim(text=units[0].text, cites=[1])), ("/claims/0", Claim(text=text, cites=cites))]
    is_whole = "lundi" in text and 2 in cites
    looked = ground(claims, units, language=language, origins={"/title": "extract"})
    found = restated(claims, units, language=language, origins={"/title": "extract"})
    assert found == (looked if is_whole else None)


def test_each_kind_of_doubt_is_one_function() -> None:
    assert len(set(CHECKS)) == len(CHECKS)


# ---------------------------------------------------------------------------------------------------------------- speed

# Doubling a text may take two and a half times as long at most: eight times the text, 2.5 ** 3 = 15.6 times.
GROWTH = 15.6
ADVERSARIAL = [
    "1,",
    "1.",
    "1 ",
    "123 ",
    "1-",
    "1/2/",
    "one hundred and ",
    "vingt et ",
    "ten-",
    "% ",
    ". ",
    "( ",
    "'",
    "l'",
    "half a ",
    "May 1 ",
    "Friday, ",
    "one in ",
    "plus de ",
    "million ",
    "1m ",
    "20h30",
    "2023-24 ",
    "us$",
    "“",
    "„a“ ",
    "千",
    "一",
    "억",
    "\u0301\u0315",
    "e\u0301\u0315",
    "\u1100\u1161\u11a8",
    "a\u00ad",
]


def analyze(text: str) -> None:
    passage = Passage(text, "en")
    for analysis in (quantity.parse, when.parse, search.features, quoted.quotes, terms):
        passage.once(analysis)


@pytest.mark.slow
@pytest.mark.parametrize("piece", ADVERSARIAL)
def test_the_time_grows_with_the_text(piece: str) -> None:
    short, long = ("1" + (piece * size)[:size] for size in (4_000, 32_000))
    assert grows_within(GROWTH, lambda: lambda: analyze(short), lambda: lambda: analyze(long))


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece", ["Ann said ", "Ann Lee ", "according to Ann ", "5 per week ", "denied the plan, ", "Ann Lee rose. "]
)
def test_the_time_grows_with_the_claim(piece: str) -> None:
    article = "Ann Lee, the chief executive, said that they may not raise $5 billion. Ann denied the plan. Bob rose."

    def prepared(size: int) -> Callable[[], object]:
        claim = Claim(text=(piece * size)[:size].strip(), cites=[1, 2, 3])
        return lambda: ground([("", claim)], split(article, "en"), language="en")

    # Four times the claim, 2.5 ** 2 = 6.25 times.
    assert grows_within(6.25, lambda: prepared(2_000), lambda: prepared(8_000))


@pytest.mark.parametrize("cites", [[3], [1, 3], [9]])
def test_a_sentence_of_the_article_is_found_wherever_it_stands(cites: list[int]) -> None:
    """A wrong cite is corrected, also of a sentence too short to be searched for."""
    units = split("Halden wants Norvane. Unions are wary. Analysts at Corriedale Bank are not.", "en")
    claim = Claim(text="Unions are wary.", cites=cites)
    for found in (ground([("/c", claim)], units, language="en"), restated([("/c", claim)], units, language="en")):
        assert found is not None
        (check,) = found.checks
        assert (check.supported, [item.unit for item in check.evidence]) == (True, [2])
        assert check.corrected == tuple(cites)
    (kept,) = ground([("/c", claim)], units, language="en", search=False).checks
    assert [item.unit for item in kept.evidence] != [2]
