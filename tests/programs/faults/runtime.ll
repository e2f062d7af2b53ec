; What the runtime library ends a program with.
; Each function does what it is called after in shot %at, counted from 0, and nothing in others.

@shots = internal global i64 0
@reason = internal constant [14 x i8] c"nothing works\00"

; The number of this shot, which is recorded, and whether it is the one to end badly.
define internal i1 @is_due(i64 %at) {
  %shot = load i64, ptr @shots
  %next = add i64 %shot, 1
  store i64 %next, ptr @shots
  call void @__quantum__rt__int_record_output(i64 %shot, ptr null)
  %due = icmp eq i64 %shot, %at
  ret i1 %due
}

; an array of more elements than there can be: a panic of its Rust code
define void @panic(i64 %at) {
  %due = call i1 @is_due(i64 %at)
  br i1 %due, label %badly, label %well
badly:
  %array = call ptr @__quantum__rt__array_create_1d(i32 8, i64 -1)
  br label %well
well:
  ret void
}

define void @fail(i64 %at) {
  %due = call i1 @is_due(i64 %at)
  br i1 %due, label %badly, label %well
badly:
  %message = call ptr @__quantum__rt__string_create(ptr @reason)
  call void @__quantum__rt__fail(ptr %message)
  br label %well
well:
  ret void
}

; arrays of eight mebibytes, as many as there is memory for
define void @take_all_memory(i64 %at) {
  %due = call i1 @is_due(i64 %at)
  br i1 %due, label %more, label %well
more:
  %array = call ptr @__quantum__rt__array_create_1d(i32 8, i64 1048576)
  br label %more
well:
  ret void
}

; until somebody stops it
define void @wait(i64 %at) {
  %due = call i1 @is_due(i64 %at)
  br i1 %due, label %turn, label %well
turn:
  br label %turn
well:
  ret void
}

declare void @__quantum__rt__int_record_output(i64, ptr)
declare ptr @__quantum__rt__array_create_1d(i32, i64)
declare ptr @__quantum__rt__string_create(ptr)
declare void @__quantum__rt__fail(ptr)
