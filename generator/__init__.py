"""hubcards: the press and the conscience of a model hub."""

__version__ = "0.1.0"
