"""The mirror, asked by programs as they ask the network."""

from __future__ import annotations

import base64
import http.client
import os
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from generator.runner.errors import RunnerError
from generator.runner.mirror.client import Mirror
from generator.runner.runtime import Runtime
from tests.runner.hubs import is_alive, write_hub

CAT = "https://data.example.org/images/cat.jpg"
RUNTIME = Runtime("plain", Path(sys.executable), Path(sys.prefix), "key")

FETCH = """
import sys, urllib.error, urllib.request
for url in sys.argv[1:]:
    try:
        sys.stdout.buffer.write(urllib.request.urlopen(url).read() + b"|")
    except urllib.error.HTTPError as error:
        sys.stdout.buffer.write(b"%d " % error.code + error.read() + b"|")
"""


@pytest.fixture(scope="module")
def mirror(tmp_path_factory):
    settings = write_hub(tmp_path_factory.mktemp("hub"))
    mirror = Mirror(settings.root, RUNTIME)
    yield mirror
    mirror.close()


def fetch(account, *urls):
    command = [sys.executable, "-I", "-c", FETCH, *urls]
    done = subprocess.run(command, env=dict(account.variables), capture_output=True, check=True)
    return done.stdout.split(b"|")[:-1]


def tunnel(account, host, port=443):
    """A connection through the proxy to this host, as any client makes it."""
    proxy = urllib.request.urlsplit(account.variables["https_proxy"])
    credentials = base64.b64encode(f"{proxy.username}:{proxy.password}".encode()).decode()
    connection = socket.create_connection((proxy.hostname, proxy.port), timeout=20)
    request = f"CONNECT {host}:{port} HTTP/1.1\r\nProxy-Authorization: Basic {credentials}\r\n\r\n"
    connection.sendall(request.encode())
    answer = connection.recv(1000)
    assert answer.startswith(b"HTTP/1.1 200"), answer
    return connection


def test_https_and_its_certificate_are_as_anywhere(mirror):
    assert fetch(mirror.open_account(), CAT) == [b"\xff\xd8 a cat"]


def test_an_authority_of_their_own_keeps_others_from_being_fooled(mirror):
    with tunnel(mirror.open_account(), "data.example.org") as connection:
        context = ssl.create_default_context()
        with pytest.raises(ssl.SSLCertVerificationError):
            context.wrap_socket(connection, server_hostname="data.example.org")


def test_an_unknown_address_is_refused_and_noted(mirror):
    account = mirror.open_account()
    secure, plain = "https://data.example.org/dog.jpg?size=1", "http://other.example.org/"
    replies = fetch(account, secure, plain)
    for url, reply, noted in zip((secure, plain), replies, mirror.exchanges(account), strict=True):
        assert reply.startswith(f"404 the mirror does not know {url}\n".encode())
        assert (noted.method, noted.url) == ("GET", url)
        assert noted.reason.startswith(f"the mirror does not know {url}")


def test_each_account_has_its_own_requests(mirror):
    one, other = mirror.open_account(), mirror.open_account()
    fetch(one, CAT)
    fetch(other, "https://data.example.org/dog.jpg")
    assert [(e.url, e.reason) for e in mirror.exchanges(one)] == [(CAT, None)]
    assert [e.url for e in mirror.exchanges(other)] == ["https://data.example.org/dog.jpg"]


@pytest.mark.parametrize("headers", [{}, {"Proxy-Authorization": "Basic Z3JvdXA6eA=="}])
def test_without_an_account_nothing_is_served(mirror, headers):
    proxy = urllib.request.urlsplit(mirror.open_account().variables["http_proxy"])
    connection = http.client.HTTPConnection(proxy.hostname, proxy.port, timeout=20)
    connection.request("GET", CAT.replace("https", "http"), headers=headers)
    assert connection.getresponse().status == 407
    connection.close()


def test_head_and_ranges_are_answered(mirror):
    with tunnel(mirror.open_account(), "data.example.org") as connection:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        with context.wrap_socket(connection, server_hostname="data.example.org") as secure:
            client = http.client.HTTPConnection("data.example.org")
            client.sock = secure
            client.request("HEAD", "/images/cat.jpg")
            reply = client.getresponse()
            assert (reply.status, reply.headers["Content-Length"], reply.read()) == (200, "8", b"")
            client.request("GET", "/images/cat.jpg", headers={"Range": "bytes=3-"})
            reply = client.getresponse()
            assert (reply.status, reply.read()) == (206, b"a cat")


def test_addresses_in_any_characters_are_noted_as_they_were_written(mirror):
    account = mirror.open_account()
    with tunnel(account, "data.example.org") as connection:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        with context.wrap_socket(connection, server_hostname="data.example.org") as secure:
            head = 'GET /猫?a="b" HTTP/1.1\r\nHost: data.example.org\r\nConnection: close'
            secure.sendall(f"{head}\r\n\r\n".encode())
            with secure.makefile("rb") as reply:
                assert b" 404 " in reply.readline()
    (exchange,) = mirror.exchanges(account)
    assert exchange.url == 'https://data.example.org/猫?a="b"'


def test_a_client_can_not_speak_for_another(mirror):
    mine, other = mirror.open_account(), mirror.open_account()
    proxy = urllib.request.ProxyHandler({"http": mine.variables["http_proxy"]})
    headers = {"X-Hubcards-Token": other.token, "X-Hubcards-Url": '"http://b.org/"'}
    request = urllib.request.Request("http://a.org/", headers=headers)
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.build_opener(proxy).open(request)
    assert [item.url for item in mirror.exchanges(mine)] == ["http://a.org/"]
    assert mirror.exchanges(other) == ()


def test_what_is_behind_the_proxy_answers_nobody_else(mirror):
    ports = {
        item.laddr.port
        for item in psutil.Process(mirror._process.pid).net_connections("tcp")
        if item.status == psutil.CONN_LISTEN
    }
    known = urllib.request.urlsplit(mirror.open_account().variables["http_proxy"]).port
    (behind,) = ports - {known}
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"http://127.0.0.1:{behind}/")


def test_what_is_not_http_goes_nowhere(mirror):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        account = mirror.open_account()
        port = listener.getsockname()[1]
        with tunnel(account, "127.0.0.1", port) as connection:
            connection.sendall(b"SSH-2.0-client\r\n")
            assert connection.recv(100) == b""
        listener.settimeout(0.2)
        with pytest.raises(TimeoutError):
            listener.accept()
    (noted,) = mirror.exchanges(account)
    assert (noted.method, noted.url) == ("CONNECT", f"127.0.0.1:{port}")


@pytest.mark.parametrize("is_killed", [False, True])
def test_closing_it_leaves_no_process_and_no_file(tmp_path, is_killed):
    mirror = Mirror(write_hub(tmp_path).root, RUNTIME)
    variables = mirror.open_account().variables
    (process,) = [
        process
        for process in psutil.Process().children()
        if "generator.runner.mirror.server" in process.cmdline()
        and str(tmp_path) in process.cmdline()
    ]
    folder = Path(variables["SSL_CERT_FILE"]).parent
    assert folder.is_dir()
    if is_killed:
        process.kill()
    mirror.close()
    assert not is_alive(process.pid)
    assert not folder.exists()


def test_a_mirror_that_can_not_start_says_why(tmp_path):
    with pytest.raises(RunnerError, match="the mirror has failed"):
        Mirror(tmp_path, RUNTIME)


SERVER = """
import sys
from generator.runner.mirror.server import main
main(*sys.argv[1:])
"""


@pytest.mark.parametrize("is_heard", [True, False])
def test_it_ends_when_nobody_is_left_to_hear_it(tmp_path, is_heard):
    settings = write_hub(tmp_path / "hub")
    (tmp_path / "tmp").mkdir()
    words = [str(settings.root), "replay", "plain", sys.executable, sys.prefix, "key"]
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", SERVER, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
    ) as server:
        try:
            if is_heard:
                server.stdout.readline()
            server.stdout.close()
            server.stdin.write(b'["open", "token"]\n')
            server.stdin.flush()
            # Its stdin stays open: it is what it can't tell any more that ends it.
            assert server.wait(60) == 0
        finally:
            server.kill()
    assert list((tmp_path / "tmp").iterdir()) == []
