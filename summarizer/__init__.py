"""Summaries you can trust.

Every sentence of a summary names the sentences of the article it rests on, and code checks that they say it.

    import summarizer

    result = summarizer.summarize("OpenAI envisage de lever 100 milliards de dollars...", model="openai:gpt-5-mini")
    result.summary.text, result.grounded
"""

from __future__ import annotations

__version__ = "0.1.0"
