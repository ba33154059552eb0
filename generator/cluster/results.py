"""Waiting for what the workers of a cluster do, and telling what kept them from it."""

from __future__ import annotations

from asyncio import CancelledError
from typing import Any

from distributed import KilledWorker, wait
from distributed import TimeoutError as WaitedTooLongError
from distributed.client import FutureCancelledError

from generator.cluster.errors import ClusterError, DiffersError

_SECONDS_WITHOUT_NEWS = 3
_SECONDS_TO_SEND = 10
_CHECKS_WITHOUT_WORKER = 3


def result_of(address: str, client: Any, future: Any, expected: type[Exception]) -> Any:
    """What a task on the cluster at `address` came to.

    Raises what the task itself has raised, if that was `expected`, and `ClusterError` when the
    cluster does not do it.
    """
    try:
        return _result(address, client, future)
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


def _result(address: str, client: Any, future: Any) -> Any:
    untyped: Any = wait
    checks_left = _CHECKS_WITHOUT_WORKER
    while checks_left:
        try:
            untyped([future], timeout=_SECONDS_WITHOUT_NEWS)
            # What is done is lost again when its worker dies before it has sent it.
            return future.result(timeout=_SECONDS_TO_SEND)
        except WaitedTooLongError:
            if future.status == "error":
                raise
        # One that was lost may be started again.
        checks_left = _CHECKS_WITHOUT_WORKER if client.nthreads() else checks_left - 1
    raise _failure(address, "all its workers are gone")


def _failure(address: str, message: str) -> ClusterError:
    return ClusterError(f"the cluster at {address}: {message}")
