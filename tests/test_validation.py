"""Whatever a tree has wrong is told, all at once, and each where it stands."""

from __future__ import annotations

import json
from enum import Enum
from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct

from generator.validation import ShapeError, ShapeProblemKind, shaped
from generator.yamltree import compose, plain


class Choice(str, Enum):
    ONE = "one"
    OTHER = "other"


class Inner(Struct, frozen=True, forbid_unknown_fields=True):
    text: Annotated[str, Meta(min_length=1, max_length=3, pattern=r"^[a-c]*\Z")]
    count: Annotated[int, Meta(gt=0, le=9)] = 1


class Outer(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    one_part: Inner
    items: Annotated[tuple[Inner, ...], Meta(min_length=1, max_length=2)] = ()
    by_name: dict[Annotated[str, Meta(pattern=r"^[a-c]+\Z")], Annotated[float, Meta(gt=0)]] = (
        msgspec.field(default_factory=dict)
    )
    some: Annotated[dict[str, Any], Meta(min_length=1)] | None = None
    choice: Choice = Choice.ONE
    flag: bool = False


LEAVES = (
    st.sampled_from(["", "a", "abc", "abcd", "x", "one", "other", True, False, None])
    | st.integers(-1, 10)
    | st.sampled_from([0.5, -0.5])
)
ANYTHING = LEAVES | st.lists(LEAVES, max_size=3) | st.dictionaries(st.just("a"), LEAVES)
INNER = st.fixed_dictionaries({}, optional={"text": ANYTHING, "count": ANYTHING, "more": LEAVES})
OUTER = st.fixed_dictionaries(
    {},
    optional={
        "one-part": INNER | LEAVES,
        "items": st.lists(INNER | LEAVES, max_size=3) | LEAVES,
        "by-name": st.dictionaries(st.sampled_from(["a", "b", "x"]), ANYTHING) | LEAVES,
        "some": ANYTHING,
        "choice": ANYTHING,
        "flag": ANYTHING,
        "one_part": LEAVES,
    },
)


@given(OUTER | ANYTHING)
def test_a_tree_is_refused_with_its_problems_or_taken(value: object) -> None:
    node = compose(json.dumps(value))
    try:
        wanted = msgspec.convert(plain(node), Outer)
    except msgspec.ValidationError:
        with pytest.raises(ShapeError) as caught:
            shaped(node, Outer, {})
        assert all(item.message and item.hint for item in caught.value.problems)
    else:
        assert shaped(node, Outer, {}) == wanted


@given(OUTER, st.data())
def test_mending_what_is_told_is_enough(value: dict[str, Any], data: st.DataObject) -> None:
    """Nothing else is wrong than what stands at the places that are told."""
    try:
        shaped(compose(json.dumps(value)), Outer, {})
    except ShapeError as error:
        problems = error.problems
    else:
        return
    mended = {**value}
    for top in {item.path[0] for item in problems if item.path}:
        mended.pop(str(top), None)
    mended["one-part"] = {"text": data.draw(st.sampled_from(["a", "bc"]))}
    assert shaped(compose(json.dumps(mended)), Outer, {})


def test_all_problems_are_told_at_once_each_in_its_place() -> None:
    text = """\
one-part: {text: abcd, more: 1}
items: []
by-name:
  a: 0
  x: 1
choice: none
flag: maybe
"""
    with pytest.raises(ShapeError) as caught:
        shaped(compose(text), Outer, {"choice": "write one or other"})
    told = [
        (item.kind, item.span.start.line, item.span.start.column, item.message, item.hint)
        for item in caught.value.problems
    ]
    wrong, unknown = ShapeProblemKind.WRONG_VALUE, ShapeProblemKind.UNKNOWN_KEY
    assert told == [
        (wrong, 1, 18, "one-part.text has more than 3 characters", "write it differently"),
        (unknown, 1, 24, 'unknown key "more"', "known: text, count"),
        (wrong, 2, 8, "items must have at least one entry", "add one"),
        (wrong, 4, 6, "by-name.a must be above 0", "write it differently"),
        (wrong, 5, 6, "by-name.x is not written as it should be", "write it differently"),
        (wrong, 6, 9, "choice must be 'one' or 'other'", "write one or other"),
        (wrong, 7, 7, "flag must be true or false", "write it differently"),
    ]


def test_a_missing_key_is_told_where_it_should_be() -> None:
    with pytest.raises(ShapeError) as caught:
        shaped(compose("items: [{count: 1}]\none-part: {text: a}"), Outer, {})
    (problem,) = caught.value.problems
    assert problem.kind is ShapeProblemKind.MISSING_KEY
    assert problem.message == 'the key "items.text, item 1" is missing'
    assert (problem.span.start.line, problem.span.start.column) == (1, 9)
