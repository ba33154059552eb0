"""Stand-in weights made before the group runs that asks for them.

A download waits for its answer only for so long, and the group's time is not for this.
"""

from __future__ import annotations

from generator.cards.entrypoints import find_loads
from generator.cards.examples import Group
from generator.cards.hubconf import OwnHub
from generator.cards.model import Treatment
from generator.cards.python_code import parse_code
from generator.config import Settings

_EXECUTED = (Treatment.EXECUTE, Treatment.RAISE)


def weights_of(group: Group, settings: Settings, hub: OwnHub, runtime: str) -> tuple[str, ...]:
    """The addresses of the published weights of what the group loads, as far as it is written out.

    `runtime` is the name of the one in which the group runs.
    """
    if hub.entrypoints is None:
        return ()
    python = settings.runtimes[runtime].python
    blocks = (example.block for example in group.examples)
    codes = [parse_code(block, python) for block in blocks if block.treatment in _EXECUTED]
    loads = [load for load in find_loads(codes, hub) if load.is_own and load.entrypoint]
    weights = hub.entrypoints.weights
    found = (weights.get(load.entrypoint or "") for load in loads)
    return tuple(dict.fromkeys(address for address in found if address))
