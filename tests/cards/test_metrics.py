"""A card's metrics are stated once, as data; tables are made of them, or compared with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.cards.metrics import TableWords, section_with_metrics, table_lines
from generator.cards.tables import find_tables
from tests.cards.writing import HEAD, card_of, card_text, check, place_of

METRICS = """\
metrics:
  imagenet:
    dataset: {zh_CN: ImageNet 验证集, en_US: ImageNet validation set}
    columns:
      top-1: Top-1 (%)
      params: {zh_CN: 参数量（百万）, en_US: Parameters (millions)}
    values:
      net_a: {model: Net|A, top-1: 70.310, params: 11.69}
      net_b: {top-1: "72.1 ± 0.2"}
"""
COMMENT = "<!-- metrics: imagenet -->"
WORDS = TableWords("Model", "Entrypoint", "Dataset: {name}")


def with_metrics(zh: str, en: str, metrics: str = METRICS) -> str:
    text = card_text("pass", zh, en)
    assert HEAD in text
    return text.replace("---\n```", f"{metrics}---\n```", 1)


def test_a_table_is_made_in_each_language_where_it_is_asked_for() -> None:
    card = card_of(with_metrics(f"见表：\n{COMMENT}\n后文。", COMMENT))
    zh, en = (section_with_metrics(card, section, WORDS) for section in card.sections)
    (table,) = find_tables(zh.lines)
    assert [cell.text for cell in table.header] == [
        *("Model", "Entrypoint", "Top-1 (%)", "参数量（百万）"),
    ]
    assert [cell.text for cell in table.rows[1]] == ["net_b", "net_b", "72.1 ± 0.2", "–"]
    (table,) = find_tables(en.lines)
    assert table.header[3].text == "Parameters (millions)"
    assert {line.number for line in en.lines} == {en.span.start.line + 1, en.span.start.line + 2}


def test_values_are_shown_as_they_are_written_and_no_text_is_markup() -> None:
    card = card_of(with_metrics(COMMENT, COMMENT))
    lines = table_lines(card.front_matter.metrics["imagenet"], "en_US", WORDS)
    assert lines[0] == "Dataset: ImageNet validation set"
    assert lines[4] == "| Net\\|A | `net_a` | 70.310 | 11.69 |"


def test_metrics_that_are_asked_for_are_no_problem(tmp_path: Path) -> None:
    assert check(with_metrics(COMMENT, COMMENT), tmp_path) == []


@pytest.mark.parametrize(
    ("comment", "code"),
    [
        ("<!-- metrics: imagnet -->", "E630"),
        ("<!-- metrics imagenet -->", "E631"),
        ("- <!-- metrics: imagenet -->", "E631"),
        ("text\n<!-- metrics: -->", "E631"),
        ("text <!-- metrics: imagenet -->", "E631"),
        ("- text\n  more <!-- metrics: imagenet --> and more", "E631"),
        ("### Title <!-- metrics: imagenet -->", "E631"),
    ],
)
def test_a_comment_that_stands_for_nothing_is_told(tmp_path: Path, comment: str, code: str) -> None:
    text = with_metrics(f"{comment}\n", "")
    found = [item for item in check(text, tmp_path) if item.code == code]
    assert [item.place for item in found] == [place_of(text, comment[comment.index("<") :])]


@pytest.mark.parametrize(
    "text",
    [
        "Write `<!-- metrics: imagenet -->` there.",
        "A text. <!-- metrics are from the paper -->",
        "Write \\<!-- metrics: imagenet --> there.",
    ],
)
def test_what_only_speaks_of_metrics_is_left_alone(tmp_path: Path, text: str) -> None:
    found = check(with_metrics(text, text), tmp_path)
    assert [item for item in found if item.code == "E631"] == []


@pytest.mark.parametrize(
    ("header", "is_compared"),
    [
        ("Top1 acc", True),
        ("Top-1 accuracy", True),
        ("Top1 准确率", True),
        ("Top-1 error", False),
        ("Top-10 acc", False),
        ("Top-5 acc", False),
        ("Accuracy", False),
        ("Top-1 acc | Top1", True),
        ("Top-1 acc | Top-1 accuracy", False),
    ],
)
def test_a_title_is_the_column_that_it_can_only_be(
    tmp_path: Path, header: str, is_compared: bool
) -> None:
    count = header.count("|") + 1
    table = f"| Net | {header} |\n|{' - |' * (count + 1)}\n| `net_a` |{' 12.3 |' * count}"
    found = [item.code for item in check(with_metrics(table, table), tmp_path)]
    assert found == (["E632", "E632"] if is_compared else [])


ROWS = "| `net_a` | 70.31 |", "| `net_b` | 72.1 ± 0.2 |", "| `net_c` | 74.5 |"
THREE = METRICS.replace('top-1: "72.1', 'model: B, top-1: "72.1') + "      net_c: {top-1: 74.5}\n"


@pytest.mark.parametrize(
    ("rows", "is_told"),
    [
        ((*ROWS[:2],), True),
        (ROWS, False),
        ((ROWS[0], "| B | 72.1 ± 0.2 |"), True),
        ((ROWS[0],), False),
        ((*ROWS[:2], "| another | 80.0 |"), False),
        ((*ROWS[:2], "\n| Net | Top-1 (%) |\n| - | - |", ROWS[2]), False),
    ],
)
def test_an_entrypoint_that_is_in_no_table_is_told_where_that_is_certain(
    tmp_path: Path, rows: tuple[str, ...], is_told: bool
) -> None:
    table = "\n".join(["| Net | Top-1 (%) |", "| - | - |", *rows])
    text = with_metrics(table, table, THREE)
    found = check(text, tmp_path)
    assert [item.code for item in found] == (["E633", "E633"] if is_told else [])
    if is_told:
        assert found[0].place.split(":")[0] == place_of(text, rows[1]).split(":")[0]


def test_a_table_of_another_dataset_lacks_nothing(tmp_path: Path) -> None:
    other = (
        "\n".join([*THREE.split("\n")[1:-1], ""])
        .replace("imagenet", "cifar")
        .replace("70.310", "90.1")
        .replace('"72.1 ± 0.2"', "91.2")
    )
    other = other.replace("      net_c: {top-1: 74.5}\n", "")
    table = "| Net | Top-1 (%) |\n| - | - |\n| `net_a` | 90.1 |\n| `net_b` | 91.2 |"
    assert check(with_metrics(table, table, THREE + other), tmp_path) == []


def test_a_title_that_the_language_of_a_table_lacks_is_told(tmp_path: Path) -> None:
    lacking = METRICS.replace(", en_US: Parameters (millions)", "")
    text = with_metrics(COMMENT, COMMENT, lacking)
    (found,) = check(text, tmp_path)
    assert (found.code, found.place) == ("E634", place_of(text, "{zh_CN: 参数量"))
    assert "columns.params has no text in en_US" in found.text
    (found,) = check(
        with_metrics(COMMENT, COMMENT, METRICS.replace("zh_CN: ImageNet 验证集, ", "")), tmp_path
    )
    assert "dataset has no text in zh_CN" in found.text
    plain = "| Net | Top-1 (%) |\n| - | - |\n| `net_a` | 70.31 |"
    assert check(with_metrics(plain, plain, lacking), tmp_path) == []


@pytest.mark.parametrize(
    ("value", "is_right"),
    [
        ("70.310", True),
        ("70.31", True),
        ("70.3%", True),
        ("**70.3**", True),
        ("70.32", False),
        ("71", False),
        ("", False),
    ],
)
def test_a_written_table_is_compared_with_the_data(
    tmp_path: Path, value: str, is_right: bool
) -> None:
    table = f"| Net | Top-1 (%) |\n| - | - |\n| `net_a` | {value} |\n| other | 1 |"
    text = with_metrics(table, table)
    found = [item.code for item in check(text, tmp_path)]
    assert found == ([] if is_right else ["E632", "E632"])


def test_a_written_table_is_the_counterpart_of_one_that_is_made(tmp_path: Path) -> None:
    written = """\
| Model | Entrypoint | Top-1 (%) | Parameters (millions) |
| - | - | - | - |
| A | `net_a` | 70.310 | 11.69 |
| B | `net_b` | 72.1 ± 0.2 | – |
"""
    assert check(with_metrics(COMMENT, written), tmp_path) == []
    assert [item.code for item in check(with_metrics(COMMENT, "nothing"), tmp_path)] == ["E603"]


@pytest.mark.parametrize(
    ("old", "new", "code", "marked"),
    [
        ("    values:", "    value:", "E205", "value:"),
        ("top-1: 70.310", "top1: 70.310", "E205", "top1: 70.310"),
        ("70.310", "null", "E207", "null"),
        ("70.310", "[70.310]", "E207", "[70.310]"),
        ("70.310", "true", "E207", "true,"),
        ("top-1: Top-1 (%)", "top-1: {fr_FR: Top-1}", "E205", "fr_FR"),
        ("top-1: Top-1 (%)", "top-1: []", "E207", "[]\n"),
        ("  imagenet:", "  image net:", "E207", "image net"),
        ("    dataset: {zh_CN: ImageNet 验证集, en_US: ImageNet validation set}\n", "", "E206", ""),
    ],
)
def test_what_is_wrong_with_the_data_is_told_at_its_place(
    tmp_path: Path, old: str, new: str, code: str, marked: str
) -> None:
    text = with_metrics("中文。", "English.", METRICS.replace(old, new, 1))
    found = check(text, tmp_path)
    assert code in [item.code for item in found]
    if marked:
        assert (code, place_of(text, marked)) in [(item.code, item.place) for item in found]
