"""What is in the published tree and its spare, and what it was made from: a small database.

It saves work, and nothing else depends on it. When it is gone, damaged, or was copied from
another machine, more is made anew, and the site is the same.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias
from zlib import crc32

import msgspec
from msgspec import Struct
from msgspec.structs import astuple

from generator.site.output import OutputError

_VERSION = 7
_PAGE_SIZE = 32_768  # bytes: all listings are read in every build that changes one
_TABLES = """
create table cards (id text primary key, path text, signature text, content text, own text,
    neighbours text, title text, pages int, files int, notes text, checksum int);
create table listings (id text primary key, links text, anchors text, listed blob, checksum int);
create table outputs (id text primary key, files text, documents text, checksum int);
create table common (path text primary key, key text, digest text, checksum int);
create table version (name text primary key, token text, checksum int);
"""

Digests: TypeAlias = "Mapping[str, str]"
"""The digests of files, by their paths."""


class DamagedError(Exception):
    """The database can't be trusted."""


class KnownCard(Struct, frozen=True):
    """What a card was made from, and what is needed of it in every build.

    `signature` is what the file system said of its file, empty when that says too little;
    `content` is a digest of the file, `own` one of all that it depends on but its neighbours.
    `pages` and `files` say how many it has, `notes` is JSON of what there is to report.
    """

    id: str
    path: str
    signature: str
    content: str
    own: str
    neighbours: str
    title: str
    pages: int
    files: int
    notes: str


class KnownListing(Struct, frozen=True):
    """What a card tells the rest of the site: for lists, and, as JSON, its links and anchors.

    `links` is empty for a card that leads to no place of the site that needs a look.
    """

    id: str
    links: str
    anchors: str
    listed: bytes


class KnownOutput(Struct, frozen=True):
    """The files that a card came to; the digests are by path."""

    id: str
    files: Digests
    documents: Digests


class Totals(Struct, frozen=True):
    """How much there is of all cards."""

    cards: int
    pages: int
    files: int


class KnownFile(Struct, frozen=True):
    """A file that belongs to no card; `key` is a digest of what it depends on."""

    path: str
    key: str
    digest: str


class Memory:
    """The database, in a transaction that ends with `commit`, or comes to nothing."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """With a connection to a database that has the tables."""
        self._connection = connection

    def cards(self) -> dict[str, KnownCard]:
        """All cards by their ids. Raises `DamagedError`, as all that reads does."""
        return {row[0]: KnownCard(*row) for row in self._rows("cards")}

    def noted_cards(self) -> Iterator[KnownCard]:
        """The cards of which there is something to report, in the order of their ids."""
        for row in self._rows("cards", "where notes != '' order by id"):
            yield KnownCard(*row)

    def totals(self) -> Totals:
        """How much there is of all cards."""
        statement = "select count(*), coalesce(sum(pages), 0), coalesce(sum(files), 0) from cards"
        try:
            return Totals(*self._connection.execute(statement).fetchone())
        except sqlite3.Error as error:
            raise DamagedError from error

    def listings(self) -> Iterator[KnownListing]:
        """What all cards tell, in the order of their ids."""
        for row in self._rows("listings", "order by id"):
            yield KnownListing(*row)

    def listing(self, card_id: str) -> KnownListing | None:
        """What a card tells."""
        rows = self._rows("listings", "where id = ?", (card_id,))
        return next((KnownListing(*row) for row in rows), None)

    def outputs(self) -> Iterator[KnownOutput]:
        """What all cards came to, in the order of their ids."""
        yield from map(_output, self._rows("outputs", "order by id"))

    def output(self, card_id: str) -> KnownOutput | None:
        """What a card came to."""
        rows = self._rows("outputs", "where id = ?", (card_id,))
        return next(map(_output, rows), None)

    def common(self) -> dict[str, KnownFile]:
        """The files that belong to no card, by their paths."""
        return {row[0]: KnownFile(*row) for row in self._rows("common")}

    def version(self) -> str | None:
        """What the marker says of the last version that was made, if there was one."""
        return next((str(token) for _, token in self._rows("version")), None)

    def keep_card(self, card: KnownCard) -> None:
        """Notes a card as it is now."""
        self._put("cards", astuple(card))

    def keep_listing(self, listing: KnownListing) -> None:
        """Notes what a card tells."""
        self._put("listings", astuple(listing))

    def keep_output(self, output: KnownOutput) -> None:
        """Notes what a card has come to."""
        digests = (json.dumps(dict(files)) for files in (output.files, output.documents))
        self._put("outputs", (output.id, *digests))

    def forget_card(self, card_id: str) -> None:
        """Notes that a card is gone."""
        for table in ("cards", "listings", "outputs"):
            self._do(f"delete from {table} where id = ?", (card_id,))  # noqa: S608 # ours

    def keep_file(self, file: KnownFile) -> None:
        """Notes a file that belongs to no card."""
        self._put("common", (file.path, file.key, file.digest))

    def forget_file(self, path: str) -> None:
        """Notes that a file that belonged to no card is gone."""
        self._do("delete from common where path = ?", (path,))

    def keep_version(self, token: str) -> None:
        """Notes what the marker says of the version that was made."""
        self._put("version", ("last", token))

    def forget_all(self) -> None:
        """Notes that nothing is known."""
        for table in ("cards", "listings", "outputs", "common", "version"):
            self._do(f"delete from {table}", ())  # noqa: S608 # ours

    def commit(self) -> None:
        """Makes what was noted last. Raises `OutputError`."""
        self._do("commit", ())
        self._do("begin immediate", ())

    def _rows(
        self, table: str, rest: str = "", values: tuple[str, ...] = ()
    ) -> Iterator[tuple[Any, ...]]:
        try:
            statement = f"select * from {table} {rest}"  # noqa: S608 # ours
            for row in self._connection.execute(statement, values):
                content = row[:-1]
                if row[-1] != _checksum(content):
                    raise DamagedError
                yield content
        except (sqlite3.Error, ValueError) as error:
            raise DamagedError from error

    def _put(self, table: str, row: tuple[object, ...]) -> None:
        places = ",".join("?" * (len(row) + 1))
        statement = f"insert or replace into {table} values ({places})"  # noqa: S608 # ours
        self._do(statement, (*row, _checksum(row)))

    def _do(self, statement: str, values: tuple[object, ...]) -> None:
        try:
            self._connection.execute(statement, values)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                message = f"what the build has done can't be noted: {error}"
                raise OutputError(message, "check the disk") from None
            raise DamagedError from error


@contextmanager
def remembered(path: Path) -> Iterator[Memory]:
    """The database at `path`, a new one if there is none that can be used."""
    try:
        connection = _opened(path)
    except sqlite3.Error:
        discard(path)
        try:
            connection = _opened(path)
        except sqlite3.Error as error:
            message = f"{path} can't be written: {error}"
            raise OutputError(message, "check its permissions and the disk") from None
    with contextlib.closing(connection):
        yield Memory(connection)


def discard(path: Path) -> None:
    """Removes the database at `path`."""
    for name in (path.name, f"{path.name}-journal", f"{path.name}-wal", f"{path.name}-shm"):
        with contextlib.suppress(OSError):
            path.with_name(name).unlink()


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        (version,) = connection.execute("pragma user_version").fetchone()
        if version != _VERSION:
            for (name,) in list(
                connection.execute("select name from sqlite_master where type = 'table'")
            ):
                connection.execute(f'drop table "{name}"')
            connection.execute(f"pragma page_size = {_PAGE_SIZE}")
            connection.executescript(_TABLES)
            connection.execute(f"pragma user_version = {_VERSION}")
        connection.execute("begin immediate")
    except BaseException:
        connection.close()
        raise
    return connection


def _output(row: tuple[str, ...]) -> KnownOutput:
    card_id, files, documents = row
    return KnownOutput(card_id, json.loads(files), json.loads(documents))


def _checksum(row: tuple[object, ...]) -> int:
    """Finds out about damage, as file systems and archives do, in a tenth of a digest's time."""
    return crc32(msgspec.msgpack.encode(row))
