"""``python -m qirjit_magic``, and the command ``qirjit``."""

from __future__ import annotations

import os
from typing import NoReturn

from qirjit_magic import _leave_at_interrupts


def main() -> NoReturn:
    """Run the command line, and end this process with its exit status.

    Nothing is left to do when it ends; the interpreter's own end would take Ctrl-C for something else.
    """
    _leave_at_interrupts()
    from qirjit_magic import cli  # noqa: PLC0415 - from here on Ctrl-C is no traceback, and this takes time

    os._exit(cli.main())


if __name__ == "__main__":
    main()
