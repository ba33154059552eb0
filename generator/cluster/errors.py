"""What can go wrong with a cluster."""

from __future__ import annotations


class ClusterError(Exception):
    """The cluster can't be used; the text says why, and what to do."""


class DiffersError(Exception):
    """A worker has something else than who ordered the work; the text says what."""
