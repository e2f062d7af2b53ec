; Qubits and results at run time, and their arrays, as in version 2.1 of the specification.

define void @arrays(i64 %count) {
start:
  %qubits = alloca ptr, i64 %count
  %results = alloca ptr, i64 %count
  call void @__quantum__rt__qubit_array_allocate(i64 %count, ptr %qubits, ptr null)
  call void @__quantum__rt__result_array_allocate(i64 %count, ptr %results, ptr null)
  br label %head
head:
  %index = phi i64 [ 0, %start ], [ %next, %measure ]
  %more = icmp ult i64 %index, %count
  br i1 %more, label %one, label %done
one:
  %qubit.p = getelementptr ptr, ptr %qubits, i64 %index
  %qubit = load ptr, ptr %qubit.p
  %odd = trunc i64 %index to i1
  br i1 %odd, label %flip, label %measure
flip:
  call void @__quantum__qis__x__body(ptr %qubit)
  br label %measure
measure:
  %result.p = getelementptr ptr, ptr %results, i64 %index
  %result = load ptr, ptr %result.p
  call void @__quantum__qis__mz__body(ptr %qubit, ptr %result)
  call void @__quantum__qis__reset__body(ptr %qubit)
  %next = add i64 %index, 1
  br label %head
done:
  call void @__quantum__rt__result_array_record_output(i64 %count, ptr %results, ptr @label)
  call void @__quantum__rt__result_array_release(i64 %count, ptr %results)
  call void @__quantum__rt__qubit_array_release(i64 %count, ptr %qubits)
  ret void
}

; Two results of their own, written and read; `err` is asked for and stays false.
define i1 @written() {
  %err = alloca i1
  store i1 false, ptr %err
  %a = call ptr @__quantum__rt__result_allocate(ptr %err)
  %b = call ptr @__quantum__rt__result_allocate(ptr %err)
  %qubit = call ptr @__quantum__rt__qubit_allocate(ptr %err)
  call void @__quantum__rt__write_result(i1 true, ptr %b)
  call void @__quantum__rt__result_record_output(ptr %a, ptr null)
  call void @__quantum__rt__result_record_output(ptr %b, ptr null)
  call void @__quantum__rt__write_result(i1 false, ptr %b)
  %one = call i1 @__quantum__qir__read_result(ptr %b)
  call void @__quantum__rt__bool_record_output(i1 %one, ptr null)
  call void @__quantum__qis__barrier3__body(ptr %qubit, ptr %qubit, ptr %qubit)
  call void (ptr, ...) @__quantum__qis__barrier__body(ptr %qubit, ptr %qubit)
  call void @__quantum__rt__qubit_release(ptr %qubit)
  call void @__quantum__rt__result_release(ptr %a)
  %failed = load i1, ptr %err
  ret i1 %failed
}

; More, or fewer, than there can be: `err` is asked for, or is null, which ends the shot.
define i1 @refused(i64 %count, i1 %asked, i1 %qubits) {
  %place = alloca i1
  store i1 false, ptr %place
  %err = select i1 %asked, ptr %place, ptr null
  br i1 %qubits, label %of.qubits, label %of.results
of.qubits:
  call void @__quantum__rt__qubit_array_allocate(i64 %count, ptr null, ptr %err)
  br label %done
of.results:
  call void @__quantum__rt__result_array_allocate(i64 %count, ptr null, ptr %err)
  br label %done
done:
  %failed = load i1, ptr %place
  ret i1 %failed
}

; One result after another, until there is none: their number.
define i64 @all_results() {
start:
  %err = alloca i1
  store i1 false, ptr %err
  br label %one
one:
  %count = phi i64 [ 0, %start ], [ %count.1, %one ]
  %result = call ptr @__quantum__rt__result_allocate(ptr %err)
  %count.1 = add i64 %count, 1
  %failed = load i1, ptr %err
  br i1 %failed, label %done, label %one
done:
  ret i64 %count
}

@label = internal constant [5 x i8] c"bits\00"

declare ptr @__quantum__rt__qubit_allocate(ptr)
declare ptr @__quantum__rt__result_allocate(ptr)
declare void @__quantum__rt__qubit_release(ptr)
declare void @__quantum__rt__result_release(ptr)
declare void @__quantum__rt__qubit_array_allocate(i64, ptr, ptr)
declare void @__quantum__rt__qubit_array_release(i64, ptr)
declare void @__quantum__rt__result_array_allocate(i64, ptr, ptr)
declare void @__quantum__rt__result_array_release(i64, ptr)
declare void @__quantum__rt__result_array_record_output(i64, ptr, ptr)
declare void @__quantum__rt__write_result(i1, ptr)
declare i1 @__quantum__qir__read_result(ptr)
declare void @__quantum__rt__result_record_output(ptr, ptr)
declare void @__quantum__rt__bool_record_output(i1, ptr)
declare void @__quantum__qis__x__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare void @__quantum__qis__reset__body(ptr)
declare void @__quantum__qis__barrier3__body(ptr, ptr, ptr)
declare void @__quantum__qis__barrier__body(ptr, ...)
