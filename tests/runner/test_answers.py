from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.config import load_settings
from generator.runner.mirror.address import matches, normal
from generator.runner.mirror.answers import Found, Redirect, Sources, Unanswered, answer_from
from generator.runner.mirror.hosts import is_allowed, is_private
from generator.runner.mirror.reply import reply_to

CAT = "https://data.example.org/images/cat.jpg"
ARCHIVE = "https://github.com/example/models/archive/master.zip"


no_weights = Sources(
    recorded=lambda _: None, weights=lambda url: Unanswered(f"no weights at {url}")
)


def found(body):
    return Found(body, "x/y", "file:1")


def sent(reply):
    part = reply.body
    return part.source[part.first : part.first + part.length]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://Data.Example.org/x", "https://data.example.org:443/x#part"),
        ("http://a.org", "http://a.org:80/"),
        (
            "https://github.com/Example/Models/archive/x",
            "https://github.com/example/models/archive/x",
        ),
    ],
)
def test_addresses_that_mean_the_same_are_equal(one, other):
    assert normal(one) == normal(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.org/x", "https://a.org/X"),
        ("https://a.org/x", "http://a.org/x"),
        ("https://a.org/x", "https://a.org/x?y=1"),
        ("https://a.org/x", "https://a.org:8443/x"),
        ("https://github.com/a/b/archive/X.zip", "https://github.com/a/b/archive/x.zip"),
    ],
)
def test_addresses_that_differ_are_not(one, other):
    assert normal(one) != normal(other)


@given(st.text(st.characters(exclude_characters="#?*", categories=["L", "N", "P"])))
def test_a_star_stands_for_anything_and_nothing_else_is_special(rest):
    assert matches("https://a.org/w/*", f"https://a.org/w/{rest}")
    assert not matches("https://a.org/w/*", f"https://a.org/v/{rest}")
    assert not matches("https://a.org/w.x", "https://a.org/wyx")


def test_a_file_of_the_settings_is_answered(settings):
    body = b"\xff\xd8 a cat"
    identity = f"file:{hashlib.sha256(body).hexdigest()}"
    assert answer_from(settings, CAT, no_weights) == Found(body, "image/jpeg", identity)


def test_a_repository_is_answered_in_whatever_case(settings):
    url = "https://github.com/Example/MODELS/archive/master.zip"
    answer = answer_from(settings, url, no_weights)
    assert isinstance(answer, Found)
    assert answer.content_type == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert archive.namelist()[:2] == ["models-master/", "models-master/hubconf.py"]


def test_weights_are_asked_for(settings):
    url = "https://data.example.org/weights/a.pkl"
    assert answer_from(settings, url, no_weights) == Unanswered(f"no weights at {url}")


def test_an_unknown_address_is_named_with_what_to_write(settings):
    url = "https://data.example.org/images/dog.jpg"
    answer = answer_from(settings, url, no_weights)
    assert isinstance(answer, Unanswered)
    assert answer.reason.splitlines() == [
        f"the mirror does not know {url}",
        "to add it, keep the file as site/mirror/dog.jpg, and write in site/site.yaml:",
        "  mirror:",
        "    files:",
        f"      - url: {url}",
        "        path: mirror/dog.jpg",
        "or record what the network answers: hubcards test --network record",
        "to allow it, write in site/site.yaml:",
        "  mirror:",
        "    hosts: [data.example.org]",
    ]


def test_what_is_told_to_be_written_works(settings):
    url = "https://data.example.org/images/dog.jpg"
    reason = answer_from(settings, url, no_weights).reason
    path = settings.folder / "site.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text[: text.index("mirror:")] + reason.partition("yaml:\n")[2].partition("or record")[0],
        "utf-8",
    )
    (settings.folder / "mirror" / "dog.jpg").write_bytes(b"dog")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\n  mirror:", "\nmirror:"), encoding="utf-8")
    assert answer_from(load_settings(settings.root), url, no_weights).body == b"dog"


def test_a_file_that_is_not_there_is_named(settings):
    (settings.folder / "mirror" / "cat.jpg").unlink()
    answer = answer_from(settings, CAT, no_weights)
    assert isinstance(answer, Unanswered)
    assert "cat.jpg" in answer.reason
    assert "site/site.yaml" in answer.reason


@given(st.binary(max_size=50), st.integers(0, 60), st.none() | st.integers(0, 60))
def test_a_range_is_the_part_that_was_asked_for(body, first, last):
    asked = f"bytes={first}-{'' if last is None else last}"
    reply = reply_to(found(body), "GET", asked)
    expected = body[first : None if last is None else last + 1]
    if expected:
        assert (reply.status, sent(reply)) == (206, expected)
        end = first + len(expected) - 1
        assert ("Content-Range", f"bytes {first}-{end}/{len(body)}") in reply.headers
    else:
        assert (reply.status, sent(reply)) == (416, b"")
    assert ("Content-Length", str(len(sent(reply)))) in reply.headers


@given(st.binary(min_size=1, max_size=50), st.integers(1, 60))
def test_a_range_counts_from_the_end_too(body, count):
    reply = reply_to(found(body), "GET", f"bytes=-{count}")
    assert (reply.status, sent(reply)) == (206, body[-count:])


@pytest.mark.parametrize("asked", [None, "bytes=-", "lines=1-2", "bytes=1-2,4-5", "nonsense"])
def test_without_a_range_that_is_understood_it_is_the_whole(asked):
    reply = reply_to(found(b"body"), "GET", asked)
    assert (reply.status, sent(reply)) == (200, b"body")


def test_head_has_the_headers_of_get_and_no_body():
    whole = reply_to(found(b"body"), "GET", None)
    head = reply_to(found(b"body"), "HEAD", None)
    assert (head.status, head.headers, sent(head)) == (whole.status, whole.headers, b"")


def test_nothing_can_be_sent_to_the_mirror():
    assert reply_to(found(b"body"), "POST", None).status == 405


def test_a_redirect_is_answered_as_one():
    reply = reply_to(Redirect(302, "https://a.org/x", "redirect:302:https://a.org/x"), "GET", None)
    assert reply.status == 302
    assert ("Location", "https://a.org/x") in reply.headers
    assert sent(reply) == b""


@pytest.mark.parametrize(
    ("url", "hosts", "is_one"),
    [
        ("https://a.org/x", ["a.org"], True),
        ("https://A.org:443/x", ["a.org"], True),
        ("http://a.org:8080/x", ["a.org"], False),
        ("http://a.org:8080/x", ["a.org:8080"], True),
        ("https://b.a.org/x", ["*.a.org"], True),
        ("https://c.b.a.org/x", ["*.a.org"], True),
        ("https://a.org/x", ["*.a.org"], False),
        ("https://ba.org/x", ["*.a.org", "a.org"], False),
        ("https://a.org.evil.org/x", ["a.org", "*.a.org"], False),
        ("https://evil.org/@a.org/a.org", ["a.org"], False),
        ("https://a.org@evil.org/", ["a.org"], False),
        ("https://a.org/", [], False),
    ],
)
def test_a_host_is_allowed_when_it_is_on_the_list(url, hosts, is_one):
    assert is_allowed(url, hosts) is is_one


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "10.1.2.3", "169.254.169.254", "[::1]", "0.0.0.0"]
)
def test_this_machine_and_its_neighbours_are_known(host):
    assert is_private(f"http://{host}:8000/x")


def test_addresses_of_the_world_are_not_of_this_machine():
    assert not is_private("http://8.8.8.8/x")
