"""Tests of work on other machines."""
