"""How each fault of the table must end, whoever meets it: the door, a summary or the command line.

One line a fault: its name, what the server does, and the word for how it ends (`ok` is a summary).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from summarizer import errors
from summarizer.errors import SummarizerError, Unavailable

_PLACES = {
    "The connection": """
        reset | resets the connection | unavailable
        close | closes the connection without an answer | unavailable
        hang | never answers | unavailable
        reset_half | resets the connection in the middle of its answer | unavailable
        close_half | closes the connection in the middle of its answer | unavailable
        hang_half | stops in the middle of its answer | unavailable
        drip | sends a byte now and then | unavailable
        endless | sends a body without an end | bad_response
        endless_chunks | sends chunks without an end | bad_response
        blanks | sends a blank now and then, for ever | unavailable
    """,
    "The head of the answer": """
        no_http | speaks another protocol | unavailable
        garbage | sends bytes that mean nothing | unavailable
        status_word | has words in the place of the status | unavailable
        half_head | closes the connection within a header | unavailable
        hang_head | stops within a header | unavailable
        drip_head | sends a header now and then, for ever | unavailable
        endless_head | sends headers without an end | unavailable
        huge_header | sends one header of a megabyte | unavailable
        length_negative | announces less than nothing | unavailable
        length_two | announces two lengths | unavailable
        length_huge | announces 100 gigabytes | bad_response
        length_short | sends more than it announced | bad_response
        continue_forever | says `100 Continue` for ever | unavailable
        upgrade | wants to change the protocol | unavailable
        fold | sends a header that is none | unavailable
        chunk_size | sends a chunk without a size | unavailable
        chunk_end | ends within the chunks | unavailable
    """,
    "A status that may pass": """
        408 | timed out itself | unavailable
        409 | sees a conflict | unavailable
        500 | failed | unavailable
        502 | is a gateway to one that failed, and says so in HTML | unavailable
        503 | is overloaded | unavailable
        504 | is a gateway to one that is late, and says nothing | unavailable
        520 | fails in its provider's own way | unavailable
        529 | is overloaded in its provider's own way | unavailable
        429 | is asked too often | rate_limited
        429_seconds | asks to wait some seconds | rate_limited
        429_ms | asks to wait some milliseconds | rate_limited
        429_date | asks to wait until a date | rate_limited
        429_nan | asks to wait for `NaN` seconds | rate_limited
        429_negative | asks to wait for less than no time | rate_limited
        429_hour | asks to wait an hour: longer than we do | rate_limited
    """,
    "A status that stays": """
        quota | has a 429 for an account without credit | quota
        402 | wants to be paid | quota
        400 | refuses the request | bad_request
        400_text | refuses it in plain words | bad_request
        401 | refuses the key | unauthorized
        403 | refuses the country | unauthorized
        404 | knows no such model | unknown_model
        405 | has nothing to ask at this URL | unknown_model
        413 | finds the request too large | too_long
        422 | knows no such field | unsupported
        400_key | refuses the key with a 400 | unauthorized
        context | finds the prompt longer than the window (OpenAI) | too_long
        context_llama | the same (llama.cpp) | too_long
        context_vllm | the same (vLLM) | too_long
        filter_prompt | filters the prompt | filtered
        redirect_loop | redirects to itself | bad_response
        redirect_away | redirects to another server | bad_response
        204 | has no content | bad_response
        teapot | is a teapot | bad_request
    """,
    "The body": """
        gzip | packs the answer unasked | bad_response
        gzip_bomb | packs 256 MiB into 262 kB | bad_response
        gzip_bomb_500 | packs them into an error | bad_response
        large | sends 8 MiB of blanks and then the answer | bad_response
        swarm | sends 60,000 empty objects | bad_response
        many_keys | sends an object of 30,000 fields | bad_response
        empty | sends nothing | bad_response
        html | sends a web page | bad_response
        events | streams events that nobody asked for | bad_response
        cut_json | cuts the JSON | bad_response
        two_objects | sends two JSON objects | bad_response
        array | sends an array | bad_response
        null | sends `null` | bad_response
        number | sends a number | bad_response
        bad_utf8 | sends what is no UTF-8 | bad_response
        utf16 | sends UTF-16 | bad_response
        key_twice | writes a key twice | bad_response
        nan | writes `NaN` | bad_response
        infinity | writes `-Infinity` | bad_response
        deep | nests 100,000 lists | bad_response
        digits | writes a number of 5,000 digits | bad_response
        surrogate | writes half a character | bad_response
        error_200 | reports a bad gateway with status 200 | unavailable
        error_200_key | refuses the key with status 200 | unauthorized
        error_200_empty | does so beside an empty list of replies | unavailable
        error_200_text | reports an error with status 200, in plain words | bad_response
    """,
    "The completion": """
        no_choices | sends no reply | bad_response
        null_choices | sends `null` for replies | bad_response
        two_choices | sends two replies | bad_response
        text_choices | sends a text for replies | bad_response
        null_message | sends `null` for the message | bad_response
        null_content | sends `null` for its text | bad_response
        empty_content | sends an empty text | bad_response
        number_content | sends a number for the text | bad_response
        refusal | says that the model declines | refused
        length | cuts the reply at its length limit | truncated_output
        length_upper | the same, in another word | truncated_output
        filter | filters the reply | filtered
        broken_off | fails in the middle of the reply, and sends what it has | unavailable
        overloaded | stops the reply for want of resources | unavailable
        input_cut | read 40 tokens of the prompt, and says so in the usage only | truncated_input
        repeats | repeats a sentence 20,000 times | bad_response
        repeats_blank | repeats blanks 50,000 times | bad_response
        babble | writes 2 MiB where 1,080 tokens were allowed | bad_response
        other_model | answers by another model | ok, with a warning
        no_reason | does not say why the reply ended | ok, with a warning
        no_usage | does not say how much it read | ok, with a warning
        odd_usage | says so in words and negative numbers | ok, with a warning
        no_model | does not say which model answers | ok
    """,
    "The model's own text": """
        trailing | writes on behind the object | invalid
        prose | writes no object | invalid
        cut_text | writes half an object | invalid
        crossed | gets the reply to another request | ok, in the article's own words
        fenced | puts the object into a code fence | ok
        thinking | thinks aloud first | ok
    """,
    "Odd, and fine": """
        silent_close | closes the connection after the answer | ok
        chunks | sends chunks with extensions and a trailer | ok
        until_close | ends the body by closing the connection | ok
        early_words | says `100` and `103` first | ok
        stop_upper | writes `STOP` | ok
        blank_first | starts with blank lines | ok
        byte_order_mark | starts with a byte order mark | ok
    """,
}


@dataclass(frozen=True)
class Ending:
    """How a fault must end.

    Attributes:
        place: Where the fault is.
        does: What the server does.
        outcome: Our word for it; `ok` is a summary.
        note: What is special about that summary.
    """

    place: str
    does: str
    outcome: str
    note: str


def _endings() -> Iterator[tuple[str, Ending]]:
    for place, lines in _PLACES.items():
        for line in lines.strip().splitlines():
            name, does, end = (part.strip() for part in line.split("|"))
            outcome, _, note = end.partition(", ")
            yield name, Ending(place, does, outcome, note)


ENDINGS: dict[str, Ending] = dict(_endings())

# The error that stands for an outcome; of several, the general one.
KINDS: dict[str, type[SummarizerError]] = {
    kind.outcome: kind
    for kind in reversed([kind for kind in vars(errors).values() if isinstance(kind, type)])
    if issubclass(kind, SummarizerError)
}
# The faults that are errors of the summary, and the error of each.
FAILING: dict[str, type[SummarizerError]] = {
    name: KINDS[ending.outcome] for name, ending in ENDINGS.items() if ending.outcome != "ok"
}
# What never ends is ended by its deadline. Everything else has one that the busiest machine keeps, so that whatever
# ends before it ended by itself.
SHORT_S, LONG_S = 1.0, 120.0
_ENDLESS = frozenset({"hang", "hang_half", "drip", "blanks", "hang_head", "drip_head", "continue_forever"})

T = TypeVar("T")


def deadlines_s(fault: str) -> tuple[float, ...]:
    """Return the deadlines to try for a request that meets a fault, the shortest first."""
    return (SHORT_S, 8.0, 64.0) if fault in _ENDLESS else (LONG_S,)


def in_time(fault: str, meet: Callable[[float], T]) -> T:
    """Meet a fault under the first deadline that this machine keeps for all that is to be answered.

    Args:
        fault: Its name.
        meet: Takes the deadline; raises `Unavailable` where that came before what was to be answered or sent.
    """
    *shorter, last = deadlines_s(fault)
    for deadline_s in shorter:
        with contextlib.suppress(Unavailable):
            return meet(deadline_s)
    return meet(last)


def must_be_met(times: int) -> None:
    """Say that a deadline came before anything was sent.

    Args:
        times: How often the server was asked.
    """
    if times == 0:
        raise Unavailable("nothing was sent in time")
