"""A reader can report a problem where the hub wants to hear of it."""

from __future__ import annotations

from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from msgspec.structs import replace

from generator.site.reporting import report_url
from tests.site.hubs import card_text, read_cards, render_files, write_card

PAGE = "https://example.org/hub/en-US/net/?a=b&c"


@pytest.fixture
def card(settings):
    write_card(settings, "net", card_text({"zh_CN": "x"}))
    return read_cards(settings)[0]


def test_it_is_an_issue_of_the_repository_that_names_card_and_page(settings, card):
    url = report_url(settings, card, PAGE)
    assert url.startswith("https://github.com/example/models/issues/new?")
    assert parse_qs(urlsplit(url).query) == {"title": ["net"], "body": [PAGE]}


def test_the_settings_say_where_else(settings, card):
    mine = replace(settings, report_url="https://forum.example/new?about={card}&at={page}")
    assert parse_qs(urlsplit(report_url(mine, card, PAGE)).query) == {
        "about": ["net"],
        "at": [PAGE],
    }


def test_where_nobody_knows_how_there_is_no_link(settings, card):
    elsewhere = replace(settings, repository="https://git.example/models")
    assert report_url(elsewhere, card, PAGE) is None
    assert "Report a problem" not in render_files(elsewhere)["en-US/net/index.html"].decode()


def test_the_page_has_the_link(settings, card):
    page = unescape(render_files(settings)["zh-CN/net/index.html"].decode())
    assert report_url(settings, card, "https://example.org/hub/zh-CN/net/") in page
