from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.evidence.model import (
    ArraySummary,
    CardEvidence,
    Claim,
    Measurement,
    ModelFacts,
    Record,
    Run,
)
from generator.evidence.store import EvidenceError, read_evidence, write_evidence
from tests.evidence.samples import record

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
RANGES = st.one_of(st.just((None, None)), st.tuples(NUMBERS, NUMBERS))
ARRAYS = st.builds(
    lambda name, kind, shape, dtype, bounds: ArraySummary(name, kind, shape, dtype, *bounds),
    NAMES,
    NAMES,
    st.lists(st.integers(0, 10**6), max_size=4).map(tuple),
    NAMES,
    RANGES,
)
RECORDS = st.builds(
    Record,
    fingerprint=NAMES,
    code=NAMES,
    claim=st.sampled_from(Claim),
    when=st.just("2026-01-31T12:00:00Z"),
    versions=st.dictionaries(NAMES, NAMES, max_size=3),
    duration=st.integers(0, 10**6).map(lambda milliseconds: milliseconds / 1000),
    peak_memory=st.integers(0, 1 << 40),
    stdout=st.text(st.characters(exclude_categories=["Cs"])),
    exception=st.none() | NAMES,
    arrays=st.lists(ARRAYS, max_size=3).map(tuple),
    requests=st.dictionaries(NAMES, NAMES, max_size=3),
)
COUNTS = st.integers(0, 1 << 60)
SHAPES = st.lists(st.lists(COUNTS, max_size=4).map(tuple), max_size=2).map(tuple)
OPERATIONS = st.one_of(st.just((None, None)), st.tuples(COUNTS, COUNTS))
FACTS = st.builds(
    lambda name, parameters, size, inputs, outputs, operations: ModelFacts(
        name, parameters, size, inputs, outputs, *operations
    ),
    NAMES,
    COUNTS,
    COUNTS,
    SHAPES,
    SHAPES,
    OPERATIONS,
)
MEASUREMENTS = st.builds(
    Measurement,
    fingerprint=NAMES,
    example=NAMES,
    when=st.just("2026-01-31T12:00:00Z"),
    versions=st.dictionaries(NAMES, NAMES, max_size=3),
    models=st.lists(FACTS, max_size=3, unique_by=lambda facts: facts.entrypoint).map(tuple),
)
RUNS = st.tuples(st.dictionaries(NAMES, RECORDS, min_size=1, max_size=3), st.none() | MEASUREMENTS)


@given(st.lists(RUNS, min_size=1, max_size=3))
def test_what_is_kept_is_read_again(tmp_path_factory, runs):
    folder = tmp_path_factory.mktemp("evidence")
    evidence = CardEvidence(
        "a_b_c", tuple(Run((f"group-{n}",), *kept) for n, kept in enumerate(runs))
    )
    write_evidence(folder, evidence)
    assert read_evidence(folder, "a_b_c") == evidence


def test_of_a_card_that_was_never_run_there_is_none(tmp_path):
    assert read_evidence(tmp_path, "a_b_c") is None


def test_a_changed_line_of_output_is_one_changed_line_of_the_file(tmp_path):
    texts = []
    for word in ("two", "zwei"):
        shown = record(stdout=f"one\n{word}\nthree\n")
        write_evidence(tmp_path, CardEvidence("a", (Run(("zh_CN",), {"sample": shown}),)))
        texts.append((tmp_path / "a.json").read_text(encoding="utf-8").splitlines())
    assert len(texts[0]) == len(texts[1])
    assert sum(old != new for old, new in zip(*texts, strict=True)) == 1


def test_a_shape_is_read_in_one_line(tmp_path):
    write_evidence(tmp_path, CardEvidence("a", (Run(("zh_CN",), {"sample": record()}),)))
    assert '"shape": [1, 1000],' in (tmp_path / "a.json").read_text(encoding="utf-8")


def test_nothing_is_written_when_nothing_has_changed(tmp_path):
    evidence = CardEvidence("a", (Run(("zh_CN",), {"sample": record()}),))
    write_evidence(tmp_path, evidence)
    before = (tmp_path / "a.json").stat()
    write_evidence(tmp_path, evidence)
    after = (tmp_path / "a.json").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_the_file_goes_with_the_last_record(tmp_path):
    write_evidence(tmp_path, CardEvidence("a", (Run(("zh_CN",), {"sample": record()}),)))
    write_evidence(tmp_path, CardEvidence("a", (Run(("zh_CN",), {}),)))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "damaged"),
        (b"\xff\xfe", "damaged"),
        (b'{"card": "a"}', "runs"),
        (b"<<<<<<< HEAD\n{}\n", "damaged"),
        (b'{"card": "other", "runs": []}', "another card"),
        (b'{"card": "a", "runs": [{"groups": ["zh_CN"], "records": {"sample": {}}}]}', "claim"),
    ],
)
def test_a_damaged_file_is_named_with_what_is_wrong(tmp_path, content, reason):
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(EvidenceError, match=reason) as raised:
        read_evidence(tmp_path, "a")
    assert str(tmp_path / "a.json") in str(raised.value)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("claim", "tested", "claim"),
        ("when", "2026-13-45T12:00:00Z", "when"),
        ("duration", -1, "duration"),
        ("duration", float("inf"), "damaged"),
    ],
)
def test_a_value_that_no_run_can_show_is_refused(tmp_path, field, value, reason):
    write_evidence(tmp_path, CardEvidence("a", (Run(("zh_CN",), {"sample": record()}),)))
    path = tmp_path / "a.json"
    stored = json.loads(path.read_text(encoding="utf-8"))
    stored["runs"][0]["records"]["sample"][field] = value
    path.write_text(json.dumps(stored), encoding="utf-8")
    with pytest.raises(EvidenceError, match=reason):
        read_evidence(tmp_path, "a")
