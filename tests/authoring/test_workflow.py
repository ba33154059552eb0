"""The workflow that hubs call on GitHub."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from typing import Any

import pytest
import yaml

from tests.authoring.hubs import ROOT, hubcards

PATH = ROOT / ".github" / "workflows" / "hub.yml"


@pytest.fixture(scope="module")
def workflow() -> dict[Any, Any]:
    return yaml.safe_load(PATH.read_text(encoding="utf-8"))


def steps(workflow: dict[Any, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def test_it_is_as_the_published_schema_of_workflows_says() -> None:
    checked = subprocess.run(
        [
            *(sys.executable, "-m", "check_jsonschema"),
            *("--builtin-schema", "vendor.github-workflows", str(PATH)),
        ],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_each_action_is_one_commit_whose_version_is_named(workflow: dict[Any, Any]) -> None:
    uses = [step["uses"] for step in steps(workflow) if "uses" in step]
    assert len(uses) == 5
    for action in uses:
        assert re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", action)
    text = PATH.read_text(encoding="utf-8")
    assert len(re.findall(r"uses: \S+@[0-9a-f]{40} # v\d+\.\d+\.\d+\n", text)) == 5


def test_no_input_is_put_into_a_shell_script(workflow: dict[Any, Any]) -> None:
    for step in steps(workflow):
        assert "${{" not in step.get("run", "")


def test_the_job_that_runs_cards_may_only_read(workflow: dict[Any, Any]) -> None:
    assert workflow["permissions"] == {"contents": "read"}
    assert "permissions" not in workflow["jobs"]["cards"]
    checkout = workflow["jobs"]["cards"]["steps"][0]["with"]
    assert checkout == {"fetch-depth": 0, "persist-credentials": False}


def test_each_command_in_it_is_one_that_there_is(workflow: dict[Any, Any]) -> None:
    lines = [step["run"] for step in steps(workflow) if step.get("run", "").startswith("hubcards")]
    assert [line.split()[1] for line in lines] == ["check", "test", "build"]
    for line in lines:
        command, *words = shlex.split(re.sub(r"\$\{BASE_URL:\+(.*)\}", r"\1", line))[1:]
        text = hubcards(ROOT, command, "--help").stdout
        for word in words:
            if word.startswith("--"):
                assert word in text, line


def test_problems_are_shown_at_the_lines_of_a_pull_request_if_the_command_can(
    workflow: dict[Any, Any],
) -> None:
    can = "github" in hubcards(ROOT, "check", "--help").stdout
    check = next(step["run"] for step in steps(workflow) if "hubcards check" in step.get("run", ""))
    assert check == ("hubcards check --format github" if can else "hubcards check")
