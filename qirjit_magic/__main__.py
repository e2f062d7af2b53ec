"""``python -m qirjit_magic``."""

import sys

from qirjit_magic.cli import main

sys.exit(main())
