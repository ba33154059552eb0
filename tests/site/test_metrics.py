"""Readers find metrics as a table, on pages, in Markdown and in notebooks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from tests.site.hubs import card_text, render_files, write_card, write_hub

METRICS = """\
metrics:
  data:
    dataset: Data
    columns:
      top-1: Top-1 (%)
    values:
      net: {top-1: 70.310}
---
```python"""
ROW = "| `net` | 70.310 |"


def test_a_table_of_metrics_is_on_the_page_in_markdown_and_in_the_notebook(tmp_path: Path) -> None:
    settings = write_hub(tmp_path)
    sections = {
        "zh_CN": "前。\n\n<!-- metrics: data -->\n\n后。",
        "en_US": "<!-- metrics: data -->",
    }
    text = card_text(sections).replace("---\n```python", METRICS, 1)
    write_card(settings, "a_b_net", text)
    files = render_files(settings)
    page = _text(files, "zh-CN/a_b_net/index.html")
    assert "<p>数据集：Data</p>" in page
    assert ">70.310</td>" in page
    assert page.index("前。") < page.index("70.310") < page.index("后。")
    assert "<p>Dataset: Data</p>" in _text(files, "en-US/a_b_net/index.html")
    assert ROW in _text(files, "zh-CN/a_b_net/index.md")
    notebook = json.loads(_text(files, "zh-CN/a_b_net/a_b_net.ipynb"))
    assert any(ROW in "".join(cell["source"]) for cell in notebook["cells"])


def _text(files: Mapping[str, bytes], path: str) -> str:
    return files[path].decode()
