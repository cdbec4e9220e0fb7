"""What a check looks at: one claim, the units it cites, and the article around them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from summarizer.ground.reading.text import Passage
from summarizer.ground.reading.view import ArticleView
from summarizer.records.quick import quick

T = TypeVar("T")


@quick
@dataclass(frozen=True, slots=True)
class Case:
    """One claim and what it rests on.

    Attributes:
        claim: The claim's text, in the language of the summary.
        path: JSON pointer of the claim in the summary.
        cites: Numbers of existing units, ascending, each once.
        evidence: Those units.
        missing: Numbers that the claim cites and the article does not have.
        article: All units.
        asked_language: The language the summary was asked to be in (ISO 639-1), or None for the article's.
        guessed: Whether the claim cites nothing, so that its evidence is what a search found: nobody says that it rests
            on these units alone.
        crosses_languages: Whether claim and article are known to be in different languages: then only numbers, names
            and what the tables have in both compare.
    """

    claim: Passage
    path: str
    cites: tuple[int, ...]
    evidence: tuple[Passage, ...]
    missing: tuple[int, ...]
    article: ArticleView
    asked_language: str | None = None
    guessed: bool = False
    crosses_languages: bool = False

    @classmethod
    def of(
        cls, claim: Passage, cites: Iterable[int], article: ArticleView, *, path: str = "", asked: str | None = None
    ) -> Case:
        """Make the case of a claim that cites these unit numbers, whether they exist or not."""
        there, missing = article.sorted_out(cites)
        crosses = claim.language is not None and article.language not in (None, claim.language)
        evidence = tuple(map(article.passage, there))
        return cls(claim, path, there, evidence, missing, article, asked, crosses_languages=crosses)

    def there(self, analyze: Callable[[Passage], frozenset[T]]) -> frozenset[T]:
        """Return all that an analysis finds in the evidence."""
        if len(self.evidence) == 1:
            return self.evidence[0].once(analyze)
        return frozenset().union(*[passage.once(analyze) for passage in self.evidence])

    def citing(self, cites: Iterable[int]) -> Case:
        """Return the same claim with other cites."""
        there, missing = self.article.sorted_out(cites)
        evidence, guessed = tuple(map(self.article.passage, there)), self.guessed or not (self.cites or self.missing)
        return Case(
            *(self.claim, self.path, there, evidence, missing, self.article, self.asked_language, guessed),
            crosses_languages=self.crosses_languages,
        )
