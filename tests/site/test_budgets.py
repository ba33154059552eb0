"""What a first visit costs: how much is moved, in how many steps, and that nothing jumps about."""

from __future__ import annotations

import gzip
import re
import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page, Response, Route

from generator.config import load_settings
from generator.evidence.store import read_evidence
from generator.site.search.extent import Search
from tests.site.browsing import QuietHandler, needs_browser, served
from tests.site.hubs import build
from tests.site.page_kinds import LANGUAGES, PAGE_KINDS, write_site

pytestmark = needs_browser

ROOT = Path(__file__).parents[2]
CARD_BUDGET = 60_000
PAGE_BUDGET = 300_000
# Of a response, without its body, and rather more than less.
HEAD = 300
SHIFTS = """() => new Promise((done) => {
  let shifted = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) shifted += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(shifted), 400);
})"""
BOXES = """() => [...document.querySelectorAll("main, main :not(button)")].map((item) => {
  const box = item.getBoundingClientRect();
  return [item.tagName, box.x, box.y, box.width, box.height].join(" ");
})"""


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """This hub's own site with its evidence, and beside it one with every kind of page."""
    www = tmp_path_factory.mktemp("www")
    settings = load_settings(ROOT)
    kept = [read_evidence(ROOT / "evidence", path.stem) for path in (ROOT / "cards").glob("*.md")]
    evidence = {item.card_id: item for item in kept if item}
    report = build(settings, www / "hub", evidence, search=Search.FULL_TEXT)
    assert report.diagnostics == ()
    write_site(tmp_path_factory.mktemp("hub") / "hub", www / "kinds")
    with served(www) as address:
        yield address


@pytest.fixture(scope="module")
def hesitant(tmp_path_factory) -> Iterator[tuple[Path, str]]:
    """The folder of a site with every kind of page, and its address at a slow server."""
    www = tmp_path_factory.mktemp("hesitant") / "www"
    write_site(www.with_name("hub"), www)
    with served(www, HesitantHandler) as address:
        yield www, address


def noted(page: Page) -> list[Response]:
    """All that the page is answered from now on."""
    responses: list[Response] = []

    def note(response: Response) -> None:
        responses.append(response)

    page.on("response", note)
    return responses


CARDS = sorted(path.stem for path in (ROOT / "cards").glob("*.md"))


@pytest.mark.parametrize("card_id", CARDS)
@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_first_view_of_a_card_moves_little_and_nothing_of_the_search(
    browser, address, card_id, tag
):
    with browser.new_context() as context:
        page = context.new_page()
        responses = noted(page)
        page.goto(f"{address}/hub/{tag}/{card_id}/index.html", wait_until="networkidle")
        moved = sum(len(gzip.compress(item.body(), 6)) + HEAD for item in responses)
        assert moved <= CARD_BUDGET
        assert len(responses) <= 6
        assert not [item.url for item in responses if "search" in item.url]
        with page.expect_response(re.compile("search")):
            page.keyboard.press("/")


@pytest.mark.parametrize("kind", [kind for kind in PAGE_KINDS if kind != "search"])
def test_no_page_is_large_and_nothing_on_it_moves(browser, address, kind):
    for tag in LANGUAGES:
        path = f"{address}/kinds/{PAGE_KINDS[kind].in_language(tag)}"
        for width in (320, 1280):
            viewport = {"width": width, "height": 800}
            with browser.new_context(viewport=viewport, locale="fr") as context:
                page = context.new_page()
                response = page.goto(path, wait_until="networkidle")
                assert len(response.body()) < PAGE_BUDGET
                page.mouse.wheel(0, 2_000)
                assert page.evaluate(SHIFTS) == 0


class HesitantHandler(QuietHandler):
    """A server over a slow line: a page's second part comes long after its first.

    How many bytes the first part has is said in the address, as in `tag-vision.html?first=2482`.
    """

    def do_GET(self) -> None:  # noqa: N802
        address = urlsplit(self.path)
        first = int(dict(parse_qsl(address.query)).get("first", 0))
        if not first:
            super().do_GET()
            return
        body = Path(self.translate_path(address.path)).read_bytes()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:first])
        time.sleep(0.3)
        self.wfile.write(body[first:])


@pytest.mark.parametrize(
    ("after", "nth"),
    [
        pytest.param(b"</svg>", 1, id="before the hub's name"),
        pytest.param(b"</kbd>", 1, id="before the languages"),
        pytest.param(b"<h1>", 1, id="before the heading"),
        pytest.param(b'<p class="tile-author">Somebody</p>', 3, id="before the tags of a tile"),
    ],
)
def test_nothing_moves_while_a_page_arrives_in_pieces(browser, hesitant, after, nth):
    www, address = hesitant
    path = PAGE_KINDS["tag"].in_language("zh-CN")
    pieces = (www / path).read_bytes().split(after)
    assert len(pieces) > nth
    first = len(after.join([*pieces[:nth], b""]))
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        page.goto(f"{address}/{path}?first={first}", wait_until="networkidle")
        assert page.evaluate(SHIFTS) == 0


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("width", [320, 1280])
def test_a_card_is_complete_once_its_html_and_its_style_are_there(browser, address, tag, width):
    def only_style(route: Route) -> None:
        if route.request.resource_type in ("document", "stylesheet"):
            route.continue_()
        else:
            route.abort()

    boxes = []
    for is_alone in (False, True):
        with browser.new_context(viewport={"width": width, "height": 800}) as context:
            if is_alone:
                context.route("**/*", only_style)
            page = context.new_page()
            responses = noted(page)
            page.goto(f"{address}/hub/{tag}/{CARDS[0]}/index.html", wait_until="networkidle")
            boxes.append(page.evaluate(BOXES))
            # All that a page needs it names itself: nothing that is loaded asks for more.
            html = page.content()
            assert all(item.url.rpartition("/")[2] in html for item in responses[1:])
            kinds = [item.request.resource_type for item in responses]
            assert kinds.count("stylesheet") == 1
            assert "font" not in kinds
    assert boxes[0] == boxes[1]
