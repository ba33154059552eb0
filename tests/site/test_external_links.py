"""Links to elsewhere, asked of real servers on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest

from generator.cards.catalog import parse_catalog
from generator.config import Settings
from generator.diagnostics import Diagnostic, as_text
from generator.linkcheck.asking import Manners, is_public
from generator.linkcheck.command import check_links
from generator.linkcheck.kept import AGE
from tests.site.hubs import card_text, write_card

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 1, 31, 12, tzinfo=timezone.utc)
QUICK = Manners(user_agent="hubcards/test (+https://example.org)", pause=0.0, backoff=0.01)


class Elsewhere(BaseHTTPRequestHandler):
    """A server whose addresses say how it answers."""

    def do_HEAD(self) -> None:
        server = self.server
        with server.lock:
            server.asked.append((self.command, self.path))
            server.agents.add(self.headers["User-Agent"])
            server.times.append(time.monotonic())
            server.at_once += 1
            server.most_at_once = max(server.most_at_once, server.at_once)
            count = Counter(server.asked)[self.command, self.path]
        time.sleep(server.delay)
        name, _, rest = self.path[1:].partition("/")
        status, headers = self.answer(name, rest, count)
        with server.lock:
            server.at_once -= 1
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self.do_HEAD()

    def answer(self, name: str, rest: str, count: int) -> tuple[int, Mapping[str, str]]:
        if name == "no-head":
            return (405 if self.command == "HEAD" else 200), {}
        if name == "busy":
            return (429, {"Retry-After": unquote(rest) or "0"}) if count == 1 else (200, {})
        if name == "ill":
            return (503, {}) if count <= 1 else (200, {})
        if name.isdecimal():
            return int(name), {"Location": f"/{rest}"} if rest else {}
        return 200, {}

    def log_message(self, *_arguments) -> None:
        """Nothing: the requests are noted."""


class Host(ThreadingHTTPServer):
    """What a server has been asked, and how many at a time."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Elsewhere)
        self.lock = threading.Lock()
        self.asked: list[tuple[str, str]] = []
        self.agents: set[str] = set()
        self.times: list[float] = []
        self.at_once = self.most_at_once = 0
        self.delay = 0.0
        self.url = f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def hosts() -> Iterator[tuple[Host, Host]]:
    servers = (Host(), Host())
    threads = [threading.Thread(target=server.serve_forever, daemon=True) for server in servers]
    for thread in threads:
        thread.start()
    yield servers
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def host(hosts) -> Host:
    return hosts[0]


def check(
    settings: Settings, tmp_path: Path, text: str, manners: Manners = QUICK, now: datetime = NOW
) -> tuple[Diagnostic, ...]:
    link = "https://example.org/fine"
    write_card(settings, "net", card_text({"zh_CN": text}, link=link))
    cards = parse_catalog([settings.root / "cards"], settings).cards
    cache = tmp_path / "cache"
    return check_links(cards, manners, cache, now, lambda name: name == "127.0.0.1")[1:]


def test_what_is_there_is_fine_and_asked_once_by_its_head(settings, tmp_path, host):
    text = f"[x]({host.url}/a#b) [y]({host.url}/a) <{host.url}/b> {host.url}/c\n\n[z]: {host.url}/d"
    assert check(settings, tmp_path, text) == ()
    assert sorted(host.asked) == [("HEAD", f"/{name}") for name in "abcd"]
    assert host.agents == {QUICK.user_agent}


def test_what_is_gone_is_an_error_at_each_of_its_places(settings, tmp_path, host):
    text = f"[x]({host.url}/404) and\n[y]({host.url}/404#z)\n\n<a href='{host.url}/410'>z</a>"
    problems = check(settings, tmp_path, text)
    first = (settings.root / "cards" / "net.md").read_text(encoding="utf-8").split("\n")
    line = first.index("<!-- section: zh_CN -->") + 3
    assert {item.code for item in problems} == {"E801"}
    places = [(item.span.start.line - line, item.span.start.column) for item in problems]
    assert places == [(0, 5), (1, 5), (3, 10)]
    assert "404 Not Found" in problems[0].message
    # A reader's question is put before something is called gone.
    assert sorted(host.asked) == [
        ("GET", "/404"), ("GET", "/410"), ("HEAD", "/404"), ("HEAD", "/410"),
    ]  # fmt: skip


@pytest.mark.parametrize("status", [301, 308])
def test_what_has_moved_for_good_is_a_warning_with_the_new_address(
    settings, tmp_path, host, status
):
    (problem,) = check(settings, tmp_path, f"[x]({host.url}/{status}/new)")
    assert (problem.code, problem.severity.value) == ("E802", "warning")
    assert problem.hint == f"write {host.url}/new"


def test_what_is_elsewhere_for_now_is_fine(settings, tmp_path, host):
    text = f"[a]({host.url}/302/x) [b]({host.url}/303/x) [c]({host.url}/307/302/x)"
    assert check(settings, tmp_path, text) == ()


def test_the_new_address_is_the_last_one_that_is_meant_for_good(settings, tmp_path, host):
    text = f"[a]({host.url}/301/308/302/301/x) [b]({host.url}/302/301/x) [c]({host.url}/301/404)"
    first, second = check(settings, tmp_path, text)
    assert first.hint == f"write {host.url}/302/301/x"
    assert (second.code, second.span.start.column > 60) == ("E801", True)


def test_a_circle_ends(settings, tmp_path, host):
    (problem,) = check(settings, tmp_path, f"[a]({host.url}/{'302/' * 12}x)")
    assert "leads on and on" in problem.message


def test_a_server_without_answers_to_head_is_asked_as_a_reader_asks(settings, tmp_path, host):
    assert check(settings, tmp_path, f"[x]({host.url}/no-head)") == ()
    assert [method for method, _ in host.asked] == ["HEAD", "GET"]


def test_a_server_that_is_busy_or_ill_is_asked_again(settings, tmp_path, host):
    assert check(settings, tmp_path, f"[x]({host.url}/busy) [y]({host.url}/ill)") == ()


def test_a_server_s_wish_to_wait_is_granted(settings, tmp_path, host):
    until = format_datetime(datetime.now(timezone.utc) + timedelta(seconds=3), usegmt=True)
    text = f"[x]({host.url}/busy/1) [y](<{host.url}/busy/{until.replace(' ', '%20')}>)"
    assert check(settings, tmp_path, text) == ()
    moments: dict[str, list[float]] = {}
    for when, (_, path) in zip(host.times, host.asked, strict=True):
        moments.setdefault(path, []).append(when)
    waits = [times[-1] - times[0] for times in moments.values()]
    assert len(waits) == 2
    assert min(waits) >= 0.9


def test_a_server_that_wants_too_long_is_left_alone(settings, tmp_path, host):
    (problem,) = check(settings, tmp_path, f"[x]({host.url}/busy/86400)")
    assert "429 Too Many Requests" in problem.message
    assert problem.severity.value == "warning"
    assert len(host.asked) == 1


@pytest.mark.parametrize("status", [401, 403, 500, 503])
def test_what_a_server_refuses_or_fails_at_is_only_a_warning(settings, tmp_path, host, status):
    (problem,) = check(settings, tmp_path, f"[x]({host.url}/{status})")
    assert (problem.code, problem.severity.value) == ("E803", "warning")
    assert str(status) in problem.message


def test_no_answer_at_all_is_a_warning(settings, tmp_path, host):
    host.delay = 5.0
    impatient = Manners(user_agent="x", pause=0.0, backoff=0.0, attempts=2, timeout=0.2)
    (slow,) = check(settings, tmp_path, f"[x]({host.url}/x)", impatient)
    assert "no answer in time" in slow.message
    (closed,) = check(settings, tmp_path, "[x](http://127.0.0.1:1/x)")
    assert (closed.code, "can't be told" in closed.message) == ("E803", True)
    assert closed.message.endswith(": its host takes no connections there")


def test_a_host_that_nobody_knows_is_told_without_the_system_s_numbers(
    settings, tmp_path, monkeypatch
):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    write_card(settings, "net", card_text({"zh_CN": "中文"}, link="http://nowhere.invalid/x"))
    cards = parse_catalog([settings.root / "cards"], settings).cards
    (problem,) = check_links(cards, QUICK, tmp_path / "cache", NOW, lambda _: True)
    assert problem.code == "E803"
    assert "its host is not known here" in problem.message


def test_hosts_are_asked_side_by_side_and_each_one_question_at_a_time_with_pauses(
    settings, tmp_path, hosts
):
    first, second = hosts
    for host in hosts:
        host.delay = 0.05
    text = " ".join(f"[x]({host.url}/{number})" for number in range(1000, 1004) for host in hosts)
    manners = Manners(user_agent="x", pause=0.2)
    assert check(settings, tmp_path, text.replace("/100", "/p"), manners) == ()
    for host in hosts:
        assert (len(host.asked), host.most_at_once) == (4, 1)
        gaps = [after - before for before, after in zip(host.times, host.times[1:], strict=False)]
        assert min(gaps) >= 0.2
    assert first.times[0] < second.times[-1]
    assert second.times[0] < first.times[-1]


def test_a_redirection_to_a_host_that_may_not_be_asked_is_not_followed(settings, tmp_path, host):
    port = host.server_port
    (problem,) = check(settings, tmp_path, f"[x]({host.url}/301//localhost:{port}/secret)")
    assert "localhost is not on the public network" in problem.message
    assert ("HEAD", "/secret") not in host.asked


def test_answers_are_kept_for_some_days_and_failures_are_not(settings, tmp_path, host):
    text = f"[x]({host.url}/a) [y]({host.url}/301/b) [z]({host.url}/404)"
    before = check(settings, tmp_path, text)
    host.asked.clear()
    assert check(settings, tmp_path, text, now=NOW + AGE / 2) == before
    assert {path for _, path in host.asked} == {"/404"}
    host.asked.clear()
    assert check(settings, tmp_path, text, now=NOW + AGE * 2) == before
    assert {path for _, path in host.asked} == {"/404", "/a", "/301/b", "/b"}


@pytest.mark.parametrize("content", ["", "[]", '{"x": 1}', '{"x": {"state": "fine"}}', "\0\xff"])
def test_a_cache_that_can_not_be_read_is_asked_anew(settings, tmp_path, host, content):
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "links.json").write_text(content, encoding="latin-1")
    assert check(settings, tmp_path, f"[x]({host.url}/a)") == ()
    assert host.asked == [("HEAD", "/a")]


@pytest.mark.parametrize(
    "address",
    ["http://[x", "http://[::1", "http://127.0.0.1:99999/", "http://127.0.0.1:x/", "http://é%ff/"],
)
def test_what_is_no_address_is_told_and_breaks_nothing(settings, tmp_path, host, address):
    text = f"<a href='{address}'>x</a> [y]({host.url}/404)"
    assert {item.code for item in check(settings, tmp_path, text)} == {"E801", "E803"}


@pytest.mark.parametrize(
    "name",
    ["127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "0.0.0.0"],
)
def test_what_only_this_machine_can_reach_is_not_public(name):
    assert not is_public(name)
    assert is_public("8.8.8.8")


def hubcards(settings: Settings, cache: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "generator", "--root", settings.root, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), "HUBCARDS_CACHE_DIR": str(cache)},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


def test_the_command_asks_only_when_it_is_told_to_and_never_this_machine(settings, tmp_path, host):
    text = f"[x]({host.url}/404)"
    write_card(settings, "net", card_text({"zh_CN": text}, link=f"{host.url}/x"))
    cache = tmp_path / "cache"
    silent = hubcards(settings, cache, "check")
    assert (silent.returncode, silent.stdout) == (0, "1 card checked: 0 errors, 0 warnings\n")
    asked = hubcards(settings, cache, "check", "--links")
    assert (asked.returncode, asked.stderr) == (0, "")
    assert asked.stdout.count("127.0.0.1 is not on the public network") == 2
    assert "net.md:8:14: warning[E803]" in asked.stdout
    assert asked.stdout.endswith("1 card checked: 0 errors, 2 warnings\n")
    data = json.loads(hubcards(settings, cache, "check", "--links", "--format", "json").stdout)
    assert [item["code"] for item in data] == ["E803", "E803"]
    assert host.asked == []


def test_the_report_reads_like_any_other(settings, tmp_path, host):
    text = as_text(check(settings, tmp_path, f"[x]({host.url}/301/new)"))
    place = f"{settings.root}/cards/net.md:16:5"
    assert text == (
        f"{place}: warning[E802]: this address has moved for good\n  hint: write {host.url}/new\n"
    )
