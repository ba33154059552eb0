from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from generator.runner.output import HEAD_BYTES, TAIL_BYTES, Excerpt


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
