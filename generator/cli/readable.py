"""The cards that can be read, for commands that show them."""

from __future__ import annotations

import argparse
import sys

from generator.cards.catalog import Catalog, parse_catalog
from generator.cli.hub import cards_folder
from generator.cli.lines import counted, line
from generator.config import Settings


def readable_cards(options: argparse.Namespace, settings: Settings) -> Catalog:
    """The hub's cards; says how many can't be read."""
    catalog = parse_catalog([cards_folder(options, settings)], settings)
    refused = len(catalog.paths) - len(catalog.cards)
    if refused:
        cards = counted(refused, "card")
        sys.stderr.write(line(f"{cards} can't be read; hubcards check tells why"))
    return catalog
