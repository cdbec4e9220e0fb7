"""A lock that is wanted at any time: by calls that the garbage collector ends, too."""

from __future__ import annotations

import asyncio
import gc
import threading
from decimal import Decimal

from summarizer import Budget, Completion, Limits, Request, Summarizer
from summarizer.providers.gate import Gate, Turn
from summarizer.providers.scripted import ScriptedProvider
from summarizer.providers.settling import Settling
from summarizer.records import Usage

ARTICLE = "The council voted on Tuesday to repair the dam. The work will cost 40 million dollars."


def test_what_is_settled_while_its_thread_holds_the_lock_waits_until_it_lets_go() -> None:
    lock, settled = Settling(), list[str]()

    with lock:
        lock.settle(lambda: settled.append("a call"))
        before = list(settled)

    assert (before, settled) == ([], ["a call"])


def test_what_is_settled_while_another_thread_holds_the_lock_is_settled_by_it() -> None:
    lock, settled = Settling(), list[str]()

    with lock:
        other = threading.Thread(target=lock.settle, args=(lambda: settled.append(threading.current_thread().name),))
        other.start()
        other.join()

    assert settled == [threading.current_thread().name]


def test_a_call_that_ends_while_its_thread_is_at_the_gate_holds_nobody_up() -> None:
    def clock() -> float:
        if left:
            gate.leave(left.pop())  # as the collector does, whenever it likes
        return 0.0

    left = list[Turn]()
    gate = Gate(Limits(), clock=clock)
    left.append(gate.enter(1.0))
    later = threading.Thread(target=gate.enter, args=(1.0,), daemon=True)
    later.start()
    later.join(20)

    assert not later.is_alive()
    assert gate.in_flight == 1


class Endless(ScriptedProvider):
    """Never comes to an end in an event loop."""

    begun = asyncio.Barrier(4)

    def most(self, usage: Usage) -> Usage:
        return Usage(1, 10, 0, 10, 0, Decimal("0.5"))

    async def acomplete(self, request: Request, /) -> Completion:
        await self.begun.wait()
        await asyncio.sleep(3600)
        return self.complete(request)


def test_calls_that_were_left_in_a_closed_loop_are_counted_and_hold_nothing_back() -> None:
    provider = Endless()
    summarizer = Summarizer(provider, budget=Budget(max_cost_usd=3))
    loop = asyncio.new_event_loop()

    async def leave_behind() -> None:
        tasks.extend(loop.create_task(summarizer.asummarize(ARTICLE)) for _ in range(3))
        await provider.begun.wait()

    tasks = list[asyncio.Task[object]]()
    loop.run_until_complete(leave_behind())
    loop.close()
    tasks.clear()
    gc.collect()

    assert summarizer.budget is not None
    assert summarizer.budget.spent.cost_usd == Decimal("1.5")
    assert summarizer.summarize(ARTICLE).grounded
