; The fault note: what the process was doing when it died of a signal, in the memory that the kernel process shares.
;
; The handlers are called by Linux, on a stack of their own: of the program's there may be nothing left. Each writes the
; note and sends its own thread the same signal again, which by then ends the process. The kernel process puts the note
; into words. Which numbers stand where is said by <asm-generic/siginfo.h> and, for each machine, <asm/ucontext.h>.

%Shared = type { i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 } ; see recorder.ll
%Info = type { i32, i32, i32, i32, i64 }
;              |    |    |    |    4 the address, or who sent the signal
;              |    |    |    3 nothing
;              |    |    2 the code: how the signal came about
;              |    1 an error number
;              0 the signal

@shared = internal global ptr null

declare i32 @raise(i32)

define void @qirjit_note_faults(ptr %shared) {
  store ptr %shared, ptr @shared
  ret void
}

define void @qirjit_fault_x86_64(i32 %signal, ptr %info, ptr %context) {
start:
  %stack.register = getelementptr i8, ptr %context, i64 160            ; uc_mcontext.sp
  %counter.register = getelementptr i8, ptr %context, i64 168          ; uc_mcontext.ip
  %error.register = getelementptr i8, ptr %context, i64 192            ; uc_mcontext.err
  %trap.register = getelementptr i8, ptr %context, i64 200             ; uc_mcontext.trapno
  %stack = load i64, ptr %stack.register
  %counter = load i64, ptr %counter.register
  %error = load i64, ptr %error.register
  %trap = load i64, ptr %trap.register
  %page.fault = icmp eq i64 %trap, 14
  br i1 %page.fault, label %say.how, label %end
say.how:                                                               ; bit 1: a write; bit 4: code that is not there
  %write.bit = lshr i64 %error, 1
  %write = and i64 %write.bit, 1
  %fetch.bit = lshr i64 %error, 3
  %fetch = and i64 %fetch.bit, 2
  %kind = or i64 %write, %fetch
  %how = add i64 %kind, 1
  br label %end
end:
  %access = phi i64 [ 0, %start ], [ %how, %say.how ]
  call void @note(i32 %signal, ptr %info, i64 %counter, i64 %stack, i64 %access)
  ret void
}

define void @qirjit_fault_aarch64(i32 %signal, ptr %info, ptr %context) {
  %stack.register = getelementptr i8, ptr %context, i64 432            ; uc_mcontext.sp
  %counter.register = getelementptr i8, ptr %context, i64 440          ; uc_mcontext.pc
  %stack = load i64, ptr %stack.register
  %counter = load i64, ptr %counter.register
  call void @note(i32 %signal, ptr %info, i64 %counter, i64 %stack, i64 0)
  ret void
}

; Access: 0 not known, 1 a read, 2 a write, 3 code that was to be run.
define internal void @note(i32 %signal, ptr %info, i64 %counter, i64 %stack, i64 %access) {
  %shared = load ptr, ptr @shared
  %fault.signal.p = getelementptr %Shared, ptr %shared, i32 0, i32 12
  %fault.code.p = getelementptr %Shared, ptr %shared, i32 0, i32 13
  %fault.address.p = getelementptr %Shared, ptr %shared, i32 0, i32 14
  %fault.counter.p = getelementptr %Shared, ptr %shared, i32 0, i32 15
  %fault.stack.p = getelementptr %Shared, ptr %shared, i32 0, i32 16
  %fault.access.p = getelementptr %Shared, ptr %shared, i32 0, i32 17
  %code.p = getelementptr %Info, ptr %info, i32 0, i32 2
  %address.p = getelementptr %Info, ptr %info, i32 0, i32 4
  %code.i32 = load i32, ptr %code.p
  %code = sext i32 %code.i32 to i64
  %address = load i64, ptr %address.p
  %signal.i64 = zext i32 %signal to i64
  store i64 %code, ptr %fault.code.p
  store i64 %address, ptr %fault.address.p
  store i64 %counter, ptr %fault.counter.p
  store i64 %stack, ptr %fault.stack.p
  store i64 %access, ptr %fault.access.p
  store atomic i64 %signal.i64, ptr %fault.signal.p release, align 8   ; last: now it is a note
  %sent = call i32 @raise(i32 %signal)
  ret void
}
