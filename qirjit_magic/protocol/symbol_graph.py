"""`SymbolGraph`: who defines and who uses a symbol: a function of the modules present and their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import msgspec
from msgspec import structs

from qirjit_magic.errors import ProfileError, SignatureError
from qirjit_magic.protocol.module_info import Declaration, EntryPoint, ModuleInfo, Signature

# The functions in Python are one module of a `SymbolGraph`, older than every other. No cell can have this name.
PYTHON = "<Python>"


class Definition(msgspec.Struct, frozen=True):
    """A public function or global variable of a module.

    Attributes:
        module: the module that defines it.
        type: its type there.
    """

    module: str
    type: str


class Use(msgspec.Struct, frozen=True):
    """A module that declares what another one defines.

    Attributes:
        user: the module that declares it.
        declaration: how.
        definition: what it is bound to.
    """

    user: str
    declaration: Declaration
    definition: Definition

    @property
    def types_match(self) -> bool:
        """Return whether both have the same type."""
        return self.declaration.type == self.definition.type


class SymbolGraph:
    """A graph of modules by their symbols: the newest definition of a public name is everybody's but its own module's.

    Args:
        modules: in their order, the newest last.
    """

    def __init__(self, modules: Iterable[ModuleInfo]) -> None:
        self.modules = {module.name: module for module in modules}
        self._definitions: dict[tuple[str, bool], Definition] = {}
        for module in self.modules.values():
            for function in module.functions:
                if function.public:
                    self._definitions[function.name, True] = Definition(module.name, str(function.signature))
            for variable in module.variables:
                if variable.public:
                    self._definitions[variable.name, False] = Definition(module.name, variable.type)

    def definition(self, declaration: Declaration) -> Definition | None:
        """The newest definition of what somebody declares; None where no module has one."""
        return self._definitions.get((declaration.name, declaration.function))

    def is_undefined(self, declaration: Declaration, user: str) -> bool:
        """Return whether nobody provides what a module uses: no module, nor the table of known functions.

        The C library does where the module is trusted.
        """
        unknown = declaration.used and declaration.type not in declaration.known
        return unknown and self.definition(declaration) is None and not self.is_of_c_library(declaration, user)

    def is_of_c_library(self, declaration: Declaration, user: str) -> bool:
        """Return whether it is the C library that provides what a module uses."""
        trusted = declaration.in_c_library and self.modules[user].trusted
        return trusted and self.definition(declaration) is None

    def undefined(self, name: str) -> tuple[Declaration, ...]:
        """The declarations of a module that nobody provides."""
        return tuple(each for each in self.modules[name].declarations if self.is_undefined(each, name))

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """All bindings of one module to another, in the order of the users."""
        return tuple(
            Use(module.name, declaration, definition)
            for module in self.modules.values()
            for declaration in module.declarations
            if declaration.used and (definition := self.definition(declaration))
        )

    @cached_property
    def graph(self) -> dict[str, tuple[str, ...]]:
        """For each module those that it is bound to itself."""
        bound: dict[str, dict[str, None]] = {name: {} for name in self.modules}
        for use in self.uses:
            bound[use.user][use.definition.module] = None
        return {name: tuple(callees) for name, callees in bound.items()}

    def reachable(self, name: str) -> frozenset[str]:
        """A module and everything that it is bound to, directly or through others."""
        seen, waiting = {name}, [name]
        while waiting:
            new = [callee for callee in self.graph[waiting.pop()] if callee not in seen]
            seen.update(new)
            waiting += new
        return frozenset(seen)

    def dependence_on_earlier_shots(self, name: str) -> str:
        """Return the way in which a shot of a module could know of those before it, in words; empty where it cannot."""
        for reached in sorted(self.reachable(name)):
            info = self.modules[reached]
            if reached == PYTHON or info.trusted:
                return "what it calls in Python or in the C library may be another thing in each shot"
            if info.state:
                variable = (
                    f"the global variable @{info.state[0]}" if info.state[0] else "a global variable without a name"
                )
                return f"'{info.name}' has {variable}, which a later shot could read"
            if info.varying:
                return f"'{info.name}' has {info.varying}, which may be another thing in each shot"
        return ""

    def link_groups(self, name: str) -> Iterator[tuple[str, ...]]:
        """Return the modules of `reachable`, callees first: those in a circle together, in order, the others alone."""
        places = {module: place for place, module in enumerate(self.modules)}
        for circle in _circles(self.graph, name):
            yield tuple(sorted(circle, key=places.__getitem__))

    def users(self, name: str) -> tuple[str, ...]:
        """The modules that are bound to what a module defines."""
        return tuple(dict.fromkeys(use.user for use in self.uses if use.definition.module == name))

    def owner(self, name: str, *, function: bool = True) -> str | None:
        """The module whose definition of a public name others are bound to."""
        definition = self._definitions.get((name, function))
        return definition.module if definition else None


def _circles(graph: Mapping[str, Sequence[str]], start: str) -> Iterator[list[str]]:
    # Tarjan's strongly connected components, without recursion: a chain of modules may be long.
    number, lowest = {start: 0}, {start: 0}
    open_nodes, path = [start], [(start, iter(graph[start]))]
    closed: set[str] = set()
    while path:
        node, callees = path[-1]
        for callee in callees:
            if callee not in number:
                number[callee] = lowest[callee] = len(number)
                open_nodes.append(callee)
                path.append((callee, iter(graph[callee])))
                break
            if callee not in closed:
                lowest[node] = min(lowest[node], number[callee])
        else:
            path.pop()
            if path:
                caller = path[-1][0]
                lowest[caller] = min(lowest[caller], lowest[node])
            if lowest[node] == number[node]:
                circle = open_nodes[open_nodes.index(node) :]
                del open_nodes[-len(circle) :]
                closed.update(circle)
                yield circle


def python_module(functions: Mapping[str, Signature]) -> tuple[ModuleInfo, ...]:
    """The functions in Python as the first of the modules that a `SymbolGraph` takes; none where there are none."""
    defined = tuple(EntryPoint(name, signature) for name, signature in functions.items())
    return (ModuleInfo(PYTHON, "", functions=defined),) if defined else ()


def shown_name(module: str) -> str:
    """A module's name as a sentence has it."""
    return "Python" if module == PYTHON else f"'{module}'"


def same_definitions(info: ModuleInfo, modules: Iterable[ModuleInfo]) -> ModuleInfo | None:
    """The first of these modules that defines the very names that this one does; None where it defines none."""
    return next((other for other in modules if info.definitions and other.definitions == info.definitions), None)


def admit(
    modules: Sequence[ModuleInfo], info: ModuleInfo, *, replaceable: Iterable[str] = (), strict: bool = False
) -> ModuleInfo:
    """The module as it is to be added, as the newest, under the name that it gets.

    Args:
        modules: those that are there.
        info: the new one; one of the same name is replaced.
        replaceable: the names of modules that it replaces, name included, where one defines the same names.
        strict: whether it must keep to the profile that it declares.

    Raises:
        ProfileError: it does not, and is to.
        SignatureError: a known function is declared with a type that it has not, or a module that is there uses what
            this one defines, and fits no more.
    """
    if strict:
        check_profile(info)
    candidates = {module.name: module for module in modules}
    same = same_definitions(info, (candidates[name] for name in replaceable if name in candidates))
    if same and info.name not in candidates:
        info = structs.replace(info, name=same.name)
    before = SymbolGraph(modules)
    after = SymbolGraph([*(module for module in modules if module.name != info.name), info])
    _check_known(after, info)
    _check_users(before, after, info)
    return info


def check_profile(info: ModuleInfo) -> None:
    """Refuse a module that breaks the profile that it declares.

    Raises:
        ProfileError: it does.
    """
    if info.breaks:
        first = info.breaks[0]
        raise ProfileError(info.declared_profile, tuple(each.message for each in info.breaks), line=first.line)


def check_promotion(modules: Sequence[ModuleInfo], name: str) -> None:
    """Refuse to make a module the newest where its definitions would no longer fit their users.

    Raises:
        SignatureError: a module uses what this one defines, and would fit no more.
    """
    (info,) = (module for module in modules if module.name == name)
    _check_users(SymbolGraph(modules), SymbolGraph([*(m for m in modules if m.name != name), info]), info)


def wrong_type(declaration: Declaration, expected: tuple[str, ...], *, module: str = "") -> SignatureError:
    """The error for a declaration whose type is none of these, with its place; ``module`` where that is to be said."""
    return SignatureError(
        declaration.name,
        expected,
        declaration.type,
        module=module,
        line=declaration.line,
        source_line=declaration.source_line,
    )


def _check_known(after: SymbolGraph, info: ModuleInfo) -> None:
    for declaration in info.declarations:
        wrong = declaration.reserved and declaration.type not in declaration.known
        if wrong and not after.definition(declaration):
            raise wrong_type(declaration, declaration.known)


def _check_users(before: SymbolGraph, after: SymbolGraph, info: ModuleInfo) -> None:
    broken = {(use.user, use.declaration.name) for use in before.uses if not use.types_match}
    newly = [
        use
        for use in after.uses
        if use.definition.module == info.name
        and use.user != info.name
        and not use.types_match
        and (use.user, use.declaration.name) not in broken
    ]
    if newly:
        first = newly[0].declaration
        users = tuple(use.user for use in newly if use.declaration.name == first.name)
        raise SignatureError(first.name, (first.type,), newly[0].definition.type, dependants=users)
