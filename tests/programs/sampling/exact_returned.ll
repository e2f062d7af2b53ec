; Returned results that go through everything that does not look at them: choices, functions of the program, null.
define void @main() #0 {
start:
  call void @__quantum__qis__h__body(ptr null)
  call void @__quantum__qis__cnot__body(ptr null, ptr inttoptr (i64 1 to ptr))
  %x = call ptr @__quantum__qis__m__body(ptr null)
  %y = call %Result* @__quantum__qis__m__body(ptr inttoptr (i64 1 to ptr))
  %is.none = icmp eq ptr %x, null
  %chosen = select i1 %is.none, ptr %y, ptr %x
  call void @__quantum__rt__result_update_reference_count(ptr %chosen, i32 1)
  br i1 %is.none, label %none, label %some
none:
  br label %some
some:
  %kept = phi ptr [ %y, %start ], [ null, %none ]
  %cast = bitcast %Result* %kept to i8*
  call void @record(i8* %cast, ptr @label)
  call void @record(ptr %chosen, ptr null)
  %z = freeze ptr %x
  call void @record_twice(ptr %z)
  ret void
}

%Result = type opaque
@label = private constant [5 x i8] c"kept\00"

define internal void @record(ptr %result, ptr %label) {
  call void @__quantum__rt__result_record_output(ptr %result, ptr %label)
  ret void
}

define internal void @record_twice(ptr %result) {
  call void @record(ptr %result, ptr null)
  call void @record(ptr %result, ptr null)
  ret void
}

declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__cnot__body(ptr, ptr)
declare ptr @__quantum__qis__m__body(ptr)
declare void @__quantum__rt__result_update_reference_count(ptr, i32)
declare void @__quantum__rt__result_record_output(ptr, ptr)

attributes #0 = { "entry_point" }
