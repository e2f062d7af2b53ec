"""Completions: flags and values after ``%%qir`` and ``%qir``, names of functions in a cell's LLVM IR.

It looks at what is there already: it starts no engine process, compiles nothing and waits for nobody.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from qirjit_magic.flags import FLAGS, FlagContext, FlagRow
from qirjit_magic.llvm_text import defined_names, is_bare_name
from qirjit_magic.notebook.magic_line import CELL, magic_line_number, quoted_word, split_line
from qirjit_magic.protocol.known_functions import known_functions
from qirjit_magic.protocol.module_info import ModuleInfo
from qirjit_magic.protocol.simulator_specs import simulator_names
from qirjit_magic.sanitize import sanitize_line
from qirjit_magic.session.default import existing_session

# Each of these takes time in proportion to its text: it is asked at each key, and the text may be anything.
_LINE = re.compile(r"\s*+(?:[\w.,\s]++=\s*+)?%(?P<name>qir\w*)(?=\s)")
_WORD = re.compile(r"""(?:"[^"]*(?:"|\Z)|'[^']*(?:'|\Z)|\\.|[^\s"'])+""")
_GLOBAL = re.compile(r'@(?:"(?P<quoted>[^"]*)|(?P<bare>[-\w$.]*))\Z')
_DECLARED = re.compile(r"\s*declare\s+(?P<returns>[^@\s][^@]*+)@[-\w$.]*\Z")
_UNWRITABLE = re.compile(r'["\\]')  # needs an escape in LLVM's text
_DOCUMENTED = re.compile(r"``(--[\w-]+)")
_TAKE_MODULES = {"qir_show", "qir_reset"}  # line magics


@dataclass(frozen=True, slots=True)
class Completion:
    """A completion.

    Attributes:
        text: what is put in.
        description: what a front end shows beside it, such as a function's signature.
    """

    text: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Completions:
    """The completions at a cursor.

    Attributes:
        fragment: the text before the cursor in whose place one of them is put.
        completions: the best first.
    """

    fragment: str
    completions: list[Completion]


_NOTHING = Completions("", [])


def completions_at(text: str, line: int, column: int, *, help_texts: Mapping[str, str]) -> Completions:
    """Return the completions before a cursor; none outside of the magics of QIR.

    Args:
        text: of the cell.
        line: the cursor's, from 0.
        column: the cursor's, in characters from 0.
        help_texts: the documentation of the line magics by their names, which names their flags.
    """
    lines = text.split("\n")
    before = lines[line][:column]
    head = magic_line_number(lines)
    if head is not None and line > head:
        return _in_body(before, "\n".join(lines[head + 1 :]))
    cell = CELL.match(before)
    if cell and line == head and cell.end() < len(before):
        return _in_flags(before[cell.end() :], FlagContext.CELL, _defined("\n".join(lines[line + 1 :])))
    magic = _LINE.match(before)
    if not magic:
        return _NOTHING
    typed = before[magic.end() :]
    if magic["name"] == "qir":
        return _in_flags(typed, FlagContext.LINE, _compiled)
    return _in_other_magic(magic["name"], typed, help_texts.get(magic["name"], ""))


def _in_other_magic(magic: str, typed: str, documentation: str) -> Completions:
    words, current = _words(typed)
    completions = [Completion(flag) for flag in _DOCUMENTED.findall(documentation) if flag not in words]
    if magic in _TAKE_MODULES and all(word.startswith("-") for word in words):
        named = [*_modules(), *(_compiled("") if magic == "qir_show" else ())]
        completions = [*_no_flags(named), *completions]
    return Completions(current, list(_fitting(completions, current)))


# -- flags -------------------------------------------------------------------------------------------------------------


def _in_flags(typed: str, context: FlagContext, entries: Callable[[str], Iterable[Completion]]) -> Completions:
    words, current = _words(typed)
    flag, equals, value = current.partition("=")
    row = _row(flag, context) if equals and flag.startswith("--") else None
    if row is None and words:
        row, value = _row(words[-1], context), current
    if row is not None and row.settings.get("action") != "store_true":
        values = _values(row, words, value, entries)
        return Completions(value, list(_fitting(values if equals else _no_flags(values), value)))
    completions = [] if current and not current.startswith("-") else _flags(context, words, short=current == "-")
    if context is FlagContext.LINE and not _entry_given(words):
        completions = [*_no_flags(entries(_chosen_module(words))), *completions]
    return Completions(current, list(_fitting(completions, current)))


def _row(name: str, context: FlagContext) -> FlagRow | None:
    return next((row for row in FLAGS if name in row.names and context in row.contexts), None)


def _flags(context: FlagContext, words: Sequence[str], *, short: bool) -> list[Completion]:
    rows = [row for row in FLAGS if context in row.contexts and not {*row.names} & {*words}]
    return [Completion(name, row.help) for row in rows for name in (row.names if short else row.names[-1:])]


def _values(
    row: FlagRow, words: Sequence[str], typed: str, entries: Callable[[str], Iterable[Completion]]
) -> Iterable[Completion]:
    completions: Iterable[Completion] = [Completion(str(choice)) for choice in row.settings.get("choices", ())]
    match row.names[-1]:
        case "--entry":
            completions = entries(_chosen_module(words))
        case "--name":
            completions = _modules()
        case "--simulator":
            completions = [*map(Completion, simulator_names()), *_paths(typed, (".so", ".dylib", ".dll"))]
        case "--jobs":
            completions = [Completion("auto")]
        case "--file":
            completions = _paths(typed, (".ll", ".bc"))
    return completions


def _no_flags(completions: Iterable[Completion]) -> Iterator[Completion]:
    # A name that begins as flags do would be one, whatever it is called: --trust, --simulator=….
    return (one for one in completions if not one.text.startswith("-"))


def _entry_given(words: Sequence[str]) -> bool:
    values = [False, *(_takes_value(word) for word in words)]
    return any(not word.startswith("-") and not value for word, value in zip(words, values, strict=False))


def _takes_value(word: str) -> bool:
    row = _row(word, FlagContext.LINE)
    return row is not None and row.settings.get("action") != "store_true"


def _chosen_module(words: Sequence[str]) -> str:
    named = [_unquoted(value) for flag, value in pairwise(words) if flag in {"-n", "--name"}]
    return named[-1] if named else ""


# -- names -------------------------------------------------------------------------------------------------------------


def _defined(body: str) -> Callable[[str], Iterable[Completion]]:
    # What the cell defines, compiled or not; the name of its module says nothing about them.
    return lambda _module: [Completion(name, "in this cell") for name in defined_names(body)]


def _compiled(module: str) -> Iterator[Completion]:
    # Those that one runs first, of the newest module first.
    infos = [info for info in reversed(_infos()) if module in {"", info.name}]
    entries = [(info, function) for info in infos for function in info.entry_points]
    others = [(info, function) for info in infos for function in info.functions]
    for info, function in (*entries, *others):
        yield Completion(function.name, f"{function.signature} in {info.name}")


def _modules() -> list[Completion]:
    return [Completion(info.name, f"module, {info.profile}") for info in reversed(_infos())]


def _infos() -> tuple[ModuleInfo, ...]:
    session = existing_session()
    return () if session is None else session.modules


def _paths(typed: str, suffixes: tuple[str, ...]) -> list[Completion]:
    return [
        Completion(path, "folder" if path.endswith("/") else "file")
        for path in matching_paths(_unquoted(typed), suffixes)
    ]


# -- the body ----------------------------------------------------------------------------------------------------------


def _in_body(before: str, body: str) -> Completions:
    found = _GLOBAL.search(before)
    if not found:
        return _NOTHING
    quoted = found["quoted"] is not None
    typed = found["quoted"] if quoted else found["bare"]
    declared = None if quoted else _DECLARED.match(before)
    if declared:
        completions = [one for one in _declarations(declared["returns"].rstrip()) if one.text.startswith(typed)]
        if completions:
            return Completions(typed, completions)
    first: dict[str, Completion] = {}
    for one in _functions(body, typed):
        if one.text.startswith(typed) and not _UNWRITABLE.search(one.text) and one.text == sanitize_line(one.text):
            first.setdefault(one.text, one)
    return Completions(
        typed, [Completion(_global(one.text, quoted=quoted), sanitize_line(one.description)) for one in first.values()]
    )


def _declarations(returns: str) -> Iterator[Completion]:
    # `declare void @…` goes on to the end of the line.
    for name, signatures in known_functions().items():
        for signature in signatures:
            if signature.returns == returns:
                yield Completion(f"{name}({', '.join(signature.parameters)})", str(signature))


def _functions(body: str, typed: str) -> Iterator[Completion]:
    for name in defined_names(body):
        if name != typed:
            yield Completion(name, "in this cell")
    for info in reversed(_infos()):
        for function in info.functions:
            if function.public:
                yield Completion(function.name, f"{function.signature} in {info.name}")
    for name, signatures in known_functions().items():
        yield Completion(name, " or ".join(map(str, signatures)))


def _global(name: str, *, quoted: bool) -> str:
    # What follows @, or @" where that is there already.
    if quoted:
        return f'{name}"'
    return name if is_bare_name(name) else f'"{name}"'


# -- words of a line ---------------------------------------------------------------------------------------------------


def _words(typed: str) -> tuple[list[str], str]:
    # The finished words, and the one at the cursor.
    found = list(_WORD.finditer(typed))
    if found and found[-1].end() == len(typed):
        return [word[0] for word in found[:-1]], found[-1][0]
    return [word[0] for word in found], ""


def _unquoted(word: str) -> str:
    for end in ("", '"', "'"):
        try:
            return "".join(split_line(word + end, {}))
        except ValueError:  # a quotation that is still open
            continue
    return word


def _fitting(completions: Iterable[Completion], current: str) -> Iterator[Completion]:
    typed, quote = _unquoted(current), current[:1] if current[:1] in {"'", '"'} else ""
    seen: set[str] = set()
    for one in completions:
        new = one.text not in seen and one.text == sanitize_line(one.text)
        if new and one.text.startswith(typed):
            seen.add(one.text)
            whole = quote and quote not in one.text and "\\" not in one.text
            text = f"{quote}{one.text}{quote}" if whole else quoted_word(one.text)
            yield Completion(text, sanitize_line(one.description))


_MAX_ENTRIES = 5_000


def matching_paths(typed: str, suffixes: tuple[str, ...]) -> list[str]:
    """Folders, with a slash at their end, and files of these suffixes, sorted; relative to this process's folder.

    What begins with a dot is left out unless the dot is typed, and so is what cannot be read. Of a large folder only a
    part is looked at.

    Args:
        typed: the beginning, which stays as it is: ``~/`` is looked up and not replaced.
        suffixes: such as ``.ll``; of capital letters too.
    """
    folder, slash, name = typed.rpartition("/")
    try:
        looked_at = os.path.expanduser(folder + slash) if slash else "."  # noqa: PTH111 - a ~user that nobody is stays
        with os.scandir(looked_at) as entries:
            found = [
                f"{folder}{slash}{entry.name}{'/' if entry.is_dir() else ''}"
                for entry in islice(entries, _MAX_ENTRIES)
                if entry.name.startswith(name)
                and entry.name.startswith(".") <= name.startswith(".")
                and (entry.is_dir() or entry.name.lower().endswith(suffixes))
            ]
    except (OSError, ValueError):  # a NUL, or half of a surrogate pair
        return []
    return sorted(found)
