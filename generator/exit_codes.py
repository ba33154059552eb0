"""What the command ends with."""

FINE, PROBLEMS, USAGE = 0, 1, 2
"""All is well; cards have problems or an example failed; it can't be done so."""

INTERRUPTED = 130
"""As shells tell of a program that was interrupted."""
