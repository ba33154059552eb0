"""The words that the runner and the worker use with each other."""

# Orders of the runner to a supervisor, a byte each. The end of the file means the end.
LIMIT = b"L"
CANCEL = b"C"
PEAK = b"P"

# How the code's process ends when it can't tell the runner anything any more.
CANNOT_REPORT = 97

# How it ends when the worker's own code in it has failed.
BROKEN = 98

# What a group may have reached, as a supervisor tells it.
MEMORY = "memory"
PROCESSES = "processes"
THREADS = "threads"
FILES = "files"
NESTING = "nesting"
