"""Fixtures for the tests of the runner."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from generator.cards.examples import groups_of
from generator.cards.model import Card
from generator.cards.parse import parse_card
from generator.config import Settings
from generator.diagnostics import as_text
from generator.runner.session import GroupSession, Launch, Outcome
from generator.runner.warm import start_session
from tests.runner.hubs import GOOD_CARD, card_text, write_card, write_hub


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return write_hub(tmp_path / "hub")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def hub(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, cache: Path) -> pytest.Pytester:
    """A hub with one good card, in the current folder."""
    monkeypatch.setenv("HUBCARDS_CACHE_DIR", str(cache))
    write_hub(pytester.path)
    (pytester.path / "pyproject.toml").write_text("[tool.pytest.ini_options]\n", encoding="utf-8")
    write_card(pytester.path / "cards" / "good.md", GOOD_CARD)
    return pytester


@pytest.fixture
def parse(settings: Settings) -> Callable[[str], Card]:
    def parse(text: str) -> Card:
        path = settings.root / "cards" / "card.md"
        parsed = parse_card(path, text.encode("utf-8"), settings)
        assert parsed.card, as_text(parsed.diagnostics)
        return parsed.card

    return parse


StartCard = Callable[..., GroupSession]


@pytest.fixture
def start(parse: Callable[[str], Card]) -> Iterator[StartCard]:
    """Starts the first group of a card, on the interpreter that runs the tests."""
    sessions = []

    def start(text: str, time_limit: float = 60.0) -> GroupSession:
        launch = Launch(Path(sys.executable), "cards/card.md", {}, time_limit)
        session = start_session(groups_of(parse(text))[0], launch)
        sessions.append(session)
        return session

    yield start
    for session in sessions:
        session.close()


@pytest.fixture
def execute(start: StartCard) -> Callable[..., Outcome]:
    """Executes the sample code alone: the outcome."""

    def execute(code: str, time_limit: float = 60.0) -> Outcome:
        session = start(card_text(code), time_limit)
        return session.outcome(session.group.examples[0])

    return execute


@pytest.fixture(autouse=True)
def no_file_descriptor_is_left_open() -> Iterator[None]:
    folder = Path("/proc/self/fd")
    before = len(list(folder.iterdir())) if folder.exists() else 0
    yield
    after = len(list(folder.iterdir())) if folder.exists() else 0
    assert after <= before
