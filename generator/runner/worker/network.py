"""A network of the group's own, in which there is nothing but the way to the mirror.

Landlock tells ports apart, but not hosts: a host elsewhere could listen at the mirror's port.
"""

from __future__ import annotations

import array
import contextlib
import fcntl
import os
import signal
import socket
import struct
import threading

from .system import PR_SET_PDEATHSIG, call, process_control

_LOOPBACK = "127.0.0.1"
_CLONE_NEWNET = 0x40000000
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1
_MOST_WAITING = 64
_MOST_CONNECTIONS = 64
_CHUNK = 1 << 18


def enter_empty_network(port: int | None) -> socket.socket | None:
    """Give this process a network in which nobody else is; what listens there at `port`.

    Raises `OSError` when that can't be done. To be called by the first of a namespace.
    """
    call("unshare", _CLONE_NEWNET)
    _set_up_loopback()
    if port is None:
        return None
    listener = socket.socket()
    listener.bind((_LOOPBACK, port))
    listener.listen(_MOST_WAITING)
    return listener


def _set_up_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        answer = fcntl.ioctl(any_socket, _SIOCGIFFLAGS, request)
        flags = struct.unpack("16sh14x", answer)[1] | _IFF_UP
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags))


def hand_over(listener: socket.socket | None, channel: socket.socket) -> None:
    """Send the listener, if there is one, to who is at the other end of the channel."""
    extra = []
    if listener is not None:
        descriptors = array.array("i", [listener.fileno()])
        extra = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)]
    channel.sendmsg([b"\n"], extra)
    channel.close()
    if listener is not None:
        listener.close()


def take_over(channel: socket.socket) -> socket.socket | None:
    """The listener from the other end of the channel, if one comes."""
    descriptors = array.array("i")
    _, extra, _, _ = channel.recvmsg(1, socket.CMSG_SPACE(descriptors.itemsize))
    channel.close()
    for _, _, content in extra:
        descriptors.frombytes(content)
    return socket.socket(fileno=descriptors[0]) if descriptors else None


def start_relay(listener: socket.socket, unused: list[int]) -> None:
    """Start a process that leads what comes to the listener to the same port out here.

    It closes the `unused` descriptors, and ends with this process.
    """
    port = listener.getsockname()[1]
    if os.fork() == 0:
        try:
            for descriptor in unused:
                os.close(descriptor)
            process_control(PR_SET_PDEATHSIG, signal.SIGKILL)
            _relay(listener, port)
        finally:
            os._exit(0)
    listener.close()


def _relay(listener: socket.socket, port: int) -> None:
    places = threading.BoundedSemaphore(_MOST_CONNECTIONS)
    while True:
        places.acquire()
        inside, _ = listener.accept()
        threading.Thread(target=_connect, args=(inside, port, places), daemon=True).start()


def _connect(inside: socket.socket, port: int, places: threading.Semaphore) -> None:
    try:
        with inside, contextlib.suppress(OSError):
            outside = socket.create_connection((_LOOPBACK, port))
            with outside:
                back = threading.Thread(target=_pass_on, args=(outside, inside), daemon=True)
                back.start()
                _pass_on(inside, outside)
                back.join()
    finally:
        places.release()


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            data = source.recv(_CHUNK)
            if not data:
                break
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
