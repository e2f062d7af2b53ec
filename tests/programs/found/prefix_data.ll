; Ended the engine process: the line of a call was looked up in a body that is not read, since data stands before it.

@label = internal constant [2 x i8] c"r\00"

define i64 @main() #0 prefix i32 7 {
entry:
  br label %loop

loop:
  %number = phi i64 [ 0, %entry ], [ %next, %loop ]
  call void @__quantum__qis__x__body(ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  %next = add i64 %number, 1
  %done = icmp eq i64 %next, 7
  br i1 %done, label %end, label %loop

end:
  call void @__quantum__rt__result_record_output(ptr null, ptr @label)
  ret i64 %next
}

declare void @__quantum__qis__x__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare void @__quantum__rt__result_record_output(ptr, ptr)

attributes #0 = { "entry_point" "qir_profiles"="base_profile" }
