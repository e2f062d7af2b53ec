; Nothing here is unsafe: module asm "nop", thread_local, gc "none", ifunc, section ".bss", call inttoptr (i64 5 to ptr)().
/* Nor here:
call void asm "nop", ""()
@count = thread_local global i32 0 */
source_filename = "asm.ll"

%asm = type { i64, [2 x [2 x i64]] }

@llvm.global_ctors = appending global [0 x { i32, ptr, ptr }] zeroinitializer
@llvm.used = appending global [1 x ptr] [ptr @text], section "llvm.metadata"
@text = internal constant [61 x i8] c"; call void asm \22nop\22, \22\22() thread_local section \22.bss\22 gc\00\00\00"
@lines = internal constant [41 x i8] c"
; module asm
call inttoptr (i64 5)()
  \00"
@"thread_local" = internal global %asm zeroinitializer
@.Lhidden = private global i64 7
@"\C3\A9t\C3\A9" = internal global i64 7

define i64 @main() "probe-stack"="inline-asm" "asm" {
  %asm = inttoptr i64 1 to ptr
  call void @ifunc(ptr %asm)
  call void @ifunc(ptr inttoptr (i64 2 to ptr)) ; asm
  br label %gc

gc:
  ret i64 7

thread_local:
  call void null() ; a fault, if it is ever reached
  call void undef()
  br label %thread_local
}

define void @ifunc(ptr %section) {
  ret void
}
