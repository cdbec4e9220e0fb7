"""Articles become units and chunks: where sentences end, and that no position is ever off."""

from __future__ import annotations

import sys
import textwrap
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.errors import TooLong, Unreadable
from summarizer.load import load
from summarizer.plan import MAX_UNIT_CHARS, fitted, split, whole
from summarizer.records import Article, Span
from tests.growth import grows_within
from tests.strategies import articles, texts

TAGS = st.sampled_from([None, "en", "fr", "de", "es", "it", "pt", "zh", "ja", "ar", "ru", "he", "ko", "hi", "pt-BR"])
LANGUAGES = TAGS | st.sampled_from(["xx", ""])


def sentences(text: str, language: str | None = None) -> list[str]:
    return [unit.text for unit in split(text, language)]


def cut(marked: str, language: str) -> tuple[list[str], list[str]]:
    """What is found, and what is right: sentences joined by a bar."""
    right = marked.split("|")
    joined = "".join(right) if language in {"zh", "ja"} else " ".join(right)
    return sentences(joined, language), right


# ----------------------------------------------------------------------------------------------------------- the sample


def test_the_sample_article_has_its_eleven_sentences(sample: Article) -> None:
    units = split(sample.text, "fr")
    assert [unit.text[:12] for unit in units] == [
        "OpenAI, la s",
        "Si cet accor",
        "Les discussi",
        "À terme, Ope",
        "« OpenAI, ap",
        "Au cours du ",
        "Cette réalis",
        "Altman a éga",
        "En dépit de ",
        "Simultanémen",
        "Le projet vi",
    ]
    assert [unit.paragraph for unit in units] == [1, 1, 2, 2, 3, 4, 4, 5, 5, 6, 6]


def test_a_quotation_and_who_said_it_are_one_unit(sample: Article) -> None:
    (quotation,) = [unit.text for unit in split(sample.text, "fr") if "ChatGPT il y a un an" in unit.text]
    assert quotation.startswith("« OpenAI, après")
    assert quotation.endswith("sans précédent », a confié une source proche des négociations.")


def test_the_sample_is_cut_alike_when_its_language_is_unknown(sample: Article) -> None:
    assert split(sample.text) == split(sample.text, "fr")


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("acciaieria-montesolo.it.txt", 23),
        ("airport-line.zh.txt", 20),
        ("bahnstrecke-gesperrt.de.txt", 28),
        ("banco-litoral.es.txt", 19),
        ("ferrovia-do-planalto.pt.txt", 23),
        ("marrow-falls-dam.en.txt", 20),
        ("nasal-flu-vaccine.en.md", 25),
        ("offshore-wind.ja.txt", 17),
        ("port-expansion.ar.txt", 18),
    ],
)
def test_articles_in_other_languages_have_as_many_sentences_as_people_count(
    fixtures: Path, name: str, number: int
) -> None:
    article = load(fixtures / "articles" / name)
    assert len(split(article.text, name.split(".")[1])) == number


# -------------------------------------------------------------------------------------------------- where sentences end


@pytest.mark.parametrize(
    ("language", "marked"),
    [
        ("fr", "M. Altman a parlé.|Mme. Dupont aussi."),
        ("fr", "M. Le Pen a parlé.|MM. De Gaulle et Fabre se taisent."),
        ("fr", "Le P.-D.G. de l’entreprise part.|Il revient."),
        ("fr", "J.-C. Martin et le Dr. Paul arrivent.|Ils parlent."),
        ("fr", "Il a gagné 92,3 % des voix.|C’est tout."),
        ("fr", "Il a gagné 92,3\u202f% des voix,\u00a0M.\u00a0Altman aussi.|C’est tout."),
        ("fr", "« Vraiment ? » demanda-t-il.|Oui."),
        ("fr", "« Non ! », a-t-elle dit.|Puis elle partit."),
        ("fr", "« Je pars. Je reviens. »|Elle sourit."),
        ("fr", "Il vit aux U.S.A. depuis 1990.|Il est heureux."),
        ("fr", "Cf. p. 12 et art. 5.|La suite."),
        ("fr", "Av. J.-C. les Gaulois.|Fin."),
        ("fr", "St. Étienne gagne.|Oui."),
        ("fr", "Il dit… et partit.|Il s’arrêta...|Puis reprit."),
        ("fr", "Amazon.com et Yahoo! gagnent.|Fin."),
        ("en", "Mr. Smith met Dr. J. R. Jones.|They talked."),
        ("en", "U.S. troops left.|The U.S. Army stayed."),
        ("en", "He lives in the U.S.|The army left."),
        ("en", "It was 5 p.m.|Then he left."),
        ("en", "It struck at 6:40 a.m. Eastern time.|It is 5 p.m. GMT now.|He left at 8 p.m.|Eastern Europe is far."),
        ("en", "It cost $1.5 million.|Fine."),
        ("en", "Washington, D.C. is hot.|Very."),
        ("en", 'He said: "Stop! Now."|Then he left.'),
        ("en", '"Really?" he asked.|"Yes."'),
        ("en", "See Fig. 3 and No. 5.|Good."),
        ("en", "Take vitamin C.|The best."),
        ("en", "Jan. 5 was cold.|Feb. 6 too."),
        ("en", "It begins in May.|Residents were not asked."),
        ("en", "Ask me.|Residents know."),
        ("en", "Was it cold?|No.|Pell says so."),
        ("en", "On May. 5 it was.|Good."),
        ("en", '"It begins in May. Residents know." he said.|Good.'),
        ("es", "Dijo que no.|Pedro se fue."),
        ("en", "Gen. Lee and Sen. Warren met.|OK."),
        ("en", "Ph.D. students left.|Done."),
        ("en", "Sales fell.|iPhone sales rose."),
        ("en", "Visit www.example.com.|It is good."),
        ("de", "Das ist z. B. gut.|Ja."),
        ("de", "Am 22. Dezember kam er.|Gut."),
        ("de", "Im 19. Jahrhundert war es so.|Ja."),
        ("de", "Er wurde 3.|Danach ging er."),
        ("de", "Dr. Müller und Prof. Schmidt reden.|Ja."),
        ("de", "„Geht es?“, fragte er.|Ja."),
        ("de", "Friedrich II. war König.|Ja."),
        ("es", "EE. UU. ganó.|Sí."),
        ("es", "Los EE.UU. ganaron.|Sí."),
        ("es", "El Sr. López y la Sra. Ruiz salieron.|Sí."),
        ("es", "¿Vienes?|Sí.|¡Claro!|Vale."),
        ("es", "—¿Vienes? —preguntó él.|Sí."),
        ("es", "A las 5 p. m. salió.|Sí."),
        ("it", "Il dott. Rossi e la sig.ra Bianchi parlano.|Sì."),
        ("it", "L’on. Meloni parla.|Sì."),
        ("it", "«Vieni?» chiese.|Sì."),
        ("pt", "O Sr. Silva e a Dra. Costa falam.|Sim."),
        ("pt", "Custa R$ 1.234,56 na Av. Paulista, n.º 5.|Sim."),
        ("pt", "Os E.U.A. ganharam.|Sim."),
        ("zh", "增长92.3%。|据报道，公司将筹资。|真的？|是！"),
        ("zh", "“我们会成功。”李明表示。|结束。"),
        ("ja", "「行きます。」と彼は言った。|そうだ。"),
        ("ja", "これは3.5倍だ。|本当？|はい。"),
        ("ar", "قال المتحدث إن الشركة نمت.|هل هذا صحيح؟|نعم."),
        ("ar", "د. أحمد وصل.|نعم."),
        ("ar", "بلغ التضخم ٣.٥ مليون.|نعم."),
        ("hi", "महंगाई ५.४ प्रतिशत रही।|दर 6.5 है।"),
        ("hi", "मोदी ने डॉ. राजेश से मुलाकात की।|वे खुश थे।"),
        ("ja", "金利は０．２５％だ。|利益は３．５兆円。"),
        ("ko", '그는 "물가가 안정됐다."라고 말했다.|“좋다.”며 웃었다.|끝났다.'),
        ("he", 'צה"ל הודיע ביום שני.|הרמטכ"ל ביקר במקום.|נשיא ארה"ב אמר: "זה יום עצוב. אנחנו איתכם."|ח"כ לוי הלך.'),
        ("vi", "TP.HCM có 9 triệu dân.|PGS.TS. Lê Văn B nói thêm.|Ông ở TP. Huế.|Vâng."),
        ("tr", "Sn. Bakan geldi.|Doç. Dr. Ali Kaya anlattı.|Evet."),
        ("el", "Η οδός Αγ. Γεωργίου έκλεισε.|Ναι."),
        ("en", "It was shown.[^4]|Nobody died.¹|All fled.²|Then[^note] they rested.[^5][^6]|The pipe is 5 m².|Good."),
        ("en", "**It was so.**|_He left._|Then *she left.*|~~Gone.~~|<b>Bold.</b>|**Next** came *one.*|*Two* came."),
    ],
)
def test_a_sentence_ends_where_a_reader_says(language: str, marked: str) -> None:
    found, right = cut(marked, language)
    assert found == right


def test_a_text_without_capitals_is_still_cut_at_its_points() -> None:
    assert sentences("hello there. how are you? fine. bye now.", "en") == [
        "hello there.",
        "how are you?",
        "fine.",
        "bye now.",
    ]


# ------------------------------------------------------------------------------------------------------- lines, layouts

SENTENCES = [
    "The committee met on Tuesday in a small room near Mr. Smith and Dr. Jones spoke for an hour of the City Council.",
    "Nobody else was there, and the meeting of the Board ended early.",
    "It will meet again on Monday at 5 p.m. in Paris.",
]
WRAPPED = textwrap.fill(" ".join(SENTENCES), 60)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\u2028"])
def test_wrapped_lines_do_not_end_sentences(newline: str) -> None:
    found = sentences(WRAPPED.replace("\n", newline), "en")
    assert [" ".join(text.split()) for text in found] == SENTENCES


@pytest.mark.parametrize("width", range(30, 100))
def test_no_width_of_wrapping_changes_the_sentences(width: int) -> None:
    found = sentences(textwrap.fill(" ".join(SENTENCES), width), "en")
    assert [" ".join(text.split()) for text in found] == SENTENCES


def test_a_heading_above_a_long_line_is_a_unit() -> None:
    body = "The company said on Monday that it would invest a hundred million euros in a new plant. " * 3
    assert sentences(f"A new plant\n{body}", "en")[0] == "A new plant"


def test_a_heading_above_wrapped_lines_is_a_unit() -> None:
    assert sentences(f"A new plant\n{WRAPPED}", "en")[0] == "A new plant"


def test_a_markdown_heading_is_a_unit_however_short_the_text() -> None:
    assert sentences("# Plant\nIt opens.", "en") == ["# Plant", "It opens."]


def test_list_items_are_units_of_the_paragraph_before_them() -> None:
    units = split("The items are:\n- a first one\n- Second one\n  that goes on\n1. third\n\nThe end.", "en")
    assert [(unit.text, unit.paragraph) for unit in units] == [
        ("The items are:", 1),
        ("- a first one", 1),
        ("- Second one\n  that goes on", 1),
        ("1. third", 1),
        ("The end.", 2),
    ]


def test_the_number_of_a_list_item_is_no_unit_of_its_own() -> None:
    inline = "1. Residents were asked. Most agreed. It rained. 2. No, it snowed."
    assert sentences(f"{inline}\n12. iPhones were sold.\n\n3.\n\nIt was 4. Then came five.", "en") == [
        "1. Residents were asked.",
        "Most agreed.",
        "It rained.",
        "2. No, it snowed.",
        "12. iPhones were sold.",
        "3.",
        "It was 4.",
        "Then came five.",
    ]


CHAT = [
    "Ann: are you coming tonight??",
    "Bob: yep 7pm",
    "Ann: <Media omitted>",
    "Bob: it costs 40 million",
    "Ann: ok so",
]


@pytest.mark.parametrize(
    "stamp",
    [
        "[12/03/2026, 09:14:{}] ",
        "12/03/26, 09:{} - ",
        "2026-03-04T09:14:{}.123Z INFO ",
        "[09:{}] ",
        "00:00:{} - ",
        "(01:{}) ",
    ],
)
def test_what_begins_with_a_time_is_a_unit(stamp: str) -> None:
    lines = [stamp.format(second) + said for second, said in enumerate(CHAT, 10)]
    assert sentences("\n".join(lines), "en") == lines


def test_a_date_at_the_start_of_a_wrapped_line_ends_no_sentence() -> None:
    item = "- The council of the town above the river met on\n  12.03.2026 and on 13.03.2026 and decided it."
    assert sentences(f"{item}\n- It was cold.", "en") == [item, "- It was cold."]


def test_a_blank_line_ends_a_sentence_without_a_point() -> None:
    units = split("No point here\n \t\r\nand a small letter", "en")
    assert [(unit.text, unit.paragraph) for unit in units] == [("No point here", 1), ("and a small letter", 2)]


def test_every_kind_of_white_space_parts_sentences() -> None:
    spaces = [char for char in map(chr, range(sys.maxunicode + 1)) if char.isspace()]
    parted = {space: [unit.text for unit in split(f"Rain fell.{space}It stopped.", "en")] for space in spaces}
    assert parted == {space: ["Rain fell.", "It stopped."] for space in spaces}


def test_a_byte_order_mark_is_in_no_unit() -> None:
    (unit,) = split("\ufeffBonjour.", "fr")
    assert (unit.text, unit.span) == ("Bonjour.", Span(1, 9))


@pytest.mark.parametrize("text", ["word " * 5_000, "a" * 20_000, "没有句号" * 2_000, "« " * 4_000])
def test_a_stretch_without_points_is_cut_before_it_fills_a_window(text: str) -> None:
    units = split(text, "en")
    assert max(len(unit.text) for unit in units) <= MAX_UNIT_CHARS
    assert len(units) <= 2 + len(text) // (MAX_UNIT_CHARS // 2)


def test_a_stretch_that_is_too_long_is_cut_between_words() -> None:
    assert {word for text in sentences("word " * 5_000) for word in text.split()} == {"word"}


def test_a_long_quotation_is_cut_at_its_sentences() -> None:
    quotation = "“" + "I think that this is a very good idea for everybody. " * 20 + "I do.” she said."
    assert len(sentences(quotation, "en")) == 21


# ------------------------------------------------------------------------------------------------------------ positions


@given(texts(), LANGUAGES)
def test_units_are_ordered_spans_of_the_text_with_only_white_space_between_them(
    text: str, language: str | None
) -> None:
    units = split(text, language)
    assert [unit.number for unit in units] == list(range(1, len(units) + 1))
    assert all(unit.text == unit.span.of(text) == unit.text.strip() != "" for unit in units)
    assert all(one.span.end <= other.span.start for one, other in pairwise(units))
    assert all(0 <= other.paragraph - one.paragraph <= 1 for one, other in pairwise(units))
    ends = [0, *(unit.span.end for unit in units)]
    starts = [*(unit.span.start for unit in units), len(text)]
    between = "".join(text[end:start] for end, start in zip(ends, starts, strict=True))
    assert between.removeprefix("\ufeff").strip() == ""


@given(texts(max_parts=6).map(lambda text: text * 40), LANGUAGES)
def test_no_unit_of_a_long_text_is_longer_than_the_limit(text: str, language: str | None) -> None:
    units = split(text, language)
    assert all(len(unit.text) <= MAX_UNIT_CHARS for unit in units)
    kept, given_text = (
        "".join(found.replace("\ufeff", "").split()) for found in ("".join(unit.text for unit in units), text)
    )
    assert kept == given_text


@given(articles(), TAGS)
def test_chunks_joined_are_the_article(text: str, language: str | None) -> None:
    laid_out = whole(Article(text, language=language), exact=True)
    assert "".join(chunk.span.of(text) for chunk in laid_out.chunks) == text
    assert tuple(unit for chunk in laid_out.chunks for unit in chunk.units) == laid_out.units


# ----------------------------------------------------------------------------------------------------------------- plan


def test_an_article_that_fits_is_one_chunk(sample: Article) -> None:
    laid_out = fitted(whole(sample, exact=False), count=lambda text: len(text.split()), room=10_000)
    assert (laid_out.kind, len(laid_out.chunks), laid_out.exact) == ("single", 1, False)
    assert laid_out.article is sample
    assert laid_out.tokens == laid_out.chunks[0].tokens > 300


def test_tokens_are_those_of_the_numbered_lines_that_a_prompt_shows() -> None:
    seen: list[str] = []
    fitted(whole(Article("One\nline.  Two.\n\nThree."), exact=True), count=lambda text: seen.append(text) or 1, room=1)
    assert seen == ["[1] One line.\n[2] Two.\n\n[3] Three.\n"]


def test_an_article_that_just_fits_is_planned() -> None:
    assert fitted(whole(Article("Hello."), exact=True), count=len, room=len("[1] Hello.\n")).tokens == 11


def test_an_article_that_does_not_fit_is_too_long_and_says_by_how_much() -> None:
    with pytest.raises(TooLong, match=r"'a\.txt' is too long .* 11 tokens .* room for 10") as caught:
        fitted(whole(Article("Hello.", "a.txt"), exact=True), count=len, room=10)
    assert (caught.value.tokens, caught.value.window, caught.value.source) == (11, 10, "a.txt")


def test_a_length_that_is_estimated_is_told_as_such() -> None:
    with pytest.raises(TooLong, match="about 11 tokens"):
        fitted(whole(Article("Hello."), exact=False), count=len, room=10)


@pytest.mark.parametrize("text", ["", " \n\u00a0", "\ufeff", "\ufeff \n"])
def test_a_blank_article_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable, match="only white space"):
        whole(Article(text), exact=True)


# ---------------------------------------------------------------------------------------------------------------- speed


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ["Une phrase de plus, sans fin. ", "« ", "公司表示，今年的收入增长了百分之三十。", " ", "\n", "M. "]
)
def test_time_grows_with_the_length_and_not_with_its_square(text: str) -> None:
    short, long = (text * (length // len(text)) for length in (20_000, 160_000))

    assert grows_within(40, lambda: lambda: split(short, "fr"), lambda: lambda: split(long, "fr"), least_s=0.005)
