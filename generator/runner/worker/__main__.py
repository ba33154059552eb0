"""Started by the runner as a script: `python worker DESCRIPTOR`, that of the control socket."""

import importlib.util
import os
import sys

# A name that no card has for a module of its own.
_NAME = "_hubcards_worker"


def _load_package() -> None:
    folder = os.path.dirname(os.path.abspath(__file__))
    path = os.path.join(folder, "__init__.py")
    spec = importlib.util.spec_from_file_location(_NAME, path, submodule_search_locations=[folder])
    if spec is None or spec.loader is None:
        raise ImportError(path)
    package = importlib.util.module_from_spec(spec)
    sys.modules[_NAME] = package
    spec.loader.exec_module(package)


if __name__ == "__main__":
    # The folder of this script is none in which a card finds modules.
    del sys.path[0]
    _load_package()
    importlib.import_module(_NAME + ".parent").main(int(sys.argv[1]))
