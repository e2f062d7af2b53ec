; A coin toss that takes a while: it counts to a hundred thousand before it measures.

define void @SlowCoin() #0 {
entry:
  br label %count
count:
  %i = phi i64 [ 0, %entry ], [ %next, %count ]
  %next = add i64 %i, 1
  %volatile = freeze i64 %next
  %more = icmp ult i64 %volatile, 100000
  br i1 %more, label %count, label %measure
measure:
  call void @__quantum__qis__h__body(ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  ret void
}

declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare void @__quantum__rt__result_record_output(ptr, ptr)

attributes #0 = { "entry_point" "required_num_qubits"="1" "required_num_results"="1" }
