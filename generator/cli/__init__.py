"""The `hubcards` command: what it is asked for, what it tells, and its exit codes.

`main` finds the command; each is a module of its own, of which only the one that runs is imported.
"""
