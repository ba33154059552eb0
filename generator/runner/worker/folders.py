"""Folders that hostile code may have filled: measured and removed whatever is in them.

Links are not followed, and paths stay short, since code can nest folders without end.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat

_MOST_LEVELS = 200
_LEAST_BYTES = 4096


class TooDeepError(Exception):
    """Folders are nested so deep that their contents can't be told."""


def bytes_in(folder: str, enough: int) -> int:
    """How many bytes the files below take on the disk; counted until there are `enough`.

    Each file counts for at least a block, since its name and its attributes take one.
    Raises `TooDeepError`.
    """
    total = 0
    waiting = [(folder, 0)]
    while waiting and total < enough:
        path, level = waiting.pop()
        if level > _MOST_LEVELS:
            raise TooDeepError
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    status = entry.stat(follow_symlinks=False)
                    total += max(status.st_blocks * 512, _LEAST_BYTES)
                    if stat.S_ISDIR(status.st_mode):
                        waiting.append((entry.path, level + 1))
                    if total >= enough:
                        break
        except OSError as error:
            # All else is that it is gone again by now.
            if error.errno == errno.ENAMETOOLONG:
                raise TooDeepError from None
    return total


def remove_folder(folder: str) -> None:
    """Remove a folder in which no process writes any more, as far as that is possible."""
    number = 0
    # Something may have any name that can be guessed.
    prefix = os.path.join(folder, os.urandom(8).hex() + "-")
    while True:
        with contextlib.suppress(OSError):
            os.chmod(folder, 0o700)
        try:
            names = os.listdir(folder)
        except OSError:
            return
        count_before = number
        for name in names:
            path = os.path.join(folder, name)
            if os.path.islink(path) or not os.path.isdir(path):
                with contextlib.suppress(OSError):
                    os.unlink(path)
                continue
            number = _lift_folders_of(path, prefix, number)
            with contextlib.suppress(OSError):
                os.rmdir(path)
        if number == count_before:
            break
    with contextlib.suppress(OSError):
        os.rmdir(folder)


def _lift_folders_of(path: str, prefix: str, number: int) -> int:
    """Empty a folder: its files go, its folders come to `prefix` with numbers from `number`."""
    with contextlib.suppress(OSError):
        # Without the owner's permission to write, it could not be emptied.
        os.chmod(path, 0o700)
        for name in os.listdir(path):
            inner = os.path.join(path, name)
            with contextlib.suppress(OSError):
                if os.path.islink(inner) or not os.path.isdir(inner):
                    os.unlink(inner)
                    continue
                os.chmod(inner, 0o700)
                os.rename(inner, prefix + str(number))
                number += 1
    return number
