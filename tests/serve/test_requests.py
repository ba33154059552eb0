"""What the preview answers, also to those who mean no good."""

from __future__ import annotations

import json
import socket
import urllib.request
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from generator.preview.answers import OWN_PATH, script_name
from generator.preview.requested import Elsewhere, is_own_host, requested_file
from tests.serve.previews import previewing, start

PAGE = "/hub/en-US/a_vision_net/"


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("served") / "site"
    (folder / "en").mkdir(parents=True)
    (folder / "empty").mkdir()
    for name in ("index.html", "en/index.html", "en/ü b.txt"):
        (folder / name).write_text(name, encoding="utf-8")
    (folder.parent / "secret.txt").write_text("secret", encoding="utf-8")
    (folder / "way-out.txt").symlink_to(folder.parent / "secret.txt")
    (folder / "way-up").symlink_to(folder.parent)
    (folder / "loop").symlink_to(folder / "loop")
    return folder


@pytest.mark.parametrize(
    ("target", "file"),
    [
        ("/hub/", "index.html"),
        ("/hub/?a=/../b#c", "index.html"),
        ("/hub/en/", "en/index.html"),
        ("/hub/en/%C3%BC%20b.txt", "en/ü b.txt"),
    ],
)
def test_a_path_below_the_base_is_a_file_of_the_site(site, target, file):
    assert requested_file(target, "/hub/", site) == site / file


@pytest.mark.parametrize(
    ("target", "path"),
    [("/", "/hub/"), ("/hub", "/hub/"), ("/hub/en", "/hub/en/"), ("/hub/%65n", "/hub/en/")],
)
def test_a_folder_is_asked_for_with_its_slash(site, target, path):
    assert requested_file(target, "/hub/", site) == Elsewhere(path)


@pytest.mark.parametrize(
    "target",
    [
        "/hub/../secret.txt",
        "/hub/%2e%2e/secret.txt",
        "/hub/en/..%2f..%2fsecret.txt",
        "/hub/..%5csecret.txt",
        "/hub/%252e%252e/secret.txt",
        "/hub/way-out.txt",
        "/hub/way-up/secret.txt",
        "/hub/loop",
        "/hub/empty/",
        "/hub/empty",
        "/hub//etc/passwd",
        "/hub/en//index.html",
        "/hub/index.html/",
        "/hub/index.html%00.txt",
        "/hub/%ff",
        f"/hub/{'x' * 5000}",
        "/other/index.html",
        "/hubs/",
        "//evil.example/hub/",
        "http://evil.example/hub/",
        "*",
        "",
    ],
)
def test_what_is_no_file_of_the_site_is_not_found(site, target):
    assert requested_file(target, "/hub/", site) is None


@given(
    st.lists(
        st.sampled_from(["..", ".", "/", "%2e", "%2f", "%5c", "\\", "way-up", "secret.txt", "en"])
        | st.text(max_size=3).map(quote),
        max_size=12,
    ).map("".join),
    st.sampled_from(["/", "/hub/", "/a/b/"]),
)
@example("../secret.txt", "/")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_request_leaves_the_site(site, text, base_path):
    found = requested_file(f"{base_path}{text}", base_path, site)
    if isinstance(found, Path):
        assert found.is_relative_to(site)
        assert found.read_text(encoding="utf-8") != "secret"
    elif found:
        assert found.path.startswith(base_path)
        assert not found.path.startswith("//")


@pytest.mark.parametrize(
    ("header", "listening", "is_own"),
    [
        ("localhost:8000", "127.0.0.1", True),
        ("127.0.0.1:1", "127.0.0.1", True),
        ("[::1]:8000", "::1", True),
        ("192.168.0.7:8000", "0.0.0.0", True),
        ("desk.example:8000", "desk.example", True),
        ("hub.localhost", "127.0.0.1", True),
        ("evil.example:8000", "127.0.0.1", False),
        ("localhost.evil.example", "127.0.0.1", False),
        ("127.0.0.1.evil.example", "127.0.0.1", False),
        ("evil.example", "0.0.0.0", False),
        ("[::1", "::1", False),
        ("", "127.0.0.1", False),
        (None, "127.0.0.1", False),
    ],
)
def test_only_names_of_this_machine_are_its_own(header, listening, is_own):
    assert is_own_host(header, listening) is is_own


def test_the_site_is_found_below_its_base_path_and_as_a_server_would_send_it(settings, cache):
    with previewing(settings.root, cache) as preview:
        assert preview.url == f"http://127.0.0.1:{preview.port}/hub/"
        assert preview.wait_for_build().startswith("1 card, 1 of them rendered, in ")
        page = preview.ask(PAGE)
        assert page.status == 200
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "First words" in page.body.decode()
        types = {
            target: preview.ask(f"/hub/{target}").headers["content-type"].split(";")[0]
            for target in ("api/v1/models.json", "sitemap.xml", "llms.txt", "search/list.js")
        }
        assert types == {
            "api/v1/models.json": "application/json",
            "sitemap.xml": "application/xml",
            "llms.txt": "text/plain",
            "search/list.js": "text/javascript",
        }
        assert preview.ask("/").headers["location"] == "/hub/"
        assert preview.ask(PAGE.rstrip("/")).headers["location"] == PAGE
        head = preview.ask(PAGE, method="HEAD")
        assert (head.body, head.headers["content-length"]) == (b"", str(len(page.body)))
        assert preview.ask(PAGE, method="POST").status == 501


def test_what_is_not_there_is_answered_with_the_page_of_the_site(settings, cache):
    with previewing(settings.root, cache) as preview:
        preview.wait_for_build()
        for target in ("/hub/nothing/", "/hub/api/", "/elsewhere", "/hub/../../etc/passwd"):
            answer = preview.ask(target)
            assert answer.status == 404
            assert 'href="/hub/en-US/' in answer.body.decode()


def test_names_of_other_machines_are_refused(settings, cache):
    with previewing(settings.root, cache) as preview:
        preview.wait_for_build()
        for target in (PAGE, f"{OWN_PATH}events", f"{OWN_PATH}{script_name()}"):
            answer = preview.ask(target, host="evil.example")
            assert answer.status == 403
            assert b"--host" in answer.body


def test_the_script_is_added_to_pages_and_is_in_no_file(settings, cache):
    with previewing(settings.root, cache) as preview:
        preview.wait_for_build()
        assert OWN_PATH.encode() in preview.ask(PAGE).body
        assert (
            preview.ask(f"{OWN_PATH}{script_name()}")
            .headers["content-type"]
            .startswith("text/java")
        )
        assert preview.ask(f"{OWN_PATH}../server.py").status == 404
        pages = [*cache.rglob("*.html")]
        assert len(pages) > 3
        assert not any(OWN_PATH.encode() in page.read_bytes() for page in pages)


def test_nothing_is_published(settings, cache):
    before = sorted(settings.root.rglob("*"))
    with previewing(settings.root, cache) as preview:
        preview.wait_for_build()
        preview.interrupt()
    assert sorted(settings.root.rglob("*")) == before


def test_pages_are_told_what_is_shown(settings, cache):
    with previewing(settings.root, cache) as preview:
        preview.wait_for_build()
        url = f"http://127.0.0.1:{preview.port}{OWN_PATH}events"
        with urllib.request.urlopen(url, timeout=30) as events:
            assert events.headers["Content-Type"] == "text/event-stream"
            lines = iter(lambda: events.readline().decode(), "")
            data = next(line for line in lines if line.startswith("data: "))
        state = json.loads(data.removeprefix("data: "))
        assert state["problems"] == []
        assert f'data-version="{state["version"]}"' in preview.ask(PAGE).body.decode()


def test_another_port_is_found_when_the_usual_one_is_taken(settings, cache):
    with previewing(settings.root, cache) as one, previewing(settings.root, cache) as other:
        assert one.port != other.port


def test_a_port_that_is_asked_for_and_taken_is_an_error(settings, cache):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        process = start(settings.root, cache, "--port", port)
        output, problems = process.communicate(timeout=60)
    assert (process.returncode, output) == (2, "")
    assert problems.startswith(f"hubcards: can't listen on port {port} of 127.0.0.1: ")
    assert problems.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--port", "99999"), "99999 is no port"),
        (("--host", "no-such-name.invalid"), '"no-such-name.invalid" is no address of this mach'),
    ],
)
def test_an_address_that_is_none_is_an_error(settings, cache, arguments, message):
    process = start(settings.root, cache, *arguments)
    _, problems = process.communicate(timeout=60)
    assert process.returncode == 2
    assert problems.startswith(f"hubcards: {message}")
    assert problems.count("\n") == 1


def test_ctrl_c_ends_it_without_a_word(settings, cache):
    with previewing(settings.root, cache) as preview:
        preview.wait_for_build()
        with socket.create_connection(("127.0.0.1", preview.port)) as page:
            page.sendall(f"GET {OWN_PATH}events HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            assert page.recv(100)
            assert preview.interrupt() == (0, "")


def test_ctrl_c_ends_a_build_without_a_word(settings, cache):
    text = (settings.root / "cards" / "a_vision_net.md").read_text(encoding="utf-8")
    for number in range(400):
        path = settings.root / "cards" / f"b_vision_net{number}.md"
        path.write_text(text, encoding="utf-8")
    with previewing(settings.root, cache, "--jobs", "2") as preview:
        # The folders of the pages are made by those who render.
        while not [*cache.rglob("b_vision_net0")]:
            assert preview.process.poll() is None
        assert preview.interrupt() == (0, "")
