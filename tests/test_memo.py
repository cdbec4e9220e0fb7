"""What was worked out is kept: where the keys of a row stand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from summarizer.ground.reading.memo import Places


@given(st.lists(st.sampled_from(["a", "b", "c", ""])))
def test_each_key_stands_where_the_row_has_it(row: list[str]) -> None:
    places = Places(row)
    assert sorted(places) == sorted(set(row))
    for key in ("a", "b", "c", "", "d"):
        assert places.of(key) == places.of(key) == [at for at, other in enumerate(row) if other == key]
        assert (key in places) == (key in row)
