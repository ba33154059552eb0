"""Which addresses that begin with http are answered on https as well."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from generator.cards import rules
from generator.cards.addresses import plain_addresses
from generator.cards.model import Card
from generator.diagnostics import Diagnostic, Edit
from generator.linkcheck.answers import State
from generator.linkcheck.asking import Manners, is_public
from generator.linkcheck.command import answers_of
from generator.source import Span

_PLAIN, _SECURE = "http:", "https:"


class _Secured(Struct, frozen=True):
    """What the address would be, and how it becomes that."""

    address: str
    edit: Edit


def with_secure_addresses(
    diagnostics: Iterable[Diagnostic],
    cards: Iterable[Card],
    manners: Manners,
    cache: Path,
    now: datetime,
    may_ask: Callable[[str], bool] = is_public,
) -> Iterator[Diagnostic]:
    """The diagnostics; those of plain http can be mended where the site answers on https.

    Answers are kept and asked for as those of other links are.
    """
    secured = {(str(card.path), span): item for card in cards for span, item in _secured(card)}
    addresses = dict.fromkeys(item.address for item in secured.values())
    answers = answers_of(addresses, manners, cache, now, may_ask)
    for item in diagnostics:
        found = secured.get((item.path, item.span))
        if (
            found
            and item.code == rules.PLAIN_HTTP.code
            and answers[found.address].state is State.FINE
        ):
            yield replace(item, edits=(found.edit,))
        else:
            yield item


def _secured(card: Card) -> Iterator[tuple[Span, _Secured]]:
    lines = card.text.split("\n")
    for address, span in plain_addresses(card):
        start = span.start
        # Brackets or quotes can stand before it.
        column = lines[start.line - 1].find(_PLAIN, start.column - 1) + 1
        if address.startswith(_PLAIN) and column and start.line == span.end.line:
            edit = Edit(Span.at(start.line, column, len(_PLAIN)), _SECURE)
            yield span, _Secured(_SECURE + address.removeprefix(_PLAIN), edit)
