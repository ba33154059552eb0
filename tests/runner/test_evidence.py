"""What is kept of a run, and what the next one takes from it."""

from __future__ import annotations

import json
import re
import sys

import pytest

from tests.runner.hubs import card_text, line_of, python, write_card

CLOCK = "import time\nprint('tick', time.time_ns())"


def run(hub, *arguments):
    return hub.runpytest_subprocess("-p", "hubcards", "--only-cards", *arguments)


def sources(result):
    """How many examples were run, and how many were taken from records."""
    (line,) = [line for line in result.outlines if "taken from records" in line]
    return tuple(map(int, re.findall(r"(\d+) (?:run|taken)", line)))


def evidence(hub, card="good"):
    return json.loads((hub.path / "evidence" / f"{card}.json").read_text(encoding="utf-8"))


def records(hub, group, card="good"):
    (found,) = [item["records"] for item in evidence(hub, card)["runs"] if group in item["groups"]]
    return found


def edit(hub, old, new, card="good"):
    path = hub.path / "cards" / f"{card}.md"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_second_run_takes_everything_from_the_records(hub):
    assert sources(run(hub)) == (5, 0)
    again = run(hub)
    again.assert_outcomes(passed=5)
    assert sources(again) == (0, 5)


def test_a_record_says_what_was_seen(hub):
    run(hub)
    record = records(hub, "zh_CN")["block-1"]
    assert record["claim"] == "executed"
    assert record["stdout"] == ["zh 1", ""]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", record["when"])
    assert re.fullmatch(r"3\.\d+\.\d+\S*", record["versions"]["Python"])
    assert record["duration"] >= 0
    assert record["peak_memory"] > 1_000_000


def test_what_was_printed_is_shown_of_a_record_as_well(hub):
    run(hub)
    result = run(hub, "-rP")
    result.stdout.fnmatch_lines(["*Captured stdout call*", "zh 1"])


def test_the_records_do_not_change_when_nothing_does(hub):
    run(hub)
    path = hub.path / "evidence" / "good.json"
    before = path.read_bytes()
    run(hub, "--card-fresh")
    assert path.read_bytes() == before


def test_fresh_runs_everything(hub):
    run(hub)
    assert sources(run(hub, "--card-fresh")) == (5, 0)


def test_an_edit_of_the_prose_runs_nothing(hub):
    run(hub)
    edit(hub, "<!-- section: en_US -->", "更多。\n\n<!-- section: en_US -->\n\nMore.\n")
    assert sources(run(hub)) == (0, 5)


def test_an_edit_of_the_code_runs_its_group_and_no_other(hub):
    run(hub)
    edit(hub, "print('en', x)", "print('us', x)")
    result = run(hub)
    assert sources(result) == (3, 2)
    assert records(hub, "en_US")["block-1"]["stdout"] == ["us 1", ""]


def test_an_edit_of_the_sample_code_runs_all(hub):
    run(hub)
    edit(hub, "x = 1", "x = 2")
    assert sources(run(hub)) == (5, 0)


def test_other_pins_run_all(hub):
    run(hub)
    (hub.path / "models" / "requirements.txt").write_text("# other\n", encoding="utf-8")
    assert sources(run(hub)) == (5, 0)


def test_an_answer_that_has_changed_runs_only_who_asked_for_it(hub):
    fetch = """
        import urllib.request
        data = urllib.request.urlopen("https://data.example.org/images/cat.jpg").read()
    """
    write_card(hub.path / "cards" / "asks.md", card_text(fetch))
    run(hub)
    (hub.path / "site" / "mirror" / "cat.jpg").write_bytes(b"another cat")
    assert sources(run(hub)) == (1, 5)


def test_the_models_are_an_answer_like_others(hub):
    fetch = """
        import urllib.request
        url = "https://github.com/example/models/archive/master.zip"
        urllib.request.urlretrieve(url, "models.zip")
    """
    write_card(hub.path / "cards" / "asks.md", card_text(fetch))
    run(hub)
    assert sources(run(hub)) == (0, 6)
    (hub.path / "models" / "tiny.py").write_text("WIDTH = 9\n", encoding="utf-8")
    assert sources(run(hub)) == (1, 5)


def test_a_failure_is_no_evidence(hub):
    write_card(hub.path / "cards" / "bad.md", card_text("x = 1", [python("1 / 0")]))
    run(hub)
    assert set(records(hub, "zh_CN", "bad")) == {"sample"}
    result = run(hub)
    result.assert_outcomes(passed=6, failed=1)


def test_a_card_that_fails_from_the_start_leaves_no_file(hub):
    write_card(hub.path / "cards" / "bad.md", card_text("1 / 0"))
    run(hub)
    assert [path.name for path in (hub.path / "evidence").iterdir()] == ["good.json"]


def test_the_same_code_in_two_languages_runs_once_for_both(hub):
    same = [python("import os\nprint(os.urandom(8).hex())")]
    write_card(hub.path / "cards" / "both.md", card_text("x = 1", same, same))
    result = run(hub, "cards/both.md", "-rP")
    result.assert_outcomes(passed=4)
    (only,) = evidence(hub, "both")["runs"]
    assert only["groups"] == ["zh_CN", "en_US"]
    shown = [line for line in result.outlines if re.fullmatch(r"[0-9a-f]{16}", line)]
    assert len(shown) == 2
    assert len(set(shown)) == 1


def test_a_shared_failure_is_shown_in_the_lines_of_each_language(hub):
    same = [python("print('now')\n1 / 0")]
    text = card_text("x = 1", same, ["Text.\n", *same])
    write_card(hub.path / "cards" / "both.md", text)
    result = run(hub, "cards/both.md")
    result.assert_outcomes(passed=2, failed=2)
    lines = [number for number, line in enumerate(text.split("\n"), 1) if "1 / 0" in line]
    for line in lines:
        result.stdout.fnmatch_lines([f"cards/both.md:{line}: *"])


def test_groups_whose_code_has_become_the_same_are_credited_together(hub):
    write_card(hub.path / "cards" / "both.md", card_text("x = 1", [python("x")], [python("x ")]))
    run(hub, "cards/both.md")
    assert len(evidence(hub, "both")["runs"]) == 2
    edit(hub, "x \n", "x\n", "both")
    assert sources(run(hub, "cards/both.md")) == (0, 4)
    (only,) = evidence(hub, "both")["runs"]
    assert only["groups"] == ["zh_CN", "en_US"]


def test_output_that_changes_although_the_code_does_not_is_a_failure(hub):
    text = card_text(CLOCK)
    write_card(hub.path / "cards" / "clock.md", text)
    run(hub)
    before = records(hub, "zh_CN", "clock")
    result = run(hub, "--card-fresh")
    result.assert_outcomes(passed=5, failed=1)
    result.stdout.fnmatch_lines(
        [
            f"cards/clock.md:{line_of(text, 'import time')}: *",
            "*the output is not what it was on *, though the code is the same",
            "*line 1 of its output was 'tick *', and now is 'tick *'",
            "*hubcards test --accept",
        ]
    )
    assert records(hub, "zh_CN", "clock") == before


def test_changed_output_is_taken_when_it_is_accepted(hub):
    write_card(hub.path / "cards" / "clock.md", card_text(CLOCK))
    run(hub)
    before = records(hub, "zh_CN", "clock")["sample"]["stdout"]
    run(hub, "--card-fresh", "--card-accept").assert_outcomes(passed=6)
    assert records(hub, "zh_CN", "clock")["sample"]["stdout"] != before


def test_output_that_is_said_to_vary_is_recorded_and_not_compared(hub):
    text = card_text(CLOCK).replace("```python", "```python varying-output")
    write_card(hub.path / "cards" / "clock.md", text)
    run(hub)
    run(hub, "--card-fresh").assert_outcomes(passed=6)
    assert records(hub, "zh_CN", "clock")["sample"]["stdout"][0].startswith("tick ")


def test_other_code_may_show_other_output(hub):
    run(hub)
    edit(hub, "print('zh', x)", "print('cn', x)")
    run(hub).assert_outcomes(passed=5)


def test_a_damaged_record_is_told_and_made_again(hub):
    run(hub)
    path = hub.path / "evidence" / "good.json"
    good = path.read_bytes()
    path.write_bytes(b"<<<<<<< HEAD\n" + good)
    result = run(hub)
    result.assert_outcomes(passed=5)
    result.stdout.fnmatch_lines(["*good.json: is damaged:*; the card is run again"])
    assert json.loads(path.read_bytes())


def test_records_of_what_the_card_no_longer_has_go(hub):
    run(hub)
    edit(hub, python("x += 1"), "")
    run(hub, "--card-fresh")
    assert set(records(hub, "en_US")) == {"sample", "block-1"}


def test_a_part_of_a_group_can_be_run_and_the_rest_stays(hub):
    run(hub, "cards/good.md::en_US::block-1")
    assert set(records(hub, "en_US")) == {"sample", "block-1"}
    result = run(hub)
    assert sources(result) == (5, 0)
    assert set(records(hub, "en_US")) == {"sample", "block-1", "block-2"}


def test_cards_elsewhere_leave_nothing_where_they_are(hub, tmp_path):
    folder = tmp_path / "theirs"
    write_card(folder / "card.md", card_text("print('theirs')"))
    arguments = (str(folder), "--rootdir", str(hub.path), "-c", "pyproject.toml")
    run(hub, *arguments)
    assert [path.name for path in folder.iterdir()] == ["card.md"]
    assert not (hub.path / "evidence").exists()
    assert sources(run(hub, *arguments)) == (0, 1)


def test_with_xdist_the_ledger_and_the_records_are_the_same(hub):
    write_card(hub.path / "cards" / "bad.md", card_text("x = 1", [python("1 / 0")]))
    alone = run(hub)
    kept = {p.name: p.read_bytes() for p in (hub.path / "evidence").iterdir()}
    for path in (hub.path / "evidence").iterdir():
        path.unlink()
    together = run(hub, "-n", "2")
    assert ledger(together) == ledger(alone)
    assert {p.name for p in (hub.path / "evidence").iterdir()} == set(kept)
    assert sources(run(hub, "-n", "2")) == (2, 5)


def ledger(result):
    lines = list(result.outlines)
    (start,) = [n for n, line in enumerate(lines) if "ledger of code blocks" in line]
    return [line.split() for line in lines[start + 1 : start + 5]]


@pytest.mark.parametrize("arguments", [(), ("-n", "2")])
def test_the_ledger_counts_every_fence_once(hub, arguments):
    parts = [
        '```python skip="needs 8 GPUs"\nx\n```\n',
        "```python compile-only\nimport nothing\n```\n",
        "```python raises=ZeroDivisionError\n1 / 0\n```\n",
        "```text\nno code\n```\n",
        "- ```\n  nor this\n  ```\n",
        python("print(1)"),
    ]
    write_card(hub.path / "cards" / "all.md", card_text("x = 1", parts, [python("x")]))
    result = run(hub, "cards/all.md", *arguments)
    assert ledger(result)[1] == ["cards/all.md", *["3", "1", "1", "1", "2"]]
    result.assert_outcomes(passed=6, skipped=1)


def test_pytest_itself_prints_the_ledger_as_well(hub):
    assert ledger(hub.runpytest_subprocess("cards"))[1] == ["cards/good.md", *"40000"]


def test_what_was_not_selected_is_told(hub):
    result = run(hub, "-k", "zh_CN")
    header, good, total, _ = ledger(result)
    assert header[-2:] == ["not", "selected"]
    assert good == ["cards/good.md", *["2", "0", "0", "0", "0", "2"]]
    assert total[-6:] == ["2", "0", "0", "0", "0", "2"]


def test_the_reason_for_a_skip_is_shown(hub):
    text = card_text("x = 1").replace("```python", '```python skip="needs 8 GPUs"')
    write_card(hub.path / "cards" / "skips.md", text)
    result = run(hub, "cards/skips.md", "-rs")
    result.stdout.fnmatch_lines(["*needs 8 GPUs"])


def page(hub, language="zh-CN"):
    done = hub.run(sys.executable, "-m", "generator", "build")
    assert done.ret == 0, done.stderr.str()
    path = hub.path / "site" / "public" / language / "good" / "index.html"
    return path.read_text(encoding="utf-8")


def test_a_page_shows_what_was_executed_and_no_record_that_holds_no_longer(hub):
    assert "已执行" not in page(hub)
    run(hub)
    shown = page(hub)
    assert "已执行" in shown
    assert "zh 1" in shown
    edit(hub, "print('zh', x)", "print('cn', x)")
    shown = page(hub)
    # The sample code before it is still what was executed.
    assert "已执行" in shown
    assert "zh 1" not in shown
    (hub.path / "models" / "requirements.txt").write_text("# other\n", encoding="utf-8")
    assert "已执行" not in page(hub)


def test_a_damaged_record_keeps_no_site_from_being_built(hub):
    run(hub)
    (hub.path / "evidence" / "good.json").write_bytes(b"{")
    done = hub.run(sys.executable, "-m", "generator", "build")
    assert done.ret == 0
    done.stderr.fnmatch_lines(["evidence: *good.json: is damaged*"])
    assert "已执行" not in page(hub)


def test_when_all_is_in_the_records_it_is_told_without_pytest(hub):
    run(hub)
    done = hub.run(sys.executable, "-X", "importtime", "-m", "generator", "test")
    assert done.ret == 0
    assert "5 examples: 0 run, 5 taken from records" in done.outlines
    loaded = {line.rpartition("|")[2].strip() for line in done.errlines}
    assert not {"pytest", "mitmproxy"} & loaded
    assert "generator.runner.ledger" in loaded


def test_one_example_of_a_variant_can_be_run_by_its_id(hub):
    sample = "name = 'one'\n# name = 'two'"
    write_card(hub.path / "cards" / "both.md", card_text(sample, [python("print(name)")]))
    result = run(hub, "cards/both.md::sample[two]::block-1", "-rP")
    result.assert_outcomes(passed=1, deselected=1)
    assert "two" in result.outlines
