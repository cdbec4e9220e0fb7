"""The flow from an article to a result, without any input or output.

A flow is a generator: it yields tuples of questions, to be answered together, and is sent one outcome for each: of a
request a completion or the error in its place, of a look at claims what it found. It never waits, reads a clock or
looks at the environment, so one description of the work serves a script, an async app, a batch and a test. `run` and
`arun` drive it against a provider.
"""

from __future__ import annotations

from summarizer.pipeline.drive import Choice, Flow, Found, Look, Outcome, Question, answering, arun, asking, begun, run
from summarizer.pipeline.flow import check, lay_out, summarize
from summarizer.pipeline.mend import Mended
from summarizer.pipeline.task import Measure, OnUnsupported, Task
from summarizer.pipeline.write import NO_MODEL

__all__ = [
    "NO_MODEL",
    "Choice",
    "Flow",
    "Found",
    "Look",
    "Measure",
    "Mended",
    "OnUnsupported",
    "Outcome",
    "Question",
    "Task",
    "answering",
    "arun",
    "asking",
    "begun",
    "check",
    "lay_out",
    "run",
    "summarize",
]
