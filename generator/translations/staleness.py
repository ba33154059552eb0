"""Which texts of a card were left behind, by the hashes to which was agreed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from msgspec import Struct

from generator.cards import rules
from generator.cards.model import Card
from generator.config import Settings
from generator.diagnostics import Diagnostic
from generator.evidence.agreements import Agreement, read_agreement
from generator.evidence.places import evidence_folder
from generator.evidence.store import EvidenceError
from generator.translations.history import Version, versions
from generator.translations.texts import Pair, Side, pairs_of


class StaleText(Struct, frozen=True):
    """A text whose counterpart changed since both were agreed to, and it did not.

    `agreed` is the hash of the counterpart that was agreed to.
    """

    text: Side
    counterpart: Side
    agreed: str


class Translations(Struct, frozen=True):
    """How the languages of cards keep up.

    `behind` has for each card's id how many changes a language is behind, for those that
    are. `problems` say which agreements could not be read.
    """

    diagnostics: tuple[Diagnostic, ...]
    behind: Mapping[str, Mapping[str, int]]
    problems: tuple[str, ...]


def judge_translations(settings: Settings, cards: Iterable[Card], cache: Path) -> Translations:
    """What was left behind in the cards. Nothing is said of cards that nobody agreed to."""
    diagnostics: list[Diagnostic] = []
    behind: dict[str, Mapping[str, int]] = {}
    problems: list[str] = []
    for card in cards:
        try:
            folder = evidence_folder(settings.root, cache, card.path)
            agreement = read_agreement(folder, card.id)
        except EvidenceError as error:
            problems.append(str(error))
            continue
        if agreement:
            stale, changed = _judged(card, agreement)
            history = tuple(versions(card.path, card.text)) if stale else ()
            diagnostics += [_stale(card, item, history) for item in stale]
            diagnostics += [_changed(card, pair) for pair in changed]
            if stale:
                behind[card.id] = _counts(stale, history)
    return Translations(tuple(diagnostics), behind, tuple(problems))


def _judged(card: Card, agreement: Agreement) -> tuple[Sequence[StaleText], Sequence[Pair]]:
    """The texts that were left behind, and the pairs of which both changed."""
    stale: list[StaleText] = []
    changed: list[Pair] = []
    for language, pairs in pairs_of(card).items():
        agreed = agreement.pairs.get(language, ())
        if agreement.first != card.sections[0].language:
            agreed = ()
        by_first = dict(agreed)
        by_other = {other: first for first, other in agreed}
        known = frozenset(agreed)
        for pair in pairs:
            first, other = pair.first, pair.other
            if (first.hash, other.hash) in known:
                continue
            if first.hash not in by_first and other.hash in by_other:
                stale.append(StaleText(other, first, by_other[other.hash]))
            elif first.hash in by_first and other.hash not in by_other:
                stale.append(StaleText(first, other, by_first[first.hash]))
            else:
                changed.append(pair)
    return stale, changed


def _stale(card: Card, item: StaleText, history: Sequence[Version]) -> Diagnostic:
    language, line = item.counterpart.language, item.counterpart.place.start.line
    changes = _changes(item, history)
    commit = changes[0] if changes else ""
    when = f"in commit {commit}" if commit else "and is not committed"
    message = f"the text in {language} (line {line}) changed after this one, {when}"
    return rules.STALE_TRANSLATION.at(str(card.path), item.text.place, message, _hint(card))


def _changed(card: Card, pair: Pair) -> Diagnostic:
    language, line = pair.first.language, pair.first.place.start.line
    message = f"this text and that in {language} (line {line}) changed since they were agreed to"
    return rules.NOT_AGREED.at(str(card.path), pair.other.place, message, _hint(card))


def _hint(card: Card) -> str:
    return f"translate the change, then say so: hubcards check --agree {card.path}"


def _changes(item: StaleText, history: Sequence[Version]) -> Sequence[str]:
    """The commits that changed the counterpart since it was agreed to, newest first."""
    language = item.counterpart.language
    now = history[0].hashes.get(language, ()) if history else ()
    if item.counterpart.hash not in now:
        return ()
    index = now.index(item.counterpart.hash)
    found: list[str] = []
    for newer, older in pairwise(history):
        mine, before = newer.hashes.get(language, ()), older.hashes.get(language, ())
        if item.agreed in mine:
            break
        one, two = mine[index : index + 1], before[index : index + 1]
        if one != two and not set(one) <= set(before):
            found.append(newer.commit)
    return found


def _counts(stale: Iterable[StaleText], history: Sequence[Version]) -> Mapping[str, int]:
    commits: dict[str, set[str]] = {}
    for item in stale:
        commits.setdefault(item.text.language, set()).update(_changes(item, history))
    return {language: max(len(found), 1) for language, found in commits.items()}
