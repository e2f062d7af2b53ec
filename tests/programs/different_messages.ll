; messages that are all different: the numbers from where the last shot ended, each with 40 characters before it
@said = global i64 0
@before = constant [41 x i8] c"the next of messages without end is no. \00"

define void @different_messages(i64 %count) {
entry:
  %words = call ptr @__quantum__rt__string_create(ptr @before)
  br label %turn
turn:
  %i = phi i64 [ 0, %entry ], [ %next, %turn ]
  %number = load i64, ptr @said
  %following = add i64 %number, 1
  store i64 %following, ptr @said
  %digits = call ptr @__quantum__rt__int_to_string(i64 %number)
  %message = call ptr @__quantum__rt__string_concatenate(ptr %words, ptr %digits)
  call void @__quantum__rt__message(ptr %message)
  call void @__quantum__rt__string_update_reference_count(ptr %message, i32 -1)
  call void @__quantum__rt__string_update_reference_count(ptr %digits, i32 -1)
  %next = add i64 %i, 1
  %more = icmp ult i64 %next, %count
  br i1 %more, label %turn, label %done
done:
  call void @__quantum__rt__string_update_reference_count(ptr %words, i32 -1)
  ret void
}

declare ptr @__quantum__rt__string_create(ptr)
declare ptr @__quantum__rt__string_concatenate(ptr, ptr)
declare ptr @__quantum__rt__int_to_string(i64)
declare void @__quantum__rt__string_update_reference_count(ptr, i32)
declare void @__quantum__rt__message(ptr)
