"""Answers of the last days, so that no server is asked the same again and again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from generator.files import write_whole
from generator.linkcheck.answers import Answer, State

AGE = timedelta(days=7)
_FILE = "links.json"
# What may be mended any minute is asked for anew each time.
_KEPT = (State.FINE, State.MOVED)


def kept_answers(folder: Path, now: datetime) -> Mapping[str, Answer]:
    """The answers in `folder`, by address, that are younger than `AGE` at the time `now`."""
    entries = _entries(folder)
    return {
        address: Answer(State(entry["state"]), entry["detail"])
        for address, entry in entries.items()
        if now - AGE < datetime.fromisoformat(entry["when"]) <= now
    }


def keep_answers(folder: Path, answers: Mapping[str, Answer], now: datetime) -> None:
    """Adds answers of the time `now`, and leaves out what is too old. Raises `OSError`."""
    young = {
        address: entry
        for address, entry in _entries(folder).items()
        if now - AGE < datetime.fromisoformat(entry["when"])
    }
    for address, answer in answers.items():
        young.pop(address, None)
        if answer.state in _KEPT:
            when = now.isoformat()
            young[address] = {"state": answer.state.value, "detail": answer.detail, "when": when}
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / _FILE, json.dumps(young, ensure_ascii=False, indent=1).encode())


def _entries(folder: Path) -> Mapping[str, Any]:
    try:
        stored = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return {
            address: entry
            for address, entry in stored.items()
            if State(entry["state"]) in _KEPT
            and isinstance(entry["detail"], str)
            and datetime.fromisoformat(entry["when"]).tzinfo
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        # It is only a cache: what can't be read is asked for again.
        return {}
