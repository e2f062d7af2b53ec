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
  %has.room = call i64 @result_index(ptr null)
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

define internal void @drop_all_measured() {
  call void @flush_what_is_queued()
  %floats = call i64 @qirjit_default_floats()
  %done = call ptr @qirjit_drop_all_measured(i64 ptrtoint (ptr @machine to i64))
  call void @qirjit_restore_floats(i64 %floats)
  ret void
}

; How probable it is to find one.
define double @qirjit_probability(ptr %qubit) {
  %id = ptrtoint ptr %qubit to i64
  call void @know(i64 %id)
  call void @drop_all_measured()
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
  %leave = load ptr, ptr @qirjit_leave_at
  %no.message = icmp eq ptr %message, null
  br i1 %no.message, label %say.nothing, label %say
say.nothing:
  call void %leave(ptr @text, i64 0)
  unreachable
say:
  %data = call ptr @__quantum__rt__string_get_data(ptr %message)
  %length.32 = call i32 @__quantum__rt__string_get_length(ptr %message)
  %length = zext i32 %length.32 to i64
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
  call void @drop_all_measured()
  %dump = load ptr, ptr @qirjit_dump_at
  %floats = call i64 @qirjit_default_floats()          ; it is Python that writes it
  call void %dump()
  call void @qirjit_restore_floats(i64 %floats)
  ret void
}

; ---- random numbers -------------------------------------------------------------------------------------------------------------

@empty = internal constant [61 x i8] c"a random number was wanted from an empty range: %lld to %lld\00"
@empty.double = internal constant [85 x i8] c"a random number was wanted from an empty range: its lower end is above its upper one\00"
@no.range = internal constant [85 x i8] c"a random number was wanted from a range with an end that is infinite or is no number\00"

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
  call void @refuse(ptr @empty, i64 %least, i64 %most, i64 0)
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
; Of halves, whose difference is finite where that of the ends is not. No rounding leads out of the range.
define double @__quantum__qis__drawrandomdouble__body(double %least, double %most) {
  %least.size = call double @llvm.fabs.f64(double %least)
  %most.size = call double @llvm.fabs.f64(double %most)
  %least.finite = fcmp olt double %least.size, 0x7FF0000000000000
  %most.finite = fcmp olt double %most.size, 0x7FF0000000000000
  %finite = and i1 %least.finite, %most.finite
  br i1 %finite, label %look, label %refuse.ends
refuse.ends:
  call void @refuse(ptr @no.range, i64 0, i64 0, i64 0)
  unreachable
look:
  %empty = fcmp ogt double %least, %most
  br i1 %empty, label %refuse, label %draw
refuse:
  call void @refuse(ptr @empty.double, i64 0, i64 0, i64 0)
  unreachable
draw:
  %part = call double @qirjit_draw(i64 ptrtoint (ptr @machine to i64))
  %width = fsub double %most, %least
  %wide = fcmp oeq double %width, 0x7FF0000000000000
  br i1 %wide, label %halves, label %whole
halves:
  %least.half = fmul double %least, 0.5
  %most.half = fmul double %most, 0.5
  %width.half = fsub double %most.half, %least.half
  %offset.half = fmul double %part, %width.half
  %number.half = fadd double %least.half, %offset.half
  %doubled = fmul double %number.half, 2.0
  br label %end
whole:
  %offset = fmul double %part, %width
  %sum = fadd double %least, %offset
  br label %end
end:
  %number = phi double [ %doubled, %halves ], [ %sum, %whole ]
  %above = call double @llvm.maxnum.f64(double %number, double %least)
  %inside = call double @llvm.minnum.f64(double %above, double %most)
  ret double %inside
}

declare ptr @qirjit_drop_all_measured(i64)
declare double @qirjit_parity_probability(i64, i64)
declare double @llvm.fabs.f64(double)
declare double @llvm.maxnum.f64(double, double)
declare double @llvm.minnum.f64(double, double)
declare ptr @__quantum__rt__array_create_1d(i32, i64)
declare void @__quantum__rt__array_update_reference_count(ptr, i32)
declare ptr @__quantum__rt__string_create(ptr)
declare ptr @__quantum__rt__string_get_data(ptr)
declare i32 @__quantum__rt__string_get_length(ptr)
declare ptr @__quantum__rt__int_to_string(i64)
