"""What a user sees of a cluster is what our own errors say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.cluster.clusters import ROOT, cluster, environment

# The client waits in tasks of its own, and leaves those that it has stopped waiting for.
FORSAKEN = """
import gc, sys, time
from generator.cluster.client import cluster_at

async def fails():
    raise ValueError("forsaken")

with cluster_at(sys.argv[1]) as cluster:
    loop = cluster.client.loop.asyncio_loop
    loop.call_soon_threadsafe(lambda: loop.create_task(fails()))
    time.sleep(0.5)
    gc.collect()
print("left")
"""


def test_what_the_client_forsakes_is_not_told(tmp_path: Path) -> None:
    with cluster(tmp_path, workers=1) as started:
        done = subprocess.run(
            [sys.executable, "-c", FORSAKEN, started.address],
            env=environment(ROOT),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
    assert (done.returncode, done.stdout, done.stderr) == (0, "left\n", "")
