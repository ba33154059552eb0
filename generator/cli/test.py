"""`hubcards test`: executes the code of cards."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from generator.cli.cluster import cluster_at_hand
from generator.cli.errors import UsageError
from generator.cli.hub import settings_of
from generator.exit_codes import FINE
from generator.runner.command import run_tests
from generator.runner.errors import RunnerError
from generator.translating import say

if TYPE_CHECKING:
    from generator.cluster.client import Cluster
    from generator.runner.plugin import MakeRunner

_HELP = """\
usage: hubcards [--root DIR] test [PATH ...] [PYTEST OPTION ...]

Executes every Python block of the cards at PATH (files, folders, or ids such as
cards/megengine_vision_resnet.md::en_US::block-1; by default the hub's cards), each section
with the sample code in a process of its own, in a sandbox. What a record in evidence/
shows already, and nothing has changed that it depends on, is not executed again.

  --fresh               execute everything, whatever the records show
  --accept              take output that has changed, though the code has not, as right
  --network MODE        replay: the mirror answers (the default); record: the network does,
                        once, and the mirror keeps it; live: the network does, and nothing
                        is kept, neither answers nor evidence
  --require-sandbox     run nothing if this machine can't enforce all of the sandbox
  --time-limit SECONDS  how long the sample code and one section may take
  --jobs N              how many groups run at a time (default: one a processor)
  --cluster ADDRESS     have the workers of the Dask cluster execute the groups whose scheduler
                        is there, as in tcp://10.0.0.1:8786
  -k zh_CN              only the examples whose id contains this
  -x, --lf, -n 4, --junitxml=FILE, --collect-only, ...   as for any tests: pytest --help
"""


def run(options: argparse.Namespace) -> int:
    """Execute the cards; the exit code is pytest's. Raises `UsageError`."""
    if {"-h", "--help"} & set(options.arguments):
        sys.stdout.write(say(_HELP))
        return FINE
    settings = settings_of(options)
    arguments, address = _without_cluster(options.arguments)
    try:
        with cluster_at_hand(address) as cluster:
            return run_tests(settings, arguments, _on_cluster(cluster) if cluster else None)
    except RunnerError as error:
        raise UsageError(str(error)) from None


def _without_cluster(arguments: Sequence[str]) -> tuple[Sequence[str], str | None]:
    """The other arguments, which are pytest's, and the address of the cluster, if there is one."""
    others: list[str] = []
    address = None
    remaining = iter(arguments)
    for argument in remaining:
        name, equals, value = argument.partition("=")
        if name != "--cluster":
            others.append(argument)
            continue
        address = value if equals else next(remaining, "")
        if not address:
            raise UsageError("--cluster needs the address of a scheduler: tcp://10.0.0.1:8786")
    return others, address


def _on_cluster(cluster: Cluster) -> MakeRunner:
    from generator.cluster.groups import GroupsOnCluster

    return partial(GroupsOnCluster, cluster)
