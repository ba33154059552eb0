"""The next version of a site: made of the spare tree, published, or undone."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from generator.site.digests import digest_of
from generator.site.memory import KnownFile, Memory
from generator.site.output import OutputError, Tree
from generator.site.publication import Place, empty, exchange, lay_spare, settle

if TYPE_CHECKING:
    from generator.site.site import PlannedFile


@dataclass
class Draft:
    """Changes of the spare tree, which was like the published one.

    `last` is the token of that version; None for a new site.

    `changes` are the paths of the files that are, or may be, no longer what they were.
    """

    place: Place
    memory: Memory
    last: str | None
    changes: set[str] = field(default_factory=set)

    @property
    def tree(self) -> Tree:
        """The tree that becomes the next version."""
        return self.place.spare

    def remove(self, paths: Iterable[str]) -> None:
        """Has no file at these paths any more. Raises `OutputError`."""
        for path in paths:
            self.tree.remove(path)
            self.changes.add(path)

    def put(self, planned: PlannedFile, before: KnownFile | None) -> None:
        """Has a file that belongs to no card, which was `before` in the last version.

        Raises `OutputError`.
        """
        if before and planned.key and before.key == planned.key:
            return
        content = planned.make()
        digest = digest_of(content)
        if before is None or before.digest != digest:
            self.tree.write(planned.path, content)
            self.changes.add(planned.path)
        self.memory.keep_file(KnownFile(planned.path, planned.key, digest))

    def undo(self) -> None:
        """Has the spare tree be what is published. Raises `OutputError`."""
        if self.last is not None:
            for path in self.changes:
                self.tree.share(path, self.place.published)
            self.tree.complete(self.last)

    def publish(self, token: str) -> None:
        """Has this be what everybody sees. Raises `OutputError`."""
        self.tree.complete(token)
        settle(self.tree)
        self.memory.keep_version(token)
        self.memory.commit()
        exchange(self.place)

    def follow(self, token: str) -> None:
        """Makes ready for the next build, once this version is what everybody sees."""
        if self.last is None:
            lay_spare(self.place)
        else:
            self._renew_spare(token)

    def _renew_spare(self, token: str) -> None:
        """Has the spare tree follow; if that fails, the next build lays it anew."""
        with contextlib.suppress(OutputError):
            self.tree.begin()
            for path in self.changes:
                self.tree.share(path, self.place.published)
            self.tree.complete(token)


def last_version(place: Place, memory: Memory) -> str | None:
    """The token of what is published; all is forgotten when that is not what is known.

    Raises `OutputError`, and `DamagedError`.
    """
    last = memory.version()
    if last is not None:
        if place.published.token() != last and place.spare.token() == last:
            # The last build was killed when it was about to publish.
            exchange(place)
        if place.published.token() == last:
            return last
    memory.forget_all()
    return None


def new_draft(place: Place, memory: Memory, last: str | None) -> Draft:
    """A draft that is like the published version so far, or empty. Raises `OutputError`."""
    draft = Draft(place, memory, last)
    if last is None:
        empty(place.spare)
        empty(place.documents)
        return draft
    if place.spare.token() != last:
        lay_spare(place)
        if place.spare.token() != last:
            raise OutputError(f"{place.spare.folder} can't be written", "check the disk")
    place.spare.begin()
    return draft
