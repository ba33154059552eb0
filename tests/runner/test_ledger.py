from __future__ import annotations

from generator.runner.ledger import Ledger, fences_of
from tests.runner.hubs import card_text, python

FENCES = {3: "executed", 9: "executed", 12: "skipped", 20: "not code"}


def test_every_fence_of_a_card_has_its_treatment_by_line(parse):
    card = parse(card_text("x = 1", [python("x"), "```text\nnot Python\n```\n"]))
    assert sorted(fences_of(card).values()) == ["executed", "executed", "not code"]


def test_the_counts_add_up_to_the_fences_whatever_becomes_of_them():
    ledger = Ledger()
    ledger.add_card("a.md", FENCES)
    assert sum(ledger.counts("a.md").values()) == 4
    ledger.add_example("a.md", 3, has_failed=False)
    ledger.add_example("a.md", 12, has_failed=False)
    assert ledger.counts("a.md") == {"executed": 1, "skipped": 1, "not code": 1, "not selected": 1}
    assert sum(ledger.counts("a.md").values()) == 4


def test_what_failed_in_one_group_has_failed_though_it_passed_in_another():
    ledger = Ledger()
    ledger.add_card("a.md", FENCES)
    ledger.add_example("a.md", 3, has_failed=False)
    ledger.add_example("a.md", 3, has_failed=True)
    ledger.add_example("a.md", 3, has_failed=False)
    assert ledger.counts("a.md")["failed"] == 1
    assert ledger.counts("a.md")["executed"] == 0


def test_the_total_is_that_of_all_cards():
    ledger = Ledger()
    for path in ("b.md", "a.md"):
        ledger.add_card(path, FENCES)
        for line in FENCES:
            ledger.add_example(path, line, has_failed=False)
    header, a, b, total = (line.split() for line in ledger.lines())
    assert header[-2:] == ["not", "code"]
    assert (a[0], b[0]) == ("a.md", "b.md")
    assert total == ["total:", "8", "code", "blocks", "4", "0", "0", "2", "2"]


def test_a_ledger_survives_the_way_to_another_process():
    one, other = Ledger(), Ledger()
    one.add_card("a.md", FENCES)
    other.take_in(one.as_data())
    assert list(other.lines()) == list(one.lines())
