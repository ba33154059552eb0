"""Makes stand-in weights; run by the interpreter of a runtime.

    python -I -X utf8 stand_in.py REPOSITORY ADDRESS TARGET

`REPOSITORY` is a folder with a `hubconf.py`, whose `PUBLISHED_WEIGHTS` maps entrypoints to
the addresses of their weights. The state dict of the entrypoint with `ADDRESS`, made from
a fixed seed, is saved as `TARGET`. The exit code is `NOT_PUBLISHED` when there is none.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import random
import sys
from typing import Any

NOT_PUBLISHED = 3
SEED = 20_160_627
VARIANCE = 2


def main(repository: str, address: str, target: str) -> int:
    """Save the stand-in for the weights at `address` as `target`; the exit code."""
    sys.path.insert(0, repository)
    path = os.path.join(repository, "hubconf.py")
    spec = importlib.util.spec_from_file_location("hubconf", path)
    if spec is None or spec.loader is None or not os.path.exists(path):
        return NOT_PUBLISHED
    hubconf = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(hubconf)
    published = getattr(hubconf, "PUBLISHED_WEIGHTS", {})
    entrypoint = next((name for name, url in published.items() if url == address), None)
    if entrypoint is None:
        return NOT_PUBLISHED

    # Only there in the runtime, and slow to import.
    megengine = importlib.import_module("megengine")
    random.seed(SEED)
    importlib.import_module("numpy").random.seed(SEED)
    megengine.random.seed(SEED)
    megengine.save(sane(getattr(hubconf, entrypoint)().state_dict()), target)
    return 0


def sane(state_dict: dict[str, Any]) -> dict[str, Any]:
    """The state dict with the running variances of its batch norms set to `VARIANCE`.

    Those of a fresh model are 1, as if nothing flowed through it. With these, a batch norm
    passes its input on as it is, every residual block adds as much as it got, and in a deep
    network numbers grow a hundred million times. A trained one would divide by the variance
    that it has seen; twice the fresh one keeps what blocks add below what they got, whatever
    the architecture, and leaves networks without branches far from zero.
    """
    return {
        name: value * 0 + VARIANCE if name.endswith("running_var") else value
        for name, value in state_dict.items()
    }


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
