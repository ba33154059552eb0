"""Tests of what mends cards."""
