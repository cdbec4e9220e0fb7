"""The work of a child process: it takes looks at claims, and drives the flows of whole articles but for their requests.

A question is a frame: eight bytes that say how long it is, and a pickle of (number, what is told). It is a look, with
no number; an article, which begins the flow of that number; the outcomes of what that flow asked last; or None, which
ends it. The answer is a frame too, a pickle of (seconds, answer): what a look found; the requests of a flow; how it
ended, or the error. None says that it was not to be done here: the parent does it once more, so that what is raised is
raised there.
"""

from __future__ import annotations

import gc
import pickle
import struct
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from summarizer.batch.ended import Ended, ended
from summarizer.errors import SummarizerError
from summarizer.pipeline import Flow, Found, Outcome, asking
from summarizer.records import Article, Request, Result
from summarizer.shape import ReplyFormat

LENGTH = struct.Struct(">Q")
# Flows leave few circles behind: to search for them often would find nothing.
_OBJECTS_A_LOOK = 100_000


@dataclass(frozen=True, slots=True)
class Orders:
    """What a child is told before anything else.

    Attributes:
        make: Describes how an article becomes a result.
        wants_results: Whether results are told themselves, not only what is kept of them.
        reads_units: Whether the provider reads the units of requests, not their messages alone.
    """

    make: Callable[[Article], Flow[Result[Any]]]
    wants_results: bool
    reads_units: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """The requests of a flow.

    Attributes:
        requests: Without the shapes of their replies, which are large, few, and sent once.
        shapes: For each request the number of its shape.
        new: The shapes that were not sent before, by number.
    """

    requests: tuple[Request, ...]
    shapes: tuple[int, ...]
    new: dict[int, ReplyFormat | None]


Answer = Found | Asked | Ended | SummarizerError | None


class Desk:
    """Drives flows, each as far as its next requests.

    Args:
        orders: What is done; None where this process cannot do it, and only takes looks.
    """

    def __init__(self, orders: Orders | None) -> None:
        self._orders = orders
        self._flows: dict[int, Generator[tuple[Request, ...], tuple[Outcome, ...], Result[Any]]] = {}
        self._shapes: dict[int, tuple[int, ReplyFormat | None]] = {}

    @property
    def under_way(self) -> int:
        """How many flows wait for outcomes."""
        return len(self._flows)

    def answer(self, number: int | None, told: Any) -> Answer:
        """Answer one question; see the module."""
        if number is None:
            found: Found = told()
            return found
        assert self._orders is not None
        flow = self._flows.pop(number, None)
        if told is None:
            return None
        try:
            if flow is None:
                flow = asking(self._orders.make(told))
                requests = next(flow)
            else:
                requests = flow.send(told)
        except StopIteration as stop:
            return ended(stop.value, is_wanted=self._orders.wants_results)
        except SummarizerError as error:
            return error
        self._flows[number] = flow
        return self._asked(requests)

    def _asked(self, requests: tuple[Request, ...]) -> Asked:
        assert self._orders is not None
        shapes: list[int] = []
        new: dict[int, ReplyFormat | None] = {}
        for request in requests:
            known = self._shapes.get(id(request.format))
            if known is None:  # kept, so that no other one is ever found under its identity
                known = self._shapes[id(request.format)] = len(self._shapes), request.format
                new[known[0]] = request.format
            shapes.append(known[0])
        # The first unit says which part of an article is meant.
        most = None if self._orders.reads_units else 1
        plain = tuple(replace(request, format=None, units=request.units[:most]) for request in requests)
        return Asked(plain, tuple(shapes), new)


def serve(asked: BinaryIO, told: BinaryIO) -> None:
    """Answer questions until there are no more.

    Args:
        asked: Where they come from: first the orders, a pickle within a pickle, or None.
        told: Where answers go: first whether the orders can be followed.

    Raises:
        EOFError: There are no more.
    """
    orders = _orders(_read(asked))
    desk = Desk(orders)
    gc.freeze()
    gc.set_threshold(_OBJECTS_A_LOOK)
    _write(told, pickle.dumps(orders is not None))
    while True:
        data = _read(asked)
        began = time.perf_counter()
        try:
            answer = desk.answer(*pickle.loads(data))  # noqa: S301 - of our parent
            found = pickle.dumps((time.perf_counter() - began, answer), pickle.HIGHEST_PROTOCOL)
        except Exception:  # noqa: BLE001 - the parent raises it
            found = pickle.dumps((time.perf_counter() - began, None), pickle.HIGHEST_PROTOCOL)
        _write(told, found)


def _orders(data: bytes) -> Orders | None:
    """Return the orders; None where a class in them is not found here, since it is that of a script."""
    try:
        orders: Orders | None = pickle.loads(data)  # noqa: S301 - of our parent
    except Exception:  # noqa: BLE001 - a module of the caller's may raise anything
        return None
    return orders


def _read(asked: BinaryIO) -> bytes:
    (length,) = LENGTH.unpack(_exactly(asked, LENGTH.size))
    return _exactly(asked, length)


def _exactly(asked: BinaryIO, length: int) -> bytes:
    data = asked.read(length)
    if len(data) < length:
        raise EOFError
    return data


def _write(told: BinaryIO, data: bytes) -> None:
    told.write(LENGTH.pack(len(data)) + data)
    told.flush()
