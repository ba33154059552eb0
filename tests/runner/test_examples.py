from __future__ import annotations

from generator.cards.examples import groups_of
from tests.runner.hubs import card_text, python


def ids(card):
    return [(group.name, [example.id for example in group.examples]) for group in groups_of(card)]


def test_a_group_is_the_sample_code_and_one_section(parse):
    card = parse(card_text("a = 1", [python("b = 1")], [python("c = 1"), python("d = 1")]))
    assert ids(card) == [
        ("zh_CN", ["sample", "block-1"]),
        ("en_US", ["sample", "block-1", "block-2"]),
    ]
    assert groups_of(card)[1].examples[2].block.code == "d = 1\n"


def test_only_python_is_counted(parse):
    section = [
        "```bash\nls\n```\n",
        "```\nplain\n```\n",
        python("b = 1"),
        "```Python3\nc = 1\n```\n",
    ]
    card = parse(card_text("a = 1", section))
    assert ids(card) == [("zh_CN", ["sample", "block-1", "block-2"])]


def test_ids_survive_edits_elsewhere(parse):
    before = parse(card_text("a = 1", [python("b = 1")], [python("c = 1")]))
    after = parse(
        card_text("a = 1\nb = 2", ["text\n\n", python("b = 1")], ["# new\n", python("c")])
    )
    assert ids(before) == ids(after)
