"""A failure of one group, in terms of another group with the same code."""

from __future__ import annotations

from msgspec.structs import replace

from generator.cards.examples import Group
from generator.runner.session import Failure, Frame, Raised


def failure_of(credited: Group, executed: Group, failure: Failure) -> Failure:
    """The failure as it would be told had `credited` been executed in place of `executed`."""
    if credited.name == executed.name:
        return failure
    return replace(
        failure,
        line=_line(failure.line, executed, credited),
        chain=tuple(_raised(item, executed, credited) for item in failure.chain),
        summary=_summary(failure, executed, credited),
    )


def _summary(failure: Failure, executed: Group, credited: Group) -> str:
    old = f"line {failure.line}"
    return failure.summary.replace(old, f"line {_line(failure.line, executed, credited)}")


def _raised(raised: Raised, executed: Group, credited: Group) -> Raised:
    return replace(raised, frames=tuple(_frame(f, executed, credited) for f in raised.frames))


def _frame(frame: Frame, executed: Group, credited: Group) -> Frame:
    if not frame.of_card:
        return frame
    line = _line(frame.line, executed, credited)
    shift = _column(line, credited) - _column(frame.line, executed)
    columns = frame.columns and (frame.columns[0] + shift, frame.columns[1] + shift)
    return replace(frame, line=line, columns=columns)


def _line(line: int, executed: Group, credited: Group) -> int:
    for one, other in zip(executed.examples, credited.examples, strict=True):
        offset = line - one.block.code_line
        if 0 <= offset < max(len(one.block.code_columns), 1):
            return other.block.code_line + offset
    return line


def _column(line: int, group: Group) -> int:
    for example in group.examples:
        offset = line - example.block.code_line
        if 0 <= offset < len(example.block.code_columns):
            return example.block.code_columns[offset]
    return 1
