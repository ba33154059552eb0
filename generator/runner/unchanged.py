"""When the records show everything already, no test has to be run to say so."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from generator.cards.catalog import parse_catalog
from generator.cards.examination import examination_errors
from generator.cards.examples import groups_of
from generator.cards.hubconf import read_own_hub
from generator.cards.model import Treatment
from generator.config import Settings
from generator.diagnostics import has_errors
from generator.runner.current import CurrentRecords
from generator.runner.ledger import Ledger, Source, fences_of
from generator.source import path_for_readers


def ledger_if_unchanged(
    settings: Settings, paths: Sequence[Path], current: CurrentRecords
) -> Ledger | None:
    """The ledger of the cards at `paths`, if their records show all of it.

    None when something has to be executed or counted, or a card has errors. Raises
    `RunnerError` when what the records depend on can't be read.
    """
    catalog = parse_catalog(paths, settings)
    if not catalog.cards or has_errors(catalog.diagnostics):
        return None
    hub = read_own_hub(settings)
    if any(examination_errors(card, settings, hub) for card in catalog.cards):
        return None
    ledger = Ledger()
    for card in catalog.cards:
        path = path_for_readers(card.path, settings.root)
        ledger.add_card(path, fences_of(card))
        for group in groups_of(card):
            records = current.of(group, [group.name])
            for example in group.examples:
                is_skipped = example.block.treatment is Treatment.SKIP
                if not is_skipped and example.id not in records:
                    return None
                ledger.add_example(path, example.block.span.start.line, has_failed=False)
                if not is_skipped:
                    ledger.add_source(Source.RECORD)
            if not current.is_measured(group, [group.name], records):
                return None
    return ledger
