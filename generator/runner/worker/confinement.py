"""How the code's process shuts itself in, before it runs any code of a card.

Whatever the system does not have is left out, and told as a phrase: `NOT_…`.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import struct
from typing import Any, NamedTuple

from .system import IS_LINUX, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, call, process_control

NOT_NAMESPACES = "the end of all its processes at once (needs user and PID namespaces)"
NOT_PRIVATE_MOUNTS = (
    "a private /proc and /dev/shm, so multiprocessing has no locks (needs a mount namespace)"
)
NOT_FILES = "files outside its folder (needs Landlock, Linux 5.13)"
NOT_TRUNCATING = "emptying files outside its folder (needs Landlock ABI 3, Linux 6.2)"
NOT_NETWORK = (
    "network other than the mirror (needs a network namespace, or Landlock ABI 4, Linux 6.7)"
)
NOT_HOSTS = "other hosts at the mirror's port (needs a network namespace)"
NOT_SIGNALS = "signals to other processes (needs a PID namespace, or Landlock ABI 6, Linux 6.12)"
NOT_SYSTEM_CALLS = "sockets other than TCP, and dangerous system calls (needs seccomp)"

_CLONE_NEWNS = 0x00020000
_CLONE_NEWIPC = 0x08000000
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWPID = 0x20000000
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 2, 4, 8
_MS_BIND, _MS_REC, _MS_PRIVATE = 4096, 16384, 1 << 18
_SECCOMP_MODE_FILTER = 2
_LANDLOCK_ADD_RULE, _LANDLOCK_RESTRICT_SELF = 445, 446
_RULE_PATH_BENEATH = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_VERSION_OF_TRUNCATING, _VERSION_OF_NETWORK, _VERSION_OF_SIGNALS = 3, 4, 6
_CAPABILITY_VERSION = 0x20080522
_MOST_OPEN_FILES = 4096

# What libraries ask of the system, and nothing about anybody.
_HARMLESS_PROC = (
    *("cpuinfo", "filesystems", "loadavg", "meminfo", "stat", "uptime", "version"),
    *("sys/vm/overcommit_memory", "sys/kernel/osrelease", "sys/kernel/random", "self"),
)


def enter_namespaces() -> bool:
    """Give this process, and all those it starts, namespaces; whether that could be done.

    This process gets one of users; those it starts get one of processes and one for
    messages between them. It must have one thread.
    """
    if not IS_LINUX:
        return False
    user, group = os.getuid(), os.getgid()
    try:
        call("unshare", _CLONE_NEWUSER | _CLONE_NEWPID | _CLONE_NEWIPC)
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{user} {user} 1")
        _write("/proc/self/gid_map", f"{group} {group} 1")
    except OSError:
        return False
    return True


def mount_privately(shared_memory: str) -> bool:
    """Give this process a /proc and a /dev/shm of its own; whether that could be done.

    The latter is the folder `shared_memory`. To be called by the first of a namespace.
    """
    nothing = ctypes.c_void_p()
    flags = ctypes.c_ulong(_MS_NOSUID | _MS_NODEV | _MS_NOEXEC)
    bind = ctypes.c_ulong(_MS_BIND)
    try:
        call("unshare", _CLONE_NEWNS)
        private = ctypes.c_ulong(_MS_REC | _MS_PRIVATE)
        call("mount", b"none", b"/", nothing, private, nothing)
        call("mount", b"proc", b"/proc", b"proc", flags, nothing)
        call("mount", os.fsencode(shared_memory), b"/dev/shm", nothing, bind, nothing)
    except OSError:
        return False
    return True


class Surroundings(NamedTuple):
    """What keeps a process apart already: the namespaces it is in."""

    has_namespaces: bool
    has_own_network: bool
    has_own_proc: bool


def shut_in(
    ruleset: int | None,
    landlock: int,
    system_calls: bytes,
    limits: dict[str, int],
    around: Surroundings,
) -> list[str]:
    """Shut this process in, for good; the phrases of what nothing keeps it from now.

    `ruleset` is a descriptor of rules for this version of Landlock, to which those for /proc
    are added; `system_calls` a BPF program for seccomp.
    """
    _limit_resources(limits)
    if IS_LINUX:
        with contextlib.suppress(OSError):
            # When memory gets short on the whole machine, this is to go, and not the runner.
            _write("/proc/self/oom_score_adj", "900")
        process_control(PR_SET_NO_NEW_PRIVS, 1)
        with contextlib.suppress(OSError):
            _drop_capabilities()
    if ruleset is None or not _restrict_files(ruleset, around.has_own_proc):
        landlock = 0
    has_filter = bool(system_calls) and _restrict_system_calls(system_calls)
    is_kept_to_port = landlock >= _VERSION_OF_NETWORK
    missing = (
        (NOT_FILES, landlock == 0),
        (NOT_TRUNCATING, 0 < landlock < _VERSION_OF_TRUNCATING),
        (NOT_NETWORK, not around.has_own_network and not is_kept_to_port),
        (NOT_HOSTS, not around.has_own_network and is_kept_to_port),
        (NOT_SYSTEM_CALLS, not has_filter),
        (NOT_NAMESPACES, not around.has_namespaces),
        (NOT_SIGNALS, not around.has_namespaces and landlock < _VERSION_OF_SIGNALS),
        (NOT_PRIVATE_MOUNTS, not around.has_own_proc),
    )
    return [phrase for phrase, is_missing in missing if is_missing]


def _limit_resources(limits: dict[str, int]) -> None:
    wanted = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: _MOST_OPEN_FILES,
        resource.RLIMIT_FSIZE: limits["files"],
    }
    if IS_LINUX:
        # Not the address space: allocators and thread stacks reserve what they never use.
        wanted[resource.RLIMIT_DATA] = limits["memory"]
    if "threads" in limits:
        # Above what is watched for, which says what was reached.
        wanted[resource.RLIMIT_NPROC] = 2 * limits["threads"]
    for name, most in wanted.items():
        _, hard = resource.getrlimit(name)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(name, (bound, bound))


def _drop_capabilities() -> None:
    header = ctypes.create_string_buffer(struct.pack("=Ii", _CAPABILITY_VERSION, 0))
    none = ctypes.create_string_buffer(24)
    call("capset", header, none)


def _restrict_files(ruleset: int, has_own_proc: bool) -> bool:
    names = ("",) if has_own_proc else _HARMLESS_PROC
    try:
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                _let_read(ruleset, "/proc/" + name)
        call("syscall", ctypes.c_long(_LANDLOCK_RESTRICT_SELF), ruleset, ctypes.c_long(0))
    except OSError:
        return False
    return True


def _let_read(ruleset: int, path: str) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rights = _READ_FILE | (_READ_DIR if os.path.isdir(path) else 0)
        rule: Any = ctypes.create_string_buffer(struct.pack("=Qi", rights, place))
        zero = ctypes.c_long(0)
        number = ctypes.c_long(_LANDLOCK_ADD_RULE)
        call("syscall", number, ruleset, ctypes.c_long(_RULE_PATH_BENEATH), rule, zero)
    finally:
        os.close(place)


def _restrict_system_calls(program: bytes) -> bool:
    code = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: the number of instructions, of eight bytes each, and where they are.
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(code))
    prog = ctypes.create_string_buffer(header, len(header))
    mode = ctypes.c_ulong(_SECCOMP_MODE_FILTER)
    zero = ctypes.c_ulong(0)
    try:
        call("prctl", PR_SET_SECCOMP, mode, prog, zero, zero)
    except OSError:
        return False
    return True


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
