"""An answer as HTTP sends it: whole, a part of it, or only its size."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import Struct

from generator.runner.mirror.answers import Answer, Found, Redirect, Unanswered

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_TEXT = "text/plain; charset=utf-8"


class Body(Struct, frozen=True):
    """`length` bytes of `source`, from `first` on."""

    source: bytes | Path
    first: int
    length: int


class Reply(Struct, frozen=True):
    """Status, headers and body. `Content-Length` is that of the body GET would have."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: Body


def reply_to(answer: Answer, method: str, range_header: str | None) -> Reply:
    """The reply to a request, which may ask for a range of bytes.

    Raises `OSError` when the file with the answer can't be read.
    """
    if isinstance(answer, Unanswered):
        # Not one of the 5xx, which many programs take for a reason to try again and again.
        return _text_reply(404, f"{answer.reason}\n".encode(), method)
    if method not in ("GET", "HEAD"):
        text = b"the mirror answers GET and HEAD only\n"
        return _text_reply(405, text, method, ("Allow", "GET, HEAD"))
    if isinstance(answer, Redirect):
        return _text_reply(answer.status, b"", method, ("Location", answer.location))
    headers = [("Content-Type", answer.content_type), ("Accept-Ranges", "bytes")]
    if answer.encoding:
        headers.append(("Content-Encoding", answer.encoding))
    size = _size(answer)
    match = _RANGE.fullmatch(range_header.strip()) if range_header else None
    if match is None or match.group() == "bytes=-":
        return _reply(200, headers, Body(answer.body, 0, size), method)
    first, last = _bounds(match.group(1), match.group(2), size)
    if first >= size or last < first:
        return _text_reply(416, b"", method, ("Content-Range", f"bytes */{size}"))
    headers.append(("Content-Range", f"bytes {first}-{last}/{size}"))
    return _reply(206, headers, Body(answer.body, first, last - first + 1), method)


def _size(answer: Found) -> int:
    if isinstance(answer.body, bytes):
        return len(answer.body)
    return answer.body.stat().st_size


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        wanted = int(last)
        return (max(size - wanted, 0), size - 1) if wanted else (size, size)
    return int(first), min(int(last), size - 1) if last else size - 1


def _text_reply(status: int, text: bytes, method: str, *headers: tuple[str, str]) -> Reply:
    return _reply(status, [("Content-Type", _TEXT), *headers], Body(text, 0, len(text)), method)


def _reply(status: int, headers: list[tuple[str, str]], body: Body, method: str) -> Reply:
    length = ("Content-Length", str(body.length))
    sent = Body(b"", 0, 0) if method == "HEAD" else body
    return Reply(status, (*headers, length), sent)
