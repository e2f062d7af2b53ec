; Measurements, and what else asks for the state: joint operators, assertions, dumps; and random numbers.

define void @__quantum__qis__mz__body(ptr %qubit, ptr %result) {
  call void @append_result(i64 17, ptr %qubit, ptr %result)
  ret void
}
define void @__quantum__qis__mresetz__body(ptr %qubit, ptr %result) {
  call void @append_result(i64 18, ptr %qubit, ptr %result)
  ret void
}

; Measured at once: what is returned says what was found. The first word of @results is of no id.
define internal i1 @measure_now(ptr %qubit) {
  call void @append(i64 17, ptr %qubit, i64 0, double 0.0)
  call void @flush()
  %one = call i1 @bit_at(i64 0)
  ret i1 %one
}
define ptr @__quantum__qis__m__body(ptr %qubit) {
  %one = call i1 @measure_now(ptr %qubit)
  %value = select i1 %one, ptr @one, ptr @zero
  ret ptr %value
}

; ---- results ----------------------------------------------------------------------------------------------------------------

define ptr @__quantum__rt__result_get_one() {
  ret ptr @one
}
define ptr @__quantum__rt__result_get_zero() {
  ret ptr @zero
}

define i1 @__quantum__rt__read_result(ptr %result) {
  %is.one = icmp eq ptr %result, @one
  %is.zero = icmp eq ptr %result, @zero
  %is.value = or i1 %is.one, %is.zero
  br i1 %is.value, label %value, label %id
value:
  ret i1 %is.one
id:
  call void @flush_what_is_queued()
  %index = call i64 @result_index(ptr %result)
  %bit = call i1 @bit_at(i64 %index)
  ret i1 %bit
}
define i1 @__quantum__qis__read_result__body(ptr %result) {
  %bit = call i1 @__quantum__rt__read_result(ptr %result)
  ret i1 %bit
}
define i1 @__quantum__rt__result_equal(ptr %left, ptr %right) {
  %a = call i1 @__quantum__rt__read_result(ptr %left)
  %b = call i1 @__quantum__rt__read_result(ptr %right)
  %same = icmp eq i1 %a, %b
  ret i1 %same
}
define void @__quantum__rt__write_result(i1 %value, ptr %result) {
  call void @flush_what_is_queued()
  %index = call i64 @result_index(ptr %result)
  %stamp = load i64, ptr @stamp
  %twice = shl i64 %stamp, 1
  %bit = zext i1 %value to i64
  %word = or i64 %twice, %bit
  %results = load ptr, ptr @results
  %word.p = getelementptr i64, ptr %results, i64 %index
  store i64 %word, ptr %word.p
  ret void
}
; Nothing is counted: no result is freed.
define void @__quantum__rt__result_update_reference_count(ptr %result, i32 %change) {
  ret void
}

@One = internal constant [4 x i8] c"One\00"
@Zero = internal constant [5 x i8] c"Zero\00"
define ptr @__quantum__rt__result_to_string(ptr %result) {
  %bit = call i1 @__quantum__rt__read_result(ptr %result)
  %text = select i1 %bit, ptr @One, ptr @Zero
  %string = call ptr @__quantum__rt__string_create(ptr %text)
  ret ptr %string
}
define ptr @__quantum__rt__qubit_to_string(ptr %qubit) {
  %id = ptrtoint ptr %qubit to i64
  %string = call ptr @__quantum__rt__int_to_string(i64 %id)
  ret ptr %string
}

; ---- arrays of qubits ---------------------------------------------------------------------------------------------------------

define ptr @__quantum__rt__qubit_allocate_array(i64 %size) {
start:
  %array = call ptr @__quantum__rt__array_create_1d(i32 8, i64 %size)
  br label %head
head:
  %index = phi i64 [ 0, %start ], [ %next, %one ]
  %more = icmp slt i64 %index, %size
  br i1 %more, label %one, label %done
one:
  %qubit = call ptr @__quantum__rt__qubit_allocate()
  %place = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %array, i64 %index)
  store ptr %qubit, ptr %place
  %next = add i64 %index, 1
  br label %head
done:
  ret ptr %array
}
define void @__quantum__rt__qubit_release_array(ptr %array) {
start:
  %size = call i64 @__quantum__rt__array_get_size_1d(ptr %array)
  br label %head
head:
  %index = phi i64 [ 0, %start ], [ %next, %one ]
  %more = icmp slt i64 %index, %size
  br i1 %more, label %one, label %done
one:
  %place = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %array, i64 %index)
  %qubit = load ptr, ptr %place
  call void @__quantum__rt__qubit_release(ptr %qubit)
  %next = add i64 %index, 1
  br label %head
done:
  call void @__quantum__rt__array_update_reference_count(ptr %array, i32 -1)
  ret void
}

; ---- products of Pauli operators: turned into a Z of one qubit, and back ----------------------------------------------------------

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
  %angle = fmul double %theta, -2.0
  %target = call ptr @qubit_at(ptr %qubits, i64 %last)
  call void @turn_product(ptr %paulis, ptr %qubits, i64 %last, i1 false)
  br i1 %uncontrolled, label %rotate, label %under
under:
  call void @append_controls(ptr %controls, i64 0)
  br label %rotate
rotate:
  call void @append(i64 11, ptr %target, i64 0, double %angle)
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

define ptr @__quantum__qis__measure__body(ptr %paulis, ptr %qubits) {
  %last = call i64 @last_factor(ptr %paulis)
  %identity = icmp slt i64 %last, 0
  br i1 %identity, label %always, label %product
always:
  ret ptr @zero
product:
  call void @turn_product(ptr %paulis, ptr %qubits, i64 %last, i1 false)
  %target = call ptr @qubit_at(ptr %qubits, i64 %last)
  %value = call ptr @__quantum__qis__m__body(ptr %target)
  call void @turn_product(ptr %paulis, ptr %qubits, i64 %last, i1 true)
  ret ptr %value
}

; ---- assertions and dumps -----------------------------------------------------------------------------------------------------

define internal void @settle() {
  call void @flush_what_is_queued()
  %done = call ptr @qirjit_settle(i64 ptrtoint (ptr @machine to i64))
  ret void
}

; How probable it is to find one.
define double @qirjit_probability(ptr %qubit) {
  %id = ptrtoint ptr %qubit to i64
  call void @know(i64 %id)
  call void @settle()
  %places = load ptr, ptr @places
  %place.p = getelementptr i64, ptr %places, i64 %id
  %place = load i64, ptr %place.p
  %known = icmp slt i64 %place, 0
  br i1 %known, label %fixed, label %ask
fixed:
  %one = icmp eq i64 %place, -2
  %certain = uitofp i1 %one to double
  ret double %certain
ask:
  %mask = shl i64 1, %place
  %probability = call double @qirjit_parity_probability(i64 ptrtoint (ptr @machine to i64), i64 %mask)
  ret double %probability
}

define void @__quantum__qis__assertmeasurementprobability__body(ptr %paulis, ptr %qubits, ptr %result, double %expected, ptr %message, double %tolerance) {
start:
  %wanted = call i1 @__quantum__rt__read_result(ptr %result)
  %last = call i64 @last_factor(ptr %paulis)
  %identity = icmp slt i64 %last, 0
  br i1 %identity, label %compare, label %product
product:
  call void @turn_product(ptr %paulis, ptr %qubits, i64 %last, i1 false)
  %target = call ptr @qubit_at(ptr %qubits, i64 %last)
  %found = call double @qirjit_probability(ptr %target)
  call void @turn_product(ptr %paulis, ptr %qubits, i64 %last, i1 true)
  br label %compare
compare:
  %odd = phi double [ 0.0, %start ], [ %found, %product ]
  %even = fsub double 1.0, %odd
  %probability = select i1 %wanted, double %odd, double %even
  %difference = fsub double %probability, %expected
  %distance = call double @llvm.fabs.f64(double %difference)
  %bad = fcmp ugt double %distance, %tolerance
  br i1 %bad, label %fail, label %done
fail:
  %data = call ptr @__quantum__rt__string_get_data(ptr %message)
  %length.32 = call i32 @__quantum__rt__string_get_length(ptr %message)
  %length = zext i32 %length.32 to i64
  %leave = load ptr, ptr @qirjit_leave_at
  call void %leave(ptr %data, i64 %length)
  unreachable
done:
  ret void
}

%Assertion = type { ptr, ptr, ptr, double, ptr, double }
define void @__quantum__qis__assertmeasurementprobability__ctl(ptr %controls, ptr %arguments) {
  %qubits.p = getelementptr %Assertion, ptr %arguments, i32 0, i32 1
  %result.p = getelementptr %Assertion, ptr %arguments, i32 0, i32 2
  %expected.p = getelementptr %Assertion, ptr %arguments, i32 0, i32 3
  %message.p = getelementptr %Assertion, ptr %arguments, i32 0, i32 4
  %tolerance.p = getelementptr %Assertion, ptr %arguments, i32 0, i32 5
  %paulis = load ptr, ptr %arguments
  %qubits = load ptr, ptr %qubits.p
  %result = load ptr, ptr %result.p
  %expected = load double, ptr %expected.p
  %message = load ptr, ptr %message.p
  %tolerance = load double, ptr %tolerance.p
  call void @__quantum__qis__assertmeasurementprobability__body(ptr %paulis, ptr %qubits, ptr %result, double %expected, ptr %message, double %tolerance)
  ret void
}

define void @__quantum__qis__dumpmachine__body(ptr %location) {
  call void @settle()
  %dump = load ptr, ptr @qirjit_dump_at
  call void %dump()
  ret void
}

; ---- random numbers -------------------------------------------------------------------------------------------------------------

@empty = internal constant [53 x i8] c"a random number was wanted from an empty range: %lld\00"

define internal i64 @random_word() {
  %upper = call double @qirjit_draw(i64 ptrtoint (ptr @machine to i64))
  %lower = call double @qirjit_draw(i64 ptrtoint (ptr @machine to i64))
  %upper.scaled = fmul double %upper, 4294967296.0
  %lower.scaled = fmul double %lower, 4294967296.0
  %high = fptoui double %upper.scaled to i64
  %low = fptoui double %lower.scaled to i64
  %shifted = shl i64 %high, 32
  %word = or i64 %shifted, %low
  ret i64 %word
}

; Both ends are possible.
define i64 @__quantum__qis__drawrandomint__body(i64 %least, i64 %most) {
  %empty = icmp sgt i64 %least, %most
  br i1 %empty, label %refuse, label %draw
refuse:
  call void @refuse(ptr @empty, i64 %least, i64 0, i64 0)
  unreachable
draw:
  %word = call i64 @random_word()
  %difference = sub i64 %most, %least
  %wide.difference = zext i64 %difference to i128
  %count = add i128 %wide.difference, 1
  %wide.word = zext i64 %word to i128
  %product = mul i128 %wide.word, %count
  %upper = lshr i128 %product, 64
  %offset = trunc i128 %upper to i64
  %number = add i64 %least, %offset
  ret i64 %number
}
define double @__quantum__qis__drawrandomdouble__body(double %least, double %most) {
  %empty = fcmp ogt double %least, %most
  br i1 %empty, label %refuse, label %draw
refuse:
  call void @refuse(ptr @empty, i64 0, i64 0, i64 0)
  unreachable
draw:
  %part = call double @qirjit_draw(i64 ptrtoint (ptr @machine to i64))
  %width = fsub double %most, %least
  %offset = fmul double %part, %width
  %number = fadd double %least, %offset
  ret double %number
}

declare ptr @qirjit_settle(i64)
declare double @qirjit_parity_probability(i64, i64)
declare double @llvm.fabs.f64(double)
declare ptr @__quantum__rt__array_create_1d(i32, i64)
declare void @__quantum__rt__array_update_reference_count(ptr, i32)
declare ptr @__quantum__rt__string_create(ptr)
declare ptr @__quantum__rt__string_get_data(ptr)
declare i32 @__quantum__rt__string_get_length(ptr)
declare ptr @__quantum__rt__int_to_string(i64)
