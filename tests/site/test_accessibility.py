"""Every kind of page, for everybody: axe-core finds nothing, and the keyboard reaches everything.

Screenshots of what was looked at are left in tests/artefacts/.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.site.browsing import needs_browser, served, watch
from tests.site.page_kinds import LANGUAGES, PAGE_KINDS, write_site

pytestmark = needs_browser

ARTEFACTS = Path(__file__).parents[1] / "artefacts"
WIDTHS = {"phone": 320, "tablet": 768, "desk": 1280}
# Visible, in nobody's shadow and not switched off: what a mouse can press, the keyboard must reach.
REACHABLE = """() => {
  const dialog = document.querySelector("dialog[open]") ?? document.body;
  const controls = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  return [...dialog.querySelectorAll(controls)]
    .filter((item) => item.checkVisibility({ visibilityProperty: true }) && !item.disabled)
    .map((item) => [item.tagName, item.getAttribute("href") ?? item.textContent.trim()].join(" "));
}"""
FOCUSED = """() => {
  const item = document.activeElement;
  if (!item || item === document.body) return null;
  const style = getComputedStyle(item);
  const box = item.getBoundingClientRect();
  return {
    name: [item.tagName, item.getAttribute("href") ?? item.textContent.trim()].join(" "),
    isMarked: style.outlineStyle !== "none" || style.boxShadow !== "none",
    isInView: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    www = tmp_path_factory.mktemp("www")
    write_site(tmp_path_factory.mktemp("hub") / "hub", www / "some" / "base")
    with served(www) as address:
        yield f"{address}/some/base"


def violations(page: Page) -> list[str]:
    """What axe-core finds. The page's own policy would not let it in."""
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{rule['id']}: {node['html'][:150]}: {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("kind", PAGE_KINDS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", WIDTHS)
@pytest.mark.parametrize("tag", LANGUAGES)
def test_axe_finds_nothing_and_the_console_is_silent(browser, address, kind, scheme, size, tag):
    viewport = {"width": WIDTHS[size], "height": 800}
    # In a language that the hub does not have, the front page leads nobody on.
    with browser.new_context(viewport=viewport, color_scheme=scheme, locale="fr") as context:
        watched = watch(context)
        page = watched.page
        page.goto(f"{address}/{PAGE_KINDS[kind].in_language(tag)}")
        PAGE_KINDS[kind].prepare(page)
        ARTEFACTS.mkdir(exist_ok=True)
        picture = ARTEFACTS / f"{kind}-{tag}-{scheme}-{size}.png"
        page.screenshot(path=picture, full_page=kind != "search")
        assert watched.complaints == []
        assert {url for url in watched.requests if not url.startswith(address)} == set()
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[size]


@pytest.mark.parametrize("kind", PAGE_KINDS)
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_the_keyboard_alone_reaches_everything_and_one_sees_where_it_is(
    browser, address, kind, size
):
    viewport = {"width": WIDTHS[size], "height": 800}
    with browser.new_context(viewport=viewport, locale="fr", reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto(f"{address}/{PAGE_KINDS[kind].in_language('en-US')}")
        PAGE_KINDS[kind].prepare(page)
        wanted = page.evaluate(REACHABLE)
        assert wanted
        reached = []
        for _ in range(len(wanted) + 5):
            focused = page.evaluate(FOCUSED)
            if focused:
                assert focused["isMarked"], focused
                assert focused["isInView"], focused
                reached.append(focused["name"])
            page.keyboard.press("Tab")
        assert set(wanted) - set(reached) == set()


@pytest.mark.parametrize("kind", [kind for kind in PAGE_KINDS if kind != "search"])
@pytest.mark.parametrize("tag", LANGUAGES)
def test_all_content_is_there_without_scripts(browser, address, kind, tag):
    path = f"{address}/{PAGE_KINDS[kind].in_language(tag)}"
    texts = []
    for has_scripts in (True, False):
        with browser.new_context(java_script_enabled=has_scripts, locale="fr") as context:
            page = context.new_page()
            page.goto(path)
            texts.append(page.locator("main").evaluate("main => main.textContent"))
    with_scripts, without = (" ".join(text.split()) for text in texts)
    for copy in ("Copy", "复制"):
        with_scripts = with_scripts.replace(copy, "")
        without = without.replace(copy, "")
    assert "".join(without.split()) == "".join(with_scripts.split())
    assert len(without) > 20
