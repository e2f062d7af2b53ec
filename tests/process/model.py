"""A pure-Python model of modules that call each other: who calls whom, with what result, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

WORD = 1 << 64
GATE = "__quantum__qis__x__body"
SHARED = ("shared0", "shared1")


class RefusedError(Exception):
    """The model says that the engine must refuse this."""


@dataclass(frozen=True)
class Function:
    """``i64 (i64 depth)`` or, where it is wide, ``i64 (i64 depth, i64 unused)``.

    It counts its module's calls, and gives ``constant + 1_000_003 * count``, above depth 0 also ``7`` where a flipped
    qubit is read as 1, the next value of each variable that it shares, and the results of its callees one deeper,
    weighted 2, 3, ….
    """

    name: str
    constant: int
    callees: tuple[str, ...] = ()
    wide: bool = False
    flips: bool = False
    shares: tuple[str, ...] = ()


@dataclass(frozen=True)
class Text:
    """A module.

    Attributes:
        functions: what it defines.
        wide_callees: the functions that it declares, or calls, with two parameters.
        gate: whether it defines a gate X that does nothing.
        shared: the shared variables that it defines, with their first values.
        points: whether it reaches shared variables through pointers, which are variables of its own.
    """

    functions: tuple[Function, ...]
    wide_callees: frozenset[str] = frozenset()
    gate: bool = False
    shared: tuple[tuple[str, int], ...] = ()
    points: bool = False

    def defines(self) -> dict[str, str]:
        """The type of each name it defines."""
        types = {f.name: "wide" if f.wide else "narrow" for f in self.functions}
        if self.gate:
            types[GATE] = "gate"
        return types | {name: "variable" for name, _ in self.shared}

    def declares(self) -> dict[str, str]:
        """The type of each name that it uses and does not define."""
        types = {name: "wide" if name in self.wide_callees else "narrow" for f in self.functions for name in f.callees}
        if any(f.flips for f in self.functions):
            types[GATE] = "gate"
        types |= {name: "variable" for f in self.functions for name in f.shares}
        own = self.defines()
        return {name: kind for name, kind in types.items() if name not in own}

    def llvm(self) -> bytes:
        """The module as LLVM text."""
        return "\n".join(self._lines()).encode()

    def _lines(self) -> Iterator[str]:
        own = self.defines()
        yield "@count = internal global i64 0"
        for name, value in self.shared:
            yield f"@{name} = global i64 {value}"
        if self.points:
            for name in SHARED:
                if name in own or name in self.declares():
                    yield f"@to.{name} = global ptr @{name}"
        if self.gate:
            yield f"define void @{GATE}(ptr %qubit) {{ ret void }}"
        for name, kind in self.declares().items():
            if kind == "variable":
                yield f"@{name} = external global i64"
            else:
                yield {
                    "gate": f"declare void @{GATE}(ptr)",
                    "wide": f"declare i64 @{name}(i64, i64)",
                    "narrow": f"declare i64 @{name}(i64)",
                }[kind]
        if any(f.flips for f in self.functions):
            yield "declare void @__quantum__qis__mz__body(ptr, ptr)"
            yield "declare void @__quantum__qis__reset__body(ptr)"
            yield "declare i1 @__quantum__rt__read_result(ptr)"
        for function in self.functions:
            yield from self._function(function)

    def _function(self, function: Function) -> Iterator[str]:
        own = self.defines()
        yield f"define i64 @{function.name}(i64 %n{', i64 %unused' if function.wide else ''}) {{"
        yield "  %old = load i64, ptr @count\n  %count = add i64 %old, 1\n  store i64 %count, ptr @count"
        yield f"  %part = mul i64 %count, 1000003\n  %t0 = add i64 %part, {function.constant}"
        yield "  %last = icmp eq i64 %n, 0\n  br i1 %last, label %end, label %go.on\nend:\n  ret i64 %t0\ngo.on:"
        yield "  %less = sub i64 %n, 1"
        total = "%t0"
        if function.flips:
            yield f"  call void @{GATE}(ptr null)\n  call void @__quantum__qis__mz__body(ptr null, ptr null)"
            yield "  call void @__quantum__qis__reset__body(ptr null)"
            yield "  %bit = call i1 @__quantum__rt__read_result(ptr null)\n  %word = zext i1 %bit to i64"
            yield f"  %seven = mul i64 %word, 7\n  %flipped = add i64 {total}, %seven"
            total = "%flipped"
        for name in function.shares:
            place = f"load ptr, ptr @to.{name}" if self.points else f"getelementptr i8, ptr @{name}, i64 0"
            yield f"  %at.{name} = {place}"
            yield f"  %old.{name} = load i64, ptr %at.{name}\n  %new.{name} = add i64 %old.{name}, 1"
            yield f"  store i64 %new.{name}, ptr %at.{name}\n  %with.{name} = add i64 {total}, %new.{name}"
            total = f"%with.{name}"
        for index, callee in enumerate(function.callees):
            wide = own[callee] == "wide" if callee in own else callee in self.wide_callees
            yield f"  %c{index} = call i64 @{callee}(i64 %less{', i64 0' if wide else ''})"
            yield f"  %w{index} = mul i64 %c{index}, {index + 2}\n  %sum{index} = add i64 {total}, %w{index}"
            total = f"%sum{index}"
        yield f"  ret i64 {total}\n}}"


@dataclass(eq=False)
class Module:
    """A module with its state; ``bound`` is what its group was linked to, None while it is not linked."""

    text: Text
    group: frozenset[str] = frozenset()
    bound: object = None
    serial: int = 0
    count: int = 0
    shared: dict[str, int] = field(default_factory=dict)


@dataclass
class Model:
    """Modules in their order, the newest last."""

    modules: dict[str, Module] = field(default_factory=dict)
    serials: int = 0

    def owner(self, name: str) -> str | None:
        """The newest module that defines a name."""
        return next((m for m in reversed(self.modules) if name in self.modules[m].text.defines()), None)

    def _misfits(self) -> set[tuple[str, str]]:
        return {
            (user, name)
            for user, module in self.modules.items()
            for name, kind in module.text.declares().items()
            if (owner := self.owner(name)) and self.modules[owner].text.defines()[name] != kind
        }

    def undefined(self, user: str) -> set[str]:
        """What a module declares and nobody has."""
        return {name for name in self.modules[user].text.declares() if name != GATE and self.owner(name) is None}

    def add(self, name: str, text: Text) -> None:
        """Add or replace; a definition that some module fits no more is refused."""
        before, modules = self._misfits(), self.modules
        self.modules = {other: module for other, module in modules.items() if other != name}
        self.modules[name] = Module(text)
        new = {(u, n) for u, n in self._misfits() - before if self.owner(n) == name and u != name}
        if new:
            self.modules = modules
            raise RefusedError
        if name in modules:
            self._free(modules[name].group)

    def promote(self, name: str) -> None:
        """Make it the newest again."""
        before, modules = self._misfits(), dict(self.modules)
        self.modules[name] = self.modules.pop(name)
        if {(u, n) for u, n in self._misfits() - before if self.owner(n) == name and u != name}:
            self.modules = modules
            raise RefusedError

    def remove(self, name: str) -> None:
        """Forget it."""
        self._free(self.modules.pop(name).group)

    def unlink(self, name: str) -> None:
        """Its variables start anew."""
        self._free(self.modules[name].group)

    def crash(self) -> None:
        """Nothing is linked any more."""
        for module in self.modules.values():
            module.bound = None

    def _free(self, group: frozenset[str]) -> None:
        for name in group & self.modules.keys():
            if self.modules[name].group == group:
                self.modules[name].bound = None

    def call(self, module: str, function: str, depth: int) -> int:
        """What a run gives."""
        self._link(module)
        return self._result(module, function, depth)

    def _callees(self, name: str) -> dict[str, str]:
        declared = self.modules[name].text.declares()
        return {symbol: owner for symbol in declared if (owner := self.owner(symbol))}

    def _reach(self, name: str) -> list[str]:
        reached = [name]
        for module in reached:
            reached += dict.fromkeys(callee for callee in self._callees(module).values() if callee not in reached)
        return reached

    def _link(self, name: str) -> None:
        misfits = self._misfits()
        reached = self._reach(name)
        if any(self.undefined(m) or any(user == m for user, _ in misfits) for m in reached):
            raise RefusedError
        done: set[str] = set()
        while len(done) < len(reached):
            for module in reached:
                group = frozenset(m for m in self._reach(module) if module in self._reach(m))
                ready = {callee for m in group for callee in self._callees(m).values()} <= done | group
                if module not in done and ready:
                    self._link_group(group)
                    done |= group

    def _link_group(self, group: frozenset[str]) -> None:
        bound = {
            m: {s: (o, None if o in group else self.modules[o].serial) for s, o in self._callees(m).items()}
            for m in group
        }
        if all(self.modules[m].bound == bound and self.modules[m].group == group for m in group):
            return
        for m in group:
            self._free(self.modules[m].group)
        self.serials += 1
        for m in group:
            module = self.modules[m]
            module.group, module.bound, module.serial = group, bound, self.serials
            module.count, module.shared = 0, dict(module.text.shared)

    def _result(self, name: str, function: str, depth: int) -> int:
        module = self.modules[name]
        (body,) = (f for f in module.text.functions if f.name == function)
        module.count += 1
        total = body.constant + 1_000_003 * module.count
        if depth == 0:
            return total % WORD
        if body.flips and not (module.text.gate or self.owner(GATE)):
            total += 7
        own = module.text.defines()
        for variable in body.shares:
            owner = module if variable in own else self.modules[self.owner(variable) or ""]
            owner.shared[variable] += 1
            total += owner.shared[variable]
        for index, callee in enumerate(body.callees):
            where = name if callee in own else self.owner(callee) or ""
            total += (index + 2) * self._result(where, callee, depth - 1)
        return total % WORD
