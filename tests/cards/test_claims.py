"""What a card's text states of models and preprocessing is what the code has."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.cards.model import Line, LineKind
from generator.cards.tables import find_tables
from tests.cards.writing import ROOT, card_text, check, in_both, place_of, python

OWN_CARD = (ROOT / "cards" / "megengine_vision_resnet.md").read_text(encoding="utf-8")
LOAD = "import megengine.hub\nm = megengine.hub.load('megengine/models', 'resnet18')"
TRANSFORM = """\
import megengine.data.transform as T
T.Compose([
    T.Resize(256),
    T.CenterCrop(224),
    T.Normalize(mean=[103.530, 116.280, 123.675], std=[57.375, 57.120, 58.395]),
])
"""


def table(*rows: str, header: str = "| 模型 | Top1 acc | Top5 acc |") -> str:
    columns = header.strip("|").count("|") + 1
    return "\n".join((header, "|" + " --- |" * columns, *rows))


def claims(sample: str, zh: str, folder: Path) -> list[tuple[str, str]]:
    found = check(card_text(sample, zh), folder)
    return [(item.code, item.place) for item in found if item.code.startswith("E5")]


def test_this_hubs_card_states_what_is_so(tmp_path: Path) -> None:
    assert check(OWN_CARD, tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "at"),
    [
        ("| 70.312 |", "| 70.321 |", "E532", "70.321"),
        ("| 77.592 |", "| 77.6 % |", None, ""),
        ("| 77.592 |", "| **0.77592** |", None, ""),
        ("| 77.592 |", "| **77.9** |", "E532", "**77.9**"),
        ("| 77.592 |", "| about 78 |", None, ""),
        ("| `resnet34` |", "| `resnet43` |", "E530", "`resnet43`"),
        ("| ResNet-34 |", "| ResNet-50 |", "E531", "ResNet-50 | `resnet34`"),
        ("| ResNet-34 |", "| 三十四层 |", None, ""),
        ("`[103.530, 116.280, 123.675]`", "`[103.530, 116.280, 123.657]`", "E533", "[103.530"),
        (
            "`[57.375, 57.120, 58.395]`",
            "`[57.375, 57.120, 58.3]`",
            "E533",
            "[57.375, 57.120, 58.3]",
        ),
        ("`[57.375, 57.120, 58.395]`", "[57.375,57.12,58.395]", None, ""),
        ("短边缩放到 `256`", "短边缩放到 `255`", "E533", "255"),
        ("裁剪出 `224 x 224`", "裁剪出 `256 × 256`", "E533", "256 × 256"),
        ("shorter side to `256`", "shorter side to `288`", "E533", "288"),
        ("crop `224 x 224`", "crop `(225, 225)`", "E533", "(225, 225)"),
        ("mean `[103.530, 116.280, 123.675]`", "mean `[0.406, 0.456, 0.485]`", None, ""),
        ("T.Resize(256),", "T.Resize(SIZE),", None, ""),
    ],
)
def test_a_claim_that_is_not_so_is_told_at_its_place(
    tmp_path: Path, old: str, new: str, code: str | None, at: str
) -> None:
    assert old in OWN_CARD
    text = OWN_CARD.replace(old, new, 1)
    found = [p for p in check(text, tmp_path) if p.code.startswith("E5")]
    problems = [p for p in found if p.code not in ("E502", "E520")]
    expected = [] if code is None else [(code, place_of(text, at))]
    assert [(problem.code, problem.place) for problem in problems] == expected


def test_every_language_is_held_to_the_code(tmp_path: Path) -> None:
    text = OWN_CARD.replace("76.254", "76.245").replace("`256`", "`265`")
    assert [item.code for item in check(text, tmp_path)] == ["E533", "E532"] * 2


@pytest.mark.parametrize(
    "row",
    [
        *("| ResNet18 | 70.312 | 1 |", "| resnet-18 | 70.31 | |", "| `ResNeXt50 32x4d` | 77.592 |"),
        *("| ResNet-18 (paper) | 69.8 | 1 |", "| + tricks | 71 | 1 |", "| | 1 | 2 |", "| - | - |"),
        *("| [**ResNet18**](https://x.org/a_b) | 70.312 |", "| ResNet 18 | **70.312%** | 89 |"),
        *("| ResNet18 | 70.3 ± 0.1 |", "| ResNet18 |"),
        *("| 平均 | 70.3 | 1 |", "| Average | 70.3 | 1 |", "| baseline | 70.3 | 1 |"),
        *("| torchvision ResNet-18 | 69.8 | 1 |", "| *ResNet* | | |", "| **ResNet50d** | | |"),
        *("| ResNet | 76.3 | 1 |", "| Exp1 | 76.3 | 1 |", "| Run 1 | 76.3 | 1 |"),
    ],
)
def test_rows_that_are_so_or_say_nothing_certain_are_left_alone(tmp_path: Path, row: str) -> None:
    assert claims(LOAD, table(row), tmp_path) == []


@pytest.mark.parametrize(
    "row",
    [
        *("| vgg16 | 71.3 | 1 |", "| ResNet-43 | 71.3 | 1 |", "| ResNet 43 | 71.3 | 1 |"),
        *("| resnext50_32x8d | 71.3 | 1 |", "| VGG-16 (paper) | 71.3 | |", "| AlexNet | 57 | 1 |"),
    ],
)
def test_rows_of_models_that_are_not_of_the_hub_are_told(tmp_path: Path, row: str) -> None:
    assert [code for code, _ in claims(LOAD, table(row), tmp_path)] == ["E530"]


@pytest.mark.parametrize(("name", "codes"), [("`resnext`", ["E530"]), ("无", []), ("none", [])])
def test_an_entrypoint_is_told_that_there_is_not(
    tmp_path: Path, name: str, codes: list[str]
) -> None:
    rows = table(f"| 某模型 | {name} | 71.3 |", header="| 模型 | 入口 | Top1 acc |")
    assert [code for code, _ in claims(LOAD, rows, tmp_path)] == codes


@pytest.mark.parametrize(
    "header",
    [
        *("| 模型 | Top-1 error |", "| 模型 | 参数 |", "| 数据集 | Top-1 |", "| Model | mAP |"),
        *("| Model | Top-1 err. |", "| 方法 | FID Score |", "| Model | Speed |"),
    ],
)
def test_other_tables_are_left_alone(tmp_path: Path, header: str) -> None:
    assert claims(LOAD, table("| Anything | 12.3 |", header=header), tmp_path) == []


def test_tables_of_models_that_come_from_elsewhere_are_left_alone(tmp_path: Path) -> None:
    rows = table("| vgg16 | 71.3 | 1 |", "| ResNet18 | 1.0 | 1 |")
    assert claims("pass", rows, tmp_path) == []
    assert claims("from megengine import hub\nhub.load('a/b', 'vgg16')", rows, tmp_path) == []
    both = f"{LOAD}\nmegengine.hub.load('a/b', 'vgg16')"
    assert claims(both, rows, tmp_path) == []
    assert [code for code, _ in claims(LOAD, rows, tmp_path)] == ["E530", "E532"]


def test_tables_in_quotes_and_lists_keep_their_columns(tmp_path: Path) -> None:
    text = "> - 看：\n>\n>   模型 | 准确率\n>   --- | ---\n>   ResNet18 | 71.3\n"
    card = card_text(LOAD, text)
    assert claims(LOAD, text, tmp_path) == [("E532", place_of(card, "71.3"))]


@pytest.mark.parametrize(
    "text",
    [
        "均值为 `[103.53, 116.28, 123.675]`，标准差为 (57.375, 57.12, 58.395)。",
        "mean = [0.406, 0.456, 0.485]",
        "RGB mean = [123.675, 116.28, 103.53]",
        "the mean of `[1, 2]` is 1.5",
        "We mean it. See [1, 2, 3].",
        "The mean accuracy of all the models is high: [70.312, 73.960, 76.254]",
        "References [1, 2, 3] state the mean.",
        "Resize to `256`, or to `288`. Do not crop to `300`. 也可以缩放到 `320`。",
        "The output is `(1, 1000)`; 裁剪后形状为 `(N, 3, 224, 224)`",
        "cropped to `224`; then shown at `512 x 512`",
        "The resized image is `image`, and `100` is a class.",
        "| crop | `224` |\n| --- | --- |\n| resize | 1 |",
        "图片没有缩放到 `512`。无需缩放到 `513`。可缩放到 `128`。",
        "The images aren't resized to `512`; there is no need to resize to `513`.",
        "训练时随机裁剪到 `128`，测试时裁剪到 `224`。",
        "训练时缩放到 `288` 并裁剪到 `128`。",
        "For training, images are resized to `288` and cropped to `128`; for tests, to `224`.",
        "The images are cropped to `128` for training.",
        "三次运行的均值为 `[70.1, 70.2, 70.3]`，标准差为 `[0.1, 0.2, 0.3]`。",
        "The mean of three runs was `[70.1, 70.2, 70.3]`, the std `[0.1, 0.2, 0.3]`.",
    ],
)
def test_text_that_is_so_or_says_nothing_certain_is_left_alone(tmp_path: Path, text: str) -> None:
    problems = check(
        card_text("pass", f"{text}\n\n{python(TRANSFORM)}", python(TRANSFORM)), tmp_path
    )
    assert [problem for problem in problems if problem.code.startswith("E5")] == []


@pytest.mark.parametrize(
    "text",
    [
        "均值为 `[103.53, 116.28, 123.6]`",
        "means (104, 117, 124)",
        "BGR mean: [123.675, 116.28, 103.53]",
        "mean [103.53, 116.28, 123.675] and std\n[57.4, 57.1, 58.4]",
        "mean = [0.485, 0.456, 0.406]",
        "resized to `(256 x 224)`",
        "center-cropped to `(256 x 256)`",
        "训练时随机裁剪到 `128`，测试时裁剪到 `225`。",
        "For training, images are cropped to `128`, and for tests to a crop of `225`.",
        "在 ImageNet 上训练，裁剪到 `225`。",
    ],
)
def test_text_that_is_not_so_is_told(tmp_path: Path, text: str) -> None:
    found = claims("pass", f"{text}\n\n{python(TRANSFORM)}", tmp_path)
    assert "E533" in [code for code, _ in found]


def test_nothing_is_told_of_constants_that_the_code_does_not_state(tmp_path: Path) -> None:
    text = "均值 `[1, 2, 3]`，缩放到 `800`，裁剪至 `700`\n\n"
    code = "size, mean, T = 1, [1], print\nT.Resize(size)\nT.Normalize(mean=mean)\nT.crop(size, 2)"
    assert claims("pass", text, tmp_path) == []
    section, other = in_both(code.replace("print", "__import__('x')"))
    assert check(card_text("pass", text + section, text + other), tmp_path) == []


CELLS = st.text(st.sampled_from("|-:ab 1\\`*[](<>图"), max_size=30)


@given(st.lists(CELLS, max_size=8))
def test_cells_know_their_places(texts: list[str]) -> None:
    lines = [Line(n, LineKind.TEXT, (), text, 3) for n, text in enumerate(texts, 1)]
    for found in find_tables(lines):
        for cell in (*found.header, *(cell for row in found.rows for cell in row)):
            source = texts[cell.span.start.line - 1]
            written = source[cell.span.start.column - 3 : cell.span.end.column - 3]
            assert written == written.strip()
            assert set(cell.text) <= set(written) | {" "}
