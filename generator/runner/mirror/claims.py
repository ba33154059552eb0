"""What an execution has shown, told by what it asked the network for."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urljoin

from generator.config import Settings
from generator.evidence.model import Claim
from generator.runner.mirror.address import normal
from generator.runner.mirror.answers import is_weights
from generator.runner.mirror.exchange import SEEDED, Exchange
from generator.runner.mirror.recordings import redirect_target

_MOST_REDIRECTS = 20


def claim_of(exchanges: Sequence[Exchange], settings: Settings) -> Claim:
    """The claim of a group's run that, from its beginning, had these exchanges.

    It has reproduced something when it got published weights, and no others: each address of
    weights that it asked for was answered with what was recorded there, known by its sha256.
    Where the answer was to look elsewhere, the same is asked of that address.
    """
    fetched = [item for item in exchanges if is_weights(settings, item.url)]
    got = any(item.method in ("GET", SEEDED) for item in fetched)
    if got and all(_is_recorded(item, exchanges) for item in fetched):
        return Claim.REPRODUCED
    return Claim.EXECUTED


def _is_recorded(exchange: Exchange, exchanges: Sequence[Exchange]) -> bool:
    answers = [exchange]
    for _ in range(_MOST_REDIRECTS):
        targets = [redirect_target(item.identity) for item in answers]
        ends = [item for item, target in zip(answers, targets, strict=True) if target is None]
        if not answers or not all(item.identity.startswith("recorded:") for item in ends):
            return False
        places = {
            normal(urljoin(item.url, target))
            for item, target in zip(answers, targets, strict=True)
            if target is not None
        }
        if not places:
            return True
        answers = [item for item in exchanges if normal(item.url) in places]
    return False
