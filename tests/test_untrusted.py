"""What is shown of text that a stranger's code has printed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generator.untrusted import harmless


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


def test_a_line_that_was_overwritten_by_nothing_keeps_what_it_had():
    assert harmless("done\r\r\nnext") == "done\nnext"
