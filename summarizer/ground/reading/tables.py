"""The tables of words that the checks go by: `ground/data`."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

_DATA = files("summarizer.ground").joinpath("data")


def read_data(name: str) -> Any:
    """Read a table, named by its path without the ending: `cast`, `numbers/fr`."""
    return json.loads(_DATA.joinpath(*f"{name}.json".split("/")).read_text("utf-8"))


def names(folder: str) -> frozenset[str]:
    """Return the names of the tables in a folder."""
    items = [item.name for item in _DATA.joinpath(folder).iterdir()]
    return frozenset(name.removesuffix(".json") for name in items if name.endswith(".json"))
