"""Mending what has one right answer: `hubcards check --fix`."""
