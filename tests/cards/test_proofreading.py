"""What a careful reader would mark in a card's text is marked, at its place, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cards.writing import card_text, check, place_of

REFERENCES = "### 参考文献\n\n"
A_TITLE = "[Deep Residual Learning for Images]"
A_CODE = "[code](https://github.com/a/b)"


@pytest.mark.parametrize(
    ("zh", "code", "marked"),
    [
        ("标准差 `std = [57.3, 58.4])`。", "E701", ")`。"),
        ("大小 `(224 x 224`。", "E701", "(224"),
        ("均值 `[1.5, 2.5, 3.5)`。", "E701", ")`。"),
        ("一段（没有结束的话。", "E702", "（没有"),
        ("一段没有开始）的话。", "E702", "）的话"),
        ("一段“没有结束的话。", "E702", "“没有"),
        ("首先，，然后。", "E703", "，，"),
        ("首先，。然后", "E703", "，。"),
        ('一段"没有结束的话。', "E702", '"没有'),
        ("使用 `model 来做。", "E704", "`model"),
        ("使用 model` 来做。", "E704", "` 来"),
        ("均值 `[1.5, 2.5]，标准差 `[3.5]`。", "E704", "`[1.5"),
        ("| 甲 | 乙 |\n| - | - |\n| `a | 乙 |\n| `b` | 丙 |", "E704", "`a |"),
        ("这是**重要的，也是 **有用** 的。", "E704", "**重要"),
        ("见 [论文] (https://example.org/a)。", "E704", " (https"),
        ("见 (论文)[https://example.org/a]。", "E704", "(论文)"),
        ("模型与 reszied 图片", "E710", "reszied"),
        ("图片, 短边", "E711", ", 短边"),
        ("缩放到 `256`, 再裁剪", "E711", ", 再"),
        ("均值为: `1`", "E711", ": `1`"),
        ("归一化 (均值 `1`)。", "E711", "(均值"),
        ("归一化（均值 `1`)。", "E711", ")。"),
        ("这是模型.", "E711", ".\n"),
        ("分别是 `a`, `b`。", "E711", ", `b`"),
        ("包括 ResNet, VGG 等。", "E711", ", VGG"),
        ("残差网络(ResNet)很深。", "E711", "(ResNet"),
        ("均值(`mean`)。", "E711", "(`mean"),
        ("这是 ResNet.", "E711", ".\n"),
        ("使用 `model`.\n然后", "E711", ".\n然后"),
        ('所谓"残差"。', "E711", '"残差'),
        ("等等...", "E711", "..."),
        ("模型　很深。", "E712", "　"),
        ("模型很深．", "E712", "．"),
        ("网络 ，然后", "E715", " ，"),
        ("网络 （ResNet） 很深。", "E715", " （"),
        ("先缩放， 然后裁剪。", "E715", " 然后"),
        ("共有２５６个", "E712", "２５６"),
        ("`a`、`b`、`c`，`d`", "E713", "，`d`"),
        ("输入BGR的图片", "E714", "BGR"),
        ("缩放到`256`。", "E714", "`256`"),
        ("使用 **BERT**模型。", "E714", "BERT"),
        ("## 甲\n\n#### 乙", "E720", "#### 乙"),
        ("| 甲 | 乙 |\n| - | - |\n| 1 | 2 | 3 |", "E721", "3 |"),
        ("| 甲 | 乙 |\n| - | - |\n| 1 |", "E721", "1 |"),
        ("见 [此处](http://example.org/a)。", "E730", "http://example.org/a"),
        (
            f"{REFERENCES}- [A](https://a.example)\n- [A](https://a.example/)",
            "E733",
            "[A](https://a.example/)",
        ),
        (
            f"{REFERENCES}- [A](https://arxiv.org/abs/1512.03385)\n- A, https://arxiv.org/pdf/1512.03385v1",
            "E733",
            "A, https",
        ),
        ("见 https://example.org/a。", "E734", "。"),
        ("（见 https://example.org/a），再看。", "E734", "），"),
        (
            f"{REFERENCES}- [A](https://arxiv.org/abs/1512.03385)\n- [B](https://arxiv.org/pdf/1512.03385/)",
            "E733",
            "[B]",
        ),
        (
            f"{REFERENCES}- [A](https://arxiv.org/abs/1512.03385)\n- [B](https://doi.org/10.48550/arXiv.1512.03385)",
            "E733",
            "[B]",
        ),
        (
            f"{REFERENCES}- {A_TITLE}(https://a.example/1), He\n- K. He: {A_TITLE}(https://b.example/2)",
            "E733",
            "K. He",
        ),
        ("见[^1]与[^2]。\n\n[^1]: 某处。", "E735", "[^2]"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(
    tmp_path: Path, zh: str, code: str, marked: str
) -> None:
    text = card_text("pass", zh, zh if zh.startswith("#") else "English.")
    found = [item for item in check(text, tmp_path) if item.code == code]
    assert found
    assert found[0].place == place_of(text, marked)


@pytest.mark.parametrize(
    ("en", "code", "marked"),
    [
        ("It is resized，then cropped.", "E712", "，then"),
        ("A clasification of images.", "E710", "clasification"),
        ("Clasification of images.", "E710", "Clasification"),
        ("It is teh model.", "E710", "teh"),
        ("The the model is good.", "E705", "the model"),
        ("It is one of\nof the models.", "E705", "of the"),
        ("Its shortedge is resized.", "E710", "shortedge"),
    ],
)
def test_what_is_wrong_in_english_is_told_at_its_place(
    tmp_path: Path, en: str, code: str, marked: str
) -> None:
    text = card_text("pass", en=en)
    (problem,) = check(text, tmp_path)
    assert (problem.code, problem.place) == (code, place_of(text, marked))


@pytest.mark.parametrize(
    "zh",
    [
        '区间 `[0, 1)` 与 [0, 1) 均可，写法如 `T.Compose([` 或 `"("`。',
        "步骤：1) 缩放；2) 裁剪；a) 其他。",
        "X光图片共 3个、10类，2016年发布。",
        "方法 [^1] 与 [链接](https://example.org/a_(b)) 以及 [x][y]。\n\n[^1]: 见（某处）。",
        "公式 $f(x) = [0, 1)$ 与 $$\\left( x \\right.$$ 都可以。",
        "- [ ] 未完成\n- [x] 已完成",
        "“引文”与《书名》、「直角引号」。",
        "`a`、`b`、`c` 与 `d`",
        "第一行，\nsecond `line`，第三行。",
        "比例为 4:3，时间为 12:30。",
        "见 <https://example.org/a>。见 [此处](https://example.org/a)。见 https://example.org/a 。",
        "见 https://example.org/你好，世界 与 <https://example.org/a，b>。",
        "区间 [0，1) 与 (0，1]；很好 ^_^)；写 <code>f(</code> 与 <code>g)</code>。",
        "“第一段。\n\n“第二段。”",
        "一）甲；二）乙",
        "`a_1`、`b_1`；`c_1`、`d_1`、`e_1`；`f_1`。",
        "若是 `a_1`、`b_1`、`c_1`，`d_1` 为假。",
        "先用 `a_1`，再用 `b_1`、`c_1`、`d_1`。",
        "很好:tada:，继续。",
        "函数 f(x)的值，坐标(x, y)，形状为(N, C)，步骤(1)，残差网络 (ResNet) 很深。",
        "框(xmin, ymin)的位置。",
        "位于 Paris, France 的 He, Zhang 所作。原句：We use ResNet, VGG, and `a`, `b`.",
        "| 甲 | 乙 |\n| - | - |\n| `a`, `b` | 说明　 |",
        "由 Apple Inc. 发布，He et al. 使用 ResNet. We use it.",
        '8" 屏与 5" 屏，{"名": "值"} 与 label="猫"。',
        "　　段首缩进。见 https://example.org/a ，以及“ResNet”。",
        "**重点：** 然后 **（如此）** 结束。",
        "（1） 甲；（2） 乙",
        "正则表达式 [^a-z] 与 [^0-9]，以及脚注[^某]。\n\n[^某]: 注释。",
        f"{REFERENCES}- {A_CODE}, [A](https://a.example/1)\n- {A_CODE}, [B](https://a.example/2)",
        f"{REFERENCES}- [PDF](https://a.example/1)\n- [PDF](https://a.example/2)",
        f"{REFERENCES}- 何恺明, 张祥雨. 深度残差学习[J]. 北京: 某出版社, 2016.",
    ],
)
def test_what_is_well_written_is_left_alone(tmp_path: Path, zh: str) -> None:
    text = card_text("pass", zh, "### References" if zh.startswith("#") else "English.")
    assert [item for item in check(text, tmp_path) if item.code.startswith("E7")] == []


@pytest.mark.parametrize(
    "en",
    [
        "By Piotr Dollar, Wile Coyote, and Teh Lin.",
        "The option `reszied`, https://example.org/reszied and model.reszied are names.",
        "They re-use pre-trained, fine-tuned weights; see e.g. the appendix, etc., as usual.",
        'Write "(" or `)`; a smile :) and :( are fine.',
        "An interval (0, 1], a list such as (a) first, (b) second.",
        "I know that that is so. The The, log in in time. Log on to to-do lists; `the` the model.",
        "Teh et al. use it.",
        "The word 深度，学习 is Chinese, and so is 残差网络（ResNet）.",
        "The key ` is a backquote, in O`Neil, too; \\` is one, and ``a`b`` is code.",
        "2**10 = 1024, x ** 2, **kwargs, models/**/a.py and **bold** and ***both***.",
        'A screen of 15" or 17", a 5" one, and the mark " alone.',
        'He said: "The first.\n\n"The second."',
        "See [1] (https://example.org/a) and [sic](https://example.org/b) (https://example.org/c).",
        "The character “，” and the comma (，) are full-width.",
        "`a_1`, `b_1`; `c_1`, `d_1`; `e_1`.",
        "See IEEE Trans., vol. 2, in Comput., and others; approx., some.",
    ],
)
def test_what_is_well_written_in_english_is_left_alone(tmp_path: Path, en: str) -> None:
    found = check(card_text("pass", en=en), tmp_path)
    assert [item for item in found if item.code.startswith("E7")] == []


def test_no_half_width_comma_is_advised_in_chinese(tmp_path: Path) -> None:
    text = card_text("pass", "分别是 `a`, `b`, `c`，`d`、`e`。\n\n分别是 `a`、`b`、`c`，`d`。")
    hints = [item.text for item in check(text, tmp_path) if item.code == "E713"]
    assert hints == ['"，" separates here, "、" elsewhere | write "、"']
    text = card_text("pass", "分别是 `a`, `b`, `c`，`d`, `e`，即五个。")
    (hint,) = [item.text for item in check(text, tmp_path) if item.code == "E713"]
    assert hint == '"，" separates here, "," elsewhere | write "、"'


@pytest.mark.parametrize("title", ["Model Descrption", "Descrption of it", "1. Descrption"])
def test_a_misspelt_word_of_a_title_is_told(tmp_path: Path, title: str) -> None:
    text = card_text("pass", "### 模型", f"### {title}")
    found = [item for item in check(text, tmp_path) if item.code == "E710"]
    assert [item.place for item in found] == [place_of(text, "Descrption")]


@pytest.mark.parametrize("title", ["Models by Wile Coyote", "The models of Descrption"])
def test_a_name_in_a_title_is_not_misspelt(tmp_path: Path, title: str) -> None:
    text = card_text("pass", "### 模型", f"### {title}")
    assert "E710" not in {item.code for item in check(text, tmp_path)}


def test_a_name_in_code_is_not_misspelt(tmp_path: Path) -> None:
    text = card_text("reszied = 1", en="The variable reszied is a number.")
    assert check(text, tmp_path) == []


LOADS = "import megengine\nmegengine.hub.load('owner/name', 'resnet18')"


def test_a_copy_in_the_place_of_the_repository_is_told(tmp_path: Path) -> None:
    copy, namesake = "https://github.com/stranger/name", "https://github.com/stranger/other"
    text = card_text(LOADS).replace("https://github.com/owner/name", copy, 1)
    found = [item for item in check(text, tmp_path) if item.code == "E731"]
    assert [item.place for item in found] == [place_of(text, copy)]
    text = card_text(LOADS).replace("https://github.com/owner/name", namesake, 1)
    assert "E731" not in {item.code for item in check(text, tmp_path)}


def test_a_file_of_another_branch_is_told(tmp_path: Path) -> None:
    raw = "https://raw.githubusercontent.com/owner/name"
    other, same = f"[a]({raw}/main/a.py)", f"[a]({raw}/refs/heads/master/a.py)"
    text = card_text(LOADS, f"{same} {other}", f"{same} {other}")
    found = [item.place for item in check(text, tmp_path) if item.code == "E732"]
    assert len(found) == 2
    assert found[0] == place_of(text, f"{raw}/main")


@pytest.mark.parametrize(
    ("summary", "code", "marked"),
    [
        ("Deep reszied networks", "E710", "reszied"),
        ('"Deep reszied networks"', "E710", "reszied"),
        ("Deep (residual networks", "E702", "(resid"),
    ],
)
def test_a_summary_is_read_as_well(tmp_path: Path, summary: str, code: str, marked: str) -> None:
    head = "summary: {zh_CN: 模型, en_US: A model}"
    text = card_text().replace(head, f"summary:\n  zh_CN: 模型\n  en_US: {summary}", 1)
    assert [(item.code, item.place) for item in check(text, tmp_path)] == [
        (code, place_of(text, marked))
    ]


def test_a_summary_in_chinese_is_set_as_chinese(tmp_path: Path) -> None:
    summary = "网络(ImageNet预训练), 很深"
    text = card_text().replace("zh_CN: 模型", f"zh_CN: '{summary}'", 1)
    found = [(item.code, item.place) for item in check(text, tmp_path)]
    places = [("E711", "(Image"), ("E714", "ImageNet"), ("E711", ", 很")]
    assert found == [(code, place_of(text, marked)) for code, marked in places]


@pytest.mark.parametrize(
    ("code", "one"),
    [
        ("E710", "reszied "),
        ("E730", "<http://a.example/{}> "),
        ("E713", "`a`, `b`, `c`，`d`\n\n"),
        ("E711", "图片, 大"),
    ],
)
def test_a_card_of_nothing_but_problems_has_a_report_of_some_length(
    tmp_path: Path, code: str, one: str
) -> None:
    text = card_text("pass", "文" + "\n".join(one.format(number) for number in range(1500)))
    assert [item.code for item in check(text, tmp_path)].count(code) == 100


def test_links_to_a_copy_and_to_another_branch_are_told(tmp_path: Path) -> None:
    of_copy = "https://github.com/stranger/name/tree/master/vision"
    of_branch = "https://github.com/owner/name/tree/main/vision"
    good = "https://github.com/owner/name/tree/master/vision"
    namesake = "https://github.com/another-group/name"
    commit = "https://github.com/owner/name/tree/0123abc/vision"
    links = " ".join(f"[a]({link})" for link in (good, of_copy, of_branch, namesake, commit))
    text = card_text("pass", links, links).replace("owner/name\n", "owner/name/tree/master\n", 1)
    found = [(item.code, item.place) for item in check(text, tmp_path)]
    assert found[:2] == [("E731", place_of(text, of_copy)), ("E732", place_of(text, of_branch))]
    assert [code for code, _ in found] == ["E731", "E732"] * 2
