from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from generator.runner.output import HEAD_BYTES, TAIL_BYTES, Excerpt, harmless


@given(st.lists(st.integers(0, 100_000), max_size=8))
def test_an_excerpt_keeps_the_beginning_and_the_end(sizes):
    # Not drawn by hypothesis, which gives up on examples of this size.
    source = random.Random(0)
    chunks = [source.randbytes(size) for size in sizes]
    excerpt = Excerpt()
    for chunk in chunks:
        excerpt.add(chunk)
    whole = b"".join(chunks)
    text = excerpt.text()
    if len(whole) <= HEAD_BYTES + TAIL_BYTES:
        assert text == whole.decode("utf-8", "replace")
    else:
        left_out = len(whole) - HEAD_BYTES - TAIL_BYTES
        head, tail = text.split(f"\n… {left_out:,} bytes left out …\n")
        assert head == whole[:HEAD_BYTES].decode("utf-8", "replace")
        assert tail == whole[-TAIL_BYTES:].decode("utf-8", "replace")


@given(st.text(st.characters()))
def test_harmless_text_has_no_control_characters(text):
    shown = harmless(text)
    assert all(char.isprintable() or char in "\n\t" or char.isspace() for char in shown)
    assert "\x1b" not in shown
    assert "\r" not in shown
    shown.encode("utf-8")


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_text_stays_as_it_is(text):
    assert harmless(text) == text


def test_of_a_line_that_was_overwritten_the_last_state_is_kept():
    assert harmless("a\n 10%\r 50%\r100%\nb\r\nc\r") == "a\n100%\nb\nc"


def test_text_that_hides_its_direction_is_shown():
    assert harmless("a\u202eb\x07") == "a\\u202eb\\x07"
