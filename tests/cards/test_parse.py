"""Any bytes at all: problems are told, nothing is raised, and places are right."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.cards.model import Card
from generator.cards.parse import ParsedCard, parse_card
from generator.diagnostics import Severity
from generator.source import Span
from tests.cards.writing import HEAD, card_of, card_text, python
from tests.cards.writing import settings as hub_settings

SETTINGS = hub_settings()
GOOD = card_text(
    sample="import a\n# 注释 𝄞\nx = 1",
    zh="# 标题 𝄞\n\n[链接](https://a.example/中)\n\n- 列表\n\n  ```python\n  y = 'é'\n  ```\n",
    en="Head\n====\n\n<https://b.example/>\n\n> ```text\n> quoted\n> ```\n",
)


def parse(data: bytes) -> ParsedCard:
    return parse_card(Path("x.md"), data, SETTINGS)


def codes(data: bytes) -> list[str]:
    return [item.code for item in parse(data).diagnostics]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_raise(data):
    assert parse(data).diagnostics


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(GOOD)),
            st.text(alphabet="-`~<>!:[]{}&*'\"\n\t #|\x00\ufeffa中", max_size=6),
        ),
        max_size=6,
    )
)
def test_no_damage_to_a_good_card_raises_and_each_place_is_in_the_file(cuts):
    text = GOOD
    for position, piece in cuts:
        text = text[:position] + piece + text[position + len(piece) :]
    parsed = parse(text.encode("utf-8"))
    lines = text.removeprefix("\ufeff").split("\n")
    for item in parsed.diagnostics:
        start = item.span.start
        assert 1 <= start.line <= len(lines) + 1
        assert 1 <= start.column <= len([*lines, ""][start.line - 1]) + 2
        assert item.message
        assert item.hint


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "E201"),
        (b"\xff\xfe" + "a".encode("utf-16-le"), "E102"),
        (b"\xfe\xff\x00a", "E102"),
        (b"---\n\xff", "E102"),
        (b"a" * (1 << 20) + b"b", "E103"),
        (HEAD.encode() + b"x" * 30_000, "E103"),
        (card_text().replace("English", "Eng\x00lish").encode(), "E104"),
        (card_text().replace("English", "Eng\x1b[31mlish").encode(), "E104"),
    ],
)
def test_what_is_no_text_of_a_card_is_told_by_its_kind(data, code):
    assert code in codes(data)


HIDDEN = ["\u202e", "\u2066", "\u200b", "\u2060", "\ufeff", "\U000e0041", "\u200d"]
FLAG = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
EMOJI = f"👩\u200d💻 ❤\ufe0f 1\ufe0f\u20e3 {FLAG}"


@pytest.mark.parametrize("hidden", HIDDEN)
def test_what_can_not_be_seen_is_an_error_in_text_and_in_code(hidden):
    for text in (
        card_text(sample=f"name = 'ad{hidden}min'"),
        card_text(en=f"The ad{hidden}min."),
    ):
        (finding,) = parse(text.encode()).diagnostics
        assert finding.code == "E107"
        assert finding.severity is Severity.ERROR
        assert f"U+{ord(hidden):04X}" in finding.message
        line = text.split("\n")[finding.span.start.line - 1]
        assert line[finding.span.start.column - 1] == hidden


def test_emoji_and_other_scripts_hide_nothing():
    assert codes(card_text(zh=EMOJI, en=f"{EMOJI} می\u200cخواهم").encode()) == []


def test_a_line_of_ten_megabytes_is_refused_at_once():
    (finding,) = parse(HEAD.encode() + b"[" * 10_000_000).diagnostics
    assert finding.code == "E103"


def test_the_place_of_a_bad_byte_is_told_in_characters():
    data = card_text(zh="中文").encode() + b"ab\xff"
    (finding,) = parse(data).diagnostics
    assert finding.span.start.line == data.count(b"\n") + 1
    assert finding.span.start.column == 3


@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_a_byte_order_mark_change_nothing(line_end, mark):
    other = parse((mark + GOOD).replace("\n", line_end).encode("utf-8")).card
    assert other == card_of(GOOD)


def text_at(card: Card, span: Span) -> str:
    """What stands in the source at a span of one line."""
    line = card.text.split("\n")[span.start.line - 1]
    return line[span.start.column - 1 : span.end.column - 1]


def test_everything_is_where_it_says():
    card = card_of(GOOD)
    spans = card.front_matter.spans
    assert text_at(card, spans["title",]) == "A model"
    assert text_at(card, spans["summary", "zh_CN"]) == "模型"
    assert text_at(card, spans["tags", 0]) == "vision"
    assert text_at(card, spans["github-link",]) == "https://github.com/owner/name"
    zh, en = card.sections
    assert text_at(card, zh.span) == "<!-- section: zh_CN -->"
    assert [(text_at(card, h.span), h.level) for h in zh.headings] == [("# 标题 𝄞", 1)]
    assert [(h.text, h.level) for h in en.headings] == [("Head", 1)]
    assert [text_at(card, link.span) for link in zh.links] == ["https://a.example/中"]
    assert [text_at(card, link.span) for link in en.links] == ["https://b.example/"]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(["x = 1", "", "  y = 'é中𝄞'", "# c", "\tz"]), min_size=1, max_size=5),
    st.sampled_from(["", "- ", "> ", "1. ", "> - ", "   "]),
)
def test_code_is_where_it_says_in_whatever_it_stands(code, mark):
    rest = "".join(char if char in "> " else " " for char in mark)
    body = "\n".join([f"{mark}```python", *(rest + line for line in code), f"{rest}```"])
    card = card_of(card_text(zh=body))
    (block,) = card.sections[0].code_blocks
    lines = card.text.split("\n")
    assert text_at(card, block.info_span) == "python"
    for number, line in enumerate(block.code.split("\n")[:-1]):
        source = lines[block.code_line - 1 + number]
        column = block.code_columns[number]
        assert source[column - 1 :].expandtabs(1).strip() == line.expandtabs(1).strip()


def test_deep_nesting_and_long_runs_are_read_in_time():
    hostile = ["> " * 9_000, "- " * 9_000, "[" * 19_000, "`" * 19_000, "*" * 19_000, "<a " * 6_000]
    for line in hostile:
        parse(card_text(zh="\n".join([line] * 40)).encode())


def test_the_card_has_all_of_its_text():
    card = card_of(GOOD)
    assert card.text == GOOD
    assert card.sample.code == "import a\n# 注释 𝄞\nx = 1\n"
    assert [section.language for section in card.sections] == ["zh_CN", "en_US"]
    assert card.section("en_US") is card.sections[1]
    assert card.section("ja_JP") is None
    assert python("x") in card_text(sample="x")
