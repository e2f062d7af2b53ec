"""Run QIR, the LLVM IR of quantum programs, in a notebook, from Python and from the command line.

In a notebook: ``%load_ext qirjit_magic``, then ``%%qir`` cells; ``%%qir?`` says what they take. In Python::

    import qirjit_magic as qir

    result = qir.run("bell.ll", shots=1000)
    result.counts()

In the examples of this package ``qir`` is the package, ``bell`` the path of a program that entangles two qubits and
measures both, and ``session`` a `Session`.
"""

import os
import sys


def _leave_at_interrupts() -> None:
    """Have Ctrl-C end this process at once with status 130, where it would raise `KeyboardInterrupt`."""
    import _signal  # noqa: PLC0415 - `signal` takes 3 ms, in which Ctrl-C would be a traceback

    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
        _signal.signal(_signal.SIGINT, lambda *_: os._exit(130))


# As the command line, before anything that takes time, even `from __future__ import annotations`, which is a module:
# Python's name for the program is `-m` while it looks for this one.
_program = getattr(sys, "argv", [""])[0]
_of_module = _program == "-m" and ("-m", "qirjit_magic") in zip(sys.orig_argv, sys.orig_argv[1:], strict=False)
if _of_module or os.path.basename(_program) == "qirjit":  # noqa: PTH119 - pathlib takes time
    _leave_at_interrupts()

from importlib import import_module  # noqa: E402 - after that
from typing import TYPE_CHECKING, Any  # noqa: E402 - likewise

from qirjit_magic.version import __version__ as __version__  # noqa: E402 - likewise

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from qirjit_magic.display.circuit import CircuitDiagram as CircuitDiagram
    from qirjit_magic.errors import CircularModulesError as CircularModulesError
    from qirjit_magic.errors import DefinitionError as DefinitionError
    from qirjit_magic.errors import EngineError as EngineError
    from qirjit_magic.errors import EngineStartError as EngineStartError
    from qirjit_magic.errors import EntryPointError as EntryPointError
    from qirjit_magic.errors import ExecutionError as ExecutionError
    from qirjit_magic.errors import ForkedError as ForkedError
    from qirjit_magic.errors import IntrinsicError as IntrinsicError
    from qirjit_magic.errors import LinkError as LinkError
    from qirjit_magic.errors import LocatedError as LocatedError
    from qirjit_magic.errors import MissingPackageError as MissingPackageError
    from qirjit_magic.errors import NoCodeError as NoCodeError
    from qirjit_magic.errors import NotSampleableError as NotSampleableError
    from qirjit_magic.errors import OptionError as OptionError
    from qirjit_magic.errors import ProfileError as ProfileError
    from qirjit_magic.errors import ProgramFailedError as ProgramFailedError
    from qirjit_magic.errors import QirError as QirError
    from qirjit_magic.errors import QirNotice as QirNotice
    from qirjit_magic.errors import QirSyntaxError as QirSyntaxError
    from qirjit_magic.errors import QuarantineError as QuarantineError
    from qirjit_magic.errors import RecordError as RecordError
    from qirjit_magic.errors import RunTimeoutError as RunTimeoutError
    from qirjit_magic.errors import SessionClosedError as SessionClosedError
    from qirjit_magic.errors import SignatureError as SignatureError
    from qirjit_magic.errors import SimulatorError as SimulatorError
    from qirjit_magic.errors import SimulatorNotFoundError as SimulatorNotFoundError
    from qirjit_magic.errors import SourceError as SourceError
    from qirjit_magic.errors import UnresolvedSymbolError as UnresolvedSymbolError
    from qirjit_magic.errors import UnsafeModuleError as UnsafeModuleError
    from qirjit_magic.errors import WorkerCrashedError as WorkerCrashedError
    from qirjit_magic.errors import WorkerRestartLimitError as WorkerRestartLimitError
    from qirjit_magic.limits import LimitError as LimitError
    from qirjit_magic.limits import Limits as Limits
    from qirjit_magic.notebook.panel import Panel as Panel
    from qirjit_magic.options import CompileOptions as CompileOptions
    from qirjit_magic.options import RunOptions as RunOptions
    from qirjit_magic.protocol.messages import Progress as Progress
    from qirjit_magic.protocol.module_info import ModuleInfo as ModuleInfo
    from qirjit_magic.protocol.simulator_specs import register_simulator as register_simulator
    from qirjit_magic.protocol.timings import Timings as Timings
    from qirjit_magic.results.output_parsing import from_qirrunner as from_qirrunner
    from qirjit_magic.results.output_parsing import parse_output as parse_output
    from qirjit_magic.session.default import default_session as default_session
    from qirjit_magic.session.default import run as run
    from qirjit_magic.session.python_functions import intrinsic as intrinsic
    from qirjit_magic.session.run_result import RunResult as RunResult
    from qirjit_magic.session.runs.watcher import Observer as Observer
    from qirjit_magic.session.session import Session as Session
    from qirjit_magic.simulator import Simulator as Simulator

_ERRORS = (
    "CircularModulesError",
    "DefinitionError",
    "EngineError",
    "EngineStartError",
    "EntryPointError",
    "ExecutionError",
    "ForkedError",
    "IntrinsicError",
    "LinkError",
    "LocatedError",
    "MissingPackageError",
    "NoCodeError",
    "NotSampleableError",
    "OptionError",
    "ProfileError",
    "ProgramFailedError",
    "QirError",
    "QirNotice",
    "QirSyntaxError",
    "QuarantineError",
    "RecordError",
    "RunTimeoutError",
    "SessionClosedError",
    "SignatureError",
    "SimulatorError",
    "SimulatorNotFoundError",
    "SourceError",
    "UnresolvedSymbolError",
    "UnsafeModuleError",
    "WorkerCrashedError",
    "WorkerRestartLimitError",
)
# Public names and where they live; each is imported when it is first asked for.
_PUBLIC = {
    **dict.fromkeys(_ERRORS, "qirjit_magic.errors"),
    "LimitError": "qirjit_magic.limits",
    "CircuitDiagram": "qirjit_magic.display.circuit",
    "Limits": "qirjit_magic.limits",
    "CompileOptions": "qirjit_magic.options",
    "RunOptions": "qirjit_magic.options",
    "ModuleInfo": "qirjit_magic.protocol.module_info",
    "Observer": "qirjit_magic.session.runs.watcher",
    "Panel": "qirjit_magic.notebook.panel",
    "Progress": "qirjit_magic.protocol.messages",
    "from_qirrunner": "qirjit_magic.results.output_parsing",
    "parse_output": "qirjit_magic.results.output_parsing",
    "RunResult": "qirjit_magic.session.run_result",
    "Session": "qirjit_magic.session.session",
    "Simulator": "qirjit_magic.simulator",
    "register_simulator": "qirjit_magic.protocol.simulator_specs",
    "Timings": "qirjit_magic.protocol.timings",
    "default_session": "qirjit_magic.session.default",
    "intrinsic": "qirjit_magic.session.python_functions",
    "run": "qirjit_magic.session.default",
}
__all__ = [*sorted(_PUBLIC), "errors", "load_ipython_extension", "unload_ipython_extension"]  # noqa: PLE0604 - names


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute can be anything
    if name == "errors":
        return import_module("qirjit_magic.errors")
    if name not in _PUBLIC:
        message = f"module 'qirjit_magic' has no attribute '{name}'"
        raise AttributeError(message)
    return getattr(import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]  # Tab and help() offer what is public, imported or not


def load_ipython_extension(shell: "InteractiveShell") -> None:
    """Register the magics and start the engine process behind them, for ``%load_ext qirjit_magic``."""
    import_module("qirjit_magic.notebook.magics").load(shell)


def unload_ipython_extension(shell: "InteractiveShell") -> None:
    """End the engine process and take the magics away, for ``%unload_ext qirjit_magic``."""
    import_module("qirjit_magic.notebook.magics").unload(shell)
