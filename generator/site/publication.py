"""Publishing at once: the published tree and its spare change places.

Beside the output there is a folder with a second tree. A build brings that one up to date, which
takes as long as what has changed takes, and then the two change places in one step of the file
system. Whenever a build is killed, the published folder is one whole version.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock
from msgspec import Struct

from generator.site.memory import discard
from generator.site.output import OutputError, Tree, check_output, failure

_AT_FDCWD = -100
_EXCHANGE = 2
_IGNORE_ALL = "*\n"


class Place(Struct, frozen=True):
    """Where a site is published, and what its builds keep beside it."""

    output: Path

    @property
    def beside(self) -> Path:
        """The folder of all that builds keep; it may be removed when none is running."""
        return self.output.with_name(f".{self.output.name}.hubcards")

    @property
    def published(self) -> Tree:
        """The tree that everybody sees."""
        return Tree(self.output)

    @property
    def spare(self) -> Tree:
        """The tree that the next build makes its version of."""
        return Tree(self.beside / "spare")

    @property
    def documents(self) -> Tree:
        """What is indexed for the search in all words."""
        return Tree(self.beside / "documents")

    @property
    def memory(self) -> Path:
        """The database of what is in the trees, and what it was made from."""
        return self.beside / "memory.db"


@contextmanager
def building_at(output: Path) -> Iterator[Place]:
    """The place of a site, for one build at a time: others wait.

    Raises `OutputError`, before anything is written, when `output` holds something else
    than a site, and when nothing can be written beside it.
    """
    place = Place(output.resolve())
    check_output(place.output)
    try:
        place.beside.mkdir(parents=True, exist_ok=True)
        (place.beside / ".gitignore").write_text(_IGNORE_ALL, encoding="utf-8")
        lock = FileLock(place.beside / "lock")
        lock.acquire()
    except OSError as error:
        raise failure(place.beside, error) from None
    try:
        yield place
    finally:
        lock.release()


def forget_builds(output: Path) -> None:
    """Has the next build at `output` make everything anew. Raises `OutputError`."""
    with building_at(output) as place:
        discard(place.memory)


def empty(tree: Tree) -> None:
    """Leaves nothing in the tree. Raises `OutputError`."""
    try:
        if tree.folder.exists():
            shutil.rmtree(tree.folder)
        tree.folder.mkdir(parents=True)
    except OSError as error:
        raise failure(tree.folder, error) from None


def lay_spare(place: Place) -> None:
    """Makes the spare tree the same as the published one, whose files it shares.

    What keeps it from being made is no failure: the next build needs more time then.
    """
    token = place.published.token()
    with contextlib.suppress(OutputError, OSError):
        empty(place.spare)
        _link_all(str(place.output), str(place.spare.folder))
        if token is not None:
            place.spare.begin()
            place.spare.complete(token)


def settle(tree: Tree) -> None:
    """Has all that was written into the tree reach the disk, where no power cut takes it.

    Raises `OutputError`.
    """
    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "syncfs"):
        os.sync()
        return
    try:
        descriptor = os.open(tree.folder, os.O_RDONLY)
        try:
            # One call, however many files there are.
            if library.syncfs(descriptor):
                number = ctypes.get_errno()
                raise OSError(number, os.strerror(number))
        finally:
            os.close(descriptor)
    except OSError as error:
        raise failure(tree.folder, error) from None


def exchange(place: Place) -> None:
    """Publishes the spare tree; what was published before is the spare one then.

    Raises `OutputError` when that can't be done, or when somebody else has put something
    there since it was looked at: that is left alone.
    """
    output, spare = str(place.output), str(place.spare.folder)
    check_output(place.output)
    try:
        if not os.path.lexists(output):
            os.rename(spare, output)  # noqa: PTH104 # the same two names as below
            return
        if not _exchange(spare, output):
            _move_in_turn(place)
    except OSError as error:
        raise failure(place.output, error) from None
    try:
        check_output(place.spare.folder)
    except OutputError as error:
        _exchange(spare, output)
        hint = "name another folder with --output, or remove this one yourself"
        raise OutputError(error.message.replace(spare, output), hint) from None


def _exchange(one: str, other: str) -> bool:
    """Has two folders change places at once; whether this system can."""
    library = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(one), os.fsencode(other)
    if sys.platform == "darwin":
        code = library.renamex_np(*names, _EXCHANGE)
    elif hasattr(library, "renameat2"):
        code = library.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _EXCHANGE)
    else:
        return False
    if code == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise OSError(number, os.strerror(number))


def _move_in_turn(place: Place) -> None:
    # Where a file system can't exchange, the site is gone for a moment.
    away = place.beside / "away"
    place.output.rename(away)
    try:
        place.spare.folder.rename(place.output)
    except OSError:
        away.rename(place.output)
        raise
    away.rename(place.spare.folder)


def _link_all(source: str, target: str) -> None:
    for entry in os.scandir(source):
        copy = f"{target}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            os.mkdir(copy)  # noqa: PTH102 # fast
            _link_all(entry.path, copy)
        else:
            os.link(entry.path, copy, follow_symlinks=False)
