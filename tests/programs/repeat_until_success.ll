; Repeat until success: a rotation of qubit 0 by 1.2 about Y is tried on an auxiliary qubit, which is measured, until
; that gives 0; at each try it does so with probability 1/2. The one result that is recorded is 1 with probability
; sin²(0.6) = 0.3188. The adaptive profile of QIR 2.0, with a loop.

define void @main() #0 {
entry:
  call void @__quantum__rt__initialize(ptr null)
  br label %try
try:
  call void @__quantum__qis__reset__body(ptr null)
  call void @__quantum__qis__reset__body(ptr inttoptr (i64 1 to ptr))
  call void @__quantum__qis__ry__body(double 1.200000e+00, ptr inttoptr (i64 1 to ptr))
  call void @__quantum__qis__cx__body(ptr inttoptr (i64 1 to ptr), ptr null)
  call void @__quantum__qis__h__body(ptr inttoptr (i64 1 to ptr))
  call void @__quantum__qis__mz__body(ptr inttoptr (i64 1 to ptr), ptr null)
  %failed = call i1 @__quantum__rt__read_result(ptr null)
  br i1 %failed, label %try, label %measure
measure:
  call void @__quantum__qis__mz__body(ptr null, ptr inttoptr (i64 1 to ptr))
  call void @__quantum__rt__array_record_output(i64 1, ptr null)
  call void @__quantum__rt__result_record_output(ptr inttoptr (i64 1 to ptr), ptr null)
  ret void
}

declare void @__quantum__rt__initialize(ptr)
declare void @__quantum__qis__reset__body(ptr)
declare void @__quantum__qis__ry__body(double, ptr)
declare void @__quantum__qis__cx__body(ptr, ptr)
declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr) #1
declare i1 @__quantum__rt__read_result(ptr)
declare void @__quantum__rt__array_record_output(i64, ptr)
declare void @__quantum__rt__result_record_output(ptr, ptr)

attributes #0 = { "entry_point" "output_labeling_schema"="labeled" "qir_profiles"="adaptive_profile" "required_num_qubits"="2" "required_num_results"="2" }
attributes #1 = { "irreversible" }

!llvm.module.flags = !{!0, !1, !2, !3, !4}
!0 = !{i32 1, !"qir_major_version", i32 2}
!1 = !{i32 7, !"qir_minor_version", i32 0}
!2 = !{i32 1, !"dynamic_qubit_management", i1 false}
!3 = !{i32 1, !"dynamic_result_management", i1 false}
!4 = !{i32 7, !"backwards_branching", i2 2}
