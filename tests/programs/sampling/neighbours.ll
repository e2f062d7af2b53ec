; Near neighbours of feedback, none of which is: nothing that was measured or drawn decides anything.

; A result and the same again, flipped.
define void @measured_twice() #0 {
start:
  call void @__quantum__qis__h__body(ptr null)
  %r = call ptr @__quantum__qis__m__body(ptr null)
  call void @__quantum__qis__x__body(ptr null)
  %s = call ptr @__quantum__qis__m__body(ptr null)
  call void @__quantum__rt__result_record_output(ptr %r, ptr null)
  call void @__quantum__rt__result_record_output(ptr %s, ptr null)
  ret void
}

define void @reset_and_used_again() #0 {
start:
  call void @__quantum__qis__h__body(ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  call void @__quantum__qis__reset__body(ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr inttoptr (i64 1 to ptr))
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  call void @__quantum__rt__result_record_output(ptr inttoptr (i64 1 to ptr), ptr null)
  ret void
}

define void @same_result_again() #0 {
start:
  call void @__quantum__qis__h__body(ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  call void @__quantum__qis__reset__body(ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  ret void
}

; One of a pair is measured into the result of the other.
define void @overwritten() #0 {
start:
  call void @__quantum__qis__h__body(ptr null)
  call void @__quantum__qis__cx__body(ptr null, ptr inttoptr (i64 1 to ptr))
  call void @__quantum__qis__mz__body(ptr inttoptr (i64 1 to ptr), ptr inttoptr (i64 1 to ptr))
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  call void @__quantum__qis__mz__body(ptr inttoptr (i64 1 to ptr), ptr null)
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  call void @__quantum__rt__result_record_output(ptr inttoptr (i64 1 to ptr), ptr null)
  ret void
}

define void @released_entangled() #0 {
start:
  %q = call ptr @__quantum__rt__qubit_allocate()
  %p = call ptr @__quantum__rt__qubit_allocate()
  call void @__quantum__qis__h__body(ptr %q)
  call void @__quantum__qis__cx__body(ptr %q, ptr %p)
  call void @__quantum__rt__qubit_release(ptr %q)
  %s = call ptr @__quantum__rt__qubit_allocate()
  call void @__quantum__qis__mz__body(ptr %s, ptr null)
  call void @__quantum__qis__mz__body(ptr %p, ptr inttoptr (i64 1 to ptr))
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  call void @__quantum__rt__result_record_output(ptr inttoptr (i64 1 to ptr), ptr null)
  ret void
}

define void @qubits_compared() #0 {
start:
  %q = call ptr @__quantum__rt__qubit_allocate()
  %p = call ptr @__quantum__rt__qubit_allocate()
  call void @__quantum__rt__qubit_release(ptr %q)
  %s = call ptr @__quantum__rt__qubit_allocate()
  %lower = icmp ult ptr %s, %p
  br i1 %lower, label %yes, label %no
yes:
  call void @__quantum__qis__x__body(ptr %p)
  br label %no
no:
  call void @__quantum__qis__h__body(ptr %s)
  call void @__quantum__qis__mz__body(ptr %s, ptr null)
  call void @__quantum__qis__mz__body(ptr %p, ptr inttoptr (i64 1 to ptr))
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  call void @__quantum__rt__result_record_output(ptr inttoptr (i64 1 to ptr), ptr null)
  ret void
}

; The program draws from a stream of its own.
define void @own_seed() #0 {
start:
  call void @___random_seed(i64 42)
  %n = call i32 @___random_int()
  %m = and i32 %n, 0
  %none = icmp eq i32 %m, 0
  br i1 %none, label %coin, label %end
coin:
  call void @__quantum__qis__h__body(ptr null)
  br label %end
end:
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  ret void
}

; One itself is read.
define void @read_one() #0 {
start:
  %one = call ptr @__quantum__rt__result_get_one()
  %b = call i1 @__quantum__rt__read_result(ptr %one)
  br i1 %b, label %x, label %y
x:
  call void @__quantum__qis__x__body(ptr null)
  br label %y
y:
  call void @__quantum__qis__h__body(ptr inttoptr (i64 1 to ptr))
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  call void @__quantum__qis__mz__body(ptr inttoptr (i64 1 to ptr), ptr inttoptr (i64 1 to ptr))
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  call void @__quantum__rt__result_record_output(ptr inttoptr (i64 1 to ptr), ptr null)
  ret void
}

; A result goes through a function that calls itself.
define void @handed_down() #0 {
start:
  call void @__quantum__qis__h__body(ptr null)
  %r = call ptr @__quantum__qis__m__body(ptr null)
  call void @hand_down(ptr %r, i64 3)
  ret void
}

define void @swapped_when_measured() #0 {
start:
  call void @__quantum__qis__h__body(ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  call void @__quantum__qis__swap__body(ptr null, ptr inttoptr (i64 1 to ptr))
  call void @__quantum__qis__mz__body(ptr inttoptr (i64 1 to ptr), ptr inttoptr (i64 1 to ptr))
  call void @__quantum__qis__mz__body(ptr null, ptr inttoptr (i64 2 to ptr))
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  call void @__quantum__rt__result_record_output(ptr inttoptr (i64 1 to ptr), ptr null)
  call void @__quantum__rt__result_record_output(ptr inttoptr (i64 2 to ptr), ptr null)
  ret void
}

define void @written() #0 {
start:
  call void @__quantum__qis__h__body(ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  call void @__quantum__rt__write_result(i1 true, ptr inttoptr (i64 1 to ptr))
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  call void @__quantum__rt__result_record_output(ptr inttoptr (i64 1 to ptr), ptr null)
  ret void
}

; A register of bits that all shots have.
define void @in_registers() #0 {
start:
  %bits = call ptr @create_creg(i64 3)
  call void @set_creg_to_int(ptr %bits, i64 5)
  %n = call i64 @get_int_from_creg(ptr %bits)
  %five = icmp eq i64 %n, 5
  br i1 %five, label %x, label %y
x:
  call void @__quantum__qis__x__body(ptr inttoptr (i64 1 to ptr))
  br label %y
y:
  call void @__quantum__qis__h__body(ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  call void @__quantum__qis__mz__body(ptr inttoptr (i64 1 to ptr), ptr inttoptr (i64 1 to ptr))
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  call void @__quantum__rt__result_record_output(ptr inttoptr (i64 1 to ptr), ptr null)
  ret void
}

define void @parity_of_two() #0 {
start:
  call void @__quantum__qis__h__body(ptr null)
  call void @__quantum__qis__h__body(ptr inttoptr (i64 1 to ptr))
  call void @__quantum__qis__mzz__body(ptr null, ptr inttoptr (i64 1 to ptr), ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr inttoptr (i64 1 to ptr))
  call void @__quantum__qis__mz__body(ptr inttoptr (i64 1 to ptr), ptr inttoptr (i64 2 to ptr))
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  call void @__quantum__rt__result_record_output(ptr inttoptr (i64 1 to ptr), ptr null)
  call void @__quantum__rt__result_record_output(ptr inttoptr (i64 2 to ptr), ptr null)
  ret void
}

define void @measured_and_reset() #0 {
start:
  call void @__quantum__qis__h__body(ptr null)
  call void @__quantum__qis__mresetz__body(ptr null, ptr null)
  call void @__quantum__qis__x__body(ptr null)
  call void @__quantum__qis__cx__body(ptr null, ptr inttoptr (i64 1 to ptr))
  call void @__quantum__qis__mz__body(ptr inttoptr (i64 1 to ptr), ptr inttoptr (i64 1 to ptr))
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  call void @__quantum__rt__result_record_output(ptr inttoptr (i64 1 to ptr), ptr null)
  ret void
}

define void @allocated_results() #0 {
start:
  %r = call ptr @__quantum__rt__result_allocate(ptr null)
  %s = call ptr @__quantum__rt__result_allocate(ptr null)
  call void @__quantum__qis__h__body(ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr %r)
  call void @__quantum__rt__result_record_output(ptr %r, ptr null)
  call void @__quantum__rt__result_record_output(ptr %s, ptr null)
  ret void
}

define internal void @hand_down(ptr %r, i64 %n) {
  %last = icmp eq i64 %n, 0
  br i1 %last, label %end, label %go
go:
  %m = sub i64 %n, 1
  call void @hand_down(ptr %r, i64 %m)
  ret void
end:
  call void @__quantum__rt__result_record_output(ptr %r, ptr null)
  ret void
}

declare i32 @___random_int()
declare void @___random_seed(i64)
declare void @__quantum__qis__cx__body(ptr, ptr)
declare void @__quantum__qis__h__body(ptr)
declare ptr @__quantum__qis__m__body(ptr)
declare void @__quantum__qis__mresetz__body(ptr, ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare void @__quantum__qis__mzz__body(ptr, ptr, ptr)
declare void @__quantum__qis__reset__body(ptr)
declare void @__quantum__qis__swap__body(ptr, ptr)
declare void @__quantum__qis__x__body(ptr)
declare ptr @__quantum__rt__qubit_allocate()
declare void @__quantum__rt__qubit_release(ptr)
declare i1 @__quantum__rt__read_result(ptr)
declare ptr @__quantum__rt__result_allocate(ptr)
declare ptr @__quantum__rt__result_get_one()
declare void @__quantum__rt__result_record_output(ptr, ptr)
declare void @__quantum__rt__write_result(i1, ptr)
declare ptr @create_creg(i64)
declare i64 @get_int_from_creg(ptr)
declare void @set_creg_to_int(ptr, i64)

attributes #0 = { "entry_point" }
