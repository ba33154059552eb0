"""An address of plain http is mended where the site answers on https, and nowhere else."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest

from generator.cards.catalog import parse_catalog
from generator.cards.examination import examine
from generator.cards.hubconf import read_own_hub
from generator.fixing.edits import with_edits
from generator.linkcheck.answers import Answer, State
from generator.linkcheck.asking import Manners
from generator.linkcheck.kept import keep_answers
from generator.linkcheck.secure import with_secure_addresses
from tests.cards.writing import card_text
from tests.cards.writing import settings as hub_settings

NOW = datetime(2026, 1, 31, tzinfo=timezone.utc)
TEXTS = [
    "[a](http://a.example/x) and [b](http://b.example/)",
    "<http://a.example/x> and [b](<http://b.example/>)",
    "[a] [b]\n\n[a]: http://a.example/x\n[b]: <http://b.example/> 'http:'",
]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("state", [State.GONE, State.UNKNOWN, State.MOVED])
def test_only_what_is_answered_on_https_is_mended(tmp_path: Path, text: str, state: State) -> None:
    settings = hub_settings()
    content = card_text(zh=text, en=text).replace("https://github.com", "http://github.com")
    path = tmp_path / "card.md"
    path.write_text(content, encoding="utf-8")
    (card,) = parse_catalog([path], settings).cards
    found = examine(card, settings, read_own_hub(settings))
    answers = {
        "https://a.example/x": Answer(State.FINE),
        "https://b.example/": Answer(state),
        "https://github.com/owner/name": Answer(State.FINE),
    }
    keep_answers(tmp_path / "cache", answers, NOW)
    how = (Manners("test"), tmp_path / "cache", NOW, lambda _host: False)
    told = with_secure_addresses(found, [card], *how)
    after = with_edits(path.read_bytes(), [item.edits for item in told]).decode()
    mended = content.replace("http://a.", "https://a.").replace("http://g", "https://g")
    assert after == mended
