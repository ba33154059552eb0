"""Implementations of the models that this hub publishes."""
