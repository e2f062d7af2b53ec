"""`QirMagics`: flags are parsed, the session is called, what it gives is shown."""

from __future__ import annotations

import sys
import weakref
from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

from IPython.core.error import UsageError
from IPython.core.magic import (
    MAGIC_NO_VAR_EXPAND_ATTR,
    MagicAlias,
    Magics,
    line_cell_magic,
    line_magic,
    magics_class,
    needs_local_scope,
    no_var_expand,
)
from IPython.display import display
from msgspec.structs import replace
from traitlets import Bool, Dict, Float, TraitError, Unicode, observe, validate

from qirjit_magic.display.modules import (
    Table,
    function_label,
    modules_table,
    profile_table,
    status_table,
    table_html,
    table_text,
)
from qirjit_magic.display.timings import timings_table
from qirjit_magic.errors import ExecutionError, OptionError
from qirjit_magic.flags import FlagContext, GivenFlags, flag_help, parse
from qirjit_magic.limits import default_limits
from qirjit_magic.notebook.completer import QirCompleter
from qirjit_magic.notebook.magic_line import split_line
from qirjit_magic.notebook.run_progress import Interrupted, kept_shots_message, run_observer
from qirjit_magic.options import RunOptions
from qirjit_magic.sanitize import sanitize, sanitize_line
from qirjit_magic.session.default import close_default_session, default_session
from qirjit_magic.session.session import Session
from qirjit_magic.session.sources import STDIN, Source, encoded

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionInfo, InteractiveShell

    from qirjit_magic.notebook.panel import Panel
    from qirjit_magic.protocol.module_info import Diagnostic, ModuleInfo
    from qirjit_magic.protocol.timings import Timings
    from qirjit_magic.session.run_result import RunResult

_Variables = Mapping[str, object] | None
_PROFILE = "--profile"
_REMOVE = "--remove"
_QIR_HELP = """Compile the cell's QIR (LLVM IR) into this kernel's engine, and run one of its functions.

    %%qir [flags]           compile the cell, and run it
    <LLVM IR>

    %qir [ENTRY] [flags]    run what is there already, or --file PATH

Messages of the program appear as they come; then the result is displayed. A function that is run may take integers and
floating-point numbers, which --args gives.

Functions and global variables of other cells are used by declaring them, whichever cell runs first. A cell that is run
again replaces what it had defined, and every cell that uses it calls the new definition. A cell may define a gate too,
such as @__quantum__qis__h__body: other cells then use it instead of the simulator's. Global variables keep their values
until their cell, or one that it uses, changes.

Examples:

    %%qir --entry Hello__HelloQ
    %%qir --shots 1000 --seed 7 -o result
    %%qir --no-run --name gates
    %%qir --panel --shots 1000
    %qir Hello__HelloQ
    %qir add --args 3,4
    %qir --file bell.ll --shots 100 --format counts
    %qir main --simulator ./libmysim.so:InitMySim

The line is taken as it stands: Python evaluates nothing in it, and $ is a letter like others. Only a variable's name in
braces, outside of quotes, stands for its value, where that is text, a number or a path:

    %qir --file {{path}} --shots {{shots}}

In quotes it is a name as it stands, '{{path}}', as completion offers it; so is whatever else stands in braces.

Afterwards, in Python: result.counts(), result.histogram(top=10), result.returns, result.messages, result.shots[0],
result.to_text("labeled").

Flags of the cell:

{cell}

Flags of the line besides these:

{line}
"""


@magics_class
class QirMagics(Magics):
    """The magics of QIR. Configure with ``%config QirMagics.simulator = '…'``."""

    simulator = Unicode("auto", help="The simulator of runs that name none.").tag(config=True)
    timeout = Float(0.0, help="Seconds after which a run is stopped; 0 for no limit.").tag(config=True)
    trust = Bool(default_value=False, help="Whether --trust holds where it is not given.").tag(config=True)

    limits = Dict(
        help="Limits of this kernel's session by name, such as {'cpu_seconds': 60}; see qirjit_magic.Limits."
    ).tag(config=True)

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self._cell: ExecutionInfo | None = None
        self._names: dict[str, str] = {}
        self._panels: list[Panel] = []
        self.completer = QirCompleter(shell)
        if self.limits:
            self._set_limits()

    @observe("limits")
    def _set_limits(self, change: object = None) -> None:  # noqa: ARG002 - the signature is traitlets'
        self.session.limits = default_limits().but(self.limits)

    @validate("limits")
    def _check_limits(self, proposal: dict[str, dict[str, object]]) -> dict[str, object]:
        try:
            default_limits().but(proposal["value"])
        except OptionError as error:
            raise TraitError(str(error)) from None
        return proposal["value"]

    @property
    def session(self) -> Session:
        """The session of this kernel, which `qirjit_magic.run` uses too."""
        return default_session()

    def remember_cell(self, info: ExecutionInfo) -> None:
        """Know the cell that is about to run: IPython's ``pre_run_cell`` event."""
        self._cell = info
        if self.shell is not None:
            _keep_aliases_from_evaluating(self.shell, self.magics)

    def close(self) -> None:
        """End the engine process and the panels."""
        for panel in self._panels:
            panel.close()
        close_default_session()

    # -- %%qir and %qir --------------------------------------------------------------------------------------------

    @no_var_expand
    @needs_local_scope
    @line_cell_magic
    def qir(  # noqa: D102 - its help is made from the table of flags
        self, line: str, cell: str | None = None, local_ns: _Variables = None
    ) -> None:
        options = self._parse(FlagContext.LINE if cell is None else FlagContext.CELL, line, local_ns)
        module = self._compile(options, cell)
        if options.panel:
            self._show_panel(options, module)
            return
        if options.no_run:
            self._describe(module, options)
            return
        name = None if module is None else module.name
        if options.entry is None and module is not None and len(module.entry_points) != 1:
            self._describe(module, options)
            why = "name one with --entry" if module.entry_points else "it has no public function"
            print(f"Nothing was run: {why}.")
            return
        if module is not None and not options.quiet:
            # What is undefined is told by an error as soon as it is needed.
            _print_diagnostics(
                (d for d in module.diagnostics if d.about != "undefined"), aside=options.format is not None
            )
        self._run(options, name)

    def _parse(self, context: FlagContext, line: str, local_ns: _Variables) -> GivenFlags:
        program = "%qir" if context is FlagContext.LINE else "%%qir"
        try:
            return parse(context, program, split_line(line, self._variables(local_ns)))
        except ValueError as problem:  # FlagError is one
            raise UsageError(f"{program}: {problem}. {program}? shows what it takes.") from None

    def _compile(self, options: GivenFlags, cell: str | None) -> ModuleInfo | None:
        if cell is not None:
            return self._compile_cell(options, cell)
        if options.file == STDIN:
            raise UsageError("%qir: a kernel has no standard input to compile. Give --file a path.")
        if options.file:
            return self._add(options.file, options.name, options)
        return None

    def _compile_cell(self, options: GivenFlags, cell: str) -> ModuleInfo:
        lines_before = self._lines_before(cell)
        # A notebook's cell replaces what it defined before; but one in Python may call this magic many times.
        cell_id = (getattr(self._cell, "cell_id", None) or "") if lines_before is not None else ""
        name = options.name or self._names.get(cell_id) or (self.session.free_name() if cell_id else "")
        source = Source(encoded(cell), lines_before=1 if lines_before is None else lines_before)
        try:
            module = self._add(source, name, options)
        except KeyboardInterrupt:
            self._remember(cell_id, name)  # it may be there all the same
            raise Interrupted("while it was compiled. Nothing was run.") from None
        self._remember(cell_id, module.name)
        return module

    def _add(self, source: str | Source, name: str | None, options: GivenFlags) -> ModuleInfo:
        trust = options.compile.trust or self.trust
        return self.session.add(source, name, options=options.compile, trust=trust)

    def _configured(self, options: RunOptions) -> RunOptions:
        # What no flag says is as %config has it.
        simulator, timeout = options.simulator or self.simulator, options.timeout or self.timeout or None
        return replace(options, simulator=simulator, timeout=timeout)

    def _remember(self, cell_id: str, name: str) -> None:
        if cell_id and name in {info.name for info in self.session.modules}:
            self._names = {owner: owned for owner, owned in self._names.items() if owned != name}
            self._names[cell_id] = name

    def _lines_before(self, cell: str) -> int | None:
        # None where the text is not the end of what the person sees.
        raw = getattr(self._cell, "raw_cell", "")
        if not isinstance(raw, str) or not raw.rstrip().endswith(cell.rstrip()):
            return None
        return raw[: raw.rindex(cell.rstrip())].count("\n") if cell.strip() else 1

    def _run(self, options: GivenFlags, module: str | None) -> None:
        last = self.session.last
        before = None if last is None else weakref.ref(last)  # an error keeps this frame, and all that it holds
        del last
        try:
            with run_observer(self.shell, options) as observer:
                run = self._configured(options.run)
                result = self.session.run(options.entry, module=module or options.name, options=run, show=observer)
        except KeyboardInterrupt:
            kept = self.session.last
            if kept is None or (before is not None and before() is kept):
                raise Interrupted("before the first shot. Nothing was run.") from None
            self._present(kept, options)
            raise Interrupted(kept_shots_message(kept, options.output)) from None
        except ExecutionError as error:
            if error.partial is not None:
                self._present(cast("RunResult", error.partial), options, shown=len(error.partial.shots) > 0)
            raise
        self._present(result, options)

    def _present(self, result: RunResult, options: GivenFlags, *, shown: bool = True) -> None:
        if options.output and self.shell is not None:
            self.shell.user_ns[options.output] = result
        if not options.quiet:
            _print_diagnostics(result.notices, aside=options.format is not None)
            if shown and options.format is not None:
                print(sanitize(result.to_text(options.format)), end="")
            elif shown and not result.empty:
                display(result)
        _print_timings(result.timings, options, plan=str(result.plan))

    def _describe(self, module: ModuleInfo | None, options: GivenFlags) -> None:
        if module is None:
            return
        if not options.quiet:
            functions = ", ".join(function_label(f) for f in module.functions if f.public) or "no public function"
            print(f"compiled '{sanitize_line(module.name)}': {functions}")
            _print_diagnostics(module.diagnostics)
        _print_timings(module.timings, options)

    # -- the others ------------------------------------------------------------------------------------------------

    @no_var_expand
    @line_magic
    def qir_list(self, line: str) -> None:
        """List the compiled modules: what they define, who uses it, what they need: ``%qir_list``."""
        self._words("%qir_list", line, 0, 0)
        _show_table(modules_table(self.session.linkage))

    @no_var_expand
    @needs_local_scope
    @line_magic
    def qir_show(self, line: str, local_ns: _Variables = None) -> None:
        """Show a module, or the module of a function: ``%qir_show NAME [--ir|--asm|--object|--profile|--circuit]``.

        ``--ir`` shows the LLVM IR before and after optimisation side by side, of a function its definition; ``--asm``
        the assembly of this machine, ``--object`` what the object code holds, ``--profile`` the QIR profile that it
        has, and where it breaks the one it declares. ``--circuit [--args A,B]`` draws the function, or the module's
        entry point: what one shot does until it reads a result. ``%%qir?`` says what braces and quotes do in a line.
        """
        from qirjit_magic.notebook.code_view import CIRCUIT, CODE_FLAGS, circuit_of, code_view  # noqa: PLC0415 - 8 ms, which %load_ext spares

        words = self._words("%qir_show", line, 1, 4, local_ns)
        if CIRCUIT in words:
            display(circuit_of(self.session, words))
            return
        forms = [word for word in words if word.startswith("-")]
        names = [word for word in words if not word.startswith("-")]
        if len(names) != 1 or len(forms) > 1 or any(form not in {*CODE_FLAGS, _PROFILE} for form in forms):
            known = ", ".join((*CODE_FLAGS, _PROFILE, CIRCUIT))
            raise UsageError(f"%qir_show takes the name of a module or function, and one of {known}.")
        if forms == [_PROFILE]:
            _show_table(profile_table(self.session.module(names[0])))
            return
        display(code_view(self.session, names[0], *forms))

    @no_var_expand
    @needs_local_scope
    @line_magic
    def qir_reset(self, line: str, local_ns: _Variables = None) -> None:
        """Let things start anew: ``%qir_reset [NAME [--remove]]``.

        With the name of a module its global variables start anew; with ``--remove`` the module is forgotten. Without a
        name all modules are forgotten, and a new engine process starts.
        """
        words = self._words("%qir_reset", line, 0, 2, local_ns)
        names = [word for word in words if word != _REMOVE]
        if len(names) > 1 or (words and not names):
            raise UsageError(f"%qir_reset takes the name of one module, and {_REMOVE} where it is to be forgotten.")
        _print_diagnostics(self.session.remove(names[0]) if _REMOVE in words else self.session.reset(*names))
        kept = {module.name for module in self.session.modules}
        self._names = {cell: name for cell, name in self._names.items() if name in kept}

    @no_var_expand
    @line_magic
    def qir_status(self, line: str) -> None:
        """Show the engine process, and the open one where there is one: fence, memory, simulator: ``%qir_status``."""
        self._words("%qir_status", line, 0, 0)
        _show_table(status_table(self.session.status()))

    def _show_panel(self, options: GivenFlags, module: ModuleInfo | None) -> None:
        from qirjit_magic.notebook.panel import Panel  # noqa: PLC0415 - ipywidgets takes 0.1 s, which %load_ext spares

        if module is not None and not options.quiet:
            _print_diagnostics(module.diagnostics)
        panel = Panel(
            self.session,
            replace(options, name=options.name if module is None else module.name, run=self._configured(options.run)),
        )
        if options.output and self.shell is not None:
            panel.on_result = partial(self.shell.user_ns.__setitem__, options.output)
        self._panels = [*(panel for panel in self._panels if not panel.closed), panel]
        display(panel)

    @no_var_expand
    @line_magic
    def qir_panel(self, line: str) -> None:
        """Show a panel that runs any compiled function: ``%qir_panel``."""
        self._words("%qir_panel", line, 0, 0)
        self._show_panel(GivenFlags(), None)

    def _variables(self, local_ns: _Variables) -> Mapping[str, object]:
        # Those of the function or cell that the magic stands in, then the notebook's.
        return ChainMap({**(local_ns or {})}, self.shell.user_ns if self.shell is not None else {})

    def _words(self, magic: str, line: str, least: int, most: int, local_ns: _Variables = None) -> Sequence[str]:
        try:
            words = split_line(line, self._variables(local_ns))
        except ValueError as problem:
            raise UsageError(f"{magic}: {problem}. {magic}? says more.") from None
        if not least <= len(words) <= most:
            wanted = f"{least} to {most}" if least != most else str(most)
            raise UsageError(f"{magic} takes {wanted} words, not {len(words)}. {magic}? says more.")
        return words


QirMagics.qir.__doc__ = _QIR_HELP.format(
    cell=flag_help(FlagContext.CELL), line=flag_help(FlagContext.LINE, besides=FlagContext.CELL)
)


def _keep_aliases_from_evaluating(shell: InteractiveShell, magics: Mapping[str, Mapping[str, str]]) -> None:
    # IPython evaluates the line of an alias, whatever the magic behind it says of its own.
    for kind, names in shell.magics_manager.magics.items():
        for magic in names.values():
            if isinstance(magic, MagicAlias) and magic.magic_name in magics[kind]:
                setattr(magic, MAGIC_NO_VAR_EXPAND_ATTR, True)


def _print_diagnostics(diagnostics: Iterable[Diagnostic], *, aside: bool = False) -> None:
    # Aside where what is printed is a format that somebody may read by machine.
    for diagnostic in diagnostics:
        print(diagnostic, file=sys.stderr if aside else sys.stdout)


def _print_timings(timings: Timings, options: GivenFlags, *, plan: str = "") -> None:
    if options.time:
        aside = options.format is not None
        print(*filter(None, (plan, timings_table(timings))), sep="\n", file=sys.stderr if aside else sys.stdout)


class _DisplayedTable:
    def __init__(self, table: Table) -> None:
        self._table = table

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": table_text(self._table), "text/html": table_html(self._table)}


def _show_table(table: Table) -> None:
    display(_DisplayedTable(table))


def load(shell: InteractiveShell) -> None:
    """Register the magics, and start the engine process behind them."""
    magics = QirMagics(shell)
    default_session()
    shell.register_magics(magics)
    shell.events.register("pre_run_cell", magics.remember_cell)
    magics.completer.register()


def unload(shell: InteractiveShell) -> None:
    """Take the magics away, and end the engine process."""
    magics = shell.magics_manager.registry.pop("QirMagics", None)
    if isinstance(magics, QirMagics):
        shell.events.unregister("pre_run_cell", magics.remember_cell)
        magics.completer.unregister()
        for kind, names in magics.magics.items():
            for name in names:
                shell.magics_manager.magics[kind].pop(name, None)
        shell.configurables[:] = [other for other in shell.configurables if not isinstance(other, QirMagics)]
        magics.close()
