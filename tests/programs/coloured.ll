; Every kind of word, for tests of colours.

@text = internal constant [9 x i8] c"ret void\00"

define i64 @colours(i64 %n) #0 {
entry:
  %"a qubit" = inttoptr i64 1 to ptr ; a qubit
  call void @__quantum__qis__h__body(ptr null)
  call void @"__quantum__qis__x__body"(ptr %"a qubit")
  /* a comment
     over lines: ret */
  call void @"the name"(double 0x3FE0000000000000)
  br i1 true, label %"the end", label %"the end"
"the end":
  ret i64 -7
}

define internal void @"the name"(double %angle) {
  ret void
}

declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__x__body(ptr)

attributes #0 = { "entry_point" "required_num_qubits"="2" }

!llvm.module.flags = !{!0}
!0 = !{i32 1, !"qir_major_version", i32 1}
