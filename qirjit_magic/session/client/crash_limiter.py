"""`CrashLimiter`: modules that end engine processes again and again are not tried for ever."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from qirjit_magic.errors import EngineStartError, QuarantineError, WorkerCrashedError, WorkerRestartLimitError

MODULE_DEATHS = 3
DEATHS_IN_A_ROW = 5
_KILLED = "SIGKILL"  # by somebody outside, by the system where memory ran out, by us where compiling took too long


class CrashLimiter:
    """Counts the engine processes that died, for each module and all in all; what went well counts from 0 again."""

    def __init__(self) -> None:
        self._in_a_row = 0
        self._by_module: dict[str, list[str]] = {}

    @contextlib.contextmanager
    def watch(self, name: str, digest: str, *, counting: bool = True) -> Iterator[None]:
        """A context that compiles or runs this module, and may end the engine process.

        Args:
            name: the module's name, for errors.
            digest: which module that is: a changed one is another.
            counting: whether its deaths are counted against the module.

        Raises:
            QuarantineError: it has ended three of them with nothing going well between.
            WorkerRestartLimitError: five of them have died with nothing going well between.
        """
        causes = self._by_module.get(digest, [])
        if len(causes) >= MODULE_DEATHS:
            raise QuarantineError(name, tuple(causes))
        if self._in_a_row >= DEATHS_IN_A_ROW:
            raise WorkerRestartLimitError(DEATHS_IN_A_ROW)
        try:
            yield
        except WorkerCrashedError as crash:
            if counting:
                self._note_death(digest, crash)
            raise
        except EngineStartError as error:
            self._in_a_row += error.signal_name not in {"", _KILLED}
            raise

    def note_run(self, digest: str, crash: WorkerCrashedError | None, *, ended: bool) -> None:
        """A run of this module is over.

        Args:
            digest: which module that is.
            crash: how the engine process died, if it did by itself.
            ended: whether the run came to its end, be it a failure of the program.
        """
        if crash:
            self._note_death(digest, crash)
        elif ended:
            self._in_a_row = 0
            self.release(digest)

    def _note_death(self, digest: str, crash: WorkerCrashedError) -> None:
        # Whoever kills, the module that this happens to again and again may be why; others need not suffer for it.
        self._in_a_row += crash.signal_name != _KILLED
        self._by_module.setdefault(digest, []).append(crash.signal_name)

    def release(self, digest: str) -> None:
        """This module is to be tried again."""
        self._by_module.pop(digest, None)

    def clear(self) -> None:
        """Everything starts anew."""
        self._in_a_row = 0
        self._by_module.clear()
