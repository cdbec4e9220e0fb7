"""Texts as they come: what breaks positions, patterns and decoders, mixed with plain sentences."""

from __future__ import annotations

from hypothesis import strategies as st

SENTENCES = (
    "OpenAI envisage de lever 100 milliards de dollars, d’après Bloomberg.",
    "« Oui. Non ! », a confié M. Le Pen à J.-C. Martin.",
    "Plus de 92,3 % des 1 234,56 € viennent du P.-D.G. d’Électrane.",
    'The U.S. Army said: "Stop! Now." Then Dr. J. R. Jones left at 5 p.m.',
    "Das ist z. B. im 19. Jahrhundert so gewesen.",
    "Los EE. UU. ganaron. ¿Sí? ¡Claro!",
    "L’on. Meloni l’ha detto.",
    "公司表示，收入增长92.3%。“我们会成功。”他说。",
    "「行きます。」と彼は言った。",
    "قال المتحدث إن الشركة نمت بنسبة 92,3٪. هل هذا صحيح؟",
    "# Heading",
    "- item one",
    "2) item two",
    "no point and no capital",
)
ODDITIES = (
    "e\u0301",  # decomposed
    "\u0301",  # an accent on nothing
    "ﬁ",
    "İ",
    "ß",
    "\u00a0",
    "\u202f",
    "\u200b",
    "\u200d",
    "\u00ad",
    "\ufeff",
    "\u202eabc\u202c",
    "👩‍👩‍👧‍👦",
    "🇫🇷",
    "\U0001d54f",
    "\ud800",
    "\udfff",
    "\x00",
    "\x1f",
    "\x7f",
    ".*+?^${}()|[]\\",
    "{{ x }} {% if %} {# c #}",
    "<|endoftext|>",
    "</article>",
    "[3]",
    "`'\"“”‘’«»",
    "M.",
    "...",
    "…",
    "。",
    "a" * 300,
)
SPACES = (" ", "\n", "\r\n", "\r", "\n\n", "\r\n\r\n", "\t", "\u2028", "\u2029", "\x0b", "\x0c", "\x85", "   ", "\n \n")


def _joined(parts: list[tuple[str, str]]) -> str:
    return "".join(part + space for part, space in parts)


def texts(*, max_parts: int = 12) -> st.SearchStrategy[str]:
    """Any text at all, the blank and the empty one included."""
    parts = st.one_of(
        st.sampled_from(SENTENCES),
        st.sampled_from(ODDITIES),
        st.text(st.characters(exclude_categories=()), max_size=20),
    )
    return st.lists(st.tuples(parts, st.sampled_from(("", *SPACES))), max_size=max_parts).map(_joined)


def articles(*, max_parts: int = 12) -> st.SearchStrategy[str]:
    """Texts with something in them."""
    return texts(max_parts=max_parts).filter(lambda text: bool(text.strip().strip("\ufeff").strip()))


def scalar_texts(*, max_parts: int = 12) -> st.SearchStrategy[str]:
    """Texts that can be encoded: without lone surrogates."""
    return texts(max_parts=max_parts).map(lambda text: text.encode("utf-8", "replace").decode("utf-8"))
