"""A hub's colour, logo and links are settings."""

from __future__ import annotations

import re

import pytest

from generator.config import SettingsError, load_settings
from generator.look import LEAST_CONTRAST, PAPER, contrast
from tests.site import browsing
from tests.site.browsing import needs_browser
from tests.site.hubs import SITE, build, card_text, render_files, write_card, write_hub

LOOK = """\
look:
  accent: {light: "#8a1c5a", dark: "#ff9ccf"}
  logo: our/logo.svg
  links:
    - {title: {zh_CN: 论坛, en_US: Forum}, url: https://forum.example/}
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1H0z"/></svg>'


@pytest.fixture
def hub(tmp_path):
    settings = write_hub(tmp_path / "hub", SITE + LOOK)
    (settings.folder / "our").mkdir()
    (settings.folder / "our" / "logo.svg").write_text(SVG, encoding="utf-8")
    write_card(settings, "net", card_text({"zh_CN": "中", "en_US": "en"}))
    return settings


def test_logo_and_links_are_on_every_page_and_part_of_the_site(hub):
    site = render_files(hub)
    (logo,) = [path for path in site if re.fullmatch(r"assets/logo\.\w+\.svg", path)]
    assert site[logo] == SVG.encode()
    for path in ("index.html", "zh-CN/index.html", "en-US/net/index.html", "404.html"):
        page = site[path].decode()
        assert logo in page
        assert 'href="https://forum.example/"' in page
    assert ">Forum<" in site["en-US/net/index.html"].decode()
    assert ">论坛<" in site["zh-CN/net/index.html"].decode()


def test_a_new_logo_is_a_new_site(hub, tmp_path):
    build(hub, tmp_path / "out")
    before = {path.name for path in (tmp_path / "out" / "assets").iterdir()}
    (hub.folder / "our" / "logo.svg").write_text(SVG.replace("h1", "h2"), encoding="utf-8")
    build(hub, tmp_path / "out")
    after = {path.name for path in (tmp_path / "out" / "assets").iterdir()}
    assert {name.split(".")[0] for name in before ^ after} == {"logo"}


@needs_browser
@pytest.mark.parametrize(
    ("scheme", "shown"), [("light", "rgb(138, 28, 90)"), ("dark", "rgb(255, 156, 207)")]
)
def test_links_have_the_hubs_colour(browser, hub, tmp_path, scheme, shown):
    assert build(hub, tmp_path / "www").diagnostics == ()
    with (
        browsing.served(tmp_path / "www") as address,
        browser.new_context(color_scheme=scheme) as context,
    ):
        watched = browsing.watch(context)
        watched.page.goto(f"{address}/en-US/net/index.html")
        colour = watched.page.evaluate("getComputedStyle(document.querySelector('.tags a')).color")
        assert colour == shown
        assert watched.complaints == []
        watched.page.click(".theme-switch")
        assert shown != watched.page.evaluate(
            "getComputedStyle(document.querySelector('.tags a')).color"
        )


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (('"#8a1c5a"', '"#f0a0c0"'), "hard to read on the light page"),
        (('"#ff9ccf"', '"#702040"'), "hard to read on the dark page"),
        (('"#8a1c5a"', "red"), "light"),
        (("logo.svg", "logo.exe"), "is no picture"),
        ((", en_US: Forum", ""), "has no text in en_US"),
        (("https://forum.example/", "javascript:alert(1)"), "url"),
        (("links:", "lynks:"), "lynks"),
    ],
)
def test_what_can_not_be_is_told_at_its_place(tmp_path, wrong, told):
    with pytest.raises(SettingsError) as raised:
        write_hub(tmp_path / "hub", SITE + LOOK.replace(*wrong))
    (problem,) = raised.value.diagnostics
    assert told in problem.message
    assert problem.span.start.line > SITE.count("\n")


def test_a_logo_that_is_not_there_keeps_the_site_as_it_was(tmp_path):
    settings = write_hub(tmp_path / "hub", SITE + LOOK)
    write_card(settings, "net", card_text({"zh_CN": "中"}))
    with pytest.raises(SettingsError, match="problem"):
        build(load_settings(settings.root), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_contrast_is_that_of_the_guidelines():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)
    assert contrast("#0a6c5d", PAPER["light"]) > LEAST_CONTRAST
    assert contrast("#62d2b8", PAPER["dark"]) > LEAST_CONTRAST
