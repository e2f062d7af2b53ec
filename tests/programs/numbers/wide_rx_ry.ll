; More qubits than any memory has amplitudes for: `auto` takes sparse. It reads its result, so that nothing samples it. One
; qubit goes from |0> by H, X and ry(-π/2) back to |0>.

define void @wide() #0 {
  %last = inttoptr i64 69 to ptr
  call void @__quantum__qis__h__body(ptr %last)
  call void @__quantum__qis__rx__body(double 0x400921FB54442D18, ptr %last)    ; π
  call void @__quantum__qis__ry__body(double 0xBFF921FB54442D18, ptr %last)    ; -π/2
  call void @__quantum__qis__mz__body(ptr %last, ptr null)
  %one = call i1 @__quantum__rt__read_result(ptr null)
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  ret void
}

declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__ry__body(double, ptr)
declare void @__quantum__qis__rx__body(double, ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare i1 @__quantum__rt__read_result(ptr)
declare void @__quantum__rt__result_record_output(ptr, ptr)

attributes #0 = { "entry_point" "required_num_qubits"="70" "required_num_results"="1" }
