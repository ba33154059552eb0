"""What code printed, kept within bounds."""

from __future__ import annotations

HEAD_BYTES = 32_768
TAIL_BYTES = 32_768


class Excerpt:
    """The beginning and the end of a stream of bytes, however long it gets."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._tail = bytearray()
        self._length = 0

    def add(self, data: bytes) -> None:
        """Take in what comes next."""
        self._length += len(data)
        room = HEAD_BYTES - len(self._head)
        self._head += data[:room]
        self._tail += data[max(room, 0) :]
        if len(self._tail) > 2 * TAIL_BYTES:
            del self._tail[:-TAIL_BYTES]

    def text(self) -> str:
        """The text, with a line in place of what was left out; bad UTF-8 as U+FFFD."""
        tail = self._tail[-TAIL_BYTES:]
        left_out = self._length - len(self._head) - len(tail)
        if not left_out:
            return (self._head + tail).decode("utf-8", "replace")
        head_text = self._head.decode("utf-8", "replace")
        tail_text = tail.decode("utf-8", "replace")
        return f"{head_text}\n… {left_out:,} bytes left out …\n{tail_text}"
