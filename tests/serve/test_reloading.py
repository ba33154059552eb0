"""A preview keeps up with what is being written, in a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.serve.previews import previewing, save
from tests.site.browsing import chromium, needs_browser, watch
from tests.site.hubs import SITE, card_text, write_card

pytestmark = needs_browser

CARD = "a_vision_net"
LONG = "\n\n".join(f"Paragraph {number}." for number in range(200))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def preview(settings, cache):
    with previewing(settings.root, cache) as preview:
        preview.wait_for_build()
        yield preview


@pytest.fixture
def page(browser, preview) -> Iterator[Page]:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{preview.url}en-US/{CARD}/")
        yield page


def words(text: str, **others: str) -> str:
    return card_text({"zh_CN": "正文", "en_US": text}, **others)


def test_a_saved_card_is_shown_in_the_page_that_is_open(settings, page):
    expect(page.locator("main")).to_contain_text("First words")
    save(settings.root / "cards" / f"{CARD}.md", words("Second words"))
    expect(page.locator("main")).to_contain_text("Second words")
    # In place, as some editors do.
    write_card(settings, CARD, words("Third words"))
    expect(page.locator("main")).to_contain_text("Third words")


def test_a_saved_card_reloads_the_page_once(settings, page):
    asked = []
    page.on("request", lambda request: asked.append(request.is_navigation_request()))
    save(settings.root / "cards" / f"{CARD}.md", words("Second words"))
    expect(page.locator("main")).to_contain_text("Second words")
    page.wait_for_load_state("load")
    page.wait_for_timeout(1000)
    assert sum(asked) == 1


def test_the_page_stays_where_it_was(settings, page):
    path = settings.root / "cards" / f"{CARD}.md"
    save(path, words(f"{LONG}\n\nOld end."))
    expect(page.locator("main")).to_contain_text("Old end.")
    page.evaluate("scrollTo(0, 1500)")
    save(path, words(f"{LONG}\n\nNew end."))
    expect(page.locator("main")).to_contain_text("New end.")
    page.wait_for_load_state("load")
    assert page.evaluate("scrollY") == 1500


def test_a_card_with_an_error_is_told_over_the_page_and_its_mending_is_seen(settings, page):
    path = settings.root / "cards" / f"{CARD}.md"
    save(path, words("Second words", tags=["visoin"]))
    dialog = page.get_by_role("dialog", name="1 problem in the way")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text(f"cards/{CARD}.md:8:8")
    expect(dialog).to_contain_text('E209: unknown tag "visoin"')
    expect(dialog).to_contain_text('did you mean "vision"?')
    expect(page.locator("main")).to_contain_text("First words")
    save(path, words("Second words"))
    expect(page.locator("main")).to_contain_text("Second words")
    expect(dialog).to_have_count(0)


def test_what_was_broken_and_is_as_it_was_again_needs_no_other_version(settings, page):
    path = settings.root / "cards" / f"{CARD}.md"
    before = path.read_text(encoding="utf-8")
    save(path, "no card")
    expect(page.get_by_role("dialog")).to_be_visible()
    save(path, before)
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_problems_are_within_reach_of_the_keyboard(settings, page):
    save(settings.root / "cards" / f"{CARD}.md", words("x", tags=["visoin"]))
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(page.get_by_role("button", name="Show the page")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("list", name="1 problem in the way")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    again = page.get_by_role("button", name="1 problem")
    expect(again).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()


def test_what_a_card_says_is_only_text_over_the_page(browser, preview, settings):
    attack = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    with browser.new_context() as context:
        watched = watch(context)
        watched.page.goto(f"{preview.url}en-US/{CARD}/")
        path = settings.root / "cards" / f"{CARD}.md"
        text = path.read_text(encoding="utf-8")
        save(path, text.replace("[vision]", f"['{attack}']"))
        dialog = watched.page.get_by_role("dialog")
        expect(dialog).to_contain_text("<img src=x onerror=alert(1)>")
        assert dialog.locator("img, script").count() == 0
        assert watched.complaints == []


def test_a_card_may_be_added_renamed_and_removed(settings, page, preview):
    cards = settings.root / "cards"
    page.goto(f"{preview.url}en-US/")
    save(cards / "b_vision_new.md", words("x", title="Newcomer"))
    expect(page.locator("main")).to_contain_text("Newcomer")
    page.goto(f"{preview.url}en-US/b_vision_new/")
    (cards / "b_vision_new.md").rename(cards / "c_vision_moved.md")
    expect(page.locator("main")).not_to_contain_text("Newcomer")
    page.goto(f"{preview.url}en-US/c_vision_moved/")
    expect(page.locator("main")).to_contain_text("Newcomer")
    page.goto(f"{preview.url}en-US/")
    (cards / "c_vision_moved.md").unlink()
    expect(page.locator("main")).not_to_contain_text("Newcomer")


def test_the_page_of_a_card_that_is_not_there_waits_for_it(settings, page, preview):
    response = page.goto(f"{preview.url}en-US/b_vision_new/")
    assert response.status == 404
    save(settings.root / "cards" / "b_vision_new.md", words("I am here"))
    expect(page.locator("main")).to_contain_text("I am here")


def test_templates_and_words_are_followed_though_their_folders_are_new(settings, page):
    templates = settings.folder / "templates"
    templates.mkdir()
    footer = templates / "site-footer.html"
    save(footer, "<footer>Another footer</footer>")
    expect(page.get_by_role("contentinfo")).to_have_text("Another footer")
    save(footer, "<footer>{% if %}</footer>")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("site-footer.html:1:1")
    save(footer, "<footer>Mended footer</footer>")
    expect(page.get_by_role("contentinfo")).to_have_text("Mended footer")
    expect(dialog).to_have_count(0)


def test_settings_are_followed_and_their_errors_are_told(settings, page):
    path = settings.folder / "site.yaml"
    save(path, SITE.replace("Model Hub", "Another Hub"))
    expect(page.locator("header").first).to_contain_text("Another Hub")
    save(path, SITE.replace("base-url", "bose-url"))
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"{path}:")
    expect(dialog).to_contain_text("bose-url")
    save(path, SITE.replace("Model Hub", "Third Hub"))
    expect(page.locator("header").first).to_contain_text("Third Hub")
    expect(dialog).to_have_count(0)


def test_another_base_path_is_followed(settings, page, preview):
    page.goto("about:blank")  # else it reloads itself while it is told to go elsewhere
    save(settings.folder / "site.yaml", SITE.replace("/hub/", "/moved/"))
    preview.wait_for_build()
    assert preview.ask("/").headers["location"] == "/moved/"
    page.goto(f"http://127.0.0.1:{preview.port}/moved/en-US/{CARD}/")
    expect(page.locator("main")).to_contain_text("First words")


def test_a_folder_of_cards_that_is_replaced_is_still_followed(settings, page):
    cards = settings.root / "cards"
    for text in ("Second words", "Third words"):
        new = settings.root / "new"
        shutil.copytree(cards, new)
        (new / f"{CARD}.md").write_text(words(text), encoding="utf-8")
        shutil.rmtree(cards)
        new.rename(cards)
        expect(page.locator("main")).to_contain_text(text)
    save(cards / f"{CARD}.md", words("Last words"))
    expect(page.locator("main")).to_contain_text("Last words")


def test_a_hub_that_can_not_be_built_at_first_is_shown_when_it_can(browser, settings, cache):
    path = settings.root / "cards" / f"{CARD}.md"
    good = path.read_text(encoding="utf-8")
    path.write_text("no card", encoding="utf-8")
    with previewing(settings.root, cache) as preview, browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{preview.url}en-US/{CARD}/")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text(f"cards/{CARD}.md:1:1")
        expect(dialog).to_contain_text("Nothing can be shown yet.")
        save(path, good)
        expect(page.locator("main")).to_contain_text("First words")


def test_pages_are_shown_without_complaint(browser, preview, settings):
    with browser.new_context() as context:
        watched = watch(context)
        watched.page.goto(f"{preview.url}en-US/{CARD}/")
        save(settings.root / "cards" / f"{CARD}.md", words("Second words"))
        expect(watched.page.locator("main")).to_contain_text("Second words")
        assert watched.complaints == []
        own = f"http://127.0.0.1:{preview.port}/"
        assert all(url.startswith(own) for url in watched.requests)


def test_an_open_page_outlives_the_preview(browser, settings, cache):
    with browser.new_context() as context:
        page = context.new_page()
        with previewing(settings.root, cache) as preview:
            preview.wait_for_build()
            page.goto(f"{preview.url}en-US/{CARD}/")
            preview.interrupt()
        write_card(settings, CARD, words("Second words"))
        with previewing(settings.root, cache, "--port", str(preview.port)):
            expect(page.locator("main")).to_contain_text("Second words", timeout=20_000)


def test_records_are_followed(settings, preview):
    folder = settings.root / "evidence"
    folder.mkdir()
    save(folder / f"{CARD}.json", "not a record")
    while "1 of them rendered" not in preview.wait_for_build():
        pass


def test_the_logo_is_followed(browser, settings, cache):
    picture = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} 9"/>'
    save(settings.folder / "site.yaml", f"{SITE}look: {{logo: logo.svg}}\n")
    save(settings.folder / "logo.svg", picture.format(side=9))
    with previewing(settings.root, cache) as preview, browser.new_context() as context:
        preview.wait_for_build()
        page = context.new_page()
        page.goto(f"{preview.url}en-US/{CARD}/")
        logo = page.locator(".brand img")
        before = logo.get_attribute("src")
        save(settings.folder / "logo.svg", picture.format(side=18))
        expect(logo).not_to_have_attribute("src", before)
