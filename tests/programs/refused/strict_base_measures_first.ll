; In the base profile a gate comes before every measurement.
define i64 @main() #0 {
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  br label %gates
gates:
  call void @__quantum__qis__h__body(ptr null)
  ret i64 0
}

declare void @__quantum__qis__mz__body(ptr, ptr writeonly) #1
declare void @__quantum__qis__h__body(ptr)

attributes #0 = { "entry_point" "qir_profiles"="base_profile" "output_labeling_schema"="labeled" "required_num_qubits"="1" "required_num_results"="1" }
attributes #1 = { "irreversible" }

!llvm.module.flags = !{!0, !1, !2, !3}
!0 = !{i32 1, !"qir_major_version", i32 2}
!1 = !{i32 7, !"qir_minor_version", i32 0}
!2 = !{i32 1, !"dynamic_qubit_management", i1 false}
!3 = !{i32 1, !"dynamic_result_management", i1 false}
