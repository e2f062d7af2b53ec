from __future__ import annotations

import hashlib
import re

import llvmlite.binding as llvm
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qirjit_magic.engine.codegen.object_code import LISTED_BYTES, ObjectEmitter, object_listing
from qirjit_magic.engine.ir import parse_module

_MAIN = "define i64 @main() { ret i64 42 }\n"
_DATA = '@zeros = global [3000 x i8] zeroinitializer\n@text = constant [12 x i8] c"secret\\00words"\n'
_ROW = re.compile(r"([0-9a-f]{8})  ((?:[0-9a-f]{2} ?){1,16}) +\|([ -~]{1,16})\|")


def _emit(text: str) -> bytes:
    return ObjectEmitter().emit(parse_module(text.encode()).llvm_module)


def _emit_for(system: str, text: str) -> bytes:
    machine_name = f"{llvm.get_default_triple().partition('-')[0]}-{system}"
    machine = llvm.Target.from_triple(machine_name).create_target_machine(codemodel="small", reloc="pic")
    module = parse_module(text.encode()).llvm_module
    module.triple, module.data_layout = machine.triple, str(machine.target_data)
    return bytes(machine.emit_object(module))


def _table(listing: str) -> dict[str, tuple[int, str]]:
    rows = listing.split("\n\n")[1].split("\n")
    found = [re.fullmatch(r" *([\d,]+)  (code|data)  (.+)", row) for row in rows[1:]]
    return {row[3]: (int(row[1].replace(",", "")), row[2]) for row in found if row}


def _dumps(listing: str) -> dict[str, list[str]]:
    blocks = [block.split("\n") for block in listing.split("\n\n")[2:]]
    return {name: rows for name, *rows in blocks}


def _bytes(rows: list[str]) -> bytes:
    return b"".join(bytes.fromhex(found[2]) for row in rows if (found := _ROW.fullmatch(row)))


def _many_stores(count: int) -> str:
    stores = "\n".join(f"  store volatile i64 {i}, ptr @x" for i in range(count))
    return f"@x = global i64 0\ndefine void @main() {{\n{stores}\n  ret void\n}}\n"


def test_the_head_line_says_how_long_it_is_and_what_its_digest_is() -> None:
    code = _emit(_many_stores(200))
    head = object_listing(code).partition("\n")[0]
    assert head.startswith(f"object code: {len(code):,} bytes, SHA-256 {hashlib.sha256(code).hexdigest()}, ")


@pytest.mark.parametrize(
    ("system", "name"), [("unknown-linux-gnu", "elf64"), ("apple-darwin", "mach-o 64"), ("pc-windows-msvc", "unknown")]
)
def test_the_head_line_says_of_what_format_it_is(system: str, name: str) -> None:
    assert object_listing(_emit_for(system, _MAIN)).partition("\n")[0].endswith(name)


def test_the_table_has_every_section_and_says_which_hold_code() -> None:
    table = _table(object_listing(_emit_for("unknown-linux-gnu", _DATA + _MAIN)))
    assert table.keys() >= {".text", ".bss", ".rodata", ".symtab"}
    assert table[".bss"] == (3000, "data")
    assert table[".rodata"] == (12, "data")
    assert [name for name, (_, kind) in table.items() if kind == "code"] == [".text"]


def test_the_dump_is_the_code_and_no_data() -> None:
    code = _emit_for("unknown-linux-gnu", _DATA + _MAIN)
    listing = object_listing(code)
    dumps = _dumps(listing)
    assert list(dumps) == [".text"]
    dumped = _bytes(dumps[".text"])
    assert len(dumped) == _table(listing)[".text"][0]
    assert dumped in code
    assert b"secret" in code
    assert "secret" not in listing


def test_each_row_says_its_offset_and_what_of_it_is_printable() -> None:
    rows = _dumps(object_listing(_emit_for("unknown-linux-gnu", _many_stores(50))))[".text"]
    for place, row in enumerate(rows):
        found = _ROW.fullmatch(row)
        assert found
        assert int(found[1], 16) == 16 * place
        assert found[3] == re.sub("[^ -~]", ".", bytes.fromhex(found[2]).decode("latin-1"))
    assert len({row.index("|") for row in rows}) == 1


@given(st.integers(0, 600))
def test_of_long_code_the_beginning_is_dumped_and_the_rest_is_counted(stores: int) -> None:
    code = _emit_for("unknown-linux-gnu", _many_stores(stores))
    listing = object_listing(code)
    rows = _dumps(listing)[".text"]
    dumped, size = _bytes(rows), _table(listing)[".text"][0]
    assert dumped in code
    assert len(dumped) == min(size, LISTED_BYTES)
    rest = [row for row in rows if not _ROW.fullmatch(row)]
    assert rest == ([f"… {size - LISTED_BYTES:,} more bytes"] if size > LISTED_BYTES else [])


def test_each_section_of_code_is_dumped_under_its_name() -> None:
    text = f'{_MAIN}define i64 @far() section "elsewhere" {{ ret i64 7 }}\n'
    listing = object_listing(_emit_for("unknown-linux-gnu", text))
    dumps = _dumps(listing)
    assert list(dumps) == [".text", "elsewhere"]
    assert _table(listing)["elsewhere"] == (len(_bytes(dumps["elsewhere"])), "code")


def test_a_section_s_name_stays_in_its_line() -> None:
    text = 'define i64 @far() section "a\\0Ab\\1B[2J\\C3\\A4\\5C<b>" { ret i64 7 }\n'
    listing = object_listing(_emit_for("unknown-linux-gnu", text))
    assert "a\\nb\\x1b[2J\\xc3\\xa4\\\\<b>" in _table(listing)
    assert re.fullmatch("[ -~\n]*", listing)


def test_a_name_that_fills_its_field_ends_there() -> None:
    text = '@far = constant i64 7, section "__TEXT,sixteen_letters_"\n'
    assert "sixteen_letters_" in _table(object_listing(_emit_for("apple-darwin", text)))


def test_a_module_without_code_has_no_dump() -> None:
    listing = object_listing(_emit(_DATA))
    assert _dumps(listing) == {}
    assert _table(listing)
