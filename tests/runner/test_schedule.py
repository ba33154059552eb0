from __future__ import annotations

import threading
import time

import pytest

from generator.runner.schedule import Job, Schedule, available_memory, cores


class Watch:
    """Jobs that tell how many of them ran at the same time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.now = 0
        self.most = 0
        self.order: list[int] = []

    def job(self, number: int, memory: int = 1) -> Job:
        def do() -> None:
            with self.lock:
                self.order.append(number)
                self.now += 1
                self.most = max(self.most, self.now)
            time.sleep(0.02)
            with self.lock:
                self.now -= 1

        return Job(do, memory)


def test_jobs_begin_in_order_and_no_more_than_there_are_places():
    watch, schedule = Watch(), Schedule(places=2, memory=100)
    for future in [schedule.add(watch.job(number)) for number in range(8)]:
        future.result()
    assert watch.order == list(range(8))
    assert watch.most == 2


def test_jobs_wait_for_memory():
    watch, schedule = Watch(), Schedule(places=4, memory=100)
    for future in [schedule.add(watch.job(number, memory=60)) for number in range(4)]:
        future.result()
    assert watch.most == 1


def test_a_job_that_is_larger_than_all_memory_runs_alone():
    watch, schedule = Watch(), Schedule(places=2, memory=100)
    schedule.add(watch.job(0, memory=1000)).result(10)
    assert watch.order == [0]


def test_a_job_that_fails_tells_and_gives_its_memory_back():
    def fail() -> None:
        raise ValueError("no")

    watch, schedule = Watch(), Schedule(places=2, memory=100)
    failed = schedule.add(Job(fail, 100))
    with pytest.raises(ValueError, match="no"):
        failed.result(10)
    schedule.add(watch.job(1, memory=100)).result(10)
    assert watch.order == [1]


def test_closing_begins_nothing_new_and_waits_for_what_runs():
    watch, schedule = Watch(), Schedule(places=1, memory=100)
    begun = threading.Event()

    def do() -> None:
        begun.set()
        time.sleep(0.05)
        watch.order.append(0)

    schedule.add(Job(do, 1))
    for number in range(1, 5):
        schedule.add(watch.job(number))
    begun.wait(10)
    schedule.close()
    assert watch.order == [0]


def test_this_machine_has_memory_and_a_processor():
    assert available_memory() > 1 << 20
    assert cores() >= 1
