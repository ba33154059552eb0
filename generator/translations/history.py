"""The versions of a card that git keeps."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path

from msgspec import Struct

from generator.cards.document import take_apart
from generator.translations.texts import hashes_of

_MOST_VERSIONS = 100
_SECONDS = 20


class Version(Struct, frozen=True):
    """What a card's texts were: their hashes, in order, by language.

    `commit` is short, as people write it, and empty for the file as it is now.
    """

    commit: str
    hashes: Mapping[str, Sequence[str]]


class History(Struct, frozen=True):
    """The versions of a card, newest first; `is_whole` when there were none before them."""

    versions: tuple[Version, ...]
    is_whole: bool


class Changes(Struct, frozen=True):
    """What changed a text, newest first: commits, and "" for what is not committed.

    `are_all` when nothing else can have changed it.
    """

    commits: tuple[str, ...]
    are_all: bool


def history_of(path: Path, text: str) -> History:
    """The history of the card in the file `path`, with this text in it now.

    Where there is no git, the card as it is now is all that is known.
    """
    now = Version("", _hashes(text))
    git = shutil.which("git")
    file = path.resolve()
    root = next((above for above in file.parents if (above / ".git").exists()), None)
    if git is None or root is None:
        return History((now,), is_whole=False)
    name = file.relative_to(root).as_posix()
    is_shallow = _run(git, root, ["rev-parse", "--is-shallow-repository"]).strip()
    command = ["log", f"-n{_MOST_VERSIONS}", "--format=%h", "--", name]
    commits = _run(git, root, command).split()
    committed = [
        Version(commit, _hashes(_run(git, root, ["cat-file", "blob", f"{commit}:{name}"])))
        for commit in commits
    ]
    is_whole = is_shallow == "false" and len(commits) < _MOST_VERSIONS
    return History((now, *committed), is_whole)


def changes_of(language: str, now: str, agreed: str, history: History) -> Changes:
    """What made a text with the hash `agreed` to that with the hash `now`."""
    commits: list[str] = []
    nothing = (Version("", {}),) if history.is_whole else ()
    text = now
    for newer, older in pairwise((*history.versions, *nothing)):
        before = older.hashes.get(language, ())
        if text not in before:
            commits.append(newer.commit)
            earlier = agreed if agreed in before else _earlier(text, newer.hashes[language], before)
            if earlier is None:
                return Changes(tuple(commits), are_all=True)
            text = earlier
        if text == agreed:
            return Changes(tuple(commits), are_all=True)
    return Changes(tuple(commits), are_all=False)


def _earlier(text: str, newer: Sequence[str], older: Sequence[str]) -> str | None:
    """What stood where the text does before it was changed; nothing if it was put in."""
    index = newer.index(text)
    for kind, start, end, first, last in SequenceMatcher(
        None, newer, older, autojunk=False
    ).get_opcodes():
        if kind == "replace" and start <= index < end:
            return older[min(first + index - start, last - 1)]
    return None


def _hashes(text: str) -> Mapping[str, Sequence[str]]:
    document = take_apart("", text.replace("\r\n", "\n").removeprefix("\ufeff"))
    return {section.language: tuple(hashes_of(section).values()) for section in document.sections}


def _run(git: str, root: Path, command: Sequence[str]) -> str:
    # Nothing that somebody's repository configures is to run, and nothing is to be written.
    safe = ["--no-optional-locks", "--literal-pathspecs", "-c", "core.fsmonitor=false"]
    safe += ["-c", "log.showSignature=false"]
    try:
        done = subprocess.run(  # noqa: S603 # no shell, and the path stands behind "--" or ":"
            [git, "-C", str(root), *safe, *command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""
