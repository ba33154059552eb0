"""Waiting for what the workers of a cluster do, and telling what kept them from it."""

from __future__ import annotations

from asyncio import CancelledError
from contextlib import suppress
from typing import Any

from distributed import KilledWorker, wait
from distributed import TimeoutError as WaitedTooLongError
from distributed.client import FutureCancelledError

from generator.cluster.errors import ClusterError, DiffersError

_SECONDS_WITHOUT_NEWS = 3
_CHECKS_WITHOUT_WORKER = 3


def result_of(address: str, client: Any, future: Any, expected: type[Exception]) -> Any:
    """What a task on the cluster at `address` came to.

    Raises what the task itself has raised, if that was `expected`, and `ClusterError` when the
    cluster does not do it.
    """
    try:
        _wait(address, client, future)
        return future.result()
    except (expected, ClusterError):
        raise
    except DiffersError as error:
        raise _failure(address, f"a worker can't do the same: {error}") from None
    except KilledWorker:
        raise _failure(address, "workers died, one after the other, of one task") from None
    except (CancelledError, FutureCancelledError):
        # Its scheduler is gone, or this was asked for.
        raise _failure(address, "its scheduler is gone, or has dropped the work") from None
    except Exception as error:  # noqa: BLE001 # whatever a worker or the connection raises
        first_line = str(error).partition("\n")[0]
        raise _failure(address, f"{type(error).__name__}: {first_line}") from None


def _wait(address: str, client: Any, future: Any) -> None:
    untyped: Any = wait
    checks_left = _CHECKS_WITHOUT_WORKER
    while checks_left:
        with suppress(WaitedTooLongError):
            untyped([future], timeout=_SECONDS_WITHOUT_NEWS)
            return
        # One that was lost may be started again.
        checks_left = _CHECKS_WITHOUT_WORKER if client.nthreads() else checks_left - 1
    raise _failure(address, "all its workers are gone")


def _failure(address: str, message: str) -> ClusterError:
    return ClusterError(f"the cluster at {address}: {message}")
