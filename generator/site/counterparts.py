"""Which headings of two languages say the same: by their levels, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from generator.site.markdown.headings import PlacedHeading


def matched_headings(
    one: Sequence[PlacedHeading], other: Sequence[PlacedHeading]
) -> tuple[tuple[int, int], ...]:
    """The places of headings that belong together, in the order of both."""
    levels = [heading.level for heading in one], [heading.level for heading in other]
    if levels[0] == levels[1]:
        return tuple((index, index) for index in range(len(one)))
    matcher = SequenceMatcher(None, *levels, autojunk=False)
    return tuple(
        (block.a + step, block.b + step)
        for block in matcher.get_matching_blocks()
        for step in range(block.size)
    )


def counterpart_ids(
    headings: Sequence[PlacedHeading], others: Sequence[PlacedHeading]
) -> tuple[str, ...]:
    """For each heading the id of the one among `others` that says the same, or of the last before.

    Empty where there is none before either.
    """
    matched = dict(matched_headings(headings, others))
    ids = []
    last = ""
    for index in range(len(headings)):
        last = others[matched[index]].id if index in matched else last
        ids.append(last)
    return tuple(ids)
