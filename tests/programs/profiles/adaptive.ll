; The adaptive profile without any optional capability: a gate that depends on a measurement, logic on booleans, and a
; boolean that is widened only to be recorded.

define i64 @main() #0 {
entry:
  call void @__quantum__rt__initialize(ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr writeonly null)
  call void @__quantum__qis__mz__body(ptr null, ptr writeonly inttoptr (i64 1 to ptr))
  %a = call i1 @__quantum__rt__read_result(ptr null)
  %b = call i1 @__quantum__rt__read_result(ptr inttoptr (i64 1 to ptr))
  %both = and i1 %a, %b
  br i1 %both, label %then, label %end

then:
  call void @__quantum__qis__x__body(ptr null)
  br label %end

end:
  call void @__quantum__rt__bool_record_output(i1 %both, ptr null)
  ret i64 0
}

declare void @__quantum__rt__initialize(ptr)
declare void @__quantum__qis__x__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr writeonly) #1
declare i1 @__quantum__rt__read_result(ptr)
declare void @__quantum__rt__bool_record_output(i1, ptr)

attributes #0 = { "entry_point" "qir_profiles"="adaptive_profile" "output_labeling_schema" "required_num_qubits"="1" "required_num_results"="2" }
attributes #1 = { "irreversible" }

!llvm.module.flags = !{!0, !1, !2, !3}
!0 = !{i32 1, !"qir_major_version", i32 2}
!1 = !{i32 7, !"qir_minor_version", i32 0}
!2 = !{i32 1, !"dynamic_qubit_management", i1 false}
!3 = !{i32 1, !"dynamic_result_management", i1 false}
