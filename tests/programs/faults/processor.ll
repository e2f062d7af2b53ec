; What the processor refuses, and what ends a program on purpose.
; Each function does what it is called after in shot %at, counted from 0, and nothing in others.

@shots = internal global i64 0
@zero = internal global i64 0
@smallest = internal global i64 -9223372036854775808

; The number of this shot, which is recorded, and whether it is the one to end badly.
define internal i1 @is_due(i64 %at) {
  %shot = load i64, ptr @shots
  %next = add i64 %shot, 1
  store i64 %next, ptr @shots
  call void @__quantum__rt__int_record_output(i64 %shot, ptr null)
  %due = icmp eq i64 %shot, %at
  ret i1 %due
}

define void @divide_by_zero(i64 %at) {
  %due = call i1 @is_due(i64 %at)
  br i1 %due, label %badly, label %well
badly:
  %divisor = load volatile i64, ptr @zero
  %quotient = sdiv i64 42, %divisor
  store volatile i64 %quotient, ptr @zero
  br label %well
well:
  ret void
}

; its quotient by -1 is no number of 64 bits
define void @divide_smallest(i64 %at) {
  %due = call i1 @is_due(i64 %at)
  br i1 %due, label %badly, label %well
badly:
  %dividend = load volatile i64, ptr @smallest
  %quotient = sdiv i64 %dividend, -1
  store volatile i64 %quotient, ptr @zero
  br label %well
well:
  ret void
}

define void @trap(i64 %at) {
  %due = call i1 @is_due(i64 %at)
  br i1 %due, label %badly, label %well
badly:
  call void @llvm.trap()
  br label %well
well:
  ret void
}

define void @breakpoint(i64 %at) {
  %due = call i1 @is_due(i64 %at)
  br i1 %due, label %badly, label %well
badly:
  call void @llvm.debugtrap()
  br label %well
well:
  ret void
}

; without a trap there, the next function's code would be run
define void @unreachable(i64 %at) {
  %due = call i1 @is_due(i64 %at)
  br i1 %due, label %badly, label %well
badly:
  unreachable
well:
  ret void
}

declare void @__quantum__rt__int_record_output(i64, ptr)
declare void @llvm.trap()
declare void @llvm.debugtrap()
