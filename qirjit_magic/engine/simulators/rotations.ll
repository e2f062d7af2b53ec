; Rotations of qirrunner's simulator, where its own are wrong (0.9.7; docs/upstream/qirrunner-rx-after-ry.md):
;
; - It queues for each qubit the sum of the rx and, after it, the sum of the ry. An rx by an odd multiple of π is carried
;   out as an x, and that x turns the sign of an ry that is queued behind it. Here no ry ever waits behind an rx.
; - Those sums of angles lose what a large angle has of small ones. Here no angle beyond two turns gets that far.
; - An angle that is within 2e-10 of a multiple of π, and none, is taken for one. Here it becomes an rz, which is exact.
; - An angle that is infinite or no number leaves a state without amplitudes. Here it ends the shot, as on the state vector.
;
; What stands before the slash is the function's name. All other gates and angles are qirrunner's, bit by bit.

%Rotation = type { double, ptr }             ; the tuple of rx__ctl, ry__ctl and rz__ctl
%PauliRotation = type { i2, double, ptr }    ; and that of r__ctl
%Exp = type { ptr, double, ptr }             ; and that of exp__ctl

@qirjit_leave_at = global ptr null           ; how a shot is left; set from Python
@no.angle = internal constant [39 x i8] c"an angle is infinite or is not a number"

; ---- angles -----------------------------------------------------------------------------------------------------------------

define internal void @check(double %angle) alwaysinline {
  %size = call double @llvm.fabs.f64(double %angle)
  %finite = fcmp olt double %size, 0x7FF0000000000000
  br i1 %finite, label %done, label %refuse
refuse:
  %leave = load ptr, ptr @qirjit_leave_at
  call void %leave(ptr @no.angle, i64 39)
  unreachable
done:
  ret void
}

; The same rotation by at most one turn to either side, where the angle is of more than two (4π): sine and cosine of its
; half are exact whatever its size.
define internal double @narrow(double %angle) {
  %size = call double @llvm.fabs.f64(double %angle)
  %wide = fcmp ogt double %size, 0x402921FB54442D18
  br i1 %wide, label %turn, label %done
turn:
  %half = fmul double %angle, 0.5
  %sine = call double @sin(double %half)
  %cosine = call double @cos(double %half)
  %half.narrow = call double @atan2(double %sine, double %cosine)
  %narrow = fmul double %half.narrow, 2.0
  ret double %narrow
done:
  ret double %angle
}

; Whether it would be taken for a multiple of π, but is none to the last bit.
define internal i1 @is_nearly_multiple(double %angle) {
  %half = fmul double %angle, 0.5
  %sine = call double @sin(double %half)
  %cosine = call double @cos(double %half)
  %sine.size = call double @llvm.fabs.f64(double %sine)
  %cosine.size = call double @llvm.fabs.f64(double %cosine)
  %least = call double @llvm.minnum.f64(double %sine.size, double %cosine.size)
  %near = fcmp olt double %least, 1.0e-9
  %other = fcmp ogt double %least, 1.0e-15
  %nearly = and i1 %near, %other
  ret i1 %nearly
}

; ---- on one qubit ---------------------------------------------------------------------------------------------------------

define void @"__quantum__qis__rx__body/own"(double %given, ptr %qubit) {
  call void @check(double %given)
  %angle = call double @narrow(double %given)
  %nearly = call i1 @is_nearly_multiple(double %angle)
  br i1 %nearly, label %about.z, label %about.x
about.x:
  call void @__quantum__qis__rx__body(double %angle, ptr %qubit)
  ret void
about.z:
  call void @__quantum__qis__h__body(ptr %qubit)
  call void @__quantum__qis__rz__body(double %angle, ptr %qubit)
  call void @__quantum__qis__h__body(ptr %qubit)
  ret void
}

; An h carries out an rx that waits, and the second one takes the first back. Both cost nothing where none waits.
define void @"__quantum__qis__ry__body/own"(double %given, ptr %qubit) {
  call void @check(double %given)
  %angle = call double @narrow(double %given)
  %nearly = call i1 @is_nearly_multiple(double %angle)
  br i1 %nearly, label %about.z, label %about.y
about.y:
  call void @__quantum__qis__h__body(ptr %qubit)
  call void @__quantum__qis__h__body(ptr %qubit)
  call void @__quantum__qis__ry__body(double %angle, ptr %qubit)
  ret void
about.z:
  call void @y_to_z(ptr %qubit)
  call void @__quantum__qis__rz__body(double %angle, ptr %qubit)
  call void @z_to_y(ptr %qubit)
  ret void
}

define internal void @y_to_z(ptr %qubit) {
  call void @__quantum__qis__s__adj(ptr %qubit)
  call void @__quantum__qis__h__body(ptr %qubit)
  ret void
}
define internal void @z_to_y(ptr %qubit) {
  call void @__quantum__qis__h__body(ptr %qubit)
  call void @__quantum__qis__s__body(ptr %qubit)
  ret void
}

define void @"__quantum__qis__rz__body/own"(double %angle, ptr %qubit) {
  call void @check(double %angle)
  call void @__quantum__qis__rz__body(double %angle, ptr %qubit)
  ret void
}

; About a Pauli operator: I is 0, X 1, Y 3, Z 2. About I it is a phase of the whole state: nothing.
define void @"__quantum__qis__r__body/own"(i2 %pauli, double %angle, ptr %qubit) {
  switch i2 %pauli, label %z [ i2 0, label %done
                               i2 1, label %x
                               i2 3, label %y ]
x:
  call void @"__quantum__qis__rx__body/own"(double %angle, ptr %qubit)
  ret void
y:
  call void @"__quantum__qis__ry__body/own"(double %angle, ptr %qubit)
  ret void
z:
  call void @"__quantum__qis__rz__body/own"(double %angle, ptr %qubit)
  ret void
done:
  ret void
}
define void @"__quantum__qis__r__adj/own"(i2 %pauli, double %angle, ptr %qubit) {
  %minus = fneg double %angle
  call void @"__quantum__qis__r__body/own"(i2 %pauli, double %minus, ptr %qubit)
  ret void
}

; ---- on several: qirrunner's own, which are of rz, with another look at the angle -------------------------------------------

define void @"__quantum__qis__rxx__body/own"(double %angle, ptr %first, ptr %second) {
  call void @check(double %angle)
  call void @__quantum__qis__rxx__body(double %angle, ptr %first, ptr %second)
  ret void
}
define void @"__quantum__qis__ryy__body/own"(double %angle, ptr %first, ptr %second) {
  call void @check(double %angle)
  call void @__quantum__qis__ryy__body(double %angle, ptr %first, ptr %second)
  ret void
}
define void @"__quantum__qis__rzz__body/own"(double %angle, ptr %first, ptr %second) {
  call void @check(double %angle)
  call void @__quantum__qis__rzz__body(double %angle, ptr %first, ptr %second)
  ret void
}

define void @"__quantum__qis__exp__body/own"(ptr %paulis, double %angle, ptr %qubits) {
  call void @check(double %angle)
  call void @__quantum__qis__exp__body(ptr %paulis, double %angle, ptr %qubits)
  ret void
}
define void @"__quantum__qis__exp__adj/own"(ptr %paulis, double %angle, ptr %qubits) {
  call void @check(double %angle)
  call void @__quantum__qis__exp__adj(ptr %paulis, double %angle, ptr %qubits)
  ret void
}
define void @"__quantum__qis__exp__ctl/own"(ptr %controls, ptr %arguments) {
  %angle.p = getelementptr %Exp, ptr %arguments, i32 0, i32 1
  %angle = load double, ptr %angle.p
  call void @check(double %angle)
  call void @__quantum__qis__exp__ctl(ptr %controls, ptr %arguments)
  ret void
}
define void @"__quantum__qis__exp__ctladj/own"(ptr %controls, ptr %arguments) {
  %angle.p = getelementptr %Exp, ptr %arguments, i32 0, i32 1
  %angle = load double, ptr %angle.p
  call void @check(double %angle)
  call void @__quantum__qis__exp__ctladj(ptr %controls, ptr %arguments)
  ret void
}

; ---- under an array of control qubits: qirrunner queues none of these, so that their angles are never added -----------------

define void @"__quantum__qis__rx__ctl/own"(ptr %controls, ptr %rotation) {
  %angle = load double, ptr %rotation
  %qubit.p = getelementptr %Rotation, ptr %rotation, i32 0, i32 1
  call void @check(double %angle)
  %nearly = call i1 @is_nearly_multiple(double %angle)
  br i1 %nearly, label %about.z, label %about.x
about.x:
  call void @__quantum__qis__rx__ctl(ptr %controls, ptr %rotation)
  ret void
about.z:
  %qubit = load ptr, ptr %qubit.p
  call void @__quantum__qis__h__body(ptr %qubit)
  call void @__quantum__qis__rz__ctl(ptr %controls, ptr %rotation)
  call void @__quantum__qis__h__body(ptr %qubit)
  ret void
}
define void @"__quantum__qis__ry__ctl/own"(ptr %controls, ptr %rotation) {
  %angle = load double, ptr %rotation
  %qubit.p = getelementptr %Rotation, ptr %rotation, i32 0, i32 1
  call void @check(double %angle)
  %nearly = call i1 @is_nearly_multiple(double %angle)
  br i1 %nearly, label %about.z, label %about.y
about.y:
  call void @__quantum__qis__ry__ctl(ptr %controls, ptr %rotation)
  ret void
about.z:
  %qubit = load ptr, ptr %qubit.p
  call void @y_to_z(ptr %qubit)
  call void @__quantum__qis__rz__ctl(ptr %controls, ptr %rotation)
  call void @z_to_y(ptr %qubit)
  ret void
}
define void @"__quantum__qis__rz__ctl/own"(ptr %controls, ptr %rotation) {
  %angle = load double, ptr %rotation
  call void @check(double %angle)
  call void @__quantum__qis__rz__ctl(ptr %controls, ptr %rotation)
  ret void
}

define internal void @rotate_under(ptr %controls, ptr %given, double %sign) {
  %angle.p = getelementptr %PauliRotation, ptr %given, i32 0, i32 1
  %qubit.p = getelementptr %PauliRotation, ptr %given, i32 0, i32 2
  %pauli.8 = load i8, ptr %given
  %pauli = trunc i8 %pauli.8 to i2
  %angle.given = load double, ptr %angle.p
  %angle = fmul double %angle.given, %sign
  %qubit = load ptr, ptr %qubit.p
  %rotation = alloca %Rotation
  %own.qubit.p = getelementptr %Rotation, ptr %rotation, i32 0, i32 1
  store double %angle, ptr %rotation
  store ptr %qubit, ptr %own.qubit.p
  switch i2 %pauli, label %z [ i2 0, label %phase
                               i2 1, label %x
                               i2 3, label %y ]
x:
  call void @"__quantum__qis__rx__ctl/own"(ptr %controls, ptr %rotation)
  ret void
y:
  call void @"__quantum__qis__ry__ctl/own"(ptr %controls, ptr %rotation)
  ret void
z:
  call void @"__quantum__qis__rz__ctl/own"(ptr %controls, ptr %rotation)
  ret void
phase:
  %size = call i64 @__quantum__rt__array_get_size_1d(ptr %controls)
  %none = icmp eq i64 %size, 0
  br i1 %none, label %done, label %turn
turn:
  call void @check(double %angle)
  %about.one = alloca %PauliRotation
  %one.angle.p = getelementptr %PauliRotation, ptr %about.one, i32 0, i32 1
  %one.qubit.p = getelementptr %PauliRotation, ptr %about.one, i32 0, i32 2
  store i8 0, ptr %about.one
  store double %angle, ptr %one.angle.p
  store ptr %qubit, ptr %one.qubit.p
  call void @__quantum__qis__r__ctl(ptr %controls, ptr %about.one)
  br label %done
done:
  ret void
}
define void @"__quantum__qis__r__ctl/own"(ptr %controls, ptr %rotation) {
  call void @rotate_under(ptr %controls, ptr %rotation, double 1.0)
  ret void
}
define void @"__quantum__qis__r__ctladj/own"(ptr %controls, ptr %rotation) {
  call void @rotate_under(ptr %controls, ptr %rotation, double -1.0)
  ret void
}

declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__s__body(ptr)
declare void @__quantum__qis__s__adj(ptr)
declare void @__quantum__qis__rx__body(double, ptr)
declare void @__quantum__qis__ry__body(double, ptr)
declare void @__quantum__qis__rz__body(double, ptr)
declare void @__quantum__qis__rxx__body(double, ptr, ptr)
declare void @__quantum__qis__ryy__body(double, ptr, ptr)
declare void @__quantum__qis__rzz__body(double, ptr, ptr)
declare void @__quantum__qis__exp__body(ptr, double, ptr)
declare void @__quantum__qis__exp__adj(ptr, double, ptr)
declare void @__quantum__qis__exp__ctl(ptr, ptr)
declare void @__quantum__qis__exp__ctladj(ptr, ptr)
declare void @__quantum__qis__rx__ctl(ptr, ptr)
declare void @__quantum__qis__ry__ctl(ptr, ptr)
declare void @__quantum__qis__rz__ctl(ptr, ptr)
declare void @__quantum__qis__r__ctl(ptr, ptr)
declare i64 @__quantum__rt__array_get_size_1d(ptr)
declare double @sin(double)
declare double @cos(double)
declare double @atan2(double, double)
declare double @llvm.fabs.f64(double)
declare double @llvm.minnum.f64(double, double)
