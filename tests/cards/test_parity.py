"""What stands in one language only is told in the other; well-made translations are left alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.cards.parity.compare import differences_of_texts
from generator.cards.parity.numbers import all_values, numbers_of_cell
from generator.cards.texts import section_text
from tests.cards.writing import Finding, card_of, card_text, check

DATA = Path(__file__).with_name("data")
WELL_MADE = sorted((DATA / "well_made").glob("*.md"))
ZH, EN = "zh_CN", "en_US"


def test_there_are_many_well_made_cards_of_many_kinds() -> None:
    assert len(WELL_MADE) >= 15


@pytest.mark.parametrize("path", WELL_MADE, ids=lambda path: path.stem)
def test_nothing_is_found_in_a_well_made_card(path: Path, tmp_path: Path) -> None:
    assert check(path.read_text(encoding="utf-8"), tmp_path) == []


@dataclass(frozen=True)
class Defect:
    """`old` of the section `where` becomes `new`; `code` is to be found at `marked`, in `told`."""

    card: str
    where: str
    old: str
    new: str
    code: str
    told: str
    marked: str


def in_en(card: str, old: str, new: str, code: str, marked: str) -> Defect:
    return Defect(card, EN, old, new, code, EN, marked)


MEAN = "mean `[103.530, 116.280, 123.675]`, st"
PAPER = "https://arxiv.org/abs/2103.00"
TITLE = "YOLOX: Exceeding YOLO Series in 2021"
ROW = "| YOLOX-m | `yolox_m` | 640 | 46.9 | 25.3 | 12.3 |\n"
WEIGHTS = "https://data.megengine.org.cn/w.pkl"
STYLEGAN = "https://nvlabs.github.io/stylegan"
DEFECTS = [
    # numbers
    in_en("detection_yolox", "about 118k images", "about 118 images", "E605", "118 images"),
    in_en("detection_yolox", "for 300 epochs", "for 200 epochs", "E605", "200 epochs"),
    in_en("detection_yolox", "with the value `114`", "with a constant", "E605", "The input is"),
    Defect("detection_yolox", ZH, "300 个", "若干个", "E605", ZH, "YOLOX 去掉"),
    Defect("detection_yolox", ZH, "300 个", "30 个", "E605", EN, "300 epochs"),
    in_en("nlp_bert", "30\u202f522", "30,552", "E605", "30,552"),
    in_en("nlp_bert", "2.5 billion", "2.5 million", "E605", "2.5 million"),
    in_en("nlp_bert", "`3e-5` or `5e-5`", "`3e-5` or `5e-4`", "E605", "5e-4"),
    in_en("speech_conformer", "of up to 50 frames", "of up to 40 frames", "E605", "40 frames"),
    in_en("speech_conformer", "weighs 0.3", "weighs 0.5", "E605", "0.5."),
    in_en("vision_deeplabv3plus", "57.120, 58.395]` |", "57.12, 58.359]` |", "E604", MEAN),
    in_en("gan_stylegan2", "that of 50,000", "that of many", "E605", "FID is"),
    in_en("vision_mobilenet", "75% smaller", "smaller", "E605", "Weights can"),
    in_en("vision_tracking", "`0.5`.", "`0.55`.", "E605", "0.55"),
    in_en("vision_odd", "drops from 35 to 31", "drops from 35 to 35", "E605", "35 FPS"),
    # names
    in_en("vision_deeplabv3plus", "is ResNet-101", "is ResNet-110", "E606", "ResNet-110"),
    in_en("vision_deeplabv3plus", "`cv2.imread`", "OpenCV", "E606", "Because OpenCV"),
    in_en("nlp_bert", "* `input_ids`:", "* `inputs_ids`:", "E606", "inputs_ids"),
    in_en("vision_efficientnet", "- `efficientnet_b1`\n", "", "E606", "`efficientnet_b0`"),
    # tables
    in_en("detection_yolox", "| 640 | 46.9 |", "| 640 | 49.6 |", "E604", "49.6"),
    in_en("detection_yolox", ROW, "", "E603", "YOLOX-s"),
    in_en("nlp_bert", "| 340M |", "| 34M |", "E604", "34M"),
    in_en("vision_ocr", "| SVT | 647 |", "| SVT | 674 |", "E604", "674"),
    in_en("vision_mobilenet", "52.1 / 76.1", "52.1 / 76.7", "E604", "52.1 / 76.7"),
    in_en("speech_tts", "3.83 ± 0.08", "3.83", "E604", "3.83 |"),
    # headings
    in_en("nlp_bert", "### Models\n", "#### Models\n", "E601", "#### Models"),
    in_en("nlp_translation", "### BLEU\n", "", "E601", "Test set | Direction"),
    Defect("nlp_translation", ZH, "### 分词\n", "", "E601", ZH, "采用 SentencePiece"),
    # links and images
    in_en("gan_stylegan2", f"{STYLEGAN}2/license", f"{STYLEGAN}/license", "E607", f"{STYLEGAN}/"),
    in_en("detection_yolox", f"[{TITLE}](https://arxiv.org", f"[{TITLE}](#", "E607", "Zheng Ge"),
    in_en("vision_deeplabv3plus", "deeplab.png", "deeplabv3.png", "E608", "images/deeplabv3"),
    in_en("vision_clip", f"{PAPER}020", f"{PAPER}200", "E607", f"{PAPER}200"),
    # code blocks of other languages
    in_en("speech_conformer", "-ar 16000", "-ar 22050", "E602", "ffmpeg -i"),
    in_en("vision_datasets", "milestones: [42, 50]", "milestones: [42, 52]", "E602", "milestones"),
    in_en("vision_datasets", "```yaml", "```toml", "E602", "toml"),
]  # fmt: skip


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda item: f"{item.card}: {item.new[:30]!r}")
def test_a_defect_is_told_at_its_place(defect: Defect, tmp_path: Path) -> None:
    (path,) = (DATA / "well_made").glob(f"*_{defect.card}.md")
    text = path.read_text(encoding="utf-8")
    start = text.index(f"section: {defect.where}")
    assert defect.old in text[start:]
    text = text[:start] + text[start:].replace(defect.old, defect.new, 1)
    found = check(text, tmp_path)
    section = text.index(f"section: {defect.told}")
    before = text[: text.index(defect.marked, section)]
    place = f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
    assert [(item.code, item.place) for item in found] == [(defect.code, place)]


def test_the_card_as_it_was_found_has_what_a_reviewer_would_mark(tmp_path: Path) -> None:
    text = (DATA / "as_found.md").read_text(encoding="utf-8")
    found = check(text, tmp_path)
    lines = text.split("\n")

    def marked(finding: Finding, length: int) -> tuple[str, str]:
        line, column = map(int, finding.place.split(":"))
        return finding.code, lines[line - 1][column - 1 :][:length]

    chinese = [
        ("E605", "模型要求输入BGR的图"),
        ("E714", "BGR的图片, 短边缩"),
        ("E711", ", 短边缩放到`256"),
        ("E714", "`256`, 并中心裁"),
        ("E711", ", 并中心裁剪至`(2"),
        ("E714", "`(224 x 224"),
        ("E711", "(均值为: `[103"),
        ("E711", ": `[103.530,"),
        ("E711", ", 标准差为: `[57"),
        ("E711", ": `[57.375, "),
        ("E714", "`resnet18`, "),
        ("E711", ", `resnet34`"),
        ("E711", ", `resnet50`"),
        ("E711", ", `resnet101"),
        ("E713", "，`resnet152`"),
        ("E711", ", `resnext50_"),
        ("E714", "ImageNet验证集上"),
        ("E714", "crop性能如下表："),
        ("E730", "http://opena"),
        ("E730", "http://opena"),
    ]
    english = [
        ("E710", "reszied shor"),
        ("E710", "shortedge to"),
        ("E701", ")`."),
        ("E730", "http://opena"),
        ("E730", "http://opena"),
    ]
    wanted = chinese + english
    assert len(found) == len(wanted)
    shown = [marked(item, len(text)) for item, (_, text) in zip(found, wanted, strict=True)]
    assert shown == wanted


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("共 2 种。", "There are two kinds."),
        ("十二层。", "It has 12 layers."),
        ("共 1,000 类。", "There are 1000 classes."),
        ("共 1.2 万张。", "There are 12k images."),
        ("占百分之十五。", "It is 15%."),
        ("准确率 76.3%。", "The accuracy is 0.763."),
        ("参数 1.1 亿。", "It has 110 million parameters."),
        ("于 2021 年 12 月发布。", "Released in December 2021."),
        ("单次裁剪。", "A 1-crop evaluation."),
        ("一半，三倍。", "50% of it, 3 times."),
        ("误差降低 50%。", "It halves the error."),
        ("用 ResNet50。", "It uses ResNet-50."),
        ("在 COCO 2017 上。", "On COCO2017."),
        ("见 [文档](https://example.org/zh/a)。", "See the [manual](https://example.org/en/a)."),
        ("见 [一](https://example.org/a)。", "See [one](http://www.example.org/a/)."),
        ("见 https://example.org/a。", "See https://example.org/a."),
        (f"见 [文]({PAPER}020)。", "See [it](https://www.arxiv.org/pdf/2103.00020v2.pdf)."),
        ("见 [文](https://example.org/%E4%B8%AD)。", "See [it](https://example.org/中)."),
        ("`mean` 与 `std`。", "The mean and the standard deviation."),
        ("图 ![图](a_zh.png)", "Figure ![figure](a_en.png)"),
        # sizes
        ("输入 224×224。", "The input is 224x224."),
        ("`64x64`，64*64。", "It is `64 x 64` and 64x64."),
        ("`(224, 224)`", "`224x224`"),
        ("`1x3x224x224`", "`1 x 3 x 224 x 224`"),
        ("用 ResNeXt-50 32×4d。", "It uses ResNeXt-50 32x4d."),
        # names
        ("用 v1.3.1。", "It uses version 1.3.1."),
        ("用 ResNet50。", "The ResNet50s are used."),
        ("`resnet18`、`resnet34`", "`resnet18/34`"),
        ("ResNet-18、ResNet-34。", "The ResNet-18/34."),
        ("ResNet-18、34 和 50。", "ResNet-18, ResNet-34 and ResNet-50."),
        ("用 A100-80G。", "On an A100 (80 GB)."),
        # notations of numbers
        ("一亿两千万个。", "There are 120 million."),
        ("1 亿 2000 万个。", "There are 120 million."),
        ("3 万 5 千个。", "There are 35,000."),
        ("120 余万个。", "There are 1.2 million."),
        ("1 亿个。", "There are 1 hundred million."),
        ("零点五。", "It is 0.5."),
        ("百分之七十六点三。", "It is 76.3%."),
        ("二〇二一年。", "In 2021."),
        ("10³ 个，1.5×10³ 个。", "There are 1000, and 1500."),
        ("学习率 10⁻⁴。", "A rate of $10^{-4}$, that is 0.0001."),
        ("学习率 1e-4。", "A rate of $1 \\times 10^{-4}$."),
        ("万分之一。", "It is 1e-4."),
        ("计算量 41 亿次。", "It takes 4.1 GFLOPs."),
        ("101 个。", "There are a hundred and one."),
        ("2021/12/25 发布。", "Released on 25 Dec 2021."),
        ("16 G 内存。", "It needs 16 GB of memory."),
        ("25M 参数。", "It has 25 million parameters."),
        ("取值 `-1` 或 `1`。", "Values are `1` or `-1`."),
        ("取值 `(−1, 1)`，形状 `(1, 3)`。", "Values in `[-1.0, 1]`, of shape `[1, 3,]`."),
        # what only readers of Chinese find
        (f"模型。\n\n另见[镜像]({WEIGHTS})，共 256 页，`a_b`。", "A model."),
    ],
)
def test_what_is_only_written_otherwise_is_left_alone(tmp_path: Path, zh: str, en: str) -> None:
    found = check(card_text("pass", zh, en), tmp_path)
    assert [item for item in found if item.code.startswith("E6")] == []


@pytest.mark.parametrize(
    ("zh", "en", "codes"),
    [
        ("输入 224×224。", "The input is 224x256.", ["E605"]),
        ("`1x3x224x224`", "`1 x 3 x 224 x 225`", ["E605"]),
        ("用 ResNeXt-50 32×4d。", "It uses ResNeXt-50 32x8d.", ["E605"]),
        ("卷积核 3×3。", "A kernel of 3x5.", ["E605"]),
        ("用 v1.3.1。", "It uses version 1.3.2.", ["E606"]),
        ("`resnet18`、`resnet34`", "`resnet18/50`", ["E605", "E606"]),
        ("用 A100-80G。", "On an A100 (40 GB).", ["E605"]),
        ("1 亿 2000 万个。", "There are 130 million.", ["E605"]),
        ("一亿两千万个。", "There are 130 million.", ["E605"]),
        ("学习率 1e-4。", "A rate of 1e-5.", ["E605"]),
        ("25M 参数。", "It has 25B parameters.", ["E605"]),
        ("25.6 万个。", "There are 25.6M.", ["E605"]),
        ("取值 `[-1, 1]`。", "Values in `[1, 1]`.", ["E605"]),
        ("填充 `-100`。", "Filled with `100`.", ["E605"]),
        ("均值 `[103.53, 116.28, 123.675]`。", "`[123.675, 116.28, 103.530]`", ["E605"]),
        ("形状 `(1, 3, 256, 224)`。", "The shape `(1, 256, 224, 3)`.", ["E605"]),
        (
            f"见[这里]({WEIGHTS})，`256` 与 `a_b`。",
            f"[Here]({WEIGHTS}): `255`, `a_c`.",
            ["E605", "E606"],
        ),
    ],
)
def test_what_is_another_thing_however_it_is_written_is_told(
    tmp_path: Path, zh: str, en: str, codes: list[str]
) -> None:
    found = check(card_text("pass", zh, en), tmp_path)
    assert sorted(item.code for item in found if item.code.startswith("E6")) == codes


@pytest.mark.parametrize(
    ("zh", "en", "is_same"),
    [
        ("224*224", "224×224", True),
        ("224\\*224", "224x224", True),
        ("**76.3**", "76.3", True),
        ("2021 年 3 月", "March 2021", True),
        ("2021-03", "March 2021", True),
        ("2021-03-05", "5/3/2021", True),
        ("3 月 5 日", "March 5", True),
        ("76.3[^1]", "76.3[^2]", True),
        ("76.3 [1]", "76.3 [2]", True),
        ("2560 万", "25.6M", True),
        ("4.1G", "4.1B", True),
        ("25.6M", "25.6", True),
        ("80G", "80 GB", True),
        ("76.3%", "0.763", True),
        ("224*224", "224×256", False),
        ("2021-03", "May 2021", False),
        ("3 月 5 日", "March 6", False),
        ("25.6M", "25.6B", False),
        ("ResNet-50", "ResNet50", True),
        ("ResNet-50 主干", "ResNet-50 backbone", True),
        ("ResNet-18、ResNet-34", "ResNet-34, ResNet-18", True),
        ("ResNet-18、ResNet-34", "ResNet-18/34", True),
        ("COCO2017 训练集", "train2017", True),
        ("COCO17", "COCO2017", True),
        ("v1", "v1.0", True),
        ("FP16", "float16", True),
        ("`bert_zh`", "`bert_en`", True),
        ("下降 0.5", "-0.5", True),
        ("−0.5", "-0.5", True),
        ("ResNet-50", "ResNet-101", False),
        ("ResNet-50 主干", "ResNet-101 backbone", False),
        ("`T.Resize`", "`T.CenterCrop`", False),
        ("`load_image`", "`read_image`", False),
        ("v1.0", "v1.1", False),
        ("-0.5", "0.5", False),
    ],
)
def test_cells_are_the_same_by_what_they_say(
    tmp_path: Path, zh: str, en: str, *, is_same: bool
) -> None:
    zh, en = (f"| A | B |\n| - | - |\n| a | {cell} |\n\n[^1]: a\n\n[^2]: b" for cell in (zh, en))
    found = check(card_text("pass", zh, en), tmp_path)
    assert ("E604" not in [item.code for item in found]) is is_same


def test_text_may_be_in_other_paragraphs_of_the_same_part(tmp_path: Path) -> None:
    zh, en = "先 `256`。\n\n后 `224`。", "Both, `224`\n\nand `256`."
    assert check(card_text("pass", zh, en), tmp_path) == []


def test_a_table_may_have_another_order_and_another_unit(tmp_path: Path) -> None:
    zh = "| 模型 | 参数量（万） |\n| - | - |\n| A1 | 1169 |\n| B2 | 2180 |"
    en = "| Model | Parameters (M) |\n| - | - |\n| B2 | 21.80 |\n| A1 | 11.69 |"
    assert check(card_text("pass", zh, en), tmp_path) == []
    zh, en = zh.removesuffix("\n| B2 | 2180 |"), en.replace("| B2 | 21.80 |\n", "")
    assert check(card_text("pass", zh, en), tmp_path) == []
    wrong = check(card_text("pass", zh, en.replace("11.69", "11.96")), tmp_path)
    assert [item.code for item in wrong] == ["E604"]
    without_unit = check(
        card_text("pass", zh.replace("（万）", ""), en.replace(" (M)", "")), tmp_path
    )
    assert [item.code for item in without_unit] == ["E604"]


def test_a_table_may_speak_of_losses_in_one_language_and_of_gains_in_another(
    tmp_path: Path,
) -> None:
    zh = "| 模型 | 下降 |\n| - | - |\n| A1 | 0.5 |\n| B2 | 0.7 |"
    en = "| Model | Change |\n| - | - |\n| A1 | -0.5 |\n| B2 | -0.7 |"
    assert check(card_text("pass", zh, en), tmp_path) == []
    found = check(card_text("pass", zh, en.replace("-0.7", "0.7")), tmp_path)
    assert [item.code for item in found] == ["E604"]


LONG = "一段很长的说明，讲的是怎样准备数据、怎样训练，以及怎样评估结果。"


@pytest.mark.parametrize(
    ("zh", "en", "blamed", "marked", "is_certain"),
    [
        (
            "### 甲\n\n文。\n\n### 乙\n\n文。\n\n### 丙\n\n文。",
            "### A\n\nT.\n\n### C\n\nT.",
            "丙",
            "T.\n",
            False,
        ),
        (
            f"### 甲\n\n文。\n\n### 乙\n\n{LONG}\n\n### 丙\n\n文。",
            "### A\n\nT.\n\n### C\n\nT.",
            "乙",
            "### C",
            True,
        ),
        (
            "### 甲\n\n文。\n\n### 乙\n\n- 一\n- 二\n\n### 丙\n\n文。",
            "### A\n\nT.\n\n### C\n\nT.",
            "乙",
            "### C",
            True,
        ),
        (
            "### 甲\n\n文。\n\n### 参考文献\n\n- a\n- b\n- c",
            "### A\n\nT.\n\n- a\n- b\n- c",
            "参考文献",
            "- a\n- b\n- c\n",
            True,
        ),
        (
            "### 甲\n\n`a1`。\n\n### 乙\n\n`b1`。\n\n另一段。",
            "### A\n\n`a1`.\n\n`b1`.\n\nMore.",
            "乙",
            "`b1`.",
            True,
        ),
        (
            "### 甲\n\n`a1`。\n\n### 乙\n\n文。",
            "### A\n\n`a1`.\n\n<!-- a comment -->\n\n<!-- another -->",
            "乙",
            "`a1`.",
            True,
        ),
    ],
)
def test_a_missing_heading_is_told_where_it_belongs(
    tmp_path: Path, zh: str, en: str, blamed: str, marked: str, *, is_certain: bool
) -> None:
    text = card_text("pass", zh, en)
    (found,) = [item for item in check(text, tmp_path) if item.code == "E601"]
    section = text.index("section: en_US")
    line = text[: text.rindex(marked, section)].count("\n") + 1
    assert int(found.place.split(":")[0]) == line
    assert (
        f'"{blamed}" of zh_CN (line {text[: text.index(f"### {blamed}")].count(chr(10)) + 1})'
        in found.text
    )
    assert ("or one beside it" not in found.text) == is_certain


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        ("E601", "文。\n\n{}\n### 乙\n\n文。", "T."),
        ("E601", "文。\n\n### 乙\n\n文。", "{}\nT."),
        ("E605", "{}\n共 256 个。", "Some."),
        ("E605", "共 256 个。", "{}\nSome."),
        ("E605", "{}\n共 256 个。", "There are 255."),
    ],
)
def test_what_one_language_has_is_allowed_there_or_where_it_is_missed(
    tmp_path: Path, code: str, zh: str, en: str
) -> None:
    allow = f'<!-- hubcards: allow {code} reason="for these readers only" -->'
    bare = card_text("pass", zh.format(""), en.format(""))
    assert [item.code for item in check(bare, tmp_path)] == [code]
    assert check(card_text("pass", zh.format(allow), en.format(allow)), tmp_path) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("three hundred thousand", 300_000),
        ("twenty-one", 21),
        ("三万五千", 35_000),
        ("一百二十三", 123),
        ("两千万", 20_000_000),
        ("三万亿", 3_000_000_000_000),
        ("一亿零三万", 100_030_000),
    ],
)
def test_numbers_in_words_are_read(text: str, value: int) -> None:
    assert value in all_values(text)


@given(st.integers(1, 10**9))
def test_a_number_is_the_same_with_and_without_thousands(value: int) -> None:
    (grouped,), (plain,) = numbers_of_cell(f"{value:,}"), numbers_of_cell(str(value))
    assert grouped == plain


_PIECES = st.sampled_from(
    [
        *("# ", "|", "-", "\n", "\n\n", " ", "`", "[", "](", ")", "$", "*", "1,0", "9e999", "三亿"),
        *("万", "ResNet-50", "<!--", "-->", "http://a.b", "(", "（", "“", "，", "x", "  - "),
        *("[^1]:", "ＡＢ", "\u2028", "\ue000", "１，０", "%", "20\u202f000"),
    ]
)


@given(st.lists(st.one_of(_PIECES, st.text(max_size=5)), max_size=60).map("".join))
def test_whatever_is_written_is_compared_with_itself(text: str) -> None:
    text = text.replace("section", "").replace("```", "")
    card = card_of(card_text("pass", f"中文。\n\n{_shown(text)}", f"English.\n\n{_shown(text)}"))
    texts = [section_text(card, section) for section in card.sections]
    assert [item.code for item in differences_of_texts("x", texts)] == []


def _shown(text: str) -> str:
    return "".join(char for char in text if char == "\n" or char.isprintable())
