; Programs that record and say more than fits.

@text = internal constant [9 x i8] c"12345678\00"

; the numbers 0, 1, 2, …
define void @numbers(i64 %count) {
entry:
  br label %turn
turn:
  %i = phi i64 [ 0, %entry ], [ %next, %turn ]
  call void @__quantum__rt__int_record_output(i64 %i, ptr null)
  %next = add i64 %i, 1
  %more = icmp ult i64 %next, %count
  br i1 %more, label %turn, label %done
done:
  ret void
}

; one message of 8 << doublings bytes
define void @long_message(i64 %doublings) {
entry:
  %short = call ptr @__quantum__rt__string_create(ptr @text)
  br label %head
head:
  %i = phi i64 [ 0, %entry ], [ %next, %double ]
  %string = phi ptr [ %short, %entry ], [ %twice, %double ]
  %more = icmp ult i64 %i, %doublings
  br i1 %more, label %double, label %say
double:
  %twice = call ptr @__quantum__rt__string_concatenate(ptr %string, ptr %string)
  call void @__quantum__rt__string_update_reference_count(ptr %string, i32 -1)
  %next = add i64 %i, 1
  br label %head
say:
  call void @__quantum__rt__message(ptr %string)
  call void @__quantum__rt__string_update_reference_count(ptr %string, i32 -1)
  ret void
}

; many short messages in one shot
define void @messages(i64 %count) {
entry:
  %string = call ptr @__quantum__rt__string_create(ptr @text)
  br label %turn
turn:
  %i = phi i64 [ 0, %entry ], [ %next, %turn ]
  call void @__quantum__rt__message(ptr %string)
  %next = add i64 %i, 1
  %more = icmp ult i64 %next, %count
  br i1 %more, label %turn, label %done
done:
  call void @__quantum__rt__string_update_reference_count(ptr %string, i32 -1)
  ret void
}

declare void @__quantum__rt__int_record_output(i64, ptr)
declare ptr @__quantum__rt__string_create(ptr)
declare ptr @__quantum__rt__string_concatenate(ptr, ptr)
declare void @__quantum__rt__string_update_reference_count(ptr, i32)
declare void @__quantum__rt__message(ptr)
