; A stack that is too small.
; Each function does what it is called after in shot %at, counted from 0, and nothing in others.

@shots = internal global i64 0

; The number of this shot, which is recorded, and whether it is the one to end badly.
define internal i1 @is_due(i64 %at) {
  %shot = load i64, ptr @shots
  %next = add i64 %shot, 1
  store i64 %next, ptr @shots
  call void @__quantum__rt__int_record_output(i64 %shot, ptr null)
  %due = icmp eq i64 %shot, %at
  ret i1 %due
}

define void @recurse(i64 %at) {
  %due = call i1 @is_due(i64 %at)
  br i1 %due, label %badly, label %well
badly:
  %sum = call i64 @below(i64 0)
  br label %well
well:
  ret void
}

; a gigabyte: below it there is memory again, which is not the stack's
define void @allocate_all(i64 %at) {
  %due = call i1 @is_due(i64 %at)
  br i1 %due, label %badly, label %well
badly:
  %frame = call ptr @frame(i64 1000000000)
  store volatile i8 1, ptr %frame
  br label %well
well:
  ret void
}

; without a bottom: the large frame and the addition keep this from becoming a loop
define internal i64 @below(i64 %depth) {
  %frame = alloca [512 x i64]
  store volatile i64 1, ptr %frame
  %deeper = add i64 %depth, 1
  %sum = call i64 @below(i64 %deeper)
  %kept = load volatile i64, ptr %frame
  %total = add i64 %sum, %kept
  ret i64 %total
}

; an array of this many bytes on the stack
define internal ptr @frame(i64 %bytes) {
  %frame = alloca i8, i64 %bytes
  ret ptr %frame
}

declare void @__quantum__rt__int_record_output(i64, ptr)
