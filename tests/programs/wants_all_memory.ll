; Programs that want more memory than there is: the process that runs them is to end, and nothing else.

; strings, each twice as long as the one before, and none given back
@text = internal constant [9 x i8] c"12345678\00"

define void @ever_longer_strings() {
entry:
  %first = call ptr @__quantum__rt__string_create(ptr @text)
  br label %turn
turn:
  %string = phi ptr [ %first, %entry ], [ %twice, %turn ]
  %twice = call ptr @__quantum__rt__string_concatenate(ptr %string, ptr %string)
  br label %turn
}

; arrays of 8 MiB without end, and none given back
define void @ever_more_arrays() {
entry:
  br label %turn
turn:
  %array = call ptr @__quantum__rt__array_create_1d(i32 8, i64 1048576)
  br label %turn
}

; small tuples without end
define void @ever_more_tuples() {
entry:
  br label %turn
turn:
  %tuple = call ptr @__quantum__rt__tuple_create(i64 4096)
  br label %turn
}

declare ptr @__quantum__rt__string_create(ptr)
declare ptr @__quantum__rt__string_concatenate(ptr, ptr)
declare ptr @__quantum__rt__array_create_1d(i32, i64)
declare ptr @__quantum__rt__tuple_create(i64)
