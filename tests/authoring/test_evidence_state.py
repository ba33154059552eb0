"""What `hubcards list` says of a card's evidence: never more than all of it shows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from generator.authoring.listing import evidence_state
from generator.cards.parse import parse_card
from generator.config import load_settings
from generator.evidence.model import CardEvidence, Claim, Run
from tests.authoring.hubs import ROOT
from tests.authoring.test_schema import BODY
from tests.evidence.samples import record

HEAD = """\
---
template: hub1
title: Net
summary: {zh_CN: 网络, en_US: Net}
author: Somebody
tags: [vision]
github-link: https://github.com/owner/name
---
"""
SKIPPED = '\n```python skip="needs 8 GPUs"\ny = 2\n```\n'
PARSED = parse_card(Path("a.md"), f"{HEAD}{BODY}{SKIPPED}".encode(), load_settings(ROOT))
C, E, R = Claim.COMPILED, Claim.EXECUTED, Claim.REPRODUCED


@pytest.mark.parametrize(
    ("claims", "state"),
    [
        ({}, "none"),
        ({"zh_CN": R}, "partly"),
        ({"en_US": E}, "partly"),
        ({"zh_CN": R, "en_US": R}, "reproduced"),
        ({"zh_CN": R, "en_US": E}, "executed"),
        ({"zh_CN": C, "en_US": R}, "compiled"),
    ],
)
def test_the_weakest_claim_of_all_languages_counts(claims: Mapping[str, Claim], state: str) -> None:
    assert PARSED.card is not None
    runs = tuple(Run((name,), {"sample": record(claim=claim)}) for name, claim in claims.items())
    assert evidence_state(PARSED.card, CardEvidence("a", runs)) == state


def test_without_evidence_there_is_none() -> None:
    assert PARSED.card is not None
    assert evidence_state(PARSED.card, None) == "none"
