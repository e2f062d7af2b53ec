; A result's address goes through a variable. If it is One, the other qubit is turned: 00 and 11, half each.
@kept = internal global ptr null

define void @main() #0 {
start:
  call void @__quantum__qis__h__body(ptr null)
  %result = call ptr @__quantum__qis__m__body(ptr null)
  %one = call ptr @__quantum__rt__result_get_one()
  store ptr %result, ptr @kept
  %first = load i64, ptr @kept
  store ptr %one, ptr @kept
  %second = load i64, ptr @kept
  %same = icmp eq i64 %first, %second
  br i1 %same, label %turn, label %done

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
declare ptr @__quantum__rt__result_get_one()
declare void @__quantum__rt__result_record_output(ptr, ptr)

attributes #0 = { "entry_point" "required_num_qubits"="2" "required_num_results"="2" }
