; One function for each way in which a program ends its own process.

@zero = internal global i64 0
@nowhere = internal global i64 1311768467463790320

; nobody's memory
define void @store_to_16() {
  store volatile i64 1, ptr inttoptr (i64 16 to ptr)
  ret void
}

define void @load_from_null() {
  %value = load volatile i64, ptr null
  ret void
}

; nobody's code
define void @call_null() {
  %function = load volatile ptr, ptr @zero
  call void %function()
  ret void
}

define void @jump_wildly() {
  %address = load volatile i64, ptr @nowhere
  %function = inttoptr i64 %address to ptr
  call void %function()
  ret void
}

; the processor's own refusals
define i64 @divide_by_zero() {
  %divisor = load volatile i64, ptr @zero
  %quotient = sdiv i64 42, %divisor
  ret i64 %quotient
}

define void @trap() {
  call void @llvm.trap()
  ret void
}

; a stack without a bottom: the large frame and the addition keep this from becoming a loop
define i64 @recurse() {
  %frame = alloca [512 x i64]
  store volatile i64 1, ptr %frame
  %below = call i64 @recurse()
  %kept = load volatile i64, ptr %frame
  %sum = add i64 %below, %kept
  ret i64 %sum
}

; an array of more elements than there is memory: the runtime library panics, and a panic there aborts
define void @allocate_too_much() {
  %array = call ptr @__quantum__rt__array_create_1d(i32 8, i64 -1)
  ret void
}

declare void @llvm.trap()
declare ptr @__quantum__rt__array_create_1d(i32, i64)
