"""Which files a group's code may use, and which port, as a ruleset of Landlock (Linux)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

if sys.platform == "linux":
    from landlockpy import AccessFS, AccessNet, LandlockError, Ruleset, Scope

# Programs and libraries, and what their loaders and the libraries themselves read.
_PROGRAMS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu")
_READABLE = (
    *("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives"),
    *("/etc/localtime", "/etc/timezone", "/etc/nsswitch.conf", "/etc/hosts", "/etc/host.conf"),
    *("/etc/passwd", "/etc/group", "/etc/os-release", "/etc/mime.types", "/etc/protocols"),
    *("/etc/services", "/etc/gai.conf", "/etc/ssl/openssl.cnf", "/etc/ssl/certs"),
    *("/etc/ssl/cert.pem", "/etc/pki/tls", "/etc/ca-certificates", "/etc/fonts"),
    *("/sys/devices/system/cpu", "/sys/devices/system/node"),
    *("/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"),
)
_AUTHORITY_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_PROXY_VARIABLES = ("https_proxy", "http_proxy", "all_proxy")


class Reach(Struct, frozen=True):
    """What is within a group's reach.

    It reads and starts what is in `programs`, reads `files`, does as it likes in `folder`,
    and connects to `port` by TCP, when there is one.
    """

    programs: tuple[Path, ...]
    files: tuple[Path, ...]
    folder: Path
    port: int | None


def reach_of(prefixes: Iterable[str], folder: Path, network: Mapping[str, str]) -> Reach:
    """What a group in `folder` needs: a Python with these prefixes, and the mirror.

    `network` has the variables that lead to the mirror, and to its authority's file.
    """
    authorities = {network[name] for name in _AUTHORITY_VARIABLES if network.get(name)}
    return Reach(
        programs=tuple(sorted({Path(prefix).resolve() for prefix in prefixes})),
        files=tuple(sorted(map(Path, authorities))),
        folder=folder,
        port=proxy_port(network),
    )


def proxy_port(network: Mapping[str, str]) -> int | None:
    """The port of the mirror, as the variables that lead to it tell."""
    proxies = (network[name] for name in _PROXY_VARIABLES if network.get(name))
    return next((urlsplit(proxy).port for proxy in proxies), None)


def landlock_version() -> int:
    """The version of Landlock that the system has; 0 when it has none."""
    if sys.platform != "linux":
        return 0
    try:
        with Ruleset(handled_net=AccessNet.NONE) as ruleset:
            return ruleset.abi_version
    except LandlockError:
        return 0


def ruleset_for(reach: Reach) -> int | None:
    """A descriptor of the rules, which the caller closes; none when the system has no Landlock."""
    if sys.platform != "linux":
        return None
    read = AccessFS.READ_FILE | AccessFS.READ_DIR
    everything_but_devices = ~(AccessFS.MAKE_CHAR | AccessFS.MAKE_BLOCK | AccessFS.IOCTL_DEV)
    try:
        with Ruleset(scoped=Scope.ABSTRACT_UNIX_SOCKET | Scope.SIGNAL) as rules:
            for program in (*map(Path, _PROGRAMS), *reach.programs):
                _allow(rules, program, read | AccessFS.EXECUTE)
            for file in (*map(Path, _READABLE), *reach.files):
                _allow(rules, file, read)
            _allow(rules, Path(os.devnull), AccessFS.READ_FILE | AccessFS.WRITE_FILE)
            for folder in (reach.folder, *reach.folder.iterdir()):
                # A folder that is mounted elsewhere is known by its own rule.
                _allow(rules, folder, AccessFS(everything_but_devices & rules.handled_fs))
            if reach.port is not None:
                rules.allow_port(reach.port, AccessNet.CONNECT_TCP)
            return os.dup(rules.fileno())
    except LandlockError:
        return None


if sys.platform == "linux":

    def _allow(rules: Ruleset, path: Path, access: AccessFS) -> None:
        if not path.exists():
            return
        if not path.is_dir():
            access &= AccessFS.READ_FILE | AccessFS.WRITE_FILE | AccessFS.EXECUTE
        rules.allow_path(path, access)
