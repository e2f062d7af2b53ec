; The smallest program that qirrunner 0.9.7 gets wrong: `qirrunner -f qirrunner-rx-after-ry.ll -s 1000`.
;
; rx(π) is X but for a phase, X leaves H|0> alone, and ry(-π/2) turns that state into |0>: every shot must give 0.
; qirrunner gives 1 in each.

@0 = internal constant [2 x i8] c"r\00"

define i64 @main() #0 {
  call void @__quantum__rt__initialize(ptr null)
  call void @__quantum__qis__h__body(ptr null)
  call void @__quantum__qis__rx__body(double 0x400921FB54442D18, ptr null)    ; π
  call void @__quantum__qis__ry__body(double 0xBFF921FB54442D18, ptr null)    ; -π/2
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  call void @__quantum__rt__result_record_output(ptr null, ptr @0)
  ret i64 0
}

declare void @__quantum__rt__initialize(ptr)
declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__rx__body(double, ptr)
declare void @__quantum__qis__ry__body(double, ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare void @__quantum__rt__result_record_output(ptr, ptr)

attributes #0 = { "entry_point" "qir_profiles"="base_profile" "output_labeling_schema"="labeled" "required_num_qubits"="1" "required_num_results"="1" }

!llvm.module.flags = !{!0, !1, !2, !3}
!0 = !{i32 1, !"qir_major_version", i32 2}
!1 = !{i32 7, !"qir_minor_version", i32 0}
!2 = !{i32 1, !"dynamic_qubit_management", i1 false}
!3 = !{i32 1, !"dynamic_result_management", i1 false}
