; Results of qirrunner's simulator. It knows two kinds that it cannot tell apart: ids, into which mz measures, and values,
; null and 1, which m returns: 1 is One, and also the id of the second result. Here a value is an address of its own, so
; that every function takes both. What stands before the slash is the function's name.

; One and Zero: no byte of their addresses is the other's among the two lowest, nor 0. A program that looks at a part of
; one, or reads it as text, sees which it is.
@values = internal constant { i8, i8, [256 x i8], i8 } { i8 0, i8 1, [256 x i8] zeroinitializer, i8 0 }, align 512
@one = internal alias i8, getelementptr (i8, ptr @values, i64 1)
@zero = internal alias i8, getelementptr (i8, ptr @values, i64 258)
@One = internal constant [4 x i8] c"One\00"
@Zero = internal constant [5 x i8] c"Zero\00"
@no.result = internal constant [53 x i8] c"there is no result %lld: ids go from 0 to 33,554,431\00"

define ptr @"__quantum__qis__m__body/value"(ptr %qubit) {
  %value = call ptr @__quantum__qis__m__body(ptr %qubit)
  %result = call ptr @result(ptr %value)
  ret ptr %result
}

define ptr @"__quantum__qis__measure__body/value"(ptr %bases, ptr %qubits) {
  %value = call ptr @__quantum__qis__measure__body(ptr %bases, ptr %qubits)
  %result = call ptr @result(ptr %value)
  ret ptr %result
}

define internal ptr @result(ptr %value) {
  %is.zero = icmp eq ptr %value, null
  %result = select i1 %is.zero, ptr @zero, ptr @one
  ret ptr %result
}

define ptr @"__quantum__rt__result_get_one/value"() {
  ret ptr @one
}

define ptr @"__quantum__rt__result_get_zero/value"() {
  ret ptr @zero
}

; qirrunner has a place for each result below the highest one, and would take all memory for an address. Here an id has the
; bounds of the state vector, and one beyond them ends the shot, with the same words.
define internal void @check_id(ptr %result) alwaysinline {
  %id = ptrtoint ptr %result to i64
  %known = icmp ult i64 %id, 33554432
  br i1 %known, label %done, label %refuse
refuse:
  call void @qirjit_refuse_shot(ptr @no.result, i64 %id, i64 0)
  unreachable
done:
  ret void
}

define void @"__quantum__qis__mz__body/value"(ptr %qubit, ptr %result) {
  call void @check_id(ptr %result)
  call void @__quantum__qis__mz__body(ptr %qubit, ptr %result)
  ret void
}

define void @"__quantum__qis__mresetz__body/value"(ptr %qubit, ptr %result) {
  call void @check_id(ptr %result)
  call void @__quantum__qis__mresetz__body(ptr %qubit, ptr %result)
  ret void
}

define i1 @"__quantum__rt__read_result/value"(ptr %result) {
  %is.one = icmp eq ptr %result, @one
  %is.zero = icmp eq ptr %result, @zero
  %is.value = or i1 %is.one, %is.zero
  br i1 %is.value, label %value, label %id
value:
  ret i1 %is.one
id:
  call void @check_id(ptr %result)
  %bit = call i1 @__quantum__rt__read_result(ptr %result)
  ret i1 %bit
}

define i1 @"__quantum__qis__read_result__body/value"(ptr %result) {
  %bit = call i1 @"__quantum__rt__read_result/value"(ptr %result)
  ret i1 %bit
}

define i1 @"__quantum__rt__result_equal/value"(ptr %left, ptr %right) {
  %a = call i1 @"__quantum__rt__read_result/value"(ptr %left)
  %b = call i1 @"__quantum__rt__read_result/value"(ptr %right)
  %same = icmp eq i1 %a, %b
  ret i1 %same
}

define ptr @"__quantum__rt__result_to_string/value"(ptr %result) {
  %bit = call i1 @"__quantum__rt__read_result/value"(ptr %result)
  %text = select i1 %bit, ptr @One, ptr @Zero
  %string = call ptr @__quantum__rt__string_create(ptr %text)
  ret ptr %string
}

; ---- assertions, which are given the expected result: the simulator knows it by its own value -----------------------------

define internal ptr @own(ptr %result) {
  %one = call i1 @"__quantum__rt__read_result/value"(ptr %result)
  %value = select i1 %one, ptr inttoptr (i64 1 to ptr), ptr null
  ret ptr %value
}

define void @"__quantum__qis__assertmeasurementprobability__body/value"(ptr %bases, ptr %qubits, ptr %result, double %probability, ptr %message, double %tolerance) {
  %own = call ptr @own(ptr %result)
  call void @__quantum__qis__assertmeasurementprobability__body(ptr %bases, ptr %qubits, ptr %own, double %probability, ptr %message, double %tolerance)
  ret void
}

; The arguments are a tuple, in which the result is the third.
define void @"__quantum__qis__assertmeasurementprobability__ctl/value"(ptr %controls, ptr %arguments) {
  %result.p = getelementptr { ptr, ptr, ptr, double, ptr, double }, ptr %arguments, i32 0, i32 2
  %result = load ptr, ptr %result.p
  %own = call ptr @own(ptr %result)
  store ptr %own, ptr %result.p
  call void @__quantum__qis__assertmeasurementprobability__ctl(ptr %controls, ptr %arguments)
  store ptr %result, ptr %result.p
  ret void
}

; Nothing is counted: no result is freed.
define void @"__quantum__rt__result_update_reference_count/value"(ptr %result, i32 %change) {
  ret void
}

declare ptr @__quantum__qis__m__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare void @__quantum__qis__mresetz__body(ptr, ptr)
declare void @qirjit_refuse_shot(ptr, i64, i64) noreturn
declare ptr @__quantum__qis__measure__body(ptr, ptr)
declare i1 @__quantum__rt__read_result(ptr)
declare void @__quantum__qis__assertmeasurementprobability__body(ptr, ptr, ptr, double, ptr, double)
declare void @__quantum__qis__assertmeasurementprobability__ctl(ptr, ptr)
declare ptr @__quantum__rt__string_create(ptr)
