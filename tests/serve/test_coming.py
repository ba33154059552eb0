"""What a preview answers while another version of the site is about to be there."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from generator.preview.server import PreviewServer, serve_in_background
from generator.preview.state import Board, Problem, Shown

PAGE = b"<html><head></head><body>new words</body></html>"
OLD = Shown("/hub/", "old")
COMING = Shown("/hub/", "old", coming="new", pages={"page.html": PAGE, "en/index.html": PAGE})
NEW = Shown("/hub/", "new")


@dataclass(frozen=True)
class Served:
    """A site that is served, at a port, and what is shown of it."""

    folder: Path
    board: Board
    port: int

    def write(self, words: str) -> None:
        """Have the page say this."""
        page = self.folder / "page.html"
        page.write_text(f"<html><head></head><body>{words}</body></html>", encoding="utf-8")

    def ask(self, path: str, method: str = "GET") -> http.client.HTTPResponse:
        """What is answered, of which the content may not be there yet."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path)
        return connection.getresponse()


@pytest.fixture
def served(tmp_path) -> Iterator[Served]:
    board = Board(OLD)
    with PreviewServer("127.0.0.1", 0, tmp_path, board) as server:
        serve_in_background(server)
        served = Served(tmp_path, board, server.server_address[1])
        served.write("old words")
        yield served
        board.show(OLD)
        server.shutdown()


@pytest.mark.parametrize("path", ["/hub/page.html", "/hub/en/", "/hub/en/index.html?x#y"])
def test_a_page_that_is_made_is_answered_before_its_version_is_there(served, path):
    served.board.show(COMING)
    response = served.ask(path)
    assert response.status == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    page = response.read().decode()
    assert "new words" in page
    assert 'data-version="new"' in page


@pytest.mark.parametrize("path", ["/page.html", "/other/page.html", "/hub/x/../page.html"])
def test_a_page_that_is_made_is_found_nowhere_else(served, path):
    served.board.show(COMING)
    threading.Timer(0.2, served.board.show, [NEW]).start()
    assert served.ask(path).status != 200


@pytest.mark.parametrize(
    ("path", "method"),
    [("/hub/data.json", "GET"), ("/hub/new.html", "GET"), ("/hub/new.html", "HEAD")],
)
def test_all_else_is_answered_when_the_version_is_there(served, path, method):
    served.board.show(COMING)
    answered = []
    asking = threading.Thread(target=lambda: answered.append(served.ask(path, method)))
    asking.start()
    asking.join(0.3)
    assert not answered
    for name in ("data.json", "new.html"):
        (served.folder / name).write_text("<head></head>new", encoding="utf-8")
    served.board.show(NEW)
    asking.join(20)
    (response,) = answered
    assert response.status == 200
    assert int(response.headers["Content-Length"]) > 0


def test_a_version_that_does_not_come_leaves_the_site_as_it_was(served):
    served.board.show(COMING)
    served.board.show(Shown("/hub/", "old", (Problem("", "", "the disk is full", "make room"),)))
    page = served.ask("/hub/page.html").read().decode()
    assert "old words" in page
    assert 'data-version="old"' in page


def test_open_pages_are_told_of_the_version_that_comes(served):
    served.board.show(COMING)
    events = served.ask("/_hubcards/events")
    lines = iter(events.readline, b"")
    told = next(line for line in lines if line.startswith(b"data: "))
    assert json.loads(told.removeprefix(b"data: ")) == {"version": "new", "problems": []}
