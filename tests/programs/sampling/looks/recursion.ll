; The result goes through a function that calls itself, and is looked at in the last call.
define void @main() #0 {
start:
  call void @__quantum__qis__h__body(ptr null)
  %r = call ptr @__quantum__qis__m__body(ptr null)
  %bit = call i1 @look(ptr %r, i64 5)
  br i1 %bit, label %flip, label %measure
flip:
  call void @__quantum__qis__x__body(ptr inttoptr (i64 1 to ptr))
  br label %measure
measure:
  call void @__quantum__qis__mz__body(ptr inttoptr (i64 1 to ptr), ptr inttoptr (i64 1 to ptr))
  call void @__quantum__rt__result_record_output(ptr %r, ptr null)
  call void @__quantum__rt__result_record_output(ptr inttoptr (i64 1 to ptr), ptr null)
  ret void
}

define internal i1 @look(ptr %r, i64 %n) {
  %z = icmp eq i64 %n, 0
  br i1 %z, label %end, label %go
go:
  %m = sub i64 %n, 1
  %b = call i1 @look(ptr %r, i64 %m)
  ret i1 %b
end:
  %one = call ptr @__quantum__rt__result_get_one()
  %c = icmp eq ptr %r, %one
  ret i1 %c
}

declare void @__quantum__qis__h__body(ptr)
declare ptr @__quantum__qis__m__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare void @__quantum__qis__x__body(ptr)
declare ptr @__quantum__rt__result_get_one()
declare void @__quantum__rt__result_record_output(ptr, ptr)

attributes #0 = { "entry_point" }
