"""Cards come from strangers: of what has been published against pages, nothing runs in ours."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page

from generator.cards.catalog import parse_catalog
from generator.config import Settings
from generator.diagnostics import Severity
from generator.site.hub import load_hub
from generator.site.markdown.render import RenderError, SectionRenderer
from generator.site.search.extent import Search
from generator.site.site import card_output
from tests.site.attacks import EVIL, read_attacks
from tests.site.browsing import Watched, needs_browser, served, watch
from tests.site.hubs import (
    MOMENT,
    SITE,
    build,
    card_text,
    place_cards,
    render_files,
    write_card,
    write_hub,
)
from tests.site.test_markdown_safety import VECTORS

pytestmark = needs_browser

# The build refuses pictures that are not there; that of a page is there, and fails as well.
NO_PICTURE = re.compile(r"""(?<=src=)(["']?)[x1](?=["'\s>])""")
ATTACKS = tuple(
    NO_PICTURE.sub(r"\1index.html", text)
    for text in dict.fromkeys([*(text for _, text in read_attacks()), *VECTORS])
)
BATCH = 8
NASTY = "</script><img src=x onerror=alert(1)>'\">"
NASTY_SITE = SITE.replace("en_US: Vision", f"en_US: {NASTY!r}".replace("\\'\"", "''\"")).replace(
    "en_US: Model Hub", "en_US: 'Hub </title><script>alert(1)</script>'"
)
NASTY_SITE += "guide: false\n"

PLACES = """\
batch{batch}z {text}

- {text}

> {text}

| {cell} | x |
|---|---|
| x | {cell} |

## {text}

[{text}](https://{evil}/ "{text}") ![{text}](https://{evil}/x.png)

`{text}` ``{text}``

<div title="{text}" id='{text}'>{text}</div>

x[^1] {text}

[^1]: {text}

```{info}
{text}
```
"""
DESTINATIONS = "[a]({text}) [b](<{text}>) ![c](<{text}>)\n\n[d]\n\n[d]: <{text}>\n\n<{text}>\n"

PROVOKE = """() => {
  const names = ["mouseover", "mouseenter", "pointerover", "focus", "focusin", "animationstart"];
  names.push("transitionend", "toggle", "beforetoggle", "error", "load", "begin", "end", "scroll");
  for (const element of document.querySelectorAll("body *")) {
    for (const name of names) element.dispatchEvent(new Event(name, { bubbles: true }));
    if (element.matches(".prose :is(summary, input, button, label)")) element.click();
  }
}"""
INSPECT = """() => {
  const problems = [];
  const must = (holds, problem) => { if (!holds) problems.push(problem); };
  must(window.hacked === undefined, "a global was set");
  must(document.body instanceof HTMLBodyElement, "document.body is clobbered");
  must(document.defaultView === window, "document.defaultView is clobbered");
  must(typeof document.cookie === "string", "document.cookie is clobbered");
  for (const name of ["querySelector", "getElementById", "createElement", "addEventListener"]) {
    must(typeof document[name] === "function", `document.${name} is clobbered`);
  }
  must(document.getElementById("content").tagName === "MAIN", "#content is not the page's");
  must(!document.querySelector("article.card")
    || document.getElementById("sample").tagName === "FIGURE", "#sample is not the page's");
  for (const link of document.querySelectorAll("a[href], area[href]")) {
    const allowed = [location.protocol, "http:", "https:", "mailto:"];
    must(allowed.includes(link.protocol), `a link to ${link.protocol}`);
  }
  const foreign = "script, style, iframe, object, embed, svg, math, form, link, meta, base, video";
  must(!document.querySelector(`.prose :is(${foreign}, [style], [srcset])`), "an element");
  must(!document.querySelector(".prose :is(dialog, .search, .search-link)"), "a control");
  const own = new Set([...document.querySelectorAll("[id]")]
    .filter((element) => !element.closest(".prose")).map((element) => element.id));
  for (const { id } of document.querySelectorAll(".prose [id]")) {
    must(!own.has(id), `the page's own id ${id}`);
  }
  for (const element of document.querySelectorAll(".prose *")) {
    for (const { name } of element.attributes) must(!name.startsWith("on"), `a handler ${name}`);
    must(getComputedStyle(element).position !== "fixed", "an element over the page");
  }
  const figures = document.querySelectorAll("figure.code").length;
  must(document.querySelectorAll("figure.code > .copy").length === figures, "no copy buttons");
  must(document.documentElement.scrollWidth <= innerWidth, "wider than the window");
  return problems;
}"""


@dataclass(frozen=True)
class Attacked:
    """A hub full of attacks: what the build published, and pages of what it refuses."""

    published: Path
    ids: tuple[str, ...]
    unchecked: Path
    unchecked_ids: tuple[str, ...]

    @property
    def refused_ids(self) -> list[str]:
        """The cards that only the folder of unchecked pages shows as they are."""
        return sorted({*self.unchecked_ids} - {*self.ids})


def in_front_matter(text: str) -> str:
    return " ".join("".join(char for char in text if char.isprintable()).split())


def attacked_card(number: int, text: str) -> str:
    line = " ".join(text.split())
    places = PLACES.format(
        text=line,
        cell=line.replace("|", "\\|"),
        info=line.replace("`", ""),
        evil=EVIL,
        batch=number // BATCH,
    )
    shown = f"{in_front_matter(text)} batch{number // BATCH}z"
    return card_text(
        {"zh_CN": text, "en_US": places},
        title=shown,
        author=shown,
        summary={"zh_CN": shown, "en_US": shown},
        link=f"https://{EVIL}/'onmouseover='alert(1)'//&lt;script&gt;",
        sample=(
            f'import megengine\nx = """{line}"""\n# {line}\n'
            f"y = print('net', 'x')\n# y = print('{line}', '{line}', 0)\n"
        ),
    )


def valid_ids(settings: Settings) -> set[str]:
    return {card.id for card in parse_catalog([settings.root / "cards"], settings).cards}


def showable_ids(settings: Settings) -> Iterator[str]:
    hub = load_hub(settings, None)
    renderer = SectionRenderer()
    catalog = parse_catalog([settings.root / "cards"], settings)
    doubtful = {item.path for item in catalog.diagnostics}
    for placed in place_cards(catalog.cards, {card.path: MOMENT for card in catalog.cards}, {}):
        with contextlib.suppress(RenderError):
            card_output(hub, placed, renderer)
            if str(placed.card.path) not in doubtful:
                yield placed.card.id


@pytest.fixture(scope="module")
def attacked(tmp_path_factory) -> Attacked:
    www = tmp_path_factory.mktemp("www")
    settings = write_hub(tmp_path_factory.mktemp("hub") / "hub", NASTY_SITE)
    texts: Mapping[str, str] = {f"a_{number:03}": text for number, text in enumerate(ATTACKS)}
    for number, (card_id, text) in enumerate(texts.items()):
        write_card(settings, card_id, attacked_card(number, text))
    refused = texts.keys() - valid_ids(settings)
    published = www / "some" / "base"
    while True:
        for card_id in refused:
            (settings.root / "cards" / f"{card_id}.md").unlink(missing_ok=True)
        cards = parse_catalog([settings.root / "cards"], settings).cards
        report = build(settings, published, search=Search.FULL_TEXT)
        errors = [item for item in report.diagnostics if item.severity is Severity.ERROR]
        if not errors:
            break
        assert {item.code for item in errors} <= {"E401", "E402"}
        refused |= {Path(item.path).stem for item in errors}
    other = write_hub(tmp_path_factory.mktemp("other") / "hub", NASTY_SITE)
    for card_id, text in texts.items():
        sections = {"zh_CN": text, "en_US": DESTINATIONS.format(text=" ".join(text.split()))}
        write_card(other, card_id, card_text(sections))
    for card_id in texts.keys() - set(showable_ids(other)):
        (other.root / "cards" / f"{card_id}.md").unlink()
    unchecked = www / "unchecked"
    for path, content in render_files(other).items():
        file = unchecked.joinpath(*path.split("/"))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    shown = {path.parent.name for path in unchecked.glob("en-US/*/index.html")}
    return Attacked(
        published, tuple(card.id for card in cards), unchecked, tuple(sorted(shown & {*texts}))
    )


@pytest.fixture(scope="module")
def address(attacked) -> Iterator[str]:
    with served(attacked.published.parents[1]) as address:
        yield address


def assert_nothing_ran(watched: Watched, root: str, what: str) -> None:
    assert watched.complaints == [], what
    assert {url for url in watched.requests if not url.startswith(root)} == set(), what
    watched.requests.clear()


def assert_harmless(watched: Watched, root: str, path: str) -> None:
    page = watched.page
    page.goto(f"{root}/{path}")
    before = page.url
    page.evaluate(PROVOKE)
    assert page.evaluate(INSPECT) == [], path
    assert page.url == before, path
    assert_nothing_ran(watched, root, path)


def test_most_attacks_are_published_as_what_they_are_a_text(attacked):
    assert len(ATTACKS) > 250
    assert len(attacked.ids) > 0.85 * len(ATTACKS)
    assert len({*attacked.ids, *attacked.unchecked_ids}) > 0.95 * len(ATTACKS)


@pytest.mark.parametrize(("tag", "width"), [("zh-CN", 320), ("en-US", 1280)])
def test_no_attack_runs_on_a_page_from_a_server(browser, attacked, address, tag, width):
    with browser.new_context(viewport={"width": width, "height": 800}) as context:
        watched = watch(context)
        for card_id in attacked.ids:
            assert_harmless(watched, f"{address}/some/base", f"{tag}/{card_id}/index.html")


@pytest.mark.parametrize("tag", ["zh-CN", "en-US"])
def test_no_attack_runs_on_a_page_from_a_disk(browser, attacked, tag):
    with browser.new_context() as context:
        watched = watch(context)
        for card_id in attacked.ids[::4]:
            root = attacked.published.as_uri()
            assert_harmless(watched, root, f"{tag}/{card_id}/index.html")


def test_no_attack_runs_on_the_page_of_a_variant_nor_where_languages_are_compared(
    browser, attacked, address
):
    root = f"{address}/some/base"
    variants = sorted(attacked.published.glob("en-US/*/variant-*.html"))
    comparisons = sorted(attacked.published.glob("en-US/*/side-by-side.html"))
    assert len(variants) > 0.5 * len(ATTACKS)
    assert len(comparisons) > 0.8 * len(ATTACKS)
    with browser.new_context() as context:
        watched = watch(context)
        for path in (*variants[::4], *comparisons[::2]):
            address_of_page = quote(path.relative_to(attacked.published).as_posix())
            assert_harmless(watched, root, address_of_page)


@pytest.mark.parametrize("tag", ["zh-CN", "en-US"])
def test_no_attack_would_run_if_links_were_not_checked(browser, attacked, address, tag):
    with browser.new_context() as context:
        watched = watch(context)
        shown = attacked.unchecked_ids if tag == "en-US" else attacked.refused_ids
        for card_id in shown:
            path = f"{tag}/{card_id}/index.html"
            watched.page.goto(f"{address}/unchecked/{path}")
            watched.page.evaluate(PROVOKE)
            assert watched.page.evaluate(INSPECT) == [], path
            # What is not there is asked for, but of nobody else.
            missing = "Failed to load resource: the server responded with a status of 404"
            watched.complaints[:] = [
                text for text in watched.complaints if not text.startswith(missing)
            ]
            assert_nothing_ran(watched, address, path)


@pytest.mark.parametrize("tag", ["zh-CN", "en-US"])
@pytest.mark.parametrize("place", ["server", "disk"])
def test_no_attack_runs_in_the_catalogue_nor_among_the_results_of_the_search(
    browser, attacked, address, tag, place
):
    root = f"{address}/some/base" if place == "server" else attacked.published.as_uri()
    found = set()
    with browser.new_context() as context:
        watched = watch(context)
        page = watched.page
        page.goto(f"{root}/{tag}/index.html")
        page.evaluate(PROVOKE)
        page.keyboard.press("/")
        for batch in range(-(-len(ATTACKS) // BATCH)):
            found |= results(page, f"batch{batch}z")
            page.evaluate(PROVOKE)
        assert_nothing_ran(watched, root, tag)
        foreign = page.locator("dialog.search :is(script, img, svg, iframe, style, [style])")
        assert foreign.count() == 0
    assert len(found) == len(attacked.ids)


def results(page: Page, query: str) -> set[str]:
    """The addresses of what is found; all of it is shown before this returns."""
    page.fill("dialog.search input", query)
    page.wait_for_function(
        """query => document.querySelector(".search-results a") &&
          [...document.querySelectorAll(".search-results strong")].every(
            item => item.textContent.endsWith(query))""",
        arg=query,
    )
    return set(page.eval_on_selector_all(".search-results a", "all => all.map(a => a.pathname)"))
