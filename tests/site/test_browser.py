"""The site in a real browser: what works, and what works without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from generator.evidence.model import ArraySummary, CardEvidence, Claim
from tests.site import browsing
from tests.site.browsing import watch
from tests.site.hubs import SAMPLE, build, card_text, write_card, write_hub
from tests.site.records import card_evidence, record

pytestmark = browsing.needs_browser

RICH = """\
Text with `code`, a [link](#表) and a very long name: `{long}`.

### 表

| 模型 | {cells} |
| --- | {rule} |
| {long} | {cells} |

```python
x = "{long}"
```

- [x] done
- a

  ```bash
  echo {long}
  ```

<details><summary>More</summary>

Folded.

</details>
""".format(long="x" * 120, cells=" | ".join(["70.312"] * 12), rule=" | ".join(["---"] * 12))


PROVEN = """\
text

```python
print("short")
```

```python raises=ValueError
int("x")
```

- in a list

  ```python
  print("long")
  ```

```python compile-only
import megengine
```

```python skip="needs 8 GPUs"
import os
```
"""
LONG_OUTPUT = "<script>document.title = 1</script>\x1b[31m" + "x" * 65_000 + "\nline" * 200


def proof(card_id: str) -> CardEvidence:
    arrays = (ArraySummary("x" * 200, "Tensor", (1, 3, 224, 224), "float32", -1.5, 2.0),)
    records = {
        "sample": record(claim=Claim.REPRODUCED, arrays=arrays),
        "block-1": record(stdout="short\n"),
        "block-2": record(exception="ValueError: " + "x" * 300),
        "block-3": record(stdout=LONG_OUTPUT),
        "block-4": record(claim=Claim.COMPILED),
    }
    variants = {f"sample[net{number}]": {"sample": record()} for number in range(9)}
    return card_evidence(card_id, {"zh_CN en_US": records, **variants})


@dataclass(frozen=True)
class Served:
    """A site below a path of a local server."""

    url: str
    folder: Path


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    settings = write_hub(tmp_path_factory.mktemp("hub") / "hub")
    both = {"zh_CN": RICH, "en_US": RICH.replace("#表", "#table").replace("表", "Table")}
    write_card(settings, "a_rich", card_text(both, title="Rich"))
    write_card(settings, "b_chinese", card_text({"zh_CN": "只有中文。\n\n## 小节\n\n" * 30}))
    write_card(settings, "d_proven", card_text({"zh_CN": PROVEN, "en_US": PROVEN}))
    www = tmp_path_factory.mktemp("www")
    folder = www / "some" / "base"
    folder.parent.mkdir()
    evidence = {"d_proven": proof("d_proven")}
    report = build(settings, folder, evidence)
    assert report.diagnostics == ()
    with browsing.served(www) as address:
        yield Served(f"{address}/some/base", folder)


PAGES = ["index.html", "zh-CN/index.html", "en-US/index.html", "zh-CN/a_rich/index.html"]
PAGES += ["en-US/a_rich/index.html", "en-US/b_chinese/index.html"]
PAGES += ["zh-CN/d_proven/index.html", "en-US/d_proven/index.html"]
UNFOLD = "document.querySelectorAll('.evidence details').forEach(item => { item.open = true })"


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("place", ["server", "disk"])
def test_a_page_loads_without_complaint_and_asks_nobody_else(browser, served, path, place):
    root = served.url if place == "server" else served.folder.as_uri()
    with browser.new_context() as context:
        watched = watch(context)
        watched.page.goto(f"{root}/{path}")
        watched.page.wait_for_load_state("load")
        assert watched.complaints == []
        assert all(url.startswith(root) for url in watched.requests)
        assert any(url.endswith(".css") for url in watched.requests)
        colour = watched.page.evaluate(
            "getComputedStyle(document.body).getPropertyValue('--accent')"
        )
        assert colour.strip()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [320, 768, 1600])
def test_no_page_is_wider_than_the_window(browser, served, path, width):
    with browser.new_context(viewport={"width": width, "height": 800}) as context:
        page = context.new_page()
        page.goto(f"{served.url}/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.evaluate(UNFOLD)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_everything_is_there_without_scripts(browser, served):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(served.url + "/index.html")
        page.click("a[data-language=en-US]")
        page.click("text=Rich")
        text = page.inner_text("main")
        for part in ("Rich", "Sample code", "megengine.hub.load", "Somebody", "70.312", "Table"):
            assert part in text
        assert page.locator("button:visible").count() == 0
        page.click("nav.contents >> text=Table")
        assert page.url.endswith("#table")
        page.click("summary")
        assert page.locator("text=Folded.").is_visible()


def test_the_copy_button_copies_the_code_exactly(browser, served):
    with browser.new_context(permissions=["clipboard-read", "clipboard-write"]) as context:
        page = context.new_page()
        page.goto(f"{served.url}/en-US/a_rich/index.html")
        page.click("#sample .copy")
        page.wait_for_selector("#sample .copy:has-text('Copied')")
        assert page.evaluate("navigator.clipboard.readText()") == SAMPLE


def test_the_copy_button_does_not_copy_what_the_code_has_shown(browser, served):
    with browser.new_context(permissions=["clipboard-read", "clipboard-write"]) as context:
        page = context.new_page()
        page.goto(f"{served.url}/en-US/d_proven/index.html")
        assert page.locator(".evidence .copy").count() == 0
        page.click("#block-1 .copy")
        page.wait_for_selector("#block-1 .copy:has-text('Copied')")
        assert page.evaluate("navigator.clipboard.readText()") == 'print("short")\n'


def test_evidence_unfolds_without_scripts_and_by_keyboard(browser, served):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{served.url}/en-US/d_proven/index.html")
        assert page.locator("#block-1 + .evidence samp").inner_text() == "short"
        details = page.locator("#block-1 + .evidence .record-details")
        assert not details.is_visible()
        page.locator("#block-1 + .evidence summary").press("Enter")
        assert details.is_visible()
        long = page.locator("#block-3 + .evidence .output")
        assert not long.locator("samp").is_visible()
        long.locator("summary").click()
        assert long.locator("samp").inner_text().startswith("<script>document.title")
        assert page.title().startswith("Net")


def test_long_output_scrolls_inside_of_itself(browser, served):
    with browser.new_context(viewport={"width": 360, "height": 800}) as context:
        page = context.new_page()
        page.goto(f"{served.url}/zh-CN/d_proven/index.html")
        page.evaluate(UNFOLD)
        box = page.locator("#block-3 + .evidence pre").bounding_box()
        assert box["width"] < 360
        assert box["height"] < 500
        page.locator("#block-3 + .evidence pre").focus()
        assert page.evaluate("document.activeElement.tagName") == "PRE"


def test_the_language_switch_keeps_the_card(browser, served):
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{served.url}/zh-CN/a_rich/index.html")
        page.click(".languages >> text=English")
        assert page.url == f"{served.url}/en-US/a_rich/index.html"


@pytest.mark.parametrize(
    ("locale", "expected"), [("zh-TW", "zh-CN"), ("zh-CN", "zh-CN"), ("en-GB", "en-US")]
)
def test_the_front_page_follows_the_browser_s_languages(browser, served, locale, expected):
    with browser.new_context(locale=locale) as context:
        page = context.new_page()
        page.goto(f"{served.url}/index.html")
        page.wait_for_url(f"{served.url}/{expected}/index.html")


def test_an_explicit_choice_of_language_outlasts_the_browser_s(browser, served):
    with browser.new_context(locale="en-US") as context:
        page = context.new_page()
        page.goto(f"{served.url}/en-US/index.html")
        page.click(".languages >> text=简体中文")
        page.goto(f"{served.url}/index.html")
        page.wait_for_url(f"{served.url}/zh-CN/index.html")
        page.goto(f"{served.url}/en-US/a_rich/index.html")
        assert page.url.endswith("/en-US/a_rich/index.html")


def test_the_front_page_stays_where_no_language_fits(browser, served):
    with browser.new_context(locale="fr-FR") as context:
        page = context.new_page()
        page.goto(f"{served.url}/index.html")
        page.wait_for_load_state("load")
        assert page.url == f"{served.url}/index.html"
        assert page.locator(".choices a").count() == 2


def test_the_choice_of_colours_is_remembered_and_follows_the_system_before(browser, served):
    background = "getComputedStyle(document.documentElement).backgroundColor"
    with browser.new_context(color_scheme="dark") as context:
        page = context.new_page()
        page.goto(f"{served.url}/en-US/a_rich/index.html")
        dark = page.evaluate(background)
        assert page.get_attribute(".theme-switch", "aria-label") == "Switch to light"
        page.click(".theme-switch")
        light = page.evaluate(background)
        assert light != dark
        page.goto(f"{served.url}/zh-CN/index.html")
        assert page.evaluate(background) == light
        assert page.get_attribute(".theme-switch", "aria-label") == "切换到深色"


def test_a_fallback_is_marked_for_assistive_technology(browser, served):
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{served.url}/en-US/b_chinese/index.html")
        assert page.locator("html").get_attribute("lang") == "en-US"
        assert page.locator(".prose").get_attribute("lang") == "zh-CN"
        assert "no English version" in page.inner_text("[role=note]")


def test_the_keyboard_reaches_the_content_first(browser, served):
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{served.url}/en-US/a_rich/index.html")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"


CONTRAST = """() => {
  const channel = (value) => {
    value /= 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
  };
  const faint = [];
  for (const element of document.querySelectorAll("body *")) {
    const hasText = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!hasText || !element.getClientRects().length) continue;
    const [a, b] = [parse(getComputedStyle(element).color), behind(element)].map(luminance);
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faint.push(`${element.className || element.tagName} ${ratio.toFixed(2)}`);
  }
  return faint;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_every_text_stands_out_from_what_is_behind_it(browser, served, path, scheme):
    with browser.new_context(color_scheme=scheme, locale="fr") as context:
        page = context.new_page()
        page.goto(f"{served.url}/{path}")
        page.evaluate(UNFOLD)
        assert page.evaluate(CONTRAST) == []


WINDOW = {"width": 900, "height": 600}
IS_READ = """(id) => {
  const place = document.getElementById(id)?.getBoundingClientRect().y;
  return 0 <= place && place < 300;
}"""


@pytest.fixture(scope="module")
def long_card(tmp_path_factory) -> Iterator[str]:
    """The address of a site with a card of many headings, one of them in Chinese only."""
    settings = write_hub(tmp_path_factory.mktemp("long") / "hub")
    filler = "\n\n文字 text\n" * 40
    chinese = "".join(f"## 第 {n} 节{filler}" + f"### 另外{filler}" * (n == 3) for n in range(6))
    english = "".join(f"## Part {n}{filler}" for n in range(6))
    write_card(settings, "long", card_text({"zh_CN": chinese, "en_US": english}))
    www = tmp_path_factory.mktemp("long-www")
    assert build(settings, www / "site").diagnostics == ()
    with browsing.served(www) as address:
        yield f"{address}/site"


@pytest.mark.parametrize(
    ("heading", "counterpart"), [("第-2-节", "part-2"), ("另外", "part-3"), ("第-5-节", "part-5")]
)
def test_the_language_switch_keeps_the_heading_that_is_read(
    browser, long_card, heading, counterpart
):
    with browser.new_context(viewport=WINDOW, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto(f"{long_card}/zh-CN/long/index.html#{heading}")
        switch = page.locator(".languages a[hreflang=en-US]")
        expect(switch).to_have_attribute("href", re.compile(f"#{counterpart}$"))
        page.click(".languages >> text=English")
        expect(page).to_have_url(f"{long_card}/en-US/long/index.html#{counterpart}")
        # The address is there before the page has been scrolled to the heading.
        page.wait_for_function(IS_READ, arg=counterpart)
        back = page.locator(".languages a[hreflang=zh-CN]")
        expect(back).to_have_attribute("href", re.compile("#"))
        page.click(".languages >> text=简体中文")
        page.wait_for_url("**/zh-CN/long/index.html#*")
