; What only x86 has: the control words themselves.

define void @unmasks() {
  %place = alloca i32
  store i32 3968, ptr %place                 ; what cannot be represented ends the process
  call void @llvm.x86.sse.ldmxcsr(ptr %place)
  ret void
}

define void @flushes_to_zero() {
  %place = alloca i32
  store i32 40896, ptr %place
  call void @llvm.x86.sse.ldmxcsr(ptr %place)
  ret void
}

define void @leaves_x87_otherwise() {
  call void @llvm.set.fpenv.i256(i256 0)     ; no exception masked, 24 bits of precision
  ret void
}

; The sum of 1 and 2^-60 in 80 bits, less 1, and the control word of SSE with its flags.
define void @control_words() {
  %place = alloca i32
  call void @llvm.x86.sse.stmxcsr(ptr %place)
  %word = load i32, ptr %place
  %wide = zext i32 %word to i64
  call void @__quantum__rt__int_record_output(i64 %wide, ptr null)
  %one.p = alloca x86_fp80
  store volatile x86_fp80 0xK3FFF8000000000000000, ptr %one.p
  %one = load volatile x86_fp80, ptr %one.p
  %small.p = alloca x86_fp80
  store volatile x86_fp80 0xK3FC38000000000000000, ptr %small.p
  %small = load volatile x86_fp80, ptr %small.p
  %sum = fadd x86_fp80 %one, %small
  %left = fsub x86_fp80 %sum, %one
  %double = fptrunc x86_fp80 %left to double
  call void @__quantum__rt__double_record_output(double %double, ptr null)
  ret void
}

declare void @llvm.x86.sse.ldmxcsr(ptr)
declare void @llvm.x86.sse.stmxcsr(ptr)
declare void @llvm.set.fpenv.i256(i256)
declare void @__quantum__rt__int_record_output(i64, ptr)
declare void @__quantum__rt__double_record_output(double, ptr)
