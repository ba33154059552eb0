"""What the network has answered once, and answers from then on without a network."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import shutil
import subprocess
import sys
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from generator.config import load_settings
from generator.evidence.model import Claim
from generator.runner.errors import RunnerError
from generator.runner.mirror.claims import claim_of
from generator.runner.mirror.client import Mirror
from generator.runner.mirror.exchange import UNANSWERED, UNFINISHED, Exchange, identities
from generator.runner.mirror.identity import identifier
from generator.runner.mirror.modes import NetworkMode
from generator.runner.mirror.recordings import RecordedBody, RecordedRedirect, recordings_of
from generator.runner.runtime import Runtime
from tests.runner.hubs import write_hub
from tests.runner.publisher import Publisher, authority

RUNTIME = Runtime("plain", Path(sys.executable), Path(sys.prefix), "key")
WHEN = '"when": "2026-01-31T12:00:00Z"'
WEIGHTS = bytes(range(256)) * 5000

FETCH = """
import http.client, json, sys, urllib.error, urllib.request
found = []
for url in sys.argv[2:]:
    request = urllib.request.Request(url, method=sys.argv[1])
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            found.append([reply.status, reply.read().decode("latin-1"), dict(reply.headers)])
    except urllib.error.HTTPError as error:
        found.append([error.code, error.read().decode("latin-1"), dict(error.headers)])
    except (OSError, http.client.HTTPException) as error:
        found.append([0, str(error), {}])
print(json.dumps(found))
"""


def fetch(account, *urls, method="GET"):
    command = [sys.executable, "-I", "-c", FETCH, method, *urls]
    done = subprocess.run(command, env=dict(account.variables), capture_output=True, check=True)
    return [
        (status, text.encode("latin-1"), head) for status, text, head in json.loads(done.stdout)
    ]


def sha256(data):
    return hashlib.sha256(data).hexdigest()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("HUBCARDS_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def publisher():
    publisher = Publisher({"/weights/tiny.pkl": WEIGHTS, "/cat.jpg": b"\xff\xd8 real"})
    publisher.start()
    yield publisher
    publisher.stop()


def write_hub_of(root, publisher, allowed=None):
    settings = write_hub(root)
    path = root / "site" / "site.yaml"
    text = path.read_text(encoding="utf-8").replace(
        "https://data.example.org/weights/*", publisher.url("/weights/*")
    )
    text += f'  hosts: ["{allowed or publisher.host}"]\n'
    path.write_text(text, encoding="utf-8")
    return load_settings(settings.root)


@pytest.fixture
def settings(tmp_path, publisher):
    return write_hub_of(tmp_path / "hub", publisher)


@pytest.fixture
def mirror(settings):
    running = []

    def start(network):
        running.append(Mirror(settings.root, RUNTIME, network))
        return running[-1]

    yield start
    for item in running:
        item.close()


@pytest.fixture
def recorded(publisher, mirror):
    """The address of weights that are recorded, and whose publisher is gone."""
    url = publisher.url("/weights/tiny.pkl")
    running = mirror(NetworkMode.RECORD)
    ((status, _, _),) = fetch(running.open_account(), url)
    assert status == 200
    publisher.stop()
    return url


def index_of(settings):
    path = settings.root / "site" / "mirror" / "recorded.json"
    return json.loads(path.read_text(encoding="utf-8"))


def test_what_was_recorded_is_answered_when_the_publisher_is_gone(
    publisher, settings, mirror, recorded
):
    assert publisher.asked == [("GET", "/weights/tiny.pkl")]
    running = mirror(NetworkMode.REPLAY)
    account = running.open_account()
    ((status, body, headers),) = fetch(account, recorded)
    assert (status, body) == (200, WEIGHTS)
    assert headers["Content-Type"] == "application/x-of-the-publisher"
    (exchange,) = running.exchanges(account)
    assert exchange == Exchange("GET", recorded, None, f"recorded:{sha256(WEIGHTS)}")
    assert claim_of([exchange], settings) is Claim.REPRODUCED


def test_while_it_is_recorded_the_answer_is_the_same(publisher, mirror):
    running = mirror(NetworkMode.RECORD)
    account = running.open_account()
    urls = [publisher.url("/weights/tiny.pkl"), publisher.url("/cat.jpg")] * 2
    replies = fetch(account, *urls)
    assert [body for _, body, _ in replies] == [WEIGHTS, b"\xff\xd8 real"] * 2
    assert publisher.asked == [("GET", "/weights/tiny.pkl"), ("GET", "/cat.jpg")]
    wanted = {urls[0]: f"recorded:{sha256(WEIGHTS)}", urls[1]: f"recorded:{sha256(replies[1][1])}"}
    assert identities(running.exchanges(account)) == wanted


def test_head_and_ranges_are_answered_from_recordings_and_while_recording(publisher, mirror):
    url = publisher.url("/weights/tiny.pkl")
    for network in (NetworkMode.RECORD, NetworkMode.REPLAY):
        account = mirror(network).open_account()
        ((status, body, headers),) = fetch(account, url, method="HEAD")
        assert (status, body, headers["Content-Length"]) == (200, b"", str(len(WEIGHTS)))
        proxy = urllib.request.ProxyHandler({"http": account.variables["http_proxy"]})
        request = urllib.request.Request(url, headers={"Range": "bytes=-7"})
        with urllib.request.build_opener(proxy).open(request) as reply:
            assert (reply.status, reply.read()) == (206, WEIGHTS[-7:])


def test_many_who_ask_at_once_make_one_download(publisher, mirror):
    running = mirror(NetworkMode.RECORD)
    url = publisher.url("/weights/tiny.pkl")
    accounts = [running.open_account() for _ in range(4)]
    with ThreadPoolExecutor() as pool:
        replies = list(pool.map(lambda account: fetch(account, url)[0], accounts))
    assert {body for _, body, _ in replies} == {WEIGHTS}
    assert len(publisher.asked) == 1


def test_a_download_goes_on_when_nobody_waits_and_is_noted_for_who_did(publisher, mirror):
    publisher.bodies["/weights/large.pkl"] = large = bytes(40 << 20)
    url = publisher.url("/weights/large.pkl")
    running = mirror(NetworkMode.RECORD)
    account = running.open_account()
    proxy = urllib.request.urlsplit(account.variables["http_proxy"])
    impatient = http.client.HTTPConnection(proxy.hostname, proxy.port, timeout=20)
    credentials = base64.b64encode(f"{proxy.username}:{proxy.password}".encode()).decode()
    impatient.request("GET", url, headers={"Proxy-Authorization": f"Basic {credentials}"})
    assert impatient.getresponse().status == 200
    impatient.close()
    ((status, body, _),) = fetch(account, url)
    assert (status, len(body)) == (200, len(large))
    assert len(publisher.asked) == 1
    assert identities(running.exchanges(account)) == {url: f"recorded:{sha256(large)}"}


def test_large_bodies_take_little_memory(publisher, mirror):
    publisher.bodies["/weights/large.pkl"] = bytes(200 << 20)
    url = publisher.url("/weights/large.pkl")
    for network in (NetworkMode.RECORD, NetworkMode.REPLAY):
        running = mirror(network)
        proxy = {"http": running.open_account().variables["http_proxy"]}
        opener = urllib.request.build_opener(urllib.request.ProxyHandler(proxy))
        with opener.open(url) as reply:
            size = 0
            while piece := reply.read(1 << 20):
                size += len(piece)
        assert size == 200 << 20
        process = psutil.Process(running._process.pid)
        assert process.memory_info().rss < 200 << 20


def test_redirects_are_recorded_as_well(publisher, settings, mirror):
    publisher.redirects["/weights/new.pkl"] = "/elsewhere/new.pkl?a=ü"
    publisher.bodies["/elsewhere/new.pkl?a=%C3%BC"] = WEIGHTS
    url = publisher.url("/weights/new.pkl")
    fetch(mirror(NetworkMode.RECORD).open_account(), url)
    publisher.stop()
    running = mirror(NetworkMode.REPLAY)
    account = running.open_account()
    ((status, body, _),) = fetch(account, url)
    assert (status, body) == (200, WEIGHTS)
    exchanges = running.exchanges(account)
    target = publisher.url("/elsewhere/new.pkl?a=%C3%BC")
    assert [(e.url, e.identity) for e in exchanges] == [
        (url, f"redirect:302:{target}"),
        (target, f"recorded:{sha256(WEIGHTS)}"),
    ]
    assert claim_of(exchanges, settings) is Claim.REPRODUCED
    assert claim_of(exchanges[:1], settings) is Claim.EXECUTED


def test_a_change_at_the_publisher_is_not_seen_until_it_is_recorded_again(
    publisher, settings, mirror, cache
):
    url = publisher.url("/weights/tiny.pkl")
    fetch(mirror(NetworkMode.RECORD).open_account(), url)
    publisher.bodies["/weights/tiny.pkl"] = b"other weights"
    for network in (NetworkMode.REPLAY, NetworkMode.RECORD):
        assert fetch(mirror(network).open_account(), url)[0][1] == WEIGHTS
    recordings_of(settings, cache).forget([url])
    assert fetch(mirror(NetworkMode.RECORD).open_account(), url)[0][1] == b"other weights"
    assert index_of(settings)[url]["sha256"] == sha256(b"other weights")


@pytest.mark.parametrize("damage", ["changed", "cut", "missing"])
def test_a_body_that_is_not_what_was_recorded_is_never_served(
    settings, mirror, recorded, cache, damage
):
    body = cache / "recorded" / sha256(WEIGHTS)
    if damage == "missing":
        body.unlink()
    else:
        body.write_bytes(WEIGHTS[:-1] + (b"?" if damage == "changed" else b""))
    running = mirror(NetworkMode.REPLAY)
    account = running.open_account()
    ((status, text, _),) = fetch(account, recorded)
    assert status == 404
    assert text.startswith(f"{recorded} was recorded, but its body ".encode())
    assert b"to record it again: hubcards test --network record" in text
    (exchange,) = running.exchanges(account)
    assert (exchange.reason, exchange.identity) == (text.decode().rstrip("\n"), UNANSWERED)
    assert claim_of([exchange], settings) is Claim.EXECUTED


def test_recording_mends_what_is_damaged(publisher, settings, mirror, cache):
    url = publisher.url("/weights/tiny.pkl")
    fetch(mirror(NetworkMode.RECORD).open_account(), url)
    before = index_of(settings)
    (cache / "recorded" / sha256(WEIGHTS)).write_bytes(b"")
    assert fetch(mirror(NetworkMode.RECORD).open_account(), url)[0][1] == WEIGHTS
    assert fetch(mirror(NetworkMode.REPLAY).open_account(), url)[0][1] == WEIGHTS
    assert index_of(settings) == before


def test_a_body_that_ends_too_early_is_not_recorded(publisher, settings, mirror, cache):
    publisher.cut.add("/weights/tiny.pkl")
    url = publisher.url("/weights/tiny.pkl")
    running = mirror(NetworkMode.RECORD)
    account = running.open_account()
    ((status, body, _),) = fetch(account, url)
    assert (status, body) != (200, WEIGHTS)
    (exchange,) = running.exchanges(account)
    assert "too early" in exchange.reason
    assert not (settings.root / "site" / "mirror" / "recorded.json").exists()
    assert list((cache / "recorded").iterdir()) == []


def test_what_the_publisher_does_not_have_is_not_recorded(publisher, mirror):
    url = publisher.url("/dog.jpg")
    ((status, text, _),) = fetch(mirror(NetworkMode.RECORD).open_account(), url)
    assert (status, text) == (404, f"{url} was not recorded: the server answers 404\n".encode())


def test_a_publisher_that_can_not_be_reached_is_told(publisher, mirror):
    publisher.stop()
    url = publisher.url("/cat.jpg")
    ((status, text, _),) = fetch(mirror(NetworkMode.RECORD).open_account(), url)
    assert status == 404
    assert text.startswith(f"{url} could not be recorded: ".encode())
    assert b"refused" in text


def test_a_host_that_is_not_allowed_is_refused_by_name(publisher, mirror, settings):
    write_hub_of(settings.root, publisher, allowed="*.example.org")
    url = publisher.url("/cat.jpg")
    ((status, text, _),) = fetch(mirror(NetworkMode.RECORD).open_account(), url)
    assert status == 404
    assert text.decode() == (
        f"{url} was not recorded, since {publisher.host} is none of the allowed hosts\n"
        f'to allow it, write in site/site.yaml:\n  mirror:\n    hosts: ["{publisher.host}"]\n'
    )
    assert publisher.asked == []


def test_an_unknown_address_says_how_to_record_it(publisher, mirror):
    ((_, text, _),) = fetch(mirror(NetworkMode.REPLAY).open_account(), publisher.url("/cat.jpg"))
    assert "hubcards test --network record" in text.decode()
    assert f'hosts: ["{publisher.host}"]' in text.decode()
    assert publisher.asked == []


def test_files_of_the_settings_come_before_the_network(publisher, settings, mirror):
    path = settings.root / "site" / "site.yaml"
    text = path.read_text(encoding="utf-8")
    url = publisher.url("/cat.jpg")
    path.write_text(text.replace("https://data.example.org/images/cat.jpg", url), encoding="utf-8")
    ((_, body, _),) = fetch(mirror(NetworkMode.RECORD).open_account(), url)
    assert body == b"\xff\xd8 a cat"
    assert publisher.asked == []


def test_only_what_is_fetched_is_recorded(publisher, mirror):
    account = mirror(NetworkMode.RECORD).open_account()
    ((status, _, _),) = fetch(account, publisher.url("/cat.jpg"), method="POST")
    assert status == 404
    assert publisher.asked == []


def test_https_publishers_are_recorded_when_their_authority_is_trusted(tmp_path, monkeypatch):
    file, context = authority(tmp_path)
    publisher = Publisher({"/weights/tiny.pkl": WEIGHTS})
    publisher.start(context)
    try:
        settings = write_hub_of(tmp_path / "hub", publisher)
        url = publisher.url("/weights/tiny.pkl")
        replies = []
        for trusted in ("", str(file)):
            monkeypatch.setenv("SSL_CERT_FILE", trusted or "/nothing")
            mirror = Mirror(settings.root, RUNTIME, NetworkMode.RECORD)
            replies += fetch(mirror.open_account(), url)
            mirror.close()
    finally:
        publisher.stop()
    assert replies[0][0] == 404
    assert b"certificate verify failed" in replies[0][1]
    assert replies[1][:2] == (200, WEIGHTS)


def test_live_lets_everything_through_and_keeps_nothing(publisher, settings, mirror, cache):
    running = mirror(NetworkMode.LIVE)
    account = running.open_account()
    url, none = publisher.url("/weights/tiny.pkl"), publisher.url("/dog.jpg")
    replies = fetch(account, url, url, none)
    assert [reply[:2] for reply in replies] == [(200, WEIGHTS)] * 2 + [(404, b"there is nothing")]
    assert publisher.asked == [("GET", "/weights/tiny.pkl")] * 2 + [("GET", "/dog.jpg")]
    exchanges = running.exchanges(account)
    assert [item.identity for item in exchanges[:2]] == [f"live:{sha256(WEIGHTS)}"] * 2
    assert claim_of(exchanges, settings) is Claim.EXECUTED
    assert not (settings.root / "site" / "mirror" / "recorded.json").exists()
    assert not (cache / "recorded").exists()


def test_live_sends_what_a_card_sends(publisher, mirror):
    account = mirror(NetworkMode.LIVE).open_account()
    proxy = urllib.request.ProxyHandler({"http": account.variables["http_proxy"]})
    with urllib.request.build_opener(proxy).open(publisher.url("/cat.jpg"), b"a=1") as reply:
        assert reply.read() == b"\xff\xd8 real"
    assert (publisher.asked, publisher.received) == ([("POST", "/cat.jpg")], [b"a=1"])


def test_live_does_not_let_cards_reach_this_machine(publisher, settings, mirror):
    write_hub_of(settings.root, publisher, allowed="example.org")
    for host in ("127.0.0.1", "localhost"):
        url = publisher.url("/cat.jpg").replace("127.0.0.1", host)
        ((status, text, _),) = fetch(mirror(NetworkMode.LIVE).open_account(), url)
        assert status == 404
        assert b"is on this machine or in its network" in text
    assert publisher.asked == []


def test_a_recording_is_identified_without_its_body(settings, recorded, cache):
    (cache / "recorded" / sha256(WEIGHTS)).unlink()
    assert identifier(settings)(recorded) == f"recorded:{sha256(WEIGHTS)}"


def test_what_is_identified_is_what_is_answered(publisher, settings, mirror, recorded):
    urls = [
        recorded,
        "https://data.example.org/images/cat.jpg",
        "https://github.com/example/models/archive/master.zip",
        "https://data.example.org/dog.jpg",
        publisher.url("/weights/none.pkl"),
    ]
    running = mirror(NetworkMode.REPLAY)
    account = running.open_account()
    fetch(account, *urls)
    answered = identities(running.exchanges(account))
    identify = identifier(settings)
    assert answered == {url: identify(url) for url in urls[:4]} | {urls[4]: UNANSWERED}
    kinds = [identify(url).partition(":")[0] for url in urls]
    assert kinds == ["recorded", "file", "archive", "unanswered", "stand-in"]


def test_an_answer_in_two_ways_is_no_known_answer():
    exchanges = [Exchange("GET", "u", None, "file:a"), Exchange("GET", "u", None, UNFINISHED)]
    assert identities(exchanges) == {"u": "file:a and unfinished"}


@pytest.mark.parametrize(
    ("asked", "claim"),
    [
        ([], Claim.EXECUTED),
        ([("GET", "w", "recorded:1")], Claim.REPRODUCED),
        ([("HEAD", "w", "recorded:1")], Claim.EXECUTED),
        ([("GET", "w", "stand-in:1")], Claim.EXECUTED),
        ([("GET", "w", "recorded:1"), ("GET", "v", "stand-in:1")], Claim.EXECUTED),
        ([("GET", "w", "recorded:1"), ("GET", "v", UNANSWERED)], Claim.EXECUTED),
        ([("GET", "w", "recorded:1"), ("GET", "w", UNFINISHED)], Claim.EXECUTED),
        ([("GET", "w", "live:1")], Claim.EXECUTED),
        ([("GET", "w", "file:1")], Claim.EXECUTED),
        ([("GET", "w", "redirect:302:https://data.example.org/weights/w")], Claim.EXECUTED),
    ],
)
def test_reproduced_is_only_what_got_published_weights_and_no_others(tmp_path, asked, claim):
    settings = write_hub(tmp_path)
    weights = "https://data.example.org/weights/"
    exchanges = [Exchange(method, weights + name, None, what) for method, name, what in asked]
    other = Exchange("GET", "https://data.example.org/images/cat.jpg", None, "file:1")
    assert claim_of([other, *exchanges], settings) is claim


def body(data):
    return RecordedBody(sha256(data), len(data), "text/plain", "2026-01-31T12:00:00Z")


def test_the_index_is_small_text_in_order_and_changes_only_with_the_answers(settings, cache):
    recordings = recordings_of(settings, cache)
    recordings.keep("https://b.example.org/x#part", body(b"1"))
    redirect = RecordedRedirect(301, "https://b.example.org/x", "2026-01-31T12:00:00Z")
    recordings.keep("https://a.example.org", redirect)
    before = recordings.index.read_bytes()
    assert list(index_of(settings)) == ["https://a.example.org/", "https://b.example.org/x"]
    later = RecordedBody(sha256(b"1"), 1, "text/plain", "2027-01-31T12:00:00Z")
    recordings.keep("https://b.example.org/x", later)
    assert recordings.index.read_bytes() == before
    assert recordings_of(settings, cache).all() == recordings.all()


def test_many_may_record_at_once(settings, cache):
    def record(number):
        recordings = recordings_of(settings, cache)
        recordings.keep(f"https://example.org/{number}", body(bytes([number])))

    threads = [threading.Thread(target=record, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(recordings_of(settings, cache).all()) == 20


@pytest.mark.parametrize(
    "text",
    [
        "<<<<<<< HEAD\n{}",
        "[]",
        '{"https://a.org/": {}}',
        f'{{"https://a.org/": {{"sha256": "../../x", "size": 1, "type": "", {WHEN}}}}}',
        f'{{"https://a.org/": {{"status": 302, "location": "https://a.org/\\r\\nX: y", {WHEN}}}}}',
    ],
)
def test_a_damaged_index_is_told(settings, mirror, text):
    path = settings.root / "site" / "mirror" / "recorded.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RunnerError, match=r"site/mirror/recorded.json is damaged: .*record again"):
        identifier(settings)("https://a.org/")
    ((status, reply, _),) = fetch(mirror(NetworkMode.REPLAY).open_account(), "https://a.org/")
    assert (status, b"recorded.json is damaged" in reply) == (404, True)


def test_a_small_body_is_kept_in_the_hub_on_request(publisher, settings, mirror, cache):
    url, large = publisher.url("/cat.jpg"), publisher.url("/weights/tiny.pkl")
    fetch(mirror(NetworkMode.RECORD).open_account(), url, large)
    recordings = recordings_of(settings, cache)
    kept = recordings.keep_inside(url)
    assert kept.is_relative_to(settings.root / "site" / "mirror" / "recorded")
    shutil.rmtree(cache / "recorded")
    ((status, data, _),) = fetch(mirror(NetworkMode.REPLAY).open_account(), url)
    assert (status, data) == (200, b"\xff\xd8 real")
    recordings.forget([url])
    assert not kept.exists()
    assert list(index_of(settings)) == [large]


def test_what_is_large_or_not_recorded_is_not_kept_in_the_hub(settings, recorded, cache):
    recordings = recordings_of(settings, cache)
    with pytest.raises(RunnerError, match="1,280,000 bytes, and is to stay in the cache"):
        recordings.keep_inside(recorded)
    with pytest.raises(RunnerError, match="no body was recorded at "):
        recordings.keep_inside("https://a.org/")
