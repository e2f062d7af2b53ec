; What a result's address points to is read: 1 of One, 0 of Zero. If it is One, the other qubit is turned: 00 and 11, half each.
define void @main() #0 {
start:
  call void @__quantum__qis__h__body(ptr null)
  %result = call ptr @__quantum__qis__m__body(ptr null)
  %byte = load i8, ptr %result
  %bit = trunc i8 %byte to i1
  br i1 %bit, label %turn, label %done

turn:
  call void @__quantum__qis__x__body(ptr inttoptr (i64 1 to ptr))
  br label %done

done:
  %other = call ptr @__quantum__qis__m__body(ptr inttoptr (i64 1 to ptr))
  call void @__quantum__rt__result_record_output(ptr %result, ptr null)
  call void @__quantum__rt__result_record_output(ptr %other, ptr null)
  ret void
}

declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__x__body(ptr)
declare ptr @__quantum__qis__m__body(ptr)
declare void @__quantum__rt__result_record_output(ptr, ptr)

attributes #0 = { "entry_point" "required_num_qubits"="2" "required_num_results"="2" }
