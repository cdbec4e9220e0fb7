"""Which sentences of an article are central: how `extractive` weighs and picks them.

How a sentence is weighed, all of it in time linear in the article's length:

* Centrality: LexRank (Erkan & Radev, "LexRank: Graph-based Lexical Centrality as Salience in Text Summarization", JAIR
  22, 2004) ranks sentences by a random walk over their tf-idf cosines. Undamped, that walk rests on each sentence in
  proportion to its degree, and a sentence's cosines to all others add up to one product with the sum of all vectors,
  the centroid of Radev et al. ("Centroid-based summarization of multiple documents", IPM 40, 2004). No matrix is built.
* Position: news says it first; the first sentences count up to 2.5 times, and after ten the place says nothing.
* Redundancy: a sentence counts less the nearer it is to one already picked (maximal marginal relevance: Carbonell &
  Goldstein, SIGIR 1998). Worth only falls, so a heap re-weighs few sentences for each pick (Minoux 1978).
* Form: quotations and sentences that lean on the one before count less; questions, fragments, addresses and bylines are
  taken only where nothing else is left.

Measured on development sets, ROUGE-1 / ROUGE-2 / ROUGE-L (F1, words case-folded, not stemmed; 60 words, 120 on the two
long sets; lead: the first sentences that fit, random: any that fit):

    set (articles)          picked here         lead                random
    CNN/DM BUMP (97)        37.4 / 15.7 / 25.2  35.2 / 14.6 / 23.2  26.5 /  7.6 / 16.3
    OrangeSum, fr (285)     28.6 /  9.6 / 18.9  27.7 /  9.1 / 18.0  24.2 /  6.5 / 15.5
    SummEval (50)           33.8 / 11.5 / 22.8  34.2 / 12.3 / 23.2  25.9 /  6.8 / 17.2
    RealSumm (51)           38.7 / 15.3 / 25.1  37.0 / 14.0 / 23.5  30.2 / 10.0 / 19.8
    XSum EntFA (150)        18.8 /  3.2 / 12.5  18.9 /  2.9 / 12.2  16.6 /  2.8 / 11.5
    SQuALITY (30)           22.7 /  3.6 / 12.2  18.5 /  2.8 /  9.7  19.1 /  2.2 / 10.3
    QMSum (20)              18.5 /  1.4 / 11.2  15.8 /  2.1 /  9.7  16.5 /  1.1 / 10.0
    mean of the sets        28.4 /  8.6 / 18.3  26.8 /  8.3 / 17.1  22.7 /  5.3 / 14.4

Of the alternatives tried on the same sets, damped PageRank, LexRank over a thresholded graph and mean word weight
ranked no better than the degree; a lead bias that is wider or stronger, and a penalty on length, lost on one set what
they won on another. At 120 words lead and this are level on news. One megabyte of meetings (12,000 sentences) takes
0.7 s (`benchmarks/extractive.py`).
"""

from __future__ import annotations

import heapq
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from summarizer.errors import ArticleError, Unreadable
from summarizer.records import Unit
from summarizer.schema import says_something
from summarizer.words import DENSE, DENSE_RUN, count_words

# --------------------------------------------------------------------------------------------------- words and vectors

# Vowel signs are no word characters to `re`; without them a word of Hindi, Hebrew or Arabic would fall apart.
_SIGNS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
_WORDS = re.compile(f"[{DENSE}]+|(?:[^\\W_{DENSE}]|[{_SIGNS}])+")

# Beyond this, rarity adds nothing. On long articles it lets the theme win over odd words: QMSum ROUGE-1 15.0 to 17.3.
_MAX_IDF = 3.0


def _runs(text: str) -> list[str]:
    return _WORDS.findall(unicodedata.normalize("NFKC", text).casefold())


def _terms(runs: Iterable[str]) -> Iterator[str]:
    """Yield what two sentences are compared by: words, or pairs of characters where no space parts words."""
    for run in runs:
        if len(run) > 2 and DENSE_RUN.match(run):
            yield from (run[at : at + 2] for at in range(len(run) - 1))
        else:
            yield run


_Vector = dict[str, float]


def _vectors(counts: Sequence[Counter[str]]) -> list[_Vector]:
    """Turn the terms of each unit into a tf-idf vector of length one."""
    frequency = Counter(term for count in counts for term in count)
    # With each term, the one text that stands for it everywhere: a million others need not be kept.
    idf = {term: (term, min(_MAX_IDF, math.log(1 + len(counts) / many))) for term, many in frequency.items()}
    return [_of_length_one((*idf[term], many) for term, many in count.items()) for count in counts]


def _of_length_one(terms: Iterable[tuple[str, float, int]]) -> _Vector:
    vector = {term: (1 + math.log(many)) * rarity for term, rarity, many in terms}
    norm = math.sqrt(sum(value * value for value in vector.values()))
    return {term: value / norm for term, value in vector.items()}


def _dot(one: _Vector, other: _Vector) -> float:
    if len(one) > len(other):
        one, other = other, one
    return sum(value * other.get(term, 0.0) for term, value in one.items())


def _centrality(vectors: Sequence[_Vector]) -> list[float]:
    """Sum of each vector's cosines to all others, as a share of the largest such sum."""
    total: defaultdict[str, float] = defaultdict(float)
    for vector in vectors:
        for term, value in vector.items():
            total[term] += value
    degrees = [max(0.0, sum(value * total[term] for term, value in vector.items()) - 1) for vector in vectors]
    most = max(degrees, default=0.0)
    # Where no two units share a word, only their place and form can tell them apart.
    return [degree / most + 1e-6 for degree in degrees] if most > 1e-9 else [1.0] * len(degrees)


# ------------------------------------------------------------------------------------------------------ place and form

_ENDS = frozenset(".!?…。！？．｡؟۔।॥։።")
_CLOSING = " \t\r\n\"'”’»›)]）」』】"
_OPENING = frozenset("\"“”«»„‘'「『")
# An address that a sentence shows; one behind a link of Markdown it does not: [the report](https://...).
_NOISE = re.compile(r"(?<!\]\()(?:https?://|\bwww\.)|\w@\w|©", re.IGNORECASE)

# What stands behind a full stop, also in Markdown: **...**[^1]
_TRAILING = re.compile(rf"(?:\[\^?[^\]\s]{{1,40}}\]|[¹²³⁰⁴-⁹*_~{re.escape(_CLOSING)}]|</\w{{1,10}}>)+$")
_TAIL_CHARS = 80
# What is no sentence there: code, a row of a table, a footnote, a comment.
_NO_SENTENCE = re.compile(r"```|~~~|\[\^[^\]\s]+\]:|\|.*\|$|<!--", re.DOTALL)

# With fewer words than this, a sentence says little, or is none.
_LEAST_WORDS = 6

# Words that begin a sentence which leans on the one before: "He", "However", "Cette"; those that begin few others.
_LEANING = """
    he she it they this these those that but and however so then his her their its such also meanwhile instead because
    il elle ils elles ce cette ces cela ça mais et cependant toutefois donc puis ainsi alors celui celle ceux celles car
    er sie es dies diese dieser dieses aber und doch jedoch denn dann deshalb daher seine ihre dabei damit zudem
    él ella ellos ellas esto esta este estos estas pero y sin entonces además su sus
    lui lei essi questo questa questi queste ma però quindi inoltre lo
    ele ela eles elas isto isso mas porém então além
"""
_LEANING_WORDS = frozenset(_LEANING.split())


def _place(at: int) -> float:
    return 1 + 1.5 * math.exp(-at / 2)


def _end(text: str) -> str:
    """Return the last character of a sentence, without the marks and quotation marks behind it."""
    end = text[-1:]
    return end if end in _ENDS or end.isalpha() else _TRAILING.sub("", text[-_TAIL_CHARS:])[-1:]


def _is_pointed(text: str) -> bool:
    return _end(text) in _ENDS


def _is_complete(text: str, length: int) -> bool:
    """Whether a unit is a statement of some length: no heading, byline, question, address, code or row of a table."""
    return length >= _LEAST_WORDS and _end(text) not in "?？؟" and not _is_noise(text)


def _is_noise(text: str) -> bool:
    return bool(_NO_SENTENCE.match(text) or _NOISE.search(text))


def _standing(text: str, first_word: str) -> float:
    """How well a unit stands without the units around it, in (0, 1]."""
    quoted = 0.7 if text[:1] in _OPENING else 1.0  # the speaker often stands elsewhere
    return quoted * (0.8 if first_word in _LEANING_WORDS else 1.0)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The units of one request, weighed.

    Attributes:
        units: Those that can be a claim.
        lengths: Their words.
        vectors: What they are compared by.
        weights: Centrality, place and form in one number.
        complete: Whether a unit is a statement of its own.
        heading: Whether the first unit is the article's own headline.
    """

    units: Sequence[Unit]
    lengths: Sequence[int]
    vectors: Sequence[_Vector]
    weights: Sequence[float]
    complete: Sequence[bool]
    heading: bool


def rank(units: Sequence[Unit], /) -> Ranking:
    """Weigh units.

    Raises:
        Unreadable: None says anything.
    """
    code = _code(units)
    units = [unit for unit in units[_front_matter(units) :] if says_something(unit.text)]
    if not units:
        raise Unreadable("the article has no sentence to pick: none holds words and only whole characters")
    texts = [unit.text for unit in units]
    counts, first_words = [], []
    for text in texts:  # of a long article the words are not kept
        runs = _runs(text) or [text]
        counts.append(Counter(_terms(runs)))
        first_words.append(runs[0])
    lengths = [count_words(text) for text in texts]
    vectors = _vectors(counts)
    weights = [
        central * _place(at) * _standing(text, first)
        for at, (central, text, first) in enumerate(zip(_centrality(vectors), texts, first_words, strict=True))
    ]
    pointed = [_is_pointed(text) for text in texts]
    complete = [unit.number not in code and _is_complete(unit.text, lengths[at]) for at, unit in enumerate(units)]
    heading = units[0].number not in code and _is_heading(units, lengths, pointed)
    if 2 * sum(pointed) >= len(pointed):  # Thai, and lists, have no full stops to tell sentences by
        complete = [whole and point for whole, point in zip(complete, pointed, strict=True)]
    return Ranking(units, lengths, vectors, weights, complete, heading)


def _code(units: Sequence[Unit]) -> set[int]:
    """Return the numbers of the units that are code of Markdown: from a line of marks to the next, if there is one."""
    found = set[int]()
    opened: int | None = None
    for unit in units:
        if unit.text.count("```") % 2:
            found.update(range(unit.number if opened is None else opened, unit.number + 1))
            opened = unit.number if opened is None else None
    return found


def _front_matter(units: Sequence[Unit]) -> int:
    """How many units a Markdown file begins with that say something of it: a block between two lines of marks."""
    mark = units[0].text[:3] if units else ""
    if mark in ("---", "+++"):
        for at, unit in enumerate(units[:-1], start=1):
            if unit.paragraph != units[0].paragraph:
                break
            if unit.text.splitlines()[-1] == mark:
                return at
    return 0


def _is_heading(units: Sequence[Unit], lengths: Sequence[int], pointed: Sequence[bool]) -> bool:
    """Whether the article begins with a line of its own, short and without a full stop, above whole sentences."""
    alone = units[-1].paragraph != units[0].paragraph and all(
        unit.paragraph != units[0].paragraph for unit in units[1:2]
    )
    return alone and not pointed[0] and 4 <= lengths[0] <= _HEADLINE_WORDS and not _is_noise(units[0].text)


# ------------------------------------------------------------------------------------------------------------- picking

Fits = Callable[[str], bool]

# A sentence this near to one that is picked (cosine 0.8) says it again.
_LEAST_NOVELTY = 0.2

# A sentence loses as a headline in proportion to its words above this number. One sentence on the five news sets, mean
# of ROUGE-1, 2 and L: 16.3 at 8, 17.5 at 16, 18.3 at 24, 18.6 at 32, 18.8 without a bound; the first sentence 16.4.
_HEADLINE_WORDS = 32


class Picker:
    """Picks units that are central and say different things, no unit twice while there are others."""

    def __init__(self, ranking: Ranking) -> None:
        self._ranking = ranking
        self._used: list[int] = []

    def headline(self, fits: Fits, path: str) -> Unit:
        """Pick one central and short unit; the article's own headline competes.

        Args:
            fits: Whether a text may stand in the field.
            path: The field, for people.

        Raises:
            ArticleError: No unit fits.
        """
        return self._take([self._brief(self._candidates(fits, path, heading=self._ranking.heading))])[0]

    def several(
        self, words: int, least: int, most: int, fits: Fits, path: str, *, shown: Collection[int] = ()
    ) -> list[Unit]:
        """Pick units, in the order of the article.

        Args:
            words: Length of all of them together; exceeded only by a single unit, or for the sake of `least`.
            least: Number of units; repeated when there are too few.
            most: Number of units.
            fits: Whether a text may stand in the field.
            path: The field, for people.
            shown: Numbers of units that stand elsewhere: they may be picked again, but not alone.

        Raises:
            ArticleError: No unit fits.
        """
        if most <= 0:
            return []
        free = self._candidates(fits, path)
        words = min(words, sum(self._ranking.lengths) // 2)  # more than half of an article would be its copy
        picked = self._greedy(free, words, most)
        others = [at for at in free if self._ranking.units[at].number not in shown]
        if others and not set(picked) & set(others):
            picked = self._greedy(others, words, most) or [self._brief(others)]
        picked = picked or [self._brief(free)]
        if len(picked) < least:
            rest = [at for at in self._by_weight(self._fitting(fits, path)) if at not in picked]
            picked = (picked + rest)[:least]
            picked = [picked[index % len(picked)] for index in range(least)]
        return self._take(sorted(picked))

    def best(self, fits: Fits, path: str) -> Unit:
        """Return the most central unit, picked or not.

        Raises:
            ArticleError: No unit fits.
        """
        return self._ranking.units[self._by_weight(self._fitting(fits, path))[0]]

    def _take(self, picked: Sequence[int]) -> list[Unit]:
        self._used += picked
        return [self._ranking.units[at] for at in picked]

    def _fitting(self, fits: Fits, path: str) -> list[int]:
        found = [at for at, unit in enumerate(self._ranking.units) if fits(unit.text)]
        if not found:
            raise ArticleError(
                f"no sentence of the article fits {path or 'the schema'}: allow longer or shorter text there, or use a"
                " language model"
            )
        return found

    def _candidates(self, fits: Fits, path: str, *, heading: bool = False) -> list[int]:
        """Return the units that fit: whole statements that are not used before others, unused ones before used ones."""
        fitting = self._fitting(fits, path)
        used = set(self._used)
        unused = [at for at in fitting if at not in used]
        whole = [at for at in unused if self._ranking.complete[at] or (heading and at == 0)]
        return whole or unused or fitting

    def _by_weight(self, free: Iterable[int]) -> list[int]:
        return sorted(free, key=lambda at: (not self._ranking.complete[at], -self._ranking.weights[at], at))

    def _brief(self, free: Iterable[int]) -> int:
        """Return the best unit where length counts against it."""
        weights, lengths = self._ranking.weights, self._ranking.lengths
        return max(free, key=lambda at: (weights[at] * min(1.0, _HEADLINE_WORDS / lengths[at]), -at))

    def _greedy(self, free: Sequence[int], words: int, most: int) -> list[int]:
        """Pick the worthiest unit that still fits, again and again, and none that says again what is picked."""
        picked: list[int] = []
        said = list(self._used)
        novelty = dict.fromkeys(free, 1.0)
        compared = dict.fromkeys(free, 0)

        def worth(at: int) -> float:
            for other in said[compared[at] :]:
                novelty[at] = min(novelty[at], 1 - _dot(self._ranking.vectors[at], self._ranking.vectors[other]))
            compared[at] = len(said)
            return self._ranking.weights[at] * max(0.0, novelty[at])

        heap = [(-worth(at), at) for at in free]
        heapq.heapify(heap)
        while heap and len(picked) < most:
            _, at = heapq.heappop(heap)
            if self._ranking.lengths[at] > words:
                continue
            now = worth(at)
            if heap and now < -heap[0][0]:
                heapq.heappush(heap, (-now, at))
            elif novelty[at] >= _LEAST_NOVELTY:
                picked.append(at)
                said.append(at)
                words -= self._ranking.lengths[at]
        return picked
