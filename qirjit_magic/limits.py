"""The most that a session may use: `Limits`, with what suits a laptop, and the error that says which was passed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import structs

from qirjit_magic.errors import ExecutionError, OptionError
from qirjit_magic.system_memory import bytes_left_by_limits, free_memory

VARIABLE = "QIRJIT_LIMITS"
_MIB = 1 << 20
_MAX_KEPT, _MIN_KEPT = 1024 * _MIB, 16 * _MIB
_SHARES = 4
_STEP = 16 * _MIB  # so that it does not differ with every page that somebody takes or frees


def default_kept_bytes() -> int:
    """1 GiB, or a quarter of the memory that this process could still have now, where that is less."""
    left = _memory_left()
    return _MAX_KEPT if left is None else max(_MIN_KEPT, min(_MAX_KEPT, left // _SHARES // _STEP * _STEP))


def _memory_left() -> int | None:
    return min((left for left in (free_memory(), bytes_left_by_limits()) if left is not None), default=None)


class Limits(msgspec.Struct, frozen=True):
    """The most that the modules and runs of a session may use.

    Attributes:
        source_bytes: the bytes of a module's text or bitcode.
        nesting: the depth of brackets in each other in a module's text.
        modules: the number of modules in a session.
        output_bytes: the bytes that are kept of what a run prints to descriptors 1 and 2, of each one half from the
            beginning and one half from the end; the rest is counted.
        records_per_shot: the number of records that a shot keeps; the rest is counted and left out.
        kept_bytes: the bytes that this process holds of a run's records and text, by default what `default_kept_bytes`
            says; looked at each time when it has recorded 64 MiB or said 8 MiB, so that no shorter run is ended, in
            however many processes. A run is also ended where it holds more than what is left of the memory.
        cpu_seconds: the processor time of a run, that of all threads together; 0 for no limit.

    Raises:
        OptionError: one is no number, or less than it can be.

    Example:
        >>> qir.Limits(cpu_seconds=60).cpu_seconds
        60
        >>> session.limits = qir.Limits(modules=100)
    """

    source_bytes: int = 64 * _MIB
    nesting: int = 1_000
    modules: int = 10_000
    output_bytes: int = 128 << 10
    records_per_shot: int = 1_000_000
    kept_bytes: int = msgspec.field(default_factory=default_kept_bytes)
    cpu_seconds: float = 0.0

    def __post_init__(self) -> None:
        for name, value in structs.asdict(self).items():
            if name == "cpu_seconds":
                if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
                    raise OptionError(f"the limit {name}", value, "a number of seconds, or 0 for no limit")
            elif type(value) is not int or not 1 <= value < 1 << 63:
                raise OptionError(f"the limit {name}", value, "an integer, 1 or more")

    def kept_bytes_beside(self, held: int) -> int:
        """Return the bytes that a run may keep which holds ``held`` now: `kept_bytes`, or what memory is left."""
        left = _memory_left()
        return self.kept_bytes if left is None else min(self.kept_bytes, (held + left) // 2)

    def but(self, changes: Mapping[str, Any]) -> Limits:
        """Return the same limits with other values for some, by their names.

        Raises:
            OptionError: there is no such limit, or no such value of it.
        """
        names = list(self.__struct_fields__)
        for name in changes:
            if name not in names:
                raise OptionError("the limit", name, f"one of {', '.join(names)}")
        return structs.replace(self, **changes)


def default_limits() -> Limits:
    """Return the limits that hold by default: `Limits`, changed by ``QIRJIT_LIMITS=modules=100,cpu_seconds=60``.

    Raises:
        OptionError: the variable names no limit, or gives it no number.
    """
    text = os.environ.get(VARIABLE, "")
    pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
    try:
        changes = {name.strip(): _number(name.strip(), value) for name, _, value in pairs}
    except ValueError:
        raise OptionError(VARIABLE, text, "pairs such as modules=100,cpu_seconds=60") from None
    return Limits().but(changes)


def _number(name: str, text: str) -> float:
    return float(text) if name == "cpu_seconds" else int(text, 0)


# What is too much, and what else than a higher limit would help.
_EXCEEDED = {
    "source_bytes": ("the module has {value:,} bytes", "Split it into several modules"),
    "nesting": ("brackets lie {value:,} deep in each other in the module", "Flatten it"),
    "modules": ("there would be {value:,} modules", "Forget some: %qir_reset NAME --remove"),
    "kept_bytes": (
        "what the run has recorded takes {value:,} bytes",
        "Run fewer shots at once, forget results that you keep",
    ),
    "cpu_seconds": ("the run has used {value:,.1f} s of CPU time", "Run fewer shots"),
}


class LimitError(ExecutionError):
    """Something is more than a limit of the session; ``partial`` holds the shots that finished, where it was a run.

    ``limit`` is its name in `Limits`, ``value`` what was found, ``allowed`` what the limit is.
    """

    limit: str
    value: float
    allowed: float

    def _describe(self) -> str:
        what, instead = _EXCEEDED.get(self.limit, ("{value:,}", "Use less"))
        return (
            f"{what.format(value=self.value)}, more than the {self.allowed:,} that the limit {self.limit} allows. "
            f"{instead}, or raise it: %config QirMagics.limits = {{'{self.limit}': …}}, {VARIABLE}, or "
            f"Session(limits=…).{self._kept()}"
        )
