"""Which system calls a group's code may use, as a program for seccomp (Linux)."""

from __future__ import annotations

import errno
import socket
import sys

if sys.platform == "linux":
    from seccompy import Action, CmpOp, Filter, SeccompError
    from seccompy.syscalls import AARCH64_SYSCALLS, X86_64_SYSCALLS, arch

# Ways to other processes, into the kernel, or out of the limits. What is not in the tables
# of the library, being newer or of another calling convention, is refused with these.
_REFUSED = frozenset(
    (
        *("ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease"),
        *("kcmp", "pidfd_getfd", "perf_event_open", "userfaultfd", "bpf", "seccomp", "mount"),
        *("umount2", "move_mount", "open_tree", "open_tree_attr", "fsopen", "fsconfig", "fsmount"),
        *("fspick", "mount_setattr", "pivot_root", "chroot", "unshare", "setns", "keyctl"),
        *("add_key", "request_key", "io_uring_setup", "io_uring_enter", "io_uring_register"),
        *("kexec_load", "kexec_file_load", "reboot", "init_module", "finit_module"),
        *("delete_module", "create_module", "query_module", "get_kernel_syms", "open_by_handle_at"),
        *("name_to_handle_at", "fanotify_init", "fanotify_mark", "lookup_dcookie", "quotactl"),
        *("quotactl_fd", "acct", "swapon", "swapoff", "syslog", "uselib", "vhangup", "nfsservctl"),
        *("afs_syscall", "_sysctl", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex"),
        *("sethostname", "setdomainname", "iopl", "ioperm", "modify_ldt", "personality", "uprobe"),
        *("uretprobe", "listen", "memfd_create", "memfd_secret", "shmget", "mq_open", "msgget"),
        *("listmount", "statmount", "listns", "lsm_set_self_attr", "migrate_pages", "move_pages"),
    )
)
# The library of C takes these for missing, and does it in the older way, which can be judged.
_MISSING = frozenset({"clone3"})
_NAMESPACES = (
    0x00000080,  # of time
    0x00020000,  # of mounts
    0x02000000,  # of control groups
    0x04000000,  # of host names
    0x08000000,  # of messages between processes
    0x10000000,  # of users
    0x20000000,  # of processes
    0x40000000,  # of the network
)
_KIND_OF_SOCKET = 0xF
_TCP = (0, socket.IPPROTO_TCP)
_FAST_OPEN = 0x20000000
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C


def system_call_filter() -> bytes:
    """The program; empty where there is no seccomp, or where its calls are not known."""
    if sys.platform != "linux":
        return b""
    try:
        known = {"x86_64": X86_64_SYSCALLS, "aarch64": AARCH64_SYSCALLS}[arch()]
    except (SeccompError, KeyError):
        return b""
    rules = Filter(Action.ERRNO | errno.ENOSYS)
    for name in known:
        if name in _REFUSED:
            rules.errno(name, errno.EPERM)
        elif name not in _MISSING:
            _add_rules(rules, name)
    return rules.program


if sys.platform == "linux":

    def _add_rules(rules: Filter, name: str) -> None:
        """Refuse a call where its arguments are bad, and allow it otherwise: the first holds."""
        if name == "socket":
            # By TCP the mirror is reached. Names are asked for by UDP, and fail at once.
            for family in (socket.AF_INET, socket.AF_INET6):
                for protocol in _TCP:
                    stream = (1, CmpOp.MASKED_EQ, socket.SOCK_STREAM, _KIND_OF_SOCKET)
                    equal = CmpOp.EQ
                    rules.allow(name, args=[(0, equal, family), stream, (2, equal, protocol)])
            rules.errno(name, errno.EACCES)
            return
        if name == "clone":
            for flag in _NAMESPACES:
                rules.errno(name, errno.EPERM, args=[(0, CmpOp.MASKED_EQ, flag, flag)])
        if name in ("sendto", "sendmsg", "sendmmsg"):
            # It connects without being asked whether it may.
            position = 2 if name == "sendmsg" else 3
            fast_open = (position, CmpOp.MASKED_EQ, _FAST_OPEN, _FAST_OPEN)
            rules.errno(name, errno.EPERM, args=[fast_open])
        if name == "ioctl":
            for request in (_TIOCSTI, _TIOCLINUX):
                rules.errno(name, errno.EPERM, args=[(1, CmpOp.MASKED_EQ, request, 0xFFFFFFFF)])
        rules.allow(name)
