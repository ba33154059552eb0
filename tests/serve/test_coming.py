"""What a preview answers while another version of the site is about to be there."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from generator.preview.server import PreviewServer, serve_in_background
from generator.preview.state import Board, Problem, Shown

OLD = Shown("/hub/", "old")
COMING = Shown("/hub/", "old", is_coming=True)
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


def test_a_page_begins_at_once_and_has_the_words_of_the_version_that_comes(served):
    served.board.show(COMING)
    response = served.ask("/hub/page.html")
    assert response.status == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    served.write("new words")
    served.board.show(NEW)
    page = response.read().decode()
    assert "new words" in page
    assert 'data-version="new"' in page


def test_a_version_that_does_not_come_leaves_the_page_as_it_was(served):
    served.board.show(COMING)
    response = served.ask("/hub/page.html")
    problem = Problem("", "", "the disk is full", "make room")
    served.board.show(Shown("/hub/", "old", (problem,)))
    page = response.read().decode()
    assert "old words" in page
    assert 'data-version="old"' in page


@pytest.mark.parametrize(
    ("path", "method"),
    [("/hub/data.json", "GET"), ("/hub/new.html", "GET"), ("/hub/page.html", "HEAD")],
)
def test_all_else_is_answered_when_the_version_is_there(served, path, method):
    """How it will be answered is not known before."""
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


def test_who_knows_nothing_of_parts_gets_the_page_in_one(served):
    served.board.show(COMING)
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
    connection._http_vsn, connection._http_vsn_str = 10, "HTTP/1.0"
    connection.request("GET", "/hub/page.html", headers={"Host": "localhost"})
    threading.Timer(0.2, served.board.show, [NEW]).start()
    response = connection.getresponse()
    assert response.headers["Transfer-Encoding"] is None
    assert 'data-version="new"' in response.read().decode()


def test_a_connection_is_of_use_again_when_its_page_has_come(served):
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
    served.board.show(COMING)
    connection.request("GET", "/hub/page.html")
    first = connection.getresponse()
    served.board.show(NEW)
    assert 'data-version="new"' in first.read().decode()
    socket = connection.sock
    connection.request("GET", "/hub/page.html")
    assert 'data-version="new"' in connection.getresponse().read().decode()
    assert connection.sock is socket
