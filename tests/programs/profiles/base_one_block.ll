; The base profile as compilers write it: one block in the right order, typed pointers, a qubit named by an instruction.

%Qubit = type opaque
%Result = type opaque

define i64 @main() #0 {
  %q = inttoptr i64 1 to %Qubit*
  call void @__quantum__qis__h__body(%Qubit* %q)
  call void @__quantum__qis__m__body(%Qubit* %q, %Result* null)
  call void @__quantum__rt__result_record_output(%Result* null, i8* null)
  ret i64 0
}

declare void @__quantum__qis__h__body(%Qubit*)
declare void @__quantum__qis__m__body(%Qubit*, %Result*)
declare void @__quantum__rt__result_record_output(%Result*, i8*)

attributes #0 = { "entry_point" "qir_profiles"="base_profile" "output_labeling_schema" "requiredQubits"="2" "requiredResults"="1" }

!llvm.module.flags = !{!0, !1, !2, !3}
!0 = !{i32 1, !"qir_major_version", i32 1}
!1 = !{i32 7, !"qir_minor_version", i32 0}
!2 = !{i32 1, !"dynamic_qubit_management", i1 false}
!3 = !{i32 1, !"dynamic_result_management", i1 false}
