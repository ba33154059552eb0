"""When a card was last changed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path

SOURCE_DATE_EPOCH = "SOURCE_DATE_EPOCH"

_COMMIT = "\x01"


def source_date(environment: Mapping[str, str]) -> datetime | None:
    """The time that files without a history are to have, if the environment names one.

    See https://reproducible-builds.org/specs/source-date-epoch/. Raises `ValueError` for one
    that is not a moment.
    """
    seconds = environment.get(SOURCE_DATE_EPOCH)
    if seconds is None:
        return None
    if not (seconds.isascii() and seconds.isdecimal()):
        raise ValueError(f'{SOURCE_DATE_EPOCH} is "{seconds}", which is no number of seconds')
    try:
        return datetime.fromtimestamp(int(seconds), timezone.utc)
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"{SOURCE_DATE_EPOCH} is {seconds}, which is too late") from None


def update_times(
    statuses: Mapping[str, os.stat_result | None], undated: datetime | None = None
) -> Mapping[str, datetime]:
    """When each file was last changed, in UTC, to the second; by path, as the statuses are.

    That is the last commit that touched it. A file that git does not keep, or that was edited
    since, has the time of its own last change; or `undated`, if there is one.
    """
    real = _real_paths(statuses)
    committed: dict[str, datetime] = {}
    git = shutil.which("git")
    if git:
        for root, files in _by_working_tree(real.values()).items():
            committed.update(_commit_times(git, root, files))
    return {
        path: committed.get(real[path]) or undated or _modified(status)
        for path, status in statuses.items()
    }


def _real_paths(paths: Iterable[str]) -> Mapping[str, str]:
    """Where the files are; of those beside each other the folder is looked at once."""
    folders: dict[str, tuple[str, frozenset[str]]] = {}
    found = {}
    for path in paths:
        folder, name = os.path.split(path)
        if folder not in folders:
            folders[folder] = os.path.realpath(folder), _links_in(folder)
        real, links = folders[folder]
        found[path] = os.path.realpath(path) if name in links else os.path.join(real, name)  # noqa: PTH118
    return found


def _links_in(folder: str) -> frozenset[str]:
    try:
        with os.scandir(folder or os.curdir) as entries:
            return frozenset(entry.name for entry in entries if entry.is_symlink())
    except OSError:
        return frozenset()


def _by_working_tree(files: Iterable[str]) -> Mapping[str, set[str]]:
    roots: dict[str, str | None] = {}
    found: dict[str, set[str]] = {}
    for file in files:
        folder = os.path.dirname(file)  # noqa: PTH120 # fast
        if folder not in roots:
            above = (Path(folder), *Path(folder).parents)
            root = next((place for place in above if (place / ".git").exists()), None)
            roots[folder] = str(root) if root else None
        if in_tree := roots[folder]:
            found.setdefault(in_tree, set()).add(file)
    return found


def _commit_times(git: str, root: str, files: set[str]) -> Mapping[str, datetime]:
    folders = sorted({os.path.relpath(os.path.dirname(file), root) for file in files})  # noqa: PTH120
    edited = {os.path.join(root, name) for name in _run(git, root, ["diff", "HEAD"], folders)}  # noqa: PTH118
    times: dict[str, datetime] = {}
    wanted = files - edited
    moment = datetime.fromtimestamp(0, timezone.utc)
    for field in _run(git, root, ["log", f"--format={_COMMIT}%ct"], folders):
        if field.startswith(_COMMIT):
            moment = datetime.fromtimestamp(int(field[1:]), timezone.utc)
            continue
        path = os.path.join(root, field.removeprefix("\n"))  # noqa: PTH118 # fast
        if path in wanted:
            times[path] = moment
            wanted.remove(path)
            if not wanted:
                break
    return times


def _run(git: str, root: str, command: Sequence[str], folders: Sequence[str]) -> Iterator[str]:
    # Nothing that somebody's repository configures is to run, and nothing is to be written.
    safe = [
        "--no-optional-locks",
        "--literal-pathspecs",
        "-c",
        "core.fsmonitor=false",
        "-c",
        "log.showSignature=false",
    ]
    options = ["--name-only", "-z", "--no-ext-diff", "--no-textconv", "--no-renames"]
    with subprocess.Popen(  # noqa: S603 # no shell, and the only input are folders behind "--"
        [git, "-C", root, *safe, *command, *options, "--", *folders],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield from _fields(process)
        finally:
            process.kill()


def _fields(process: subprocess.Popen[bytes]) -> Iterator[str]:
    if process.stdout is None:
        return
    rest = b""
    while chunk := process.stdout.read(1 << 16):
        *fields, rest = (rest + chunk).split(b"\0")
        for field in fields:
            yield field.decode("utf-8", "surrogateescape")


def _modified(status: os.stat_result | None) -> datetime:
    # What is not there has a problem that is told when it is read.
    return datetime.fromtimestamp(int(status.st_mtime) if status else 0, timezone.utc)
