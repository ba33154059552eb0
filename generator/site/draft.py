"""The next version of a site: made of the spare tree, published, or undone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from generator.site.ingredients import digest_of
from generator.site.memory import KnownBuild, KnownFile, Memory
from generator.site.output import OutputError, Tree
from generator.site.publication import Place, empty, exchange, lay_spare
from generator.site.site import PlannedFile


@dataclass
class Draft:
    """Changes of the spare tree, which was like the published one; `last` is None for a new site.

    `changes` are the paths of the files that are, or may be, no longer what they were.
    """

    place: Place
    memory: Memory
    last: KnownBuild | None
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
            self.tree.complete(self.last.token)

    def publish(self, token: str) -> None:
        """Has this be what everybody sees. Raises `OutputError`."""
        number = self.last.number + 1 if self.last else 1
        self.tree.complete(token)
        build = KnownBuild(number, token, tuple(sorted(self.changes)) if self.last else ())
        # The spare tree is the version before then: older changes it has.
        self.memory.keep_build(build, oldest=number - 1)
        self.memory.commit()
        exchange(self.place)
        if self.last is None:
            lay_spare(self.place)


def last_version(place: Place, memory: Memory) -> KnownBuild | None:
    """The version that is published; all is forgotten when it is not the one that is known.

    Raises `OutputError`, and `DamagedError`.
    """
    builds = memory.builds()
    if builds:
        last = builds[-1]
        is_elsewhere = place.published.token() != last.token
        if is_elsewhere and place.spare.token() == last.token:
            # The last build was killed when it was about to publish.
            exchange(place)
        if place.published.token() == last.token:
            return last
    memory.forget_all()
    return None


def new_draft(place: Place, memory: Memory, last: KnownBuild | None) -> Draft:
    """A draft that is like the published version so far, or empty. Raises `OutputError`."""
    draft = Draft(place, memory, last)
    if last is None:
        empty(place.spare)
        empty(place.documents)
        return draft
    builds = memory.builds()
    numbers = {build.token: build.number for build in builds}
    number = numbers.get(place.spare.token() or "")
    if number is None:
        lay_spare(place)
        if place.spare.token() is None:
            raise OutputError(f"{place.spare.folder} can't be written", "check the disk")
    place.spare.begin()
    for build in builds:
        if number is not None and build.number > number:
            for path in build.changes:
                place.spare.share(path, place.published)
    return draft
