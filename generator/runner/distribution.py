"""How pytest-xdist gives examples to its workers: those of one process to one worker."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling


class CardScheduling(LoadScopeScheduling):  # type: ignore[misc]
    """A card's sections go together, since they may share a run; a variant goes by itself."""

    def _split_scope(self, nodeid: str) -> str:
        card, _, rest = nodeid.partition("::")
        group = rest.partition("::")[0]
        return f"{card}::{group}" if "[" in group else card
