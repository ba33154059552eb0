"""The kinds of pages that a site has, in one place, for tests of what holds for every page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from generator.evidence.model import ArraySummary, CardEvidence, Claim
from generator.site.search.extent import Search
from tests.site.hubs import SAMPLE, build, card_text, write_card, write_hub
from tests.site.records import card_evidence, record

LANGUAGES = ("zh-CN", "en-US")

ALTERNATIVE = "# model = megengine.hub.load('a/b', 'resnet34')\n"

CHINESE = """\
文字、`代码`、[链接](#表格)、[另一张卡片](b_chinese.md#小节)和 <https://example.org/>。

## 表格

| 模型 | top1 | 左 | 中 |
| --- | ---: | :-- | :-: |
| resnet18 | 70.312 | a | b |
| [resnet34](#表格) | 73.960 | c | d |

### 代码

```python
import megengine.functional as F
print(F.softmax(model(image)))
```

- [x] 完成
- [ ] 未完成

  ```bash
  echo 很长的一行 {long}
  ```

脚注[^1]，![图片](https://example.org/x.png)。

<details><summary>更多</summary>

折叠的内容。

</details>

<p align="center">居中，<kbd>Ctrl</kbd>，H<sub>2</sub>O，<tt>旧</tt>，<a name="place">锚点</a></p>

> 引用

[^1]: 脚注的内容。
""".replace("{long}", "x" * 120)
ENGLISH = """\
Text, `code`, [a link](#table), [another card](b_chinese.md) and <https://example.org/>.

## Table

| model | top1 | left | middle |
| --- | ---: | :-- | :-: |
| resnet18 | 70.312 | a | b |
| [resnet34](#table) | 73.960 | c | d |

### Code

```python
import megengine.functional as F
print(F.softmax(model(image)))
```

1. one
2. two

   ```bash
   echo a long line {long}
   ```

A note[^1], ![a picture](https://example.org/x.png).

<details><summary>More</summary>

What is folded.

</details>

[^1]: What the note says.
""".replace("{long}", "x" * 120)


def write_site(folder: Path, output: Path) -> None:
    """A site with a page of every kind, with evidence and all of the search, at `output`."""
    settings = write_hub(folder)
    both = {"zh_CN": CHINESE, "en_US": ENGLISH}
    summary = {"zh_CN": "残差网络", "en_US": "Residual networks"}
    rich = card_text(both, title="Rich ResNet", summary=summary, sample=f"{SAMPLE}{ALTERNATIVE}")
    write_card(settings, "a_rich", rich)
    write_card(settings, "b_chinese", card_text({"zh_CN": "只有中文。\n\n## 小节\n\n" * 30}))
    for number in range(12):
        text = {"zh_CN": "文字", "en_US": "text"}
        write_card(settings, f"c_more_{number:02}", card_text(text, title=f"More {number}"))
    report = build(
        settings,
        output,
        {"a_rich": _evidence("a_rich")},
        base_url="https://example.org/some/base/",
        search=Search.FULL_TEXT,
    )
    assert report.diagnostics == ()


def _evidence(card_id: str) -> CardEvidence:
    arrays = (ArraySummary("logits", "Tensor", (1, 1000), "float32", -1.5, 2.0),)
    records = {
        "sample": record(claim=Claim.REPRODUCED, arrays=arrays),
        "block-1": record(stdout="tensor([0.1])\n" + "line\n" * 300),
    }
    variants = {"sample[resnet34]": {"sample": record()}}
    return card_evidence(card_id, {"zh_CN en_US": records, **variants})


def _stay(_page: Page) -> None:
    """The page as it is loaded."""


def _unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(item => { item.open = true })")


def _search(page: Page) -> None:
    page.keyboard.press("/")
    page.fill("dialog.search input", "resnet")
    page.wait_for_selector(".search-results a")


def _filter(page: Page) -> None:
    page.fill(".filter-text", "more")
    page.locator(".count", has_text="12").wait_for()


@dataclass(frozen=True)
class PageKind:
    """A kind of page: where one is in a language, and what a visitor does on it first."""

    path: str
    prepare: Callable[[Page], None] = _stay

    def in_language(self, tag: str) -> str:
        """The path of the page, from the root of the site."""
        return self.path.format(tag=tag)


PAGE_KINDS: Mapping[str, PageKind] = {
    "front": PageKind("index.html"),
    "catalogue": PageKind("{tag}/index.html"),
    "tag": PageKind("{tag}/tag-vision.html"),
    "filter": PageKind("{tag}/index.html", _filter),
    "card": PageKind("{tag}/a_rich/index.html", _unfold),
    "variant": PageKind("{tag}/a_rich/variant-resnet34.html", _unfold),
    "side-by-side": PageKind("en-US/a_rich/side-by-side.html"),
    "fallback": PageKind("{tag}/b_chinese/index.html"),
    "guide": PageKind("{tag}/guide/index.html"),
    "guide-format": PageKind("{tag}/guide/format.html"),
    "guide-checks": PageKind("{tag}/guide/checks.html"),
    "guide-check": PageKind("{tag}/guide/check-e209.html"),
    "not-found": PageKind("404.html"),
    "search": PageKind("{tag}/index.html", _search),
}
