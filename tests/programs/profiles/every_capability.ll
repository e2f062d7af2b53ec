; The adaptive profile of version 2.1 with all of its optional capabilities, each declared.

define i64 @main() #0 {
entry:
  call void @__quantum__rt__initialize(ptr null)
  %qubits = alloca [4 x ptr], align 8
  call void @__quantum__rt__qubit_array_allocate(i64 4, ptr %qubits, ptr null)
  %result = call ptr @__quantum__rt__result_allocate(ptr null)
  br label %iteration

iteration:                                           ; of known length
  %i = phi i64 [ 0, %entry ], [ %next, %iteration ]
  %place = getelementptr inbounds [4 x ptr], ptr %qubits, i64 0, i64 %i
  %qubit = load ptr, ptr %place, align 8
  call void @turn(ptr %qubit, double 1.5)
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, 4
  br i1 %more, label %iteration, label %attempt

attempt:                                             ; until the measurement says one
  call void @__quantum__qis__mz__body(ptr %qubit, ptr writeonly %result)
  %one = call i1 @__quantum__rt__read_result(ptr %result)
  br i1 %one, label %done, label %attempt

done:
  %short = trunc i64 %next to i32
  switch i32 %short, label %failed [
    i32 4, label %output
  ]

failed:
  ret i64 1

output:
  call void @__quantum__rt__qubit_array_release(i64 4, ptr %qubits)
  call void @__quantum__rt__int_record_output(i64 %next, ptr null)
  call void @__quantum__rt__result_release(ptr %result)
  ret i64 0
}

define void @turn(ptr %qubit, double %angle) {
  %half = fmul double %angle, 5.0e-1
  call void @__quantum__qis__rx__body(double %half, ptr %qubit)
  ret void
}

declare void @__quantum__rt__initialize(ptr)
declare void @__quantum__rt__qubit_array_allocate(i64, ptr, ptr)
declare void @__quantum__rt__qubit_array_release(i64, ptr)
declare ptr @__quantum__rt__result_allocate(ptr)
declare void @__quantum__rt__result_release(ptr)
declare void @__quantum__qis__rx__body(double, ptr)
declare void @__quantum__qis__mz__body(ptr, ptr writeonly) #1
declare i1 @__quantum__rt__read_result(ptr)
declare void @__quantum__rt__int_record_output(i64, ptr)

attributes #0 = { "entry_point" "qir_profiles"="adaptive_profile" "output_labeling_schema" }
attributes #1 = { "irreversible" }

!llvm.module.flags = !{!0, !1, !2, !3, !4, !5, !6, !7, !8, !9, !10}
!0 = !{i32 1, !"qir_major_version", i32 2}
!1 = !{i32 7, !"qir_minor_version", i32 1}
!2 = !{i32 1, !"dynamic_qubit_management", i1 true}
!3 = !{i32 1, !"dynamic_result_management", i1 true}
!4 = !{i32 5, !"int_computations", !{!"i32", !"i64"}}
!5 = !{i32 5, !"float_computations", !{!"double"}}
!6 = !{i32 1, !"ir_functions", i1 true}
!7 = !{i32 7, !"backwards_branching", i2 3}
!8 = !{i32 1, !"multiple_target_branching", i1 true}
!9 = !{i32 1, !"multiple_return_points", i1 true}
!10 = !{i32 1, !"arrays", i1 true}
