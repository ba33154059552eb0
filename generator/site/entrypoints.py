"""Which models a card is about: the entrypoints that its sample code names."""

from __future__ import annotations

from collections.abc import Iterable

from generator.cards.entrypoints import find_loads
from generator.cards.hubconf import OwnHub
from generator.cards.model import Card
from generator.cards.python_code import parse_code
from generator.cards.variants import Variant
from generator.config import Settings


def named_entrypoints(
    settings: Settings, card: Card, variants: Iterable[Variant]
) -> tuple[str, ...]:
    """What the sample code and its `variants` load, each name once."""
    if not card.sample.is_python:
        return ()
    runtime = settings.runtimes[card.sample.attributes.runtime or settings.default_runtime]
    # Parsing takes long, and nothing is loaded without the word.
    loads_any = "load" in card.sample.code
    own = [parse_code(card.sample, runtime.python)] if loads_any else []
    codes = [*own, *(variant.code for variant in variants)]
    # From whose repository it is loaded makes no difference to somebody who looks for it.
    nobody = OwnHub(settings.root)
    loads = (load for code in codes for load in find_loads([code], nobody))
    return tuple(dict.fromkeys(load.entrypoint for load in loads if load.entrypoint))
