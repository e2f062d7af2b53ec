; Memory that is not the program's.
; Each function does what it is called after in shot %at, counted from 0, and nothing in others.

@shots = internal global i64 0
@null = internal global ptr null
@data = internal global i64 -1
@wild = internal global ptr inttoptr (i64 99000000000000 to ptr)
@no.address = internal global ptr inttoptr (i64 1311768467463790320 to ptr)
@into.data = internal global ptr @data
@constant = internal constant i64 42

; The number of this shot, which is recorded, and whether it is the one to end badly.
define internal i1 @is_due(i64 %at) {
  %shot = load i64, ptr @shots
  %next = add i64 %shot, 1
  store i64 %next, ptr @shots
  call void @__quantum__rt__int_record_output(i64 %shot, ptr null)
  %due = icmp eq i64 %shot, %at
  ret i1 %due
}

define void @null_load(i64 %at) {
  %due = call i1 @is_due(i64 %at)
  br i1 %due, label %badly, label %well
badly:
  %value = load volatile i64, ptr null
  br label %well
well:
  ret void
}

define void @null_store(i64 %at) {
  %due = call i1 @is_due(i64 %at)
  br i1 %due, label %badly, label %well
badly:
  store volatile i64 1, ptr inttoptr (i64 16 to ptr)
  br label %well
well:
  ret void
}

define void @null_call(i64 %at) {
  %due = call i1 @is_due(i64 %at)
  br i1 %due, label %badly, label %well
badly:
  %function = load volatile ptr, ptr @null
  call void %function()
  br label %well
well:
  ret void
}

define void @wild_load(i64 %at) {
  %due = call i1 @is_due(i64 %at)
  br i1 %due, label %badly, label %well
badly:
  %value = load volatile i64, ptr inttoptr (i64 99000000000000 to ptr)
  br label %well
well:
  ret void
}

define void @wild_store(i64 %at) {
  %due = call i1 @is_due(i64 %at)
  br i1 %due, label %badly, label %well
badly:
  store volatile i64 1, ptr inttoptr (i64 99000000000000 to ptr)
  br label %well
well:
  ret void
}

define void @wild_jump(i64 %at) {
  %due = call i1 @is_due(i64 %at)
  br i1 %due, label %badly, label %well
badly:
  %function = load volatile ptr, ptr @wild
  call void %function()
  br label %well
well:
  ret void
}

; it is there, but is no code
define void @jump_into_data(i64 %at) {
  %due = call i1 @is_due(i64 %at)
  br i1 %due, label %badly, label %well
badly:
  %function = load volatile ptr, ptr @into.data
  call void %function()
  br label %well
well:
  ret void
}

; a processor with 64-bit pointers has no such memory, and does not say more
define void @jump_to_no_address(i64 %at) {
  %due = call i1 @is_due(i64 %at)
  br i1 %due, label %badly, label %well
badly:
  %function = load volatile ptr, ptr @no.address
  call void %function()
  br label %well
well:
  ret void
}

define void @store_to_constant(i64 %at) {
  %due = call i1 @is_due(i64 %at)
  br i1 %due, label %badly, label %well
badly:
  store volatile i64 1, ptr @constant
  br label %well
well:
  ret void
}

declare void @__quantum__rt__int_record_output(i64, ptr)
