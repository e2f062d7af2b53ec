; The floating-point environment: how numbers are rounded, what becomes of the smallest ones, which exceptions end the
; process. A program may change it, in its own shot and for its own numbers only.

@floats.default = internal constant i32 8064          ; MXCSR: to nearest, small numbers kept, no exception ends anything, no flag set

; As it is in a new process, flags included: each shot begins so, and whatever comes after it.
define void @qirjit_reset_floats() {
  %control.p = alloca i16
  %status.p = alloca i16
  call void @llvm.x86.sse.ldmxcsr(ptr @floats.default)
  call void asm sideeffect "fnstcw $0\0Afnstsw $1", "=*m,=*m"(ptr elementtype(i16) %control.p, ptr elementtype(i16) %status.p)
  %control = load i16, ptr %control.p
  %status = load i16, ptr %status.p
  %flags = and i16 %status, 255
  %control.is = icmp eq i16 %control, 895
  %flags.are = icmp eq i16 %flags, 0
  %as.new = and i1 %control.is, %flags.are
  br i1 %as.new, label %done, label %reset
reset:                                         ; the x87 unit's: seldom, since it takes as long as a shot
  call void asm sideeffect "fninit", ""()
  br label %done
done:
  ret void
}

; The same for what a program asks for within its shot, and what there was: 0 where that was no different.
define i64 @qirjit_default_floats() {
  %place = alloca i32
  call void @llvm.x86.sse.stmxcsr(ptr %place)
  %found = load i32, ptr %place
  %control = and i32 %found, 65472             ; without the flags
  %same = icmp eq i32 %control, 8064
  br i1 %same, label %done, label %change
change:
  call void @llvm.x86.sse.ldmxcsr(ptr @floats.default)
  %before = zext i32 %found to i64
  ret i64 %before
done:
  ret i64 0
}
define void @qirjit_restore_floats(i64 %before) {
  %same = icmp eq i64 %before, 0
  br i1 %same, label %done, label %change
change:
  %place = alloca i32
  %found = trunc i64 %before to i32
  store i32 %found, ptr %place
  call void @llvm.x86.sse.ldmxcsr(ptr %place)
  br label %done
done:
  ret void
}

declare void @llvm.x86.sse.ldmxcsr(ptr)
declare void @llvm.x86.sse.stmxcsr(ptr)
