from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.config import load_settings
from generator.runner.mirror.address import matches, normal
from generator.runner.mirror.answers import Found, Unanswered, answer_from
from generator.runner.mirror.reply import reply_to

CAT = "https://data.example.org/images/cat.jpg"
ARCHIVE = "https://github.com/example/models/archive/master.zip"


def no_weights(url):
    return Unanswered(f"no weights at {url}")


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
    assert answer_from(settings, CAT, no_weights) == Found(b"\xff\xd8 a cat", "image/jpeg")


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
    ]


def test_what_is_told_to_be_written_works(settings):
    url = "https://data.example.org/images/dog.jpg"
    reason = answer_from(settings, url, no_weights).reason
    path = settings.folder / "site.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("mirror:")] + reason.partition("yaml:\n")[2], "utf-8")
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
    reply = reply_to(Found(body, "x/y"), "GET", asked)
    expected = body[first : None if last is None else last + 1]
    if expected:
        assert (reply.status, reply.body) == (206, expected)
        end = first + len(expected) - 1
        assert ("Content-Range", f"bytes {first}-{end}/{len(body)}") in reply.headers
    else:
        assert (reply.status, reply.body) == (416, b"")
    assert ("Content-Length", str(len(reply.body))) in reply.headers


@given(st.binary(min_size=1, max_size=50), st.integers(1, 60))
def test_a_range_counts_from_the_end_too(body, count):
    reply = reply_to(Found(body, "x/y"), "GET", f"bytes=-{count}")
    assert (reply.status, reply.body) == (206, body[-count:])


@pytest.mark.parametrize("asked", [None, "bytes=-", "lines=1-2", "bytes=1-2,4-5", "nonsense"])
def test_without_a_range_that_is_understood_it_is_the_whole(asked):
    reply = reply_to(Found(b"body", "x/y"), "GET", asked)
    assert (reply.status, reply.body) == (200, b"body")


def test_head_has_the_headers_of_get_and_no_body():
    whole = reply_to(Found(b"body", "x/y"), "GET", None)
    head = reply_to(Found(b"body", "x/y"), "HEAD", None)
    assert (head.status, head.headers, head.body) == (whole.status, whole.headers, b"")


def test_nothing_can_be_sent_to_the_mirror():
    assert reply_to(Found(b"body", "x/y"), "POST", None).status == 405
