"""The session of this process, which the magics and `run` share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qirjit_magic.options import Jobs, Method
from qirjit_magic.session.arguments import Argument
from qirjit_magic.session.session import Session
from qirjit_magic.session.sources import QirSource

if TYPE_CHECKING:
    from qirjit_magic.session.run_result import RunResult


_default: list[Session] = []


def close_default_session() -> None:
    """End the session of this process, where there is one; the next `default_session` is a new one."""
    for session in _default:
        session.close()
    _default.clear()


def existing_session() -> Session | None:
    """The session of this process where there is one; unlike `default_session` it makes none."""
    return _default[-1] if _default and not _default[-1].closed else None


def default_session() -> Session:
    """The session of this process, which the magics and `run` share: made at the first call, ended with the process."""
    if not _default or _default[-1].closed:
        _default[:] = [Session()]
    return _default[-1]


def run(  # noqa: PLR0913 - what `Session.add` and `Session.run` take, together
    source: QirSource,
    entry: str | None = None,
    *,
    shots: int = 1,
    seed: int | None = None,
    simulator: str | None = None,
    method: Method = "auto",
    jobs: Jobs = 1,
    args: Sequence[Argument] = (),
    timeout: float | None = None,
    opt_level: int | None = None,
    trust: bool = False,
) -> RunResult:
    """Compile ``source`` in the session of this process, and run one of its entry points.

    Args:
        source: what `Session.add` takes.
        entry: see `Session.entry`.
        shots: see `Session.run`, as for the others.
        seed: the seed of the simulator's random stream.
        simulator: the simulator's name or path.
        method: see `Session.run`.
        jobs: how many processes may share a long run; ``auto``: one a processor, at most 8.
        args: one value for each parameter.
        timeout: seconds.
        opt_level: see `Session.add`.
        trust: see `Session.add`.

    Raises:
        QirError: as `Session.add` and `Session.run` do.
    """
    session = default_session()
    module = session.add(source, opt_level=opt_level, trust=trust).name
    return session.run(
        entry,
        module=module,
        shots=shots,
        seed=seed,
        simulator=simulator,
        method=method,
        jobs=jobs,
        args=args,
        timeout=timeout,
    )
