"""What pages and API say of how code was run: what the records show, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import unescape

import pytest

from generator.config import Settings
from generator.evidence.model import ArraySummary, CardEvidence, Claim, Record, Run
from generator.site.evidence import LONG_OUTPUT_CHARACTERS, LONG_OUTPUT_LINES
from generator.site.formats import duration, memory, number
from generator.site.hub import load_hub
from tests.site.hubs import card_text, write_card
from tests.site.records import card_evidence, record
from tests.site.test_site import render_site

BLOCKS = """\
text

```python
print(1)
```

- in a list

  ```python raises=ValueError
  int("x")
  ```

```bash
echo not code
```

```python compile-only
import megengine
```

```python skip="needs 8 GPUs & <time>"
import os
```
"""


@pytest.fixture
def card(settings: Settings) -> Settings:
    write_card(settings, "net", card_text({"zh_CN": BLOCKS, "en_US": BLOCKS}))
    return settings


def pages_with(
    settings: Settings, records: Mapping[str, Mapping[str, Record]]
) -> Mapping[str, str]:
    return render_site(settings, evidence={"net": card_evidence("net", records)})


def evidence_at(html: str, block_id: str) -> str:
    """The HTML of what directly follows a code block, if it is evidence."""
    behind = html[html.index("</figure>", html.index(f'id="{block_id}"')) + len("</figure>") :]
    if not behind.lstrip().startswith('<div class="evidence"'):
        return ""
    return behind[: end_of_div(behind)]


def end_of_div(html: str) -> int:
    depth = 0
    for tag in re.finditer(r"<(/?)div\b[^>]*>", html):
        depth += -1 if tag.group(1) else 1
        if depth == 0:
            return tag.end()
    raise AssertionError("a div is not closed")


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub("<[^>]*>", " ", html)).split())


def test_without_records_nothing_is_claimed(card):
    html = render_site(card)["en-US/net/index.html"]
    for block_id in ("sample", "block-1", "block-2"):
        assert evidence_at(html, block_id) == ""
    visible = text_of(html.partition("<main")[2])
    for word in ("Executed", "Reproduced", "Compiled", "Evidence", "Code blocks"):
        assert word not in visible
    assert "tested" not in html.lower()
    assert 'class="tile-evidence"' not in render_site(card)["en-US/index.html"]


def test_what_is_not_meant_to_be_run_says_so_and_why(card):
    site = render_site(card)
    english, chinese = site["en-US/net/index.html"], site["zh-CN/net/index.html"]
    assert text_of(evidence_at(english, "block-3")) == "Not executed meant to be compiled only"
    assert text_of(evidence_at(english, "block-4")) == "Not executed needs 8 GPUs & <time>"
    assert text_of(evidence_at(chinese, "block-3")) == "未执行 仅供编译检查"
    assert text_of(evidence_at(chinese, "block-4")) == "未执行 needs 8 GPUs & <time>"


def test_a_block_shows_its_record_in_the_words_of_the_page(card):
    records = {"zh_CN en_US": {"sample": record(), "block-1": record(stdout="one\ntwo\n")}}
    site = pages_with(card, records)
    english = evidence_at(site["en-US/net/index.html"], "block-1")
    gist = text_of(english[: english.index("</summary>")])
    assert gist == "Executed 5.41 s 319 MB Python 3.10.13, MegEngine 1.13.0 31 Jan 2026"
    assert '<time datetime="2026-01-31T09:05:59Z">31 Jan 2026</time>' in english
    assert "31 Jan 2026, 09:05 UTC" in english
    assert "stand-ins" in english
    assert "<samp>one\ntwo</samp>" in english
    chinese = evidence_at(site["zh-CN/net/index.html"], "block-1")
    gist = text_of(chinese[: chinese.index("</summary>")])
    assert gist == "已执行 5.41 秒 319 MB Python 3.10.13、MegEngine 1.13.0 2026年1月31日"
    assert "替身权重" in chinese
    assert evidence_at(site["zh-CN/net/index.html"], "block-2") == ""


@pytest.mark.parametrize(
    ("claim", "english", "chinese", "has_run"),
    [
        (Claim.COMPILED, "Compiled", "已编译", False),
        (Claim.EXECUTED, "Executed", "已执行", True),
        (Claim.REPRODUCED, "Reproduced", "已复现", True),
    ],
)
def test_a_claim_is_one_of_three_words(card, claim, english, chinese, has_run):
    site = pages_with(card, {"zh_CN en_US": {"block-3": record(claim=claim, stdout="x")}})
    for path, word in (("en-US", english), ("zh-CN", chinese)):
        shown = evidence_at(site[f"{path}/net/index.html"], "block-3")
        assert f'<span class="claim {claim.value}">{word}</span>' in shown
        words = re.findall("Compiled|Executed|Reproduced|已编译|已执行|已复现", text_of(shown))
        assert set(words) == {word}
        assert ("319 MB" in shown) is has_run
        assert any(text in shown for text in ("not run", "未运行")) is not has_run
        caveat = ("without the published weights", "未使用已发布的权重")
        assert any(text in shown for text in caveat) is (claim is Claim.EXECUTED)


def test_languages_show_their_own_records(card):
    records = {"zh_CN": {"block-1": record(stdout="中")}, "en_US": {"block-1": record(stdout="e")}}
    site = pages_with(card, records)
    assert "<samp>中</samp>" in site["zh-CN/net/index.html"]
    assert "<samp>e</samp>" in site["en-US/net/index.html"]
    assert "<samp>中</samp>" not in site["en-US/net/index.html"]


def test_an_expected_exception_is_shown_as_such(card):
    raised = record(exception='ValueError: invalid literal for int(): "x"\nsecond line')
    html = pages_with(card, {"en_US": {"block-2": raised}})["en-US/net/index.html"]
    shown = text_of(evidence_at(html, "block-2"))
    assert "ValueError raised, as expected" in shown
    assert 'Expected exception ValueError: invalid literal for int(): "x" second line' in shown


def test_arrays_are_a_table(card):
    arrays = (
        ArraySummary("images", "Tensor", (1, 3, 224, 224), "float32", -2.1179039, 1.5296686),
        ArraySummary("count", "ndarray", (6,), "int64", 0.0, 1_250_000.0),
        ArraySummary("names", "ndarray", (), "<U3"),
    )
    html = pages_with(card, {"en_US": {"block-1": record(arrays=arrays)}})["en-US/net/index.html"]
    rows = re.findall("<tr>(.*?)</tr>", evidence_at(html, "block-1"))
    cells = [[unescape(text_of(cell)) for cell in re.split("</t[hd]>", row)[:-1]] for row in rows]
    assert cells == [
        ["Name", "Kind", "Shape", "dtype", "Range"],
        ["images", "Tensor", "(1, 3, 224, 224)", "float32", "-2.118 to 1.53"],
        ["count", "ndarray", "(6,)", "int64", "0 to 1,250,000"],
        ["names", "ndarray", "()", "<U3", ""],
    ]


def test_the_sample_code_names_the_variants_that_have_a_record(card):
    records = {
        "zh_CN en_US": {"sample": record(), "block-1": record()},
        "sample[resnet34]": {"sample": record(), "block-1": record()},
        "sample[resnet50]": {"sample": record(claim=Claim.REPRODUCED)},
        "sample[resnet101]": {"sample": record()},
        "sample[resnet152]": {"block-1": record()},
    }
    site = pages_with(card, records)
    english = evidence_at(site["en-US/net/index.html"], "sample")
    assert "variants: 3" in english
    assert re.findall("<dd>([^<]*resnet[^<]*)</dd>", english) == [
        "Reproduced: resnet50",
        "Executed: resnet34, resnet101",
    ]
    assert "resnet" not in evidence_at(site["en-US/net/index.html"], "block-1")
    chinese = evidence_at(site["zh-CN/net/index.html"], "sample")
    assert "已执行：resnet34、resnet101" in chinese


def test_long_output_is_folded_and_short_output_is_not(card):
    def folded(stdout: str) -> bool:
        html = pages_with(card, {"en_US": {"block-1": record(stdout=stdout)}})
        shown = evidence_at(html["en-US/net/index.html"], "block-1")
        assert ('<div class="output">' in shown) is not ('<details class="output">' in shown)
        return '<details class="output">' in shown

    assert not folded("line\n" * LONG_OUTPUT_LINES)
    assert folded("line\n" * (LONG_OUTPUT_LINES + 1))
    assert not folded("x" * LONG_OUTPUT_CHARACTERS)
    assert folded("x" * (LONG_OUTPUT_CHARACTERS + 1))


def test_code_that_printed_nothing_has_no_empty_box(card):
    for stdout in ("", "\n\n", "  \n"):
        html = pages_with(card, {"en_US": {"block-1": record(stdout=stdout)}})
        shown = evidence_at(html["en-US/net/index.html"], "block-1")
        assert "Executed" in shown
        assert "output" not in shown


HOSTILE = "</samp></pre></div><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}"


def test_whatever_code_prints_is_shown_as_text(card):
    nasty = HOSTILE + "\x1b[2J\x00\x9b\u202e\ud800\r\n"
    hostile = record(
        stdout=nasty * 3,
        exception=nasty,
        arrays=(ArraySummary(nasty, nasty, (1,), nasty, 0.0, 1.0),),
        versions={nasty: nasty},
        requests={nasty: nasty},
    )
    runs = (
        Run(("zh_CN", "en_US"), {"sample": hostile, "block-1": hostile}),
        Run((f"sample[{nasty}]",), {"sample": hostile}),
    )
    site = render_site(card)
    attacked = render_site(card, evidence={"net": CardEvidence("net", runs)})
    for path in ("zh-CN/net/index.html", "en-US/net/index.html"):
        html = attacked[path]
        assert html.count("<script") == site[path].count("<script")
        assert "<img" not in html
        assert "\\x1b[2J\\x00\\x9b\\u202e\\ud800" in html
        assert re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", html) == []
        assert evidence_at(html, "block-1").count("{{ 7*7 }}") > 3
    data = attacked["api/v1/models/net.json"]
    json.loads(data)
    assert "\\\\x1b[2J" in data
    assert "\\u001b" not in data


def test_a_line_without_end_is_shown_whole(card):
    line = "x" * 65_536
    html = pages_with(card, {"en_US": {"block-1": record(stdout=line)}})["en-US/net/index.html"]
    assert f"<samp>{line}</samp>" in html


def test_of_a_progress_bar_the_last_state_is_shown(card):
    bar = "\r".join(f"{part}%" for part in range(101)) + "\ndone\n"
    html = pages_with(card, {"en_US": {"block-1": record(stdout=bar)}})["en-US/net/index.html"]
    assert "<samp>100%\ndone</samp>" in html


def test_a_fallback_shows_the_records_of_the_section_that_it_shows_in_its_own_words(settings):
    write_card(settings, "net", card_text({"zh_CN": BLOCKS}))
    html = pages_with(settings, {"zh_CN": {"block-1": record(stdout="x")}})["en-US/net/index.html"]
    shown = evidence_at(html, "block-1")
    assert shown.lstrip().startswith('<div class="evidence"')
    assert 'lang="en-US"' in shown[: shown.index(">", 2)]
    assert "Executed" in shown


def test_a_card_tells_in_short_how_many_of_its_blocks_have_a_record(card):
    records = {
        "zh_CN": {"sample": record(), "block-1": record(claim=Claim.REPRODUCED)},
        "en_US": {
            "sample": record(),
            "block-1": record(),
            "block-2": record(),
            "block-3": record(claim=Claim.COMPILED),
        },
    }
    site = pages_with(card, records)
    for page in ("en-US/index.html", "en-US/net/index.html"):
        assert "Code blocks: executed 3 of 5, compiled 1 of 5<" in site[page]
    for page in ("zh-CN/index.html", "zh-CN/net/index.html"):
        assert "代码块：已复现 1/5、已执行 1/5<" in site[page]


def test_the_api_has_the_records_beside_what_it_always_had(card):
    arrays = (ArraySummary("x", "Tensor", (2, 3), "float32", 0.0, 1.5),)
    shown = record(stdout="a\n", arrays=arrays, requests={"https://x/y": "file:1"})
    site = pages_with(card, {"zh_CN en_US": {"sample": shown}, "sample[b]": {"sample": record()}})
    data = json.loads(site["api/v1/models/net.json"])
    before = json.loads(render_site(card)["api/v1/models/net.json"])
    assert before["evidence"] == []
    assert {**before, "evidence": data["evidence"]} == data
    assert [run["groups"] for run in data["evidence"]] == [["zh_CN", "en_US"], ["sample[b]"]]
    assert data["evidence"][0]["records"] == {
        "sample": {
            "claim": "executed",
            "fingerprint": "f" * 32,
            "when": "2026-01-31T09:05:59Z",
            "versions": {"Python": "3.10.13", "MegEngine": "1.13.0"},
            "duration": 5.409,
            "peakMemory": 319311872,
            "stdout": "a\n",
            "exception": None,
            "arrays": [
                {
                    "name": "x",
                    "kind": "Tensor",
                    "shape": [2, 3],
                    "dtype": "float32",
                    "minimum": 0.0,
                    "maximum": 1.5,
                }
            ],
            "requests": {"https://x/y": "file:1"},
        }
    }


def test_a_number_that_json_does_not_have_is_left_out_of_the_api(card):
    arrays = (ArraySummary("x", "Tensor", (1,), "float64", float("-inf"), float("nan")),)
    site = pages_with(card, {"zh_CN": {"sample": record(arrays=arrays)}})
    data = json.loads(site["api/v1/models/net.json"], parse_constant=pytest.fail)
    shown = data["evidence"][0]["records"]["sample"]["arrays"][0]
    assert (shown["minimum"], shown["maximum"]) == (None, None)


def test_the_records_change_nothing_else_of_a_page(card):
    html = pages_with(card, {"en_US": {"block-1": record(), "block-2": record()}})
    shown = html["en-US/net/index.html"]
    for block_id in ("block-1", "block-2"):
        shown = shown.replace(evidence_at(shown, block_id), "")
    shown = re.sub(r'<div class="in-short">.*</div>\n', "", shown)
    plain = render_site(card)["en-US/net/index.html"]
    assert "".join(shown.split()) == "".join(plain.split())


def test_amounts_are_written_as_each_language_writes_them(settings):
    english = load_hub(settings, None).strings["en_US"]
    times = [duration(english, seconds) for seconds in (0.0, 0.05, 9.99, 59.94, 75, 86_400)]
    assert times == ["< 0.01 s", "0.05 s", "9.99 s", "59.9 s", "1 min 15 s", "1,440 min 0 s"]
    sizes = [memory(english, size) for size in (0, 1_500_000, 1_234_567_890)]
    assert sizes == ["0 MB", "2 MB", "1.2 GB"]
    numbers = [number(english, value) for value in (0.0, -0.5, 1e-7, 12.3456, 1234.5, 7e12)]
    assert numbers == ["0", "-0.5", "1e-07", "12.35", "1,234", "7e+12"]
    german = {**english, "decimal_separator": ",", "thousands_separator": "."}
    assert duration(german, 9.99) == "9,99 s"
    assert number(german, 1_234_567) == "1.234.567"
