"""Numbers in code whose signs and order count: ranges, means, shapes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from msgspec import Struct

from generator.cards import rules
from generator.cards.parity.facts import Compared
from generator.diagnostics import Diagnostic, shortened
from generator.source import Span

_NUMBER = r"[-+−]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][-+]?\d{1,3})?"
_SEQUENCE = re.compile(rf"[\[(]?\s*{_NUMBER}(?:\s*,\s*{_NUMBER}){{0,100}}\s*,?\s*[\])]?", re.ASCII)
_ONE_NUMBER = re.compile(_NUMBER, re.ASCII)


class _Sequence(Struct, frozen=True, eq=False):
    """The numbers of a code span that has nothing else, and its place."""

    numbers: tuple[Decimal, ...]
    text: str
    span: Span

    @property
    def sizes(self) -> Sequence[Decimal]:
        """The numbers in rising order, whatever their signs."""
        return sorted(abs(number) for number in self.numbers)


def different_sequences(path: str, one: Compared, two: Compared) -> Iterator[Diagnostic]:
    """A diagnostic for each row of numbers that has other signs or another order in `one`.

    Where the numbers themselves differ nothing is said here: each is compared for itself.
    """
    mine, theirs = list(_sequences(one)), list(_sequences(two))
    only_mine, only_theirs = _without(mine, theirs), _without(theirs, mine)
    for item in only_theirs:
        partner = next((other for other in only_mine if other.sizes == item.sizes), None)
        if partner:
            only_mine.remove(partner)
            line = partner.span.start.line
            message = f"{item.text} stands here, {partner.text} in line {line} ({one.language})"
            hint = "write the numbers in the same order and with the same signs"
            yield rules.NUMBERS_DIFFER.at(path, item.span, message, hint)


def _without(these: Sequence[_Sequence], those: Sequence[_Sequence]) -> list[_Sequence]:
    known = {item.numbers for item in those}
    return [item for item in these if item.numbers not in known]


def _sequences(side: Compared) -> Iterator[_Sequence]:
    for passage in side.passages:
        for span in passage.code_spans:
            if _SEQUENCE.fullmatch(span.code):
                found = _ONE_NUMBER.findall(span.code)
                numbers = tuple(Decimal(number.replace("−", "-")) for number in found)
                yield _Sequence(numbers, shortened(span.code), passage.span(span.start, span.end))
