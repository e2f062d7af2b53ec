; Operands of every form, and what LLVM makes of it.

@label = internal constant [2 x i8] c"r\00"
@table = external global i8
@0 = internal constant [2 x i8] c"0\00"

define i64 @main() #0 {
entry:
  call void @__quantum__rt__initialize(ptr null)
  tail call void @__quantum__qis__rz__body(double 0.5, ptr null)   ; a remark with (parentheses) and a call
  call void @__quantum__qis__rz__body(double -1.5e-3, ptr noundef inttoptr (i64 1 to ptr)) #1
  call void @__quantum__qis__rz__body(double 0x3FFA04156E264E48, ptr nonnull inttoptr (i32 7 to ptr))
  call void @takes_integers(i64 -1, i8 200, i32 0, ptr @table, ptr @main)
  call void @takes_typed(ptr inttoptr (i64 0 to ptr), i1 1)
  call void @takes_pointers(ptr inttoptr (i32 4294967296 to ptr), ptr inttoptr (i32 4294967303 to ptr), ptr @0)
  call void @takes_pointers(ptr inttoptr (i64 18446744073709551615 to ptr), ptr inttoptr (i32 4294967295 to ptr), ptr null)

  %qubit = call ptr @__quantum__rt__qubit_allocate()
  call void @__quantum__qis__h__body(ptr %qubit)
  call void @__quantum__qis__mz__body(ptr %qubit, ptr writeonly null)
  %read = call i1 @__quantum__rt__read_result(ptr null)
  br i1 %read, label %then, label %else ; which way

then:                                             ; preds = %entry
  br label %last

else:
  %number = call i64 @number()
  call void @takes_integers(i64 %number, i8 1, i32 2, ptr null, ptr null)
  unreachable

last:
  call void @__quantum__rt__result_record_output(ptr null, ptr getelementptr inbounds ([2 x i8], ptr @label, i32 0, i32 0))
  ret i64 0
}

define void @without_a_label() {
  call void @__quantum__qis__h__body(ptr null)
  ret void
}

define i64 @returns_what_it_got() {
  %number = call i64 @number()
  ret i64 %number
}

declare void @__quantum__rt__initialize(ptr)
declare void @__quantum__qis__rz__body(double, ptr)
declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr writeonly) #2
declare i1 @__quantum__rt__read_result(ptr)
declare ptr @__quantum__rt__qubit_allocate()
declare void @__quantum__rt__result_record_output(ptr, ptr)
declare void @takes_integers(i64, i8, i32, ptr, ptr)
declare void @takes_typed(ptr, i1)
declare void @takes_pointers(ptr, ptr, ptr)
declare i64 @number()

attributes #0 = { "entry_point" "qir_profiles"="adaptive_profile" "required_num_qubits"="8" "required_num_results"="1" }
attributes #1 = { nounwind }
attributes #2 = { "irreversible" }
