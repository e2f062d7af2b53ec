from __future__ import annotations

import pytest

from qirjit_magic.engine.ir import QirModule, parse_module
from qirjit_magic.engine.ir.safety import check_layout
from qirjit_magic.errors import UnsafeModuleError


def _module(text: str) -> QirModule:
    return parse_module(text.encode())


@pytest.mark.parametrize(
    "layout",
    [
        "",
        "e",
        "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128",
        "e-m:o-i64:64-i128:128-n32:64-S128-Fn32",
        "e-p:64:64",
        "e-p0:64:64-p1:32:32",
    ],
)
def test_layouts_of_64_bit_little_endian_machines_pass(layout: str) -> None:
    check_layout(_module(f'target datalayout = "{layout}"'))


@pytest.mark.parametrize(
    ("layout", "reason"),
    [
        ("E-m:e-i64:64-n32:64-S128", "big-endian"),
        ("E", "big-endian"),
        ("m:e-E-p:64:64", "big-endian"),
        ("e-p:32:32", "pointers of 32 bits"),
        ("e-m:e-p:32:32-p270:32:32-i128:128-f64:32:64-n8:16:32-S128", "pointers of 32 bits"),
        ("p0:16:16-e", "pointers of 16 bits"),
    ],
)
def test_other_layouts_are_refused_with_their_line(layout: str, reason: str) -> None:
    line = f'target datalayout = "{layout}"'
    with pytest.raises(UnsafeModuleError, match=reason) as caught:
        check_layout(_module(f"; made elsewhere\n{line}\n"))
    assert (caught.value.line, caught.value.source_line) == (2, line)
    assert layout in caught.value.construct
