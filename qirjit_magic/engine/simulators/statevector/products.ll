; Products of Pauli operators: turned into a Z of one qubit, and back.

; Into the basis of the operator, or out of it: I is 0, X 1, Y 3, Z 2.
define internal void @turn_basis(i2 %pauli, ptr %qubit, i1 %out) {
  switch i2 %pauli, label %done [ i2 1, label %h
                                  i2 3, label %y ]
y:
  br i1 %out, label %h, label %before
before:
  call void @append(i64 5, ptr %qubit, i64 0, double 0.0)
  br label %h
h:
  call void @append(i64 0, ptr %qubit, i64 0, double 0.0)
  %is.y = icmp eq i2 %pauli, 3
  %and.out = and i1 %is.y, %out
  br i1 %and.out, label %after, label %done
after:
  call void @append(i64 4, ptr %qubit, i64 0, double 0.0)
  br label %done
done:
  ret void
}

define internal i2 @pauli_at(ptr %paulis, i64 %index) {
  %place = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %paulis, i64 %index)
  %byte = load i8, ptr %place
  %pauli = trunc i8 %byte to i2
  ret i2 %pauli
}
define internal ptr @qubit_at(ptr %qubits, i64 %index) {
  %place = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %qubits, i64 %index)
  %qubit = load ptr, ptr %place
  ret ptr %qubit
}

; The last index whose operator is not I, -1 where there is none.
define internal i64 @last_factor(ptr %paulis) {
start:
  %size = call i64 @__quantum__rt__array_get_size_1d(ptr %paulis)
  br label %head
head:
  %end = phi i64 [ %size, %start ], [ %index, %look ]
  %index = sub i64 %end, 1
  %more = icmp sge i64 %index, 0
  br i1 %more, label %look, label %done
look:
  %pauli = call i2 @pauli_at(ptr %paulis, i64 %index)
  %identity = icmp eq i2 %pauli, 0
  br i1 %identity, label %head, label %done
done:
  ret i64 %index
}

; The basis of each factor, and the parity of all of them on the last; or, where %out, the other way round.
define internal void @turn_product(ptr %paulis, ptr %qubits, i64 %last, i1 %out) {
start:
  %target = call ptr @qubit_at(ptr %qubits, i64 %last)
  %target.pauli = call i2 @pauli_at(ptr %paulis, i64 %last)
  br i1 %out, label %head, label %target.in
target.in:
  call void @turn_basis(i2 %target.pauli, ptr %target, i1 false)
  br label %head
head:
  %index = phi i64 [ 0, %start ], [ 0, %target.in ], [ %next, %skip ]
  %more = icmp slt i64 %index, %last
  br i1 %more, label %look, label %end
look:
  %pauli = call i2 @pauli_at(ptr %paulis, i64 %index)
  %identity = icmp eq i2 %pauli, 0
  br i1 %identity, label %skip, label %turn
turn:
  %qubit = call ptr @qubit_at(ptr %qubits, i64 %index)
  br i1 %out, label %back, label %there
there:
  call void @turn_basis(i2 %pauli, ptr %qubit, i1 false)
  call void @append_two(i64 14, ptr %qubit, ptr %target)
  br label %skip
back:
  call void @append_two(i64 14, ptr %qubit, ptr %target)
  call void @turn_basis(i2 %pauli, ptr %qubit, i1 true)
  br label %skip
skip:
  %next = add i64 %index, 1
  br label %head
end:
  br i1 %out, label %target.out, label %done
target.out:
  call void @turn_basis(i2 %target.pauli, ptr %target, i1 true)
  br label %done
done:
  ret void
}

; Controls may be null. Of I alone it is a phase, which only controls make one that can be seen.
define internal void @exponentiate(ptr %controls, ptr %paulis, double %theta, ptr %qubits) {
  %last = call i64 @last_factor(ptr %paulis)
  %phase = icmp slt i64 %last, 0
  %uncontrolled = icmp eq ptr %controls, null
  br i1 %phase, label %turn, label %product
turn:
  br i1 %uncontrolled, label %done, label %turn.controls
turn.controls:
  call void @turn_controls(ptr %controls, double %theta)
  br label %done
product:
  %size = call double @llvm.fabs.f64(double %theta)
  %twice.it = fcmp olt double %size, 0x7FE0000000000000            ; 2^1023: that twice is still a number
  %minus = fneg double %theta
  %minus.two = fmul double %theta, -2.0
  %angle = select i1 %twice.it, double %minus.two, double %minus
  %target = call ptr @qubit_at(ptr %qubits, i64 %last)
  call void @turn_product(ptr %paulis, ptr %qubits, i64 %last, i1 false)
  br label %begin
begin:
  %is.last = phi i1 [ %twice.it, %product ], [ true, %rotate ]
  br i1 %uncontrolled, label %rotate, label %under
under:
  call void @append_controls(ptr %controls, i64 0)
  br label %rotate
rotate:
  call void @append_turn(i64 11, ptr %target, double %angle)
  br i1 %is.last, label %out, label %begin
out:
  call void @turn_product(ptr %paulis, ptr %qubits, i64 %last, i1 true)
  br label %done
done:
  ret void
}

%Exp = type { ptr, double, ptr }
define void @__quantum__qis__exp__body(ptr %paulis, double %theta, ptr %qubits) {
  call void @exponentiate(ptr null, ptr %paulis, double %theta, ptr %qubits)
  ret void
}
define void @__quantum__qis__exp__adj(ptr %paulis, double %theta, ptr %qubits) {
  %minus = fneg double %theta
  call void @exponentiate(ptr null, ptr %paulis, double %minus, ptr %qubits)
  ret void
}
define internal void @exponentiate_under(ptr %controls, ptr %arguments, double %sign) {
  %theta.p = getelementptr %Exp, ptr %arguments, i32 0, i32 1
  %qubits.p = getelementptr %Exp, ptr %arguments, i32 0, i32 2
  %paulis = load ptr, ptr %arguments
  %theta.given = load double, ptr %theta.p
  %qubits = load ptr, ptr %qubits.p
  %theta = fmul double %theta.given, %sign
  call void @exponentiate(ptr %controls, ptr %paulis, double %theta, ptr %qubits)
  ret void
}
define void @__quantum__qis__exp__ctl(ptr %controls, ptr %arguments) {
  call void @exponentiate_under(ptr %controls, ptr %arguments, double 1.0)
  ret void
}
define void @__quantum__qis__exp__ctladj(ptr %controls, ptr %arguments) {
  call void @exponentiate_under(ptr %controls, ptr %arguments, double -1.0)
  ret void
}
