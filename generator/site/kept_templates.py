"""Templates that were compiled once are not compiled again, as Python does with modules."""

from __future__ import annotations

import contextlib
from hashlib import blake2b
from pathlib import Path

from jinja2.bccache import Bucket, BytecodeCache
from msgspec import Struct

from generator.files import write_whole

_DIGEST_SIZE = 16


class CompiledTemplates(Struct, frozen=True):
    """Where compiled templates are kept, and a digest of the program that compiles them."""

    folder: Path
    program: str


class KeptTemplates(BytecodeCache):
    """Keeps them in a folder, which may be gone, or hold anything, at any time."""

    def __init__(self, kept: CompiledTemplates) -> None:
        """What was compiled by another program is not taken."""
        self._kept = kept

    def load_bytecode(self, bucket: Bucket) -> None:
        """Gives the bucket what is kept for it, if that is whole and of this program."""
        try:
            content = (self._kept.folder / bucket.key).read_bytes()
        except OSError:
            return
        digest, code = content[:_DIGEST_SIZE], content[_DIGEST_SIZE:]
        if digest == self._digest(code):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps it; where that can't be done, it is compiled again the next time."""
        code = bucket.bytecode_to_string()
        with contextlib.suppress(OSError):
            self._kept.folder.mkdir(parents=True, exist_ok=True)
            write_whole(self._kept.folder / bucket.key, self._digest(code) + code)

    def _digest(self, code: bytes) -> bytes:
        return blake2b(self._kept.program.encode() + code, digest_size=_DIGEST_SIZE).digest()
