"""What megengine.hub makes of this repository.

Nothing is downloaded: the hub's cache in MGE_HOME is filled as an earlier download would have.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import os
import shutil
import sys
from pathlib import Path

import megengine
import megengine.hub
import numpy as np

CHECKOUT = Path(os.environ["PYTHONPATH"])
HOME = Path(os.environ["MGE_HOME"])
REPOSITORY = "megengine/models"


def fill_repository_cache() -> Path:
    name = hashlib.sha1(f"{REPOSITORY.replace('/', '_')}_master".encode()).hexdigest()[:16]
    folder = HOME / "hub" / f"{megengine.__version__.replace('.', '_')}_{name}"
    shutil.copytree(CHECKOUT / "models", folder / "models")
    shutil.copy(CHECKOUT / "hubconf.py", folder)
    return folder


def fill_weights_cache(address: str, state: dict) -> None:
    folder = HOME / "serialized"
    folder.mkdir(parents=True)
    prefix = hashlib.sha256(address.encode()).hexdigest()[:6]
    megengine.save(state, str(folder / f"{prefix}_{address.rpartition('/')[2]}"))


def main(target: str) -> None:
    # Whatever is imported comes from the hub's copy, or not at all.
    sys.path.remove(str(CHECKOUT))
    folder = fill_repository_cache()
    hubconf = megengine.hub.import_module(REPOSITORY, git_host="github.com")
    entrypoints = megengine.hub.list(REPOSITORY)

    megengine.random.seed(5)
    published = megengine.hub.load(REPOSITORY, "resnet18").state_dict()
    fill_weights_cache(hubconf.PUBLISHED_WEIGHTS["resnet18"], published)
    pretrained = megengine.hub.load(REPOSITORY, "resnet18", pretrained=True)
    loaded = pretrained.state_dict()
    pretrained.eval()
    found = {
        "imported_from_cache": Path(hubconf.__file__).is_relative_to(folder)
        and Path(sys.modules["models"].__file__).is_relative_to(folder),
        "entrypoints": entrypoints,
        "published_weights": hubconf.PUBLISHED_WEIGHTS,
        "help": {name: megengine.hub.help(REPOSITORY, name) for name in entrypoints},
        "first_parameters": {
            name: next(iter(inspect.signature(getattr(hubconf, name)).parameters))
            for name in entrypoints
        },
        "weights_loaded": sorted(loaded) == sorted(published)
        and all((loaded[name] == published[name]).all() for name in published),
        "logits": list(pretrained(np.zeros((1, 3, 64, 64), dtype=np.float32)).shape),
    }
    Path(target).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
