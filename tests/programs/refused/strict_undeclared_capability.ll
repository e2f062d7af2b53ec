; It computes with integers, which no flag says.
define i64 @main() #0 {
  %one = call i1 @__quantum__rt__read_result(ptr null)
  %wide = zext i1 %one to i64
  %two = add i64 %wide, 1
  call void @__quantum__rt__int_record_output(i64 %two, ptr null)
  ret i64 0
}

declare i1 @__quantum__rt__read_result(ptr)
declare void @__quantum__rt__int_record_output(i64, ptr)

attributes #0 = { "entry_point" "qir_profiles"="adaptive_profile" "output_labeling_schema"="labeled" "required_num_qubits"="0" "required_num_results"="1" }

!llvm.module.flags = !{!0, !1, !2, !3}
!0 = !{i32 1, !"qir_major_version", i32 2}
!1 = !{i32 7, !"qir_minor_version", i32 0}
!2 = !{i32 1, !"dynamic_qubit_management", i1 false}
!3 = !{i32 1, !"dynamic_result_management", i1 false}
