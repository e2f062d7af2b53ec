; Qubits and results at run time, as version 2.1 of the QIR specification has them (specification/Memory_Management.md).
;
; `err` is null, and a failure ends the shot with exit code 1, or points to an i1 that a failure sets to true; nothing is
; allocated then. It is never set to false: a caller that asks has done so. What fails is a number of items that is less
; than nothing or more than a million, and more than 16 million results in one shot: no simulator has so many, and the
; number is most likely a mistake. A simulator that has no memory left ends the program itself.

@bad.count = internal constant [72 x i8] c"allocation failed: an array of qubits or results has 0 to 1048576 items\00"
@too.many = internal constant [55 x i8] c"allocation failed: a shot has at most 16777216 results\00"

define internal void @fail(ptr %err, ptr %message, i64 %length) {
  %ends = icmp eq ptr %err, null
  br i1 %ends, label %leave, label %tell
leave:
  call void @qirjit_leave(ptr %message, i64 %length)
  unreachable
tell:
  store i1 true, ptr %err
  ret void
}

define internal i1 @is_refused(i64 %count, ptr %err) {
  %refused = icmp ugt i64 %count, 1048576
  br i1 %refused, label %no, label %yes
no:
  call void @fail(ptr %err, ptr @bad.count, i64 71)
  ret i1 true
yes:
  ret i1 false
}

define ptr @"__quantum__rt__qubit_allocate/err"(ptr %err) {
  %qubit = call ptr @__quantum__rt__qubit_allocate()
  ret ptr %qubit
}

define void @__quantum__rt__qubit_array_allocate(i64 %count, ptr %qubits, ptr %err) {
start:
  %refused = call i1 @is_refused(i64 %count, ptr %err)
  br i1 %refused, label %done, label %head
head:
  %index = phi i64 [ 0, %start ], [ %next, %one ]
  %more = icmp slt i64 %index, %count
  br i1 %more, label %one, label %done
one:
  %qubit = call ptr @__quantum__rt__qubit_allocate()
  %place = getelementptr ptr, ptr %qubits, i64 %index
  store ptr %qubit, ptr %place
  %next = add i64 %index, 1
  br label %head
done:
  ret void
}

define void @__quantum__rt__qubit_array_release(i64 %count, ptr %qubits) {
start:
  br label %head
head:
  %index = phi i64 [ 0, %start ], [ %next, %one ]
  %more = icmp slt i64 %index, %count
  br i1 %more, label %one, label %done
one:
  %place = getelementptr ptr, ptr %qubits, i64 %index
  %qubit = load ptr, ptr %place
  call void @__quantum__rt__qubit_release(ptr %qubit)
  %next = add i64 %index, 1
  br label %head
done:
  ret void
}

; ---- results: ids of their own, above any that a program names itself; each shot begins anew ------------------------

@results = internal global i64 0            ; how many were allocated in this shot
@results_of = internal global i64 -1        ; which shot that is

define ptr @__quantum__rt__result_allocate(ptr %err) {
  %shot = call i64 @qirjit_shot_serial()
  %before = load i64, ptr @results_of
  %same = icmp eq i64 %shot, %before
  %so.far = load i64, ptr @results
  %number = select i1 %same, i64 %so.far, i64 0
  %full = icmp uge i64 %number, 16777216
  br i1 %full, label %refuse, label %give
refuse:
  call void @fail(ptr %err, ptr @too.many, i64 54)
  ret ptr null
give:
  %after = add i64 %number, 1
  store i64 %after, ptr @results
  store i64 %shot, ptr @results_of
  %id = add i64 %number, 65536
  %result = inttoptr i64 %id to ptr
  ret ptr %result
}

; An id is not used twice in a shot, so that a new result is always 0.
define void @__quantum__rt__result_release(ptr %result) {
  ret void
}

define void @__quantum__rt__result_array_allocate(i64 %count, ptr %results, ptr %err) {
start:
  %refused = call i1 @is_refused(i64 %count, ptr %err)
  br i1 %refused, label %done, label %head
head:
  %index = phi i64 [ 0, %start ], [ %next, %one ]
  %more = icmp slt i64 %index, %count
  br i1 %more, label %one, label %done
one:
  %result = call ptr @__quantum__rt__result_allocate(ptr %err)
  %place = getelementptr ptr, ptr %results, i64 %index
  store ptr %result, ptr %place
  %next = add i64 %index, 1
  br label %head
done:
  ret void
}

define void @__quantum__rt__result_array_release(i64 %count, ptr %results) {
  ret void
}

; For simulators that have no such function. A result belongs to the simulator, which sets it by measuring: a qubit of its
; own is brought into that state. (In a program with static qubits it may take the number of one that is still to come.)
define void @__quantum__rt__write_result(i1 %value, ptr %result) {
  %qubit = call ptr @__quantum__rt__qubit_allocate()
  br i1 %value, label %one, label %measure
one:
  call void @__quantum__qis__x__body(ptr %qubit)
  br label %measure
measure:
  call void @__quantum__qis__mz__body(ptr %qubit, ptr %result)
  call void @__quantum__qis__reset__body(ptr %qubit)
  call void @__quantum__rt__qubit_release(ptr %qubit)
  ret void
}

; ---- reading a result, under the names that it has had ---------------------------------------------------------------

define i1 @__quantum__qir__read_result(ptr %result) {
  %one = call i1 @__quantum__rt__read_result(ptr %result)
  ret i1 %one
}
define i1 @__quantum__qis__read_result(ptr %result) {
  %one = call i1 @__quantum__rt__read_result(ptr %result)
  ret i1 %one
}
define i1 @__quantum__rt__read_result__body(ptr %result) {
  %one = call i1 @__quantum__rt__read_result(ptr %result)
  ret i1 %one
}

declare ptr @__quantum__rt__qubit_allocate()
declare void @__quantum__rt__qubit_release(ptr)
declare void @__quantum__qis__x__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare void @__quantum__qis__reset__body(ptr)
declare i1 @__quantum__rt__read_result(ptr)
declare i64 @qirjit_shot_serial()
declare void @qirjit_leave(ptr, i64) noreturn
