"""Cards of varied text in two languages, each with other prose and other code."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from generator.config import Settings, load_settings

_SITE = """\
title: {zh_CN: 模型中心, en_US: Model Hub}
description: {zh_CN: 许多模型, en_US: Many models}
base-url: https://example.org/hub/
repository: https://github.com/example/models
languages:
  - {code: zh_CN, name: 简体中文, required: true}
  - {code: en_US, name: English}
tags:
  vision: {zh_CN: 视觉, en_US: Vision}
  nlp: {zh_CN: 自然语言处理, en_US: NLP}
  speech: {zh_CN: 语音, en_US: Speech}
  classification: {zh_CN: 分类, en_US: Classification}
  detection: {zh_CN: 检测, en_US: Detection}
runtimes:
  plain: {python: "3.10", requirements: models/requirements.txt}
default-runtime: plain
"""
_TAGS = ("vision", "nlp", "speech", "classification", "detection")
_ENGLISH = [
    "the",
    "model",
    "learns",
    "residual",
    "features",
    "from",
    "images",
    "and",
    "shares",
    "weights",
    "between",
    "layers",
    "while",
    "a",
    "schedule",
    "of",
    "rates",
    "keeps",
    "training",
    "stable",
    "on",
    "small",
    "batches",
    "of",
    "data",
    "with",
    "labels",
]
_CHINESE = [
    "模型",
    "学习",
    "图像",
    "特征",
    "残差",
    "网络",
    "训练",
    "数据",
    "批次",
    "权重",
    "分类",
    "检测",
    "语音",
    "文本",
    "推理",
    "速度",
    "精度",
    "参数",
    "结构",
]
_CALLS = ("load", "resize", "normalize", "predict", "softmax", "topk", "reshape", "transpose")


def write_corpus(root: Path, cards: int) -> Settings:
    """A hub at `root` with so many cards, always the same ones."""
    (root / "site").mkdir(parents=True)
    (root / "site" / "site.yaml").write_text(_SITE, encoding="utf-8")
    (root / "models").mkdir()
    (root / "models" / "requirements.txt").write_text("numpy==1.23.5\n", encoding="utf-8")
    (root / "cards").mkdir()
    for number in range(cards):
        path = root / "cards" / f"corpus_vision_net{number:06}.md"
        path.write_text(card(number), encoding="utf-8")
    return load_settings(root)


def card(number: int, edition: int = 0, naming: int = 0) -> str:
    """The text of a card.

    Another `edition` of it has another summary, other code and other text; another `naming`,
    which other pages show as well, another title and other tags.
    """
    chance = random.Random(f"{number} {edition}")
    names = random.Random(f"{number} named {naming}")
    return "\n".join(
        [
            "---",
            "template: hub1",
            f'title: "Net {number} {_word(names, _ENGLISH)}"',
            "summary:",
            f'    en_US: "{_sentence(chance, _ENGLISH, 9)}"',
            f'    zh_CN: "{_sentence(chance, _CHINESE, 7, "")}"',
            f"author: {_word(chance, _ENGLISH).title()} Lab",
            f"tags: [{', '.join(sorted(names.sample(_TAGS, 2)))}]",
            "github-link: https://github.com/example/models",
            "---",
            "",
            "```python",
            *_code(chance, number, 6),
            "```",
            "",
            "<!-- section: zh_CN -->",
            "",
            *_section(random.Random(f"zh {number} {edition}"), chance, _CHINESE, "", number),
            "<!-- section: en_US -->",
            "",
            *_section(random.Random(f"en {number} {edition}"), chance, _ENGLISH, " ", number),
        ]
    )


def hugo_pages(number: int, edition: int = 0) -> Iterator[tuple[str, str]]:
    """The same card for Hugo: a page a language, the sample code at the beginning of each."""
    head, _, rest = card(number, edition).partition("\n```python\n")
    sample, _, rest = rest.partition("\n```\n")
    front = head.partition("---\n")[2].rpartition("---")[0]
    lines = [line for line in front.splitlines() if not line.startswith(("summary", "    "))]
    chinese, english = rest.partition("<!-- section: en_US -->")[::2]
    chinese = chinese.partition("<!-- section: zh_CN -->")[2]
    for language, text in (("zh-cn", chinese), ("en-us", english)):
        front_matter = "\n".join(line for line in lines if not line.startswith("github"))
        yield language, f"---\n{front_matter}\n---\n\n```python\n{sample}\n```\n{text}"


def _section(
    chance: random.Random, shared: random.Random, words: list[str], space: str, number: int
) -> list[str]:
    code = random.Random(f"code {number} {shared.random() if space == '?' else ''}")
    lines = []
    for part in range(4):
        lines += [f"### {_sentence(chance, words, 4, space)}", ""]
        for _ in range(2):
            sentences = (_sentence(chance, words, 14, space) for _ in range(3))
            lines += [f"{'。'.join(sentences) if not space else '. '.join(sentences)}.", ""]
        link = f"[{_word(chance, words)}](https://example.org/{number}/{part})"
        lines += [f"- **{_word(chance, words)}** `{_word(chance, _ENGLISH)}_{number}` {link}"]
        lines += [f"- {_sentence(chance, words, 8, space)}", ""]
        if part % 2 == 0:
            lines += ["```python", *_code(code, number, 10), "```", ""]
    lines += ["| model | top1 | top5 |", "| --- | --- | --- |"]
    lines += [f"| net{number}_{row} | {60 + row}.{number % 97} | 9{row}.1 |" for row in range(5)]
    return [*lines, ""]


def _code(chance: random.Random, number: int, lines: int) -> list[str]:
    code = ["import megengine.hub", "import numpy as np", ""]
    for line in range(lines):
        call = chance.choice(_CALLS)
        code.append(f"value_{line} = np.{call}(net_{number}, {chance.randrange(999)}, axis={line})")
        if line % 4 == 3:
            code.append(f'print(f"{{value_{line}}} of {chance.randrange(10**6)}")  # shown')
    return code


def _sentence(chance: random.Random, words: list[str], length: int, space: str = " ") -> str:
    return space.join(_word(chance, words) for _ in range(length)) + str(chance.randrange(1000))


def _word(chance: random.Random, words: list[str]) -> str:
    return chance.choice(words)
