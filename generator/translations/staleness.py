"""Which texts of a card were left behind, by the hashes to which was agreed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from generator.cards import rules
from generator.cards.model import Card
from generator.config import Settings
from generator.diagnostics import Diagnostic
from generator.evidence.agreements import Agreement, read_agreement
from generator.evidence.places import evidence_folder, is_of_hub
from generator.evidence.store import EvidenceError
from generator.source import FILE_START
from generator.translations.history import Changes, changes_of, history_of
from generator.translations.texts import Pair, Side, pairs_since


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
    are. `problems` say which agreements could not be read, as the diagnostics do. `unagreed`
    are the hub's cards in several languages that nobody agreed to.
    """

    diagnostics: tuple[Diagnostic, ...]
    behind: Mapping[str, Mapping[str, int]]
    problems: tuple[str, ...]
    unagreed: tuple[Path, ...] = ()


def judge_translations(settings: Settings, cards: Iterable[Card], cache: Path) -> Translations:
    """What was left behind in the cards. No diagnostic is of a card that nobody agreed to."""
    diagnostics: list[Diagnostic] = []
    behind: dict[str, Mapping[str, int]] = {}
    problems: list[str] = []
    unagreed: list[Path] = []
    for card in cards:
        try:
            folder = evidence_folder(settings.root, cache, card.path)
            agreement = read_agreement(folder, card.id)
        except EvidenceError as error:
            problems.append(str(error))
            diagnostics.append(_damaged(card, error))
            continue
        if agreement:
            stale, changed = _judged(card, agreement)
            changes = _changes(card, stale)
            diagnostics += [_stale(card, *found) for found in zip(stale, changes, strict=True)]
            diagnostics += [_changed(card, pair) for pair in changed]
            if stale:
                behind[card.id] = _counts(stale, changes)
        elif len(card.sections) > 1 and is_of_hub(settings.root, card.path):
            unagreed.append(card.path)
    return Translations(tuple(diagnostics), behind, tuple(problems), tuple(unagreed))


def _judged(card: Card, agreement: Agreement) -> tuple[Sequence[StaleText], Sequence[Pair]]:
    """The texts that were left behind, and the pairs of which both changed."""
    stale: list[StaleText] = []
    changed: list[Pair] = []
    for language, pairs in pairs_since(card, agreement).items():
        agreed = agreement.of(card.sections[0].language, language)
        by_first = dict(agreed)
        by_other = {other: first for first, other in agreed}
        for pair in pairs:
            first, other = pair.first, pair.other
            if first.hash not in by_first and other.hash in by_other:
                stale.append(StaleText(other, first, by_other[other.hash]))
            elif first.hash in by_first and other.hash not in by_other:
                stale.append(StaleText(first, other, by_first[first.hash]))
            else:
                changed.append(pair)
    return stale, changed


def _changes(card: Card, stale: Sequence[StaleText]) -> Sequence[Changes]:
    """What changed the counterpart of each of the texts."""
    if not stale:
        return ()
    history = history_of(card.path, card.text)
    return [
        changes_of(item.counterpart.language, item.counterpart.hash, item.agreed, history)
        for item in stale
    ]


def _stale(card: Card, item: StaleText, changes: Changes) -> Diagnostic:
    language, line = item.counterpart.language, item.counterpart.place.start.line
    hint = f"translate the change, then say so: hubcards check --agree {card.path}"
    if not changes.commits:
        when = "in a commit that is not at hand"
        hint += "; git fetch --unshallow, or fetch-depth: 0, gets the whole history"
    else:
        commit = changes.commits[0]
        when = f"in commit {commit}" if commit else "and is not committed"
    message = f"the text in {language} (line {line}) changed after this one, {when}"
    return rules.STALE_TRANSLATION.at(str(card.path), item.text.place, message, hint)


def _changed(card: Card, pair: Pair) -> Diagnostic:
    language, line = pair.first.language, pair.first.place.start.line
    message = f"this text and that in {language} (line {line}) changed since they were agreed to"
    hint = f"read both, then say that they agree: hubcards check --agree {card.path}"
    return rules.NOT_AGREED.at(str(card.path), pair.other.place, message, hint)


def _damaged(card: Card, error: EvidenceError) -> Diagnostic:
    message = f"what was agreed of this card can't be used: the file {error.message}"
    again = f"hubcards check --agree {card.path}"
    hint = f"take the file back from the history, or read the card, then write it anew: {again}"
    return rules.DAMAGED_AGREEMENT.at(str(error.path), FILE_START, message, hint)


def _counts(stale: Iterable[StaleText], changes: Iterable[Changes]) -> Mapping[str, int]:
    commits: dict[str, set[str]] = {}
    for item, found in zip(stale, changes, strict=True):
        commits.setdefault(item.text.language, set()).update(found.commits)
    return {language: max(len(found), 1) for language, found in commits.items()}
