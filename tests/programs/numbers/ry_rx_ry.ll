; ry(1.2) X ry(-1.2) is X ry(2.4) but for a phase: 1 comes in cos(1.2)^2 = 0.131 of the shots.

define void @ry_rx_ry() #0 {
  call void @__quantum__qis__ry__body(double 1.2, ptr null)
  call void @__quantum__qis__rx__body(double 0x400921FB54442D18, ptr null)    ; π
  call void @__quantum__qis__ry__body(double -1.2, ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  ret void
}

declare void @__quantum__qis__ry__body(double, ptr)
declare void @__quantum__qis__rx__body(double, ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare void @__quantum__rt__result_record_output(ptr, ptr)

attributes #0 = { "entry_point" "required_num_qubits"="1" "required_num_results"="1" }
