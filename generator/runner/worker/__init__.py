"""What the interpreter of a runtime is told to do; the runner talks to it over descriptors.

Only the standard library is used, in the form that CPython 3.7 has it, since the runtime
is the card's choice and has nothing of this program. Four kinds of processes, each forked
from the one before:

- the *warm parent*, one a runtime, has imported what all groups need (`parent`);
- the *supervisor*, one a group, watches it from outside, and ends it (`supervisor`);
- the *first process* of the group is the init of its namespaces (`supervisor`);
- the *code's process* shuts itself in, then executes all the blocks (`confinement`,
  `execution`).

Only the last runs code of the card. It executes and reports in one interpreter, so the code
can lie about its own outcome, by writing the report itself. It can't about another group's:
it has no descriptor of theirs, and can neither signal nor inspect a process outside.
"""
