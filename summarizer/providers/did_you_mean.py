"""What a wrong name of a model may have been meant for, at the end of a message."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_MOST = 3


def meant(name: str, names: Iterable[str]) -> str:
    """Ask whether one of the nearest names was meant; empty where none is near."""
    folded = {one.lower(): one for one in sorted(names)}
    return _asked(folded[near] for near in get_close_matches(name.lower(), folded, _MOST))


def meant_with_a_door(model: str) -> str:
    """Ask whether another door was meant by a name that has a wrong one or none; say how servers are named."""
    door, colon, name = model.partition(":")
    if name:
        near = get_close_matches(door.lower(), ("openai", "azure", "local"), 1)
        return _asked(f"{one}:{name}" for one in near) or (
            f"; a server with OpenAI's API, such as Ollama's or Gemini's, is asked as 'openai:{name}' with its base URL"
        )
    if colon or not model:
        return ""
    if near := get_close_matches(model.lower(), ("extractive",), 1):
        return _asked(near)
    return _asked([f"local:{model}" if model.lower().endswith(".gguf") else f"openai:{model}"])


def _asked(names: Iterable[str]) -> str:
    found = " or ".join(map(repr, names))
    return f"; did you mean {found}?" if found else ""
