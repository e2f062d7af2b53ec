; Gates, which are queued: operations are numbers, those of kernels/machine.py. Those on one qubit, and the same under an
; array of controls, are made of the table of operations (queued_gates in engine/runtime/gate_ir.py).

; ---- on one qubit ---------------------------------------------------------------------------------------------------------

; The rotation about a Pauli operator: I is 0, X 1, Y 3, Z 2. About I it is a phase of the whole state: nothing.
define internal void @rotate(i2 %pauli, double %angle, ptr %qubit) {
  switch i2 %pauli, label %z [ i2 0, label %done
                               i2 1, label %x
                               i2 3, label %y ]
x:
  call void @append_turn(i64 9, ptr %qubit, double %angle)
  ret void
y:
  call void @append_turn(i64 10, ptr %qubit, double %angle)
  ret void
z:
  call void @append_turn(i64 11, ptr %qubit, double %angle)
  ret void
done:
  ret void
}
define void @__quantum__qis__r__body(i2 %pauli, double %angle, ptr %qubit) {
  call void @rotate(i2 %pauli, double %angle, ptr %qubit)
  ret void
}
define void @__quantum__qis__r__adj(i2 %pauli, double %angle, ptr %qubit) {
  %minus = fneg double %angle
  call void @rotate(i2 %pauli, double %minus, ptr %qubit)
  ret void
}

; ---- on several -------------------------------------------------------------------------------------------------------------

define void @__quantum__qis__cx__body(ptr %control, ptr %target) {
  call void @append_two(i64 14, ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__cnot__body(ptr %control, ptr %target) {
  call void @append_two(i64 14, ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__cz__body(ptr %control, ptr %target) {
  call void @append_two(i64 15, ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__swap__body(ptr %first, ptr %second) {
  call void @append_two(i64 16, ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__cy__body(ptr %control, ptr %target) {
  call void @reserve(i64 2)
  call void @append(i64 13, ptr %control, i64 0, double 0.0)
  call void @append(i64 2, ptr %target, i64 0, double 0.0)
  ret void
}
define void @__quantum__qis__ccx__body(ptr %control1, ptr %control2, ptr %target) {
  call void @reserve(i64 3)
  call void @append(i64 13, ptr %control1, i64 0, double 0.0)
  call void @append(i64 13, ptr %control2, i64 0, double 0.0)
  call void @append(i64 1, ptr %target, i64 0, double 0.0)
  ret void
}
define void @__quantum__qis__rzz__body(double %angle, ptr %first, ptr %second) {
  call void @append_two(i64 14, ptr %first, ptr %second)
  call void @append_turn(i64 11, ptr %second, double %angle)
  call void @append_two(i64 14, ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__rxx__body(double %angle, ptr %first, ptr %second) {
  call void @append(i64 0, ptr %first, i64 0, double 0.0)
  call void @append(i64 0, ptr %second, i64 0, double 0.0)
  call void @__quantum__qis__rzz__body(double %angle, ptr %first, ptr %second)
  call void @append(i64 0, ptr %first, i64 0, double 0.0)
  call void @append(i64 0, ptr %second, i64 0, double 0.0)
  ret void
}
define void @__quantum__qis__ryy__body(double %angle, ptr %first, ptr %second) {
  call void @append(i64 5, ptr %first, i64 0, double 0.0)
  call void @append(i64 5, ptr %second, i64 0, double 0.0)
  call void @__quantum__qis__rxx__body(double %angle, ptr %first, ptr %second)
  call void @append(i64 4, ptr %first, i64 0, double 0.0)
  call void @append(i64 4, ptr %second, i64 0, double 0.0)
  ret void
}
define void @__quantum__qis__barrier__body() {
  ret void
}

; ---- controlled: an array of control qubits, then the qubit or a tuple of arguments --------------------------------------------

%PauliRotation = type { i2, double, ptr }

; The controls from the index on; the gate that is appended next belongs to them.
define internal void @append_controls(ptr %controls, i64 %from) {
start:
  %size = call i64 @__quantum__rt__array_get_size_1d(ptr %controls)
  %row = add i64 %size, 1
  call void @reserve(i64 %row)
  br label %head
head:
  %index = phi i64 [ %from, %start ], [ %next, %one ]
  %more = icmp slt i64 %index, %size
  br i1 %more, label %one, label %done
one:
  %qubit.p = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %controls, i64 %index)
  %qubit = load ptr, ptr %qubit.p
  call void @append(i64 13, ptr %qubit, i64 0, double 0.0)
  %next = add i64 %index, 1
  br label %head
done:
  ret void
}

; e^(i angle) where all controls are one: a gate on the first under the others.
define internal void @turn_controls(ptr %controls, double %angle) {
  %size = call i64 @__quantum__rt__array_get_size_1d(ptr %controls)
  %none = icmp eq i64 %size, 0
  br i1 %none, label %done, label %turn
turn:
  call void @append_controls(ptr %controls, i64 1)
  %first.p = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %controls, i64 0)
  %first = load ptr, ptr %first.p
  call void @append_turn(i64 12, ptr %first, double %angle)
  br label %done
done:
  ret void
}

define internal void @rotate_under(ptr %controls, ptr %rotation, double %sign) {
  %angle.p = getelementptr %PauliRotation, ptr %rotation, i32 0, i32 1
  %qubit.p = getelementptr %PauliRotation, ptr %rotation, i32 0, i32 2
  %pauli.8 = load i8, ptr %rotation
  %pauli = trunc i8 %pauli.8 to i2
  %angle.given = load double, ptr %angle.p
  %angle = fmul double %angle.given, %sign
  %qubit = load ptr, ptr %qubit.p
  %phase = icmp eq i2 %pauli, 0
  br i1 %phase, label %turn, label %rotate
turn:
  %half = fmul double %angle, -0.5
  call void @turn_controls(ptr %controls, double %half)
  ret void
rotate:
  call void @append_controls(ptr %controls, i64 0)
  call void @rotate(i2 %pauli, double %angle, ptr %qubit)
  ret void
}
define void @__quantum__qis__r__ctl(ptr %controls, ptr %rotation) {
  call void @rotate_under(ptr %controls, ptr %rotation, double 1.0)
  ret void
}
define void @__quantum__qis__r__ctladj(ptr %controls, ptr %rotation) {
  call void @rotate_under(ptr %controls, ptr %rotation, double -1.0)
  ret void
}

declare i64 @__quantum__rt__array_get_size_1d(ptr)
declare ptr @__quantum__rt__array_get_element_ptr_1d(ptr, i64)
