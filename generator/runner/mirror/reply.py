"""An answer as HTTP sends it: whole, a part of it, or only its size."""

from __future__ import annotations

import re
from dataclasses import dataclass

from generator.runner.mirror.answers import Answer, Found

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, headers and body. `Content-Length` is that of the body GET would have."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def reply_to(answer: Answer, method: str, range_header: str | None) -> Reply:
    """The reply to a request, which may ask for a range of bytes."""
    if not isinstance(answer, Found):
        # Not one of the 5xx, which many programs take for a reason to try again and again.
        return _reply(404, "text/plain; charset=utf-8", f"{answer.reason}\n".encode(), method)
    if method not in ("GET", "HEAD"):
        text = b"the mirror answers GET and HEAD only\n"
        return _reply(405, "text/plain; charset=utf-8", text, method, ("Allow", "GET, HEAD"))
    ranges = ("Accept-Ranges", "bytes")
    match = _RANGE.fullmatch(range_header.strip()) if range_header else None
    if match is None or match.group() == "bytes=-":
        return _reply(200, answer.content_type, answer.body, method, ranges)
    size = len(answer.body)
    first, last = _bounds(match.group(1), match.group(2), size)
    if first >= size or last < first:
        unsatisfied = ("Content-Range", f"bytes */{size}")
        return _reply(416, "text/plain; charset=utf-8", b"", method, unsatisfied)
    part = ("Content-Range", f"bytes {first}-{last}/{size}")
    body = answer.body[first : last + 1]
    return _reply(206, answer.content_type, body, method, ranges, part)


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        wanted = int(last)
        return (max(size - wanted, 0), size - 1) if wanted else (size, size)
    return int(first), min(int(last), size - 1) if last else size - 1


def _reply(
    status: int, content_type: str, body: bytes, method: str, *headers: tuple[str, str]
) -> Reply:
    always = (("Content-Type", content_type), ("Content-Length", str(len(body))))
    return Reply(status, (*always, *headers), b"" if method == "HEAD" else body)
