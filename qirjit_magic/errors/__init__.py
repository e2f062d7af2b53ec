"""Every error of qirjit_magic, drawn as one tree.

::

    QirError
    ├ QirSyntaxError(message, module, line, column, source_line)
    ├ ProfileError(profile, breaks, module, line, column, source_line)
    ├ OptionError(option, value, expected)
    ├ MissingPackageError(package, needed_by, extra)
    ├ EntryPointError(reason, name, available)
    ├ LinkError
    │  ├ CircularModulesError(modules)
    │  ├ NoCodeError(symbol, module)
    │  ├ UnresolvedSymbolError(symbols, simulator, types, in_c_library, module, line, column, source_line)
    │  └ SignatureError(symbol, expected, found, dependants, module, line, column, source_line)
    ├ NotSampleableError(entry, reason, instruction, place)
    ├ UnsafeModuleError(construct, reason, trustable, module, line, column, source_line)
    ├ SimulatorError(message)
    │  └ SimulatorNotFoundError(name, known)
    ├ SourceError(message)
    ├ DefinitionError(name, reason)
    ├ RecordError(message, line, source_line)
    ├ ExecutionError
    │  ├ ProgramFailedError(message, exit_code, shot, partial)
    │  ├ IntrinsicError(name, traceback, shot, partial)
    │  ├ RunTimeoutError(timeout_s, waited, partial)
    │  └ LimitError(limit, value, allowed, partial), which lives in `limits`
    └ EngineError
       ├ EngineStartError(message, stderr_tail, signal_name)
       │  └ SessionClosedError(message, stderr_tail, signal_name, entry, partial), an ExecutionError too
       ├ ForkedError(doing, parent, whole)
       ├ WorkerRestartLimitError(limit)
       ├ QuarantineError(name, causes)
       └ WorkerCrashedError(signal_name, entry, stderr_tail, reason, shot, module, limit_s, stopped, partial)

Each message says what failed, the offending value, then one thing to do. The facts are attributes, and
``error.args`` equals them in order, so that every error pickles. In a notebook a `QirError` shows as a short block.

Beside the tree stands one warning category, `QirNotice`: something was mended or left out, and nothing is lost.
"""

from __future__ import annotations

# One by one, so that a reader and a checker of types see every name that there is.
from qirjit_magic.errors.base import LocatedError as LocatedError
from qirjit_magic.errors.base import QirError as QirError
from qirjit_magic.errors.base import QirNotice as QirNotice
from qirjit_magic.errors.modules import PLAIN_TYPE as PLAIN_TYPE
from qirjit_magic.errors.modules import CircularModulesError as CircularModulesError
from qirjit_magic.errors.modules import DefinitionError as DefinitionError
from qirjit_magic.errors.modules import EntryPointError as EntryPointError
from qirjit_magic.errors.modules import LinkError as LinkError
from qirjit_magic.errors.modules import MissingPackageError as MissingPackageError
from qirjit_magic.errors.modules import NoCodeError as NoCodeError
from qirjit_magic.errors.modules import NotSampleableError as NotSampleableError
from qirjit_magic.errors.modules import OptionError as OptionError
from qirjit_magic.errors.modules import ProfileError as ProfileError
from qirjit_magic.errors.modules import QirSyntaxError as QirSyntaxError
from qirjit_magic.errors.modules import RecordError as RecordError
from qirjit_magic.errors.modules import SignatureError as SignatureError
from qirjit_magic.errors.modules import SimulatorError as SimulatorError
from qirjit_magic.errors.modules import SimulatorNotFoundError as SimulatorNotFoundError
from qirjit_magic.errors.modules import SourceError as SourceError
from qirjit_magic.errors.modules import UnresolvedSymbolError as UnresolvedSymbolError
from qirjit_magic.errors.modules import UnsafeModuleError as UnsafeModuleError
from qirjit_magic.errors.runs import EngineError as EngineError
from qirjit_magic.errors.runs import EngineStartError as EngineStartError
from qirjit_magic.errors.runs import ExecutionError as ExecutionError
from qirjit_magic.errors.runs import ForkedError as ForkedError
from qirjit_magic.errors.runs import IntrinsicError as IntrinsicError
from qirjit_magic.errors.runs import ProgramFailedError as ProgramFailedError
from qirjit_magic.errors.runs import QuarantineError as QuarantineError
from qirjit_magic.errors.runs import RunTimeoutError as RunTimeoutError
from qirjit_magic.errors.runs import SessionClosedError as SessionClosedError
from qirjit_magic.errors.runs import WorkerCrashedError as WorkerCrashedError
from qirjit_magic.errors.runs import WorkerRestartLimitError as WorkerRestartLimitError
