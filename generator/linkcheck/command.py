"""`hubcards check --links`: what is wrong with the links of cards to elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path

from generator.cards import rules
from generator.cards.model import Card
from generator.cards.rules import Rule
from generator.diagnostics import Diagnostic, in_source_order
from generator.linkcheck.answers import Answer, State
from generator.linkcheck.asking import Manners, ask_all, is_public
from generator.linkcheck.external import external_links
from generator.linkcheck.kept import keep_answers, kept_answers
from generator.source import Span

ANSWERS: Mapping[State, tuple[Rule, str, str]] = {
    State.GONE: (
        rules.BROKEN_LINK,
        "nothing is at this address any more: {detail}",
        "link to where it is now, or remove the link",
    ),
    State.MOVED: (rules.MOVED_LINK, "this address has moved for good", "write {detail}"),
    State.UNKNOWN: (
        rules.UNKNOWN_LINK,
        "whether this address leads anywhere can't be told: {detail}",
        "open it in a browser, and check again later",
    ),
}


def check_links(
    cards: Iterable[Card],
    manners: Manners,
    cache: Path,
    now: datetime,
    may_ask: Callable[[str], bool] = is_public,
) -> tuple[Diagnostic, ...]:
    """The problems of the links, each at every place where it stands.

    Answers that are kept in the folder `cache` are not asked for again; `now` is in UTC.
    `may_ask` tells whether a host may be asked. Raises `OSError` when no answers can be kept.
    """
    places = external_links(cards)
    answers = answers_of(places, manners, cache, now, may_ask)
    return in_source_order(
        _diagnostic(place.path, place.span, answers[address])
        for address, found in places.items()
        for place in found
        if answers[address].state in ANSWERS
    )


def answers_of(
    addresses: Iterable[str],
    manners: Manners,
    cache: Path,
    now: datetime,
    may_ask: Callable[[str], bool] = is_public,
) -> Mapping[str, Answer]:
    """The answer for each address, one that is kept in the folder `cache` or a new one.

    Raises `OSError` when no answers can be kept.
    """
    kept = kept_answers(cache, now)
    asked = dict(ask_all((item for item in addresses if item not in kept), manners, may_ask))
    if asked:
        keep_answers(cache, asked, now)
    return {**kept, **asked}


def _diagnostic(path: str, span: Span, answer: Answer) -> Diagnostic:
    rule, message, hint = ANSWERS[answer.state]
    return rule.at(
        path, span, message.format(detail=answer.detail), hint.format(detail=answer.detail)
    )
