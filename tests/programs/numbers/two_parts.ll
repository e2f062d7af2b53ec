; Two numbers between 0 and 1 of Quantinuum's random numbers.

define void @two_parts() #0 {
  call void @one()
  call void @one()
  ret void
}

define internal void @one() {
  %part = call double @___random_float()
  call void @__quantum__rt__double_record_output(double %part, ptr null)
  ret void
}

declare double @___random_float()
declare void @__quantum__rt__double_record_output(double, ptr)

attributes #0 = { "entry_point" "required_num_qubits"="0" "required_num_results"="0" }
