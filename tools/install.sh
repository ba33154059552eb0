#!/bin/sh
# Installs a project into a virtual environment, made if it is not there:
#   tools/install.sh VENV PROJECT
# with uv where that is at hand, and with Python's own venv and pip where it is not.
# All is compiled now, because some environments forbid that to the commands (Docker images
# often set PYTHONDONTWRITEBYTECODE), and each of them would do it again.
set -eu
venv=$1
project=$2
code=${project%%\[*}/generator
wanted='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))'

if command -v uv >/dev/null 2>&1; then
    if [ ! -x "$venv/bin/python" ] && ! uv venv --quiet --clear --python '>=3.10' "$venv"; then
        echo "hubcards needs Python 3.10 or newer, and uv has none (see above); install one" >&2
        exit 1
    fi
    uv pip install --quiet --compile-bytecode --python "$venv/bin/python" --editable "$project"
    exec "$venv/bin/python" -m compileall -q "$code"
fi

if [ ! -x "$venv/bin/python" ]; then
    for python in python3 python3.13 python3.12 python3.11 python3.10 \
        "${PYENV_ROOT:-${HOME:-}/.pyenv}"/versions/3.1[0-9].*/bin/python; do
        if "$python" -c "$wanted" >/dev/null 2>&1; then
            "$python" -m venv --clear "$venv"
            break
        fi
    done
fi
if [ ! -x "$venv/bin/python" ]; then
    echo "hubcards needs Python 3.10 or newer with venv (on Debian: apt-get install python3-venv), or uv" >&2
    exit 1
fi
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable "$project"
exec "$venv/bin/python" -m compileall -q "$code"
