from __future__ import annotations

import pytest
from msgspec.structs import replace

from generator.evidence.compare import differences
from tests.evidence.samples import LOGITS, record


def changed(**changes):
    return differences(record(), record(**changes))


@pytest.mark.parametrize(
    "stdout",
    [
        "class 281: 41.25%\n",
        "class 281: 41.26%",
        "  class   281:  41.249% \n\n",
    ],
)
def test_the_same_output_within_tolerance_is_no_difference(stdout):
    assert changed(stdout=stdout) == ()


@pytest.mark.parametrize(
    ("stdout", "told"),
    [
        ("class 281: 42.25%\n", "'class 281: 42.25%'"),
        ("class 282: 41.25%\n", "'class 282: 41.25%'"),
        ("Class 281: 41.25%\n", "'Class 281: 41.25%'"),
        ("class 281: 41.25%\nmore\n", "was no line, and now is 'more'"),
        ("", "now is no line"),
    ],
)
def test_other_output_is_told_with_its_line(stdout, told):
    (difference,) = changed(stdout=stdout)
    assert told in difference


def test_a_count_is_exact_however_large():
    old, new = record(stdout="11689512 parameters"), record(stdout="11689511 parameters")
    assert differences(old, new)


def test_the_address_of_an_object_means_nothing():
    old = record(stdout="<Thing at 0x7f3a5c0b1d30>")
    new = record(stdout="<Thing at 0x7f9e11c2aa90>")
    assert differences(old, new) == ()


@pytest.mark.parametrize("maximum", [12.25, 12.2500001, 12.26])
def test_a_range_within_tolerance_is_no_difference(maximum):
    assert changed(arrays=(replace(LOGITS, maximum=maximum),)) == ()


def test_a_small_element_is_measured_by_the_array_it_is_in():
    old = record(arrays=(replace(LOGITS, minimum=1e-4),))
    new = record(arrays=(replace(LOGITS, minimum=-2e-4),))
    assert differences(old, new) == ()


@pytest.mark.parametrize(
    ("array", "told"),
    [
        (replace(LOGITS, shape=(1, 10)), "logits had the shape (1, 1000), and now (1, 10)"),
        (replace(LOGITS, dtype="float16"), "logits had the dtype float32, and now float16"),
        (replace(LOGITS, maximum=13.0), "its greatest element was 12.25, and now is 13.0"),
        (replace(LOGITS, minimum=-3.6), "its least element was -3.5, and now is -3.6"),
        (replace(LOGITS, minimum=None, maximum=None), "now is None"),
    ],
)
def test_another_array_is_told_by_what_is_other(array, told):
    assert told in " ".join(changed(arrays=(array,)))


def test_arrays_that_come_and_go_are_told():
    other = replace(LOGITS, name="scores")
    assert changed(arrays=(other,)) == (
        "logits is no longer an array",
        "scores has become an array",
    )


def test_another_exception_is_a_difference_and_another_message_is_none():
    old = record(exception="ValueError: 3 classes")
    assert differences(old, record(exception="ValueError: 4 classes")) == ()
    assert differences(old, record(exception="TypeError: 3 classes"))
    assert differences(old, record(exception=None))


def test_time_memory_and_versions_are_not_output():
    old = record()
    new = record(duration=9.0, peak_memory=1, versions={}, when="2027-01-01T00:00:00Z")
    assert differences(old, new) == ()
