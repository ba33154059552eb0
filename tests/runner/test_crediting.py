from __future__ import annotations

from generator.cards.examples import groups_of
from generator.runner.crediting import failure_of
from generator.runner.session import Failure, FailureKind, Frame, Raised
from tests.runner.hubs import card_text, line_of, python

TEXT = card_text(
    "x = 1",
    [python("a = 1\nb = a / 0  # zh")],
    ["- in a list\n\n  ```python\n  a = 1\n  b = a / 0  # en\n  ```\n"],
)


def failure(line):
    frames = (
        Frame("cards/card.md", line, "<module>", of_card=True, columns=(5, 10)),
        Frame("/lib/thing.py", 3, "f", of_card=False),
    )
    raised = Raised("ZeroDivisionError", "division by zero", frames)
    return Failure(FailureKind.RAISED, f"stopped in line {line}", line, (raised,))


def test_a_failure_is_told_by_the_lines_and_columns_of_the_credited_group(parse):
    zh, en = groups_of(parse(TEXT))
    there, here = line_of(TEXT, "# zh"), line_of(TEXT, "# en")
    told = failure_of(en, zh, failure(there))
    assert told.line == here
    assert told.summary == f"stopped in line {here}"
    own, other = told.chain[0].frames
    assert (own.line, own.columns) == (here, (7, 12))
    assert other.line == 3


def test_a_line_of_the_sample_code_is_the_same_for_all(parse):
    zh, en = groups_of(parse(TEXT))
    line = line_of(TEXT, "x = 1")
    assert failure_of(en, zh, failure(line)) == failure(line)


def test_the_group_that_was_executed_keeps_its_failure(parse):
    zh, _ = groups_of(parse(TEXT))
    original = failure(line_of(TEXT, "# zh"))
    assert failure_of(zh, zh, original) is original
