"""Records as tests need them."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from generator.evidence.model import ArraySummary, Claim, Record

LOGITS = ArraySummary("logits", "Tensor", (1, 1000), "float32", -3.5, 12.25)


def record(**changes: Any) -> Record:
    """A record, with `changes`."""
    made = Record(
        fingerprint="f" * 32,
        code="c" * 32,
        claim=Claim.EXECUTED,
        when="2026-01-31T12:00:00Z",
        versions={"Python": "3.10.13", "MegEngine": "1.13.0"},
        duration=1.25,
        peak_memory=1 << 28,
        stdout="class 281: 41.25%\n",
        arrays=(LOGITS,),
        requests={"https://example.org/cat.jpg": "file:sha256:00"},
    )
    return replace(made, **changes)
