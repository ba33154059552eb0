"""A failure as text: the card's own lines first, and no place that the reader does not know."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from generator.cards.model import Card, CodeBlock
from generator.runner.groups import ExecutedGroup
from generator.runner.session import Failure, FailureKind, Frame, Raised
from generator.untrusted import harmless

_LINES_BEFORE = 2
_LINES_AFTER = 1
_MARKED = ">   "
_UNMARKED = "    "


class Place(Struct, frozen=True):
    """A place in the code that led to a failure; `source` are lines of it, `>` marks the one."""

    path: str
    line: int
    function: str
    source: tuple[str, ...] = ()


class Explanation(Struct, frozen=True):
    """What a failure is, as its reader sees it.

    `places` go from the example to where it failed; `message` says what happened there,
    and `earlier` what led to it, the latest first.
    """

    path: str
    line: int
    places: tuple[Place, ...]
    message: str
    earlier: tuple[str, ...] = ()


def explain(failure: Failure, example_name: str, running: ExecutedGroup, root: Path) -> Explanation:
    """The explanation of a failure in a group; `root` is where the hub's own sources are."""
    path, card = running.path, running.group.card
    frames = failure.chain[0].frames if failure.chain else ()
    places = [_place(frame, example_name, running, root) for frame in _from_the_example_on(frames)]
    if not places:
        is_run = failure.kind is not FailureKind.DEPENDENCY
        source = _source_around(card, failure.line, None) if is_run else ()
        places = [Place(path, failure.line, example_name, source)]
    return Explanation(
        path=path,
        line=failure.line,
        places=tuple(places),
        message=harmless(failure.summary),
        earlier=tuple(_earlier(failure.chain[1:], path)),
    )


def _from_the_example_on(frames: Iterable[Frame]) -> tuple[Frame, ...]:
    frames = tuple(frames)
    first = next((n for n, frame in enumerate(frames) if frame.of_card), None)
    return () if first is None else frames[first:]


def _place(frame: Frame, example_name: str, running: ExecutedGroup, root: Path) -> Place:
    if not frame.of_card:
        path = _known_path(frame.path, running.folder, root)
        return Place(path, frame.line, harmless(frame.function))
    function = example_name if frame.function == "<module>" else frame.function
    source = _source_around(running.group.card, frame.line, frame.columns)
    return Place(running.path, frame.line, harmless(function), source)


def _known_path(path: str, folder: Path, root: Path) -> str:
    """A library's path from where it is installed; of a fetched copy, the hub's own file."""
    file = Path(path)
    if file.is_relative_to(folder):
        inside = file.relative_to(folder)
        for start in range(len(inside.parts)):
            suffix = Path(*inside.parts[start:])
            if (root / suffix).is_file():
                return suffix.as_posix()
        return harmless(inside.as_posix())
    for number, part in reversed(list(enumerate(file.parts[:-1]))):
        if part in ("site-packages", "dist-packages") or part.startswith("python3."):
            return harmless(Path(*file.parts[number + 1 :]).as_posix())
    return harmless(path)


def _source_around(card: Card, line: int, columns: tuple[int, int] | None) -> tuple[str, ...]:
    block = _block_at(card, line)
    if block is None:
        return ()
    lines = block.code.splitlines()
    index = line - block.code_line
    first = max(index - _LINES_BEFORE, 0)
    shown = []
    for number in range(first, min(index + _LINES_AFTER + 1, len(lines))):
        text = harmless(lines[number])
        shown.append((_MARKED if number == index else _UNMARKED) + text)
        if number == index and columns and lines[number].isascii():
            start = columns[0] - block.code_columns[index]
            width = min(columns[1] - columns[0], len(text) - start)
            # A mark below the whole line would say nothing.
            if start >= 0 and 0 < width < len(text.strip()):
                shown.append(_UNMARKED + " " * start + "^" * width)
    return tuple(shown)


def _block_at(card: Card, line: int) -> CodeBlock | None:
    blocks = [card.sample, *(b for section in card.sections for b in section.code_blocks)]
    for block in blocks:
        if block.code_line <= line < block.code_line + len(block.code_columns):
            return block
    return None


def _earlier(chain: Iterable[Raised], path: str) -> Iterable[str]:
    for raised in chain:
        word = "caused by" if raised.link == "cause" else "while handling"
        lines = [frame.line for frame in raised.frames if frame.of_card]
        where = f" ({path}:{lines[-1]})" if lines else ""
        text = f"{raised.type}: {raised.message}" if raised.message else raised.type
        yield harmless(f"{word} {text}{where}")
