"""The versions of a card that git keeps."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
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


def versions(path: Path, text: str) -> Iterator[Version]:
    """The card as it is, with this text, and its versions in git, newest first.

    Where there is no git or no history, the first is all there is.
    """
    yield Version("", _hashes(text))
    git = shutil.which("git")
    file = path.resolve()
    root = next((above for above in file.parents if (above / ".git").exists()), None)
    if git is None or root is None:
        return
    name = file.relative_to(root).as_posix()
    for commit in _run(
        git, root, ["log", f"-n{_MOST_VERSIONS}", "--format=%h", "--", name]
    ).split():
        yield Version(commit, _hashes(_run(git, root, ["cat-file", "blob", f"{commit}:{name}"])))


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
