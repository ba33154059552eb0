"""`python -m generator` is the `hubcards` command."""

import sys

from generator.cli import main

sys.exit(main())
