"""The notebooks to take away: valid, with the card's code in order, and running as it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

import nbformat
import pytest

from generator.cards.catalog import parse_catalog
from generator.cards.model import Card
from generator.config import Settings
from generator.site.hub import load_hub
from generator.site.markdown.render import SectionRenderer
from generator.site.site import card_output
from tests.site.hubs import MOMENT, card_text, place_cards, read_cards, render_files, write_card
from tests.site.oracle import github

NASTY = "</script><script>alert(1)</script> [x](javascript:1) *a* _b_ `c` $d$ 🧠 ]]> # 残差"


def notebook_of(
    settings: Settings, english: str, sample: str = "model = 1\n", **front: Any
) -> nbformat.NotebookNode:
    """The English notebook of a card, after it was found valid."""
    write_card(settings, "net", card_text({"zh_CN": "x", "en_US": english}, sample=sample, **front))
    (card,) = read_cards(settings)
    return valid(files_of(settings, card)["en-US/net/net.ipynb"])


def files_of(settings: Settings, card: Card) -> Mapping[str, bytes]:
    (placed,) = place_cards([card], {card.path: MOMENT}, {})
    hub = load_hub(settings, None)
    files = card_output(hub, placed, SectionRenderer()).files
    return {file.path: file.content for file in files}


def valid(content: bytes) -> nbformat.NotebookNode:
    """The notebook, when it is one of the version that it says."""
    notebook = nbformat.reads(content.decode(), as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook, relax_add_props=False)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    return notebook


def cells(notebook: nbformat.NotebookNode) -> list[tuple[str, str, str]]:
    return [(cell.id, cell.cell_type, cell.source) for cell in notebook.cells]


def test_a_notebook_has_the_facts_the_sample_and_the_section_in_order(settings):
    section = """\
Intro

```python
y = model
```

## Then

```bash
ls
```

```python3
z = y
```

End
"""
    notebook = notebook_of(settings, section, "import os\n\nmodel = 1\n", title="A *Net*")
    title, *others = cells(notebook)
    assert title[:2] == ("title", "markdown")
    assert title[2].splitlines() == [
        r"# A \*Net\*",
        "",
        "summary en_US",
        "",
        "- Author: Somebody",
        "- Tags: Vision",
        "- Source code: <https://github.com/example/models>",
        "- Updated: 31 Jan 2026",
        "- Model page: <https://example.org/hub/en-US/net/>",
    ]
    assert others == [
        ("sample", "code", "import os\n\nmodel = 1"),
        ("text-1", "markdown", "Intro"),
        ("block-1", "code", "y = model"),
        ("text-2", "markdown", "## Then\n\n```bash\nls\n```"),
        ("block-2", "code", "z = y"),
        ("text-3", "markdown", "End"),
    ]
    assert all(cell.outputs == [] for cell in notebook.cells if cell.cell_type == "code")
    assert notebook.metadata.kernelspec.name == "python3"


def test_its_code_runs_in_order_as_it_stands(settings):
    section = """\
```python
seen = [model]
```

1. Inside of a list:

   ```python
   for number in range(2):

       seen.append(number)
   ```

> ```python
> seen.append("quoted")
> ```

````python
text = '''
```
'''
````
"""
    namespace: dict[str, Any] = {}
    for cell in notebook_of(settings, section).cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, cell.id, "exec"), namespace)
    assert namespace["seen"] == [1, 0, 1, "quoted"]
    assert namespace["text"] == "\n```\n"


def test_what_is_not_to_be_run_is_no_code_cell_and_says_why(settings):
    section = """\
```python skip="needs *two* cameras"
watch()
```

```python compile-only
train()
```

```python raises=ValueError
raise ValueError
```
"""
    skipped, compiled, raising = notebook_of(settings, section).cells[2:]
    assert (skipped.id, skipped.cell_type) == ("block-1", "markdown")
    assert skipped.source == ("```python\nwatch()\n```\n\n> Not executed: needs \\*two\\* cameras")
    assert (compiled.id, compiled.cell_type) == ("block-2", "markdown")
    assert compiled.source.endswith("train()\n```\n\n> Not executed: meant to be compiled only")
    assert (raising.id, raising.cell_type) == ("block-3", "code")
    # With this tag, Jupyter's "run all" goes on behind the cell.
    assert raising.metadata.tags == ["raises-exception"]


def test_text_behind_code_in_a_list_is_no_code(settings):
    section = """\
1. First

   ```python
   a = 1
   ```

   Behind it.

   - deep

     ```python
     b = 2
     ```

     Behind the deep one.

   Behind both.

2. Second
"""
    texts = [cell.source for cell in notebook_of(settings, section).cells if "text" in cell.id]
    assert texts == [
        "1. First",
        "Behind it.\n\n- deep",
        "Behind the deep one.\n\nBehind both.\n\n2. Second",
    ]


def test_links_defined_in_another_cell_still_lead_somewhere(settings):
    section = """\
A [Paper] and [another][b  A].

```python
a = 1
```

No link.

```python
b = 1
```

[paper]: https://example.org/paper
[b a]: https://example.org/b "B"
[c]: https://example.org/c
"""
    texts = [cell.source for cell in notebook_of(settings, section).cells if "text" in cell.id]
    assert texts[0].splitlines()[1:] == [
        "",
        "[paper]: https://example.org/paper",
        '[b a]: https://example.org/b "B"',
    ]
    assert texts[1] == "No link."
    assert texts[2].count("[paper]") == 1


def test_many_mentions_of_a_long_target_do_not_make_a_huge_notebook(settings):
    target = "https://example.org/" + "x" * 10_000
    section = "[a]\n\n```python\nx = 1\n```\n\n" * 1000 + f"[a]: {target}\n"
    notebook = notebook_of(settings, section)
    texts = [cell.source for cell in notebook.cells if cell.id.startswith("text-")]
    assert texts[0] == f"[a]\n\n[a]: {target}"
    assert texts[999] == "[a]"
    assert len(nbformat.writes(notebook)) < 1_000_000


def test_hostile_facts_are_shown_as_text(settings):
    front = {"title": NASTY, "author": NASTY, "summary": {"zh_CN": "x", "en_US": f"# {NASTY}"}}
    title = notebook_of(settings, "x", **front).cells[0].source
    html = github(title)
    assert [unescape(text) for text in re.findall("<h1>(.*)</h1>", html)] == [NASTY]
    assert [unescape(text) for text in re.findall("<p>(.*)</p>", html)] == [f"# {NASTY}"]
    assert f"Author: {NASTY}" in unescape(html)
    assert html.count("<a ") == 2
    assert r"\$d\$" in title


@pytest.mark.parametrize("start", ["- a", "+ a", "1. a", "12) a", "> a", "~~~", "=", "| a |"])
def test_a_summary_is_a_paragraph_whatever_it_begins_with(settings, start):
    title = notebook_of(settings, "x", summary={"zh_CN": "x", "en_US": start}).cells[0].source
    _, summary, *_ = github(title).splitlines()
    assert re.fullmatch("<p>.*</p>", summary)


def test_a_notebook_is_the_same_bytes_in_every_build_and_after_jupyter_saved_it(settings):
    section = {"zh_CN": "文\n\n```python\na = 1\n```\n", "en_US": "x"}
    write_card(settings, "net", card_text(section))
    one, two = (render_files(settings)["zh-CN/net/net.ipynb"] for _ in range(2))
    assert one == two
    assert nbformat.writes(valid(one)) + "\n" == one.decode()


def test_there_is_a_notebook_for_each_language_that_the_card_has(settings):
    write_card(settings, "net", card_text({"zh_CN": "只有中文"}))
    site = render_files(settings)
    assert [path for path in site if path.endswith(".ipynb")] == ["zh-CN/net/net.ipynb"]
    page = site["en-US/net/index.html"].decode()
    link = '<a href="../../zh-CN/net/net.ipynb" download="net.zh-CN.ipynb" hreflang="zh-CN">'
    assert f"{link}Jupyter notebook</a>" in page


def test_an_empty_section_gives_a_notebook(settings):
    write_card(settings, "net", card_text({"zh_CN": "x", "en_US": ""}).rstrip())
    (card,) = parse_catalog([settings.root / "cards"], settings).cards
    notebook = valid(files_of(settings, card)["en-US/net/net.ipynb"])
    assert [cell.id for cell in notebook.cells] == ["title", "sample"]
