"""Executing the cards: examples, runtimes, workers, the mirror, and the pytest plugin."""
