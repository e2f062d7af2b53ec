"""What a diagram shows: in characters, as SVG, as HTML, and what it says in words."""

from __future__ import annotations

import math
import re
import sys
from collections import defaultdict
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings

from qirjit_magic.display.circuit import CircuitDiagram
from qirjit_magic.display.circuit.circuit_labels import angle_text, end_text, gate_label, result_name, sentence
from qirjit_magic.protocol.operations import RETURNED, SHAPES, Operation, TraceEnd
from tests.pages import Page
from tests.unit.operations import diagram, operation, operations, traced

_SVG = "{http://www.w3.org/2000/svg}"
READS = TraceEnd("read_result", result=1)


def _page(shown: CircuitDiagram) -> str:
    return shown._repr_mimebundle_()["text/html"]


def _box(one: Operation) -> str:
    return gate_label(one) + ("" if one.result is None else f"→{result_name(one.result)}")


def _parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own


def _on_a_line(shown: CircuitDiagram) -> list[str]:
    return [sentence(one) for one in shown.operations for _ in one.qubits]


@settings(deadline=None)
@given(operations())
def test_the_svg_has_a_sign_for_each_operation_on_each_of_its_qubits(circuit: list[Operation]) -> None:
    shown = diagram(*circuit)
    root = _parsed(shown.svg())
    titles = [one.text or "" for one in root.iter(f"{_SVG}title")][1:]
    assert sorted(titles) == sorted(_on_a_line(shown))


@settings(deadline=None)
@given(operations())
def test_no_two_boxes_overlap_and_each_is_on_the_page(circuit: list[Operation]) -> None:
    root = _parsed(diagram(*circuit).svg())
    boxes = defaultdict(list)
    for box in root.iter(f"{_SVG}rect"):
        boxes[box.attrib["y"]].append((float(box.attrib["x"]), float(box.attrib["width"])))
    for row in boxes.values():
        for (left, width), (following, _) in pairwise(sorted(row)):
            assert left + width < following
        assert all(left > 0 and left + width <= float(root.attrib["width"]) for left, width in row)


@settings(deadline=None)
@given(operations())
def test_the_text_has_every_operation_and_keeps_its_width(circuit: list[Operation]) -> None:
    shown = diagram(*circuit)
    text = shown.text(width=70)
    for name in ("h", "sx", "reset", "ry(?)", "m→m0", "mresetz→r3"):
        assert text.count(f"┤{name}├") == sum(1 for one in circuit if _box(one) == name)
    assert text.count("●") == sum(one.shape.controls for one in circuit)
    assert text.count("⊕") == sum(1 for one in circuit if one.name in {"cx", "ccx"})
    rows = [line for line in text.splitlines() if re.match(r"q\d+: ", line)]
    assert all(len(line) <= 70 for line in rows)


@pytest.mark.parametrize(
    ("angle", "shown"),
    [
        (math.pi, "π"),
        (-math.pi, "-π"),
        (math.pi / 4, "π/4"),
        (-3 * math.pi / 4, "-3π/4"),
        (2 * math.pi / 3, "2π/3"),
        (math.pi / 65536, "π/65536"),
        (5 * math.pi, "5π"),
        (0.0, "0"),
        (-0.0, "0"),
        (1e-30, "1e-30"),
        (0.9, "0.9"),
        (-1.23456, "-1.235"),
        (12345678.0, "1.235e+07"),
        (999 * math.pi, "999π"),
        (1000 * math.pi, "3142"),
        (sys.float_info.max, "1.798e+308"),
        (-sys.float_info.max, "-1.798e+308"),
        (1e304, "1e+304"),
        (sys.float_info.min, "2.225e-308"),
        (5e-324, "4.941e-324"),
        (math.pi / 4 + 1e-6, "0.7854"),
        (None, "?"),
    ],
)
def test_angles_are_in_units_of_pi_where_that_is_neat(angle: float | None, shown: str) -> None:
    assert angle_text(angle) == shown


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (READS, "here the program reads result r1: what follows depends on it"),
        (TraceEnd("result_equal", result=RETURNED + 2), "here the program reads result m2: what follows depends on it"),
        (TraceEnd("drawrandomint"), "here the program draws a random number: what follows depends on it"),
        (TraceEnd("get_current_shot"), "here the program asks for the number of its shot: what follows depends on it"),
        (TraceEnd("h__ctl", qubit=3), "here the program calls h__ctl on q3: a trace does not follow that"),
        (TraceEnd("exp"), "here the program calls exp: a trace does not follow that"),
        (TraceEnd(reason="it fails"), "here the trace ends: it fails"),
    ],
)
def test_where_a_trace_ends_the_picture_says_why(end: TraceEnd, said: str) -> None:
    shown = diagram(operation("h", 0), operation("mz", 0, result=1), end=end)
    assert end_text(end) == said
    for picture in (shown.text(), shown.svg(), _page(shown)):
        assert said in picture
    assert "What comes after is not drawn: " in shown.text()


def test_what_is_left_out_and_why_it_ends_are_said_in_lines_of_their_own() -> None:
    wide = [operation("h", qubit) for _ in range(9) for qubit in range(1000)]
    measured = [operation("mz", qubit, result=qubit) for qubit in range(1000)]
    shown = CircuitDiagram("wide", "main", traced([*wide, *measured], end=READS, sent=1000, deep=10))
    texts = list(_parsed(shown.svg()).iter(f"{_SVG}text"))
    (left_out,) = (float(one.attrib["y"]) for one in texts if "left out" in (one.text or ""))
    (ends,) = (float(one.attrib["y"]) for one in texts if (one.text or "").startswith("here the program"))
    assert 11 < ends < left_out - 13  # letters of 11 pixels, under the top of the page


def test_long_names_and_reasons_are_shown_with_their_beginnings_and_ends() -> None:
    name = f"begins{'x' * 5000}ends"
    shown = diagram(operation("h", 0), end=TraceEnd(name), name=name)
    for text in (shown.text(), shown.svg(), _page(shown)):
        assert "begins" in text
        assert "x" * 128 not in text
    assert len(end_text(TraceEnd(name))) < 150
    assert len(end_text(TraceEnd(reason=name))) < 120
    assert len(shown.text()) < 700


def test_the_result_that_is_read_is_marked_on_the_line_where_it_was_measured() -> None:
    measured = [operation("mz", 0, result=1), operation("mz", 1, result=0), operation("x", 2)]
    lines = diagram(*measured, end=READS).text().splitlines()
    assert [line for line in lines if "r1?" in line] == [line for line in lines if line.startswith("q0: ")]
    again = [operation("mz", 0, result=1), operation("mz", 1, result=1)]
    (marked,) = (line for line in diagram(*again, end=READS).text().splitlines() if "r1?" in line)
    assert marked.startswith("q1: ")


def test_a_qubit_that_is_released_has_no_line_until_it_is_used_again() -> None:
    circuit = [operation("x", 0), operation("release", 0), operation("h", 1), operation("h", 1), operation("cx", 0, 1)]
    line = next(line for line in diagram(*circuit).text().splitlines() if line.startswith("q0: "))
    assert re.search(r"┤x├─+┤release {3,}●─", line)


def test_figures_stand_beside_the_picture() -> None:
    shown = diagram(operation("h", 0), operation("cx", 0, 1), operation("cx", 1, 2), operation("mz", 2, result=0))
    assert (shown.width, shown.depth, shown.two_qubit_count) == (3, 4, 2)
    assert shown.gate_counts == {"cx": 2, "h": 1, "mz": 1}
    assert shown.text().splitlines()[:2] == ["main · 3 qubits, depth 4, 2 two-qubit gates", "cx 2, h 1, mz 1"]
    assert '<th scope="row" class="qirjit-soft">depth</th><td class="qirjit-number">4</td>' in _page(shown)


def test_what_is_recorded_and_written_is_said() -> None:
    circuit = [
        operation("mz", 0, result=3),
        operation("write_one", result=1),
        operation("record", result=3),
        operation("record_zero"),
    ]
    text = diagram(*circuit).text()
    assert "Written without a measurement: r1 = 1." in text
    assert "Recorded, in this order: r3, 0." in text


def test_a_program_without_a_qubit_has_a_picture_that_says_so() -> None:
    shown = diagram()
    assert "no operation on a qubit" in shown.text()
    assert "no operation" in shown.svg()


def test_the_picture_has_a_name_and_the_same_as_text_for_those_who_do_not_see_it() -> None:
    shown = diagram(operation("h", 0), name="bell")
    root = _parsed(shown.svg())
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == root[0].text == "Circuit of bell · 1 qubit, depth 1"
    assert f'<pre class="qirjit-text qirjit-circuit-text qirjit-numbers">{shown.text()}</pre>' in _page(shown)


def test_a_page_that_drops_svg_and_style_still_shows_the_circuit() -> None:
    shown = diagram(operation("h", 0), operation("cx", 0, 1), end=READS)
    seen = Page(_page(shown)).seen
    assert shown.text() in seen
    assert "Circuit of" not in seen


def test_without_any_style_the_picture_has_its_ink() -> None:
    bare = re.sub("<style>.*?</style>", "", diagram(operation("h", 0), operation("cx", 0, 1)).svg())
    root = _parsed(bare)
    assert (root.attrib["stroke"], root.attrib["fill"], root.attrib["color"]) == ("currentColor", "none", "#767676")
    for group in root.iter(f"{_SVG}g"):
        if any(child.tag in {f"{_SVG}text", f"{_SVG}circle"} for child in group) and "fill" in group.attrib:
            assert group.attrib["fill"] == "currentColor"


def test_a_picture_has_a_bounded_number_of_bytes() -> None:
    angle = 1e-300
    circuit = [operation("rxx", place % 39, place % 39 + 1, angle=angle) for place in range(5000)]
    assert len(_page(diagram(*circuit, deep=1))) < 800_000


def test_every_kind_of_operation_can_be_said() -> None:
    for name, shape in SHAPES.items():
        one = Operation(name, tuple(range(shape.qubits)), 0 if shape.result else None, 0.5 if shape.angle else None)
        assert sentence(one).startswith(name)
