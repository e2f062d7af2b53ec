; Every kind of module flag that QIR programs have, written as people write them.

define void @main() #0 {
  ret void
}

attributes #0 = { "entry_point" "qir_profiles"="adaptive_profile" }

!llvm.module.flags = !{!0, !1, !2, !3, !4, !5, !6}                       ; in this order
!0 = !{i32 1, !"qir_major_version", i32 2}
!1 = !{i32 7, !"qir_minor_version", i32 1}                               ; a remark
!2 = !{i32 1, !"dynamic_qubit_management", i1 false}
!3 = !{i32 1, !"arrays", i1 true}
!4 = !{i32 1, !"backwards_branching", i2 -1}
!5 = !{i32 5, !"int_computations", !7}
!6 = !{i32 1, !"compiler", !"hand"}
!7 = !{!"i32", !"i64"}
